"""What more capacity can do: on one lane, in one queue, never harm; elsewhere it can.

`docs/background/what-must-hold.md` says why.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest
from random_worlds import Sketch
from seeded_runs import seeded_run, seeded_world

from logistics.simulation.batch import engine as batch
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, UNLIMITED, Status

SEEDS = range(150)
NEVER = np.iinfo(np.int64).max


def one_line(random: Random) -> Sketch:
    """A center with shifts, a lane whose trucks never overtake, and a station's daily waves."""
    sketch = Sketch(horizon=10_000)
    shifts = {
        0: random.randint(1, 3),
        **{random.randint(1, 90): random.randint(0, 3) for _ in "ab"},
    }
    sketch.facility("center", sorted({**shifts, 100: 1}.items()), dwell=random.randint(0, 4))
    sketch.facility("station")
    sketch.lane("truck", "center", "station", doors_close=random.randint(0, 3))
    sketch.lane("round", "station", "", round_ticks=8)
    sketch.routes["center", "station"] = "truck"
    sketch.source("shelf", "center")
    for _ in range(random.randint(2, 30)):
        sketch.parcel("shelf", "station", random.randint(0, 60), [random.randint(1, 9), 0])
    for tick in range(10, 400, random.randint(3, 12)):
        sketch.departs("truck", tick, tick + 20, capacity=random.randint(0, 3))
    for tick in range(20, 500, 20):
        sketch.departs("round", tick, tick + 10, capacity=random.randint(0, 3))
    return sketch


def more_room(problem: Problem, of_lane: str, random: Random) -> Problem:
    """Let some departures of a lane take more."""
    rows = problem.departures.lane == problem.lanes.ids.index(of_lane)
    extra = np.array([random.randint(0, 2) for _ in rows], np.int32) * rows
    capacity = problem.departures.capacity + extra
    return replace(problem, departures=replace(problem.departures, capacity=capacity))


def more_workers(problem: Problem, random: Random) -> Problem:
    """Put one more on duty from time to time."""
    staffing = problem.staffing
    own = staffing.workers < UNLIMITED
    extra = np.array([random.randint(0, 1) for _ in own], np.int32) * own
    return replace(problem, staffing=replace(staffing, workers=staffing.workers + extra))


def none_is_later(before: Any, after: Any) -> bool:
    """Compare ticks, or numbers of departures, where what did not happen is never."""
    first, second = (np.where(c == NOT_YET, NEVER, c.astype(np.int64)) for c in (before, after))
    return bool((second <= first).all())


@pytest.mark.parametrize("of_lane", ["truck", "round"])
def test_more_room_never_makes_a_parcel_leave_later(of_lane: str) -> None:
    earlier = 0
    for seed in SEEDS:
        random = Random(seed)
        problem = one_line(random).problem()
        before, after = batch.run(problem), batch.run(more_room(problem, of_lane, random))
        assert none_is_later(before.departure, after.departure), f"seed {seed}"
        assert none_is_later(before.ready, after.ready), f"seed {seed}"
        earlier += not np.array_equal(before.departure, after.departure)
    assert earlier > len(SEEDS) / 4


def test_more_workers_never_make_a_parcel_ready_later() -> None:
    earlier = 0
    for seed in SEEDS:
        random = Random(seed)
        problem = one_line(random).problem()
        before, after = batch.run(problem), batch.run(more_workers(problem, random))
        assert none_is_later(before.ready[:, 0], after.ready[:, 0]), f"seed {seed}"
        earlier += not np.array_equal(before.ready[:, 0], after.ready[:, 0])
    assert earlier > len(SEEDS) / 4


def test_room_for_all_is_room_without_limit() -> None:
    for seed in SEEDS:
        problem = seeded_world(seed)
        parcels = len(problem.parcels.order)

        def with_room(room: int, problem: Problem = problem) -> Columns:
            departures, staffing = problem.departures, problem.staffing
            return batch.run(
                replace(
                    problem,
                    departures=replace(departures, capacity=0 * departures.capacity + room),
                    staffing=replace(staffing, workers=0 * staffing.workers + room),
                )
            )

        room_for_all = vars(with_room(parcels))
        for name, column in vars(with_room(UNLIMITED)).items():
            assert np.array_equal(room_for_all[name], column), f"{name}, {seed}"


def test_nobody_overtakes_on_a_lane() -> None:
    """Who is ready first leaves first; of those ready together, who joined first."""
    pairs = 0
    for seed in SEEDS:
        problem, columns = seeded_world(seed), seeded_run(seed, "batch")
        departure, trips = columns.departure.ravel(), problem.departures
        ready = columns.ready.ravel()[departure != NOT_YET]
        departure = departure[departure != NOT_YET]
        lane = trips.lane[departure]
        for number in np.unique(lane[problem.lanes.origin[lane] >= 0]):
            if problem.lanes.destination[number] < 0 and problem.parcels.failures.any():
                continue  # who came back waits since then
            order = np.lexsort((departure[lane == number], ready[lane == number]))
            left = departure[lane == number][order]
            assert (np.diff(left) >= 0).all(), f"seed {seed}, lane {number}"
            pairs += len(left) - 1
    assert pairs > 1_000


# --- where it can harm ----------------------------------------------------------------------------


def center_and_station(workers: int = UNLIMITED) -> Sketch:
    """A center and a station a lane apart, eight ticks of round, and nothing else to wait for."""
    sketch = Sketch()
    sketch.facility("center", workers)
    sketch.facility("station")
    sketch.lane("truck", "center", "station")
    sketch.lane("round", "station", "", round_ticks=8)
    sketch.routes["center", "station"] = "truck"
    sketch.source("shelf", "center")
    return sketch


def test_a_second_worker_lets_a_quick_job_pass_a_slow_one_before_the_truck() -> None:
    """Work ends in another order than it began; the truck at 5 takes one."""

    def arrivals(workers: int) -> list[int]:
        sketch = center_and_station(workers)
        for work in (5, 1):
            sketch.parcel("shelf", "station", 0, [work, 0])
        sketch.departs("truck", 5, 15, capacity=1)
        sketch.departs("truck", 25, 35, capacity=1)
        ready: list[int] = batch.run(sketch.problem()).ready[:, 1].tolist()
        return ready

    assert arrivals(workers=1) == [15, 35]
    assert arrivals(workers=2) == [35, 15]


def test_a_larger_truck_may_be_the_slower_one() -> None:
    """Who has no place on the first truck takes the second, which overtakes it on the road."""

    def arrivals(capacity: int) -> list[int]:
        sketch = center_and_station()
        for _ in range(2):
            sketch.parcel("shelf", "station", 0, [0, 0])
        sketch.departs("truck", 10, 40, capacity=capacity)
        sketch.departs("truck", 12, 20)
        ready: list[int] = batch.run(sketch.problem()).ready[:, 1].tolist()
        return ready

    assert arrivals(capacity=1) == [40, 20]
    assert arrivals(capacity=2) == [40, 40]


def test_a_larger_wave_has_more_doors_before_one() -> None:
    """Alone, the parcel's door is in the middle of the round; with another before it, later."""

    def ended(capacity: int) -> list[int]:
        sketch = center_and_station()
        sketch.parcel("shelf", "station", 0, [0, 0], stop=2)
        sketch.parcel("shelf", "station", 0, [0, 0], stop=1)
        sketch.departs("truck", 1, 2)
        for tick in (10, 20):
            sketch.departs("round", tick, tick + 8, capacity=capacity)
        done: list[int] = batch.run(sketch.problem()).ended.tolist()
        return done

    assert ended(capacity=1) == [14, 24]
    assert ended(capacity=2) == [16, 12]


def test_more_room_upstream_puts_strangers_before_one_downstream() -> None:
    """Two lanes meet in a queue: what one brings earlier, the other's parcels wait for."""

    def ready(capacity: int) -> list[int]:
        sketch = Sketch()
        sketch.facility("station", workers=1)
        sketch.lane("round", "station", "", round_ticks=8)
        for name in ("north", "south"):
            sketch.facility(name)
            sketch.lane(f"from {name}", name, "station")
            sketch.routes[name, "station"] = f"from {name}"
            sketch.source(name, name)
        sketch.parcel("south", "station", 0, [0, 5])
        for _ in range(2):
            sketch.parcel("north", "station", 0, [0, 5])
        sketch.departs("from north", 1, 10, capacity=capacity)
        sketch.departs("from north", 20, 30, capacity=capacity)
        sketch.departs("from south", 1, 12)
        done: list[int] = batch.run(sketch.problem()).ready[:, 1].tolist()
        return done

    assert ready(capacity=1) == [15, 35, 20]
    assert ready(capacity=2) == [15, 20, 25]


def test_what_is_not_lost_takes_anothers_place() -> None:
    """A safer road is not a faster one for the others."""

    def second(loss: int) -> list[int]:
        sketch = center_and_station()
        sketch.facilities[0]["loss"] = loss
        sketch.parcel("shelf", "station", 0, [0, 0], loss_threshold=0)
        sketch.parcel("shelf", "station", 0, [0, 0])
        for tick in (10, 20):
            sketch.departs("truck", tick, tick + 5, capacity=1)
        columns = batch.run(sketch.problem())
        assert (columns.status[0] == Status.LOST) == (loss > 0)
        ready: list[int] = columns.ready[1].tolist()
        return ready

    assert second(loss=1) == [0, 15]
    assert second(loss=0) == [0, 25]
