"""Tables of orders as they come: read from a file, each row with its line, each cell as text."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from networks.inputs.cells import text_of
from networks.inputs.faults import Fault, InputError, refuse, shown
from networks.inputs.grids import CellError, Formula
from networks.inputs.workbooks import read_workbook

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("order_id", "ordered_at", "market", "product", "parcel_id")
NEEDED = COLUMNS[:4]

TIME = (
    r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9]{2}:?[0-9]{2}(?::?[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
"""A date with a time; pandas would also take a bare date, or a year."""

_NOTHING = {"nan", "inf", "-inf", "infinity", "-infinity", "null", "none", "<na>", "nat"}
"""What programs write for nothing, or for a number that is none."""

OFFSET = r"[T ].*(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)$"
"""How a time with an offset from UTC ends."""

NO_TIME = "is not a date and time"

_LINE = "line of the file"
MOST_SHOWN = 20
_EXCEL_EPOCH = datetime(1899, 12, 30)
_AMERICAN_TIMES = tuple(
    f"%m/%d/%Y {clock}" for clock in ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
)


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV, Excel or Parquet file; the cells of a CSV or Excel file are texts.

    Raises InputError for a file that is none of them.
    """
    import pandas as pd  # noqa: PLC0415

    if path.suffix.lower() == ".xlsx" and path.is_file():
        return _first_sheet(path)
    try:
        return pd.read_parquet(path) if path.suffix == ".parquet" else _csv(path)
    except FileNotFoundError:
        raise InputError((Fault(str(path), None, "", "", "there is no such file"),)) from None
    except Exception as error:  # pandas and pyarrow raise many kinds for a file they cannot read
        why = " ".join((str(error) or type(error).__name__).split())
        line = re.search(r"(?:in line|starting at row) ([0-9]+)", why)
        problem = f"cannot be read as CSV or Parquet: {''.join(filter(str.isprintable, why))[:200]}"
        fault = Fault(str(path), int(line[1]) if line else None, "", "", problem)
        raise InputError((fault,)) from None


def _first_sheet(path: Path) -> pd.DataFrame:
    """Read the first sheet of a workbook, its rows numbered as Excel does."""
    import pandas as pd  # noqa: PLC0415

    name, grid = next(iter(read_workbook(path, ()).items()), ("", None))
    if grid is None or not grid.heading:
        raise InputError((Fault(str(path), None, "", "", "nothing stands there"),))
    heading = [text_of(cell) for cell in grid.heading]
    width = len(heading)
    while width and not heading[width - 1]:
        width -= 1
    faults = [
        Fault(str(path), number, heading[column] if column < width else "", shown(str(cell)),
              "is a formula or an error of Excel", "paste its value", name)
        for number, cells in grid.rows
        for column, cell in enumerate(cells)
        if isinstance(cell, Formula | CellError)
    ]  # fmt: skip
    refuse(faults[:MOST_SHOWN])
    lines, rows = [number for number, _ in grid.rows], [cells for _, cells in grid.rows]
    texts = [[text_of(cell) for cell in (*cells, *[None] * width)[:width]] for cells in rows]
    table = pd.DataFrame(texts, columns=heading[:width], index=lines, dtype=object)
    return table.rename_axis(_LINE)


def _csv(path: Path) -> pd.DataFrame:
    """Read a CSV file; rows where nothing stands at all are left out.

    Raises ValueError, or one of the reader's own errors, for a file that is no such table.
    """
    import pandas as pd  # noqa: PLC0415

    with open(path, "rb") as file:
        blank = next((n for n, line in enumerate(file) if line.strip(b"\xef\xbb\xbf \t\r\n")), 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # cells beyond the heading
        read = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False,
            header=None, skip_blank_lines=False, skiprows=blank,
        )  # fmt: skip
    something = np.zeros(len(read), np.bool_)
    for column in read:
        something |= (read[column].notna() & (read[column] != "")).to_numpy(np.bool_)
    read = read if something.all() else read[something]
    if not len(read):
        raise ValueError("nothing stands there")
    heading = ["" if pd.isna(cell) else str(cell).strip() for cell in read.iloc[0]]
    ends = sum(str(cell).count("\n") for cell in read.iloc[0])
    table = read.iloc[1:].set_axis(heading, axis=1)
    return table.set_axis(table.index + 1 + blank + ends, axis=0).rename_axis(_LINE)


def iso_times(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return times as ISO has them, where they were written as Excel in the United States does.

    '9/18/2023 2:05 PM' is 2023-09-18 14:05; 45187.587 is Excel's own number for it.
    """
    import pandas as pd  # noqa: PLC0415

    american = texts.str.contains("/", regex=False)
    serial = texts.str.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?")
    if not (american.any() or serial.any()):
        return texts
    moments = pd.Series(pd.NaT, texts.index, dtype="datetime64[ns]")
    for form in _AMERICAN_TIMES:
        read = pd.to_datetime(texts[american], format=form, errors="coerce")
        moments[american] = moments[american].fillna(read)
    days = texts[serial].astype(float)
    moments[serial] = (_EXCEL_EPOCH + pd.to_timedelta(days, "D")).dt.round("s")
    return texts.where(moments.isna(), moments.dt.strftime("%Y-%m-%d %H:%M:%S"))


def line_of_row(table: pd.DataFrame) -> Callable[[int], int]:
    """Return what tells the line of a row; in a table that was no file, below a heading."""
    if table.index.name != _LINE:
        return lambda row: row + 2

    @cache
    def within() -> NDArray[np.int64]:
        """Line ends within the cells of all rows up to each."""
        ends = np.zeros(len(table), np.int64)
        for n in range(table.shape[1]):
            ends += table.iloc[:, n].str.count("\n").fillna(0).to_numpy(np.int64)
        return np.cumsum(ends)

    return lambda row: int(table.index[row]) + (int(within()[row - 1]) if row else 0)


def check_columns(names: Iterable[object], name: str) -> None:
    """Raise InputError unless every column that is needed is there once, spelt as it must be."""
    spelt = [str(one) for one in names]
    faults = list(_slips(spelt, name))
    if missing := [one for one in NEEDED if one not in spelt]:
        faults.append(_of_columns(name, f"columns missing: {', '.join(missing)}"))
    if twice := [one for one in COLUMNS if spelt.count(one) > 1]:
        faults.append(_of_columns(name, f"columns stand twice: {', '.join(twice)}"))
    if faults:
        raise InputError(faults)


def no_orders(name: str) -> InputError:
    """Return the error of a table without rows."""
    return InputError((_of_columns(name, "there are no orders"),))


def _of_columns(name: str, problem: str) -> Fault:
    return Fault(name, None, "", "", problem, f"{', '.join(NEEDED)} and, optionally, parcel_id")


def _slips(names: Iterable[str], name: str) -> Iterator[Fault]:
    """Yield a fault for each name that is nearly that of a column."""
    for one in names:
        meant = re.sub(r"[\s-]+", "_", one.strip().lower())
        if meant in COLUMNS and one not in COLUMNS:
            problem = f"is not a known column; did you mean '{meant}'?"
            yield Fault(name, None, shown(one).strip("'"), "", problem, ", ".join(COLUMNS))


def texts_of(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column as texts without blanks around them; '' where nothing is there."""
    cells = column.astype(object).where(column.notna(), "")
    try:
        texts = cells.astype(str)
    except UnicodeDecodeError:  # bytes that are no text
        texts = cells.map(repr).astype(str)
    texts = texts.str.strip()
    # 7.0 is how a column with holes writes 7
    return texts.str.removesuffix(".0") if column.dtype.kind == "f" else texts


def not_ids(column: pd.Series[Any], texts: pd.Series[Any]) -> NDArray[np.bool_]:
    """Return which ids are there, but are neither a whole number nor a printable text."""
    odd = ~texts.str.fullmatch("[0-9]{1,15}|").to_numpy(np.bool_)
    if column.dtype.kind == "f" or not odd.any():
        return np.asarray(odd, np.bool_)
    values = column.to_numpy(object)
    for row in np.flatnonzero(odd):
        text = texts.iloc[row]
        plain = isinstance(values[row], str | int | np.integer)
        true_or_false = isinstance(values[row], bool)
        odd[row] = not plain or true_or_false or not text.isprintable() or text.lower() in _NOTHING
    return np.asarray(odd, np.bool_)
