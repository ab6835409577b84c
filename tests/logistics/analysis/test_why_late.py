"""A comparison tells why: its causes, places and groups agree with the figures beside them."""

from __future__ import annotations

import math
import pickle

import pytest
from outcomes_by_hand import combine_replicates, many_outcomes
from small_scenarios import centers, sellers

from logistics.analysis.comparison import Comparison, measure_together
from logistics.experiments.compare import Experiment
from logistics.experiments.plan import plan
from logistics.jobs import experiment
from logistics.vocabulary import CAUSES, TOUCH_KINDS

PAIR = "centers vs sellers"
LONGER = {"later_order_days": 9}


@pytest.fixture(scope="module")
def made() -> Experiment:
    """Three runs of two networks, all in this process."""
    return experiment(plan([centers(days=LONGER), sellers(days=LONGER)]), {"workers": 1})


@pytest.fixture(scope="module")
def comparison(made: Experiment) -> Comparison:
    return made.comparison


def test_the_waterfall_ends_where_the_difference_does(comparison: Comparison) -> None:
    waterfall, paired = comparison.waterfalls[PAIR], comparison.paired[PAIR]
    difference = waterfall.second_hours.estimate - waterfall.first_hours.estimate
    assert difference / 24 == pytest.approx(paired["difference_days.mean"].estimate)
    steps = [step.estimate for step in waterfall.steps.values()]
    assert math.fsum(steps) == pytest.approx(difference, abs=1e-9)
    assert difference > 24
    assert all(step.has_interval for step in waterfall.steps.values())


def test_the_share_late_is_what_is_not_on_time(comparison: Comparison) -> None:
    waterfall = comparison.waterfalls[PAIR]
    for name, late in (("centers", waterfall.first_late), ("sellers", waterfall.second_late)):
        on_time = comparison.metrics[name]["on_time_rate"]
        assert late.estimate == pytest.approx(1 - on_time.estimate)
        assert late.high == pytest.approx(1 - on_time.low)
    steps = [step.estimate for step in waterfall.late_steps.values()]
    change = waterfall.second_late.estimate - waterfall.first_late.estimate
    assert math.fsum(steps) == pytest.approx(change, abs=1e-12)
    assert waterfall.late_steps["promise"].estimate < 0 < waterfall.late_steps["transit"].estimate


@pytest.mark.parametrize("name", ["centers", "sellers"])
def test_tallies_count_what_the_figures_do(comparison: Comparison, name: str) -> None:
    tally, figures = comparison.group_totals[name]["all"], comparison.metrics[name]
    assert tally.parcels[0] == figures["parcels"].estimate
    shares = {
        "delivered_rate": tally.share("delivered")[0],
        "on_time_rate": tally.share("on_time")[0],
        **{f"within_dates.{k}": tally.share("within_dates")[k, 0] for k in (1, 2, 3, 5, 7)},
    }
    for figure, share in shares.items():
        assert share == pytest.approx(figures[figure].estimate), figure
    rates = {  # a run with more delivered parcels weighs a little more in the tally
        "damage_rate": tally.share("damaged")[0],
        "damage_expected.handling": tally.share("expected_handling")[0],
        "damage_expected.packaging": tally.share("expected_packaging")[0],
        "delivery_days.mean": tally.mean_hours().sum() / 24,
        "hours.transit": tally.mean_hours()[CAUSES.index("transit"), 0],
    }
    for figure, rate in rates.items():
        assert rate == pytest.approx(figures[figure].estimate, rel=2e-3), figure
    p90 = figures["delivery_days.p90"].estimate
    assert p90 - 1e-9 <= tally.quantile(0.9)[0] <= p90 + 1 / 24


def test_places_and_damage_are_of_all_runs(comparison: Comparison) -> None:
    for name in comparison.names:
        tally = comparison.group_totals[name]["all"]
        places, damage = comparison.places[name], comparison.damage[name]
        assert (places.runs, places.orders) == (3, tally.parcels[0])
        assert damage.delivered == tally.delivered[0]
        assert damage.damaged.sum(axis=0).tolist() == tally.damaged_by[:, 0].tolist()
        assert damage.kinds == TOUCH_KINDS
        delivered = tally.hours[CAUSES.index("full"), 0]
        waited = places.full_hours.sum()  # of all parcels, delivered or not
        assert delivered <= waited * (1 + 1e-9) < 1.5 * delivered


def test_all_runs_together_leave_a_few_megabytes(made: Experiment) -> None:
    assert len(pickle.dumps(made.accumulated)) < 10_000_000


def test_without_causes_there_is_no_why() -> None:
    outcomes = {name: many_outcomes(500, seed=1, slowness=s) for name, s in (("a", 1), ("b", 2))}
    comparison = combine_replicates([measure_together(outcomes)], run={})
    assert comparison.group_totals == comparison.waterfalls == comparison.places == {}
    assert comparison.damage == {}
