"""Which rows of a table of orders travel in one parcel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.orders.order_ids import id_numbers
from logistics.orders.orders import PARCELS_PER_ORDER

Ints = NDArray[np.int64]

_NUMBERED = r"[0-9]{1,3}"
"""Packages that are numbered within each order."""


@dataclass(frozen=True)
class Parcels:
    """Parcels made of rows.

    `row`: the first row of each, which says when and where it goes. `fragile`: its row with the
    most fragile article. `order_id`, `parcel_id`: as in `Orders`. `twice`: rows whose parcel
    another row has, where each row must be a parcel of its own.
    """

    row: Ints
    fragile: Ints
    order_id: Ints
    parcel_id: Ints
    twice: Ints


def parcels_of(
    kind: str,
    order: pd.Series[Any],
    package: pd.Series[Any] | None,
    market: Ints,
    fragility: NDArray[np.float64],
) -> Parcels:
    """Return the parcels of rows.

    `kind`: see `OrderMap.parcels`. `order`, `package`: ids as texts. `market`: where each row goes;
    a package id with several destinations is one of each order. `fragility`: of the article of each
    row; a parcel is as fragile as the most fragile that it holds.
    """
    orders = id_numbers(order)
    if package is not None and kind == "package":
        number = _of_packages(order, orders, package, market)
    else:
        number = _numbers(kind, order, orders, package)
    rows = np.arange(len(number))
    if kind == "row":
        twice = np.flatnonzero(pd.Series(number).duplicated())
        return Parcels(rows, rows, orders, number, twice)
    parcel_id, first, group = np.unique(number, return_index=True, return_inverse=True)
    by_fragility = np.lexsort((rows, -fragility, group))
    starts = np.searchsorted(group[by_fragility], np.arange(len(parcel_id)))
    by_row = np.argsort(first)
    first, fragile, parcel_id = first[by_row], by_fragility[starts][by_row], parcel_id[by_row]
    return Parcels(first, fragile, orders[first], parcel_id, rows[:0])


def _numbers(
    kind: str, order: pd.Series[Any], orders: Ints, package: pd.Series[Any] | None
) -> Ints:
    """Return the parcel id of each row. `order`: ids as texts; `orders`: as numbers."""
    one_of_order = orders * PARCELS_PER_ORDER + 1
    if kind == "line":
        line = order.groupby(order, sort=False).cumcount().to_numpy()
        many = line >= PARCELS_PER_ORDER - 1
        numbers = one_of_order + line
        numbers[many] = id_numbers(order[many] + " / line " + line[many].astype(str))
        return np.asarray(numbers, np.int64)
    if package is None or kind != "row":
        return one_of_order
    numbers = id_numbers(package)
    is_alone = not pd.Series(numbers).duplicated().any()
    return numbers if is_alone else id_numbers(order + " / " + package)


def _of_packages(
    order: pd.Series[Any], orders: Ints, package: pd.Series[Any], market: Ints
) -> Ints:
    """Return the parcel id of each row: of its package, or of its order where it has none.

    Several orders of one customer may travel in a package; what is called '1' or 'Box 1' is
    numbered within each order.
    """
    codes, _ = pd.factorize(package)
    by_package = pd.Series(market).groupby(codes)
    is_shared = (by_package.transform("min") == by_package.transform("max")).to_numpy().copy()
    is_shared &= ~package.str.fullmatch(_NUMBERED).to_numpy(np.bool_)
    within = order + " / " + package
    numbers = id_numbers(("package " + package).where(is_shared, within))
    return np.where((package == "").to_numpy(np.bool_), orders * PARCELS_PER_ORDER + 1, numbers)
