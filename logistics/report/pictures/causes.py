"""Charts of why parcels take as long as they do: hours by cause, steps, busy bottlenecks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison, pair_name
from logistics.analysis.measures.registry import CAUSE_METRICS, LATE_STEPS, Definition
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.style import (
    LATER,
    SOONER,
    TOTAL,
    VIRIDIS,
    WIDTH,
    WORDS,
    Row,
    chart_of,
    finished,
    kind_color,
    row_labels,
    runs_words,
)
from logistics.report.text.wording import estimate_text
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
"""Tol's muted scheme (personal.sron.nl/~pault), in an order in which neighbors differ in gray."""

SLOWEST = 1
"""Row of the group totals "speed": the slowest 5% of the delivered."""

_MOST_PLACES = 12
_LEAST_PART = 0.07  # of the longest bar: a piece this long has room for its number
_HOURS, _SHARE = Definition("hours", "", ""), Definition("share", "", "", 0.0, 1.0)
_LEAST_STEP = 0.004  # of the longest bar: shorter steps are put together
_BAR = 34


def plot_hours_by_cause(result: Comparison) -> alt.LayerChart:
    """Plot the mean hours from order to door by cause, one bar per network."""
    about = f"Mean over delivered parcels, in route order. {runs_words(result)}"
    return _hours(result, "all", 0, "Where the hours go", [about])


def plot_slowest_hours_by_cause(result: Comparison) -> alt.LayerChart:
    """Plot the mean hours by cause of the slowest 5% of the delivered parcels."""
    about = "Mean over each network's slowest 5% of delivered parcels."
    title = "Where the hours of the slowest 5% go"
    return _hours(result, "speed", SLOWEST, title, [about, runs_words(result)])


def plot_hours_waterfall(result: Comparison, first: str, second: str) -> alt.LayerChart:
    """Plot the steps from the mean delivery time in one network to that in another."""
    fall = result.waterfalls[pair_name(first, second)]
    rows = _falling({first: fall.first_hours, second: fall.second_hours}, fall.steps, "h")
    about = "The same orders in both, mean over parcels delivered in both; the steps add up."
    return _waterfall(result, rows, f"From {first} to {second}: click-to-door hours", about)


def plot_late_waterfall(result: Comparison, first: str, second: str) -> alt.LayerChart:
    """Plot the steps from the share late in one network to that in another."""
    fall = result.waterfalls[pair_name(first, second)]
    rows = _falling({first: fall.first_late, second: fall.second_late}, fall.late_steps, "")
    about = "Late: not delivered by the promised date. Over all parcels; the steps add up."
    return _waterfall(result, rows, f"From {first} to {second}: late parcels, % of all", about)


def plot_utilization_by_hour(result: Comparison, network: str) -> alt.Chart:
    """Plot how busy the workers are by hour of the day, where parcels wait longest for them."""
    rows = _hourly(result, network)
    order = list(dict.fromkeys(row["place"] for row in rows))
    hours = alt.Axis(
        title="local hour of the day", labelAngle=0, values=list(range(0, 24, 3)), domain=False
    )
    legend = alt.Legend(
        format=".0%", title=None, gradientLength=260, orient="bottom", direction="horizontal"
    )
    shades = alt.Scale(domain=[0, 1], range=list(VIRIDIS[::-1]), clamp=True)
    chart: alt.Chart = chart_of(rows).mark_rect(stroke="white").encode(
        alt.X("hour:O", scale=alt.Scale(domain=list(range(24))), axis=hours),
        alt.Y("place:N", sort=order, axis=row_labels(260)),
        alt.Color("busy:Q", scale=shades, legend=legend),
        WORDS,
    )  # fmt: skip
    about = (
        "Share of the workers' time in work where parcels wait longest for workers; blank: no"
        " one on duty."
    )
    return finished(
        chart, f"How busy the bottlenecks of {network} are",
        [about, f"Measured days only. {runs_words(result)}"],
        width=WIDTH - 60, height=max(60, 28 * len(order)),
    )  # fmt: skip


def has_busy_places(result: Comparison, network: str) -> bool:
    """Tell whether parcels wait for workers anywhere."""
    return network in result.places and bool(_hourly(result, network))


def cause_hours(
    result: Comparison, network: str, key: str = "all", group: int = 0
) -> dict[str, float]:
    """Return the mean hours by cause of the delivered of one group; NaN if there are none."""
    hours = result.group_totals[network][key].mean_hours()[:, group]
    return dict(zip(CAUSES, hours.tolist(), strict=True))


def network_rows(names: Sequence[str]) -> alt.Y:
    """Return the axis that has a row for each network."""
    scale = alt.Scale(paddingInner=0.3)
    return alt.Y("network:N", sort=list(names), scale=scale, axis=row_labels(190))


def stacked_bars(
    parts: Sequence[Row], names: Sequence[str], colors: Mapping[str, str], axis: alt.Axis
) -> alt.LayerChart:
    """Return one bar per network of `parts`: network, kind, from, to, words, number.

    A part has its number in it where there is room; '' for none.
    """
    longest = max((row["to"] for row in parts), default=0.0) or 1.0
    numbers = [
        {**row, "middle": (row["from"] + row["to"]) / 2, "ink": _ink(colors[row["kind"]])}
        for row in parts
        if row["to"] - row["from"] > _LEAST_PART * longest
    ]
    rows = network_rows(names)
    layers = [
        chart_of(parts)
        .mark_bar(stroke="white", strokeWidth=1)
        .encode(alt.X("from:Q", axis=axis), alt.X2("to:Q"), rows, kind_color(colors), WORDS),
        chart_of(numbers)
        .mark_text(fontSize=13, aria=False)
        .encode(alt.X("middle:Q"), rows, alt.Text("number:N"), alt.Color("ink:N", scale=None)),
    ]
    height = max(90, (_BAR + 14) * len(names))
    return alt.LayerChart(layer=layers, width=WIDTH, height=height)


def stacked(bars: Mapping[str, Mapping[str, float]], formats: tuple[str, str]) -> list[Row]:
    """Return the parts of each network's bar that are above 0, one after the other.

    `formats`: of the number in the bar, and of that in its tooltip.
    """
    rows = []
    for network, values in bars.items():
        start = 0.0
        for kind, value in values.items():
            if value > 0:
                number, words = (how.format(value) for how in formats)
                rows.append({
                    "network": network, "kind": kind, "from": start, "to": start + value,
                    "number": number, "words": f"{network}: {kind} {words}",
                })  # fmt: skip
                start += value
    return rows


def _hours(
    result: Comparison, key: str, group: int, title: str, about: Sequence[str]
) -> alt.LayerChart:
    colors = {_label(cause): color for cause, color in CAUSE_COLORS.items()}
    bars = {name: cause_hours(result, name, key, group) for name in result.names}
    labelled = {name: {_label(one): hours[one] for one in hours} for name, hours in bars.items()}
    parts = stacked(labelled, ("{:.0f}", "{:.1f} hours"))
    chart = stacked_bars(parts, result.names, colors, alt.Axis(title="hours", tickCount=8))
    return finished(chart, title, about)


def _label(cause: str) -> str:
    return (CAUSE_METRICS.get(cause) or LATE_STEPS[cause]).label


def _ink(color: str) -> str:
    """Return what is legible on a color."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#111111" if 0.299 * red + 0.587 * green + 0.114 * blue > 135 else "#ffffff"


def _waterfall(result: Comparison, rows: Sequence[Row], title: str, about: str) -> alt.LayerChart:
    top = max(row["end"] for row in rows) or 1.0
    bottom = min(0.0, *(min(row["from"], row["to"]) for row in rows))
    room = 0.34 * (top - bottom)  # for the numbers
    label = alt.Y(
        "label:N", sort=[row["label"] for row in rows], scale=alt.Scale(paddingInner=0.25),
        axis=row_labels(230),
    )  # fmt: skip
    at = alt.X(
        "from:Q", scale=alt.Scale(domain=[bottom, top + room], nice=False),
        axis=alt.Axis(title=None, tickCount=6, labels=True),
    )  # fmt: skip
    chart, color = chart_of(rows), alt.Color("color:N", scale=None)
    numbers = chart.mark_text(align="left", dx=6, fontSize=13, aria=False)
    layers = [
        chart.mark_bar().encode(at, alt.X2("to:Q"), label, color, WORDS),
        numbers.encode(alt.X("end:Q"), label, alt.Text("number:N")),
    ]
    sure = "One replication, so no confidence intervals."
    if result.replications > 1:
        level, runs = f"{result.level:.0%}", f"{result.replications} runs"
        sure = f"In parentheses: {level} confidence interval, {runs}."
    height = _BAR * max(len(rows), 2)
    return finished(alt.LayerChart(layer=layers), title, [about, sure], width=WIDTH, height=height)


def _falling(sums: Mapping[str, Estimate], steps: Mapping[str, Estimate], unit: str) -> list[Row]:
    """Return a row for the first sum, for each step, and for the second sum.

    `unit`: 'h', or '' for shares, written in percent.
    """
    (first, start), (second, end) = sums.items()
    longest = max((one.estimate for one in sums.values() if isfinite(one.estimate)), default=0.0)
    rows, at = [_bar(first, 0.0, start, unit)], start.estimate
    for label, step in _worth_showing(steps, longest):
        rows.append(_bar(label, at, step, unit, LATER if step.estimate >= 0 else SOONER))
        at += step.estimate
    return [*rows, _bar(second, 0.0, end, unit)]


def _worth_showing(steps: Mapping[str, Estimate], longest: float) -> list[tuple[str, Estimate]]:
    """Return the steps that can be seen, and the sum of the others as the last."""
    least = _LEAST_STEP * longest
    shown = [(_label(cause), one) for cause, one in steps.items() if abs(one.estimate) >= least]
    rest = sum(one.estimate for one in steps.values() if abs(one.estimate) < least)
    if abs(rest) > 1e-9 * max(longest, 1e-9):
        shown.append(("all else", Estimate(rest)))
    return shown


def _bar(label: str, start: float, size: Estimate, unit: str, color: str = TOTAL) -> Row:
    factor = 1.0 if unit else 100.0
    definition = _HOURS if unit else _SHARE
    if color != TOTAL:
        definition = definition.of_a_change()
    number = estimate_text(size, definition).replace(" hours", f" {unit}")
    places = (start, start + size.estimate)
    start, end = (one * factor if isfinite(one) else 0.0 for one in places)
    return {
        "label": label, "from": start, "to": end, "end": max(start, end), "color": color,
        "number": number, "words": f"{label}: {number}",
    }  # fmt: skip


def _hourly(result: Comparison, network: str) -> list[Row]:
    totals = result.places[network]
    names, share = totals.names, totals.utilisation
    worst = np.argsort(-totals.queue_hours, kind="stable")[:_MOST_PLACES].tolist()
    return [
        {
            "place": f"{names.facilities[row]} ({names.kinds[row]})",
            "hour": hour,
            "busy": busy,
            "words": f"{names.facilities[row]}, {hour}:00 to {hour + 1}:00: {busy:.0%} busy",
        }
        for row in worst
        if totals.queue_hours[row] > 0
        for hour, busy in enumerate(share[row].tolist())
        if np.isfinite(busy)
    ]
