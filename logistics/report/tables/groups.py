"""Tables with a row for each market, order date, weekday or place where parcels wait or break."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.group_totals import GroupTotals
from logistics.analysis.measures.place_totals import Bottleneck
from logistics.analysis.measures.registry import Definition
from logistics.analysis.statistics.intervals import Estimate
from logistics.experiments.added_capacity import AddedCapacity
from logistics.report.pictures.market_maps import FEWEST, FEWEST_TAIL, has_orders
from logistics.report.tables.table import Cell, Column, Metric, Number, Row, Table, columns
from logistics.report.text.wording import date_words
from networks.geography import load_markets, nearest_city
from networks.inputs.local_times import WEEKDAY_NAMES
from networks.schema import Facility

_PAGE_DATES = 3  # the page shows up to so many, the workbook all
_DAYS = Definition("days", "", "")
_SAVED_HOURS, _SAVED_MINUTES = (Definition(unit, "", "").of_a_change()
                                for unit in ("hours", "minutes"))  # fmt: skip


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


def _within(k: int) -> Callable[[GroupTotals], Any]:
    return lambda totals: totals.share("within_dates")[k]


_MEAN_DAYS = _Column("mean days", "days", lambda totals: totals.mean_hours().sum(axis=0) / 24)
_PARCELS = _Column("parcels", "parcels", lambda totals: totals.parcels, on_page=False)
_ON_TIME = _Column("on time", "share", lambda totals: totals.share("on_time"), on_page=False)
_LATE = _Column("late", "share", lambda totals: 1 - totals.share("on_time"))

_OF_MARKETS = (
    replace(_PARCELS, on_page=True),
    _Column("median, days", "days", lambda totals: totals.quantile(0.5), "", 1, FEWEST),
    _Column("P95, days", "days", lambda totals: totals.quantile(0.95), "", 1, FEWEST_TAIL),
    _Column("within 2 dates", "share", _within(2), "within 2 calendar days", fewest=FEWEST),
    replace(_ON_TIME, fewest=FEWEST),
)
_OF_DATES = (
    _PARCELS,
    *(_Column(f"within {k} date{'s' * (k > 1)}", "share", _within(k),
              f"within {k} calendar day{'s' * (k > 1)}", on_page=k <= _PAGE_DATES)
      for k in range(1, 8)),
    _ON_TIME,
    # summed group by group, which settles the last bit of each number
    replace(_MEAN_DAYS, on_page=False,
            values=lambda totals: np.array([one.sum() for one in totals.mean_hours().T]) / 24),
)  # fmt: skip
_OF_WEEKDAYS = (_PARCELS, _MEAN_DAYS, _LATE)


def markets_table(result: Comparison) -> Table:
    """Return each market: parcels, median and P95 days, share within 2 dates, by network.

    Markets without orders are left out.
    """
    markets, asked = load_markets(), has_orders(result)
    keys = zip(markets.ids, markets.names, markets.states, strict=True)
    labels = [(f"{market[1:]} {name}", (market[1:], name, state)) for market, name, state in keys]
    found, rows = _by_group(result, "market", labels, _OF_MARKETS)
    kept = tuple(row for row, some in zip(rows, asked, strict=True) if some)
    note = f"Too few parcels (under {FEWEST}; for P95, under {FEWEST_TAIL}) show '-'."
    note += "" if asked.all() else " Markets without orders are left out."
    return Table("markets", "Market by market", found, kept, note, "market")


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
    headed, cells = [], []
    for name in result.names:
        totals, label = result.group_totals[name][key], result.label(name)
        for one in shown:
            sheet = f"{name}: {one.sheet or one.heading}"
            headed.append(Column(f"{label}: {one.heading}", sheet=(sheet,), on_page=one.on_page))
            values = zip(one.values(totals).tolist(), totals.parcels.tolist(), strict=True)
            cells.append([Number(value, one.unit, one.decimals) if parcels >= one.fewest else None
                          for value, parcels in values])  # fmt: skip
    rows = (
        Row(label, row, keys=keys)
        for (label, keys), row in zip(labels, zip(*cells, strict=True), strict=True)
    )
    return tuple(headed), tuple(rows)


def bottlenecks_table(
    result: Comparison, most: int = 10, sites: Mapping[str, Mapping[str, Facility]] | None = None
) -> Table:
    """Return the places of each network with the longest waits for workers or space aboard.

    `most`: places of a network. `sites`: the facilities of each, which tell the cities.
    """
    rows = []
    for name in filter(result.places.__contains__, result.names):
        found = result.places[name].bottlenecks(most)
        facilities = (sites or {}).get(name, {})
        waits = [(one, (_cities(one.place, facilities), *_waits(one))) for one in found]
        rows += _rows(result.label(name), name, waits, facilities)
    headings = (
        "waiting for", "minutes per order", "hours per parcel there", "parcels a day",
        "busy or full",
    )  # fmt: skip
    shown = (Column("city", on_page=False), *columns(headings))
    note = (
        "Minutes per order: over all orders of the network, so that networks compare. Busy: share"
        " of the workers' time in work; full: share of departures that rolled volume."
        " Waiting for the next scheduled departure is not counted here."
    )
    caption = "Where parcels wait for capacity"
    return Table("bottlenecks", caption, shown, tuple(rows), note, "place")


def added_capacity_table(found: Mapping[str, Sequence[AddedCapacity]]) -> Table:
    """Return what more capacity at single bottlenecks did to the same orders, by network."""
    rows = []
    for name, tried in found.items():
        rows += _rows(name, name, [(one.bottleneck, _gains(one)) for one in tried])
    shown = (
        Column("more capacity"),
        Column("how many, real"),
        Column("how many, sample"),
        Column("parcels a day there"),
        _with_ends("saved for each of them", "hours saved for each parcel there"),
        _with_ends("saved per parcel of the network", "minutes saved per parcel of the network"),
        _with_ends("", "mean days before", on_page=False),
        _with_ends("", "mean days after", on_page=False),
        _with_ends("P95 before", "P95 days before"),
        _with_ends("P95 after", "P95 days after"),
    )
    note = "The same orders once more, with more capacity at this one place and nowhere else."
    caption = "What more capacity there would do"
    return Table("relief", caption, shown, tuple(rows), note, "place", texts=True)


def damage_table(result: Comparison) -> Table:
    """Return what damaged parcels where, happened and expected, as shares of those delivered."""
    rates = {name: result.damage[name].rates() for name in result.names}
    places = list(dict.fromkeys(place for one in rates.values() for place in one))
    rows = [
        Row(
            f"{kind}, {place}" if kind != place else kind,
            tuple(
                Number(share, "share", 3) if result.damage[name].delivered else None
                for name in result.names
                for share in rates[name].get((place, kind), (0.0, 0.0))
            ),
        )
        for place, kind in places
    ]
    labels = map(result.label, result.names)
    shown = columns([f"{label}: {what}" for label in labels for what in ("actual", "expected")])
    note = "Share of delivered parcels damaged, by the kind of handling and where it took place."
    caption = "What damages parcels where"
    return Table("damage", caption, shown, tuple(rows), note, "handling, place")


def _rows(
    label: str,
    network: str,
    found: Sequence[tuple[Bottleneck, tuple[Cell, ...]]],
    facilities: Mapping[str, Facility] | None = None,
) -> list[Row]:
    """Return the heading of a network and a row for each of its places."""
    places = (
        Row(": ".join(filter(None, (_cities(one.place, facilities or {}), _place_words(one)))),
            cells, keys=(one.place, one.kind))
        for one, cells in found
    )  # fmt: skip
    return [Row(label, keys=(network,)), *places]


def _place_words(one: Bottleneck) -> str:
    """Return a place with its kind; a lane names its mode itself."""
    return one.place if one.place.endswith(f" by {one.kind}") else f"{one.place} ({one.kind})"


def _cities(place: str, facilities: Mapping[str, Facility]) -> str:
    """Return the city of a facility, or of both ends of a lane; '' if unknown."""
    ends = (end.partition(" by ")[0] for end in place.split(" > "))
    known = [facilities[end] for end in ends if end in facilities]
    cities = [nearest_city(one.latitude, one.longitude) for one in known]
    return " to ".join(dict.fromkeys(cities))


def _waits(one: Bottleneck) -> tuple[Cell, ...]:
    return (
        one.waits_for,
        Number(one.hours_per_order * 60, "days"),
        Number(one.hours, "days"),
        Number(one.parcels_per_day, "parcels"),
        Number(one.busy, "share"),
    )


def _gains(one: AddedCapacity) -> tuple[Cell, ...]:
    days = one.saved_days
    minutes = Estimate(*(value * 1440 for value in (days.estimate, days.low, days.high)))
    counts = (one.addition.real, one.addition.sample, one.parcels_per_day)
    return (
        one.addition.what,
        *(Number(count, "parcels") for count in counts),
        Metric(one.saved_hours, _SAVED_HOURS),
        Metric(minutes, _SAVED_MINUTES),
        *(Metric(estimate, _DAYS) for estimate in (*one.mean_days, *one.p95_days)),
    )


def _with_ends(heading: str, sheet: str, on_page: bool = True) -> Column:
    """Return the column of an estimate, which has its interval beside it in the workbook."""
    ends = tuple(f"{sheet}{end}" for end in ("", ": low", ": high"))
    return Column(heading, sheet=ends, on_page=on_page)
