"""Which assumptions an answer hangs on: designs, tornado and rank regression."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from logistics.analysis.statistics.sensitivity import (
    importances,
    latin_hypercube,
)

Ranges = dict[str, tuple[float, float]]

THREE: Ranges = {
    "packing hours": (6.0, 24.0), "missed pickups": (0.0, 0.2), "truck km/h": (70.0, 90.0)
}  # fmt: skip


def drawn(ranges: Ranges, draws: int, seed: int) -> list[dict[str, float]]:
    """Draws of all assumptions, as values in their ranges."""
    return [
        {name: low + one[name] * (high - low) for name, (low, high) in ranges.items()}
        for one in latin_hypercube(list(ranges), draws, seed)
    ]


def days(draw: dict[str, float]) -> float:
    return draw["packing hours"] / 24 + 10 * draw["missed pickups"] + 80 / draw["truck km/h"]


# --- Latin hypercube ----------------------------------------------------------------------------


def test_every_part_of_every_range_is_drawn_once() -> None:
    draws = latin_hypercube(list(THREE), 40, seed=1)
    for name in THREE:
        assert sorted(math.floor(40 * one[name]) for one in draws) == list(range(40))


def test_one_more_assumption_or_another_order_changes_nobody_elses_draws() -> None:
    before = latin_hypercube(list(THREE), 25, seed=3)
    after = latin_hypercube(["new", *reversed(THREE)], 25, seed=3)
    assert [{name: one[name] for name in before[0]} for one in after] == before
    assert latin_hypercube(list(THREE), 25, seed=4) != before


def test_assumptions_are_drawn_independently() -> None:
    draws = drawn(THREE, 400, seed=1)
    columns = np.array([[one[name] for one in draws] for name in THREE])
    off_diagonal = np.corrcoef(columns)[np.triu_indices(3, 1)]
    assert np.abs(off_diagonal).max() < 3 / math.sqrt(400)


def test_no_draws_and_names_given_twice_are_refused() -> None:
    for names, draws in ((["speed", "speed"], 5), (["speed"], 0)):
        with pytest.raises(ValueError, match="each name once"):
            latin_hypercube(names, draws, 1)


# --- importance ---------------------------------------------------------------------------------


def test_ranks_make_a_steep_curve_a_straight_line() -> None:
    draws = drawn({"packing hours": THREE["packing hours"]}, 50, seed=2)
    answers = [math.exp(one["packing hours"]) for one in draws]
    assert importances(draws, answers).explained == pytest.approx(1.0)


def test_a_share_is_the_coefficient_of_the_ranks_times_spearmans_correlation() -> None:
    draws = drawn(THREE, 30, seed=5)
    answers = np.random.default_rng(1).poisson([days(one) for one in draws])
    columns = {name: stats.rankdata([draw[name] for draw in draws]) for name in THREE}
    ranks, spread = stats.rankdata(answers), stats.rankdata(answers).std()
    design = np.column_stack([np.ones(30), *columns.values()])
    slopes = dict(zip(THREE, np.linalg.lstsq(design, ranks, rcond=None)[0][1:], strict=True))
    found = importances(draws, answers)
    for one in found.factors:
        coefficient = slopes[one.name] * columns[one.name].std() / spread
        correlation = stats.spearmanr(columns[one.name], answers).statistic
        assert one.share == pytest.approx(coefficient * correlation)
    assert found.explained == pytest.approx(sum(one.share for one in found.factors))


def test_luck_alone_explains_about_what_chance_does() -> None:
    draws = drawn(THREE, 61, seed=5)
    rng = np.random.default_rng(3)
    explained = [importances(draws, rng.standard_normal(61)).explained for _ in range(300)]
    assert np.mean(explained) == pytest.approx(3 / 60, rel=0.15)


def unit(count: int, low: float, high: float) -> Ranges:
    return {f"x{k}": (low, high) for k in range(1, count + 1)}


def ishigami(x: dict[str, float]) -> float:
    return math.sin(x["x1"]) + 7 * math.sin(x["x2"]) ** 2 + 0.1 * x["x3"] ** 4 * math.sin(x["x1"])


def g_function(x: dict[str, float]) -> float:
    """Sobol's, with each input from 1/2 to 1, where it is monotone."""
    a = {"x1": 0.0, "x2": 1.0, "x3": 4.5, "x4": 9.0, "x5": 99.0}
    return math.prod((abs(4 * x[name] - 2) + one) / (1 + one) for name, one in a.items())


@pytest.mark.parametrize(
    ("function", "ranges", "order"),
    [
        (ishigami, unit(3, -math.pi, math.pi), ["x1"]),
        (g_function, unit(5, 0.5, 1.0), ["x1", "x2", "x3", "x4", "x5"]),
    ],
)
def test_known_functions_in_their_order(
    function: Callable[[dict[str, float]], float], ranges: Ranges, order: list[str]
) -> None:
    draws = drawn(ranges, 2000, seed=1)
    found = importances(draws, [function(one) for one in draws])
    assert [one.name for one in found.factors[: len(order)]] == order


def test_a_curve_that_goes_up_and_down_is_not_explained_and_that_shows() -> None:
    ranges = unit(3, -math.pi, math.pi)
    draws = drawn(ranges, 500, seed=1)
    found = importances(draws, [ishigami(one) for one in draws])
    assert found.explained < 0.4  # x2 drives 44% of the variance and goes unseen
    assert {one.name: one.share for one in found.factors}["x2"] < 0.02


def test_answers_that_tell_nothing_are_refused() -> None:
    draws = drawn(THREE, 6, seed=1)
    for answers in ([1.0] * 6, [1.0, 2.0, 3.0, 4.0, 5.0, math.nan], [1.0, 2.0]):
        with pytest.raises(ValueError, match="answers"):
            importances(draws, answers)
    with pytest.raises(ValueError, match="4 draws of 3"):
        importances(draws[:4], [1.0, 2.0, 3.0, 4.0])
