"""How far the points of a study are, and when they have enough: decided by finished runs alone."""

import random

import numpy as np
import pytest
from outcomes_by_hand import outcomes_of
from small_studies import NETWORK, point

from logistics.analysis.comparison import measure_together
from logistics.analysis.statistics.stopping import Target
from logistics.studies.progress import Aim, PointProgress, bottleneck

DAYS = np.random.default_rng(2).normal(5.0, 0.2, 200).tolist()
FIXED = Aim((), 3, 3)
MEAN_TO_A_TENTH = Aim((Target("delivery_days.mean", half_width=0.1),), 10, 100)


class Written:
    """A store whose runs have the mean days of `DAYS`."""

    def read_run(self, _point, replication):
        return measure_together({NETWORK: outcomes_of([DAYS[replication]])})


def course(aim, finished=()):
    return PointProgress(point("p000", {}, {}), aim, set(finished))


def finish(one, store, order=lambda numbers: numbers, width=1):
    """Run what a course asks for, `width` at a time, finished in another order."""
    numbers, under_way = one.next_replications(), []
    while True:
        while len(under_way) < width and (number := next(numbers, None)) is not None:
            under_way.append(number)
        if not under_way:
            return one
        under_way = order(under_way)
        one.finished.add(under_way.pop(0))
        one.advance(store)


def test_a_fixed_number_of_runs_is_asked_for_once_each():
    one = course(FIXED)
    assert list(one.next_replications()) == [0, 1, 2]


def test_what_is_finished_is_not_asked_for_again():
    one = course(FIXED, finished=[1])
    assert (one.remaining, one.complete) == (2, False)
    assert list(one.next_replications()) == [0, 2]
    assert course(FIXED, finished=[0, 1, 2]).complete


def test_runs_stop_when_the_figure_is_precise():
    one = finish(course(MEAN_TO_A_TENTH), Written())
    # 1.96 * 0.2 / sqrt(n) + 0.1 / n < 0.1 from about 18 runs on
    assert 14 <= one.enough <= 24
    assert one.verdict.why == "precise"
    assert one.complete


@pytest.mark.parametrize("seed", range(5))
def test_the_number_of_runs_does_not_hang_on_the_order_in_which_they_finish(seed):
    rng = random.Random(seed)
    undisturbed = finish(course(MEAN_TO_A_TENTH), Written()).enough
    shuffled = finish(
        course(MEAN_TO_A_TENTH), Written(), lambda numbers: rng.sample(numbers, len(numbers)), 4
    )
    assert shuffled.enough == undisturbed
    assert len(shuffled.finished) < 40


def test_resumed_in_the_middle_it_ends_with_the_same_number():
    undisturbed = finish(course(MEAN_TO_A_TENTH), Written()).enough
    resumed = course(MEAN_TO_A_TENTH, finished=[0, 1, 2, 3, 5, 7])
    resumed.advance(Written())
    assert finish(resumed, Written()).enough == undisturbed


def test_a_budget_that_is_spent_ends_it_and_the_bottleneck_is_named():
    one = finish(course(Aim((Target("delivery_days.mean", half_width=0.01),), 10, 30)), Written())
    assert (one.enough, one.verdict.why) == (30, "budget")
    assert "delivery_days.mean" in bottleneck([one])
    assert "more runs needed" in bottleneck([one])


def test_a_point_that_failed_asks_for_nothing_more():
    one = course(FIXED)
    numbers = one.next_replications()
    next(numbers)
    one.failed = "no such facility"
    assert list(numbers) == []
    assert (one.complete, one.remaining) == (True, 0)


def test_a_run_that_could_not_be_made_counts_only_if_it_is_needed():
    precise = finish(course(MEAN_TO_A_TENTH), Written())
    precise.broken[precise.enough] = {"error": "no memory"}
    assert precise.first_needed() not in precise.broken
    fixed = course(FIXED)
    fixed.broken[2] = {"error": "no memory"}
    assert fixed.first_needed() == 2
    waiting = course(MEAN_TO_A_TENTH, finished=range(5))
    waiting.advance(Written())
    waiting.broken[7] = {"error": "no memory"}
    assert waiting.first_needed() == 5
