"""What parcels still under way at the horizon can do to a figure.

A parcel under way has waited some days already and will take at least those. Had every one arrived
right then, quantiles and shares would be as good as they can be; had none ever arrived, as bad.
The truth lies between the two limits, whatever becomes of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.statistics.distributions import Grid, Histogram, mean_distribution
from logistics.analysis.statistics.intervals import (
    LEVEL,
    Band,
    Estimate,
    mean_interval,
    quantile_interval,
)

Floats = NDArray[np.float64]

DAYS_GRID = Grid(0, 120, 96)
"""Quarters of an hour; longer than for delivered parcels, so that ages fit."""


@dataclass(frozen=True, eq=False)
class Parcels:
    """Parcels of one run, finished or not.

    `days`: order to delivery of those that ended, +inf for those that ended otherwise (lost,
    returned). `age_days`: order to horizon of those still under way.

    Raises ValueError for a day that is negative or no number, or an age that is infinite.
    """

    days: Floats
    age_days: Floats

    def __post_init__(self) -> None:
        """Refuse days and ages that cannot be."""
        if not ((self.days >= 0).all() and (self.age_days >= 0).all()):
            raise ValueError("days and ages must be numbers of 0 or more")
        if not np.isfinite(self.age_days).all():
            raise ValueError("the age of a parcel under way is not infinite")

    def at_best(self) -> Floats:
        """Return the days if all under way had arrived at the horizon."""
        return np.concatenate([self.days, self.age_days])

    def at_worst(self, within_days: float) -> Floats:
        """Return the days if all under way arrived so many days after the horizon; inf: never."""
        return np.concatenate([self.days, self.age_days + within_days])


@dataclass(frozen=True)
class Limits:
    """The least and the most that a figure can be once no parcel is under way.

    `label`: what the figure is called. `low`, `high`: each with its interval over the runs; +inf is
    not reached, or for a mean not limited. `under_way`: parcels still under way, all runs together.
    """

    label: str
    low: Estimate
    high: Estimate
    under_way: int

    @property
    def open(self) -> bool:
        """Tell whether parcels under way leave the figure open."""
        return self.low.estimate != self.high.estimate

    def text(self, digits: int = 1, unit: str = "") -> str:
        """Return the limits in words, for a line of a table.

        >>> Limits("P99", Estimate(12.1), Estimate(math.inf), 40).text()
        'P99 could be 12.1 to not reached'
        """
        low, high = (_words(one.estimate, digits, unit) for one in (self.low, self.high))
        return f"{self.label} is {low}" if low == high else f"{self.label} could be {low} to {high}"


def quantile_limits(
    runs: Sequence[Parcels], p: float, within_days: float = math.inf, level: float = LEVEL
) -> Limits:
    """Return the limits of the p-quantile of all parcels over the runs.

    `within_days`: how long after the horizon the last one under way may still arrive, if that is
    known; otherwise it may never. Quantiles count what never comes as +inf. To the quarter of an
    hour. Raises ValueError without runs.
    """
    _refuse_nothing(runs)

    def of(days: list[Floats]) -> Band:
        return mean_distribution([Histogram.of(one, DAYS_GRID) for one in days], level)

    best = of([one.at_best() for one in runs])
    worst = of([one.at_worst(within_days) for one in runs])
    return limits_between(best, worst, p, _under_way(runs))


def limits_between(best: Band, worst: Band, p: float, under_way: int) -> Limits:
    """Return the limits of the p-quantile from two distributions of all parcels' days.

    `best`: had those under way arrived at the horizon; `worst`: the latest they may, or never.
    """
    low, high = quantile_interval(best, p), quantile_interval(worst, p)
    return Limits(f"P{100 * p:g}", low, high, under_way)


def within_limits(
    runs: Sequence[Parcels], days: float, within_days: float = math.inf, level: float = LEVEL
) -> Limits:
    """Return the limits of the share of all parcels delivered within so many days.

    Raises ValueError without runs.
    """
    _refuse_nothing(runs)

    def of(each: list[Floats]) -> Estimate:
        shares = [float((one <= days).mean()) if len(one) else math.nan for one in each]
        return mean_interval(shares, level, (0.0, 1.0))

    worst = of([one.at_worst(within_days) for one in runs])
    best = of([one.at_best() for one in runs])
    return Limits(f"within {days:g} days", worst, best, _under_way(runs))


def mean_limits(
    runs: Sequence[Parcels], within_days: float = math.inf, level: float = LEVEL
) -> Limits:
    """Return the limits of the mean days of the delivered, whichever of the rest arrive.

    The least: those arrive, right at the horizon, that pull the mean down; the most: those that
    pull it up, `within_days` after it. A mean has no upper limit where that is not known.
    Raises ValueError without runs.
    """
    _refuse_nothing(runs)
    low = mean_interval([_least_mean(one.days, one.age_days) for one in runs], level)
    late = [-_least_mean(-one.days, -(one.age_days + within_days)) for one in runs]
    limited = math.isfinite(within_days) or _under_way(runs) == 0
    high = mean_interval(late, level) if limited else Estimate(math.inf, low.low, math.inf)
    return Limits("mean", low, high, _under_way(runs))


def _least_mean(days: Floats, ages: Floats) -> float:
    """Return the least mean of the finite days and any choice of the ages."""
    days = days[np.isfinite(days)]
    total, count = float(days.sum()), len(days)
    for age in np.sort(ages):
        if count and age >= total / count:
            break
        total, count = total + float(age), count + 1
    return total / count if count else math.nan


def _words(value: float, digits: int, unit: str) -> str:
    if math.isnan(value):
        return "unknown"
    return f"{value:.{digits}f}{unit}" if math.isfinite(value) else "not reached"


def _under_way(runs: Sequence[Parcels]) -> int:
    return sum(len(one.age_days) for one in runs)


def _refuse_nothing(runs: Sequence[Parcels]) -> None:
    if not runs:
        raise ValueError("no runs: a limit needs at least one")
