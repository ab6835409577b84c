"""Rare rates from counts per run: exact where runs agree, wider where they do not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from logistics.analysis.statistics.intervals import (
    mean_interval,
    proportion_interval,
    rate_interval,
)

# Six runs of 2,000 parcels: between 1 and 12 damaged.
DAMAGED = [3, 9, 1, 12, 4, 7]
PARCELS = [2000] * 6


def test_the_sample_is_cut_to_what_it_is_worth_by_hand() -> None:
    rate = rate_interval(DAMAGED, PARCELS)
    excess = np.var(DAMAGED, ddof=1) / (2000 * 0.003 * 0.997)
    worth = 12_000 / (excess * (stats.t.ppf(0.975, 5) / stats.norm.ppf(0.975)) ** 2)
    count = 0.003 * worth
    low = stats.beta.ppf(0.025, count, worth - count + 1)
    high = stats.beta.ppf(0.975, count + 1, worth - count)
    assert (rate.low, rate.high) == pytest.approx((low, high))
    assert worth < sum(PARCELS)


@pytest.mark.parametrize(
    ("counts", "totals"),
    [
        ([5], [1000]),
        ([0, 0, 0], [1000] * 3),
        ([7, 7, 7], [7, 7, 7]),
        ([5, 5, 6], [1000] * 3),
    ],
)
def test_it_is_exact_where_runs_show_no_difference(counts: list[int], totals: list[int]) -> None:
    rate = rate_interval(counts, totals)
    exact = proportion_interval(sum(counts), sum(totals))
    assert (rate.low, rate.high) == pytest.approx((exact.low, exact.high))


def test_it_is_never_narrower_than_the_exact_one() -> None:
    rng = np.random.default_rng(4)
    for counts in rng.binomial(500, 0.01, (200, 5)):
        ours, exact = rate_interval(counts, [500] * 5), proportion_interval(counts.sum(), 2500)
        assert ours.low <= exact.low + 1e-12
        assert ours.high >= exact.high - 1e-12


def test_a_large_run_weighs_more_than_a_small_one() -> None:
    assert rate_interval([10, 3], [1000, 100]).estimate == pytest.approx(13 / 1100)


def test_a_run_without_parcels_says_nothing() -> None:
    assert rate_interval([3, 0, 5], [100, 0, 100]) == rate_interval([3, 5], [100, 100])
    nothing = rate_interval([0, 0], [0, 0])
    assert math.isnan(nothing.estimate)


@pytest.mark.parametrize(
    ("counts", "totals", "fault"),
    [([3, 7], [9, 6], "run 2: 7 is not a part"), ([-1], [5], "run 1"), ([1], [2, 3], "a count")],
)
def test_counts_that_are_no_part_are_refused(
    counts: list[int], totals: list[int], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        rate_interval(counts, totals)


def test_more_runs_of_the_same_kind_are_worth_more() -> None:
    now, later = rate_interval(DAMAGED, PARCELS), rate_interval(DAMAGED, PARCELS, after=24)
    assert rate_interval(DAMAGED, PARCELS, after=6) == now
    assert later.estimate == now.estimate
    assert later.high - later.low < (now.high - now.low) / 2


def test_it_holds_the_truth_where_students_t_over_rates_does_not() -> None:
    """Two cases in a run on average, five times as variable as chance, four runs."""
    rng, rate, parcels = np.random.default_rng(8), 0.001, 2000
    both = (parcels - 1) / (5 - 1) - 1
    risk = rng.beta(rate * both, (1 - rate) * both, (1000, 4))
    counts = rng.binomial(parcels, risk)
    ours = plain = 0
    for one in counts:
        figure = rate_interval(one, [parcels] * 4)
        ours += figure.low <= rate <= figure.high
        student = mean_interval(one / parcels)
        plain += student.low <= rate <= student.high
    assert ours / 1000 > 0.95
    assert plain / 1000 < 0.88
