"""A network with stock and sellers: each order has one source, in both engines alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from logistics.analysis.measures.network import measure
from logistics.model.prepare import prepare
from logistics.running import simulate
from logistics.runs.journeys import journey
from logistics.runs.place_counts import count_places
from logistics.runs.run import Run
from logistics.runs.segments import walk
from logistics.scenario.scenario import Scenario
from logistics.vocabulary import Status
from networks.files import read_network, write_network
from networks.geography import load_markets
from networks.origins import Origins, Sellers, Stock
from networks.schema import (
    PICKUP,
    SELLERS,
    Calendar,
    Door,
    Facility,
    Lane,
    Network,
    add_door,
    add_facility,
    add_lane,
    add_market,
)
from networks.timetables import weekday_bits
from networks.validation import check, faults_of
from networks.workload.loads import loads

MARKETS = load_markets()
RICHMOND, SEATTLE = "Z232", "Z981"
SHARE = {"fast": 0.9, "medium": 0.5, "slow": 0.0}
PARCELS = 400.0
COLUMNS = ("columns", "visits", "trips")


def place(market: str, kind: str, **more: object) -> Facility:
    row = MARKETS.index(market)
    return Facility(
        kind=kind, owner="us", market=market, latitude=float(MARKETS.latitude[row]),
        longitude=float(MARKETS.longitude[row]), time_zone=MARKETS.time_zones[row],
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def two_sellers() -> Sellers:
    """One in each city, the second with three times the orders of the first."""
    daily = np.full(2, weekday_bits("daily"), np.uint8)
    return Sellers(
        market=np.array([MARKETS.index(RICHMOND), MARKETS.index(SEATTLE)], np.int32),
        pickup=np.array([0, 1], np.int32), stations=("ST-EAST", "ST-WEST"),
        volume=np.array([40.0, 120.0]), daily_capacity=np.array([60, 180], np.int32),
        working_days=daily, pickup_days=daily, opens_hour=np.full(2, 9, np.uint8),
        cutoff_hour=np.full(2, 15, np.uint8), handling_hours=np.full(2, 6, np.float32),
        handling_log_sd=0.5, packaging=np.array([0, 3], np.uint8), burst_share=0.1,
        burst_orders=40, burst_days=1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def two_cities() -> Network:
    """A gated center in Richmond, a station that collects and delivers in each of two cities."""
    graph = nx.MultiDiGraph()
    rounds = {"wave_times": "09:00", "round_capacity": 300, "round_hours": 7.0}
    work = {"shifts": "00:00-24:00 6", "work_seconds": 40.0}
    gate = {"gate_calendar": "every day", "gate_opens": "06:00", "gate_cutoff": "16:00",
            "gate_daily_capacity": 250}  # fmt: skip
    add_facility(graph, "FC", place(RICHMOND, "fulfillment center", **work, **gate))
    add_facility(graph, "ST-EAST", place(RICHMOND, "carrier station", **work, **rounds))
    add_facility(graph, "ST-WEST", place(SEATTLE, "carrier station", **work, **rounds))
    graph.add_node(SELLERS, kind=SELLERS)
    truck = Lane("us", "20:00", "every day", 220, 5.0, 300.0, 0.2)
    for origin, destination in (
        ("FC", "ST-EAST"), ("ST-EAST", "ST-WEST"), ("ST-WEST", "ST-EAST"),
    ):  # fmt: skip
        add_lane(graph, origin, destination, "truck", truck)
    for station in ("ST-EAST", "ST-WEST"):
        add_lane(graph, SELLERS, station, PICKUP, Lane("us", "17:00", "every day", 0, 1.5, 20.0))
    for station, market in (("ST-EAST", RICHMOND), ("ST-WEST", SEATTLE)):
        add_market(graph, market)
        add_door(graph, station, market, Door(1.0, 5.0))
    return Network(
        name="two-cities", graph=graph, calendars={"every day": Calendar()},
        volumes={"us": PARCELS, SELLERS: 160.0},
        origins=Origins(Stock(("FC",), order_share=SHARE), two_sellers()),
    )  # fmt: skip


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Scenario.model_validate({
        "name": "mixed", "as_of": "2023-10-01", "network": {"kind": "own", "path": "handed in"},
        "orders": {"orders_per_day": int(PARCELS), "markets": [RICHMOND, SEATTLE]},
        "promise": {"rule": "business days", "days": 5},
        "days": {"warm_up_days": 1, "days": 3, "later_order_days": 4}, "runs": {"seed": 3},
    })  # fmt: skip


@pytest.fixture(scope="module")
def runs(two_cities: Network, scenario: Scenario) -> tuple[Run, Run]:
    """The run of each engine."""
    check(two_cities, [RICHMOND, SEATTLE])
    batch, textbook = (
        simulate(scenario, network=two_cities, engine=name) for name in ("batch", "textbook")
    )
    return batch, textbook


def test_both_engines_have_equal_columns(runs: tuple[Run, Run]) -> None:
    batch, textbook = runs
    for group in COLUMNS:
        for name, column in getattr(batch, group).items():
            assert np.array_equal(column, getattr(textbook, group)[name]), (group, name)
    assert set(np.unique(batch.columns["source"])) == {0, 1, 2}, "all sources ship"
    assert (batch.columns["status"] == Status.DELIVERED).sum() > 0.5 * len(batch), (
        "most are delivered"
    )


def test_each_product_ships_from_stock_as_often_as_its_share_says(runs: tuple[Run, Run]) -> None:
    run, _ = runs
    products = run.scenario.orders.products
    speed = np.array([product.movement for product in products])[run.columns["product"]]
    from_stock = run.columns["source"] == 0
    for movement, share in SHARE.items():
        found = from_stock[speed == movement]
        assert len(found) > 100
        assert found.mean() == pytest.approx(share, abs=4 * (0.25 / len(found)) ** 0.5)
    assert not from_stock[speed == "slow"].any()


def test_sources_have_their_names_places_and_packaging(runs: tuple[Run, Run]) -> None:
    run, _ = runs
    source = run.columns["source"]
    names = np.array(["FC", "seller 000000", "seller 000001"])
    table = run.parcel_table(measured=False)
    assert (table["source"].astype(str).to_numpy() == names[source]).all()
    assert (run.columns["grade"] == np.array([1, 0, 3])[source]).all()
    assert run.places["source_facility"] == [0]
    assert (run.places["sellers"], len(run.places["seller_markets"])) == (2, 2)
    first = next(walk(run, np.arange(len(run))))
    assert (first.place == np.where(source == 0, 0, len(run.places["facilities"]))).all()
    local = (run.columns["zone"] == 2) & (source == 1)
    assert (run.columns["market"][local] == MARKETS.index(RICHMOND)).all()


def test_a_share_for_sellers_only_changes_where_orders_start(
    two_cities: Network, scenario: Scenario, runs: tuple[Run, Run]
) -> None:
    """More from stock: what shipped from stock before still does, and no other draw moves."""
    more = replace(two_cities.origins.stock, order_share={**SHARE, "medium": 0.8})
    origins = replace(two_cities.origins, stock=more)
    run = simulate(scenario, network=replace(two_cities, origins=origins))
    before, after = (
        dict(zip(one.columns["order_id"].tolist(), one.columns["source"].tolist(), strict=True))
        for one in (runs[0], run)
    )
    moved = [order for order in before if (before[order] == 0) != (after[order] == 0)]
    assert moved
    assert all(before[order] > 0 and after[order] == 0 for order in moved)


def test_the_expected_loads_are_those_of_both_kinds(
    two_cities: Network, scenario: Scenario
) -> None:
    shape = scenario.orders.shape()
    found = {(one.what, one.place): one for one in loads(two_cities, shape, [RICHMOND, SEATTLE])}
    stock = sum(share * shape.movement[speed] for speed, share in SHARE.items())
    assert found["gate", "FC"].week == pytest.approx(stock * PARCELS / 250)
    assert found["seller", "seller 2"].week == pytest.approx(120 / 180)
    west = MARKETS.share[MARKETS.index(SEATTLE)]
    west /= west + MARKETS.share[MARKETS.index(RICHMOND)]
    trucked = PARCELS * west * (1 - 0.75 * (1 - stock)) / 220  # all but the western seller's own
    assert found["departures", "ST-EAST > ST-WEST by truck"].week == pytest.approx(
        trucked, rel=0.01
    )


def test_files_hold_both(two_cities: Network, tmp_path: Path) -> None:
    for path in (tmp_path / "folder", tmp_path / "book.xlsx"):
        write_network(two_cities, path)
        back = read_network(path).network.origins
        assert back.stock == two_cities.origins.stock
        assert back.sellers.volume.tolist() == [40.0, 120.0]


@pytest.mark.parametrize(("share", "idle"), [(1.0, "sellers"), (0.0, "stock")])
def test_a_share_that_leaves_nothing_to_one_kind_is_a_fault(
    two_cities: Network, share: float, idle: str
) -> None:
    stock = replace(two_cities.origins.stock, order_share=dict.fromkeys(SHARE, share))
    network = replace(two_cities, origins=replace(two_cities.origins, stock=stock))
    (fault,) = faults_of(network, [RICHMOND, SEATTLE])
    assert fault.problem.endswith(f"no orders are left for {idle}")


def test_what_is_reported_of_a_run_adds_up(
    runs: tuple[Run, Run], two_cities: Network, scenario: Scenario, tmp_path: Path
) -> None:
    run, _ = runs
    figures = measure(run.outcomes()).values
    assert 0.1 < figures["delivery_days.mean"] < 7
    causes, places, _ = count_places(run, prepare(scenario, two_cities).hazards)
    assert int(places.orders) == int(run.measured.sum())
    assert len(causes.allowed) == places.orders
    for source in range(3):
        ended = (run.columns["source"] == source) & (run.columns["ended"] > 0)
        start = journey(run, int(np.flatnonzero(ended)[0])).steps[0].place
        assert start.name == ("FC", "seller 000000", "seller 000001")[source]
        row = MARKETS.index(SEATTLE if source == 2 else RICHMOND)
        assert start.time_zone == MARKETS.time_zones[row]
    run.save(tmp_path / "run")
    assert Run.load(tmp_path / "run").same_as(run)
