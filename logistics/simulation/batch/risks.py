"""Where each parcel is lost or damaged, if it gets that far.

Path, hazards and thresholds are known before the clock starts, so the place is too; whether the
parcel got there before the horizon is settled afterward. Few parcels can be lost or damaged at all:
only those whose threshold is below the largest possible sum of any route are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.runtime.threads import in_pieces
from logistics.simulation.batch.paths import Leg, walk
from logistics.simulation.problem import DOOR_STEP, ROAD, ROUND, Problem
from logistics.vocabulary import MAX_ATTEMPTS, NEVER_HERE

Array = NDArray[Any]

_CHUNK = 1 << 18  # parcels at a time, of which few can give way

_Touches = Callable[[Problem, Leg, Array], Iterator[tuple[Array, Array, int, int]]]
"""For a leg of some parcels (row numbers): whom it touches, hazard, step and kind of handling."""


def lost_steps(problem: Problem) -> Array:
    """Return (parcels,) the step at which each parcel would be lost, or `NEVER_HERE`."""
    hazards, longest = problem.hazards, problem.parcels.work.shape[1]
    bound = longest * hazards.visit_loss.max(initial=0) + (
        longest + MAX_ATTEMPTS
    ) * hazards.lane_loss.max(initial=0)
    return _last_straws(problem, problem.parcels.loss_threshold, bound, _losses)[0]


def damaged_steps(problem: Problem) -> tuple[Array, Array]:
    """Return (parcels,) the step at which each parcel would break and the kind of handling."""
    hazards, longest = problem.hazards, problem.parcels.work.shape[1]
    bound = (
        longest * hazards.visit_damage.sum(axis=1).max(initial=0)
        + (longest + MAX_ATTEMPTS) * hazards.lane_damage.max(initial=0)
        + hazards.door_damage.max(initial=0)
    )
    return _last_straws(problem, problem.parcels.damage_threshold, bound, _damage)


def _last_straws(
    problem: Problem, threshold: Array, bound: int, touches: _Touches
) -> tuple[Array, Array]:
    """Return (parcels,) the step and the kind at which the hazards exceed each threshold."""
    steps, kinds = np.empty((2, len(threshold)), np.int8)

    def some(piece: slice) -> None:
        steps[piece] = kinds[piece] = NEVER_HERE
        rows = piece.start + np.flatnonzero(threshold[piece] < bound)
        most, total = threshold[rows], np.zeros(len(rows), np.int64)
        for leg in walk(problem, rows):
            for touched, hazard, step, kind in touches(problem, leg, rows):
                before, total = total, total + np.where(touched, hazard, 0)
                gives_way = rows[(before <= most) & (total > most)]
                steps[gives_way], kinds[gives_way] = step, kind

    in_pieces(some, len(threshold), _CHUNK)
    return steps, kinds


def _losses(problem: Problem, leg: Leg, rows: Array) -> Iterator[tuple[Array, Array, int, int]]:
    hazards, failures = problem.hazards, problem.parcels.failures[rows]
    on_lane = hazards.lane_loss[leg.lane]
    yield leg.on_way, hazards.visit_loss[leg.place], leg.step, NEVER_HERE
    yield leg.on_way & ~leg.last, on_lane, leg.step + 1, ROAD
    for attempt in range(MAX_ATTEMPTS):
        yield leg.last & (attempt <= failures), on_lane, leg.step + 1 + attempt, ROUND


def _damage(problem: Problem, leg: Leg, rows: Array) -> Iterator[tuple[Array, Array, int, int]]:
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
