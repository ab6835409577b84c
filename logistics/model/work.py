"""How long work takes, from a number of 16 bits: a parcel's draw says how quick or slow it goes.

The number names a *slice* of the law of a place: the part of all work between two quantiles. In the
middle a slice has 1 / 65,536 of all work; the 1/128 that are the quickest, and the 1/128 that are
the slowest, are cut finer and finer toward the end, so that a parcel may well be one of the
slowest in a billion. Work of a slice takes the slice's mean.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from logistics.scenario.days import MOST_TICKS
from logistics.schedule.calendars import Period
from logistics.simulation.problem import Work
from logistics.streams import Streams, mix, unit
from logistics.vocabulary import Array
from networks.routing import Routes
from networks.schema import Facility, Network

SLICES = 1 << 16
_TAIL = 1 << 9
"""Slices at either end."""
_EXPONENTIAL = -1.0
"""In the place of a lognormal law's sigma."""
_GRID = 2.0**-24
"""Factors are multiples of it: processors differ in the last bit of an exponential."""


def slice_edges() -> NDArray[np.float64]:
    """Return the quantiles from 0 to 1/2 at which slices begin and end; the upper half mirrors."""
    tail = _TAIL / SLICES * (np.arange(_TAIL + 1) / _TAIL) ** 4
    middle = np.arange(_TAIL + 1, SLICES // 2 + 1) / SLICES
    return np.concatenate([tail, middle])


@lru_cache(maxsize=64)
def factors_of(sigma: float) -> NDArray[np.float64]:
    """Return (65,536,) the mean factor of each slice of a law of mean 1, from quick to slow.

    `sigma`: of a lognormal law; 0 for constant work, -1 for exponential. The mean over a slice is
    by Gauss's rule of three points, which is right to some nine digits.
    """
    edges = slice_edges()
    points, weights = np.polynomial.legendre.leggauss(3)
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    quantile = middle[:, None] + half[:, None] * points
    if sigma == _EXPONENTIAL:
        quick, slow = -np.log1p(-quantile), -np.log(quantile)
    else:
        z = sigma * ndtri(quantile)
        quick, slow = (np.exp(by - sigma * sigma / 2) for by in (z, -z))
    factor = np.concatenate([quick, slow[::-1]]) @ (weights / 2)
    size = np.concatenate([2 * half, 2 * half[::-1]])
    factor = np.asarray(np.rint(factor / (factor @ size) / _GRID) * _GRID)
    factor.setflags(write=False)
    return factor


def draw_numbers(ids: Array, visits: int, streams: Streams) -> NDArray[np.uint16]:
    """Return (parcels, visits) the slices that parcels' work is from, visit by visit in memory."""
    edges = slice_edges()[: _TAIL + 1] * (SLICES / _TAIL)
    numbers = np.empty((visits, len(ids)), np.uint16)
    for visit in range(visits):
        part = visit % 4
        if part == 0:  # four numbers from 64 bits
            bits = mix(ids, streams.key(f"work/{visit}"))
        number = (bits >> np.uint64(16 * part)).astype(np.uint16)
        rows = np.flatnonzero((number < _TAIL) | (number >= SLICES - _TAIL))
        again = unit(mix(ids[rows], streams.key(f"work/{visit}/tail")))
        within = np.searchsorted(edges, again, "right") - 1
        number[rows] = np.where(number[rows] < _TAIL, within, SLICES - 1 - within)
        numbers[visit] = number
    return numbers.T


def work_of(network: Network, routes: Routes, period: Period) -> Work:
    """Return how long a parcel is worked at each facility, and at each source that is a seller."""
    sellers, stocked = network.origins.sellers, len(network.origins.stock.centers)
    places = list(routes.facilities.values())
    per_hour = 3_600_000 / period.tick_ms
    facility = np.array([place.work_seconds for place in places]) * (1000 / period.tick_ms)
    spread = sellers.handling_log_sd
    mean_of_median = round(float(np.exp(spread * spread / 2)), 9)
    seller = sellers.handling_hours.astype(np.float64) * per_hour * mean_of_median
    sigmas = [*map(_sigma, places), *[0.0] * stocked, *[spread] * len(seller)]
    kinds, law = np.unique(sigmas, return_inverse=True)
    return Work(
        law=law.astype(np.int16),
        length=np.concatenate([facility, np.zeros(stocked), seller]),
        factors=np.stack([factors_of(float(sigma)) for sigma in kinds]),
        most=min(period.horizon, MOST_TICKS - 1 - period.horizon),
    )


def _sigma(place: Facility) -> float:
    """Return the sigma of a facility's law, as `factors_of` takes it."""
    constant = {"constant": 0.0, "exponential": _EXPONENTIAL}
    return constant.get(place.work_law, float(np.sqrt(np.log1p(place.work_cv**2))))
