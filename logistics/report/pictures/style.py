"""How charts look: colors and scales of them, type, widths, axes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, isfinite, isnan
from typing import Any, TypeVar

import altair as alt
import numpy as np
from numpy.typing import ArrayLike, NDArray

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.registry import Definition
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.drawing import FONT, INK, SOFT

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Colors that the color-blind tell apart (Okabe and Ito 2008, "Color universal design")."""

VIRIDIS = (
    "#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30",
    "#fde725",
)  # fmt: skip
"""Perceptually even (van der Walt and Smith 2015, matplotlib; CC0)."""

BLUE_ORANGE = (
    "#053061", "#2166ac", "#4393c3", "#92c5de", "#f4f4f2", "#fdb863", "#e08214", "#b35806",
    "#7f3b08",
)  # fmt: skip
"""Diverging: blue below, orange above (Brewer's RdBu and PuOr, Apache 2.0)."""

LATER, SOONER, TOTAL = "#b35806", "#2166ac", "#5a5a5a"
"""Of steps that add, steps that take away, and sums."""

_SHADES = 48  # a scale has so many: fine enough to look even, few enough to be written shortly

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


@dataclass(frozen=True)
class Scale:
    """Colors from `low` to `high`; values beyond take the color of the end."""

    low: float
    high: float
    colors: tuple[str, ...]

    def color(self, value: float) -> str:
        """Return the color of a finite value."""
        part = (value - self.low) / (self.high - self.low)
        return self.shade(round(min(max(part, 0.0), 1.0) * _SHADES) / _SHADES)

    def shade(self, part: float) -> str:
        """Return the color at a part of the way, 0 to 1."""
        channels = ([int(color[at : at + 2], 16) for color in self.colors] for at in (1, 3, 5))
        places = np.arange(len(self.colors))
        mixed = (np.interp(part * places[-1], places, channel) for channel in channels)
        return "#" + "".join(f"{round(channel):02x}" for channel in mixed)

    def ticks(self) -> list[float]:
        """Return round values along the scale."""
        step = round_step((self.high - self.low) / 6)
        first = math.ceil(self.low / step - 1e-9)
        return [row * step for row in range(first, math.floor(self.high / step + 1e-9) + 1)]


def sequential(values: ArrayLike, dark_is_high: bool = True) -> Scale:
    """Return a scale over the finite values, but for the outermost fiftieth on either side."""
    finite = _finite(values)
    low, high = np.quantile(finite, (0.02, 0.98)) if len(finite) else (0.0, 1.0)
    step = round_step((high - low) / 6 or abs(high) / 6 or 1.0)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    colors = VIRIDIS[::-1] if dark_is_high else VIRIDIS
    return Scale(low, high if high > low else low + step, colors)


def diverging(values: ArrayLike) -> Scale:
    """Return a scale whose middle is 0."""
    finite = np.abs(_finite(values))
    high = float(np.quantile(finite, 0.99)) if len(finite) else 1.0
    step = round_step(high / 4 or 1.0)
    end = math.ceil(high / step - 1e-9) * step or step
    return Scale(-end, end, BLUE_ORANGE)


def round_step(step: float) -> float:
    """Return the least of 1, 2, 5 times a power of ten that is not below `step`.

    >>> round_step(0.3), round_step(7.0)
    (0.5, 10.0)
    """
    power = 10.0 ** math.floor(math.log10(step))
    rounded = (factor * power for factor in (1.0, 2.0, 5.0, 10.0))
    return next(value for value in rounded if value >= step * 0.999)


def _finite(values: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(values, np.float64)
    return found[np.isfinite(found)]
