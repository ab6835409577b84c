"""Pickups: from each seller on its own weekdays, and all that is ready."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.checks.violation import Violation, tick
from logistics.simulation.checks.visits import Visit
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET

Array = NDArray[Any]

_LANE = 1 << 40  # more than any tick


class Pickups:
    """What sellers hand over: ready when packed, taken by the first pickup on one of their days.

    For each set of weekdays that sellers have, a row of `_before`: by departure, the tick of the
    pickup before it on the lane on those days; and of `_last`: by lane, the tick of the last.
    """

    def __init__(self, problem: Problem, columns: Columns) -> None:
        self._problem, self._columns, self._stop = problem, columns, Violation(problem).of_parcels
        sources, lanes, departures = problem.sources, problem.lanes, problem.departures
        self._days, self._days_of = np.unique(sources.pickup_weekdays, return_inverse=True)
        self._weekday = np.append(departures.weekday, 0)
        gone = np.flatnonzero(
            (lanes.origin[departures.lane] < 0) & (departures.tick < problem.horizon)
        )
        gone = gone[np.argsort(departures.lane[gone], kind="stable")]
        shape = len(self._days), len(departures.tick) + 1
        self._before = np.full(shape, NOT_YET, np.int64)
        self._last = np.full((shape[0], len(lanes.ids)), NOT_YET, np.int64)
        for row, days in enumerate(self._days):
            own = gone[(int(days) >> departures.weekday[gone].astype(np.int64)) & 1 == 1]
            self._fill(row, gone, own)

    def _fill(self, row: int, gone: Array, own: Array) -> None:
        departures = self._problem.departures
        if not len(own):
            return
        keys = departures.lane[own].astype(np.int64) * _LANE + departures.tick[own]
        base = departures.lane[gone].astype(np.int64) * _LANE
        before = np.searchsorted(keys, base + departures.tick[gone]) - 1
        found = np.where(before >= 0, keys[before], -1) - base
        self._before[row, gone] = np.where(found >= 0, found, NOT_YET)
        np.maximum.at(self._last[row], departures.lane[own], departures.tick[own])

    def check(self, visit: Visit) -> None:
        """Check the sellers' parcels of a first visit.

        Raises BrokenRunError.
        """
        if visit.number:
            return
        seller = (visit.came.place == len(self._problem.facilities.ids)) & visit.came.here
        if not seller.any():
            return
        self._check_packed(visit, seller)
        source = visit.of(self._problem.parcels.source)
        days = self._days_of[source]
        shut = (self._days[days] >> self._weekday.take(visit.slot)) & 1 == 0
        self._tell(
            seller & visit.boarded & shut,
            visit,
            "a pickup took it on a day that is not its seller's",
        )
        before = np.where(
            visit.boarded, self._before[days, visit.slot], self._last[days, visit.lane]
        )
        missed = seller & visit.worked & (visit.ready <= before)
        self._tell(missed, visit, "the first pickup on its seller's days did not take it")

    def _check_packed(self, visit: Visit, seller: Array) -> None:
        """Sellers work on all released orders at once."""
        packed = visit.came.due.astype(np.int64) + visit.in_work
        lost = visit.of(self._columns.lost_step) == 0
        expected = np.where((packed < self._problem.horizon) & ~lost, packed, NOT_YET)
        self._stop(
            seller & (visit.ready != expected),
            visit.parcel,
            visit.came.place,
            lambda row: f"it is ready {tick(visit.ready[row])}, should be {tick(expected[row])}",
        )

    def _tell(self, bad: Array, visit: Visit, what: str) -> None:
        lanes = self._problem.lanes.ids
        self._stop(
            bad,
            visit.parcel,
            visit.came.place,
            lambda row: f"ready {tick(visit.ready[row])} for {lanes[visit.lane[row]]}: {what}",
        )
