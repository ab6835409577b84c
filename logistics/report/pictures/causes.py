"""Charts of why parcels take as long as they do, and why one network is slower than another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import altair as alt

from logistics.analysis.comparison import Comparison, pair_name
from logistics.analysis.measures.registry import CAUSE_METRICS, LATE_STEPS
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.style import (
    LATER,
    SOONER,
    TOTAL,
    WIDTH,
    Row,
    data,
    finished,
    headline,
    kind_color,
    network_rows,
    runs_words,
)
from logistics.report.text.wording import signed
from logistics.vocabulary import CAUSES

CAUSE_COLORS = {
    "closed": "#332288",
    "queue": "#DDCC77",
    "packing": "#117733",
    "sort_queue": "#88CCEE",
    "sorting": "#555555",
    "full": "#CC6677",
    "next_departure": "#882255",
    "transit": "#DDDDDD",
    "next_round": "#44AA99",
    "round": "#AA4499",
    "between_attempts": "#999933",
}
"""Tol's muted scheme (personal.sron.nl/~pault), in an order in which neighbours differ in grey."""

SLOWEST = 1
"""Group of the tally "speed": the slowest 5% of the delivered."""

_LEAST_PART = 0.07  # of the longest bar: a piece this long has room for its number
_LEAST_STEP = 0.004  # of the longest bar: shorter steps are put together
_BAR = 34
_REST = "all else"

Step = tuple[str, Estimate]


def cause_label(cause: str) -> str:
    """Return what a cause is called."""
    return (CAUSE_METRICS.get(cause) or LATE_STEPS[cause]).label


def plot_hours_by_cause(result: Comparison) -> alt.LayerChart:
    """Plot the mean hours from order to door by cause, one bar a network."""
    hours = {name: cause_hours(result, name) for name in result.names}
    title = headline(
        "Where the hours go",
        f"Mean over delivered parcels, in route order. {runs_words(result.replications)}",
    )
    return _bars(hours, title)


def plot_slowest_hours_by_cause(result: Comparison) -> alt.LayerChart:
    """Plot the mean hours by cause of the slowest 5% of the delivered parcels."""
    hours = {name: cause_hours(result, name, "speed", SLOWEST) for name in result.names}
    title = headline(
        "Where the hours of the slowest 5% go",
        "Mean over each network's slowest 5% of delivered parcels.",
        runs_words(result.replications),
    )
    return _bars(hours, title)


def plot_hours_waterfall(result: Comparison, first: str, second: str) -> alt.LayerChart:
    """Plot the steps from the mean delivery time in one network to that in another."""
    fall = result.waterfalls[pair_name(first, second)]
    ends = ((first, fall.first_hours), (second, fall.second_hours))
    title = headline(
        f"From {first} to {second}: click-to-door hours",
        "The same orders in both, mean over parcels delivered in both; the steps add up.",
        _interval_words(result),
    )
    return _waterfall(ends, fall.steps, ("h", 1.0), title)


def plot_late_waterfall(result: Comparison, first: str, second: str) -> alt.LayerChart:
    """Plot the steps from the share late in one network to that in another."""
    fall = result.waterfalls[pair_name(first, second)]
    ends = ((first, fall.first_late), (second, fall.second_late))
    title = headline(
        f"From {first} to {second}: late parcels, % of all",
        "Late: not delivered by the promised date. Over all parcels; the steps add up.",
        _interval_words(result),
    )
    return _waterfall(ends, fall.late_steps, ("", 100.0), title)


def cause_hours(
    result: Comparison, network: str, key: str = "all", group: int = 0
) -> dict[str, float]:
    """Return the mean hours by cause of the delivered of one group; NaN if there are none."""
    hours = result.group_totals[network][key].mean_hours()[:, group]
    return dict(zip(CAUSES, hours.tolist(), strict=True))


def stacked_bars(
    parts: Sequence[Row], names: Sequence[str], colors: Mapping[str, str], axis: alt.Axis
) -> alt.LayerChart:
    """Return one bar a network of `parts`: network, kind, from, to, words, number.

    A part has its number in it where there is room; '' for none.
    """
    longest = max((row["to"] for row in parts), default=0.0) or 1.0
    roomy = [row for row in parts if row["to"] - row["from"] > _LEAST_PART * longest]
    bars = alt.Chart(data(parts)).mark_bar(stroke="white", strokeWidth=1)
    numbers = alt.Chart(data([{**row, **_middle(row, colors)} for row in roomy]))
    rows = network_rows(names)
    layers = [
        bars.encode(alt.X("from:Q").axis(axis), alt.X2("to:Q"), rows, kind_color(colors, "kind"),
                    alt.Description("words:N")),
        numbers.mark_text(fontSize=13, aria=False).encode(
            alt.X("middle:Q"), rows, alt.Text("number:N"), color=alt.Color("ink:N").scale(None)
        ),
    ]  # fmt: skip
    return alt.LayerChart(layer=layers)


def bars_height(names: Sequence[str]) -> int:
    """Return the height of a chart with one bar a network."""
    return max(90, (_BAR + 14) * len(names))


def _bars(hours: Mapping[str, Mapping[str, float]], title: alt.TitleParams) -> alt.LayerChart:
    colors = {cause_label(cause): color for cause, color in CAUSE_COLORS.items()}
    parts = [
        row
        for name, by_cause in hours.items()
        for row in stacked(
            name,
            {cause_label(cause): value for cause, value in by_cause.items()},
            ("{:.0f}", "{:.1f} hours"),
        )
    ]
    chart = stacked_bars(parts, list(hours), colors, alt.Axis(title="hours", tickCount=8))
    return finished(chart, title, width=WIDTH, height=bars_height(list(hours)))


def stacked(network: str, values: Mapping[str, float], formats: tuple[str, str]) -> list[Row]:
    """Return the parts of a bar above 0, one after the other.

    `formats`: of the number in the bar, and of that in its tooltip.
    """
    rows, start = [], 0.0
    for kind, value in values.items():
        if value > 0:
            number, words = (how.format(value) for how in formats)
            rows.append({
                "network": network, "kind": kind, "from": start, "to": start + value,
                "number": number, "words": f"{network}: {kind} {words}",
            })  # fmt: skip
            start += value
    return rows


def _middle(row: Row, colors: Mapping[str, str]) -> Row:
    red, green, blue = (int(colors[row["kind"]][at : at + 2], 16) for at in (1, 3, 5))
    light = 0.299 * red + 0.587 * green + 0.114 * blue > 135
    return {"middle": (row["from"] + row["to"]) / 2, "ink": "#111111" if light else "#ffffff"}


def _waterfall(
    ends: tuple[Step, Step],
    steps: Mapping[str, Estimate],
    unit: tuple[str, float],
    title: alt.TitleParams,
) -> alt.LayerChart:
    rows = _falling(ends, steps, unit)
    order = [row["label"] for row in rows]
    top = max(row["end"] for row in rows) or 1.0
    bottom = min(0.0, *(min(row["from"], row["to"]) for row in rows))
    room = 0.34 * (top - bottom)  # for the numbers
    label = alt.Y("label:N").sort(order).scale(paddingInner=0.25)
    label = label.axis(title=None, labelLimit=230, labelPadding=8, ticks=False, domain=False)
    at = alt.X("from:Q").scale(domain=[bottom, top + room], nice=False)
    at = at.axis(title=None, tickCount=6, labels=True)
    chart = alt.Chart(data(rows))
    color = alt.Color("color:N").scale(None)
    layers = [
        chart.mark_bar().encode(at, alt.X2("to:Q"), label, color, alt.Description("words:N")),
        chart.mark_text(align="left", dx=6, fontSize=13, aria=False).encode(
            alt.X("end:Q"), label, alt.Text("number:N")
        ),
    ]
    height = _BAR * max(len(rows), 2)
    return finished(alt.LayerChart(layer=layers), title, width=WIDTH, height=height)


def _falling(
    ends: tuple[Step, Step], steps: Mapping[str, Estimate], unit: tuple[str, float]
) -> list[Row]:
    """Return a row for the first sum, for each step, and for the second sum."""
    (first, start), (second, end) = ends
    word, factor = unit
    rows = [_bar(first, (0.0, start.estimate), start, (word, factor, TOTAL))]
    at = start.estimate
    longest = max((one.estimate for one in (start, end) if isfinite(one.estimate)), default=0.0)
    for label, step in _worth_showing(steps, longest):
        color = LATER if step.estimate >= 0 else SOONER
        rows.append(_bar(label, (at, at + step.estimate), step, (word, factor, color)))
        at += step.estimate
    second_label = second if second != first else f"{second} "
    return [*rows, _bar(second_label, (0.0, end.estimate), end, (word, factor, TOTAL))]


def _worth_showing(steps: Mapping[str, Estimate], longest: float) -> list[Step]:
    """Return the steps that can be seen, and the sum of the others as the last."""
    shown = [
        (cause_label(cause), step)
        for cause, step in steps.items()
        if abs(step.estimate) >= _LEAST_STEP * longest
    ]
    rest = sum(
        step.estimate for step in steps.values() if abs(step.estimate) < _LEAST_STEP * longest
    )
    return [*shown, (_REST, Estimate(rest))] if abs(rest) > 1e-9 * max(longest, 1e-9) else shown


def _bar(
    label: str, place: tuple[float, float], figure: Estimate, look: tuple[str, float, str]
) -> Row:
    word, factor, color = look

    def text(value: float) -> str:
        return f"{value * factor:.1f}" if color == TOTAL else signed(value * factor, 1)

    number = f"{text(figure.estimate)} {word}".strip() if isfinite(figure.estimate) else "-"
    if figure.has_interval and isfinite(figure.high):
        number += f" ({text(figure.low)} to {text(figure.high)})"
    start, end = (value * factor if isfinite(value) else 0.0 for value in place)
    return {
        "label": label,
        "from": start,
        "to": end,
        "end": max(start, end),
        "color": color,
        "number": number,
        "words": f"{label}: {number}",
    }


def _interval_words(result: Comparison) -> str:
    if result.replications == 1:
        return "One replication, so no confidence intervals."
    return f"In parentheses: {result.level:.0%} confidence interval, {result.replications} runs."
