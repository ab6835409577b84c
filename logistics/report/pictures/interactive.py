"""Charts of the page that answer to a reader: switches of network and metric, and tooltips.

Each is a Vega-Lite specification with its data in it, as wide as its place on the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison, pair_name
from logistics.analysis.statistics.intervals import percent
from logistics.report.pictures.catalog import has_group
from logistics.report.pictures.causes import (
    GROUP_COLORS,
    busy_hours,
    busy_rows,
    cause_hours,
    group_hours,
    has_busy_places,
    network_rows,
    stacked,
    waterfall_layers,
    waterfall_rows,
)
from logistics.report.pictures.damage import AXIS, COLORS, actual, damage_rows
from logistics.report.pictures.interactive_maps import height_of_map, market_map
from logistics.report.pictures.market_maps import METRICS, NOT_SIMULATED, has_orders
from logistics.report.pictures.place_maps import Facilities
from logistics.report.pictures.style import (
    HOVER,
    chart_of,
    in_page,
    kind_color,
    labels_of,
    network_color,
    switch,
)
from logistics.report.pictures.times import DAYS, LAST_DAY, WHEN, curve_layers, when_rows
from logistics.report.text.answer import by_speed, farthest_pair, shown_pairs, slowest
from logistics.report.text.wording import delivers

_EVERY = 24  # quarters of an hour from one place of the reader's line to the next
_BAR = 38
_LETTER_DAYS = 0.4  # width of a letter on a phone


@dataclass(frozen=True)
class Interactive:
    """A chart of the page.

    `title`: a sentence that says what is to be seen. `spec`: Vega-Lite, with its data. `caption`:
    how to read it.
    """

    name: str
    title: str
    spec: dict[str, Any]
    caption: str


def interactive_charts(
    result: Comparison, facilities: Mapping[str, Facilities]
) -> dict[str, Interactive]:
    """Return by name the charts that the results allow, in the order of the page.

    `facilities`: of each network, by id.
    """
    if not any(map(delivers, result.metrics.values())):
        return {}
    return {chart.name: chart for chart in _charts(result, facilities)}


def _charts(result: Comparison, facilities: Mapping[str, Facilities]) -> Iterator[Interactive]:
    yield _times(result)
    if has_group(result, "all"):
        yield _why(result)
    if has_group(result, "market"):
        yield _where(result)
    if has_group(result, "order_date") and has_group(result, "weekday"):
        yield _when(result)
    yield _damage(result)
    busy = [name for name in result.names if has_busy_places(result, name)]
    if busy:
        yield _bottlenecks(result, busy, facilities)


def _times(result: Comparison) -> Interactive:
    labels = labels_of(result)
    rows = [
        {"day": at / 96, "after": f"{at / 96:g} days"}
        | {f"n{row}": f"{np.nan_to_num(band.share[at]):.1%}" for row, band in enumerate(
            result.distributions[name] for name in result.names)}
        for at in range(0, LAST_DAY * 96 + 1, _EVERY)
    ]  # fmt: skip
    near = alt.selection_point(
        name="near", nearest=True, on="pointerover", clear="pointerout", encodings=["x"],
        empty=False,
    )  # fmt: skip
    shares = [alt.Tooltip(f"n{row}:N", title=label) for row, label in enumerate(labels)]
    reader = chart_of(rows).mark_rule(color="#888888", strokeWidth=1.5)
    reader = reader.encode(
        DAYS,
        opacity=alt.condition(near, alt.value(1), alt.value(0)),
        tooltip=[alt.Tooltip("after:N", title="Delivered within"), *shares],
    ).add_params(near)
    half = {
        result.label(name): result.metrics[name]["delivery_days.p50"].estimate
        for name in result.names
    }
    within = ", ".join(
        f"{days:.1f} days with {label}" if isfinite(days) else f"never with {label}"
        for label, days in half.items()
    )
    caption = (
        "Share of all parcels delivered, by days since the order. Dots: median and P95. Point"
        " at the chart to read the share of every network."
    )
    spec = in_page(alt.LayerChart(layer=[*curve_layers(result, _LETTER_DAYS), reader]), 400)
    return Interactive("times", f"Half of the parcels arrive within {within}.", spec, caption)


def _why(result: Comparison) -> Interactive:
    pairs = [pair for pair in shown_pairs(result) if _falls(result, pair)]
    slow = slowest(result)
    hours = group_hours(cause_hours(result, slow))
    group = max(hours, key=lambda one: hours[one])
    doing = {"last mile": "in the last mile", "packing and sorting": "in packing and sorting"}
    title = (
        f"{_own(result.label(slow))} parcels spend {hours[group]:.0f} of"
        f" {sum(hours.values()):.0f} hours {doing.get(group, group)}."
    )
    if not pairs:
        return Interactive("why", title, _hours(result), "Mean hours of delivered parcels.")
    names = {pair: f"{result.label(pair[0])} to {result.label(pair[1])}" for pair in pairs}
    rows = [{**row, "pair": names[pair]} for pair in pairs for row in waterfall_rows(result, *pair)]
    first = names.get(farthest_pair(result), names[pairs[0]])
    chosen = switch("pair", "From", {name: name for name in names.values()}, first)
    chart = chart_of(rows).transform_filter("datum.pair == pair")
    most = max(row["row"] for row in rows) + 1
    layers = alt.LayerChart(layer=waterfall_layers(chart, rows, "short")).add_params(chosen)
    caption = (
        "Mean click-to-door hours of the same orders, step by step from one network to the other:"
        " orange adds hours, blue saves them. Point at a step to read its interval."
    )
    return Interactive("why", title, in_page(layers, _BAR * max(most, 2)), caption)


def _hours(result: Comparison) -> dict[str, Any]:
    """Return the hours by group of causes: what there is without a second network."""
    bars = {result.label(name): group_hours(cause_hours(result, name)) for name in result.names}
    chart = chart_of(stacked(bars, ("{:.0f}", "{:.1f} hours"))).mark_bar(stroke="white").encode(
        alt.X("from:Q", axis=alt.Axis(title="hours")), alt.X2("to:Q"), network_rows(list(bars)),
        kind_color(GROUP_COLORS), HOVER,
    )  # fmt: skip
    return in_page(chart, _BAR * (len(bars) + 1))


def _where(result: Comparison) -> Interactive:
    fastest = by_speed(result)[0]
    asked = has_orders(result)
    days = {
        name: METRICS["p95"].of(result, name) for name in dict.fromkeys([fastest, slowest(result)])
    }
    known = {name: np.where(asked & np.isfinite(one), np.ceil(one), np.nan)
             for name, one in days.items()}  # fmt: skip
    title = "Delivery times differ by market."
    if np.isfinite(known[fastest]).any():
        limit = int(np.nanmedian(known[fastest]))
        parts = [
            f"{percent(float(np.mean(found[np.isfinite(found)] <= limit)), 0)} of the markets with"
            f" {result.label(name)}"
            for name, found in known.items() if np.isfinite(found).any()
        ]  # fmt: skip
        title = f"95% of parcels arrive within {limit} days in {' and '.join(parts)}."
    spec = in_page(market_map(result), 400)
    spec["params"] = [*spec["params"], height_of_map()]
    caption = (
        "Each market is a ZIP3 area, darker where it is slower; days of 24 hours since the order,"
        f" rounded up. Point at a market to read all networks. {NOT_SIMULATED}"
    )
    return Interactive("where", title, spec, caption)


def _when(result: Comparison) -> Interactive:
    groups = {"weekday": "weekday of the order", "order_date": "date of the order"}
    rows = [row for group in groups for what in WHEN for row in when_rows(result, group, what)]
    metrics = {what: what for what in WHEN}
    chart = chart_of(rows).transform_filter("datum.group == by && datum.what == what")
    at = alt.X("when:N", sort=alt.EncodingSortField("at", op="min"),
               axis=alt.Axis(title=None, labelAngle=0, labelOverlap=True))  # fmt: skip
    axis = alt.Axis(title=None, labelExpr="what == 'mean days' ? format(datum.value, '.1f')"
                    " : format(datum.value, '.0%')", tickCount=6)  # fmt: skip
    lines = (
        chart.mark_line(strokeWidth=2.5, point=alt.OverlayMarkDef(size=80))
        .encode(
            at, alt.Y("value:Q", axis=axis), network_color(labels_of(result), legend=True), HOVER
        )
        .add_params(switch("by", "By", groups, "weekday"), switch("what", "shows", metrics, "late"))
    )
    days = [row for row in when_rows(result, "weekday", "mean days")
            if row["network"] == result.label(slowest(result))]  # fmt: skip
    best, worst = (choose(days, key=lambda row: row["value"]) for choose in (min, max))
    title = (
        f"{_own(worst['network'])} parcels take longest when ordered on {worst['when']}:"
        f" {worst['value']:.1f} days, against {best['value']:.1f} on {best['when']}."
    )
    caption = "Means over delivered parcels, shares of all parcels, by the local date of the order."
    return Interactive("when", title, in_page(lines, 300), caption)


def _damage(result: Comparison) -> Interactive:
    parts, bars = damage_rows(result)
    rows = network_rows(bars)
    bar = chart_of(parts).mark_bar(stroke="white").encode(
        alt.X("from:Q", axis=AXIS), alt.X2("to:Q"), rows, kind_color(COLORS), HOVER
    )  # fmt: skip
    chart = alt.LayerChart(layer=[bar, *(layer.encode(rows) for layer in actual(result))])
    rates = {name: result.metrics[name]["damage_rate"].estimate for name in result.names}
    shares = [f"{percent(rate, 2)} with {result.label(name)}"
              for name, rate in rates.items() if isfinite(rate)]  # fmt: skip
    title = f"Damaged of the delivered parcels: {', '.join(shares)}."
    caption = (
        "By what damaged them; below, what handling and packaging alone would predict."
        " Diamond: the actual share, with its interval."
    )
    return Interactive("damage", title, in_page(chart, _BAR * len(bars)), caption)


def _bottlenecks(
    result: Comparison, busy: list[str], facilities: Mapping[str, Facilities]
) -> Interactive:
    rows = [row for name in busy for row in busy_rows(result, name, facilities.get(name, {}))]
    labels = {result.label(name): result.label(name) for name in busy}
    slow = slowest(result, busy)
    worst = next(row for row in rows if row["network"] == result.label(slow))
    most = max((row for row in rows if row["place"] == worst["place"]
                and row["network"] == worst["network"]), key=lambda row: row["busy"])  # fmt: skip
    chosen = switch("network", "Network", labels, worst["network"])
    chart = busy_hours(chart_of(rows).transform_filter("datum.network == network"))
    title = (
        f"{_own(worst['network'])} parcels wait longest for workers at {worst['place']}:"
        f" {most['busy']:.0%} busy at {most['hour']}:00."
    )
    caption = (
        "Share of the workers' time in work by local hour, where parcels wait longest, worst first;"
        " blank: no one on duty."
    )
    places = max(row["rank"] for row in rows) + 1
    spec = in_page(chart.add_params(chosen), 28 * places + 40)
    return Interactive("bottlenecks", title, spec, caption)


def _falls(result: Comparison, pair: tuple[str, str]) -> bool:
    fall = result.waterfalls.get(pair_name(*pair))
    return fall is not None and isfinite(fall.first_hours.estimate)


def _own(label: str) -> str:
    """Return the possessive of a network's label."""
    return f"{label}'" if label.endswith("s") else f"{label}'s"
