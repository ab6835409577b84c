"""Which assumptions drive an answer.

A Latin hypercube (McKay, Beckman and Conover, Technometrics 21, 1979, 239-245) moves all of them in
every draw, each evenly over its range; rank regression then says which of them drove the answer.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Factor:
    """An assumed parameter: its value, and the ends of its plausible range.

    Raises ValueError unless low < high and the value lies between them.
    """

    name: str
    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        """Refuse a range that is none."""
        if not (self.low < self.high and self.low <= self.value <= self.high):
            raise ValueError(f"{self.name}: {self.value} is not in {self.low} to {self.high}")

    def at(self, place: float) -> float:
        """Return the value at a place of the range: 0 is the low end, 1 the high end."""
        return self.low + place * (self.high - self.low)


def draws_of(seed: int, name: str, purpose: str) -> np.random.Generator:
    """Return the random numbers of one assumption; they hang on nothing but the arguments."""
    text = f"{seed}/{purpose}/{name}"
    return np.random.default_rng(
        int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "big")
    )


def latin_hypercube(factors: Sequence[Factor], draws: int, seed: int) -> list[dict[str, float]]:
    """Return so many draws of all assumptions, each spread evenly over its range.

    One more assumption changes nobody else's draws; another number of draws does. Chance
    correlations between assumptions are about 1 / sqrt(draws).

    Raises ValueError for no draws or a name given twice.
    """
    names = [factor.name for factor in factors]
    if draws < 1 or len(set(names)) != len(names):
        raise ValueError("give one or more draws, and each name once")
    columns = {one.name: _strata(draws_of(seed, one.name, "latin"), draws) for one in factors}
    return [
        {one.name: one.at(float(columns[one.name][row])) for one in factors} for row in range(draws)
    ]


@dataclass(frozen=True)
class Importance:
    """How much of an answer one assumption drives.

    `correlation`: of the ranks (Spearman), -1 to 1. `coefficient`: of the standardized rank
    regression. `share`: coefficient times correlation (Pratt, Proceedings of the Tampere
    conference in statistics, 1987, 245-260): the shares of all assumptions add up to what the
    regression explains. One slightly below 0 is chance.
    """

    name: str
    correlation: float
    coefficient: float
    share: float


@dataclass(frozen=True, eq=False)
class Importances:
    """The importance of every assumption, the largest share first.

    `explained`: part of the variance of the ranks that the regression explains. What is left is
    random variation and what is not monotone or not additive: where it is much, do not trust the
    shares. `chance`: what as many assumptions without any effect would explain on average.
    """

    factors: tuple[Importance, ...]
    explained: float
    chance: float


def importances(
    draws: Sequence[Mapping[str, float]], answers: ArrayLike, *, ranks: bool = True
) -> Importances:
    """Return which assumptions drove the answers to draws that moved all at once.

    `draws`: as from `latin_hypercube`. `answers`: one per draw. Ranks (Iman and Conover,
    Technometrics 21, 1979, 499-509) take any monotone effect for a straight line; without them it
    is a plain linear regression.

    Raises ValueError for fewer draws than two more than assumptions, answers that are missing or
    all equal, or an assumption that does not vary.
    """
    y, names = np.asarray(answers, np.float64), list(draws[0]) if draws else []
    x = np.array([[row[name] for name in names] for row in draws])
    if len(y) != len(x) or len(x) < len(names) + 2 or not names:
        raise ValueError(f"{len(y)} answers to {len(x)} draws of {len(names)} assumptions")
    if not np.isfinite(y).all() or np.ptp(y) == 0 or (np.ptp(x, axis=0) == 0).any():
        raise ValueError("answers and assumptions must vary, and none be missing or infinite")
    if ranks:
        x, y = _ranks(x), _ranks(y[:, None])[:, 0]
    x, y = (x - x.mean(axis=0)) / x.std(axis=0), (y - y.mean()) / y.std()
    correlation = x.T @ y / len(y)
    coefficient = np.linalg.lstsq(x, y, rcond=None)[0]
    found = [
        Importance(name, float(r), float(b), float(r * b))
        for name, r, b in zip(names, correlation, coefficient, strict=True)
    ]
    explained = math.fsum(one.share for one in found)
    ordered = tuple(sorted(found, key=lambda one: -one.share))
    return Importances(ordered, explained, len(names) / (len(y) - 1))


def _strata(rng: np.random.Generator, draws: int) -> Floats:
    """Return one number in each of so many equal parts of 0 to 1, in random order."""
    return np.asarray((rng.permutation(draws) + rng.random(draws)) / draws)


def _ranks(columns: Floats) -> Floats:
    """Return the ranks in each column, the mean rank for equal values."""
    from scipy.stats import rankdata  # noqa: PLC0415  (scipy loads slowly)

    return np.asarray(rankdata(columns, axis=0), np.float64)
