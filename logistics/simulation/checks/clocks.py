"""Clocks: each parcel is worked after it came, and leaves after it was ready, on its own lane."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.checks.violation import Violation
from logistics.simulation.checks.visits import Visit
from logistics.simulation.problem import Problem

Array = NDArray[Any]


class Clocks:
    """The order of causes and effects along the parcels' routes."""

    def __init__(self, problem: Problem) -> None:
        self._problem, self._stop = problem, Violation(problem).of_parcels
        lanes = problem.lanes
        self._lane_taken = np.append(problem.departures.lane, -1)
        closed = np.where(lanes.doors_close > 0, lanes.doors_close + 1, 0)
        self._closed = np.where(lanes.origin >= 0, closed, 0).astype(problem.departures.tick.dtype)

    def check(self, visit: Visit) -> None:
        """Check the ticks of a visit and the departure that ends it.

        Raises BrokenRunError.
        """
        parcel, place, ready = visit.parcel, visit.came.place, visit.ready
        self._stop(
            visit.worked & (ready >= self._problem.horizon),
            parcel,
            place,
            lambda row: f"it is ready at tick {ready[row]}, after the end of the run",
        )
        start = ready - visit.in_work
        self._stop(
            visit.worked & (start < visit.came.due),
            parcel,
            place,
            lambda row: (
                f"it is ready at tick {ready[row]}, so its work of {visit.in_work[row]} began at"
                f" tick {start[row]}, before it was there to be worked,"
                f" at tick {visit.came.due[row]}"
            ),
        )
        self._stop(
            visit.boarded & ~visit.worked,
            parcel,
            place,
            lambda row: f"it took departure {visit.slot[row]}, but was never ready",
        )
        self._check_departure(visit)

    def _check_departure(self, visit: Visit) -> None:
        lanes, taken = self._problem.lanes.ids, self._lane_taken.take(visit.slot)
        self._stop(
            visit.boarded & (taken != visit.lane),
            visit.parcel,
            visit.came.place,
            lambda row: (
                f"it took departure {visit.slot[row]} of {lanes[taken[row]]}, but its way leads by"
                f" {lanes[visit.lane[row]]}"
            ),
        )
        deadline = visit.departs - self._closed.take(visit.lane)
        self._stop(
            visit.boarded & (visit.ready > deadline),
            visit.parcel,
            visit.came.place,
            lambda row: (
                f"ready at tick {visit.ready[row]}, it took departure {visit.slot[row]} of"
                f" {lanes[visit.lane[row]]}, which took what was ready by tick {deadline[row]}"
            ),
        )
