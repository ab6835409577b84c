"""A demand index from a file: how many orders each date brings, relative to an average day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from networks.inputs.amounts import amounts
from networks.inputs.columns import Place
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import Fault, refuse, shown, whole_file
from networks.inputs.tables import check_columns, line_of_row, read_table, texts_of
from networks.inputs.times import read_times

COLUMNS = ("date", "index")
MOST = 100.0
_USUAL = 10.0
"""No known peak has a day so many times the average: beyond, it is said what an index means."""
_SHOWN = 50


def read_demand_index(
    path: str | Path, dates: DateOrder | None = None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return a CSV, Excel or Parquet file's dates and their index, as `orders.dates` has them.

    Columns: `date` (2026-11-27, 11/27/2026, or a date cell of Excel), `index` (1.8 means 80% more
    than an average day; 180% is the same). `dates`: see `read_orders`.

    Returns the entries, and in sentences what was understood. Raises InputError with every fault,
    by row.
    """
    path = Path(path)
    table = read_table(path)
    table = table.set_axis([str(name).strip().lower() for name in table.columns], axis=1)
    check_columns(table.columns, str(path), COLUMNS)
    if not len(table):
        raise whole_file(path, "there are no dates", "one row per date")
    place = Place(str(path), "date", texts_of(table["date"]), line_of_row(table))
    read = read_times(place.texts, dates)
    refuse(read.decided.faults(place))
    texts = texts_of(table["index"])
    indices = amounts(texts)
    indices[~((indices >= 0) & (indices <= MOST))] = np.nan
    days = read.time.astype("datetime64[D]")
    days[days != read.time] = np.datetime64("NaT")  # a date with a time is none
    entries = list(_entries(days, texts, indices, place))
    refuse([entry for entry in entries if isinstance(entry, Fault)][:_SHOWN])
    found = [entry for entry in entries if not isinstance(entry, Fault)]
    notes = list(read.decided.notes(place))
    if (most := max(entry["index"] for entry in found)) > _USUAL:
        notes.append(
            f"{path}: index up to {most:g}: {most:g} times an average day. 80% has a % sign."
        )
    return found, notes


def _entries(
    days: NDArray[np.datetime64],
    texts: pd.Series[Any],
    indices: NDArray[np.float64],
    place: Place,
) -> Iterator[dict[str, Any] | Fault]:
    seen = dict[str, int]()
    cells = zip(days.astype(str).tolist(), texts, indices.tolist(), strict=True)
    for row, (day, text, index) in enumerate(cells):
        line = place.line(row)
        if day == "NaT":
            yield place.fault(row, "is not a date", "a date such as 2026-11-27 or 11/27/2026")
        elif np.isnan(index):
            problem = "is not an index" if text else "is empty"
            yield Fault(place.file, line, "index", shown(text), problem, f"0 to {MOST:g}")
        elif day in seen:
            yield place.fault(row, f"is a duplicate of line {seen[day]}", "each date once")
        else:
            seen[day] = line
            yield {"date": day, "index": index}
