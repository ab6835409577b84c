"""Expected loads: by hand in a tiny world, as a run shows them, and of the built-in networks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from logistics import load_scenario, simulate
from networks.builders.nodes import add_markets, facility_in
from networks.builders.seller_direct import SellerDirect
from networks.builders.sizing import DemandShape
from networks.files import EXAMPLES, read_network
from networks.geography import load_markets
from networks.origins import Origins, Stock
from networks.routing import find_routes
from networks.schema import (
    Calendar,
    Door,
    Facility,
    Lane,
    Network,
    add_door,
    add_facility,
    add_lane,
)
from networks.timetables import Shift
from networks.workload.flows import flows
from networks.workload.loads import Load, loads, overloads
from networks.workload.weeks import (
    DAY,
    SLOT,
    SLOTS,
    next_service,
    queue,
    released,
    spread,
    staffing,
)

EVEN = DemandShape({"fast": 1.0, "medium": 0.0, "slow": 0.0}, (1.0,) * 7, 1 / 24)
"""The same number of orders every day."""


def place(kind: str, **more: Any) -> Facility:
    markets = load_markets()
    return facility_in(markets, markets.index("Z606"), kind=kind, owner="us", **more)


def weekday_warehouse(**more: Any) -> Network:
    """A hundred orders a day; Mondays at eight, those since Friday afternoon are let in, too.

    A truck a night takes them to one station, whose couriers leave at ten.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    add_markets(graph, load_markets())
    add_facility(graph, "WH", place(
        "warehouse", shifts="08:00-18:00 5", shift_calendar="weekdays", work_seconds=120.0,
        gate_calendar="weekdays", gate_opens="08:00", gate_cutoff="16:00", **more,
    ))  # fmt: skip
    add_facility(graph, "ST", place(
        "delivery station", shifts="06:00-10:00 1", work_seconds=12.0, wave_times="10:00",
        round_calendar="every day", round_capacity=400, round_hours=8.0,
    ))  # fmt: skip
    add_lane(graph, "WH", "ST", "truck", Lane(
        owner="us", departs="23:00x2", calendar="weekdays", capacity=150, transit_hours=8.0,
        distance_km=400.0,
    ))  # fmt: skip
    add_door(graph, "ST", "Z606", Door(1.0))
    return Network(
        name="weekday-warehouse", graph=graph, volumes={"us": 100.0},
        calendars={"every day": Calendar(), "weekdays": Calendar("Mon-Fri")},
        origins=Origins(Stock(("WH",), {"fast": 1.0, "medium": 1.0, "slow": 1.0})),
    )  # fmt: skip


def by_name(found: list[Load]) -> dict[tuple[str, str], float]:
    return {(one.what, one.place): one.load for one in found}


def test_loads_by_hand() -> None:
    """Three days' orders come on Mondays: 300 parcels."""
    found = by_name(loads(weekday_warehouse(), EVEN))
    assert found == pytest.approx({
        ("workers", "WH"): 300 * 120 / (5 * 10 * 3600),
        ("departures", "WH > ST by truck"): 300 / (2 * 150),
        ("workers", "ST"): 300 * 12 / (4 * 3600),
        ("rounds", "ST"): 300 / 400,
    }, rel=0.01)  # fmt: skip


def test_what_cannot_be_worked_on_its_day_leaves_later() -> None:
    """With one worker, 2 minutes a parcel and ten hours, a day's truck gets 300 parcels at most."""
    network = weekday_warehouse()
    network.graph.nodes["WH"]["shifts"] = "08:00-18:00 1"
    found = by_name(loads(network, EVEN))
    assert found["workers", "WH"] == pytest.approx(1.0, rel=0.01)
    network.graph.nodes["WH"]["work_seconds"] = 180.0  # 200 a day, 1,000 a week for 700 orders
    found = by_name(loads(network, EVEN))
    assert found["workers", "WH"] == pytest.approx(1.5, rel=0.01)
    assert found["departures", "WH > ST by truck"] == pytest.approx(200 / 300, rel=0.03)


@pytest.mark.parametrize(("market", "wave", "load"), [
    ("Z900", "06:00", 400 / 400),  # there at 05:00
    ("Z900", "04:30", 300 / 400),
    ("Z100", "08:30", 400 / 400),  # there at 08:00
    ("Z100", "07:30", 300 / 400),
])  # fmt: skip
def test_clocks_farther_east_are_ahead(market: str, wave: str, load: float) -> None:
    """A truck leaves Chicago at 23:00, for 8 hours: 05:00 in Los Angeles, 08:00 in New York.

    Couriers go out Tuesday to Friday. If a truck is there in time, Tuesday has Monday's 300 and
    Friday's 100; else Monday's go on Wednesday, with nobody else's.
    """
    network = weekday_warehouse()
    graph, row = network.graph, load_markets().index(market)
    zone = load_markets().time_zones[row]
    graph.nodes["ST"].update(
        time_zone=zone, market=market, shifts="", wave_times=wave, round_calendar="couriers"
    )
    days = {**network.calendars, "couriers": Calendar("Tue-Fri")}
    found = by_name(loads(replace(network, calendars=days), EVEN))
    assert found["rounds", "ST"] == pytest.approx(load, rel=0.01)


def test_a_gate_with_a_daily_capacity_carries_over() -> None:
    found = by_name(loads(weekday_warehouse(gate_daily_capacity=125), EVEN))
    assert found["gate", "WH"] == pytest.approx(700 / (5 * 125))


def test_overloads_in_words() -> None:
    network = weekday_warehouse(gate_daily_capacity=125)
    network.graph.edges["WH", "ST", "truck"]["capacity"] = 100
    night, gate = overloads(loads(network, EVEN))
    assert night == (
        "WH > ST by truck: departures: load 1.50 on the busiest day, 0.70 over the week; what would"
        " help: more departures, more vehicles or larger ones"
    )
    assert gate == (
        "WH: release window: load 1.12 over the week; what would help: a larger daily capacity of"
        " the release window"
    )
    assert overloads(loads(network, EVEN), lasting=True) == (gate,)
    assert overloads(loads(weekday_warehouse(), EVEN)) == ()


def test_all_orders_are_on_some_way_and_on_one_round(built: dict[str, Network]) -> None:
    for network in built.values():
        routes = find_routes(network)
        found = flows(network, routes, EVEN)
        rounds = slice(len(routes.lanes), len(routes.lane_ids))
        assert found.on_arc[rounds].sum() == pytest.approx(1.0)
        assert found.starts.sum() == pytest.approx(1.0)
        one = flows(network, routes, EVEN, markets=("Z606",))
        stations = {routes.stations[row] for row in np.flatnonzero(one.on_arc[rounds])}
        assert stations == {station for station, market, _ in network.doors() if market == "Z606"}


def test_a_run_shows_the_same_loads() -> None:
    """The small seller, a thousand of them: the busiest day of each truck and wave."""
    network = read_network(EXAMPLES["small-seller"]).network
    scenario = load_scenario("tiktok-seller-direct").replace(
        orders={"markets": ["Z900", "Z606", "Z100"]}
    )
    run = simulate(scenario, seed=1, network=network, orders_per_day=12_000, days=7,
                   warm_up_days=11, later_order_days=6)  # fmt: skip
    expected = by_name(loads(network, scenario.orders.shape(), None, scenario.orders.hours))
    seen = _busiest_days(run.departures)
    for lane in ("WH-LA > ST-LA by linehaul", "WH-LA > ST-CHI by linehaul",
                 "WH-LA > ST-NYC by linehaul"):  # fmt: skip
        assert seen[lane] == pytest.approx(expected["departures", lane], rel=0.05)
    assert seen["ST-LA > doors"] == pytest.approx(expected["rounds", "ST-LA"], rel=0.05)


def _busiest_days(departures: pd.DataFrame) -> dict[str, float]:
    """Return by lane the most that came for a local day (of Los Angeles) over its capacity."""
    table = departures[departures["capacity"].notna()].sort_values("departs_utc")
    day = table["departs_utc"].dt.tz_localize(None) - pd.Timedelta(hours=7)
    table = table.assign(day=day.dt.floor("D"))
    daily = table.groupby(["lane", "day"], observed=True).agg(
        load=("load", "sum"), capacity=("capacity", "sum"), left=("left_behind", "last")
    )
    before = daily.groupby("lane", observed=True)["left"].shift(fill_value=0)
    share = (daily["load"] + daily["left"] - before) / daily["capacity"].astype(float)
    week = share[(share.index.get_level_values("day") >= "2023-09-18")
                 & (share.index.get_level_values("day") < "2023-09-25")]  # fmt: skip
    return dict(week.groupby("lane", observed=True).max())


def test_nothing_of_the_amazon_network_is_overloaded(built: dict[str, Network]) -> None:
    """It was built for loads of 0.8 on the busiest weekday: that is what is found."""
    shape = load_scenario("amazon-fulfillment").orders.shape()
    found = loads(built["amazon-fulfillment"], shape)
    assert 0.75 < max(one.load for one in found) < 0.81


@pytest.mark.slow
def test_what_is_overloaded_in_the_carrier_networks(built: dict[str, Network]) -> None:
    """Nothing, but for a few stations whose sellers hand over on other days than most.

    The carrier's trailers are built for one pattern of weekdays. What such a station leaves goes
    the next day.
    """
    scenario = load_scenario("tiktok-seller-direct")
    shape, hours = scenario.orders.shape(), scenario.orders.hours
    platform = loads(built["tiktok-platform-fulfilled"], shape, None, hours)
    assert max(one.load for one in platform) <= 1
    assert isinstance(scenario.network, SellerDirect)
    everyone = replace(shape, orders_per_day=None)
    direct = loads(scenario.network.build(everyone), shape, None, hours)
    over = [one for one in direct if one.load > 1]
    assert len(over) < 20
    assert all(one.place.startswith("ST") and " > HUB" in one.place for one in over)
    assert max(one.load for one in over) < 1.1
    assert max(one.week for one in direct) < 0.8


# The week ----------------------------------------------------------------------------------------


def test_a_gate_lets_in_since_the_last_cutoff() -> None:
    at = released((0, 1, 2, 3, 4), 8 * 60, 16 * 60)
    monday_noon, monday_five, saturday = (slot * 60 // SLOT for slot in (12, 17, 5 * 24))
    assert at[monday_noon] == 12 * 60 + SLOT / 2
    assert at[monday_five] == DAY + 8 * 60
    assert at[saturday] == 7 * DAY + 8 * 60


def test_doors_that_close_early() -> None:
    leaves = next_service((0,), (600,), early=30)
    assert leaves[(600 - 60) // SLOT] == 600  # ready at 9:15, doors close at 9:30
    assert leaves[(600 - 30) // SLOT] == 7 * DAY + 600


def test_waiting_in_a_queue() -> None:
    """Ninety minutes of work come at eight on Monday for one worker, who begins at ten."""
    seconds, _, able = staffing((0,), (Shift(600, 720, 1),))
    work = np.zeros(SLOTS)
    work[480 // SLOT] = 5400.0
    assert able.tolist() == [7200.0, 0, 0, 0, 0, 0, 0]
    worked = queue(work, seconds).toarray()[480 // SLOT]
    assert dict(zip(np.flatnonzero(worked).tolist(), worked[worked > 0], strict=True)) == (
        pytest.approx({600 // SLOT + half_hour: 1 / 3 for half_hour in range(3)})
    )
    assert (queue(work * 2, seconds).toarray() == np.eye(SLOTS)).all(), "it never catches up"


def test_transit_adds_up_and_has_its_mean() -> None:
    chance = spread(30.0, 0.2, 0.0)
    assert chance.sum() == pytest.approx(1.0)
    assert (chance * (np.arange(SLOTS) + 0.5)).sum() * SLOT / 60 == pytest.approx(30.0, rel=0.01)
    assert spread(8.0, 0.0, 2.0)[10 * 60 // SLOT] == 1.0
