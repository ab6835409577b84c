"""The vocabulary of network files: every sheet and column, with its unit, values and meaning.

Reading, writing, templates, the reference page and the limits of validation follow from the table
`networks/data/sheets.csv`. A sheet is a sheet of a workbook or a CSV file of a folder.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import resources
from math import inf, nan
from numbers import Integral, Real
from typing import Any, get_args

from networks.inputs import cells
from networks.inputs.grids import is_blank
from networks.inputs.local_times import Holidays
from networks.inputs.zip_codes import market_of
from networks.origins import Sellers, Stock
from networks.schema import (
    FACILITY_KINDS,
    PACKAGING_GRADES,
    WORK_LAWS,
    Calendar,
    Door,
    Facility,
    Lane,
    Network,
)


@dataclass(frozen=True)
class Kind:
    """What the cells of a column are. `reads` raises ValueError saying what is wrong."""

    reads: Callable[[Any], Any]
    takes: str
    is_number: bool = False


KINDS: Mapping[str, Kind] = {
    "id": Kind(cells.id_of, "a letter, then letters, digits, '_', '.' or '-'"),
    "name": Kind(cells.name_of, "a letter, then letters, digits, blanks, '_', '.' or '-'"),
    "text": Kind(cells.printed_text, "text"),
    "number": Kind(cells.number_of, "number", is_number=True),
    "whole": Kind(cells.whole_of, "whole number", is_number=True),
    "share": Kind(cells.share_of, "share", is_number=True),
    "yes/no": Kind(cells.yes_no, "yes or no"),
    "time": Kind(cells.time_of, "local time, 00:00 to 24:00"),
    "departure": Kind(cells.departure_of, "local time, 00:00 to 23:59"),
    "times": Kind(cells.times_of, "one or more local times, with blanks between"),
    "hour": Kind(cells.hour_of, "local time, whole hours"),
    "weekdays": Kind(cells.weekdays_of, "weekdays such as Mon-Fri, Mon Wed Fri, daily"),
    "market": Kind(market_of, "market, Z and three digits"),
    "choice": Kind(cells.text_of, ""),
    "any": Kind(lambda value: value, "what the setting takes"),
}


@dataclass(frozen=True)
class Column:
    """One column.

    `field`: what it is called in `networks.schema`. `refers`: the sheet whose first column lists
    the values. `low`, `high`: bounds; a number at or below `above` is too small. `default`: of an
    empty cell that is not `needed`.
    """

    name: str
    kind: str
    example: str
    comment: str
    needed: bool
    field: str
    choices: tuple[str, ...] = ()
    refers: str = ""
    low: float | None = None
    high: float | None = None
    above: float | None = None
    default: Any = None

    @property
    def takes(self) -> str:
        """What a cell may hold, in words."""
        words = ", ".join(self.choices) or KINDS[self.kind].takes
        if self.refers:
            words = f"{words}, listed in sheet {self.refers}"
        limits = [
            f"above {self.above:g}" if self.above is not None else "",
            f"at least {self.low:g}" if self.low is not None else "",
            f"at most {self.high:,.10g}" if self.high is not None else "",
        ]
        return ", ".join([words, *filter(None, limits)])

    def read(self, value: object) -> Any:
        """Return what a cell means.

        Raises ValueError, to be read after the value, for a cell that cannot be used.
        """
        if is_blank(value):
            if self.needed:
                raise ValueError("is empty")
            return self.default
        if self.choices:
            known = {choice.lower(): choice for choice in self.choices}
            choice = known.get(cells.text_of(value).lower())
            if choice is None:
                raise ValueError("is not one of the words known here")
            return choice
        found = KINDS[self.kind].reads(value)
        if self.low is not None and found < self.low:
            raise ValueError("is too small")
        if self.above is not None and found <= self.above:
            raise ValueError("is too small")
        if self.high is not None and found > self.high:
            raise ValueError("is too large")
        return found

    def problem_of(self, value: object) -> str:
        """Return what is wrong with a value in memory, '' where a cell could mean it."""
        if KINDS[self.kind].is_number:
            return self._problem_of_number(value)
        if self.kind == "yes/no":
            return "" if isinstance(value, bool) else "must be True or False"
        if not isinstance(value, str):
            return "must be text"
        if self.kind == "time" and not _CLOCK.fullmatch(value):
            return "must be a local time, 00:00 to 24:00"
        unknown = self.choices and value not in self.choices
        return f"must be one of {', '.join(self.choices)}" if unknown else ""

    def _problem_of_number(self, value: object) -> str:
        whole = self.kind == "whole"
        kind: type = Integral if whole else Real
        number: Any = value if isinstance(value, kind) and not isinstance(value, bool) else nan
        above, high = self.above, self.high if self.high is not None else inf
        low = self.low if self.low is not None else above if above is not None else -inf
        if low <= number <= high and number != above:  # NaN is never within
            return ""
        bounds = f"from {low:g} to" if above is None else f"above {above:g}, at most"
        return f"must be a {'whole ' * whole}number {bounds} {high:,.12g}"


_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


@dataclass(frozen=True)
class Sheet:
    """One sheet. `key`: the columns that name a row, which must not come twice."""

    name: str
    about: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    needed: bool = True

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return next(column for column in self.columns if column.name == name)


_CHOICES: Mapping[str, tuple[str, ...]] = {
    "facility kinds": FACILITY_KINDS,
    "holidays": get_args(Holidays),
    "packaging grades": PACKAGING_GRADES,
    "work laws": WORK_LAWS,
}
_MODELS: Mapping[str, tuple[type, ...]] = {
    "setting": (Network, Stock, Sellers),
    "calendars": (Calendar,),
    "facilities": (Facility,),
    "lanes": (Lane,),
    "rounds": (Facility,),
    "markets": (Door,),
}
"""Whose defaults the empty cells of a sheet have, unless the table gives another."""


def _columns() -> dict[str, tuple[Column, ...]]:
    """Return the columns by sheet; those of `setting` are the rows of sheet settings."""
    text = resources.files("networks.data").joinpath("sheets.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    settings = tuple(row["column"] for row in rows if row["sheet"] == "setting")
    choices = {"": (), "settings": settings, **_CHOICES}
    found: dict[str, tuple[Column, ...]] = {}
    for row in rows:
        low, above, high = (float(row[n]) if row[n] else None for n in ("low", "above", "high"))
        field = row["attribute"] or row["column"]
        column = Column(
            row["column"], row["kind"], row["example"], row["comment"], row["needed"] == "yes",
            field, choices[row["choices"]], row["refers"], low, high, above,
        )  # fmt: skip
        if not column.needed:
            column = replace(column, default=_default(column, row["sheet"], row["default"]))
        found[row["sheet"]] = (*found.get(row["sheet"], ()), column)
    return found


def _default(column: Column, sheet: str, text: str) -> Any:
    if text:
        return "" if text == "empty" else KINDS[column.kind].reads(text)
    attributes = (f for model in _MODELS[sheet] for f in fields(model))
    return next(f.default for f in attributes if f.name == column.field)


_COLUMNS = _columns()
SETTINGS = _COLUMNS["setting"]
"""The rows of sheet settings, by name."""

_LANE = ("origin", "destination", "mode")
SHEETS = tuple(
    Sheet(name, about, _COLUMNS[name], key, needed)
    for name, key, needed, about in (
        ("settings", (), True, "What holds for the whole network: one row per setting."),
        ("owners", ("owner",), True,
         "Who owns facilities and lanes, and the volume they are built for."),
        ("calendars", ("calendar",), True, "The days on which something happens."),
        ("facilities", ("facility",), True, "Places where parcels are worked."),
        ("shifts", ("facility", "starts", "ends"), False,
         "Who works when; a facility without a shift keeps nobody waiting."),
        ("lanes", _LANE, True, "Routes between facilities; from 'sellers': pickups."),
        ("departures", (*_LANE, "leaves"), True,
         "The timetable of the lanes: one row per departure."),
        ("rounds", ("station",), True,
         "When couriers leave delivery stations: one row per station."),
        ("markets", ("market", "station"), True,
         "Which station serves a market: one row for each pair."),
        ("stock", ("center",), False, "The centers that hold stock, if any."),
        ("sellers", (), False, "Sellers who ship themselves, if any: one row each."),
    )
)  # fmt: skip
"""All sheets, in the order in which they are written."""

SHEET: Mapping[str, Sheet] = {sheet.name: sheet for sheet in SHEETS}


@cache
def attributes_of(sheet: str) -> dict[str, Column]:
    """Return the columns whose cells are attributes of the schema, by attribute.

    'setting': the rows of sheet settings.
    """
    fields_of_model = {one.name for model in _MODELS[sheet] for one in fields(model)}
    found: dict[str, Column] = {}
    for column in _COLUMNS[sheet]:
        if column.field in fields_of_model:
            found.setdefault(column.field, column)  # loading_cutoff is the second of its field
    return found
