"""The lower 48 states as SVG paths: the nation, the borders between states, a cell a market.

A market is a ZIP3 area of which only the centroid is known; its cell is all that lies nearer to
that centroid than to any other (Voronoi), cut by the nation's outline.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from logistics.report.pictures.projection import HEIGHT, WIDTH, albers
from networks.geography import load_markets

Ints = NDArray[np.int64]

TENTHS = 'transform="scale(.1)"'
"""What a group of these paths needs: they count in tenths of a map unit."""

_FAR = 3.0  # widths of the map: where points stand that make every cell finite


@cache
def nation_path() -> str:
    """Return the outline of the nation, its larger islands included."""
    return "".join(_path(_pairs(ring)) for ring in _outlines()["nation"])


@cache
def border_path() -> str:
    """Return the borders between states."""
    return "".join(_path(_pairs(line), "") for line in _outlines()["borders"])


@cache
def cell_paths() -> tuple[str, ...]:
    """Return the cell of each market, in the order of `load_markets`."""
    from scipy.spatial import Voronoi  # noqa: PLC0415  (scipy loads slowly)

    sites = market_places()
    around = np.array([[x, y] for x in (-1, 0.5, 2) for y in (-1, 0.5, 2) if (x, y) != (0.5, 0.5)])
    frame = around * (WIDTH, HEIGHT) * _FAR - np.array([WIDTH, HEIGHT]) * (_FAR - 1) / 2
    diagram = Voronoi(np.concatenate([sites, frame]))
    corners = np.rint(np.clip(diagram.vertices, -WIDTH, 2 * WIDTH) * 10).astype(np.int64)
    regions = (diagram.regions[row] for row in diagram.point_region[: len(sites)])
    return tuple(_path(corners[region]) for region in regions)


@cache
def market_places() -> NDArray[np.float64]:
    """Return (markets, 2) map units: the centroids."""
    markets = load_markets()
    return albers(markets.longitude, markets.latitude)


@cache
def _outlines() -> dict[str, list[list[int]]]:
    file = resources.files("logistics.report.pictures.data").joinpath("outlines.json")
    content: dict[str, list[list[int]]] = json.loads(file.read_text(encoding="utf-8"))
    return content


def _pairs(numbers: Sequence[int]) -> Ints:
    return np.array(numbers, np.int64).reshape(-1, 2)


def _path(points: Ints, end: str = "z") -> str:
    """Return a line through points as a path of steps, which is short to write."""
    steps = np.diff(points, axis=0)
    words = "".join(f"{x:d}" + (f",{y:d}" if y >= 0 else f"{y:d}") + " " for x, y in steps)
    return f"M{points[0, 0]},{points[0, 1]}l{words.strip()}{end}"
