"""The same orders through two networks, typed by hand."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from outcomes_by_hand import combine_replicates, estimates_of, many_outcomes, outcomes_of
from scipy import stats

from logistics.analysis.comparison import measure_together, pair_name
from logistics.analysis.measures.metrics import RunTotals
from logistics.analysis.measures.paired import pair
from logistics.analysis.measures.registry import PAIRED_METRICS
from logistics.analysis.statistics.intervals import mean_interval, proportion_interval


def test_differences_are_second_minus_first_over_parcels_delivered_in_both() -> None:
    first = outcomes_of([1.0, 2.0, 3.0, 4.0, "lost", 2.0])
    second = outcomes_of([3.0, 2.0, 2.5, 8.0, 1.0, "returned"])
    figures = pair(first, second).values
    assert figures["difference_days.mean"] == pytest.approx((2.0 + 0.0 - 0.5 + 4.0) / 4)
    quantiles = [figures[f"difference_days.p{p}"] for p in (10, 50, 90)]
    assert quantiles == [-0.5, 0.0, 4.0]
    assert figures["parcels"] == 6
    assert figures["both_delivered_rate"] == pytest.approx(4 / 6)


def test_never_is_slower_than_any_day_and_equal_to_never() -> None:
    first = outcomes_of([1.0, 2.0, 9.0, "lost", "lost", "stolen"])
    second = outcomes_of([2.0, 2.0, "under_way", 30.0, "returned", 1.0])
    figures = pair(first, second).values
    assert figures["faster.first"] == pytest.approx(2 / 6)
    assert figures["faster.same"] == pytest.approx(2 / 6)
    assert figures["faster.second"] == pytest.approx(2 / 6)


def test_the_difference_in_damage_is_that_of_the_two_damage_rates() -> None:
    first = outcomes_of([1.0, 1.0, 1.0, 1.0], damaged=("road", "", "", ""))
    second = outcomes_of([1.0, 1.0, "lost", "lost"], damaged=("", "road", "road", ""))
    assert pair(first, second).values["damage_difference"] == pytest.approx(1 / 2 - 1 / 4)


def test_the_correlation_is_pearsons() -> None:
    first, second = [1.0, 2.0, 3.0, 5.0, 8.0], [2.0, 2.5, 2.0, 7.0, 6.0]
    figures = pair(outcomes_of(first), outcomes_of(second)).values
    assert figures["correlation"] == pytest.approx(stats.pearsonr(first, second).statistic)


def test_a_network_compared_with_itself_differs_in_nothing() -> None:
    outcomes = many_outcomes(500, seed=1)
    figures = pair(outcomes, outcomes).values
    assert figures["difference_days.mean"] == figures["difference_days.p90"] == 0.0
    assert figures["faster.same"] == 1.0
    assert figures["correlation"] == pytest.approx(1.0)


def test_swapping_the_networks_turns_every_sign() -> None:
    first, second = many_outcomes(2_000, 1), many_outcomes(2_000, 1, slowness=2.0)
    there, back = pair(first, second).values, pair(second, first).values
    for name in ("difference_days.mean", "damage_difference"):
        assert there[name] == pytest.approx(-back[name])
    assert there["faster.first"] == back["faster.second"]


def test_other_orders_are_refused() -> None:
    with pytest.raises(ValueError, match="2 parcels in the first, 3 in the second"):
        pair(outcomes_of([1.0, 2.0]), outcomes_of([1.0, 2.0, 3.0]))
    with pytest.raises(
        ValueError, match="row 1 is order 2, parcel 2 in the first, order 5, parcel"
    ):
        pair(outcomes_of([1.0, 2.0]), outcomes_of([1.0, 2.0], order_id=[1, 5]))
    with pytest.raises(ValueError, match="parcel 9 in the second"):
        pair(outcomes_of([1.0, 2.0]), outcomes_of([1.0, 2.0], parcel_id=[1, 9]))


def test_nothing_delivered_in_both_gives_no_difference() -> None:
    figures = pair(outcomes_of([1.0, "lost"]), outcomes_of(["lost", 1.0])).values
    assert math.isnan(figures["difference_days.mean"])
    assert math.isnan(figures["difference_days.p50"])
    assert math.isnan(figures["correlation"])
    assert figures["faster.first"] == 0.5


def test_several_runs_give_students_interval_of_the_mean_difference() -> None:
    runs = [
        pair(outcomes_of([1.0, 2.0]), outcomes_of([1.0 + more, 2.0 + more]))
        for more in (0.5, 1.0, 2.5)
    ]
    figures = estimates_of(RunTotals(PAIRED_METRICS), runs)
    assert figures["difference_days.mean"] == mean_interval([0.5, 1.0, 2.5])
    assert figures["parcels"].estimate == 6
    assert list(figures) == list(PAIRED_METRICS)


def test_shares_of_pairs_that_agree_in_every_run_are_as_wide_as_their_count_allows() -> None:
    damaged = ("road", *[""] * 51)
    whole, broken = outcomes_of([1.0] * 52), outcomes_of([2.0] * 52, damaged=damaged)
    for second, least, most in ((whole, -0.0357, 0.0357), (broken, -0.0171, 0.0674)):
        found = estimates_of(RunTotals(PAIRED_METRICS), [pair(whole, second)] * 2)
        damage = found["damage_difference"]
        assert damage.estimate == (second is broken) / 52
        assert (damage.low, damage.high) == pytest.approx((least, most), abs=0.0005)
        for name in ("faster.first", "faster.same", "faster.second", "both_delivered_rate"):
            assert found[name] in (proportion_interval(0, 104), proportion_interval(104, 104))


def test_a_difference_of_runs_stored_without_counts_has_students_interval() -> None:
    first, second = outcomes_of([1.0] * 3), outcomes_of([1.0] * 3, damaged=("road", "", ""))
    runs = [replace(pair(*two), counts={}) for two in ((first, second), (first, first))]
    found = estimates_of(RunTotals(PAIRED_METRICS), runs)["damage_difference"]
    assert found == mean_interval([1 / 3, 0.0], bounds=(-1, 1))


def test_the_width_ratio_compares_with_orders_of_their_own() -> None:
    means = [(1.0, 2.1), (2.0, 3.0), (4.0, 4.8)]
    runs = [pair(outcomes_of([first]), outcomes_of([second])) for first, second in means]
    first, second = np.array(means).T
    paired = stats.sem(second - first)
    independent = math.hypot(stats.sem(first), stats.sem(second))
    ratio = estimates_of(RunTotals(PAIRED_METRICS), runs)["interval_width_ratio"].estimate
    assert ratio == pytest.approx(paired / independent)
    assert ratio < 0.1


def test_one_run_has_neither_intervals_nor_a_ratio_of_them() -> None:
    figures = estimates_of(
        RunTotals(PAIRED_METRICS), [pair(outcomes_of([1.0]), outcomes_of([2.0]))]
    )
    assert not any(figure.has_interval for figure in figures.values())
    assert math.isnan(figures["interval_width_ratio"].estimate)


def test_no_runs_are_refused() -> None:
    with pytest.raises(ValueError, match="no replicates"):
        combine_replicates([], {})


def test_a_paired_measurement_travels_light() -> None:
    measurement = pair(many_outcomes(20_000, 1), many_outcomes(20_000, 1, slowness=2.0))
    assert len(pickle.dumps(measurement)) < 100_000


def test_a_comparison_has_every_pair_in_the_order_given() -> None:
    worlds = {"quick": 0.5, "middling": 1.0, "slow": 2.0}
    replicates = [
        measure_together({name: many_outcomes(300, run, slow) for name, slow in worlds.items()})
        for run in range(3)
    ]
    comparison = combine_replicates(replicates, {"seed": 0})
    assert comparison.names == ("quick", "middling", "slow")
    assert list(comparison.paired) == ["quick vs middling", "quick vs slow", "middling vs slow"]
    assert comparison.replications == 3
    slower = comparison.paired[pair_name("quick", "slow")]["difference_days.mean"]
    assert slower.low > 1.0
