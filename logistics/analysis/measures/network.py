"""One network: what a run of it gives, and what several runs give together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


@dataclass(frozen=True, eq=False)
class Measurement(RunMetrics):
    """The metrics of one run of one network, and what the checks of a run's ends need.

    `age_days`: from order to horizon of the parcels still under way, on the grid of
    "delivery_days". `daily_days`: (dates,) mean delivery days of the delivered by local order
    date, warm-up first; NaN where none, empty where not known.
    """

    age_days: Histogram
    daily_days: NDArray[np.float64]


def measure(outcomes: Outcomes, more: Sequence[Measure] | None = None) -> Measurement:
    """Measure one run of one network.

    `more`: measures beside the built-in ones; None: the registered ones of this process.

    Raises ValueError, naming the metric, for a measure that does not give what its metrics need.
    """
    measures = (*BUILT_IN, *(added() if more is None else more))
    parts: dict[str, Part] = {}
    for one in measures:
        new = one.of_run(outcomes)
        if twice := sorted(new.keys() & parts.keys()):
            raise ValueError(f"{', '.join(twice)}: given by two measures; choose another name")
        parts |= new
    metrics = {name: metric for one in measures for name, metric in one.metrics.items()}
    found = RunMetrics.of(parts, metrics)
    ages = Histogram.of(outcomes.age_days[outcomes.under_way], DAYS_GRID)
    return Measurement(**vars(found), age_days=ages, daily_days=outcomes.daily_days)


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
        self._daily: list[NDArray[np.float64]] = []

    def add(self, one: RunMetrics) -> None:
        """Add a run, which is a `Measurement`."""
        assert isinstance(one, Measurement)
        super().add(one)
        self._daily.append(one.daily_days)
        self.under_way += one.age_days.total
        delivery = one.histograms["delivery_days"]
        at_best = delivery.counts + one.age_days.counts
        self.at_best.add(Histogram(delivery.grid, at_best, delivery.total))

    def daily_days(self) -> NDArray[np.float64]:
        """Return (runs, dates) mean delivery days by local order date, warm-up first."""
        return np.array(self._daily)

    def unfinished(self, level: float = LEVEL) -> tuple[Limits, ...]:
        """Return how far parcels under way leave each percentile of the delivery days open."""
        best, worst = self.at_best.band(level), self.distributions["delivery_days"].band(level)
        asked = [one.estimator for one in self.metrics.values()]
        shares = {
            f"P{one.p}": one.p / 100
            for one in asked
            if isinstance(one, Quantile) and one.of == "delivery_days"
        }
        return tuple(
            Limits(name, quantile_interval(best, p), quantile_interval(worst, p), self.under_way)
            for name, p in shares.items()
        )
