"""Tables of raw cells, before anybody asks what they mean; CSV files read as such.

`networks.inputs.workbooks` reads Excel workbooks as the same grids, `networks.inputs.cells` says
what a cell means.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from networks.inputs.faults import whole_file
from networks.inputs.input_files import bytes_of

MOST_BYTES = 400 * 10**6
"""Of a CSV file, or of all parts of a workbook together, unpacked."""
MOST_ROWS = 1_000_000
MOST_COLUMNS = 200

_UTF8 = "a CSV file in UTF-8 (Excel: save as 'CSV UTF-8')"

Row = tuple[Any, ...]
"""The values of a row to be written, in the order of the columns; '' for a blank cell."""


class Formula(str):
    """A cell that holds a formula; it is never worked out."""


class CellError(str):
    """A cell in which Excel shows an error such as #REF!."""


@dataclass(frozen=True)
class Grid:
    """A sheet as it was read: the heading, then the rows that are not blank, with their numbers.

    Row numbers are Excel's. Cells are text, numbers, times, dates, yes/no, `Formula`, `CellError`,
    or None.
    """

    heading_row: int
    heading: Sequence[object]
    rows: Sequence[tuple[int, Sequence[object]]]


def is_blank(value: object) -> bool:
    """Tell whether a cell is blank."""
    return value is None or (isinstance(value, str) and not value.strip())


def written(value: object) -> str:
    """Return a value as the text of a cell: numbers with all their digits, yes or no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, int | float) else str(value)


def grid_of(rows: Iterable[Sequence[object]], place: object, allowed: str) -> Grid:
    """Return rows of cells as a grid: the first that is not blank is the heading.

    Raises InputError about `place`, saying what is `allowed`, for far too many rows or columns.
    """
    heading: Sequence[object] = ()
    heading_row = 1
    filled: list[tuple[int, Sequence[object]]] = []
    for number, cells in enumerate(rows, start=1):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            problem = f"has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns"
            raise whole_file(place, problem, allowed)
        if all(map(is_blank, cells)):
            continue
        if heading:
            filled.append((number, cells))
        else:
            heading, heading_row = cells, number
    return Grid(heading_row, heading, filled)


def read_csv_grid(file: Path) -> Grid:
    """Return the grid of a CSV file with commas, semicolons or tabs.

    Raises InputError for a file that is no such table.
    """
    rows = (
        [Formula(text) if text.lstrip().startswith("=") else text for text in record]
        for record in _records(file)
    )
    return grid_of(rows, file, "one table, from its first line on")


def _text(file: Path) -> str:
    raw = bytes_of(file, MOST_BYTES)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise whole_file(file, "is written in UTF-16", _UTF8)
    if b"\x00" in raw:
        line = raw[: raw.index(b"\x00")].count(b"\n") + 1
        raise whole_file(file, "has a NUL byte: it is damaged, or no text", _UTF8, line)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise whole_file(file, "has a character that is not UTF-8", _UTF8, line) from None


def _records(file: Path) -> Iterator[list[str]]:
    """Yield the records of a CSV file, empty ones too: Excel counts them as rows."""
    text = _text(file)
    heading = next((line for line in text.splitlines() if line.strip()), "")
    marks = max(",;\t", key=heading.count)
    delimiter = marks if heading.count(marks) else ","
    # only line feeds end a line, as in Excel
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    reader = csv.reader((line + "\n" for line in lines), delimiter=delimiter, strict=True)
    number = 0
    try:
        for record in reader:
            number += 1
            yield record
    except csv.Error as error:
        problem = f"cannot be read as CSV: {error}"
        raise whole_file(file, problem, "cells with quotes closed", number + 1) from None
