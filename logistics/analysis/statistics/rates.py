"""How sure a rare rate is: damage and loss, from counts per run.

Runs differ in more than the fate of single parcels: a bad week, a full trailer. Then counts vary
more between runs than independent parcels would, and an interval of the pooled count is too narrow;
and where a run has a few cases only, Student's t over the runs' rates is too narrow as well,
because such rates are skewed. The interval here is the exact one of a binomial with the sample cut
to what it is worth (Korn and Graubard, Survey Methodology 24, 1998, 193-201): divided by how many
times more the runs vary than chance, and by the square of Student's over the normal quantile. It is
never worth more than it is, so the interval is never narrower than the exact one.

`docs/background/coverage.md` shows how often it holds the truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from logistics.analysis.statistics.intervals import LEVEL, Estimate, Floats, exact_ends, t_quantile


@dataclass(frozen=True)
class Rate:
    """A rate with its interval, and what the interval allows for.

    `count` of `total` over so many `runs`. `overdispersion`: variance of the rate between runs over
    that of independent parcels; NaN where it cannot be seen (one run, nothing counted, everything
    counted). `worth`: how many independent parcels the sample is worth, at most `total`.
    """

    estimate: Estimate
    count: int
    total: int
    runs: int
    overdispersion: float
    worth: float


def rate_interval(counts: ArrayLike, totals: ArrayLike, level: float = LEVEL) -> Rate:
    """Return the rate over all runs, counts over totals, with its interval.

    `counts`, `totals`: whole numbers, one of each per run. Runs without parcels are left out.

    Raises ValueError for counts that are no part of their totals.

    >>> rate = rate_interval([3, 9, 1, 12, 4, 7], [2000] * 6)
    >>> print(f"{rate.estimate.estimate:.2%} ({rate.estimate.low:.2%} to {rate.estimate.high:.2%})")
    0.30% (0.12% to 0.60%)
    """
    return rate_after(None, counts, totals, level)


def rate_after(
    runs: int | None, counts: ArrayLike, totals: ArrayLike, level: float = LEVEL
) -> Rate:
    """Return the rate as it would be after so many runs, if later ones are like those made.

    `runs`: None for those made. What the sample is worth grows with the runs, and Student's
    quantile falls; the rate and the overdispersion stay. Raises ValueError as `rate_interval`.
    """
    d, n = np.asarray(counts, np.float64), np.asarray(totals, np.float64)
    if d.shape != n.shape or d.ndim != 1 or len(d) == 0:
        raise ValueError("give a count and a total for each of one or more runs")
    if (bad := ~((d >= 0) & (d <= n))).any():
        run = int(np.argmax(bad))
        raise ValueError(f"run {run + 1}: {d[run]:g} is not a part of the total, {n[run]:g}")
    kept = n > 0
    if not kept.any():
        return Rate(Estimate(math.nan), 0, 0, 1, math.nan, 0.0)
    d, n = d[kept], n[kept]
    made, total = len(d), int(n.sum())
    then = made if runs is None else runs
    share, size = float(d.sum()) / total, total * then / made
    excess = _overdispersion(d, n)
    worth = size
    if not math.isnan(excess) and then > 1:
        penalty = (t_quantile(then, level) / float(ndtri((1 + level) / 2))) ** 2
        worth = size / max(1.0, excess * penalty)
    found = Estimate(share, *exact_ends(share * worth, worth, level))
    return Rate(found, round(share * size), round(size), then, excess, worth)


def _overdispersion(d: Floats, n: Floats) -> float:
    """Return the variance of the ratio of sums over runs, over that of independent parcels."""
    runs, total = len(d), n.sum()
    share = d.sum() / total
    if runs < 2 or share in (0.0, 1.0):
        return math.nan
    variance = runs / (runs - 1) * ((d - share * n) ** 2).sum() / total**2
    return float(variance * total / (share * (1 - share)))
