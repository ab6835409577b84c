"""From the raw cells of sheets to columns of values that refer to each other.

Each cell without a value, and each word that no other sheet lists, is a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from networks.files.fault_log import MOST_IN_A_COLUMN, CellRef, FaultLog
from networks.geography import place_outside
from networks.inputs.cells import text_of
from networks.inputs.faults import did_you_mean, nearest
from networks.inputs.grids import CellError, Formula, Grid, is_blank
from networks.inputs.zip_codes import whole_zips
from networks.schema import SELLERS
from networks.sheets import SETTINGS, SHEET, Column, Sheet


@dataclass
class Table:
    """A sheet that was read: `columns` by name, each as long as `rows`, Excel's row numbers."""

    sheet: Sheet
    rows: list[int] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=dict)

    def place(self, number: int, column: str = "") -> CellRef:
        """Return the place of a row, numbered from 0."""
        return CellRef(self.sheet.name, self.rows[number], column)

    def keep(self, numbers: Sequence[int]) -> None:
        """Drop all other rows."""
        self.rows = [self.rows[number] for number in numbers]
        self.columns = {
            name: [values[number] for number in numbers] for name, values in self.columns.items()
        }


def read_table(sheet: Sheet, grid: Grid, log: FaultLog) -> Table:
    """Return the table of a sheet. Cells with a fault hold the column's example."""
    where = _headings(sheet, grid, log)
    table = Table(sheet, [row for row, _ in grid.rows])
    torn = _torn(sheet, grid, log)
    for column in sheet.columns:
        number = where.get(column.name)
        if number is None:
            value = column.default if not column.needed else _example(column)
            table.columns[column.name] = [value] * len(grid.rows)
        else:
            cells: Sequence[object]
            cells = [row[number] if number < len(row) else None for _, row in grid.rows]
            cells = whole_zips(cells) if column.kind == "market" else cells
            table.columns[column.name] = _read_cells(table, column, cells, torn, log)
    _no_row_twice(table, log)
    return table


def _headings(sheet: Sheet, grid: Grid, log: FaultLog) -> dict[str, int]:
    """Return the number of each column that is there, spelled roughly as it must be."""
    known = {column.name: column for column in sheet.columns}
    where: dict[str, int] = {}
    unknown: list[tuple[int, str]] = []
    for number, cell in enumerate(grid.heading):
        name = re.sub(r"[\s_]+", "_", text_of(cell).lower())
        if name in where:
            log.add(CellRef(sheet.name, grid.heading_row, name), "", "is a duplicate column")
        elif name in known:
            where[name] = number
        elif name:
            unknown.append((number, text_of(cell)))
    for number, name in unknown:
        word, free = re.sub(r"[\s_]+", "_", name), known.keys() - where.keys()
        meant = nearest(word, free)
        problem = f"is not a known column{did_you_mean(word, free)}"
        log.add(CellRef(sheet.name, grid.heading_row, name[:60]), "", problem, ", ".join(known))
        if meant:
            where[meant] = number
    for column in sheet.columns:
        if column.needed and column.name not in where:
            log.add(CellRef(sheet.name, grid.heading_row, column.name), "",
                    "this column is missing", column.takes)  # fmt: skip
            log.faulty.add(CellRef(sheet.name, None, column.name))
    return where


def _torn(sheet: Sheet, grid: Grid, log: FaultLog) -> set[int]:
    """Add a fault for each row that is wider than the heading, and return these rows.

    A comma that is not in quotes tears a row of a CSV file: its cells are in wrong columns.
    """
    named = [number for number, cell in enumerate(grid.heading) if not is_blank(cell)]
    width = named[-1] + 1 if named else 0
    for number in sorted(set(range(width)) - set(named)):
        if any(not is_blank(row[number]) for _, row in grid.rows if number < len(row)):
            problem = f"column {get_column_letter(number + 1)} has no heading"
            log.add(CellRef(sheet.name, grid.heading_row), "", problem, "a heading, or no cells")
    torn = {row for row, values in grid.rows if not all(map(is_blank, values[width:]))}
    for row in sorted(torn)[:MOST_IN_A_COLUMN]:
        log.add(CellRef(sheet.name, row), "", f"has cells beyond the last heading,"
                f" {get_column_letter(width)}", "quotes around a text with commas; 0.5 with a"
                " decimal point")  # fmt: skip
    return torn


def _example(column: Column) -> Any:
    return column.read(column.example)


def _read_cells(
    table: Table, column: Column, cells: Sequence[object], torn: set[int], log: FaultLog
) -> list[Any]:
    """Return the values of a column; cells of torn rows have none, and no fault of their own."""
    known: dict[tuple[type, object], tuple[Any, str]] = {}  # each different cell is read once
    repaired: list[tuple[int, object]] = []
    found = []
    for number, (value, row) in enumerate(zip(cells, table.rows, strict=True)):
        if row in torn and column is table.sheet.columns[0]:
            found.append(_instead(column, value))
        elif row in torn:
            log.faulty.add(table.place(number, column.name))
            found.append(_example(column))
        else:
            key = (type(value), value)
            if key not in known:
                known[key] = _meaning(column, value)
            meaning, problem = known[key]
            found.append(meaning)
            if problem:
                log.add(table.place(number, column.name), value, problem, column.takes)
            elif column.kind == "market" and meaning != text_of(value):
                repaired.append((row, value))
    if repaired:
        first = repaired[0][1]
        rows = ", ".join(str(row) for row, _ in repaired[:5]) + ", ..." * (len(repaired) > 5)
        log.warnings.append(
            f"{log.file(table.sheet.name)}: {column.name}: {len(repaired):,} values were read as"
            f" markets, such as {text_of(first)!r} as {column.read(first)} (rows {rows})"
        )
    return found


def _meaning(column: Column, value: object) -> tuple[Any, str]:
    """Return what a cell means and '', or what replaces it and what is wrong with it."""
    if isinstance(value, Formula):
        return _instead(column, value), "is a formula; paste its value"
    if isinstance(value, CellError):
        return _instead(column, value), "is an error of the spreadsheet"
    try:
        meaning = column.read(value)
    except ValueError as error:
        return _instead(column, value), str(error)
    outside = place_outside(meaning[1:]) if column.kind == "market" else ""
    return meaning, f"is {outside}" if outside else ""


def _instead(column: Column, value: object) -> Any:
    """Return what replaces a cell with a fault: other sheets may spell an id as badly."""
    return text_of(value) if column.kind in ("id", "name") else _example(column)


def _no_row_twice(table: Table, log: FaultLog) -> None:
    """Add a fault for each row that names the same as an earlier one, and drop it."""
    key = table.sheet.key
    if not key:
        return
    first: dict[tuple[Any, ...], int] = {}
    keep = []
    for number, names in enumerate(zip(*(table.columns[name] for name in key), strict=True)):
        broken = any(log.explains(table.place(number, name)) for name in key)
        if names in first and not broken:
            what = ", ".join(f"{name} {value}" for name, value in zip(key, names, strict=True))
            log.add(table.place(number, key[0]), names[0],
                    f"is a duplicate of row {first[names]}: {what}",
                    "one row for each")  # fmt: skip
            continue
        if not broken:
            first[names] = table.rows[number]
        keep.append(number)
    if len(keep) < len(table.rows):
        table.keep(keep)


def read_settings(table: Table, log: FaultLog) -> dict[str, Any]:
    """Return the settings by name, `note` as a list; what is not set has its default."""
    known = {setting.name: setting for setting in SETTINGS}
    found: dict[str, Any] = {
        setting.name: setting.default for setting in SETTINGS if setting.name != "note"
    }
    notes: list[str] = []
    seen: dict[str, int] = {}
    for number, (name, value) in enumerate(
        zip(table.columns["name"], table.columns["value"], strict=True)
    ):
        place = table.place(number, "value")
        if log.explains(table.place(number, "name")) or log.explains(place):
            continue
        setting = known[name]
        if name != "note" and name in seen:
            log.add(table.place(number, "name"), name,
                    f"is a duplicate of row {seen[name]}", "one row")  # fmt: skip
            continue
        seen[name] = table.rows[number]
        try:
            read = setting.read(value)
        except ValueError as error:
            log.add(place, value, f"({name}) {error}", setting.takes)
            read = _example(setting)
        if name == "note":
            notes.append(read)
        else:
            found[name] = read
    if not found["name"] and CellRef("settings") not in log.faulty:
        log.add(CellRef("settings"), "", "has no row with the name of the network",
                "a row 'name', such as my-network")  # fmt: skip
    found["name"] = found["name"] or _example(known["name"])
    return {**found, "note": notes}


EVERY_DAY = "every day"
"""A calendar that need not be listed."""


def resolve(table: Table, tables: Mapping[str, Table], log: FaultLog) -> list[tuple[CellRef, str]]:
    """Check that what a table refers to is listed where it must be.

    An unknown word becomes the known one that it is most like; rows that name a facility like no
    other are left out, and those that become a duplicate of another or a lane to where it
    starts. Returns where a market was left out, and which.
    """
    lost: set[int] = set()
    changed: set[int] = set()
    for column in table.sheet.columns:
        if column.refers and not log.lacks(column.refers, SHEET[column.refers].columns[0].name):
            gone, other = _resolved(table, column, tables[column.refers], log)
            lost, changed = lost | gone, changed | other
    lost |= _become_others(table, changed - lost, lost)
    markets = table.columns["market"] if table.sheet.name == "markets" else []
    left_out = [(table.place(number), markets[number]) for number in sorted(lost) if markets]
    if lost:
        table.keep([number for number in range(len(table.rows)) if number not in lost])
    return left_out


def _become_others(table: Table, changed: set[int], lost: set[int]) -> set[int]:
    """Return changed rows that now name the same as another row, or a lane to where it starts."""
    if not changed or not table.sheet.key:
        return set()
    keys = list(zip(*(table.columns[name] for name in table.sheet.key), strict=True))
    seen = {key for number, key in enumerate(keys) if number not in changed | lost}
    gone = set()
    for number in sorted(changed):
        if keys[number] in seen or (
            "destination" in table.columns and len(set(keys[number][:2])) < 2
        ):
            gone.add(number)
        seen.add(keys[number])
    return gone


def _resolved(
    table: Table, column: Column, listed: Table, log: FaultLog
) -> tuple[set[int], set[int]]:
    """Put a known word for each unknown one of a column; return the rows without one, and with."""
    first = listed.sheet.columns[0].name
    known = dict.fromkeys(name for name in listed.columns[first] if name)
    misspelt = {name for number, name in enumerate(listed.columns[first])
                if log.explains(listed.place(number, first))}  # fmt: skip
    if column.refers == "calendars":
        known[EVERY_DAY] = None
    if table.sheet.name in ("lanes", "departures") and column.name == "origin":
        known[SELLERS] = None
    lost, changed = set(), set()
    values = table.columns[column.name]
    for number in [n for n, value in enumerate(values) if value not in known]:
        value, place = values[number], table.place(number, column.name)
        if value == "" and not column.needed:
            continue
        meant = nearest(value, known)
        if meant not in misspelt and not log.explains(place):
            hint = did_you_mean(value, known)
            log.add(place, value, f"is not in sheet {column.refers}{hint}", _some(known))
        if meant is None and column.refers == "facilities":
            lost.add(number)
        else:
            values[number] = meant or next(iter(known), value)
            changed.add(number)
    return lost, changed


def _some(known: Iterable[str], most: int = 6) -> str:
    names = list(known)
    more = f", ... ({len(names):,} in all)" if len(names) > most else ""
    return ", ".join(names[:most]) + more
