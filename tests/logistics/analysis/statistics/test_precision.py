"""How many runs an answer takes, and what one long run can tell."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.long_series import batch_means, batches, quantile_ranks, warm_up
from logistics.analysis.statistics.intervals import mean_interval, t_quantile
from logistics.analysis.statistics.stopping import runs_needed

FIVE_RUNS = [3.0, 3.4, 2.9, 3.1, 3.6]


def test_so_many_runs_reach_the_goal_and_one_fewer_does_not() -> None:
    goal = 0.1
    needed = runs_needed(FIVE_RUNS, half_width=goal)
    spread = float(np.std(FIVE_RUNS, ddof=1))

    def half(runs: int) -> float:
        return t_quantile(runs, 0.95) * spread / runs**0.5

    assert half(needed) <= goal < half(needed - 1)


def test_a_goal_that_is_reached_takes_no_more_runs() -> None:
    assert runs_needed(FIVE_RUNS, half_width=5.0) == len(FIVE_RUNS)


def test_a_relative_goal_is_one_of_the_true_mean() -> None:
    mean = float(np.mean(FIVE_RUNS))
    assert runs_needed(FIVE_RUNS, relative=0.1) == runs_needed(
        FIVE_RUNS, half_width=0.1 / 1.1 * mean
    )


@pytest.mark.parametrize(
    "goal", [{}, {"half_width": 1.0, "relative": 0.1}, {"half_width": -1.0}, {"half_width": 1e-9}]
)
def test_goals_that_make_no_sense_are_refused(goal: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"half width|runs would be needed"):
        runs_needed(FIVE_RUNS, **goal)


def test_one_run_does_not_say_how_runs_vary() -> None:
    with pytest.raises(ValueError, match="two are needed"):
        runs_needed([1.0], half_width=1.0)


def test_stretches_have_equal_lengths_and_the_rest_is_cut() -> None:
    assert batches([1, 3, 2, 6, 100], 2).tolist() == [2.0, 4.0]
    figure, by_hand = batch_means([1, 3, 2, 6], 2), mean_interval([2.0, 4.0])
    assert figure == by_hand


def test_too_few_values_cannot_be_cut() -> None:
    with pytest.raises(ValueError, match="3 values cannot be cut into 4"):
        batches([1, 2, 3], 4)


def test_ranks_hold_the_median_as_often_as_coins_say() -> None:
    # of six values, the median lies outside all of them when all fall on one side: 2 in 64
    ranks = quantile_ranks(6, 0.5)
    assert (ranks.lower, ranks.upper) == (1, 6)
    assert ranks.coverage == pytest.approx(1 - 2 / 64)


def test_too_few_values_have_no_ranks() -> None:
    with pytest.raises(ValueError, match="5 values are too few"):
        quantile_ranks(5, 0.5)


def test_a_run_that_starts_empty_is_cut_where_it_has_settled() -> None:
    wave = [5.0, 6.0, 5.0, 4.0, 5.0] * 40
    cut = warm_up([0.0] * 15 + wave)
    assert (cut.values, cut.mean, cut.settled) == (15, 5.0, True)


def test_a_run_that_never_settles_is_called_too_short() -> None:
    assert not warm_up(list(range(100))).settled


def test_a_few_values_do_not_tell_a_warm_up() -> None:
    with pytest.raises(ValueError, match="at least four"):
        warm_up([1.0] * 19)
