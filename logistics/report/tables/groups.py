"""Tables with a row for each market, order date or weekday, and the same columns per network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.group_totals import GroupTotals
from logistics.report.pictures.market_maps import FEWEST, FEWEST_TAIL, has_orders
from logistics.report.tables.table import Cell, Column, Number, Row, Table
from logistics.report.text.wording import date_words
from networks.geography import load_markets
from networks.inputs.local_times import WEEKDAY_NAMES

_PAGE_DATES = 3  # the page shows up to so many, the workbook all


@dataclass(frozen=True)
class _Column:
    """What is reported of each group of a network, and how.

    `values`: a number for each group. `sheet`: the heading in the workbook; '' if it is `heading`.
    `fewest`: parcels of a group below which nothing is reported.
    """

    heading: str
    unit: str
    values: Callable[[GroupTotals], Any]
    sheet: str = ""
    decimals: int | None = None
    fewest: int = 0
    on_page: bool = True

    def of(self, network: str) -> Column:
        """Return the column of a network."""
        sheet = f"{network}: {self.sheet or self.heading}"
        return Column(f"{network}: {self.heading}", sheet=(sheet,), on_page=self.on_page)

    def cells(self, totals: GroupTotals) -> list[Cell]:
        """Return the cell of each group."""
        return [
            Number(value, self.unit, self.decimals) if parcels >= self.fewest else None
            for value, parcels in zip(
                self.values(totals).tolist(), totals.parcels.tolist(), strict=True
            )
        ]


def _within(k: int) -> Callable[[GroupTotals], Any]:
    return lambda totals: totals.share("within_dates")[k]


def _mean_days_one_by_one(totals: GroupTotals) -> Any:
    """Return the mean days; summed group by group, which settles the last bit of each number."""
    return np.array([hours.sum() for hours in totals.mean_hours().T]) / 24


_MEAN_DAYS = _Column("mean days", "days", lambda totals: totals.mean_hours().sum(axis=0) / 24)
_PARCELS = _Column("parcels", "parcels", lambda totals: totals.parcels, on_page=False)
_ON_TIME = _Column("on time", "share", lambda totals: totals.share("on_time"), on_page=False)
_LATE = _Column("late", "share", lambda totals: 1 - totals.share("on_time"))

_OF_MARKETS = (
    replace(_PARCELS, on_page=True),
    _Column("median, days", "days", lambda totals: totals.quantile(0.5), "", 1, FEWEST),
    _Column("P95, days", "days", lambda totals: totals.quantile(0.95), "", 1, FEWEST_TAIL),
    _Column("within 2 dates", "share", _within(2), fewest=FEWEST),
    replace(_ON_TIME, fewest=FEWEST),
)
_OF_DATES = (
    _PARCELS,
    *(_Column(f"within {k} date{'s' * (k > 1)}", "share", _within(k), f"within {k} dates",
              on_page=k <= _PAGE_DATES) for k in range(1, 8)),
    _ON_TIME,
    replace(_MEAN_DAYS, values=_mean_days_one_by_one, on_page=False),
)  # fmt: skip
_OF_WEEKDAYS = (_PARCELS, _MEAN_DAYS, _LATE)


def markets_table(result: Comparison) -> Table:
    """Return each market: parcels, median and P95 days, share within 2 dates, by network.

    Markets without orders are left out.
    """
    markets, asked = load_markets(), has_orders(result)
    keys = zip(markets.ids, markets.names, markets.states, strict=True)
    labels = [(f"{market} {name}", (market, name, state)) for market, name, state in keys]
    columns, rows = _by_group(result, "market", labels, _OF_MARKETS)
    kept = tuple(row for row, some in zip(rows, asked, strict=True) if some)
    note = f"Too few parcels (under {FEWEST}; for P95, under {FEWEST_TAIL}) show '-'."
    note += "" if asked.all() else " Markets without orders are left out."
    return Table("markets", "Market by market", columns, kept, note, "market")


def dates_table(result: Comparison) -> Table:
    """Return the share delivered within so many dates, by order date."""
    first = date.fromisoformat(result.run["first_day"])
    count = len(result.group_totals[result.names[0]]["order_date"])
    days = [first + timedelta(days=at) for at in range(count)]
    labels = [(date_words(day), (day,)) for day in days]
    note = "Share of all parcels delivered within so many dates of the local order date."
    found = _by_group(result, "order_date", labels, _OF_DATES)
    return Table("dates", "By order date", *found, note, "ordered on")


def weekdays_table(result: Comparison) -> Table:
    """Return mean days and share late by the weekday of the order."""
    note = "Mean over delivered parcels; late: of all parcels, not delivered by the promised date."
    labels = [(day, (day,)) for day in WEEKDAY_NAMES]
    found = _by_group(result, "weekday", labels, _OF_WEEKDAYS)
    return Table("weekdays", "By the weekday of the order", *found, note, "ordered on")


def _by_group(
    result: Comparison,
    key: str,
    labels: Sequence[tuple[str, tuple[Cell, ...]]],
    shown: Sequence[_Column],
) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """Return the columns `shown` of each network, and a row for each group."""
    columns = tuple(one.of(name) for name in result.names for one in shown)
    cells = [one.cells(result.group_totals[name][key]) for name in result.names for one in shown]
    rows = (
        Row(label, row, keys=keys)
        for (label, keys), row in zip(labels, zip(*cells, strict=True), strict=True)
    )
    return columns, tuple(rows)
