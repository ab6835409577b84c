"""How charts look: colors, type, widths, axes."""

from __future__ import annotations

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

LATER, SOONER, TOTAL = "#b35806", "#2166ac", "#5a5a5a"
"""Of steps that add, steps that take away, and sums."""

WIDTH = 720
"""Of a chart's plot, in pixels."""

WORDS = alt.Description("words:N")
"""Gives each mark its tooltip."""

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


def network_color(names: Sequence[str], legend: bool = False) -> alt.Color:
    """Return the encoding that gives each network its color."""
    colors = [OKABE_ITO[row % len(OKABE_ITO)] for row in range(len(names))]
    scale = alt.Scale(domain=list(names), range=colors)
    return alt.Color("network:N", scale=scale, legend=_LEGEND if legend else None)


def kind_color(colors: Mapping[str, str]) -> alt.Color:
    """Return the encoding of kinds by label, in the order of `colors`, with a legend."""
    scale = alt.Scale(domain=list(colors), range=list(colors.values()))
    return alt.Color("kind:N", scale=scale, legend=_LEGEND)


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
