"""Two shares, or two sets of runs, that have nothing to do with each other."""

from __future__ import annotations

import math

import pytest

from benchmarks.differences import (
    difference_of_means,
    difference_of_shares,
    share_interval,
)


def test_the_score_interval_of_one_in_two_by_hand() -> None:
    # z = 1: centre 0.5, half of 1 / (1 + 1/2) * sqrt(1/8 + 1/16)
    figure = share_interval(1, 2, level=0.6826894921370859)
    half = math.sqrt(3 / 16) / 1.5
    assert (figure.low, figure.high) == pytest.approx((0.5 - half, 0.5 + half))


def test_nothing_counted_reaches_above_0_and_everything_below_1() -> None:
    none, all_ = share_interval(0, 50), share_interval(50, 50)
    assert none.low == 0.0
    assert none.high == pytest.approx(1 - all_.low)
    assert all_.high == 1.0


def test_no_total_has_no_share() -> None:
    assert math.isnan(share_interval(0, 0).estimate)


@pytest.mark.parametrize(("count", "total"), [(-1, 5), (6, 5)])
def test_a_count_must_be_a_part_of_the_total(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="not a part of the total"):
        share_interval(count, total)


def test_a_difference_turned_round_has_the_other_sign() -> None:
    one, other = difference_of_shares((5, 50), (9, 60)), difference_of_shares((9, 60), (5, 50))
    assert (one.estimate, one.low, one.high) == pytest.approx(
        (-other.estimate, -other.high, -other.low)
    )
    assert one.low < one.estimate < one.high


def test_equal_spreads_and_numbers_give_the_usual_degrees_of_freedom() -> None:
    # variances 1 and 1, three runs each: 4 degrees of freedom, t = 2.776, error sqrt(2/3)
    figure = difference_of_means([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])
    assert figure.estimate == -3.0
    assert figure.high + 3.0 == pytest.approx(2.7764451051977987 * math.sqrt(2 / 3))


def test_a_single_run_has_no_interval_and_equal_runs_an_empty_one() -> None:
    assert not difference_of_means([1.0], [2.0, 3.0]).has_interval
    still = difference_of_means([2.0, 2.0], [1.0, 1.0])
    assert (still.low, still.high) == (1.0, 1.0)
