"""Several networks at once: intervals that all hold together, and who may be the best.

Of twenty intervals at 95% one is wrong on average. Here the chance that *every* interval holds is
`level`. Bonferroni's inequality always gives that; `max_t` is narrower where the same orders go
through all networks, because the differences then go together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from logistics.analysis.statistics.intervals import LEVEL, Estimate, t_quantile

Floats = NDArray[np.float64]
Pair = tuple[str, str]
Method = Literal["bonferroni", "max_t"]

DRAWS = 20_000
"""Sets of runs that `max_t` makes up; the critical value is then sure to about 1%."""

_CHUNK = 2_000_000  # numbers at a time


@dataclass(frozen=True, eq=False)
class Differences:
    """All differences between networks, second less first, which hold together with `level`.

    `critical`: by how many standard errors each interval reaches to either side; NaN where it is
    not the same for all.
    """

    figures: Mapping[Pair, Estimate]
    method: str
    critical: float
    level: float

    def apart(self) -> list[Pair]:
        """Return the pairs whose interval leaves out 0: these networks do differ."""
        return [pair for pair, one in self.figures.items() if one.low > 0 or one.high < 0]


def paired_differences(
    values: Mapping[str, ArrayLike],
    level: float = LEVEL,
    method: Method = "bonferroni",
    *,
    draws: int = DRAWS,
) -> Differences:
    """Return the mean differences between networks that had the same orders.

    `values`: by network, the figure in each run, in the same order of runs. A run without a value
    (NaN) in one network is left out of all. `max_t`: the critical value is that of the largest t
    among the differences, found by drawing sets of runs from the normal distribution with the
    covariance of the runs made (a studentised parametric bootstrap; never above Bonferroni's).
    `draws`: how many sets.

    Raises ValueError for fewer than two networks, networks with different numbers of runs, or
    fewer than two runs with values.
    """
    names, runs = _table(values)
    pairs = list(combinations(range(len(names)), 2))
    critical = t_quantile(len(runs), 1 - (1 - level) / len(pairs))
    if method == "max_t":
        critical = min(critical, max_t(runs, level, draws=draws))
    figures = {(names[i], names[j]): _reach(runs[:, j] - runs[:, i], critical) for i, j in pairs}
    return Differences(figures, method, critical, level)


def max_t(runs: ArrayLike, level: float = LEVEL, *, draws: int = DRAWS, seed: int = 1) -> float:
    """Return the critical value of the largest |t| among all differences between columns.

    `runs`: (runs, networks), paired. Differences that do not vary are left out.
    """
    table = np.asarray(runs, np.float64)
    count = len(table)
    contrasts = _contrasts(table.shape[1])
    spread = np.asarray((table - table.mean(axis=0)) / math.sqrt(count - 1))
    contrasts = contrasts[:, (spread @ contrasts).std(axis=0) > 0]
    if contrasts.shape[1] == 0:
        return t_quantile(count, level)
    root = np.linalg.cholesky(_covariance(spread)).T @ contrasts
    rng = np.random.default_rng(seed)
    chunk = max(1, _CHUNK // (count * root.shape[1]))
    largest = [
        _largest_t(rng.standard_normal((min(chunk, draws - done), count, len(root))) @ root)
        for done in range(0, draws, chunk)
    ]
    return float(np.quantile(np.concatenate(largest), level))


def against_the_best(
    values: Mapping[str, ArrayLike], level: float = LEVEL, *, smallest_is_best: bool = True
) -> dict[str, Estimate]:
    """Return by how much each network is worse than the best of the others, same orders.

    Multiple comparisons with the best (Hsu, Annals of Statistics 12, 1984, 1136-1144), with the
    critical value of Bonferroni for paired runs (Nelson and Matejcik, Management Science 41, 1995,
    1935-1945). Above 0 is worse. An interval that ends at 0 above: the network is the best or as
    good. One that starts at 0 below: it is not the best, with `level` for all of it together.

    Raises ValueError as `paired_differences`.
    """
    names, runs = _table(values)
    worse = runs if smallest_is_best else -runs
    t = t_quantile(len(runs), 1 - 2 * (1 - level) / (len(names) - 1))
    behind = worse.mean(axis=0)[:, None] - worse.mean(axis=0)[None, :]
    reach = t * _standard_errors(worse)
    others = ~np.eye(len(names), dtype=bool)
    least = np.array([(behind - reach)[i][others[i]].max() for i in range(len(names))])
    may_be_best = least <= 0
    figures = {}
    for i, name in enumerate(names):
        rivals = others[i] & may_be_best
        most = (behind + reach)[i][rivals].max() if rivals.any() else 0.0
        estimate = float(behind[i][others[i]].max())
        figures[name] = Estimate(estimate, min(0.0, float(least[i])), max(0.0, float(most)))
    return figures


def _table(values: Mapping[str, ArrayLike]) -> tuple[list[str], Floats]:
    """Return the names, and (runs, networks) without runs that lack a value."""
    columns = [np.asarray(one, np.float64) for one in values.values()]
    if len(columns) < 2 or len({len(one) for one in columns}) != 1:
        raise ValueError("give the same runs of two or more networks")
    runs = np.stack(columns, axis=1)
    runs = runs[~np.isnan(runs).any(axis=1)]
    if len(runs) < 2:
        raise ValueError(f"{len(runs)} runs with values: two are needed to see how they vary")
    return list(values), runs


def _reach(differences: Floats, critical: float) -> Estimate:
    mean = float(differences.mean())
    half = critical * float(differences.std(ddof=1)) / math.sqrt(len(differences))
    return Estimate(mean, mean - half, mean + half)


def _standard_errors(runs: Floats) -> Floats:
    """Return the standard error of every difference between columns: (networks, networks)."""
    apart = runs[:, :, None] - runs[:, None, :]
    return np.asarray(apart.std(axis=0, ddof=1) / math.sqrt(len(runs)))


def _contrasts(networks: int) -> Floats:
    """Return (networks, pairs): 1 for the second of a pair, -1 for the first."""
    pairs = list(combinations(range(networks), 2))
    contrasts = np.zeros((networks, len(pairs)))
    for column, (i, j) in enumerate(pairs):
        contrasts[i, column], contrasts[j, column] = -1.0, 1.0
    return contrasts


def _covariance(spread: Floats) -> Floats:
    """Return the covariance, lifted by a hair so that it has a root with few runs, too."""
    covariance = spread.T @ spread
    lift = 1e-9 * float(np.trace(covariance)) / len(covariance)
    return np.asarray(covariance + lift * np.eye(len(covariance)))


def _largest_t(differences: NDArray[Any]) -> Floats:
    """Return the largest |t| of each set: (sets, runs, pairs) -> (sets,)."""
    count = differences.shape[1]
    error = differences.std(axis=1, ddof=1) / math.sqrt(count)
    return np.asarray((np.abs(differences.mean(axis=1)) / error).max(axis=1))
