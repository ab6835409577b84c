"""Tables as people export them, from any file that holds one: its heading, and columns of its rows.

Files of orders have millions of rows, of which only the columns that are asked for are kept; the
small tables of a network, whose every cell may be wrong, are read as `networks.inputs.grids`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from networks.inputs.cells import text_of
from networks.inputs.delimited import open_text
from networks.inputs.faults import Fault, InputError, refuse, shown, whole_file
from networks.inputs.file_kinds import kind_of
from networks.inputs.grids import CellError, Formula
from networks.inputs.headings import FirstRow, find_heading, plain_name
from networks.inputs.input_files import check_is_file, opened
from networks.inputs.rows import MOST_SHOWN, Rows, closing_rows, texts_of
from networks.inputs.sheet_tables import open_sheet
from networks.inputs.workbooks import read_workbook

__all__ = ["MOST_SHOWN", "Rows", "Table", "check_columns", "closing_rows", "line_of_row",
           "open_table", "plain_name", "read_table", "table_of", "texts_of"]  # fmt: skip

_LINE, _ROW = "line of the file", "row of the sheet"
MOST_ROWS = 100_000_000
_EXACT = 1e15
_SAMPLE = 2_000


class _Source(Protocol):
    """A file whose first rows show where its heading is."""

    @property
    def first_rows(self) -> list[FirstRow]: ...

    @property
    def layout(self) -> str: ...

    @property
    def unit(self) -> str: ...

    def read(
        self, columns: Sequence[int], names: Sequence[str], last_record: int, most: int | None
    ) -> Rows: ...


@dataclass(frozen=True)
class Table:
    """A table of a file: its heading, and how to get at its rows.

    `name`: of the file, for faults. `heading`: as written, '' where a column has none; names may
    come twice. `layout`: how it is written, in words. `notes`: what was skipped.
    """

    name: str
    heading: tuple[str, ...]
    heading_line: int
    layout: str
    notes: tuple[str, ...]
    _read: Callable[[Sequence[int], int | None], Rows]

    def sample(self) -> pd.DataFrame:
        """Return the first rows, at most 2,000, of all columns as texts, numbered from 0."""
        columns = range(len(self.heading))
        rows = self._read(columns, _SAMPLE)
        return pd.DataFrame({column: rows.texts(column) for column in columns}, columns=columns)

    def load(self, columns: Sequence[int]) -> Rows:
        """Return columns of all rows. Raises InputError for rows that cannot be read."""
        return self._read(columns, None)


def open_table(path: Path, known: Collection[str] = ()) -> Table:
    """Open a table in text, Excel or Parquet, whatever the name of its file.

    `known`: plain names that may be in its heading; they help to find it.

    Raises InputError for a file that holds no table.
    """
    kind = kind_of(path)
    if kind == "Parquet":
        return _parquet_table(path)
    source: _Source = open_sheet(path, known) if kind == "workbook" else open_text(path, known)
    if not source.first_rows:
        raise whole_file(path, "the file is empty")
    found = find_heading(source.first_rows, known, source.unit)
    return Table(
        str(path), found.names, found.line, source.layout, found.notes,
        lambda columns, most: source.read(columns, found.names, found.last_record, most),
    )  # fmt: skip


def table_of(frame: pd.DataFrame, name: str) -> Table:
    """Return a data frame as a table; its rows are numbered as below a heading."""
    heading = tuple(str(column).strip() for column in frame.columns)

    def read(columns: Sequence[int], most: int | None) -> Rows:
        part = frame.iloc[:most].reset_index(drop=True)
        return Rows({n: part.iloc[:, n] for n in columns}, len(part), lambda row: row + 2)

    return Table(name, heading, 1, "data frame", (), read)


def _parquet_table(path: Path) -> Table:
    with _opened_parquet(path) as file:
        names, rows = file.schema_arrow.names, file.metadata.num_rows
    if rows > MOST_ROWS:  # few bytes can say many
        raise whole_file(path, f"has {rows:,} rows", f"up to {MOST_ROWS:,}")

    def read(columns: Sequence[int], most: int | None) -> Rows:
        wanted = list({names[n]: None for n in columns})
        with _opened_parquet(path) as file:
            if most and rows:
                first = next(file.iter_batches(most, columns=wanted))
                table = pa.Table.from_batches([first])
            else:
                table = file.read(wanted)
            # columns of one name come one after the other
            at = {
                n: table.column_names.index(names[n]) + names[:n].count(names[n]) for n in columns
            }
            stored = {n: _stored(table.column(at[n])) for n in columns}
        return Rows(stored, len(table), lambda row: row + 2)

    return Table(str(path), tuple(map(str.strip, names)), 1, "Parquet", (), read)


@contextmanager
def _opened_parquet(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        with pq.ParquetFile(path) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        why = "".join(filter(str.isprintable, " ".join(str(error).split())))[:200]
        raise whole_file(path, f"cannot be read as Parquet: {why}") from None


_WHOLE = {pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}
"""Numbers with holes keep all their digits."""


def _stored(column: pa.ChunkedArray) -> pd.Series[Any]:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_integer(column.type) and column.type not in _WHOLE:
        column = column.cast(pa.int64())
    stored: pd.Series[Any] = column.to_pandas(
        types_mapper=_WHOLE.get if column.null_count else None
    )
    return stored


def read_table(path: Path) -> pd.DataFrame:
    """Read a CSV, Excel or Parquet file; the cells of a CSV or Excel file are texts.

    A CSV file may be packed. Raises InputError for a file that is none of them.
    """
    check_is_file(path)
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return _first_sheet(path)
    try:
        return _parquet(path) if suffix == ".parquet" else _csv(path)
    except InputError:
        raise
    except pd.errors.EmptyDataError:
        raise whole_file(path, "the file is empty") from None
    except Exception as error:  # pandas and pyarrow raise many kinds for a file they cannot read
        why = " ".join((str(error) or type(error).__name__).split())
        line = re.search(r"(?:in line|starting at row) ([0-9]+)", why)
        problem = f"cannot be read as CSV or Parquet: {''.join(filter(str.isprintable, why))[:200]}"
        raise whole_file(path, problem, line=int(line[1]) if line else None) from None


def _parquet(path: Path) -> pd.DataFrame:
    """Read a Parquet file of no more rows than can be numbered; few bytes can say many rows."""
    if (rows := pq.read_metadata(path).num_rows) > MOST_ROWS:
        raise whole_file(path, f"has {rows:,} rows", f"up to {MOST_ROWS:,}")
    return pd.read_parquet(path)


def _first_sheet(path: Path) -> pd.DataFrame:
    """Read the first sheet of a workbook, its rows numbered as Excel does."""
    name, grid = next(iter(read_workbook(path, ()).items()), ("", None))
    if grid is None or not grid.heading:
        raise whole_file(path, "the file is empty")
    heading = [text_of(cell) for cell in grid.heading]
    width = max((number for number, name in enumerate(heading, 1) if name), default=0)
    faults = [
        Fault(str(path), number, heading[column] if column < width else "", shown(str(cell)),
              "is a formula or an error of Excel", "paste its value", name)
        for number, cells in grid.rows
        for column, cell in enumerate(cells)
        if isinstance(cell, Formula | CellError)
    ]  # fmt: skip
    refuse(faults[:MOST_SHOWN])
    lines, rows = [number for number, _ in grid.rows], [cells for _, cells in grid.rows]
    texts = [[_kept(cell) for cell in (*cells, *[None] * width)[:width]] for cells in rows]
    table = pd.DataFrame(texts, columns=heading[:width], index=lines, dtype=object)
    return table.rename_axis(_ROW)


def _kept(cell: object) -> object:
    """Return a cell as text; yes, no and dates as they are: Excel makes them of ids, too."""
    if isinstance(cell, bool | date):
        return cell
    text = text_of(cell)
    if isinstance(cell, int | float) and abs(cell) >= _EXACT and "e" not in text:
        return f"{cell:.14e}"  # Excel keeps 15 digits: the others are lost
    return text


def _csv(path: Path) -> pd.DataFrame:
    """Read a CSV file; blank rows are left out.

    Raises ValueError, or one of the reader's own errors, for a file that is no such table.
    """
    with opened(path) as file:
        blank = next((n for n, line in enumerate(file) if line.strip(b"\xef\xbb\xbf \t\r\n")), 0)
    with opened(path) as file, warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # cells beyond the heading
        read = pd.read_csv(
            file, dtype=str, keep_default_na=False, encoding="utf-8-sig", index_col=False,
            header=None, skip_blank_lines=False, skiprows=blank,
        )  # fmt: skip
    something = np.zeros(len(read), np.bool_)
    for column in read:
        something |= (read[column].notna() & (read[column] != "")).to_numpy(np.bool_)
    read = read if something.all() else read[something]
    if not len(read):
        raise ValueError("the file is empty")
    heading = ["" if pd.isna(cell) else str(cell).strip() for cell in read.iloc[0]]
    ends = sum(str(cell).count("\n") for cell in read.iloc[0])
    table = read.iloc[1:].set_axis(heading, axis=1)
    return table.set_axis(table.index + 1 + blank + ends, axis=0).rename_axis(_LINE)


def line_of_row(table: pd.DataFrame) -> Callable[[int], int]:
    """Return a function from row to line; in a table that was no file, below a heading."""
    if table.index.name == _ROW:
        return lambda row: int(table.index[row])
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


def check_columns(
    names: Iterable[object], name: str, needed: Sequence[str], optional: Sequence[str] = ()
) -> None:
    """Raise InputError unless each column that is needed is there once, spelled as it must be."""
    spelled, known = [str(one) for one in names], (*needed, *optional)
    allowed = ", ".join(needed) + "".join(f" and, optionally, {one}" for one in optional)
    faults = []
    for one in spelled:
        meant = re.sub(r"[\s-]+", "_", one.strip().lower())
        if meant in known and one not in known:
            problem = f"is not a known column; did you mean '{meant}'?"
            field = shown(one).strip("'")
            faults.append(Fault(name, None, field, "", problem, ", ".join(known)))
    if missing := [one for one in needed if one not in spelled]:
        faults.append(Fault(name, None, "", "", f"columns missing: {', '.join(missing)}", allowed))
    if twice := [one for one in known if spelled.count(one) > 1]:
        faults.append(Fault(name, None, "", "", f"duplicate columns: {', '.join(twice)}", allowed))
    refuse(faults)
