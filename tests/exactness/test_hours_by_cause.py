"""Hours by cause in random worlds: what the run stored tells the same as a walk tick by tick."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from random_worlds import world, worlds
from reference import Reference, ended, run_of_problem

from logistics.runs.causes import Segments, causes_of
from logistics.simulation import textbook
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import CAUSES

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
SEEDS = range(40)


def told(problem: Problem, columns: Columns) -> np.ndarray:
    return causes_of(run_of_problem(problem, columns), np.arange(len(columns.status)))


def compare(problem: Problem) -> None:
    columns = textbook.run(problem)
    causes = told(problem, columns)
    for parcel in range(len(columns.status)):
        expected = Reference(problem, columns, parcel).causes()
        got = dict(zip(CAUSES, causes[:, parcel].tolist(), strict=True))
        assert got == {cause: expected[cause] for cause in CAUSES}, f"parcel {parcel}"


@given(worlds())
@QUICK
def test_the_causes_are_those_of_a_walk_tick_by_tick(problem: Problem) -> None:
    compare(problem)


@pytest.mark.parametrize("seed", SEEDS)
def test_so_they_are_in_worlds_that_never_change(seed: int) -> None:
    compare(world(seed))


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_a_seller_hands_over_what_is_packed_whatever_doors_a_pickup_has(seed: int) -> None:
    problem = world(seed)
    lanes = problem.lanes
    doors = np.where(lanes.origin < 0, 2, lanes.doors_close).astype(lanes.doors_close.dtype)
    compare(replace(problem, lanes=replace(lanes, doors_close=doors)))


def test_these_worlds_have_every_cause() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        problem = world(seed)
        causes = told(problem, textbook.run(problem))
        seen.update(dict(zip(CAUSES, (causes > 0).sum(axis=1).tolist(), strict=True)))
    assert all(seen[cause] >= 5 for cause in CAUSES), seen


@pytest.mark.parametrize("seed", SEEDS)
def test_they_sum_to_the_five_times(seed: int) -> None:
    problem = world(seed)
    columns = textbook.run(problem)
    last_visit = run_of_problem(problem, columns).columns["last_visit"]
    parcels = len(columns.status)
    sums = {name: np.zeros(parcels, np.int64) for name in ("place", "work", "lane", "road", "mile")}
    for one in Segments(run_of_problem(problem, columns)).of(np.arange(parcels)):
        for cause, ticks in one.ticks.items():
            assert (ticks >= 0).all(), cause
            name = "lane" if one.on_lane else "place"
            if one.on_lane and one.visit == last_visit[one.parcel[0]]:
                assert (last_visit[one.parcel] == one.visit).all()
                name = "mile"
            name = {"packing": "work", "sorting": "work", "transit": "road"}.get(cause, name)
            sums[name][one.parcel] += ticks
    assert (sums["place"] == columns.wait_work).all()
    assert (sums["work"] == columns.work).all()
    assert (sums["lane"] == columns.wait_departure).all()
    assert (sums["road"] == columns.transit).all()
    assert (sums["mile"] == columns.last_mile).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_of_parcels_that_ended_they_add_up_to_the_time_from_order_to_end(seed: int) -> None:
    problem = world(seed)
    columns = textbook.run(problem)
    done = ended(columns)
    taken = columns.ended[done] - problem.parcels.ordered[done]
    assert (told(problem, columns)[:, done].sum(axis=0) == taken).all()


def test_a_few_rows_tell_the_same_as_all() -> None:
    problem = world(3)
    columns = textbook.run(problem)
    rows = np.arange(len(columns.status))[::-2]
    run = run_of_problem(problem, columns)
    assert (causes_of(run, rows) == told(problem, columns)[:, rows]).all()
