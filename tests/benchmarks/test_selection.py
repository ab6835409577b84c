"""How many runs it takes to pick the best of several networks."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.selection import dudewicz_dalal_h, kim_nelson, ocba_shares, rinott_h


def test_rinotts_rule_picks_the_best_as_often_as_promised() -> None:
    # the worst case that counts: all others behind by exactly d
    networks, first_runs, chance, d, experiments = 3, 10, 0.9, 1.0, 4_000
    h = rinott_h(networks, first_runs, chance)
    rng = np.random.default_rng(1)
    variance = rng.chisquare(first_runs - 1, (experiments, networks)) * 9.0 / (first_runs - 1)
    runs = np.maximum(first_runs, np.ceil(h**2 * variance / d**2))
    means = np.array([d, 0.0, 0.0]) + rng.normal(size=runs.shape) * 3.0 / np.sqrt(runs)
    right = np.mean(means.argmax(axis=1) == 0)
    assert chance - 0.02 < right < 0.95


def test_more_networks_or_more_certainty_take_more_runs() -> None:
    assert rinott_h(2, 20) < rinott_h(5, 20) < rinott_h(5, 20, 0.99)
    assert dudewicz_dalal_h(2, 20) < dudewicz_dalal_h(5, 20) < rinott_h(5, 20)
    assert kim_nelson(2, 20).h2 < kim_nelson(5, 20).h2


def test_two_runs_are_enough_to_begin_but_a_bad_beginning() -> None:
    assert rinott_h(3, 2, 0.9) > 3 * rinott_h(3, 20, 0.9)


@pytest.mark.parametrize(
    ("networks", "first_runs", "chance"), [(1, 10, 0.9), (2, 1, 0.9), (2, 10, 0.5), (2, 10, 1.0)]
)
def test_what_nobody_can_promise_is_refused(networks: int, first_runs: int, chance: float) -> None:
    for constant in (rinott_h, dudewicz_dalal_h, kim_nelson):
        with pytest.raises(ValueError, match=r"two|chance"):
            constant(networks, first_runs, chance)


def test_a_close_rival_gets_more_runs_than_a_hopeless_one() -> None:
    shares = ocba_shares([3.0, 3.2, 9.0], [1.0, 1.0, 1.0])
    assert shares.sum() == pytest.approx(1.0)
    assert shares[1] > 100 * shares[2]
    assert ocba_shares([-3.0, -3.2, -9.0], [1.0] * 3, smallest_is_best=False) == pytest.approx(
        shares
    )


@pytest.mark.parametrize(
    ("means", "variances"), [([1.0], [1.0]), ([1.0, 2.0], [1.0, 0.0]), ([1.0, 1.0], [1.0, 1.0])]
)
def test_ties_and_networks_that_do_not_vary_are_refused(
    means: list[float], variances: list[float]
) -> None:
    with pytest.raises(ValueError, match=r"give a mean|tied"):
        ocba_shares(means, variances)
