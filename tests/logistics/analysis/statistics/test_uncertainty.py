"""Two kinds of doubt: narrow from luck, wide from what nobody knows."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import ArrayLike

from logistics.analysis.statistics.intervals import Estimate, mean_interval
from logistics.analysis.statistics.sensitivity import latin_hypercube
from logistics.analysis.statistics.uncertainty import (
    range_of_assumptions,
    two_intervals,
    variances,
)

# Three draws of the assumptions, two runs each.
BY_HAND = [[1.0, 3.0], [4.0, 6.0], [7.0, 9.0]]


def share_of_luck(answers: ArrayLike, *, same_orders: bool) -> float:
    """The part of luck in the variance of the draws' means."""
    between, noise = variances(answers, same_orders=same_orders)
    of_means = noise / np.shape(answers)[-1]
    return of_means / (between + of_means)


def test_the_variances_of_a_small_table_by_hand() -> None:
    # means 2, 5, 8: variance 9; within each draw 2; so 9 - 2 / 2 between
    assert variances(BY_HAND, same_orders=False) == pytest.approx((8.0, 2.0))
    assert share_of_luck(BY_HAND, same_orders=False) == pytest.approx(1 / 9)


def test_luck_that_all_draws_share_does_not_tell_them_apart() -> None:
    # run 2 adds 2 to every draw: nothing is left that differs between draws
    assert variances(BY_HAND, same_orders=True) == pytest.approx((9.0, 0.0))


def test_draws_that_differ_less_than_luck_have_no_variance_of_their_own() -> None:
    alike = [[1.0, 9.0], [9.0, 1.0], [4.0, 6.0]]
    found = range_of_assumptions(alike, same_orders=False, part=0.5)
    assert variances(alike, same_orders=False)[0] == 0.0
    assert (found.low, found.middle, found.high) == pytest.approx((5.0, 5.0, 5.0))


def test_the_estimates_are_right_on_average() -> None:
    """Assumptions with variance 4, luck that all draws share 9, luck of their own 1."""
    rng = np.random.default_rng(1)
    own, same = [], []
    for _ in range(2000):
        y = 2 * rng.standard_normal((10, 1)) + rng.standard_normal((10, 3))
        own.append(variances(y, same_orders=False))
        same.append(variances(y + 3 * rng.standard_normal(3), same_orders=True))
    for found in (own, same):
        between, noise = np.mean(found, axis=0)
        assert between == pytest.approx(4.0, rel=0.05)
        assert noise == pytest.approx(1.0, rel=0.02)


def test_the_wide_range_of_a_linear_normal_model() -> None:
    """90% of a normal answer with deviation 1 lie within 1.645; runs add luck of deviation 1."""
    rng = np.random.default_rng(2)
    y = 10 + rng.standard_normal((4000, 1)) + rng.standard_normal((4000, 2))
    corrected = range_of_assumptions(y, same_orders=False)
    plain = range_of_assumptions(y.mean(axis=1), same_orders=False)
    assert (corrected.low, corrected.high) == pytest.approx((8.355, 11.645), abs=0.1)
    assert plain.high - plain.low > 1.15 * (corrected.high - corrected.low)
    assert share_of_luck(y, same_orders=False) == pytest.approx(1 / 3, abs=0.03)
    assert math.isnan(share_of_luck(y.mean(axis=1, keepdims=True), same_orders=False))


def test_without_luck_the_range_is_the_sorted_draws() -> None:
    found = range_of_assumptions(np.arange(19.0), same_orders=True)
    assert (found.low, found.middle, found.high) == pytest.approx((0.0, 9.0, 18.0))


def test_the_two_intervals_are_two_things_and_the_wide_one_knows_its_driver() -> None:
    drawn = latin_hypercube(["large", "small"], 199, seed=1)
    answers = [10 + 4 * one["large"] - 2 + 0.2 * one["small"] - 0.1 for one in drawn]
    found = two_intervals(Estimate(10.0, 9.9, 10.1), answers, drawn)
    assert found is not None
    # evenly from 8 to 12, of which 90% is 8.2 to 11.8
    assert (found.range.low, found.range.high) == pytest.approx((8.2, 11.8), abs=0.1)
    assert found.drivers.factors[0].name == "large"
    assert found.drivers.factors[0].share > 0.97
    assert found.narrow.high - found.narrow.low < 0.3
    assert (found.range.part, found.range.draws) == (0.9, 199)


def test_the_wide_interval_has_the_luck_in_it_and_lies_around_the_estimate() -> None:
    drawn = [{"a": float(row)} for row in range(39)]
    luck = Estimate(10.0, 8.0, 12.0)
    # no assumption matters; the one run that the draws share came out 0.7 too high
    nothing = two_intervals(luck, [10.7] * 39, drawn, base=10.7)
    assert nothing is not None
    assert (nothing.range.low, nothing.range.high) == pytest.approx((8.0, 12.0))
    # from 9 to 11 by assumptions: 1.8 and the luck's 1.678, added as squares
    both = two_intervals(luck, [8.7 + 4 * row / 38 for row in range(39)], drawn, base=10.7)
    assert both is not None
    reach = math.hypot(1.9, 2.0)
    assert (both.range.low, both.range.high) == pytest.approx((10 - reach, 10 + reach), abs=0.05)
    share = two_intervals(luck, [10.7] * 39, drawn, base=10.7, bounds=(9.0, 11.5))
    assert share is not None
    assert (share.range.low, share.range.high) == (9.0, 11.5)


def test_answers_that_are_never_reached_leave_the_range_open_above() -> None:
    drawn = [{"a": float(row)} for row in range(39)]
    found = two_intervals(mean_interval([1.0]), [*range(30), *[math.inf] * 9], drawn)
    assert found is not None
    assert (found.range.low, found.range.middle, found.range.high) == (1.0, 19.0, math.inf)
    assert [one.name for one in found.drivers.factors] == ["a"]
    assert found.left_out == 0


def test_draws_without_an_answer_are_left_out_and_too_few_give_nothing() -> None:
    drawn = [{"a": float(row)} for row in range(20)]
    some = [math.nan, *range(19)]
    found = two_intervals(mean_interval([1.0]), some, drawn)
    assert found is not None
    assert (found.left_out, found.range.draws) == (1, 19)
    assert two_intervals(mean_interval([1.0]), some[:19], drawn[:19]) is None
    with pytest.raises(ValueError, match="as many of both"):
        two_intervals(mean_interval([1.0]), some, drawn[:3])


def test_more_runs_narrow_the_luck_and_not_the_range() -> None:
    rng = np.random.default_rng(9)
    luck = [mean_interval(rng.standard_normal(runs)) for runs in (10, 1000)]
    assert luck[1].high - luck[1].low < 0.2 * (luck[0].high - luck[0].low)
    drawn = 3 * rng.standard_normal((200, 1))
    wide = [
        range_of_assumptions(drawn + rng.standard_normal((200, runs)), same_orders=False)
        for runs in (2, 100)
    ]
    assert wide[1].high - wide[1].low > 0.9 * (wide[0].high - wide[0].low)


@pytest.mark.parametrize(
    ("answers", "part", "fault"),
    [
        ([1.0], 0.5, "1 draws: two are needed"),
        ([1.0, math.nan], 0.5, "missing"),
        ([1.0, 2.0, 3.0], 0.9, "3 draws: 90% of the answers take 19"),
        ([1.0, 2.0, 3.0], 1.0, "not a probability"),
    ],
)
def test_ranges_that_cannot_be_told_are_refused(
    answers: list[float], part: float, fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        range_of_assumptions(answers, same_orders=True, part=part)
