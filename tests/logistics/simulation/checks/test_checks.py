"""Each rule is broken on purpose, in a run small enough to work out by hand, and is found so.

Whatever `check_run` finds is found again in the same run handed over in time slices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from random_worlds import Sketch, world
from streamed_worlds import is_stopped, once_all_are_ordered, replayed, thirds

from logistics.errors import BrokenRunError
from logistics.simulation import textbook
from logistics.simulation.checks import boarding, check_run, ends
from logistics.simulation.problem import Columns, Problem
from logistics.simulation.textbook.facility import Facility
from logistics.vocabulary import NOT_YET, UNLIMITED, Status

A, B = 0, 1
FIRST_TRUCK, SECOND_TRUCK, THIRD_TRUCK, FIRST_WAVE, SECOND_WAVE = range(5)


def two_docks(
    workers: int | Sequence[tuple[int, int]] = 1,
    second_truck: int = 2,
    doors_close: int = 0,
    horizon: int = 100,
) -> Problem:
    """Five orders, one a tick, through A and B: starts at 0, 2, 4, 6, 8, ready at 3, 5, 7, 9, 11.

    Trucks of two leave A at 10, 20, 30; waves of three leave B at 40 and 60. Parcel 3 fails once.
    """
    sketch = Sketch(horizon=horizon)
    sketch.facility("A", workers=workers, dwell=1)
    sketch.facility("B", workers=1)
    sketch.lane("AB", "A", "B", doors_close=doors_close)
    sketch.lane("RB", "B", "", round_ticks=10)
    sketch.routes["A", "B"] = "AB"
    sketch.source("shop", facility="A")
    for tick, capacity in ((10, 2), (20, second_truck), (30, 2)):
        sketch.departs("AB", tick, tick + 5, capacity)
    sketch.departs("RB", 40, 50, 3)
    sketch.departs("RB", 60, 70, 3)
    for ordered in range(5):
        sketch.parcel("shop", "B", ordered, [2, 1], failures=int(ordered == 3))
    return sketch.problem()


def two_sellers(weekdays: int = 0b10, packing: int = 4) -> Problem:
    """Sellers 0 and 1 hand over to pickups at 10 (a Monday) and 20 (a Tuesday)."""
    sketch = Sketch(horizon=60)
    sketch.facility("B")
    sketch.lane("P", "", "B")
    sketch.lane("RB", "B", "", round_ticks=5)
    sketch.departs("P", 10, 12, weekday=0)
    sketch.departs("P", 20, 22, weekday=1)
    sketch.departs("RB", 30, 40)
    sketch.gate("daily", [(2, 9)])
    sketch.source("Ann", pickup="P", gate="daily")
    sketch.source("Bob", pickup="P", pickup_weekdays=weekdays)
    sketch.parcel("Ann", "B", 1, [3, 0])
    sketch.parcel("Bob", "B", 1, [packing, 0])
    return sketch.problem()


def run(problem: Problem) -> Columns:
    columns = textbook.run(problem)
    check_run(problem, columns)
    for cuts in cut_in_slices(problem):
        replayed(problem, columns, cuts)
    return columns


def cut_in_slices(problem: Problem) -> list[list[int]]:
    """Return the cuts of a run in one time slice, in three, and in one a tick."""
    return [[], thirds(problem), list(range(1, problem.horizon))]


def stopped(problem: Problem, columns: Columns, **changes: dict[Any, int]) -> BrokenRunError:
    """Change numbers in columns, `{index: value}` by column, and return how the check stops."""
    changed = {}
    for name, values in changes.items():
        changed[name] = getattr(columns, name).copy()
        for at, value in values.items():
            changed[name][at] = value
    wrong = replace(columns, **changed)
    with pytest.raises(BrokenRunError) as caught:
        check_run(problem, wrong)
    for cuts in cut_in_slices(problem):
        with pytest.raises(BrokenRunError) as in_slices:
            replayed(problem, wrong, cuts)
        assert in_slices.value.parcel is None  # its number is another in each time slice
    return caught.value


def test_the_two_docks_are_as_told() -> None:
    columns = run(two_docks())
    assert columns.ready[:, A].tolist() == [3, 5, 7, 9, 11]
    assert columns.departure[:, A].tolist() == [0, 0, 1, 1, 2]
    assert columns.departure[:, B].tolist() == [3, 3, 3, 4, 4]
    assert columns.left_behind.tolist() == [2, 1, 0, 2, 0]
    assert columns.status.tolist() == [1, 1, 1, 0, 1]


STANDING = [
    ({"status": {0: Status.LOST}}, "its status is lost, its lost step -1"),
    ({"status": {0: Status.UNDER_WAY}}, "its status is under way, its end tick 41"),
    ({"status": {0: Status.STOLEN}}, "its status is stolen"),
    ({"status": {0: Status.RETURNED}}, "returned after 1 attempts, of which 0 fail"),
    ({"status": {0: 9}}, "there is no status 9"),
    ({"attempts": {0: 2}}, "delivered after 2 attempts, of which 0 fail"),
    ({"ended": {0: 100}}, "it ended at tick 100, outside the run"),
    ({"ended": {0: 51}}, "it ended at tick 51, 11 after its wave left, on a round of 10"),
    ({"out_for_delivery": {0: 39}}, "out for delivery at tick 39, its wave left at tick 40"),
]


@pytest.mark.parametrize(("change", "told"), STANDING, ids=lambda value: str(value)[:40])
def test_a_parcel_stands_one_way_only(change: Any, told: str) -> None:
    problem = two_docks()
    error = stopped(problem, run(problem), **change)
    assert (error.parcel, error.order, error.place) == (0, 0, "RB")
    assert told in error.problem


def test_a_parcel_under_way_has_failed_as_often_as_it_was_tried() -> None:
    problem = two_docks()
    error = stopped(problem, run(problem), attempts={3: 2})
    assert (error.parcel, error.problem) == (3, "under way after 2 attempts, of which 1 fail")


def test_a_parcel_is_lost_where_it_was() -> None:
    problem = two_docks()
    columns = run(problem)
    error = stopped(problem, columns, status={3: Status.LOST}, lost_step={3: 2})
    assert (error.parcel, error.place) == (3, "B")
    assert error.problem == "it is lost at step 2, which it did not come to or passed"
    error = stopped(problem, columns, status={3: Status.LOST}, lost_step={3: 1})
    assert (error.parcel, error.place) == (3, "A")  # where its way would then have ended
    assert error.problem == "it is ready 2 times, on its route 1 times"


def test_nothing_happens_after_the_end_of_the_way() -> None:
    problem = two_docks(horizon=13)  # the first truck is on the road
    error = stopped(problem, run(problem), ready={(1, B): 12})
    assert (error.parcel, error.problem) == (1, "it is ready 2 times, on its route 1 times")


CLOCKS = [
    ({"ready": {(2, A): 4}}, 2, "A", "work of 3 began at tick 1, before it was there"),
    ({"ready": {(4, B): 35}}, 4, "B", "work of 1 began at tick 34, before it was there"),
    ({"ready": {(0, A): NOT_YET}}, 0, "A", "it took departure 0, but was never ready"),
    ({"ready": {(0, A): 100}}, 0, "A", "ready at tick 100, after the end of the run"),
    ({"departure": {(4, A): FIRST_TRUCK}}, 4, "A", "which took what was ready by tick 10"),
    ({"departure": {(0, A): FIRST_WAVE}}, 0, "A", "departure 3 of RB, but its route leads by AB"),
    ({"departure": {(0, A): 5}}, 0, "visit 0", "there is no departure 5"),
]


@pytest.mark.parametrize(("change", "parcel", "place", "told"), CLOCKS)
def test_causes_come_before_effects(change: Any, parcel: int, place: str, told: str) -> None:
    problem = two_docks()
    error = stopped(problem, run(problem), **change)
    assert (error.parcel, error.order, error.place) == (parcel, parcel, place)
    assert told in error.problem


def test_doors_that_have_closed_let_nobody_board() -> None:
    columns = run(two_docks())
    error = stopped(two_docks(doors_close=5), columns)
    assert (error.parcel, error.place) == (1, "A")
    assert error.problem == (
        "ready at tick 5, it took departure 0 of AB, which took what was ready by tick 4"
    )


HOURS = [
    ({"transit": {1: -1}}, "its transit is -1"),
    ({"transit": {1: 6}}, "its five times add up to 45, from order to end are 44"),
    ({"wait_work": {1: 1}, "work": {1: 5}}, "its wait_work is 1, by its clocks 2"),
    ({"wait_departure": {1: 6}, "transit": {1: 4}}, "its wait_departure is 6, by its clocks 5"),
]


@pytest.mark.parametrize(("change", "told"), HOURS)
def test_the_five_times_are_what_the_clocks_say(change: Any, told: str) -> None:
    problem = two_docks()
    error = stopped(problem, run(problem), **change)
    assert (error.parcel, error.place, error.problem) == (1, "B", told)


LOADS = [
    ({"load": {THIRD_TRUCK: 2}}, "its load is 2, but 1 parcels say they took it"),
    ({"load": {THIRD_TRUCK: -1}}, "its load is -1"),
    ({"load": {THIRD_TRUCK: 3}}, "its load is 3, its capacity 2"),
    ({"left_behind": {THIRD_TRUCK: -1}}, "it left -1 parcels behind"),
    ({"left_behind": {THIRD_TRUCK: 1}}, "it left 1 parcels behind, with 1 of 2 places taken"),
]


@pytest.mark.parametrize(("change", "told"), LOADS)
def test_a_truck_holds_what_it_says(change: Any, told: str) -> None:
    problem = two_docks()
    error = stopped(problem, run(problem), **change)
    assert (error.parcel, error.place) == (None, "AB, departure 2 at tick 30")
    assert error.problem == told


def test_a_truck_leaves_behind_as_many_as_wait() -> None:
    problem = two_docks()
    error = stopped(problem, run(problem), left_behind={FIRST_TRUCK: 1})
    assert error.place == "AB, departure 0 at tick 10"
    assert error.problem.startswith("it left 1 parcels behind, but 2 were ready in time")


def test_nobody_is_left_behind_by_a_truck_with_places() -> None:
    columns = run(two_docks(second_truck=1))
    error = stopped(two_docks(second_truck=2), columns, left_behind={SECOND_TRUCK: 0})
    assert (error.parcel, error.place) == (3, "A")
    assert "not taken by a departure of AB that had places left" in error.problem


def test_only_full_vehicles_leave_and_every_full_one_does() -> None:
    """The first truck takes two; as a vehicle that three fill it should not have left with them."""
    problem = two_docks()
    columns = run(problem)

    def with_first(capacity: int, least: int) -> Problem:
        departures = problem.departures
        changed = {
            name: np.where(np.arange(5) == FIRST_TRUCK, value, getattr(departures, name))
            for name, value in (("capacity", capacity), ("least", least))
        }
        return replace(problem, departures=replace(departures, **changed))

    error = stopped(with_first(3, 3), columns, left_behind={FIRST_TRUCK: 0})
    assert error.problem == "its load is 2, but only vehicles full with 3 leave"
    error = stopped(with_first(4, 2), columns, left_behind={FIRST_TRUCK: 0})
    assert error.problem == "2 parcels waited for a vehicle that 2 fill"


def test_who_was_ready_first_boards_first() -> None:
    problem = two_docks()
    columns = run(problem)
    error = stopped(
        problem,
        columns,
        **exchanged(columns, 1, 2, visits=[B]),
        departure={(1, A): SECOND_TRUCK, (2, A): FIRST_TRUCK},
        wait_departure={1: 15, 2: 3},
        wait_work={1: 1, 2: 3},
    )
    assert (error.parcel, error.place) == (1, "AB")
    assert error.problem.startswith("ready at tick 5 (visit 0), it took departure 1")


def exchanged(columns: Columns, one: int, other: int, visits: list[int]) -> Any:
    """Return the changes by which two parcels have each other's clocks from a visit on."""
    ready = columns.ready
    changes = {(one, v): ready[other, v] for v in visits} | {
        (other, v): ready[one, v] for v in visits
    }
    mile = {p: int(columns.ended[p] - changes[p, B]) for p in (one, other)}
    return {"ready": changes, "last_mile": mile}


def test_a_wave_takes_no_more_than_are_tried() -> None:
    problem = two_docks()
    error = stopped(problem, run(problem), load={SECOND_WAVE: 3})
    assert (error.parcel, error.place) == (None, "RB")
    assert error.problem.startswith("its waves took 6 parcels, which made 5 attempts")


def test_who_is_still_out_has_not_been_tried() -> None:
    """The second wave stops at 62 and 67; the run ends at 65."""
    problem = two_docks(horizon=65)
    columns = run(problem)
    assert columns.status.tolist() == [1, 1, 1, 0, 0]
    status, ended = {4: Status.DELIVERED}, {4: 64}
    mile, attempts = {4: 64 - int(columns.ready[4, B])}, {4: 1}
    error = stopped(problem, columns, status=status, ended=ended, last_mile=mile, attempts=attempts)
    assert (error.parcel, error.place) == (4, "RB")
    assert error.problem == "it ended at tick 64, its stop was at tick 67"


def test_no_more_jobs_than_workers() -> None:
    columns = run(two_docks(workers=2))
    error = stopped(two_docks(workers=1), columns)
    assert (error.parcel, error.place) == (1, "A")
    assert error.problem.endswith("that made 2 jobs in progress, with 1 workers on duty")


def test_nobody_works_where_nobody_is_on_duty() -> None:
    error = stopped(two_docks(workers=[(0, 1), (6, 0)]), run(two_docks()))
    assert (error.parcel, error.place) == (3, "A")
    assert error.problem.endswith("with 0 workers on duty")


def test_a_worker_who_goes_home_finishes_the_job_in_hand() -> None:
    run(two_docks(workers=[(0, 2), (2, 1), (9, 2)]))


def test_no_worker_is_idle_while_a_parcel_waits() -> None:
    error = stopped(two_docks(workers=2), run(two_docks(workers=1)))
    assert (error.parcel, error.place) == (1, "A")
    assert error.problem.endswith("it was there at tick 1 and a worker was free")


def test_unlimited_workers_let_nobody_wait() -> None:
    error = stopped(two_docks(workers=UNLIMITED), run(two_docks(workers=1)))
    assert (error.parcel, error.place) == (1, "A")


def test_no_parcel_waits_for_ever() -> None:
    columns = run(two_docks(workers=[(0, 1), (6, 0)]))
    assert (columns.ready[3:, A] == NOT_YET).all()
    error = stopped(two_docks(workers=1), columns)
    assert error.place == "A"
    assert "was not begun by tick 97, though a worker was free" in error.problem


def test_first_come_is_first_served() -> None:
    """Parcels 2 and 3 have each other's turn at A, and then the same truck."""
    problem = two_docks()
    columns = run(problem)
    wait = columns.wait_work
    error = stopped(
        problem,
        columns,
        ready={(2, A): 9, (3, A): 7},
        wait_work={2: wait[2] + 2, 3: wait[3] - 2},
        wait_departure={2: 11, 3: 13},
    )
    assert (error.parcel, error.place) == (3, "A")
    assert "work on it began at tick 4, though it came at tick 3" in error.problem


def test_who_came_by_an_earlier_truck_is_served_first() -> None:
    """At B, work on parcel 1 of the first truck begins after that on parcel 2 of the second."""
    problem = two_docks()
    columns = run(problem)
    mile, wait = {1: int(columns.ended[1]) - 27}, {1: int(columns.wait_work[1]) + 10}
    error = stopped(problem, columns, ready={(1, B): 27}, last_mile=mile, wait_work=wait)
    assert (error.parcel, error.place) == (2, "B")
    assert "though it came at tick 25" in error.problem


def test_littles_law_finds_a_load_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """It does so alone, with the checks of loads put out of the way."""
    monkeypatch.setattr(boarding.Boarding, "_check_loads", lambda *_: None)
    problem = two_docks()
    error = stopped(problem, run(problem), load={THIRD_TRUCK: 2})
    assert (error.parcel, error.place) == (None, "A")
    assert error.problem.startswith("by the loads that came and left, parcels were here for")


def test_littles_law_finds_a_time_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = two_docks()
    columns = run(problem)
    monkeypatch.setattr(ends.Ends, "_check_times", lambda _: None)
    error = stopped(problem, columns, wait_work={2: 7})
    assert (error.parcel, error.place) == (None, "all places together")


def test_sellers_hand_over_on_their_own_days() -> None:
    columns = run(two_sellers(weekdays=0b01))
    error = stopped(two_sellers(weekdays=0b10), columns)
    assert (error.parcel, error.place) == (1, "seller 1")
    assert error.problem.endswith("a pickup took it on a day that is not its seller's")


def test_the_first_pickup_takes_what_is_packed() -> None:
    columns = run(two_sellers(weekdays=0b10))
    error = stopped(two_sellers(weekdays=0b11), columns)
    assert (error.parcel, error.place) == (1, "seller 1")
    assert error.problem.endswith("the first pickup on its seller's days did not take it")


def test_sellers_begin_when_the_gate_opens_and_do_not_dawdle() -> None:
    problem = two_sellers()
    columns = run(problem)
    assert columns.ready[:, 0].tolist() == [5, 5]
    error = stopped(problem, columns, ready={(0, 0): 4})
    assert (error.parcel, error.place) == (0, "seller 0")
    assert "before it was there to be worked, at tick 2" in error.problem
    error = stopped(problem, columns, ready={(0, 0): 6})
    assert (error.parcel, error.problem) == (0, "it is ready at tick 6, should be at tick 5")


def test_a_run_without_parcels_is_in_order() -> None:
    sketch = Sketch()
    sketch.facility("A")
    sketch.source("shop", facility="A")
    problem = sketch.problem()
    empty = {
        f.name: np.empty((0, 1) if f.name in ("ready", "departure", "work_ticks") else 0, np.int32)
        for f in fields(Columns)
    }
    empty["horizon"] = np.array(problem.horizon)
    check_run(problem, Columns(**empty))
    replayed(problem, Columns(**empty), thirds(problem))


# Faulty engines ----------------------------------------------------------------------------------


def test_a_queue_that_serves_the_last_first_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    leave = Facility.leave

    def turned_round(self: Facility) -> None:
        self._queue.rotate(1)
        leave(self)

    monkeypatch.setattr(Facility, "leave", turned_round)
    assert times_stopped(textbook.run) >= 5


def test_a_queue_with_one_worker_too_many_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    staff = Facility.staff
    monkeypatch.setattr(Facility, "staff", lambda self, workers: staff(self, workers + 1))
    assert times_stopped(textbook.run) >= 5


def test_an_engine_blind_to_capacities_is_stopped() -> None:
    def blind(problem: Problem) -> Columns:
        departures = problem.departures
        unlimited = np.full_like(departures.capacity, UNLIMITED)
        return textbook.run(replace(problem, departures=replace(departures, capacity=unlimited)))

    assert times_stopped(blind) >= 5


def times_stopped(engine: Callable[[Problem], Columns]) -> int:
    """Return in how many of 40 worlds a faulty engine is stopped: in as many in time slices."""
    stops = 0
    for seed in range(40):
        problem = once_all_are_ordered(world(seed))
        columns = engine(problem)
        whole = is_stopped(check_run, problem, columns)
        assert is_stopped(replayed, problem, columns, thirds(problem)) == whole, seed
        stops += whole
    return stops
