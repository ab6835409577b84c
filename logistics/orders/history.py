"""Past orders from a file: which days they cover, and how many a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from logistics.orders.order_files import NO_TIME, OFFSET, check_orders, iso_times
from networks.inputs.faults import Fault, refuse, shown
from networks.inputs.tables import MOST_SHOWN, line_of_row, read_table, texts_of

_WARM_UP_DAYS = 10


def history_overrides(overrides: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return overrides by field, so that days and orders per day are those of a file of orders.

    The file's first days are the warm-up: as many as the overrides say, or else a scenario's ten,
    and at most half of them. What `overrides` has stays.

    Raises InputError for a file without orders, or without a date in each.
    """
    first, last, orders = dates_of_orders(path)
    days = (last - first).days + 1
    warm_up = overrides.get("days.warm_up_days", min(_WARM_UP_DAYS, days // 2))
    return {
        "days.first_day": first + timedelta(days=warm_up),
        "days.warm_up_days": warm_up,
        "days.days": max(1, days - warm_up),
        "orders.orders_per_day": max(1, round(orders / days)),
        **overrides,
    }


def dates_of_orders(path: Path) -> tuple[date, date, int]:
    """Return the first and last local date in a file of orders, and how many rows it has.

    The first is a day early where a time has an offset: it may be the day before at the customer.

    Raises InputError where there are none, or a row has no date.
    """
    table = read_table(path)
    check_orders(table, str(path))
    texts = iso_times(texts_of(table["ordered_at"]))
    line_of = line_of_row(table)
    dates, faults = [], []
    for row, text in enumerate(texts):
        try:
            dates.append(date.fromisoformat(re.split("[T ]", text, maxsplit=1)[0]))
        except ValueError:
            faults.append(Fault(str(path), line_of(row), "ordered_at", shown(text), *NO_TIME))
    refuse(faults[:MOST_SHOWN])
    early = timedelta(days=bool(texts.str.contains(OFFSET, regex=True).any()))
    return min(dates) - early, max(dates), len(dates)
