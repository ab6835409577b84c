"""What the hours of a market's, a product's or the slowest parcels are made of, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import pandas as pd

from logistics.analysis.comparison import Comparison
from logistics.vocabulary import CAUSES
from networks.geography import load_markets
from networks.inputs.local_times import WEEKDAY_NAMES

By = Literal["all", "market", "product", "order_date", "weekday", "speed", "touches"]


def hours_by_group(
    result: Comparison, by: By = "all", against_typical: bool = False
) -> pd.DataFrame:
    """Return one row per network and group: parcels, and mean hours by cause of the delivered.

    `by`: what groups the parcels. `against_typical`: hours less those of all the network's
    delivered parcels, so that a row says what makes the group slow; they add up to how much slower
    it is. Groups without delivered parcels are left out.

    Raises KeyError for a comparison that was made without causes.

    >>> from logistics import compare
    >>> result = compare(["amazon-fulfillment"], orders_per_day=13_200, days=1, warm_up_days=0,
    ...                  cool_down_days=3, replications=1, workers=1)
    >>> hours_by_group(result, "speed")["delivery_hours"].round().tolist()
    [26.0, 62.0]
    """
    parts = []
    for network in result.names:
        totals = result.group_totals[network]
        groups = totals[by]
        hours = groups.mean_hours()
        if against_typical:
            hours = hours - totals["all"].mean_hours()
        part = {
            "network": network,
            by: _names(result, by, len(groups)),
            "parcels": groups.parcels,
            "delivered": groups.delivered,
            **{f"{cause}_hours": row for cause, row in zip(CAUSES, hours, strict=True)},
            "delivery_hours": hours.sum(axis=0),
        }
        parts.append(pd.DataFrame(part).query("delivered > 0"))
    return pd.concat(parts, ignore_index=True)


def _names(result: Comparison, by: By, groups: int) -> Sequence[object]:
    """Return what the groups are called."""
    if by == "order_date":
        first = date.fromisoformat(result.run["first_day"])
        return [first + timedelta(days=day) for day in range(groups)]
    names: dict[str, Sequence[str]] = {
        "all": ("all",),
        "market": load_markets().ids,
        "weekday": WEEKDAY_NAMES,
        "speed": ("the other 95%", "the slowest 5%"),
        "product": result.run.get("products", ()),
    }
    return names.get(by, ())[:groups] or range(groups)
