"""What a file of orders says of a run: its days, how many orders a day, its products."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from logistics.orders.order_rows import OrderRows
from logistics.scenario.scenario import Scenario

_WARM_UP_DAYS = 10
_FIRST_DAY, _PER_DAY = "days.first_day", "orders.orders_per_day"


def settings_of_orders(
    rows: OrderRows,
    scenario: Scenario,
    overrides: Mapping[str, Any],
    smallest: int,
    *,
    is_history: bool,
) -> tuple[dict[str, Any], list[str]]:
    """Return overrides by field for a run of the orders, and in sentences what they change.

    Orders a day are those of the file, at least the `smallest` sample, unless the scenario or the
    overrides say them. Days are those of a history; of other orders only if none of them lies on a
    measured day, and these are the default ones. What `overrides` has stays.
    """
    first, last, a_day = rows.span()
    found, notes = dict[str, Any](), list[str]()
    has_days = _FIRST_DAY in overrides or "first_day" in scenario.days.model_fields_set
    if is_history or not (has_days or _is_measured(rows, scenario, overrides)):
        found |= _days(rows, overrides)
        if not is_history:
            notes.append(f"{rows.name}: days are those of the file, {first} to {last}.")
    if _PER_DAY not in overrides and "orders_per_day" not in scenario.orders.model_fields_set:
        found[_PER_DAY] = max(smallest, round(a_day))
        if a_day < smallest:
            notes.append(
                f"{rows.name}: {a_day:,.4g} parcels a day are fewer than the smallest sample, so"
                f" capacities are scaled to {smallest:,} orders a day: trucks and buildings run"
                " emptier than planned."
            )
    if len(rows.goods) > len(scenario.orders.products):
        found["orders.products"] = list(rows.goods)
    return {**found, **overrides}, notes


def _is_measured(rows: OrderRows, scenario: Scenario, overrides: Mapping[str, Any]) -> bool:
    """Tell whether an order lies on a measured day of the scenario."""
    first = np.datetime64(scenario.days.first_day)
    days = (rows.dates() - first).astype(int)
    return bool(((days >= 0) & (days < overrides.get("days.days", scenario.days.days))).any())


def _days(rows: OrderRows, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Return the days of a file: the first are the warm-up, ten but at most half of them."""
    first, last, _ = rows.span()
    days = (last - first).days + 1
    warm_up = overrides.get("days.warm_up_days", min(_WARM_UP_DAYS, days // 2))
    return {
        _FIRST_DAY: first + timedelta(days=warm_up),
        "days.warm_up_days": warm_up,
        "days.days": max(1, days - warm_up),
    }
