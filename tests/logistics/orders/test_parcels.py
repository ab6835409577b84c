"""Which rows of an export travel in one parcel: two orders, of two and of three articles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from logistics.orders.order_ids import id_numbers, order_number
from logistics.orders.parcels import Parcels, parcels_of

ORDERS = pd.Series(["7", "7", "8", "8", "8"])
"""Rows of two orders."""
MARKETS = np.zeros(5, int)
"""All to one place."""
FRAGILITY = np.array([1.0, 5.0, 0.5, 0.5, 0.2])
"""The second article of order 7 is glass; the last of order 8 is cloth."""


def made(kind: str, package: list[str] | None = None, market: np.ndarray | None = None) -> Parcels:
    packages = None if package is None else pd.Series(package)
    return parcels_of(kind, ORDERS, packages, MARKETS if market is None else market, FRAGILITY)


def test_one_parcel_an_order_is_as_fragile_as_its_most_fragile_article() -> None:
    found = made("order")
    assert found.row.tolist() == [0, 2]
    assert found.fragile.tolist() == [1, 2], "the first of two that are alike"
    assert found.parcel_id.tolist() == [701, 801]


def test_one_parcel_a_line_item() -> None:
    found = made("line")
    assert found.row.tolist() == found.fragile.tolist() == [0, 1, 2, 3, 4]
    assert found.parcel_id.tolist() == [701, 702, 801, 802, 803]


def test_a_hundred_lines_of_an_order_do_not_run_into_the_next_orders_numbers() -> None:
    orders = pd.Series(["7"] * 150 + ["8"] * 150)
    found = parcels_of("line", orders, None, np.zeros(300, int), np.ones(300))
    assert len(set(found.parcel_id.tolist())) == 300


def test_a_package_id_names_the_parcel_and_an_order_without_one_is_one() -> None:
    found = made("package", ["9400001", "9400002", "", "", "9400003"])
    assert sorted(found.row.tolist()) == [0, 1, 2, 4]
    together = made("package", ["9400001", "9400001", "", "", ""])
    assert sorted(together.row.tolist()) == [0, 2]


def test_two_orders_in_one_package_are_one_parcel_unless_packages_are_numbered() -> None:
    combined = made("package", ["1150000000000000001"] * 5)
    assert combined.row.tolist() == [0]
    numbered = made("package", ["1", "2", "1", "1", "2"])
    assert sorted(numbered.row.tolist()) == [0, 1, 2, 4]


def test_a_box_size_or_a_package_that_goes_to_two_places_is_one_of_each_order() -> None:
    """'Box 1' of order 7 goes to another market than 'Box 1' of order 8."""
    found = made("package", ["Box 1"] * 5, np.array([3, 3, 9, 9, 9]))
    assert found.row.tolist() == [0, 2]
    assert len(set(found.parcel_id.tolist())) == 2


def test_rows_that_must_be_parcels_of_their_own() -> None:
    assert made("row").twice.tolist() == [1, 3, 4]
    assert made("row", ["1", "2", "1", "2", "3"]).twice.tolist() == []
    assert made("row", ["1", "2", "1", "1", "3"]).twice.tolist() == [3]
    assert made("row", ["70", "71", "80", "81", "82"]).parcel_id.tolist() == [70, 71, 80, 81, 82]


@pytest.mark.parametrize("text", ["#1001", "A-7", "0007", "576400000000000752"])
def test_an_orders_number_is_the_same_alone_and_in_a_column(text: str) -> None:
    column = id_numbers(pd.Series(["1", text, "2", text]))
    assert column[1] == column[3] == order_number(f" {text} ")
    assert column[[0, 2]].tolist() == [1, 2]
