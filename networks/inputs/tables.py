"""Tables as people export them, from any file that holds one: its heading, and columns of its rows.

Files of orders have millions of rows, of which only the columns that are asked for are kept; the
small tables of a network, whose every cell may be wrong, are read as `networks.inputs.grids`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from networks.inputs.delimited import open_text
from networks.inputs.faults import whole_file
from networks.inputs.file_kinds import kind_of
from networks.inputs.headings import find_heading
from networks.inputs.rows import Rows
from networks.inputs.sheet_tables import open_sheet

MOST_ROWS = 100_000_000
_SAMPLE = 2_000


@dataclass(frozen=True)
class Table:
    """A table of a file: its heading, and how to get at its rows.

    `name`: of the file, for faults. `heading`: as written, '' where a column has none; a name may
    occur more than once. `layout`: how it is written, in words. `notes`: what was skipped.
    """

    name: str
    heading: tuple[str, ...]
    heading_line: int
    layout: str
    notes: tuple[str, ...]
    _read: Callable[..., Rows]
    """Of columns, and of at most so many rows; it can be sent to other processes."""

    def sample(self) -> pd.DataFrame:
        """Return the first rows, at most 2,000, of all columns as texts, numbered from 0."""
        columns = range(len(self.heading))
        rows = self._read(columns, most=_SAMPLE)
        return pd.DataFrame({column: rows.texts(column) for column in columns}, columns=columns)

    def load(self, columns: Sequence[int]) -> Rows:
        """Return columns of all rows. Raises InputError for rows that cannot be read."""
        return self._read(columns, most=None)


def open_table(path: Path, known: Collection[str] = ()) -> Table:
    """Open a table in text, Excel or Parquet, whatever the name of its file.

    `known`: plain names that may be in its heading; they help to find it.

    Raises InputError for a file that holds no table.
    """
    kind = kind_of(path)
    if kind == "Parquet":
        return _parquet_table(path)
    source = open_sheet(path, known) if kind == "workbook" else open_text(path, known)
    if not source.first_rows:
        raise whole_file(path, "the file is empty")
    found = find_heading(source.first_rows, known, source.unit)
    return Table(
        str(path), found.names, found.line, source.layout, found.notes,
        partial(source.read, names=found.names, last_record=found.last_record),
    )  # fmt: skip


def table_of(frame: pd.DataFrame, name: str) -> Table:
    """Return a data frame as a table; its rows are numbered as below a heading."""
    heading = tuple(str(column).strip() for column in frame.columns)
    return Table(name, heading, 1, "data frame", (), partial(_read_frame, frame))


def _read_frame(frame: pd.DataFrame, columns: Sequence[int], *, most: int | None) -> Rows:
    part = frame.iloc[:most].reset_index(drop=True)
    return Rows({n: part.iloc[:, n] for n in columns}, len(part), _below_heading)


def _below_heading(row: int) -> int:
    return row + 2


def _parquet_table(path: Path) -> Table:
    with _opened_parquet(path) as file:
        names, rows = file.schema_arrow.names, file.metadata.num_rows
    if rows > MOST_ROWS:  # few bytes can say many
        raise whole_file(path, f"has {rows:,} rows", f"up to {MOST_ROWS:,}")

    heading = tuple(map(str.strip, names))
    return Table(str(path), heading, 1, "Parquet", (), partial(_read_parquet, path, names))


def _read_parquet(
    path: Path, names: Sequence[str], columns: Sequence[int], *, most: int | None
) -> Rows:
    wanted = list({names[n]: None for n in columns})
    with _opened_parquet(path) as file:
        if most and file.metadata.num_rows:
            table = pa.Table.from_batches([next(file.iter_batches(most, columns=wanted))])
        else:
            table = file.read(wanted)
        # columns of one name come one after the other
        at = {n: table.column_names.index(names[n]) + names[:n].count(names[n]) for n in columns}
        stored = {n: _stored(table.column(at[n])) for n in columns}
    return Rows(stored, len(table), _below_heading)


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
