"""The assumption ranges that are shipped: whose they are, and that they are up to date."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from small_scenarios import centers

from docs.make_assumption_ranges import FIXED, fixed_run
from logistics import jobs
from logistics.analysis.measures.registry import Response, in_the_answer
from logistics.experiments.compare import Experiment
from logistics.experiments.plan import plan
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.studies.assumption_ranges import OF_PAIRS, of_networks
from logistics.studies.known_ranges import key_of, shipped, with_known_ranges

AMAZON, PLATFORM, SELLERS = builtin_scenarios()


def test_they_are_of_the_built_in_scenarios_as_they_are() -> None:
    assert shipped()["keys"] == {name: key_of(load_scenario(name)) for name in builtin_scenarios()}
    for name in builtin_scenarios():
        assert set(of_networks()) <= shipped()["ranges"][name].keys()
    assert shipped()["ranges"][f"{AMAZON} vs {SELLERS}"].keys() == set(OF_PAIRS)
    draws = {one["draws"] for found in shipped()["ranges"].values() for one in found.values()}
    assert draws == {80}


def test_the_world_is_the_one_that_they_were_computed_in() -> None:
    """If this fails: the world has moved; run  python -m docs.make_assumption_ranges."""
    assert fixed_run() == shipped()["fixed_run"]


@pytest.mark.parametrize(
    ("change", "known"),
    [
        ({"name": "mine", "label": "Mine", "title": "x"}, True),
        ({"orders": {"orders_per_day": 30_000}, "runs": {"seed": 9, "replications": 9}}, True),
        ({"days": {"warm_up_days": 12, "follow_days": 40}}, True),
        ({"days": {"days": 14}}, False),
        ({"days": {"first_day": "2023-11-20"}}, False),
        ({"risks": {"failed_attempt": "6%"}}, False),
        ({"orders": {"markets": ["Z100"]}}, False),
        ({"network": {"sort_centers": 70}}, False),
    ],
    ids=lambda one: str(one) if isinstance(one, bool) else "-".join(one),
)
def test_the_key_is_of_the_fields_that_bear_on_the_results(
    change: dict[str, object], known: bool
) -> None:
    scenario = load_scenario(AMAZON)
    changed = scenario.replace(**change)
    assert (key_of(changed) == key_of(scenario)) == known


@pytest.fixture(scope="module")
def compared() -> Experiment:
    """Sellers, then Amazon: the other way round than the ranges were computed, under own names."""
    scenarios = [load_scenario(SELLERS), load_scenario(AMAZON).replace(name="mine")]
    return jobs.experiment(plan(scenarios, **FIXED), {"workers": 1})


def test_other_days_have_no_known_ranges(compared: Experiment) -> None:
    assert compared.comparison.ranges == {}  # a Monday is no week


def test_ranges_follow_the_estimates_and_pairs_are_turned(compared: Experiment) -> None:
    week = replace(compared, plan=plan([SELLERS, load_scenario(AMAZON).replace(name="mine")]))
    found = with_known_ranges(week).comparison
    for name, built_in in ((SELLERS, SELLERS), ("mine", AMAZON)):
        for metric in in_the_answer():
            both, kept = found.ranges[Response(name, metric)], shipped()["ranges"][built_in][metric]
            assert both.narrow == found.metrics[name][metric]
            moved = both.narrow.estimate - kept["base"]
            bounds = Response(name, metric).definition.bounds
            low = max(kept["low"] + moved, bounds[0])
            assert both.range.low == pytest.approx(low, rel=1e-5)
            if kept["high"] is None:
                assert math.isinf(both.range.high)
    turned = found.ranges[Response(f"{SELLERS} vs mine", "difference_days.mean")]
    kept = shipped()["ranges"][f"{AMAZON} vs {SELLERS}"]["difference_days.mean"]
    moved = turned.narrow.estimate + kept["base"]
    assert turned.range.low == pytest.approx(moved - kept["high"], rel=1e-5)


def test_of_another_network_they_are_not_known() -> None:
    result = jobs.experiment(plan([centers()]), {"workers": 1})
    assert result.comparison.ranges == {}
