"""What happens at the doors: stops in route order, failed attempts that come back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.batch.kernel import State, send_out
from logistics.simulation.batch.under_way import Progress
from logistics.simulation.problem import Problem
from logistics.vocabulary import MAX_ATTEMPTS, NOT_YET, Status

Array = NDArray[Any]

_PARCEL_BITS = 31
_STOP_BITS = 20
_WAVES_AT_ONCE = 1 << (63 - _PARCEL_BITS - _STOP_BITS)


class Doors:
    """The delivery routes of a run and what happens on them."""

    def __init__(self, problem: Problem, state: State, progress: Progress) -> None:
        """Go on from the attempts made so far."""
        self._problem = problem
        self._state = state
        parcels = len(problem.parcels.ordered)
        if problem.parcels.stop.max(initial=0) >= 1 << _STOP_BITS:
            raise ValueError(f"a stop number must be below {1 << _STOP_BITS}")
        self.attempts = progress.attempts
        self.out_for_delivery = progress.out_for_delivery
        self.status = np.zeros(parcels, np.uint8)
        self.ended = np.full(parcels, NOT_YET, problem.parcels.ordered.dtype)

    def wave(self, first: int, end: int) -> None:
        """Send out waves first..end-1, all of one instant."""
        for start in range(first, end, _WAVES_AT_ONCE):
            self._wave(start, min(start + _WAVES_AT_ONCE, end))

    def _wave(self, first: int, end: int) -> None:
        s, problem = self._state, self._problem
        send_out(s, first, end)
        load = s.load[first:end]
        begin = s.slice_first[first]
        if not load.sum():
            return
        wave = np.repeat(np.arange(end - first), load)
        parcels = s.cargo[begin : begin + len(wave)].astype(np.int64)
        stop = problem.parcels.stop[parcels].astype(np.int64)
        keys = (wave << (_PARCEL_BITS + _STOP_BITS)) | (stop << _PARCEL_BITS) | parcels
        keys.sort()  # within each wave by (stop, parcel); the waves stay where they are
        parcels = keys & ((1 << _PARCEL_BITS) - 1)
        rank = np.arange(len(wave)) - np.repeat(np.cumsum(load) - load, load)
        departs = problem.departures.tick[first].astype(np.int64)
        lane = problem.departures.lane[first:end][wave]
        span = problem.lanes.round_ticks[lane].astype(np.int64)
        after = np.maximum(1, (2 * rank + 1) * span // (2 * load.astype(np.int64)[wave]))
        self.out_for_delivery[parcels] = departs
        self._attempt(parcels, departs + after, lane, problem.departures.arrives[first:end][wave])

    def _attempt(self, parcels: Array, tick: Array, lane: Array, back_at: Array) -> None:
        problem = self._problem
        made = tick < problem.horizon
        parcels, tick, lane, back_at = parcels[made], tick[made], lane[made], back_at[made]
        attempt = self.attempts[parcels]
        self.attempts[parcels] = attempt + 1
        step = 2 * self._state.visit[parcels].astype(np.int64) + 1 + attempt
        lost = self._state.lost_step[parcels] == step
        failed = ~lost & (attempt < problem.parcels.failures[parcels])
        final = failed & (attempt == MAX_ATTEMPTS - 1)
        delivered = ~lost & ~failed
        stolen = delivered & problem.parcels.stolen[parcels]
        self.status[parcels[lost]] = Status.LOST
        self.status[parcels[final]] = Status.RETURNED
        self.status[parcels[delivered]] = Status.DELIVERED
        self.status[parcels[stolen]] = Status.STOLEN
        over = delivered | final
        self.ended[parcels[over]] = tick[over]
        again = failed & ~final
        self._come_back(parcels[again], lane[again], back_at[again])

    def _come_back(self, parcels: Array, lane: Array, back_at: Array) -> None:
        """Queue failed parcels at the couriers' return, by (wave, stop); rows are in that order."""
        if not len(parcels):
            return
        s = self._state
        lanes, begins, counts = np.unique(lane, return_index=True, return_counts=True)
        at = np.repeat(s.returned[lanes] - begins, counts) + np.arange(len(parcels))
        s.back[at] = parcels
        s.back_tick[at] = back_at
        s.returned[lanes] += counts
