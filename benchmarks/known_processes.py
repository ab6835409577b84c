"""Processes whose truth is known, for `benchmarks.coverage`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Process = Callable[[np.random.Generator, tuple[int, ...]], Any]

SHAPES: dict[str, tuple[float, Process]] = {
    "normal": (0.0, lambda rng, size: rng.standard_normal(size)),
    "exponential": (1.0, lambda rng, size: rng.standard_exponential(size)),
    "lognormal, skewness 6": (math.exp(0.5), lambda rng, size: rng.lognormal(0.0, 1.0, size)),
}
LOAD = 0.8
WAIT = LOAD / (1 - LOAD)
"""Mean wait in the queue of an M/M/1 in mean service times: load / (1 - load)."""

WAVES = (0.55, 0.36, 0.065, 0.025)
"""Share of parcels in the waves of days 1 to 4; each lasts from 0.7 to 0.95 of its day."""

LUCK = np.array([1.0, -0.6, -0.3, -0.1]) / 2
"""How a day's luck shifts parcels between the waves."""

NEWS, MEMORY = 0.03, 0.7
"""Standard deviation of a day's news, and what stays of the luck of the day before."""


def waiting_times(
    rng: np.random.Generator, series: tuple[int, ...], customers: int, settled: bool = False
) -> np.ndarray:
    """Return the waits in line of customers of an M/M/1 queue, by Lindley's recursion.

    From an empty queue, or from its long run if `settled`: a wait is 0 with 1 - load, otherwise
    exponential with mean 1 / (1 - load).
    """
    waits = np.zeros((*series, customers))
    steps = rng.standard_exponential(waits.shape) - rng.standard_exponential(waits.shape) / LOAD
    if settled:
        long_run = rng.standard_exponential(series) / (1 - LOAD)
        waits[..., 0] = np.where(rng.random(series) < LOAD, long_run, 0.0)
    for k in range(1, customers):
        waits[..., k] = np.maximum(0.0, waits[..., k - 1] + steps[..., k])
    return waits


def wave_days(rng: np.random.Generator, runs: int, days: int, parcels: int) -> np.ndarray:
    """Return (runs, parcels of all days): days to delivery.

    Each day a part of the first wave misses it and comes with the second, or the other way round;
    the luck of a day is `MEMORY` times that of the day before, and news.
    """
    shift = np.zeros((runs, days))
    news = rng.normal(0.0, NEWS, shift.shape)
    shift[:, 0] = news[:, 0] / math.sqrt(1 - MEMORY**2)
    for day in range(1, days):
        shift[:, day] = MEMORY * shift[:, day - 1] + news[:, day]
    shares = np.clip(np.array(WAVES) + shift[..., None] * LUCK, 0.001, None)
    edges = np.cumsum(shares / shares.sum(axis=-1, keepdims=True), axis=-1)[..., :-1]
    u = rng.random((runs, days, parcels))
    wave = (u[..., None] > edges[:, :, None, :]).sum(axis=-1)
    return np.asarray((wave + rng.uniform(0.7, 0.95, u.shape)).reshape(runs, -1))


def wave_quantile(p: float) -> float:
    """Return the p-quantile of the waves, from the mean shares of 400,000 days."""
    shares = wave_shares()
    below = np.concatenate([[0.0], np.cumsum(shares)])
    wave = int(np.searchsorted(below, p) - 1)
    return wave + 0.7 + 0.25 * (p - below[wave]) / shares[wave]


def wave_shares() -> np.ndarray:
    """Return the mean share of each wave; clipping moves them a little from `WAVES`."""
    rng = np.random.default_rng(5)
    shift = rng.normal(0.0, NEWS / math.sqrt(1 - MEMORY**2), 400_000)
    shares = np.clip(np.array(WAVES) + shift[:, None] * LUCK, 0.001, None)
    return np.asarray((shares / shares.sum(axis=1, keepdims=True)).mean(axis=0))


def overdispersed(
    rng: np.random.Generator, size: tuple[int, int], parcels: int, rate: float, excess: float
) -> np.ndarray:
    """Return beta-binomial counts whose variance is `excess` times that of a binomial."""
    if excess == 1:
        return rng.binomial(parcels, rate, size)
    both = (parcels - 1) / (excess - 1) - 1
    return rng.binomial(parcels, rng.beta(rate * both, (1 - rate) * both, size))
