"""From the parcels of one run to figures, and from the figures of several runs to intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.definitions import NETWORK_FIGURES, QUANTILES, WITHIN, damage_key
from logistics.analysis.distributions import Grid, Histogram, mean_distribution
from logistics.analysis.intervals import LEVEL, Band, Figure, mean_interval, quantile_interval
from logistics.outcomes import HOURS, ZONES, Outcomes
from logistics.problem import TOUCH_KINDS

DAYS_GRID = Grid(0, 60, 96)
"""Quarters of an hour, up to 60 days."""

DATES_GRID = Grid(0, 60, 1)

_COUNTS = ("parcels", "orders")


@dataclass(frozen=True, eq=False)
class Measurement:
    """The figures of one run of one network, small enough to travel between processes.

    `figures`: by name, as in `NETWORK_FIGURES`; NaN where there is nothing to measure.
    `histograms`: by name, as in `QUANTILES`.
    """

    figures: dict[str, float]
    histograms: dict[str, Histogram]


def measure(outcomes: Outcomes) -> Measurement:
    """Measure one run: figures are per parcel, `order_days` and `orders` per order."""
    rows = np.flatnonzero(outcomes.delivered)
    histograms, orders = _histograms(outcomes, rows)
    figures = {
        "parcels": float(len(outcomes)),
        "orders": float(histograms["order_days"].total),
        "delivery_days.mean": _mean(outcomes.delivery_days[rows]),
        "order_days.mean": _mean(orders[np.isfinite(orders)]),
        **_shares_within(outcomes, histograms["delivery_days"]),
        **_dispatch(outcomes),
        **_promise(outcomes),
        **_damage(outcomes, rows),
        **_ends(outcomes),
        **_way(outcomes, rows),
    }
    for name, histogram in histograms.items():
        run = mean_distribution([histogram])
        figures |= {
            f"{name}.p{p}": quantile_interval(run, p / 100).estimate for p in QUANTILES[name]
        }
    return Measurement({name: figures[name] for name in NETWORK_FIGURES}, histograms)


def combine(measurements: Sequence[Measurement], level: float = LEVEL) -> dict[str, Figure]:
    """Return every figure of a network over its runs, with its interval.

    Means and shares: mean over runs of each run's figure. Quantiles: of the mean distribution
    function. Counts: summed, without an interval.

    Raises ValueError without measurements.
    """
    if not measurements:
        raise ValueError("no measurements: a figure needs at least one run")
    figures = {name: Figure(sum(one.figures[name] for one in measurements)) for name in _COUNTS}
    for name, percentages in QUANTILES.items():
        over_runs = distribution(measurements, name, level)
        figures |= {f"{name}.p{p}": quantile_interval(over_runs, p / 100) for p in percentages}
    for name in NETWORK_FIGURES.keys() - figures.keys():
        values = [one.figures[name] for one in measurements]
        figures[name] = mean_interval(values, level, NETWORK_FIGURES[name].bounds)
    return {name: figures[name] for name in NETWORK_FIGURES}


def distribution(measurements: Sequence[Measurement], name: str, level: float = LEVEL) -> Band:
    """Return the distribution function `name` (a key of `QUANTILES`), mean over runs."""
    return mean_distribution([one.histograms[name] for one in measurements], level)


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
    kinds = o.damaged_kind[rows]
    neutral = o.hazard_handling[rows]
    spared_neutral = _mean(np.exp(-neutral))
    spared = _mean(np.exp(-(neutral + o.hazard_packaging[rows])))
    return {
        "damage_rate": _share(o.damaged[rows]),
        **{damage_key(kind): _share(kinds == row) for row, kind in enumerate(TOUCH_KINDS)},
        "damage_expected.handling": 1.0 - spared_neutral,
        "damage_expected.packaging": spared_neutral - spared,
    }


def _ends(o: Outcomes) -> dict[str, float]:
    return {
        "loss_rate": _share(o.lost | o.stolen),
        "loss.network": _share(o.lost),
        "loss.theft": _share(o.stolen),
        "returned_rate": _share(o.returned),
        "under_way_rate": _share(o.under_way),
        "delivered_rate": _share(o.delivered),
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
