"""The parcels of a file of orders as its map reads them, before any scenario has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.orders.order_cells import row_faults
from logistics.orders.order_maps import OrderMap
from logistics.orders.orders import EPOCH, Orders, time_of_day
from logistics.scenario.demand import Demand, Product
from logistics.schedule.calendars import Period
from logistics.streams import key_of
from logistics.vocabulary import Array
from networks.geography import load_markets
from networks.inputs.columns import Place
from networks.inputs.faults import Fault, refuse, whole_file
from networks.inputs.tables import Table

_DAY_MS = 86_400_000


@dataclass(frozen=True, eq=False)
class PlacedAt:
    """When orders were placed.

    `time`: ms; UTC where `is_utc`, else on the customer's clock. `has_clock`: False where only the
    dates are known.
    """

    time: NDArray[np.datetime64]
    is_utc: NDArray[np.bool_]
    has_clock: bool

    def of(self, rows: Array) -> PlacedAt:
        """Return some of them."""
        return PlacedAt(self.time[rows], self.is_utc[rows], self.has_clock)


@dataclass(frozen=True, eq=False)
class OrderRows:
    """Parcels as a file or table has them: columns of one length, in the order of its rows.

    `table`, `path`: where they are from. `needs_map`: whether the file cannot be read without it.
    `columns`: what of it was read, by name: the number of the column.
    `row`: of the table. `order_id`, `parcel_id`: as in `Orders`. `market`: row of the markets.
    `product`: row of `goods`, the scenario's products and, where one is needed, 'other'. `rows`: in
    the table. `left_out`: how many of these were left out, by kind. `articles`: the most frequent
    ones by product. `statuses`: rows by status of the order, the usual ones. `notes`: how the file
    was read, in sentences. `faults`: of rows that are not here.
    """

    table: Table
    path: Path | None
    order_map: OrderMap
    needs_map: bool
    columns: Mapping[str, int]
    row: NDArray[np.int64]
    order_id: NDArray[np.int64]
    parcel_id: NDArray[np.int64]
    placed: PlacedAt
    market: NDArray[np.int64]
    product: NDArray[np.int64]
    goods: tuple[Product, ...]
    rows: int
    left_out: Mapping[str, int]
    articles: Mapping[str, Sequence[str]]
    statuses: Mapping[str, int]
    notes: tuple[str, ...]
    faults: tuple[Fault, ...] = ()

    def __len__(self) -> int:
        return len(self.row)

    @property
    def name(self) -> str:
        """The name of the file, for messages."""
        return self.table.name

    def dates(self) -> NDArray[np.datetime64]:
        """Return the local dates, on the clocks of the customers."""
        return self.local_times().astype("datetime64[D]")

    def local_times(self) -> NDArray[np.datetime64]:
        """Return the times in ms, on the clocks of the customers."""
        utc, local = self.placed.is_utc, self.placed.time.copy()
        zones = np.array(load_markets().time_zones)[self.market]
        for name in set(zones[utc].tolist()):
            rows = utc & (zones == name)
            clock = pd.DatetimeIndex(local[rows]).tz_localize("UTC").tz_convert(name)
            local[rows] = clock.tz_localize(None).to_numpy().astype("datetime64[ms]")
        return local

    def span(self) -> tuple[date, date, float]:
        """Return the first and the last local date, and how many parcels a day between them."""
        dates = self.dates()
        first, last = dates.min().item(), dates.max().item()
        return first, last, len(self) / ((last - first).days + 1)

    def ids(self) -> pd.DataFrame:
        """Return the id of each order in the tables of a run, beside the one in the file."""
        column = self.columns["order_id"]
        texts = self.table.load([column]).texts(column).iloc[self.row]
        table = pd.DataFrame({"order_id": self.order_id, "id_in_file": texts.to_numpy()})
        return table.drop_duplicates("order_id", ignore_index=True)

    def facts(self) -> dict[str, Any]:
        """Return what `summary.json` says of them."""
        first, last, _ = self.span()
        return {
            "format": self.order_map.format,
            "rows": self.rows,
            "orders": len(np.unique(self.order_id)),
            "parcels": len(self),
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            "left_out": dict(self.left_out),
        }

    def orders(self, demand: Demand, period: Period) -> Orders:
        """Return the orders of a run.

        Orders of which only the date is known are spread over the day, as the scenario's hours say:
        each at a time of its own, the same in every run.

        Raises InputError for orders outside the scenario's days or markets, or of other products.
        """
        zone = period.zone_numbers(load_markets().time_zones)[self.market]
        tick = _ticks(self._instants(demand), self.placed.is_utc, zone, period)
        day = period.local_days(zone, tick)
        refuse([*self.faults, *self._outside(demand, period, day)])
        names = [product.name for product in demand.products]
        product = np.array([names.index(one.name) for one in self.goods])[self.product]
        order = np.lexsort((self.parcel_id, self.order_id, tick))
        return Orders(
            self.order_id[order], self.parcel_id[order], tick[order],
            day[order].astype(np.int32), self.market[order].astype(np.int16),
            product[order].astype(np.int16),
        )  # fmt: skip

    def _instants(self, demand: Demand) -> NDArray[np.int64]:
        """Return the times in ms, with a time of day where only the date is known."""
        ms = self.placed.time.astype("datetime64[ms]").astype(np.int64)
        if self.placed.has_clock:
            return ms
        hours = time_of_day(self.order_id, demand.hours, key_of("time of day"))
        return ms + (hours * 3_600_000).astype(np.int64)

    def _outside(self, demand: Demand, period: Period, day: Array) -> Iterator[Fault]:
        elsewhere = ~np.isin(self.market, demand.market_rows())
        problem = "is not among the scenario's markets"
        yield from self._faults("market", elsewhere, problem, "see orders.markets")
        last = period.date_of(period.order_days - 1)
        days = f"{period.first_date} to {last}, warm-up and later days included"
        outside = (day < 0) | (day >= period.order_days)
        problem = "is outside the days of the run"
        yield from self._faults("ordered_at", outside, problem, f"{days}; or --history FILE")

    def _faults(self, name: str, bad: Array, problem: str, allowed: str) -> Iterator[Fault]:
        """Yield a fault for each bad parcel, with the line of its row."""
        if bad.any():
            column = self.columns[name]
            rows = self.table.load([column])
            texts = rows.texts(column)
            place = Place(self.table.name, self.table.heading[column], texts, rows.line)
            of_table = np.zeros(len(texts), np.bool_)
            of_table[self.row[bad]] = True
            yield from row_faults(place, of_table, problem, allowed)

    def taken(self, demand: Demand, period: Period) -> Iterator[str]:
        """Say which days and how many orders a run takes.

        Raises InputError as `orders`, and if no order is on a measured day.
        """
        orders = self.orders(demand, period)
        first, last = (period.date_of(int(day)) for day in (orders.day.min(), orders.day.max()))
        begin, end = period.warm_up_days, period.warm_up_days + period.days
        measured = int(((orders.day >= begin) & (orders.day < end)).sum())
        if not measured:
            allowed = f"{period.first_day} to {period.date_of(end - 1)}"
            raise whole_file(self.name, "has no orders on the measured days", allowed)
        yield (
            f"{self.name}: {counted(len(orders), 'parcel')} ordered {span_text(first, last)};"
            f" {measured:,} of them on the measured days, {period.first_day} to"
            f" {period.date_of(end - 1)}."
        )


def span_text(first: date, last: date) -> str:
    """Return dates in words: 'on 2023-09-18', or 'from ... to ...'."""
    return f"on {first}" if first == last else f"from {first} to {last}"


def counted(number: float, what: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "parcel"), counted(1200, "parcel"), counted(0.5, "parcel")
    ('1 parcel', '1,200 parcels', '0.5 parcels')
    """
    text = f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
    return f"{text} {what}{'s' * (text != '1')}"


def _ticks(
    ms: NDArray[np.int64], is_utc: NDArray[np.bool_], zone: NDArray[np.int64], period: Period
) -> NDArray[np.int64]:
    """Return the ticks of times that are UTC or local."""
    local_ms = ms - (period.first_date - EPOCH).days * _DAY_MS
    # a day on either side is far enough outside
    local_ms = np.clip(local_ms, -_DAY_MS, (period.all_days + 1) * _DAY_MS)
    local = period.to_ticks(zone, np.zeros(len(ms), np.int64), local_ms // period.tick_ms)
    return np.where(is_utc, (ms - period.zero_ms) // period.tick_ms, local)
