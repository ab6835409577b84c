"""Outcomes for tests: a few parcels typed by hand, or many drawn with a seed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from logistics.analysis.comparison import Accumulator, Comparison, Replicate
from logistics.analysis.measures.attribution import PairSums, Waterfall, WaterfallTotals
from logistics.analysis.measures.metrics import RunMetrics, RunTotals
from logistics.analysis.measures.outcomes import NOT_DELIVERED, Names, Outcomes
from logistics.analysis.statistics.intervals import LEVEL, Band, Estimate, mean_band
from logistics.vocabulary import ENDS, TOUCH_KINDS

NAMES = Names(("detangling hairbrush", "vinyl album"), ("Z100", "Z232", "Z981"))
HAIRBRUSH, ALBUM = 0, 1
NEW_YORK, RICHMOND, SEATTLE = 0, 1, 2


def outcomes_of(
    days: Sequence[float | str],
    *,
    damaged: Sequence[str] = (),
    **columns: Any,
) -> Outcomes:
    """Make one parcel per entry of `days`: its delivery days, or how else it ended.

    `damaged`: per parcel a kind of touch or ''. Everything else is ordinary, each order one
    parcel, promised for its delivery date, unless a column says otherwise.
    """
    ends = np.array([day if isinstance(day, str) else "delivered" for day in days])
    taken = np.array([np.inf if isinstance(day, str) else day for day in days])
    delivered = ends == "delivered"
    number = np.arange(len(days), dtype=np.int64)
    kinds = [TOUCH_KINDS.index(kind) if kind else -1 for kind in damaged] or [-1] * len(days)
    hours = np.zeros((5, len(days)), np.float32)
    hours[3] = np.where(delivered, 24 * taken, 0)
    dates = np.where(delivered, np.floor(np.where(delivered, taken, 0)), NOT_DELIVERED)
    values: dict[str, Any] = {
        "order_id": number + 1,
        "parcel_id": number + 1,
        "product": np.full(len(days), HAIRBRUSH, np.int16),
        "market": np.full(len(days), NEW_YORK, np.int16),
        "delivery_days": taken,
        "delivery_dates": dates.astype(np.int32),
        "dispatch_days": np.where(delivered, np.minimum(taken, 1.0), np.inf),
        "late_days": np.where(delivered, 0.0, np.inf),
        "age_days": np.where(ends == "under_way", 20.0, np.nan),
        "damaged": np.array(kinds) >= 0,
        "dispatched_in_time": delivered.copy(),
        "touches": np.full(len(days), 10, np.int16),
        "distance_km": np.full(len(days), 500, np.float32),
        "zone": np.full(len(days), 4, np.int8),
        "hours": hours,
        "damaged_kind": np.array(kinds, np.int8),
        "hazard_handling": np.full(len(days), 0.005, np.float32),
        "hazard_packaging": np.zeros(len(days), np.float32),
        **{end: ends == end for end in ENDS},
    }
    typed = {name: np.asarray(column, values[name].dtype) for name, column in columns.items()}
    return Outcomes(**{**values, **typed}, names=NAMES)


def many_outcomes(parcels: int, seed: int, slowness: float = 1.0) -> Outcomes:
    """Draw parcels that come in daily waves around `slowness` x 2 days; some are never delivered.

    The same seed gives the same orders and the same luck, whatever the slowness.
    """
    rng = np.random.default_rng(seed)
    weather = rng.normal(1.0, 0.05)
    waves = np.ceil(rng.gamma(4.0, 0.4 * slowness * weather, parcels) + 0.3)
    taken = waves - rng.uniform(0.2, 0.6, parcels)
    end = rng.choice(len(ENDS), parcels, p=[0.99, 0.003, 0.002, 0.003, 0.002])
    delivered = end == 0
    days = np.where(delivered, taken, np.inf)
    hazard = (0.004 * rng.uniform(0.5, 1.5, parcels)).astype(np.float32)
    packaging = (hazard * (slowness - 1.0)).astype(np.float32)
    damaged = rng.exponential(size=parcels) < hazard + packaging
    kinds = rng.integers(0, len(TOUCH_KINDS), parcels)
    hours = rng.dirichlet(np.ones(5), parcels).T * np.where(delivered, 24 * taken, 30.0)
    return Outcomes(
        order_id=np.arange(parcels, dtype=np.int64),
        parcel_id=np.arange(parcels, dtype=np.int64),
        product=rng.integers(0, 2, parcels).astype(np.int16),
        market=rng.integers(0, 3, parcels).astype(np.int16),
        delivery_days=days,
        delivery_dates=np.where(delivered, waves, NOT_DELIVERED).astype(np.int32),
        dispatch_days=np.minimum(days, 0.3 * waves * rng.uniform(0.5, 1.0, parcels)),
        late_days=np.where(delivered, waves - np.ceil(3 * slowness), np.inf),
        age_days=np.where(end == ENDS.index("under_way"), 17.0 + waves / 10, np.nan),
        damaged=damaged,
        dispatched_in_time=(waves < 7 * slowness) & delivered,
        touches=rng.integers(5, 15, parcels).astype(np.int16),
        distance_km=rng.uniform(50, 3000, parcels).astype(np.float32),
        zone=rng.integers(2, 9, parcels).astype(np.int8),
        hours=hours.astype(np.float32),
        damaged_kind=np.where(damaged, kinds, -1).astype(np.int8),
        hazard_handling=hazard,
        hazard_packaging=packaging,
        names=NAMES,
        **{name: end == row for row, name in enumerate(ENDS)},
    )


def estimates_of(totals: RunTotals, runs: Iterable[RunMetrics]) -> dict[str, Estimate]:
    """Add up runs and return every metric over them."""
    for one in runs:
        totals.add(one)
    return totals.estimates()


def combine_replicates(
    replicates: Iterable[Replicate], run: Mapping[str, Any], level: float = LEVEL
) -> Comparison:
    """Compare over all runs; the first one gives the order of the networks."""
    accumulator = Accumulator()
    for one in replicates:
        accumulator.add(one)
    return accumulator.comparison(run, level)


def waterfall(sums: Iterable[PairSums]) -> Waterfall:
    """Add up runs of a pair and return its waterfall."""
    totals = WaterfallTotals()
    for one in sums:
        totals.add(one)
    return totals.waterfall()


def band(grid: Sequence[float], shares: Any, parcels: float = math.inf) -> Band:
    """The mean distribution function of (runs, grid points) with its interval, all at once."""
    rows = np.asarray(shares, np.float64)
    rows = rows[~np.isnan(rows).any(axis=1)]
    spread = rows.std(axis=0, ddof=1) if len(rows) > 1 else rows.mean(axis=0) * np.nan
    return mean_band(
        np.asarray(grid, np.float64), rows.mean(axis=0), spread, len(rows), parcels=parcels
    )
