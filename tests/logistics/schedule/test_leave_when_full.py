"""Vehicles that leave as soon as they are full: the timetable, and what becomes of the parcels."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_networks import RICHMOND, SEATTLE, WEST, lane, minutes, nominal, place, station
from small_networks import network as network_of

from logistics.running import simulate
from logistics.runs.causes import causes_of
from logistics.runs.run import Run
from logistics.runs.tables import departures
from logistics.scenario.days import Closure
from logistics.scenario.scenario import Scenario
from logistics.schedule.calendars import Period
from logistics.schedule.timetable import Timetable
from logistics.vocabulary import CAUSES
from networks.files import read_network, write_network
from networks.inputs.faults import InputError
from networks.schema import Network
from networks.validation import check, faults_of

MONDAY = "2023-09-18"
WINDOW = "18:00-19:00x2"
HOURS = 60


def a_lane(departs: str = WINDOW, scale: float = 1.0, **more: Any) -> Network:
    """A center with one lane to a station; its vehicles take ten parcels."""
    places = {"FC": place(kind="fulfillment center"), "ST": station()}
    lanes = {("FC", "ST"): lane(departs, **more)}
    return network_of(places, lanes, {"ST": RICHMOND}, scale)


def table_of(net: Network, period: Period, *closures: Closure) -> Timetable:
    return nominal(net, period, *closures).table


def rows_of(table: Timetable, before: int) -> list[tuple[int, int, int]]:
    """(tick, capacity, least) of the departures of lane 0 before a tick."""
    rows = (table.lane == 0) & (table.tick < before)
    columns = (table.tick[rows], table.capacity[rows], table.least[rows])
    return list(zip(*(column.tolist() for column in columns), strict=True))


# The timetable -----------------------------------------------------------------------------------


def test_a_window_looks_every_quarter_hour_and_ends_with_a_departure() -> None:
    found = rows_of(table_of(a_lane(), minutes(MONDAY, 1)), 24 * HOURS)
    six = 18 * HOURS
    early = [(six + after, 20, 10) for after in (0, 15, 30, 45)]
    assert found == [*early, (six + 60, 20, 0)]


def test_vehicles_of_a_sample_are_as_much_smaller() -> None:
    found = rows_of(table_of(a_lane(scale=0.25), minutes(MONDAY, 1)), 24 * HOURS)
    assert {(capacity, least) for _, capacity, least in found} == {(6, 3), (5, 0)}


def test_departures_that_an_event_cancels_do_not_leave_when_full_either() -> None:
    closure = Closure(
        place="FC > ST by truck",
        start=datetime.fromisoformat(f"{MONDAY} 18:10"),
        end=datetime.fromisoformat(f"{MONDAY} 18:50"),
    )
    found = rows_of(table_of(a_lane(), minutes(MONDAY, 1), closure), 24 * HOURS)
    assert [tick for tick, _, _ in found] == [18 * HOURS, 19 * HOURS]


def test_a_promise_counts_on_the_end_of_the_window_only() -> None:
    """Who must be there when the truck of 19:00 arrives may be ready at 19:00, not before."""
    known = nominal(a_lane(hours=2.0), minutes(MONDAY, 2))
    by = np.array([20 * HOURS + 59, 21 * HOURS]) + 24 * HOURS
    assert known.latest(np.zeros(2, np.int64), by).tolist() == [19 * HOURS, (24 + 19) * HOURS]


# What is refused ---------------------------------------------------------------------------------


def test_vehicles_without_a_limit_are_never_full() -> None:
    problems = [str(fault) for fault in faults_of(a_lane(capacity=0), [RICHMOND])]
    assert any("cannot be full: the lane's vehicles have no limit" in one for one in problems)


def test_couriers_leave_at_their_time() -> None:
    net = a_lane()
    net.graph.nodes["ST"]["wave_times"] = "09:00-10:00"
    problems = [str(fault) for fault in faults_of(net, [RICHMOND])]
    assert any("a courier's wave leaves at its time, full or not" in one for one in problems)


def test_the_sheet_has_a_column_for_it_and_names_a_wrong_cell(tmp_path: Path) -> None:
    write_network(a_lane("04:00 18:00-19:00x2"), tmp_path / "net")
    text = (tmp_path / "net" / "departures.csv").read_text()
    assert text.splitlines()[-1].endswith("19:00,2,18:00")
    back = read_network(tmp_path / "net").network
    assert back.graph.edges["FC", "ST", "truck"]["departs"] == "04:00 18:00-19:00x2"
    (tmp_path / "net" / "departures.csv").write_text(text.replace("18:00", "19:30"))
    with pytest.raises(InputError) as error:
        read_network(tmp_path / "net")
    assert "full_from = '19:30': is not before the departure at 19:00" in str(error.value)


# What becomes of the parcels ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def runs() -> tuple[Run, Run]:
    """Orders of three days to two cities: one lane leaves when full, the other at its times."""
    work = {"shifts": "00:00-24:00 6", "work_seconds": 20.0}
    places = {
        "FC": place(kind="fulfillment center", **work),
        "EAST": station(round_capacity=600),
        "WEST": station(WEST, round_capacity=600),
    }
    lanes = {
        ("FC", "EAST"): lane("00:00-23:45x3", capacity=40),
        ("FC", "WEST"): lane("20:00x9", capacity=40),
    }
    net = network_of(places, lanes, {"EAST": RICHMOND, "WEST": SEATTLE})
    net = replace(net, volumes={"us": 400.0})
    check(net, [RICHMOND, SEATTLE])
    scenario = Scenario.model_validate({
        "name": "full", "as_of": "2023-10-01", "network": {"kind": "own", "path": "handed in"},
        "orders": {"orders_per_day": 400, "markets": [RICHMOND, SEATTLE]},
        "promise": {"rule": "business days", "days": 5},
        "days": {"warm_up_days": 1, "days": 3, "later_order_days": 3}, "runs": {"seed": 3},
    })  # fmt: skip
    batch, textbook = (simulate(scenario, network=net, engine=one) for one in ("batch", "textbook"))
    return batch, textbook


def test_both_engines_have_equal_columns(runs: tuple[Run, Run]) -> None:
    assert runs[0].same_as(replace(runs[1], engine="batch"))


def test_only_full_vehicles_leave_before_the_end_of_the_window(runs: tuple[Run, Run]) -> None:
    trips = runs[0].trips
    early = trips["least"] > 0
    assert set(trips["load"][early].tolist()) == {0, 40}
    assert (trips["load"][early] == 40).sum() > 8
    last = (trips["lane"] == 0) & ~early
    assert 0 < trips["load"][last].max() < 40


def test_who_waits_for_a_vehicle_to_fill_waits_for_the_next_departure(
    runs: tuple[Run, Run],
) -> None:
    """And not for capacity: no vehicle was too small."""
    run = runs[0]
    ticks = causes_of(run, np.arange(len(run)))
    assert not ticks[CAUSES.index("full")].any()
    assert ticks[CAUSES.index("next_departure")].any()
    table, left = departures(run), run.trip_left & (run.trips["tick"] < run.period.horizon)
    assert len(table) == left.sum() < (run.trips["tick"] < run.period.horizon).sum()
    assert (table["departure"].to_numpy() == np.flatnonzero(left)).all()


def test_full_vehicles_that_leave_early_bring_parcels_sooner(runs: tuple[Run, Run]) -> None:
    """Those to Seattle wait for eight in the evening, those to Richmond for a vehicle to fill."""
    run = runs[0]
    trip = run.visits["departure"][:, 0]
    rows = np.flatnonzero(trip >= 0)
    lane, waited = run.trips["lane"][trip[rows]], run.columns["wait_departure"][rows]
    assert waited[lane == 0].mean() < 0.5 * waited[lane == 1].mean()
