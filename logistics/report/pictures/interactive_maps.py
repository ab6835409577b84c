"""The map of the markets for the page: the reader chooses network, metric, and what to compare."""

from __future__ import annotations

import json
from functools import cache
from math import isfinite
from typing import Any

import altair as alt
import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.report.pictures.drawing import GRAY
from logistics.report.pictures.map_sheets import HEIGHT, LAND, WIDTH, Floats, cells, outlines
from logistics.report.pictures.market_maps import (
    DIFFERENCE,
    METRICS,
    MarketMetric,
    classes,
    has_orders,
    parcels_of,
)
from logistics.report.pictures.style import CLASSES, Row, chart_of, labels_of, switch
from networks.geography import load_markets

_FRAME = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]]) * 10
_NOTHING, _NO_ORDERS = len(CLASSES), len(CLASSES) + 1  # classes of markets without a value
_POINTS = (
    (0.0, 5.0, 10.0, 20.0, 30.0, 50.0),
    ("same or better", "5", "10", "20", "30", "50", "more"),
)
_NONE = "none"
_NEVER = 99.0  # days: stands for not reached
_RATIO = HEIGHT / WIDTH


def market_map(result: Comparison) -> alt.LayerChart:
    """Return the map, with switches. It first shows the network whose markets differ most."""
    chart = chart_of(_rows(result)).transform_calculate(**_calculated(result))
    shades = alt.Scale(
        domain=[*range(len(CLASSES)), _NOTHING, _NO_ORDERS], range=[*CLASSES, GRAY, LAND]
    )
    legend = alt.Legend(
        title=None, orient="bottom", direction="horizontal", columns=5, symbolType="square",
        symbolSize=200, labelExpr=f"({json.dumps(_legend())})[{_KEY}][datum.value]", labelLimit=140,
        values=list(range(_NO_ORDERS)),
    )  # fmt: skip
    tips = [alt.Tooltip("market:N", title="Market"), alt.Tooltip("shown:N", title="Shown")]
    tips += [alt.Tooltip(f"t{at}:N", title=label) for at, label in enumerate(labels_of(result))]
    shapes = chart.mark_geoshape(stroke="white", strokeWidth=0.3).encode(
        alt.Color("class:O", scale=shades, legend=legend), tooltip=tips
    )
    sea = chart_of([_feature("Polygon", _sea())]).mark_geoshape(
        fill="white", stroke=None, tooltip=None
    )
    lines = [np.reshape(line, (-1, 2)).tolist() for line in outlines()["borders"]]
    borders = chart_of([_feature("MultiLineString", lines)]).mark_geoshape(
        filled=False, stroke="#ffffff", strokeWidth=1.2
    )
    layers = [shapes, borders, sea]
    map_ = alt.LayerChart(layer=layers).project(type="identity")
    return map_.add_params(*_switches(result, _most_varied(result)))


def height_of_map() -> dict[str, Any]:
    """Return the parameter that keeps the map's shape at any width."""
    return {"name": "height", "expr": f"max(200, width * {_RATIO})"}


_KEY = f"(against == '{_NONE}' ? '' : 'more ') + kinds[metric]"


def _switches(result: Comparison, first: str) -> list[alt.Parameter]:
    networks = {f"n{at}": label for at, label in enumerate(labels_of(result))}
    shown = f"n{result.names.index(first)}"
    found = [
        switch("network", "Network", networks, shown),
        switch("metric", "shows", {key: one.title for key, one in METRICS.items()}, "p95"),
        alt.param(name="kinds", value={key: _kind(one) for key, one in METRICS.items()}),
    ]
    more = {_NONE: "nothing", **networks}
    if len(networks) > 1:
        return [*found, switch("against", "against", more, _NONE)]
    return [*found, alt.param(name="against", value=_NONE)]


def _most_varied(result: Comparison) -> str:
    """Return the network whose most frequent class of P95 days holds the fewest markets."""

    def alike(name: str) -> int:
        days = METRICS["p95"].of(result, name)
        found = classes(days[np.isfinite(days)], METRICS["p95"].limits)
        return int(np.bincount(found).max()) if len(found) else len(days)

    return min(result.names, key=alike)


def _kind(metric: MarketMetric) -> str:
    return "share" if metric.share else "days"


def _calculated(result: Comparison) -> dict[str, str]:
    """Return the expressions that make a class and the words of each market, by field."""
    limits = {
        "days": METRICS["p95"].limits,
        "share": [-one for one in METRICS["on_time"].limits],
        "more days": DIFFERENCE[0],
        "more share": [one / 100 for one in _POINTS[0]],
    }
    above = " + ".join(f"(datum.bad > limits[{at}] + 1e-9)" for at in range(len(CLASSES) - 1))
    above = above.replace("limits", f"({json.dumps(limits)})[{_KEY}]")
    number = (
        "kinds[metric] == 'days' ? format(datum.bad, {days}) + ' days' :"
        " format(datum.bad * {sign}, {points}) {unit}"
    )
    alone = number.format(days="'.1f'", sign=-1, points="'.0%'", unit="")
    more = number.format(days="'+.1f'", sign=-100, points="'+.0f'", unit="+ ' points'")
    fields = {
        "value": "datum[network + '_' + metric]",
        "other": f"against == '{_NONE}' ? 0 : datum[against + '_' + metric]",
        "known": "isValid(datum.value) && isValid(datum.other)",
        "bad": "(datum.value - datum.other) * (kinds[metric] == 'days' ? 1 : -1)",
        "class": f"!datum.asked ? {_NO_ORDERS} : !datum.known ? {_NOTHING} : {above}",
        "shown": f"!datum.known ? 'too few parcels' : datum.value == {_NEVER} ? 'not reached' :"
        f" against == '{_NONE}' ? {alone} : {more}",
    }
    for at in range(len(result.names)):
        fields[f"t{at}"] = " + ', ' + ".join([
            f"'P95 ' + {_number(f'n{at}_p95', '.1f')}",
            f"'median ' + {_number(f'n{at}_p50', '.1f')} + ' days'",
            f"'on time ' + {_number(f'n{at}_on_time', '.0%')}",
            f"'within 2 dates ' + {_number(f'n{at}_within_2', '.0%')}",
        ])  # fmt: skip
    return fields


def _number(field: str, format_: str) -> str:
    return f"(isValid(datum.{field}) ? format(datum.{field}, '{format_}') : '-')"


def _legend() -> dict[str, list[str]]:
    """Return what the classes are called, by what is shown."""
    days, shares = METRICS["p95"].labels, METRICS["on_time"].labels
    few = "too few parcels"
    return {
        "days": [f"{days[0]} day", *days[1:-1], f"{days[-1]} days", few],
        "share": [*shares, few],
        "more days": [DIFFERENCE[1][0], *(f"+{one} days" for one in DIFFERENCE[1][1:]), few],
        "more share": [
            _POINTS[1][0], *(f"up to {one} points less" for one in _POINTS[1][1:-1]), "more", few
        ],
    }  # fmt: skip


def _rows(result: Comparison) -> list[Row]:
    """Return each market with its shape and, by network and metric, its values."""
    markets, asked = load_markets(), has_orders(result).tolist()
    columns = {
        f"n{at}_{key}": _plain(metric.of(result, name), 3 if metric.share else 2)
        for at, name in enumerate(result.names)
        for key, metric in METRICS.items()
    }
    count = np.sum([parcels_of(result, name) for name in result.names], axis=0) // len(result.names)
    return [
        {
            **_feature("Polygon", [cell]),
            "market": f"{name} (ZIP {id_.removeprefix('Z')}), {parcels:,} parcels",
            "asked": orders,
            **{key: values[at] for key, values in columns.items()},
        }
        for at, (id_, name, cell, orders, parcels) in enumerate(
            zip(markets.ids, markets.names, _cells(), asked, count.tolist(), strict=True)
        )
    ]


def _plain(values: Floats, digits: int) -> list[float | None]:
    reached = np.where(np.isposinf(values), _NEVER, values)
    return [round(one, digits) if isfinite(one) else None for one in reached.tolist()]


def _feature(kind: str, coordinates: list[Any]) -> Row:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}}


@cache
def _cells() -> list[list[list[int]]]:
    return [_within_frame(cell.astype(np.float64)) for cell in cells()]


def _within_frame(corners: Floats) -> list[list[int]]:
    """Return a convex polygon cut by the map's frame (Sutherland and Hodgman 1974), closed."""
    for axis, limit, sign in ((0, 0, 1), (0, _FRAME[2, 0], -1), (1, 0, 1), (1, _FRAME[2, 1], -1)):
        inside = sign * (corners[:, axis] - limit)
        kept: list[Floats] = []
        for at, (here, depth) in enumerate(zip(corners, inside, strict=True)):
            before, other = corners[at - 1], inside[at - 1]
            if depth * other < 0:
                kept.append(before + (here - before) * (other / (other - depth)))
            if depth >= 0:
                kept.append(here)
        corners = np.array(kept)
    closed = np.rint([*corners, corners[0]])
    return [[int(x), int(y)] for x, y in closed]


def _sea() -> list[list[list[int]]]:
    """Return the frame with the nation as holes in it, which run the other way around."""
    frame = [*_FRAME.tolist(), _FRAME[0].tolist()]
    rings = [np.reshape(ring, (-1, 2)) for ring in outlines()["nation"]]
    return [frame, *(ring[:: -1 if _area(ring) > 0 else 1].tolist() for ring in rings)]


def _area(ring: Any) -> float:
    x, y = np.transpose(ring).astype(np.float64)
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
