"""Excel workbooks read as grids."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from networks.inputs.faults import InputError, whole_file
from networks.inputs.grids import CellError, Formula, Grid, grid_of
from networks.inputs.packages import DAMAGED, fault_of


def read_workbook(path: Path, names: Collection[str]) -> dict[str, Grid]:
    """Return the sheets of a workbook, formulas as `Formula`; nothing is worked out.

    `names`: sheets that are read even where they are hidden.

    Raises InputError with one fault for a file that is not a plain workbook.
    """
    if fault := fault_of(path):
        raise whole_file(path, *fault)
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
        except InputError:
            raise
        except _BROKEN:
            raise whole_file(path, *DAMAGED) from None


_BROKEN = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError,
    OSError, EOFError, ParseError, zipfile.BadZipFile,
)  # fmt: skip
"""What openpyxl raises for parts that are not what they should be."""


def _grid(path: Path, sheet: Any) -> Grid:
    sheet.reset_dimensions()  # what a sheet says of its size need not be true
    rows = ([_value(cell) for cell in cells] for cells in sheet.iter_rows())
    return grid_of(rows, f"{path} sheet {sheet.title}", "one table, from cell A1 on")


def _value(cell: Any) -> object:
    kind = cell.data_type
    if kind == "f":
        return Formula(cell.value if isinstance(cell.value, str) else "=...")
    if kind == "e":
        return CellError(cell.value)
    value: object = cell.value
    return value
