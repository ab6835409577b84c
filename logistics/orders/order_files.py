"""Orders from a file or a table, read with a map: every cell checked, every fault with its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from logistics.options import ParcelRule
from logistics.orders.map_guess import guess_map
from logistics.orders.order_cells import OrderCells
from logistics.orders.order_columns import NEEDED, columns_of
from logistics.orders.order_maps import (
    OrderMap,
    ProductMatch,
    formats,
    known_names,
    load_order_map,
)
from logistics.orders.order_rows import OrderRows
from logistics.orders.orders import Orders
from logistics.orders.product_classes import (
    check_products,
    guess_products,
)
from logistics.orders.reading import rows_of
from logistics.scenario.demand import Demand, Product
from logistics.schedule.calendars import Period
from networks.inputs.amounts import amounts
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import (
    InputError,
    printable,
    together,
    whole_file,
)
from networks.inputs.headings import plain_name
from networks.inputs.tables import Table, open_table, table_of
from networks.inputs.yaml_reader import read_data

Given = pd.DataFrame | str | Path | Table | OrderRows
"""A file or a table of orders, or what was read of one."""
MapGiven = OrderMap | str | Path | None
"""A map, its file, or a format by name; None for a file with this program's own columns."""

OWN = "own"
"""The format with this program's own columns."""
_NEEDED = (*NEEDED, "product")


def read_orders(
    given: Given,
    demand: Demand,
    period: Period,
    dates: DateOrder | None = None,
    order_map: MapGiven = None,
) -> Orders:
    """Return the orders of a CSV, Excel or Parquet file, or of a table with the same columns.

    Columns without a map: `order_id` (text or number), `ordered_at` (such as 2023-09-18 14:05,
    local time of the customer, or with an offset), `market` (ZIP code, ZIP3 or Z232), `product` (a
    name of the scenario); optional `parcel_id`, where an order travels in several boxes.

    `dates`: whether times such as 05/09/2023 2:05 PM have the month or the day first; None to let
    the map or the column decide.

    Raises InputError with every fault, by row.
    """
    return read_order_rows(given, demand.products, order_map, dates).orders(demand, period)


def read_order_rows(
    given: Given,
    products: Sequence[Product],
    order_map: MapGiven = None,
    dates: DateOrder | None = None,
    parcels: ParcelRule | None = None,
    *,
    strict: bool = False,
) -> OrderRows:
    """Return the parcels of a file or table, read with a map.

    `products`: of the scenario. `dates`: see `read_orders`. `parcels`: in place of what the map
    says. `strict`: whether to refuse rows that would be left out.

    Raises InputError with every fault of the map, or of the file by row.
    """
    if isinstance(given, OrderRows):
        return given
    used = load_order_map(order_map) if isinstance(order_map, str | Path) else order_map
    map_file = None
    if isinstance(order_map, str | Path) and str(order_map) not in formats():
        map_file = order_map
    table = _table(given, used)
    if used is None:
        _refuse_other_columns(table, products)
    is_mapped, mapped = used is not None, _changed(used or formats()[OWN], parcels, dates)
    columns = _fitting_columns(mapped, table, [product.name for product in products], map_file)
    cells = OrderCells(table, columns, strict)
    if is_mapped and not mapped.products:
        guessed = _guessed_products(cells, products)
        mapped = mapped.model_copy(update={"products": guessed})
    rows = rows_of(cells, mapped, is_mapped, products)
    path = None if isinstance(given, pd.DataFrame) else Path(table.name)
    return replace(rows, path=path, needs_map=is_mapped or dates is not None)


def _changed(used: OrderMap, parcels: ParcelRule | None, dates: DateOrder | None) -> OrderMap:
    """Return a map with other rules, where they are given, that fit its columns, too."""
    changes = {k: v for k, v in (("parcels", parcels), ("dates", dates)) if v}
    return read_data({**dict(used), **changes}, OrderMap, "options") if changes else used


def _fitting_columns(
    used: OrderMap, table: Table, products: Sequence[str], map_file: str | Path | None
) -> dict[str, int]:
    """Return the columns of a map. Raises InputError with all that does not fit, products too."""
    columns = dict[str, int]()
    together(
        lambda: columns.update(columns_of(used, table.name, table.heading, map_file)),
        lambda: check_products(used, products, map_file),
    )
    return columns


def _table(given: pd.DataFrame | str | Path | Table, used: OrderMap | None) -> Table:
    if isinstance(given, Table):
        return given
    if isinstance(given, pd.DataFrame):
        return table_of(given, "orders")
    return open_table(Path(given), known_names(used))


def _guessed_products(cells: OrderCells, products: Sequence[Product]) -> dict[str, ProductMatch]:
    """Return which articles belong to which class, by their titles and prices."""
    titles, skus = cells.texts.get("product"), cells.texts.get("sku")
    if titles is None and skus is None:
        return {}
    prices = amounts(cells.texts["price"]) if "price" in cells.texts else None
    return guess_products(cells.texts["sku"] if titles is None else titles, skus, prices, products)


def _refuse_other_columns(table: Table, products: Sequence[Product]) -> None:
    """Raise InputError for a file of other columns, and say which export it looks like."""
    given = {plain_name(heading) for heading in table.heading}
    missing = [name for name in _NEEDED if plain_name(name) not in given]
    if not missing:
        return
    try:
        known = guess_map(table, products).order_map.format
    except InputError:
        known = ""
    how = f"--map {known}" if known else "a map of its columns"
    shown = printable(", ".join(filter(None, table.heading)))
    problem = f"columns missing: {', '.join(missing)}; it has {shown[:300]}"
    allowed = f"{', '.join(_NEEDED)}, or {how}:  logistics orders read {table.name}"
    raise whole_file(table.name, problem, allowed)
