"""Charts of a study: how sure its metrics are, what moves them, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import altair as alt

from logistics.analysis.measures.registry import Definition, Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.style import (
    LATER,
    SOONER,
    TOTAL,
    WIDTH,
    Row,
    across,
    closed,
    data,
    ends,
    finished,
    headline,
    kind_color,
    network_color,
    row_labels,
    upward,
)
from logistics.report.text.ranges import capital
from logistics.report.text.wording import estimate_text
from logistics.studies.effects import bars, changes, screened
from logistics.studies.results import PointResult, StudyResult

MOST_POINTS = 40
"""Points that a chart with a row each has room for."""

MOST_FACTORS = 15

Chart = alt.LayerChart | alt.FacetChart

_ROW = 26
_WHISKER, _THIN = 3, 1.5
_INTERVAL = "95% confidence intervals, random variation only, each for itself"


def plot_study_intervals(result: StudyResult, responses: Sequence[Response]) -> Chart:
    """Plot a metric of each point with its interval; `responses`: the same metric of each network.

    Of many points the first `MOST_POINTS`.
    """
    definition = responses[0].definition
    rows = [
        _row(one, response, figure, definition)
        for one in result.points[:MOST_POINTS]
        for response in responses
        if isfinite((figure := one.metrics[response.who][response.name]).estimate)
    ]
    title = headline(f"{capital(responses[0].title)}, point by point", f"{_INTERVAL}.")
    return _whiskers(rows, responses, definition, title)


def plot_study_changes(result: StudyResult, responses: Sequence[Response]) -> Chart:
    """Plot how each later point differs from the first, with intervals that hold all together."""
    definition = responses[0].definition.of_a_change()
    rows = [
        _row(change.point, response, change.together, definition)
        for response in responses
        for change in changes(result, response)[: MOST_POINTS - 1]
        if isfinite(change.together.estimate)
    ]
    first = result.points[0]
    title = headline(
        f"{capital(responses[0].title)}: change from {first.point.label}",
        "Run by run with what the points share; 95% confidence intervals that hold jointly, random"
        " variation only.",
    )
    return _whiskers(rows, responses, definition, title)


def plot_study_response(result: StudyResult, responses: Sequence[Response], factor: str) -> Chart:
    """Plot a metric over one factor of a grid; a line for each setting of the others."""
    definition = responses[0].definition
    rows = [
        {
            **_row(one, response, one.metrics[response.who][response.name], definition),
            "value": one.point.settings[factor],
            "others": _others(one, factor),
        }
        for one in result.points
        for response in responses
        if factor in one.point.settings
    ]
    rows = closed([row for row in rows if isfinite(row["estimate"])])
    order = list(dict.fromkeys(row["value"] for row in rows))
    base = alt.Chart(data(rows)).encode(
        alt.X("value:N").sort(order).axis(title=factor, labelAngle=0 if len(order) < 8 else -40),
        network_color([one.who for one in responses], legend=True),
        alt.Detail("others:N"),
        alt.Description("words:N"),
    )
    dashes = alt.StrokeDash("others:N").legend(None)
    lines = base.mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=60))
    whiskers = base.mark_rule(strokeWidth=_THIN)
    chart = alt.layer(
        whiskers.encode(upward("low", definition), alt.Y2("high:Q")),
        lines.encode(upward("estimate", definition), dashes),
    )
    several = len({row["others"] for row in rows}) > 1
    title = headline(
        f"{capital(responses[0].title)} over {factor}",
        f"{_INTERVAL}." + (" A line for each setting of the other factors." if several else ""),
    )
    return finished(chart, title, width=WIDTH, height=300)


def plot_study_convergence(result: StudyResult, response: Response) -> Chart:
    """Plot the mean of the first point over its first one, two, three ... runs."""
    first, definition = result.points[0], response.definition
    rows: list[Row] = [
        {
            "runs": number,
            "network": response.who,
            "estimate": figure.estimate,
            "low": figure.low if isfinite(figure.high) else None,
            "high": figure.high if isfinite(figure.high) else None,
            "words": f"{number} runs: {estimate_text(figure, definition)}",
        }
        for number, figure in (
            (number, figures[response]) for number, figures in result.convergence.items()
        )
        if isfinite(figure.estimate)
    ]
    known = [row for row in rows if row["low"] is not None and row["runs"] > 2]
    runs = alt.X("runs:Q").scale(domain=[1, max(2, *result.convergence)], nice=False)
    runs = runs.axis(title="runs", tickMinStep=1, format="d")
    band = alt.Chart(data(known)).mark_area(opacity=0.2, color=SOONER)
    line = alt.Chart(data(rows)).mark_line(strokeWidth=2.5, color=SOONER, point=True)
    chart = alt.layer(
        band.encode(runs, upward("low", definition), alt.Y2("high:Q")),
        line.encode(runs, upward("estimate", definition), alt.Description("words:N")),
    )
    title = headline(
        f"{capital(definition.label)} of {response.who}, run by run",
        f"After the first runs of {first.point.label}, with its 95% interval from the third on.",
    )
    return finished(chart, title, width=WIDTH, height=260)


def plot_study_tornado(result: StudyResult, response: Response) -> Chart:
    """Plot what each factor does alone, the widest first."""
    definition = response.definition.of_a_change()
    found = bars(result, response)[:MOST_FACTORS]
    rows = [
        {
            "factor": bar.factor,
            "end": value,
            "change": figure.estimate,
            "kind": "more" if figure.estimate > 0 else "less",
            "words": f"{bar.factor} {value}: {estimate_text(figure, definition)}",
        }
        for bar in found
        for value, figure in bar.ends
        if isfinite(figure.estimate)
    ]
    title = headline(
        f"What moves {response.title} of {response.who} most",
        f"Change from {result.points[0].point.label} when one input alone goes to an end of its"
        " range; all else as in the base.",
    )
    return _horizontal_bars(rows, [bar.factor for bar in found], definition, title)


def plot_study_screening(result: StudyResult, response: Response) -> Chart:
    """Plot the mean size of the effect of each factor in Morris' screening, the largest first."""
    definition = response.definition
    found = screened(result, response)[:MOST_FACTORS]
    rows = [
        {
            "factor": one.name,
            "end": "",
            "change": one.mu_star,
            "kind": "depends on others" if one.sigma > one.mu_star else "much the same everywhere",
            "words": f"{one.name}: {estimate_text(Estimate(one.mu_star), definition)}",
        }
        for one in found
    ]
    title = headline(
        f"Which input moves {response.title} of {response.who} most",
        "Mean size of the change when the input goes from one end of its range to the other, the"
        " others anywhere in theirs (Morris' mu*).",
    )
    return _horizontal_bars(rows, [one.name for one in found], definition, title)


def _whiskers(
    rows: Sequence[Row],
    responses: Sequence[Response],
    definition: Definition,
    title: alt.TitleParams,
) -> Chart:
    """Draw a point and its interval in a row for each point of the study."""
    rows = closed(rows)
    order = list(dict.fromkeys(row["point"] for row in rows))
    names = [one.who for one in responses]
    base = alt.Chart(data(rows)).encode(
        alt.Y("point:N").sort(order).axis(row_labels()),
        alt.YOffset("network:N").sort(names),
        network_color(names, legend=len(names) > 1),
        alt.Description("words:N"),
    )
    layers = [
        base.mark_rule(strokeWidth=_WHISKER).encode(across("low", definition), alt.X2("high:Q")),
        base.mark_point(filled=True, size=70, opacity=1).encode(across("estimate", definition)),
    ]
    if definition.low < 0:
        layers.insert(0, _zero())
    chart = alt.layer(*layers)
    height = max(60, _ROW * len(order) * max(1, len(names)) * 0.7)
    return finished(chart, title, width=WIDTH - 100, height=height)


def _horizontal_bars(
    rows: Sequence[Row], order: Sequence[str], definition: Definition, title: alt.TitleParams
) -> Chart:
    colors = {
        "less": SOONER, "more": LATER, "much the same everywhere": TOTAL,
        "depends on others": "#E69F00",
    }  # fmt: skip
    used = {kind: colors[kind] for kind in colors if any(row["kind"] == kind for row in rows)}
    base = alt.Chart(data(rows)).encode(alt.Y("factor:N").sort(list(order)).axis(row_labels()))
    marks = base.mark_bar(height=16).encode(
        across("change", definition), alt.X2Datum(0), kind_color(used, "kind"),
        alt.Description("words:N"),
    )  # fmt: skip
    chart = alt.layer(marks, _zero())
    return finished(chart, title, width=WIDTH - 140, height=max(60, _ROW * len(order)))


def _zero() -> alt.Chart:
    marks: alt.Chart = alt.Chart(data([{"zero": 0}])).mark_rule(color="#5a5a5a")
    return marks.encode(alt.X("zero:Q"))


def _row(one: PointResult, response: Response, figure: Estimate, definition: Definition) -> Row:
    return {
        "point": one.point.label,
        "network": response.who,
        **ends(figure),
        "words": f"{response.who}, {one.point.label}: {estimate_text(figure, definition)}",
    }


def _others(one: PointResult, factor: str) -> str:
    others = ((name, value) for name, value in one.point.settings.items() if name != factor)
    return ", ".join(f"{name} {value}" for name, value in others)
