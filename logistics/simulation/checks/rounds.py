"""Delivery routes: the waves' loads are the attempts made and those still out when the run ends."""

from __future__ import annotations

import numpy as np

from logistics.errors import BrokenRunError
from logistics.simulation.checks.check import Check
from logistics.simulation.checks.ends import Ends
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, Array, Status


class Rounds(Check):
    """The attempts of every delivery route, and the waves that are out when the run ends.

    All parcels of such a wave still name it, so their stops on the route, and with them the ticks
    of their attempts, are known.
    """

    def __init__(self, problem: Problem, columns: Columns) -> None:
        super().__init__(problem, columns)
        departures, lanes = problem.departures, problem.lanes
        self._is_wave = lanes.destination[departures.lane] < 0
        still_out = (departures.arrives >= problem.horizon) & (departures.tick < problem.horizon)
        self._still_out = np.append(self._is_wave & still_out, False)
        self._attempts = np.zeros(len(problem.facilities.ids), np.int64)
        self._parcels: list[Array] = []
        self._waves: list[Array] = []

    def add(self, ends: Ends) -> None:
        """Take in a span of parcels."""
        station = self._problem.parcels.station[ends.span].astype(np.int64)
        row = np.flatnonzero(self._still_out.take(ends.wave))
        with self._lock:
            np.add.at(self._attempts, station, self._columns.attempts[ends.span].astype(np.int64))
            self._parcels.append(ends.span.start + row)
            self._waves.append(ends.wave[row])

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
        columns, parcels = self._columns, self._problem.parcels
        parcel, wave = np.concatenate(self._parcels), np.concatenate(self._waves)
        order = np.lexsort((parcel, parcels.stop[parcel], wave))
        parcel, wave = parcel[order], wave[order]
        tried_at = self._attempted(wave)
        made = tried_at < self._problem.horizon
        ended, status = columns.ended[parcel], columns.status[parcel]
        for bad, text in (
            (
                (ended != NOT_YET) & (ended != tried_at),
                "it ended {ended:tick}, its stop was {tried:tick}",
            ),
            (
                ~made & (status != Status.UNDER_WAY),
                "its stop was {tried:tick}, after the end of the run",
            ),
            (
                made & (columns.attempts[parcel] == 0),
                "no attempt was made at its stop, {tried:tick}",
            ),
        ):
            self._stop(bad, parcel, self._round_of, text, ended=ended, tried=tried_at)
        station = parcels.station[parcel[~made]]
        return np.bincount(station, minlength=len(self._problem.facilities.ids))

    def _attempted(self, wave: Array) -> Array:
        """Return the ticks of attempts of parcels sorted by (wave, stop, parcel)."""
        number = np.arange(len(wave))
        place = number - np.searchsorted(wave, wave)
        load = self._columns.load[wave].astype(np.int64)
        span = self._problem.lanes.round_ticks[self._problem.departures.lane[wave]].astype(np.int64)
        after = np.maximum(1, (2 * place + 1) * span // (2 * load))
        return np.asarray(self._problem.departures.tick[wave] + after)
