"""Cells of orders that databases and careless exports bring, in a table of two orders."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from logistics.orders.order_files import read_order_rows
from logistics.orders.order_maps import formats
from logistics.orders.order_rows import OrderRows
from logistics.scenario.demand import Product

CUP = Product(name="cup", share=1, weight="0.3 kg", price=9, fragility=2, movement="fast")


def two_orders(*, strict: bool = False, **changed: object) -> OrderRows:
    """Two cups to Richmond, read with the program's own columns and another map or other cells."""
    cells = {
        "order_id": ["1001", "1002"], "ordered_at": ["2023-09-18 09:30"] * 2,
        "market": ["23220", "23220"], "product": ["cup", "cup"],
    }  # fmt: skip
    settings = {key: value for key, value in changed.items() if key not in cells}
    table = pd.DataFrame({key: changed.get(key, value) for key, value in cells.items()})
    order_map = formats()["own"].model_copy(update=settings)
    return read_order_rows(table, [CUP], order_map, strict=strict)


@pytest.mark.parametrize("ids", [[Decimal(1001), Decimal(1002)], [b"1001", b"1002"]])
def test_ids_of_databases_are_whole_numbers(ids: list[object]) -> None:
    rows = two_orders(order_id=ids)
    assert not rows.faults
    assert rows.order_id.tolist() == [1001, 1002]


def test_whole_numbers_among_texts_are_ids_and_bytes_that_are_no_text_are_none() -> None:
    assert not two_orders(order_id=[1001, "A-7"]).faults
    assert two_orders(order_id=[b"\xff\xfe", b"1002"]).faults[0].problem == "is not an id"


def test_a_decimal_that_is_not_whole_is_no_id() -> None:
    rows = two_orders(order_id=[Decimal("4521.10"), Decimal(1002)])
    assert [str(fault) for fault in rows.faults] == [
        "orders:2: order_id = 4521.10: is not an id (allowed: a whole number or a text)",
        "orders: 1 row of 2 cannot be used (allowed: correct them, or write 'unreadable: leave out'"
        " in the map)",
    ]


def test_strict_also_refuses_rows_that_the_map_would_leave_out() -> None:
    markets = {"market": ["00907", "Richmond"], "unreadable": "leave out"}
    strict = two_orders(strict=True, **markets)
    assert [fault.problem for fault in strict.faults] == [
        "is in Puerto Rico", "is not a market",
    ]  # fmt: skip


@pytest.mark.parametrize("zone", ["customer", "US/Pacific"])
@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31 23:59"])
def test_the_farthest_times_have_a_local_date(time: str, zone: str) -> None:
    rows = two_orders(ordered_at=[time, "2023-09-18 09:30"], time_zone=zone)
    first, last, _ = rows.span()
    assert first.year < 3 or last.year > 9996
