"""Jobs as they become known, time slice by time slice, and parcels that are still at work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from logistics.errors import BrokenRunError
from logistics.simulation.checks.jobs import Unfinished
from logistics.simulation.checks.visits import Visit, work_of
from logistics.simulation.problem import Problem
from logistics.vocabulary import Array

_WORD = 63  # bits of a number that is not negative
_ODD, _OTHER_ODD = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93


class Jobs(NamedTuple):
    """Work that was done: where, who it was `due` from when, start and end, and of which order."""

    place: Array
    due: Array
    start: Array
    end: Array
    order: Array

    @classmethod
    def none(cls, problem: Problem) -> Jobs:
        """Return no jobs, in the types of a problem."""
        tick = np.zeros(0, problem.parcels.ordered.dtype)
        return cls(np.zeros(0, np.int32), tick, tick, tick, np.zeros(0, np.int64))

    @classmethod
    def of(cls, visit: Visit, rows: Array, problem: Problem) -> Jobs:
        """Return those of some rows of a visit."""
        came, start = visit.came, (visit.ready - visit.in_work)[rows]
        order = visit.of(problem.parcels.order)[rows]
        place = came.place[rows].astype(np.int32)
        return cls(place, came.due[rows], start, start + visit.work[rows], order)

    @classmethod
    def together(cls, parts: list[Jobs]) -> Jobs:
        """Return many as one."""
        return cls(*map(np.concatenate, zip(*parts, strict=True)))

    def rows(self, rows: Array) -> Jobs:
        """Return some of them."""
        return Jobs(*(column[rows] for column in self))

    def in_turn(self) -> tuple[Array, Array, Array]:
        """Return place, due and start, sorted by the three.

        As one number, which sorts several times faster, where the three fit into one.
        """
        if not len(self.place):
            return self.place, self.due, self.start
        first, wait = int(self.due.min()), self.start.astype(np.int64) - self.due
        shortest = int(wait.min())
        wait_bits = (int(wait.max()) - shortest).bit_length()
        due_bits = (int(self.due.max()) - first).bit_length()
        if int(self.place.max()).bit_length() + due_bits + wait_bits > _WORD:
            order = np.lexsort((self.start, self.due, self.place))
            return self.place[order], self.due[order], self.start[order]
        keys = (self.place.astype(np.int64) << due_bits) + (self.due.astype(np.int64) - first)
        keys = (keys << wait_bits) + (wait - shortest)
        keys.sort()
        wait = (keys & ((1 << wait_bits) - 1)) + shortest
        keys >>= wait_bits
        due = (keys & ((1 << due_bits) - 1)) + first
        return keys >> due_bits, due, due + wait


@dataclass(frozen=True)
class UnderWay:
    """The columns of parcels that are under way at tick `until`, as far as they have come.

    `problem`, `ready`, `departure`: of the parcels of a time slice; `goes_on`: which are under way.
    `released`: when their orders are. `since`: the tick at which the time slice began.
    """

    problem: Problem
    ready: Array
    departure: Array
    goes_on: Array
    released: Array
    since: int
    until: int

    def visits(self, span: slice) -> Iterator[tuple[Jobs, Unfinished, int]]:
        """Yield, visit by visit, the jobs that became known, who is at work, and a checksum."""
        for number in range(self.ready.shape[1]):
            noted, goes_on = self.ready[span, number], self.goes_on[span]
            ready = goes_on & (noted >= 0) & (noted < self.until)
            here = goes_on & ~ready
            if number:
                here &= self.departure[span, number - 1] >= 0
            new = span.start + np.flatnonzero(ready & (noted >= self.since))
            jobs, check = self._jobs(number, new)
            yield jobs, self._at_work(number, span.start + np.flatnonzero(here)), check

    def _came(self, number: int, rows: Array) -> tuple[Array, Array, Array]:
        """Return place, tick and departure by which some parcels came to a visit."""
        problem = self.problem
        if not number:
            place = problem.sources.facility[problem.parcels.source[rows]]
            return place, self.released[rows], np.full(len(rows), -1)
        departures, by = problem.departures, self.departure[rows, number - 1]
        lane = departures.lane.take(by, mode="clip")
        return problem.lanes.destination[lane], departures.arrives.take(by, mode="clip"), by

    def _jobs(self, number: int, rows: Array) -> tuple[Jobs, int]:
        place, due, by = self._came(number, rows)
        there = np.flatnonzero(place >= 0)
        rows, place, by = rows[there], place[there], by[there]
        ready = self.ready[rows, number]
        work = work_of(self.problem, place, self.problem.parcels.work[rows, number])
        end = (ready - self.problem.facilities.dwell[place]).astype(ready.dtype)
        order = self.problem.parcels.order[rows]
        jobs = Jobs(place.astype(np.int32), due[there].astype(ready.dtype), end - work, end, order)
        return jobs, checksum(order, number, ready, by)

    def _at_work(self, number: int, rows: Array) -> Unfinished:
        """Return who has come and is not ready, so that it began late enough not to be."""
        place, due, _ = self._came(number, rows)
        there = np.flatnonzero((place >= 0) & (due < self.until))
        place, due = place[there].astype(np.int64), due[there].astype(np.int64)
        drawn = self.problem.parcels.work[rows[there], number]
        work = work_of(self.problem, place, drawn).astype(np.int64)
        since = np.maximum(due, self.until - work - self.problem.facilities.dwell[place])
        return Unfinished(place, place, since, due, work, np.zeros(len(place), np.bool_))


def checksum(order: Array, number: int, ready: Array, by: Array) -> int:
    """Return a sum that tells whether jobs are the same: who was ready when, and came by what."""
    weight = (order.astype(np.uint64) * np.uint64(64) + np.uint64(number)) * np.uint64(_ODD)
    weight ^= weight >> np.uint64(32)
    weight = (weight * np.uint64(_OTHER_ODD)) | np.uint64(1)
    told = ready.astype(np.uint64) + ((by.astype(np.int64) + 1).astype(np.uint64) << np.uint64(33))
    return int((weight * told).sum(dtype=np.uint64))


class ToldAgain:
    """Parcels say the same of a job once they have ended as they said while they were under way."""

    def __init__(self) -> None:
        self._told = self._told_again = 0

    def told(self, check: int) -> None:
        """Take in the checksum of jobs of parcels under way."""
        self._told += check

    def told_again(self, visit: Visit, rows: Array, problem: Problem) -> None:
        """Take in jobs of parcels that have ended, done while they were under way."""
        order, by = visit.of(problem.parcels.order)[rows], visit.came.by[rows]
        by = by if visit.number else np.full(len(rows), -1)
        self._told_again += checksum(order, visit.number, visit.ready[rows], by)

    def settle(self) -> None:
        """Compare the two.

        Raises BrokenRunError where they differ.
        """
        if (self._told - self._told_again) % (1 << 64):
            raise BrokenRunError(
                "all facilities together",
                "parcels under way were ready, or came, at other ticks than their columns say now",
            )
