"""Intervals: against scipy, on lists typed by hand, and by how often they hold the truth."""

import math

import numpy as np
import pytest
from outcomes_by_hand import band
from scipy import stats

from logistics.analysis.statistics.distributions import Grid, Histogram, mean_distribution
from logistics.analysis.statistics.intervals import (
    Band,
    Estimate,
    mean_interval,
    proportion_interval,
    quantile_interval,
)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_the_interval_of_a_mean_is_students(level: float) -> None:
    values = [5.1, 5.9, 6.3, 4.8, 5.5]
    low, high = stats.t.interval(level, 4, loc=np.mean(values), scale=stats.sem(values))
    figure = mean_interval(values, level)
    assert (figure.estimate, figure.low, figure.high) == pytest.approx((5.52, low, high))


def test_one_run_has_no_interval() -> None:
    figure = mean_interval([5.0])
    assert figure.estimate == 5.0
    assert not figure.has_interval
    assert math.isnan(figure.high)


def test_runs_without_a_value_are_left_out() -> None:
    assert mean_interval([1.0, math.nan, 3.0]) == mean_interval([1.0, 3.0])
    assert math.isnan(mean_interval([math.nan]).estimate)


def test_an_interval_ends_where_no_true_value_lies() -> None:
    assert mean_interval([0.0, 0.1], bounds=(0.0, 1.0)).low == 0.0
    assert mean_interval([0.9, 1.0], bounds=(0.0, 1.0)).high == 1.0


@pytest.mark.parametrize(("count", "total"), [(0, 40), (1, 40), (17, 40), (39, 40), (40, 40)])
def test_the_interval_of_a_count_is_the_exact_one(count: int, total: int) -> None:
    exact = stats.binomtest(count, total).proportion_ci(0.95, method="exact")
    figure = proportion_interval(count, total)
    assert figure.estimate == count / total
    assert (figure.low, figure.high) == pytest.approx((exact.low, exact.high))


def test_no_parcels_have_no_share() -> None:
    assert math.isnan(proportion_interval(0, 0).estimate)


@pytest.mark.parametrize(("count", "total"), [(-1, 5), (6, 5)])
def test_a_count_above_its_total_is_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match=f"count = {count}: not a part"):
        proportion_interval(count, total)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_that_is_no_probability_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match=f"level = {level}: not a probability"):
        mean_interval([1.0, 2.0], level)


# Two runs whose distribution functions differ by 0.02 at day 2 only: with one degree of freedom
# the half width there is 12.706 x 0.02 / 2 = 0.127.
TWO_RUNS = [[0.10, 0.49, 0.80, 0.95], [0.10, 0.51, 0.80, 0.95]]


@pytest.mark.parametrize(
    ("p", "low", "estimate", "high"),
    [
        (0.05, 1, 1, 1),
        (0.50, 2, 2, 3),  # 0.373 at the lower end of day 2 does not reach 0.5
        (0.60, 2, 3, 3),  # 0.627 at the upper end does reach 0.6
        (0.80, 3, 3, 3),
        (0.97, math.inf, math.inf, math.inf),
    ],
)
def test_a_quantile_inverts_the_interval_of_the_distribution_function(
    p: float, low: float, estimate: float, high: float
) -> None:
    assert quantile_interval(band([1, 2, 3, 4], TWO_RUNS), p) == Estimate(estimate, low, high)


def test_the_upper_end_is_beyond_every_point_in_doubt() -> None:
    dips = Band(
        grid=np.array([1.0, 2.0, 3.0, 4.0]),
        share=np.array([0.3, 0.6, 0.7, 0.9]),
        low=np.array([0.2, 0.5, 0.4, 0.8]),
        high=np.array([0.4, 0.7, 1.0, 1.0]),
    )
    assert quantile_interval(dips, 0.5) == Estimate(2.0, 2.0, 4.0)


def test_a_quantile_that_may_never_be_reached_has_no_upper_end() -> None:
    runs = [[0.5, 0.90], [0.5, 0.94]]
    assert quantile_interval(band([1, 2], runs), 0.9) == Estimate(2.0, 2.0, math.inf)


def test_a_quantile_of_one_run_has_no_interval() -> None:
    figure = quantile_interval(band([1, 2], [[0.5, 1.0]]), 0.9)
    assert figure.estimate == 2.0
    assert not figure.has_interval


def test_equal_runs_agree_in_spite_of_rounding() -> None:
    assert quantile_interval(band([1, 2], [[0.9, 1.0]] * 3), 0.9) == Estimate(1.0, 1.0, 1.0)


@pytest.mark.parametrize("p", [0.0, 1.0, 90.0])
def test_a_quantile_that_is_no_probability_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match=f"p = {p}: not a probability"):
        quantile_interval(band([1, 2], TWO_RUNS), p)


def test_runs_without_parcels_have_no_distribution() -> None:
    nothing = mean_distribution([Histogram.of(np.array([]), Grid(0, 2, 1))])
    assert math.isnan(quantile_interval(nothing, 0.5).estimate)


def test_only_the_interval_by_inversion_holds_the_truth_when_parcels_come_in_waves() -> None:
    """Some 91% of parcels come on day 1, give or take 3% with the run's luck, the rest on day 2.

    P90 lies in the first wave, but in one run of three in the second.
    """
    rng = np.random.default_rng(11)
    grid, runs, parcels, trials = Grid(0, 3, 960), 10, 400, 400
    first_wave = np.clip(rng.normal(0.91, 0.03, (trials, runs, 1)), 0.0, 1.0)
    day = np.where(rng.random((trials, runs, parcels)) < first_wave, 0.7, 1.7)
    day += rng.uniform(0.0, 0.3, day.shape)
    truth = 0.7 + 0.3 * 0.90 / 0.91
    inverted = on_quantiles = 0
    for trial in day:
        counts = [Histogram.of(run, grid) for run in trial]
        figure = quantile_interval(mean_distribution(counts), 0.90)
        inverted += figure.low - 1 / 960 <= truth <= figure.high
        naive = mean_interval(np.quantile(trial, 0.90, axis=1))
        on_quantiles += naive.low <= truth <= naive.high
    assert 0.92 <= inverted / trials <= 0.98
    assert on_quantiles / trials < 0.6
