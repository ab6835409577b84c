"""Caveats, in words: parcels that may still arrive, days that have not settled."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from outcomes_by_hand import combine_replicates, many_outcomes, outcomes_of
from rich.console import Console
from whole_comparisons import World, facts, three_networks

from logistics.analysis.comparison import Comparison, measure_together
from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.analysis.statistics.uncertainty import two_intervals
from logistics.analysis.statistics.warm_up import CommonWarmUp
from logistics.report.page import page
from logistics.report.summary import summary
from logistics.report.tables.provenance import Background
from logistics.report.tables.terminal import print_comparison
from logistics.report.text.answer import gains
from logistics.report.text.caveats import caveats_of, sample_note, warm_ups
from logistics.report.text.headline import main_caveats


def slow(still: int, age_days: float) -> Comparison:
    """Of 100 parcels all but `still` came after a day; those are under way for `age_days`."""
    days = [1.0] * (100 - still) + ["under_way"] * still
    ages = [math.nan] * (100 - still) + [age_days] * still
    run = measure_together({"slow": outcomes_of(days, age_days=ages)})
    return combine_replicates([run, run], facts(World({"slow": 1.0})))


def others(result: Comparison) -> list[str]:
    """The caveats but that intervals are of random variation only."""
    return [
        line
        for line in caveats_of(result)
        if not line.startswith("95% confidence intervals, random variation only")
    ]


@pytest.mark.parametrize(
    ("first_day", "days", "said"),
    [
        ("2023-09-18", 7, ""),
        ("2023-09-20", 28, ""),
        ("2023-09-18", 1, "1 measured day, Monday: "),
        ("2023-09-18", 2, "2 measured days, Monday and Tuesday: "),
        (
            "2023-09-22",
            10,
            "10 measured days, Friday, Saturday and Sunday twice, the other weekdays once: ",
        ),
        ("2023-09-24", 22, "22 measured days, Sunday 4 times, the other weekdays 3 times: "),
    ],
)
def test_days_that_are_not_whole_weeks_name_the_weekdays_that_weigh_too_much(
    first_day: str, days: int, said: str
) -> None:
    rest = "not whole weeks, so weekday effects do not average out."
    note = sample_note({"first_day": first_day, "days": days})
    assert note == (said + rest if said else "")


def test_a_run_that_does_not_tell_its_days_has_no_note() -> None:
    assert sample_note({}) == ""


def test_the_note_stands_beside_the_figures_on_every_face() -> None:
    result = slow(still=0, age_days=0.0)
    two_days = {**result.run, "first_day": "2023-09-18", "days": 2}
    result = replace(result, run=two_days)
    note = sample_note(two_days)
    console = Console(width=200, file=io.StringIO(), record=True)
    print_comparison(result, console)
    below_the_first_table = console.export_text().split("Delivery time:")[0]
    assert note in below_the_first_table
    assert note in main_caveats(result)
    assert note in page(result, [], Background())
    assert summary(result)["run"]["not_whole_weeks"] == note
    whole = replace(result, run={**two_days, "days": 7})
    assert "not_whole_weeks" not in summary(whole)["run"]


def test_parcels_under_way_are_told_with_what_they_leave_open() -> None:
    (doubt,) = others(slow(still=6, age_days=9.14))
    assert doubt.startswith("slow: 6.00% of the parcels were still in transit when the run ended,")
    assert "open P95 9.1 days to not reached; P99 9.1 days to not reached; the mean" in doubt
    assert doubt.endswith("(--follow-days, now 16).")


def test_parcels_too_few_to_move_a_quantile_are_no_doubt() -> None:
    many = ["under_way"] + [1.0] * 199
    ages = [20.0] + [math.nan] * 199
    run = measure_together({"quick": outcomes_of(many, age_days=ages)})
    assert others(combine_replicates([run], facts(World({"quick": 1.0})))) == []


def test_a_quantile_that_is_not_reached_either_way_is_not_theirs_to_move() -> None:
    days = [1.0] * 90 + ["lost"] * 9 + ["under_way"]
    ages = [math.nan] * 99 + [20.0]
    run = measure_together({"lossy": outcomes_of(days, age_days=ages)})
    assert others(combine_replicates([run], facts(World({"lossy": 1.0})))) == []


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (CommonWarmUp(0, True, 10, 0.0), "no day differs from later ones of its weekday beyond"),
        (CommonWarmUp(1, True, 3, 0.0), "the first 1 day differs from later ones of the weekday"),
        (CommonWarmUp(3, True, 10, 0.0), "the first 3 days differ from later ones"),
        (CommonWarmUp(12, False, 20, 0.0), "too few days to say"),
    ],
)
def test_the_warm_up_is_told_beside_what_was_simulated(found: CommonWarmUp, text: str) -> None:
    told = replace(three_networks(), warm_up={"next-day": found})
    (line,) = warm_ups(told).values()
    assert text in line
    assert f"; {found.simulated_days} days simulated before those measured" in line
    html = page(told, [], Background())
    assert "Warm-up of next-day" in html
    assert line in html
    assert others(told) == []


def test_measured_days_that_have_not_settled_are_a_doubt_that_says_what_to_do() -> None:
    told = replace(three_networks(), warm_up={"next-day": CommonWarmUp(3, True, 1, -0.0082)})
    (doubt,) = others(told)
    assert doubt.startswith("next-day: the first 2 days measured differ from later ones")
    assert "moves the mean by -0.8%" in doubt
    assert doubt.endswith("(--warm-up-days 3, now 1).")


def test_what_the_same_orders_gained_is_a_sentence_a_pair() -> None:
    worlds = {"A": 1.0, "B": 1.3}
    runs = [
        measure_together({name: many_outcomes(500, run, slow) for name, slow in worlds.items()})
        for run in range(4)
    ]
    made = combine_replicates(runs, facts(World(worlds)))
    (sentence,) = gains(made)
    figures = made.paired["A vs B"]
    assert (
        f"{figures['interval_width_ratio'].estimate:.2f} times as wide as with independent"
        in sentence
    )
    assert f"over the runs {figures['run_correlation'].estimate:.2f})" in sentence
    assert sentence in page(made, [], Background())
    assert gains(combine_replicates(runs[:2], {})) == []  # of two runs it is always 1


def test_the_correlation_over_runs_is_pearsons_of_the_means() -> None:
    means = np.array([(1.0, 2.1), (2.0, 3.0), (4.0, 4.8)])
    runs = [
        measure_together({"A": outcomes_of([one]), "B": outcomes_of([other])})
        for one, other in means.tolist()
    ]
    figure = combine_replicates(runs, {}).paired["A vs B"]["run_correlation"]
    assert figure.estimate == pytest.approx(np.corrcoef(means.T)[0, 1])
    assert not figure.has_interval


def test_that_intervals_are_by_luck_alone_is_told_unless_assumptions_were_varied() -> None:
    one = three_networks()
    response = Response("next-day", "delivery_days.mean")
    drawn = [{"load": float(row)} for row in range(20)]
    found = two_intervals(Estimate(1.0, 0.9, 1.1), [row / 10 for row in range(20)], drawn)
    assert found is not None
    varied = replace(one, ranges={response: found})
    assert any("--assumptions 40" in line for line in caveats_of(one))
    assert not any("--assumptions" in line for line in caveats_of(varied))
