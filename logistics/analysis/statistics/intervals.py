"""How sure an estimate is: intervals over independent runs of the same scenario.

Student's t serves means. It must not be put on the quantiles of single runs: parcels
arrive in waves, so such a quantile jumps from wave to wave and its t interval misses the true value
more often than it covers it. A quantile's interval inverts that of the distribution function
instead (Woodruff 1952, "Confidence intervals for medians and other position measures", JASA 47).

Of shares, runs differ in more than the fate of single parcels: a bad week, a full trailer. Then
counts vary more between runs than independent parcels would, and an interval of the pooled count is
too narrow; and where a run has a few cases only, or nearly all, Student's t over the runs' shares
is too narrow as well: such shares are skewed, and a few runs may agree. Their interval is the exact
one of a binomial with the sample cut to what it is worth (Korn and Graubard, Survey Methodology 24,
1998, 193-201): divided by how many times more the runs vary than chance, and by the square of
Student's over the normal quantile. It is never worth more than it is, so the interval is never
narrower than the exact one. A difference of shares of the same parcels is never more precise than
the score interval of those on which the two differ. `docs/background/coverage.md` shows how often
they hold the truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, ndtri, stdtrit

Floats = NDArray[np.float64]

LEVEL = 0.95
_ROUNDING = 1e-9  # so that the mean of three times 0.9 reaches 0.9


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    `estimate`: NaN if there is nothing to estimate it from, +inf for a quantile that is never
    reached. `low`, `high`: NaN if there is no interval (a scenario run once).
    """

    estimate: float
    low: float = math.nan
    high: float = math.nan

    @property
    def has_interval(self) -> bool:
        """Tell whether there is an interval."""
        return not math.isnan(self.low)


@dataclass(frozen=True, eq=False)
class Band:
    """A mean distribution function with its interval at every grid point.

    `grid`: days. `share`: mean share of parcels with at most so many days. `low`, `high`: NaN
    everywhere if there is no interval. All of the same length.
    """

    grid: Floats
    share: Floats
    low: Floats
    high: Floats


def mean_interval(
    values: ArrayLike, level: float = LEVEL, bounds: tuple[float, float] = (-math.inf, math.inf)
) -> Estimate:
    """Return the mean over runs and its t interval, cut to `bounds`, which no true value leaves.

    Runs without a value (NaN) are left out. One value gives no interval.

    >>> found = mean_interval([5.0, 6.0, 7.0])
    >>> print(f"{found.estimate} ({found.low:.2f} to {found.high:.2f})")
    6.0 (3.52 to 8.48)
    """
    runs = np.asarray(values, np.float64)
    runs = runs[~np.isnan(runs)]
    if len(runs) == 0:
        return Estimate(math.nan)
    mean = float(runs.mean())
    if len(runs) == 1:
        return Estimate(mean)
    half = t_quantile(len(runs), level) * float(runs.std(ddof=1)) / math.sqrt(len(runs))
    return Estimate(mean, max(mean - half, bounds[0]), min(mean + half, bounds[1]))


def mean_band(
    grid: Floats,
    mean: Floats,
    spread: Floats,
    runs: int,
    level: float = LEVEL,
    parcels: float = math.inf,
) -> Band:
    """Return the mean distribution function over runs with a t interval at each grid point.

    `spread`: standard deviation between runs at each grid point. `parcels`: of all runs; the
    interval is never narrower than the score interval of so many (Wilson, JASA 22, 1927). Below two
    runs, no interval.
    """
    nothing = np.full(len(grid), math.nan)
    if runs < 2:
        return Band(grid, mean, nothing, nothing)
    half = t_quantile(runs, level) * spread / math.sqrt(runs)
    z = _normal_quantile(level)
    middle = (mean + z * z / parcels / 2) / (1 + z * z / parcels)
    reach = (
        z * np.sqrt(mean * (1 - mean) / parcels + (z / parcels / 2) ** 2) / (1 + z * z / parcels)
    )
    low, high = np.minimum(mean - half, middle - reach), np.maximum(mean + half, middle + reach)
    return Band(grid, mean, np.maximum(low, 0.0), np.minimum(high, 1.0))


def quantile_interval(distribution: Band, p: float) -> Estimate:
    """Return the p-quantile of a mean distribution function, with its interval.

    Estimate: the first grid point at which the share reaches p. Low: the first at which the upper
    end of the share's interval does. High: the first from which on the lower end has. Any of them
    is +inf where that does not happen on the grid.
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"p = {p}: not a probability (allowed: above 0 and below 1)")
    if np.isnan(distribution.share).all():
        return Estimate(math.nan)
    estimate = _first(distribution.grid, distribution.share, p)
    if np.isnan(distribution.low).all():
        return Estimate(estimate)
    # The lower end is not monotone: where it dips below p again, that point is still in doubt.
    reached_for_good = np.minimum.accumulate(distribution.low[::-1])[::-1]
    ends = (_first(distribution.grid, end, p) for end in (distribution.high, reached_for_good))
    return Estimate(estimate, *ends)


def proportion_interval(count: int, total: int, level: float = LEVEL) -> Estimate:
    """Return a share from counts with its exact interval (Clopper and Pearson, Biometrika 1934).

    For independent trials; it has an upper end above 0 even when nothing was counted.

    >>> found = proportion_interval(0, 100)
    >>> print(f"{found.estimate} ({found.low:.3f} to {found.high:.3f})")
    0.0 (0.000 to 0.036)
    """
    if not 0 <= count <= total:
        raise ValueError(f"count = {count}: not a part of the total (allowed: 0 to {total})")
    if total == 0:
        return Estimate(math.nan)
    return Estimate(count / total, *exact_ends(count, total, level))


def exact_ends(count: float, total: float, level: float) -> tuple[float, float]:
    """Return the ends of Clopper and Pearson's interval for a sample, whole numbers or not."""
    tail = (1.0 - level) / 2.0
    low = 0.0 if count == 0 else float(betaincinv(count, total - count + 1, tail))
    high = 1.0 if count == total else float(betaincinv(count + 1, total - count, 1.0 - tail))
    return low, high


def rate_interval(
    counts: ArrayLike, totals: ArrayLike, level: float = LEVEL, after: int | None = None
) -> Estimate:
    """Return the rate over all runs, counts over totals, with its interval.

    `counts`, `totals`: whole numbers, one of each per run. Runs without parcels are left out.
    `after`: so many runs, if later ones are like those made: what the sample is worth grows with
    the runs, and Student's quantile falls; the rate and the overdispersion stay.

    Raises ValueError for counts that are no part of their totals.

    >>> rate = rate_interval([3, 9, 1, 12, 4, 7], [2000] * 6)
    >>> print(f"{rate.estimate:.2%} ({rate.low:.2%} to {rate.high:.2%})")
    0.30% (0.12% to 0.60%)
    """
    d, n = np.asarray(counts, np.float64), np.asarray(totals, np.float64)
    if d.shape != n.shape or d.ndim != 1 or len(d) == 0:
        raise ValueError("give a count and a total for each of one or more runs")
    if (bad := ~((d >= 0) & (d <= n))).any():
        run = int(np.argmax(bad))
        raise ValueError(f"run {run + 1}: {d[run]:g} is not a part of the total, {n[run]:g}")
    kept = n > 0
    if not kept.any():
        return Estimate(math.nan)
    d, n = d[kept], n[kept]
    made, total = len(d), int(n.sum())
    then = made if after is None else after
    share, size = float(d.sum()) / total, total * then / made
    excess = _overdispersion(d, n)
    worth = size
    if not math.isnan(excess) and then > 1:
        penalty = (t_quantile(then, level) / _normal_quantile(level)) ** 2
        worth = size / max(1.0, excess * penalty)
    return Estimate(share, *exact_ends(share * worth, worth, level))


def share_over_runs(counts: ArrayLike, totals: ArrayLike, level: float = LEVEL) -> Estimate:
    """Return what `rate_interval` does, without an interval where only one run has parcels."""
    found = rate_interval(counts, totals, level)
    return found if np.count_nonzero(totals) > 1 else Estimate(found.estimate)


def _overdispersion(d: Floats, n: Floats) -> float:
    """Return the variance of the ratio of sums over runs, over that of independent parcels.

    NaN where it cannot be seen: one run, nothing counted, everything counted.
    """
    runs, total = len(d), n.sum()
    share = d.sum() / total
    if runs < 2 or share in (0.0, 1.0):
        return math.nan
    variance = runs / (runs - 1) * ((d - share * n) ** 2).sum() / total**2
    return float(variance * total / (share * (1 - share)))


def difference_interval(
    values: ArrayLike, only_first: float, only_second: float, pairs: float, level: float = LEVEL
) -> Estimate:
    """Return the mean over runs of a difference of two shares of paired parcels, second less first.

    Student's t over the runs' `values`, never narrower than the score interval of the parcels that
    count in the first alone and in the second alone, of so many `pairs` in all runs (Tango,
    Statistics in Medicine 17, 1998, 891-908). Where only their difference is known, give it for the
    one and 0 for the other. Without pairs: Student's t alone. One run gives no interval.

    >>> found = difference_interval([0.0, 0.0], 0, 0, 208)
    >>> print(f"{found.estimate} ({found.low:.3f} to {found.high:.3f})")
    0.0 (-0.018 to 0.018)
    """
    found = mean_interval(values, level, (-1.0, 1.0))
    if not found.has_interval or not pairs:
        return found
    below, above = score_reach(only_first, only_second, pairs, level)
    low, high = min(found.low, found.estimate - below), max(found.high, found.estimate + above)
    return Estimate(found.estimate, max(low, -1.0), min(high, 1.0))


def score_reach(
    only_first: float, only_second: float, pairs: float, level: float
) -> tuple[float, float]:
    """Return how far the score interval of `difference_interval` reaches, below and above."""
    share = (only_second - only_first) / pairs
    below = share + _score_end(only_second, only_first, pairs, level)
    return below, _score_end(only_first, only_second, pairs, level) - share


def _score_end(only_first: float, only_second: float, pairs: float, level: float) -> float:
    """Return the highest difference of two shares that the score test does not reject."""
    limit = _normal_quantile(level) ** 2
    found = only_second - only_first
    low, high = found / pairs, 1.0
    for _ in range(60):  # halvings: as precise as a float
        tried = (low + high) / 2
        both = only_first + only_second + found * tried - 2 * pairs * tried
        root = math.sqrt(max(both**2 + 8 * pairs * only_first * tried * (1 - tried), 0.0))
        variance = pairs * ((both + root) / (2 * pairs) + tried * (1 - tried))
        kept = (found - pairs * tried) ** 2 <= limit * variance
        low, high = (tried, high) if kept else (low, tried)
    return high


def outward(low: float, high: float, decimals: int) -> tuple[float, float]:
    """Return the ends of an interval rounded away from each other, so that it holds what it held.

    Infinite ends stay.

    >>> outward(0.6412, 0.6438, 2)
    (0.64, 0.65)
    """
    step = 10.0**-decimals
    down, up = np.floor(round(low / step, 6)), np.ceil(round(high / step, 6))  # 0.29 / 0.01 is 29
    return round(float(down) * step, 12), round(float(up) * step, 12)


def percent(share: float, decimals: int) -> str:
    """Return a share as text; one that is not quite none or all never looks as if it were.

    >>> percent(0.9996, 1), percent(1.0, 1), percent(0.00001, 2)
    ('>99.9%', '100.0%', '<0.01%')
    """
    written, least = f"{share:.{decimals}%}", 10.0**-decimals
    if 0 < share < 1 and written == f"{0:.{decimals}%}":
        return f"<{least:.{decimals}f}%"
    if 0 < share < 1 and written == f"{1:.{decimals}%}":
        return f">{100 - least:.{decimals}f}%"
    return written


def _normal_quantile(level: float) -> float:
    """Return the two-sided quantile of the normal distribution."""
    return float(ndtri((1.0 + level) / 2.0))


def t_quantile(values: int, level: float) -> float:
    """Return the two-sided quantile of Student's t for the mean of so many values."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level = {level}: not a probability (allowed: above 0 and below 1)")
    return float(stdtrit(values - 1, (1.0 + level) / 2.0))


def _first(grid: Floats, share: NDArray[Any], p: float) -> float:
    reached = share >= p - _ROUNDING
    row = int(np.argmax(reached))
    return float(grid[row]) if reached[row] else math.inf
