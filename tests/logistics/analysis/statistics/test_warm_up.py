"""From which day on runs look alike: days with weekdays, from runs that start empty."""

from __future__ import annotations

import numpy as np
import pytest

from logistics.analysis.statistics.warm_up import FEWEST_DAYS, CommonWarmUp, common_warm_up

WEEKDAYS = np.array([5.1, 5.3, 5.6, 6.0, 6.6, 6.4, 5.8])
"""Days from order to door of a network that rests on Sundays: weekdays differ by 1.5 days."""


def days_of(count: int, filling: tuple[float, ...] = (), seed: int = 1, noise: float = 0.02):
    """Mean days by order date; the first are shorter by `filling`, while the network fills."""
    daily = np.resize(WEEKDAYS, count) + np.random.default_rng(seed).normal(0.0, noise, count)
    daily[: len(filling)] -= filling
    return daily


def found(daily: object, simulated_days: int) -> CommonWarmUp:
    warm_up = common_warm_up(daily, simulated_days)
    assert warm_up is not None
    return warm_up


def test_weekdays_are_no_warm_up() -> None:
    assert found(days_of(24), 10) == CommonWarmUp(0, True, 10, 0.0)


def test_days_in_which_the_network_fills_are_cut() -> None:
    filling = found(days_of(24, (1.0, 0.6, 0.3)), 10)
    assert (filling.cut_days, filling.enough, filling.shift) == (3, True, 0.0)


def test_measured_days_in_which_it_still_fills_are_a_warning_that_says_how_much() -> None:
    missing = (1.0, 0.6, 0.3)
    too_short = found(days_of(17, missing), 1)
    assert too_short.cut_days == 3
    assert too_short.enough is False
    measured = days_of(17)[1:]
    assert too_short.shift == pytest.approx(-sum(missing[1:]) / measured.sum(), abs=0.002)


@pytest.mark.parametrize(("count", "simulated"), [(14, 0), (17, 3), (24, 10), (21, 7)])
def test_noise_is_hardly_ever_taken_for_a_warm_up(count: int, simulated: int) -> None:
    warned = sum(found(days_of(count, seed=seed), simulated).enough is False for seed in range(100))
    assert warned <= 3


@pytest.mark.parametrize(("count", "simulated"), [(14, 0), (17, 3), (24, 10), (21, 7)])
def test_a_warm_up_that_is_too_short_is_hardly_ever_missed(count: int, simulated: int) -> None:
    filling = (0.5,) * (simulated + 2)
    warned = sum(
        found(days_of(count, filling, seed), simulated).enough is False for seed in range(100)
    )
    assert warned >= 95


def test_days_that_differ_up_to_half_of_them_cannot_be_told() -> None:
    late = found(days_of(24, (0.5,) * 12), 20)
    assert (late.settled, late.enough) == (False, None)


def test_a_day_without_orders_is_left_out_and_in_one_run_is_that_of_the_others() -> None:
    daily = days_of(24, (1.0, 0.6, 0.3))
    holed = daily.copy()
    holed[12] = np.nan
    assert found(holed, 10).cut_days == 3
    assert found([daily, holed], 10) == found([daily, daily], 10)


def test_days_all_alike_have_nothing_to_cut() -> None:
    assert found([4.0] * 20, 3) == CommonWarmUp(0, True, 3, 0.0)
    assert found(np.resize(WEEKDAYS, 21), 3).cut_days == 0


def test_too_few_days_tell_nothing() -> None:
    assert common_warm_up(days_of(FEWEST_DAYS - 1), 3) is None
    assert common_warm_up(np.full((3, 30), np.nan), 3) is None
    assert common_warm_up(np.zeros((2, 0)), 3) is None
