"""One walk along the routes of parcels, visit by visit, over the columns that a run stored.

Whoever asks where a parcel was and when asks here: hours by cause, counts by place, facilities by
the hour, journeys, the table of legs, the places of damage and loss.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from logistics.runs.run_columns import RunColumns
from logistics.vocabulary import NEVER_HERE, NOT_YET, Array


class Visit(NamedTuple):
    """Parcels that came to one visit of their routes, an entry each.

    `number`: of the visit. `row`: of the parcel in the run; `parcel`: among those asked for.
    `place`: facility number, or the number of facilities for a seller. `arrival`: tick, at visit 0
    of the order. `ready`: tick at which work and dwell were over. `trip`: number of the departure
    that took it; of the last visit, the latest wave. Both `NOT_YET` where that did not happen.
    `last`: whether it leaves by a delivery route.
    """

    number: int
    row: Array
    parcel: Array
    place: Array
    arrival: Array
    ready: Array
    trip: Array
    last: Array

    def where(self, mask: Array) -> Visit:
        """Return the visit of those parcels only."""
        some = np.flatnonzero(mask)
        if len(some) == len(mask):
            return self
        return Visit(self.number, *(column.take(some) for column in self[1:]))

    def worked(self) -> Visit:
        """Return the visit of the parcels whose work and dwell are over."""
        return self.where(self.ready != NOT_YET)


def walk(run: RunColumns, rows: Array) -> Iterator[Visit]:
    """Yield the visits of some parcels (row numbers), in path order.

    A parcel's walk ends where it was lost, or where it was at the horizon.
    """
    columns, parcel, row = run.columns, np.arange(len(rows)), rows
    place, arrival = run.source_place.take(columns["source"][rows]), columns["ordered"][rows]
    for number in range(run.visits["ready"].shape[1]):
        ready, trip = (run.visits[name][:, number].take(row) for name in ("ready", "departure"))
        last = columns["last_visit"].take(row) == number
        visit = Visit(number, row, parcel, place, arrival, ready, trip, last)
        yield visit
        onward = visit.where(arrived(run, visit))
        if not len(onward.row):
            return
        row, parcel, trip = onward.row, onward.parcel, onward.trip
        place, arrival = run.trip_destination.take(trip), run.trips["arrives"].take(trip)


def work_of(run: RunColumns, visit: Visit) -> tuple[Array, Array]:
    """Return the ticks at which the work of parcels began and ended; all must be ready."""
    end = visit.ready - run.dwell.take(visit.place)
    return end - run.visits["work"][:, visit.number].take(visit.row), end


def arrived(run: RunColumns, visit: Visit) -> NDArray[np.bool_]:
    """Tell which parcels left a visit on a lane and came to the next before the horizon."""
    left = ~visit.last & (visit.trip != NOT_YET)
    left &= run.columns["lost_step"].take(visit.row) != 2 * visit.number + 1
    arrives = run.trips["arrives"].take(np.where(left, visit.trip, 0))
    return np.asarray(left & (arrives < run.period.horizon))


def places_of_steps(run: RunColumns, step: Array) -> NDArray[np.int64]:
    """Return (parcels,) where each parcel's step was; -1 where it is `NEVER_HERE`.

    `step`: (parcels,) see `logistics.simulation.problem`. Places are numbered: the facilities,
    then the lanes, then one for all sellers.
    """
    facilities, lanes = len(run.places["facilities"]), len(run.places["lanes"])
    place = np.full(len(step), -1, np.int64)
    rows = np.flatnonzero(step != NEVER_HERE)
    number, last = step[rows].astype(np.int64), run.columns["last_visit"][rows]
    of_visit = np.minimum(number // 2, last)
    on_lane = (number % 2 == 1) | (number > 2 * last)
    for visit in walk(run, rows):
        here = visit.where(of_visit.take(visit.parcel) == visit.number)
        lane = run.trips["lane"].take(np.where(here.trip == NOT_YET, 0, here.trip))
        at = np.where(here.place == facilities, facilities + lanes, here.place)
        place[here.row] = np.where(on_lane.take(here.parcel), facilities + lane, at)
    return place
