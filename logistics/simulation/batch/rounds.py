"""The compiled delivery routes: waves load, stop in route order, and bring failed parcels back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.batch.kernel import (
    AT_RISK,
    Int,
    State,
    advance,
    cell,
    compiled,
    deadline_of,
    in_time,
    row_of,
)
from logistics.vocabulary import MAX_ATTEMPTS, Status

Array = NDArray[Any]

_PARCEL_BITS = 31
_STOP_BITS = 20
_PARCEL = (1 << _PARCEL_BITS) - 1
_DIGIT_BITS = 11
_DIGIT = (1 << _DIGIT_BITS) - 1
_FEW = 256
_LOST, _RETURNED = int(Status.LOST), int(Status.RETURNED)
_DELIVERED, _STOLEN = int(Status.DELIVERED), int(Status.STOLEN)


@compiled
def go_round(s: State, waves: Array, horizon: Int) -> None:
    """Send out waves, all of one instant, and make their attempts before the horizon.

    A stop is in the middle of its share of the round, so that a wave of one is not late. Failed
    parcels are back at the couriers' return.
    """
    for d in waves:
        stops = in_route_order(load_wave(s, d))
        lane, load = s.departure_lane[d], len(stops)
        departs, span = int(s.departs[d]), int(s.round_ticks[lane])
        for place in range(load):
            p = stops[place] & _PARCEL
            s.out_for_delivery[p] = departs
            tick = departs + max(1, (2 * place + 1) * span // (2 * load))
            if tick < horizon and attempt(s, p, tick, s.lane_loss[lane]):
                s.back[s.returned[lane]] = p
                s.back_tick[s.returned[lane]] = s.arrives[d]
                s.returned[lane] += 1


@compiled
def load_wave(s: State, d: Int) -> Array:
    """Load a wave from the pool, and return all aboard, each as (stop, parcel) in one number.

    New parcels and come-backs are each in order of their ready tick; at one tick new parcels go
    before come-backs.
    """
    lane, tick = s.departure_lane[d], s.departs[d]
    advance(s, np.int64(s.lane_origin[lane]), np.int64(tick))
    deadline = deadline_of(s, lane, tick)
    new, back = s.taken[lane], s.retaken[lane]
    last_new = new + in_time(s.bay_ready, new, s.filled[lane], deadline)
    last_back = back + in_time(s.back_tick, back, s.returned[lane], deadline)
    waiting = last_new - new + last_back - back
    load = min(waiting, s.capacity[d])
    stops = np.empty(load, np.int64)
    for at in range(load):
        if back == last_back or (new < last_new and s.bay_ready[new] <= s.back_tick[back]):
            p = s.bay[new]
            s.ready[cell(s, p, s.visit[p])] = s.bay_ready[new]
            new += 1
        else:
            p = s.back[back]
            back += 1
        s.departure[cell(s, p, s.visit[p])] = d
        stops[at] = np.int64(s.stop[p]) << _PARCEL_BITS | np.int64(p)
    s.taken[lane], s.retaken[lane] = new, back
    s.load[d] = load
    s.left_behind[d] = waiting - load
    return stops


@compiled
def in_route_order(stops: Array) -> Array:
    """Return (stop, parcel) numbers sorted: digit by digit, as `sort` is slow on many of them."""
    if len(stops) < _FEW:
        stops.sort()
        return stops
    other, begins = np.empty_like(stops), np.empty(_DIGIT + 1, np.int64)
    for low in range(0, _PARCEL_BITS + _STOP_BITS, _DIGIT_BITS):
        begins[:] = 0
        for number in stops:
            begins[(number >> low) & _DIGIT] += 1
        begin = 0
        for digit in range(_DIGIT + 1):
            count = begins[digit]
            begins[digit] = begin
            begin += count
        for number in stops:
            digit = (number >> low) & _DIGIT
            other[begins[digit]] = number
            begins[digit] += 1
        stops, other = other, stops
    return stops


@compiled
def attempt(s: State, p: int, tick: int, hazard: int) -> bool:
    """Attempt to deliver a parcel; tell whether it comes back for another attempt."""
    made = s.attempts[p]
    s.attempts[p] = made + 1
    step = 2 * s.visit[p] + 1 + made
    if s.lost_step[p] == AT_RISK:
        row = row_of(s.loss_parcel, p)
        s.loss_left[row] -= hazard
        if s.loss_left[row] < 0:
            s.lost_step[p] = step
    if s.lost_step[p] == step:
        s.status[p] = _LOST
        return False
    if made >= s.failures[p]:
        s.status[p] = _STOLEN if s.stolen[p] else _DELIVERED
    elif made == MAX_ATTEMPTS - 1:
        s.status[p] = _RETURNED
    else:
        return True
    s.ended[p] = tick
    return False
