"""One table for every face: typed cells, which terminal, page and workbook show their own way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.registry import Definition
from logistics.analysis.statistics.intervals import Estimate, percent
from logistics.report.text.wording import estimate_parts

_DECIMALS = {"share": 1, "days": 2, "hours": 1}  # of a number on the page


@dataclass(frozen=True)
class Metric:
    """An estimate with its unit. `before`, `after`: text around it, such as counts behind it."""

    estimate: Estimate
    definition: Definition
    before: str = ""
    after: str = ""

    def parts(self) -> tuple[str, ...]:
        """Return the estimate and its interval as text, and the text around them."""
        known = (self.before, *estimate_parts(self.estimate, self.definition))
        *most, last = filter(None, known)
        return (*most, f"{last}{self.after}")


@dataclass(frozen=True)
class Number:
    """A number without an interval. `decimals`: on the page; None for those of its unit."""

    value: float
    unit: str
    decimals: int | None = None

    def __str__(self) -> str:
        """Return the number; '-' where there is none, and 'not reached' where it has no end."""
        if not isfinite(self.value):
            return "not reached" if self.value > 0 else "-"
        decimals = _DECIMALS.get(self.unit, 0) if self.decimals is None else self.decimals
        if self.unit == "share":
            return percent(self.value, decimals)
        return f"{self.value:,.{decimals}f}"


Cell = Metric | Number | str | int | float | date | None
"""What a table holds; None where nothing can be said."""


@dataclass(frozen=True)
class Column:
    """A column.

    `heading`: on page and terminal. `keys`: the cells that stand for it in a sheet with a row for
    each value. `sheet`: its headings in a sheet with a row for each row, more than one where an
    estimate has its ends beside it; None for `heading`, empty where the sheet leaves it out.
    `on_page`: whether page and terminal show it.
    """

    heading: str
    keys: tuple[str, ...] = ()
    sheet: tuple[str, ...] | None = None
    on_page: bool = True

    @property
    def sheet_headings(self) -> tuple[str, ...]:
        """Its headings in a sheet with a row for each row."""
        return (self.heading,) if self.sheet is None else self.sheet


@dataclass(frozen=True)
class Row:
    """A label and its cells; without cells, a heading within the table.

    `note`: what the row means. `keys`: the cells that stand for it in a sheet, of a heading the
    first; none for the label.
    `on_sheet`, `on_page`: whether workbooks, and whether page and terminal show it.
    """

    label: str
    cells: tuple[Cell, ...] = ()
    note: str = ""
    keys: tuple[Cell, ...] = ()
    on_sheet: bool = True
    on_page: bool = True


@dataclass(frozen=True)
class Table:
    """A table. `corner`: heading of the labels. `texts`: its cells are words, not numbers."""

    name: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: str = ""
    corner: str = ""
    texts: bool = False

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings on page and terminal, that of the labels first."""
        return (self.corner, *(column.heading for column in self.columns if column.on_page))

    def shown(self, row: Row) -> list[Cell]:
        """Return the cells of a row that page and terminal show."""
        pairs = zip(self.columns, row.cells, strict=bool(row.cells))
        return [cell for column, cell in pairs if column.on_page]

    def body(self) -> Iterator[tuple[str, Row]]:
        """Yield each row of a workbook with the heading it stands under, '' for none."""
        title = ""
        for row in self.rows:
            if not row.cells:
                title = str(row.keys[0]) if row.keys else row.label
            elif row.on_sheet:
                yield title, row


def columns(headings: Sequence[str]) -> tuple[Column, ...]:
    """Return columns, each named by its heading in every face."""
    return tuple(Column(heading, (heading,)) for heading in headings)


def network_columns(result: Comparison) -> tuple[Column, ...]:
    """Return a column for each network, headed by its label."""
    return tuple(Column(result.label(name), (name,)) for name in result.names)


def cell_parts(cell: Cell) -> tuple[str, ...]:
    """Return the text of a cell, in parts between which a line may be broken."""
    if isinstance(cell, Metric):
        return cell.parts()
    if cell is None:
        return ("-",)
    return (f"{cell:,}" if isinstance(cell, int | float) else str(cell),)
