"""Where a network was written, and the faults and repairs of its files, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from networks.inputs.faults import Fault, shown
from networks.sheets import SHEET

MOST_IN_A_COLUMN = 100
"""Faults of one column that are reported one by one; of the rest, only the number."""


@dataclass(frozen=True)
class CellRef:
    """A cell, a row (no column) or a sheet (no row)."""

    sheet: str
    row: int | None = None
    column: str = ""

    def at(self, column: str) -> CellRef:
        """Return the cell of the row in a column."""
        return CellRef(self.sheet, self.row, column)


@dataclass
class FaultLog:
    """Faults and repairs of one network's files, in the order in which they are found.

    `files`: the file of each sheet. `faulty`: cells, rows and sheets with a fault of their own:
    what follows from those is not reported again. `unlisted`: by sheet and column, how many faults
    came after the first `MOST_IN_A_COLUMN`, and what is allowed.
    """

    path: str
    files: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    faulty: set[CellRef] = field(default_factory=set)
    unlisted: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    _count: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, place: CellRef, value: object, problem: str, allowed: str = "") -> None:
        """Note a fault; of the cells of one column, the first `MOST_IN_A_COLUMN` one by one."""
        self.faulty.add(place)
        column = (place.sheet, place.column)
        if place.row is not None and place.column:
            self._count[column] += 1
        if self._count[column] > MOST_IN_A_COLUMN and place.row is not None:
            self.unlisted[column] = (self._count[column] - MOST_IN_A_COLUMN, allowed)
            return
        text = shown(value, of_cell=True) if value not in (None, "") else ""
        self.faults.append(self._fault(place, text, problem, allowed))

    def file(self, sheet: str) -> str:
        """Return where a sheet is: its CSV file, or the workbook and its name."""
        file = self.files.get(sheet, self.path)
        return file if file.endswith(".csv") else f"{file} sheet {sheet}"

    def _fault(self, place: CellRef, value: str, problem: str, allowed: str) -> Fault:
        file = self.files.get(place.sheet, self.path)
        return Fault(file, place.row, place.column, value, problem, allowed, place.sheet)

    def explains(self, place: CellRef) -> bool:
        """Tell whether a fault that is known already accounts for one at a place."""
        whole = (CellRef(place.sheet), CellRef(place.sheet, None, place.column))
        return place in self.faulty or (bool(place.sheet) and not self.faulty.isdisjoint(whole))

    def lacks(self, sheet: str, column: str) -> bool:
        """Tell whether a sheet, or one of its columns as a whole, could not be read."""
        return (sheet, column) in self.unlisted or self.explains(CellRef(sheet, None, column))

    def touches(self, columns: Iterable[str]) -> bool:
        """Tell whether any of some columns, such as 'lanes.origin', has a fault in some row."""
        sought = {tuple(column.split(".")) for column in columns}
        sheets = {sheet for sheet, _ in sought}
        return any(
            (place.sheet, place.column) in sought or (place.sheet in sheets and not place.column)
            for place in self.faulty
        )

    def in_order(self) -> tuple[Fault, ...]:
        """Return the faults by sheet and row."""
        rank = {name: number for number, name in enumerate(SHEET)}
        more = [
            self._fault(CellRef(sheet, None, column), "",
                        f"{count:,} more cells of this column have a fault", allowed)
            for (sheet, column), (count, allowed) in self.unlisted.items()
        ]  # fmt: skip
        faults = [*self.faults, *more]
        return tuple(sorted(faults, key=lambda f: (rank.get(f.sheet, -1), f.line or 0)))


@dataclass
class Index:
    """Where the parts of a network were written: rows by place, columns by place and attribute."""

    rows: dict[str, list[CellRef]] = field(default_factory=dict)
    cells: dict[tuple[str, str], CellRef] = field(default_factory=dict)

    def add(self, name: str, row: CellRef) -> None:
        """Note that the part `name` is in a row."""
        self.rows.setdefault(name, []).append(row)

    def find(self, name: str, attribute: str) -> CellRef:
        """Return the cell of an attribute, else the row of the part, else nowhere."""
        if (name, attribute) in self.cells:
            return self.cells[name, attribute]
        rows = self.rows.get(name, [CellRef("")])
        for row in rows:
            columns = SHEET[row.sheet].columns if row.row is not None else ()
            named = [column.name for column in columns if column.field == attribute]
            if named:
                return row.at(named[0])
        return rows[0]
