"""A run cut into stretches, parcels joining as they are ordered, is the run in one piece."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields, replace

import numpy as np
import pytest
import random_worlds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from seeded_runs import SEEDED, seeded_world
from streamed_worlds import once_all_are_ordered, thirds

from logistics.simulation.batch.engine import Traffic, run
from logistics.simulation.problem import Columns, Ending, Limits, Problem

NOT_BY_PARCEL = ("load", "left_behind", "horizon", "events")

without_limits = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def in_stretches(problem: Problem, cuts: list[int]) -> Columns:
    """Run a problem with a cut before each of some ticks; return its columns, parcel by parcel."""
    ordered = problem.parcels.ordered
    traffic = Traffic(problem)
    number = np.zeros(0, np.int64)  # what the parcels under way are called in the whole problem
    found = {name: [] for name in (field.name for field in fields(Columns))}
    numbers = []
    before = -1
    for until in [*cuts, problem.horizon]:
        last = np.iinfo(np.int64).max if until == problem.horizon else until
        joining = (ordered >= before) & (ordered < last)
        before = until
        stretch = traffic.go_on(problem.parcels.of(joining), until)
        number = stretch.places.merged(number, np.flatnonzero(joining))
        for rows, _, columns in stretch.finished(most=7):
            numbers.append(number[rows])
            for name, parts in found.items():
                parts.append(getattr(columns, name))
        number = number[stretch.goes_on]
        if stretch.problem.horizon == until:
            break
    order = np.argsort(np.concatenate(numbers))
    whole = {
        name: parts[-1] if name in NOT_BY_PARCEL else np.concatenate(parts)[order]
        for name, parts in found.items()
    }
    return Columns(**whole)


def differing(problem: Problem, cuts: list[int]) -> list[str]:
    problem = replace(problem, ending=Ending.at_horizon())
    whole, parts = run(problem), in_stretches(problem, cuts)
    return [
        field.name
        for field in fields(Columns)
        if field.compare
        and not np.array_equal(getattr(whole, field.name), getattr(parts, field.name))
    ]


FEW_OR_ALL = pytest.mark.parametrize("worlds", [100, pytest.param(SEEDED, marks=pytest.mark.slow)])


@FEW_OR_ALL
def test_seeded_worlds_cut_in_three(worlds: int) -> None:
    for seed in range(worlds):
        problem = seeded_world(seed)
        third = problem.horizon // 3
        cuts = [tick for tick in (third, 2 * third) if tick > 0]
        assert not differing(problem, cuts), f"world({seed}) cut at {cuts}"


@FEW_OR_ALL
def test_a_run_in_time_slices_ends_where_it_ends_in_one(worlds: int) -> None:
    """And then has the same columns of all that was ordered before."""
    early = 0
    for seed in range(worlds):
        problem = once_all_are_ordered(seeded_world(seed))
        whole, cuts = run(problem), thirds(problem)
        parts, horizon = in_stretches(problem, cuts), int(whole.horizon)
        early += horizon < problem.horizon
        ordered = np.flatnonzero(problem.parcels.ordered < horizon)
        whole = whole if horizon == problem.horizon else whole.of(ordered)
        for field in filter(lambda field: field.compare, fields(Columns)):
            one, other = getattr(whole, field.name), getattr(parts, field.name)
            assert np.array_equal(one, other), f"world({seed}): {field.name}"
    assert early > worlds / 15


def test_cut_at_every_tick_of_a_departure() -> None:
    for seed in range(40):
        problem = seeded_world(seed)
        ticks = np.unique(problem.departures.tick)
        cuts = ticks[(ticks > 0) & (ticks < problem.horizon)].tolist()
        assert not differing(problem, cuts), f"world({seed})"


@settings(without_limits, max_examples=100, derandomize=True)
@given(
    random_worlds.worlds(),
    st.lists(st.floats(0, 1, exclude_min=True, exclude_max=True), max_size=5),
)
def test_100_worlds_cut_anywhere(problem: Problem, shares: list[float]) -> None:
    ticks = sorted({int(share * problem.horizon) for share in shares} - {0, problem.horizon})
    assert not differing(problem, ticks)


@pytest.mark.slow
@settings(without_limits, max_examples=5_000)
@given(
    random_worlds.worlds(),
    st.lists(st.floats(0, 1, exclude_min=True, exclude_max=True), max_size=5),
)
def test_5_000_worlds_cut_anywhere(problem: Problem, shares: list[float]) -> None:
    ticks = sorted({int(share * problem.horizon) for share in shares} - {0, problem.horizon})
    assert not differing(problem, ticks)


def test_a_stretch_keeps_only_what_is_under_way() -> None:
    """Else nothing would be gained by cutting."""
    finished = carried_on = 0
    for seed in range(50):
        problem = seeded_world(seed)
        until = max(1, 3 * problem.horizon // 4)
        ordered = problem.parcels.ordered < until
        ended = run(problem).ended[ordered]
        stretch = Traffic(problem).go_on(problem.parcels.of(ordered), until)
        over = (ended >= 0) & (ended < until)
        assert not (stretch.goes_on & over).any()
        rows = [len(rows) for rows, _, _ in stretch.finished(most=10)]
        assert sum(rows) == (~stretch.goes_on).sum()
        assert max(rows) <= 10
        finished, carried_on = finished + over.sum(), carried_on + stretch.goes_on.sum()
    assert finished > 50
    assert carried_on > 50


def test_stretches_do_not_change_the_problem() -> None:
    problem = seeded_world(5)
    copies = deepcopy(problem.parcels)
    in_stretches(problem, [problem.horizon // 2])
    for field in fields(copies):
        now, before = getattr(problem.parcels, field.name), getattr(copies, field.name)
        if isinstance(now, Limits):
            assert np.array_equal(now.parcel, before.parcel)
            now, before = now.hazard, before.hazard
        assert np.array_equal(now, before), field.name
