"""What the reader accepts can be run: fields at their bounds and just inside, on tiny networks."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from .bounds import SLOW, edge_trials, end_of, scenario_of
from .injecting import Trial

SEED = 20231001
HOW_MANY = 40
"""In the default run of the tests."""


def run(chosen: list[Trial]) -> Counter[str]:
    ends: Counter[str] = Counter()
    for trial in chosen:
        scenario = scenario_of(trial)
        if scenario is not None:
            try:
                ends[end_of(scenario)] += 1
            except Exception as error:
                error.add_note(str(trial))
                raise
    return ends


def test_what_is_accepted_at_a_bound_runs() -> None:
    small = [one for one in edge_trials() if one.place.path[-1] not in SLOW]
    ends = run(random.Random(SEED).sample(small, HOW_MANY))
    assert ends["ran"] > HOW_MANY / 2


@pytest.mark.slow
def test_whatever_is_accepted_at_a_bound_runs() -> None:
    ends = run(list(edge_trials()))
    assert ends["ran"] > 500
