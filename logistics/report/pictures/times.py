"""Charts of when parcels arrive: days since the order, by order date, by weekday of the order."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from math import inf, isfinite, isnan
from typing import Any

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.group_totals import GroupTotals
from logistics.analysis.statistics.intervals import Floats
from logistics.report.pictures.drawing import INK
from logistics.report.pictures.style import (
    HOVER,
    WIDTH,
    WORDS,
    Row,
    chart_of,
    finished,
    labels_of,
    network_color,
    runs_words,
)
from logistics.report.text.wording import date_words
from networks.inputs.local_times import WEEKDAY_NAMES

LAST_DAY = 14
"""Where the axis of delivery days ends."""

_STEPS_PER_POINT = 4  # of the quarter-hour grid: a point an hour
_STEPS_PER_BIN = 24  # six hours
_LETTER_DAYS = 0.19  # width of a letter of a name
_LETTERS = 10  # in a line of a name, where its words allow
_HEIGHTS = (0.5, 0.36, 0.64, 0.22, 0.78, 0.08, 0.92)  # of names whose curves are close together
_MOST_DATES = 10  # labels on an axis
_NAME_HEIGHT = 0.12  # of a panel of lines
DAYS = alt.X(
    "day:Q", scale=alt.Scale(domain=[0, LAST_DAY], nice=False),
    axis=alt.Axis(values=list(range(LAST_DAY + 1)), format="d", labelFlush=False, grid=False,
                  title="days since the order (24 hours each)"),
)  # fmt: skip
SHARE = alt.Y(
    "share:Q", scale=alt.Scale(domain=[0, 1], nice=False),
    axis=alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 0.95], title="delivered"),
)  # fmt: skip


def plot_delivery_times(result: Comparison) -> alt.LayerChart:
    """Plot the share of parcels delivered against days since the order, one curve per network.

    The band is the interval of the share. Dots mark the median and the P95.
    """
    runs = "One run"
    if result.replications > 1:
        runs = f"{result.replications} runs together; band: {result.level:.0%} interval"
    about = [
        "Dots: half of all parcels are delivered by then (median), and 95% (P95), in days.",
        f"{runs}. What is never delivered keeps a curve below 100%.",
    ]
    title = "How long the same orders take" if len(result.names) > 1 else "How long orders take"
    chart = alt.LayerChart(layer=curve_layers(result))
    return finished(chart, title, about, width=WIDTH, height=420)


def curve_layers(result: Comparison, letter_days: float = _LETTER_DAYS) -> list[alt.Chart]:
    """Return the layers of the delivery curves, names and dots at them instead of a legend.

    `letter_days`: width of a letter, more where the chart may be narrow.
    """
    color = network_color(labels_of(result))
    points = chart_of([row for name in result.names for row in _curve(result, name)])
    dots = chart_of([row for name in result.names for row in _dots(result, name)])
    names = chart_of(_names(result, letter_days)).encode(DAYS, SHARE, alt.Text("network:N"))
    written: dict[str, Any] = {"align": "left", "baseline": "middle", "dx": 9, "fontSize": 14,
               "fontWeight": "bold", "lineBreak": "\n", "aria": False}  # fmt: skip
    return [
        points.mark_area(opacity=0.25).encode(DAYS, alt.Y("low:Q"), alt.Y2("high:Q"), color),
        points.mark_line(strokeWidth=2.5).encode(DAYS, SHARE, color),
        names.mark_text(**written, stroke="white", strokeWidth=4, strokeJoin="round"),
        names.mark_text(**written).encode(network_color(labels_of(result), field="name")),
        dots.mark_circle(size=90, opacity=1, stroke="white")
        .encode(DAYS, SHARE, color, WORDS, HOVER),
        dots.mark_text(align="right", baseline="bottom", dx=-5, dy=-4, fontSize=13, aria=False)
        .encode(DAYS, SHARE, alt.Text("number:N")),
    ]  # fmt: skip


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
        DAYS,
        alt.X2("end:Q"),
        alt.Y("share:Q", axis=alt.Axis(format=".0%", tickCount=3, title=None)),
        alt.Y2Datum(0),
        network_color(labels_of(result)),
        WORDS,
    )
    middle = bars.mark_rule(color=INK, strokeWidth=2).encode(alt.X("median:Q"))
    chart: alt.FacetChart = (
        alt.layer(encoded, middle)
        .properties(width=WIDTH, height=95)
        .facet(row=alt.Row("heading:N", sort=order, title=None, header=header), spacing=14)
    )
    about = "Share of all parcels delivered in each quarter of a day (6 hours) from the order."
    return finished(chart, "When the parcels arrive", [about, "Black line: the median."])


def plot_by_order_date(result: Comparison) -> alt.VConcatChart:
    """Plot mean delivery time and the shares within two dates and late, by date of the order."""
    return _by_group(result, "order_date", "By the date of the order")


def plot_by_weekday(result: Comparison) -> alt.VConcatChart:
    """Plot mean delivery time and the shares within two dates and late, by weekday of the order."""
    return _by_group(result, "weekday", "By the weekday of the order")


WHEN: Mapping[str, tuple[str, Callable[[GroupTotals], Floats]]] = {
    "mean days": (".1f", lambda one: np.asarray(one.mean_hours().sum(axis=0) / 24)),
    "within 2 dates": (".0%", lambda one: one.share("within_dates")[2]),
    "late": (".0%", lambda one: 1 - one.share("on_time")),
}
"""What is shown by date and weekday of the order: its format, and how it is made."""


def when_rows(result: Comparison, group: str, what: str) -> list[Row]:
    """Return a row for each network and order date, or weekday, that has parcels."""
    format_, values = WHEN[what]
    labels = WEEKDAY_NAMES if group == "weekday" else _date_labels(result)
    return [
        {"network": result.label(name), "at": at, "when": when, "value": value, "what": what,
         "group": group, "words": f"{result.label(name)}, {when}: {value:{format_}} {what}"}
        for name in result.names
        for at, (when, value) in enumerate(
            zip(labels, values(result.group_totals[name][group]).tolist(), strict=True)
        )
        if not isnan(value)
    ]  # fmt: skip


def _date_labels(result: Comparison) -> list[str]:
    first = date.fromisoformat(result.run["first_day"])
    dates = len(result.group_totals[result.names[0]]["order_date"])
    return [date_words(first + timedelta(days=at)) for at in range(dates)]


def _by_group(result: Comparison, group: str, title: str) -> alt.VConcatChart:
    panels = [_panel(result, group, what, at == 0) for at, what in enumerate(WHEN)]
    about = "Mean over delivered parcels; shares of all parcels. Late: not by the promised date."
    return finished(alt.vconcat(*panels, spacing=20), title, [about, runs_words(result)])


def _panel(result: Comparison, group: str, what: str, named: bool) -> alt.LayerChart:
    """Return lines over dates or weekdays. `named`: with the networks' names at their ends."""
    rows, color = when_rows(result, group, what), network_color(labels_of(result))
    ticks = {row["at"]: row["when"] for row in rows}
    every = max(-(-len(ticks) // _MOST_DATES), 1)
    axis = alt.Axis(
        values=sorted(ticks)[::every], labelExpr=f"({json.dumps(ticks)})[datum.value]",
        title=None, grid=False, labelFlush=False,
    )  # fmt: skip
    at = alt.X("at:Q", axis=axis,
               scale=alt.Scale(domain=[0, max([1, *ticks])], nice=False, padding=14))  # fmt: skip
    lines = chart_of(rows).mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=60))
    value = alt.Y("value:Q", scale=alt.Scale(zero=True),
                  axis=alt.Axis(format=WHEN[what][0], tickCount=5, title=what))  # fmt: skip
    names = chart_of(_line_ends(rows) if named else []).mark_text(
        align="left", dx=10, fontSize=14, fontWeight="bold", aria=False
    )
    layers = [
        lines.encode(at, value, color, WORDS),
        names.encode(at, alt.Y("value:Q"), color, alt.Text("network:N")),
    ]
    return alt.LayerChart(layer=layers, width=WIDTH - 130, height=140)


def _line_ends(rows: Sequence[Row]) -> list[Row]:
    """Return the last row of each network, moved apart where names would cover each other."""
    ends = sorted({row["network"]: row for row in rows}.values(), key=lambda row: row["value"])
    room = _NAME_HEIGHT * max((row["value"] for row in rows), default=1.0)
    lowest, placed = -inf, []
    for row in ends:
        lowest = max(row["value"], lowest + room)
        placed.append({**row, "value": lowest})
    return placed


def _curve(result: Comparison, name: str) -> list[Row]:
    band, label = result.distributions[name], result.label(name)
    columns = np.stack([band.grid, band.share, band.low, band.high], axis=1).round(4)
    return [
        {"network": label, "day": day, "share": share}
        | ({} if isnan(low) else {"low": low, "high": high})
        for day, share, low, high in columns[band.grid <= LAST_DAY][::_STEPS_PER_POINT].tolist()
    ]


def _reaches(result: Comparison, name: str, share: float) -> float:
    """Return the days at which a curve reaches a share; +inf if not within the chart."""
    band = result.distributions[name]
    reached = np.flatnonzero((band.share >= share) & (band.grid <= LAST_DAY))
    return float(band.grid[reached[0]]) if len(reached) else inf


def _dots(result: Comparison, name: str) -> list[Row]:
    """Return where a curve has its median and its P95; not those outside the chart."""
    label = result.label(name)
    return [
        {"network": label, "day": days, "share": share, "number": f"{days:.1f}",
         "words": f"{label}: {what} {days:.1f} days"}
        for what, share in (("median", 0.5), ("P95", 0.95))
        for days in [_reaches(result, name, share)] if isfinite(days)
    ]  # fmt: skip


def _names(result: Comparison, letter_days: float) -> list[Row]:
    """Return where each network's name stands: beside its curve, above another's if too close."""
    order = sorted(result.names, key=lambda name: _reaches(result, name, 0.5))
    rows, close, beyond = [], 0, -inf
    for name in order:
        label = result.label(name)
        lines = textwrap.wrap(label, _LETTERS, break_long_words=False) or [label]
        width = letter_days * max(map(len, lines))
        close = close + 1 if _reaches(result, name, 0.5) < beyond else 0
        share = _HEIGHTS[close % len(_HEIGHTS)]
        day = min(_reaches(result, name, share), LAST_DAY - width)
        beyond = _reaches(result, name, 0.5) + width if isfinite(day) else LAST_DAY
        if not isfinite(_reaches(result, name, share)):  # at the end of its curve
            last = np.nan_to_num(_curve(result, name)[-1]["share"])
            share = min(max(last + 0.05 * (close + 1), 0.05), 0.95)
        rows.append({"name": label, "network": "\n".join(lines), "day": day, "share": share})
    return rows


def _bins(result: Comparison, name: str) -> list[Row]:
    band, label = result.distributions[name], result.label(name)
    at = np.arange(0, LAST_DAY * 96 + 1, _STEPS_PER_BIN)
    reached = np.nan_to_num(band.share[at])
    reached[0] = 0.0
    heading = f"{label}  ({1 - reached[-1]:.1%} later than {LAST_DAY} days, or never)"
    days, middle = band.grid[at].tolist(), _reaches(result, name, 0.5)
    bars = [
        {"network": label, "heading": heading, "day": day, "end": end, "share": share,
         "words": f"{label}, up to {end:g} days: {share:.1%}"}
        for day, end, share in zip(days, days[1:], np.diff(reached).tolist(), strict=False)
    ]  # fmt: skip
    return [bars[0] | ({"median": middle} if isfinite(middle) else {}), *bars[1:]]
