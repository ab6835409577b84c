"""Faults in files of orders: every documented column, every kind, in CSV and in Parquet.

The columns are those of the program's own layout, so that a new one is covered by itself. What a
column may hold is decided here by rules of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path as File
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from logistics.orders.order_files import read_order_rows
from logistics.orders.order_maps import formats
from logistics.orders.orders import Orders
from logistics.scenario.demand import Demand
from logistics.schedule.calendars import Period
from networks.geography import load_markets
from networks.inputs.faults import Fault, InputError

from .values import BROKEN, EVERYWHERE

FIRST, DAYS = date(2023, 9, 17), 5
GOOD = {
    "order_id": "7", "ordered_at": "2023-09-18 14:05", "market": "23220", "product": "cup",
    "parcel_id": "71",
}  # fmt: skip
Format = Literal["csv", "parquet"]


@cache
def columns() -> tuple[str, ...]:
    """Return the columns of the program's own layout, in their order."""
    found = tuple(formats()["own"].columns.given())
    assert set(found) == GOOD.keys(), "a column is new: say in GOOD what a good cell holds"
    return found


@cache
def demand() -> Demand:
    """Return two goods, as the orders of these files name them."""
    goods = [
        {"name": name, "share": 0.5, "weight": "1 kg", "price": 1.0, "fragility": 1.0,
         "movement": "fast"}
        for name in ("comb", "cup")
    ]  # fmt: skip
    return Demand.model_validate({"products": goods})


@cache
def period() -> Period:
    """Return the five days of these files."""
    zones = tuple(sorted(set(load_markets().time_zones)))
    return Period(FIRST + timedelta(days=1), 1, 3, 1, 1, 1000, zones)


class Cell(NamedTuple):
    """A value put into the third row of a column."""

    format: Format
    column: str
    kind: str
    value: Any

    def __str__(self) -> str:
        return f"{self.format}: {self.column} = {str(self.value)[:60]!r}"


_TYPED: tuple[tuple[str, Any], ...] = (
    ("not a number", float("nan")), ("not a number", pd.NA), ("not a number", pd.NaT),
    ("infinite", float("inf")), ("infinite", float("-inf")), ("negative", -1), ("negative", -7.5),
    ("zero", 0), ("zero", 0.0), ("zero", -0.0), ("huge", 2**63 - 1), ("huge", 1e300),
    ("huge", -(2**63)), ("huge", 10**15), ("absurd", 7.5), ("absurd", 232.0), ("tiny", 5e-324),
    ("empty", None), ("empty", ""), ("wrong type", True), ("wrong type", b"\xff\xfe"),
    ("wrong type", date(2023, 9, 18)), ("wrong type", datetime(2023, 9, 18, 14, 5)),
    ("wrong type", pd.Timestamp("2023-09-18 14:05", tz="America/New_York")),
    ("wrong type", timedelta(hours=3)), ("wrong type", Decimal("7.5")), ("wrong type", 23220),
    ("nested", [1, 2]), ("nested", {"a": 1}), ("nested", ["7"]), ("nested", []),
    ("YAML date", pd.Timestamp("1900-01-01")), ("huge", pd.Timestamp("2262-01-01")),
)  # fmt: skip


def cells() -> Iterator[Cell]:
    """Yield every value in every column, the texts in CSV and Parquet by turns."""
    texts = [(one.kind, one.says) for one in EVERYWHERE if one.says is not BROKEN]
    texts += [(one.kind, one.raw) for one in EVERYWHERE]
    plain = list(dict.fromkeys((kind, text) for kind, text in texts if isinstance(text, str)))
    plain += [("YAML number", "007"), ("odd text", 'a"b,c'), ("odd text", "'7"), ("odd text", ";")]
    for shift, column in enumerate(columns()):
        for row, (kind, text) in enumerate(plain):
            yield Cell("csv" if (row + shift) % 2 else "parquet", column, kind, text)
        for kind, value in _TYPED:
            yield Cell("parquet", column, kind, value)


def put(cell: Cell, folder: File) -> File:
    """Write three orders with a value in the third, and return the file.

    Raises whatever pyarrow does for a value that no Parquet file can hold.
    """
    rows = [GOOD | {"order_id": str(n), "parcel_id": str(70 + n)} for n in range(1, 4)]
    path = folder / f"orders.{cell.format}"
    if cell.format == "csv":
        rows[2][cell.column] = cell.value
        pd.DataFrame(rows).to_csv(path, index=False)
        return path
    table = pd.DataFrame(rows)
    if not isinstance(cell.value, str):
        # a column of this type alone: Parquet has no mixed ones
        table = table.iloc[2:]
        table[cell.column] = pd.Series([cell.value], index=table.index)
    else:
        table.loc[2, cell.column] = cell.value
    table.to_parquet(path)
    return path


def outcome(path: File) -> Orders | tuple[Fault, ...]:
    """Return the orders read, or the faults; whatever is no `InputError` goes through.

    Rows outside the lower 48 states are faults, too.
    """
    try:
        rows = read_order_rows(path, demand().products, strict=True)
        return rows.orders(demand(), period())
    except InputError as error:
        return error.faults


def judge(cell: Cell, folder: File) -> Literal["accepted", "refused"] | None:
    """Return how a value ended; None for one that no such file can hold.

    Raises AssertionError where the rule is broken.
    """
    try:
        path = put(cell, folder)
    except Exception:  # pyarrow raises many kinds
        return None
    found = outcome(path)
    if isinstance(found, Orders):
        assert _may(cell), f"{cell}: accepted"
        _sound(found, cell)
        return "accepted"
    assert found, f"{cell}: refused without a fault"
    for fault in found:
        text = str(fault)
        assert fault.file == str(path), f"{cell}: {text}"
        assert text.isprintable(), f"{cell}: {text!r}"
        assert len(text) < 1000, f"{cell}: {text}"
        assert fault.allowed or not fault.field, (
            f"{cell}: nothing tells what would be right: {text}"
        )
    return "refused" if _named(cell, found) else _not_named(cell, found)


def _named(cell: Cell, found: tuple[Fault, ...]) -> bool:
    last = 4 if cell.format == "csv" or isinstance(cell.value, str) else 2
    blank = not str(cell.value).strip() or (
        pd.api.types.is_scalar(cell.value) and pd.isna(cell.value)
    )
    return any(
        fault.field == cell.column and fault.line == last and (bool(fault.value) or blank)
        for fault in found
    )


def _not_named(cell: Cell, found: tuple[Fault, ...]) -> Literal["refused"]:
    # a byte that no table can hold is a fault of the whole file
    whole = "\0" in str(cell.value) and not found[0].field
    assert whole, f"{cell}: not named in {[str(fault) for fault in found]}"
    return "refused"


def _sound(orders: Orders, cell: Cell) -> None:
    assert (orders.order_id >= 0).all(), f"{cell}: a negative order id"
    assert (orders.parcel_id >= 0).all(), f"{cell}: a negative parcel id"
    assert len(np.unique(orders.parcel_id)) == len(orders), f"{cell}: two parcels in one"
    assert ((orders.day >= 0) & (orders.day < DAYS)).all(), f"{cell}: an order of another day"
    assert (orders.market >= 0).all(), f"{cell}: an order to nowhere"
    assert (orders.product >= 0).all(), f"{cell}: an order of nothing"
    assert ((orders.tick >= 0) & (orders.tick < period().horizon)).all(), f"{cell}: no time"


def _may(cell: Cell) -> bool:
    """Tell whether the guide allows a value in its column."""
    value = cell.value
    text = value.strip() if isinstance(value, str) else ""
    if cell.column in ("order_id", "parcel_id"):
        nothing = (
            "", "nan", "inf", "-inf", "infinity", "null", "none", "<na>", "nat", "true", "false",
        )  # fmt: skip
        decimal = re.fullmatch(r"[+-]?\d*\.\d+|-?\d(\.\d+)?[eE][+-]\d+", text, flags=re.A)
        if decimal and not re.fullmatch(r"\d{1,15}\.0+", text, flags=re.A):
            return False
        whole = isinstance(value, int | Decimal) or (isinstance(value, float) and value >= 0)
        number = whole and not isinstance(value, bool) and float(value).is_integer()
        return number or (text.isprintable() and text.lower() not in nothing)
    if cell.column == "ordered_at":
        inside = FIRST, FIRST + timedelta(days=DAYS)
        if isinstance(value, date):  # alone in its column: a date without a time is one, too
            day = value.date() if isinstance(value, datetime) else value
            return inside[0] <= day < inside[1]
        match = re.match(r"(2023)-?(\d\d)-?(\d\d)[T ]\d\d:?\d\d", text, flags=re.A)
        return match is not None and inside[0] <= date(*map(int, match.groups())) < inside[1]
    if cell.column == "market":
        digits = str(int(value)) if isinstance(value, float | int) and value == 232 else text
        digits = "23220" if isinstance(value, int) and value == 23220 else digits
        match = re.fullmatch(r"Z?(\d{3})|(\d{1,5})(-\d{4})?|\d{8,9}", digits, flags=re.A)
        return match is not None
    return text in ("comb", "cup")
