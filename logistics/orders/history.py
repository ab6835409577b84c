"""Past orders from a file: which days they cover, and how many a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.orders.order_files import NO_TIME, check_orders
from networks.geography import load_markets
from networks.inputs.columns import Place
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import refuse
from networks.inputs.tables import MOST_SHOWN, line_of_row, read_table, texts_of
from networks.inputs.times import Times, read_times
from networks.inputs.zip_codes import market_ids

_WARM_UP_DAYS = 10


def history_overrides(
    overrides: Mapping[str, Any], path: Path, dates: DateOrder | None = None
) -> dict[str, Any]:
    """Return overrides by field, so that days and orders per day are those of a file of orders.

    The file's first days are the warm-up: as many as the overrides say, or else a scenario's ten,
    and at most half of them. What `overrides` has stays.

    Raises InputError for a file without orders, or without a date in each.
    """
    first, last, orders = dates_of_orders(path, dates)
    days = (last - first).days + 1
    warm_up = overrides.get("days.warm_up_days", min(_WARM_UP_DAYS, days // 2))
    return {
        "days.first_day": first + timedelta(days=warm_up),
        "days.warm_up_days": warm_up,
        "days.days": max(1, days - warm_up),
        "orders.orders_per_day": max(1, round(orders / days)),
        **overrides,
    }


def dates_of_orders(path: Path, order: DateOrder | None = None) -> tuple[date, date, int]:
    """Return the first and last local date in a file of orders, and how many rows it has.

    Raises InputError where there are none, or a row has no date.
    """
    table = read_table(path)
    check_orders(table, str(path))
    texts = texts_of(table["ordered_at"])
    place = Place(str(path), "ordered_at", texts, line_of_row(table))
    read = read_times(texts, order)
    refuse(read.decided.faults(place))
    lacking = np.flatnonzero(np.isnat(read.time) | ~read.has_clock)[:MOST_SHOWN].tolist()
    refuse(place.fault(row, *NO_TIME) for row in lacking)
    days = _local(read, market_ids(texts_of(table["market"]))).astype("datetime64[D]")
    return days.min().item(), days.max().item(), len(texts)


def _local(read: Times, market: pd.Series[Any]) -> NDArray[np.datetime64]:
    """Return times on the clocks of the customers."""
    local = read.time.copy()
    zones = dict(zip(load_markets().ids, load_markets().time_zones, strict=True))
    zone = market.map(zones).to_numpy(object)
    for name in {one for one in zone[read.has_offset] if isinstance(one, str)}:
        rows = read.has_offset & (zone == name)
        moments = pd.DatetimeIndex(read.time[rows]).tz_localize("UTC").tz_convert(name)
        local[rows] = moments.tz_localize(None).to_numpy().astype("datetime64[ms]")
    return local
