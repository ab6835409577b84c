"""From the parcels of one run to figures, and from the figures of several runs to intervals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.measures.outcomes import Outcomes
from logistics.analysis.measures.registry import (
    COUNTED,
    NETWORK_FIGURES,
    QUANTILES,
    WITHIN,
    damage_key,
)
from logistics.analysis.statistics.distributions import (
    GatheredDistribution,
    Grid,
    Histogram,
    mean_distribution,
)
from logistics.analysis.statistics.intervals import (
    LEVEL,
    Estimate,
    mean_interval,
    quantile_interval,
)
from logistics.analysis.statistics.rates import rate_interval
from logistics.analysis.statistics.unfinished import Limits, limits_between
from logistics.vocabulary import HOURS, TOUCH_KINDS, ZONES

DAYS_GRID = Grid(0, 60, 96)
"""Quarters of an hour, up to 60 days."""

DATES_GRID = Grid(0, 60, 1)

GRIDS: Mapping[str, Grid] = {
    name: DATES_GRID if name == "promised_dates" else DAYS_GRID for name in QUANTILES
}
"""On which each distribution is counted; by name, as in `QUANTILES`."""

_SUMMED = ("parcels", "orders")


@dataclass(frozen=True, eq=False)
class Measurement:
    """The figures of one run of one network, small enough to travel between processes.

    `figures`: by name, as in `NETWORK_FIGURES`; NaN where there is nothing to measure.
    `histograms`: by name, as in `QUANTILES`. `counts`: by name, as in `COUNTED`: how many parcels,
    and of how many. `age_days`: from order to horizon of the parcels still under way, on the grid
    of "delivery_days". `daily_days`: (dates,) mean delivery days of the delivered by local order
    date, warm-up first; NaN where none, empty where not known.
    """

    figures: dict[str, float]
    histograms: dict[str, Histogram]
    counts: dict[str, tuple[int, int]]
    age_days: Histogram
    daily_days: NDArray[np.float64]


def measure(outcomes: Outcomes) -> Measurement:
    """Measure one run: figures are per parcel, `order_days` and `orders` per order."""
    rows = np.flatnonzero(outcomes.delivered)
    histograms, orders = _histograms(outcomes, rows)
    counts = _counts(outcomes, rows)
    figures = {
        "parcels": float(len(outcomes)),
        "orders": float(histograms["order_days"].total),
        "delivery_days.mean": _mean(outcomes.delivery_days[rows]),
        "order_days.mean": _mean(orders[np.isfinite(orders)]),
        **_shares_within(outcomes, histograms["delivery_days"]),
        **_dispatch(outcomes),
        **_promise(outcomes),
        **_damage(outcomes, rows),
        **{name: part / whole if whole else math.nan for name, (part, whole) in counts.items()},
        **_way(outcomes, rows),
    }
    for name, histogram in histograms.items():
        run = mean_distribution([histogram])
        figures |= {
            f"{name}.p{p}": quantile_interval(run, p / 100).estimate for p in QUANTILES[name]
        }
    return Measurement(
        figures={name: figures[name] for name in NETWORK_FIGURES},
        histograms=histograms,
        counts=counts,
        age_days=Histogram.of(outcomes.age_days[outcomes.under_way], DAYS_GRID),
        daily_days=outcomes.daily_days,
    )


class GatheredMeasurements:
    """The measurements of one network, taken in one run at a time.

    Of each run its figures, counts and days are kept, about a kilobyte; of its distributions only
    sums: `distributions`, by name as in `QUANTILES`, and `at_best`, the delivery days if all
    parcels under way had arrived at the horizon. `under_way`: those parcels, all runs together.
    """

    def __init__(self) -> None:
        self.distributions = {name: GatheredDistribution(GRIDS[name]) for name in QUANTILES}
        self.at_best = GatheredDistribution(DAYS_GRID)
        self.under_way = 0
        self._figures: list[NDArray[np.float64]] = []
        self._counts: list[NDArray[np.int64]] = []
        self._daily: list[NDArray[np.float64]] = []

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self._figures)

    def add(self, one: Measurement) -> None:
        """Take in a run."""
        self._figures.append(np.array([one.figures[name] for name in NETWORK_FIGURES], np.float64))
        self._counts.append(np.array([one.counts[name] for name in COUNTED], np.int64))
        self._daily.append(one.daily_days)
        self.under_way += one.age_days.total
        delivery = one.histograms["delivery_days"]
        at_best = delivery.counts + one.age_days.counts
        self.at_best.add(Histogram(delivery.grid, at_best, delivery.total))
        for name, gathered in self.distributions.items():
            gathered.add(one.histograms[name])

    def values(self, name: str) -> NDArray[np.float64]:
        """Return (runs,) a figure in each run."""
        return np.array(self._figures)[:, list(NETWORK_FIGURES).index(name)]

    def runs(self) -> list[dict[str, float]]:
        """Return the figures of each run by name."""
        return [dict(zip(NETWORK_FIGURES, one.tolist(), strict=True)) for one in self._figures]

    def counts(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (runs,) how many parcels, and of how many; name as in `COUNTED`."""
        both = np.array(self._counts)[:, COUNTED.index(name)]
        return both[:, 0], both[:, 1]

    def daily_days(self) -> NDArray[np.float64]:
        """Return (runs, dates) mean delivery days by local order date, warm-up first."""
        return np.array(self._daily)

    def figures(self, level: float = LEVEL) -> dict[str, Estimate]:
        """Return every figure over the runs, with its interval.

        Means and shares: mean over runs of each run's figure. Shares in `COUNTED`: of the parcels
        of all runs together, with the interval of a rare rate. Quantiles: of the mean distribution
        function. Counts: summed, without an interval.
        """
        figures = {name: Estimate(float(self.values(name).sum())) for name in _SUMMED}
        figures |= {name: self._rate(name, level) for name in COUNTED}
        for name, percentages in QUANTILES.items():
            band = self.distributions[name].band(level)
            figures |= {f"{name}.p{p}": quantile_interval(band, p / 100) for p in percentages}
        for name in NETWORK_FIGURES.keys() - figures.keys():
            bounds = NETWORK_FIGURES[name].bounds
            figures[name] = mean_interval(self.values(name), level, bounds)
        return {name: figures[name] for name in NETWORK_FIGURES}

    def unfinished(self, level: float = LEVEL) -> tuple[Limits, ...]:
        """Return how far parcels under way leave each quantile of the delivery days open."""
        best, worst = self.at_best.band(level), self.distributions["delivery_days"].band(level)
        return tuple(
            limits_between(best, worst, p / 100, self.under_way) for p in QUANTILES["delivery_days"]
        )

    def _rate(self, name: str, level: float) -> Estimate:
        rate = rate_interval(*self.counts(name), level)
        return rate.figure if rate.runs > 1 else Estimate(rate.figure.estimate)


def combine(measurements: Sequence[Measurement], level: float = LEVEL) -> dict[str, Estimate]:
    """Return every figure of a network over its runs, as `GatheredMeasurements.figures` does.

    Raises ValueError without measurements.
    """
    if not measurements:
        raise ValueError("no measurements: a figure needs at least one run")
    gathered = GatheredMeasurements()
    for one in measurements:
        gathered.add(one)
    return gathered.figures(level)


def _histograms(
    o: Outcomes, rows: NDArray[np.intp]
) -> tuple[dict[str, Histogram], NDArray[np.float64]]:
    """Count on the grids; return the days of whole orders too."""
    delivery = Histogram.of(o.delivery_days, DAYS_GRID)
    orders = _order_days(o)
    promised = o.delivery_dates[rows] - o.late_days[rows]
    counted = {
        "delivery_days": delivery,
        "order_days": delivery if len(orders) == len(o) else Histogram.of(orders, DAYS_GRID),
        "dispatch_days": Histogram.of(o.dispatch_days, DAYS_GRID),
        "promised_dates": Histogram.of(promised, DATES_GRID),
    }
    return counted, orders


def _order_days(o: Outcomes) -> NDArray[np.float64]:
    """Return per order the days to its last parcel, +inf if one of them never came."""
    first = np.flatnonzero(np.diff(o.order_id, prepend=o.order_id[:1] - 1))
    if len(first) == len(o):
        return o.delivery_days
    return np.maximum.reduceat(o.delivery_days, first)


def _shares_within(o: Outcomes, delivery: Histogram) -> dict[str, float]:
    dates = Histogram.of(o.delivery_dates.astype(np.float64), DATES_GRID)
    return {f"within_days.{k}": delivery.share_within(k) for k in WITHIN} | {
        f"within_dates.{k}": dates.share_within(k) for k in WITHIN
    }


def _dispatch(o: Outcomes) -> dict[str, float]:
    return {
        "dispatch_days.mean": _mean(o.dispatch_days[np.isfinite(o.dispatch_days)]),
        "dispatched_in_time_rate": _share(o.dispatched_in_time),
    }


def _promise(o: Outcomes) -> dict[str, float]:
    late = o.delivered & (o.late_days > 0)
    return {
        "on_time_rate": _share(o.late_days <= 0),
        "late_days_when_late.mean": _mean(o.late_days[late]),
    }


def _damage(o: Outcomes, rows: NDArray[np.intp]) -> dict[str, float]:
    neutral = o.hazard_handling[rows]
    spared_neutral = _mean(np.exp(-neutral))
    spared = _mean(np.exp(-(neutral + o.hazard_packaging[rows])))
    return {
        "damage_expected.handling": 1.0 - spared_neutral,
        "damage_expected.packaging": spared_neutral - spared,
    }


def _counts(o: Outcomes, rows: NDArray[np.intp]) -> dict[str, tuple[int, int]]:
    """Count what is told as a share that may be rare: damage of the delivered, ends of all."""
    kinds = np.bincount(o.damaged_kind[rows] + 1, minlength=len(TOUCH_KINDS) + 1)[1:]
    damaged = {damage_key(kind): int(kinds[row]) for row, kind in enumerate(TOUCH_KINDS)}
    lost, stolen = (int(np.count_nonzero(one)) for one in (o.lost, o.stolen))
    ends = {
        "loss_rate": lost + stolen,
        "loss.network": lost,
        "loss.theft": stolen,
        "returned_rate": int(np.count_nonzero(o.returned)),
        "under_way_rate": int(np.count_nonzero(o.under_way)),
        "delivered_rate": len(rows),
    }
    counted = {"damage_rate": sum(damaged.values()), **damaged}
    return {name: (part, len(rows)) for name, part in counted.items()} | {
        name: (part, len(o)) for name, part in ends.items()
    }


def _way(o: Outcomes, rows: NDArray[np.intp]) -> dict[str, float]:
    zones = np.bincount(o.zone, minlength=ZONES[-1] + 1)
    parcels = len(o) or math.nan
    return {
        "touches_mean": _mean(o.touches[rows]),
        "distance_km_mean": _mean(o.distance_km[rows]),
        **{f"zone_share.{zone}": float(zones[zone] / parcels) for zone in ZONES},
        **{f"hours.{name}": _mean(o.hours[row][rows]) for row, name in enumerate(HOURS)},
    }


def _mean(values: NDArray[Any]) -> float:
    return float(values.mean(dtype=np.float64)) if len(values) else math.nan


def _share(holds: NDArray[np.bool_]) -> float:
    return np.count_nonzero(holds) / len(holds) if len(holds) else math.nan
