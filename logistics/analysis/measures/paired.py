"""The same orders through two networks, compared parcel by parcel.

Both networks meet the same orders with the same luck, so what is left of a difference is due to
the networks; its interval is far narrower than that between two independent runs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.measures.outcomes import Outcomes
from logistics.analysis.measures.registry import (
    DECISIVE,
    DIFFERENCE_QUANTILES,
    OF_SEVERAL_RUNS,
    PAIRED_FIGURES,
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

DIFFERENCE_GRID = Grid(-60, 60, 96)
"""Quarters of an hour, from 60 days faster to 60 days slower."""

PAIRED_OF_A_RUN = tuple(name for name in PAIRED_FIGURES if name not in OF_SEVERAL_RUNS)
"""What one run tells."""


@dataclass(frozen=True, eq=False)
class PairedMeasurement:
    """How one run of two networks differs, small enough to travel between processes.

    `figures`: by name, as in `PAIRED_FIGURES` (but for those `OF_SEVERAL_RUNS`); differences are
    second minus first. `difference_days`: counts of the differences in delivery time. `mean_days`:
    of the first and the second network, over the same parcels.
    """

    figures: dict[str, float]
    difference_days: Histogram
    mean_days: tuple[float, float]


def pair(first: Outcomes, second: Outcomes) -> PairedMeasurement:
    """Compare one run of the same orders through two networks.

    Raises ValueError if the two do not have the same order_id and parcel_id in every row.
    """
    _refuse_other_orders(first, second)
    both = np.flatnonzero(first.delivered & second.delivered)
    days = first.delivery_days[both], second.delivery_days[both]
    difference = days[1] - days[0]
    counts = Histogram.of(difference, DIFFERENCE_GRID)
    run = mean_distribution([counts])
    figures = {
        "parcels": float(len(first)),
        "both_delivered_rate": _share(len(both), len(first)),
        "difference_days.mean": float(difference.mean()) if len(both) else math.nan,
        **{
            f"difference_days.p{p}": quantile_interval(run, p / 100).estimate
            for p in DIFFERENCE_QUANTILES
        },
        **_faster(first, second),
        "damage_difference": _damage_rate(second) - _damage_rate(first),
        "correlation": _correlation(*days),
    }
    means = (float(days[0].mean()), float(days[1].mean())) if len(both) else (math.nan, math.nan)
    return PairedMeasurement(figures, counts, means)


class GatheredPairs:
    """How two networks differ, taken in one run at a time.

    Of each run its figures and means are kept; of the distribution of differences only sums.
    `mean_days`: (first, second) of each run.
    """

    def __init__(self) -> None:
        self.difference_days = GatheredDistribution(DIFFERENCE_GRID)
        self.mean_days: list[tuple[float, float]] = []
        self._figures: list[NDArray[np.float64]] = []

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(self._figures)

    def add(self, one: PairedMeasurement) -> None:
        """Take in a run."""
        self._figures.append(np.array([one.figures[name] for name in PAIRED_OF_A_RUN], np.float64))
        self.mean_days.append(one.mean_days)
        self.difference_days.add(one.difference_days)

    def values(self, name: str) -> NDArray[np.float64]:
        """Return (runs,) a figure in each run; name as in `PAIRED_OF_A_RUN`."""
        return np.array(self._figures)[:, PAIRED_OF_A_RUN.index(name)]

    def runs(self) -> list[dict[str, float]]:
        """Return the figures of each run by name."""
        return [dict(zip(PAIRED_OF_A_RUN, one.tolist(), strict=True)) for one in self._figures]

    def figures(self, level: float = LEVEL) -> dict[str, Estimate]:
        """Return every paired figure over the runs, with its interval."""
        figures = {
            name: mean_interval(self.values(name), level, PAIRED_FIGURES[name].bounds)
            for name in PAIRED_OF_A_RUN
        }
        figures["parcels"] = Estimate(float(self.values("parcels").sum()))
        differences = self.difference_days.band(level)
        for p in DIFFERENCE_QUANTILES:
            figures[f"difference_days.p{p}"] = quantile_interval(differences, p / 100)
        figures["run_correlation"] = Estimate(_run_correlation(self.mean_days))
        figures["interval_width_ratio"] = Estimate(_width_ratio(self.mean_days))
        return {name: figures[name] for name in PAIRED_FIGURES}

    def decisive(self, level: float) -> dict[str, Estimate]:
        """Return the figures that verdicts are about, at a level of their own."""
        return {
            name: mean_interval(self.values(name), level, PAIRED_FIGURES[name].bounds)
            for name in DECISIVE
        }


def combine_pairs(
    measurements: Sequence[PairedMeasurement], level: float = LEVEL
) -> dict[str, Estimate]:
    """Return every paired figure over the runs, with its interval.

    Raises ValueError without measurements.
    """
    if not measurements:
        raise ValueError("no measurements: a difference needs at least one run")
    gathered = GatheredPairs()
    for one in measurements:
        gathered.add(one)
    return gathered.figures(level)


def _refuse_other_orders(first: Outcomes, second: Outcomes) -> None:
    if len(first) != len(second):
        raise ValueError(
            f"not the same orders: {len(first):,} parcels in the first, {len(second):,} in the"
            " second; compare runs of one seed, replication and order file"
        )
    differs = (first.order_id != second.order_id) | (first.parcel_id != second.parcel_id)
    if differs.any():
        row = int(np.argmax(differs))
        raise ValueError(
            f"not the same orders: row {row} is order {first.order_id[row]}, parcel"
            f" {first.parcel_id[row]} in the first, order {second.order_id[row]}, parcel"
            f" {second.parcel_id[row]} in the second; compare runs of one seed, replication and"
            " order file"
        )


def _faster(first: Outcomes, second: Outcomes) -> dict[str, float]:
    """Return the shares; never (+inf) is slower than any day, and equal to never."""
    parcels = len(first)
    sooner = int(np.count_nonzero(first.delivery_days < second.delivery_days))
    later = int(np.count_nonzero(first.delivery_days > second.delivery_days))
    return {
        "faster.first": _share(sooner, parcels),
        "faster.same": _share(parcels - sooner - later, parcels),
        "faster.second": _share(later, parcels),
    }


def _share(count: int, total: int) -> float:
    return count / total if total else math.nan


def _damage_rate(o: Outcomes) -> float:
    return _share(
        int(np.count_nonzero(o.damaged & o.delivered)), int(np.count_nonzero(o.delivered))
    )


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return Pearson's correlation; NaN if one of the two does not vary."""
    if len(first) < 2:
        return math.nan
    a, b = first - first.mean(), second - second.mean()
    spread = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / spread if spread else math.nan


def _run_correlation(mean_days: Sequence[tuple[float, float]]) -> float:
    """Return Pearson's correlation over three or more runs; of two it is always 1 or -1."""
    means = _known(mean_days)
    return _correlation(means[:, 0], means[:, 1]) if len(means) > 2 else math.nan


def _width_ratio(mean_days: Sequence[tuple[float, float]]) -> float:
    """Return the width of the paired interval over that of two independent sets of runs."""
    means = _known(mean_days)
    if len(means) < 2:
        return math.nan
    independent = float(means.var(axis=0, ddof=1).sum())
    paired = float((means[:, 1] - means[:, 0]).var(ddof=1))
    return math.sqrt(paired / independent) if independent else math.nan


def _known(mean_days: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """Return (runs, 2) without the runs in which nothing was delivered in both."""
    means = np.asarray(mean_days, np.float64)
    return np.asarray(means[~np.isnan(means).any(axis=1)])
