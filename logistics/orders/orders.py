"""Who orders what, when and where: the demand that all networks share.

Orders depend on the scenario's demand, its days and the random draws of the replication, never on a
network: the same orders go through each. An order's draws depend on its id, not on its row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.runtime.threads import gathered, sorted_rows
from logistics.scenario.demand import Demand
from logistics.schedule.calendars import Period
from logistics.streams import Streams, in_chunks, mix, unit
from logistics.vocabulary import Array
from networks.geography import load_markets

IDS_PER_DAY = 1_000_000_000
"""A generated order's id is its local date, in days since 1970, times this, plus its row."""
PARCELS_PER_ORDER = 100
"""An order's parcels are numbered from its id times this, plus 1."""
EPOCH = date(1970, 1, 1)
_GUIDE = 1 << 14
_DRAWN = ("order_id", "tick", "day", "market", "product")


@dataclass(frozen=True)
class Orders:
    """Parcels as ordered, sorted by (tick, order id, parcel id); columns of one length.

    `order_id`, `parcel_id`: an order is what was bought, a parcel is a box; the parcel
    id also names its random draws. `tick`: when it was ordered. `day`: its local date, as a day of
    the period. `market`: row of the markets. `product`: row of the scenario's products.
    """

    order_id: NDArray[np.int64]
    parcel_id: NDArray[np.int64]
    tick: NDArray[np.integer[Any]]
    day: NDArray[np.int32]
    market: NDArray[np.int16]
    product: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.order_id)

    def of(self, rows: Array) -> Orders:
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
    chosen = np.array(range(period.order_days) if days is None else days, np.int32)
    factors = demand.factors([period.date_of(day) for day in chosen.tolist()])
    counts = np.array([round(demand.orders_per_day * factor) for factor in factors], np.int64)
    day = np.repeat(chosen, counts)
    order_id = np.empty(len(day), np.int64)
    ends, epoch_day = np.cumsum(counts), (period.first_date - EPOCH).days
    for number, count, end in zip(chosen.tolist(), counts, ends, strict=True):
        first = (number + epoch_day) * IDS_PER_DAY
        order_id[end - count : end] = np.arange(first, first + count)

    rows = demand.market_rows()
    market = _pick(streams, "market", order_id, markets.share[rows])
    if len(rows) < len(markets):
        market = rows[market].astype(np.int16)
    product = _pick(streams, "product", order_id, np.array([p.share for p in demand.products]))
    day_ticks = 86_400_000 // period.tick_ms
    key = streams.key("time of day")
    zones = period.zone_numbers(markets.time_zones)

    def placed(number: Array, day: Array, market: Array) -> Array:
        hour = time_of_day(number, demand.hours, key)
        local = (hour * (3_600_000 / period.tick_ms)).astype(np.int64)
        return period.to_ticks(zones[market], day, np.minimum(local, day_ticks - 1))

    tick = in_chunks(placed, period.dtype, order_id, day, market)
    return _generated(order_id, tick, day, market, product)


def time_of_day(number: Array, hours: Sequence[float], key: np.uint64) -> Array:
    """Return an hour of the local day, 0 to 24, for each number. `hours`: weights by hour."""
    weights = np.array(hours)
    by_hour = np.concatenate([[0.0], np.cumsum(weights / weights.sum())])
    return np.asarray(np.interp(unit(mix(number, key)), by_hour, np.arange(25.0)))


def orders_by_slice(
    demand: Demand, period: Period, streams: Streams, cuts: Sequence[int]
) -> Iterator[Orders]:
    """Yield the orders of `generate_orders` from each cut to the next, from tick 0 on.

    Only a day or so of them is held at a time. The last cut is the horizon.
    """
    zones = np.arange(len(period.time_zones))
    first, last = 0, period.order_days
    held = generate_orders(demand, period, streams, [])
    for until in cuts:  # a day begins in one time zone before the others
        while first < last and period.midnight(zones, first).min() < until:
            later = generate_orders(demand, period, streams, [first])
            held = _generated(*(np.append(getattr(held, n), getattr(later, n)) for n in _DRAWN))
            first += 1
        end = int(np.searchsorted(held.tick, until)) if until < period.horizon else len(held)
        yield held.of(np.arange(end))
        held = held.of(np.arange(end, len(held)))


def _generated(order_id: Array, tick: Array, day: Array, market: Array, product: Array) -> Orders:
    """Return orders of one parcel each, sorted; at equal ticks their ids rise with the row."""
    tick, rows = sorted_rows(tick)
    order_id = gathered(order_id, rows)
    parcel_id = in_chunks(lambda part: part * PARCELS_PER_ORDER + 1, np.int64, order_id)
    others = (gathered(column, rows) for column in (day, market, product))
    return Orders(order_id, parcel_id, tick, *others)


def _pick(
    streams: Streams, name: str, number: NDArray[np.int64], share: NDArray[np.float64]
) -> NDArray[np.int16]:
    """Draw a category for each number, by inverse transform."""
    edges, key = np.cumsum(share / share.sum())[:-1], streams.key(name)
    guide = np.searchsorted(edges, np.arange(_GUIDE + 1) / _GUIDE, "right")
    # most parts of the guide have no edge within: only the others need a search
    settled = np.append(guide[:-1] == guide[1:], False)

    def picked(part: Array) -> Array:
        drawn = unit(mix(part, key))
        at = (drawn * _GUIDE).astype(np.int64)
        category = guide.take(at)
        rows = np.flatnonzero(~settled.take(at))
        category[rows] = np.searchsorted(edges, drawn[rows], "right")
        return category

    return in_chunks(picked, np.int16, number)
