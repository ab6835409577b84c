"""What a metric is, and how it is estimated from several runs.

A run gives each metric one part: a number, a count, or a distribution. Runs add up in `RunTotals`;
an estimator turns what was added up into an estimate with its interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from logistics.analysis.measures.outcomes import Outcomes
from logistics.analysis.statistics.distributions import (
    DistributionTotals,
    Grid,
    Histogram,
    mean_distribution,
)
from logistics.analysis.statistics.intervals import (
    LEVEL,
    Band,
    Estimate,
    difference_interval,
    mean_interval,
    quantile_interval,
    share_over_runs,
)
from logistics.analysis.statistics.stopping import (
    Progress,
    Target,
    progress_of_difference,
    progress_of_mean,
    progress_of_quantile,
    progress_of_rate,
)

DAYS_GRID = Grid(0, 60, 96)
"""Quarters of an hour, up to 60 days."""

DATES_GRID = Grid(0, 60, 1)

Count = tuple[int, int]
"""How many parcels, and of how many."""

Part = float | Count | Histogram
"""What one run gives: a number, a count, or a distribution that quantiles are read from."""


@dataclass(frozen=True)
class Mean:
    """The mean over runs of each run's number, with Student's t interval."""

    has_interval = True
    counted: ClassVar[tuple[str, ...]] = ()
    """Endings of the names of the counts that are kept of each run."""

    def value(self, parts: Mapping[str, Any], name: str) -> float:
        """Return the run's number."""
        return float(parts[name])

    def estimate(self, runs: RunTotals, name: str, level: float) -> Estimate:
        """Return the mean, its interval cut to the bounds of the metric."""
        return mean_interval(runs.values(name), level, runs.metrics[name].bounds)

    def progress(self, runs: RunTotals, target: Target, level: float) -> Progress:
        """Return how far the mean is from its target."""
        return progress_of_mean(target, runs.values(target.name), level)


class Total(Mean):
    """The sum over runs of each run's number, without an interval."""

    has_interval = False

    def estimate(self, runs: RunTotals, name: str, level: float) -> Estimate:
        """Return the sum."""
        return Estimate(float(runs.values(name).sum()))


class Difference(Mean):
    """The mean over runs of a difference of two shares, second less first, of the same parcels.

    Its interval is never narrower than the counts `<name>.first` and `<name>.second` allow: of how
    many parcels in the first alone, and in the second alone.
    """

    counted = (".first", ".second")

    def estimate(self, runs: RunTotals, name: str, level: float) -> Estimate:
        """Return the mean with its interval."""
        return difference_interval(*self._sums(runs, name), level)

    def progress(self, runs: RunTotals, target: Target, level: float) -> Progress:
        """Return how far the difference is from its target."""
        return progress_of_difference(target, *self._sums(runs, target.name), level)

    def _sums(self, runs: RunTotals, name: str) -> tuple[NDArray[np.float64], int, int, int]:
        """Return the differences of the runs, both counts of all runs, and of how many."""
        (first, pairs), (second, _) = (
            (int(part.sum()), int(whole.sum()))
            for part, whole in (runs.kept(f"{name}{ending}") for ending in self.counted)
        )
        return runs.values(name), first, second, pairs


@dataclass(frozen=True)
class Rate:
    """A share of the parcels of all runs together, from the counts of each run.

    Of a run that gives or has stored a number instead, it is taken as a share of all its parcels.
    """

    has_interval = True
    counted: ClassVar[tuple[str, ...]] = ("",)

    def value(self, parts: Mapping[str, Any], name: str) -> float:
        """Return the share in one run."""
        if not isinstance(parts[name], tuple):
            return float(parts[name])
        part, whole = parts[name]
        return part / whole if whole else math.nan

    def estimate(self, runs: RunTotals, name: str, level: float) -> Estimate:
        """Return the share with its interval; one run gives none."""
        return share_over_runs(*runs.counts(name), level)

    def progress(self, runs: RunTotals, target: Target, level: float) -> Progress:
        """Return how far the share is from its target."""
        return progress_of_rate(target, *runs.counts(target.name), level)


@dataclass(frozen=True)
class Quantile:
    """A percentile of the mean distribution over runs.

    `of`: the distribution, counted on `grid`. `p`: percent.
    """

    of: str
    p: int
    grid: Grid = DAYS_GRID
    has_interval = True
    counted: ClassVar[tuple[str, ...]] = ()

    def value(self, parts: Mapping[str, Any], name: str) -> float:
        """Return the percentile in one run; +inf where it is not reached."""
        return quantile_interval(mean_distribution([parts[self.of]]), self.p / 100).estimate

    def estimate(self, runs: RunTotals, name: str, level: float) -> Estimate:
        """Return the percentile of the mean distribution function, its interval inverted."""
        return quantile_interval(runs.distributions[self.of].band(level), self.p / 100)

    def progress(self, runs: RunTotals, target: Target, level: float) -> Progress:
        """Return how far the percentile is from its target."""
        return progress_of_quantile(target, runs.distributions[self.of], self.p / 100, level)


Estimator = Mean | Rate | Quantile
"""How a metric is read from a run's parts, and estimated from several runs."""

MEAN, TOTAL, RATE, DIFFERENCE = Mean(), Total(), Rate(), Difference()


@dataclass(frozen=True)
class Definition:
    """What a metric is.

    `low`, `high`: what no true value leaves; intervals are cut there. `title`: what it is called
    where no heading says what it is of; empty: as `label`. `short`: its heading in the answer, of
    which it is a part; empty: it is in the tables only. `estimator`: None for what a single run
    does not have: it comes from the means of all runs, (runs, 2), by `of_means`.
    """

    unit: str
    label: str
    text: str
    low: float = 0.0
    high: float = math.inf
    title: str = ""
    estimator: Estimator | None = MEAN
    of_means: Callable[[NDArray[np.float64]], float] | None = None
    short: str = ""

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the range of true values."""
        return (self.low, self.high)

    @property
    def has_interval(self) -> bool:
        """Tell whether several runs give an interval, so that it can have a precision target."""
        return self.estimator is not None and self.estimator.has_interval

    def of_a_change(self) -> Definition:
        """Return the definition of a difference of two such metrics, which has a sign."""
        return replace(self, low=-math.inf, high=math.inf)


def share(
    label: str, text: str, title: str = "", estimator: Estimator = RATE, short: str = ""
) -> Definition:
    """Return the definition of a share, from 0 to 1, that is counted; MEAN: that is computed."""
    return Definition("share", label, text, 0.0, 1.0, title, estimator, short=short)


def percentiles(
    of: str,
    percentages: Iterable[int],
    like: Definition,
    grid: Grid = DAYS_GRID,
    short: Iterable[int] = (),
) -> dict[str, Definition]:
    """Return the definitions `<of>.p50`, ... of percentiles of a distribution counted on a grid.

    `like`: unit, bounds and words; in its label and title '{}' stands for "median" or "P95", in
    its text '{}' stands for 50 or 95. `short`: those that are in the answer.
    """
    found, in_answer = {}, set(short)
    for p in percentages:
        word = "median" if p == 50 else f"P{p}"
        found[f"{of}.p{p}"] = replace(
            like,
            label=like.label.format(word),
            title=like.title.format(word),
            text=like.text.format(p),
            estimator=Quantile(of, p, grid),
            short=f"P{p}" if p in in_answer else "",
        )
    return found


@dataclass(frozen=True)
class Section:
    """Metrics shown together in a table, by name; `definition`: what is printed below them."""

    title: str
    definition: str
    metrics: Mapping[str, Definition]


@dataclass(frozen=True)
class Measure:
    """A family of metrics that are read from the same columns, in the sections that show them.

    Dots in the name of a metric nest it in `summary.json`. `of_run`: from the parcels of one run to
    the parts that the estimators of the metrics read, by name: a number for a mean or a total, (how
    many, of how many) for a share, a `Histogram` for percentiles. Worker processes import it, so it
    must be at the top of a module, not within a function.
    """

    of_run: Callable[[Outcomes], Mapping[str, Part]]
    sections: tuple[Section, ...]

    @property
    def metrics(self) -> dict[str, Definition]:
        """By name, the metrics of all sections."""
        return {name: one for section in self.sections for name, one in section.metrics.items()}


@dataclass(frozen=True, eq=False)
class RunMetrics:
    """The metrics of one run, small enough to travel between processes.

    `values`: by name, NaN where there is nothing to measure. `histograms`: by name, what quantiles
    are read from. `counts`: by name, how many parcels, and of how many. `rows`: by
    name, other numbers that are kept of each run.
    """

    values: dict[str, float]
    histograms: dict[str, Histogram]
    counts: dict[str, Count]
    rows: dict[str, NDArray[np.float64]]

    @classmethod
    def of(
        cls, parts: Mapping[str, Part], metrics: Mapping[str, Definition], **rows: ArrayLike
    ) -> RunMetrics:
        """Read the metrics of one run from its parts.

        Raises ValueError for a metric whose part is missing or of another kind.
        """
        values = {}
        for name, metric in metrics.items():
            if metric.estimator is None:
                continue
            try:
                values[name] = metric.estimator.value(parts, name)
            except (KeyError, TypeError, AttributeError) as error:
                raise ValueError(
                    f"{name}: the run has no such number, count or distribution ({error!r})"
                ) from None
        histograms = {name: one for name, one in parts.items() if isinstance(one, Histogram)}
        pairs = {name: one for name, one in parts.items() if isinstance(one, tuple)}
        counts = {name: (int(a), int(b)) for name, (a, b) in pairs.items()}
        kept = {name: np.asarray(row, np.float64) for name, row in rows.items()}
        return cls(values, histograms, counts, kept)


class RunTotals:
    """The metrics of several runs, added up one run at a time.

    `metrics`: what is estimated, by name. Of each run its values, counts and rows are kept, some
    kilobytes; of its distributions only sums: `distributions`, by name. A run that was stored
    before a metric was added has no value of it.
    """

    def __init__(self, metrics: Mapping[str, Definition]) -> None:
        self.metrics = dict(metrics)
        estimators = {name: one.estimator for name, one in metrics.items() if one.estimator}
        self._names = list(estimators)
        self._counted = [f"{name}{end}" for name, one in estimators.items() for end in one.counted]
        self.distributions = {
            one.of: DistributionTotals(one.grid)
            for one in estimators.values()
            if isinstance(one, Quantile)
        }
        self._values: list[NDArray[np.float64]] = []
        self._counts: list[NDArray[np.int64]] = []
        self._rows: list[dict[str, NDArray[np.float64]]] = []

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self._values)

    def add(self, one: RunMetrics) -> None:
        """Add a run."""
        values = [one.values.get(name, math.nan) for name in self._names]
        counts = [one.counts.get(name, (0, 0)) for name in self._counted]
        self._values.append(np.array(values, np.float64))
        self._counts.append(np.array(counts, np.int64).reshape(-1, 2))
        self._rows.append(one.rows)
        for name in self.distributions.keys() & one.histograms.keys():
            self.distributions[name].add(one.histograms[name])

    def values(self, name: str) -> NDArray[np.float64]:
        """Return (runs,) a metric in each run."""
        return np.array(self._values)[:, self._names.index(name)]

    def rows(self, name: str) -> NDArray[np.float64]:
        """Return (runs, numbers) a row of each run, cut to the shortest; a missing one is empty."""
        rows = [one.get(name, np.zeros(0)) for one in self._rows]
        length = min(map(len, rows), default=0)
        return np.array([row[:length] for row in rows])

    def runs(self) -> list[dict[str, float]]:
        """Return the metrics of each run by name."""
        return [dict(zip(self._names, one.tolist(), strict=True)) for one in self._values]

    def kept(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (runs,) a count of each run, and of how many; (0, 0) of runs that have none."""
        both = np.array(self._counts)[:, self._counted.index(name)]
        return both[:, 0], both[:, 1]

    def counts(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (runs,) how many parcels, and of how many; name of a `Rate`."""
        part, whole = self.kept(name)
        value = self.values(name)
        missing = (whole == 0) & ~np.isnan(value)
        parcels = self.values("parcels") if missing.any() else whole
        return np.where(missing, value * parcels, part), np.where(missing, parcels, whole)

    def bands(self, level: float = LEVEL) -> dict[str, Band]:
        """Return the mean distribution functions by name."""
        return {name: one.band(level) for name, one in self.distributions.items()}

    def estimate(self, name: str, level: float = LEVEL) -> Estimate:
        """Return a metric over the runs, with its interval."""
        metric = self.metrics[name]
        if metric.estimator:
            return metric.estimator.estimate(self, name, level)
        return Estimate(metric.of_means(self.rows("mean_days")) if metric.of_means else math.nan)

    def estimates(self, level: float = LEVEL) -> dict[str, Estimate]:
        """Return every metric over the runs, with its interval."""
        return {name: self.estimate(name, level) for name in self.metrics}

    def progress(self, target: Target, level: float = LEVEL) -> Progress:
        """Return how far a metric is from its target; the interval is the one that tables show.

        Raises ValueError for one that has no interval.
        """
        estimator = self.metrics[target.name].estimator
        if estimator is None or not estimator.has_interval:
            raise ValueError(f"{target.name}: has no interval, so it cannot be precise")
        return estimator.progress(self, target, level)
