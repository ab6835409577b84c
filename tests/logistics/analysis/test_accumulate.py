"""Runs taken in one at a time give what all of them give together, and leave little behind."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from outcomes_by_hand import band, combine_replicates, many_outcomes, outcomes_of

from benchmarks.simultaneous import paired_differences
from logistics.analysis.comparison import Accumulator, Replicate, measure_together
from logistics.analysis.measures.metrics import RATE
from logistics.analysis.measures.registry import NETWORK_METRICS, PAIRED_METRICS
from logistics.analysis.statistics.distributions import DistributionTotals
from logistics.analysis.statistics.intervals import mean_interval, quantile_interval, rate_interval

WORLDS = {"quick": 0.5, "slow": 2.0}


@cache
def four_runs() -> tuple[Replicate, ...]:
    return tuple(run(number) for number in range(4))


def run(number: int, parcels: int = 500) -> Replicate:
    return measure_together(
        {name: many_outcomes(parcels, number, slow) for name, slow in WORLDS.items()}
    )


def gathered(runs: tuple[Replicate, ...]) -> Accumulator:
    gathering = Accumulator()
    for one in runs:
        gathering.add(one)
    return gathering


def test_the_band_is_that_of_all_runs_at_once() -> None:
    counted = [one.measurements["slow"].histograms["delivery_days"] for one in four_runs()]
    one_by_one = DistributionTotals(counted[0].grid)
    for histogram in counted:
        one_by_one.add(histogram)
    parcels = sum(one.total for one in counted)
    at_once = band(counted[0].grid.values(), [one.shares() for one in counted], parcels)
    for name in ("share", "low", "high"):
        mine, theirs = getattr(one_by_one.band(), name), getattr(at_once, name)
        assert np.abs(mine - theirs).max() < 1e-14
    assert one_by_one.runs == 4


def test_a_run_without_parcels_has_no_say_and_a_lone_one_no_interval() -> None:
    nobody, two, late = (
        measure_together({"A": outcomes_of(days)}) for days in ([], [1.0, 2.0], [1.0, 3.0])
    )
    gathering = gathered((nobody, two))
    lone = gathering.measurements["A"].bands()["delivery_days"]
    assert np.isnan(lone.low).all()
    assert lone.share[[96, 2 * 96]].tolist() == [0.5, 1.0]
    gathering.add(late)
    both = gathering.measurements["A"].bands()["delivery_days"]
    assert both.share[[96, 2 * 96]].tolist() == [0.5, 0.75]
    assert not np.isnan(both.low).any()


def test_figures_are_means_shares_of_all_parcels_and_quantiles_of_the_mean_distribution() -> None:
    comparison = combine_replicates(four_runs(), {})
    runs = [one.measurements["slow"] for one in four_runs()]
    figures = comparison.metrics["slow"]
    means = [one.values["delivery_days.mean"] for one in runs]
    assert figures["delivery_days.mean"] == mean_interval(means, bounds=(0, math.inf))
    damaged, delivered = zip(*(one.counts["damage_rate"] for one in runs), strict=True)
    assert figures["damage_rate"] == rate_interval(damaged, delivered)
    distribution = comparison.distributions["slow"]
    assert figures["delivery_days.p95"] == quantile_interval(distribution, 0.95)


def test_every_counted_share_is_its_count_over_its_total() -> None:
    one = four_runs()[0].measurements["slow"]
    rates = [name for name, metric in NETWORK_METRICS.items() if metric.estimator == RATE]
    assert set(one.counts) == set(rates)
    assert len(rates) == len([m for m in NETWORK_METRICS.values() if m.unit == "share"]) - 2
    for name, (part, whole) in one.counts.items():
        assert one.values[name] == part / whole
    assert (
        sum(one.counts[name][0] for name in rates if name.startswith("damage_split"))
        == (one.counts["damage_rate"][0])
    )


def test_values_are_every_figure_of_every_run() -> None:
    rows = list(gathered(four_runs()).values())
    of_several_runs = 2
    a_run = 2 * len(NETWORK_METRICS) + len(PAIRED_METRICS) - of_several_runs
    assert len(rows) == 4 * a_run
    third = {(name, figure): (value, unit) for name, run, figure, value, unit in rows if run == 2}
    replicate = four_runs()[2]
    faster = replicate.pairs["quick", "slow"].values["faster.first"]
    assert third["quick vs slow", "faster.first"] == (faster, "share")
    mean = replicate.measurements["quick"].values["delivery_days.mean"]
    assert third["quick", "delivery_days.mean"] == (mean, "days")


def test_bands_are_of_every_distribution() -> None:
    found = gathered(four_runs()).measurements["quick"].bands()
    assert list(found) == ["delivery_days", "order_days", "dispatch_days", "promised_dates"]


def test_what_does_not_go_together_is_refused() -> None:
    gathering = gathered(four_runs())
    with pytest.raises(ValueError, match=r"a run of \['A'\], not of \('quick', 'slow'\)"):
        gathering.add(measure_together({"A": outcomes_of([1.0])}))
    with pytest.raises(ValueError, match="no replicates"):
        Accumulator().comparison({})


def test_a_gathering_of_many_runs_is_hardly_larger_than_one_of_few() -> None:
    small = run(0, parcels=50)
    gathering = gathered((small,) * 3)
    before = len(pickle.dumps(gathering))
    for _ in range(100):
        gathering.add(small)
    each = (len(pickle.dumps(gathering)) - before) / 100
    assert each < 4_000  # bytes
    assert each < len(pickle.dumps(small)) / 20


# --- how sure: several pairs at once, parcels under way, days that settle -------------------------


def three_worlds(runs: int = 5) -> Accumulator:
    worlds = {"quick": 0.5, "middling": 1.0, "slow": 2.0}
    gathering = Accumulator()
    for number in range(runs):
        gathering.add(
            measure_together({n: many_outcomes(300, number, slow) for n, slow in worlds.items()})
        )
    return gathering


def test_verdicts_on_three_pairs_go_by_intervals_that_hold_together() -> None:
    comparison = three_worlds().comparison({})
    for pair, values in comparison.values.items():
        for name, runs in values.items():
            plain, wide = comparison.paired[pair][name], comparison.simultaneous[pair][name]
            assert len(runs) == 5
            assert wide.estimate == plain.estimate == pytest.approx(runs.mean())
            assert wide.low < plain.low < plain.high < wide.high


def test_they_are_those_of_bonferroni() -> None:
    """Figures of networks whose difference is the paired one: here where all is delivered."""
    gathering, means = Accumulator(), {"A": [], "B": [], "C": []}
    for number in range(4):
        rng = np.random.default_rng(number)
        days = {name: rng.gamma(4.0, 1.0, 50) for name in means}
        gathering.add(measure_together({name: outcomes_of(one) for name, one in days.items()}))
        for name, one in days.items():
            means[name].append(one.mean())
    told = gathering.comparison({}).simultaneous
    for (first, second), figure in paired_differences(means).figures.items():
        mine = told[f"{first} vs {second}"]["difference_days.mean"]
        assert (mine.low, mine.high) == pytest.approx((figure.low, figure.high))


def test_two_networks_need_no_wider_interval() -> None:
    comparison = gathered(four_runs()).comparison({})
    assert (
        comparison.simultaneous["quick vs slow"]["damage_difference"]
        == (comparison.paired["quick vs slow"]["damage_difference"])
    )


def test_parcels_under_way_leave_quantiles_open_between_now_and_never() -> None:
    """Of 100 parcels 94 came on day 1; 6 are under way for 3 days: they decide on the slowest."""
    days = [1.0] * 94 + ["under_way"] * 6
    age = [math.nan] * 94 + [3.0] * 6
    made = combine_replicates([measure_together({"A": outcomes_of(days, age_days=age)})] * 2, {})
    median, _, p95, p99 = made.unfinished["A"]
    assert (median.open, p95.open, p99.open) == (False, True, True)
    assert (p95.low.estimate, p95.high.estimate) == (3.0, math.inf)
    assert p95.under_way == 12  # of both runs
    assert p95.high.estimate == made.metrics["A"]["delivery_days.p95"].estimate


def test_days_that_settle_are_found_where_the_warm_up_is_known() -> None:
    """The first two of three weeks' days are half as long as all others."""
    daily = np.full(21, 4.0) + 0.01 * (np.arange(21) % 5)
    daily[:2] = 2.0
    run = measure_together({"A": replace(outcomes_of([4.0]), daily_days=daily)})
    gathering = gathered((run, run))
    settled = gathering.comparison({"warm_up_days": 3}).warm_up["A"]
    assert (settled.cut_days, settled.simulated_days, settled.enough) == (2, 3, True)
    assert gathering.comparison({"warm_up_days": 0}).warm_up["A"].enough is False
    assert gathering.comparison({}).warm_up == {}
    assert gathered(four_runs()).comparison({"warm_up_days": 3}).warm_up == {}


def test_without_the_causes_the_figures_are_the_same() -> None:
    figures = Accumulator()
    for one in four_runs():
        figures.add(replace(one, group_totals={}, sums={}, places={}, damage={}))
    whole = gathered(four_runs()).comparison({})
    assert figures.comparison({}).metrics == whole.metrics
    assert not figures.comparison({}).group_totals
