"""Every benchmark runs, at a size that says nothing about speed or about the world."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import (
    ablations,
    assumptions,
    default_compare,
    national_day,
    sample_size,
    speed_page,
    transit_by_zone,
)

TINY = ["--orders-per-day", "15000", "--days", "1"]


def test_transit_by_zone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    transit_by_zone.main([*TINY, "--page", str(page)])
    text = page.read_text()
    assert text.count("| zone 2: 0 to 150 miles |") == len(transit_by_zone.NETWORKS)
    assert "nan" not in text


def test_ablations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = [a for a in ablations.ABLATIONS if a.name == "packaging is all alike"]
    monkeypatch.setattr(ablations, "ABLATIONS", chosen)
    page = tmp_path / "page.md"
    ablations.main([*TINY, "--page", str(page)])
    assert "Difference: +0.000 days" in page.read_text()


def test_assumptions_go_on_where_they_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, results = tmp_path / "page.md", tmp_path / "results.json"
    tried = ["--only", "risks.loss.theft", "runs.replications"]
    arguments = [*TINY, *tried, "--page", str(page), "--results", str(results)]
    assumptions.main(arguments)
    first = page.read_text()
    assert "| `risks.loss.theft` | 0.2% | 0.05% to 0.5% | tiktok-seller-direct |" in first
    assert "narrows the intervals" in first
    assumptions.main(arguments)
    assert page.read_text() == first
    assert "0 of 3 runs to do" in capsys.readouterr().out


def test_what_cannot_be_run_says_so() -> None:
    hours = next(one for one in assumptions.assumptions() if one.path == "orders.hours")
    runs = assumptions.tasks([hours], 15_000, {"days": 1})
    base = dict.fromkeys(assumptions.EFFECTS, 1.0)
    found = [(task, assumptions.outcome(task) if task.path else base) for task in runs]
    assert [result.get("refused") for _, result in found] == [None, *["must be a list"] * 2]
    assert "words, not run" in "\n".join(assumptions.page([hours], found))


def test_every_assumed_figure_is_listed_once() -> None:
    listed = [(one.scenario, one.path) for one in assumptions.assumptions()]
    assert len(listed) == len(set(listed))
    paths = {path for _, path in listed}
    assert {"network.breadth.fast", "network.carrier.speed_kmh", "risks.failed_attempt"} <= paths
    in_a_model = {
        one.path
        for name in assumptions.builtin_scenarios()
        for one in assumptions.figures_of(name)
        if one.assumed
    }
    assert paths == in_a_model


def test_what_has_a_source_is_listed_with_it() -> None:
    by_path = {one.path: (one, networks) for one, networks in assumptions.sourced()}
    one, networks = by_path["network.carrier.hubs"]
    assert one.source == "FedEx Ground: 40 hubs (buildagroundbiz.com)"
    assert networks == "tiktok-platform-fulfilled, tiktok-seller-direct"
    assert by_path["promise.days"][0].source  # a comment in the scenario's own file


def test_sample_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "page.md"
    monkeypatch.setattr(sample_size, "PAGE", page)
    monkeypatch.setattr(sample_size, "SIZES", (15_000,))
    monkeypatch.setattr(sample_size, "DAYS", {"days": 1, "warm_up_days": 0, "cool_down_days": 4})
    monkeypatch.setattr("sys.argv", ["sample_size"])
    sample_size.main()
    assert page.read_text().count("| 15,000 |") == 3


COMPARE = (
    *("--replications", "1", "--days", "1", "--warm-up-days", "0", "--cool-down-days", "1"),
    *("--orders-per-day", "15000", "--no-keep-parcels", "--workers", "1"),
)


def test_speed_from_draws_to_columns(tmp_path: Path) -> None:
    national_day.main(["--orders", "13200", "--results", str(tmp_path)])
    day = json.loads((tmp_path / "national_day.json").read_text())
    assert day["counts"]["parcels"] == 13_200
    page = tmp_path / "page.md"
    speed_page.main(["--results", str(tmp_path), "--page", str(page)])
    assert "## The national day" in page.read_text()


def test_speed_from_start_to_files(tmp_path: Path) -> None:
    found = default_compare.timed(COMPARE, None, tmp_path / "results")
    assert found["parcels"] == 3 * (16_500 + 16_050)  # a Monday and a Tuesday
    assert found["files"] > 0


@pytest.mark.slow
def test_the_default_comparison_with_and_without_compiled_code(tmp_path: Path) -> None:
    default_compare.main(["--results", str(tmp_path), "--", *COMPARE])
    page = tmp_path / "page.md"
    speed_page.main(["--results", str(tmp_path), "--page", str(page)])
    assert "## The default comparison" in page.read_text()


def test_the_national_day_is_as_many_orders_as_it_says() -> None:
    scenario = national_day.national_day()
    assert default_compare.asked_for(scenario) == 13_200_000 * scenario.runs.replications


def test_a_speed_up_that_does_less_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(national_day, "ORDERS", 13_200)
    monkeypatch.setattr(national_day, "KNOWN", {"parcels": 13_200, "legs": 1})
    with pytest.raises(AssertionError, match="is not the known"):
        national_day.measured(13_200)
