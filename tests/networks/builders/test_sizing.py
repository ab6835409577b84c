"""Sizes from expected flows: enough, hardly more than enough, and the same as a long experiment."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from networks.builders.sizing import (
    DemandShape,
    between_markets_km,
    center_flows,
    center_ranking,
    first_with_stock,
    staff,
    summary,
    timetable,
    vehicles,
)
from networks.geography import Markets
from networks.schema import Network
from networks.timetables import parse_departures, parse_shifts


def towns(*regions: str) -> Markets:
    """Towns in a row from west to east, a degree of longitude apart, one region each."""
    count = len(regions)
    return Markets(
        ids=tuple(f"Z{n:03d}" for n in range(count)), names=("town",) * count,
        states=("KS",) * count, latitude=np.full(count, 38.0),
        longitude=-100.0 + np.arange(count), population=np.ones(count),
        time_zones=("America/Chicago",) * count, regions=regions,
    )  # fmt: skip


# Vehicles and workers ----------------------------------------------------------------------------


@pytest.mark.parametrize(("flow", "capacity", "load", "count"), [
    (0, 1500, 0.8, 1), (1200, 1500, 0.8, 1), (1201, 1500, 0.8, 2), (750, 1500, 1.0, 1),
    (12_000, 1500, 0.8, 10),
])  # fmt: skip
def test_vehicles(flow: float, capacity: int, load: float, count: int) -> None:
    assert vehicles(flow, capacity, load) == count


@settings(deadline=None)
@given(st.floats(0, 1e6), st.integers(1, 5000), st.floats(0.06, 1.0))
def test_vehicles_are_enough_and_one_fewer_is_not(flow: float, capacity: int, load: float) -> None:
    count = vehicles(flow, capacity, load)
    assert flow <= count * capacity * load * (1 + 1e-9)
    assert count == 1 or flow > (count - 1) * capacity * load * (1 - 1e-9)


def test_vehicles_are_spread_over_the_times_the_important_ones_first() -> None:
    times = ["23:00", "01:00", "20:00"]
    assert timetable(1, times) == "23:00"
    assert timetable(2, times) == "01:00 23:00"
    assert timetable(5, times) == "01:00x2 20:00 23:00x2"
    assert timetable(6, times) == "01:00x2 20:00x2 23:00x2"
    assert timetable(7, ["08:00"]) == "08:00x7"


@settings(deadline=None)
@given(st.integers(1, 500), st.lists(st.integers(0, 1439), min_size=1, max_size=8, unique=True))
def test_all_vehicles_are_in_the_timetable_and_evenly_spread(
    count: int, minutes: list[int]
) -> None:
    texts = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes]
    counts = [one.vehicles for one in parse_departures(timetable(count, texts))]
    assert sum(counts) == count
    assert max(counts) - min(counts) <= 1


def test_workers_for_a_peak_hour() -> None:
    # 1,000 parcels of 3 minutes are 50 hours of work, 62.5 at a load of 0.8.
    assert staff("00:00-24:00", 1000, 180, 0.8) == "00:00-24:00 63"
    assert staff("22:00-06:00", 1000, 180, 1.0) == "22:00-06:00 50"
    assert staff("06:00-14:00; 14:00-22:00", 0, 180, 1.0) == "06:00-14:00 1; 14:00-22:00 1"


@settings(deadline=None)
@given(st.floats(0, 1e5), st.floats(1, 1000), st.floats(0.06, 1.0))
def test_workers_are_enough_and_one_fewer_is_not(
    parcels: float, seconds: float, load: float
) -> None:
    (shift,) = parse_shifts(staff("08:00-16:00", parcels, seconds, load))
    needed = parcels * seconds / 3600 / load
    assert needed <= shift.workers * (1 + 1e-9)
    assert shift.workers == 1 or needed > shift.workers - 1 - 1e-6


def test_the_busiest_day_of_a_demand() -> None:
    shape = DemandShape({"fast": 1.0}, (1.2, 1.1, 1.0, 1.0, 0.9, 0.9, 0.9), 0.07)
    assert shape.busiest_day == 1.2


# Sourcing in closed form -------------------------------------------------------------------------


def test_the_first_center_with_stock_by_hand() -> None:
    assert first_with_stock(1.0, 3).tolist() == [1, 0, 0]
    assert first_with_stock(0.5, 1).tolist() == [1]
    # 1/2, 1/4, 1/8 of all products; the 1/8 that lie nowhere do not exist.
    assert first_with_stock(0.5, 3).tolist() == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    rare = first_with_stock(1e-9, 4)
    assert rare.tolist() == pytest.approx([1 / 4] * 4), "a rare product lies anywhere"


@settings(deadline=None)
@given(st.floats(0.001, 1.0), st.integers(1, 400))
def test_somebody_always_has_it(breadth: float, centers: int) -> None:
    chance = first_with_stock(breadth, centers)
    assert math.fsum(chance) == pytest.approx(1)
    assert (np.diff(chance) <= 0).all()


@pytest.mark.parametrize("breadth", [0.6, 0.25, 0.04])
def test_the_closed_form_is_what_independent_stock_gives(breadth: float) -> None:
    centers, products = 12, 40_000
    rng = np.random.default_rng(1)
    stocked = rng.random((products, centers)) < breadth
    exists = stocked.any(axis=1)
    first = np.bincount(stocked[exists].argmax(axis=1), minlength=centers)
    expected = first_with_stock(breadth, centers) * first.sum()
    enough = expected > 5
    tail = expected[~enough].sum()
    found = np.append(first[enough], first[~enough].sum()) if tail else first
    expected = np.append(expected[enough], tail) if tail else expected
    assert stats.chisquare(found[expected > 0], expected[expected > 0]).pvalue > 1e-4


def test_a_market_asks_its_own_region_first_then_the_nearest() -> None:
    markets = towns("West", "West", "West", "East")
    sites = np.array([0, 3])
    km = between_markets_km(markets)[sites]
    near = center_ranking(markets, sites, km, region_first=False)
    assert near.tolist() == [[0, 1], [0, 1], [1, 0], [1, 0]]
    own = center_ranking(markets, sites, km, region_first=True)
    assert own.tolist() == [[0, 1], [0, 1], [0, 1], [1, 0]], "town 2 looks west first"


def test_equally_near_centers_are_asked_in_their_order() -> None:
    markets = towns("Plains", "Plains", "Plains")
    sites = np.array([2, 0])
    km = np.round(between_markets_km(markets)[sites], 6)
    assert center_ranking(markets, sites, km, region_first=True)[1].tolist() == [0, 1]


def test_flows_follow_the_ranking_and_lose_nothing() -> None:
    ranking = np.array([[0, 1], [1, 0]])
    flows = center_flows(ranking, np.array([0.75, 0.25]), np.array([100.0, 40.0]))
    assert flows.tolist() == [[75, 10], [25, 30]]
    rng = np.random.default_rng(1)
    ranking = np.array([rng.permutation(9) for _ in range(30)])
    demand = rng.random(30)
    flows = center_flows(ranking, first_with_stock(0.3, 9), demand)
    assert flows.sum(axis=0) == pytest.approx(demand)


def test_what_was_built_is_said_in_a_few_lines(built: dict[str, Network]) -> None:
    assert summary(built["amazon-fulfillment"])[0] == (
        "513 delivery stations, 390 fulfillment centers, 12 hubs, 80 sort centers"
    )
    for network in built.values():
        lines = summary(network)
        assert any(line.startswith("linehaul: ") and "vehicles on a" in line for line in lines)
        for owner, volume in network.volumes.items():
            assert f"built for {volume:,.0f} parcels a day: {owner}" in lines
