"""Which few of many assumptions drive an answer, when there are fewer draws than it takes for all.

Rank regression with forward selection: the assumption that explains most is taken, then the one
that explains most of what is left, and so on, as long as chance among all that are left would
seldom do as well (Iman and Conover, Technometrics 21, 1979, 499-509; Helton and Davis, Reliability
Engineering and System Safety 81, 2003, section 6.5).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from logistics.analysis.statistics.sensitivity import Importances, importances

Floats = NDArray[np.float64]

CHANCE = 0.05
"""Of taking an assumption without any effect, at each step."""


def main_importances(
    draws: Sequence[Mapping[str, float]], answers: ArrayLike, chance: float = CHANCE
) -> Importances:
    """Return the importance of the assumptions that are sure to matter, the largest first.

    `draws`: what each answer was made with. `answers`: one a draw. `chance`: most that a step may
    owe to chance, all assumptions left taken together (Bonferroni). None may be found: what drives
    the answer is then spread over many. `chance` of the result is that of those taken.

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
    chosen = _forward(names, draws, y, chance)
    if not chosen:
        return Importances((), 0.0, 0.0)
    return importances([{name: row[name] for name in chosen} for row in draws], y)


def _forward(
    names: list[str], draws: Sequence[Mapping[str, float]], y: Floats, chance: float
) -> list[str]:
    """Return the assumptions taken, in the order of the steps."""
    columns = _standard(np.array([[row[name] for name in names] for row in draws]))
    left = _standard(y[:, None])[:, 0]
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
        if _by_chance(fit[best], left, len(y) - len(taken) - 2) * len(usable) > chance:
            break
        unit, row = units[:, best], usable[best]
        taken.append(row)
        free.remove(row)
        left = left - unit * (unit @ left)
        columns = columns - np.outer(unit, unit @ columns)  # what the others add to it
    return [names[row] for row in taken]


def _by_chance(fit: float, left: Floats, freedom: int) -> float:
    """Return the chance that an assumption without effect explains as much of what is left."""
    from scipy.special import stdtr  # noqa: PLC0415  (scipy loads slowly)

    explained, all_of_it = float(fit) ** 2, float(left @ left)
    unexplained = all_of_it - explained
    if unexplained <= 1e-12 * all_of_it:
        return 0.0
    return 2.0 * float(stdtr(freedom, -math.sqrt(freedom * explained / unexplained)))


def _standard(columns: Floats) -> Floats:
    """Return the ranks in each column, less their mean."""
    from scipy.stats import rankdata  # noqa: PLC0415  (scipy loads slowly)

    ranks = np.asarray(rankdata(columns, axis=0), np.float64)
    return np.asarray(ranks - ranks.mean(axis=0))
