"""What a column of a table means where a single cell can be read in two ways.

05/09/2023 is May 9 or September 5, and 907 is Long Beach or, robbed of its zeros, San Juan. One
cell does not tell, the column mostly does: everything here looks at a whole column at once.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from networks.inputs.cells import market_id, text_of
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import Fault, shown

Bools = NDArray[np.bool_]

_ISO = (
    r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9]{2}:?[0-9]{2}(?::?[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-9]{2})?)?"
)
"""A date with a time; pandas would also take a bare date, or a year."""

_WRITTEN = (
    r"(?P<a>[0-9]{1,4})(?P<mark>[-/.])(?P<b>[0-9]{1,2})(?P=mark)(?P<c>[0-9]{1,4})"
    r"(?P<clock>(?:T|,?\s+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]{1,9}))?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<offset>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
"""A date as people and programs write it, its three parts in any order, and perhaps a time."""

_SERIAL = r"[0-9]{5}(?:\.[0-9]+)?"
_EXCEL_EPOCH = datetime(1899, 12, 30)
_OFFSET = r"[T ].*(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)$"
"""How an ISO time with an offset from UTC ends."""


@dataclass(frozen=True)
class Decided:
    """How dates of a column such as 05/09/2023 are read, and which rows tell so.

    `order`: None where there are none, or nothing decides. `shown_by`: the row that tells it, None
    where it was given. `undecided`: the first row that can be read in two ways while nothing
    decides. `mixed`: the first row with the day first and the first with the month first, where a
    column has both.
    """

    order: DateOrder | None = None
    shown_by: int | None = None
    undecided: int | None = None
    mixed: tuple[int, int] | None = None

    @property
    def is_sure(self) -> bool:
        """Tell whether every date can be read in one way only."""
        return self.undecided is None and self.mixed is None

    def faults(self, place: Place) -> Iterator[Fault]:
        """Yield what keeps a column from being read."""
        if self.mixed:
            day_first, month_first = self.mixed
            other = f"line {place.line(day_first)} ({place.texts.iloc[day_first]})"
            problem = f"has the month first, and {other} the day"
            yield place.fault(month_first, problem, "one order of day and month in a column")
        elif self.undecided is not None:
            first, second = re.split(r"[-/]", place.texts.iloc[self.undecided])[:2]
            if int(first) > 12:
                problem = "may begin with its day or with its year"
                yield place.fault(self.undecided, problem, "years of four digits, or --dates")
                return
            readings = [
                f"{calendar.month_name[int(month)]} {int(day)}"
                for month, day in ((first, second), (second, first))
            ]
            problem = f"is {' or '.join(readings)}: no row of the column tells which"
            yield place.fault(self.undecided, problem, "--dates month-first or --dates day-first")

    def notes(self, place: Place) -> Iterator[str]:
        """Say how the dates of a column were read, where another way would have been possible."""
        if self.order:
            why = "as --dates says"
            if self.shown_by is not None:
                row = self.shown_by
                why = f"as line {place.line(row)} ({place.texts.iloc[row]}) shows"
            how = self.order.value.replace("-", " ")
            yield f"{place.file}: dates in {place.column} were read {how}, {why}."


@dataclass(frozen=True)
class Place:
    """Where a column is: its file, its name, its texts, and the line of each row."""

    file: str
    column: str
    texts: pd.Series[Any]
    line: Callable[[int], int]

    def fault(self, row: int, problem: str, allowed: str) -> Fault:
        """Return a fault of one row."""
        text = shown(self.texts.iloc[row])
        return Fault(self.file, self.line(row), self.column, text, problem, allowed)


@dataclass(frozen=True)
class Times:
    """A column of times, as read.

    `time`: ms, NaT where a cell is no date; UTC where `has_offset`. `has_clock`: False for a bare
    date.
    """

    time: NDArray[np.datetime64]
    has_offset: Bools
    has_clock: Bools
    decided: Decided = Decided()


def read_times(texts: pd.Series[Any], order: DateOrder | None = None) -> Times:
    """Read a column of dates and times, in ISO 8601, as written by hand, or as Excel counts days.

    `texts`: without blanks around them. `order`: of day and month where the year comes last; None
    to let the column decide. A date with dots has the day first. Two digits of a year are 20...
    """
    iso = texts.str.fullmatch(_ISO).to_numpy(np.bool_).copy()
    time = np.full(len(texts), np.datetime64("NaT"), "datetime64[ms]")
    offset = np.zeros(len(texts), np.bool_)
    offset[iso] = texts[iso].str.contains(_OFFSET, regex=True).to_numpy(np.bool_)
    if iso.any():
        read = pd.to_datetime(texts[iso], errors="coerce", utc=True, format="ISO8601")
        time[iso] = read.dt.tz_localize(None).to_numpy().astype("datetime64[ms]")
    found = Times(time, offset, iso)
    others = np.flatnonzero(~iso & (texts != "").to_numpy(np.bool_))
    return found if not len(others) else _with_others(found, texts.iloc[others], others, order)


def _with_others(
    found: Times, texts: pd.Series[Any], rows: NDArray[np.intp], order: DateOrder | None
) -> Times:
    """Return times with those of the rows that are not in ISO 8601."""
    serial = texts.str.fullmatch(_SERIAL).to_numpy(np.bool_)
    if serial.any():
        days = pd.to_timedelta(texts[serial].astype(float), "D")
        found.time[rows[serial]] = (_EXCEL_EPOCH + days).dt.round("s").to_numpy("datetime64[ms]")
        found.has_clock[rows[serial]] = texts[serial].str.contains(".", regex=False)
    parts = texts.str.extract(f"^{_WRITTEN}$")
    written = parts["a"].notna().to_numpy(np.bool_)
    if not written.any():
        return found
    parts, rows = parts[written], rows[written]
    decided = _decided(parts, rows, order)
    found.time[rows] = _moments(parts, decided.order or DateOrder.MONTH_FIRST)
    found.has_clock[rows] = parts["clock"].notna()
    found.has_offset[rows] = parts["offset"].notna()
    return replace(found, decided=decided)


def _decided(parts: pd.DataFrame, rows: NDArray[np.intp], order: DateOrder | None) -> Decided:
    """Return how dates with the year last are read, by those of which one number is no month."""
    a, b = (parts[name].astype(np.int64).to_numpy() for name in "ab")
    last = (parts["a"].str.len() <= 2).to_numpy(np.bool_) & (parts["mark"] != ".").to_numpy()
    day_first, month_first = last & (a > 12) & (b <= 12), last & (b > 12) & (a <= 12)
    if not last.any():
        return Decided()
    if order is not None:
        return Decided(order)
    shown = [int(rows[np.argmax(one)]) for one in (day_first, month_first) if one.any()]
    if len(shown) == 2:
        return Decided(mixed=(shown[0], shown[1]))
    year = last & (parts["c"].str.len() == 2).to_numpy(np.bool_) & (a > 12)
    if year.any() and not (day_first & ~year).any():  # 23-09-18 may begin with its year
        return Decided(undecided=int(rows[np.argmax(year)]))
    if shown:
        how = DateOrder.DAY_FIRST if day_first.any() else DateOrder.MONTH_FIRST
        return Decided(how, shown[0])
    open_rows = rows[last & (a <= 12) & (b <= 12) & (a != b)]
    return Decided(undecided=int(open_rows[0])) if len(open_rows) else Decided()


def _moments(parts: pd.DataFrame, order: DateOrder) -> NDArray[np.datetime64]:
    """Return the times of parsed dates, NaT where there is no such date or time."""
    a, b, c, hour, minute = (_whole(parts[name]) for name in ("a", "b", "c", "hour", "minute"))
    digits, last_digits = (parts[name].str.len().to_numpy() for name in "ac")
    year_first = digits == 4
    day_first = (parts["mark"] == ".").to_numpy(np.bool_) | (order is DateOrder.DAY_FIRST)
    year = np.where(year_first, a, np.where(last_digits == 2, 2000 + c, c))
    month = np.where(year_first | day_first, b, a)
    day = np.where(year_first, c, np.where(day_first, a, b))
    good = np.where(year_first, last_digits <= 2, (digits <= 2) & np.isin(last_digits, (2, 4)))
    good &= (month >= 1) & (month <= 12) & (year >= 1)
    months = np.where(good, 12 * (year - 1970) + month - 1, 0).astype("datetime64[M]")
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    good &= (day >= 1) & (day <= length)

    half = parts["half"].str.lower().str[0]
    good &= np.where(half.notna(), (hour >= 1) & (hour <= 12), hour <= 23) & (minute <= 59)
    hour = np.where(half.notna(), hour % 12 + 12 * (half == "p").to_numpy(np.bool_), hour)
    second = _whole(parts["second"])
    ms = _whole(parts["part"].str.ljust(9, "0").str[:3]) + 1000 * second
    offset = _offset_minutes(parts["offset"])
    good &= (second <= 59) & (np.abs(offset) <= _MOST_OFFSET)
    minutes = 60 * hour + minute - offset
    since_midnight = (60_000 * minutes + ms).astype("timedelta64[ms]")
    found = months.astype("datetime64[D]") + (day - 1) + since_midnight
    return np.where(good, found, np.datetime64("NaT", "ms"))


_MOST_OFFSET = 14 * 60
"""Minutes from UTC of the farthest time zone."""


def _whole(texts: pd.Series[Any]) -> NDArray[np.int64]:
    return np.asarray(texts.fillna("0").astype(np.int64))


def _offset_minutes(texts: pd.Series[Any]) -> NDArray[np.int64]:
    """Return offsets from UTC such as '-04:00', '+0530', 'UTC' or none, in minutes."""
    known = dict.fromkeys(("Z", "UTC", "GMT"), 0)
    for text in set(texts.dropna()) - known.keys():
        digits = text[1:].replace(":", "").ljust(4, "0")
        known[text] = int(f"{text[0]}1") * (60 * int(digits[:2]) + int(digits[2:]))
    return np.asarray(texts.map(known).fillna(0).astype(np.int64))


_LONG = r"[0-9]{4,5}(?:\.0+)?|[0-9]{1,5}-[0-9]{4}|[0-9]{8,9}"
SHORT_ZIP = 3
"""Digits of a ZIP3 area."""
_SHORT = re.compile(rf"([0-9]{{1,{SHORT_ZIP}}})(?:\.0+)?")


def market_ids(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column of ZIP codes, ZIP3 areas or ids as ids of markets, '' where it is none.

    Three digits are a ZIP3 area in a column of such; among whole ZIP codes they are one that has
    lost two zeros: 907 is 00907, in Puerto Rico.

    >>> market_ids(pd.Series(["23220", "2139", "907"])).tolist()
    ['Z232', 'Z021', 'Z009']
    >>> market_ids(pd.Series(["232", "21", "907"])).tolist()
    ['Z232', 'Z021', 'Z907']
    """
    ids = [market_id(str(zip_code)) for zip_code in whole_zips(texts.tolist())]
    return pd.Series(ids, texts.index, dtype=object)


def whole_zips(cells: Sequence[object]) -> Sequence[object]:
    """Return the cells of a column of markets, short ZIP codes among whole ones with their zeros.

    >>> whole_zips([23220, "Z021", 907]), whole_zips([232, 907])
    ([23220, 'Z021', '00907'], [232, 907])
    """
    if not any(re.fullmatch(_LONG, text_of(cell)) for cell in cells):
        return cells
    short = (_SHORT.fullmatch(text_of(cell)) for cell in cells)
    return [one[1].zfill(5) if one else cell for one, cell in zip(short, cells, strict=True)]
