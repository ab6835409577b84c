"""Sites are as good as the optimum on cases small enough to know it, and always the same."""

import math
from itertools import combinations

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from networks.builders.nodes import named_copies
from networks.builders.siting import Sites, p_median
from networks.geography import great_circle_km, load_markets


def scattered_towns(seed, towns):
    """Towns of very different size in a square of 1,000 km; every town is a candidate."""
    rng = np.random.default_rng(seed)
    place = rng.random((towns, 2)) * 1_000
    apart = place[:, None] - place
    return np.hypot(apart[..., 0], apart[..., 1]), rng.lognormal(0, 1.5, towns)


def towns_on_a_line(*at_km):
    """Towns along one road, one kilometer mark each; every town is a candidate."""
    mark = np.array(at_km, dtype=float)
    return np.abs(mark[:, None] - mark)


def brute_force_km(distance, weight, count):
    """The least mean distance over every set of sites."""
    chosen = np.array(list(combinations(range(len(distance)), count)))
    return (distance[chosen].min(axis=1) @ weight).min() / weight.sum()


def optimal_km(distance, weight, count):
    """The least mean distance, from the textbook integer program (ReVelle and Swain, 1970).

    Variables: is market j served by candidate i (i major), then: is candidate i open.
    """
    candidates, markets = distance.shape
    pairs = candidates * markets
    each_market_once = sparse.hstack(
        [
            sparse.kron(np.ones((1, candidates)), sparse.eye_array(markets)),
            sparse.csr_array((markets, candidates)),
        ]
    )
    only_by_open_sites = sparse.hstack(
        [
            sparse.eye_array(pairs),
            -sparse.kron(sparse.eye_array(candidates), np.ones((markets, 1))),
        ]
    )
    how_many = np.r_[np.zeros(pairs), np.ones(candidates)]
    answer = milp(
        np.r_[(distance * weight).ravel(), np.zeros(candidates)],
        integrality=how_many,
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(each_market_once, 1, 1),
            LinearConstraint(only_by_open_sites, -np.inf, 0),
            LinearConstraint(how_many[None], count, count),
        ],
        options={"mip_rel_gap": 0},
    )
    assert answer.success
    return answer.fun / weight.sum()


def united_states():
    markets = load_markets()
    latitude, longitude = markets.latitude, markets.longitude
    km = great_circle_km(latitude[:, None], longitude[:, None], latitude, longitude)
    return km, markets.population


# Where -------------------------------------------------------------------------------------------


def test_one_site_goes_to_the_middle_of_the_people():
    distance = towns_on_a_line(0, 10, 30)
    assert p_median(distance, [1, 1, 1], 1).chosen.tolist() == [1]
    assert p_median(distance, [1, 1, 3], 1).chosen.tolist() == [2]


def test_greedy_alone_would_keep_the_middle_town():
    # The best single site is the middle; the best two are the ends.
    distance = towns_on_a_line(0, 1, 10, 19, 20)
    sites = p_median(distance, [2, 2, 1, 2, 2], 2)
    assert sites.chosen.tolist() == [0, 3]
    assert sites.nearest.tolist() == [0, 0, 1, 1, 1]
    assert sites.mean_distance_km == pytest.approx((2 * 1 + 9 + 2 * 1) / 9)


def test_markets_need_not_be_candidates():
    sites = p_median([[1, 9, 9, 9], [9, 1, 1, 9], [9, 9, 9, 2]], [1, 1, 1, 1], 2)
    assert sites.chosen.tolist() == [1, 2] or sites.chosen.tolist() == [0, 1]
    assert sites.mean_distance_km == pytest.approx(12 / 4)


def test_every_candidate_chosen():
    distance = towns_on_a_line(0, 10, 30)
    sites = p_median(distance, [1, 0, 2], 3)
    assert sites.chosen.tolist() == [0, 1, 2]
    assert sites.nearest.tolist() == [0, 1, 2]
    assert sites.mean_distance_km == 0.0


def test_of_equal_choices_the_lowest_row_wins():
    everywhere_alike = np.full((6, 4), 7.0)
    sites = p_median(everywhere_alike, np.ones(4), 3)
    assert sites.chosen.tolist() == [0, 1, 2]
    assert sites.nearest.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("seed", range(30))
def test_as_good_as_every_set_tried(seed):
    distance, weight = scattered_towns(seed, towns=9)
    for count in (1, 2, 3, 5, 8):
        sites = p_median(distance, weight, count)
        assert sites.mean_distance_km == pytest.approx(brute_force_km(distance, weight, count))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_within_a_percent_of_the_integer_program(seed, count):
    distance, weight = scattered_towns(seed, towns=30)
    optimum = optimal_km(distance, weight, count)
    found = p_median(distance, weight, count).mean_distance_km
    assert optimum * (1 - 1e-6) <= found <= optimum * 1.01


@pytest.mark.parametrize(("state", "count"), [("VA", 3), ("CA", 6), ("TX", 8)])
def test_within_a_percent_of_the_optimum_in_a_state(state, count):
    distance, people = united_states()
    inside = np.flatnonzero(np.array(load_markets().states) == state)
    distance, people = distance[np.ix_(inside, inside)], people[inside]
    optimum = optimal_km(distance, people, count)
    assert p_median(distance, people, count).mean_distance_km <= optimum * 1.01


def test_no_single_swap_improves_the_answer():
    distance, weight = scattered_towns(seed=99, towns=60)
    sites = p_median(distance, weight, 7)
    chosen = sites.chosen.tolist()
    for leaves in chosen:
        for enters in set(range(60)) - set(chosen):
            others = [enters if row == leaves else row for row in chosen]
            swapped_km = distance[others].min(axis=0) @ weight / weight.sum()
            assert swapped_km >= sites.mean_distance_km * (1 - 1e-8)


def test_the_answer_adds_up():
    distance, weight = scattered_towns(seed=5, towns=50)
    sites = p_median(distance, weight, 6)
    assert len(set(sites.chosen.tolist())) == 6
    assert sites.chosen.tolist() == sorted(sites.chosen.tolist())
    reach = distance[sites.chosen[sites.nearest], np.arange(50)]
    assert (reach == distance[sites.chosen].min(axis=0)).all()
    assert sites.mean_distance_km == pytest.approx((reach * weight).sum() / weight.sum())


def test_the_unit_of_the_weights_does_not_matter():
    distance, weight = scattered_towns(seed=6, towns=40)
    people, thousands = p_median(distance, weight, 5), p_median(distance, weight / 1_024, 5)
    assert people.chosen.tolist() == thousands.chosen.tolist()
    assert people.mean_distance_km == pytest.approx(thousands.mean_distance_km)


def test_the_same_again():
    distance, people = united_states()
    first, second = p_median(distance, people, 60), p_median(distance.copy(), people.copy(), 60)
    assert first.chosen.tolist() == second.chosen.tolist()
    assert first.nearest.tolist() == second.nearest.tolist()
    assert first.mean_distance_km == second.mean_distance_km


def test_more_sites_come_nearer_to_the_people_of_the_united_states():
    distance, people = united_states()
    km = [p_median(distance, people, count).mean_distance_km for count in (1, 12, 100, 600)]
    assert km == pytest.approx([1_282, 230, 48.6, 2.8], rel=0.02)


def test_inputs_stay_as_they_were_and_results_cannot_be_written():
    distance, weight = scattered_towns(seed=7, towns=12)
    before = distance.copy(), weight.copy()
    sites = p_median(distance, weight, 4)
    assert (distance == before[0]).all()
    assert (weight == before[1]).all()
    assert isinstance(sites, Sites)
    for values in (sites.chosen, sites.nearest):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 1


@pytest.mark.parametrize(
    ("distance", "weight", "count", "message"),
    [
        (np.ones((3, 2)), [1, 1], 0, "count must be 1 to 3"),
        (np.ones((3, 2)), [1, 1], 4, "count must be 1 to 3"),
        (np.ones((3, 2)), [1, 1, 1], 1, r"not \(3, 2\) and \(3,\)"),
        (np.ones(3), [1, 1, 1], 1, r"not \(3,\) and \(3,\)"),
        (np.full((3, 2), math.nan), [1, 1], 1, "distance"),
        (np.full((3, 2), math.inf), [1, 1], 1, "distance"),
        (-np.ones((3, 2)), [1, 1], 1, "distance"),
        (np.ones((3, 2)), [1, math.nan], 1, "weight"),
        (np.ones((3, 2)), [1, -1], 1, "weight"),
        (np.ones((3, 2)), [0, 0], 1, "not all zero"),
        (np.ones((3, 0)), [], 1, "not all zero"),
    ],
)
def test_nonsense_is_refused(distance, weight, count, message):
    with pytest.raises(ValueError, match=message):
        p_median(distance, weight, count)


# How many ----------------------------------------------------------------------------------------


def test_copies_carry_the_volume():
    names = named_copies("ST", np.array([0, 1, 45_000, 45_001, 90_001]), 45_000)
    assert [len(group) for group in names] == [0, 1, 1, 2, 3]
    assert [name for group in names for name in group] == [f"ST{n:03d}" for n in range(1, 8)]


def test_no_copy_carries_more_than_the_largest():
    volume = np.random.default_rng(1).lognormal(10, 2, 1_000)
    buildings = np.array([len(group) for group in named_copies("ST", volume, 30_000)])
    assert (volume / buildings <= 30_000).all()
    assert (volume > 30_000 * (buildings - 1)).all()
