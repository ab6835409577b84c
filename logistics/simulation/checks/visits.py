"""The route of each parcel, visit by visit, from a problem and its departures.

Written separately for the checks: what they shared with an engine, they could not find wrong. Ticks
keep the type of the problem's: twice the horizon fits into it, and so does what is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, Array


class Came(NamedTuple):
    """Parcels as they come to a visit, one row each.

    `row`: place in the span. `here`: whether the parcel did come. `place`: facility number; the
    number of facilities for a seller. `arrival`: tick, of the order at visit 0. `due`: when work
    could begin. `by`: the departure that brought it, the number of departures for none.
    """

    row: slice | Array
    here: Array
    station: Array
    place: Array
    arrival: Array
    due: Array
    by: Array

    def next(self, here: Array, place: Array, arrival: Array, by: Array) -> Came:
        """Return them at the next visit; only those `here` if they are fewer than half."""
        came = Came(self.row, here, self.station, place, arrival, arrival, by)
        if 2 * np.count_nonzero(here) > len(here):
            return came
        rows = np.flatnonzero(here)
        row = rows if isinstance(self.row, slice) else self.row[rows]
        return Came(row, *(column[rows] for column in came[1:]))


@dataclass(frozen=True)
class Visit:
    """What the parcels of a span do at their visit `number`.

    `lane`: the one to leave by; `last`: whether that is a round. `in_work`: ticks of work and
    dwell. `worked`: whether it was `ready`. `boarded`: whether it took a departure, `slot`;
    `left`: whether that is of a lane. `goes_on`: whether it comes to the next visit.
    """

    number: int
    span: slice
    came: Came
    lane: Array
    last: Array
    work: Array
    in_work: Array
    ready: Array
    worked: Array
    slot: Array
    boarded: Array
    left: Array
    departs: Array
    arrives: Array
    goes_on: Array

    @property
    def parcel(self) -> Array:
        """Parcel numbers."""
        return np.arange(self.span.start, self.span.stop)[self.came.row]

    def vanished(self, horizon: int) -> Array:
        """Return the departure of each parcel that was lost on the road."""
        return self.slot[self.left & ~self.goes_on & (self.arrives < horizon)]

    def of(self, column: Array) -> Array:
        """Return the rows of a column of the run."""
        return column[self.span][self.came.row]


def work_of(problem: Problem, place: Array, number: Array) -> Array:
    """Return the ticks of work at places on parcels of a number, in the type of the ticks."""
    work = problem.work
    ticks = work.factors.ravel().take((work.law.astype(np.int64) << 16).take(place) | number)
    ticks *= work.length.take(place)
    worked = ticks > 0
    np.rint(ticks, out=ticks)
    np.clip(ticks, worked, work.most, out=ticks)
    return np.asarray(ticks.astype(problem.parcels.ordered.dtype))


class Visits:
    """Follows parcels along their routes, by the departures they took."""

    def __init__(self, problem: Problem, columns: Columns, released: Array) -> None:
        """`released`: (parcels,) the tick at which each order is released."""
        self._problem, self._columns, self.released = problem, columns, released
        departures, dtype = problem.departures, problem.parcels.ordered.dtype
        self._departs = np.append(departures.tick, NOT_YET).astype(dtype)
        self._arrives = np.append(departures.arrives, problem.horizon).astype(dtype)
        dwell = np.minimum(problem.facilities.dwell, problem.horizon)
        self._dwell = np.append(dwell, 0).astype(dtype)
        self._next_lane = problem.next_lane.ravel()
        self._destination = problem.lanes.destination.astype(np.int64)

    def of(self, span: slice) -> Iterator[Visit]:
        """Yield the visits of a span of parcels; an order placed after the horizon has none."""
        came = self._ordered(span)
        for number in range(self._problem.parcels.work.shape[1]):
            visit = self._visit(number, span, came)
            yield visit
            place = self._destination.take(visit.lane)
            came = came.next(visit.goes_on, place, visit.arrives, visit.slot)

    def _ordered(self, span: slice) -> Came:
        problem = self._problem
        ordered = problem.parcels.ordered[span]
        place = problem.sources.facility.astype(np.int64)[problem.parcels.source[span]]
        place[place < 0] = len(problem.facilities.ids)
        return Came(
            row=slice(None),
            here=ordered < problem.horizon,
            station=problem.parcels.station[span].astype(np.int64),
            place=place,
            arrival=ordered,
            due=self.released[span],
            by=np.full(len(ordered), len(self._departs) - 1),
        )

    def _visit(self, number: int, span: slice, came: Came) -> Visit:
        problem, columns, row = self._problem, self._columns, came.row
        lane = self._lane(number, span, came)
        at = came.place
        if number == 0:
            seller = at == len(problem.facilities.ids)
            at = np.where(seller, at + problem.parcels.source[span], at)
        work = work_of(problem, at, problem.parcels.work[span, number][row])
        ready, taken = columns.ready[span, number][row], columns.departure[span, number][row]
        boarded = (taken >= 0) & came.here
        slot = np.where(boarded, taken, len(self._departs) - 1).astype(np.int64)
        arrives = self._arrives.take(slot)
        last = self._destination.take(lane) < 0
        left = boarded & ~last
        lost_on_road = columns.lost_step[span][row] == 2 * number + 1
        return Visit(
            number=number,
            span=span,
            came=came,
            lane=lane,
            last=last,
            work=work,
            in_work=work + self._dwell.take(came.place),
            ready=ready,
            worked=(ready != NOT_YET) & came.here,
            slot=slot,
            boarded=boarded,
            left=left,
            departs=self._departs.take(slot),
            arrives=arrives,
            goes_on=left & (arrives < problem.horizon) & ~lost_on_road,
        )

    def _lane(self, number: int, span: slice, came: Came) -> Array:
        """Return the lane that leads each parcel on: a seller's is its pickup."""
        problem = self._problem
        facilities = len(problem.facilities.ids)
        route = came.place * facilities + came.station
        lane = self._next_lane.take(route, mode="clip").astype(np.int64)
        if number == 0:
            seller = np.flatnonzero(came.place == facilities)
            lane[seller] = problem.sources.pickup_lane[problem.parcels.source[span][seller]]
        return lane
