"""Which few of many assumptions drive an answer."""

import numpy as np
import pytest

from logistics.analysis.statistics.sensitivity import latin_hypercube, main_importances

MANY = [f"figure_{number}" for number in range(80)]


def answers_of(draws, **weights):
    return [sum(weight * row[name] for name, weight in weights.items()) for row in draws]


def test_two_drivers_of_eighty_are_found_with_forty_draws_and_share_as_their_variances():
    found = {"figure_3": [], "figure_70": []}
    for seed in range(20):
        draws = latin_hypercube(MANY, 40, seed)
        result = main_importances(draws, answers_of(draws, figure_3=3.0, figure_70=-2.0))
        assert [one.name for one in result.factors[:2]] == ["figure_3", "figure_70"]
        for one in result.factors[:2]:
            found[one.name].append(one.share)
    # variances 9 : 4
    assert np.mean(found["figure_3"]) == pytest.approx(9 / 13, abs=0.05)
    assert np.mean(found["figure_70"]) == pytest.approx(4 / 13, abs=0.05)


def test_noise_alone_finds_something_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    taken = 0
    for seed in range(200):
        draws = latin_hypercube(MANY[:30], 40, seed)
        taken += bool(main_importances(draws, rng.normal(size=40)).factors)
    # 5% by Bonferroni; 4 standard errors of 200 trials above it
    assert taken / 200 <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 200)


def test_any_monotone_effect_counts_as_a_straight_line():
    draws = latin_hypercube(MANY[:10], 50, 7)
    result = main_importances(draws, [np.exp(8 * row["figure_4"]) for row in draws])
    assert [one.name for one in result.factors] == ["figure_4"]
    assert result.explained == pytest.approx(1.0)


def test_an_assumption_that_never_varies_is_left_out():
    draws = [{"fixed": 1.0, "load": float(n)} for n in range(10)]
    assert [one.name for one in main_importances(draws, range(10)).factors] == ["load"]


@pytest.mark.parametrize(
    ("draws", "answers", "words"),
    [
        ([{"a": 1.0}] * 3, [1.0, 2.0, 3.0], "at least four"),
        ([{"a": 1.0}] * 4, [1.0, 2.0, 3.0], "as many of both"),
        ([{"a": float(n)} for n in range(4)], [1.0] * 4, "must vary"),
        ([{"a": float(n)} for n in range(4)], [1.0, 2.0, np.inf, 1.0], "infinite"),
    ],
)
def test_what_cannot_be_told_is_refused(draws, answers, words):
    with pytest.raises(ValueError, match=words):
        main_importances(draws, answers)
