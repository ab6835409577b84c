"""A map as a sheet of paper: headline, the lower 48 states, something on them, a legend below.

The map is Albers' equal-area conic projection. A market is a ZIP3 area of which only the centroid
is known; its cell is all that lies nearer to that centroid than to any other (Voronoi), cut by the
nation's outline.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import Voronoi

from logistics.report.pictures.drawing import FONT, SOFT, Drawing, text, tooltip
from networks.geography import load_markets

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 1000, 600
"""Size of the map in its own units; every place of the lower 48 states lies within."""

_PARALLELS = (29.5, 45.5)
_CENTER = (-96.0, 37.5)
_SCALE = 1290.0  # map units an earth radius
_MIDDLE = (505.0, 326.0)

TENTHS = 'transform="scale(.1)"'
"""What a group of these paths needs: they count in tenths of a map unit."""

_FAR = 3.0  # widths of the map: where points stand that make every cell finite

LAND = "#f3f3f0"
"""The country where nothing is drawn on it."""

Shade = tuple[str, str]
"""A color and what it stands for."""

_LINE = 30  # height of a line of text
_LEGEND = 92
_MARGIN = 14
_CHARACTERS = 66  # in a line of the headline
_RAMP = 500  # width of the legend's colors


def sheet(
    title: str, networks: str, note: str, body: Iterable[str], legend: Iterable[str]
) -> Drawing:
    """Return a map with its headline and legend.

    `title`: the metric. `note`: what one must know to read it. Too long lines are broken.
    """
    lines = [
        *((line, 25, {"font_weight": "bold"}) for line in textwrap.wrap(title, _CHARACTERS)),
        *((line, 21, {}) for line in textwrap.wrap(networks, _CHARACTERS + 10)),
        *((line, 19, {"fill": SOFT}) for line in textwrap.wrap(note, _CHARACTERS + 22)),
    ]
    top = _MARGIN + _LINE * len(lines)
    height = top + HEIGHT + _LEGEND
    words = ". ".join(line for line, *_ in lines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}"',
        f' width="{WIDTH:g}" height="{height:g}" role="img" font-family="{FONT}"',
        f' aria-label="{escape(title)}"><desc>{escape(words)}</desc>',
        f'<rect width="{WIDTH:g}" height="{height:g}" fill="white"/>',
        f'<g transform="translate(0 {top})">',
        *body,
        f'<g transform="translate(0 {HEIGHT + 4})">',
        *legend,
        "</g></g>",
        *(  # last: a map may reach beyond its frame
            text(_MARGIN, _MARGIN + _LINE * (row + 0.75), line, size, **attributes)
            for row, (line, size, attributes) in enumerate(lines)
        ),
        "</svg>",
    ]
    return Drawing("".join(parts))


def cells_layer(cells: Sequence[Shade], borders: str = "#fff") -> list[str]:
    """Return the markets' cells within the nation's outline, and the borders over them."""
    shapes = (
        f'<path d="{path}" fill="{color}">{tooltip(words)}</path>'
        for path, (color, words) in zip(cell_paths(), cells, strict=True)
    )
    everywhere = 10 * WIDTH
    sea = f"M-{everywhere},-{everywhere}h{3 * everywhere}v{3 * everywhere}h-{3 * everywhere}z"
    return [
        f"<g {TENTHS}>",
        *shapes,
        "</g>",
        f'<g {TENTHS} stroke-width="9">',
        f'<path d="{border_path()}" fill="none" stroke="{borders}" pointer-events="none"/>',
        # a white sea around the nation: the same to see as cutting the cells, and quicker to draw
        f'<path d="{sea}{nation_path()}" fill="#fff" fill-rule="evenodd" stroke="#8a8a86"/>',
        "</g>",
    ]


def plain_layer() -> list[str]:
    """Return the empty country, to draw upon."""
    return [
        f'<g {TENTHS} stroke-width="10">',
        f'<path d="{nation_path()}" fill="{LAND}" stroke="#8a8a86"/>',
        f'<path d="{border_path()}" fill="none" stroke="#c4c4c0"/></g>',
    ]


def class_legend(classes: Sequence[Shade], unit: str, others: Sequence[Shade]) -> list[str]:
    """Return the colors of classes side by side, and what the other colors mean."""
    left, width = _MARGIN + 6, _RAMP / len(classes)
    parts = [text(left, 14, unit)]
    for row, (color, label) in enumerate(classes):
        x, size = left + row * width, 16 if len(label) < 7 else 13
        parts.append(f'<rect x="{x:g}" y="22" width="{width - 2:g}" height="18" fill="{color}"/>')
        parts += [
            text(round(x + width / 2, 1), 60 + 16 * line, words, size, text_anchor="middle")
            for line, words in enumerate(textwrap.wrap(label, 8))
        ]
    return [*parts, *swatches(others, left + _RAMP + 40)]


def swatches(colors: Sequence[Shade], left: float) -> list[str]:
    """Return little squares, one below the other, with what each color means."""
    return [
        f'<rect x="{left:g}" y="{4 + 27 * row:g}" width="18" height="18" fill="{color}"'
        f' stroke="#888"/>' + text(left + 27, 19 + 27 * row, words)
        for row, (color, words) in enumerate(colors)
    ]


def albers(longitude: ArrayLike, latitude: ArrayLike) -> Floats:
    """Return (..., 2) map units, x to the right and y down, of places in degrees.

    Snyder 1987, "Map Projections: A Working Manual", USGS Professional Paper 1395, page 100, for
    a sphere.

    >>> albers(-96.0, 37.5).round().tolist()
    [505.0, 326.0]
    """
    south, north = np.sin(np.radians(_PARALLELS))
    cone = (south + north) / 2
    constant = 1 - south**2 + 2 * cone * south

    def radius(degrees: ArrayLike) -> Floats:
        return np.asarray(np.sqrt(constant - 2 * cone * np.sin(np.radians(degrees))) / cone)

    angle = cone * np.radians(np.asarray(longitude, np.float64) - _CENTER[0])
    out, middle = radius(latitude), radius(_CENTER[1])
    x = _MIDDLE[0] + _SCALE * out * np.sin(angle)
    y = _MIDDLE[1] - _SCALE * (middle - out * np.cos(angle))
    return np.stack(np.broadcast_arrays(x, y), axis=-1)


@cache
def nation_path() -> str:
    """Return the outline of the nation, its larger islands included."""
    return "".join(_path(np.reshape(ring, (-1, 2))) for ring in outlines()["nation"])


@cache
def border_path() -> str:
    """Return the borders between states."""
    return "".join(_path(np.reshape(line, (-1, 2)), "") for line in outlines()["borders"])


@cache
def cell_paths() -> tuple[str, ...]:
    """Return the cell of each market as a path, in the order of `load_markets`."""
    return tuple(_path(cell) for cell in cells())


@cache
def cells() -> tuple[NDArray[np.int64], ...]:
    """Return the corners of each market's cell, in tenths of a map unit."""
    sites = market_places()
    around = np.array([[x, y] for x in (-1, 0.5, 2) for y in (-1, 0.5, 2) if (x, y) != (0.5, 0.5)])
    frame = around * (WIDTH, HEIGHT) * _FAR - np.array([WIDTH, HEIGHT]) * (_FAR - 1) / 2
    diagram = Voronoi(np.concatenate([sites, frame]))
    corners = np.rint(np.clip(diagram.vertices, -WIDTH, 2 * WIDTH) * 10).astype(np.int64)
    regions = (diagram.regions[row] for row in diagram.point_region[: len(sites)])
    return tuple(corners[region] for region in regions)


@cache
def market_places() -> Floats:
    """Return (markets, 2) map units: the centroids."""
    markets = load_markets()
    return albers(markets.longitude, markets.latitude)


@cache
def outlines() -> dict[str, list[list[int]]]:
    """Return the rings of the nation and the borders of states, in tenths of a map unit, flat."""
    file = resources.files("logistics.report.pictures.data").joinpath("outlines.json")
    content: dict[str, list[list[int]]] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _path(points: NDArray[np.int64], end: str = "z") -> str:
    """Return a line through points as a path of steps, which is short to write."""
    steps = np.diff(points, axis=0)
    words = "".join(f"{x:d}" + (f",{y:d}" if y >= 0 else f"{y:d}") + " " for x, y in steps)
    return f"M{points[0, 0]},{points[0, 1]}l{words.strip()}{end}"
