"""Stopping a run: which parcel, where, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from logistics.errors import BrokenRunError
from logistics.simulation.problem import Problem
from logistics.vocabulary import NOT_YET

Array = NDArray[Any]


class Violation:
    """Names parcels and places, and raises `BrokenRunError`."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def of_parcels(
        self, bad: Array, parcels: Array | range, place: str | Array, tell: Callable[[int], str]
    ) -> None:
        """Stop at the first row of `bad` that is true.

        `parcels`: parcel number by row. `place`: where, in words, or place number by row (see
        `place`). `tell(row)`: what is wrong.
        """
        if not bad.any():
            return
        row = int(np.argmax(bad))
        parcel = int(parcels[row])
        self.of_parcel(parcel, place if isinstance(place, str) else int(place[row]), tell(row))

    def of_parcel(self, parcel: int, place: str | int, problem: str) -> NoReturn:
        """Stop at a parcel; `place` in words or by number."""
        where = place if isinstance(place, str) else self.place(place, parcel)
        order = int(self._problem.parcels.order[parcel])
        raise BrokenRunError(where, problem, parcel, order)

    def of_departures(self, bad: Array, tell: Callable[[int], str]) -> None:
        """Stop at the first departure for which `bad` is true."""
        if bad.any():
            row = int(np.argmax(bad))
            self.of_departure(row, tell(row))

    def of_departure(self, departure: int, problem: str) -> NoReturn:
        """Stop at a departure."""
        raise BrokenRunError(self.departure(departure), problem)

    def place(self, facility: int, parcel: int) -> str:
        """Return the id of a facility; the number of facilities stands for the parcel's seller."""
        ids = self._problem.facilities.ids
        if 0 <= facility < len(ids):
            return ids[facility]
        return f"seller {self._problem.parcels.source[parcel]}"

    def round_of(self, parcel: int) -> str:
        """Return the id of the round that brings a parcel to its door."""
        station = self._problem.parcels.station[parcel]
        return str(self._problem.lanes.ids[self._problem.next_lane[station, station]])

    def departure(self, number: int) -> str:
        """Return which departure a number is."""
        departures = self._problem.departures
        lane = self._problem.lanes.ids[departures.lane[number]]
        return f"{lane}, departure {number} at tick {departures.tick[number]}"


def tick(value: int | np.integer[Any]) -> str:
    """Return a tick in words."""
    return "never" if value == NOT_YET else f"at tick {value}"
