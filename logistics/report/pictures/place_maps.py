"""Maps of a network's own places: its facilities by size and kind, and the flows between states."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, nan, sqrt

import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.report.pictures.drawing import INK, SOFT, Drawing, text, tooltip
from logistics.report.pictures.map_sheets import (
    WIDTH,
    Floats,
    Shade,
    albers,
    plain_layer,
    sheet,
    swatches,
)
from logistics.report.pictures.style import OKABE_ITO, round_step
from networks.geography import load_markets, nearest_city
from networks.schema import FACILITY_KINDS, Facility

Facilities = Mapping[str, Facility]
"""The facilities of a network, by id (see `Network.facilities`)."""

KIND_COLORS = dict(
    zip(
        FACILITY_KINDS,
        ("#B34700", "#C47D00", "#000000", "#A6457E", "#005A8F", "#1F78B4"),
        strict=True,
    )
)

MOST_FLOWS = 30
"""Flows that are drawn."""

_LARGEST, _SMALLEST = 20.0, 2.6  # radius of a circle
_WIDEST, _THINNEST = 14.0, 1.2
_BEND = 0.16  # of the distance: how far an arc leaves the straight line
_ROWS = 3  # of a legend
_COLUMN = 320
_NAMED = 8  # facilities whose city is written
_APART = (150.0, 22.0)  # of two names, in map units
_BUILT_FOR = re.compile(r"built for ([\d,]+) parcels a day:")


@dataclass(frozen=True)
class _Flow:
    """What goes from state to state a day."""

    origin: str
    destination: str
    parcels: float


def plot_facilities_map(result: Comparison, network: str, facilities: Facilities) -> Drawing:
    """Draw each facility as a circle: its area is the parcels a day, its color the kind.

    The largest have the names of their cities.
    """
    sizes = parcels_per_day(result, network)
    most = max((sizes.get(place, 0.0) for place in facilities), default=0.0) or 1.0
    order = sorted(facilities, key=lambda place: -sizes.get(place, 0.0))
    placed = list(zip(order, _places(order, facilities), strict=True))
    shapes = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_radius(sizes.get(place, 0.0), most):.1f}"'
        f' fill="{KIND_COLORS[facilities[place].kind]}" fill-opacity=".8" stroke="#fff"'
        f' stroke-width=".6">' + tooltip(_words(place, facilities[place], sizes)) + "</circle>"
        for place, (x, y) in placed
    ]
    counts = Counter(one.kind for one in facilities.values())
    colors = [(KIND_COLORS[kind], f"{kind} ({counts[kind]:,})") for kind in FACILITY_KINDS
              if counts[kind]]  # fmt: skip
    legend = _legend(
        colors, most, (680, 26),
        lambda x, value: f'<circle cx="{x}" cy="52" r="{_radius(value, most):.1f}" fill="none"'
        f' stroke="{INK}"/>',
    )  # fmt: skip
    body = [*plain_layer(), *shapes, *_city_names(placed[: 4 * _NAMED], facilities)]
    title = f"Where the facilities of {result.label(network)} are"
    return sheet(title, "", _volume_words(result, network), body, legend)


def plot_flows_map(result: Comparison, network: str, facilities: Facilities) -> Drawing:
    """Draw the largest flows between states as arcs bent to the right of their direction.

    An arc is as wide as the parcels that go from facilities of one state to those of another.
    """
    flows = state_flows(result, network, facilities)
    shown = flows[:MOST_FLOWS]
    widest = max((flow.parcels for flow in shown), default=1.0)
    centers = _state_centers(facilities)
    lines = [_line(flow, widest, centers) for flow in reversed(shown)]
    part = sum(flow.parcels for flow in shown) / (sum(flow.parcels for flow in flows) or 1.0)
    which = f"{len(shown)} largest of {len(flows):,} flows, {part:.0%} of what crosses state lines."
    note = f"{which} {_volume_words(result, network)}"
    legend = _legend(
        [(OKABE_ITO[0], "from state to state, bent to the right")], widest, (660, 50),
        lambda x, value: f'<path d="M{x},52h40" stroke="{INK}"'
        f' stroke-width="{_width(value, widest):.1f}"/>',
    )  # fmt: skip
    title = f"Where the parcels of {result.label(network)} travel"
    return sheet(title, "", note, [*plain_layer(), *lines], legend)


def real_volume(result: Comparison, network: str) -> float:
    """Return the parcels a day that a network is built for, those of other shippers left out.

    NaN where its facts do not tell.
    """
    facts = result.run.get("networks", {}).get(network, {})
    known = [found for line in facts.get("built", ()) if (found := _BUILT_FOR.match(line))]
    # who carries for others, too, is built for more than who sells
    return min((float(one[1].replace(",", "")) for one in known), default=nan)


def parcels_per_day(result: Comparison, network: str) -> dict[str, float]:
    """Return the parcels a day by facility, at the real volume where that is known."""
    totals = result.places[network]
    sizes = (totals.parcels_at_per_day * _factor(result, network)).tolist()
    return dict(zip(totals.names.facilities, sizes, strict=True))


def state_flows(result: Comparison, network: str, facilities: Facilities) -> list[_Flow]:
    """Return the flows from state to state, largest first, at real volume; not within a state."""
    totals, factor = result.places[network], _factor(result, network)
    names, sums = totals.names, defaultdict[tuple[str, str], float](float)
    lanes = zip(names.origin, names.destination, totals.parcels_on_per_day.tolist(), strict=True)
    for origin, destination, parcels in lanes:
        ends = (names.facilities[origin], names.facilities[destination])
        if origin < 0 or destination < 0 or not parcels > 0 or not set(ends) <= facilities.keys():
            continue
        start, end = (_state(facilities[place]) for place in ends)
        if start != end:
            sums[start, end] += parcels * factor
    flows = [_Flow(*pair, parcels) for pair, parcels in sums.items()]
    return sorted(flows, key=lambda flow: (-flow.parcels, flow.origin, flow.destination))


def _factor(result: Comparison, network: str) -> float:
    """Return how many parcels one of the sample stands for; 1 if that is not known."""
    factor = real_volume(result, network) / (result.run.get("orders_per_day") or nan)
    return factor if isfinite(factor) else 1.0


def _volume_words(result: Comparison, network: str) -> str:
    volume = real_volume(result, network)
    if not isfinite(volume):
        return "Parcels of the sample."
    return (
        f"At its real volume, {volume:,.0f} parcels a day in all; each network has its own scale."
    )


def _city_names(placed: Sequence[tuple[str, Floats]], facilities: Facilities) -> list[str]:
    """Return the cities of the largest facilities, no two close to each other."""
    written: list[Floats] = []
    shapes = []
    for place, at in placed:
        near = any(np.abs(at - other)[0] < _APART[0] and np.abs(at - other)[1] < _APART[1]
                   for other in written)  # fmt: skip
        if near or len(written) == _NAMED:
            continue
        written.append(at)
        city = nearest_city(facilities[place].latitude, facilities[place].longitude)
        left = at[0] > WIDTH - 150
        halo = {
            "stroke": "#fff",
            "stroke_width": "4",
            "paint_order": "stroke",
            "font_weight": "bold",
        }
        shapes.append(text(at[0] + (-14 if left else 14), at[1] + 5, city, 15,
                           text_anchor="end" if left else "start", **halo))  # fmt: skip
    return shapes


def _words(place: str, facility: Facility, sizes: Mapping[str, float]) -> str:
    city = nearest_city(facility.latitude, facility.longitude)
    return f"{city}: {facility.kind} {place}, {sizes.get(place, 0.0):,.0f} parcels a day"


def _state(facility: Facility) -> str:
    markets = load_markets()
    return markets.states[markets.index(facility.market)]


def _state_centers(facilities: Facilities) -> dict[str, Floats]:
    """Return where each state's facilities lie on average, in map units."""
    by_state: dict[str, list[str]] = defaultdict(list)
    for place, facility in facilities.items():
        by_state[_state(facility)].append(place)
    return {state: _places(ids, facilities).mean(axis=0) for state, ids in by_state.items()}


def _line(flow: _Flow, most: float, centers: Mapping[str, Floats]) -> str:
    start, end = centers[flow.origin], centers[flow.destination]
    middle = (start + end) / 2 + _BEND * np.array([start[1] - end[1], end[0] - start[0]])
    (x, y), (bend_x, bend_y), (to_x, to_y) = start, middle, end
    words = f"{flow.origin} to {flow.destination}: {flow.parcels:,.0f} parcels a day"
    return (
        f'<path d="M{x:.1f},{y:.1f}Q{bend_x:.1f},{bend_y:.1f} {to_x:.1f},{to_y:.1f}" fill="none"'
        f' stroke="{OKABE_ITO[0]}" stroke-width="{_width(flow.parcels, most):.1f}"'
        f' stroke-opacity=".65">{tooltip(words)}</path>'
        f'<circle cx="{to_x:.1f}" cy="{to_y:.1f}" r="4" fill="{INK}"/>'
    )


def _places(ids: Sequence[str], facilities: Facilities) -> Floats:
    longitude = [facilities[place].longitude for place in ids]
    return albers(longitude, [facilities[place].latitude for place in ids])


def _radius(parcels: float, most: float) -> float:
    return max(_LARGEST * sqrt(parcels / most), _SMALLEST)


def _width(parcels: float, most: float) -> float:
    return max(_WIDEST * parcels / most, _THINNEST)


def _legend(
    colors: Sequence[Shade],
    most: float,
    first: tuple[int, int],
    shape: Callable[[int, float], str],
) -> list[str]:
    """Return the colors in columns, then two sizes and their parcels a day.

    `first`: x of the first size, and room up to its number. `shape`: draws a size at an x.
    """
    parts = []
    for column in range(0, len(colors), _ROWS):
        parts += swatches(colors[column : column + _ROWS], 20 + _COLUMN * (column // _ROWS))
    parts.append(text(660, 20, "parcels a day"))
    left, room = first
    large = round_step(most / 2)
    for x, value in ((left, large), (820, large / 10)):
        words = f"{value:,.4g}" if value < 10 else f"{value:,.0f}"
        parts.append(shape(x, value) + text(x + room, 58, words, fill=SOFT))
    return parts
