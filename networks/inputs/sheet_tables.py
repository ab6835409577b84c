"""Tables on a sheet of an Excel workbook."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from networks.inputs.cells import text_of
from networks.inputs.faults import Fault, refuse, shown, whole_file
from networks.inputs.grids import CellError, Formula, Grid
from networks.inputs.headings import SEARCHED, FirstRow, names_known
from networks.inputs.rows import MOST_SHOWN, PROTECTED, Rows, is_closing
from networks.inputs.workbooks import grid_of_sheet, opened_workbook

_FIRST = 100
"""Rows of each sheet by which the sheet is chosen."""
_EXACT = 1e15

Row = tuple[int, Sequence[object]]


@dataclass(frozen=True)
class SheetTable:
    """A sheet of a workbook, by its number. `others`: sheets that hold something, too."""

    path: Path
    number: int
    title: str
    first_rows: list[FirstRow]
    unit: str = "row"
    others: tuple[str, ...] = ()

    @property
    def layout(self) -> str:
        """Return in words which sheet it is."""
        others = f" (not {', '.join(self.others)})" if self.others else ""
        return f"Excel, sheet {self.title}{others}"

    def read(
        self,
        columns: Sequence[int],
        names: Sequence[str],
        last_record: int,
        most: int | None = None,
    ) -> Rows:
        """Return columns of the rows below a row, or of the first of them.

        Raises InputError for formulas; those of the first rows are shown as they are.
        """
        with opened_workbook(self.path) as sheets:
            grid = grid_of_sheet(self.path, sheets[self.number], most and most + last_record)
        rows = [row for row in _rows(grid) if row[0] > last_record]
        if most is None:
            refuse(list(self._formulas(rows, columns, names))[:MOST_SHOWN])
        cells = {
            n: pd.Series([_kept(row[n]) if n < len(row) else "" for _, row in rows], dtype=object)
            for n in columns
        }
        return Rows(cells, len(rows), lambda row: rows[row][0])

    def _formulas(
        self, rows: Sequence[Row], columns: Sequence[int], names: Sequence[str]
    ) -> Iterator[Fault]:
        end = len(rows)
        while end and is_closing(_first_text(rows[end - 1][1])):
            end -= 1  # sums are formulas
        for number, cells in rows[:end]:
            for n in columns:
                if n < len(cells) and isinstance(cell := _kept(cells[n]), Formula | CellError):
                    problem = "is a formula or an error of Excel"
                    yield Fault(str(self.path), number, names[n], shown(str(cell)), problem,
                                "paste its value", self.title)  # fmt: skip


def open_sheet(path: Path, known: Collection[str]) -> SheetTable:
    """Open the sheet whose first rows have most known names, or else the first that has rows.

    Hidden sheets come last. Raises InputError for what is no plain workbook, or an empty one.
    """
    with opened_workbook(path) as sheets:
        tables = [
            SheetTable(path, number, sheet.title, first)
            for number, sheet in sorted(
                enumerate(sheets), key=lambda one: one[1].sheet_state != "visible"
            )
            if (first := _first_rows(grid_of_sheet(path, sheet, _FIRST)))
        ]
    if not tables:
        raise whole_file(path, "the file is empty")
    best = max(
        tables,
        key=lambda table: max(names_known(row.cells, known) for row in table.first_rows[:SEARCHED]),
    )
    return replace(best, others=tuple(table.title for table in tables if table is not best))


def _rows(grid: Grid) -> list[Row]:
    return [(grid.heading_row, grid.heading), *grid.rows] if grid.heading else []


def _first_rows(grid: Grid) -> list[FirstRow]:
    return [FirstRow(row, row, [text_of(cell) for cell in cells]) for row, cells in _rows(grid)]


def _first_text(cells: Sequence[object]) -> str:
    """Return the first text of a row that is no formula."""
    texts = (text_of(cell) for cell in cells if not isinstance(cell, Formula | CellError))
    return next(filter(None, texts), "")


def _kept(cell: object) -> object:
    """Return a cell as text; yes, no, dates and formulas as they are."""
    if isinstance(cell, bool | date):  # Excel makes them of ids, too
        return cell
    if isinstance(cell, Formula | CellError):
        protected = re.fullmatch(PROTECTED, cell)
        return protected[1] if protected else cell
    text = text_of(cell)
    if isinstance(cell, int | float) and abs(cell) >= _EXACT and "e" not in text:
        return f"{cell:.14e}"  # Excel keeps 15 digits: the others are lost
    return text
