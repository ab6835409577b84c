"""How far any figure of runs that were gathered is from its goal."""

from __future__ import annotations

from logistics.analysis.accumulate import Accumulator
from logistics.analysis.measures.registry import (
    COUNTED,
    DIFFERENCE_QUANTILES,
    NETWORK_FIGURES,
    OF_SEVERAL_RUNS,
    PAIRED_FIGURES,
    QUANTILES,
)
from logistics.analysis.statistics.distributions import GatheredDistribution
from logistics.analysis.statistics.intervals import LEVEL
from logistics.analysis.statistics.stopping import (
    Goal,
    Progress,
    progress_of_mean,
    progress_of_quantile,
    progress_of_rate,
)

_WITHOUT_INTERVAL = ("parcels", "orders", *OF_SEVERAL_RUNS)

CAN_BE_PRECISE = tuple(
    name for name in {**NETWORK_FIGURES, **PAIRED_FIGURES} if name not in _WITHOUT_INTERVAL
)
"""Names of the figures that can have a goal: those with intervals."""


def progress_of(gathered: Accumulator, who: str, goal: Goal, level: float = LEVEL) -> Progress:
    """Return how far a figure is from its goal.

    `who`: a network, or 'first vs second' (see `pair_name`). `goal.name`: a figure of its, as in
    `NETWORK_FIGURES` or `PAIRED_FIGURES`. The interval is the one that tables show.

    Raises ValueError for a network, pair or figure that is not there, or has no interval.
    """
    if goal.name in _WITHOUT_INTERVAL:
        raise ValueError(f"{goal.name}: has no interval, so it cannot be precise")
    quantile = _quantile(gathered, who, goal.name)
    if quantile is not None:
        return progress_of_quantile(goal, *quantile, level)
    if who in gathered.measurements and goal.name in COUNTED:
        counts, totals = gathered.measurements[who].counts(goal.name)
        return progress_of_rate(goal, counts, totals, level)
    if who in gathered.measurements and goal.name in NETWORK_FIGURES:
        return progress_of_mean(goal, gathered.measurements[who].values(goal.name), level)
    if who in gathered.pairs and goal.name in PAIRED_FIGURES:
        return progress_of_mean(goal, gathered.pairs[who].values(goal.name), level)
    raise ValueError(f"{goal.name}: is no figure of {who}")


def _quantile(
    gathered: Accumulator, who: str, name: str
) -> tuple[GatheredDistribution, float] | None:
    """Return the distribution that a figure is a quantile of, and which; None if it is none."""
    what, _, percentage = name.rpartition(".p")
    if who in gathered.measurements and name in NETWORK_FIGURES and what in QUANTILES:
        return gathered.measurements[who].distributions[what], int(percentage) / 100
    names = {f"difference_days.p{p}" for p in DIFFERENCE_QUANTILES}
    if who in gathered.pairs and name in names:
        return gathered.pairs[who].difference_days, int(percentage) / 100
    return None
