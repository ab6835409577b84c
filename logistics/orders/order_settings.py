"""What a file of orders says of a run: its days, how many orders a day, its products."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from logistics.orders.order_rows import OrderRows, counted
from logistics.scenario.scenario import Scenario
from networks.inputs.faults import refuse

_WARM_UP_DAYS = 10
_ALIKE = 1.25
"""How many times more or fewer orders a file may have than a network is scaled to, untold."""
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
    overrides say them. Days are those of a history; of other orders only if the default ones do not
    hold them all. What `overrides` has stays.

    Raises InputError if no row could be read.
    """
    if not len(rows):
        refuse(rows.faults)
    found, notes = _size(rows, scenario, overrides, smallest)
    has_days = _FIRST_DAY in overrides or "first_day" in scenario.days.model_fields_set
    if is_history or not (has_days or _fits(rows, scenario, overrides)):
        days = _days(rows, overrides)
        found |= days
        if warm_up := days["days.warm_up_days"]:
            first = "first day is" if warm_up == 1 else f"first {warm_up} days are"
            notes.append(
                f"{rows.name}: the run has the days of the file. The {first} the warm-up, with"
                " orders that are not counted (--warm-up-days)."
            )
    if len(rows.goods) > len(scenario.orders.products):
        found["orders.products"] = list(rows.goods)
    return {**found, **overrides}, notes


def _size(
    rows: OrderRows, scenario: Scenario, overrides: Mapping[str, Any], smallest: int
) -> tuple[dict[str, Any], list[str]]:
    """Return the orders a day, unless somebody says them, and what follows from them."""
    _, _, a_day = rows.span()
    brings = f"{rows.name}: {counted(a_day, 'parcel')} a day"
    said = overrides.get(_PER_DAY)
    if "orders_per_day" in scenario.orders.model_fields_set:
        said = said or scenario.orders.orders_per_day
    if said is None:
        few = (
            f"{brings}, fewer than the smallest sample: capacities are scaled to {smallest:,}"
            " orders a day, so trucks and buildings run emptier than planned."
        )
        return {_PER_DAY: max(smallest, round(a_day))}, [few] if a_day < smallest else []
    kind = "emptier" if a_day < said else "fuller"
    unlike = (
        f"{brings}, and capacities for {said:,} (orders_per_day): trucks and buildings run {kind}"
        " than planned."
    )
    return {}, [] if 1 / _ALIKE <= a_day / said <= _ALIKE else [unlike]


def _fits(rows: OrderRows, scenario: Scenario, overrides: Mapping[str, Any]) -> bool:
    """Tell whether all orders lie on days of the scenario, and one on a measured day."""
    names = ("days", "warm_up_days", "later_order_days", "follow_days")
    given = {name: overrides[f"days.{name}"] for name in names if f"days.{name}" in overrides}
    days = scenario.days.model_copy(update=given)
    day = (rows.dates() - np.datetime64(days.first_day)).astype(int)
    is_in = (day >= -days.warm_up_days) & (day < days.order_days - days.warm_up_days)
    return bool(is_in.all() and ((day >= 0) & (day < days.days)).any())


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
