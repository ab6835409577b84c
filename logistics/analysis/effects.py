"""What a what-if changes in a network: its metrics, its service by date, its backlog, and for how
long: the same orders and random draws with it and without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from logistics.analysis.measures.metrics import Quantile, RunTotals
from logistics.analysis.statistics.intervals import LEVEL, Estimate, Floats, mean_interval

USUAL = 0.05
"""A day is back to normal within this part of the day without the what-if."""


@dataclass(frozen=True, eq=False)
class ByDate:
    """Each measured date with the what-if and without it.

    `first_day`: of the dates. `days`, `base_days`: mean delivery days by local order date; NaN
    where nothing was delivered. `backlog`, `base_backlog`: parcels on their way at its end, in days
    of orders; as long as the runs lasted, at least to the last measured date.
    """

    first_day: str
    days: Floats
    base_days: Floats
    backlog: Floats
    base_backlog: Floats

    def day(self, number: int) -> date:
        """Return a date by its number, from 0."""
        return date.fromisoformat(self.first_day) + timedelta(days=number)

    def unusual(self) -> list[int]:
        """Return the numbers of the measured dates on which service or backlog is not as usual."""
        apart = _apart(self.days, self.base_days) | _apart(
            self.backlog[: len(self.days)], self.base_backlog[: len(self.days)]
        )
        found: list[int] = np.flatnonzero(apart).tolist()
        return found

    def worst(self) -> int:
        """Return the number of the date with the most backlog beyond that without the what-if."""
        both = min(len(self.backlog), len(self.base_backlog))
        return int(np.argmax(self.backlog[:both] - self.base_backlog[:both]))


@dataclass(frozen=True, eq=False)
class Effect:
    """What a what-if changes in one network.

    `base`: its metrics without it. `changes`: with it less without it; of the metrics that have an
    interval. `starts`, `ends`: the first and the last date that the what-if names, as ISO dates;
    both '' if it names none.
    """

    base: Mapping[str, Estimate]
    changes: Mapping[str, Estimate]
    by_date: ByDate
    starts: str = ""
    ends: str = ""

    @property
    def is_dated(self) -> bool:
        """Tell whether the what-if names dates, so that there is something to recover from."""
        return bool(self.starts)

    @property
    def outlasts(self) -> bool:
        """Tell whether the what-if names a date after the last that was measured."""
        return self.ends > self.by_date.day(len(self.by_date.days) - 1).isoformat()

    @property
    def recovered(self) -> date | None:
        """The first order date from which every measured date is as usual again.

        Its mean delivery days and the backlog at its end lie within `USUAL` of those without the
        what-if, and so do those of every measured date after it. None if the last date does not, or
        if the what-if itself goes on after it.
        """
        unusual = self.by_date.unusual()
        if self.outlasts:
            return None
        if unusual and unusual[-1] == len(self.by_date.days) - 1:
            return None
        return self.by_date.day(unusual[-1] + 1 if unusual else 0)


def effect(
    changed: RunTotals,
    base: RunTotals,
    by_date: ByDate,
    dates: Sequence[str] = (),
    level: float = LEVEL,
) -> Effect:
    """Return the effect of a what-if on a network. `dates`: that it names, as ISO dates.

    Runs with the same number had the same random draws: the interval of a mean or a share is
    Student's over their differences. That of a percentile is as wide as both intervals together,
    for its runs' own percentiles tell too little.

    Raises ValueError for another number of runs.
    """
    if len(changed) != len(base):
        raise ValueError(f"{len(changed)} runs and {len(base)} without the what-if: not paired")
    with_, without = changed.estimates(level), base.estimates(level)
    changes = {
        name: _change(changed, base, name, with_[name], without[name], level)
        for name, metric in changed.metrics.items()
        if metric.has_interval and name in without
    }
    known = sorted(dates)
    return Effect(without, changes, by_date, *((known[0], known[-1]) if known else ("", "")))


def _change(
    changed: RunTotals, base: RunTotals, name: str, one: Estimate, other: Estimate, level: float
) -> Estimate:
    if not isinstance(changed.metrics[name].estimator, Quantile):
        return mean_interval(changed.values(name) - base.values(name), level)
    if not np.isfinite([one.estimate, other.estimate]).all():
        return Estimate(float("nan"))
    return Estimate(one.estimate - other.estimate, one.low - other.high, one.high - other.low)


def _apart(one: Floats, other: Floats) -> np.typing.NDArray[np.bool_]:
    """Tell on which days two series differ by more than `USUAL` of the second.

    So do days on which only one of them has a value: nothing delivered is not as usual.
    """
    with np.errstate(invalid="ignore"):
        differ = np.abs(one - other) > USUAL * np.abs(other)
    return np.asarray(differ | (np.isnan(one) != np.isnan(other)))
