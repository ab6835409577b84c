"""The textbook engine in tiny worlds whose answers are worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from random_worlds import SAFE, Sketch

from logistics.simulation.clock import Clock, Turn
from logistics.simulation.problem import DOOR_STEP, ROAD, ROUND, Columns
from logistics.simulation.textbook import run
from logistics.vocabulary import NEVER_HERE, NOT_YET, UNLIMITED, Status

Shifts = int | Sequence[tuple[int, int]]


def one_dock(workers: Shifts = UNLIMITED, dwell: int = 0, horizon: int = 1000) -> Sketch:
    """One facility, "dock", that works on its own orders and brings them to the door."""
    sketch = Sketch(horizon=horizon)
    sketch.facility("dock", workers, dwell)
    sketch.lane("round", "dock", "", round_ticks=8)
    sketch.source("shelf", "dock")
    return sketch


def line(horizon: int = 1000, doors_close: int = 0) -> Sketch:
    """A center, a lane and a delivery station, where nothing takes any work."""
    sketch = Sketch(horizon=horizon)
    sketch.facility("center")
    sketch.facility("station")
    sketch.lane("truck", "center", "station", doors_close=doors_close)
    sketch.lane("round", "station", "", round_ticks=8)
    sketch.routes["center", "station"] = "truck"
    sketch.source("shelf", "center")
    return sketch


def outcome(sketch: Sketch) -> Columns:
    return run(sketch.problem())


def test_one_dock_works_first_come_first_served_and_delivers_in_route_order() -> None:
    sketch = one_dock(workers=1)
    for ordered, stop in ((0, 2), (0, 1), (3, 1)):
        sketch.parcel("shelf", "dock", ordered, [5], stop=stop)
    sketch.departs("round", 20, 28)

    columns = outcome(sketch)

    # Starts at 0, 5, 10. The doors are at 8/6, 24/6 and 40/6 ticks after 20: stops 1, 1, 2.
    assert columns.ready.tolist() == [[5], [10], [15]]
    assert columns.wait_work.tolist() == [0, 5, 7]
    assert columns.work.tolist() == [5, 5, 5]
    assert columns.ended.tolist() == [26, 21, 24]
    assert columns.last_mile.tolist() == [21, 11, 9]
    assert columns.status.tolist() == [Status.DELIVERED] * 3
    assert columns.out_for_delivery.tolist() == [20, 20, 20]
    assert columns.departure.tolist() == [[0], [0], [0]]
    assert columns.load.tolist() == [3]


def test_dwell_holds_no_worker() -> None:
    sketch = one_dock(workers=1, dwell=10)
    for _ in range(2):
        sketch.parcel("shelf", "dock", 0, [2])
    columns = outcome(sketch)
    assert columns.ready.tolist() == [[12], [14]]
    assert columns.work.tolist() == [12, 12]
    assert columns.wait_work.tolist() == [0, 2]


def test_an_order_exactly_at_the_cutoff_is_late() -> None:
    sketch = one_dock()
    sketch.gate("gate", [(10, 8), (30, 28)])
    sketch.source("gated", "dock", gate="gate")
    for ordered in (7, 8, 9, 27, 28):
        sketch.parcel("gated", "dock", ordered, [0])
    columns = outcome(sketch)
    assert columns.ready.ravel().tolist() == [10, 30, 30, 30, NOT_YET]
    assert columns.wait_work.tolist() == [3, 22, 21, 3, 0]
    assert columns.status.tolist() == [Status.UNDER_WAY] * 5


def test_an_order_placed_while_the_gate_is_open_is_released_at_once() -> None:
    sketch = one_dock()
    sketch.gate("gate", [(10, 20)])
    sketch.source("gated", "dock", gate="gate")
    for ordered in (9, 10, 15):
        sketch.parcel("gated", "dock", ordered, [0])
    assert outcome(sketch).ready.ravel().tolist() == [10, 10, 15]


def test_a_gate_with_daily_capacity_rolls_orders_over() -> None:
    sketch = one_dock()
    sketch.gate("gate", [(10, 8), (30, 28), (50, 48)])
    sketch.source("first", "dock", gate="gate", daily_capacity=1)
    sketch.source("second", "dock", gate="gate", daily_capacity=2)
    for ordered in (0, 1, 29, 40):
        sketch.parcel("first", "dock", ordered, [0])
        sketch.parcel("second", "dock", ordered, [0])
    ready = outcome(sketch).ready.ravel().tolist()
    assert ready[:4] == [10, 30, 50, NOT_YET]
    assert ready[4:] == [10, 10, 50, 50], "each source has its own capacity"


def test_a_fall_retires_who_frees_first_and_a_rise_wakes_all() -> None:
    sketch = one_dock(workers=[(0, 2), (4, 1), (9, 3)])
    for work in (5, 7, 6, 6, 6, 1):
        sketch.parcel("shelf", "dock", 0, [work])
    # The first worker goes home at 5, the second takes the third parcel at 7; two come at 9. At 13
    # the third parcel's worker takes the last.
    assert outcome(sketch).ready.ravel().tolist() == [5, 7, 13, 15, 15, 14]


def test_staffing_changes_before_work_ends_at_the_same_instant() -> None:
    sketch = one_dock(workers=[(0, 1), (5, 0), (8, 1)])
    sketch.parcel("shelf", "dock", 0, [5])
    sketch.parcel("shelf", "dock", 1, [2])
    columns = outcome(sketch)
    assert columns.ready.ravel().tolist() == [5, 10]
    assert columns.wait_work.tolist() == [0, 7]


def test_a_parcel_that_joins_as_the_shift_begins_finds_a_worker() -> None:
    sketch = one_dock(workers=[(0, 0), (6, 1)])
    for _ in range(2):
        sketch.parcel("shelf", "dock", 6, [3])
    assert outcome(sketch).ready.ravel().tolist() == [9, 12]


def test_what_does_not_fit_takes_the_next_truck_which_may_arrive_first() -> None:
    sketch = line()
    for ordered in (6, 6, 6, 10, 15):
        sketch.parcel("shelf", "station", ordered, [0, 0])
    sketch.departs("truck", 10, 20, capacity=2)
    sketch.departs("truck", 15, 18, capacity=2)

    columns = outcome(sketch)

    # Ready exactly at a departure is ready in time: at 10 and at 15 one such parcel stays behind.
    assert columns.departure[:, 0].tolist() == [0, 0, 1, 1, NOT_YET]
    assert columns.ready[:, 1].tolist() == [20, 20, 18, 18, NOT_YET]
    assert columns.wait_departure.tolist() == [4, 4, 9, 5, 0]
    assert columns.transit.tolist() == [10, 10, 3, 3, 0]
    assert columns.load.tolist() == [2, 2]
    assert columns.left_behind.tolist() == [2, 1]


def test_in_a_window_only_full_vehicles_leave_and_at_its_end_all_that_waits() -> None:
    """By hand: three are ready by 10 and fill one; two more wait, through 20 and 30, until 40."""
    sketch = line()
    for ordered in (5, 6, 7, 12, 13):
        sketch.parcel("shelf", "station", ordered, [0, 0])
    for tick in (10, 20, 30):
        sketch.departs("truck", tick, tick + 5, capacity=6, least=3)
    sketch.departs("truck", 40, 45, capacity=6)
    columns = outcome(sketch)
    assert columns.departure[:, 0].tolist() == [0, 0, 0, 3, 3]
    assert columns.load.tolist() == [3, 0, 0, 2]
    assert columns.left_behind.tolist() == [0, 0, 0, 0], "who waits for a vehicle to fill is not"
    assert columns.wait_departure.tolist() == [5, 4, 3, 28, 27]


def test_as_many_vehicles_leave_as_are_full_and_as_there_are() -> None:
    """By hand: eight are ready, two vehicles of three leave; two and one more then fill another."""
    sketch = line()
    for ordered in (1, 1, 1, 1, 1, 1, 1, 1, 15):
        sketch.parcel("shelf", "station", ordered, [0, 0])
    sketch.departs("truck", 10, 15, capacity=6, least=3)
    sketch.departs("truck", 20, 25, capacity=6, least=3)
    columns = outcome(sketch)
    assert columns.load.tolist() == [6, 3]
    assert columns.left_behind.tolist() == [2, 0], "for two there was no vehicle at all"


def test_doors_close_before_the_departure() -> None:
    sketch = line(doors_close=3)
    for ordered in (6, 7, 10):
        sketch.parcel("shelf", "station", ordered, [0, 0])
    sketch.departs("truck", 10, 20)
    columns = outcome(sketch)
    assert columns.departure[:, 0].tolist() == [0, NOT_YET, NOT_YET]
    assert columns.left_behind.tolist() == [0], "too late is not left behind"


def test_a_second_truck_at_the_same_tick_takes_the_rest() -> None:
    sketch = line()
    for _ in range(3):
        sketch.parcel("shelf", "station", 0, [0, 0])
    sketch.departs("truck", 10, 20, capacity=2)
    sketch.departs("truck", 10, 15, capacity=2)
    columns = outcome(sketch)
    assert columns.departure[:, 0].tolist() == [0, 0, 1]
    assert columns.left_behind.tolist() == [1, 0]


def test_trucks_unload_by_lane_then_departure_and_parcels_as_they_boarded() -> None:
    sketch = Sketch()
    for name in ("north", "south"):
        sketch.facility(name)
        sketch.lane(f"from_{name}", name, "station")
        sketch.routes[name, "station"] = f"from_{name}"
        sketch.source(name, name)
    sketch.facility("station", workers=1)
    sketch.lane("round", "station", "", round_ticks=8)
    sketch.parcel("south", "station", 0, [0, 1])
    sketch.parcel("north", "station", 1, [0, 1])
    sketch.parcel("north", "station", 3, [0, 1])
    sketch.departs("from_south", 2, 20)
    sketch.departs("from_north", 5, 20, capacity=1)
    sketch.departs("from_north", 6, 20, capacity=1)
    columns = outcome(sketch)
    # Parcels are numbered by source: two from the north, then the one from the south.
    assert columns.ready[:, 1].tolist() == [21, 22, 23]


def test_an_arrival_is_ready_before_departures_of_the_same_instant() -> None:
    sketch = line()
    sketch.parcel("shelf", "station", 10, [0, 0])
    sketch.departs("truck", 10, 20)
    sketch.departs("round", 20, 28)
    columns = outcome(sketch)
    assert columns.ready.tolist() == [[10, 20]]
    assert columns.out_for_delivery.tolist() == [20]
    assert columns.ended.tolist() == [24]
    hours = columns.wait_work + columns.work + columns.wait_departure
    assert (hours + columns.transit + columns.last_mile).tolist() == [14]


def test_a_failed_parcel_comes_back_behind_those_ready_at_that_instant() -> None:
    sketch = one_dock()
    sketch.parcel("shelf", "dock", 0, [0], failures=1)
    sketch.parcel("shelf", "dock", 20, [0])
    for tick in (10, 20, 30):
        sketch.departs("round", tick, tick + 10, capacity=1)
    columns = outcome(sketch)
    # Out at 10, at the door at 14, back at 20: the other parcel, ready at 20, has the only place.
    assert columns.attempts.tolist() == [2, 1]
    assert columns.out_for_delivery.tolist() == [30, 20]
    assert columns.departure.tolist() == [[2], [1]]
    assert columns.ended.tolist() == [34, 24]
    assert columns.ready.tolist() == [[0], [20]], "the first time counts"
    assert columns.left_behind.tolist() == [0, 1, 0]


def test_the_third_failed_attempt_returns_a_parcel() -> None:
    sketch = one_dock()
    sketch.parcel("shelf", "dock", 3, [0], failures=3)
    for tick in (10, 20, 30, 40):
        sketch.departs("round", tick, tick + 8)
    columns = outcome(sketch)
    assert columns.attempts.tolist() == [3]
    assert columns.status.tolist() == [Status.RETURNED]
    assert columns.ended.tolist() == [34]
    assert columns.last_mile.tolist() == [31]
    assert columns.load.tolist() == [1, 1, 1, 0]


def test_no_door_is_reached_at_the_tick_of_the_wave() -> None:
    sketch = one_dock()
    sketch.lanes[0]["round_ticks"] = 1
    for _ in range(3):
        sketch.parcel("shelf", "dock", 0, [0])
    sketch.departs("round", 10, 11)
    assert outcome(sketch).ended.tolist() == [11, 11, 11]


@pytest.mark.parametrize(
    ("threshold", "lost_step"), [(1, 0), (2, 1), (4, 1), (5, 2), (6, 3), (9, 3), (10, NEVER_HERE)]
)
def test_a_parcel_is_lost_where_the_sum_exceeds_its_threshold(
    threshold: int, lost_step: int
) -> None:
    sketch = line()
    for row, loss in zip([*sketch.facilities, *sketch.lanes], (2, 1, 3, 4), strict=True):
        row["loss"] = loss
    sketch.parcel("shelf", "station", 0, [0, 0], loss_threshold=threshold)
    sketch.departs("truck", 10, 20)
    sketch.departs("round", 25, 33)

    columns = outcome(sketch)

    # 2 at the center, 5 after the leg, 6 at the station, 10 at the door.
    assert columns.lost_step.tolist() == [lost_step]
    lost = lost_step != NEVER_HERE
    assert columns.status.tolist() == [Status.LOST if lost else Status.DELIVERED]
    ready = {0: [NOT_YET, NOT_YET], 1: [0, NOT_YET], 2: [0, NOT_YET]}.get(lost_step, [0, 20])
    assert columns.ready.tolist() == [ready]
    assert columns.load[0] == (lost_step != 0)
    assert columns.wait_departure[0] == (0 if lost_step == 0 else 10)
    assert columns.transit[0] == (0 if lost_step in (0, 1) else 10)
    assert columns.attempts[0] == (lost_step in (3, NEVER_HERE))
    assert columns.last_mile[0] == (0 if lost else 9)


def test_a_lost_parcel_has_used_the_worker_and_the_truck() -> None:
    sketch = one_dock(workers=1)
    sketch.facilities[0]["loss"] = 1
    sketch.parcel("shelf", "dock", 0, [5], loss_threshold=0)
    sketch.parcel("shelf", "dock", 0, [5])
    columns = outcome(sketch)
    assert columns.ready.ravel().tolist() == [NOT_YET, 10]
    assert columns.work.tolist() == [0, 5]
    assert columns.wait_work.tolist() == [0, 5]


@pytest.mark.parametrize(
    ("threshold", "step", "kind"),
    [
        (0, 0, 0),
        (1, 0, 2),
        (3, 1, ROAD),
        (4, 2, 1),
        (5, 3, ROUND),
        (6, 4, ROUND),
        (7, 4, DOOR_STEP),
        (8, NEVER_HERE, NEVER_HERE),
    ],
)
def test_damage_is_told_by_step_and_kind(threshold: int, step: int, kind: int) -> None:
    sketch = line()
    sketch.risks = 2
    damages = ([(9, 1), (9, 0), (9, 2)], [(9, 0), (9, 1), (9, 0)], (9, 1), (9, 1))
    for row, damage in zip([*sketch.facilities, *sketch.lanes], damages, strict=True):
        row["damage"] = damage
    sketch.door_damage = (9, 1)
    risky = {"risk": 1, "damage_threshold": threshold, "failures": 1, "stolen": True}
    sketch.parcel("shelf", "station", 0, [0, 0], **risky)
    sketch.departs("truck", 10, 20)
    sketch.departs("round", 25, 33)
    sketch.departs("round", 35, 43)
    columns = outcome(sketch)
    assert columns.status.tolist() == [Status.STOLEN]
    assert columns.ended.tolist() == [39]
    assert (columns.damaged_step[0], columns.damaged_kind[0]) == (step, kind)


def test_loss_comes_before_damage_at_one_step() -> None:
    sketch = line()
    for row in (*sketch.facilities, *sketch.lanes):
        row["loss"] = 1
        row["damage"] = [(0,), (0,), (0,)] if "shifts" in row else (1,)
    thresholds = {"loss_threshold": 1, "damage_threshold": 0}
    sketch.parcel("shelf", "station", 0, [0, 0], **thresholds)
    sketch.parcel("shelf", "station", 0, [0, 0], **{**thresholds, "loss_threshold": SAFE})
    sketch.departs("truck", 10, 20)
    columns = outcome(sketch)
    assert columns.lost_step.tolist() == [1, NEVER_HERE]
    assert columns.damaged_step.tolist() == [NEVER_HERE, 1]


def test_sellers_hand_over_on_their_pickup_days() -> None:
    sketch = line()
    sketch.lane("pickup", "", "center")
    sketch.source("tuesdays", pickup="pickup", pickup_weekdays=0b0000010)
    sketch.source("always", pickup="pickup")
    for source in ("tuesdays", "always"):
        for ordered, work in ((0, 10), (0, 4), (1, 12)):
            sketch.parcel(source, "station", ordered, [work, 0, 0])
    for weekday, tick in enumerate((10, 20, 30)):
        sketch.departs("pickup", tick, tick + 5, weekday=weekday)
    columns = outcome(sketch)
    assert columns.ready[:, 0].tolist() == [10, 4, 13] * 2, "a seller works on all at once"
    assert columns.departure[:, 0].tolist() == [1, 1, 1, 0, 0, 1]
    assert columns.load.tolist() == [2, 4, 0]
    assert columns.left_behind.tolist() == [0, 0, 0]
    assert columns.transit.tolist() == [5] * 6


def test_parcels_of_a_pickup_unload_as_they_got_ready() -> None:
    sketch = line()
    sketch.facilities[0]["shifts"] = [(0, 1)]
    sketch.lane("pickup", "", "center")
    sketch.source("seller", pickup="pickup")
    for work in (9, 3, 3):
        sketch.parcel("seller", "station", 0, [work, 1, 0])
    sketch.departs("pickup", 10, 20)
    assert outcome(sketch).ready[:, 1].tolist() == [23, 21, 22]


def test_orders_of_one_instant_are_released_by_order_number() -> None:
    sketch = one_dock(workers=1)
    sketch.source("other", "dock")
    sketch.parcel("other", "dock", 5, [2], order="first")
    sketch.parcel("shelf", "dock", 5, [2], order="second")
    sketch.parcel("shelf", "dock", 5, [2], order="first")
    problem = sketch.problem()
    assert problem.parcels.source.tolist() == [0, 0, 1]
    assert problem.parcels.order.tolist() == [0, 1, 0]
    # Two parcels of the first order, by parcel number, then the second order.
    assert run(problem).ready.ravel().tolist() == [7, 11, 9]


def test_nothing_happens_at_the_horizon() -> None:
    def at(horizon: int) -> Columns:
        sketch = line(horizon)
        sketch.facilities[1]["dwell"] = 5
        sketch.parcel("shelf", "station", 10, [0, 0])
        sketch.departs("truck", 12, 20)
        sketch.departs("round", 30, 38)
        return outcome(sketch)

    assert at(10).ready.tolist() == [[NOT_YET, NOT_YET]]
    assert at(11).ready.tolist() == [[10, NOT_YET]]
    assert at(12).load.tolist() == [0, 0]
    assert at(13).departure.tolist() == [[0, NOT_YET]]
    assert at(20).transit.tolist() == [0]
    assert at(21).transit.tolist() == [8]
    assert at(25).ready.tolist() == [[10, NOT_YET]]
    assert at(26).ready.tolist() == [[10, 25]]
    assert at(30).out_for_delivery.tolist() == [NOT_YET]
    assert at(31).out_for_delivery.tolist() == [30]
    assert at(34).attempts.tolist() == [0]
    assert at(35).ended.tolist() == [34]


@pytest.mark.parametrize("ticks", [np.int32, np.int64])
def test_columns_have_the_width_of_the_ticks(ticks: type[np.integer]) -> None:
    sketch = line()
    sketch.ticks = ticks
    sketch.parcel("shelf", "station", 0, [0, 0])
    columns = outcome(sketch)
    for name in ("ready", "out_for_delivery", "ended", "wait_work", "work", "transit"):
        assert getattr(columns, name).dtype == ticks
    for name in ("departure", "load", "left_behind"):
        assert getattr(columns, name).dtype == np.int32
    assert columns.attempts.dtype == columns.status.dtype == np.uint8
    assert columns.lost_step.dtype == columns.damaged_kind.dtype == np.int8
    assert columns.ended.tolist() == [NOT_YET]


def test_a_world_without_parcels_runs() -> None:
    columns = outcome(line())
    assert columns.ready.shape == (0, 1)
    assert columns.load.tolist() == []


def test_the_clock_refuses_the_past() -> None:
    clock = Clock()
    refused: list[str] = []

    def look_back() -> None:
        with pytest.raises(ValueError, match="tick 4 lies before now, 5") as error:
            clock.at(4, Turn.RELEASE)
        refused.append(str(error.value))

    clock.call(5, Turn.RELEASE, 0, look_back)
    clock.run(10)
    assert len(refused) == 1


# --- the clock ------------------------------------------------------------------------------------


def test_the_clock_counts_what_simpy_handles_and_nothing_that_is_still_to_come() -> None:
    clock, seen = Clock(), []
    for tick in (3, 5, 5, 9, 10, 11):
        clock.call(tick, Turn.RELEASE, 0, lambda: seen.append(clock.now))
    assert clock.run(10) == 10
    assert seen == [3, 5, 5, 9]
    assert clock.handled == len(seen) + 1  # and the end of the run


def test_a_clock_that_ends_early_counts_up_to_its_end() -> None:
    clock = Clock()
    for tick in (3, 5, 9):
        clock.call(tick, Turn.RELEASE, 0, lambda: None)
    clock.may_end([4, 8], lambda tick: tick == 8)
    assert clock.run(10) == 8
    assert clock.handled == 2 + 2
