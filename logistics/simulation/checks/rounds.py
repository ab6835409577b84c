"""Delivery routes: the waves' loads are the attempts made and those still out when the run ends."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.errors import BrokenRunError
from logistics.simulation.checks.ends import Ends
from logistics.simulation.checks.violation import Violation
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, Status

Array = NDArray[Any]


class Rounds:
    """The attempts of every delivery route, and the waves that are out when the run ends.

    All parcels of such a wave still name it, so their stops on the route, and with them the ticks
    of their attempts, are known.
    """

    def __init__(self, problem: Problem, columns: Columns) -> None:
        self._problem, self._columns, self._breach = problem, columns, Violation(problem)
        departures, lanes = problem.departures, problem.lanes
        self._is_wave = lanes.destination[departures.lane] < 0
        still_out = (departures.arrives >= problem.horizon) & (departures.tick < problem.horizon)
        self._still_out = np.append(self._is_wave & still_out, False)
        self._attempts = np.zeros(len(problem.facilities.ids), np.int64)
        self._parcels: list[Array] = []
        self._waves: list[Array] = []
        self._lock = Lock()  # spans are taken in by several threads

    def add(self, ends: Ends) -> None:
        """Take in a span of parcels."""
        station = self._problem.parcels.station[ends.span].astype(np.int64)
        row = np.flatnonzero(self._still_out.take(ends.wave))
        with self._lock:
            np.add.at(self._attempts, station, self._columns.attempts[ends.span].astype(np.int64))
            self._parcels.append(ends.span.start + row)
            self._waves.append(ends.wave[row])

    def settle(self) -> None:
        """Check the attempts of waves that are out, and the loads of all.

        Raises BrokenRunError.
        """
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
        tried_at = self._route(wave)
        made = tried_at < self._problem.horizon
        ended, status = columns.ended[parcel], columns.status[parcel]
        self._stop(
            (ended != NOT_YET) & (ended != tried_at),
            parcel,
            lambda row: f"it ended at tick {ended[row]}, its stop was at tick {tried_at[row]}",
        )
        self._stop(
            ~made & (status != Status.UNDER_WAY),
            parcel,
            lambda row: f"its stop was at tick {tried_at[row]}, after the end of the run",
        )
        self._stop(
            made & (columns.attempts[parcel] == 0),
            parcel,
            lambda row: f"no attempt was made at its stop, at tick {tried_at[row]}",
        )
        station = parcels.station[parcel[~made]]
        return np.bincount(station, minlength=len(self._problem.facilities.ids))

    def _route(self, wave: Array) -> Array:
        """Return the ticks of attempts of parcels sorted by (wave, stop, parcel)."""
        number = np.arange(len(wave))
        place = number - np.searchsorted(wave, wave)
        load = self._columns.load[wave].astype(np.int64)
        span = self._problem.lanes.round_ticks[self._problem.departures.lane[wave]].astype(np.int64)
        after = np.maximum(1, (2 * place + 1) * span // (2 * load))
        return np.asarray(self._problem.departures.tick[wave] + after)

    def _stop(self, bad: Array, parcel: Array, tell: Callable[[int], str]) -> None:
        if bad.any():
            row = int(np.argmax(bad))
            self._breach.of_parcel(
                int(parcel[row]), self._breach.round_of(int(parcel[row])), tell(row)
            )
