"""Orders from a file or a table: every cell checked, every fault reported with its row."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
from networks.geography import load_markets, place_outside
from networks.inputs.cells import free_text
from networks.inputs.columns import Place
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import Fault, refuse, shown, whole_file
from networks.inputs.tables import MOST_SHOWN, check_columns, line_of_row, read_table, texts_of
from networks.inputs.times import read_times
from networks.inputs.zip_codes import SHORT_ZIP, market_ids

NEEDED = ("order_id", "ordered_at", "market", "product")
OPTIONAL = ("parcel_id",)

_NOTHING = {
    "nan", "inf", "-inf", "infinity", "-infinity", "null", "none", "<na>", "nat", "true", "false",
}  # fmt: skip
"""What programs write for nothing, for a number that is none, or for yes and no."""

NO_TIME = ("is not a date and time", "2023-09-18 14:05")

_AN_ID = "a whole number or a text"
_WHOLE = re.compile(r"^([0-9]{1,15})\.0+$")
"""7.0 is how a column of numbers with holes writes 7."""
_DECIMAL = re.compile(r"[+-]?[0-9]*\.[0-9]+")
"""4521.10, which a spreadsheet writes as 4521.1: no id."""
_ROUNDED = re.compile(r"-?[0-9](?:\.[0-9]+)?[eE][+-][0-9]+")
"""What a spreadsheet makes of an id that it takes for a number, beyond 15 digits."""
_DIGITS = 15
"""Of a whole number, all of which a float keeps."""
_DAY_MS = 86_400_000
_ALIKE = 1.25
"""How many times more or fewer orders a file may have than a network is scaled to, untold."""


def read_orders(
    given: pd.DataFrame | str | Path,
    demand: Demand,
    period: Period,
    dates: DateOrder | None = None,
) -> Orders:
    """Return the orders of a CSV, Excel or Parquet file, or of a table with the same columns.

    Columns: `order_id` (text or number), `ordered_at` (local time of the customer, such as
    2023-09-18 14:05, or with an offset), `market` (ZIP code, ZIP3 or Z232), `product` (a name of
    the scenario); optional `parcel_id`, where an order travels in several boxes.

    `dates`: whether times such as 05/09/2023 2:05 PM have the month or the day first; None to let
    the column decide.

    Raises InputError with every fault, by row.
    """
    return orders_and_notes(given, demand, period, dates)[0]


def orders_and_notes(
    given: pd.DataFrame | str | Path, demand: Demand, period: Period, dates: DateOrder | None
) -> tuple[Orders, list[str]]:
    """Return what `read_orders` does, and in sentences what was understood of it."""
    if isinstance(given, pd.DataFrame):
        name, table = "orders", given
    else:
        name, table = str(given), read_table(Path(given))
    check_orders(table, name)
    rows = _Rows(table, name)
    market, product = rows.markets(demand), rows.products(demand)
    tick, day = rows.times(period, market, dates)
    order_id, empty = rows.ids("order_id")
    parcel_id, column = order_id * PARCELS_PER_ORDER + 1, "order_id"
    if "parcel_id" in table:
        (parcel_id, empty), column = rows.ids("parcel_id"), "parcel_id"
        if pd.Series(parcel_id[~empty]).duplicated().any():  # numbered within each order
            parcel_id = rows.ids_of_boxes()
    twice = pd.Series(parcel_id).duplicated().to_numpy() & ~empty
    rows.blame(twice, column, "comes twice", "one row per parcel; name the boxes in parcel_id")
    refuse(rows.faults)
    order = np.lexsort((parcel_id, order_id, tick))
    orders = Orders(
        order_id[order], parcel_id[order], tick[order], day[order].astype(np.int32),
        market[order].astype(np.int16), product[order].astype(np.int16),
    )  # fmt: skip
    return orders, [*_taken(orders, demand, period, name), *rows.notes]


def _taken(orders: Orders, demand: Demand, period: Period, name: str) -> Iterator[str]:
    """Say which days and how many orders a file brings, and whether capacities suit them."""
    first, last = (period.date_of(int(day)) for day in (orders.day.min(), orders.day.max()))
    begin, end = period.warm_up_days, period.warm_up_days + period.days
    measured = int(((orders.day >= begin) & (orders.day < end)).sum())
    parcels = f"{len(orders):,} parcel{'s' * (len(orders) > 1)}"
    yield (
        f"{name}: {parcels} ordered from {first} to {last}; {measured:,} of them on the measured"
        f" days, {period.first_day} to {period.date_of(end - 1)}."
    )
    a_day = measured / period.days
    if not 1 / _ALIKE <= a_day / demand.orders_per_day <= _ALIKE:
        kind = "emptier" if a_day < demand.orders_per_day else "fuller"
        yield (
            f"{name}: {a_day:,.4g} parcels a day, and capacities for {demand.orders_per_day:,}"
            f" (orders_per_day): trucks and buildings run {kind} than planned."
        )


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
        self.notes: list[str] = []
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
        texts = self._texts["market"]
        ids = market_ids(texts)
        found = ids.map(lambda market: rows.get(market, -1)).to_numpy(np.int64)
        known = dict(zip(texts[found < 0], ids[found < 0], strict=True))
        problems = texts.map({text: _nowhere(text, market) for text, market in known.items()})
        for problem in dict.fromkeys(problems.dropna()):
            bad = (problems == problem).to_numpy(np.bool_)
            self.blame(bad, "market", problem, "a ZIP code or ZIP3 of the lower 48 states")
        elsewhere = (found >= 0) & ~np.isin(found, demand.market_rows())
        problem = "is not among the scenario's markets"
        self.blame(elsewhere, "market", problem, "see orders.markets")
        return found

    def products(self, demand: Demand) -> NDArray[np.int64]:
        """Return the product rows, -1 where there is none."""
        rows = {product.name: row for row, product in enumerate(demand.products)}
        texts = self._texts["product"]
        found = texts.map(lambda text: rows.get(free_text(text), -1)).to_numpy(np.int64)
        self.blame(found < 0, "product", "is not a product of the scenario", ", ".join(rows))
        return found

    def times(
        self, period: Period, market: NDArray[np.int64], dates: DateOrder | None
    ) -> tuple[NDArray[np.int64], Array]:
        """Return ticks and local days."""
        texts = self._texts["ordered_at"]
        read = read_times(texts, dates)
        place = Place(self._name, "ordered_at", texts, self._line_of)
        self.faults += read.decided.faults(place)
        self.notes += read.decided.notes(place)
        unreadable = np.isnat(read.time) | ~read.has_clock
        if not read.decided.mixed:
            self.blame(unreadable, "ordered_at", *NO_TIME)
        if len(texts) > 1 and not (read.time.astype(np.int64) % _DAY_MS).any():
            self.notes.append(
                f"{self._name}: every order was placed at 00:00; is the time of day missing?"
            )
        time = np.where(unreadable, np.datetime64(period.first_date, "ms"), read.time)
        zone = period.zone_numbers(load_markets().time_zones)[market]
        tick = _ticks(time, read.has_offset, zone, period)
        day = period.local_days(zone, tick)
        outside = ((day < 0) | (day >= period.order_days)) & ~unreadable & (market >= 0)
        last = period.date_of(period.order_days - 1)
        days = f"{period.first_date} to {last}, warm-up and later days included"
        if read.decided.is_sure:
            self.blame(outside, "ordered_at", "lies outside the scenario's days", days)
        return tick, day

    def ids(self, column: str) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return ids as numbers, and which are empty."""
        texts = self._texts[column].str.replace(_WHOLE, r"\1", regex=True)
        empty = np.asarray(texts == "", np.bool_)
        self.blame(empty, column, "is empty", _AN_ID)
        rounded = texts.str.fullmatch(_ROUNDED).to_numpy(np.bool_)
        if self._table[column].dtype.kind == "f":
            rounded = rounded | (texts.str.len() > _DIGITS).to_numpy(np.bool_)
        self.blame(rounded, column, "was rounded by a spreadsheet", "all digits: format the column"
                   " as Text in the file it came from, and export it again")  # fmt: skip
        odd = _not_ids(self._table[column], texts) & ~rounded
        self.blame(odd, column, "is not an id", _AN_ID)
        return _numbers(texts), empty | rounded

    def ids_of_boxes(self) -> NDArray[np.int64]:
        """Return numbers of boxes that are named within their order only: 1 and 2 of each."""
        return _numbers(self._texts["order_id"] + " / " + self._texts["parcel_id"])


def _nowhere(text: str, market: str) -> str:
    """Say why a text is no market of the lower 48. `market`: its id by the column, '' if none."""
    where = place_outside(market[1:] or text)
    if market and not text.startswith(("Z", market[1:])) and len(text) <= SHORT_ZIP:
        return f"is {text:0>5}{where and f', {where}'}: the other rows have five digits"
    if market and not where:
        return "is in no market: a ZIP code without street delivery, or none"
    return f"is {where}" if where else "is not a market"


def _ticks(
    time: Array, has_offset: NDArray[np.bool_], zone: NDArray[np.int64], period: Period
) -> NDArray[np.int64]:
    """Return the ticks of times that are UTC where they had an offset, else local."""
    ms = time.astype("datetime64[ms]").astype(np.int64)
    local_ms = ms - (period.first_date - EPOCH).days * _DAY_MS
    # a day on either side is far enough outside
    local_ms = np.clip(local_ms, -_DAY_MS, (period.all_days + 1) * _DAY_MS)
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
    values = column.to_numpy(object) if odd.any() else ()
    for row in np.flatnonzero(odd):
        text, value = texts.iloc[row], values[row]
        plain = isinstance(value, str | int | float | np.integer) and not isinstance(value, bool)
        number = _DECIMAL.fullmatch(text) or text.lower() in _NOTHING
        odd[row] = not plain or bool(number) or not text.isprintable()
    return np.asarray(odd, np.bool_)
