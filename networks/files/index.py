"""Where the parts of a network were written, so that faults of the network point at cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from networks.files.fault_log import CellRef
from networks.sheets import SHEET


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
            if row.row is not None and (column := _columns(row.sheet).get(attribute)):
                return CellRef(row.sheet, row.row, column)
        return rows[0]


@cache
def _columns(sheet: str) -> dict[str, str]:
    """Return the names of a sheet's columns by attribute of the schema."""
    return {column.field: column.name for column in SHEET[sheet].columns}
