"""A network made in Python is held to the rules of one from files: small-seller, one thing wrong.

A warehouse in Los Angeles serves three markets by truck; one seller hands over there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pytest

from networks.files import EXAMPLES, read_network
from networks.inputs.faults import InputError
from networks.origins import Origins, Stock
from networks.schema import Network
from networks.validation import check, faults_of

TRUCK = ("WH-LA", "ST-NYC", "linehaul")
DOOR = ("ST-NYC", "Z100", "round")
SMALL = read_network(EXAMPLES["small-seller"]).network


def with_edge(edge: tuple[str, str, str], **changes: Any) -> Network:
    network = replace(SMALL, graph=SMALL.graph.copy())
    network.graph.edges[edge].update(changes)
    return network


def with_place(node: str = "ST-NYC", **changes: Any) -> Network:
    network = replace(SMALL, graph=SMALL.graph.copy())
    network.graph.nodes[node].update(changes)
    return network


def with_seller(**changes: Any) -> Network:
    sellers = SMALL.origins.sellers
    columns = {
        name: np.array([value], getattr(sellers, name).dtype)
        if isinstance(getattr(sellers, name), np.ndarray) else value
        for name, value in changes.items()
    }  # fmt: skip
    return replace(SMALL, origins=Origins(sellers=replace(sellers, **columns)))


def with_stock(breadth: Mapping[str, Any], centers: tuple[str, ...] = ("WH-LA",)) -> Network:
    half = dict.fromkeys(("fast", "medium", "slow"), 0.5)
    return replace(SMALL, origins=replace(SMALL.origins, stock=Stock(centers, breadth, True, half)))


def with_order_share(fast: Any) -> Network:
    stocked = with_stock(dict.fromkeys(("fast", "medium", "slow"), 1.0))
    origins, share = stocked.origins, {"fast": fast, "medium": 0.5, "slow": 0.5}
    return replace(
        stocked, origins=replace(origins, stock=replace(origins.stock, order_share=share))
    )


def with_calendar(**changes: str) -> Network:
    changed = replace(SMALL.calendars["linehaul"], **changes)
    return replace(SMALL, calendars={**SMALL.calendars, "linehaul": changed})


def test_the_example_has_no_fault_and_numpy_numbers_are_numbers() -> None:
    check(SMALL, ())
    check(with_edge(TRUCK, capacity=np.int64(40), transit_hours=np.float64(70)), ())


@pytest.mark.parametrize(("network", "told"), [
    (with_edge(TRUCK, capacity=-1), "capacity = -1: must be a whole number from 0 to 1,000,000"),
    (with_edge(TRUCK, capacity=2.5), "capacity = 2.5: must be a whole number from 0 to 1,000,000"),
    (with_edge(TRUCK, capacity=10**9),
     "capacity = 1000000000: must be a whole number from 0 to 1,000,000"),
    (with_edge(TRUCK, departs=5), "departs = 5: must be text"),
    (with_edge(TRUCK, departs="20:00x0"),
     "departs = '20:00x0': vehicles = 0: must be a whole number from 1 to 100,000"),
    (with_edge(TRUCK, calendar=None), "calendar = None: must be text"),
    (with_edge(TRUCK, owner=["carrier"]), "owner = ['carrier']: must be text"),
    (with_edge(TRUCK, doors_close_minutes=5000),
     "doors_close_minutes = 5000: must be a number from 0 to 1,440"),
    (with_edge(DOOR, foo=1), "foo = 1: is not a known attribute"),
    (with_place(round_capacity=1.5),
     "round_capacity = 1.5: must be a whole number from 1 to 1,000,000,000"),
    (with_place(round_hours=0), "round_hours = 0: must be a number above 0, at most 48"),
    (with_order_share(None), "order_share_fast = None: must be a number from 0 to 1"),
    (with_order_share("half"), "order_share_fast = 'half': must be a number from 0 to 1"),
    (with_place(wave_times=5), "wave_times = 5: must be text"),
    (with_place(shifts="08:00-16:00 0"),
     "shifts = '08:00-16:00 0': workers = 0: must be a whole number from 1 to 10,000,000"),
    (with_place(manual_touches=1.5), "manual_touches = 1.5: must be a whole number from 0 to 50"),
    (with_place(time_zone=3), "time_zone = 3: must be text"),
    (with_place(work_seconds=0.001), "work_seconds = 0.001: is 3,600,000 parcels an hour for each"
     " worker (allowed: 0 for no work, or 0.1 or more)"),
    (with_place("WH-LA", gate_calendar="linehaul", gate_cutoff="12:99"),
     "gate_cutoff = '12:99': must be a local time, 00:00 to 24:00"),
    (with_calendar(holidays="easter"), "holidays = 'easter': must be one of none, federal, usps,"
     " ups, fedex, business, christmas"),
    (with_calendar(weekdays=""), "weekdays = '': must name at least one weekday"),
    (with_seller(daily_capacity=-1),
     "daily_capacity = -1: must be a whole number from 0 to 1,000,000,000"),
    (with_seller(handling_hours=float("nan")),
     "handling_hours = nan: must be a number from 0 to 10,000"),
    (with_seller(pickup=9), "pickup = 9: must be a whole number from 0 to 0"),
    (with_seller(cutoff_hour=30), "cutoff_hour = 30: must be a whole number from 0 to 24"),
    (with_seller(holidays="easter"), "holidays = 'easter': must be one of none, federal, usps,"
     " ups, fedex, business, christmas"),
    (with_seller(stations=("ST-SEA",)), "collects from sellers but is not a facility"),
    (with_seller(handling_log_sd=-1), "handling_log_sd = -1: must be a number from 0 to 3"),
    (with_stock({"fast": 0.5, "slow": 0.5, "medium": "most"}),
     "breadth_medium = 'most': must be a number above 0, at most 1"),
    (with_stock(dict.fromkeys(("fast", "medium", "slow"), 1.0), ("WH-LA", "WH-LA")),
     "is listed twice in the stock"),
    (replace(SMALL, volumes={**SMALL.volumes, "carrier": float("inf")}),
     "volumes: carrier = inf: must be a number above 0, at most 1e+12"),
    (replace(SMALL, packaging="bubble wrap"),
     "packaging = 'bubble wrap': must be one of excellent, good, fair, poor"),
    (replace(SMALL, graph=nx.DiGraph(SMALL.graph)),
     "graph = DiGraph: must be a networkx.MultiDiGraph"),
])  # fmt: skip
def test_one_thing_wrong(network: Network, told: str) -> None:
    with pytest.raises(InputError) as error:
        check(network, markets=())
    (line,) = str(error.value).splitlines()
    assert line.startswith("small-seller: ")
    assert line.endswith(told), line


def test_what_is_no_id_is_refused() -> None:
    network = replace(SMALL, graph=SMALL.graph.copy())
    network.graph.add_node(5, **network.graph.nodes["ST-NYC"])
    assert [str(fault) for fault in faults_of(network)] == ["5: ids and modes must be text"]


@pytest.mark.parametrize(("mode", "km", "hours", "problem"), [
    ("linehaul", 4490, 0.001, "is 4,490,000 km/h over 4,490 km, faster than any truck"),
    ("linehaul", 137, 0.99, "is 138 km/h over 137 km, faster than any truck"),
    ("linehaul", 137, 1.0, ""),
    ("air", 1100, 0.99, "is 1,111 km/h over 1,100 km, faster than any jet"),
    ("night-air", 1100, 1.0, ""),
    ("repair", 1100, 1.0, "is 1,100 km/h over 1,100 km, faster than any truck"),
    ("linehaul", 10, 900, "is longer than 10 km on foot plus ten days of waiting"),
    ("linehaul", 10, 242, ""),
    ("linehaul", 0, 0.0001, ""),
])  # fmt: skip
def test_no_truck_is_faster_than_traffic_and_no_jet_than_sound(
    mode: str, km: float, hours: float, problem: str
) -> None:
    network = replace(SMALL, graph=SMALL.graph.copy())
    lane = network.graph.edges[TRUCK] | {"distance_km": km, "transit_hours": hours}
    network.graph.remove_edge(*TRUCK)
    network.graph.add_edge(*TRUCK[:2], key=mode, **lane)
    assert [fault.problem for fault in faults_of(network, ())] == [problem] * bool(problem)


@pytest.fixture
def two_warehouses() -> Network:
    """New York's serves New York and Chicago, Los Angeles' its own market: no other lanes."""
    network = replace(SMALL, graph=SMALL.graph.copy(), volumes={"carrier": 100.0})
    graph = network.graph
    graph.remove_node("sellers")
    graph.add_node("WH-NYC", **{**graph.nodes["WH-LA"], **NEW_YORK})
    for station in ("ST-NYC", "ST-CHI"):
        lane = graph.edges["WH-LA", station, "linehaul"]
        graph.add_edge("WH-NYC", station, key="linehaul", **{**lane, "distance_km": 1000.0})
        graph.remove_edge("WH-LA", station, key="linehaul")
    return network


NEW_YORK = {"market": "Z100", "latitude": 40.75, "longitude": -73.99}


@pytest.mark.parametrize(("slow", "sold", "told"), [
    (1.0, {"fast": 1.0, "medium": 1.0, "slow": 1.0}, []),
    (0.5, {"fast": 1.0, "medium": 0.0, "slow": 0.0}, []),  # nothing slow is sold
    (0.5, {"fast": 0.9, "medium": 0.0, "slow": 0.1}, [
        "WH-LA: no lanes lead to 2 delivery stations, such as ST-CHI",
        "WH-NYC: no lanes lead to 1 delivery stations, such as ST-LA",
    ]),
    (1.0, None, [  # a rule from outside may choose any center
        "WH-LA: no lanes lead to 2 delivery stations, such as ST-CHI",
        "WH-NYC: no lanes lead to 1 delivery stations, such as ST-LA",
    ]),
])  # fmt: skip
def test_a_center_needs_no_lane_to_where_it_never_ships(
    two_warehouses: Network, slow: float, sold: Mapping[str, float] | None, told: list[str]
) -> None:
    """Where every center holds all that is sold, the nearest one ships."""
    stock = Stock(("WH-LA", "WH-NYC"), {"fast": 1.0, "medium": 1.0, "slow": slow}, False)
    network = replace(two_warehouses, origins=Origins(stock))
    try:
        check(network, (), sold)
        faults: list[str] = []
    except InputError as error:
        faults = [f"{fault.field}: {fault.problem}" for fault in error.faults]
    assert faults == told
