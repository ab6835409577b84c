"""Parcels under way at the horizon leave a figure open, between two limits."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest

from logistics.analysis.statistics.intervals import Estimate
from logistics.analysis.statistics.unfinished import (
    Limits,
    Parcels,
    mean_limits,
    quantile_limits,
    within_limits,
)


def parcels(days: list[float], age_days: list[float]) -> Parcels:
    return Parcels(np.array(days), np.array(age_days))


# Seven came, one was lost, two are under way for 1 and for 6 days.
TEN = parcels([1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 5.0, math.inf], [1.0, 6.0])


def limits_of(one: Limits) -> tuple[float, float]:
    return one.low.estimate, one.high.estimate


def test_a_quantile_lies_between_all_arrive_now_and_none_ever() -> None:
    assert limits_of(quantile_limits([TEN], 0.5)) == (2.0, 3.0)
    assert limits_of(quantile_limits([TEN], 0.9)) == (6.0, math.inf)
    assert limits_of(quantile_limits([TEN], 0.2)) == (1.0, 1.0)


def test_it_reads_like_a_line_of_a_table() -> None:
    assert quantile_limits([TEN], 0.9).text() == "P90 could be 6.0 to not reached"
    assert quantile_limits([TEN], 0.5).text(unit=" days") == "P50 could be 2.0 days to 3.0 days"
    assert quantile_limits([TEN], 0.2).text() == "P20 is 1.0"


def test_parcels_known_to_arrive_within_days_close_the_upper_limit() -> None:
    found = quantile_limits([TEN], 0.9, within_days=2.0)
    assert limits_of(found) == (6.0, 8.0)
    assert found.open


def test_only_a_parcel_that_is_young_enough_can_still_be_within() -> None:
    assert limits_of(within_limits([TEN], 2)) == pytest.approx((0.4, 0.5))
    assert limits_of(within_limits([TEN], 7)) == pytest.approx((0.7, 0.9))
    assert limits_of(within_limits([TEN], 2, within_days=1.0)) == pytest.approx((0.5, 0.5))


def test_the_least_mean_is_that_of_the_worst_choice_of_those_who_arrive() -> None:
    low, high = limits_of(mean_limits([TEN], within_days=2.0))
    days, ages = [1.0, 1.0, 2.0, 2.0, 3.0, 4.0, 5.0], [1.0, 6.0]
    choices = [
        np.mean(
            days + [age + wait for age, wait, come in zip(ages, waits, comes, strict=True) if come]
        )
        for waits in product((0.0, 2.0), repeat=2)
        for comes in product((False, True), repeat=2)
    ]
    assert (low, high) == pytest.approx((min(choices), max(choices)))


def test_a_mean_has_no_upper_limit_while_anything_may_still_arrive() -> None:
    assert limits_of(mean_limits([TEN])) == pytest.approx((19 / 8, math.inf))
    done = parcels([1.0, 2.0, math.inf], [])
    assert limits_of(mean_limits([done])) == (1.5, 1.5)
    assert not mean_limits([done]).open


def test_several_runs_have_limits_with_intervals() -> None:
    runs = [parcels([1.0, 2.0, 3.0], [1.0]), parcels([1.0, 2.0, 4.0], [0.5])]
    found = within_limits(runs, 2)
    assert limits_of(found) == pytest.approx((0.5, 0.75))
    assert found.under_way == 2
    shares = mean_limits(runs, within_days=1.0)
    assert shares.low.has_interval
    assert shares.low.estimate < shares.high.estimate


def test_whatever_becomes_of_them_the_truth_is_within_the_limits() -> None:
    """A run is cut off at day 20; then it is let run on."""
    rng = np.random.default_rng(6)
    for _ in range(30):
        ordered, days = rng.uniform(0, 20, 500), rng.gamma(2.0, 3.0, 500)
        days[rng.random(500) < 0.05] = math.inf
        came = ordered + days < 20
        cut = Parcels(days[came], 20.0 - ordered[~came])
        for p in (0.5, 0.75, 0.9):
            low, high = limits_of(quantile_limits([cut], p))
            truth = float(np.quantile(days, p, method="inverted_cdf"))
            assert low - 1 / 96 <= truth <= high + 1 / 96
        low, high = limits_of(mean_limits([cut]))
        assert low <= days[np.isfinite(days)].mean() <= high
        low, high = limits_of(within_limits([cut], 5))
        assert low <= (days <= 5).mean() <= high


def test_parcels_that_cannot_be_are_refused() -> None:
    for days, ages in (([-1.0], []), ([math.nan], []), ([], [-1.0]), ([], [math.inf])):
        with pytest.raises(ValueError, match=r"numbers of 0 or more|not infinite"):
            parcels(days, ages)
    for limits in (mean_limits, lambda runs: quantile_limits(runs, 0.5)):
        with pytest.raises(ValueError, match="no runs"):
            limits([])


def test_nothing_delivered_is_unknown_in_words() -> None:
    nothing = mean_limits([parcels([math.inf], [])])
    assert nothing.text() == "mean is unknown"
    assert Limits("P99", Estimate(12.1), Estimate(math.inf), 3).text() == (
        "P99 could be 12.1 to not reached"
    )
