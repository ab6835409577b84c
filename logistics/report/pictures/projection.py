"""Where a place stands on the map: Albers' equal-area conic projection of the lower 48 states."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 1000, 600
"""Size of the map in its own units; every place of the lower 48 states lies within."""

_PARALLELS = (29.5, 45.5)
_CENTRE = (-96.0, 37.5)
_SCALE = 1290.0  # map units an earth radius
_MIDDLE = (505.0, 326.0)


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

    angle = cone * np.radians(np.asarray(longitude, np.float64) - _CENTRE[0])
    out, middle = radius(latitude), radius(_CENTRE[1])
    x = _MIDDLE[0] + _SCALE * out * np.sin(angle)
    y = _MIDDLE[1] - _SCALE * (middle - out * np.cos(angle))
    return np.stack(np.broadcast_arrays(x, y), axis=-1)
