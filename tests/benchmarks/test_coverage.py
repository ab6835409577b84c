"""How often the intervals hold the truth: the study runs, and what it says is plausible."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import coverage, coverage_page, known_processes
from logistics.analysis.statistics.intervals import difference_interval, rate_interval
from logistics.analysis.statistics.stopping import LEAST_RUNS, Target, progress_of_mean


@pytest.fixture(scope="module")
def rows() -> list[coverage_page.Row]:
    return [row for study in coverage.STUDIES for row in study(coverage.SMALL)]


def test_the_page_has_every_section_and_every_interval(
    rows: list[coverage_page.Row], tmp_path: Path
) -> None:
    page = tmp_path / "coverage.md"
    again = coverage.main(["--small", "--page", str(page)])
    assert again == rows  # seeded
    text = page.read_text()
    assert {row.section for row in rows} == set(coverage_page.SECTIONS)
    for section in coverage_page.SECTIONS:
        assert f"## {section}\n" in text
    for process in {row.process for row in rows}:
        assert f"| {process} |" in text


def mean_coverage(rows: list[coverage_page.Row], section: str, method: str) -> float:
    return float(
        np.mean([row.coverage for row in rows if (row.section, row.method) == (section, method)])
    )


def test_what_is_recommended_covers_more_than_what_it_replaces(
    rows: list[coverage_page.Row],
) -> None:
    rates = [mean_coverage(rows, "Rare rates", method) for method in ("rate", "t")]
    assert 0.94 < rates[0] < 0.99
    assert rates[0] > rates[1] + 0.005
    assert mean_coverage(rows, "Shares", "share") > mean_coverage(rows, "Shares", "t") + 0.03
    section = "Several networks at once"
    assert mean_coverage(rows, section, "Bonferroni") > 0.9
    assert mean_coverage(rows, section, "Bonferroni") > 0.1 + mean_coverage(
        rows, section, "each by itself"
    )
    assert mean_coverage(rows, "Quantiles", "inverted") > mean_coverage(rows, "Quantiles", "t")


@pytest.mark.parametrize(
    ("parcels", "share", "excess"),
    [(52, 0.995, 1), (52, 0.8, 2), (200, 0.95, 2), (2_000, 0.3, 5), (2_000, 0.995, 5)],
)
@pytest.mark.parametrize("runs", [2, 4])
def test_a_share_holds_what_it_promises(
    parcels: int, share: float, excess: float, runs: int
) -> None:
    """All of them on time in many small runs, or runs that differ by more than chance."""
    rng = np.random.default_rng(5)
    counts = known_processes.overdispersed(rng, (600, runs), parcels, share, excess)
    found = [rate_interval(one, [parcels] * runs) for one in counts]
    assert all(one.low < one.high for one in found)
    assert np.mean([one.low <= share <= one.high for one in found]) >= 0.94


@pytest.mark.parametrize(("first", "second"), [(0.002, 0.002), (0.01, 0.03)])
@pytest.mark.parametrize("runs", [2, 4])
def test_a_difference_of_shares_holds_what_it_promises(
    first: float, second: float, runs: int
) -> None:
    rng, pairs = np.random.default_rng(6), 500
    counts = rng.multinomial(pairs, [first, second, 1 - first - second], (600, runs))
    found = [
        difference_interval((one[:, 1] - one[:, 0]) / pairs, *one[:, :2].sum(axis=0), pairs * runs)
        for one in counts
    ]
    assert all(one.low < one.high for one in found)
    assert np.mean([one.low <= second - first <= one.high for one in found]) >= 0.94


def test_a_queue_that_starts_empty_waits_less_than_one_that_has_settled() -> None:
    rng = np.random.default_rng(1)
    empty = known_processes.waiting_times(rng, (2000,), 50).mean()
    settled = known_processes.waiting_times(rng, (2000,), 50, settled=True).mean()
    assert settled == pytest.approx(known_processes.WAIT, rel=0.1)
    assert empty < 0.8 * settled


def test_the_true_quantile_of_the_waves_is_that_of_many_parcels() -> None:
    days = known_processes.wave_days(np.random.default_rng(2), 4000, 7, 20).ravel()
    for p in (0.5, 0.9, 0.95, 0.99):
        assert np.quantile(days, p) == pytest.approx(known_processes.wave_quantile(p), abs=0.02)


def test_counts_vary_as_much_more_as_they_should() -> None:
    rng = np.random.default_rng(3)
    for excess in (1, 2, 5):
        counts = known_processes.overdispersed(rng, (20_000, 2), 2000, 0.01, excess)
        assert counts.mean() == pytest.approx(20.0, rel=0.02)
        assert counts.var() == pytest.approx(excess * 2000 * 0.01 * 0.99, rel=0.05)


def test_the_rule_that_is_studied_is_the_rule_that_is_used() -> None:
    values = np.random.default_rng(4).standard_normal((20, 120))
    stops = coverage.stops(values, wanted=0.4, least=LEAST_RUNS, margin=1.0)
    target = Target("mean", half_width=0.4)
    for one, stop in zip(values, stops, strict=True):
        looks = range(LEAST_RUNS, 121)
        used = next(runs for runs in looks if progress_of_mean(target, one[:runs]).precise)
        assert used == stop
