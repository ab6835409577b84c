"""A map guessed from a file: a known export, else the words of its headings, else its cells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from logistics.orders.canceled_states import USUAL, canceled_states
from logistics.orders.cell_roles import (
    MOST,
    are_flags_or_times,
    are_ids,
    are_row_numbers,
    are_times,
    are_zips,
    name_parcels,
)
from logistics.orders.heading_roles import (
    BILLED,
    ID,
    PARENT,
    PLAIN,
    ROLES,
    STATUS,
    TYPE,
    rank,
    role_of,
    ruled_out,
    time_zone_of,
)
from logistics.orders.order_columns import NEEDED, columns_found, key_of, numbers_of
from logistics.orders.order_maps import CUSTOMER, OrderColumns, OrderMap, formats
from logistics.scenario.demand import Product
from networks.inputs.faults import Fault, refuse
from networks.inputs.tables import Table
from networks.inputs.times import read_times

BY_NAME, BY_CELLS = "by name", "by values"
BILLING = f"{BY_NAME} (billing address)"
_OF_ADDRESS = ("market", "state", "country")
_OF_ALL_ROWS = ("canceled_at", "status", "parcel_id")
"""Roles for which the first rows do not suffice."""

_WORDS = {
    "order_id": "names the order",
    "ordered_at": "says when the order was placed",
    "market": "says where the order goes",
}
_ALLOWED = "a map in YAML that names the columns order_id, ordered_at and market, given with --map"
_NAMED = 3
"""Values that a fault shows."""

Test = Callable[["pd.Series[Any]"], bool]


@dataclass(frozen=True)
class Guess:
    """A map and how it was found.

    `how`: by role, why its column was taken. `unused`: the headings that the map does not name,
    each with what it could be, or ''.
    """

    order_map: OrderMap
    how: dict[str, str]
    unused: list[tuple[str, str]]


def guess_map(table: Table, products: Sequence[Product]) -> Guess:
    """Guess which column holds what, what makes a parcel, and which states are canceled ones.

    Raises InputError that says what was not found, and which columns there are.
    """
    refuse(_values_as_heading(table))
    columns = _Columns(table.heading, table.sample())
    base = _known_format(columns)
    found = columns.of_format(base) if base else {}
    how = dict.fromkeys(found, BY_NAME)
    _add_by_words_and_cells(columns, found, how, {one.name.casefold() for one in products})
    refuse(_not_found(table, columns, found))
    canceled = _add_by_all_rows(table, columns, found, how, base is not None)
    unused = [
        (name, f"could be {role}" if (role := role_of(name)) else "")
        for number, name in enumerate(table.heading)
        if name and number not in found.values()
    ]
    made = _map_of(columns, found, base, canceled)
    if made.time_zone != CUSTOMER:
        how["ordered_at"] += f" ({made.time_zone})"
    return Guess(made, how, unused)


class _Columns:
    """The columns of a file that a map can name: those whose heading no other one has."""

    def __init__(self, heading: Sequence[str], sample: pd.DataFrame) -> None:
        self.heading = heading
        self.sample = sample
        numbers = numbers_of(heading)
        self.by_key = {key: found[0] for key, found in numbers.items() if len(found) == 1}
        self.usable = sorted(n for n in self.by_key.values() if len(heading[n]) <= 200)
        self.filled = [n for n in self.usable if (sample[n] != "").any()]

    def of_format(self, order_map: OrderMap) -> dict[str, int]:
        """Return the columns of a format that the file has."""
        keys = {role: map(key_of, names) for role, names in order_map.columns.given().items()}
        numbers = {role: self._first(known) for role, known in keys.items()}
        return {role: number for role, number in numbers.items() if number is not None}

    def _first(self, keys: Iterator[str]) -> int | None:
        return next((self.by_key[key] for key in keys if key in self.by_key), None)

    def matched(self, order_map: OrderMap) -> float:
        """Return how many columns of a format there are, 0 where a needed one is missing."""
        found = self.of_format(order_map)
        if any(role not in found for role in NEEDED):
            return 0
        return np.inf if order_map.format == "own" else len(found)

    def address(self, found: dict[str, int]) -> int:
        """Return whose address the market is of, by rank; that of the parcel if nothing says so."""
        return rank(self.heading[found["market"]], "market") or 0 if "market" in found else -1

    def named(self, role: str) -> list[tuple[int, int]]:
        """Return rank and number of the columns whose heading names a role, the clearest first.

        One without a single cell comes late, and the address of whoever pays last.
        """
        ranks = {number: rank(self.heading[number], role) for number in self.usable}
        named = [(found, number) for number, found in ranks.items() if found is not None]
        return sorted(named, key=lambda one: self._lateness(role, *one))

    def _lateness(self, role: str, found: int, number: int) -> tuple[float, ...]:
        is_billed = role in _OF_ADDRESS and found == BILLED
        lacks_some = found == PARENT and role == "order_id" and self._has_blanks(number)
        has_zone = role == "ordered_at" and bool(time_zone_of(self.heading[number]))
        return is_billed, number not in self.filled, lacks_some, found, not has_zone, number

    def _has_blanks(self, number: int) -> bool:
        return bool((self.sample[number] == "").any())

    def looking(self, role: str, test: Test, taken: Collection[int]) -> list[int]:
        """Return the columns whose cells pass a test, and whose heading does not object."""
        return [
            number
            for number in self.filled
            if number not in taken and not ruled_out(self.heading[number], role)
            if test(self.sample[number][self.sample[number] != ""])
        ]


def _known_format(columns: _Columns) -> OrderMap | None:
    """Return the format of a file, None where its headings are as anybody may write them."""
    best = max(formats().values(), key=columns.matched)  # of equals the first
    if not columns.matched(best):
        return None
    found = columns.of_format(best)
    ranks = {role: rank(columns.heading[number], role) for role, number in found.items()}
    for role in NEEDED:
        mine, named = ranks[role], columns.named(role)
        if mine is not None and min(named)[0] < mine:
            return None  # another column says it more clearly
    is_told = len(found) > len(NEEDED) or None in ranks.values()
    return best if is_told else None


def _add_by_words_and_cells(
    columns: _Columns, found: dict[str, int], how: dict[str, str], classes: set[str]
) -> None:
    """Add the columns by role, and how they were found, that first rows tell."""

    def take(role: str, numbers: Sequence[int], why: str) -> None:
        if numbers and role not in found:
            found[role], how[role] = numbers[0], why

    def are_classes(cells: pd.Series[Any]) -> bool:
        return bool(cells.str.casefold().isin(classes).mean() >= MOST)

    take("product", columns.looking("product", are_classes, found.values()), BY_CELLS)
    row_numbers = []
    for role in ROLES:
        if role in found or role in _OF_ALL_ROWS:
            continue
        named = [one for one in columns.named(role) if one[1] not in found.values()]
        if role in ("state", "country"):  # of the same address as the market
            named = [one for one in named if one[0] in (columns.address(found), PLAIN)]
        if role == "order_id":
            row_numbers = [n for _, n in named if are_row_numbers(columns.sample[n])]
            named = [one for one in named if one[0] != ID or one[1] not in row_numbers]
        is_billed = role == "market" and bool(named) and named[0][0] == BILLED
        take(role, [number for _, number in named], BILLING if is_billed else BY_NAME)
    for role, test in _TESTS.items():
        looking = [] if role in found else columns.looking(role, test, found.values())
        if len(looking) == 1:  # of several nobody knows
            take(role, looking, BY_CELLS)
    take("order_id", row_numbers, BY_NAME)


def _add_by_all_rows(
    table: Table, columns: _Columns, found: dict[str, int], how: dict[str, str], is_known: bool
) -> list[str]:
    """Add the columns that all rows must tell; return the states that mean canceled."""
    taken, roles = set(found.values()), [role for role in _OF_ALL_ROWS if role not in found]
    named = {role: [one for one in columns.named(role) if one[1] not in taken] for role in roles}
    if is_known:
        named.pop("parcel_id", None)
    if "status" in found:
        named["status"] = [(0, found["status"])]
    wanted = {number for ones in named.values() for _, number in ones}
    rows = table.load(sorted({found["order_id"], *wanted}))
    texts = {number: rows.texts(number) for number in wanted}
    order = rows.texts(found["order_id"])
    fits: dict[str, Test] = {
        "canceled_at": are_flags_or_times,
        "parcel_id": lambda cells: name_parcels(order, cells),
    }
    for role, test in fits.items():
        for _, number in named.get(role, ()):
            if role not in found and test(texts[number]):
                found[role], how[role] = number, BY_NAME
    states = {
        number: (ranked, canceled_states(texts[number].unique(), is_type=ranked == TYPE))
        for ranked, number in named["status"]
        if number != found.get("canceled_at")
    }
    tells = [number for number, (ranked, found_states) in states.items() if found_states]
    proper = [number for number, (ranked, _) in states.items() if ranked <= STATUS]
    for number in [*tells, *proper][:1]:
        found["status"] = number
        how.setdefault("status", BY_NAME)
        return states[number][1]
    return []


def _values_as_heading(table: Table) -> Iterator[Fault]:
    """Yield a fault if the heading is a row: it has a time, and a number."""
    cells = pd.Series(table.heading, dtype=object)
    is_time = ~np.isnat(read_times(cells).time) & ~cells.str.fullmatch("[0-9]+").to_numpy(np.bool_)
    is_number = cells.str.fullmatch(r"[#'$]?[0-9][0-9.,-]*").to_numpy(np.bool_) & ~is_time
    if is_time.any() and is_number.any():
        values = ", ".join(map(_written, cells[is_time | is_number][:_NAMED]))
        problem = f"has no heading: line {table.heading_line} holds values ({values[:200]})"
        yield Fault(table.name, None, "", "", problem, "a first line that names the columns")


_TESTS = {"ordered_at": are_times, "market": are_zips, "order_id": are_ids}


def _map_of(
    columns: _Columns, found: dict[str, int], base: OrderMap | None, canceled: Sequence[str]
) -> OrderMap:
    """Return the map that names the columns found, in all else as its format says.

    `canceled`: states of the file.
    """
    names = {role: [_written(columns.heading[number])] for role, number in found.items()}
    changed: dict[str, Any] = {"columns": OrderColumns(**names)}
    if base is None or (base.parcels == "package" and "parcel_id" not in found):
        changed["parcels"] = "package" if "parcel_id" in found else "order"
    first, last = (base.canceled, canceled) if base and base.canceled else (canceled, USUAL)
    known = {one.casefold() for one in first}
    states = [*first, *(one for one in last if one.casefold() not in known)]
    changed["canceled"] = states if "status" in found else []
    if zone := time_zone_of(columns.heading[found["ordered_at"]]):
        changed["time_zone"] = zone
    return OrderMap(**{**(dict(base) if base else {}), **changed})


def _written(text: str) -> str:
    """Return a heading or a cell in one line of printable characters."""
    return "".join(filter(str.isprintable, " ".join(text.split())))


def _not_found(table: Table, columns: _Columns, found: dict[str, int]) -> Iterator[Fault]:
    """Yield which needed columns were not found, and at the end which columns there are."""
    missing = [role for role in NEEDED if role not in found]
    for role in missing:
        looking = columns.looking(role, _TESTS[role], found.values())
        names = [f"'{_written(columns.heading[number])}'" for number in looking[:5]]
        several = f": {' or '.join(names)}?" if names else ""
        yield Fault(table.name, None, "", "", f"no column {_WORDS[role]}{several}")
    for numbers in numbers_of(table.heading).values():
        if missing and len(numbers) > 1:
            problem = f"{len(numbers)} columns are called that"
            yield Fault(table.name, None, _written(table.heading[numbers[0]]), "", problem)
    if missing:
        yield columns_found(table.name, table.heading, _ALLOWED)
