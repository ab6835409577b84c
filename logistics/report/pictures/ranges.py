"""The chart of the two intervals of a metric, not to be confused."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

import altair as alt

from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.analysis.statistics.uncertainty import TwoIntervals
from logistics.report.pictures.style import (
    SOONER,
    WIDTH,
    Row,
    across,
    closed,
    data,
    ends,
    finished,
    headline,
    kind_color,
    row_labels,
)
from logistics.report.text.ranges import capital
from logistics.report.text.wording import estimate_text

_WIDE, _NARROW = "wide: assumptions, too", "narrow: random variation only"
_COLORS = {_WIDE: "#E69F00", _NARROW: SOONER}


def plot_two_intervals(ranges: Mapping[Response, TwoIntervals]) -> alt.LayerChart | alt.FacetChart:
    """Plot for the same metric of each network how far luck moves it, and how far assumptions."""
    (first, one), *_ = ranges.items()
    rows = closed([row for response, found in ranges.items() for row in _rows(response, found)])
    base = alt.Chart(data(rows)).encode(
        alt.Y("network:N").sort([response.who for response in ranges]).axis(row_labels()),
        alt.YOffset("kind:N").sort(list(_COLORS)),
        kind_color(_COLORS, "kind"),
        alt.Description("words:N"),
    )
    chart = alt.layer(
        base.mark_rule(strokeWidth=12).encode(across("low", first.definition), alt.X2("high:Q")),
        base.mark_tick(thickness=3, height=18).encode(
            across("estimate", first.definition), color=alt.value("#1a1a1a")
        ),
    )
    title = headline(
        f"{capital(first.title)}: how sure?",
        f"{one.range.part:.0%} of {one.range.draws} draws of the assumptions, and the 95%"
        " confidence interval from random variation alone.",
    )
    return finished(chart, title, width=WIDTH - 60, height=max(80, 60 * len(ranges)))


def _rows(response: Response, found: TwoIntervals) -> list[Row]:
    spread = found.range
    both = {_WIDE: Estimate(spread.middle, spread.low, spread.high), _NARROW: found.narrow}
    return [
        {
            "network": response.who,
            "kind": kind,
            **ends(figure),
            "words": f"{response.who}, {kind}: {estimate_text(figure, response.definition)}",
        }
        for kind, figure in both.items()
        if isfinite(figure.low) or isfinite(figure.estimate)
    ]
