"""Excel workbooks read as grids."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from networks.files.findings import NetworkFileError, refused
from networks.inputs.grids import CellError, Formula, Grid, is_blank
from networks.inputs.packages import MOST_COLUMNS, MOST_ROWS, fault_of

_TOO_LONG = f"has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns"


def read_workbook(path: Path, names: Collection[str]) -> dict[str, Grid]:
    """Return the sheets of a workbook, formulas as `Formula`; nothing is worked out.

    `names`: sheets that are read even where they are hidden.

    Raises NetworkFileError with one fault for a file that is not a plain workbook.
    """
    if fault := fault_of(path):
        raise refused(path, *fault)
    import openpyxl  # noqa: PLC0415  (a quarter of a second that `--help` should not pay)

    with open(path, "rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of openpyxl: on styles and lists that it does not keep
        try:
            book = openpyxl.load_workbook(file, read_only=True, keep_links=False)
            return {
                sheet.title.strip(): _grid(path, sheet)
                for sheet in book.worksheets
                if sheet.title.strip() in names or sheet.sheet_state == "visible"
            }
        except NetworkFileError:
            raise
        except _BROKEN:
            raise refused(path, *_DAMAGED) from None


_DAMAGED = ("is damaged, or is no Excel workbook", "save it as .xlsx from Excel once more")


_BROKEN = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError,
    OSError, EOFError, ParseError, zipfile.BadZipFile,
)  # fmt: skip
"""What openpyxl raises for parts that are not what they should be."""


def _grid(path: Path, sheet: Any) -> Grid:
    sheet.reset_dimensions()  # what a sheet says of its size need not be true
    heading: list[object] | None = None
    heading_row = 1
    rows: list[tuple[int, list[object]]] = []
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MOST_ROWS or len(cells) > MOST_COLUMNS:
            raise refused(f"{path} sheet {sheet.title}", _TOO_LONG, "one table, from cell A1 on")
        values = [_value(cell) for cell in cells]
        if all(is_blank(value) for value in values):
            continue
        if heading is None:
            heading, heading_row = values, number
        else:
            rows.append((number, values))
    return Grid(heading_row, heading or [], rows)


def _value(cell: Any) -> object:
    kind = cell.data_type
    if kind == "f":
        return Formula(cell.value if isinstance(cell.value, str) else "=...")
    if kind == "e":
        return CellError(cell.value)
    value: object = cell.value
    return value
