"""The common part of all checks: what they read, and how they stop a run."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter
from threading import Lock
from typing import Any, NoReturn

import numpy as np

from logistics.errors import BrokenRunError
from logistics.simulation.checks.visits import Visit
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, Array, Status


class Check(Formatter):
    """A rule that holds in every run, read from its problem and its columns alone.

    All methods raise BrokenRunError at the first thing they find wrong.

    A text that says what is wrong names values in braces: `{load}` is the entry of `load` in the
    row that is wrong, `{ready:tick}`, `{lane:lane}` and `{status:status}` are those in words.
    """

    _columns: Columns

    def __init__(self, problem: Problem, columns: Columns | None = None) -> None:
        """`columns`: those of the parcels of `problem`; None for a check that turns to them."""
        self._problem = problem
        if columns is not None:
            self._columns = columns
        self._lock = Lock()  # spans are taken in by several threads

    def turn_to(self, problem: Problem, columns: Columns) -> None:
        """Turn to other parcels of the same run."""
        self._problem, self._columns = problem, columns

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return a value in words."""
        if format_spec == "tick":
            return "never" if value == NOT_YET else f"at tick {value}"
        if format_spec == "lane":
            return str(self._problem.lanes.ids[value])
        if format_spec == "status" and value in set(Status):
            return Status(value).name.lower().replace("_", " ")
        return f"{format_spec} {value}".strip()

    def _stop(
        self, bad: Array, parcel: Array | range, place: Array | Callable[[int], str], text: str,
        **values: Array,
    ) -> None:  # fmt: skip
        """Raise BrokenRunError for the first row of `bad` that is true.

        `parcel`: numbers by row. `place`: facility numbers by row, or what names a parcel's place.
        """
        if bad.any():
            row = int(np.argmax(bad))
            number = int(parcel[row])
            where = place(number) if callable(place) else self._facility(int(place[row]), number)
            self._break(number, where, self._told(text, row, values))

    def _stop_departure(
        self, bad: Array, departure: Array | range, text: str, **values: Array
    ) -> None:
        """Raise BrokenRunError for the first row of `bad` that is true, by departure numbers."""
        if bad.any():
            row = int(np.argmax(bad))
            number, departures = int(departure[row]), self._problem.departures
            lane = self._problem.lanes.ids[departures.lane[number]]
            where = f"{lane}, departure {number} at tick {departures.tick[number]}"
            raise BrokenRunError(where, self._told(text, row, values))

    def _stop_visit(self, bad: Array, visit: Visit, text: str, **values: Array) -> None:
        """Raise BrokenRunError for the first parcel of a visit where `bad` is true."""
        if bad.any():
            known = {"ready": visit.ready, "slot": visit.slot, "lane": visit.lane, **values}
            self._stop(bad, visit.parcel, visit.came.place, text, **known)

    def _break(self, parcel: int, place: str, problem: str) -> NoReturn:
        raise BrokenRunError(place, problem, parcel, int(self._problem.parcels.order[parcel]))

    def _told(self, text: str, row: int, values: dict[str, Array]) -> str:
        return self.format(text, **{name: value[row] for name, value in values.items()})

    def _facility(self, number: int, parcel: int) -> str:
        """Return the id of a facility; the number of facilities stands for the parcel's seller."""
        ids, source = self._problem.facilities.ids, self._problem.parcels.source
        return ids[number] if number < len(ids) else f"seller {source[parcel]}"

    def _round_of(self, parcel: int) -> str:
        """Return the id of the delivery route that brings a parcel to its door."""
        station = self._problem.parcels.station[parcel]
        return str(self._problem.lanes.ids[self._problem.next_lane[station, station]])
