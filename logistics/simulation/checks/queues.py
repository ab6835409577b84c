"""Queues: first come, first served, no more jobs than workers, and no worker idle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from logistics.errors import BrokenRunError
from logistics.runtime.threads import in_pieces
from logistics.simulation.checks.check import Check
from logistics.simulation.checks.jobs import LATE, Arrivals, ByTruck, Ordered, Unfinished
from logistics.simulation.checks.visits import Visit, Visits
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import Array

_TOGETHER = 32
"""Facilities that one thread checks at a time."""


@dataclass(frozen=True)
class Queue:
    """All that is known of a facility's queue.

    `start`, `end`, `arrival`: each sorted; first come first served, the same rows of `start` and
    `arrival` belong together. `shifts`, `workers`: from which tick, how many are on duty.
    `unfinished`: who was not done, or lost.
    """

    start: Array
    end: Array
    arrival: Array
    shifts: Array
    workers: Array
    unfinished: Unfinished

    def shift(self, tick: Array) -> Array:
        """Return the row of `shifts` at some ticks."""
        return self.shifts.searchsorted(tick, side="right") - 1

    def most_in_hand(self, tick: Array) -> Array:
        """Return how many can have been in work at the end of some ticks.

        Those lost started before the next to come, and were gone when their work was over.
        """
        them = self.unfinished
        until = np.full(len(them.since), LATE)
        lost = np.flatnonzero(them.lost)
        if len(lost):
            after = self.arrival.searchsorted(them.due[lost], side="right")
            until[lost] = np.append(self.start, LATE)[after] + them.work[lost]
        began = np.sort(them.since).searchsorted(tick, side="right")
        perhaps = began - np.sort(until).searchsorted(tick, side="right")
        started, done = (one.searchsorted(tick, side="right") for one in (self.start, self.end))
        return np.asarray(started - done + perhaps)


class Queues(Check):
    """The queues of all facilities."""

    def __init__(self, problem: Problem, columns: Columns, visits: Visits) -> None:
        super().__init__(problem, columns)
        self._visits = visits
        self._by_truck = ByTruck(problem, columns)
        self._ordered = Ordered(problem, columns, visits.released)
        self._unfinished: list[Unfinished] = []

    def add(self, visit: Visit) -> None:
        """Take in a visit."""
        unfinished = Unfinished.of(visit, self._columns, self._problem.horizon)
        self._unfinished.append(unfinished)
        if visit.number:
            self._by_truck.add(visit, unfinished)
        self._by_truck.leave_out(visit.vanished(self._problem.horizon))

    def settle(self) -> None:
        """Check every queue."""
        facilities = len(self._problem.facilities.ids)
        unfinished = Unfinished.together(self._unfinished)
        first = np.searchsorted(unfinished.place, np.arange(facilities + 1))
        staffing = self._problem.staffing
        shifts = np.argsort(staffing.facility, kind="stable")
        first_shift = np.searchsorted(staffing.facility[shifts], np.arange(facilities + 1))

        def some(piece: slice) -> None:
            for facility in range(piece.start, piece.stop):
                own = shifts[first_shift[facility] : first_shift[facility + 1]]
                waiting = unfinished.rows(slice(first[facility], first[facility + 1]))
                self._check(facility, own, waiting)

        in_pieces(some, facilities, _TOGETHER)

    def _check(self, facility: int, own: Array, waiting: Unfinished) -> None:
        """Check one queue, with its rows of the staffing and its unfinished parcels."""
        start, end, arrivals = self._jobs(facility)
        if not len(start) + len(waiting.place):
            return
        self._check_turns(facility, arrivals)
        start.sort()
        end.sort()
        staffing = self._problem.staffing
        queue = Queue(
            start=start,
            end=end,
            arrival=np.repeat(arrivals.tick, arrivals.known),
            shifts=np.minimum(staffing.tick[own], self._problem.horizon).astype(start.dtype),
            workers=staffing.workers[own].astype(np.int64),
            unfinished=waiting,
        )
        self._check_workers(facility, queue)
        self._check_waiting(facility, queue)

    def _jobs(self, facility: int) -> tuple[Array, Array, Arrivals]:
        """Return the starts and ends at a facility, to be sorted in place, and what came."""
        brought = self._by_truck.jobs(facility)
        if not self._ordered.has(facility):
            return brought
        start, end, orders = self._ordered.jobs(facility)
        if len(brought[0]):
            start, end = np.append(start, brought[0]), np.append(end, brought[1])
        return start, end, orders.with_others(brought[2])

    def _check_turns(self, facility: int, came: Arrivals) -> None:
        """What came earlier starts no later."""
        latest = np.maximum.accumulate(came.latest)
        for row in np.flatnonzero(came.earliest[1:] < latest[:-1]) + 1:
            before = came.tick.searchsorted(came.tick[row]) - 1  # ties may start in any order
            if before >= 0 and came.earliest[row] < latest[before]:
                self._stop_start(
                    facility,
                    int(came.earliest[row]),
                    f"work on it began at tick {came.earliest[row]}, though it came at tick"
                    f" {came.tick[row]}, and one that came before began at tick {latest[before]}"
                    " or later",
                )

    def _check_workers(self, facility: int, queue: Queue) -> None:
        """At each start fewer are in hand than are on duty, and it comes no later than it can."""
        start, end = queue.start, queue.end
        if not len(start):
            return
        edges = start.searchsorted(queue.shifts).tolist()
        workers = np.repeat(queue.workers, np.diff([*edges, len(start)]))
        before = np.arange(len(start)) - workers
        free = end.take(np.maximum(before, 0))
        free[before < 0] = -1
        crowded = (free > start) | (workers == 0)
        if crowded.any():
            row = int(np.argmax(crowded))
            in_hand = row + 1 - int((end <= start[row]).sum())
            self._stop_start(
                facility,
                int(start[row]),
                f"work on it began at tick {start[row]}: that made {in_hand} jobs in progress, with"
                f" {workers[row]} workers on duty",
            )
        late = np.flatnonzero(start > np.maximum(queue.arrival, free))
        late = late[(late == 0) | (start[late] > start[late - 1])]
        late = late[queue.shifts[queue.shift(start[late])] < start[late]]
        if not len(late):
            return
        for row in late[queue.most_in_hand(start[late] - 1) < workers[late]]:
            self._stop_start(
                facility,
                int(start[row]),
                f"work on it began at tick {start[row]}, though it was there at tick"
                f" {queue.arrival[row]} and a worker was free",
            )

    def _check_waiting(self, facility: int, queue: Queue) -> None:
        """Nobody waits at the end of the run whom a free worker could have taken."""
        them = queue.unfinished
        waited = np.flatnonzero(~them.lost & (them.since > them.due))
        if not len(waited):
            return
        tick = (them.since[waited] - 1).astype(queue.start.dtype)
        idle = queue.most_in_hand(tick) < queue.workers[queue.shift(tick)]
        for row in waited[idle]:
            raise BrokenRunError(
                self._problem.facilities.ids[facility],
                f"a parcel that came at tick {them.due[row]} was not begun by tick"
                f" {them.since[row]}, though a worker was free",
            )

    def _stop_start(self, facility: int, start: int, problem: str) -> NoReturn:
        """Stop at a parcel on which work at a facility began at some tick."""
        count, place = len(self._problem.parcels.ordered), self._problem.facilities.ids[facility]
        for visit in self._visits.of(slice(0, count)):
            here = visit.worked & (visit.came.place == facility)
            found = np.flatnonzero(here & (visit.ready - visit.in_work == start))
            if len(found):
                self._break(int(visit.parcel[found[0]]), place, problem)
        raise BrokenRunError(place, problem)
