"""Clocks: each parcel is worked after it came, and leaves after it was ready, on its own lane."""

from __future__ import annotations

import numpy as np

from logistics.simulation.checks.check import Check
from logistics.simulation.checks.visits import Visit
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, Array

_LANE = 1 << 40  # more than any tick


class Clocks(Check):
    """The order of causes and effects along the parcels' routes."""

    def __init__(self, problem: Problem, columns: Columns) -> None:
        super().__init__(problem, columns)
        lanes = problem.lanes
        self._lane_taken = np.append(problem.departures.lane, -1)
        closed = np.where(lanes.doors_close > 0, lanes.doors_close + 1, 0)
        self._closed = np.where(lanes.origin >= 0, closed, 0).astype(problem.departures.tick.dtype)

    def check(self, visit: Visit) -> None:
        """Check the ticks of a visit and the departure that ends it."""
        after_the_end = visit.worked & (visit.ready >= self._problem.horizon)
        self._stop_visit(after_the_end, visit, "it is ready {ready:tick}, after the end of the run")
        start = visit.ready - visit.in_work
        self._stop_visit(
            visit.worked & (start < visit.came.due),
            visit,
            "it is ready {ready:tick}, so its work of {work} began {start:tick}, before it was"
            " there to be worked, {due:tick}",
            work=visit.in_work, start=start, due=visit.came.due,
        )  # fmt: skip
        never = visit.boarded & ~visit.worked
        self._stop_visit(never, visit, "it took departure {slot}, but was never ready")
        said = self._columns.work_ticks[visit.span, visit.number][visit.came.row]
        work = visit.work * visit.worked
        text = "it was worked on for {said} ticks, for its number there are {work}"
        self._stop_visit(visit.came.here & (said != work), visit, text, said=said, work=work)
        taken = self._lane_taken.take(visit.slot)
        self._stop_visit(
            visit.boarded & (taken != visit.lane),
            visit,
            "it took departure {slot} of {taken:lane}, but its route leads by {lane:lane}",
            taken=taken,
        )
        deadline = visit.departs - self._closed.take(visit.lane)
        self._stop_visit(
            visit.boarded & (visit.ready > deadline),
            visit,
            "ready {ready:tick}, it took departure {slot} of {lane:lane}, which took what was ready"
            " by tick {deadline}",
            deadline=deadline,
        )


class Pickups(Check):
    """What sellers hand over: ready when packed, taken by the first pickup on one of their days.

    For each set of weekdays that sellers have, a row of `_before`: by departure, the tick of the
    pickup before it on the lane on those days; and of `_last`: by lane, the tick of the last.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        departures, weekdays = problem.departures, problem.sources.pickup_weekdays
        self._days, self._days_of = np.unique(weekdays, return_inverse=True)
        self._weekday = np.append(departures.weekday, 0)
        shape = len(self._days), len(departures.tick) + 1
        self._before = np.full(shape, NOT_YET, np.int64)
        self._last = np.full((shape[0], len(problem.lanes.ids)), NOT_YET, np.int64)
        self._look_back()

    def turn_to(self, problem: Problem, columns: Columns) -> None:
        """Turn to other parcels of the same run, which may turn out to end earlier."""
        ends_early = problem.horizon < self._problem.horizon
        super().turn_to(problem, columns)
        if ends_early:
            self._last[:] = NOT_YET
            self._look_back()

    def _look_back(self) -> None:
        lanes, departures = self._problem.lanes, self._problem.departures
        pickup = lanes.origin[departures.lane] < 0
        gone = np.flatnonzero(pickup & (departures.tick < self._problem.horizon))
        gone = gone[np.argsort(departures.lane[gone], kind="stable")]
        for row, days in enumerate(self._days):
            own = gone[(int(days) >> departures.weekday[gone].astype(np.int64)) & 1 == 1]
            if len(own):
                self._fill(row, gone, own)

    def _fill(self, row: int, gone: Array, own: Array) -> None:
        departures = self._problem.departures
        keys = departures.lane[own].astype(np.int64) * _LANE + departures.tick[own]
        base = departures.lane[gone].astype(np.int64) * _LANE
        before = np.searchsorted(keys, base + departures.tick[gone]) - 1
        found = np.where(before >= 0, keys[before], -1) - base
        self._before[row, gone] = np.where(found >= 0, found, NOT_YET)
        np.maximum.at(self._last[row], departures.lane[own], departures.tick[own])

    def check(self, visit: Visit) -> None:
        """Check the sellers' parcels of a first visit: a seller works on all its orders at once."""
        seller = (visit.came.place == len(self._problem.facilities.ids)) & visit.came.here
        if visit.number or not seller.any():
            return
        packed = visit.came.due.astype(np.int64) + visit.in_work
        lost = visit.of(self._columns.lost_step) == 0
        expected = np.where((packed < self._problem.horizon) & ~lost, packed, NOT_YET)
        self._stop_visit(
            seller & (visit.ready != expected),
            visit,
            "it is ready {ready:tick}, should be {expected:tick}",
            expected=expected,
        )
        days = self._days_of[visit.of(self._problem.parcels.source)]
        shut = (self._days[days] >> self._weekday.take(visit.slot)) & 1 == 0
        ready = "ready {ready:tick} for {lane:lane}: "
        other_day = ready + "a pickup took it on a day that is not its seller's"
        self._stop_visit(seller & visit.boarded & shut, visit, other_day)
        before = np.where(
            visit.boarded, self._before[days, visit.slot], self._last[days, visit.lane]
        )
        missed = seller & visit.worked & (visit.ready <= before)
        not_taken = ready + "the first pickup on its seller's days did not take it"
        self._stop_visit(missed, visit, not_taken)
