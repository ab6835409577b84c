"""Delivery routes: the waves' loads are the attempts made and those still out when the run ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from logistics.errors import BrokenRunError
from logistics.simulation.checks.check import Check
from logistics.simulation.checks.ends import Ends
from logistics.simulation.problem import Problem
from logistics.vocabulary import NOT_YET, Array, Status


class _Stops(NamedTuple):
    """Parcels by the wave that they name last: who they are, and what the columns say of them."""

    wave: Array
    stop: Array
    source: Array
    order: Array
    parcel: Array
    station: Array
    ended: Array
    status: Array
    attempts: Array


class Rounds(Check):
    """The attempts of every delivery route, and the waves that are out when the run ends.

    All parcels of such a wave still name it, so their stops on the route, and with them the ticks
    of their attempts, are known. No wave is out at a cut at which a run may end early.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        departures, lanes = problem.departures, problem.lanes
        self._is_wave = lanes.destination[departures.lane] < 0
        still_out = (departures.arrives >= problem.horizon) & (departures.tick < problem.horizon)
        self._still_out = np.append(self._is_wave & still_out, False)
        self._attempts = np.zeros(len(problem.facilities.ids), np.int64)
        self._stops: list[_Stops] = []

    def add(self, ends: Ends) -> None:
        """Take in a span of parcels."""
        parcels, columns, span = self._problem.parcels, self._columns, ends.span
        station = parcels.station[span].astype(np.int64)
        row = np.flatnonzero(self._still_out.take(ends.wave))
        at = span.start + row
        of_parcels = (parcels.stop[at], parcels.source[at], parcels.order[at], at)
        of_columns = (columns.ended[at], columns.status[at], columns.attempts[at])
        with self._lock:
            np.add.at(self._attempts, station, columns.attempts[span].astype(np.int64))
            self._stops.append(_Stops(ends.wave[row], *of_parcels, station[row], *of_columns))

    def settle(self) -> None:
        """Check the attempts of waves that are out, and the loads of all."""
        not_made = self._check_still_out()
        departures, lanes = self._problem.departures, self._problem.lanes
        loads = np.zeros(len(lanes.ids), np.int64)
        loads_of_waves = self._columns.load[self._is_wave].astype(np.int64)
        np.add.at(loads, departures.lane[self._is_wave], loads_of_waves)
        stations = np.flatnonzero(self._attempts + not_made)
        tried = np.zeros(len(lanes.ids), np.int64)
        own = self._problem.next_lane[stations, stations]
        np.add.at(tried, own, (self._attempts + not_made)[stations])
        wrong = np.flatnonzero(loads != tried)
        if len(wrong):
            lane = int(wrong[0])
            raise BrokenRunError(
                lanes.ids[lane],
                f"its waves took {loads[lane]} parcels, which made {tried[lane]} attempts or are"
                " still to make them",
            )

    def _check_still_out(self) -> Array:
        """Check who has been tried; return (facilities,) how many have not, by station."""
        stops = _Stops(*map(np.concatenate, zip(*self._stops, strict=True)))
        order = np.lexsort((stops.order, stops.source, stops.stop, stops.wave))
        stops = _Stops(*(column[order] for column in stops))
        tried_at = self._attempted(stops.wave)
        stops = _told_apart(stops, tried_at)
        ended = stops.ended
        made = tried_at < self._problem.horizon
        for bad, text in (
            (
                (ended != NOT_YET) & (ended != tried_at),
                "it ended {ended:tick}, its stop was {tried:tick}",
            ),
            (
                ~made & (stops.status != Status.UNDER_WAY),
                "its stop was {tried:tick}, after the end of the run",
            ),
            (
                made & (stops.attempts == 0),
                "no attempt was made at its stop, {tried:tick}",
            ),
        ):
            if bad.any():
                row = int(np.argmax(bad))
                lane = self._problem.next_lane[stops.station[row], stops.station[row]]
                told = self._told(text, row, {"ended": ended, "tried": tried_at})
                who = int(stops.parcel[row]), int(stops.order[row])
                raise BrokenRunError(self._problem.lanes.ids[lane], told, *who)
        return np.bincount(stops.station[~made], minlength=len(self._problem.facilities.ids))

    def _attempted(self, wave: Array) -> Array:
        """Return the ticks of attempts of parcels sorted by (wave, stop, source, order)."""
        number = np.arange(len(wave))
        place = number - np.searchsorted(wave, wave)
        load = self._columns.load[wave].astype(np.int64)
        span = self._problem.lanes.round_ticks[self._problem.departures.lane[wave]].astype(np.int64)
        after = np.maximum(1, (2 * place + 1) * span // (2 * load))
        return np.asarray(self._problem.departures.tick[wave] + after)


def _told_apart(stops: _Stops, tried_at: Array) -> _Stops:
    """Return sorted stops with parcels of one order at one stop in a turn that fits what they say.

    Time slices do not hand them over in the order of their numbers, which is that of their turns.
    """
    of_order = np.stack([stops.wave, stops.stop, stops.source, stops.order])
    begins = np.flatnonzero((np.diff(of_order, prepend=-1) != 0).any(axis=0))
    sizes = np.diff(begins, append=len(stops.wave))
    turn = np.arange(len(stops.wave))
    for begin, size in zip(begins[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        rows = list(range(begin, begin + size))
        rows.sort(key=lambda row: stops.attempts[row] == 0)
        for at in range(begin, begin + size):
            ended_then = [row for row in rows if stops.ended[row] == tried_at[at]]
            others = [row for row in rows if stops.ended[row] == NOT_YET]
            turn[at] = (ended_then or others or rows)[0]
            rows.remove(int(turn[at]))
    return _Stops(*(column[turn] for column in stops))
