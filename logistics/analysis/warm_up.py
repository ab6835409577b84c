"""How much of a run's beginning to leave out, because it started empty.

MSER-5 (White, Simulation 69, 1997; White, Cobb and Spratt, Winter Simulation Conference 2000): take
means of five values, and cut where the rest has the smallest squared standard error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from logistics.analysis.precision import batches

_ROUNDING = 1e-12  # as a part of the statistic without a cut: less is not a difference


@dataclass(frozen=True)
class WarmUp:
    """Where to cut a series.

    `values`: how many values to leave out. `mean`: of what stays. `statistic`: the smallest MSER.
    `settled`: False when the cut falls at half of the series: the run is too short to tell, and
    `values` and `mean` should not be used.
    """

    values: int
    mean: float
    statistic: float
    settled: bool


def warm_up(series: ArrayLike, batch: int = 5) -> WarmUp:
    """Return how much of the beginning of a series does not belong to its long run.

    `series`: values in the order of time, such as parcels' delivery days by the hour. `batch`: how
    many make one mean. At most half of the means are cut; of equal cuts the smallest.

    Raises ValueError for fewer than four means.

    >>> warm_up([9.0] * 10 + [1.0, 2.0, 3.0, 2.0, 2.0] * 18)
    WarmUp(values=10, mean=2.0, statistic=0.0, settled=True)
    """
    means = batches(series, len(np.asarray(series)) // batch) if batch > 0 else np.zeros(0)
    count = len(means)
    if count < 4:
        raise ValueError(f"{count} means of {batch} values: at least four are needed")
    cuts = range(count // 2 + 1)
    statistic = np.array([means[cut:].var() / (count - cut) for cut in cuts])
    best = int(np.argmax(statistic <= statistic.min() + _ROUNDING * statistic[0]))
    mean = float(means[best:].mean())
    return WarmUp(best * batch, mean, float(statistic[best]), best < count // 2)
