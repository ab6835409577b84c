"""Makes `outlines.json` from the us-atlas: the nation's rings and the borders between states.

npm pack us-atlas@3.0.1 && tar xzf us-atlas-3.0.1.tgz
python -m docs.make_outlines package/states-10m.json
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.report.pictures import map_sheets
from logistics.report.pictures.map_sheets import albers

Line = NDArray[np.float64]

ELSEWHERE = {"02", "15", "60", "66", "69", "72", "78"}
"""FIPS codes of Alaska, Hawaii and the territories."""

TOLERANCE = 0.45
"""Map units by which a simplified line may leave the original."""

SMALLEST_ISLAND = 6.0
"""Square map units (one is about 24 square kilometers)."""


def main() -> None:
    """Read states-10m.json, write outlines.json into the package."""
    atlas = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = [_decoded(arc, atlas["transform"]) for arc in atlas["arcs"]]
    states = atlas["objects"]["states"]["geometries"]
    uses = Counter(
        abs_index(arc)
        for state in states
        if state["id"] not in ELSEWHERE
        for ring in _rings(state)
        for arc in ring
    )
    outside = [arcs[arc] for arc, count in uses.items() if count == 1]
    rings = [_simplified_ring(ring) for ring in _joined(outside) if _area(ring) > SMALLEST_ISLAND]
    borders = [_simplified(arcs[arc]) for arc, count in uses.items() if count > 1]
    rings.sort(key=_area, reverse=True)
    content = {
        "nation": [_tenths(ring) for ring in rings],
        "borders": [_tenths(b) for b in borders],
    }
    path = Path(map_sheets.__file__).parent / "data" / "outlines.json"
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n", encoding="utf-8")


def abs_index(arc: int) -> int:
    """Return the number of an arc; a negative one (`~number`) is run through backwards."""
    return ~arc if arc < 0 else arc


def _rings(state: dict[str, Any]) -> Iterator[list[int]]:
    polygons = [state["arcs"]] if state["type"] == "Polygon" else state["arcs"]
    for polygon in polygons:
        yield from polygon


def _decoded(arc: list[list[int]], transform: dict[str, list[float]]) -> Line:
    """Return an arc on the map; a TopoJSON arc is steps of a grid."""
    steps = np.cumsum(np.array(arc, np.float64), axis=0)
    degrees = steps * transform["scale"] + transform["translate"]
    return albers(degrees[:, 0], degrees[:, 1])


def _joined(lines: list[Line]) -> Iterator[Line]:
    """Join lines that meet at their ends to rings."""
    left = list(lines)
    while left:
        ring = left.pop()
        while not np.allclose(ring[0], ring[-1], atol=1e-6):
            ring = _longer(ring, left)
        yield ring


def _longer(ring: Line, left: list[Line]) -> Line:
    for row, line in enumerate(left):
        for turned in (line, line[::-1]):
            if np.allclose(ring[-1], turned[0], atol=1e-6):
                left.pop(row)
                return np.concatenate([ring, turned[1:]])
    raise ValueError("an outline does not close")


def _area(ring: Line) -> float:
    x, y = ring.T
    return float(abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2)


def _simplified_ring(ring: Line) -> Line:
    """Simplify a closed line in two halves, since its ends are one point."""
    half = len(ring) // 2
    return np.concatenate([_simplified(ring[: half + 1])[:-1], _simplified(ring[half:])])


def _simplified(line: Line) -> Line:
    """Leave out points as Douglas and Peucker do (Cartographica 10, 1973)."""
    if len(line) < 3:
        return line
    along = line[-1] - line[0]
    length = float(np.hypot(*along)) or 1.0
    away = line - line[0]
    distance = np.abs(along[0] * away[:, 1] - along[1] * away[:, 0]) / length
    farthest = int(distance.argmax())
    if distance[farthest] <= TOLERANCE:
        return line[[0, -1]]
    return np.concatenate([_simplified(line[: farthest + 1])[:-1], _simplified(line[farthest:])])


def _tenths(line: Line) -> list[int]:
    """Return x, y, x, y, ... in tenths of a map unit."""
    return [int(value) for value in np.rint(line * 10).ravel()]


if __name__ == "__main__":
    main()
