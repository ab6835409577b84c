"""A demand index from a file: how many orders each date brings, relative to an average day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from networks.inputs.cells import excel_date
from networks.inputs.faults import Fault, refuse, shown, whole_file
from networks.inputs.tables import check_columns, line_of_row, read_table, texts_of

COLUMNS = ("date", "index")
MOST = 100.0
_SHOWN = 50


def read_demand_index(path: str | Path) -> list[dict[str, Any]]:
    """Return a CSV, Excel or Parquet file's dates and their index, as `orders.dates` has them.

    Columns: `date` (2026-11-27, 11/27/2026, or a date cell of Excel), `index` (1.8 means 80% more
    than an average day; 180% is the same).

    Raises InputError with every fault, by row.
    """
    path = Path(path)
    table = read_table(path)
    table = table.set_axis([str(name).strip().lower() for name in table.columns], axis=1)
    check_columns(table.columns, str(path), COLUMNS)
    entries = list(_entries(table, str(path)))
    if not entries:
        raise whole_file(path, "there are no dates", "one row per date")
    refuse([entry for entry in entries if isinstance(entry, Fault)][:_SHOWN])
    return [entry for entry in entries if not isinstance(entry, Fault)]


def _entries(table: pd.DataFrame, name: str) -> Iterator[dict[str, Any] | Fault]:
    line_of, lines = line_of_row(table), dict[str, int]()
    columns = (texts_of(table[column]) for column in COLUMNS)
    for row, (day_text, index_text) in enumerate(zip(*columns, strict=True)):
        line = line_of(row)
        day, index = _date(day_text), _index(index_text)
        if day is None:
            allowed = "a date such as 2026-11-27 or 11/27/2026"
            yield Fault(name, line, "date", shown(day_text), "is not a date", allowed)
        elif index is None:
            problem = "is not an index" if index_text else "is empty"
            yield Fault(name, line, "index", shown(index_text), problem, f"0 to {MOST:g}")
        elif day.isoformat() in lines:
            problem = f"is a duplicate of line {lines[day.isoformat()]}"
            yield Fault(name, line, "date", day.isoformat(), problem, "each date once")
        else:
            lines[day.isoformat()] = line
            yield {"date": day.isoformat(), "index": index}


def _date(text: str) -> date | None:
    try:
        return excel_date(text)
    except ValueError:
        return None


def _index(text: str) -> float | None:
    try:
        index = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None
    return index if 0 <= index <= MOST else None
