"""Which delivery date may be quoted, so that a given share of them is kept.

A cell is a market, a weekday (or date) of the order and a time of day at which it was placed. Its
own parcels are few, so what is known of it is joined with what is known of cells like it: a beta
prior around the share of its class, for each number of days, and around that of a wider class for
each class (empirical Bayes; moments as in Kleinman, Journal of the American Statistical Association
68, 1973, 46-54). How much a prior weighs is estimated from how much cells of one class differ, all
classes together. Where they are alike, the class decides; where they differ, each decides for
itself.

Of two orders of one day, the later one is never quoted the earlier date: shares fall from one part
of the day to the next, and where samples say otherwise, such parts are pooled (isotonic regression:
Barlow, Bartholomew, Bremner, Brunk, Statistical Inference under Order Restrictions, 1972).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
    9) parcels by carrier zone. `under_way`: how many had not ended when the run did, which are
    among the last. Those of several runs add up.
    """

    counts: NDArray[np.int32]
    zones: NDArray[np.int32]
    under_way: int = 0

    def __add__(self, other: DateCounts) -> DateCounts:
        """Return the parcels of both."""
        under_way = self.under_way + other.under_way
        return DateCounts(self.counts + other.counts, self.zones + other.zones, under_way)

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
    days. `parcels`: (markets, days, times) own parcels. `weight`: as `share`, how much they count
    in it: 1 where they decide alone, 0 where their class does.
    """

    share: Floats
    parcels: Counts
    weight: Floats

    def quoted(self, share: float) -> NDArray[np.int64]:
        """Return the fewest calendar days that are kept with a share; `NO_DATE` where none are."""
        enough = self.share >= share
        return np.where(enough.any(axis=-1), enough.argmax(axis=-1), NO_DATE)


def kept_shares(counts: Counts, classes: tuple[NDArray[np.int64], ...]) -> Kept:
    """Return how likely each number of calendar days is kept in each cell.

    `counts`: (markets, days of the order, times, MOST_DAYS + 2). `classes`: (markets,) the class of
    each market, the narrowest first, each within one class of the next; at last all markets are
    one. Classes are formed within a day of the order and a time.

    Each class is itself a cell of the next wider one: a market that is alone in its class, or a
    class with a handful of parcels, would otherwise be believed at its word.
    """
    parcels, within = counts.sum(axis=-1), np.cumsum(counts[..., :-1], axis=-1)
    wider = np.zeros(len(counts), np.int64)
    total = _sums(parcels, wider)[..., None]
    share = np.divide(
        _sums(within, wider), total, where=total > 0, out=np.zeros((1, *within.shape[1:]))
    )
    for of in (*reversed(classes), np.arange(len(counts))):
        parent = np.zeros(int(of.max()) + 1, np.int64)
        parent[of] = wider
        share, weight = _shrunk(_sums(within, of), _sums(parcels, of), parent, share)
        wider = of
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.nan_to_num(parcels[..., None] / weight, nan=_WEAKEST)  # prior and own
    return Kept(np.maximum.accumulate(falling(share, size), axis=-1), parcels, weight)


def falling(share: Floats, size: Floats) -> Floats:
    """Return shares that do not rise along the last axis but one, nearest to those given.

    Least squares weighted by `size`, above 0: the least over all beginnings up to a part of the
    greatest over all ends from it on of the mean between the two.
    """
    parts = share.shape[-2]
    total = np.cumsum(np.insert(share * size, 0, 0, axis=-2), axis=-2)
    sizes = np.cumsum(np.insert(size, 0, 0, axis=-2), axis=-2)

    def mean(first: int, end: int) -> Floats:
        between = total[..., end, :] - total[..., first, :]
        return np.asarray(between / (sizes[..., end, :] - sizes[..., first, :]))

    found = np.ones_like(share)
    for part in range(parts):
        for first in range(part + 1):
            greatest = mean(first, part + 1)
            for end in range(part + 2, parts + 1):
                np.maximum(greatest, mean(first, end), out=greatest)
            np.minimum(found[..., part, :], greatest, out=found[..., part, :])
    return found


def _sums(cells: NDArray[Any], of: NDArray[np.int64]) -> Floats:
    """Return the sums of cells by class: (classes, ...)."""
    found = np.zeros((int(of.max()) + 1, *cells.shape[1:]))
    np.add.at(found, of, cells)
    return found


def _shrunk(
    within: Floats, parcels: Floats, of: NDArray[np.int64], prior: Floats
) -> tuple[Floats, Floats]:
    """Return the posterior means of cells around the share of their class, and their own weight.

    `of`: (cells,) the class of each; `prior`: (classes, ...) what is known of these.
    """
    n, strength = parcels[..., None], _strength(within, parcels, of)
    return (within + strength * prior[of]) / (n + strength), n / (n + strength)


def _strength(within: Floats, parcels: Floats, of: NDArray[np.int64]) -> Floats:
    """Return how many parcels a prior weighs, by moments: few where cells differ, many where not.

    One number for all classes together, for each day, time and number of days: two or three cells
    of a class say next to nothing about how much cells differ.
    """
    total, cells, n = _sums(parcels, of), _sums(parcels > 0, of), parcels[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = _sums(within, of) / total[..., None]
        apart = np.where(n > 0, n * (within / n - mean[of]) ** 2, 0.0).sum(axis=0)
        noise = np.nan_to_num(mean * (1 - mean))
        free = np.maximum(cells - 1, 0)
        room = np.nan_to_num(total - _sums(parcels**2, of) / total) - free
        beyond = apart - (noise * free[..., None]).sum(axis=0)
        alike = beyond / (noise * room[..., None]).sum(axis=0)  # correlation within a cell
    alike = np.where(np.isfinite(alike), alike, 0.0)
    alike = np.clip(alike, 1 / (1 + _STRONGEST), 1 / (1 + _WEAKEST))
    return np.asarray((1 - alike) / alike)
