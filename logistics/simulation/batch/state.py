"""The arrays that the kernel works on, made from what is under way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.batch.kernel import NEVER, SEQUENCE_BITS, State
from logistics.simulation.batch.origins import first_parcels
from logistics.simulation.batch.paths import by_visit
from logistics.simulation.batch.under_way import Held, Progress, UnderWay, Whereabouts
from logistics.simulation.problem import Problem
from logistics.vocabulary import NOT_YET

Array = NDArray[Any]

_MANY = 1 << 20  # parcels counted at a time


def prepare(problem: Problem, under_way: UnderWay) -> State:
    """Return the state at the tick of `under_way`, whose parcels are those of the problem."""
    at_facility, on_lane, back_at = _passing(problem, under_way)
    queue_first, bay_first, back_first = (_firsts(n) for n in (at_facility, on_lane, back_at))
    most_workers = np.zeros(len(problem.facilities.ids), np.int64)
    np.maximum.at(most_workers, problem.staffing.facility, problem.staffing.workers)
    heap_first = _firsts(np.minimum(at_facility, most_workers))
    inbound, inbound_first = _inbound(problem)
    return State(
        dwell=problem.facilities.dwell,
        next_lane=problem.next_lane,
        lane_origin=problem.lanes.origin,
        lane_destination=problem.lanes.destination,
        doors_close=problem.lanes.doors_close,
        round_ticks=problem.lanes.round_ticks,
        departs=problem.departures.tick,
        departure_lane=problem.departures.lane,
        arrives=problem.departures.arrives,
        capacity=problem.departures.capacity,
        least=problem.departures.least,
        law=problem.work.law,
        length=problem.work.length,
        factors=problem.work.factors,
        most_work=problem.work.most,
        visit_loss=problem.hazards.visit_loss,
        lane_loss=problem.hazards.lane_loss,
        workers=under_way.workers.copy(),
        since=under_way.since.copy(),
        **_queue(problem, under_way.where, queue_first, heap_first),
        **_releases(problem, under_way),
        inbound=inbound,
        next_inbound=under_way.next_inbound.copy(),
        last_inbound=inbound_first[1:],
        **_bay(problem, under_way, bay_first),
        **_back(problem, under_way.where.back, back_first),
        load=under_way.load.copy(),
        left_behind=under_way.left_behind.copy(),
        **_parcels(problem, under_way.progress),
    )


def _parcels(problem: Problem, progress: Progress) -> dict[str, Array]:
    """Return what each parcel brings, and the columns that the kernel writes into."""
    parcels = problem.parcels
    return {
        "station": parcels.station,
        "work": by_visit(parcels.work),
        "stop": parcels.stop,
        "failures": parcels.failures,
        "stolen": parcels.stolen,
        **{name: column for name, column in progress._asdict().items() if name != "loss_left"},
        "loss_parcel": progress.loss_left.parcel,
        "loss_left": progress.loss_left.hazard,
        "ready": by_visit(progress.ready),
        "departure": by_visit(progress.departure),
        "ended": np.full(len(progress.visit), NOT_YET, parcels.ordered.dtype),
        "status": np.zeros(len(progress.visit), np.uint8),
    }


def _queue(
    problem: Problem, where: Whereabouts, queue_first: Array, heap_first: Array
) -> dict[str, Array]:
    """Return the queues, those who are there already at their head."""
    facility, parcel, arrival = where.queued
    size, dtype = queue_first[-1], problem.parcels.ordered.dtype
    facilities = np.arange(len(queue_first) - 1)
    count = np.bincount(facility, minlength=len(facilities))
    in_hand = where.ends != NEVER
    rank = _rank(facility)
    state = {
        "queue": np.empty(size, np.int32),
        "queue_arrival": np.empty(size, dtype),
        "heap": np.empty(heap_first[-1], np.int64),
    }
    at = queue_first[facility] + rank
    state["queue"][at], state["queue_arrival"][at] = parcel, arrival
    facility = facility[in_hand]
    pool = np.bincount(facility, minlength=len(facilities))
    keys = (where.ends[in_hand] << SEQUENCE_BITS) | rank[in_hand]
    # what is sorted is a heap
    state["heap"][heap_first[facility] + _rank(facility)] = keys[np.lexsort((keys, facility))]
    return {
        **state,
        "queue_first": queue_first[:-1],
        "started": queue_first[:-1] + pool,
        "joined": queue_first[:-1] + count,
        "heap_first": heap_first[:-1],
        "in_hand": pool,
    }


def _bay(problem: Problem, under_way: UnderWay, bay_first: Array) -> dict[str, Array]:
    """Return the bays: at their head what is on the road, then what waits."""
    waiting, aboard = under_way.where.waiting, under_way.where.aboard
    lanes = len(bay_first) - 1
    bay = np.empty(bay_first[-1], np.int32)
    bay_ready = np.empty(bay_first[-1], problem.parcels.ordered.dtype)
    slice_first = np.zeros(len(problem.departures.tick), np.int64)
    lane = problem.departures.lane[aboard.place]
    at = bay_first[lane] + _rank(lane)
    bay[at], bay_ready[at] = aboard.parcel, aboard.since
    slice_first[aboard.place[::-1]] = at[::-1]  # of each departure, its first parcel's
    taken = bay_first[:-1] + np.bincount(lane, minlength=lanes)
    at = taken[waiting.place] + _rank(waiting.place)
    bay[at], bay_ready[at] = waiting.parcel, waiting.since
    return {
        "bay": bay,
        "bay_ready": bay_ready,
        "taken": taken,
        "filled": taken + np.bincount(waiting.place, minlength=lanes),
        "slice_first": slice_first,
    }


def _back(problem: Problem, back: Held, back_first: Array) -> dict[str, Array]:
    """Return the pools of come-backs."""
    parcels, size = np.empty(back_first[-1], np.int32), back_first[-1]
    tick = np.empty(size, problem.parcels.ordered.dtype)
    at = back_first[back.place] + _rank(back.place)
    parcels[at], tick[at] = back.parcel, back.since
    return {
        "back": parcels,
        "back_tick": tick,
        "retaken": back_first[:-1],
        "returned": back_first[:-1] + np.bincount(back.place, minlength=len(back_first) - 1),
    }


def _rank(group: Array) -> Array:
    """Return each row's place within its group; rows of a group follow one another."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    return np.arange(len(group)) - np.repeat(starts, np.diff(starts, append=len(group)))


def _releases(problem: Problem, under_way: UnderWay) -> dict[str, Array]:
    """Return, by facility, the first parcel of its own still to be released, and their end."""
    facility = problem.sources.facility
    first, own = first_parcels(problem), facility >= 0
    progress = under_way.progress
    gone = np.zeros(len(progress.released), np.bool_)
    gone[under_way.where.parcels()] = True
    gone_of_source = np.bincount(problem.parcels.source[gone], minlength=len(facility))
    next_release = np.zeros(len(problem.facilities.ids), np.int64)
    last_release = next_release.copy()
    # the oldest orders of a source were released first
    next_release[facility[own]] = (first[:-1] + gone_of_source)[own]
    last_release[facility[own]] = first[1:][own]
    return {"next_release": next_release, "last_release": last_release}


def _passing(problem: Problem, under_way: UnderWay) -> tuple[Array, Array, Array]:
    """Count the parcels that each facility's queue and each lane's bay must hold, and come-backs.

    Those that are there now, and those whose way still leads there.
    """
    facilities = len(problem.facilities.ids)
    pairs, on_lane = _pairs(problem, under_way)
    routes = np.flatnonzero(pairs)
    count = pairs[routes]
    at, station = routes // facilities, routes % facilities
    at_facility = np.zeros(facilities, np.int64)
    while len(at):
        np.add.at(at_facility, at, count)
        lane = problem.next_lane[at, station]
        np.add.at(on_lane, lane, count)
        at = problem.lanes.destination[lane].astype(np.int64)
        more = at >= 0
        at, station, count = at[more], station[more], count[more]
    return at_facility, on_lane, _come_backs(problem, under_way)


def _pairs(problem: Problem, under_way: UnderWay) -> tuple[Array, Array]:
    """Count the parcels by the facility whose queue they are in or join next, and station.

    As facility * facilities + station; and those in a bay, on a truck or at a seller by lane.
    """
    facilities, lanes = len(problem.facilities.ids), len(problem.lanes.ids)
    sources, destination = problem.sources, problem.lanes.destination
    source_at = np.where(sources.facility < 0, destination[sources.pickup_lane], sources.facility)
    source_lane = np.where(sources.facility < 0, sources.pickup_lane, lanes)
    queued, waiting, aboard, *_ = under_way.where
    gone = np.zeros(len(problem.parcels.source), np.bool_)
    gone[under_way.where.parcels()] = True
    pairs, on_lane = np.zeros(facilities * facilities, np.int64), np.zeros(lanes + 1, np.int64)

    def count(at: Array, lane: Array, station: Array) -> None:
        nonlocal pairs, on_lane
        on_lane += np.bincount(lane, minlength=lanes + 1)
        ahead = at >= 0
        pair = at[ahead].astype(np.int64) * facilities + station[ahead]
        pairs += np.bincount(pair, minlength=len(pairs))

    for start in range(0, len(gone), _MANY):
        rows = start + np.flatnonzero(~gone[start : start + _MANY])
        source = problem.parcels.source[rows]
        count(source_at[source], source_lane[source], problem.parcels.station[rows])
    station = problem.parcels.station
    count(queued.place, np.full(len(queued.parcel), lanes), station[queued.parcel])
    for lane, parcel in (
        (waiting.place, waiting.parcel),
        (problem.departures.lane[aboard.place], aboard.parcel),
    ):
        count(destination[lane], lane, station[parcel])
    return pairs, on_lane[:-1]


def _come_backs(problem: Problem, under_way: UnderWay) -> Array:
    """Return by round how many parcels are back now or may still come back."""
    parcels, facilities = problem.parcels, len(problem.facilities.ids)
    failures, attempts = np.minimum(parcels.failures, 2), under_way.progress.attempts
    rows = np.flatnonzero(failures > attempts)
    station = np.concatenate(
        [
            np.repeat(parcels.station[rows], failures[rows] - attempts[rows]),
            parcels.station[under_way.where.back.parcel],
        ]
    )
    at_station = np.bincount(station, minlength=facilities)
    back = np.zeros(len(problem.lanes.ids), np.int64)
    stations = np.flatnonzero(at_station)
    back[problem.next_lane[stations, stations]] = at_station[stations]
    return back


def _firsts(counts: Array) -> Array:
    """Return where each slice starts, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _inbound(problem: Problem) -> tuple[Array, Array]:
    """Return the departures by destination in order of (arrival, lane, departure)."""
    lane = problem.departures.lane
    destination = problem.lanes.destination[lane]
    departures = np.arange(len(lane))
    order = np.lexsort((departures, lane, problem.departures.arrives, destination))
    order = order[destination[order] >= 0]
    facilities = np.arange(len(problem.facilities.ids) + 1)
    return order.astype(np.int32), np.searchsorted(destination[order], facilities)
