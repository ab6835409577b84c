"""Boarding: first come, first served on every lane and round, and no parcel missed."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.checks.departures import check_loads
from logistics.simulation.checks.violation import Violation
from logistics.simulation.checks.visits import Visit
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, Status

Array = NDArray[Any]

_LANE = 1 << 40  # more than any tick
_SMALL = 1 << 15


class Boarding:
    """Who was ready when, of those who left with each departure and those who did not.

    Departures that left are taken in order of (lane, departure): their *positions*. By position:
    `_deadline`, the last ready tick that boards. By departure, with a last entry for none:
    `_before`, the deadline of the one before it on its lane; `_missed`, the latest deadline of
    those before it that had places left; `_youngest`, the last ready tick aboard; `_oldest`, the
    first, where that would have been in time for the one before.
    Pickups have rules of their own, and so have parcels that came back from a delivery route.
    """

    def __init__(self, problem: Problem, columns: Columns) -> None:
        self._problem, self._columns, self._breach = problem, columns, Violation(problem)
        departures, lanes = problem.departures, problem.lanes
        gone = np.flatnonzero(departures.tick < problem.horizon)
        lane = departures.lane[gone]
        small = lane.astype(np.int16) if len(lanes.ids) < _SMALL else lane
        gone = gone[np.argsort(small, kind="stable")]
        self._number, self._lane = gone, departures.lane[gone].astype(np.int64)
        self._first = np.searchsorted(self._lane, np.arange(len(lanes.ids) + 1))
        self._pickup = lanes.origin < 0
        closed = np.where(lanes.doors_close > 0, lanes.doors_close + 1, 0).astype(np.int64)
        self._deadline = departures.tick[gone] - closed[self._lane]
        self._keys = self._lane * _LANE + self._deadline

        count = len(departures.tick) + 1
        self._position = np.full(count, len(gone))
        self._position[gone] = np.arange(len(gone))
        dtype = problem.parcels.ordered.dtype
        self._before, self._missed = np.full((2, count), NOT_YET, dtype)
        self._missed_by_all = np.full(len(lanes.ids), NOT_YET, np.int64)
        self._look_back()
        self.aboard = np.zeros(count, np.int64)
        self._oldest = np.full(count, problem.horizon, dtype)
        self._youngest = np.full(count, NOT_YET, dtype)
        self._oldest_waiting = np.full(len(lanes.ids), problem.horizon, dtype)
        self._left_behind = np.zeros(len(gone) + 1, np.int64)
        self._lock = Lock()  # spans are taken in by several threads

    def _look_back(self) -> None:
        capacity, load = self._problem.departures.capacity, self._columns.load
        pickup = self._pickup[self._lane]
        full = load[self._number] >= capacity[self._number]
        with_places = np.where(full | pickup, NOT_YET, self._keys)
        latest = np.maximum.accumulate(with_places) - self._lane * _LANE
        later = np.flatnonzero((self._lane[1:] == self._lane[:-1]) & ~pickup[1:])
        self._before[self._number[later + 1]] = self._deadline[later]
        self._missed[self._number[later + 1]] = np.maximum(latest[later], NOT_YET)
        served = np.flatnonzero(np.diff(self._first))
        self._missed_by_all[served] = latest[self._first[served + 1] - 1]

    def add(self, visit: Visit) -> None:
        """Take in the parcels of a visit.

        Raises BrokenRunError for one that a departure with places left did not take.
        """
        slot = self._counted(visit)
        with self._lock:
            np.add.at(self.aboard, visit.slot, 1)
            np.maximum.at(self._youngest, slot, visit.ready)
        late = np.flatnonzero(visit.ready <= self._before.take(slot))
        late = late[visit.worked[late]]
        slot = slot[late]
        with self._lock:
            np.minimum.at(self._oldest, slot, visit.ready[late])
        self._check_not_missed(visit, late, self._missed[slot])
        self._leave_behind(visit, late, self._position[slot])
        waiting = np.flatnonzero(visit.worked & ~visit.boarded)
        if visit.number == 0:
            waiting = waiting[~self._pickup[visit.lane[waiting]]]
        lane = visit.lane[waiting]
        self._check_not_missed(visit, waiting, self._missed_by_all[lane])
        self._leave_behind(visit, waiting, self._first[lane + 1])
        with self._lock:
            np.minimum.at(self._oldest_waiting, lane, visit.ready[waiting])

    def _counted(self, visit: Visit) -> Array:
        """Return the departures taken, none for pickups and for waves that may be a second one."""
        slot = visit.slot
        if visit.number == 0 and self._pickup.any():
            slot = np.where(self._pickup.take(visit.lane), len(self._before) - 1, slot)
        if visit.last.any():
            again = visit.last & ~self._on_first_wave(visit)
            slot = np.where(again, len(self._before) - 1, slot)
        return slot

    def _on_first_wave(self, visit: Visit) -> Array:
        """Tell of which parcels the wave that they name is certainly their first."""
        attempts, status = self._columns.attempts[visit.span], self._columns.status[visit.span]
        once = (attempts == 0) | ((attempts == 1) & (status != Status.UNDER_WAY))
        return np.asarray(once[visit.came.row])

    def _check_not_missed(self, visit: Visit, rows: Array, missed: Array) -> None:
        lanes = self._problem.lanes.ids
        ready, lane = visit.ready[rows], visit.lane[rows]
        self._breach.of_parcels(
            ready <= missed,
            visit.parcel[rows],
            visit.came.place[rows],
            lambda row: (
                f"ready at tick {ready[row]}, it was not taken by a departure of {lanes[lane[row]]}"
                f" that had places left for what was ready by tick {missed[row]}"
            ),
        )

    def _leave_behind(self, visit: Visit, rows: Array, until: Array) -> None:
        """Count parcels as rolled from their first departure on, up to a position."""
        on_lane = np.flatnonzero(~visit.last[rows])
        rows = rows[on_lane]
        ready = np.sort(visit.lane[rows] * _LANE + visit.ready[rows])  # or the search is slow
        since = self._keys.searchsorted(ready)
        with self._lock:
            np.add.at(self._left_behind, since, 1)
            np.subtract.at(self._left_behind, until[on_lane], 1)

    def settle(self) -> None:
        """Compare each departure with those before it on its lane.

        Raises BrokenRunError.
        """
        check_loads(self._problem, self._columns, self.aboard[:-1])
        self._check_left_behind()
        if not len(self._number):
            return
        base = self._lane * _LANE
        youngest = np.maximum.accumulate(base + self._youngest[self._number])
        overtaken = np.flatnonzero((base + self._oldest[self._number])[1:] < youngest[:-1])
        if len(overtaken):
            at = int(overtaken[0]) + 1
            self._stop_overtaken(self._number[at], youngest[at - 1] - base[at])
        waits = self._oldest_waiting < self._problem.horizon
        lanes = np.flatnonzero(waits & (np.diff(self._first) > 0))
        last = youngest[self._first[lanes + 1] - 1] - lanes * _LANE
        for lane in lanes[self._oldest_waiting[lanes] < last]:
            self._stop_waiting(lane, last[lanes == lane][0])

    def _check_left_behind(self) -> None:
        counted = np.cumsum(self._left_behind)[:-1]
        said = self._columns.left_behind[self._number]
        on_lane = self._problem.lanes.destination[self._lane] >= 0
        wrong = np.flatnonzero(on_lane & (counted != said))
        if len(wrong):
            self._breach.of_departure(
                self._number[wrong[0]],
                f"it left {said[wrong[0]]} parcels behind, but {counted[wrong[0]]} were ready in"
                " time that it did not take",
            )

    def _stop_overtaken(self, departure: int, younger: int) -> None:
        oldest = self._oldest[departure]
        row, visit = self._find(self._columns.departure == departure, oldest)
        lane = self._problem.lanes.ids[self._problem.departures.lane[departure]]
        self._breach.of_parcel(
            row,
            lane,
            f"ready at tick {oldest} (visit {visit}), it took departure {departure}; a parcel that"
            f" was ready later, at tick {younger}, left before it",
        )

    def _stop_waiting(self, lane: int, younger: int) -> None:
        oldest = self._oldest_waiting[lane]
        row, visit = self._find(self._columns.departure == NOT_YET, oldest)
        self._breach.of_parcel(
            row,
            self._problem.lanes.ids[lane],
            f"ready at tick {oldest} (visit {visit}), it still waits; a parcel that was ready"
            f" later, at tick {younger}, has left",
        )

    def _find(self, among: Array, ready: int) -> tuple[int, int]:
        row, visit = np.argwhere(among & (self._columns.ready == ready))[0]
        return int(row), int(visit)
