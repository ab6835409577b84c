"""An export as it was understood: the map that was guessed or given, and the orders it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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
        texts = rows.table.load([rows.columns["order_id"]]).texts(rows.columns["order_id"])
        unit = "m" if rows.placed.has_clock else "D"
        times = np.datetime_as_string(rows.local_times()[:SHOWN], unit=unit)
        return [
            (
                texts.iloc[rows.row[n]],
                str(times[n]).replace("T", " "),
                f"{markets.ids[rows.market[n]]} {markets.names[rows.market[n]]}",
                rows.goods[rows.product[n]].name,
            )
            for n in range(min(SHOWN, len(rows)))
        ]

    def articles(self, most: int = 3) -> dict[str, tuple[int, list[str]]]:
        """Return by class of products how many parcels it has, and its most frequent articles."""
        rows = self.rows
        name = "product" if "product" in rows.columns else "sku"
        found = {}
        titles: pd.Series = pd.Series("", range(rows.rows), dtype=str)
        if name in rows.columns:
            titles = rows.table.load([rows.columns[name]]).texts(rows.columns[name])
        of_parcel = titles.iloc[rows.row].reset_index(drop=True)
        for number, product in enumerate(rows.goods):
            mine = of_parcel[rows.product == number]
            if len(mine):
                found[product.name] = len(mine), [*mine[mine != ""].value_counts().index[:most]]
        return dict(sorted(found.items(), key=lambda one: -one[1][0]))


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
    changes = {"parcels": parcels, "dates": dates}
    used = used.model_copy(update={key: value for key, value in changes.items() if value})
    rows = read_order_rows(table, products, used, strict=strict)
    return Export(rows, how, unused, order_map is None or order_map in formats())
