"""Maps of a network's own places: its facilities by size and kind, and the lanes that move most."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.place_totals import PlaceTotals
from logistics.report.pictures.drawing import INK, SOFT, Drawing, text, tooltip
from logistics.report.pictures.map_sheets import Floats, Shade, albers, plain_layer, sheet, swatches
from logistics.report.pictures.style import OKABE_ITO, round_step
from networks.geography import great_circle_km
from networks.schema import FACILITY_KINDS, Facility

Facilities = Mapping[str, Facility]
"""The facilities of a network, by id (see `Network.facilities`)."""

KIND_COLORS = dict(
    zip(
        FACILITY_KINDS,
        ("#D55E00", "#E69F00", "#000000", "#CC79A7", "#0072B2", "#56B4E9"),
        strict=True,
    )
)

MOST_LANES = 150
"""Lanes that are drawn."""

_LARGEST, _SMALLEST = 17.0, 1.6  # radius of a circle
_WIDEST, _THINNEST = 9.0, 0.7
_BEND = 0.16  # of the distance: how far an arc leaves the straight line
_ROWS = 3  # of a legend
_COLUMN = 320


@dataclass(frozen=True)
class _Arc:
    """A pair of facilities: parcels a day, and these times kilometers."""

    origin: str
    destination: str
    mode: str
    parcels: float
    work: float


def plot_facilities_map(result: Comparison, network: str, facilities: Facilities) -> Drawing:
    """Draw each facility as a circle: its area is the parcels a day, its color the kind.

    All networks of a comparison have the same scale.
    """
    totals = result.places[network]
    sizes = dict(zip(totals.names.facilities, totals.parcels_at_per_day.tolist(), strict=True))
    # the last row, all sellers together, is no facility
    most = max(
        float(one.parcels_at_per_day[:-1].max(initial=0.0)) for one in result.places.values()
    ) or 1.0  # fmt: skip
    order = sorted(facilities, key=lambda place: -sizes.get(place, 0.0))
    shapes = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_radius(sizes.get(place, 0.0), most):.1f}"'
        f' fill="{KIND_COLORS[facilities[place].kind]}" fill-opacity=".72" stroke="#fff"'
        f' stroke-width=".8">'
        + tooltip(f"{facilities[place].kind} {place}: {sizes.get(place, 0.0):,.0f} parcels a day")
        + "</circle>"
        for place, (x, y) in zip(order, _places(order, facilities), strict=True)
    ]
    counts = Counter(one.kind for one in facilities.values())
    colors = [(KIND_COLORS[kind], f"{kind} ({counts[kind]:,})") for kind in FACILITY_KINDS
              if counts[kind]]  # fmt: skip
    legend = _legend(
        colors, most, (680, 26),
        lambda x, value: f'<circle cx="{x}" cy="52" r="{_radius(value, most):.1f}" fill="none"'
        f' stroke="{INK}"/>',
    )  # fmt: skip
    body = [*plain_layer(), *shapes]
    return sheet("Where the facilities are", network, _sample_words(result), body, legend)


def plot_flows_map(
    result: Comparison, network: str, facilities: Facilities, most: float | None = None
) -> Drawing:
    """Draw the lanes that move most, parcels times kilometers, as arcs bent to the right.

    An arc is as wide as the parcels on it. `most`: parcels a day of the widest arc, the same for
    maps that stand side by side (see `most_on_lanes`); None for the network's own.
    """
    arcs = _by_work(result.places[network], facilities)
    shown = arcs[:MOST_LANES]
    widest = most or max((arc.parcels for arc in shown), default=1.0)
    by_mode: dict[str, float] = defaultdict(float)
    for arc in shown:
        by_mode[arc.mode] += arc.parcels
    modes = sorted(by_mode, key=lambda mode: (-by_mode[mode], mode))
    colors = {mode: OKABE_ITO[row % len(OKABE_ITO)] for row, mode in enumerate(modes)}
    lines = [_line(arc, widest, colors[arc.mode], facilities) for arc in shown]
    part = sum(arc.work for arc in shown) / (sum(arc.work for arc in arcs) or 1.0)
    which = f"{len(shown)} of {len(arcs):,} lanes, {part:.0%} of all parcels times kilometers."
    legend = _legend(
        [(color, mode) for mode, color in colors.items()], widest, (660, 50),
        lambda x, value: f'<path d="M{x},52h40" stroke="{INK}"'
        f' stroke-width="{_width(value, widest):.1f}"/>',
    )  # fmt: skip
    note = f"{which} {_sample_words(result)}"
    return sheet("Where the parcels travel", network, note, [*plain_layer(), *lines], legend)


def most_on_lanes(result: Comparison, sites: Mapping[str, Facilities]) -> float:
    """Return the parcels a day of the widest arc in the maps of all networks.

    `sites`: the facilities of each network, by its name.
    """
    placed = [name for name in result.places if name in sites]
    shown = (_by_work(result.places[name], sites[name])[:MOST_LANES] for name in placed)
    return max((arc.parcels for arcs in shown for arc in arcs), default=1.0)


def _by_work(totals: PlaceTotals, facilities: Facilities) -> list[_Arc]:
    """Return the pairs of facilities by parcels times kilometers, lanes of one mode added up."""
    names = totals.names
    lanes = zip(names.origin, names.destination, names.modes, totals.parcels_on_per_day.tolist(),
                strict=True)  # fmt: skip
    pairs: dict[tuple[str, str, str], float] = defaultdict(float)
    for origin, destination, mode, parcels in lanes:
        if origin < 0 or destination < 0 or not parcels > 0:
            continue
        start, end = names.facilities[origin], names.facilities[destination]
        if start in facilities and end in facilities:
            pairs[start, end, mode] += parcels
    arcs = [
        _Arc(*pair, parcels, parcels * _apart_km(facilities[pair[0]], facilities[pair[1]]))
        for pair, parcels in pairs.items()
    ]
    return sorted(arcs, key=lambda arc: (-arc.work, arc.origin, arc.destination))


def _apart_km(one: Facility, other: Facility) -> float:
    return float(great_circle_km(one.latitude, one.longitude, other.latitude, other.longitude))


def _line(arc: _Arc, most: float, color: str, facilities: Facilities) -> str:
    start, end = _places([arc.origin, arc.destination], facilities)
    middle = (start + end) / 2 + _BEND * np.array([start[1] - end[1], end[0] - start[0]])
    (x, y), (bend_x, bend_y), (to_x, to_y) = start, middle, end
    words = f"{arc.origin} to {arc.destination} by {arc.mode}: {arc.parcels:,.0f} parcels a day"
    return (
        f'<path d="M{x:.1f},{y:.1f}Q{bend_x:.1f},{bend_y:.1f} {to_x:.1f},{to_y:.1f}" fill="none"'
        f' stroke="{color}" stroke-width="{_width(arc.parcels, most):.1f}" stroke-opacity=".6"'
        f' stroke-linecap="round">{tooltip(words)}</path>'
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


def _sample_words(result: Comparison) -> str:
    orders = result.run.get("orders_per_day")
    return f"Parcels of the sample of {orders:,} orders a day." if orders else ""
