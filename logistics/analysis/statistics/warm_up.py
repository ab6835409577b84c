"""How much of a run's beginning to leave out, because it started empty.

MSER (White, Simulation 69, 1997; White, Cobb and Spratt, Winter Simulation Conference 2000) cuts
where the rest has the smallest squared standard error. Runs of some weeks leave few means of five
days, and weekdays differ more than a warm-up does. So `common_warm_up` takes the days themselves,
each a mean over thousands of parcels, less what their weekday explains, and believes a cut only
where it is more than chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtrc

from logistics.analysis.statistics.intervals import Floats

FEWEST_DAYS = 14
"""Fewer days do not separate weekdays from a warm-up."""

BY_CHANCE = 0.01
"""A cut that days without a warm-up would suggest more often than this is not believed."""

NOTICEABLE = 0.002
"""A shift of the mean, as a part of it, that is worth a warning."""

_ROUNDING = 1e-12  # as a part of the statistic without a cut: less is not a difference
_WEEK = 7
_LEAST_REST = _WEEK + 3  # days: three more than weekdays, so that something shows how days vary


@dataclass(frozen=True)
class CommonWarmUp:
    """From which simulated day on several runs look alike, day by day.

    `cut_days`: how many days at the beginning differ from later ones of the same weekday; 0 if none
    do but by chance. `settled`: False when MSER cuts half of the days: too few to tell.
    `simulated_days`: warm-up that was simulated and is not measured. `shift`: what measured days
    before the cut add to the mean of all measured days, as a part of it.
    """

    cut_days: int
    settled: bool
    simulated_days: int
    shift: float

    @property
    def enough(self) -> bool | None:
        """Tell whether the simulated warm-up suffices; None if there are too few days to tell."""
        if abs(self.shift) >= NOTICEABLE:
            return False
        return True if self.settled else None


def common_warm_up(daily: ArrayLike, simulated_days: int) -> CommonWarmUp | None:
    """Return how many days several runs need to settle, by their mean, day by day.

    `daily`: (runs, days), from the first simulated day on, warm-up included; a day without a value
    in some runs is the mean over the others. None for fewer than `FEWEST_DAYS` with values.

    The cut is MSER's (smallest squared standard error of what stays), with a mean for each weekday
    in place of one, and brought forward as long as an F test takes the days between for chance.
    """
    table = np.atleast_2d(np.asarray(daily, np.float64))
    known = ~np.isnan(table)
    day = np.flatnonzero(known.any(axis=0))
    if len(day) < FEWEST_DAYS:
        return None
    mean = np.where(known, table, 0.0).sum(axis=0)[day] / known.sum(axis=0)[day]
    cuts = [cut for cut in range(len(day) // 2 + 1) if len(day) - cut >= _LEAST_REST]
    kept = [_kept(mean[cut:], day[cut:] % _WEEK) for cut in cuts]
    statistic = np.array([rest / free / (len(day) - cut) for cut, (rest, free) in enumerate(kept)])
    best = int(np.argmax(statistic <= statistic.min() + _ROUNDING * statistic[0]))
    cut = next(c for c in cuts if c == best or _chance(kept[c], kept[best]) >= BY_CHANCE)
    usual = _by_weekday(mean[cut:], day[cut:] % _WEEK)
    measured = day >= simulated_days
    early = measured & (np.arange(len(day)) < cut)
    excess = float(np.nansum(mean[early] - usual[day[early] % _WEEK]))
    shift = excess / float(mean[measured].sum()) if excess else 0.0
    return CommonWarmUp(int(day[cut]) if cut else 0, best < cuts[-1], simulated_days, shift)


def _kept(values: Floats, weekday: NDArray[np.intp]) -> tuple[float, int]:
    """Return the squares that weekdays do not explain, and the degrees of freedom left."""
    rest = values - _by_weekday(values, weekday)[weekday]
    squares = float(rest @ rest)
    nothing = squares <= _ROUNDING**2 * float(values @ values)
    return 0.0 if nothing else squares, len(values) - len(np.unique(weekday))


def _by_weekday(values: Floats, weekday: NDArray[np.intp]) -> Floats:
    """Return (7,) the mean of each weekday; NaN without one."""
    days = np.bincount(weekday, minlength=_WEEK)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.bincount(weekday, values, _WEEK) / days)


def _chance(whole: tuple[float, int], rest: tuple[float, int]) -> float:
    """Return how often days that are all alike would differ as much as those that are cut."""
    (all_squares, all_free), (squares, free) = whole, rest
    cut = all_free - free
    if cut <= 0 or all_squares <= squares:
        return 1.0
    ratio = (all_squares - squares) / cut / (squares / free) if squares > 0 else math.inf
    return float(fdtrc(cut, free, ratio))
