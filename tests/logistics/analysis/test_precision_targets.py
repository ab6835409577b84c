"""How far the figures of a gathering are from their targets: the interval is that of the tables."""

from __future__ import annotations

from functools import cache

import pytest
from outcomes_by_hand import many_outcomes

from logistics.analysis.comparison import Accumulator, Comparison, measure_together
from logistics.analysis.measures.registry import NETWORK_METRICS, PAIRED_METRICS
from logistics.analysis.statistics.stopping import Target, verdict

PAIR = "quick vs slow"


@cache
def six_runs() -> Accumulator:
    """Two networks given the same 2,000 orders, six times over."""
    gathering = Accumulator()
    for run in range(6):
        worlds = {"quick": 0.5, "slow": 2.0}
        gathering.add(
            measure_together(
                {name: many_outcomes(2000, run, slow) for name, slow in worlds.items()}
            )
        )
    return gathering


@cache
def compared() -> Comparison:
    return six_runs().comparison({})


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("slow", "delivery_days.mean"),
        ("slow", "delivery_days.p95"),
        ("slow", "promised_dates.p50"),
        ("slow", "damage_rate"),
        ("slow", "loss.theft"),
        ("slow", "on_time_rate"),
        (PAIR, "difference_days.mean"),
        (PAIR, "difference_days.p90"),
        (PAIR, "damage_difference"),
        (PAIR, "faster.first"),
    ],
)
def test_the_interval_of_a_goal_is_that_of_the_table(who: str, name: str) -> None:
    progress = six_runs().progress(who, Target(name, half_width=1000.0))
    figures = compared().metrics if who == "slow" else compared().paired
    assert progress.estimate == figures[who][name]
    assert (progress.runs, progress.precise) == (6, True)


def test_every_figure_with_an_interval_can_be_a_goal() -> None:
    figures = {**compared().metrics["slow"], **compared().paired[PAIR]}
    known = {**NETWORK_METRICS, **PAIRED_METRICS}
    can_be = {name for name, one in known.items() if one.has_interval}
    assert can_be == {name for name, one in figures.items() if one.has_interval}


def test_the_bottleneck_is_the_rare_rate() -> None:
    progress = [
        six_runs().progress("slow", Target("delivery_days.mean", half_width=0.5)),
        six_runs().progress("slow", Target("delivery_days.p95", half_width=0.5)),
        six_runs().progress("slow", Target("loss_rate", half_width=0.0001)),
    ]
    found = verdict(progress, budget=1_000_000, least_runs=6)
    assert (found.why, found.bottleneck) == ("more", "loss_rate")
    assert found.more_runs is not None
    assert found.more_runs > 100


@pytest.mark.parametrize(
    ("who", "name", "fault"),
    [
        ("slow", "parcels", "parcels: has no interval"),
        (PAIR, "interval_width_ratio", "has no interval"),
        ("slow", "difference_days.mean", "difference_days.mean: is no metric of slow"),
        (PAIR, "delivery_days.p95", "delivery_days.p95: is no metric of quick vs slow"),
        ("nobody", "delivery_days.mean", "is no metric of nobody"),
        ("slow", "delivery_days.p42", "is no metric of slow"),
    ],
)
def test_a_goal_for_what_is_not_there_is_refused(who: str, name: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        six_runs().progress(who, Target(name, half_width=1.0))
