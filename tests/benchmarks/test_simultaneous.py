"""Several networks at once: all differences together, and who may be the best."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from benchmarks.simultaneous import (
    against_the_best,
    max_t,
    paired_differences,
)
from logistics.analysis.statistics.intervals import mean_interval

# Five runs: "slow" takes about a day more than the other two, which share its luck.
DAYS = {
    "fast": [2.0, 2.4, 1.9, 2.2, 2.5],
    "even": [2.1, 2.3, 2.1, 2.1, 2.6],
    "slow": [3.1, 3.3, 2.9, 3.3, 3.4],
}


def test_two_networks_need_no_correction() -> None:
    two = {name: DAYS[name] for name in ("fast", "slow")}
    figure = paired_differences(two).figures["fast", "slow"]
    plain = mean_interval(np.subtract(DAYS["slow"], DAYS["fast"]))
    assert (figure.low, figure.high) == pytest.approx((plain.low, plain.high))


def test_three_differences_share_the_risk_of_being_wrong() -> None:
    found = paired_differences(DAYS)
    assert found.critical == pytest.approx(stats.t.ppf(1 - 0.05 / 6, 4))
    each = mean_interval(np.subtract(DAYS["slow"], DAYS["even"]), 1 - 0.05 / 3)
    one = found.figures["even", "slow"]
    assert (one.low, one.high) == pytest.approx((each.low, each.high))
    assert found.apart() == [("fast", "slow"), ("even", "slow")]


def test_the_largest_t_of_many_runs_is_tukeys_studentised_range() -> None:
    """Equal, independent networks: the range of three normals over its error, by the root of 2."""
    runs = np.random.default_rng(1).standard_normal((400, 3))
    tukey = stats.studentized_range.ppf(0.95, 3, np.inf) / math.sqrt(2)
    assert max_t(runs, draws=4000) == pytest.approx(tukey, rel=0.03)


def test_the_largest_t_of_one_difference_is_students() -> None:
    runs = np.random.default_rng(1).standard_normal((8, 2))
    assert max_t(runs) == pytest.approx(stats.t.ppf(0.975, 7), rel=0.03)


def test_differences_that_go_together_need_less_than_bonferroni() -> None:
    """Three networks are alike, the fourth has its own luck: three differences go together."""
    rng = np.random.default_rng(2)
    alike = rng.standard_normal((20, 1)) + 0.05 * rng.standard_normal((20, 3))
    table = np.column_stack([alike, 3 * rng.standard_normal(20)])
    values = {f"network {column}": table[:, column] for column in range(4)}
    together, apart = paired_differences(values, method="max_t"), paired_differences(values)
    assert together.critical < 0.97 * apart.critical
    assert together.critical > stats.t.ppf(0.975, 19)


def test_the_same_runs_give_the_same_critical_value_again() -> None:
    runs = np.random.default_rng(5).standard_normal((6, 3))
    assert max_t(runs) == max_t(runs)


def test_networks_that_do_not_differ_in_luck_have_intervals_without_width() -> None:
    shifted = {"a": [1.0, 2.0, 4.0], "b": [2.0, 3.0, 5.0]}
    figure = paired_differences(shifted, method="max_t").figures["a", "b"]
    assert (figure.low, figure.high) == pytest.approx((1.0, 1.0))


def test_the_slow_one_is_not_the_best_and_the_other_two_may_be() -> None:
    found = against_the_best(DAYS)
    assert found["slow"].low == 0.0
    assert found["slow"].high > 0.8
    assert found["fast"].low < 0 < found["fast"].high
    assert found["even"].low < 0 < found["even"].high


def test_an_interval_against_the_best_by_hand() -> None:
    # one-sided at 5% / 2 with 4 degrees of freedom: 2.776; "slow" is out, so "fast" is behind
    # "even" by at most its own upper end
    apart = np.subtract(DAYS["fast"], DAYS["even"])
    reach = 2.7764451 * apart.std(ddof=1) / math.sqrt(5)
    found = against_the_best(DAYS)["fast"]
    assert found.estimate == pytest.approx(apart.mean())
    assert (found.low, found.high) == pytest.approx((apart.mean() - reach, apart.mean() + reach))


def test_a_clear_winner_is_ahead_by_what_cannot_be_above_0() -> None:
    clear = {"best": [1.0, 1.1, 0.9], "next": [5.0, 5.2, 5.1], "last": [9.0, 9.0, 9.3]}
    found = against_the_best(clear)
    assert found["best"].high == 0.0
    assert found["best"].estimate == pytest.approx(-4.1)
    turned = against_the_best(clear, smallest_is_best=False)
    assert turned["last"].high == 0.0
    assert turned["best"].low == 0.0


def test_a_run_without_a_value_is_left_out_of_all() -> None:
    holed = {name: [*days, math.nan if name == "even" else 9.9] for name, days in DAYS.items()}
    assert dict(paired_differences(holed).figures) == dict(paired_differences(DAYS).figures)


@pytest.mark.parametrize(
    "values", [{"a": [1.0, 2.0]}, {"a": [1.0, 2.0], "b": [1.0]}, {"a": [1.0], "b": [2.0]}]
)
def test_what_cannot_be_compared_is_refused(values: dict[str, list[float]]) -> None:
    for compare in (paired_differences, against_the_best):
        with pytest.raises(ValueError, match=r"same runs|two are needed"):
            compare(values)
