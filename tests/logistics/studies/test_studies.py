"""Studies from a file to a folder and back, as a planner runs them, on a small seller's network."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from stored_files import files_of, forged
from typer.testing import CliRunner

from logistics.cli import app
from logistics.jobs import compare
from logistics.report.summary import summary
from logistics.studies.store import store as store_module
from logistics.studies.store.store import Store
from networks.builders.registry import full_size
from networks.files import EXAMPLES

FEW_DAYS = "set: {days.days: 2, days.warm_up_days: 2, days.later_order_days: 9}\n"
SHORTEST = f"base: {EXAMPLES['small-seller']}\nreplications: 3\n{FEW_DAYS}"
GRID = SHORTEST + 'factors: {risks.failed_attempt: ["5%", "40%"]}\n'
ONCE = f"base: {EXAMPLES['small-seller']}\nreplications: 1\n{FEW_DAYS}"
HYPERCUBE = ONCE + "assumptions: risks.*\ndraws: 20\n"
ENDS = ONCE + "assumptions: risks.touches.*\ndesign: one at a time\n"
SCREENING = ONCE + "assumptions: risks.touches.*\ndesign: morris\ntrajectories: 3\n"
POISONED = SHORTEST + "factors: {what_if: [none, nowhere.yaml]}\n"
NOWHERE = """
name: nowhere
title: A place that the network has not
add: {closures: [{place: HUB404, start: "day 1 06:00", end: "day 2 06:00"}]}
"""
TWO_WAREHOUSES = """
name: two-warehouses
as_of: 2023-10-01
network:
  kind: platform-fulfilled
  design_volume: 20000
  warehouses: 2
  carrier: {design_volume: 20000, hubs: 2, super_hubs: 1, station_sites: 3}
promise: {rule: business days, days: 3}
orders: {orders_per_day: 300}
days: {days: 1, warm_up_days: 0, later_order_days: 3}
"""


def told(*words: object, code: int = 0) -> str:
    """What a command prints; it must end with this code."""
    result = CliRunner().invoke(app, ["study", *map(str, words)])
    assert result.exit_code == code, result.output
    return result.output


def ran(folder: Path, text: str, *options: object, code: int = 0) -> Path:
    """Write a study and run it; return its folder."""
    file = folder / "study.yaml"
    file.write_text(text)
    output = folder / "out"
    told("run", file, "--output", output, "--workers", 1, *options, code=code)
    return output


@pytest.fixture(scope="module")
def shortest(tmp_path_factory):
    return ran(tmp_path_factory.mktemp("shortest"), SHORTEST)


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    return ran(tmp_path_factory.mktemp("grid"), GRID)


def test_the_shortest_study_says_what_the_comparison_says(shortest):
    days = {"days": 2, "warm_up_days": 2, "later_order_days": 9}
    own = compare([EXAMPLES["small-seller"]], replications=3, workers=1, **days)
    expected = json.loads(json.dumps(summary(own)))
    found = json.loads((shortest / "summary.json").read_text())
    assert found["scenarios"] == expected["scenarios"]
    assert found["paired"] == {}
    left_out = {"seconds", "networks", "versions"}
    assert {k: v for k, v in found["run"].items() if k not in left_out} == {
        k: v for k, v in expected["run"].items() if k not in left_out
    }
    assert found["run"]["seconds"] is None
    assert found["points"]["p000"]["replications"] == 3


def test_a_study_has_a_page_pictures_and_tables(grid):
    page = (grid / "report.html").read_text()
    assert "Change from" in page
    assert 'src="http' not in page
    book = pd.read_excel(grid / "summary.xlsx", sheet_name=None, engine="openpyxl")
    assert list(book) == ["answer", "points", "changes"]
    assert len(book["points"]) == 2 * 5
    responses = pd.read_csv(grid / "responses.csv")
    assert list(responses["point"].unique()) == ["p000", "p001"]
    assert list(responses["risks.failed_attempt"].unique()) == ["5%", "40%"]
    runs = pd.read_parquet(grid / "replications.parquet")
    assert len(runs) == 2 * 3 * 5
    both = runs[runs["figure"] == "delivery_days.mean"].groupby("point")["value"].mean()
    assert both["p001"] > both["p000"]
    assert (grid / "pictures" / "changes-delivery-days-mean.svg").exists()


def test_two_processes_leave_the_same_files_as_one(grid, tmp_path):
    other = tmp_path / "out"
    told("run", grid.parent / "study.yaml", "--output", other, "--workers", 2, "--no-report")
    files, expected = files_of(other), files_of(grid)
    del files["checksums.json"]  # lists no page and pictures
    assert len([name for name in files if name.startswith("runs/")]) == 6
    assert {"manifest.json", "summary.json", "responses.csv", "replications.parquet"} <= set(files)
    assert files == {name: expected[name] for name in files}


def test_a_report_is_made_again_from_the_runs_alone(grid, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(grid, copy)
    for name in ("report.html", "summary.json", "responses.csv"):
        (copy / name).unlink()
    told("report", copy)
    assert files_of(copy) == files_of(grid)


def test_status_says_how_far_it_is(grid, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(grid, copy)
    (copy / "runs" / "p001" / "r0001.parquet").unlink()
    text = told("status", copy)
    assert "5 of 6 runs; 1 of 2 points complete" in text
    state = json.loads(told("status", copy, "--json"))
    assert (state["done"], state["expected"], state["failed"]) == (5, 6, 0)
    assert [point["done"] for point in state["by_point"]] == [3, 2]
    told("resume", copy, "--workers", 1)
    assert files_of(copy) == files_of(grid)


def test_progress_for_programs_is_json_line_by_line(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(SHORTEST)
    text = told("run", file, "-o", tmp_path / "out", "--workers", 1, "--json", "--no-report")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["done"] for line in lines] == [0, 1, 2, 3, 3]
    assert lines[-1]["event"] == "written"


def test_a_point_that_cannot_be_run_ends_as_its_own_error(tmp_path):
    (tmp_path / "nowhere.yaml").write_text(NOWHERE)
    output = ran(tmp_path, POISONED, code=1)
    assert Store.open(output).finished() == {"p000": [0, 1, 2], "p001": []}
    found = json.loads((output / "summary.json").read_text())
    assert list(found["points"]) == ["p000"]
    assert "HUB404" in found["study"]["failures"]["p001"]
    assert "HUB404" in told("status", output)
    assert "could not be run and is left out" in (output / "report.html").read_text()
    told("resume", output, "--workers", 1, code=1)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(HYPERCUBE, id="ranges", marks=pytest.mark.slow),
        pytest.param(ENDS, id="ends"),
        pytest.param(SCREENING, id="screening", marks=pytest.mark.slow),
    ],
)
def test_every_design_has_its_page(tmp_path, text):
    output = ran(tmp_path, text)
    found = json.loads((output / "summary.json").read_text())
    assert found["study"]["answer"]
    page = (output / "report.html").read_text()
    if text == HYPERCUBE:
        ranges = found["ranges"]["small-seller"]["delivery_days.mean"]
        assert ranges["wide"]["low"] < ranges["wide"]["middle"] < ranges["wide"]["high"]
        assert "Two intervals, not to be confused" in page
    else:
        assert "What drives it" in page


def test_what_cannot_be_done_is_refused_in_one_line(grid, tmp_path, monkeypatch):
    file = grid.parent / "study.yaml"
    assert "logistics study resume" in told("run", file, "-o", grid, code=2)
    assert "holds no study" in told("status", tmp_path, code=2)
    assert "there is no such folder" in told("resume", tmp_path / "none", code=2)
    assert "not both" in told(
        "resume", grid, "--workers", 2, "--cluster", "tcp://127.0.0.1:1", code=2
    )
    shutil.copytree(grid, tmp_path / "copy")
    with monkeypatch.context() as elsewhere:
        newer = {**store_module.versions(), "numpy": "99.0.0"}
        elsewhere.setattr(store_module, "versions", lambda: newer)
        assert "99.0.0 here" in told("resume", tmp_path / "copy", code=2)
        told("report", tmp_path / "copy")
    forged(tmp_path / "copy", lambda about: about.update(format=99))
    assert "has format 99, and this version reads" in told("status", tmp_path / "copy", code=2)


def test_two_commands_on_one_folder_exclude_each_other(grid):
    with Store.open(grid).writing():
        refused = told("resume", grid, "--workers", 1, code=2)
    assert str(grid) in refused
    assert "process" in refused


def test_parcels_that_had_no_time_to_arrive_are_a_doubt_of_the_study(tmp_path):
    output = ran(tmp_path, SHORTEST.replace("days.later_order_days: 9", "days.later_order_days: 1"))
    found = json.loads((output / "summary.json").read_text())
    assert any("still in transit" in line for line in found["study"]["doubts"])
    assert "still in transit" in (output / "report.html").read_text()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda content: content.update(points=5), "is damaged"),
        (lambda content: content.pop("study"), "is damaged"),
        (lambda content: content["study"].update(base=5), "a study that this version cannot read"),
        (
            lambda content: content["points"][0].update(scenarios={"a": {}}),
            "is not as this version",
        ),
    ],
)
def test_a_manifest_that_is_none_is_refused_in_words(grid, tmp_path, change, problem):
    shutil.copytree(grid, tmp_path / "copy")
    forged(tmp_path / "copy", change)
    assert problem in told("status", tmp_path / "copy", code=2)


def test_a_study_of_ten_order_cutoffs_builds_its_network_once(tmp_path):
    cutoffs = [f"{hour}:{minute}" for hour in range(13, 18) for minute in ("00", "30")]
    study = (
        "base: two-warehouses.yaml\nreplications: 1\n"
        f"factors: {{network.cutoff: {json.dumps(cutoffs)}}}\n"
    )
    (tmp_path / "two-warehouses.yaml").write_text(TWO_WAREHOUSES)
    full_size.cache_clear()
    folder = ran(tmp_path, study, "--no-report")
    assert full_size.cache_info().misses == 1
    found = Store.open(folder).finished()
    assert len(found) == 10
    assert all(numbers == [0] for numbers in found.values())
    points = json.loads((folder / "manifest.json").read_text())["points"]
    assert [one["settings"]["network.cutoff"] for one in points] == cutoffs
