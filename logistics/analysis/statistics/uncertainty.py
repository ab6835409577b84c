"""Two kinds of uncertainty, kept apart: random variation of the runs, and assumed parameters.

More runs narrow the first and never the second. The narrow interval is for the answer if every
assumption were right. `RangeOfAssumptions` is the wide one: where the answer may lie while the
assumptions lie anywhere in their ranges.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from logistics.analysis.statistics.intervals import Estimate, Floats
from logistics.analysis.statistics.sensitivity import Importances, main_importances

PART = 0.9
"""Of what the assumptions may be, the part that the wide interval holds."""


@dataclass(frozen=True)
class RangeOfAssumptions:
    """The wide interval: the answer while the assumptions lie anywhere in their ranges.

    `part`: of all draws that lies between `low` and `high`, random variation taken out where it can
    be seen. `middle`: median. `draws`: of the assumptions.
    """

    middle: float
    low: float
    high: float
    part: float
    draws: int


def variances(answers: ArrayLike, *, same_orders: bool) -> tuple[float, float]:
    """Return the variance that the assumptions cause, and that of one run within a draw.

    The first is without the second, and 0 where that explains all; the second is NaN for one run.

    `answers`: (draws, runs). The analysis of variance of a one-way layout with random effects
    (Searle, Casella and McCulloch, Variance Components, 1992, section 3.6), an estimate below 0
    taken as 0. `same_orders`: run j of every draw had the same orders and draws; then what the runs
    have in common does not tell draws apart, and noise is what is left of a two-way layout.

    Raises ValueError for fewer than two draws, or an answer that is missing or infinite.
    """
    y = _table(answers)
    draws, runs = y.shape
    between = float(y.mean(axis=1).var(ddof=1))
    if runs == 1:
        return between, math.nan
    left = y - y.mean(axis=1, keepdims=True)
    freedom = draws * (runs - 1)
    if same_orders:
        left = left - left.mean(axis=0, keepdims=True)
        freedom = (draws - 1) * (runs - 1)
    noise = float((left**2).sum() / freedom)
    return max(0.0, between - noise / runs), noise


def range_of_assumptions(
    answers: ArrayLike, *, same_orders: bool, part: float = PART
) -> RangeOfAssumptions:
    """Return the wide interval: where `part` of the answers lie over draws of the assumptions.

    `answers`: (draws, runs). The draws' means are shrunk to their mean until they vary as much
    as without noise (Louis, JASA 79, 1984, 393-398); then come their quantiles (type 6: place
    q (n + 1) of the sorted). With one run per draw nothing can be corrected, and the range is too
    wide by the noise of a run.

    Raises ValueError as `variances`, for a part that is no probability, or for too few draws.
    """
    y = _table(answers)
    if not 0.0 < part < 1.0:
        raise ValueError(f"part = {part}: not a probability (allowed: above 0 and below 1)")
    if len(y) < least_draws(part):
        raise ValueError(f"{len(y)} draws: {part:.0%} of the answers take {least_draws(part)}")
    between, _ = variances(y, same_orders=same_orders)
    means = y.mean(axis=1)
    spread = float(means.std(ddof=1))
    keep = math.sqrt(between) / spread if spread > 0 else 0.0
    true = means.mean() + keep * (means - means.mean())
    low, middle, high = np.quantile(true, _places(part), method="weibull").tolist()
    return RangeOfAssumptions(middle, low, high, part, len(y))


@dataclass(frozen=True)
class TwoIntervals:
    """The two intervals of a metric, never to be confused.

    `narrow`: random variation only, all as assumed. `range`: with random variation, and while the
    assumptions lie anywhere in their ranges; +inf is not reached. `drivers`: the assumptions
    that are sure to drive it. `left_out`: draws in which the metric has no value.
    """

    narrow: Estimate
    range: RangeOfAssumptions
    drivers: Importances
    left_out: int


def two_intervals(
    narrow: Estimate,
    answers: ArrayLike,
    places: Sequence[Mapping[str, float]],
    *,
    base: float = math.nan,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> TwoIntervals | None:
    """Return the two intervals of a metric; None with too few draws that have it.

    The wide one holds what assumptions and noise do together, so it is never the narrower one:
    the deviations of both from the estimate are added as squares (as independent), each to its
    side, and cut to `bounds`, which no true value leaves.

    `narrow`: with its interval at 95%. `answers`: (draws, runs), the same orders in every draw;
    +inf counts as beyond all others, NaN not at all. `places`: where in their ranges the
    assumptions lay, draw by draw. `base`: the mean answer of the same runs with all as assumed;
    draws are moved by as much as those runs lie beside the estimate of all runs. NaN: they stay.

    Raises ValueError for another number of places than draws.
    """
    y = np.asarray(answers, np.float64)
    y = y[:, None] if y.ndim == 1 else y
    if len(places) != len(y):
        raise ValueError(f"{len(y)} answers to {len(places)} draws: as many of both")
    usable = ~np.isnan(y).any(axis=1)
    kept, where = y[usable], [places[row] for row in np.flatnonzero(usable).tolist()]
    if len(kept) < least_draws():
        return None
    if np.isfinite(kept).all():
        spread = range_of_assumptions(kept, same_orders=True)
    else:
        spread = _open_range(kept.mean(axis=1), PART)
    spread = around_estimate(spread, narrow, base, bounds)
    return TwoIntervals(narrow, spread, _drivers(where, kept), int((~usable).sum()))


def _drivers(where: Sequence[Mapping[str, float]], kept: Floats) -> Importances:
    """Return what drives the answers, by ranks, so that never is beyond all others."""
    means = kept.mean(axis=1)
    reached = np.isfinite(means)
    if not reached.any() or len(np.unique(means)) == 1:
        return Importances((), 0.0)
    return main_importances(where, np.where(reached, means, means[reached].max() + 1.0))


def around_estimate(
    spread: RangeOfAssumptions,
    narrow: Estimate,
    base: float = math.nan,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> RangeOfAssumptions:
    """Return a range moved to an estimate, and wider by its noise.

    `base`: the answer of the runs of the range with all as assumed; NaN: it is not moved. `bounds`:
    where it is cut.
    """
    moved = narrow.estimate - base if math.isfinite(narrow.estimate - base) else 0.0
    middle, low, high = (end + moved for end in (spread.middle, spread.low, spread.high))
    if narrow.has_interval and math.isfinite(narrow.high):
        below = min(0.0, low - narrow.estimate), narrow.low - narrow.estimate
        above = max(0.0, high - narrow.estimate), narrow.high - narrow.estimate
        low = min(low, narrow.estimate - math.hypot(*below))
        high = max(high, narrow.estimate + math.hypot(*above))
    low, middle, high = (min(max(end, bounds[0]), bounds[1]) for end in (low, middle, high))
    return replace(spread, middle=middle, low=low, high=high)


def _open_range(means: Floats, part: float) -> RangeOfAssumptions:
    """Return the range of answers that are +inf in some draws; noise is not taken out."""
    ordered = np.sort(means)
    ends = []
    for q in _places(part):
        place = q * (len(ordered) + 1) - 1
        below, above = ordered[math.floor(place + 1e-9)], ordered[math.ceil(place - 1e-9)]
        near = place - math.floor(place)
        ends.append(below if below == above else below + near * (above - below))
    low, middle, high = (float(end) for end in ends)
    return RangeOfAssumptions(middle, low, high, part, len(means))


def _places(part: float) -> tuple[float, float, float]:
    tail = (1.0 - part) / 2.0
    return tail, 0.5, 1.0 - tail


def least_draws(part: float = PART) -> int:
    """Return how many draws have such a part between the smallest and the largest answer.

    >>> least_draws(0.9)
    19
    """
    return math.ceil(2.0 / (1.0 - part) - 1e-9) - 1


def _table(answers: ArrayLike) -> Floats:
    y = np.asarray(answers, np.float64)
    y = y[:, None] if y.ndim == 1 else y
    if len(y) < 2:
        raise ValueError(f"{len(y)} draws: two are needed to see how answers vary")
    if not np.isfinite(y).all():
        raise ValueError("an answer is missing or infinite: leave its draw out")
    return y
