"""Reads the cells of a table of orders: which rows are orders, and what, when and where each is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.orders.destinations import destinations
from logistics.orders.order_cells import OrderCells, Texts
from logistics.orders.order_ids import AN_ID, odd_ids, rounded_ids
from logistics.orders.order_maps import (
    CUSTOMER,
    OTHER,
    OrderMap,
)
from logistics.orders.order_rows import OrderRows, PlacedAt, counted
from logistics.orders.parcels import Parcels, parcels_of
from logistics.orders.product_classes import (
    other_product,
    product_classes,
)
from logistics.scenario.demand import Product
from networks.inputs.cells import free_text
from networks.inputs.faults import (
    Fault,
    by_line,
    whole_file,
)
from networks.inputs.rows import closes, closing_rows
from networks.inputs.times import read_times

_NO_TIME = ("is not a date and time", "2023-09-18 14:05")
_LOWER_48 = "a ZIP code or ZIP3 of the lower 48 states"
_YEARS = np.array(["0002", "9998"], "datetime64[ms]")
"""The farthest times, which every time zone has."""
_NO = {"no", "false", "0", "n"}
_CANCELED = "canceled"
_ARTICLES_NAMED = 3
_STATUSES_NAMED = 12


def rows_of(
    cells: OrderCells, used: OrderMap, is_mapped: bool, products: Sequence[Product]
) -> OrderRows:
    """Return the parcels that cells make, and what is wrong with the others.

    `is_mapped`: whether a map was given; without one, products must be names of the scenario.

    Raises InputError if all rows are left out.
    """
    _drop_what_is_no_order(cells)
    _leave_out_what_is_not_sent(cells, used)
    market = _markets(cells)
    goods = _with_other(products)
    product = _products(cells, used, is_mapped, goods)
    placed, notes = _placed(cells, used)
    _check_ids(cells, used)
    good = _good_rows(cells, used)
    fragility = np.array([one.fragility for one in goods])[product[good]]
    parcels = parcels_of(used.parcels, *_ids(cells, good), market[good], fragility)
    rows, fragile = good[parcels.row], good[parcels.fragile]
    return OrderRows(
        table=cells.table,
        path=None,
        order_map=used,
        needs_map=is_mapped,
        columns=cells.columns,
        row=rows,
        order_id=parcels.order_id,
        parcel_id=parcels.parcel_id,
        placed=placed.of(rows),
        market=market[rows],
        product=product[fragile],
        goods=tuple(goods if (product[fragile] == len(products)).any() else products),
        rows=len(cells),
        left_out=cells.left_out(),
        articles=dict(_articles(cells, fragile, product, goods)),
        statuses=_statuses(cells),
        notes=(*_notes(cells, parcels, good), *notes),
        faults=(*cells.refusals, *by_line(cells.faults), *_advice(cells, is_mapped)),
    )


def _good_rows(cells: OrderCells, used: OrderMap) -> NDArray[np.intp]:
    """Return the rows that are orders, and have no fault.

    Raises InputError if all rows are left out.
    """
    if used.unreadable == "leave out":
        cells.leave_out_bad()
    good = np.flatnonzero((cells.why == "") & ~cells.is_bad & (not cells.refusals))
    if not len(good) and not (cells.refusals or cells.faults):
        raise whole_file(cells.table.name, f"no orders are left: {_listed(cells.left_out())}")
    return good


def _advice(cells: OrderCells, is_mapped: bool) -> Iterator[Fault]:
    """Say below the faults of rows how to run without these rows."""
    bad = int(cells.is_bad.sum())
    if is_mapped and 0 < bad < len(cells) and not (cells.refusals or cells.is_strict):
        problem = f"{counted(bad, 'row')} of {len(cells):,} cannot be used"
        allowed = "correct them, or write 'unreadable: leave out' in the map"
        yield Fault(cells.table.name, None, "", "", problem, allowed)


def _with_other(products: Sequence[Product]) -> list[Product]:
    """Return the products with 'other', which a scenario may have of its own."""
    has_other = any(product.name == OTHER for product in products)
    return [*products] if has_other else [*products, other_product(products)]


def _drop_what_is_no_order(cells: OrderCells) -> None:
    """Drop totals below the table, and rows that only sum up the articles of their order."""
    is_total = closes(cells.texts["order_id"])
    dates = cells.texts["ordered_at"].mask(is_total, "")
    below = np.arange(len(cells)) >= len(cells) - closing_rows(dates)
    is_total |= cells.blank("order_id") | cells.blank("market")
    cells.drop(below & is_total, "of totals or footers")
    first = [cells.texts[name].iloc[0] for name in ("order_id", "ordered_at", "market")]
    if all(first) and not any(re.search("[0-9]", text) for text in first):
        cells.drop(np.arange(len(cells)) == 0, "describing the columns")
    if {"product", "sku"} & cells.columns.keys():
        is_bare = cells.blank("product") & cells.blank("sku")
        order, _ = pd.factorize(cells.texts["order_id"])
        has_articles = np.zeros(order.max() + 1, np.bool_)
        has_articles[order[~is_bare]] = True
        is_bare &= has_articles[order] & ~cells.blank("order_id")
        cells.drop(is_bare, "with order totals only")
    cells.blame(cells.blank("order_id"), "order_id", "is empty", AN_ID)


def _leave_out_what_is_not_sent(cells: OrderCells, used: OrderMap) -> None:
    if "status" in cells.texts:
        states = {text.casefold() for text in used.canceled}
        by_status = cells.texts["status"].str.casefold().isin(states).to_numpy(np.bool_)
        cells.leave_out(by_status, _CANCELED, "status")
    if "canceled_at" in cells.texts:
        cells.leave_out(~cells.blank("canceled_at"), _CANCELED, "canceled_at")
    if "ships" in cells.texts:
        no = cells.texts["ships"].str.casefold().isin(_NO).to_numpy(np.bool_)
        cells.leave_out(no, "not shipped", "ships")


def _statuses(cells: OrderCells) -> dict[str, int]:
    """Return how many rows have each status, the usual ones."""
    if "status" not in cells.texts:
        return {}
    counts = cells.texts["status"][~cells.blank("status")].value_counts()
    return {str(text): int(count) for text, count in counts.iloc[:_STATUSES_NAMED].items()}


def _markets(cells: OrderCells) -> NDArray[np.int64]:
    """Return the market rows, 0 where there is none."""
    found = destinations(
        cells.texts["market"], cells.texts.get("state"), cells.texts.get("country")
    )
    for kind in dict.fromkeys(found.left_out[found.left_out != ""]):
        cells.leave_out(found.left_out == kind, kind, "market")
    for problem in dict.fromkeys(found.problem[found.problem != ""]):
        cells.blame(found.problem == problem, "market", problem, _LOWER_48)
    return np.maximum(found.market, 0)


def _products(
    cells: OrderCells, used: OrderMap, is_mapped: bool, goods: Sequence[Product]
) -> NDArray[np.int64]:
    """Return the product rows; without a map, all must be names of products."""
    names = [one.name for one in goods]
    texts, skus = cells.texts.get("product"), cells.texts.get("sku")
    if texts is None and skus is None:
        return np.full(len(cells), names.index(OTHER))
    if is_mapped:
        return product_classes(texts, skus, used, names)
    assert texts is not None
    rows = {name: row for row, name in enumerate(names)}
    found = texts.map(free_text).map(rows).fillna(-1).to_numpy(np.int64)
    allowed = f"{', '.join(names)}; or, for titles of articles, --map own"
    cells.blame(found < 0, "product", "is not a product of the scenario", allowed)
    return np.maximum(found, 0)


def _articles(
    cells: OrderCells, rows: NDArray[np.intp], product: NDArray[np.int64], goods: Sequence[Product]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the most frequent articles of each product."""
    texts = cells.texts.get("product", cells.texts.get("sku"))
    if texts is not None:
        of_parcel = texts.iloc[rows]
        for number in np.unique(product[rows]):
            mine = of_parcel[(product[rows] == number) & (of_parcel != "").to_numpy()]
            yield goods[number].name, mine.value_counts().index[:_ARTICLES_NAMED].tolist()


def _placed(cells: OrderCells, used: OrderMap) -> tuple[PlacedAt, list[str]]:
    """Return when orders were placed, and how their dates were read."""
    place = cells.place("ordered_at")
    read = read_times(place.texts, used.dates)
    cells.refusals += read.decided.faults(place)
    notes = [*read.decided.notes(place)]
    no_time = np.isnat(read.time)
    wanted = (cells.why == "") & ~no_time
    has_clock = bool(read.has_clock[wanted].any())
    if has_clock:
        no_time = no_time | ~read.has_clock
    elif wanted.any():
        notes.append(
            f"{place.file}: {place.column} has dates only: orders are spread over each day, as"
            " orders.hours says."
        )
    if not read.decided.mixed:
        cells.blame(no_time, "ordered_at", *_NO_TIME)
    time = np.clip(read.time, *_YEARS)
    time, is_utc = np.where(no_time, np.datetime64(0, "ms"), time), read.has_offset
    if used.time_zone != CUSTOMER and has_clock:
        local = pd.DatetimeIndex(time[~is_utc])
        first = np.ones(len(local), np.bool_)  # of a time that occurs twice
        zoned = local.tz_localize(used.time_zone, ambiguous=first, nonexistent="shift_forward")
        time[~is_utc] = zoned.tz_convert(None).to_numpy().astype("datetime64[ms]")
        is_utc = np.ones(len(time), np.bool_)
    return PlacedAt(time, is_utc, has_clock), notes


def _check_ids(cells: OrderCells, used: OrderMap) -> None:
    """Note what is wrong with ids of orders and parcels."""
    names = [name for name in ("order_id", "parcel_id") if name in cells.columns]
    for name in names:
        stored = cells.rows.cells(cells.columns[name])
        texts = cells.texts[name]
        if name == "parcel_id" and used.parcels == "row":
            cells.blame(cells.blank(name), name, "is empty", AN_ID)
        rounded = rounded_ids(stored, texts)
        cells.blame(rounded, name, "was rounded by a spreadsheet", "all digits: format the column"
                    " as Text in the file it came from, and export it again")  # fmt: skip
        cells.blame(odd_ids(stored, texts) & ~rounded, name, "is not an id", AN_ID)
    if used.parcels == "row":
        rows = np.flatnonzero(~cells.blank(names[-1]) & (cells.why == "") & ~rounded)
        made = parcels_of("row", *_ids(cells, rows), rows, np.zeros(len(rows)))
        twice = np.zeros(len(cells), np.bool_)
        twice[rows[made.twice]] = True
        allowed = "one row per parcel; name the boxes in parcel_id"
        cells.blame(twice, names[-1], "appears in more than one row", allowed)


def _ids(cells: OrderCells, rows: NDArray[np.intp]) -> tuple[Texts, Texts | None]:
    """Return the ids of orders and parcels of some rows."""
    package = cells.texts.get("parcel_id")
    return (
        cells.texts["order_id"].iloc[rows].reset_index(drop=True),
        None if package is None else package.iloc[rows].reset_index(drop=True),
    )


def _notes(cells: OrderCells, parcels: Parcels, good: NDArray[np.intp]) -> Iterator[str]:
    """Say what was left out, and what was put together."""
    left_out = cells.left_out()
    name, count = cells.table.name, sum(left_out.values())
    for note in cells.table.notes:
        yield f"{name}: {note}."
    if count:
        rows = counted(len(cells), "row")
        yield f"{name}: of {rows}, {count:,} left out: {_listed(left_out)}."
    if more := len(good) - len(parcels.row):
        yield (
            f"{name}: {counted(more, 'more line item')} in these parcels; a parcel is as fragile as"
            " its most fragile item."
        )


def _listed(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in left_out.items())
