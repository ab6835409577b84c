"""A demand index from a file: how many orders each date brings, relative to an average day."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.orders.order_columns import numbers_of
from networks.inputs.cells import number_of
from networks.inputs.columns import Place
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import Fault, refuse, shown, whole_file
from networks.inputs.rows import Rows, closing_rows
from networks.inputs.tables import Table, open_table
from networks.inputs.times import read_times

COLUMNS = ("date", "index")
MOST = 100.0
_USUAL = 10.0
"""No known peak has a day so many times the average: beyond, it is said what an index means."""
_SHOWN = 50
_DECIMAL_COMMA = r"[0-9]+,[0-9]{1,2}\s*%?"


def read_demand_index(
    path: str | Path, dates: DateOrder | None = None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the dates of a table and their index, as `orders.dates` has them.

    Columns: `date` (2026-11-27, 11/27/2026, or a date cell of Excel), `index` (1.8 or 1,8 means 80%
    more than an average day; 180% is the same). Totals below the dates are left out. `dates`: see
    `read_orders`.

    Returns the entries, and in sentences what was understood. Raises InputError with every fault,
    by row.
    """
    table = open_table(Path(path), COLUMNS)
    date, index = _columns(table)
    rows = table.load([date, index])
    if not len(rows):
        raise whole_file(path, "there are no dates", "one row per date")
    end = len(rows) - closing_rows(rows.texts(date))
    place = Place(table.name, "date", rows.texts(date)[:end], rows.line)
    read = read_times(place.texts, dates)
    refuse(read.decided.faults(place))
    indices = rows.texts(index)[:end]
    days = read.time.astype("datetime64[D]")
    days[days != read.time] = np.datetime64("NaT")  # a date with a time is none
    entries = list(_entries(days, indices, place))
    refuse([entry for entry in entries if isinstance(entry, Fault)][:_SHOWN])
    found = [entry for entry in entries if not isinstance(entry, Fault)]
    notes = [f"{path}: {note}." for note in (*table.notes, *_left_out(rows, end))]
    notes += read.decided.notes(place)
    if (most := max(entry["index"] for entry in found)) > _USUAL:
        notes.append(
            f"{path}: index up to {most:g}: {most:g} times an average day. 80% has a % sign."
        )
    return found, notes


def _columns(table: Table) -> tuple[int, int]:
    """Return the numbers of the columns. Raises InputError unless each is there once."""
    found = {name: numbers_of(table.heading).get(name, []) for name in COLUMNS}
    missing = [name for name, numbers in found.items() if not numbers]
    repeated = [name for name, numbers in found.items() if len(numbers) > 1]
    for problem, names in (("columns missing", missing), ("duplicate columns", repeated)):
        if names:
            raise whole_file(table.name, f"{problem}: {', '.join(names)}", ", ".join(COLUMNS))
    return found["date"][0], found["index"][0]


def _left_out(rows: Rows, end: int) -> Iterator[str]:
    if end < len(rows):
        more = f" (and {len(rows) - end - 1} more below)" if end + 1 < len(rows) else ""
        yield f"line {rows.line(end)}{more} is a total or a footer, and left out"


def _entries(
    days: NDArray[np.datetime64], indices: pd.Series[Any], place: Place
) -> Iterator[dict[str, Any] | Fault]:
    seen = dict[str, int]()
    read = zip(days.astype(str).tolist(), indices, _numbers(indices), strict=True)
    for row, (day, text, index) in enumerate(read):
        line = place.line(row)
        if day == "NaT":
            yield place.fault(row, "is not a date", "a date such as 2026-11-27 or 11/27/2026")
        elif not 0 <= index <= MOST:
            problem = "is not an index" if text else "is empty"
            yield Fault(place.file, line, "index", shown(text), problem, f"0 to {MOST:g}")
        elif day in seen:
            yield place.fault(row, f"is a duplicate of line {seen[day]}", "each date once")
        else:
            seen[day] = line
            yield {"date": day, "index": index}


def _numbers(texts: pd.Series[Any]) -> Iterator[float]:
    """Yield indices, NaN where a text is none; commas are points in a column that has 1,8."""
    has_commas = texts.str.fullmatch(_DECIMAL_COMMA).any()
    for text in texts:
        number = text.replace(",", ".") if has_commas else text
        try:
            yield number_of(number.removesuffix("%").strip()) / (100 if "%" in number else 1)
        except ValueError:
            yield math.nan
