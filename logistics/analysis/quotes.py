"""Which delivery date may be quoted, so that a given share of them is kept.

A cell is a market, a weekday (or date) of the order and a time of day at which it was placed. Its
own parcels are few, so what is known of it is joined with what is known of cells like it: a beta
prior for each class of cells and each number of days, of which the mean and the strength are those
of the class (empirical Bayes; moments as in Kleinman, Journal of the American Statistical
Association 68, 1973, 46-54). Where cells of a class are alike, the class decides; where they
differ, each decides for itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.statistics.intervals import Floats

MOST_DAYS = 30
"""Calendar days that can be quoted."""

NO_DATE = -1
"""In place of days: not even `MOST_DAYS` are kept."""

_STRONGEST = 1e4  # parcels that a prior weighs at most
_WEAKEST = 0.02

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class DateCounts:
    """Parcels by market, order date, time of day and calendar days until delivered.

    `counts`: (markets, dates, times, MOST_DAYS + 2); the last: later, or never. `zones`: (markets,
    9) parcels by carrier zone. Those of several runs add up.
    """

    counts: NDArray[np.int32]
    zones: NDArray[np.int32]

    def __add__(self, other: DateCounts) -> DateCounts:
        """Return the parcels of both."""
        return DateCounts(self.counts + other.counts, self.zones + other.zones)

    def by_weekday(self, first_weekday: int) -> Counts:
        """Return (markets, 7, times, MOST_DAYS + 2), Monday first.

        `first_weekday`: of the first date, 0 for Monday.
        """
        markets, dates, *rest = self.counts.shape
        found = np.zeros((markets, 7, *rest), np.int64)
        for number in range(dates):
            found[:, (first_weekday + number) % 7] += self.counts[:, number]
        return found

    def zone(self) -> NDArray[np.int64]:
        """Return (markets,) the zone from which most parcels come."""
        return np.asarray(self.zones.argmax(axis=1), np.int64)


@dataclass(frozen=True, eq=False)
class Kept:
    """How likely a date is kept, cell by cell.

    `share`: (markets, days of the order, times, MOST_DAYS + 1) delivered within 0, 1, ... calendar
    days. `parcels`: (markets, days, times) own parcels.
    """

    share: Floats
    parcels: Counts

    def quoted(self, share: float) -> NDArray[np.int64]:
        """Return the fewest calendar days that are kept with a share; `NO_DATE` where none are."""
        enough = self.share >= share
        return np.where(enough.any(axis=-1), enough.argmax(axis=-1), NO_DATE)


def kept_shares(counts: Counts, classes: tuple[NDArray[np.int64], ...]) -> Kept:
    """Return how likely each number of calendar days is kept in each cell.

    `counts`: (markets, days of the order, times, MOST_DAYS + 2). `classes`: (markets,) the class of
    each market, the narrowest first; where a class has no parcels, the next is asked, and at last
    all markets are one. Classes are formed within a day of the order and a time.
    """
    parcels = counts.sum(axis=-1)
    within = np.cumsum(counts[..., :-1], axis=-1)
    share = np.full(within.shape, np.nan)
    everywhere = np.zeros(len(counts), np.int64)
    for of in (*classes, everywhere):
        missing = np.isnan(share).all(axis=-1)
        if not missing.any():
            break
        found = _shrunk(within, parcels, of)
        share[missing] = found[missing]
    share = np.nan_to_num(share)
    return Kept(np.maximum.accumulate(share, axis=-1), parcels)


def _shrunk(within: Counts, parcels: Counts, of: NDArray[np.int64]) -> Floats:
    """Return the posterior means of cells whose prior is that of their class; NaN without one."""
    shape = (int(of.max()) + 1, *within.shape[1:])
    total, squares = np.zeros(shape[:-1]), np.zeros(shape[:-1])
    cells = np.zeros(shape[:-1])
    good, weighted = np.zeros(shape), np.zeros(shape)
    np.add.at(total, of, parcels)
    np.add.at(squares, of, parcels.astype(np.float64) ** 2)
    np.add.at(cells, of, parcels > 0)
    np.add.at(good, of, within)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = good / total[..., None]
        own = within / parcels[..., None]
        apart = np.where(parcels[..., None] > 0, parcels[..., None] * (own - mean[of]) ** 2, 0.0)
        np.add.at(weighted, of, apart)
        strength = _strength(weighted, mean, total, squares, cells)
        posterior = (within + strength[of] * mean[of]) / (parcels[..., None] + strength[of])
    return np.where(total[of][..., None] > 0, posterior, np.nan)


def _strength(
    weighted: Floats, mean: Floats, total: Floats, squares: Floats, cells: Floats
) -> Floats:
    """Return how many parcels a prior weighs, by moments: few where cells differ, many where not.

    `weighted`: the sum over cells of parcels times (own share - mean) squared. `total`, `squares`,
    `cells`: sums of parcels and of their squares, and how many cells have any.
    """
    noise = mean * (1 - mean)
    free = (cells - 1)[..., None]
    room = (total - squares / total)[..., None] - free
    alike = (weighted - noise * free) / (noise * room)  # correlation within a cell
    alike = np.where(np.isfinite(alike), alike, 0.0)
    alike = np.clip(alike, 1 / (1 + _STRONGEST), 1 / (1 + _WEAKEST))
    return np.asarray((1 - alike) / alike)
