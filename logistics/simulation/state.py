"""The arrays an engine run starts with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.problem import NOT_YET, Problem
from logistics.simulation.kernel import State
from logistics.simulation.origins import collect, first_parcels, release
from logistics.simulation.risks import lost_steps

Array = NDArray[Any]


def prepare(problem: Problem) -> State:
    """Return the state before tick 0: nothing has moved, pickups know their cargo."""
    facilities = len(problem.facilities.ids)
    parcels, visits = problem.parcels.work.shape
    dtype = problem.parcels.ordered.dtype
    at_facility, on_lane, back_at = _passing(problem)
    queue_first, bay_first, back_first = (_firsts(n) for n in (at_facility, on_lane, back_at))
    heap_first = _firsts(np.minimum(at_facility, _most_workers(problem)))
    inbound, inbound_first = _inbound(problem)
    releases = first_parcels(problem)
    release_first = np.zeros(facilities, np.int64)
    release_last = np.zeros(facilities, np.int64)
    own = problem.sources.facility >= 0
    release_first[problem.sources.facility[own]] = releases[:-1][own]
    release_last[problem.sources.facility[own]] = releases[1:][own]
    released = release(problem)
    departures = len(problem.departures.tick)
    state = State(
        dwell=problem.facilities.dwell,
        next_lane=problem.next_lane,
        lane_origin=problem.lanes.origin,
        lane_destination=problem.lanes.destination,
        doors_close=problem.lanes.doors_close,
        departs=problem.departures.tick,
        departure_lane=problem.departures.lane,
        arrives=problem.departures.arrives,
        capacity=problem.departures.capacity,
        station=problem.parcels.station,
        work_ticks=problem.parcels.work,
        released=released,
        lost_step=lost_steps(problem),
        workers=np.zeros(facilities, np.int64),
        since=np.zeros(facilities, np.int64),
        queue_first=queue_first[:-1],
        queue=np.empty(queue_first[-1], np.int32),
        queue_arrival=np.empty(queue_first[-1], dtype),
        queue_work=np.empty(queue_first[-1], dtype),
        queue_lane=np.empty(queue_first[-1], np.int32),
        joined=queue_first[:-1].copy(),
        started=queue_first[:-1].copy(),
        heap_first=heap_first[:-1],
        heap=np.empty(heap_first[-1], np.int64),
        in_hand=np.zeros(facilities, np.int64),
        next_release=release_first,
        last_release=release_last,
        inbound=inbound,
        next_inbound=inbound_first[:-1].copy(),
        last_inbound=inbound_first[1:],
        bay_first=bay_first[:-1],
        bay=np.empty(bay_first[-1], np.int32),
        bay_ready=np.empty(bay_first[-1], dtype),
        filled=bay_first[:-1].copy(),
        taken=bay_first[:-1].copy(),
        back_first=back_first[:-1],
        back=np.empty(back_first[-1], np.int32),
        back_tick=np.empty(back_first[-1], dtype),
        returned=back_first[:-1].copy(),
        retaken=back_first[:-1].copy(),
        cargo=np.empty(parcels + back_first[-1], np.int32),
        aboard=np.zeros(1, np.int64),
        slice_first=np.zeros(departures, np.int64),
        load=np.zeros(departures, np.int32),
        left_behind=np.zeros(departures, np.int32),
        visit=np.zeros(parcels, np.int8),
        ready=np.full((parcels, visits), NOT_YET, dtype),
        departure=np.full((parcels, visits), NOT_YET, np.int32),
    )
    collect(problem, state)
    return state


def _passing(problem: Problem) -> tuple[Array, Array, Array]:
    """Count the parcels whose way has each facility, each lane; and come-backs by round."""
    facilities, lanes = len(problem.facilities.ids), len(problem.lanes.ids)
    parcels = problem.parcels
    first = problem.sources.facility.astype(np.int64)
    seller = first < 0
    pickup = problem.sources.pickup_lane[seller]
    on_lane = np.zeros(lanes, np.int64)
    at_pickup = np.bincount(parcels.source, minlength=len(first))[seller]
    np.add.at(on_lane, pickup, at_pickup)
    first[seller] = problem.lanes.destination[pickup]
    pairs = np.bincount(first[parcels.source] * facilities + parcels.station)
    ways = np.flatnonzero(pairs)
    count = pairs[ways]
    at, station = ways // facilities, ways % facilities
    at_facility = np.zeros(facilities, np.int64)
    while len(at):
        np.add.at(at_facility, at, count)
        lane = problem.next_lane[at, station]
        np.add.at(on_lane, lane, count)
        at = problem.lanes.destination[lane].astype(np.int64)
        more = at >= 0
        at, station, count = at[more], station[more], count[more]
    again = np.minimum(parcels.failures, 2)
    back_at_station = np.bincount(parcels.station, weights=again, minlength=facilities)
    back = np.zeros(lanes, np.int64)
    stations = np.flatnonzero(back_at_station)
    back[problem.next_lane[stations, stations]] = back_at_station[stations]
    return at_facility, on_lane, back


def _firsts(counts: Array) -> Array:
    """Return where each slice starts, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _most_workers(problem: Problem) -> Array:
    most = np.zeros(len(problem.facilities.ids), np.int64)
    np.maximum.at(most, problem.staffing.facility, problem.staffing.workers)
    return most


def _inbound(problem: Problem) -> tuple[Array, Array]:
    """Return the departures by destination in order of (arrival, lane, departure)."""
    lane = problem.departures.lane
    destination = problem.lanes.destination[lane]
    departures = np.arange(len(lane))
    order = np.lexsort((departures, lane, problem.departures.arrives, destination))
    order = order[destination[order] >= 0]
    facilities = np.arange(len(problem.facilities.ids) + 1)
    return order.astype(np.int32), np.searchsorted(destination[order], facilities)
