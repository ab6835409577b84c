"""Where a column of a table is, and how its dates are read: 05/09/2023 is May 9 or September 5.

One cell does not tell, the column mostly does: see `networks.inputs.times`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from networks.inputs.date_order import DateOrder
from networks.inputs.faults import Fault, shown


@dataclass(frozen=True)
class Decided:
    """How dates of a column such as 05/09/2023 are read, and which rows tell so.

    `order`: None where there are none, or nothing decides. `shown_by`: the row that tells it, None
    where it was given. `undecided`: the first row that can be read in two ways while nothing
    decides. `mixed`: the first row with the day first and the first with the month first, where a
    column has both; or, if it `is_counted`, the first in another way and the first that counts
    days, seconds or milliseconds.
    """

    order: DateOrder | None = None
    shown_by: int | None = None
    undecided: int | None = None
    mixed: tuple[int, int] | None = None
    is_counted: bool = False

    def faults(self, place: Place) -> Iterator[Fault]:
        """Yield what keeps a column from being read."""
        if self.mixed:
            one, row = self.mixed
            other = f"line {place.line(one)} ({place.texts.iloc[one]})"
            problem = f"has the month first, and {other} the day"
            allowed = "one order of day and month in a column"
            if self.is_counted:
                problem = f"counts days or seconds, and {other} is written another way"
                allowed = "one way to write times in a column"
            yield place.fault(row, problem, allowed)
        elif self.undecided is not None:
            first, second = re.findall("[0-9]+", place.texts.iloc[self.undecided])[:2]
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
            why = "as specified"
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
