"""Where each parcel is lost or damaged, if it gets that far.

Path, hazards and thresholds are known before the clock starts, so the place is too; whether the
parcel got there before the horizon is settled afterward. Few parcels can be lost or damaged at all:
only those whose threshold is below the largest possible sum of any route are looked at.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.runtime.threads import in_pieces
from logistics.simulation.batch.paths import Walk
from logistics.simulation.problem import DOOR_STEP, ROAD, ROUND, Problem
from logistics.vocabulary import MAX_ATTEMPTS, NEVER_HERE

Array = NDArray[Any]

_CHUNK = 1 << 18  # parcels at a time, of which few can give way


def lost_steps(problem: Problem) -> Array:
    """Return (parcels,) the step at which each parcel would be lost, or `NEVER_HERE`."""
    hazards, threshold = problem.hazards, problem.parcels.loss_threshold
    steps = np.empty(len(threshold), np.int8)
    longest = problem.parcels.work.shape[1]
    bound = longest * hazards.visit_loss.max(initial=0) + (
        longest + MAX_ATTEMPTS
    ) * hazards.lane_loss.max(initial=0)

    def some(piece: slice) -> None:
        steps[piece] = NEVER_HERE
        rows = piece.start + np.flatnonzero(threshold[piece] < bound)
        steps[rows] = _lost_steps(problem, rows)

    in_pieces(some, len(threshold), _CHUNK)
    return steps


def _lost_steps(problem: Problem, rows: Array) -> Array:
    hazards, failures = problem.hazards, problem.parcels.failures[rows]
    threshold = problem.parcels.loss_threshold[rows]
    total = np.zeros(len(rows), np.int64)
    found = np.full(len(rows), NEVER_HERE, np.int8)

    def add(hazard: Array, step: int) -> None:
        nonlocal total
        found[(total <= threshold) & (total + hazard > threshold)] = step
        total = total + hazard

    for leg in Walk(problem, rows):
        on_way, last = leg.on_way, leg.last
        add(np.where(on_way, hazards.visit_loss[leg.place], 0), leg.step)
        add(np.where(on_way & ~last, hazards.lane_loss[leg.lane], 0), leg.step + 1)
        for attempt in range(MAX_ATTEMPTS):
            made = last & (attempt <= failures)
            add(np.where(made, hazards.lane_loss[leg.lane], 0), leg.step + 1 + attempt)
    return found


def damaged_steps(problem: Problem) -> tuple[Array, Array]:
    """Return (parcels,) the step at which each parcel would break and the kind of handling."""
    hazards, threshold = problem.hazards, problem.parcels.damage_threshold
    steps, kinds = np.empty((2, len(threshold)), np.int8)
    longest = problem.parcels.work.shape[1]
    bound = (
        longest * hazards.visit_damage.sum(axis=1).max(initial=0)
        + (longest + MAX_ATTEMPTS) * hazards.lane_damage.max(initial=0)
        + hazards.door_damage.max(initial=0)
    )

    def some(piece: slice) -> None:
        steps[piece] = kinds[piece] = NEVER_HERE
        rows = piece.start + np.flatnonzero(threshold[piece] < bound)
        steps[rows], kinds[rows] = _damaged_steps(problem, rows)

    in_pieces(some, len(threshold), _CHUNK)
    return steps, kinds


def _damaged_steps(problem: Problem, rows: Array) -> tuple[Array, Array]:
    hazards, parcels = problem.hazards, problem.parcels
    threshold, risk = parcels.damage_threshold[rows], parcels.risk[rows]
    failures = parcels.failures[rows]
    total = np.zeros(len(rows), np.int64)
    steps, kinds = np.full((2, len(rows)), NEVER_HERE, np.int8)

    def add(hazard: Array, step: int, kind: int) -> None:
        nonlocal total
        breaks = (total <= threshold) & (total + hazard > threshold)
        steps[breaks] = step
        kinds[breaks] = kind
        total = total + hazard

    for leg in Walk(problem, rows):
        on_way, last = leg.on_way, leg.last
        for kind in range(hazards.visit_damage.shape[1]):
            add(np.where(on_way, hazards.visit_damage[leg.place, kind, risk], 0), leg.step, kind)
        on_road = np.where(on_way & ~last, hazards.lane_damage[leg.lane, risk], 0)
        add(on_road, leg.step + 1, ROAD)
        for attempt in range(MAX_ATTEMPTS):
            step = leg.step + 1 + attempt
            made = last & (attempt <= failures)
            add(np.where(made, hazards.lane_damage[leg.lane, risk], 0), step, ROUND)
            delivered = last & (attempt == failures)
            add(np.where(delivered, hazards.door_damage[risk], 0), step, DOOR_STEP)
    return steps, kinds
