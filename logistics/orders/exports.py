"""An export as it was understood: the map that was guessed or given, and the orders it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from logistics.options import ParcelRule
from logistics.orders.map_guess import guess_map
from logistics.orders.order_files import read_order_rows
from logistics.orders.order_maps import formats, known_names, load_order_map
from logistics.orders.order_rows import OrderRows
from logistics.scenario.demand import Product
from networks.geography import load_markets
from networks.inputs.date_order import DateOrder
from networks.inputs.tables import open_table

SHOWN = 5
"""Parcels that are shown as they were read."""


@dataclass(frozen=True)
class Export:
    """What an export and its map make.

    `how`: why each column was taken, by name; empty for a map that was given. `unused`: the other
    columns, each with what it may be. `is_new`: whether the map is not yet in a file.
    """

    rows: OrderRows
    how: Mapping[str, str]
    unused: Sequence[tuple[str, str]]
    is_new: bool

    def first_parcels(self) -> list[tuple[str, str, str, str]]:
        """Return order, local time, market and product of the first parcels."""
        rows, markets = self.rows, load_markets()
        shown = range(min(SHOWN, len(rows)))
        texts = self._first_texts("order_id", int(rows.row[shown.stop - 1]) if shown else 0)
        unit = "datetime64[m]" if rows.placed.has_clock else "datetime64[D]"
        times = rows.local_times()[:SHOWN].astype(unit).astype(str)
        return [
            (
                texts.iloc[rows.row[n]],
                str(times[n]).replace("T", " "),
                f"{markets.ids[rows.market[n]]} {markets.names[rows.market[n]]}",
                rows.goods[rows.product[n]].name,
            )
            for n in shown
        ]

    def columns(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield of each column what it is read as, its heading, its first cell, and why."""
        rows = self.rows
        for name, column in rows.columns.items():
            cells = self._first_texts(name)
            first = next(iter(cells[cells != ""]), "")
            yield name, rows.table.heading[column], first, self.how.get(name, "from the map")

    def products(self) -> Iterator[tuple[str, int, Sequence[str]]]:
        """Yield of each product how many parcels have it, most first, and its usual articles."""
        counts = np.bincount(self.rows.product, minlength=len(self.rows.goods))
        for number in np.argsort(-counts, kind="stable"):
            if counts[number]:
                name = self.rows.goods[number].name
                yield name, int(counts[number]), self.rows.articles.get(name, ())

    def _first_texts(self, name: str, last: int = 0) -> pd.Series[Any]:
        """Return the first cells of a column, at least up to a row."""
        column, table = self.rows.columns[name], self.rows.table
        sample = table.sample()[column]
        return sample if last < len(sample) else table.load([column]).texts(column)


def read_export(
    path: Path,
    products: Sequence[Product],
    order_map: str | None = None,
    parcels: ParcelRule | None = None,
    dates: DateOrder | None = None,
    *,
    strict: bool = False,
) -> Export:
    """Read an export: with a map, or with one that is guessed.

    `products`: of the scenario. `order_map`: a file, or a format by name. `parcels`, `dates`: in
    place of what the map says. Faults of rows are in `rows.faults`.

    Raises InputError for what is no table, has no such columns, or for a map that does not fit.
    """
    how, unused = dict[str, str](), list[tuple[str, str]]()
    used = None if order_map is None else load_order_map(order_map)
    table = open_table(path, known_names(used))
    if used is None:
        guess = guess_map(table, products)
        used, how, unused = guess.order_map, guess.how, guess.unused
    given = order_map if order_map is not None else used
    rows = read_order_rows(table, products, given, dates, parcels, strict=strict)
    return Export(rows, how, unused, order_map is None or order_map in formats())
