"""Which of many assumptions matter at all: Morris' elementary effects.

One assumption is moved at a time, from a different starting point each time. How far the answer
moves on average says how much an assumption matters; how differently it moves, whether that depends
on the others (or is not a straight line). With k assumptions and r trajectories it takes r (k + 1)
answers. Morris, Technometrics 33, 1991, 161-174; mu* is that of Campolongo, Cariboni and Saltelli,
Environmental Modelling and Software 22, 2007, 1509-1518.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from logistics.analysis.statistics.intervals import Floats
from logistics.analysis.statistics.sensitivity import draws_of


@dataclass(frozen=True)
class Effect:
    """How far an answer moves when one assumption goes from its low to its high end.

    `mu`: mean of the effects, in the answer's unit. `mu_star`: mean of their sizes, by which
    assumptions are ranked. `sigma`: how much the effects differ; large beside `mu_star` where it
    depends on the others. `error`: standard error of `mu_star`; NaN for one step. `steps`: how many
    there are; all else is NaN without any.
    """

    name: str
    mu: float
    mu_star: float
    sigma: float
    error: float
    steps: int


def trajectories(names: Sequence[str], count: int, seed: int) -> Floats:
    """Return where to ask: (count, len(names) + 1, len(names)), each between 0 and 1.

    From one point to the next exactly one assumption moves, by two thirds (four levels), up or
    down. Start, direction and turn depend on the seed and the assumption's name only, so one more
    assumption moves none of the others elsewhere.

    Raises ValueError for names given twice, or none.
    """
    if not names or len(set(names)) != len(names):
        raise ValueError("give one or more names, each once")
    draws = [draws_of(seed, name, "trajectory").random((3, count)) for name in names]
    start, direction, turn = np.stack(draws, axis=-1)  # each (count, names)
    below = np.floor(start * 2) / 3
    up = direction < 0.5
    step = 2 / 3
    first = np.where(up, below, below + step)
    rank = np.argsort(np.argsort(turn, axis=1), axis=1)
    moved = np.arange(len(names) + 1)[None, :, None] > rank[:, None, :]
    move = np.where(up, step, -step)
    return np.asarray(np.clip(first[:, None, :] + moved * move[:, None, :], 0.0, 1.0))


def spread_out(candidates: Floats, count: int) -> Floats:
    """Return `count` of the candidate trajectories that lie far from each other.

    Starts with the two farthest apart and adds the one farthest from all chosen: the greedy form
    (Ruano et al., Environmental Modelling and Software 37, 2012, 103-109) of the optimized
    trajectories of Campolongo et al. Raises ValueError for more than there are.
    """
    if not 2 <= count <= len(candidates):
        raise ValueError(f"count = {count}: from 2 to {len(candidates)}, the candidates")
    apart = np.zeros((len(candidates), len(candidates)))  # over all pairs of points, summed
    for row, one in enumerate(candidates):
        between = one[None, :, None, :] - candidates[:, None, :, :]
        apart[row] = np.sqrt((between**2).sum(axis=-1)).sum(axis=(1, 2))
    np.fill_diagonal(apart, 0.0)
    chosen = [int(one) for one in np.unravel_index(int(apart.argmax()), apart.shape)]
    while len(chosen) < count:
        total = (apart[chosen] ** 2).sum(axis=0)
        total[chosen] = -1.0
        chosen.append(int(total.argmax()))
    return np.asarray(candidates[sorted(chosen)])


def effects(names: Sequence[str], points: Floats, answers: ArrayLike) -> list[Effect]:
    """Return the effect of every assumption, the largest `mu_star` first.

    `points`: as from `trajectories`. `answers`: (trajectories, points), the answer at each; a step
    from or to one that is missing or infinite is left out. Raises ValueError for answers of
    another shape.
    """
    y = np.asarray(answers, np.float64)
    if y.shape != points.shape[:2] or points.shape[2] != len(names):
        raise ValueError(f"answers: {y.shape}, points: {points.shape} for {len(names)} names")
    y = np.where(np.isfinite(y), y, math.nan)
    moves = np.diff(points, axis=1)
    who = np.abs(moves).argmax(axis=2)
    slope = np.diff(y, axis=1) / np.take_along_axis(moves, who[:, :, None], axis=2)[:, :, 0]
    known = ~np.isnan(slope)
    found = [_effect(name, slope[(who == row) & known]) for row, name in enumerate(names)]
    return sorted(found, key=lambda one: -one.mu_star if one.steps else math.inf)


def _effect(name: str, slopes: Floats) -> Effect:
    count, size = len(slopes), np.abs(slopes)
    if not count:
        return Effect(name, math.nan, math.nan, math.nan, math.nan, 0)
    sigma = float(slopes.std(ddof=1)) if count > 1 else math.nan
    error = float(size.std(ddof=1)) / math.sqrt(count) if count > 1 else math.nan
    return Effect(name, float(slopes.mean()), float(size.mean()), sigma, error, count)
