"""How charts look: colors and scales of them, type, widths, axes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from math import inf, isfinite, isnan
from typing import Any, TypeVar

import altair as alt

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.registry import Definition
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.drawing import FONT, INK, SOFT

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colors that the color-blind tell apart (Okabe and Ito 2008, "Color universal design")."""

CLASSES = ("#fff3b0", "#c7e9b4", "#7fcdbb", "#41b6c4", "#1d91c0", "#225ea8", "#0c2c84")
"""Seven classes, the darker the slower (Brewer's YlGnBu, Apache 2.0)."""

BUSY = ("#f0f3f5", "#b5d0e5", "#4f93c4", "#0b3a6b")
"""From idle, which is pale, to busy."""

LATER, SOONER, TOTAL = "#b35806", "#2166ac", "#5a5a5a"
"""Of steps that add, steps that take away, and sums."""

_PAGE_FONT = "system-ui, sans-serif"

WIDTH = 720
"""Of a chart's plot, in pixels."""

WORDS = alt.Description("words:N")
"""Gives each mark its tooltip in a file."""
HOVER = alt.Tooltip("words:N")
"""Gives each mark its tooltip on the page."""

Row = dict[str, Any]
_Chart = TypeVar("_Chart", bound=alt.TopLevelMixin)
_Position = TypeVar("_Position", alt.X, alt.Y)

_LEGEND = alt.Legend(
    orient="bottom", title=None, columns=3, labelLimit=210, symbolType="square",
    symbolSize=150, symbolOpacity=1,
)  # fmt: skip
_LOOK = {
    "font": FONT,
    "background": "white",
    "padding": 16,
    "axis": {
        "labelFontSize": 14, "titleFontSize": 15, "titleFontWeight": "normal",
        "gridColor": "#e5e5e5", "labelColor": INK, "titleColor": INK,
    },
    "legend": {"labelFontSize": 14, "labelColor": INK},
    "header": {"labelFontSize": 15, "labelColor": INK},
    "view": {"stroke": None},
    "title": {"fontSize": 19, "subtitleFontSize": 13, "anchor": "start", "offset": 14,
              "subtitleColor": SOFT},
}  # fmt: skip


def chart_of(rows: Sequence[Row]) -> alt.Chart:
    """Return a chart of rows, which has no marks yet."""
    return alt.Chart(alt.InlineData(values=list(rows)))


def labels_of(result: Comparison) -> list[str]:
    """Return what pictures call the networks, in their order."""
    return [result.label(name) for name in result.names]


def network_color(names: Sequence[str], legend: bool = False, field: str = "network") -> alt.Color:
    """Return the encoding that gives each network its color. `names`: as they are in `field`."""
    colors = [OKABE_ITO[row % len(OKABE_ITO)] for row in range(len(names))]
    scale = alt.Scale(domain=list(names), range=colors)
    return alt.Color(f"{field}:N", scale=scale, legend=_LEGEND if legend else None)


def kind_color(colors: Mapping[str, str]) -> alt.Color:
    """Return the encoding of kinds by label, in the order of `colors`, with a legend."""
    scale = alt.Scale(domain=list(colors), range=list(colors.values()))
    legend = alt.Legend(**{**_LEGEND.to_dict(), "columns": {"expr": "width < 450 ? 1 : 3"}})
    return alt.Color("kind:N", scale=scale, legend=legend)


def row_labels(room: int = 300) -> alt.Axis:
    """Return the axis of a chart with a named row for each thing. `room`: pixels of a name."""
    return alt.Axis(title=None, labelLimit=room, labelPadding=8, domain=False, ticks=False)


def _measured(channel: type[_Position], field: str, definition: Definition) -> _Position:
    """Return an axis of a metric."""
    share = definition.unit == "share"
    title = definition.label if share else f"{definition.label} ({definition.unit})"
    axis = alt.Axis(format="~%" if share else "~g", title=title, tickCount=6)
    return channel(f"{field}:Q", scale=alt.Scale(zero=False), axis=axis)


across, upward = partial(_measured, alt.X), partial(_measured, alt.Y)


def ends(estimate: Estimate) -> Row:
    """Return an estimate with the ends of its interval, both at the estimate where it has none."""
    return {
        "estimate": estimate.estimate,
        "low": estimate.low if isfinite(estimate.low) else estimate.estimate,
        "high": estimate.estimate if isnan(estimate.high) else estimate.high,
    }


def closed(rows: Sequence[Row]) -> list[Row]:
    """Return rows whose `high` is open above as reaching beyond all others of the chart."""
    ends = [row[key] for row in rows for key in ("low", "estimate", "high") if isfinite(row[key])]
    beyond = max(ends, default=1.0) * 1.1
    return [
        {**row, **{key: beyond for key in ("estimate", "high") if row[key] == inf}} for row in rows
    ]


def runs_words(result: Comparison) -> str:
    """Say over how many runs a chart's metrics are."""
    return "One run." if result.replications == 1 else f"{result.replications} runs together."


def finished(chart: _Chart, title: str, lines: Sequence[str] = (), **size: int | float) -> _Chart:
    """Return a chart with its headline and `size` (width, height), in the type of the house.

    `lines`: below the headline, what one must know to read the chart.
    """
    words = alt.TitleParams(title, subtitle=list(lines))
    done: _Chart = chart.properties(title=words, config=_LOOK, **size)
    return done


def in_page(chart: alt.TopLevelMixin, height: int) -> dict[str, Any]:
    """Return a chart as the page embeds it: no headline, as wide as its place, the page's type."""
    spec: dict[str, Any] = chart.to_dict(validate=False)
    look = {**_LOOK, "font": _PAGE_FONT, "padding": 4, "title": {"fontSize": 15}}
    size = {"type": "fit-x", "contains": "padding"}
    return {**spec, "config": look, "width": "container", "height": height, "autosize": size}


def switch(name: str, title: str, options: Mapping[Any, str], value: Any) -> alt.Parameter:
    """Return a parameter that a reader sets in a list. `options`: values, and their names."""
    box = alt.binding_select(options=list(options), labels=list(options.values()), name=f"{title} ")
    return alt.param(name=name, value=value, bind=box)


def round_step(step: float) -> float:
    """Return the least of 1, 2, 5 times a power of ten that is not below `step`.

    >>> round_step(0.3), round_step(7.0)
    (0.5, 10.0)
    """
    power = 10.0 ** math.floor(math.log10(step))
    rounded = (factor * power for factor in (1.0, 2.0, 5.0, 10.0))
    return next(value for value in rounded if value >= step * 0.999)
