"""From values to colors: scales that are even to the eye and safe for the color-blind."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

VIRIDIS = (
    "#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30",
    "#fde725",
)  # fmt: skip
"""Perceptually even (van der Walt and Smith 2015, matplotlib; CC0)."""

BLUE_ORANGE = (
    "#053061", "#2166ac", "#4393c3", "#92c5de", "#f4f4f2", "#fdb863", "#e08214", "#b35806",
    "#7f3b08",
)  # fmt: skip
"""Diverging: blue below, orange above (Brewer's RdBu and PuOr, Apache 2.0)."""

_SHADES = 48  # a scale has so many: fine enough to look even, few enough to be written shortly


@dataclass(frozen=True)
class Scale:
    """Colors from `low` to `high`; values beyond take the color of the end."""

    low: float
    high: float
    colors: tuple[str, ...]

    def color(self, value: float) -> str:
        """Return the color of a finite value."""
        part = (value - self.low) / (self.high - self.low)
        return self.shade(round(min(max(part, 0.0), 1.0) * _SHADES) / _SHADES)

    def shade(self, part: float) -> str:
        """Return the color at a part of the way, 0 to 1."""
        channels = ([int(color[at : at + 2], 16) for color in self.colors] for at in (1, 3, 5))
        places = np.arange(len(self.colors))
        mixed = (np.interp(part * places[-1], places, channel) for channel in channels)
        return "#" + "".join(f"{round(channel):02x}" for channel in mixed)

    def ticks(self) -> list[float]:
        """Return round values along the scale."""
        step = round_step((self.high - self.low) / 6)
        first = math.ceil(self.low / step - 1e-9)
        return [row * step for row in range(first, math.floor(self.high / step + 1e-9) + 1)]


def sequential(values: ArrayLike, dark_is_high: bool = True) -> Scale:
    """Return a scale over the finite values, but for the outermost fiftieth on either side."""
    finite = _finite(values)
    low, high = np.quantile(finite, (0.02, 0.98)) if len(finite) else (0.0, 1.0)
    step = round_step((high - low) / 6 or abs(high) / 6 or 1.0)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    colors = VIRIDIS[::-1] if dark_is_high else VIRIDIS
    return Scale(low, high if high > low else low + step, colors)


def diverging(values: ArrayLike) -> Scale:
    """Return a scale whose middle is 0."""
    finite = np.abs(_finite(values))
    high = float(np.quantile(finite, 0.99)) if len(finite) else 1.0
    step = round_step(high / 4 or 1.0)
    end = math.ceil(high / step - 1e-9) * step or step
    return Scale(-end, end, BLUE_ORANGE)


def round_step(step: float) -> float:
    """Return the least of 1, 2, 5 times a power of ten that is not below `step`.

    >>> round_step(0.3), round_step(7.0)
    (0.5, 10.0)
    """
    power = 10.0 ** math.floor(math.log10(step))
    rounded = (factor * power for factor in (1.0, 2.0, 5.0, 10.0))
    return next(value for value in rounded if value >= step * 0.999)


def _finite(values: ArrayLike) -> NDArray[np.float64]:
    found = np.asarray(values, np.float64)
    return found[np.isfinite(found)]
