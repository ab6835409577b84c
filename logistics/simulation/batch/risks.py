"""Where each parcel is damaged, if it gets that far: that has no part in how it moves on.

Few parcels can be damaged at all, and only they are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.runtime.threads import in_pieces
from logistics.simulation.batch.paths import Leg, walk
from logistics.simulation.problem import DOOR_STEP, ROAD, ROUND, Problem
from logistics.vocabulary import MAX_ATTEMPTS, NEVER_HERE

Array = NDArray[Any]

_CHUNK = 1 << 15  # parcels at a time, all of which can be damaged


def damaged_steps(problem: Problem) -> tuple[Array, Array]:
    """Return (parcels,) the step at which each parcel would break and the kind of handling."""
    limits = problem.parcels.damage
    steps, kinds = np.full((2, len(problem.parcels.ordered)), NEVER_HERE, np.int8)

    def some(piece: slice) -> None:
        rows, most = limits.parcel[piece], limits.hazard[piece]
        total = np.zeros(len(rows), np.int64)
        for leg in walk(problem, rows):
            for touched, hazard, step, kind in _damage(problem, leg, rows):
                before, total = total, total + np.where(touched, hazard, 0)
                gives_way = rows[(before <= most) & (total > most)]
                steps[gives_way], kinds[gives_way] = step, kind

    in_pieces(some, len(limits.parcel), _CHUNK)
    return steps, kinds


def _damage(problem: Problem, leg: Leg, rows: Array) -> Iterator[tuple[Array, Array, int, int]]:
    """Yield, of a leg of some parcels, whom it touches, hazard, step and kind of handling."""
    hazards, failures = problem.hazards, problem.parcels.failures[rows]
    risk = problem.parcels.risk[rows]
    for kind in range(hazards.visit_damage.shape[1]):
        yield leg.on_way, hazards.visit_damage[leg.place, kind, risk], leg.step, kind
    on_lane = hazards.lane_damage[leg.lane, risk]
    yield leg.on_way & ~leg.last, on_lane, leg.step + 1, ROAD
    for attempt in range(MAX_ATTEMPTS):
        step = leg.step + 1 + attempt
        yield leg.last & (attempt <= failures), on_lane, step, ROUND
        yield leg.last & (attempt == failures), hazards.door_damage[risk], step, DOOR_STEP
