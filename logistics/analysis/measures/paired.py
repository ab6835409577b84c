"""The same orders through two networks, compared parcel by parcel.

Both networks meet the same orders with the same random draws, so what is left of a difference is
due to the networks; its interval is far narrower than that between two independent runs.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.measures.metrics import (
    DIFFERENCE,
    TOTAL,
    Definition,
    Part,
    RunMetrics,
    percentiles,
    share,
)
from logistics.analysis.measures.outcomes import Outcomes, count_of, mean_of
from logistics.analysis.statistics.distributions import Grid, Histogram

DIFFERENCE_GRID = Grid(-60, 60, 96)
"""Quarters of an hour, from 60 days faster to 60 days slower."""

_DIFFERENCE = "Delivery time in the second network minus that in the first, same parcel"
_BOTH = "over parcels delivered in both"
_ALL = "over all parcels; one never delivered is the slower"


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Return Pearson's correlation; NaN if one of the two does not vary."""
    if len(first) < 2:
        return math.nan
    a, b = first - first.mean(), second - second.mean()
    spread = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / spread if spread else math.nan


def _run_correlation(means: NDArray[np.float64]) -> float:
    """Return the correlation of the means over runs; of two runs it is always 1 or -1."""
    means = means[~np.isnan(means).any(axis=1)]
    return _correlation(*means.T) if len(means) > 2 else math.nan


def _width_ratio(means: NDArray[np.float64]) -> float:
    """Return the width of the paired interval over that of two independent sets of runs."""
    means = means[~np.isnan(means).any(axis=1)]  # without runs that delivered none in both
    if len(means) < 2:
        return math.nan
    independent = float(means.var(axis=0, ddof=1).sum())
    paired = float((means[:, 1] - means[:, 0]).var(ddof=1))
    return math.sqrt(paired / independent) if independent else math.nan


PAIRED_METRICS: dict[str, Definition] = {
    "parcels": Definition(
        "parcels", "parcels compared", "Parcels compared, all runs together.", estimator=TOTAL
    ),
    "both_delivered_rate": share(
        "delivered in both", "Share of the parcels that both networks delivered."
    ),
    "difference_days.mean": Definition(
        "days",
        "mean difference",
        f"{_DIFFERENCE}, mean {_BOTH}.",
        -math.inf,
        title="mean difference in delivery time",
    ),
    **percentiles(
        "difference_days",
        (10, 50, 90),
        Definition(
            "days",
            "{} difference",
            f"{_DIFFERENCE}: the value that {{}}% do not exceed, {_BOTH}.",
            -math.inf,
            title="{} difference in delivery time",
        ),
        DIFFERENCE_GRID,
    ),
    "faster.first": share(
        "first network is faster", f"Share in which the first is faster, {_ALL}."
    ),
    "faster.same": share(
        "both the same", "Share delivered in both at the same instant, or in neither."
    ),
    "faster.second": share(
        "second network is faster", f"Share in which the second is faster, {_ALL}."
    ),
    "damage_difference": Definition(
        "share",
        "difference in damage rate",
        "damage_rate of the second network minus that of the first.",
        -1.0,
        1.0,
        estimator=DIFFERENCE,
    ),
    "correlation": Definition(
        "correlation",
        "correlation",
        f"Correlation of the two delivery times of a parcel, {_BOTH}.",
        -1.0,
        1.0,
        "correlation of delivery times",
    ),
    "run_correlation": Definition(
        "correlation",
        "correlation across runs",
        f"Correlation across runs of the two networks' mean delivery times, {_BOTH}.",
        -1.0,
        1.0,
        estimator=None,
        of_means=_run_correlation,
    ),
    "interval_width_ratio": Definition(
        "ratio",
        "interval, same to own orders",
        "Width of the interval of difference_days.mean over the width it would have if each"
        " network had been given orders of its own; below 1, giving both the same orders pays.",
        estimator=None,
        of_means=_width_ratio,
    ),
}
"""By name, what is measured of the same orders through two networks."""

DECISIVE = ("difference_days.mean", "damage_difference")
"""Paired metrics that verdicts are about."""


def pair(first: Outcomes, second: Outcomes) -> RunMetrics:
    """Compare one run of the same orders through two networks: differences are second minus first.

    The row "mean_days": of the first and the second network, over the parcels delivered in both.

    Raises ValueError if the two do not have the same order_id and parcel_id in every row.
    """
    _refuse_other_orders(first, second)
    both = np.flatnonzero(first.delivered & second.delivered)
    days = first.delivery_days[both], second.delivery_days[both]
    parts: dict[str, Part] = {
        "parcels": len(first),
        "both_delivered_rate": count_of(first.delivered & second.delivered),
        "difference_days": Histogram.of(days[1] - days[0], DIFFERENCE_GRID),
        "difference_days.mean": mean_of(days[1] - days[0]),
        # never (+inf) is slower than any day, and equal to never
        "faster.first": count_of(first.delivery_days < second.delivery_days),
        "faster.same": count_of(first.delivery_days == second.delivery_days),
        "faster.second": count_of(first.delivery_days > second.delivery_days),
        "damage_difference": (
            mean_of(second.damaged[second.delivered]) - mean_of(first.damaged[first.delivered])
        ),
        "damage_difference.first": count_of(first.damaged[both] & ~second.damaged[both]),
        "damage_difference.second": count_of(second.damaged[both] & ~first.damaged[both]),
        "correlation": _correlation(*days),
    }
    return RunMetrics.of(parts, PAIRED_METRICS, mean_days=[mean_of(one) for one in days])


def _refuse_other_orders(first: Outcomes, second: Outcomes) -> None:
    advice = "compare runs of one seed, replication and order file"
    if len(first) != len(second):
        raise ValueError(
            f"not the same orders: {len(first):,} parcels in the first, {len(second):,} in the"
            f" second; {advice}"
        )
    differs = (first.order_id != second.order_id) | (first.parcel_id != second.parcel_id)
    if differs.any():
        row = int(np.argmax(differs))
        a, b = (f"order {o.order_id[row]}, parcel {o.parcel_id[row]}" for o in (first, second))
        raise ValueError(
            f"not the same orders: row {row} is {a} in the first, {b} in the second; {advice}"
        )
