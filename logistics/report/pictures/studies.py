"""Charts of a study: how sure its metrics are, what moves them, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import altair as alt

from logistics.analysis.measures.registry import Definition, Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.analysis.statistics.uncertainty import TwoIntervals
from logistics.report.pictures.drawing import INK
from logistics.report.pictures.style import (
    LATER,
    SOONER,
    TOTAL,
    WIDTH,
    WORDS,
    Row,
    across,
    chart_of,
    closed,
    ends,
    finished,
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
_AMBER = "#E69F00"
_WIDE, _NARROW = "wide: assumptions, too", "narrow: random variation only"
_INTERVALS = {_WIDE: _AMBER, _NARROW: SOONER}
_EFFECTS = {
    "less": SOONER, "more": LATER, "much the same everywhere": TOTAL, "depends on others": _AMBER,
}  # fmt: skip
_ZERO = chart_of([{"zero": 0}]).mark_rule(color=TOTAL).encode(alt.X("zero:Q"))
_INTERVAL = "95% confidence intervals, random variation only, each for itself"


def plot_two_intervals(ranges: Mapping[Response, TwoIntervals]) -> Chart:
    """Plot how far random draws, and how far assumptions move the same metric of each network."""
    (first, one), *_ = ranges.items()
    rows = closed([row for response, found in ranges.items() for row in _both(response, found)])
    base = chart_of(rows).encode(
        alt.Y("network:N", sort=[response.who for response in ranges], axis=row_labels()),
        alt.YOffset("kind:N", sort=list(_INTERVALS)),
        kind_color(_INTERVALS),
        WORDS,
    )
    chart = alt.layer(
        base.mark_rule(strokeWidth=12).encode(across("low", first.definition), alt.X2("high:Q")),
        base.mark_tick(thickness=3, height=18).encode(
            across("estimate", first.definition), color=alt.value(INK)
        ),
    )
    about = (
        f"{one.range.part:.0%} of {one.range.draws} draws of the assumptions, and the 95%"
        " confidence interval from random variation alone."
    )
    title, height = f"{capital(first.title)}: how sure?", max(80, 60 * len(ranges))
    return finished(chart, title, [about], width=WIDTH - 60, height=height)


def plot_study_intervals(result: StudyResult, responses: Sequence[Response]) -> Chart:
    """Plot a metric of each point with its interval; `responses`: the same metric of each network.

    Of many points the first `MOST_POINTS`.
    """
    definition = responses[0].definition
    rows = [_row(one, response) for one in result.points[:MOST_POINTS] for response in responses]
    title = f"{capital(responses[0].title)}, point by point"
    return _whiskers(rows, responses, definition, title, f"{_INTERVAL}.")


def plot_study_changes(result: StudyResult, responses: Sequence[Response]) -> Chart:
    """Plot how each later point differs from the first, with intervals that hold all together."""
    definition = responses[0].definition.of_a_change()
    rows = [
        _row(change.point, response, change.together)
        for response in responses
        for change in changes(result, response)[: MOST_POINTS - 1]
    ]
    title = f"{capital(responses[0].title)}: change from {result.points[0].point.label}"
    about = (
        "Run by run with what the points share; 95% confidence intervals that hold jointly, random"
        " variation only."
    )
    return _whiskers(rows, responses, definition, title, about)


def plot_study_response(result: StudyResult, responses: Sequence[Response], factor: str) -> Chart:
    """Plot a metric over one factor of a grid; a line for each setting of the others."""
    definition = responses[0].definition
    rows = [
        {
            **_row(one, response),
            "value": one.point.settings[factor],
            "others": ", ".join(f"{name} {value}" for name, value in one.point.settings.items()
                                if name != factor),
        }
        for one in result.points
        for response in responses
        if factor in one.point.settings
    ]  # fmt: skip
    rows = closed([row for row in rows if isfinite(row["estimate"])])
    order = list(dict.fromkeys(row["value"] for row in rows))
    axis = alt.Axis(title=factor, labelAngle=0 if len(order) < 8 else -40)
    base = chart_of(rows).encode(
        alt.X("value:N", sort=order, axis=axis),
        network_color([one.who for one in responses], legend=True),
        alt.Detail("others:N"),
        WORDS,
    )
    chart = alt.layer(
        base.mark_rule(strokeWidth=1.5).encode(upward("low", definition), alt.Y2("high:Q")),
        base.mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=60)).encode(
            upward("estimate", definition), alt.StrokeDash("others:N", legend=None)
        ),
    )
    several = len({row["others"] for row in rows}) > 1
    about = f"{_INTERVAL}." + (" A line for each setting of the other factors." if several else "")
    title = f"{capital(responses[0].title)} over {factor}"
    return finished(chart, title, [about], width=WIDTH, height=300)


def plot_study_convergence(result: StudyResult, response: Response) -> Chart:
    """Plot the mean of the first point over its first one, two, three ... runs."""
    definition = response.definition
    rows: list[Row] = [
        {"runs": number, "estimate": one.estimate, "low": low, "high": high,
         "words": f"{number} runs: {estimate_text(one, definition)}"}
        for number, of in result.convergence.items()
        for one in [of[response]]
        for low, high in [(one.low, one.high) if isfinite(one.high) else (None, None)]
        if isfinite(one.estimate)
    ]  # fmt: skip
    known = [row for row in rows if row["low"] is not None and row["runs"] > 2]
    runs = alt.X(
        "runs:Q", scale=alt.Scale(domain=[1, max(2, *result.convergence)], nice=False),
        axis=alt.Axis(title="runs", tickMinStep=1, format="d"),
    )  # fmt: skip
    band = chart_of(known).mark_area(opacity=0.2, color=SOONER)
    line = chart_of(rows).mark_line(strokeWidth=2.5, color=SOONER, point=True)
    chart = alt.layer(
        band.encode(runs, upward("low", definition), alt.Y2("high:Q")),
        line.encode(runs, upward("estimate", definition), WORDS),
    )
    title = f"{capital(definition.label)} of {response.who}, run by run"
    label = result.points[0].point.label
    about = f"After the first runs of {label}, with its 95% interval from the third on."
    return finished(chart, title, [about], width=WIDTH, height=260)


def plot_study_tornado(result: StudyResult, response: Response) -> Chart:
    """Plot what each factor does alone, the widest first."""
    definition = response.definition.of_a_change()
    rows = [
        _effect(f"{bar.factor} {value}", bar.factor, one,
                definition, "more" if one.estimate > 0 else "less")
        for bar in bars(result, response)[:MOST_FACTORS]
        for value, one in bar.ends
    ]  # fmt: skip
    about = (
        f"Change from {result.points[0].point.label} when one input alone goes to an end of its"
        " range; all else as in the base."
    )
    title = f"What moves {response.title} of {response.who} most"
    return _horizontal_bars(rows, definition, title, about)


def plot_study_screening(result: StudyResult, response: Response) -> Chart:
    """Plot the mean size of the effect of each factor in Morris' screening, the largest first."""
    definition = response.definition
    rows = [
        _effect(one.name, one.name, Estimate(one.mu_star), definition,
                "depends on others" if one.sigma > one.mu_star else "much the same everywhere")
        for one in screened(result, response)[:MOST_FACTORS]
    ]  # fmt: skip
    about = (
        "Mean size of the change when the input goes from one end of its range to the other, the"
        " others anywhere in theirs (Morris' mu*)."
    )
    title = f"Which input moves {response.title} of {response.who} most"
    return _horizontal_bars(rows, definition, title, about)


def _whiskers(
    rows: Sequence[Row],
    responses: Sequence[Response],
    definition: Definition,
    title: str,
    about: str,
) -> Chart:
    """Draw a point and its interval in a row for each point of the study."""
    rows = closed([row for row in rows if isfinite(row["estimate"])])
    order = list(dict.fromkeys(row["point"] for row in rows))
    names = [one.who for one in responses]
    base = chart_of(rows).encode(
        alt.Y("point:N", sort=order, axis=row_labels()),
        alt.YOffset("network:N", sort=names),
        network_color(names, legend=len(names) > 1),
        WORDS,
    )
    chart = alt.layer(
        *([_ZERO] if definition.low < 0 else []),
        base.mark_rule(strokeWidth=3).encode(across("low", definition), alt.X2("high:Q")),
        base.mark_point(filled=True, size=70, opacity=1).encode(across("estimate", definition)),
    )
    height = max(60, _ROW * len(order) * max(1, len(names)) * 0.7)
    return finished(chart, title, [about], width=WIDTH - 100, height=height)


def _horizontal_bars(rows: Sequence[Row], definition: Definition, title: str, about: str) -> Chart:
    used = {row["kind"] for row in rows}
    order = list(dict.fromkeys(row["factor"] for row in rows))
    bars = chart_of(rows).mark_bar(height=16).encode(
        alt.Y("factor:N", sort=order, axis=row_labels()),
        across("change", definition),
        alt.X2Datum(0),
        kind_color({kind: color for kind, color in _EFFECTS.items() if kind in used}),
        WORDS,
    )  # fmt: skip
    size = {"width": WIDTH - 140, "height": max(60, _ROW * len(order))}
    return finished(alt.layer(bars, _ZERO), title, [about], **size)


def _row(one: PointResult, response: Response, change: Estimate | None = None) -> Row:
    estimate = change or one.metrics[response.who][response.name]
    definition = response.definition.of_a_change() if change else response.definition
    return {
        "point": one.point.label,
        "network": response.who,
        **ends(estimate),
        "words": f"{response.who}, {one.point.label}: {estimate_text(estimate, definition)}",
    }


def _effect(label: str, factor: str, size: Estimate, definition: Definition, kind: str) -> Row:
    words = f"{label}: {estimate_text(size, definition)}"
    return {"factor": factor, "change": size.estimate, "kind": kind, "words": words}


def _both(response: Response, found: TwoIntervals) -> list[Row]:
    spread = found.range
    both = {_WIDE: Estimate(spread.middle, spread.low, spread.high), _NARROW: found.narrow}
    return [
        {
            "network": response.who,
            "kind": kind,
            **ends(one),
            "words": f"{response.who}, {kind}: {estimate_text(one, response.definition)}",
        }
        for kind, one in both.items()
        if isfinite(one.low) or isfinite(one.estimate)
    ]
