"""Which assumptions drive an answer.

A Latin hypercube (McKay, Beckman and Conover, Technometrics 21, 1979, 239-245) moves all of them in
every draw, each evenly over its range; rank regression then says which of them drove the answer.

Fewer draws than assumptions take forward selection: the assumption that explains most is taken,
then the one that explains most of what is left, and so on, as long as chance among all that are
left would seldom do as well (Iman and Conover, Technometrics 21, 1979, 499-509; Helton and Davis,
Reliability Engineering and System Safety 81, 2003, section 6.5).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtr

from logistics.analysis.statistics.intervals import Floats

CHANCE = 0.05
"""Of taking an assumption without any effect, at each step, all that are left taken together
(Bonferroni)."""


def draws_of(seed: int, name: str, purpose: str) -> np.random.Generator:
    """Return the random numbers of one assumption; they depend on the arguments only."""
    text = f"{seed}/{purpose}/{name}"
    return np.random.default_rng(
        int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")
    )


def latin_hypercube(names: Sequence[str], draws: int, seed: int) -> list[dict[str, float]]:
    """Return so many draws of all assumptions: places in their ranges, from 0 to 1, spread evenly.

    One more assumption changes nobody else's draws; another number of draws does. Chance
    correlations between assumptions are about 1 / sqrt(draws).

    Raises ValueError for no draws or a name given twice.
    """
    if draws < 1 or len(set(names)) != len(names):
        raise ValueError("give one or more draws, and each name once")
    columns = []
    for name in names:
        rng = draws_of(seed, name, "latin")
        columns.append((rng.permutation(draws) + rng.random(draws)) / draws)  # one per equal part
    rows = np.transpose(columns).tolist()
    return [dict(zip(names, row, strict=True)) for row in rows]


@dataclass(frozen=True)
class Importance:
    """How much of an answer one assumption drives.

    `share`: coefficient of the standardized rank regression times correlation of the ranks (Pratt,
    Proceedings of the Tampere conference in statistics, 1987, 245-260): the shares of all
    assumptions add up to what the regression explains. One slightly below 0 is chance.
    """

    name: str
    share: float


@dataclass(frozen=True, eq=False)
class Importances:
    """The importance of every assumption, the largest share first.

    `explained`: part of the variance of the ranks that the regression explains. What is left is
    random variation and what is not monotone or not additive: where it is much, do not trust the
    shares.
    """

    factors: tuple[Importance, ...]
    explained: float


def importances(draws: Sequence[Mapping[str, float]], answers: ArrayLike) -> Importances:
    """Return which assumptions drove the answers to draws that moved all at once.

    `draws`: as from `latin_hypercube`. `answers`: one per draw. Ranks (Iman and Conover,
    Technometrics 21, 1979, 499-509) take any monotone effect for a straight line.

    Raises ValueError for fewer draws than two more than assumptions, answers that are missing or
    all equal, or an assumption that does not vary.
    """
    y, names = np.asarray(answers, np.float64), list(draws[0]) if draws else []
    x = np.array([[row[name] for name in names] for row in draws])
    if len(y) != len(x) or len(x) < len(names) + 2 or not names:
        raise ValueError(f"{len(y)} answers to {len(x)} draws of {len(names)} assumptions")
    if not np.isfinite(y).all() or np.ptp(y) == 0 or (np.ptp(x, axis=0) == 0).any():
        raise ValueError("answers and assumptions must vary, and none be missing or infinite")
    x, y = _ranks(x), _ranks(y[:, None])[:, 0]
    x, y = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    shares = (x.T @ y / len(y)) * np.linalg.lstsq(x, y, rcond=None)[0]
    found = [Importance(name, share) for name, share in zip(names, shares.tolist(), strict=True)]
    ordered = tuple(sorted(found, key=lambda one: -one.share))
    return Importances(ordered, math.fsum(shares))


def main_importances(draws: Sequence[Mapping[str, float]], answers: ArrayLike) -> Importances:
    """Return the importance of the assumptions that are sure to matter, the largest first.

    `draws`: what each answer was made with. `answers`: one a draw. None may be found: what drives
    the answer is then spread over many.

    Raises ValueError for fewer than four draws, or answers that are missing or all equal.

    >>> draws = [{"load": n, "speed": (7 * n) % 20} for n in range(20)]
    >>> [one.name for one in main_importances(draws, [3.0 * d["load"] for d in draws]).factors]
    ['load']
    """
    y = np.asarray(answers, np.float64)
    if len(y) != len(draws) or len(y) < 4:
        raise ValueError(f"{len(y)} answers to {len(draws)} draws: as many of both, at least four")
    if not np.isfinite(y).all() or np.ptp(y) == 0:
        raise ValueError("answers must vary, and none be missing or infinite")
    names = [name for name in draws[0] if len({row[name] for row in draws}) > 1]
    chosen = _forward(names, draws, y)
    if not chosen:
        return Importances((), 0.0)
    return importances([{name: row[name] for name in chosen} for row in draws], y)


def _forward(names: list[str], draws: Sequence[Mapping[str, float]], y: Floats) -> list[str]:
    """Return the assumptions taken, in the order of the steps."""
    columns = _ranks(np.array([[row[name] for name in names] for row in draws]))
    left = _ranks(y[:, None])[:, 0]
    columns, left = columns - columns.mean(axis=0), left - left.mean()
    free = list(range(len(names)))
    taken: list[int] = []
    while free and len(y) - len(taken) > 3:
        sizes = np.linalg.norm(columns[:, free], axis=0)
        usable = [row for row, size in zip(free, sizes, strict=True) if size > 1e-9]
        if not usable or np.linalg.norm(left) < 1e-9:
            break
        units = columns[:, usable] / np.linalg.norm(columns[:, usable], axis=0)
        fit = units.T @ left
        best = int(np.argmax(np.abs(fit)))
        if _by_chance(fit[best], left, len(y) - len(taken) - 2) * len(usable) > CHANCE:
            break
        unit, row = units[:, best], usable[best]
        taken.append(row)
        free.remove(row)
        left = left - unit * (unit @ left)
        columns = columns - np.outer(unit, unit @ columns)  # what the others add to it
    return [names[row] for row in taken]


def _by_chance(fit: float, left: Floats, freedom: int) -> float:
    """Return the chance that an assumption without effect explains as much of what is left."""
    explained, all_of_it = float(fit) ** 2, float(left @ left)
    unexplained = all_of_it - explained
    if unexplained <= 1e-12 * all_of_it:
        return 0.0
    return 2.0 * float(stdtr(freedom, -math.sqrt(freedom * explained / unexplained)))


def _ranks(columns: Floats) -> Floats:
    """Return the ranks in each column, the mean rank for equal values."""
    return pd.DataFrame(columns).rank().to_numpy(np.float64)
