"""A run in time slices is checked as a whole one is: whatever is wrong in it is found there too."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from random import Random

import numpy as np
import pytest
from seeded_runs import ENGINES, SEEDED, seeded_run, seeded_world
from streamed_worlds import (
    Numbers,
    checked_in_slices,
    is_stopped,
    once_all_are_ordered,
    replayed,
    thirds,
)

from logistics.errors import BrokenRunError
from logistics.simulation.checks import check_run
from logistics.simulation.checks.facts import Facts
from logistics.simulation.checks.jobs_by_slice import ToldAgain, checksum
from logistics.simulation.problem import Columns, Limits, Parcels, Problem
from logistics.vocabulary import NOT_YET, Status

NOT_CHECKED = {"damaged_step", "damaged_kind", "events"}
BY_PARCEL = sorted(
    {field.name for field in fields(Columns)} - NOT_CHECKED - {"load", "left_behind", "horizon"}
)


@cache
def made(seed: int, engine: str) -> tuple[Problem, Columns]:
    """Return a world that ends once all it follows is ordered, and what becomes of it."""
    whole = seeded_world(seed)
    problem = once_all_are_ordered(whole)
    if len(problem.ending.cuts) == len(whole.ending.cuts):
        return problem, seeded_run(seed, engine)
    return problem, ENGINES[engine](problem)


FEW_OR_ALL = pytest.mark.parametrize("worlds", [100, pytest.param(SEEDED, marks=pytest.mark.slow)])


@FEW_OR_ALL
def test_worlds_in_time_slices_keep_the_rules(worlds: int) -> None:
    early = 0
    for seed in range(worlds):
        problem, columns = made(seed, "batch")
        try:
            checked_in_slices(problem, thirds(problem))
        except BrokenRunError as error:
            raise AssertionError(f"world({seed}): {error}") from error
        early += int(columns.horizon) < problem.horizon
    assert early > worlds / 15  # some of them end before their horizon


@pytest.mark.parametrize("worlds", [30, pytest.param(60, marks=pytest.mark.slow)])
def test_worlds_cut_at_every_departure_keep_the_rules(worlds: int) -> None:
    for seed in range(worlds):
        problem = once_all_are_ordered(seeded_world(seed))
        cuts = {*problem.departures.tick.tolist(), *problem.ending.cuts.tolist()}
        checked_in_slices(problem, sorted(c for c in cuts if 0 < c < problem.horizon))


@pytest.mark.parametrize("engine", ENGINES)
@FEW_OR_ALL
def test_whole_runs_handed_over_in_time_slices_keep_the_rules(engine: str, worlds: int) -> None:
    for seed in range(worlds):
        problem, columns = made(seed, engine)
        replayed(problem, columns, thirds(problem))


def changed(seed: int, name: str) -> tuple[Problem, Columns, int] | None:
    """Return a world, its columns with one number off by one, and the row of that number.

    None where no column could tell, as in `test_checks_in_worlds`.
    """
    (problem, columns), random = made(seed, "textbook"), Random(seed)
    column = getattr(columns, name).copy()
    if not column.size:
        return None
    at = np.unravel_index(random.randrange(column.size), column.shape)
    row = int(at[0]) if at else 0
    if name == "left_behind" and problem.lanes.destination[problem.departures.lane[row]] < 0:
        return None
    if name == "horizon" and (columns.status == Status.LOST).any():
        return None
    can_fall = name not in ("status", "attempts") and column[at] != NOT_YET
    column[at] += -1 if can_fall and random.random() < 0.5 else 1
    return problem, replace(columns, **{name: column}), row


@pytest.mark.parametrize("name", [*BY_PARCEL, "load", "left_behind", "horizon"])
def test_one_number_off_by_one_is_found_in_a_run_handed_over_in_time_slices(name: str) -> None:
    tried = 0
    for seed in range(60):
        case = changed(seed, name)
        if case is None:
            continue
        problem, wrong, row = case
        if name in BY_PARCEL and problem.parcels.ordered[row] >= wrong.horizon:
            continue  # ordered after the run ended: it is never handed over
        assert is_stopped(check_run, problem, wrong)
        assert is_stopped(replayed, problem, wrong, thirds(problem)), f"world({seed}): {row}"
        tried += 1
    assert tried > 10


@pytest.mark.parametrize("name", BY_PARCEL)
def test_one_number_off_by_one_in_what_has_ended_is_found(name: str) -> None:
    """The parcels said something else while they were under way."""
    tried = 0
    for seed in range(60):
        case = changed(seed, name)
        if case is None or case[0].parcels.ordered[case[2]] >= case[1].horizon:
            continue
        problem, wrong, _ = case
        told = getattr(wrong, name)

        def change(number: Numbers, columns: Columns, told: Numbers = told) -> Columns:
            return replace(columns, **{name: told[number]})

        assert is_stopped(checked_in_slices, problem, thirds(problem), change), f"world({seed})"
        tried += 1
    assert tried > 40


@pytest.mark.parametrize("name", ["load", "left_behind"])
def test_a_load_that_is_wrong_in_one_time_slice_only_is_found(name: str) -> None:
    """In the second of three: before and after it, the loads are as they were."""
    tried = 0
    for seed in range(60):
        problem = once_all_are_ordered(seeded_world(seed))
        cuts = thirds(problem)
        on_lane = problem.lanes.destination[problem.departures.lane] >= 0
        early = np.flatnonzero(on_lane & (problem.departures.tick < cuts[0])) if cuts else []
        if len(cuts) != 2 or not len(early):
            continue
        slices = 0

        def change(number: Numbers, columns: Columns, at: int = int(early[0])) -> Columns:
            nonlocal slices
            slices += 1
            column = getattr(columns, name).copy()
            column[at] += slices == 2
            return replace(columns, **{name: column})

        assert is_stopped(checked_in_slices, problem, cuts, change), f"world({seed})"
        tried += 1
    assert tried > 10


def test_a_parcel_that_does_not_come_out_is_missed() -> None:
    facts, parcels = Facts(), seeded_world(5).parcels
    facts.came_in(parcels)
    facts.came_out(parcels.of(slice(1, None)))
    with pytest.raises(BrokenRunError, match="1 more parcels were ordered than came out"):
        facts.settle()


@pytest.mark.parametrize("name", [field.name for field in fields(Parcels)])
def test_what_was_drawn_of_two_parcels_is_not_exchanged(name: str) -> None:
    """As a wrong numbering from one time slice to the next would do."""
    tried = 0
    for seed in range(40):
        parcels = seeded_world(seed).parcels
        given = getattr(parcels, name)
        limits = isinstance(given, Limits)
        column = given.each(len(parcels.order)) if limits else given
        two = np.flatnonzero((column != column[:1]).reshape(len(column), -1).any(axis=1))
        if not len(two):
            continue
        exchanged = column.copy()
        exchanged[[0, two[0]]] = column[[two[0], 0]]
        facts = Facts()
        facts.came_in(parcels)
        everyone = np.arange(len(column))
        theirs = Limits(everyone, exchanged) if limits else exchanged
        facts.came_out(replace(parcels, **{name: theirs}))
        with pytest.raises(BrokenRunError, match="not those that were ordered"):
            facts.settle()
        tried += 1
    assert tried > 10


def test_a_parcel_that_goes_no_further_before_the_end_is_found() -> None:
    """One that is still under way is handed over in the first of three time slices."""
    tried = 0
    for seed in range(90):
        problem, columns = made(seed, "batch")
        cuts = thirds(problem)

        def change(number: Numbers, columns: Columns) -> Columns:
            return replace(columns, status=np.zeros_like(columns.status))

        ended = columns.ended[columns.ended != NOT_YET]
        if cuts and (ended < cuts[0]).any():
            assert is_stopped(checked_in_slices, problem, cuts, change), f"world({seed})"
            tried += 1
    assert tried > 10


def test_the_order_is_named_and_no_number_of_a_parcel() -> None:
    problem, columns = made(4, "textbook")
    wrong = replace(columns, wait_work=columns.wait_work + 1)
    with pytest.raises(BrokenRunError) as caught:
        replayed(problem, wrong, thirds(problem))
    assert caught.value.parcel is None
    assert caught.value.order is not None
    assert f"order {caught.value.order} at {caught.value.place}" in str(caught.value)


@pytest.mark.parametrize("name", ["ready", "departure"])
def test_jobs_that_change_once_a_parcel_has_ended_are_found(name: str) -> None:
    """Even where all that is known of the parcel alone agrees."""
    again = ToldAgain()
    order, numbers = np.arange(5), np.array([3, 4, 5, 6, 7])
    other = numbers[[1, 0, 2, 3, 4]]
    again.told(checksum(order, 1, numbers, numbers))
    again.told(-checksum(order, 1, *((other, numbers) if name == "ready" else (numbers, other))))
    with pytest.raises(BrokenRunError, match="at other ticks than their columns say now"):
        again.settle()
