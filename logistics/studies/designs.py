"""Which design points a study runs: grid, one at a time, Latin hypercube, Morris.

McKay, Beckman and Conover (Technometrics 21, 1979, 239-245) for the hypercube; Morris
(Technometrics 33, 1991, 161-174) for the trajectories.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.statistics import screening, sensitivity
from logistics.scenario.fields import text_of
from logistics.studies.factors import Factor, Level

Design = Literal["grid", "one at a time", "latin hypercube", "morris"]

MOST_POINTS = 10_000
BASE = "as it stands"

_MOST_DISTANCES = 20_000_000
"""Numbers held at once while trajectories are spread out."""


@dataclass(frozen=True)
class DesignPoint:
    """What one point sets: by factor's name a value and, if it has one, a place from 0 to 1."""

    label: str
    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[str, float] = field(default_factory=dict)


def design_points(
    design: Design, factors: Sequence[Factor], draws: int = 1, trajectories: int = 1, seed: int = 1
) -> tuple[int, Iterator[DesignPoint]]:
    """Return how many points a design has, and what they set, in order.

    `draws`: of a hypercube. `trajectories`: of a screening. `seed`: of both.
    """
    match design:
        case "grid":
            return prod(len(one.spread.levels) for one in factors), _grid(factors)
        case "one at a time":
            return 1 + sum(len(one.spread.ends) for one in factors), _one_at_a_time(factors)
        case "latin hypercube":
            return 1 + draws, _latin_hypercube(factors, draws, seed)
        case "morris":
            return trajectories * (len(factors) + 1), _morris(factors, trajectories, seed)


def _grid(factors: Sequence[Factor]) -> Iterator[DesignPoint]:
    names = [one.name for one in factors]
    for levels in product(*(one.spread.levels for one in factors)):
        chosen = dict(zip(names, levels, strict=True))
        yield _of_levels(", ".join(f"{n} {_short(one)}" for n, one in chosen.items()), chosen)


def _one_at_a_time(factors: Sequence[Factor]) -> Iterator[DesignPoint]:
    yield DesignPoint(BASE)
    for one in factors:
        for level in one.spread.ends:
            yield _of_levels(f"{one.name} {_short(level)}", {one.name: level})


def _latin_hypercube(factors: Sequence[Factor], draws: int, seed: int) -> Iterator[DesignPoint]:
    yield DesignPoint(BASE)
    hypercube = sensitivity.latin_hypercube([one.name for one in factors], draws, seed)
    for number, draw in enumerate(hypercube, start=1):
        yield _of_places(f"draw {number}", factors, draw)


def _morris(factors: Sequence[Factor], trajectories: int, seed: int) -> Iterator[DesignPoint]:
    names = [one.name for one in factors]
    for number, trajectory in enumerate(_trajectories(names, trajectories, seed), start=1):
        before: NDArray[np.float64] | None = None
        for row in trajectory:
            moved = "start" if before is None else names[int(np.abs(row - before).argmax())]
            draw = dict(zip(names, row.tolist(), strict=True))
            yield _of_places(f"trajectory {number}, {moved}", factors, draw)
            before = row


def _trajectories(names: Sequence[str], count: int, seed: int) -> NDArray[np.float64]:
    """Return trajectories that lie far apart, as far as there is room to look for such."""
    room = _MOST_DISTANCES // ((len(names) + 1) ** 2 * len(names))
    candidates = max(count, min(4 * count, room))
    found = screening.trajectories(names, candidates, seed)
    return found if count in (1, candidates) else screening.spread_out(found, count)


def _of_levels(label: str, chosen: Mapping[str, Level]) -> DesignPoint:
    values = {name: level.value for name, level in chosen.items()}
    places = {name: level.place for name, level in chosen.items() if level.place is not None}
    return DesignPoint(label or BASE, values, places)


def _of_places(label: str, factors: Sequence[Factor], places: Mapping[str, float]) -> DesignPoint:
    values = {one.name: one.spread.at(places[one.name]) for one in factors}
    return DesignPoint(label, values, dict(places))


def _short(level: Level) -> str:
    text = text_of(level.value)
    return text if len(text) <= 80 else f"{text[:79]}…"
