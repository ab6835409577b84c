"""The chart of what damages parcels: which handlings, and what packaging adds."""

from __future__ import annotations

from math import isfinite

import altair as alt

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.registry import damage_key
from logistics.report.pictures.causes import network_rows, stacked, stacked_bars
from logistics.report.pictures.style import (
    HOVER,
    WORDS,
    Row,
    chart_of,
    ends,
    finished,
    runs_words,
)
from logistics.report.text.wording import signed
from logistics.vocabulary import TOUCH_KINDS

KIND_NAMES = {
    "conveyor": "conveyor", "hub sorter": "hub sorter", "manual load": "loading by hand",
    "road": "road", "round": "delivery route", "door step": "doorstep",
}  # fmt: skip
"""What the kinds of handling are called."""

KIND_COLORS = dict(
    zip(KIND_NAMES.values(), ("#332288", "#88CCEE", "#117733", "#DDCC77", "#882255", "#DDDDDD"),
        strict=True)
)  # fmt: skip
_PACKED = {"from handling and distance": "#555555", "added by packaging": "#EE9966"}
COLORS = {**KIND_COLORS, **_PACKED}
"""Of the parts of all bars."""

AXIS = alt.Axis(title="damaged, % of delivered parcels", tickCount=6)


def plot_damage(result: Comparison) -> alt.LayerChart:
    """Plot the share of parcels damaged: by kind of handling, and what was to be expected.

    Two bars for each network; a diamond is the actual share, with its interval.
    """
    parts, bars = damage_rows(result)
    chart = stacked_bars(parts, bars, COLORS, AXIS)
    for layer in actual(result):
        chart += layer.encode(network_rows(bars))
    about = [
        f"Above: by what damaged the parcels. Below: expected from handling and from packaging,"
        f" actual (diamond) with its confidence interval. {runs_words(result)}"
    ]
    return finished(chart, "What damages parcels, and what packaging adds", about)


def damage_rows(result: Comparison) -> tuple[list[Row], list[str]]:
    """Return the parts of two bars for each network, and what the bars are called."""
    parts, bars = [], []
    for name in result.names:
        label, estimates = result.label(name), result.metrics[name]
        kinds = {
            KIND_NAMES[kind]: estimates[damage_key(kind)].estimate * 100 for kind in TOUCH_KINDS
        }
        parts += stacked({label: kinds}, ("{:.2f}", "{:.3f}%"))
        parts += _expected(result, name)
        bars += [label, _expected_of(label)]
    return parts, bars


def actual(result: Comparison) -> list[alt.Chart]:
    """Return what shows the actual share of each network and its interval, without rows."""
    points = chart_of([row for name in result.names for row in _happened(result, name)])
    line = points.mark_rule(strokeWidth=2, color="#111111")
    diamond = points.mark_point(shape="diamond", size=110, filled=True, color="#111111", opacity=1)
    return [
        line.encode(alt.X("low:Q"), alt.X2("high:Q")),
        diamond.encode(alt.X("estimate:Q"), WORDS, HOVER),
    ]


def _expected_of(label: str) -> str:
    return f"{label}, expected"


def _expected(result: Comparison, name: str) -> list[Row]:
    label = result.label(name)
    handling, packaging = (
        result.metrics[name][f"damage_expected.{part}"].estimate * 100
        for part in ("handling", "packaging")
    )
    places = ((0.0, handling), (handling, handling + packaging))
    return [
        {"network": _expected_of(label), "kind": kind, "from": min(start, end),
         "to": max(start, end), "number": f"{end - start:.2f}",
         "words": f"{label}: {kind} {signed(end - start, 3)} of 100"}
        for kind, (start, end) in zip(_PACKED, places, strict=True)
        if isfinite(start) and isfinite(end)
    ]  # fmt: skip


def _happened(result: Comparison, name: str) -> list[Row]:
    row = {key: value * 100 for key, value in ends(result.metrics[name]["damage_rate"]).items()}
    label = result.label(name)
    words = f"{label}: {row['estimate']:.3f} of 100 damaged"
    return (
        [{"network": _expected_of(label), **row, "words": words}]
        if isfinite(row["estimate"])
        else []
    )
