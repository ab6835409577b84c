"""What a what-if changes, and when it is over, from series typed by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from outcomes_by_hand import many_outcomes

from logistics.analysis.effects import ByDate, Effect, effect
from logistics.analysis.measures.network import NetworkTotals, measure
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.text.effects import recovery_words

MONDAY = "2023-09-18"
USUAL = np.full(7, 2.0)


def week(days: list[float], backlog: list[float] | None = None) -> Effect:
    """A week whose every day takes 2 days and has a backlog of 2 without the what-if."""
    series = np.array(days), USUAL, np.array(backlog or USUAL), USUAL
    return Effect({}, {}, ByDate(MONDAY, *series), MONDAY, MONDAY)


def test_it_is_over_when_every_later_day_is_within_a_twentieth() -> None:
    # Tuesday and Wednesday are late, Thursday is within 5%, Friday just beyond
    one = week([2.0, 3.0, 2.5, 2.09, 2.11, 2.0, 2.0])
    assert one.by_date.unusual() == [1, 2, 4]
    assert one.recovered == date(2023, 9, 23)


def test_faster_is_not_usual_either() -> None:
    assert week([2.0, 1.8, 2.0, 2.0, 2.0, 2.0, 2.0]).recovered == date(2023, 9, 20)


def test_a_backlog_must_be_gone_too() -> None:
    one = week([2.0, 3.0, 2.0, 2.0, 2.0, 2.0, 2.0], [2.0, 2.5, 2.6, 2.4, 2.2, 2.0, 2.0])
    assert one.recovered == date(2023, 9, 23)
    assert one.by_date.worst() == 2


def test_without_a_usual_last_day_it_is_not_over() -> None:
    assert week([2.0, 3.0, 3.0, 3.0, 3.0, 3.0, 2.2]).recovered is None


def test_where_no_day_differs_there_is_nothing_to_recover_from() -> None:
    one = week(USUAL.tolist())
    assert one.by_date.unusual() == []
    assert one.recovered == date(2023, 9, 18)


def test_days_on_which_nothing_arrives_are_not_usual() -> None:
    one = week([2.0, 2.0, 2.0, 2.0, 2.0, np.nan, np.nan])
    assert one.by_date.unusual() == [5, 6]
    assert one.recovered is None


def test_days_on_which_nothing_arrives_either_way_are_usual() -> None:
    series = np.array([2.0, np.nan]), np.array([2.0, np.nan]), USUAL[:2], USUAL[:2]
    assert ByDate(MONDAY, *series).unusual() == []


def test_what_goes_on_after_the_measured_days_is_not_over() -> None:
    by_date = week([2.0, 3.0, 2.0, 2.0, 2.0, 2.0, 2.0]).by_date
    until_sunday, until_monday = (
        Effect({}, {}, by_date, "2023-09-19", end) for end in ("2023-09-24", "2023-09-25")
    )
    assert until_sunday.recovered == date(2023, 9, 20)
    assert until_monday.recovered is None
    text = "not over within the measured days: it lasts until Mon Sep 25 (--days)"
    assert recovery_words(until_monday) == text


def totals(slower: float, runs: int = 3) -> NetworkTotals:
    """Runs with the same random draws, each parcel as much slower."""
    found = NetworkTotals()
    for run in range(runs):
        found.add(measure(many_outcomes(200, seed=run, slowness=slower)))
    return found


def test_a_change_is_of_the_same_draws_and_a_percentile_as_wide_as_both() -> None:
    base, changed = totals(1.0), totals(1.5)
    by_date = week(USUAL.tolist()).by_date
    found = effect(changed, base, by_date, ["2023-09-20", "2023-09-19"])
    assert (found.starts, found.ends) == ("2023-09-19", "2023-09-20")
    differences = changed.values("delivery_days.mean") - base.values("delivery_days.mean")
    mean = found.changes["delivery_days.mean"]
    assert mean.estimate == pytest.approx(differences.mean())
    half = 4.302653 * differences.std(ddof=1) / np.sqrt(3)  # t, 2 degrees of freedom
    assert mean.high - mean.estimate == pytest.approx(half)
    with_, without = (one.estimates()["delivery_days.p50"] for one in (changed, base))
    p50 = found.changes["delivery_days.p50"]
    assert p50 == Estimate(
        with_.estimate - without.estimate, with_.low - without.high, with_.high - without.low
    )
    assert "parcels" not in found.changes


def test_other_runs_are_not_paired() -> None:
    with pytest.raises(ValueError, match=r"^2 runs and 3 without the what-if: not paired$"):
        effect(totals(1.0, 2), totals(1.0), week(USUAL.tolist()).by_date)
