"""What one long series can tell: batch means, and ranks between which a quantile lies.

`batch_means` cuts a long series into stretches that are nearly independent. `quantile_ranks` gives
an interval of a quantile of independent values without assuming how they are distributed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr

from logistics.analysis.statistics.intervals import LEVEL, Estimate, mean_interval
from logistics.analysis.statistics.warm_up import batches


def batch_means(values: ArrayLike, count: int = 30, level: float = LEVEL) -> Estimate:
    """Return the mean of one long series with the t interval of its batch means.

    Too narrow where a stretch is not many times as long as the memory of the series: in a queue at
    80% load, 320 customers in 5 stretches hold the truth in 66% of cases instead of 90% (Law and
    Kelton, Operations Research 32, 1984).
    """
    return mean_interval(batches(values, count), level)


@dataclass(frozen=True)
class Ranks:
    """Two ranks, from 1, of sorted values; between them lies a quantile with chance `coverage`."""

    lower: int
    upper: int
    coverage: float


def quantile_ranks(count: int, p: float, level: float = LEVEL) -> Ranks:
    """Return the ranks of independent sorted values between which the p-quantile lies.

    X(lower) <= quantile < X(upper) with a chance that is known whatever the distribution (David and
    Nagaraja, Order Statistics, section 7.1). Of the pairs that reach `level`, the two ranks lie
    closest together, and of those the pair that is surest. Parcels of one run are not independent:
    for their quantiles see `quantile_interval`.

    Raises ValueError when there are too few values.

    >>> quantile_ranks(20, 0.5)
    Ranks(lower=6, upper=15, coverage=0.9586105346679688)
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"p = {p}: not a probability (allowed: above 0 and below 1)")
    below: NDArray[Any] = np.concatenate([[0.0], bdtr(np.arange(count), count, p)])
    for apart in range(1, count):
        chance = below[apart + 1 :] - below[1 : len(below) - apart]
        best = int(np.argmax(chance))
        if chance[best] >= level:
            return Ranks(best + 1, best + 1 + apart, float(chance[best]))
    raise ValueError(f"{count} values are too few for an interval of the {p:g}-quantile")
