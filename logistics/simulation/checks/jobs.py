"""Jobs: the work done at each facility, and what is known of the work that was not."""

from __future__ import annotations

from threading import Lock
from typing import NamedTuple

import numpy as np

from logistics.errors import BrokenRunError
from logistics.simulation.checks.visits import Visit, work_of
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, Array

LATE = 1 << 40
"""A tick after all others."""

_SMALL = 1 << 15


class Arrivals(NamedTuple):
    """What came to a facility, in order of `tick`: trucks, and orders released one by one.

    `earliest`: the first start of work on what came; the largest number if none is known.
    `latest`: the last start, or a tick before which none of those unfinished can have started.
    `known`: how many starts are known.
    """

    tick: Array
    earliest: Array
    latest: Array
    known: Array

    def with_others(self, other: Arrivals) -> Arrivals:
        """Return both, in order."""
        if not len(self.tick) or not len(other.tick):
            return self if len(self.tick) else other
        order = np.argsort(np.concatenate([self.tick, other.tick]), kind="stable")
        return Arrivals(*(np.concatenate(pair)[order] for pair in zip(self, other, strict=True)))


class Unfinished(NamedTuple):
    """Parcels at facilities whose work was not over, or that were lost in it.

    `since`: it did not start before. `due`: it could have. `work`: ticks. `by`: departure that
    brought it.
    """

    place: Array
    by: Array
    since: Array
    due: Array
    work: Array
    lost: Array

    @classmethod
    def of(cls, visit: Visit, columns: Columns, horizon: int) -> Unfinished:
        """Return those of a visit."""
        came = visit.came
        rows = np.flatnonzero(came.here & ~visit.worked & (came.due < horizon))
        lost = visit.of(columns.lost_step)[rows] == 2 * visit.number
        due, in_work = came.due[rows], visit.in_work[rows]
        since = np.where(lost, due, np.maximum(due, horizon - in_work))
        return cls(came.place[rows], came.by[rows], since, due, visit.work[rows], lost)

    @classmethod
    def none(cls) -> Unfinished:
        """Return no parcels."""
        none = np.zeros(0, np.int64)
        return cls(none, none, none, none, none, np.zeros(0, np.bool_))

    @classmethod
    def joined(cls, parts: list[Unfinished]) -> Unfinished:
        """Return many as one, in the order given."""
        return cls(*map(np.concatenate, zip(*parts, strict=True)))

    @classmethod
    def together(cls, parts: list[Unfinished]) -> Unfinished:
        """Return many as one, by place."""
        whole = cls.joined(parts)
        return whole.rows(np.argsort(whole.place, kind="stable"))

    def rows(self, rows: Array | slice) -> Unfinished:
        """Return some of them."""
        return Unfinished(*(column[rows] for column in self))


class ByTruck:
    """The jobs that came by truck: starts and ends by facility, and the first and last by truck."""

    def __init__(self, problem: Problem, columns: Columns) -> None:
        departures, horizon = problem.departures, problem.horizon
        self._arrives = departures.arrives
        destination = problem.lanes.destination[departures.lane].astype(np.int64)
        came = np.flatnonzero((destination >= 0) & (self._arrives < horizon) & (columns.load > 0))
        at = destination[came]
        keys = at * LATE + self._arrives[came]
        order = np.argsort(keys, kind="stable")
        self._trucks = came[order]
        self._facilities = len(problem.facilities.ids)
        self._first_truck = np.searchsorted(at[order], np.arange(self._facilities + 1))
        count = np.zeros(self._facilities, np.int64)
        np.add.at(count, at, columns.load[came].astype(np.int64))
        self._first = np.concatenate([[0], np.cumsum(count)])
        self._filled = self._first[:-1].copy()
        dtype = problem.parcels.ordered.dtype
        self._start, self._end = np.empty((2, self._first[-1]), dtype)
        trucks = len(departures.tick) + 1
        self._earliest = np.full(trucks, np.iinfo(dtype).max, dtype)
        self._latest = np.full(trucks, NOT_YET, dtype)
        self._known = np.append(columns.load, 0).astype(np.int64)
        self._ids = problem.facilities.ids
        self._lock = Lock()  # spans are taken in by several threads

    def add(self, visit: Visit, unfinished: Unfinished) -> None:
        """Take in the jobs of a visit, and those of them that are unfinished."""
        start = visit.ready - visit.in_work
        idle = np.flatnonzero(~visit.worked)
        by = visit.came.by.copy()
        by[idle] = len(self._known) - 1
        waiting = ~unfinished.lost
        with self._lock:
            np.subtract.at(self._known, unfinished.by, 1)
            np.minimum.at(self._earliest, by, start)
            np.maximum.at(self._latest, by, start)
            np.maximum.at(self._latest, unfinished.by[waiting], unfinished.since[waiting])
        self._group(visit, start, idle)

    def leave_out(self, vanished: Array) -> None:
        """Take out those lost on the road, one departure each."""
        with self._lock:
            np.subtract.at(self._known, vanished, 1)

    def _group(self, visit: Visit, start: Array, idle: Array) -> None:
        place = visit.came.place.astype(np.int16 if self._facilities < _SMALL else np.int64)
        place[idle] = self._facilities
        order = np.argsort(place, kind="stable")[: len(place) - len(idle)]
        count = np.bincount(place, minlength=self._facilities + 1)[:-1]
        with self._lock:  # these rows are ours then
            filled = self._filled
            self._filled = filled + count
        if (filled + count > self._first[1:]).any():
            facility = int(np.argmax(filled + count > self._first[1:]))
            raise BrokenRunError(
                self._ids[facility], "more parcels say they came by truck than the trucks' loads"
            )
        at = np.repeat(filled - (np.cumsum(count) - count), count) + np.arange(len(order))
        start = start.take(order)
        self._start[at] = start
        self._end[at] = start + visit.work.take(order)

    def jobs(self, facility: int) -> tuple[Array, Array, Arrivals]:
        """Return the starts and ends at a facility, in no order, and the trucks that came."""
        rows = slice(self._first[facility], self._filled[facility])
        trucks = self._trucks[self._first_truck[facility] : self._first_truck[facility + 1]]
        of_trucks = (self._arrives, self._earliest, self._latest, self._known)
        came = Arrivals(*(column[trucks] for column in of_trucks))
        return self._start[rows], self._end[rows], came


class Ordered:
    """The jobs that orders are at their own source, straight from the columns."""

    def __init__(self, problem: Problem, columns: Columns, released: Array) -> None:
        self._problem, self._columns, self._released = problem, columns, released
        sources = np.arange(len(problem.sources.facility) + 1)
        first = np.searchsorted(problem.parcels.source, sources)
        places = problem.sources.facility.tolist()
        self._rows = {
            place: slice(first[row], first[row + 1])
            for row, place in enumerate(places)
            if place >= 0
        }

    def has(self, facility: int) -> bool:
        """Tell whether orders start at a facility."""
        return facility in self._rows

    def jobs(self, facility: int) -> tuple[Array, Array, Arrivals]:
        """Return the starts and ends at a facility, and its orders as arrivals."""
        rows = self._rows[facility]
        ready, number = self._columns.ready[rows, 0], self._problem.parcels.work[rows, 0]
        work = work_of(self._problem, np.full(len(number), facility), number)
        dwell = int(self._problem.facilities.dwell[facility])
        tick = self._released[rows]
        worked = ready != NOT_YET
        if worked.all():
            end = ready - dwell  # which is at least its work: clocks were checked before
            start = end - work
            began, one = start.copy(), np.ones(len(start), np.int64)
            return start, end, Arrivals(tick, began, began, one)
        since = np.maximum(tick, self._problem.horizon - work.astype(np.int64) - dwell)
        since = since.astype(work.dtype)
        latest = np.where(self._columns.lost_step[rows] == 0, NOT_YET, since)
        end = ready[worked] - dwell
        start = end - work[worked]
        earliest = np.full(len(work), np.iinfo(work.dtype).max, work.dtype)
        earliest[worked] = latest[worked] = start
        return start, end, Arrivals(tick, earliest, latest, worked.astype(np.int64))
