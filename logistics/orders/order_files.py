"""Orders from a file or a table: every cell checked, every fault reported with its row."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.orders.orders import EPOCH, PARCELS_PER_ORDER, Orders
from logistics.scenario.demand import Demand
from logistics.schedule.calendars import Period
from logistics.streams import key_of
from logistics.vocabulary import Array
from networks.geography import load_markets
from networks.inputs.cells import market_id
from networks.inputs.faults import Fault, refuse, shown, whole_file
from networks.inputs.tables import MOST_SHOWN, check_columns, line_of_row, read_table, texts_of

NEEDED = ("order_id", "ordered_at", "market", "product")
OPTIONAL = ("parcel_id",)

_TIME = (
    r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9]{2}:?[0-9]{2}(?::?[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)
"""A date with a time; pandas would also take a bare date, or a year."""

_NOTHING = {"nan", "inf", "-inf", "infinity", "-infinity", "null", "none", "<na>", "nat"}
"""What programs write for nothing, or for a number that is none."""

OFFSET = r"[T ].*(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)$"
"""How a time with an offset from UTC ends."""

NO_TIME = ("is not a date and time", "2023-09-18 14:05")

_AN_ID = "a whole number or a text"
_EXCEL_EPOCH = datetime(1899, 12, 30)
_AMERICAN_TIMES = tuple(
    f"%m/%d/%Y {clock}" for clock in ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
)


def read_orders(path: str | Path, demand: Demand, period: Period) -> Orders:
    """Return the orders of a CSV, Excel or Parquet file.

    Columns: `order_id` (text or number), `ordered_at` (local time of the customer, such as
    2023-09-18 14:05, or with an offset), `market` (ZIP code, ZIP3 or Z232), `product` (a name of
    the scenario); optional `parcel_id`, where an order travels in several boxes.

    Raises InputError with every fault, by row.
    """
    path = Path(path)
    return orders_of_table(read_table(path), demand, period, str(path))


def orders_of_table(
    table: pd.DataFrame, demand: Demand, period: Period, name: str = "orders"
) -> Orders:
    """Return the orders of a table with the columns of `read_orders`.

    Raises InputError with every fault, by row.
    """
    check_orders(table, name)
    rows = _Rows(table, name)
    market, product = rows.markets(demand), rows.products(demand)
    tick, day = rows.times(period, market)
    order_id, empty = rows.ids("order_id")
    parcel_id, column = order_id * PARCELS_PER_ORDER + 1, "order_id"
    if "parcel_id" in table:
        (parcel_id, empty), column = rows.ids("parcel_id"), "parcel_id"
    twice = pd.Series(parcel_id).duplicated().to_numpy() & ~empty
    rows.blame(twice, column, "comes twice", "one row per parcel; name the boxes in parcel_id")
    refuse(rows.faults)
    order = np.lexsort((parcel_id, order_id, tick))
    return Orders(
        order_id[order], parcel_id[order], tick[order], day[order].astype(np.int32),
        market[order].astype(np.int16), product[order].astype(np.int16),
    )  # fmt: skip


def check_orders(table: pd.DataFrame, name: str) -> None:
    """Raise InputError unless a table has the columns of orders, and a row."""
    check_columns(table.columns, name, NEEDED, OPTIONAL)
    if not len(table):
        raise whole_file(name, "there are no orders", ", ".join(NEEDED))


def order_number(order_id: str) -> int:
    """Return the number that stands for an order id in the columns of a run."""
    return int(_numbers(pd.Series([order_id.strip()]))[0])


class _Rows:
    """The rows of a table of orders: columns as texts, and what is wrong with them.

    A cell with a fault gets a value that lets the other columns be checked.
    """

    def __init__(self, table: pd.DataFrame, name: str) -> None:
        self.faults: list[Fault] = []
        self._table, self._name, self._line_of = table, name, line_of_row(table)
        columns = [column for column in (*NEEDED, *OPTIONAL) if column in table]
        self._texts = {column: texts_of(table[column]) for column in columns}

    def blame(self, bad: NDArray[np.bool_], column: str, problem: str, allowed: str) -> None:
        """Note a fault for each bad row of a column, beyond the first ones only how many."""
        for row in np.flatnonzero(bad)[:MOST_SHOWN].tolist():
            text = self._texts[column].iloc[row]
            value = text[:60] if text.isprintable() else shown(text)
            line = self._line_of(row)
            self.faults.append(Fault(self._name, line, column, value, problem, allowed))
        if bad.sum() > MOST_SHOWN:
            more = f"{bad.sum() - MOST_SHOWN:,} more rows: {problem}"
            self.faults.append(Fault(self._name, None, column, "", more, allowed))

    def markets(self, demand: Demand) -> NDArray[np.int64]:
        """Return the market rows, -1 where there is none."""
        rows = {market: row for row, market in enumerate(load_markets().ids)}
        market = self._texts["market"].map(lambda text: rows.get(market_id(text), -1))
        found = market.to_numpy(np.int64)
        zips = "a ZIP code or ZIP3 of the lower 48 states"
        self.blame(found < 0, "market", "is not a market", zips)
        elsewhere = (found >= 0) & ~np.isin(found, demand.market_rows())
        problem = "is not among the scenario's markets"
        self.blame(elsewhere, "market", problem, "see orders.markets")
        return found

    def products(self, demand: Demand) -> NDArray[np.int64]:
        """Return the product rows, -1 where there is none."""
        rows = {product.name: row for row, product in enumerate(demand.products)}
        found = self._texts["product"].map(lambda text: rows.get(text, -1)).to_numpy(np.int64)
        self.blame(found < 0, "product", "is not a product of the scenario", ", ".join(rows))
        return found

    def times(self, period: Period, market: NDArray[np.int64]) -> tuple[NDArray[np.int64], Array]:
        """Return ticks and local days."""
        time, has_offset = _times(iso_times(self._texts["ordered_at"]))
        unreadable = np.isnat(time)
        self.blame(unreadable, "ordered_at", *NO_TIME)
        time[unreadable] = np.datetime64(period.first_date)
        zone = period.zone_numbers(load_markets().time_zones)[market]
        tick = _ticks(time, has_offset, zone, period)
        day = period.local_days(zone, tick)
        outside = ((day < 0) | (day >= period.order_days)) & ~unreadable & (market >= 0)
        last = period.date_of(period.order_days - 1)
        days = f"{period.first_date} to {last}, warm-up and later days included"
        self.blame(outside, "ordered_at", "lies outside the scenario's days", days)
        return tick, day

    def ids(self, column: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return ids as numbers, and which are empty."""
        texts = self._texts[column]
        empty = np.asarray(texts == "", np.bool_)
        self.blame(empty, column, "is empty", _AN_ID)
        self.blame(_not_ids(self._table[column], texts), column, "is not an id", _AN_ID)
        return _numbers(texts), empty


def iso_times(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return times as ISO has them, where they were written as Excel in the United States does.

    '9/18/2023 2:05 PM' is 2023-09-18 14:05; 45187.587 is Excel's own number for it.
    """
    american = texts.str.contains("/", regex=False)
    serial = texts.str.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?")
    if not (american.any() or serial.any()):
        return texts
    moments = pd.Series(pd.NaT, texts.index, dtype="datetime64[ns]")
    for form in _AMERICAN_TIMES:
        read = pd.to_datetime(texts[american], format=form, errors="coerce")
        moments[american] = moments[american].fillna(read)
    days = texts[serial].astype(float)
    moments[serial] = (_EXCEL_EPOCH + pd.to_timedelta(days, "D")).dt.round("s")
    return texts.where(moments.isna(), moments.dt.strftime("%Y-%m-%d %H:%M:%S"))


def _times(texts: pd.Series[Any]) -> tuple[Array, NDArray[np.bool_]]:
    """Return times in ms (NaT where unreadable; UTC where an offset is given) and which had one."""
    has_offset = texts.str.contains(OFFSET, regex=True)
    times = np.full(len(texts), np.datetime64("NaT"), "datetime64[ms]")
    for offset in (False, True):
        rows = (has_offset == offset).to_numpy()
        if rows.any():
            read = pd.to_datetime(texts[rows], errors="coerce", utc=True, format="ISO8601")
            times[rows] = read.dt.tz_localize(None).to_numpy().astype("datetime64[ms]")
    times[~texts.str.fullmatch(_TIME).to_numpy(np.bool_)] = np.datetime64("NaT")
    return times, has_offset.to_numpy()


def _ticks(
    time: Array, has_offset: NDArray[np.bool_], zone: NDArray[np.int64], period: Period
) -> NDArray[np.int64]:
    """Return the ticks of times that are UTC where they had an offset, else local."""
    ms = time.astype("datetime64[ms]").astype(np.int64)
    local_ms = ms - (period.first_date - EPOCH).days * 86_400_000
    # a day on either side is far enough outside
    local_ms = np.clip(local_ms, -86_400_000, (period.all_days + 1) * 86_400_000)
    local = period.to_ticks(zone, np.zeros(len(ms), np.int64), local_ms // period.tick_ms)
    return np.where(has_offset, (ms - period.zero_ms) // period.tick_ms, local)


def _numbers(texts: pd.Series[Any]) -> NDArray[np.int64]:
    """Return ids as numbers: short numbers as they are, others drawn from the text."""
    # '007' is not '7'
    short = texts.str.fullmatch(r"0|[1-9][0-9]{0,14}").to_numpy(np.bool_)
    ids = texts.where(short, "0").astype(np.int64).to_numpy().copy()
    # 55 bits leave room for the boxes; the highest keeps them apart from the short numbers
    ids[~short] = [(1 << 54) | int(key_of(f"id/{text}") >> np.uint64(10)) for text in texts[~short]]
    return np.asarray(ids, np.int64)


def _not_ids(column: pd.Series[Any], texts: pd.Series[Any]) -> NDArray[np.bool_]:
    """Return which ids are there, but are neither a whole number nor a printable text."""
    odd = ~texts.str.fullmatch("[0-9]{1,15}|").to_numpy(np.bool_)
    if column.dtype.kind == "f" or not odd.any():
        return np.asarray(odd, np.bool_)
    values = column.to_numpy(object)
    for row in np.flatnonzero(odd):
        text = texts.iloc[row]
        plain = isinstance(values[row], str | int | np.integer)
        true_or_false = isinstance(values[row], bool)
        odd[row] = not plain or true_or_false or not text.isprintable() or text.lower() in _NOTHING
    return np.asarray(odd, np.bool_)
