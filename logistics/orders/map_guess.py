"""A map guessed from a file: a known export, else the words of its headings, else its cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.orders.heading_roles import PLAIN, ROLES, rank, role_of, ruled_out
from logistics.orders.order_columns import NEEDED, columns_found, key_of, numbers_of
from logistics.orders.order_maps import OrderColumns, OrderMap, formats
from logistics.scenario.demand import Product
from networks.inputs.faults import Fault, refuse
from networks.inputs.tables import Table
from networks.inputs.times import read_times

BY_NAME, BY_CELLS = "by name", "by values"

CANCELED = ("canceled", "cancelled", "voided", "failed", "declined", "suspected_fraud")
"""States that later rows, or next month's, may have."""

_CANCELED = re.compile(
    r"\b(?:cancel|void|fail|trash|declin|reject|fraud|suspected fraud|expired|abandoned)"
)
_WORDS = {
    "order_id": "names the order",
    "ordered_at": "says when the order was placed",
    "market": "says where the order goes",
}
_ALLOWED = "a map in YAML that names the columns order_id, ordered_at and market, given with --map"
_MOST = 0.9
"""Share of the cells that must look alike."""

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
    columns = _Columns(table.heading, table.sample())
    best = max(formats().values(), key=columns.matched)  # of equals the first
    base = best if columns.matched(best) else None
    if base:
        found = columns.of_format(base)
        how = dict.fromkeys(found, BY_NAME)
    else:
        found, how = _by_words_and_cells(columns, {one.name.casefold() for one in products})
    refuse(_not_found(table, columns, found))
    unused = [
        (name, f"could be {role}" if (role := role_of(name)) else "")
        for number, name in enumerate(table.heading)
        if name and number not in found.values()
    ]
    return Guess(_map_of(columns, found, base), how, unused)


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

    def named(self, role: str) -> list[tuple[int, int]]:
        """Return rank and number of the columns whose heading names a role, the clearest first.

        One without a single cell comes last.
        """
        ranks = {number: rank(self.heading[number], role) for number in self.usable}
        named = [(found, number) for number, found in ranks.items() if found is not None]
        return sorted(named, key=lambda one: (one[1] not in self.filled, one))

    def looking(self, role: str, test: Test, taken: Collection[int]) -> list[int]:
        """Return the columns whose cells pass a test, and whose heading does not object."""
        return [
            number
            for number in self.filled
            if number not in taken and not ruled_out(self.heading[number], role)
            if test(self.sample[number][self.sample[number] != ""])
        ]


def _by_words_and_cells(
    columns: _Columns, classes: set[str]
) -> tuple[dict[str, int], dict[str, str]]:
    """Return the columns by role and how they were found, in a file of no known format."""
    found, how = dict[str, int](), dict[str, str]()

    def take(role: str, numbers: Sequence[int], why: str) -> None:
        if numbers:
            found[role], how[role] = numbers[0], why

    def are_classes(cells: pd.Series[Any]) -> bool:
        return bool(cells.str.casefold().isin(classes).mean() >= _MOST)

    take("product", columns.looking("product", are_classes, ()), BY_CELLS)
    address = -1
    for role in ROLES:
        named = [one for one in columns.named(role) if one[1] not in found.values()]
        if role in ("state", "country"):  # of the same address as the market
            named = [one for one in named if one[0] in (address, PLAIN)]
        if named and role not in found:
            take(role, [named[0][1]], BY_NAME)
            address = named[0][0] if role == "market" else address
    for role, test in _TESTS.items():
        looking = [] if role in found else columns.looking(role, test, found.values())
        if len(looking) == 1:  # of several nobody knows
            take(role, looking, BY_CELLS)
    return found, how


def _are_times(cells: pd.Series[Any]) -> bool:
    read = ~np.isnat(read_times(cells.reset_index(drop=True)).time)
    return bool(read.mean() >= _MOST and not cells.str.fullmatch("[0-9]+").all())


def _are_zips(cells: pd.Series[Any]) -> bool:
    zips = cells.str.fullmatch("'?[0-9]{5}(?:-[0-9]{4})?").mean() >= _MOST
    return bool(zips and not _count_up(cells))


def _are_ids(cells: pd.Series[Any]) -> bool:
    ids = cells.str.fullmatch(r"(?=.*[0-9])[\w#/-]{2,40}").mean() >= _MOST
    return bool(ids and cells.nunique() >= len(cells) / 4 and not _are_times(cells))


def _count_up(cells: pd.Series[Any]) -> bool:
    """Tell whether cells are numbers that only grow: those of orders, not ZIP codes."""
    numbers: NDArray[np.float64] = pd.to_numeric(cells, errors="coerce").to_numpy(np.float64)
    return len(numbers) > 2 and bool((np.diff(numbers) > 0).all())


_TESTS = {"ordered_at": _are_times, "market": _are_zips, "order_id": _are_ids}


def _map_of(columns: _Columns, found: dict[str, int], base: OrderMap | None) -> OrderMap:
    """Return the map that names the columns found, in all else as its format says."""
    names = {role: [_written(columns.heading[number])] for role, number in found.items()}
    changed: dict[str, Any] = {"columns": OrderColumns(**names)}
    if base is None or (base.parcels == "package" and "parcel_id" not in found):
        changed["parcels"] = "package" if "parcel_id" in found else "order"
    if "status" not in found:
        changed["canceled"] = []
    elif base is None:
        changed["canceled"] = _canceled(columns.sample[found["status"]].unique())
    return OrderMap(**{**(dict(base) if base else {}), **changed})


def _canceled(states: Iterable[str]) -> list[str]:
    """Return the states that mean that an order was canceled, and the usual ones."""
    found = [_written(one) for one in states if _CANCELED.search(_plain(one))]
    known = {one.casefold() for one in found}
    return [*found[:90], *(one for one in CANCELED if one not in known)]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold())


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
