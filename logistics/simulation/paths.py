"""The way of each parcel, visit by visit, for many parcels at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.problem import Problem

Array = NDArray[Any]


@dataclass(frozen=True)
class Leg:
    """One visit of each parcel and the lane it leaves by.

    `on_way`: whether the parcel's way has this visit. `place`: facility number, the number of
    facilities for a seller (0 where the way has ended). `lane`: the lane or round it leaves by.
    `last`: whether that is the round. `step`: the step number of the visit (see the problem).
    """

    on_way: Array
    place: Array
    lane: Array
    last: Array
    step: Array


class Walk:
    """Iterate over the visits of some parcels, in path order."""

    def __init__(self, problem: Problem, rows: Array) -> None:
        self._problem = problem
        self._source = problem.parcels.source[rows]
        self._station = problem.parcels.station[rows]
        self._visits = problem.parcels.work.shape[1]

    def __iter__(self) -> Iterator[Leg]:
        problem = self._problem
        facilities = len(problem.facilities.ids)
        at = problem.sources.facility[self._source].astype(np.int64)
        seller = at < 0
        on_way = np.ones(len(at), np.bool_)
        for visit in range(self._visits):
            lane = problem.next_lane[np.maximum(at, 0), self._station].astype(np.int64)
            place = at
            if visit == 0:
                lane = np.where(seller, problem.sources.pickup_lane[self._source], lane)
                place = np.where(seller, facilities, at)
            last = on_way & (problem.lanes.destination[lane] < 0)
            step = np.full(len(at), 2 * visit)
            yield Leg(on_way, np.where(on_way, place, 0), lane, last, step)
            on_way = on_way & ~last
            at = np.where(on_way, problem.lanes.destination[lane], 0)
