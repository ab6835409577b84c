"""Two shares or two sets of runs that have nothing to do with each other, compared.

Runs of the same orders are compared with `paired`, which is far sharper. This is for figures that
come from elsewhere: another model, last year's runs, a count in the field.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from logistics.analysis.statistics.intervals import LEVEL, Estimate


def share_interval(count: int, total: int, level: float = LEVEL) -> Estimate:
    """Return a share from counts with its score interval (Wilson, JASA 22, 1927).

    Narrower than the exact one of `proportion_interval`: it holds the true share in about `level`
    of all cases on average, not in each case at least.

    Raises ValueError for a count that is no part of the total.

    >>> figure = share_interval(15, 148)
    >>> print(f"{figure.estimate:.3f} ({figure.low:.3f} to {figure.high:.3f})")
    0.101 (0.062 to 0.160)
    """
    if not 0 <= count <= total:
        raise ValueError(f"count = {count}: not a part of the total (allowed: 0 to {total})")
    if total == 0:
        return Estimate(math.nan)
    z = _normal_quantile(level)
    share, spread = count / total, z * z / total
    centre = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    low = 0.0 if count == 0 else (centre - half) / (1 + spread)
    high = 1.0 if count == total else (centre + half) / (1 + spread)
    return Estimate(share, low, high)


def difference_of_shares(
    first: tuple[int, int], second: tuple[int, int], level: float = LEVEL
) -> Estimate:
    """Return the first share less the second, each (count, total), with its interval.

    The hybrid score interval, method 10 of Newcombe, Statistics in Medicine 17, 1998, 873-890.

    Raises ValueError for a count that is no part of its total.

    >>> figure = difference_of_shares((56, 70), (48, 80))
    >>> print(f"{figure.estimate:.2f} ({figure.low:.3f} to {figure.high:.3f})")
    0.20 (0.052 to 0.334)
    """
    a, b = share_interval(*first, level), share_interval(*second, level)
    difference = a.estimate - b.estimate
    low = difference - math.hypot(a.estimate - a.low, b.high - b.estimate)
    high = difference + math.hypot(a.high - a.estimate, b.estimate - b.low)
    return Estimate(difference, low, high)


def difference_of_means(first: ArrayLike, second: ArrayLike, level: float = LEVEL) -> Estimate:
    """Return the mean of the first runs less that of the second, which are independent of them.

    Student's t with the degrees of freedom of Welch (Biometrika 34, 1947): the two may vary
    differently and have different numbers of runs. Fewer than two runs on a side: no interval.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    difference = float(a.mean() - b.mean())
    if min(len(a), len(b)) < 2:
        return Estimate(difference)
    from scipy.special import stdtrit  # noqa: PLC0415  (scipy loads slowly)

    parts = [float(one.var(ddof=1)) / len(one) for one in (a, b)]
    if sum(parts) == 0.0:
        return Estimate(difference, difference, difference)
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(one) - 1) for part, one in zip(parts, (a, b), strict=True)
    )
    half = float(stdtrit(freedom, (1 + level) / 2)) * math.sqrt(sum(parts))
    return Estimate(difference, difference - half, difference + half)


def _normal_quantile(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise ValueError(f"level = {level}: not a probability (allowed: above 0 and below 1)")
    from scipy.special import ndtri  # noqa: PLC0415  (scipy loads slowly)

    return float(ndtri((1 + level) / 2))
