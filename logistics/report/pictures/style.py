"""How charts look: colors, type, widths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite, isnan
from typing import Any, TypeVar

import altair as alt

from logistics.analysis.measures.registry import Definition
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.drawing import FONT, INK, SOFT

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colors that the color-blind tell apart (Okabe and Ito 2008, "Color universal design")."""

LATER, SOONER, TOTAL = "#b35806", "#2166ac", "#5a5a5a"
"""Of steps that add, steps that take away, and sums."""

WIDTH = 720
"""Of a chart's plot, in pixels."""

Row = dict[str, Any]
_Chart = TypeVar("_Chart", bound=alt.TopLevelMixin)


def network_color(names: Sequence[str], legend: bool = False) -> alt.Color:
    """Return the encoding that gives each network its color."""
    colors = [OKABE_ITO[row % len(OKABE_ITO)] for row in range(len(names))]
    color: alt.Color = alt.Color("network:N").scale(domain=list(names), range=colors)
    shown: alt.Color = color.legend(_legend()) if legend else color.legend(None)
    return shown


def kind_color(colors: Mapping[str, str], field: str) -> alt.Color:
    """Return the encoding of kinds by label, in the order of `colors`, with a legend."""
    color: alt.Color = alt.Color(f"{field}:N").scale(
        domain=list(colors), range=list(colors.values())
    )
    shown: alt.Color = color.legend(_legend())
    return shown


def network_rows(names: Sequence[str]) -> alt.Y:
    """Return the axis that has a row for each network."""
    row: alt.Y = alt.Y("network:N").sort(list(names)).scale(paddingInner=0.3).axis(row_labels(190))
    return row


def row_labels(room: int = 300) -> alt.Axis:
    """Return the axis of a chart with a named row for each thing. `room`: pixels of a name."""
    return alt.Axis(title=None, labelLimit=room, labelPadding=8, domain=False, ticks=False)


def across(field: str, definition: Definition) -> alt.X:
    """Return the horizontal axis of a metric."""
    encoding: alt.X = alt.X(f"{field}:Q").scale(zero=False).axis(_axis(definition))
    return encoding


def upward(field: str, definition: Definition) -> alt.Y:
    """Return the vertical axis of a metric."""
    encoding: alt.Y = alt.Y(f"{field}:Q").scale(zero=False).axis(_axis(definition))
    return encoding


def _axis(definition: Definition) -> alt.Axis:
    share = definition.unit == "share"
    title = definition.label if share else f"{definition.label} ({definition.unit})"
    return alt.Axis(format="~%" if share else "~g", title=title, tickCount=6)


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


def data(rows: Sequence[Row]) -> alt.InlineData:
    """Return rows as the data of a chart."""
    return alt.InlineData(values=list(rows))


def headline(text: str, *lines: str) -> alt.TitleParams:
    """Return a headline, and below it what one must know to read the chart."""
    return alt.TitleParams(text, subtitle=[line for line in lines if line])


def runs_words(replications: int) -> str:
    """Say over how many runs a chart's metrics are."""
    return "One run." if replications == 1 else f"{replications} runs together."


def finished(chart: _Chart, title: alt.TitleParams, **size: int | float) -> _Chart:
    """Return a chart with its headline and `size` (width, height), in the type of the house."""
    sized: _Chart = chart.properties(title=title, **size)
    done: _Chart = (
        sized.configure(font=FONT, background="white", padding=16)
        .configure_axis(
            labelFontSize=14,
            titleFontSize=15,
            titleFontWeight="normal",
            gridColor="#e5e5e5",
            labelColor=INK,
            titleColor=INK,
        )
        .configure_legend(labelFontSize=14, labelColor=INK)
        .configure_header(labelFontSize=15, labelColor=INK)
        .configure_view(stroke=None)
        .configure_title(
            fontSize=19, subtitleFontSize=13, anchor="start", offset=14, subtitleColor=SOFT
        )
    )
    return done


def _legend() -> alt.Legend:
    return alt.Legend(
        orient="bottom", title=None, columns=3, labelLimit=210, symbolType="square",
        symbolSize=150, symbolOpacity=1,
    )  # fmt: skip
