"""The queues of a run in time slices: jobs are checked once none that began before is unknown.

At the end of a time slice, each parcel that is at a facility and not ready cannot have begun before
a certain tick: its work would be over. All jobs that began before the first of these ticks are
known, so they are checked and left out. Carried on are those in progress then, and how late the
last who came began.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from logistics.errors import BrokenRunError
from logistics.runtime.threads import in_pieces
from logistics.simulation.checks.check import Check
from logistics.simulation.checks.jobs import LATE, Unfinished
from logistics.simulation.checks.jobs_by_slice import Jobs, ToldAgain, UnderWay
from logistics.simulation.checks.visits import Visit
from logistics.simulation.problem import Problem
from logistics.vocabulary import Array

_NEVER = LATE - 1  # a tick after all others, and the bits of a tick
_PLACE = LATE.bit_length() - 1
_AT_ONCE = 1 << 16


def _by_place(place: Array, tick: Array) -> Array:
    """Return numbers that sort by (place, tick)."""
    return place.astype(np.int64) * LATE + tick


@dataclass(frozen=True)
class _AllQueues:
    """All that is known of the jobs that can be checked, at all facilities, by (place, tick).

    `due`, `start`: of each job, in turn. `end`: also of those `in_hand` from before, how many by
    facility. `since`, `gone`: from when and until when others may have been in work.
    """

    due: Array
    start: Array
    end: Array
    in_hand: Array
    since: Array
    gone: Array

    def rank(self, column: Array, place: Array, key: Array) -> Array:
        """Return how many of a facility are not after a tick."""
        first = column.searchsorted(place.astype(np.int64) * LATE)
        return np.asarray(column.searchsorted(key, side="right") - first)

    def most_in_hand(self, place: Array, tick: Array) -> Array:
        """Return how many can have been in work at the end of some ticks."""
        key = _by_place(place, tick)
        began, done, perhaps, gone = (
            self.rank(column, place, key)
            for column in (self.start, self.end, self.since, self.gone)
        )
        return np.asarray(self.in_hand[place] + began - done + perhaps - gone)


class QueuesBySlice(Check):
    """The queues of all facilities, from one time slice to the next.

    `_jobs`: known, but not checked yet. `_lost`: parcels lost at work that may still be in work at
    a tick to come. `_in_hand`: (place, end) of jobs that were checked, where that may be to come.
    By facility, of the jobs that were checked: the last `_due` and the last `_start`.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        staffing, facilities = problem.staffing, len(problem.facilities.ids)
        rows = np.lexsort((staffing.tick, staffing.facility))
        self._shifts = _by_place(staffing.facility[rows], staffing.tick[rows])
        self._workers = staffing.workers[rows].astype(np.int64)
        self._jobs = [Jobs.none(problem)]
        self._unfinished = [Unfinished.none()]
        self._lost = Unfinished.none()
        self._in_hand = np.zeros(0, np.int64)
        self._due, self._start = np.full((2, facilities), -1, np.int64)
        self._again, self.since = ToldAgain(), 0

    def add(self, visit: Visit) -> None:
        """Take in a visit of parcels that have ended in this time slice, or wait at the horizon."""
        facilities = len(self._due)
        worked = visit.worked & (visit.came.place < facilities)
        new = np.flatnonzero(worked & (visit.ready >= self.since))
        known = np.flatnonzero(worked & (visit.ready < self.since))
        unfinished = Unfinished.of(visit, self._columns, self._problem.horizon)
        unfinished = unfinished.rows(unfinished.place < facilities)
        jobs = Jobs.of(visit, new, self._problem)
        with self._lock:
            self._jobs.append(jobs)
            self._unfinished.append(unfinished)
            self._again.told_again(visit, known, self._problem)

    def go_on(self, under_way: UnderWay) -> None:
        """Take in who is under way at the end of a time slice, and check what can be."""

        def follow(span: slice) -> None:
            for jobs, unfinished, check in under_way.visits(span):
                with self._lock:
                    self._jobs.append(jobs)
                    self._unfinished.append(unfinished)
                    self._again.told(check)

        in_pieces(follow, len(under_way.goes_on), _AT_ONCE)
        self._check(under_way.until, last=False)
        self.since = under_way.until

    def settle(self) -> None:
        """Check what is left, at the end of the run."""
        self._check(_NEVER, last=True)
        self._again.settle()

    def _check(self, until: int, *, last: bool) -> None:
        jobs = Jobs.together(self._jobs)
        unfinished = Unfinished.joined(self._unfinished)
        lost = Unfinished.joined([self._lost, unfinished.rows(unfinished.lost)])
        at_work = unfinished.rows(~unfinished.lost)
        place, due, start = jobs.in_turn()
        self._check_turns(jobs, place, due, start, at_work)

        known_to = np.full(len(self._due), until)
        if not last:
            np.minimum.at(known_to, at_work.place, at_work.since)
        now = start < known_to[place]
        place, due, start = place[now], due[now], start[now]
        settled = jobs.start < known_to[jobs.place]
        over = jobs.rows(settled)
        end = np.concatenate([self._in_hand, _by_place(over.place, over.end)])
        end.sort()
        gone = self._gone(lost, place, due, start)
        others = [lost, at_work] if last else [lost]
        since = np.concatenate([_by_place(them.place, them.since) for them in others])
        queues = _AllQueues(
            due=_by_place(place, due),
            start=_by_place(place, start),
            end=end,
            in_hand=np.bincount(self._in_hand >> _PLACE, minlength=len(self._due)),
            since=np.sort(since),
            gone=np.sort(_by_place(lost.place, gone)),
        )
        self._check_workers(queues, place, over)
        if last:
            self._check_waiting(queues, at_work)
        self._in_hand = end[(end & _NEVER) >= known_to[end >> _PLACE]]
        self._lost = lost.rows(gone >= known_to[lost.place])
        np.maximum.at(self._due, place, due.astype(np.int64))
        np.maximum.at(self._start, place, start.astype(np.int64))
        self._jobs, self._unfinished = [jobs.rows(~settled)], [Unfinished.none()]

    def _gone(self, lost: Unfinished, place: Array, due: Array, start: Array) -> Array:
        """Return until when those lost can have been in work: they began before the next to come.

        One who has been checked began at the last start that has been, or before.
        """
        keys = _by_place(place, due)
        after = keys.searchsorted(_by_place(lost.place, lost.due), side="right")
        there = np.append(place, -1)[after] == lost.place
        began = np.where(there, np.append(start, _NEVER)[after], _NEVER)
        checked = self._due[lost.place] > lost.due
        began = np.where(checked, self._start[lost.place], began)
        return np.asarray(np.minimum(began + lost.work, _NEVER))

    def _check_turns(
        self, jobs: Jobs, place: Array, due: Array, start: Array, at_work: Unfinished
    ) -> None:
        """What came earlier starts no later."""
        earlier = np.flatnonzero((start[1:] < start[:-1]) & (place[1:] == place[:-1]))
        for row in earlier:
            self._stop_turn(jobs, place[row], due[row + 1], start[row + 1], start[row])
        keys = _by_place(place, due)
        after = keys.searchsorted(_by_place(at_work.place, at_work.due), side="right")
        there = np.append(place, -1)[after] == at_work.place
        before = there & (np.append(start, _NEVER)[after] < at_work.since)
        for them in np.flatnonzero(before):
            row = after[them]
            self._stop_turn(jobs, place[row], due[row], start[row], at_work.since[them])

    def _stop_turn(self, jobs: Jobs, place: int, due: int, start: int, other: int) -> NoReturn:
        self._stop_start(
            jobs,
            place,
            start,
            f"work on it began at tick {start}, though it came at tick {due}, and one that came"
            f" before began at tick {other} or later",
        )

    def _check_workers(self, queues: _AllQueues, place: Array, jobs: Jobs) -> None:
        """At each start fewer are in hand than are on duty, and it comes no later than it can."""
        start, end = queues.start, queues.end
        if not len(start):
            return
        shift = self._shifts.searchsorted(start, side="right") - 1
        workers = self._workers[shift]
        bounds = np.arange(len(self._due)) * LATE
        number = np.arange(len(start)) - start.searchsorted(bounds)[place]
        before = queues.in_hand[place] + number - workers
        free = end.take(end.searchsorted(bounds)[place] + before, mode="clip")
        free[before < 0] = -1
        crowded = (free > start) | (workers == 0)
        if crowded.any():
            row = int(np.argmax(crowded))
            tick = int(start[row] & _NEVER)
            self._stop_start(
                jobs,
                place[row],
                tick,
                f"work on it began at tick {tick}: that made more jobs in progress than the"
                f" {workers[row]} workers on duty",
            )
        late = np.flatnonzero(start > np.maximum(queues.due, free))
        late = late[(late == 0) | (start[late] > start[late - 1])]
        late = late[self._shifts[shift[late]] < start[late]]
        most = queues.most_in_hand(place[late], (start[late] & _NEVER) - 1)
        for row in late[most < workers[late]]:
            tick, due = int(start[row] & _NEVER), int(queues.due[row] & _NEVER)
            self._stop_start(
                jobs,
                place[row],
                tick,
                f"work on it began at tick {tick}, though it was there at tick {due} and a worker"
                " was free",
            )

    def _check_waiting(self, queues: _AllQueues, at_work: Unfinished) -> None:
        """Nobody waits at the end of the run whom a free worker could have taken."""
        waited = at_work.rows(at_work.since > at_work.due)
        tick = waited.since - 1
        shift = self._shifts.searchsorted(_by_place(waited.place, tick), side="right") - 1
        idle = queues.most_in_hand(waited.place, tick) < self._workers[shift]
        for row in np.flatnonzero(idle):
            raise BrokenRunError(
                self._problem.facilities.ids[waited.place[row]],
                f"a parcel that came at tick {waited.due[row]} was not begun by tick"
                f" {waited.since[row]}, though a worker was free",
            )

    def _stop_start(self, jobs: Jobs, place: int, start: int, problem: str) -> NoReturn:
        """Stop at the order of a job that began at a facility at some tick."""
        row = int(np.argmax((jobs.place == place) & (jobs.start == start)))
        where = self._problem.facilities.ids[place]
        raise BrokenRunError(where, problem, order=int(jobs.order[row]))
