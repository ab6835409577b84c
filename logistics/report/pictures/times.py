"""Charts of when parcels arrive: days since the order, by order date, by weekday of the order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from math import isfinite, isnan
from typing import Any

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.group_totals import GroupTotals
from logistics.report.pictures.style import (
    WIDTH,
    WORDS,
    Row,
    chart_of,
    finished,
    network_color,
    runs_words,
)
from logistics.report.text.wording import date_words, promise_text
from networks.inputs.local_times import WEEKDAY_NAMES

LAST_DAY = 14
"""Where the axis of delivery days ends."""

_STEPS_PER_POINT = 4  # of the quarter-hour grid: a point an hour
_STEPS_PER_BIN = 24  # six hours
_LABEL_HEIGHT = 46  # of two lines of text
_LABEL_DAY = LAST_DAY + 0.8
_MOST_DATES = 10  # labels on an axis
_DAY = alt.X(
    "day:Q", scale=alt.Scale(domain=[0, LAST_DAY], nice=False),
    axis=alt.Axis(values=list(range(LAST_DAY + 1)), format="d", labelFlush=False,
                  title="days since the order (24 hours each)"),
)  # fmt: skip
_SHARE = alt.Y(
    "share:Q", scale=alt.Scale(domain=[0, 1], nice=False),
    axis=alt.Axis(format=".0%", tickCount=11, title="share of all parcels delivered"),
)  # fmt: skip


def plot_delivery_times(result: Comparison) -> alt.LayerChart:
    """Plot the share of parcels delivered against days since the order, one curve per network.

    The band is the interval of the share. A diamond marks the promise: the share of a network's
    parcels that came on the promised date or before.
    """
    height = max(420, _LABEL_HEIGHT * len(result.names))
    color = network_color(result.names)
    curves = {name: _curve(result, name) for name in result.names}
    ends = _labels(result, curves, _LABEL_HEIGHT / height)
    points = chart_of([row for curve in curves.values() for row in curve])
    leaders = chart_of([
        {"network": end["network"], "day": day, "share": share}
        for end in ends
        for last in [curves[end["network"]][-1]]
        for day, share in ((last["day"], last["share"]), (_LABEL_DAY - 0.1, end["share"]))
    ])  # fmt: skip
    marks = chart_of([row for name in result.names for row in _promise_mark(result, name)])
    layers = [
        points.mark_area(opacity=0.25).encode(_DAY, alt.Y("low:Q"), alt.Y2("high:Q"), color),
        points.mark_line(strokeWidth=2.5).encode(_DAY, _SHARE, color),
        leaders.mark_line(strokeWidth=1.5).encode(_DAY, _SHARE, color),
        marks.mark_point(shape="diamond", size=150, filled=True, stroke="white", opacity=1)
        .encode(_DAY, _SHARE, color),
        chart_of(ends).mark_text(align="left", baseline="bottom", fontSize=15, fontWeight="bold")
        .encode(_DAY, _SHARE, alt.Text("network:N")),
        chart_of(ends).mark_text(align="left", baseline="top", fontSize=13, dy=3)
        .encode(_DAY, _SHARE, alt.Text("label:N")),
    ]  # fmt: skip
    runs = "One run"
    if result.replications > 1:
        runs = f"Mean of {result.replications} runs; band: {result.level:.0%} interval"
    about = [
        f"{runs}. What is never delivered keeps a curve below 100%.",
        "Diamond: the share of parcels that came on the promised date or before.",
    ]
    title = "How long the same orders take" if len(result.names) > 1 else "How long orders take"
    return finished(alt.LayerChart(layer=layers), title, about, width=640, height=height)


def plot_delivery_histograms(result: Comparison) -> alt.FacetChart:
    """Plot how many parcels arrive in each quarter of a day, one row per network."""
    rows = [row for name in result.names for row in _bins(result, name)]
    header = alt.Header(
        labelAngle=0, labelOrient="top", labelAnchor="start", labelFontWeight="bold",
        labelLimit=WIDTH,
    )  # fmt: skip
    order = list(dict.fromkeys(row["heading"] for row in rows))
    bars = chart_of(rows).mark_bar(stroke="white", strokeWidth=0.5)
    encoded = bars.encode(
        _DAY,
        alt.X2("end:Q"),
        alt.Y("share:Q", axis=alt.Axis(format=".0%", tickCount=3, title=None)),
        alt.Y2Datum(0),
        network_color(result.names),
        WORDS,
    )
    chart: alt.FacetChart = encoded.properties(width=WIDTH, height=95).facet(
        row=alt.Row("heading:N", sort=order, title=None, header=header), spacing=14
    )
    about = "Share of all parcels delivered in each quarter of a day (6 hours) from the order."
    return finished(chart, "When the parcels arrive", [about])


def plot_within_dates(result: Comparison, k: int = 2) -> alt.Chart:
    """Plot the share of parcels delivered within `k` dates (0 to 7), by order date."""
    first = date.fromisoformat(result.run["first_day"])
    dates = len(result.group_totals[result.names[0]]["order_date"])
    labels = [date_words(first + timedelta(days=at)) for at in range(dates)]
    rows = [
        {"network": name, "date": at, "share": share,
         "words": f"{name}, ordered on {labels[at]}: {share:.1%}"}
        for name in result.names
        for at, share in enumerate(
            result.group_totals[name]["order_date"].share("within_dates")[k].tolist()
        )
        if not isnan(share)
    ]  # fmt: skip
    within = f"within {k} date{'s' * (k != 1)}"
    axis = alt.Axis(
        values=list(range(0, dates, -(-dates // _MOST_DATES))),
        labelExpr=f"{labels}[datum.value]",
        title="order date",
    )
    chart = _lines(rows).encode(
        alt.X("date:Q", axis=axis,
              scale=alt.Scale(domain=[0, max(dates - 1, 1)], nice=False, padding=14)),
        alt.Y("share:Q", scale=alt.Scale(domain=[0, 1]),
              axis=alt.Axis(format=".0%", tickCount=6, title=f"delivered {within}")),
        network_color(result.names, legend=True),
        WORDS,
    )  # fmt: skip
    about = f"Share of all parcels by the local date of their order. {runs_words(result)}"
    title = f"Delivered {within} of the order date"
    return finished(chart, title, [about], width=WIDTH, height=300)


def plot_by_weekday(result: Comparison) -> alt.VConcatChart:
    """Plot the mean delivery time and the share late, by the weekday of the order."""
    panels = [
        _weekdays(result, "mean days", lambda one: one.mean_hours().sum(axis=0) / 24, ".1f"),
        _weekdays(result, "share late", lambda one: 1 - one.share("on_time"), ".0%"),
    ]
    about = (
        "Above: mean over delivered parcels. Below: share of all parcels not delivered by the"
        " promised date."
    )
    title = "By the weekday of the order"
    return finished(alt.vconcat(*panels, spacing=24), title, [about, runs_words(result)])


def _curve(result: Comparison, name: str) -> list[Row]:
    band = result.distributions[name]
    columns = np.stack([band.grid, band.share, band.low, band.high], axis=1)
    return [
        {"network": name, "day": day, "share": share}
        | ({} if isnan(low) else {"low": low, "high": high})
        for day, share, low, high in columns[band.grid <= LAST_DAY][::_STEPS_PER_POINT].tolist()
    ]


def _labels(result: Comparison, curves: dict[str, list[Row]], room: float) -> list[Row]:
    """Return each network's label and where it stands. `room`: of a label, in shares."""
    ends = [curves[name][-1]["share"] for name in result.names]
    speeds = [float(np.nansum(result.distributions[name].share)) for name in result.names]
    places = _spread([end if isfinite(end) else 0.0 for end in ends], speeds, room)
    return [
        {"network": name, "day": _LABEL_DAY, "share": place,
         "label": promise_text(result.metrics[name])}
        for name, place in zip(result.names, places, strict=True)
    ]  # fmt: skip


def _spread(ends: Sequence[float], speeds: Sequence[float], room: float) -> list[float]:
    """Return a place for each label: fastest on top, near its curve's end, `room` to the next."""
    order = sorted(range(len(ends)), key=lambda row: -speeds[row])
    places = [0.0] * len(ends)
    ceiling = 1.0 - room / 2
    for row in order:
        places[row] = min(ends[row], ceiling)
        ceiling = places[row] - room
    floor = room / 2
    for row in reversed(order):
        places[row] = max(places[row], floor)
        floor = places[row] + room
    return places


def _promise_mark(result: Comparison, name: str) -> list[Row]:
    """Return where the curve reaches the share on time; nothing if outside the chart.

    Promises are dates and end at midnight, the axis is elapsed days: a mark above the promised
    date would stand up to a day too early and show too small a share.
    """
    on_time = result.metrics[name]["on_time_rate"].estimate
    band = result.distributions[name]
    reached = np.flatnonzero((band.share >= on_time) & (band.grid <= LAST_DAY))
    if not on_time > 0 or len(reached) == 0:
        return []
    return [{"network": name, "day": float(band.grid[reached[0]]), "share": on_time}]


def _bins(result: Comparison, name: str) -> list[Row]:
    band = result.distributions[name]
    at = np.arange(0, LAST_DAY * 96 + 1, _STEPS_PER_BIN)
    reached = np.nan_to_num(band.share[at])
    reached[0] = 0.0
    heading = f"{name}  ({1 - reached[-1]:.1%} later than {LAST_DAY} days, or never)"
    days = band.grid[at].tolist()
    return [
        {"network": name, "heading": heading, "day": day, "end": end, "share": share,
         "words": f"{name}, up to {end:g} days: {share:.1%}"}
        for day, end, share in zip(days, days[1:], np.diff(reached).tolist(), strict=False)
    ]  # fmt: skip


def _weekdays(
    result: Comparison, title: str, values: Callable[[GroupTotals], Any], format_: str
) -> alt.Chart:
    rows = [
        {"network": name, "day": day, "value": value, "words": f"{name}, {day}: {value:{format_}}"}
        for name in result.names
        for day, value in zip(
            WEEKDAY_NAMES, values(result.group_totals[name]["weekday"]).tolist(), strict=True
        )
        if not isnan(value)
    ]
    axis = alt.Axis(title=None, labelAngle=0)
    chart: alt.Chart = _lines(rows).encode(
        alt.X("day:N", sort=list(WEEKDAY_NAMES), axis=axis),
        alt.Y("value:Q", axis=alt.Axis(format=format_, tickCount=5, title=title)),
        network_color(result.names, legend=True),
        WORDS,
    )
    return chart.properties(width=WIDTH, height=170)


def _lines(rows: Sequence[Row]) -> alt.Chart:
    lines: alt.Chart = chart_of(rows).mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=60))
    return lines
