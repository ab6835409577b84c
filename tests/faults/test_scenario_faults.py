"""Whatever is wrong in a scenario file is told, wherever it is; and nothing else happens."""

from __future__ import annotations

import random
import time
from collections import Counter
from pathlib import Path

import pytest

from logistics.scenario.scenario import AnyNetwork, Promise, Scenario
from networks.inputs.faults import InputError
from networks.inputs.models import kind_of, models_within
from networks.inputs.yaml_reader import read_yaml

from . import worlds
from .files import GOOD, ODD, Odd
from .injecting import Trial, all_trials, apart, judge, outcome, required, shared_files, together
from .places import document_with, places, written
from .reference import takes, words_for
from .sampling import handfuls, one_of_each
from .values import kinds

SEED = 20231001


def sample(seed: int = SEED) -> list[Trial]:
    return one_of_each(all_trials(), lambda one: (one.place.once, one.kind), seed)


# What is covered ---------------------------------------------------------------------------------


def test_the_worlds_are_read_as_they_are_and_written_out() -> None:
    for world in worlds.NAMES:
        everywhere = [place.path for place in places(world)]
        for paths in ([], everywhere):
            found = outcome(written(document_with(world, *paths)))
            assert isinstance(found, Scenario), found


def test_the_worlds_have_every_kind_of_network_and_promise() -> None:
    wanted = {kind_of(model) for model, _ in [*models_within(AnyNetwork), *models_within(Promise)]}
    full = [worlds.full(world) for world in worlds.NAMES]
    assert wanted == {one["network"]["kind"] for one in full} | {
        one["promise"]["rule"] for one in full
    }


def test_every_field_of_the_reference_is_a_place_and_every_place_is_in_the_reference() -> None:
    found = {place.told for world in worlds.NAMES for place in places(world)}
    plain = {name.split(".carrier.")[-1] if ".carrier." in name else name for name in found}
    for name in takes():
        assert name.removeprefix("carrier.") in plain, f"{name} is in no world"
    for world in worlds.NAMES:
        for place in places(world):
            if place.holds in ("value", "list"):
                assert words_for(place.told)


def test_the_sample_has_every_field_with_every_kind_of_fault() -> None:
    chosen = sample()
    fields = {one.place.once for one in chosen}
    pairs = {(one.place.once, one.kind) for one in chosen}
    assert len(fields) > 180
    assert len(kinds()) >= 20
    assert all((field, kind) in pairs for field in fields for kind in kinds())


def test_what_a_file_must_have() -> None:
    told = {name.split("[")[0] for name in required()}
    assert {"name", "as_of", "network", "promise"} <= told


# One fault ---------------------------------------------------------------------------------------


def test_a_fault_in_any_field_is_told_or_is_none() -> None:
    """One of each field has a file of its own; the others share files where they can."""
    by_luck = random.Random(SEED).sample(sample(), len(sample()))
    alone = {one.place.once: one for one in by_luck}
    ends = Counter(judge(trial) for trial in alone.values())
    assert len(alone) > 180
    for world in worlds.NAMES:
        here = [one for one in by_luck if one.place.world == world]
        for some in shared_files(here):
            if len(some) > 1:
                together(some)
                ends["refused"] += len(some)
            else:
                ends[judge(*some)] += 1
    assert ends["refused"] > 4000
    assert ends["accepted"] > 100


@pytest.mark.slow
def test_every_fault_in_every_field_is_told_or_is_none() -> None:
    ends = Counter(judge(trial) for trial in all_trials())
    assert ends["refused"] > 50_000


# Several at once ---------------------------------------------------------------------------------


@pytest.mark.parametrize("world", [name for name in worlds.NAMES if name != "own"])
def test_several_faults_in_one_file_are_all_named(world: str) -> None:
    wrong = [one for one in all_trials() if one.place.world == world and one.wrong]
    sizes = Counter()
    for some in handfuls(wrong, 150, SEED):
        chosen = apart(some)
        if len(chosen) > 1:
            together(chosen)
            sizes[len(chosen)] += 1
    assert sum(sizes.values()) > 100
    assert max(sizes) >= 6


# Whole files -------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: odd.name)
def test_an_odd_file_is_read_or_refused_at_once(odd: Odd, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(odd.content)
    started = time.perf_counter()
    if odd.told:
        with pytest.raises(InputError) as caught:
            read_yaml(path, Scenario)
        texts = [fault.problem for fault in caught.value.faults]
        (fault, *_) = [f for f in caught.value.faults if odd.told in f.problem] or [None]
        assert fault, texts
        assert odd.line in (None, fault.line)
        assert len(str(caught.value)) < 40_000
    else:
        good = tmp_path / "good.yaml"
        good.write_text(GOOD)
        assert read_yaml(path, Scenario) == read_yaml(good, Scenario)
    assert time.perf_counter() - started < 30
