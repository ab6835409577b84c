"""One network: what a run of it gives, and what several runs give together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from logistics.analysis.measures.metrics import (
    DAYS_GRID,
    Measure,
    Part,
    Quantile,
    RunMetrics,
    RunTotals,
)
from logistics.analysis.measures.outcomes import Outcomes
from logistics.analysis.measures.registry import BUILT_IN, NETWORK_METRICS, added
from logistics.analysis.statistics.distributions import DistributionTotals, Histogram
from logistics.analysis.statistics.intervals import LEVEL, Estimate, quantile_interval

AGE = "age_days"
"""From order to horizon of the parcels still under way: a histogram, as of "delivery_days"."""


def measure(outcomes: Outcomes, more: Sequence[Measure] | None = None) -> RunMetrics:
    """Measure one run of one network.

    The row "daily_days": mean delivery days of the delivered by local order date, warm-up first;
    NaN where none, empty where not known. "daily_backlog": parcels on their way at its end.

    `more`: measures beside the built-in ones; None: the registered ones of this process.

    Raises ValueError, naming the metric, for a measure that does not give what its metrics need.
    """
    measures = (*BUILT_IN, *(added() if more is None else more))
    parts: dict[str, Part] = {}
    for one in measures:
        new = one.of_run(outcomes)
        if twice := sorted(new.keys() & {AGE, *parts}):
            raise ValueError(f"{', '.join(twice)}: given by two measures; choose another name")
        parts |= new
    metrics = {name: metric for one in measures for name, metric in one.metrics.items()}
    parts[AGE] = Histogram.of(outcomes.age_days[outcomes.under_way], DAYS_GRID)
    rows = {name: getattr(outcomes, name) for name in ("daily_days", "daily_backlog")}
    return RunMetrics.of(parts, metrics, **rows)


@dataclass(frozen=True)
class Limits:
    """The least and the most that a percentile can be once no parcel is under way.

    A parcel under way has waited some days already and will take at least those. Had every one
    arrived right then, the percentile would be `low`; had none ever arrived, `high`: each with its
    interval over the runs; +inf is not reached. `label`: such as 'P95'. `under_way`: parcels still
    under way, all runs together.
    """

    label: str
    low: Estimate
    high: Estimate
    under_way: int

    @property
    def open(self) -> bool:
        """Tell whether parcels under way leave the percentile open."""
        return self.low.estimate != self.high.estimate


class NetworkTotals(RunTotals):
    """The metrics of one network, added up one run at a time.

    `at_best`: the delivery days if all parcels under way had arrived at the horizon. `under_way`:
    those parcels, all runs together.
    """

    def __init__(self) -> None:
        super().__init__(NETWORK_METRICS)
        self.at_best = DistributionTotals(DAYS_GRID)
        self.under_way = 0

    def add(self, one: RunMetrics) -> None:
        """Add a run, as `measure` gives it."""
        super().add(one)
        delivery, ages = one.histograms["delivery_days"], one.histograms[AGE]
        self.under_way += ages.total
        at_best = delivery.counts + ages.counts
        self.at_best.add(Histogram(delivery.grid, at_best, delivery.total))

    def unfinished(self, level: float = LEVEL) -> tuple[Limits, ...]:
        """Return how far parcels under way leave each percentile of the delivery days open."""
        best, worst = self.at_best.band(level), self.distributions["delivery_days"].band(level)
        asked = [one.estimator for one in self.metrics.values()]
        percents = [o.p for o in asked if isinstance(o, Quantile) and o.of == "delivery_days"]
        return tuple(
            Limits(f"P{p}", quantile_interval(best, q), quantile_interval(worst, q), self.under_way)
            for p in percents
            for q in [p / 100]
        )
