"""Figures of parcels typed by hand: every definition once, with numbers a reader can check."""

import math
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from outcomes_by_hand import (
    ALBUM,
    HAIRBRUSH,
    RICHMOND,
    SEATTLE,
    estimates_of,
    many_outcomes,
    outcomes_of,
)

from logistics.analysis.measures.cases import CaseCounts, case_estimates, count_cases
from logistics.analysis.measures.metrics import RATE
from logistics.analysis.measures.network import NetworkTotals, measure
from logistics.analysis.measures.outcomes import NOT_DELIVERED, together
from logistics.analysis.measures.registry import NETWORK_METRICS
from logistics.analysis.statistics.distributions import Grid, Histogram, mean_distribution
from logistics.analysis.statistics.intervals import (
    Estimate,
    mean_interval,
    proportion_interval,
    quantile_interval,
    rate_interval,
)
from logistics.vocabulary import TOUCH_KINDS

# Eight parcels come, one ends each other way: 12 in all.
TWELVE = (0.5, 1.0, 1.25, 2.0, 2.5, 3.0, 7.0, 10.0, "lost", "stolen", "returned", "under_way")


def metrics_of(*days: Any, **columns: Any) -> dict[str, float]:
    return measure(outcomes_of(days, **columns)).values


# --- the grid ---------------------------------------------------------------------------------


def test_a_value_on_a_grid_line_counts_there_and_a_tick_more_does_not() -> None:
    quarter_hours = np.arange(97) / 96
    tick = 0.01 / 86_400
    assert Histogram.of(quarter_hours, Grid(0, 1, 96)).counts.tolist() == [1] * 97
    assert Histogram.of(quarter_hours[:-1] + tick, Grid(0, 1, 96)).counts.tolist() == [0] + [1] * 96


def test_values_below_the_grid_count_as_its_first_and_those_above_only_in_the_total() -> None:
    counted = Histogram.of(np.array([-9.0, -1.0, 0.5, 2.0, 2.1, np.inf]), Grid(-1, 2, 1))
    assert counted.counts.tolist() == [2, 0, 1, 1]
    assert counted.shares().tolist() == pytest.approx([2 / 6, 2 / 6, 3 / 6, 4 / 6])
    assert counted.within(1) == (3, 6)


def test_runs_on_different_grids_are_refused() -> None:
    two = [Histogram.of(np.array([1.0]), Grid(0, last, 1)) for last in (2, 3)]
    with pytest.raises(ValueError, match="2 different grids"):
        mean_distribution(two)


# --- one run ----------------------------------------------------------------------------------


def test_the_mean_is_over_delivered_and_shares_are_over_all() -> None:
    metrics = metrics_of(*TWELVE)
    assert metrics["delivery_days.mean"] == pytest.approx(27.25 / 8)
    within = [metrics[f"within_days.{k}"] for k in (1, 2, 3, 5, 7)]
    assert within == pytest.approx([2 / 12, 4 / 12, 6 / 12, 6 / 12, 7 / 12])
    assert metrics["delivered_rate"] == pytest.approx(8 / 12)


def test_quantiles_count_what_never_came_as_never() -> None:
    metrics = metrics_of(*TWELVE)
    assert metrics["delivery_days.p50"] == 3.0  # the sixth of twelve
    assert metrics["delivery_days.p90"] == math.inf


def test_quantiles_agree_with_numpy_to_a_quarter_of_an_hour() -> None:
    outcomes = many_outcomes(20_000, seed=3)
    run = mean_distribution([measure(outcomes).histograms["delivery_days"]])
    for p in (1, 50, 90, 95):
        exact = np.quantile(outcomes.delivery_days, p / 100, method="inverted_cdf")
        assert 0.0 <= quantile_interval(run, p / 100).estimate - exact < 1 / 96


def test_dates_are_counted_by_the_calendar_not_by_the_clock() -> None:
    metrics = metrics_of(0.9, 1.1, "lost", delivery_dates=[1, 1, NOT_DELIVERED])
    assert metrics["within_dates.1"] == pytest.approx(2 / 3)
    assert metrics["within_days.1"] == pytest.approx(1 / 3)


def test_dispatch_is_from_order_to_first_scan() -> None:
    metrics = metrics_of(
        2.0,
        5.0,
        "lost",
        "lost",
        dispatch_days=[0.5, 3.5, 1.0, math.inf],
        dispatched_in_time=[True, False, True, False],
    )
    assert metrics["dispatch_days.mean"] == pytest.approx(5.0 / 3)  # of those scanned
    assert metrics["dispatch_days.p50"] == 1.0  # of all
    assert metrics["dispatch_days.p90"] == math.inf
    assert metrics["dispatched_in_time_rate"] == 0.5


def test_early_and_on_the_day_are_on_time_and_missing_is_not() -> None:
    metrics = metrics_of(1.0, 2.0, 3.0, 9.0, "stolen", late_days=[-2, 0, 1, 4, math.inf])
    assert metrics["on_time_rate"] == pytest.approx(2 / 5)
    assert metrics["late_days_when_late.mean"] == pytest.approx(2.5)
    promised = [metrics[f"promised_dates.p{p}"] for p in (10, 50, 90)]
    assert promised == [2.0, 2.0, 5.0]  # promised for dates 3, 2, 2 and 5


def test_damage_is_over_delivered_and_split_by_what_did_it() -> None:
    metrics = metrics_of(
        1.0, 2.0, 3.0, 4.0, "lost", damaged=("road", "", "road", "door step", "conveyor")
    )
    assert metrics["damage_rate"] == pytest.approx(3 / 4)
    assert metrics["damage_split.road"] == pytest.approx(2 / 4)
    assert metrics["damage_split.door_step"] == pytest.approx(1 / 4)
    assert metrics["damage_split.conveyor"] == 0.0  # it was lost
    kinds = [metrics["damage_split." + kind.replace(" ", "_")] for kind in TOUCH_KINDS]
    assert sum(kinds) == pytest.approx(metrics["damage_rate"])


def test_the_two_parts_of_expected_damage_add_up_to_its_probability() -> None:
    handling, packaging = [0.2, 0.1], [0.1, -0.1]
    metrics = metrics_of(1.0, 2.0, hazard_handling=handling, hazard_packaging=packaging)
    neutral = 1 - (math.exp(-0.2) + math.exp(-0.1)) / 2
    together = 1 - (math.exp(-0.3) + 1.0) / 2
    assert metrics["damage_expected.handling"] == pytest.approx(neutral)
    assert metrics["damage_expected.packaging"] == pytest.approx(together - neutral)


def test_loss_is_what_the_network_lost_and_what_was_stolen() -> None:
    metrics = metrics_of(1.0, "lost", "lost", "stolen", "returned")
    assert metrics["loss_rate"] == pytest.approx(3 / 5)
    assert metrics["loss.network"] == pytest.approx(2 / 5)
    assert metrics["loss.theft"] == pytest.approx(1 / 5)
    assert metrics["returned_rate"] == pytest.approx(1 / 5)
    assert metrics["under_way_rate"] == 0.0


def test_the_way_is_of_delivered_parcels_and_zones_are_of_all() -> None:
    metrics = metrics_of(
        1.0, 2.0, "lost", touches=[4, 8, 1], distance_km=[100, 300, 9], zone=[2, 8, 8]
    )
    assert metrics["touches_mean"] == 6.0
    assert metrics["distance_km_mean"] == 200.0
    assert metrics["zone_share.2"] == pytest.approx(1 / 3)
    assert metrics["zone_share.8"] == pytest.approx(2 / 3)
    assert metrics["zone_share.5"] == 0.0


def test_the_five_hours_add_up_to_the_mean_delivery_time() -> None:
    metrics = measure(many_outcomes(5_000, seed=2)).values
    hours = [metrics[name] for name in metrics if name.startswith("hours.")]
    assert len(hours) == 5
    assert sum(hours) == pytest.approx(24 * metrics["delivery_days.mean"], rel=1e-6)


def test_an_order_is_delivered_when_its_last_parcel_is() -> None:
    metrics = metrics_of(
        1.0, 4.0, 2.0, 3.0, "lost", order_id=[7, 7, 8, 9, 9], parcel_id=[1, 2, 1, 1, 2]
    )
    assert (metrics["parcels"], metrics["orders"]) == (5, 3)
    assert metrics["order_days.mean"] == pytest.approx(3.0)  # of 4 and 2: order 9 is not whole
    assert metrics["order_days.p50"] == 4.0
    assert metrics["order_days.p90"] == math.inf


def test_nothing_measured_gives_no_number_and_no_warning() -> None:
    metrics = metrics_of()
    assert metrics.pop("parcels") == metrics.pop("orders") == 0
    assert all(math.isnan(value) for value in metrics.values())


def test_nothing_delivered_has_no_mean_but_shares() -> None:
    metrics = metrics_of("lost", "under_way")
    assert math.isnan(metrics["delivery_days.mean"])
    assert math.isnan(metrics["damage_rate"])
    assert metrics["delivery_days.p50"] == math.inf
    assert metrics["on_time_rate"] == 0.0


def test_every_figure_is_defined_and_a_measurement_travels_light() -> None:
    measurement = measure(many_outcomes(50_000, seed=1))
    assert list(measurement.values) == list(NETWORK_METRICS)
    assert len(pickle.dumps(measurement)) < 100_000


# --- several runs -----------------------------------------------------------------------------


def test_means_are_over_runs_and_counts_are_summed() -> None:
    runs = [measure(outcomes_of(days)) for days in ((1.0, 3.0), (2.0, 3.0, 4.0), (4.0, "lost"))]
    metrics = estimates_of(NetworkTotals(), runs)
    assert metrics["delivery_days.mean"] == mean_interval([2.0, 3.0, 4.0], bounds=(0, math.inf))
    assert metrics["delivered_rate"].estimate == pytest.approx(6 / 7)
    assert metrics["within_days.3"] == rate_interval([2, 2, 0], [2, 3, 2])
    assert metrics["parcels"].estimate == 7
    assert not metrics["parcels"].has_interval


def test_no_share_of_two_runs_that_agree_has_an_interval_of_no_width() -> None:
    two_quick_days = [measure(outcomes_of([1.0] * 52)) for _ in range(2)]
    metrics = estimates_of(NetworkTotals(), two_quick_days)
    counted = {name for name, one in NETWORK_METRICS.items() if one.estimator == RATE}
    shares = {name for name, one in NETWORK_METRICS.items() if one.unit == "share"}
    assert shares - counted == {"damage_expected.handling", "damage_expected.packaging"}
    all_of_104 = proportion_interval(104, 104)
    assert all_of_104.low == pytest.approx(0.965, abs=0.0005)
    assert metrics["on_time_rate"] == metrics["within_days.1"] == all_of_104
    assert metrics["dispatched_in_time_rate"] == metrics["delivered_rate"] == all_of_104
    for name in counted:
        assert metrics[name] in (proportion_interval(0, 104), all_of_104), name


def test_a_share_of_runs_that_stored_only_a_number_is_of_all_their_parcels() -> None:
    runs = [measure(outcomes_of([1.0] * 40 + [9.0] * late)) for late in (12, 3)]
    now = estimates_of(NetworkTotals(), runs)
    stored = [replace(one, counts={}) for one in runs]
    then = estimates_of(NetworkTotals(), stored)
    assert now["within_days.7"] == rate_interval([40, 40], [52, 43])
    assert vars(then["within_days.7"]) == pytest.approx(vars(now["within_days.7"]))


def test_nothing_lost_in_few_parcels_is_not_never() -> None:
    runs = [measure(outcomes_of([1.0] * 100))] * 3
    metrics = estimates_of(NetworkTotals(), runs)
    assert metrics["loss_rate"].estimate == metrics["loss_rate"].low == 0.0
    assert metrics["loss_rate"].high == pytest.approx(1 - 0.025 ** (1 / 300))
    assert metrics["delivered_rate"].low == pytest.approx(0.025 ** (1 / 300))


def test_a_run_without_parcels_gives_a_rate_no_interval() -> None:
    metrics = estimates_of(
        NetworkTotals(), [measure(outcomes_of([])), measure(outcomes_of([1.0, "lost"]))]
    )
    assert metrics["loss_rate"].estimate == 0.5
    assert not metrics["loss_rate"].has_interval


def test_a_quantile_of_several_runs_is_that_of_their_mean_distribution() -> None:
    runs = [measure(outcomes_of(days)) for days in ((1.0, 2.0), (1.0, 4.0))]
    # Between days 2 and 4 the two runs differ by half, so the lower end does not reach 0.5.
    assert estimates_of(NetworkTotals(), runs)["delivery_days.p50"] == Estimate(1.0, 1.0, 4.0)
    shares = mean_distribution([one.histograms["delivery_days"] for one in runs]).share
    assert shares[[96, 2 * 96, 4 * 96]].tolist() == [0.5, 0.75, 1.0]


def test_one_run_gives_its_own_figures_without_intervals() -> None:
    measurement = measure(many_outcomes(1_000, seed=1))
    metrics = estimates_of(NetworkTotals(), [measurement])
    assert {name: figure.estimate for name, figure in metrics.items()} == measurement.values
    assert not any(figure.has_interval for figure in metrics.values())


def test_a_run_in_which_nothing_was_late_has_no_say_in_how_late() -> None:
    runs = [measure(outcomes_of([2.0], late_days=[late])) for late in (-1, 2, 4)]
    assert estimates_of(NetworkTotals(), runs)["late_days_when_late.mean"].estimate == 3.0


# --- outcomes that contradict themselves ------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"order_id": [2, 1]}, "order 1, parcel 2: breaks the rule 'sorted by"),
        ({"order_id": [1, 1], "parcel_id": [1, 1]}, "sorted by"),
        ({"lost": [True, False]}, "exactly one of delivered, lost"),
        ({"delivery_days": [1.0, 5.0]}, "delivery_days: finite and >= 0 if delivered, else"),
        ({"delivery_days": [-1.0, math.inf]}, "delivery_days: finite and >= 0"),
        ({"delivery_days": [math.nan, math.inf]}, "delivery_days: finite and >= 0"),
        ({"delivery_dates": [NOT_DELIVERED, NOT_DELIVERED]}, "delivery_dates: NOT_DELIVERED if"),
        ({"late_days": [0.0, 0.0]}, "late_days: finite if delivered"),
        ({"late_days": [math.nan, math.inf]}, "late_days: a number"),
        ({"dispatch_days": [2.0, math.inf]}, "dispatch_days: from 0 to delivery_days"),
        ({"age_days": [1.0, math.nan]}, "age_days: finite and >= 0 if under way"),
        ({"dispatched_in_time": [True, True]}, "dispatched_in_time: only with an acceptance scan"),
        ({"damaged_kind": [0, -1]}, "damaged_kind: -1 or a row"),
        ({"product": [2, 0]}, "product: a row of names.products"),
        ({"market": [-1, 0]}, "market: a row of names.markets"),
        ({"zone": [1, 4]}, "zone: from 2 to 8"),
        ({"hours": np.ones((5, 2))}, "hours: add up to 24"),
        ({"hazard_handling": [-0.1, 0.0]}, "hazard_handling: at least 0"),
        ({"hazard_packaging": [-0.1, 0.0]}, r"hazard_handling \+ hazard_packaging: at least 0"),
        ({"touches": [1, 2, 3]}, r"touches: is int16\[3\] \(allowed: int16\[2\]\)"),
    ],
)
def test_a_column_that_breaks_a_rule_is_refused(columns: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        outcomes_of([1.0, "lost"], **columns)


def test_every_broken_rule_is_told_at_once() -> None:
    with pytest.raises(ValueError, match=r"(?s)zone.*\(2 of 2 rows do\)") as refused:
        outcomes_of([1.0, "lost"], zone=[1, 9], market=[7, 0], damaged=("", ""))
    assert str(refused.value).count("breaks the rule") == 2


# --- the two shoppers -------------------------------------------------------------------------


def shoppers() -> dict[str, CaseCounts]:
    return count_cases(
        outcomes_of(
            [2.0, 8.0, 9.0, "lost", 7.0, 9.0, 9.0],
            damaged=("", "road", "", "", "", "road", "road"),
            product=[ALBUM] * 5 + [HAIRBRUSH, ALBUM],
            market=[RICHMOND] * 5 + [RICHMOND, SEATTLE],
            hazard_handling=[0.1] * 7,
            hazard_packaging=[0.2] * 7,
        )
    )


def test_a_case_counts_one_product_to_one_market() -> None:
    counts = shoppers()["album_to_richmond"]
    assert (counts.parcels, counts.delivered, counts.damaged) == (5, 4, 1)
    assert counts.week_or_more == 4  # 7.0 days is a week, lost is never
    assert (counts.week_and_damaged, counts.week_and_spoilt) == (1, 2)
    assert counts.chance_sum == pytest.approx(3 * (1 - math.exp(-0.3)))
    assert shoppers()["hairbrush_to_seattle"].parcels == 0


def test_cases_are_pooled_over_runs_with_the_counts_behind_them() -> None:
    metrics = case_estimates(together(shoppers(), shoppers()))
    case = "album_to_richmond"
    assert metrics[f"{case}.parcels"].estimate == 10
    assert metrics[f"{case}.week_or_more"].estimate == 0.8
    assert metrics[f"{case}.damaged"].estimate == pytest.approx(2 / 8)
    both = metrics[f"{case}.week_or_more_and_damaged"]
    assert both.estimate == pytest.approx(2 / 10)
    assert (both.low, both.high) == pytest.approx((0.0252, 0.5561), abs=1e-4)
    chance = 1 - math.exp(-0.3)
    expected = mean_interval([chance] * 6 + [0.0] * 4)
    pooled = metrics[f"{case}.week_or_more_and_damaged_expected"]
    assert (pooled.estimate, pooled.low, pooled.high) == pytest.approx(
        (expected.estimate, expected.low, expected.high)
    )


def test_a_case_none_of_which_took_a_week_may_have_missed_some() -> None:
    quick = {"album_to_richmond": CaseCounts(parcels=104, delivered=104)}
    found = case_estimates(quick)["album_to_richmond.week_or_more_and_damaged_expected"]
    assert found == proportion_interval(0, 104)


def test_a_case_without_parcels_has_no_shares() -> None:
    metrics = case_estimates(shoppers())
    assert metrics["hairbrush_to_seattle.parcels"].estimate == 0
    assert math.isnan(metrics["hairbrush_to_seattle.week_or_more"].estimate)
