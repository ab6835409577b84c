"""Before the clock: when orders are released, and what the pickups collect from sellers.

Both follow from calendars alone (a seller works on all its released orders at once and a pickup
takes all that is packed), so they are computed for the whole period in one pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.batch.kernel import SEQUENCE_BITS, State, compiled
from logistics.simulation.batch.work import ticks_of_work
from logistics.simulation.problem import Problem
from logistics.vocabulary import NOT_YET

Array = NDArray[Any]


def first_parcels(problem: Problem) -> Array:
    """Return (sources + 1,) the first parcel of each source: parcels are numbered by source."""
    sources = np.arange(len(problem.sources.facility) + 1)
    return np.searchsorted(problem.parcels.source, sources).astype(np.int64)


def release(problem: Problem, day: Array, used: Array) -> Array:
    """Return (parcels,) the tick at which each order is released; `never` beyond its calendar.

    `day`, `used`: (sources,) the row of `Gates` that takes the next order, and how many it has
    taken; they are brought up to date.
    """
    released = np.empty_like(problem.parcels.ordered)
    gates, sources = problem.gates, problem.sources
    _open_gates(
        first_parcels(problem),
        sources.gate,
        sources.daily_capacity,
        gates.first,
        gates.opens,
        gates.cutoff,
        problem.parcels.ordered,
        released,
        never(released),
        day,
        used,
    )
    return released


def never(released: Array) -> int:
    """Return the tick, beyond every run, of an order that is not released."""
    return int(np.iinfo(released.dtype).max)


@compiled
def _open_gates(
    first: Array,
    gate: Array,
    daily_capacity: Array,
    gate_first: Array,
    opens: Array,
    cutoff: Array,
    ordered: Array,
    released: Array,
    not_released: int,
    day_of: Array,
    used_of: Array,
) -> None:
    for source in range(len(gate)):
        g, capacity = gate[source], daily_capacity[source]
        day, used = day_of[source], used_of[source]
        for p in range(first[source], first[source + 1]):
            if g < 0:
                released[p] = ordered[p]
                continue
            end = gate_first[g + 1]
            while day < end and (cutoff[day] <= ordered[p] or (0 < capacity <= used)):
                day += 1
                used = 0
            used += 1
            released[p] = max(ordered[p], opens[day]) if day < end else not_released
        day_of[source], used_of[source] = day, used


def collect(problem: Problem, s: State, since: int, until: int) -> None:
    """Fill the cargo of every pickup from `since` to before `until`, by (ready, parcel)."""
    seller = problem.sources.facility[problem.parcels.source] < 0
    at_seller = s.departure[: len(seller)]
    parcels = np.flatnonzero(seller & (s.released != never(s.released)) & (at_seller == NOT_YET))
    if not len(parcels):
        return
    at = len(problem.facilities.ids) + problem.parcels.source[parcels]
    packing = ticks_of_work(problem.work, at, problem.parcels.work[parcels, 0])
    ready = s.released[parcels].astype(np.int64) + packing
    in_period = ready < problem.horizon
    parcels, ready = parcels[in_period], ready[in_period]
    s.ready[parcels] = ready  # of the first visit
    handed_over = s.lost_step[parcels] != 0
    keys = np.sort((ready[handed_over] << SEQUENCE_BITS) | parcels[handed_over])
    parcels = keys & ((1 << SEQUENCE_BITS) - 1)

    by_lane = np.argsort(problem.departures.lane, kind="stable")  # keeps time order within a lane
    lane_first = np.searchsorted(
        problem.departures.lane[by_lane], np.arange(len(problem.lanes.ids) + 1)
    )
    source = problem.parcels.source[parcels]
    taken_by = _first_pickups(
        keys >> SEQUENCE_BITS,
        problem.sources.pickup_lane[source],
        problem.sources.pickup_weekdays[source],
        lane_first,
        by_lane,
        problem.departures.tick,
        problem.departures.weekday,
        until,
    )
    _load_pickups(s, parcels, taken_by, by_lane[problem.departures.tick[by_lane] >= since])


def take_back(problem: Problem, s: State, until: int) -> None:
    """Undo the pickups from `until` on, which a run that ends early does not reach."""
    late = problem.departures.tick >= until
    s.load[late] = 0
    at_seller = s.departure[: len(s.visit)]
    gone = np.flatnonzero(at_seller != NOT_YET)
    at_seller[gone[late[at_seller[gone]]]] = NOT_YET


@compiled
def _first_pickups(
    ready: Array,
    lane: Array,
    weekdays: Array,
    lane_first: Array,
    by_lane: Array,
    departs: Array,
    weekday: Array,
    until: int,
) -> Array:
    """Return the first departure of each parcel's pickup lane on its seller's days, or -1.

    -1 also where it leaves at `until` or later.
    """
    found = np.full(len(ready), -1, np.int64)
    for row in range(len(ready)):
        low, end = lane_first[lane[row]], lane_first[lane[row] + 1]
        high = end
        while low < high:
            middle = (low + high) >> 1
            if departs[by_lane[middle]] < ready[row]:
                low = middle + 1
            else:
                high = middle
        while low < end and not (weekdays[row] >> weekday[by_lane[low]]) & 1:
            low += 1
        if low < end and departs[by_lane[low]] < until:
            found[row] = by_lane[low]
    return found


@compiled
def _load_pickups(s: State, parcels: Array, taken_by: Array, by_lane: Array) -> None:
    for row in range(len(parcels)):
        if taken_by[row] >= 0:
            s.load[taken_by[row]] += 1
    used = s.filled.copy()
    for d in by_lane:
        lane = s.departure_lane[d]
        if s.lane_origin[lane] < 0 and s.lane_destination[lane] >= 0:
            s.slice_first[d] = used[lane]
            used[lane] += s.load[d]
    filled = s.slice_first.copy()
    for row in range(len(parcels)):
        d = taken_by[row]
        if d >= 0:
            p = parcels[row]
            s.bay[filled[d]] = p
            s.bay_ready[filled[d]] = s.ready[p]
            filled[d] += 1
            s.departure[p] = d
