"""Run until precise: what is sure enough, what stands in the way, how many runs more."""

from __future__ import annotations

import math

import numpy as np
import pytest

from logistics.analysis.statistics.distributions import DistributionTotals, Grid, Histogram
from logistics.analysis.statistics.intervals import (
    Estimate,
    mean_interval,
    quantile_interval,
    rate_interval,
    t_quantile,
)
from logistics.analysis.statistics.stopping import (
    Progress,
    Target,
    progress_of_mean,
    progress_of_quantile,
    progress_of_rate,
    runs_to_tell,
    verdict,
)

MEANS = [3.0, 3.4, 2.9, 3.1, 3.6, 3.2, 3.0, 3.3, 3.1, 3.2]


def waves(runs: int) -> DistributionTotals:
    """Runs of 1,000 parcels: 90%, give or take 2%, come evenly over day 1, the rest over day 2."""
    rng = np.random.default_rng(3)
    late = rng.random((runs, 1000)) > rng.normal(0.9, 0.02, (runs, 1))
    return gathered(list(late + rng.random((runs, 1000))))


def gathered(runs: list[np.ndarray]) -> DistributionTotals:
    distribution = DistributionTotals(Grid(0, 4, 96))
    for one in runs:
        distribution.add(Histogram.of(one, distribution.grid))
    return distribution


def test_so_many_runs_reach_the_goal_with_its_margin_and_one_fewer_does_not() -> None:
    progress = progress_of_mean(Target("mean", half_width=0.08), MEANS)
    spread = float(np.std(MEANS, ddof=1))

    def short(runs: int) -> float:
        return t_quantile(runs, 0.95) * spread / math.sqrt(runs) + 0.08 / runs - 0.08

    assert progress.needed is not None
    assert short(progress.needed) <= 0 < short(progress.needed - 1)
    assert not progress.precise


def test_the_half_width_is_that_of_the_interval_in_the_table() -> None:
    progress = progress_of_mean(Target("mean", half_width=1.0), MEANS)
    assert progress.estimate == mean_interval(MEANS)
    assert progress.half_width == pytest.approx(progress.estimate.high - progress.estimate.estimate)
    assert progress.precise


def test_a_relative_goal_grows_with_the_figure() -> None:
    near = progress_of_mean(Target("mean", relative=0.05), MEANS)
    far = progress_of_mean(Target("mean", relative=0.05), np.add(MEANS, 10.0))
    assert near.wanted == pytest.approx(0.05 / 1.05 * np.mean(MEANS))
    assert far.needed is not None
    assert near.needed is not None
    assert far.needed < near.needed


def test_a_rare_rate_is_sure_by_its_farther_end() -> None:
    counts, totals = [3, 9, 1, 12, 4, 7, 5, 6, 2, 8], [2000] * 10
    progress = progress_of_rate(Target("damage", half_width=0.0005), counts, totals)
    figure = rate_interval(counts, totals)
    assert progress.half_width == pytest.approx(figure.high - figure.estimate)
    assert progress.needed is not None
    assert progress.needed > 20


def test_a_rate_of_nothing_counted_still_has_a_way_to_go() -> None:
    progress = progress_of_rate(Target("loss", half_width=0.0001), [0] * 10, [1000] * 10)
    assert progress.needed is not None
    # three in as many parcels at one side, 3.7 at both: -ln(0.025) / n, and the margin
    assert progress.needed == pytest.approx(-math.log(0.025) / 0.1, rel=0.05)


def test_a_quantile_is_sure_by_its_inverted_band() -> None:
    counted = waves(12)
    progress = progress_of_quantile(Target("P90", half_width=0.5), counted, 0.9)
    figure = quantile_interval(counted.band(), 0.9)
    assert progress.estimate == figure
    assert progress.half_width == max(figure.high - figure.estimate, figure.estimate - figure.low)


def test_the_runs_foretold_for_a_quantile_are_about_those_it_takes() -> None:
    target = Target("P90", half_width=0.05)
    foretold = progress_of_quantile(target, waves(40), 0.9).needed
    assert foretold is not None
    made = progress_of_quantile(target, waves(3 * foretold), 0.9)
    assert made.precise
    assert foretold > 40


def test_nothing_finer_than_the_grid_is_promised() -> None:
    progress = progress_of_quantile(Target("P50", half_width=0.001), waves(10), 0.5)
    assert progress.needed is None


def test_a_quantile_that_is_not_reached_is_never_precise() -> None:
    lost = gathered([np.array([1.0, np.inf])] * 5)
    progress = progress_of_quantile(Target("P90", half_width=1.0), lost, 0.9)
    assert (progress.needed, progress.half_width) == (None, math.inf)


def test_one_run_is_never_precise() -> None:
    progress = progress_of_mean(Target("mean", half_width=9.0), [3.0])
    assert (progress.needed, progress.precise) == (None, False)


# --- what to do next ----------------------------------------------------------------------------


def at(name: str, needed: int | None, runs: int = 12) -> Progress:
    return Progress(name, Estimate(1.0, 0.0, 2.0), 1.0, 0.5, runs, needed)


def test_the_figure_that_needs_most_is_the_bottleneck() -> None:
    told = verdict([at("mean", 12), at("P99", 40), at("damage", 18)], budget=100)
    assert (told.why, told.bottleneck, told.more_runs) == ("more", "P99", 28)
    assert not told.stop


def test_out_of_reach_is_worse_than_any_number() -> None:
    told = verdict([at("P99", 40), at("loss", None)], budget=100)
    assert (told.bottleneck, told.more_runs) == ("loss", None)


def test_it_stops_when_all_is_precise_or_the_budget_is_spent() -> None:
    assert verdict([at("mean", 12), at("P99", 12)], budget=100).why == "precise"
    spent = verdict([at("mean", 12), at("P99", 40)], budget=12)
    assert (spent.why, spent.stop, spent.bottleneck) == ("budget", True, "P99")


def test_few_runs_that_agree_are_not_believed() -> None:
    told = verdict([at("mean", 4, runs=4)], budget=100)
    assert (told.why, told.more_runs, told.bottleneck) == ("more", 6, None)


def test_goals_and_verdicts_about_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="no metrics"):
        verdict([], budget=10)
    for target in ({}, {"half_width": 1.0, "relative": 0.1}, {"half_width": -1.0}):
        with pytest.raises(ValueError, match="mean: give a half width or a relative error"):
            Target("mean", **target)


# --- until a difference can be told -------------------------------------------------------------


def test_so_many_more_runs_would_tell_the_difference() -> None:
    few = [0.4, -0.2, 0.5, 0.1]
    more = runs_to_tell(few)
    assert more is not None
    reach = float(np.std(few, ddof=1))

    def low(runs: int) -> float:
        return 0.2 - t_quantile(runs, 0.95) * reach / math.sqrt(runs)

    assert low(4 + more) >= 0 > low(3 + more)


def test_a_difference_that_is_told_needs_none_and_one_of_about_0_never_ends() -> None:
    assert runs_to_tell([1.0, 1.1, 0.9]) == 0
    assert runs_to_tell([2.0, 2.0]) == 0
    assert runs_to_tell([0.5, -0.5, 0.01, 0.0]) is None
    assert runs_to_tell([1.0, -1.0]) is None
    assert runs_to_tell([1.0]) is None
    assert runs_to_tell([1.0, math.nan]) is None
