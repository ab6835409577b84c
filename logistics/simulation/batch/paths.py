"""The way of each parcel, visit by visit, for many parcels at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.problem import Problem

Array = NDArray[Any]


def by_visit(matrix: Array) -> Array:
    """Return (parcels, visits) in one row, visit by visit; the same memory if it lies that way."""
    return matrix.T.reshape(-1)


def by_parcel(row: Array, visits: int) -> Array:
    """Return the matrix of `by_visit` again, in the same memory."""
    return row.reshape(visits, -1).T


@dataclass(frozen=True)
class Leg:
    """One visit of each parcel and the lane it leaves by.

    `on_way`: whether the parcel's route has this visit. `place`: facility number, the number of
    facilities for a seller (0 where the route has ended). `lane`: the lane or delivery route it
    leaves by. `last`: whether that is the delivery route. `step`: number of the step at this visit
    (see the problem).
    """

    on_way: Array
    place: Array
    lane: Array
    last: Array
    step: int


def walk(problem: Problem, rows: Array | slice) -> Iterator[Leg]:
    """Yield the visits of some parcels, in path order."""
    sources, source = problem.sources, problem.parcels.source[rows]
    station = problem.parcels.station[rows].astype(np.int64)
    facilities = len(problem.facilities.ids)
    next_lane, destination = problem.next_lane.reshape(-1), problem.lanes.destination
    place = np.where(sources.facility < 0, facilities, sources.facility)[source]
    pickup = sources.pickup_lane[source] if (sources.facility < 0).any() else None
    on_way = np.ones(len(place), np.bool_)
    for visit in range(problem.parcels.work.shape[1]):
        if visit == 0 and pickup is not None:
            at = np.where(place < facilities, place, 0)
            lane = next_lane.take(at * facilities + station)
            lane = np.where(place < facilities, lane, pickup)
        else:
            lane = next_lane.take(place * facilities + station)
        onward = destination.take(lane)
        ends = onward < 0
        yield Leg(on_way, place, lane, on_way & ends, 2 * visit)
        on_way = on_way & ~ends
        place = np.where(on_way, onward, 0).astype(np.int64)
