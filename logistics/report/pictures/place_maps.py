"""Maps of a network's own places: its facilities by size and kind, and the lanes that move most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.place_totals import PlaceTotals
from logistics.report.pictures.drawing import INK, SOFT, Drawing, Type, text, tooltip
from logistics.report.pictures.map_sheets import Headline, circle, plain_layer, sheet, swatches
from logistics.report.pictures.projection import albers
from logistics.report.pictures.scales import round_step
from logistics.report.pictures.style import OKABE_ITO
from networks.geography import great_circle_km
from networks.schema import FACILITY_KINDS, Facility

Floats = NDArray[np.float64]

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
_BEND = 0.16  # of the way: how far an arc leaves the straight line
_ROWS = 3  # of a legend
_COLUMN = 320


@dataclass(frozen=True)
class _Arc:
    """A pair of facilities: parcels a day, and these times kilometres."""

    origin: str
    destination: str
    mode: str
    parcels: float
    work: float


def plot_facilities_map(
    result: Comparison, network: str, facilities: Mapping[str, Facility]
) -> Drawing:
    """Draw each facility as a circle: its area is the parcels a day, its color the kind.

    All networks of a comparison have the same scale. `facilities`: of the network, by id, for
    where they stand (see `Network.facilities`).
    """
    totals = result.places[network]
    sizes = dict(zip(totals.names.facilities, totals.parcels_at_per_day.tolist(), strict=True))
    busy = {place: sizes.get(place, 0.0) for place in facilities}
    most = max(_busiest(totals) for totals in result.places.values()) or 1.0
    order = sorted(busy, key=lambda place: -busy[place])
    shapes = [
        circle(x, y, _radius(busy[place], most), KIND_COLORS[facilities[place].kind], words)
        for place, (x, y) in zip(order, _places(order, facilities), strict=True)
        for words in [f"{facilities[place].kind} {place}: {busy[place]:,.0f} parcels a day"]
    ]
    kinds = [kind for kind in FACILITY_KINDS if any(f.kind == kind for f in facilities.values())]
    counts = {kind: sum(f.kind == kind for f in facilities.values()) for kind in kinds}
    colors = [(KIND_COLORS[kind], f"{kind} ({counts[kind]:,})") for kind in kinds]
    headline = Headline("Where the facilities are", network, _sample_words(result))
    return sheet(headline, [*plain_layer(), *shapes], [*_in_columns(colors), *_sizes(most)])


def plot_flows_map(
    result: Comparison,
    network: str,
    facilities: Mapping[str, Facility],
    most: float | None = None,
) -> Drawing:
    """Draw the lanes that move most, parcels times kilometres, as arcs bent to the right.

    An arc is as wide as the parcels on it. `facilities`: of the network, by id, for where they
    stand (see `Network.facilities`). `most`: parcels a day of the widest arc, the same for maps
    that stand side by side (see `most_on_lanes`); None for the network's own.
    """
    arcs = _by_work(result.places[network], facilities)
    shown = arcs[:MOST_LANES]
    most = most or _most(shown)
    by_mode: dict[str, float] = defaultdict(float)
    for arc in shown:
        by_mode[arc.mode] += arc.parcels
    modes = sorted(by_mode, key=lambda mode: (-by_mode[mode], mode))
    colors = {mode: OKABE_ITO[row % len(OKABE_ITO)] for row, mode in enumerate(modes)}
    lines = [_line(arc, most, colors[arc.mode], facilities) for arc in shown]
    part = sum(arc.work for arc in shown) / (sum(arc.work for arc in arcs) or 1.0)
    which = f"{len(shown)} of {len(arcs):,} lanes, {part:.0%} of all parcels times kilometres."
    headline = Headline("Where the parcels travel", network, f"{which} {_sample_words(result)}")
    legend = [(color, mode) for mode, color in colors.items()]
    return sheet(headline, [*plain_layer(), *lines], [*_in_columns(legend), *_widths(most)])


def most_on_lanes(result: Comparison, sites: Mapping[str, Mapping[str, Facility]]) -> float:
    """Return the parcels a day of the widest arc in the maps of all networks.

    `sites`: the facilities of each network, by its name.
    """
    placed = [name for name in result.places if name in sites]
    shown = (_by_work(result.places[name], sites[name])[:MOST_LANES] for name in placed)
    return max((_most(arcs) for arcs in shown), default=1.0)


def _most(arcs: Sequence[_Arc]) -> float:
    return max((arc.parcels for arc in arcs), default=1.0)


def _busiest(totals: PlaceTotals) -> float:
    """Return the parcels a day of the busiest facility; the last row, all sellers, is none."""
    return float(totals.parcels_at_per_day[:-1].max(initial=0.0))


def _by_work(totals: PlaceTotals, facilities: Mapping[str, Facility]) -> list[_Arc]:
    """Return the pairs of facilities by parcels times kilometres, lanes of one mode added up."""
    names, flows = totals.names, totals.parcels_on_per_day.tolist()
    pairs: dict[tuple[str, str, str], float] = defaultdict(float)
    for row, parcels in enumerate(flows):
        origin, destination = names.origin[row], names.destination[row]
        if origin < 0 or destination < 0 or not parcels > 0:
            continue
        start, end = names.facilities[origin], names.facilities[destination]
        if start in facilities and end in facilities:
            pairs[start, end, names.modes[row]] += parcels
    arcs = [
        _Arc(*pair, parcels, parcels * _apart_km(facilities[pair[0]], facilities[pair[1]]))
        for pair, parcels in pairs.items()
    ]
    return sorted(arcs, key=lambda arc: (-arc.work, arc.origin, arc.destination))


def _apart_km(one: Facility, other: Facility) -> float:
    return float(great_circle_km(one.latitude, one.longitude, other.latitude, other.longitude))


def _line(arc: _Arc, most: float, color: str, facilities: Mapping[str, Facility]) -> str:
    start, end = _places([arc.origin, arc.destination], facilities)
    middle = (start + end) / 2 + _BEND * np.array([start[1] - end[1], end[0] - start[0]])
    (x, y), (bend_x, bend_y), (to_x, to_y) = start, middle, end
    words = f"{arc.origin} to {arc.destination} by {arc.mode}: {arc.parcels:,.0f} parcels a day"
    return (
        f'<path d="M{x:.1f},{y:.1f}Q{bend_x:.1f},{bend_y:.1f} {to_x:.1f},{to_y:.1f}" fill="none"'
        f' stroke="{color}" stroke-width="{_width(arc.parcels, most):.1f}" stroke-opacity=".6"'
        f' stroke-linecap="round">{tooltip(words)}</path>'
    )


def _places(ids: Sequence[str], facilities: Mapping[str, Facility]) -> Floats:
    if not ids:
        return np.empty((0, 2))
    longitude = [facilities[place].longitude for place in ids]
    return albers(longitude, [facilities[place].latitude for place in ids])


def _radius(parcels: float, most: float) -> float:
    return max(_LARGEST * sqrt(parcels / most), _SMALLEST)


def _width(parcels: float, most: float) -> float:
    return max(_WIDEST * parcels / most, _THINNEST)


def _in_columns(colors: Sequence[tuple[str, str]]) -> list[str]:
    parts = []
    for column in range(0, len(colors), _ROWS):
        parts += swatches(colors[column : column + _ROWS], 20 + _COLUMN * (column // _ROWS))
    return parts


def _sizes(most: float) -> list[str]:
    """Return the legend of circles."""
    return _legend(
        most, 680, 26,
        lambda x, value: f'<circle cx="{x}" cy="52" r="{_radius(value, most):.1f}" fill="none"'
        f' stroke="{INK}"/>',
    )  # fmt: skip


def _widths(most: float) -> list[str]:
    """Return the legend of lines."""
    return _legend(
        most, 660, 50,
        lambda x, value: f'<path d="M{x},52h40" stroke="{INK}"'
        f' stroke-width="{_width(value, most):.1f}"/>',
    )  # fmt: skip


def _legend(most: float, at: int, room: int, shape: Callable[[int, float], str]) -> list[str]:
    """Return two sizes and their parcels a day: `shape` draws a value at an x, `at` the first."""
    parts = [text(660, 20, "parcels a day", Type(18))]
    large = round_step(most / 2)
    for x, value in ((at, large), (820, large / 10)):
        words = f"{value:,.4g}" if value < 10 else f"{value:,.0f}"
        parts.append(shape(x, value) + text(x + room, 58, words, Type(18, SOFT)))
    return parts


def _sample_words(result: Comparison) -> str:
    orders = result.run.get("orders_per_day")
    return f"Parcels of the sample of {orders:,} orders a day." if orders else ""
