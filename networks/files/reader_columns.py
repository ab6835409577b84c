"""Columns that any sheet may have for its readers: `include`, `name` and `notes`.

A row whose `include` is no is left out, and with a facility every row of another sheet that refers
to it, lanes with their departures. `name` and `notes` are not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce

from networks.files.fault_log import CellRef, FaultLog
from networks.geography import load_markets
from networks.inputs.cells import text_of, yes_no
from networks.inputs.grids import Grid, Row, is_blank
from networks.sheets import SHEET, Column, Sheet

INCLUDE = "include"
COLUMNS = tuple(
    Column(name, kind, example, comment, needed=False, field=name)
    for name, kind, example, comment in (
        ("name", "text", "hub in Chicago", "What the row is, for readers: not read."),
        (
            INCLUDE,
            "yes/no",
            "yes",
            "no: the row is left out, with a facility all that refers to it.",
        ),
        ("notes", "text", "closes in May", "For readers: not read."),
    )
)
_LANE = ("origin", "destination", "mode")


def without_reader_columns(grids: Mapping[str, Grid], log: FaultLog) -> Mapping[str, Grid]:
    """Return sheets without the rows that are left out, and without columns for readers.

    What was left out is among the warnings; an `include` that is neither yes nor no is a fault.
    """
    kept = {name: _kept(name, grid, log) for name, grid in grids.items() if name in SHEET}
    gone = _only(grids, kept, "facilities", ("facility",))
    for name, grid in kept.items():
        columns = [one.name for one in SHEET[name].columns if one.refers == "facilities"]
        kept[name] = reduce(lambda grid, column: _dropped(grid, (column,), gone), columns, grid)
    lanes = _only(grids, kept, "lanes", _LANE)
    if "departures" in kept:
        kept["departures"] = _dropped(kept["departures"], _LANE, lanes)
    for name, grid in kept.items():
        if fewer := len(grids[name].rows) - len(grid.rows):
            log.warnings.append(
                f"{log.file(name)}: {fewer:,} row{'s' * (fewer > 1)} left out, by `include` of the"
                " row or of what it refers to"
            )
        kept[name] = _bare(name, grid)
    return {**grids, **kept}


def names_of(sheet: Sheet, row: Row) -> str:
    """Return what a row is called: its kind and its city, '' where it is at no one place."""
    at = {column.name: value for column, value in zip(sheet.columns, row, strict=True)}
    market = str(at.get("market", ""))
    if not market:
        return ""
    markets = load_markets()
    city = markets.names[markets.index(market)]
    return f"{at['kind']} in {city}" if "kind" in at else city


def _headings(grid: Grid) -> dict[str, int]:
    """Return the number of each heading, spelled as columns are."""
    return {
        re.sub(r"[\s_]+", "_", text_of(cell).lower()): number
        for number, cell in enumerate(grid.heading)
        if not is_blank(cell)
    }


def _kept(name: str, grid: Grid, log: FaultLog) -> Grid:
    """Return a sheet with the rows that are included; an empty cell includes its row."""
    number = _headings(grid).get(INCLUDE)
    if number is None or name == "settings":
        return grid

    def included(at: int, row: Sequence[object]) -> bool:
        cell = row[number] if number < len(row) else None
        try:
            return is_blank(cell) or yes_no(cell)
        except ValueError as error:
            log.add(CellRef(name, at, INCLUDE), cell, str(error), "yes or no")
            return True

    return replace(grid, rows=[(at, row) for at, row in grid.rows if included(at, row)])


def _key(
    grid: Grid, columns: tuple[str, ...]
) -> Callable[[Sequence[object]], tuple[str, ...]] | None:
    """Return what reads the cells of some columns from a row; None where one is missing."""
    where = _headings(grid)
    if not all(name in where for name in columns):
        return None
    numbers = [where[name] for name in columns]
    return lambda row: tuple(text_of(row[n]) if n < len(row) else "" for n in numbers)


def _only(
    before: Mapping[str, Grid], after: Mapping[str, Grid], name: str, columns: tuple[str, ...]
) -> set[tuple[str, ...]]:
    """Return what a sheet names before its rows were left out, and not after."""
    if name not in after or (key := _key(before[name], columns)) is None:
        return set()
    return {key(row) for _, row in before[name].rows} - {key(row) for _, row in after[name].rows}


def _dropped(grid: Grid, columns: tuple[str, ...], gone: set[tuple[str, ...]]) -> Grid:
    key = _key(grid, columns)
    if not gone or key is None:
        return grid
    return replace(grid, rows=[(at, row) for at, row in grid.rows if key(row) not in gone])


def _bare(name: str, grid: Grid) -> Grid:
    """Return a sheet without the columns that only readers have."""
    own = {column.name for column in SHEET[name].columns}
    extra = {
        number
        for heading, number in _headings(grid).items()
        if heading in {column.name for column in COLUMNS} - own and name != "settings"
    }
    if not extra:
        return grid

    def less(row: Sequence[object]) -> Sequence[object]:
        return [cell for number, cell in enumerate(row) if number not in extra]

    return replace(
        grid, heading=less(grid.heading), rows=[(at, less(row)) for at, row in grid.rows]
    )
