"""Morris' elementary effects: on straight lines exactly, and on three published functions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from logistics.analysis.statistics.screening import Effect, effects, spread_out, trajectories

Points = NDArray[np.float64]
THREE = ["x1", "x2", "x3"]


def by_name(found: list[Effect]) -> dict[str, Effect]:
    return {one.name: one for one in found}


# --- where to ask -------------------------------------------------------------------------------


def test_one_assumption_moves_at_a_time_and_each_once() -> None:
    points = trajectories(THREE, 50, seed=1)
    assert points.shape == (50, 4, 3)
    moves = np.diff(points, axis=1)
    assert np.abs(moves).sum(axis=1) == pytest.approx(2 / 3)
    assert ((np.abs(moves) > 1e-9).sum(axis=2) == 1).all()
    on_grid = points * 3
    assert on_grid == pytest.approx(on_grid.round())
    assert points.min() == 0.0
    assert points.max() == 1.0


def test_every_level_is_asked_and_both_directions_about_as_often() -> None:
    points = trajectories(THREE, 400, seed=1)
    levels, counts = np.unique((points * 3).round(), return_counts=True)
    assert levels.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert counts.min() > 0.8 * counts.max()
    assert 0.4 < (np.diff(points, axis=1).sum(axis=1) > 0).mean() < 0.6


def test_one_more_assumption_moves_none_of_the_others_elsewhere() -> None:
    without = trajectories(THREE, 20, seed=7)
    more = trajectories([THREE[0], "new", *THREE[1:]], 20, seed=7)
    for before, after in zip(without, more, strict=True):
        stays = np.diff(after[:, 1]) == 0
        kept = after[np.concatenate([[True], stays])]
        assert kept[:, [0, 2, 3]].tolist() == before.tolist()


def test_another_seed_asks_elsewhere() -> None:
    assert not np.array_equal(trajectories(THREE, 9, 1), trajectories(THREE, 9, 2))


def test_chosen_trajectories_lie_farther_apart_than_the_first_ones() -> None:
    candidates = trajectories([f"x{k}" for k in range(6)], 60, seed=3)
    chosen = spread_out(candidates, 8)

    def spread(some: Points) -> float:
        centres = some.reshape(len(some), -1)
        return float(((centres[:, None] - centres[None]) ** 2).sum())

    assert chosen.shape == (8, 7, 6)
    assert spread(chosen) > 1.1 * spread(candidates[:8])


@pytest.mark.parametrize("names", [["a", "a"], []])
def test_designs_that_make_no_sense_are_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match="each once"):
        trajectories(names, 5, 1)


# --- what comes out -----------------------------------------------------------------------------


def test_a_straight_line_has_its_own_slopes_and_no_spread() -> None:
    points = trajectories(THREE, 10, seed=1)
    found = effects(THREE, points, points @ [3.0, -5.0, 0.0] + 7.0)
    assert [one.name for one in found] == ["x2", "x1", "x3"]
    assert by_name(found)["x2"].mu == pytest.approx(-5.0)
    assert by_name(found)["x2"].mu_star == pytest.approx(5.0)
    assert [one.sigma for one in found] == pytest.approx([0.0, 0.0, 0.0], abs=1e-12)
    assert by_name(found)["x3"].mu_star == pytest.approx(0.0)


def test_what_acts_together_shows_in_sigma() -> None:
    points = trajectories(THREE, 40, seed=1)
    found = by_name(effects(THREE, points, points[..., 0] * points[..., 1] + points[..., 2]))
    assert found["x1"].sigma > 0.2
    assert found["x3"].sigma == pytest.approx(0.0, abs=1e-12)


def test_ishigami_on_four_levels() -> None:
    """Ishigami and Homma, 1990: sin(x1) + 7 sin(x2)^2 + 0.1 x3^4 sin(x1), each from -pi to pi.

    By hand on four levels, -pi, -pi/3, pi/3, pi: every move of x2 changes 7 sin^2 by 5.25, that is
    7.875 a step of 2/3; x3 moves 0.1 x3^4 by 80/81 of 0.1 pi^4, times a sine of 0 or 0.866. What
    x3 does averages to 0 over its start and direction, so mu misses it and mu* does not.
    """
    points = trajectories(THREE, 2000, seed=1)
    x1, x2, x3 = np.moveaxis((2 * points - 1) * math.pi, -1, 0)
    answers = np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1)
    found = by_name(effects(THREE, points, answers))
    assert found["x2"].mu_star == pytest.approx(7.875)
    expected = 0.1 * math.pi**4 * 80 / 81 * math.sqrt(3) / 4 * 1.5
    assert found["x3"].mu_star == pytest.approx(expected, abs=4 * found["x3"].error)
    assert abs(found["x3"].mu) < 0.1 * found["x3"].mu_star


def test_sobols_g_function_in_its_order() -> None:
    """Sobol, 1998: the product of (|4 x - 2| + a) / (1 + a); the larger a, the less it matters."""
    a = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])
    names = [f"a = {one:g}, {row}" for row, one in enumerate(a)]
    points = trajectories(names, 400, seed=2)
    answers = ((np.abs(4 * points - 2) + a) / (1 + a)).prod(axis=-1)
    found = effects(names, points, answers)
    assert [one.name for one in found[:4]] == names[:4]
    assert found[-1].mu_star < 0.05 * found[0].mu_star


def morris_1991(points: Points) -> Points:
    """Morris' own function of twenty inputs, section 4 of his paper; small terms seeded here."""
    w = 2 * (points - 0.5)
    bent = [2, 4, 6]
    w[..., bent] = 2 * (1.1 * points[..., bent] / (points[..., bent] + 0.1) - 0.5)
    rng = np.random.default_rng(10)
    first, second = rng.standard_normal(20), np.triu(rng.standard_normal((20, 20)), 1)
    first[:10] = 20.0
    second[:6, :6] = np.triu(np.full((6, 6), -15.0), 1)
    y = w @ first + np.einsum("...i,ij,...j->...", w, second, w)
    for size, inputs, weight in ((3, 5, -10.0), (4, 4, 5.0)):
        y += weight * _products(w[..., :inputs], size)
    return np.asarray(y)


def _products(w: Points, size: int) -> Points:
    """Return the sum over all products of `size` different columns, by Newton's identities."""
    sums = [np.ones(w.shape[:-1])] + [np.zeros(w.shape[:-1]) for _ in range(size)]
    for column in np.moveaxis(w, -1, 0):
        for k in range(size, 0, -1):
            sums[k] = sums[k] + column * sums[k - 1]
    return np.asarray(sums[size])


def test_morris_own_function_falls_into_his_three_groups() -> None:
    """Inputs 8 to 10 act alone and in a straight line, 1 to 7 bend or act together, 11 to 20 do
    next to nothing."""
    names = [f"{number}" for number in range(1, 21)]
    points = trajectories(names, 30, seed=4)
    found = effects(names, points, morris_1991(points))
    assert {one.name for one in found[:10]} == {f"{number}" for number in range(1, 11)}
    table = by_name(found)
    for name in ("8", "9", "10"):
        assert table[name].mu_star == pytest.approx(40.0, rel=0.1)
        assert table[name].sigma < 0.25 * table[name].mu_star
    for name in ("1", "2", "3", "4", "5", "6", "7"):
        assert table[name].sigma > 0.35 * table[name].mu_star


def test_answers_that_do_not_fit_are_refused() -> None:
    points = trajectories(THREE, 4, seed=1)
    with pytest.raises(ValueError, match="answers"):
        effects(THREE, points, np.zeros((4, 3)))
    with pytest.raises(ValueError, match="from 2 to 4"):
        spread_out(points, 5)


def test_steps_without_an_answer_are_left_out_and_counted() -> None:
    points = trajectories(THREE, 4, seed=1)
    answers = points @ np.array([3.0, 2.0, 1.0])
    answers[0, 1] = math.inf  # of its two steps
    found = effects(THREE, points, answers)
    assert sum(one.steps for one in found) == 12 - 2
    assert [round(one.mu_star, 9) for one in found] == [3.0, 2.0, 1.0]
    nothing = effects(THREE, points, np.full((4, 4), math.nan))
    assert all(one.steps == 0 and math.isnan(one.mu_star) for one in nothing)
