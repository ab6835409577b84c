"""What the rows of one sheet refer to in another: facilities, owners, calendars."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from networks.files.fault_log import CellRef, FaultLog
from networks.files.tables import Table
from networks.inputs.faults import did_you_mean, nearest
from networks.schema import SELLERS
from networks.sheets import SHEET, Column

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
