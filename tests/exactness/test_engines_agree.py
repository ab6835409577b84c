"""Both engines return the same integers: every column, parcel by parcel, in awkward worlds."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest
from diff import assert_agreement, difference
from hypothesis import HealthCheck, Phase, given, settings
from random_worlds import World, world, worlds
from seeded_runs import SEEDED, seeded_run, seeded_world
from situations import EXPECTED, situations

from logistics.simulation import textbook
from logistics.simulation.batch import engine as batch
from logistics.simulation.problem import Columns, Problem

# Hypothesis need not shrink a world that fails: `assert_agreement` does, in seconds.
without_limits = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@settings(without_limits, max_examples=200, derandomize=True)
@given(worlds())
def test_200_worlds(problem: World) -> None:
    assert_agreement(problem, batch.run)


@pytest.mark.slow
@settings(without_limits, max_examples=10_000)
@given(worlds())
def test_10_000_worlds(problem: World) -> None:
    assert_agreement(problem, batch.run)


def test_seeded_worlds() -> None:
    """The worlds that are known to be awkward, further down."""
    compared = 0
    for seed in range(SEEDED):
        problem = seeded_world(seed)
        found = seeded_run(seed, "batch")
        if difference(problem, seeded_run(seed, "textbook"), found) is not None:
            assert_agreement(problem, batch.run)  # tells it in a world as small as can be
            pytest.fail(f"world({seed}) differs once, and not again")
        compared += sum(getattr(found, field.name).size for field in fields(Columns))
    assert compared > 60_000, "integers"


def test_a_difference_is_told_by_column_and_parcel() -> None:
    problem = world(seed=1)
    columns, changed = textbook.run(problem), textbook.run(problem)
    changed.ready[2, 1] += 1
    told = difference(problem, columns, changed)
    assert told is not None
    assert told.startswith("ready of parcel 2 (order ")
    assert told.endswith(f"visit 1: textbook {columns.ready[2, 1]}, batch {changed.ready[2, 1]}")
    assert difference(problem, columns, textbook.run(problem)) is None


def test_a_world_that_fails_is_told_in_a_few_lines() -> None:
    """Here of an engine for which every attempt succeeds."""

    def all_at_home(problem: Problem) -> Columns:
        failures = np.zeros_like(problem.parcels.failures)
        return batch.run(replace(problem, parcels=replace(problem.parcels, failures=failures)))

    with pytest.raises(AssertionError) as error:
        assert_agreement(world(seed=1), all_at_home)
    told = str(error.value).splitlines()
    assert told[0].startswith("ended of parcel 0 (order ")
    assert len(told) <= 8, "a facility, a round, a source, a parcel"
    assert "failures" in told[-1]


def test_the_worlds_are_awkward() -> None:
    """What the engines must agree on does happen, in several of the worlds."""
    seen: Counter[str] = Counter()
    for seed in range(SEEDED):
        seen.update(set(situations(seeded_world(seed), seeded_run(seed, "textbook"))))
    rare = {name: seen[name] for name in EXPECTED if seen[name] < 5}
    assert not rare, f"in fewer than 5 of {SEEDED} worlds: {rare}"
    assert seen.keys() <= set(EXPECTED)
