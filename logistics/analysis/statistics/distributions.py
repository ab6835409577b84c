"""Counts on a fixed grid: a distribution of millions of parcels in a few kilobytes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.statistics.intervals import LEVEL, Band, Floats, mean_band

_ROUNDING = 1e-7  # in steps: so that 1/96 * 96 falls on its step, and a tick more does not


@dataclass(frozen=True)
class Grid:
    """Equally spaced values: `first`, `first + 1/steps_per_unit`, ... `last`."""

    first: int
    last: int
    steps_per_unit: int

    def values(self) -> Floats:
        """Return the values."""
        first, last = self.first * self.steps_per_unit, self.last * self.steps_per_unit
        return np.arange(first, last + 1) / self.steps_per_unit


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many values are above the grid value before and not above each.

    `counts[0]` also has everything below the grid. `total` has what lies above it as well, +inf
    included, so that a share is always of all.
    """

    grid: Grid
    counts: NDArray[np.int32]
    total: int

    @classmethod
    def of(cls, values: Floats, grid: Grid) -> Histogram:
        """Count values on a grid."""
        steps = (grid.last - grid.first) * grid.steps_per_unit
        place = (values - grid.first) * grid.steps_per_unit
        place -= _ROUNDING
        np.ceil(place, out=place)
        np.clip(place, 0, steps + 1, out=place)
        counts = np.bincount(place.astype(np.int32), minlength=steps + 2)[: steps + 1]
        return cls(grid, counts.astype(np.int32), len(values))

    def shares(self) -> Floats:
        """Return the share of all values at or below each grid value; NaN if there are none."""
        below = np.cumsum(self.counts, dtype=np.int64)
        return below / self.total if self.total else np.full(len(below), math.nan)

    def within(self, value: int) -> tuple[int, int]:
        """Return how many values are at or below a whole number on the grid, and of how many."""
        step = (value - self.grid.first) * self.grid.steps_per_unit
        return int(self.counts[: step + 1].sum(dtype=np.int64)), self.total


class DistributionTotals:
    """Distribution functions of runs, added up one at a time: their mean, and how they vary.

    `runs`: how many had any value. `values`: how many those were. `mean`: (grid points,) share at
    or below each. However many runs, no more is kept than sums of squares beside it, in float64
    (Welford, Technometrics 4, 1962, 419-420): the same numbers as from all runs at once but for
    rounding, some 1e-15.
    """

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.runs = self.values = 0
        self.mean = grid.values() * 0.0
        self._squares = grid.values() * 0.0

    def add(self, one: Histogram) -> None:
        """Add a run; one without values does not count.

        Raises ValueError if it was counted on another grid.
        """
        if one.grid != self.grid:
            raise ValueError("2 different grids: count all runs on one")
        if not one.total:
            return
        self.runs += 1
        self.values += one.total
        above = one.shares() - self.mean
        self.mean = self.mean + above / self.runs
        self._squares = self._squares + above * (one.shares() - self.mean)

    @property
    def spread(self) -> Floats:
        """(grid points,) standard deviation between runs; NaN below two."""
        variance = self._squares / (self.runs - 1) if self.runs > 1 else self._squares * math.nan
        return np.asarray(np.sqrt(variance))

    def band(self, level: float = LEVEL) -> Band:
        """Return the mean distribution function with its interval; NaN without runs."""
        mean = self.mean if self.runs else self.mean * math.nan
        return mean_band(self.grid.values(), mean, self.spread, self.runs, level, self.values)


def mean_distribution(histograms: Sequence[Histogram], level: float = LEVEL) -> Band:
    """Return the mean over runs of their distribution functions, with its interval.

    Raises ValueError if the runs were counted on different grids.
    """
    totals = DistributionTotals(histograms[0].grid)
    for histogram in histograms:
        totals.add(histogram)
    return totals.band(level)
