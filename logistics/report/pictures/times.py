"""Charts of when parcels arrive: side by side, by order date, by weekday of the order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import altair as alt
import numpy as np
from numpy.typing import NDArray

from logistics.analysis.comparison import Comparison
from logistics.report.pictures.delivery_times import LAST_DAY, day_axis
from logistics.report.pictures.style import (
    WIDTH,
    Row,
    data,
    finished,
    headline,
    network_color,
    runs_words,
)
from logistics.report.text.wording import date_words
from networks.inputs.local_times import WEEKDAY_NAMES

_STEPS_A_BIN = 24  # of the quarter-hour grid: six hours
_MOST_DATES = 10  # labels on an axis

Floats = NDArray[np.float64]


def plot_delivery_histograms(result: Comparison) -> alt.FacetChart:
    """Plot how many parcels arrive in each quarter of a day, one row a network."""
    share = alt.Y("share:Q").axis(format=".0%", tickCount=3, title=None)
    rows = [row for name in result.names for row in _bins(result, name)]
    order = list(dict.fromkeys(row["heading"] for row in rows))
    heading = alt.Row("heading:N").sort(order).title(None)
    heading = heading.header(
        labelAngle=0, labelOrient="top", labelAnchor="start", labelFontWeight="bold",
        labelLimit=WIDTH,
    )  # fmt: skip
    bars = alt.Chart(data(rows)).mark_bar(stroke="white", strokeWidth=0.5)
    encoded = bars.encode(
        day_axis(),
        alt.X2("end:Q"),
        share,
        alt.Y2Datum(0),
        network_color(result.names),
        alt.Description("words:N"),
    )
    chart: alt.FacetChart = encoded.properties(width=WIDTH, height=95).facet(
        row=heading, spacing=14
    )
    title = headline(
        "When the parcels arrive",
        "Share of all parcels delivered in each quarter of a day (6 hours) from the order.",
    )
    return finished(chart, title)


def plot_within_dates(result: Comparison, k: int = 2) -> alt.Chart:
    """Plot the share of parcels delivered within `k` dates (0 to 7), by order date."""
    first = date.fromisoformat(result.run["first_day"])
    rows, dates = [], 0
    for name in result.names:
        shares = result.group_totals[name]["order_date"].share("within_dates")[k]
        dates = len(shares)
        rows += [
            {"network": name, "date": at, "share": share, "words": _dated(name, first, at, share)}
            for at, share in enumerate(shares.tolist())
            if not np.isnan(share)
        ]
    labels = [_date(first, at) for at in range(dates)]
    step = -(-dates // _MOST_DATES)
    axis = alt.Axis(
        values=list(range(0, dates, step)), labelExpr=f"{labels}[datum.value]", title="order date"
    )
    lines = alt.Chart(data(rows)).mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=60))
    within = f"within {k} date{'s' * (k != 1)}"
    day = alt.X("date:Q").scale(domain=[0, max(dates - 1, 1)], nice=False, padding=14).axis(axis)
    part = alt.Y("share:Q").scale(domain=[0, 1])
    part = part.axis(format=".0%", tickCount=6, title=f"delivered {within}")
    color = network_color(result.names, legend=True)
    chart: alt.Chart = lines.encode(day, part, color, alt.Description("words:N"))
    title = headline(
        f"Delivered {within} of the order date",
        f"Share of all parcels by the local date of their order. {runs_words(result.replications)}",
    )
    return finished(chart, title, width=WIDTH, height=300)


def plot_by_weekday(result: Comparison) -> alt.VConcatChart:
    """Plot the mean delivery time and the share late, by the weekday of the order."""
    panels = [
        _weekday_panel(result, "mean days", mean_days, ".1f"),
        _weekday_panel(result, "share late", share_late, ".0%"),
    ]
    title = headline(
        "By the weekday of the order",
        "Above: mean over delivered parcels. Below: share of all parcels not delivered by the"
        " promised date.",
        runs_words(result.replications),
    )
    return finished(alt.vconcat(*panels, spacing=24), title)


def mean_days(result: Comparison, network: str, key: str) -> Floats:
    """Return the mean delivery time in days of each group `key`; NaN where none is delivered."""
    return np.asarray(result.group_totals[network][key].mean_hours().sum(axis=0) / 24)


def share_late(result: Comparison, network: str, key: str) -> Floats:
    """Return the share of each group `key` not delivered by the promised date."""
    return np.asarray(1 - result.group_totals[network][key].share("on_time"))


def _weekday_panel(
    result: Comparison, title: str, values: Callable[[Comparison, str, str], Floats], format_: str
) -> alt.Chart:
    rows = [
        {"network": name, "day": day, "value": value, "words": f"{name}, {day}: {value:{format_}}"}
        for name in result.names
        for day, value in zip(WEEKDAY_NAMES, values(result, name, "weekday").tolist(), strict=True)
        if not np.isnan(value)
    ]
    lines = alt.Chart(data(rows)).mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=60))
    chart: alt.Chart = lines.encode(
        alt.X("day:N").sort(list(WEEKDAY_NAMES)).axis(title=None, labelAngle=0),
        alt.Y("value:Q").axis(format=format_, tickCount=5, title=title),
        network_color(result.names, legend=True),
        alt.Description("words:N"),
    )
    return chart.properties(width=WIDTH, height=170)


def _bins(result: Comparison, name: str) -> list[Row]:
    band = result.distributions[name]
    ends = np.arange(_STEPS_A_BIN, LAST_DAY * 96 + 1, _STEPS_A_BIN)
    reached = np.nan_to_num(np.concatenate([[0.0], band.share[ends]]))
    later = 1 - float(reached[-1])
    heading = f"{name}  ({later:.1%} later than {LAST_DAY} days, or never)"
    return [
        {
            "network": name,
            "heading": heading,
            "day": float(band.grid[end - _STEPS_A_BIN]),
            "end": float(band.grid[end]),
            "share": share,
            "words": f"{name}, up to {band.grid[end]:g} days: {share:.1%}",
        }
        for end, share in zip(ends.tolist(), np.diff(reached).tolist(), strict=True)
    ]


def _dated(name: str, first: date, at: int, share: float) -> str:
    return f"{name}, ordered on {_date(first, at)}: {share:.1%}"


def _date(first: date, at: int) -> str:
    return date_words(first + timedelta(days=at))
