"""The lower 48 states as SVG paths: the nation, the borders between states, a cell per market.

The map is Albers' equal-area conic projection. A market is a ZIP3 area of which only the centroid
is known; its cell is all that lies nearer to that centroid than to any other (Voronoi), cut by the
nation's outline.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import Voronoi

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
    return "".join(_path(np.reshape(ring, (-1, 2))) for ring in _outlines()["nation"])


@cache
def border_path() -> str:
    """Return the borders between states."""
    return "".join(_path(np.reshape(line, (-1, 2)), "") for line in _outlines()["borders"])


@cache
def cell_paths() -> tuple[str, ...]:
    """Return the cell of each market, in the order of `load_markets`."""
    sites = market_places()
    around = np.array([[x, y] for x in (-1, 0.5, 2) for y in (-1, 0.5, 2) if (x, y) != (0.5, 0.5)])
    frame = around * (WIDTH, HEIGHT) * _FAR - np.array([WIDTH, HEIGHT]) * (_FAR - 1) / 2
    diagram = Voronoi(np.concatenate([sites, frame]))
    corners = np.rint(np.clip(diagram.vertices, -WIDTH, 2 * WIDTH) * 10).astype(np.int64)
    regions = (diagram.regions[row] for row in diagram.point_region[: len(sites)])
    return tuple(_path(corners[region]) for region in regions)


@cache
def market_places() -> Floats:
    """Return (markets, 2) map units: the centroids."""
    markets = load_markets()
    return albers(markets.longitude, markets.latitude)


@cache
def _outlines() -> dict[str, list[list[int]]]:
    file = resources.files("logistics.report.pictures.data").joinpath("outlines.json")
    content: dict[str, list[list[int]]] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _path(points: NDArray[np.int64], end: str = "z") -> str:
    """Return a line through points as a path of steps, which is short to write."""
    steps = np.diff(points, axis=0)
    words = "".join(f"{x:d}" + (f",{y:d}" if y >= 0 else f"{y:d}") + " " for x, y in steps)
    return f"M{points[0, 0]},{points[0, 1]}l{words.strip()}{end}"
