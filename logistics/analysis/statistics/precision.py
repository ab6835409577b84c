"""How many runs make an interval narrow enough."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from logistics.analysis.statistics.intervals import LEVEL, t_quantile

MOST_RUNS = 1_000_000


def runs_needed(
    values: ArrayLike, level: float = LEVEL, *, half_width: float = 0.0, relative: float = 0.0
) -> int:
    """Return how many runs make the mean's interval narrow enough.

    `values`: the figure in the runs made so far; their spread is taken as it is (Law, Simulation
    Modeling and Analysis, 5th edition, section 9.4.1). `half_width`: largest error, in the unit of
    the values. `relative`: largest error as a part of the
    true mean, for which gamma / (1 + gamma) of the estimate is asked (Law, equation 9.3).

    Raises ValueError unless there are two runs and exactly one goal above 0, or when more than
    `MOST_RUNS` were needed.

    >>> runs_needed([5.0, 6.0, 7.0, 6.5], half_width=0.5)
    14
    """
    runs = np.asarray(values, np.float64)
    if len(runs) < 2:
        raise ValueError(f"{len(runs)} runs: two are needed to see how they vary")
    if (half_width > 0) == (relative > 0) or min(half_width, relative) < 0:
        raise ValueError("give either a half width or a relative error, above 0")
    goal = half_width or relative / (1 + relative) * abs(float(runs.mean()))
    variance = float(runs.var(ddof=1))
    low, high = len(runs), MOST_RUNS
    if goal == 0 or t_quantile(high, level) * math.sqrt(variance / high) > goal:
        raise ValueError(f"more than {MOST_RUNS:,} runs would be needed")
    while low < high:
        middle = (low + high) // 2
        if t_quantile(middle, level) * math.sqrt(variance / middle) <= goal:
            high = middle
        else:
            low = middle + 1
    return low
