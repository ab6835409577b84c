"""Where parcels wait and break: sums by place, and the same figures found in other ways."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_scenarios import centers, sellers

from logistics.analysis.measures.group_totals import group_totals
from logistics.analysis.measures.outcomes import Causes
from logistics.analysis.measures.place_totals import SELLERS, DamagePlaces, PlaceNames, PlaceTotals
from logistics.model.prepare import prepare
from logistics.running import simulate
from logistics.runs.place_counts import count_places
from logistics.runs.run import Run
from logistics.vocabulary import CAUSES

Counted = tuple[Run, Causes, PlaceTotals, DamagePlaces]


@pytest.fixture(scope="module", params=[centers(), sellers()], ids=lambda s: s.name)
def counted(request: pytest.FixtureRequest) -> Counted:
    run = simulate(request.param)
    return run, *count_places(run, prepare(request.param).hazards)


def test_waiting_by_place_is_waiting_by_cause(counted: Counted) -> None:
    _, causes, totals, _ = counted
    hours = dict(zip(CAUSES, causes.ticks.sum(axis=1) / causes.ticks_per_hour, strict=True))
    assert totals.queue_hours.sum() == pytest.approx(hours["queue"] + hours["sort_queue"])
    assert totals.full_hours.sum() == pytest.approx(hours["full"])
    assert totals.full_hours.sum() > 0


def test_parcels_by_lane_are_the_legs_of_the_measured_parcels(counted: Counted) -> None:
    run, _, totals, _ = counted
    ended = run.columns["ended"] >= 0
    legs = run.legs[run.measured[run.legs["parcel"]]]
    is_round = legs["lane"].astype(str).str.endswith(" > doors")
    legs = legs[(legs["lane"].notna()) & (~is_round | ended[legs["parcel"]])]
    expected = legs.groupby("lane", observed=False).size()
    assert totals.parcels_on.tolist() == expected.tolist()
    assert totals.parcels_on.sum() > 10_000
    assert totals.parcels_on_per_day == pytest.approx(totals.parcels_on / 2)


def test_all_sellers_are_one_place(counted: Counted) -> None:
    run, _, totals, _ = counted
    assert totals.names.facilities[-1] == SELLERS
    packed = (run.visits["ready"][:, 0] >= 0) & run.measured
    expected = packed.sum() if run.scenario.name == "sellers" else 0
    assert totals.parcels_at[-1] == expected


def test_busy_hours_are_those_of_the_table_of_facilities(counted: Counted) -> None:
    """On the measured local dates, hour by hour."""
    run, _, totals, _ = counted
    table = run.facilities
    zones = dict(zip(run.places["facilities"], run.places["facility_zones"], strict=True))
    first = np.datetime64(run.scenario.days.first_day)
    for name in run.places["facilities"][::7]:
        mine = table[table["facility"] == name]
        local = mine["hour_utc"].dt.tz_localize("UTC").dt.tz_convert(zones[name])
        day = local.dt.tz_localize(None).dt.normalize()
        measured = ((day >= first) & (day < first + np.timedelta64(2, "D"))).to_numpy()
        busy = (mine["utilisation"] * mine["workers"]).fillna(0.0)
        hours = [busy[measured & (local.dt.hour == h).to_numpy()].sum() for h in range(24)]
        row = run.places["facilities"].index(name)
        assert totals.busy_hours[row] == pytest.approx(hours, abs=1e-6), name
        duty = mine["workers"][measured].sum()
        assert totals.duty_hours[row].sum() == pytest.approx(duty)
    assert totals.busy_hours.sum() > 5
    assert totals.utilisation[np.isfinite(totals.utilisation)].max() < 1.05


def test_departures_and_who_was_left_behind_on_the_measured_dates(counted: Counted) -> None:
    run, _, totals, _ = counted
    assert (totals.full <= totals.departures).all()
    assert 0 < totals.left_behind.sum() <= run.trips["left_behind"].sum()
    assert ((totals.left_behind > 0) == (totals.full > 0)).all()
    daily = np.array([mode == "round" for mode in totals.names.modes]) & (totals.departures > 0)
    if run.scenario.name == "centers":
        assert (totals.departures[daily] == 2).all(), "one wave on each of two dates"


def test_damage_by_place_is_the_damage_of_the_tallies(counted: Counted) -> None:
    run, causes, _, damage = counted
    all_of_them = group_totals(run.outcomes(), causes)["all"]
    assert damage.delivered == all_of_them.delivered[0]
    assert damage.damaged.sum(axis=0).tolist() == all_of_them.damaged_by[:, 0].tolist()
    expected = all_of_them.expected_handling + all_of_them.expected_packaging
    assert damage.expected.sum() == pytest.approx(expected[0], rel=1e-5)


def test_damage_is_at_the_place_that_the_table_of_parcels_names(counted: Counted) -> None:
    run, _, totals, damage = counted
    kinds = dict(zip(totals.names.facilities, totals.names.kinds, strict=True))
    kinds |= dict(zip(totals.names.lanes, totals.names.modes, strict=True))
    table = run.parcels[run.parcels["status"] == "delivered"]
    table = table[table["damaged_by"].notna()]
    found = np.zeros_like(damage.damaged)
    for where, by in zip(table["damaged_where"], table["damaged_by"], strict=True):
        place = "door step" if by == "door step" else kinds.get(where, where)
        found[damage.places.index(place), damage.kinds.index(by)] += 1
    assert (damage.damaged == found).all()
    assert len(table) > 5


def test_where_nothing_is_touched_nothing_is_expected(counted: Counted) -> None:
    run, _, _, damage = counted
    rates = damage.rates()
    assert all(kind != "road" or place in ("linehaul", "air", "pickup") for place, kind in rates)
    assert ("round", "round") in rates
    assert ("door step", "door step") in rates
    assert (("seller", "manual load") in rates) == (run.scenario.name == "sellers")


def test_runs_add_up(counted: Counted) -> None:
    _, _, totals, damage = counted
    twice = totals + totals
    assert (twice.runs, twice.days, twice.orders) == (2, totals.days, 2 * totals.orders)
    assert twice.parcels_on_per_day == pytest.approx(totals.parcels_on_per_day)
    assert twice.utilisation == pytest.approx(totals.utilisation, nan_ok=True)
    assert [b.hours_per_order for b in twice.bottlenecks()] == pytest.approx(
        [b.hours_per_order for b in totals.bottlenecks()]
    )
    assert (damage + damage).delivered == 2 * damage.delivered
    with pytest.raises(ValueError, match="other names or days do not add up"):
        totals + replace(totals, days=5)
    with pytest.raises(ValueError, match="other places or kinds do not add up"):
        damage + replace(damage, places=("elsewhere",))


# By hand ----------------------------------------------------------------------------------------


def two_places() -> PlaceTotals:
    """A hub and a lane to a station, over 10 orders of two days."""
    names = PlaceNames(
        ("HUB", "STATION", SELLERS), ("hub", "delivery station", "seller"),
        ("HUB > STATION by linehaul", "STATION > doors"), ("linehaul", "round"), (0, 1), (1, -1),
    )  # fmt: skip
    by_hour = np.zeros((3, 24))
    by_hour[0, 8:10] = 4.0
    no = np.zeros(2, np.int64)
    return PlaceTotals(
        names=names, runs=1, days=2, orders=10,
        parcels_at=np.array([8, 10, 0]), queue_hours=np.array([4.0, 0.0, 0.0]),
        busy_hours=by_hour / 2, duty_hours=by_hour,
        parcels_on=np.array([8, 10]), full_hours=np.array([20.0, 0.0]),
        departures=np.array([4, 2]), full=np.array([1, 0]), left_behind=no,
    )  # fmt: skip


def test_bottlenecks_are_ranked_by_hours_of_waiting_for_capacity() -> None:
    lane, hub = two_places().bottlenecks()
    assert (lane.place, lane.kind, lane.waits_for) == (
        "HUB > STATION by linehaul", "linehaul", "places",
    )  # fmt: skip
    assert (lane.hours_per_order, lane.hours, lane.parcels_per_day, lane.busy) == (2, 2.5, 4, 0.25)
    assert (hub.place, hub.kind, hub.waits_for) == ("HUB", "hub", "workers")
    assert (hub.hours_per_order, hub.hours, hub.parcels_per_day, hub.busy) == (0.4, 0.5, 4, 0.5)
    assert two_places().bottlenecks(1) == (lane,)


def test_nobody_is_busy_where_nobody_is_on_duty() -> None:
    utilisation = two_places().utilisation
    assert utilisation[0, 8] == 0.5
    assert np.isnan(utilisation[0, 7])
    assert np.isnan(utilisation[1]).all()
