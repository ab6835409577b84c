"""Every run of either engine passes the check; a run with any number off by one does not."""

from __future__ import annotations

from dataclasses import fields, replace
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from random_worlds import worlds
from seeded_runs import ENGINES, SEEDED, seeded_run, seeded_world
from streamed_worlds import is_stopped

from logistics.errors import BrokenRunError
from logistics.simulation.batch import engine as batch
from logistics.simulation.checks import check_run
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, Status

NOT_CHECKED = {"damaged_step", "damaged_kind", "events"}

any_time = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_awkward_worlds_keep_the_rules(engine: str) -> None:
    for seed in range(SEEDED):
        try:
            check_run(seeded_world(seed), seeded_run(seed, engine))
        except BrokenRunError as error:
            raise AssertionError(f"world({seed}): {error}") from error


@pytest.mark.parametrize("engine", ENGINES)
@settings(any_time, max_examples=60, derandomize=True)
@given(problem=worlds())
def test_60_worlds_keep_the_rules(engine: str, problem: Problem) -> None:
    check_run(problem, ENGINES[engine](problem))


@pytest.mark.slow
@settings(any_time, max_examples=3000)
@given(problem=worlds())
def test_3000_worlds_keep_the_rules(problem: Problem) -> None:
    check_run(problem, batch.run(problem))


@pytest.mark.parametrize("name", sorted({f.name for f in fields(Columns)} - NOT_CHECKED))
def test_one_number_that_is_off_by_one_is_found(name: str) -> None:
    """But how many a full wave left behind, which no column could tell."""
    tried = 0
    for seed in range(60):
        problem, random = seeded_world(seed), Random(seed)
        columns = seeded_run(seed, "textbook")
        column = getattr(columns, name).copy()
        if not column.size:
            continue
        at = np.unravel_index(random.randrange(column.size), column.shape)
        if name == "left_behind":
            lane = problem.departures.lane[at[0]]
            if problem.lanes.destination[lane] < 0:
                continue
        if name == "horizon" and (columns.status == Status.LOST).any():
            continue  # when a parcel was lost, no column tells
        can_fall = name not in ("status", "attempts") and column[at] != NOT_YET
        column[at] += -1 if can_fall and random.random() < 0.5 else 1
        assert is_stopped(check_run, problem, replace(columns, **{name: column})), (
            f"world({seed}): {at}"
        )
        tried += 1
    assert tried > 10
