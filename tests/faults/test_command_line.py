"""Faults through the real command line: exit code 2, words on stderr, nothing written or lost."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from logistics.cli import app
from logistics.runtime.output_folders import ABOUT, TITLE

from . import worlds
from .files import ODD, Odd
from .injecting import Trial, all_trials, document_of
from .places import document_with, written
from .tables import GOOD

SEED = 20231001
COMMAND = [sys.executable, "-c", "from logistics.cli import main; main()"]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """An older results folder, which must survive."""
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / ABOUT).write_text(TITLE)
    return folder


def wrong(count: int) -> list[Trial]:
    faults = [one for one in all_trials() if one.wrong and "\r" not in one.edit.raw]
    return random.Random(SEED).sample(faults, count)


def refused(arguments: Sequence[object], results: Path) -> str:
    """Run a command that must be refused, and return what it says on stderr."""
    before = sorted(results.parent.rglob("*"))
    new = results.parent / "new"
    done = CliRunner().invoke(
        app, [*map(str, arguments), "--output", str(results), "--overwrite"]
    )  # fmt: skip
    again = CliRunner().invoke(app, [*map(str, arguments), "--output", str(new)])
    for result in (done, again):
        assert result.exit_code == 2, result.output
        assert isinstance(result.exception, SystemExit), result.exception
        assert not result.stdout
        assert "Traceback" not in result.stderr
    assert sorted(results.parent.rglob("*")) == before
    assert (results / ABOUT).read_text() == TITLE
    return done.stderr


@pytest.mark.parametrize("trial", wrong(30), ids=str)
def test_a_fault_in_a_scenario_is_told(trial: Trial, results: Path) -> None:
    path = results.parent / "mine.yaml"
    path.write_text(document_of(trial).text, encoding="utf-8", newline="")
    told = refused(["run", path], results)
    assert told.startswith(str(path))
    assert told.endswith("\n")


@pytest.mark.parametrize(
    "odd", [odd for odd in ODD if odd.told and len(odd.content) < 500], ids=lambda odd: odd.name
)
def test_an_odd_file_is_told(odd: Odd, results: Path) -> None:
    path = results.parent / "odd.yaml"
    path.write_bytes(odd.content)
    assert odd.told in refused(["compare", path], results)


def test_all_faults_of_all_kinds_of_input_are_told_in_a_process_of_its_own(results: Path) -> None:
    path = results.parent / "mine.yaml"
    path.write_text("name: ../x\nas_of: soon\nnetwork: {kind: fulfillment-center}\npromise: 5\n")
    done = subprocess.run(
        [*COMMAND, "run", str(path), "--output", str(results), "--overwrite"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [
        f"{path}:1", f"{path}:2", f"{path}:4",
    ]  # fmt: skip
    assert (results / ABOUT).read_text() == TITLE


def test_faults_of_orders_are_told_and_nothing_is_written(results: Path) -> None:
    scenario = results.parent / "mine.yaml"
    scenario.write_text(written(document_with(worlds.NAMES[0])).text)
    orders = results.parent / "orders.csv"
    pd.DataFrame([GOOD | {"market": "99999", "order_id": "nan"}]).to_csv(orders, index=False)
    told = refused(["run", scenario, "--orders", orders, "--strict", "--workers", "1"], results)
    assert f"{orders}:2: market = 99999: is in Alaska" in told
    assert f"{orders}:2: order_id = nan: is not an id" in told
    assert "Traceback" not in told


def test_a_closure_that_would_do_nothing_is_told(results: Path) -> None:
    scenario = results.parent / "mine.yaml"
    data = worlds.small(worlds.NAMES[0])
    data["closures"] = [{"place": "FC001", "start": "2024-01-01 06:00", "end": "2024-01-02 06:00"}]
    scenario.write_text(written(data).text)
    told = refused(["run", scenario], results)
    assert "closures[0].start = 2024-01-01 06:00: the closure of FC001 lies outside" in told


@pytest.mark.parametrize("name", ["x" * 5000, "x" * 5000 + ".yaml", "\u202e", " ", "../..", "CON"])
def test_a_scenario_that_no_file_can_be_is_told(name: str, results: Path) -> None:
    assert refused(["run", name], results)
