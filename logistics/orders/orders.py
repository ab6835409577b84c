"""Who orders what, when and where: the demand that all networks share.

Orders depend on the scenario's demand, its days and the luck of the replication, never on a
network: the same orders go through each. An order's luck hangs on its id, not on its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from logistics.runtime.threads import gathered, sorted_rows
from logistics.scenario.demand import Demand
from logistics.schedule.calendars import Period
from logistics.streams import Streams, in_chunks, key_of, mix, unit
from networks.geography import Markets, load_markets
from networks.inputs.cells import market_id
from networks.inputs.faults import Fault, InputError, shown
from networks.inputs.tables import (
    COLUMNS,
    NO_TIME,
    OFFSET,
    TIME,
    check_columns,
    iso_times,
    line_of_row,
    no_orders,
    not_ids,
    read_table,
    texts_of,
)

if TYPE_CHECKING:
    import pandas as pd

IDS_PER_DAY = 1_000_000_000
"""A generated order's id is its local date, in days since 1970, times this, plus its row."""
_PARCELS_PER_ORDER = 100
_GUIDE = 1 << 14
_EPOCH = date(1970, 1, 1)
_AN_ID = "a whole number or a text"


@dataclass(frozen=True)
class Orders:
    """Parcels as ordered, sorted by (tick, order id, parcel id); columns of one length.

    `order_id`, `parcel_id`: an order is what was bought, a parcel is a box; the parcel id also
    names its luck. `tick`: when it was ordered. `day`: its local date, as a day of the period.
    `market`: row of the markets. `product`: row of the scenario's products.
    """

    order_id: NDArray[np.int64]
    parcel_id: NDArray[np.int64]
    tick: NDArray[np.integer[Any]]
    day: NDArray[np.int32]
    market: NDArray[np.int16]
    product: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.order_id)

    def of(self, rows: NDArray[Any]) -> Orders:
        """Return some of the orders, by row number."""
        return Orders(**{f.name: gathered(getattr(self, f.name), rows) for f in fields(self)})


def generate_orders(
    demand: Demand, period: Period, streams: Streams, days: Sequence[int] | None = None
) -> Orders:
    """Return the orders of all days of a period, or of some, one parcel each.

    A day has round(orders a day * its factor) orders, wherever their customers live; each order's
    market, local time and product are drawn on their own.
    """
    markets = load_markets()
    chosen = np.array(range(period.all_days) if days is None else days, np.int32)
    factors = demand.factors([period.date_of(day) for day in chosen.tolist()])
    counts = np.array([round(demand.orders_per_day * factor) for factor in factors], np.int64)
    day = np.repeat(chosen, counts)
    order_id = np.empty(len(day), np.int64)
    ends, epoch_day = np.cumsum(counts), (period.first_date - _EPOCH).days
    for number, count, end in zip(chosen.tolist(), counts, ends, strict=True):
        first = (number + epoch_day) * IDS_PER_DAY
        order_id[end - count : end] = np.arange(first, first + count)

    rows = demand.market_rows()
    market = _pick(streams, "market", order_id, markets.share[rows])
    if len(rows) < len(markets):
        market = rows[market].astype(np.int16)
    product = _pick(streams, "product", order_id, np.array([p.share for p in demand.products]))
    hours = np.array(demand.hours)
    by_hour = np.concatenate([[0.0], np.cumsum(hours / hours.sum())])
    day_ticks = 86_400_000 // period.tick_ms
    luck = streams.key("time of day")
    zones = _zones(markets, period)

    def placed(number: NDArray[Any], day: NDArray[Any], market: NDArray[Any]) -> NDArray[Any]:
        hour = np.interp(unit(mix(number, luck)), by_hour, np.arange(25.0))
        local = (hour * (3_600_000 / period.tick_ms)).astype(np.int64)
        return period.to_ticks(zones[market], day, np.minimum(local, day_ticks - 1))

    tick = in_chunks(placed, period.dtype, order_id, day, market)
    return _generated(order_id, tick, day, market, product)


def orders_by_stretch(
    demand: Demand, period: Period, streams: Streams, cuts: Sequence[int]
) -> Iterator[Orders]:
    """Yield the orders of `generate_orders` from each cut to the next, from tick 0 on.

    Only a day or so of them is held at a time. The last cut is the horizon.
    """
    zones = np.arange(len(period.time_zones))
    first, last = 0, period.all_days
    held = generate_orders(demand, period, streams, [])
    for until in cuts:
        while first < last and _begins(period, zones, first) < until:
            held = _later(held, generate_orders(demand, period, streams, [first]))
            first += 1
        end = int(np.searchsorted(held.tick, until)) if until < period.horizon else len(held)
        yield held.of(np.arange(end))
        held = held.of(np.arange(end, len(held)))


def _begins(period: Period, zones: NDArray[np.int64], day: int) -> int:
    """Return the tick at which a local day begins where it begins first."""
    return int(period.midnight(zones, np.full(len(zones), day)).min())


def _later(early: Orders, late: Orders) -> Orders:
    """Return both, sorted; the ids of `late` are all higher."""
    if not len(early):
        return late
    names = ("order_id", "tick", "day", "market", "product")
    return _generated(
        *(np.concatenate([getattr(o, name) for o in (early, late)]) for name in names)
    )


def _generated(
    order_id: NDArray[np.int64], tick: NDArray[Any], day: NDArray[Any], market: NDArray[Any],
    product: NDArray[Any],
) -> Orders:  # fmt: skip
    """Return orders of one parcel each, sorted; at equal ticks their ids rise with the row."""
    tick, rows = sorted_rows(tick)
    order_id = gathered(order_id, rows)
    parcel_id = in_chunks(lambda part: part * _PARCELS_PER_ORDER + 1, np.int64, order_id)
    others = (gathered(column, rows) for column in (day, market, product))
    return Orders(order_id, parcel_id, tick, *others)


def read_orders(path: str | Path, demand: Demand, period: Period) -> Orders:
    """Return the orders of a CSV or Parquet file.

    Columns: `order_id` (text or number), `ordered_at` (local time of the customer, such as
    2023-09-18 14:05, or with an offset), `market` (ZIP code, ZIP3 or Z232), `product` (a name of
    the scenario); optional `parcel_id`, where an order travels in several boxes.

    Raises InputError with every fault, by row.
    """
    path = Path(path)
    table = read_table(path)
    return orders_of_table(table, demand, period, str(path))


def orders_of_table(
    table: pd.DataFrame, demand: Demand, period: Period, name: str = "orders"
) -> Orders:
    """Return the orders of a table with the columns of `read_orders`.

    Raises InputError with every fault, by row.
    """
    import pandas as pd  # noqa: PLC0415

    check_columns(table.columns, name)
    if not len(table):
        raise no_orders(name)
    faults: list[Fault] = []
    texts = {column: texts_of(table[column]) for column in COLUMNS if column in table}
    line_of = line_of_row(table)

    def blame(bad: NDArray[np.bool_], column: str, problem: str, allowed: str = "") -> None:
        for row in np.flatnonzero(bad)[:20]:
            text = texts[column].iloc[row]
            value = text[:60] if text.isprintable() else shown(text)
            faults.append(Fault(name, line_of(int(row)), column, value, problem, allowed))
        if bad.sum() > 20:
            more = f"{bad.sum() - 20:,} more rows: {problem}"
            faults.append(Fault(name, None, column, "", more, allowed))

    markets = load_markets()
    rows = {market: row for row, market in enumerate(markets.ids)}
    market_row = texts["market"].map(lambda text: rows.get(market_id(text), -1)).to_numpy(np.int64)
    blame(market_row < 0, "market", "is not a market", "a ZIP code or ZIP3 of the lower 48 states")
    elsewhere = (market_row >= 0) & ~np.isin(market_row, demand.market_rows())
    blame(elsewhere, "market", "is not among the scenario's markets", "see orders.markets")
    products = {product.name: row for row, product in enumerate(demand.products)}
    product_row = texts["product"].map(lambda p: products.get(p, -1)).to_numpy(np.int64)
    blame(product_row < 0, "product", "is not a product of the scenario", ", ".join(products))
    time, has_offset = _times(iso_times(texts["ordered_at"]))
    unreadable = np.isnat(time)
    blame(unreadable, "ordered_at", NO_TIME, "2023-09-18 14:05")
    time[unreadable] = np.datetime64(period.first_date)
    zone = _zones(markets, period)[market_row]
    tick = _ticks(time, has_offset, zone, period)
    day = period.local_days(zone, tick)
    outside = ((day < 0) | (day >= period.all_days)) & ~unreadable & (market_row >= 0)
    last = period.date_of(period.all_days - 1)
    blame(outside, "ordered_at", "lies outside the scenario's days",
          f"{period.first_date} to {last}, warm-up and cool-down included")  # fmt: skip
    order_id, no_id = _ids(texts["order_id"])
    blame(no_id, "order_id", "is empty", _AN_ID)
    blame(not_ids(table["order_id"], texts["order_id"]), "order_id", "is not an id", _AN_ID)
    parcel_id = order_id * _PARCELS_PER_ORDER + 1
    if "parcel_id" in table:
        parcel_id, no_id = _ids(texts["parcel_id"])
        blame(no_id, "parcel_id", "is empty", _AN_ID)
        blame(not_ids(table["parcel_id"], texts["parcel_id"]), "parcel_id", "is not an id", _AN_ID)
    twice = pd.Series(parcel_id).duplicated().to_numpy() & ~no_id
    column = "parcel_id" if "parcel_id" in table else "order_id"
    blame(twice, column, "comes twice", "one row a parcel; name the boxes in parcel_id")
    if faults:
        raise InputError(tuple(faults))
    return _sorted(order_id, parcel_id, tick, day, market_row, product_row)


def order_number(order_id: str) -> int:
    """Return the number that stands for an order id in the columns of a run."""
    import pandas as pd  # noqa: PLC0415

    return int(_ids(pd.Series([order_id.strip()]))[0][0])


def _pick(
    streams: Streams, name: str, number: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.int16]:
    """Draw a category for each number, by inverse transform."""
    edges, key = np.cumsum(share / share.sum())[:-1], streams.key(name)
    guide = np.searchsorted(edges, np.arange(_GUIDE + 1) / _GUIDE, "right")
    # most parts of the guide have no edge within: only the others need a search
    settled = np.append(guide[:-1] == guide[1:], False)

    def picked(part: NDArray[Any]) -> NDArray[Any]:
        luck = unit(mix(part, key))
        at = (luck * _GUIDE).astype(np.int64)
        category = guide.take(at)
        rows = np.flatnonzero(~settled.take(at))
        category[rows] = np.searchsorted(edges, luck[rows], "right")
        return category

    return in_chunks(picked, np.int16, number)


def _zones(markets: Markets, period: Period) -> NDArray[np.int64]:
    return np.array([period.zone_number(zone) for zone in markets.time_zones])


def _sorted(
    order_id: NDArray[np.int64], parcel_id: NDArray[np.int64], tick: NDArray[np.int64],
    day: NDArray[Any], market: NDArray[Any], product: NDArray[Any],
) -> Orders:  # fmt: skip
    order = np.lexsort((parcel_id, order_id, tick))
    return Orders(
        order_id[order], parcel_id[order], tick[order], day[order].astype(np.int32),
        market[order].astype(np.int16), product[order].astype(np.int16),
    )  # fmt: skip


def _times(texts: pd.Series[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return times in ms (NaT where unreadable; UTC where an offset is given) and which had one."""
    import pandas as pd  # noqa: PLC0415

    has_offset = texts.str.contains(OFFSET, regex=True)
    times = np.full(len(texts), np.datetime64("NaT"), "datetime64[ms]")
    for offset in (False, True):
        rows = (has_offset == offset).to_numpy()
        if rows.any():
            read = pd.to_datetime(texts[rows], errors="coerce", utc=True, format="ISO8601")
            times[rows] = read.dt.tz_localize(None).to_numpy().astype("datetime64[ms]")
    times[~texts.str.fullmatch(TIME).to_numpy(np.bool_)] = np.datetime64("NaT")
    return times, has_offset.to_numpy()


def _ticks(
    time: NDArray[Any], has_offset: NDArray[np.bool_], zone: NDArray[np.int64], period: Period
) -> NDArray[np.int64]:
    """Return the ticks of times that are UTC where they had an offset, else local."""
    ms = time.astype("datetime64[ms]").astype(np.int64)
    local_ms = ms - (period.first_date - _EPOCH).days * 86_400_000
    # a day on either side is far enough outside
    local_ms = np.clip(local_ms, -86_400_000, (period.all_days + 1) * 86_400_000)
    local = period.to_ticks(zone, np.zeros(len(ms), np.int64), local_ms // period.tick_ms)
    return np.where(has_offset, (ms - period.zero_ms) // period.tick_ms, local)


def _ids(texts: pd.Series[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return ids as numbers, and which are empty: short numbers as they are, else from the text."""
    # '007' is not '7'
    short = texts.str.fullmatch(r"0|[1-9][0-9]{0,14}").to_numpy(np.bool_)
    ids = texts.where(short, "0").astype(np.int64).to_numpy().copy()
    # 55 bits leave room for the boxes; the highest keeps them apart from the short numbers
    ids[~short] = [(1 << 54) | int(key_of(f"id/{text}") >> np.uint64(10)) for text in texts[~short]]
    return np.asarray(ids, np.int64), np.asarray(texts == "", np.bool_)
