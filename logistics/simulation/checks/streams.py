"""A run in time slices is checked as one in memory is, by what each time slice hands over.

Kept are what is under way, sums by departure and by facility, and the jobs that began in about one
time slice; see `queues_by_slice`. A parcel is named by its order: its number is another in each
time slice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from logistics.errors import BrokenRunError
from logistics.simulation.checks.boarding import Departures
from logistics.simulation.checks.ending import EndOfRun
from logistics.simulation.checks.facts import Facts
from logistics.simulation.checks.jobs_by_slice import UnderWay
from logistics.simulation.checks.queues_by_slice import QueuesBySlice
from logistics.simulation.checks.releases import Releases
from logistics.simulation.checks.rules import Rules
from logistics.simulation.checks.visits import Visits
from logistics.simulation.problem import Columns, Parcels, Problem
from logistics.vocabulary import Array, Status


class StreamChecks:
    """Checks a run as its time slices go by: `admit`, `add`, `go_on`, ... and `settle` at the end.

    All methods raise BrokenRunError, naming order and place, at the first thing they find wrong.
    """

    def __init__(self, problem: Problem) -> None:
        """Begin before tick 0; the parcels of the problem are not read."""
        self._problem = problem
        self._end, self._rules, self._facts = EndOfRun(problem), Rules(problem), Facts()
        self._queues, self._releases = QueuesBySlice(problem), Releases(problem)
        is_wave = problem.lanes.destination[problem.departures.lane] < 0
        self._still_out = is_wave & (problem.departures.arrives >= problem.horizon)
        self._source = problem.parcels.source[:0]
        self._released = problem.parcels.ordered[:0]
        nothing = np.zeros(len(problem.departures.tick), np.int32)
        self._loads: tuple[Array, Array] = nothing, nothing
        self._until, self._horizon = 0, problem.horizon

    def admit(self, parcels: Parcels) -> None:
        """Take in the parcels that are ordered in the time slice to come, sorted by source.

        From here on all parcels of the time slice are numbered by source, those that were under way
        before the new ones.
        """
        self._facts.came_in(parcels)
        released = self._releases.of(replace(self._problem, parcels=parcels))
        source = np.concatenate([self._source, parcels.source])
        rows = np.argsort(source, kind="stable")
        self._source = source[rows]
        self._released = np.concatenate([self._released, released])[rows]

    def add(self, rows: Array, problem: Problem, columns: Columns, until: int) -> None:
        """Check parcels that have ended in a time slice, up to tick `until`, or with the run.

        `rows`: their numbers in the time slice; `problem`, `columns`: theirs.
        """
        with _named_by_order():
            self._horizon = int(columns.horizon)
            self._facts.came_out(problem.parcels)
            self._check_over(problem, columns, until)
            self._check_departures(problem, columns, until)
            self._end.add(problem.parcels, columns)
            problem = replace(problem, horizon=self._horizon)
            released = np.minimum(self._released[rows], self._horizon)
            visits = Visits(problem, columns, released.astype(self._released.dtype))
            self._queues.turn_to(problem, columns)
            self._rules.add(problem, columns, visits, self._queues.add, until)

    def go_on(
        self, problem: Problem, ready: Array, departure: Array, goes_on: Array, until: int
    ) -> None:
        """Check the queues of a time slice, by all who ended in it and all who are under way.

        `problem`, `ready`, `departure`: of all parcels of the time slice, as far as they have come;
        `goes_on`: which of them are under way at its end, `until`.
        """
        since, released = self._queues.since, self._released
        self._queues.go_on(UnderWay(problem, ready, departure, goes_on, released, since, until))
        self._source, self._released = self._source[goes_on], self._released[goes_on]

    def settle(self, until: int) -> None:
        """Check the end of the run, and the sums; `until`: the end of the last time slice."""
        with _named_by_order():
            if self._horizon != until:
                text = f"its columns end at tick {self._horizon}, its last time slice at {until}"
                raise BrokenRunError("the whole run", text)
            if until < min(self._problem.ending.end, self._problem.horizon):
                text = f"it ended at tick {until}, before all that it follows could be ordered"
                raise BrokenRunError("the whole run", text)
            self._end.settle(self._horizon)
            self._facts.settle()
            self._rules.settle()
            self._queues.settle()

    def _check_over(self, problem: Problem, columns: Columns, until: int) -> None:
        """Before the run ends, only what is over has ended, or is out on its last wave."""
        if self._horizon == until:
            return
        if self._horizon != self._problem.horizon:
            text = f"at tick {until}, it is said to end at {self._horizon}"
            raise BrokenRunError("the whole run", text)
        under_way = np.flatnonzero(columns.status == Status.UNDER_WAY)
        last = columns.departure[under_way].max(axis=1)
        over = under_way[~((last >= 0) & self._still_out.take(last, mode="clip"))]
        if len(over):
            text = f"at tick {until}, it is under way, but goes no further"
            raise BrokenRunError("the whole run", text, order=int(problem.parcels.order[over[0]]))

    def _check_departures(self, problem: Problem, columns: Columns, until: int) -> None:
        """Check departures before a tick, and that those which had left are as they were."""
        departures = Departures(replace(problem, horizon=until), columns)
        departures.check(self._queues.since)
        before = int(problem.departures.tick.searchsorted(self._until))
        departures.check_unchanged(*(column[:before] for column in self._loads))
        self._loads = columns.load.copy(), columns.left_behind.copy()
        self._until = until


@contextmanager
def _named_by_order() -> Iterator[None]:
    try:
        yield
    except BrokenRunError as error:
        raise BrokenRunError(error.place, error.problem, order=error.order) from None
