"""Charts of why parcels take as long as they do: hours by cause, steps, busy bottlenecks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison, pair_name
from logistics.analysis.measures.place_totals import SELLERS
from logistics.analysis.measures.registry import CAUSE_METRICS, Definition
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.style import (
    BUSY,
    HOVER,
    LATER,
    SOONER,
    TOTAL,
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
from networks.geography import nearest_city
from networks.schema import Facility

CAUSE_GROUPS = {
    "waiting for dispatch": ("closed", "queue"),
    "packing and sorting": ("packing", "sort_queue", "sorting"),
    "waiting for departure": ("full", "next_departure"),
    "on the road": ("transit",),
    "last mile": ("next_round", "round", "between_attempts"),
}
"""Where the hours go, put together: each of `CAUSES` once, in the order a parcel meets them."""

GROUP_COLORS = dict(
    zip(CAUSE_GROUPS, ("#332288", "#DDCC77", "#882255", "#BBBBBB", "#44AA99"), strict=True)
)
"""Of Tol's muted scheme (personal.sron.nl/~pault); neighbors differ in gray."""

SLOWEST = 1
"""Row of the group totals "speed": the slowest 5% of the delivered."""

_MOST_PLACES = 12
_LEAST_PART = 0.07  # of the longest bar: a piece this long has room for its number
_HOURS = Definition("hours", "", "")
_LEAST_STEP = 0.004  # of the longest bar: shorter steps are put together
_BAR = 34


def plot_hours_by_cause(result: Comparison) -> alt.LayerChart:
    """Plot the mean hours from order to door by cause: all delivered parcels, the slowest 5%."""
    bars = {}
    for name in result.names:
        label = result.label(name)
        bars[label] = group_hours(cause_hours(result, name))
        if "speed" in result.group_totals[name]:
            bars[f"{label}, slowest 5%"] = group_hours(cause_hours(result, name, "speed", SLOWEST))
    parts = stacked(bars, ("{:.0f}", "{:.1f} hours"))
    chart = stacked_bars(parts, list(bars), GROUP_COLORS, alt.Axis(title="hours", tickCount=8))
    about = f"Mean over delivered parcels, in route order; at the end: days. {runs_words(result)}"
    sums = [
        {"network": bar, "end": sum(hours.values()), "number": f"{sum(hours.values()) / 24:.1f} d"}
        for bar, hours in bars.items() if isfinite(sum(hours.values()))
    ]  # fmt: skip
    chart += chart_of(sums).mark_text(align="left", dx=6, fontSize=13, aria=False).encode(
        alt.X("end:Q"), network_rows(list(bars)), alt.Text("number:N")
    )  # fmt: skip
    return finished(chart, "Where the hours go", [about])


def plot_hours_waterfall(result: Comparison, first: str, second: str) -> alt.LayerChart:
    """Plot the steps from the mean delivery time in one network to that in another."""
    rows = waterfall_rows(result, first, second)
    about = "The same orders in both, mean over parcels delivered in both; the steps add up."
    sure = "One replication, so no confidence intervals."
    if result.replications > 1:
        level, runs = f"{result.level:.0%}", f"{result.replications} runs"
        sure = f"In parentheses: {level} confidence interval, {runs}."
    title = f"From {result.label(first)} to {result.label(second)}: click-to-door hours"
    chart = alt.LayerChart(layer=waterfall_layers(chart_of(rows), rows))
    return finished(chart, title, [about, sure], width=WIDTH, height=_BAR * max(len(rows), 2))


def plot_utilization_by_hour(
    result: Comparison, network: str, facilities: Mapping[str, Facility] | None = None
) -> alt.Chart:
    """Plot how busy the workers are by hour of the day, where parcels wait longest for them.

    `facilities`: of the network, by id; says in which city each is.
    """
    rows = busy_rows(result, network, facilities or {})
    about = (
        "Share of the workers' time in work where parcels wait longest for workers; blank: no"
        " one on duty."
    )
    places = len({row["place"] for row in rows})
    return finished(
        busy_hours(chart_of(rows)), f"How busy the bottlenecks of {result.label(network)} are",
        [about, f"Measured days only. {runs_words(result)}"],
        width=WIDTH - 120, height=max(60, 28 * places),
    )  # fmt: skip


def busy_hours(chart: alt.Chart) -> alt.Chart:
    """Return places by hour of the day, the darker the busier."""
    hours = alt.Axis(
        title="local hour of the day", labelAngle=0, values=list(range(0, 24, 3)), domain=False
    )
    legend = alt.Legend(
        format=".0%", title=None, gradientLength=260, orient="bottom", direction="horizontal",
        values=[0, 0.25, 0.5, 0.75, 1],
    )  # fmt: skip
    shades = alt.Scale(domain=[0, 1], range=list(BUSY), clamp=True)
    found: alt.Chart = chart.mark_rect(stroke="white").encode(
        alt.X("hour:O", scale=alt.Scale(domain=list(range(24))), axis=hours),
        alt.Y("place:N", sort=alt.EncodingSortField("rank", op="min"), axis=row_labels(260)),
        alt.Color("busy:Q", scale=shades, legend=legend),
        WORDS,
        HOVER,
    )  # fmt: skip
    return found


def has_busy_places(result: Comparison, network: str) -> bool:
    """Tell whether parcels wait for workers anywhere."""
    return network in result.places and bool(busy_rows(result, network, {}))


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


def group_hours(hours: Mapping[str, float]) -> dict[str, float]:
    """Return hours by cause put together as in `CAUSE_GROUPS`."""
    return {group: sum(hours[one] for one in causes) for group, causes in CAUSE_GROUPS.items()}


def _ink(color: str) -> str:
    """Return what is legible on a color."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return "#111111" if 0.299 * red + 0.587 * green + 0.114 * blue > 135 else "#ffffff"


def waterfall_layers(
    chart: alt.Chart, rows: Sequence[Row], number: str = "number"
) -> list[alt.Chart]:
    """Return bars and numbers of steps. `rows`: all that `chart` may show; `number`: as written."""
    top = max(row["end"] for row in rows) or 1.0
    bottom = min(0.0, *(min(row["from"], row["to"]) for row in rows))
    room = 0.34 * (top - bottom)  # for the numbers
    order = alt.EncodingSortField("row", op="min")
    label = alt.Y("label:N", sort=order, scale=alt.Scale(paddingInner=0.25), axis=row_labels(230))
    at = alt.X(
        "from:Q", scale=alt.Scale(domain=[bottom, top + room], nice=False),
        axis=alt.Axis(title="hours", tickCount=6, labels=True),
    )  # fmt: skip
    color = alt.Color("color:N", scale=None)
    numbers = chart.mark_text(align="left", dx=6, fontSize=13, aria=False)
    return [
        chart.mark_bar().encode(at, alt.X2("to:Q"), label, color, WORDS, HOVER),
        numbers.encode(alt.X("end:Q"), label, alt.Text(f"{number}:N")),
    ]


def waterfall_rows(result: Comparison, first: str, second: str) -> list[Row]:
    """Return a row for the first network, for each step, and for the second network."""
    fall = result.waterfalls[pair_name(first, second)]
    sums, at = (fall.first_hours, fall.second_hours), fall.first_hours.estimate
    longest = max((one.estimate for one in sums if isfinite(one.estimate)), default=0.0)
    rows = [_bar(result.label(first), 0.0, fall.first_hours)]
    for label, step in _worth_showing(fall.steps, longest):
        rows.append(_bar(label, at, step, LATER if step.estimate >= 0 else SOONER))
        at += step.estimate
    rows.append(_bar(result.label(second), 0.0, fall.second_hours))
    return [{**row, "row": at} for at, row in enumerate(rows)]


def _worth_showing(steps: Mapping[str, Estimate], longest: float) -> list[tuple[str, Estimate]]:
    """Return the steps that can be seen, and the sum of the others as the last."""
    least = _LEAST_STEP * longest
    shown = [
        (CAUSE_METRICS[cause].label, one)
        for cause, one in steps.items()
        if abs(one.estimate) >= least
    ]
    rest = sum(one.estimate for one in steps.values() if abs(one.estimate) < least)
    if abs(rest) > 1e-9 * max(longest, 1e-9):
        shown.append(("all else", Estimate(rest)))
    return shown


def _bar(label: str, start: float, size: Estimate, color: str = TOTAL) -> Row:
    definition = _HOURS if color == TOTAL else _HOURS.of_a_change()
    number = estimate_text(size, definition).replace(" hours", " h")
    places = (start, start + size.estimate)
    start, end = (one if isfinite(one) else 0.0 for one in places)
    return {
        "label": label, "from": start, "to": end, "end": max(start, end), "color": color,
        "number": number, "short": number.partition(" (")[0], "words": f"{label}: {number}",
    }  # fmt: skip


def busy_rows(result: Comparison, network: str, facilities: Mapping[str, Facility]) -> list[Row]:
    """Return how busy the worst places are: a row for each hour with workers on duty."""
    totals = result.places[network]
    names, share = totals.names, totals.utilisation
    worst = np.argsort(-totals.queue_hours, kind="stable")[:_MOST_PLACES].tolist()
    places = {row: place_words(names.facilities[row], names.kinds[row], facilities)
              for row in worst}  # fmt: skip
    return [
        {
            "network": result.label(network),
            "place": places[row],
            "rank": rank,
            "hour": hour,
            "busy": round(busy, 4),
            "words": f"{places[row]}, {hour}:00 to {hour + 1}:00: {busy:.0%} busy",
        }
        for rank, row in enumerate(worst)
        if totals.queue_hours[row] > 0
        for hour, busy in enumerate(share[row].tolist())
        if np.isfinite(busy)
    ]


def place_words(place: str, kind: str, facilities: Mapping[str, Facility]) -> str:
    """Return a facility as a reader knows it: its city if that is known, its kind and id."""
    if place == SELLERS:
        return "all sellers"
    one = facilities.get(place)
    city = f"{nearest_city(one.latitude, one.longitude)}: " if one else ""
    return f"{city}{kind} {place}"
