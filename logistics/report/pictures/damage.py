"""Charts of what damages parcels: which handlings, handling or packaging, how many handlings."""

from __future__ import annotations

from math import isfinite

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.registry import damage_key
from logistics.report.pictures.causes import network_rows, stacked, stacked_bars
from logistics.report.pictures.style import (
    WIDTH,
    WORDS,
    Row,
    chart_of,
    ends,
    finished,
    network_color,
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
    """Plot the share of delivered parcels damaged, by the kind of handling, one bar per network."""
    percents = {
        name: {kind: estimates[damage_key(kind)].estimate * 100 for kind in TOUCH_KINDS}
        for name, estimates in result.metrics.items()
    }
    parts = stacked(percents, ("{:.2f}", "{:.3f}%"))
    chart = stacked_bars(parts, result.names, KIND_COLORS, _AXIS)
    about = f"By kind of handling. {runs_words(result)}"
    return finished(chart, "What damaged the parcels", [about])


def plot_damage_expected(result: Comparison) -> alt.LayerChart:
    """Plot the damage to be expected of handling and packaging against what happened."""
    parts = [row for name in result.names for row in _expected(result, name)]
    points = chart_of([row for name in result.names for row in _happened(result, name)])
    rows = network_rows(result.names)
    line = points.mark_rule(strokeWidth=2, color="#111111")
    diamond = points.mark_point(shape="diamond", size=110, filled=True, color="#111111", opacity=1)
    chart = stacked_bars(parts, result.names, PART_COLORS, _AXIS)
    chart += line.encode(alt.X("low:Q"), alt.X2("high:Q"), rows)
    chart += diamond.encode(alt.X("estimate:Q"), rows, WORDS)
    about = "Bars: expected damage. Diamond: actual damage, with its confidence interval as a line."
    return finished(chart, "Handling or packaging", [about, runs_words(result)])


def plot_damage_by_touches(result: Comparison) -> alt.LayerChart:
    """Plot the share damaged by the number of handlings: expected as lines, actual as dots."""
    chart = chart_of([row for name in result.names for row in _by_touches(result, name)])
    touches = alt.X(
        "touches:Q", scale=alt.Scale(zero=False),
        axis=alt.Axis(title="handlings of a parcel", format="d", tickMinStep=1),
    )  # fmt: skip
    axis = alt.Axis(title="damaged, % of delivered parcels", tickCount=6)
    color = network_color(result.names, legend=True)
    layers = [
        chart.mark_line(strokeWidth=2).encode(touches, alt.Y("expected:Q"), color),
        chart.mark_circle(size=70, opacity=1)
        .encode(touches, alt.Y("happened:Q", axis=axis), color, WORDS),
    ]  # fmt: skip
    about = f"Dots: actual, where at least {FEWEST} were delivered. Lines: expected."
    return finished(
        alt.LayerChart(layer=layers), "Damage by the number of handlings",
        [about, runs_words(result)], width=WIDTH, height=280,
    )  # fmt: skip


def has_touches(result: Comparison) -> bool:
    """Tell whether any number of handlings has enough delivered parcels to be drawn."""
    totals = [of["touches"] for of in result.group_totals.values() if "touches" in of]
    return any((one.delivered >= FEWEST).any() for one in totals)


def _expected(result: Comparison, name: str) -> list[Row]:
    handling, packaging = (
        result.metrics[name][f"damage_expected.{part}"].estimate * 100
        for part in ("handling", "packaging")
    )
    places = ((0.0, handling), (handling, handling + packaging))
    return [
        {"network": name, "kind": kind, "from": min(start, end), "to": max(start, end),
         "number": "", "words": f"{name}: {kind} {signed(end - start, 3)} of 100"}
        for kind, (start, end) in zip(PART_COLORS, places, strict=True)
        if isfinite(start) and isfinite(end)
    ]  # fmt: skip


def _happened(result: Comparison, name: str) -> list[Row]:
    row = {key: value * 100 for key, value in ends(result.metrics[name]["damage_rate"]).items()}
    words = f"{name}: {row['estimate']:.3f} of 100 damaged"
    return [{"network": name, **row, "words": words}] if isfinite(row["estimate"]) else []


def _by_touches(result: Comparison, name: str) -> list[Row]:
    totals = result.group_totals[name]["touches"]
    expected = totals.expected_handling + totals.expected_packaging
    return [
        {
            "network": name,
            "touches": touches,
            "happened": float(totals.damaged[touches] / totals.delivered[touches] * 100),
            "expected": float(expected[touches] / totals.delivered[touches] * 100),
            "words": f"{name}, {touches} touches: {totals.damaged[touches]:,} of"
            f" {totals.delivered[touches]:,} damaged, {expected[touches]:,.0f} expected",
        }
        for touches in np.flatnonzero(totals.delivered >= FEWEST).tolist()
    ]
