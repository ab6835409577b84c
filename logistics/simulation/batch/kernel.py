"""The compiled heart: queues with workers, and boarding. A few pure functions over arrays.

Facility `f` keeps its parcels in first-come order in one slice of `queue`; those whose work is
over move, in order of completion, to the slice of `bay` that belongs to their next lane. A
departure is then a slice of that bay: (lane, from, to). Every slice is as long as the number of
parcels that will ever pass, so nothing grows, and nothing is copied twice.

A facility is only advanced to the instant somebody looks, and never further. The same functions
run uncompiled with NUMBA_DISABLE_JIT=1.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit
from numba.core import config
from numba.core.caching import FunctionCache
from numpy.typing import NDArray

from logistics.runtime.compile_cache import use_temporary_cache
from logistics.vocabulary import NEVER_HERE

Array = NDArray[Any]
Int = int | np.integer[Any]
F = TypeVar("F", bound=Callable[..., Any])

SEQUENCE_BITS = 31
_SEQUENCE = (1 << SEQUENCE_BITS) - 1
AT_RISK = NEVER_HERE - 1
"""The lost step of a parcel that can be lost, as long as it is not."""
NEVER = np.iinfo(np.int64).max


def compiled(function: F, **options: Any) -> F:
    """Compile with Numba, once per machine; it runs without Python's lock."""
    made = njit(nogil=True, **options)(function)
    if hasattr(made, "enable_caching"):  # not with NUMBA_DISABLE_JIT
        try:
            made._cache = _Cache(function)  # type: ignore[no-untyped-call]
        except RuntimeError:  # there is no folder for it
            if use_temporary_cache():
                config.reload_config()  # type: ignore[no-untyped-call]
                made._cache = _Cache(function)  # type: ignore[no-untyped-call]
    return cast(F, made)


def inlined(function: F) -> F:
    """Compile into the caller: passing the whole `State` on would cost more than the work."""
    return compiled(function, inline="always")


class _Cache(FunctionCache):
    """Numba's own, for which a full disk is no reason to stop: it compiles again next time."""

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]


class State(NamedTuple):
    """What the engine knows at an instant: arrays over facilities, lanes, departures, parcels.

    Per facility: `workers` on duty and `since` when; `queue[queue_first[f]:joined[f]]` are the
    parcels in first-come order, with their arrival, of which those up to `started[f]` have
    started; jobs in progress are a heap of keys (completion << 31 | position in the queue);
    releases and inbound trucks not yet joined start at `next_release[f]`, `next_inbound[f]`.
    Per lane: a slice of `bay` with `bay_ready`; `bay[taken[l]:filled[l]]` wait, those before left.
    Per delivery route: a slice of parcels that came back; `back[retaken[l]:returned[l]]` wait.
    Per parcel: the `visit` it is at, and its columns, as in `Columns`; `loss_left[i]` is the hazard
    of loss that parcel `loss_parcel[i]` can still take. A departure touches no
    parcel: `ready` and `departure` are written when the parcel arrives, and for what never arrived,
    by `note_the_rest`. What there is for each parcel and visit lies visit by visit, see `cell`.
    """

    # the problem
    dwell: Array
    next_lane: Array
    lane_origin: Array
    lane_destination: Array
    doors_close: Array
    round_ticks: Array
    departs: Array
    departure_lane: Array
    arrives: Array
    capacity: Array
    least: Array
    law: Array
    length: Array
    factors: Array
    most_work: int
    visit_loss: Array
    lane_loss: Array
    station: Array
    work: Array
    stop: Array
    failures: Array
    stolen: Array
    released: Array
    # facilities
    workers: Array
    since: Array
    queue_first: Array
    queue: Array
    queue_arrival: Array
    joined: Array
    started: Array
    heap_first: Array
    heap: Array
    in_hand: Array
    next_release: Array
    last_release: Array
    inbound: Array
    next_inbound: Array
    last_inbound: Array
    # lanes and delivery routes
    bay: Array
    bay_ready: Array
    filled: Array
    taken: Array
    back: Array
    back_tick: Array
    returned: Array
    retaken: Array
    # departures
    slice_first: Array
    load: Array
    left_behind: Array
    # parcels
    loss_parcel: Array
    loss_left: Array
    lost_step: Array
    visit: Array
    ready: Array
    departure: Array
    attempts: Array
    out_for_delivery: Array
    ended: Array
    status: Array


@inlined
def cell(s: State, p: int, visit: int) -> int:
    """Return where a parcel's visit lies in the arrays over parcels and visits."""
    return int(visit) * len(s.visit) + int(p)


@compiled
def push(heap: Array, first: int, size: int, key: int) -> None:
    """Add a key to the heap that occupies heap[first:first + size]."""
    at = size
    while at > 0:
        parent = (at - 1) >> 1
        if heap[first + parent] <= key:
            break
        heap[first + at] = heap[first + parent]
        at = parent
    heap[first + at] = key


@compiled
def pop(heap: Array, first: int, size: int) -> int:
    """Take the smallest key from the heap that occupies heap[first:first + size]."""
    smallest = heap[first]
    size -= 1
    key = heap[first + size]
    at = 0
    child = 1
    while child < size:
        if child + 1 < size and heap[first + child + 1] < heap[first + child]:
            child += 1
        if key <= heap[first + child]:
            break
        heap[first + at] = heap[first + child]
        at = child
        child = 2 * at + 1
    heap[first + at] = key
    return int(smallest)


@compiled
def whole_ticks(work: float, most: int) -> int:
    """Return work in whole ticks: from 1 to `most`, or 0 where there is none."""
    return min(most, max(1, int(np.rint(work)))) if work > 0 else 0


@inlined
def row_of(parcels: Array, p: int) -> int:
    """Return the row of parcel `p`, one of the sorted `parcels`."""
    low, high = 0, len(parcels)
    while low < high:
        middle = (low + high) >> 1
        if parcels[middle] < p:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def join(s: State, f: Int, until: Int) -> None:
    """Queue what is released or arrives at facility f up to and including tick `until`.

    At one instant releases come before trucks; `inbound` is sorted by (arrival, departure lane,
    departure).
    """
    end = s.joined[f]
    release, inbound = s.next_release[f], s.next_inbound[f]
    last_release, last_inbound = s.last_release[f], s.last_inbound[f]
    while True:
        released = s.released[release] if release < last_release else NEVER
        arrives = s.arrives[s.inbound[inbound]] if inbound < last_inbound else NEVER
        if min(released, arrives) > until:
            break
        if released <= arrives:
            s.queue[end] = release
            s.queue_arrival[end] = released
            end += 1
            release += 1
        else:
            d = s.inbound[inbound]
            for at in range(s.slice_first[d], s.slice_first[d] + s.load[d]):
                p = s.bay[at]
                v = s.visit[p]
                s.ready[cell(s, p, v)] = s.bay_ready[at]
                s.departure[cell(s, p, v)] = d
                if s.lost_step[p] == AT_RISK:
                    row = row_of(s.loss_parcel, p)
                    s.loss_left[row] -= s.lane_loss[s.departure_lane[d]]
                    if s.loss_left[row] < 0:
                        s.lost_step[p] = 2 * v + 1
                if s.lost_step[p] != 2 * v + 1:
                    s.visit[p] = v + 1
                    s.queue[end] = p
                    s.queue_arrival[end] = arrives
                    end += 1
            inbound += 1
    s.joined[f] = end
    s.next_release[f], s.next_inbound[f] = release, inbound


@inlined
def finish(s: State, f: Int, size: int) -> int:
    """Complete the job in progress that ends first: its parcel is ready after the dwell."""
    key = pop(s.heap, s.heap_first[f], size)
    completion = key >> SEQUENCE_BITS
    p = s.queue[s.queue_first[f] + (key & _SEQUENCE)]
    ready = completion + s.dwell[f]
    if s.lost_step[p] == AT_RISK:
        row = row_of(s.loss_parcel, p)
        s.loss_left[row] -= s.visit_loss[f]
        if s.loss_left[row] < 0:
            s.lost_step[p] = 2 * s.visit[p]
    if s.lost_step[p] == 2 * s.visit[p]:
        s.ready[cell(s, p, s.visit[p])] = ready
    else:
        lane = s.next_lane[f, s.station[p]]
        at = s.filled[lane]
        s.bay[at] = p
        s.bay_ready[at] = ready
        s.filled[lane] = at + 1
    return completion


@compiled
def advance(s: State, f: Int, until: Int) -> None:
    """Bring facility f to the end of tick `until`: joins, starts and completions.

    Callers pass `np.int64`, or Numba would compile it once for each width of number.
    """
    join(s, f, until)
    first, heap_first = s.queue_first[f], s.heap_first[f]
    workers, since, size = s.workers[f], s.since[f], s.in_hand[f]
    at, joined = s.started[f], s.joined[f]
    while at < joined:
        start = max(s.queue_arrival[at], since)
        while size > 0 and s.heap[heap_first] >> SEQUENCE_BITS <= start:
            finish(s, f, size)
            size -= 1
        while size > 0 and size >= workers and s.heap[heap_first] >> SEQUENCE_BITS <= until:
            start = finish(s, f, size)
            size -= 1
        if size >= workers:
            break
        p = s.queue[at]
        work = s.length[f] * s.factors[s.law[f], s.work[cell(s, p, s.visit[p])]]
        end = np.int64(start) + whole_ticks(work, s.most_work)
        push(s.heap, heap_first, size, (end << SEQUENCE_BITS) | (at - first))
        size += 1
        at += 1
    while size > 0 and s.heap[heap_first] >> SEQUENCE_BITS <= until:
        finish(s, f, size)
        size -= 1
    s.started[f], s.in_hand[f] = at, size


@compiled
def advance_all(s: State, facilities: Array, until: Int) -> None:
    """Bring some facilities to the end of tick `until`."""
    for f in facilities:
        advance(s, np.int64(f), np.int64(until))


@compiled
def set_workers(s: State, tick: int, facility: Array, workers: Array) -> None:
    """Change how many work at some facilities from `tick` on; jobs in progress are finished."""
    for row in range(len(facility)):
        f = facility[row]
        advance(s, np.int64(f), np.int64(tick - 1))
        s.workers[f] = workers[row]
        s.since[f] = tick


@compiled
def in_time(ready: Array, first: int, end: int, deadline: int) -> int:
    """Return how many of the sorted ready ticks ready[first:end] are at most `deadline`."""
    low, high = first, end
    while low < high:
        middle = (low + high) >> 1
        if ready[middle] <= deadline:
            low = middle + 1
        else:
            high = middle
    return int(low - first)


@inlined
def deadline_of(s: State, lane: int, tick: int) -> int:
    """Return the last ready tick that boards a departure: a door that closes early is strict."""
    doors = s.doors_close[lane]
    return int(tick if doors == 0 else tick - doors - 1)


@compiled
def depart(s: State, departures: Array) -> None:
    """Load departures, in order of (tick, lane), with their oldest parcels in time.

    Each looks at its facility as it leaves; what arrives there in time has left before it.
    """
    for d in departures:
        lane, tick = s.departure_lane[d], s.departs[d]
        f = s.lane_origin[lane]
        if f < 0:
            continue  # a pickup: its cargo is known before the clock starts
        advance(s, np.int64(f), np.int64(tick))
        begin = s.taken[lane]
        waiting = in_time(s.bay_ready, begin, s.filled[lane], deadline_of(s, lane, tick))
        load = min(waiting, s.capacity[d])
        s.left_behind[d] = waiting - load
        if s.least[d] > 0:
            load -= load % s.least[d]
        s.slice_first[d] = begin
        s.load[d] = load
        s.taken[lane] = begin + load


@compiled
def note_the_rest(s: State, horizon: int) -> None:
    """Note where the parcels are that did not arrive, or did not leave, before the horizon."""
    for d in range(len(s.departs)):
        lane = s.departure_lane[d]
        if s.departs[d] < horizon <= s.arrives[d] and s.lane_destination[lane] >= 0:
            for at in range(s.slice_first[d], s.slice_first[d] + s.load[d]):
                p = s.bay[at]
                s.ready[cell(s, p, s.visit[p])] = s.bay_ready[at]
                s.departure[cell(s, p, s.visit[p])] = d
    for lane in range(len(s.taken)):
        for at in range(s.taken[lane], s.filled[lane]):
            p = s.bay[at]
            s.ready[cell(s, p, s.visit[p])] = s.bay_ready[at]
