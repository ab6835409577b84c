"""Run until precise: which metrics are precise enough, which is the bottleneck, how many more runs.

Looking at the interval after every run and stopping when it is narrow enough stops too early: it
stops most often where the runs happen to agree. Two things keep the error small for metrics that
are nearly normal over runs: a least number of runs, and a margin that is used up by few runs,
`wanted / runs` added to the half width (Chow and Robbins, Annals of Mathematical Statistics 36,
1965, 457-462; in this form Glynn and Whitt, Annals of Applied Probability 2, 1992, 180-198).
`docs/background/coverage.md` shows what is left of it, and that it does not help skewed metrics.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from logistics.analysis.statistics.distributions import DistributionTotals
from logistics.analysis.statistics.intervals import (
    LEVEL,
    Estimate,
    Floats,
    difference_interval,
    mean_band,
    mean_interval,
    quantile_interval,
    rate_interval,
    score_reach,
    t_quantile,
)

LEAST_RUNS = 10
"""Fewer do not show how runs vary."""

MOST_RUNS = 100_000
"""What would need more is called out of reach."""

_NOTHING = Estimate(math.nan)


@dataclass(frozen=True)
class Target:
    """How precise a metric must be.

    `half_width`: largest error, in the metric's unit. `relative`: largest error as a part of the
    true value (Law, Simulation Modeling and Analysis, 5th edition, equation 9.3). Raises
    ValueError unless exactly one of the two is above 0.
    """

    name: str
    half_width: float = 0.0
    relative: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a target that says nothing or two things."""
        if (self.half_width > 0) == (self.relative > 0) or min(self.half_width, self.relative) < 0:
            raise ValueError(f"{self.name}: give a half width or a relative error, above 0")

    def wanted(self, estimate: float) -> float:
        """Return the half width to reach for an estimate of this size."""
        return self.half_width or self.relative / (1 + self.relative) * abs(estimate)


@dataclass(frozen=True)
class Progress:
    """How far a metric is from its target.

    `half_width`: from the estimate to the farther end of the interval; +inf without one. `wanted`:
    the target, in the metric's unit. `runs`: made so far. `needed`: runs in all that would reach
    the target if the estimate and its spread stayed; None if out of reach.
    """

    name: str
    estimate: Estimate
    half_width: float
    wanted: float
    runs: int
    needed: int | None

    @property
    def precise(self) -> bool:
        """Tell whether the target is reached."""
        return self.needed is not None and self.needed <= self.runs


@dataclass(frozen=True)
class Verdict:
    """What to do next.

    `why`: the runs are `precise`, the `budget` is spent, or neither: make `more`. `bottleneck`: the
    metric that needs most runs; None once all are precise. `more_runs`: how many more runs would
    do, budget or not; None if out of reach.
    """

    why: Literal["precise", "budget", "more"]
    bottleneck: str | None
    more_runs: int | None

    @property
    def stop(self) -> bool:
        """Tell whether to stop."""
        return self.why != "more"


def progress_of_mean(target: Target, values: ArrayLike, level: float = LEVEL) -> Progress:
    """Return how far the mean over runs is from its target. Runs without a value are left out."""
    runs = np.asarray(values, np.float64)
    runs = runs[~np.isnan(runs)]
    estimate = mean_interval(runs, level)
    spread = float(runs.std(ddof=1)) if len(runs) > 1 else math.inf
    return _progress(
        target, estimate, len(runs), lambda n: t_quantile(n, level) * spread / math.sqrt(n)
    )


def progress_of_difference(
    target: Target,
    values: Floats,
    only_first: float,
    only_second: float,
    pairs: float,
    level: float = LEVEL,
) -> Progress:
    """Return how far a difference of two shares of the same parcels is from its target.

    The others are as for `difference_interval`; later runs are taken to count as those made.
    """
    of_mean = progress_of_mean(target, values, level)
    if of_mean.runs < 2 or not pairs:
        return of_mean
    spread = float(np.nanstd(values, ddof=1))

    def half_after(count: int) -> float:
        times = count / of_mean.runs
        reach = score_reach(only_first * times, only_second * times, pairs * times, level)
        return max(t_quantile(count, level) * spread / math.sqrt(count), *reach)

    found = difference_interval(values, only_first, only_second, pairs, level)
    return _progress(target, found, of_mean.runs, half_after)


def progress_of_rate(
    target: Target, counts: ArrayLike, totals: ArrayLike, level: float = LEVEL
) -> Progress:
    """Return how far a share, counts over totals per run, is from its target."""
    return _progress(
        target,
        rate_interval(counts, totals, level),
        int(np.count_nonzero(totals)),
        lambda n: _farther_end(rate_interval(counts, totals, level, n)),
    )


def progress_of_quantile(
    target: Target, runs: DistributionTotals, p: float, level: float = LEVEL
) -> Progress:
    """Return how far the p-quantile of a distribution over runs is from its target.

    The half width is never below one step of the grid: nothing finer is known. Later runs are
    taken to narrow the band around the distribution function as they narrow a mean's interval.
    """
    grid, mean, spread = runs.grid, runs.mean, runs.spread
    parcels = runs.values / max(runs.runs, 1)

    def half_after(count: int) -> float:
        narrowed = mean_band(grid.values(), mean, spread, count, level, parcels * count)
        return max(_farther_end(quantile_interval(narrowed, p)), 1.0 / grid.steps_per_unit)

    return _progress(target, quantile_interval(runs.band(level), p), runs.runs, half_after)


def verdict(progress: Sequence[Progress], *, budget: int, least_runs: int = LEAST_RUNS) -> Verdict:
    """Return whether to stop, and what stands in the way.

    `budget`: most runs in all. Runs made are the fewest that any metric has a value in.
    Raises ValueError without metrics.
    """
    if not progress:
        raise ValueError("no metrics: name at least one that must be precise")
    made = min(one.runs for one in progress)
    last = max(progress, key=lambda one: math.inf if one.needed is None else one.needed)
    needed = None if last.needed is None else max(last.needed, least_runs)
    more = None if needed is None else max(0, needed - made)
    if more == 0:
        return Verdict("precise", None, 0)
    bottleneck = None if last.precise else last.name
    return Verdict("budget" if made >= budget else "more", bottleneck, more)


def runs_needed(
    values: ArrayLike, level: float = LEVEL, *, half_width: float = 0.0, relative: float = 0.0
) -> int:
    """Return how many runs make the mean's interval narrow enough.

    `values`: the metric in the runs made so far; their spread is taken as it is (Law, Simulation
    Modeling and Analysis, 5th edition, section 9.4.1). `half_width`, `relative`: as of a `Target`.

    Raises ValueError unless there are two runs and exactly one target above 0, or when more than
    `MOST_RUNS` would be needed.

    >>> runs_needed([5.0, 6.0, 7.0, 6.5], half_width=0.5)
    14
    """
    runs = np.asarray(values, np.float64)
    if len(runs) < 2:
        raise ValueError(f"{len(runs)} runs: two are needed to see how they vary")
    wanted = Target("precision", half_width, relative).wanted(float(runs.mean()))
    variance = float(runs.var(ddof=1))
    needed = _first_runs(
        lambda count: t_quantile(count, level) * math.sqrt(variance / count) <= wanted, len(runs)
    )
    if needed is None or wanted == 0:
        raise ValueError(f"more than {MOST_RUNS:,} runs would be needed")
    return needed


def runs_to_tell(
    differences: ArrayLike, level: float = LEVEL, most: int = 1000, shown: Estimate = _NOTHING
) -> int | None:
    """Return how many more runs a paired difference needs until its interval leaves out 0.

    `differences`: one per run, second less first. If estimate and spread stayed as they are: a
    guide, not a promise. 0 if the interval leaves out 0 already; None if more than `most` runs were
    needed in all, as for a difference of about 0, and for fewer than two runs. `shown`: with its
    interval, where that may be wider than Student's t: it narrows with the root of the runs.

    >>> runs_to_tell([0.4, -0.2, 0.5, 0.1])
    9
    """
    runs = np.asarray(differences, np.float64)
    runs = runs[~np.isnan(runs)]
    mean = abs(float(runs.mean())) if len(runs) > 1 else 0.0
    if mean == 0.0 or t_quantile(most, level) * runs.std(ddof=1) > mean * math.sqrt(most):
        return None
    needed = runs_needed(runs, level, half_width=mean)
    if needed <= len(runs) and shown.low <= 0.0 <= shown.high:
        half = shown.high - shown.estimate if shown.estimate < 0 else shown.estimate - shown.low
        needed = math.floor(len(runs) * (half / mean) ** 2) + 1
    return max(0, needed - len(runs)) if needed <= most else None


def cannot_tell(differences: ArrayLike, level: float = LEVEL, shown: Estimate = _NOTHING) -> str:
    """Return in words that a paired difference may be 0, and what it would take to know.

    The arguments are those of `runs_to_tell`.

    >>> cannot_tell([0.4, -0.2, 0.5, 0.1])
    'cannot tell yet, about 9 more runs needed'
    """
    more = runs_to_tell(differences, level, shown=shown)
    if more is None:
        return "cannot tell, too close for any number of runs worth making"
    return f"cannot tell yet, about {max(more, 1):,} more run{'s' * (more > 1)} needed"


def _progress(
    target: Target, estimate: Estimate, runs: int, half_after: Callable[[int], float]
) -> Progress:
    if runs == 0 or not math.isfinite(estimate.estimate):
        return Progress(target.name, estimate, math.inf, math.nan, runs, None)
    wanted = target.wanted(estimate.estimate)
    half = half_after(runs) if runs > 1 else math.inf
    needed = _first_runs(lambda count: half_after(count) + wanted / count <= wanted, max(runs, 2))
    return Progress(target.name, estimate, half, wanted, runs, needed if runs > 1 else None)


def _first_runs(enough: Callable[[int], bool], low: int) -> int | None:
    """Return the fewest runs, `low` or more, that are enough; None above `MOST_RUNS`."""
    high = low
    while not enough(high):
        if high >= MOST_RUNS:
            return None
        low, high = high + 1, min(2 * high, MOST_RUNS)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return low


def _farther_end(estimate: Estimate) -> float:
    if not estimate.has_interval:
        return math.inf
    return max(estimate.high - estimate.estimate, estimate.estimate - estimate.low)
