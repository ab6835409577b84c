"""A column of times, in every spelling that means one time only: of ISO 8601, of exports, of Excel.

Columns have millions of cells, but few spellings: with 0 for every digit, `9/18/2023 2:05 PM` is
`0/00/0000 0:00 PM`, like many others. Each spelling is understood once, and then the digits of all
its cells are read at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from networks.inputs.columns import Decided
from networks.inputs.date_order import DateOrder

Bools = NDArray[np.bool_]
Whole = NDArray[np.int64]

_DAY_OF_MONTH = "(?P<day>0?0)(?:st|nd|rd|th)?"
_NAME = r"(?P<name>[a-z]{3,9})\.?"
_DATES = (
    r"(?P<year>0000)(?P<mark>[-/.])(?P<month>0?0)(?P=mark)(?P<day>0?0)",
    "(?P<year>0000)(?P<month>00)(?P<day>00)",
    r"(?P<day>0?0)\.(?P<month>0?0)\.(?P<year>00(?:00)?)",
    "(?P<first>0?0)(?P<mark>[-/])(?P<other>0?0)(?P=mark)(?P<year>00(?:00)?)",
    rf"{_NAME}[-/ ]?{_DAY_OF_MONTH}(?:, *|[-/ ])(?P<year>00(?:00)?)",
    rf"{_DAY_OF_MONTH}[-/ ]?{_NAME}(?:, *|[-/ ]?)(?P<year>00(?:00)?)",
    rf"(?P<year>0000)[-/ ]{_NAME}[-/ ]{_DAY_OF_MONTH}",
)
"""Dates as people and programs write them, 0 for any digit. `first` and `other`: day and month, or
month and day."""

_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +)?"
_LETTERS = {
    "z": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6,
    "pst": -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
}  # fmt: skip
"""Hours from UTC. Other letters mean two clocks: IST is that of India, Israel or Ireland."""
_ZONE = (
    rf"(?: *\(?(?:(?P<zone>{'|'.join(_LETTERS)})"
    r"|(?:utc|gmt)?(?P<sign>[+-])(?P<hours>(?<=[ct][+-])0|00)(?::?(?P<minutes>00))?)\)?"
    r"(?: *\([a-z ]+\))?)?"
)
_CLOCK = (
    r"(?P<clock>(?:t|,? +(?:at +)?)(?:(?P<hour>0?0):|(?P<hour2>00))(?P<minute>00)"
    r"(?::?(?P<second>00)(?:[.,](?P<part>0{1,9}))?)?(?: *(?P<half>[ap])\.?m\.?)?" + _ZONE + ")?"
)
_WRITTEN = [re.compile(_WEEKDAY + date + _CLOCK, re.IGNORECASE) for date in _DATES]
_NUMBER = re.compile(
    r"(?P<days>0{5})(?:[.,](?P<part>0+))?|(?P<s>0{10})(?:\.(?P<part_s>0+))?|(?P<ms>0{13})(?:\.0+)?"
)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_FEWEST_DIGITS, _WHOLE_YEAR = 3, 4
_LONGEST = 64
"""Characters of a time; beyond is some other text."""
_EXCEL_EPOCH = np.datetime64("1899-12-30", "ms")
_UNIX_EPOCH = np.datetime64("1970-01-01", "ms")
_FIRST_MS, _LAST_MS = 978_307_200_000, 4_102_444_800_000
"""Since 1970: times of 2001 to 2099; other numbers of as many digits are none."""
_DAYS = 2
"""Kind of a number of days; seconds and milliseconds are kinds above."""
_MOST_OFFSET = 14 * 60
"""Minutes from UTC of the farthest time zone."""
_NEVER = 10_000
"""An hour, or an offset, that no clock has."""


@dataclass(frozen=True)
class Times:
    """A column of times, as read.

    `time`: ms, NaT where a cell is no date; UTC where `has_offset`. `has_offset`: the cell names
    its time zone, or counts from 1970. `has_clock`: False for a date alone, and for all cells
    without an offset where each of them says 00:00: spreadsheets write so what is a date alone.
    """

    time: NDArray[np.datetime64]
    has_offset: Bools
    has_clock: Bools
    decided: Decided


def read_times(texts: pd.Series[Any], order: DateOrder | None = None) -> Times:
    """Read a column of dates and times, written in any way, or counted as Excel or Unix does.

    `texts`: without blanks around them. `order`: of day and month where the year comes last; None
    to let the column decide. A date with dots has the day first. Two digits of a year are 20...
    Numbers are times in a column that has nothing else: days as Excel counts them, or seconds or
    milliseconds since 1970.
    """
    parts = _Parts(len(texts))
    for spelling in _spellings(texts):
        parts.take(spelling)
    decided = parts.mixed_numbers() or parts.decided(order)
    time = parts.moments(decided.order or DateOrder.MONTH_FIRST)
    local = time[~np.isnat(time) & ~parts.has_offset]
    if (local == local.astype("datetime64[D]")).all():
        parts.has_clock &= parts.has_offset
    return Times(time, parts.has_offset, parts.has_clock, decided)


@dataclass(frozen=True)
class _Spelling:
    """Cells of one spelling: `found`: what it says where; `digits`: (rows, characters)."""

    found: re.Match[str]
    rows: NDArray[np.intp]
    digits: NDArray[np.uint8]

    def has(self, name: str) -> str:
        """Return the text of a part, its digits as 0; '' where there is none."""
        return self.found[name] or "" if name in self.found.re.groupindex else ""

    def number(self, name: str, most: int = 18) -> Whole:
        """Return each cell's number in a part, of its first digits; 0 where there is none."""
        value = np.zeros(len(self.rows), np.int64)
        if text := self.has(name):
            begin = self.found.start(name)
            for column in range(begin, begin + min(len(text), most)):
                value *= 10
                value += self.digits[:, column]
        return value

    def thousandths(self, name: str) -> Whole:
        """Return the decimals in a part as whole ms."""
        return np.asarray(self.number(name, 3) * 10 ** max(0, 3 - len(self.has(name))))


def _spellings(texts: pd.Series[Any]) -> Iterator[_Spelling]:
    """Yield each spelling of a column that is one of times."""
    cells = np.array([_plain(text) for text in texts.tolist()] or [b""], "S")
    codes = cells.view(np.uint8).reshape(len(cells), -1)
    is_digit = (codes >= ord("0")) & (codes <= ord("9"))
    alike = np.where(is_digit, np.uint8(ord("0")), codes).view(cells.dtype).ravel()
    number, spellings = pd.factorize(alike.astype(object))
    rows = np.split(np.argsort(number, kind="stable"), np.cumsum(np.bincount(number))[:-1])
    for text, which in zip(spellings, rows, strict=True):
        if found := _understood(text.decode()):
            yield _Spelling(found, which, codes[which] - np.uint8(ord("0")))


def _plain(text: str) -> bytes:
    """Return a text in ASCII, ? for any other character but the blanks that browsers write."""
    if len(text) > _LONGEST:
        return b""
    blank = text if text.isascii() else re.sub(r"\s", " ", text)
    return blank.encode("ascii", "replace")


def _understood(spelling: str) -> re.Match[str] | None:
    """Return what a spelling says where, None where it is no time."""
    if spelling.count("0") < _FEWEST_DIGITS:
        return None
    found = (pattern.fullmatch(spelling) for pattern in (_NUMBER, *_WRITTEN))
    return next((one for one in found if one and _month(one) != 0), None)


def _month(found: re.Match[str]) -> int | None:
    """Return the number of a month with a name, 0 where it is none; None where it has no name."""
    if "name" not in found.re.groupindex:
        return None
    name = found["name"].lower()
    return next((n for n, month in enumerate(_MONTHS, 1) if month.startswith(name)), 0)


class _Parts:
    """What the cells of a column say, before it is decided how dates are read.

    `kind`: 0 for no time, 1 for a date, `_DAYS` and more for a number. `month` and `day` of an
    `open` date are its first and second number, in either order. `counted`: a number as a time.
    """

    def __init__(self, size: int) -> None:
        self.kind = np.zeros(size, np.int8)
        self.year, self.month, self.day = np.zeros((3, size), np.int64)
        self.hour, self.minute, self.ms, self.offset = np.zeros((4, size), np.int64)
        self.has_clock, self.has_offset, self.open, self.short = np.zeros((4, size), np.bool_)
        self.counted = np.full(size, np.datetime64("NaT"), "datetime64[ms]")

    def take(self, spelling: _Spelling) -> None:
        """Read the cells of one spelling."""
        if spelling.has("days"):
            self._take_days(spelling)
        elif spelling.found.re is _NUMBER:
            self._take_seconds(spelling)
        else:
            self._take_date(spelling)
            if spelling.has("clock"):
                self._take_clock(spelling)

    def _take_days(self, one: _Spelling) -> None:
        part = one.number("part", 9) / 10.0 ** min(len(one.has("part")), 9)
        ms = 86_400_000 * one.number("days") + 1000 * np.rint(86_400 * part).astype(np.int64)
        self.counted[one.rows] = _EXCEL_EPOCH + ms.astype("timedelta64[ms]")
        self.has_clock[one.rows] = bool(one.has("part"))
        self.kind[one.rows] = _DAYS

    def _take_seconds(self, one: _Spelling) -> None:
        ms = 1000 * one.number("s") + one.thousandths("part_s") + one.number("ms")
        good = (ms >= _FIRST_MS) & (ms < _LAST_MS)
        rows = one.rows[good]
        self.counted[rows] = _UNIX_EPOCH + ms[good].astype("timedelta64[ms]")
        self.has_clock[rows] = self.has_offset[rows] = True
        self.kind[rows] = _DAYS + (1 if one.has("s") else 2)

    def _take_date(self, one: _Spelling) -> None:
        self.kind[one.rows] = 1
        self.short[one.rows] = len(one.has("year")) < _WHOLE_YEAR
        self.open[one.rows] = bool(one.has("first"))
        self.year[one.rows] = one.number("year") + 2000 * self.short[one.rows]
        self.month[one.rows] = one.number("month") + one.number("first") + (_month(one.found) or 0)
        self.day[one.rows] = one.number("day") + one.number("other")

    def _take_clock(self, one: _Spelling) -> None:
        hour = one.number("hour") + one.number("hour2")
        if half := one.has("half").lower():
            noon = 12 if half == "p" else 0
            hour = np.where((hour >= 1) & (hour <= 12), hour % 12 + noon, _NEVER)
        self.hour[one.rows], self.minute[one.rows] = hour, one.number("minute")
        self.ms[one.rows] = 1000 * one.number("second") + one.thousandths("part")
        minutes = one.number("minutes")
        offset = 60 * one.number("hours") + np.where(minutes > 59, _NEVER, minutes)
        offset = -offset if one.has("sign") == "-" else offset
        self.offset[one.rows] = offset + 60 * _LETTERS.get(one.has("zone").lower(), 0)
        self.has_clock[one.rows] = True
        self.has_offset[one.rows] = bool(one.has("zone") or one.has("sign"))

    def mixed_numbers(self) -> Decided | None:
        """Return a column that counts and has other times, too, and forget what it counts."""
        counted = np.flatnonzero(self.kind >= _DAYS)
        if not len(counted):
            return None
        others = np.flatnonzero((self.kind > 0) & (self.kind != self.kind[counted[0]]))
        if not len(others):
            return None
        self.counted[counted] = np.datetime64("NaT")
        return Decided(mixed=(int(others[0]), int(counted[0])), is_counted=True)

    def decided(self, order: DateOrder | None) -> Decided:
        """Return how open dates are read, by those of which one number is no month."""
        first, other = self.month, self.day
        day_first = self.open & (first > 12) & (other <= 12)
        month_first = self.open & (other > 12) & (first <= 12)
        if order is not None or not self.open.any():
            return Decided(order if self.open.any() else None)
        shown = [int(np.argmax(one)) for one in (day_first, month_first) if one.any()]
        if len(shown) == 2:
            return Decided(mixed=(shown[0], shown[1]))
        year = self.open & self.short & (first > 12)
        if year.any() and not (day_first & ~year).any():  # 23-09-18 may begin with its year
            return Decided(undecided=int(np.argmax(year)))
        if shown:
            how = DateOrder.DAY_FIRST if day_first.any() else DateOrder.MONTH_FIRST
            return Decided(how, shown[0])
        either = self.open & (first <= 12) & (other <= 12) & (first != other)
        return Decided(undecided=int(np.argmax(either))) if either.any() else Decided()

    def moments(self, order: DateOrder) -> NDArray[np.datetime64]:
        """Return the times, NaT where there is no such date or time."""
        swap = self.open & (order is DateOrder.DAY_FIRST)
        month, day = np.where(swap, self.day, self.month), np.where(swap, self.month, self.day)
        good = (self.kind == 1) & (month >= 1) & (month <= 12) & (self.year >= 1)
        months = np.where(good, 12 * (self.year - 1970) + month - 1, 0).astype("datetime64[M]")
        first = months.astype("datetime64[D]")
        length = ((months + 1).astype("datetime64[D]") - first).astype(np.int64)
        good &= (day >= 1) & (day <= length)
        good &= (self.hour <= 23) & (self.minute <= 59) & (self.ms < 60_000)
        good &= np.abs(self.offset) <= _MOST_OFFSET
        minutes = 60 * self.hour + self.minute - self.offset
        since_midnight = (60_000 * minutes + self.ms).astype("timedelta64[ms]")
        return np.where(good, first + (day - 1) + since_midnight, self.counted)
