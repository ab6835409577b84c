"""Charts of what damages parcels: which touches, handling against packaging, how many touches."""

from __future__ import annotations

from math import isfinite

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.registry import damage_key
from logistics.report.pictures.causes import bars_height, stacked, stacked_bars
from logistics.report.pictures.style import (
    WIDTH,
    Row,
    data,
    finished,
    headline,
    network_color,
    network_rows,
    runs_words,
)
from logistics.report.text.wording import signed
from logistics.vocabulary import TOUCH_KINDS

KIND_COLORS = dict(
    zip(
        TOUCH_KINDS, ("#332288", "#88CCEE", "#117733", "#DDCC77", "#882255", "#DDDDDD"), strict=True
    )
)
PART_COLORS = {"from handling and distance": "#117733", "added by packaging": "#DDCC77"}
_AXIS = alt.Axis(title="damaged, % of delivered parcels", tickCount=8)

FEWEST = 200
"""Delivered parcels below which the share damaged of a group is not drawn."""


def plot_damage_kinds(result: Comparison) -> alt.LayerChart:
    """Plot the share of delivered parcels damaged, by the kind of touch, one bar a network."""
    parts = [row for name in result.names for row in stacked(
        name,
        {kind: result.metrics[name][damage_key(kind)].estimate * 100 for kind in TOUCH_KINDS},
        ("{:.2f}", "{:.3f}%"),
    )]  # fmt: skip
    chart = stacked_bars(parts, result.names, KIND_COLORS, _AXIS)
    title = headline(
        "What damaged the parcels", f"By kind of handling. {runs_words(result.replications)}"
    )
    return finished(chart, title, width=WIDTH, height=bars_height(result.names))


def plot_damage_expected(result: Comparison) -> alt.LayerChart:
    """Plot the damage to be expected of handling and packaging against what happened."""
    parts = [row for name in result.names for row in _expected(result, name)]
    marks = [row for name in result.names for row in _happened(result, name)]
    chart = stacked_bars(parts, result.names, PART_COLORS, _AXIS)
    points, rows = alt.Chart(data(marks)), network_rows(result.names)
    line = points.mark_rule(strokeWidth=2, color="#111111")
    diamond = points.mark_point(shape="diamond", size=110, filled=True, color="#111111", opacity=1)
    chart += line.encode(alt.X("low:Q"), alt.X2("high:Q"), rows)
    chart += diamond.encode(alt.X("share:Q"), rows, alt.Description("words:N"))
    title = headline(
        "Handling or packaging",
        "Bars: expected damage. Diamond: actual damage, with its confidence interval as a line.",
        runs_words(result.replications),
    )
    return finished(chart, title, width=WIDTH, height=bars_height(result.names))


def plot_damage_by_touches(result: Comparison) -> alt.LayerChart:
    """Plot the share damaged by the number of touches: expected as lines, happened as dots."""
    rows = [row for name in result.names for row in _by_touches(result, name)]
    chart = alt.Chart(data(rows))
    touches = alt.X("touches:Q").axis(title="handlings of a parcel", format="d", tickMinStep=1)
    touches = touches.scale(zero=False)
    share = alt.Y("happened:Q").axis(title="damaged, % of delivered parcels", tickCount=6)
    color = network_color(result.names, legend=True)
    layers = [
        chart.mark_line(strokeWidth=2).encode(touches, alt.Y("expected:Q"), color),
        chart.mark_circle(size=70, opacity=1).encode(
            touches, share, color, alt.Description("words:N")
        ),
    ]
    title = headline(
        "Damage by the number of handlings",
        f"Dots: actual, where at least {FEWEST} were delivered. Lines: expected.",
        runs_words(result.replications),
    )
    return finished(alt.LayerChart(layer=layers), title, width=WIDTH, height=280)


def has_touches(result: Comparison) -> bool:
    """Tell whether any number of touches has enough delivered parcels to be drawn."""
    return any((of["touches"].delivered >= FEWEST).any() for of in result.group_totals.values())


def _expected(result: Comparison, name: str) -> list[Row]:
    figures = result.metrics[name]
    handling, packaging = (
        figures[f"damage_expected.{part}"].estimate * 100 for part in ("handling", "packaging")
    )
    ends = {"from handling and distance": (0.0, handling)}
    ends["added by packaging"] = (handling, handling + packaging)
    return [
        {
            "network": name,
            "kind": kind,
            "from": min(ends_of),
            "to": max(ends_of),
            "number": "",
            "words": f"{name}: {kind} {signed(ends_of[1] - ends_of[0], 3)} of 100",
        }
        for kind, ends_of in ends.items()
        if isfinite(ends_of[0]) and isfinite(ends_of[1])
    ]


def _happened(result: Comparison, name: str) -> list[Row]:
    figure = result.metrics[name]["damage_rate"]
    if not isfinite(figure.estimate):
        return []
    low, high = (
        (figure.low, figure.high) if figure.has_interval else (figure.estimate, figure.estimate)
    )
    share = figure.estimate * 100
    words = f"{name}: {share:.3f} of 100 damaged"
    return [{"network": name, "share": share, "low": low * 100, "high": high * 100, "words": words}]


def _by_touches(result: Comparison, name: str) -> list[Row]:
    tally = result.group_totals[name]["touches"]
    expected = tally.expected_handling + tally.expected_packaging
    shown = np.flatnonzero(tally.delivered >= FEWEST).tolist()
    return [
        {
            "network": name,
            "touches": touches,
            "happened": float(tally.damaged[touches] / tally.delivered[touches] * 100),
            "expected": float(expected[touches] / tally.delivered[touches] * 100),
            "words": f"{name}, {touches} touches: {tally.damaged[touches]:,} of"
            f" {tally.delivered[touches]:,} damaged, {expected[touches]:,.0f} expected",
        }
        for touches in shown
    ]
