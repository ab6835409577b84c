"""Studies whose processes are killed at some moment, and resumed: the tables are the same.

By default one study is killed when it is half done, and one interrupted in this process; fifty are
killed at any moment with `pytest -m slow tests/logistics/studies`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from stored_files import files_of
from terminals import ctrl_c_counts, from_a_terminal
from typer.testing import CliRunner

from logistics.cli import app
from logistics.studies.store.store import Store
from networks.files import EXAMPLES

STUDY = """
base: {network}
set: {{days.days: 3, days.warm_up_days: 3, days.later_order_days: 10}}
factors: {{risks.failed_attempt: ["5%", "20%"]}}
precision: {{figures: {{delivery_days.mean: {{half_width: 0.2}}}}, least: 4, budget: 12}}
"""
LONGEST_S = 120


def study(*words: object) -> list[str]:
    return [sys.executable, "-m", "logistics", "study", *map(str, words), "--workers", "2"]


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A study of a small seller's network, as a file."""
    path = tmp_path_factory.mktemp("study") / "study.yaml"
    path.write_text(STUDY.format(network=EXAMPLES["small-seller"]))
    return path


def here(*words: object) -> Result:
    """Run a command in this process, on one worker."""
    arguments = ["study", *map(str, words), "--no-report", "--workers", "1"]
    return CliRunner().invoke(app, arguments)


@pytest.fixture(scope="module")
def undisturbed(written):
    """All files of the study, run to its end without a disturbance."""
    folder = written.parent / "undisturbed"
    assert here("run", written, "--output", folder).exit_code == 0
    return files_of(folder)


@pytest.fixture(scope="module")
def lasts_s(written, undisturbed):
    """How long the study takes in processes of its own; it gives the same tables."""
    folder = written.parent / "in processes"
    started = time.monotonic()
    command = study("run", written, "--output", folder, "--no-report")
    subprocess.run(command, check=True, capture_output=True, timeout=LONGEST_S)
    assert files_of(folder) == undisturbed
    return time.monotonic() - started


def killed(command: list[str], after_s: float, whole_group: bool) -> None:
    """Start a command and kill it, or it and its workers, without warning."""
    process = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(after_s)
    except subprocess.TimeoutExpired:
        if whole_group:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def resumed_after_kills(written: Path, folder: Path, seed: int, lasts_s: float) -> int:
    """Run the study into the folder with one to three kills; return how many runs were kept."""
    rng = random.Random(seed)
    kept = 0
    for _ in range(rng.randint(1, 3)):
        words = ("resume", folder) if folder.exists() else ("run", written, "--output", folder)
        killed(study(*words, "--no-report"), rng.uniform(0.0, lasts_s), rng.random() < 0.5)
        if folder.exists():
            kept = kept_runs(folder)
    words = ("resume", folder) if folder.exists() else ("run", written, "--output", folder)
    subprocess.run(study(*words, "--no-report"), check=True, capture_output=True, timeout=LONGEST_S)
    return kept


def kept_runs(folder: Path) -> int:
    return sum(len(numbers) for numbers in Store.open(folder).finished().values())


def assert_nothing_else_is_left(folder: Path) -> None:
    visible = [path.name for path in folder.parent.iterdir() if not path.name.startswith(".")]
    assert visible == [folder.name]


@pytest.mark.skipif(os.name != "posix", reason="kills process groups")
def test_a_study_killed_halfway_and_resumed_has_the_tables_of_an_undisturbed_one(
    written, undisturbed, tmp_path
):
    folder = tmp_path / "study"
    process = subprocess.Popen(
        study("run", written, "--output", folder, "--json"), stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    lines = [process.stdout.readline() for _ in range(4)]  # as it begins, and after three runs
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=LONGEST_S)
    assert all('"event": "run"' in line for line in lines)
    assert kept_runs(folder) >= 3
    assert here("resume", folder).exit_code == 0
    assert files_of(folder) == undisturbed
    assert_nothing_else_is_left(folder)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills process groups")
@pytest.mark.parametrize("seed", range(50))
def test_a_killed_and_resumed_study_has_the_tables_of_an_undisturbed_one(
    written, undisturbed, lasts_s, tmp_path, seed
):
    folder = tmp_path / "study"
    resumed_after_kills(written, folder, seed, lasts_s)
    assert files_of(folder) == undisturbed
    assert_nothing_else_is_left(folder)


def assert_says_how_to_go_on(message: str, folder: Path) -> None:
    kept = kept_runs(folder)
    assert kept >= 3
    assert f"\nInterrupted: the {kept} finished runs are kept in {folder}" in f"\n{message}"
    assert f"logistics study resume {folder}" in message


def test_an_interruption_keeps_what_is_finished_and_says_how_to_go_on(
    written, undisturbed, tmp_path, monkeypatch
):
    """The signal comes while the third run is written."""
    folder, write, written_runs = tmp_path / "study", Store.write_run, []

    def interrupted(*arguments: Any) -> None:
        write(*arguments)
        written_runs.append(arguments)
        if len(written_runs) == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Store, "write_run", interrupted)
    with ctrl_c_counts():
        result = here("run", written, "--output", folder)
    monkeypatch.undo()
    assert result.exit_code == 2
    assert_says_how_to_go_on(result.stderr, folder)
    assert here("resume", folder).exit_code == 0
    assert files_of(folder) == undisturbed


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_keeps_what_is_finished_and_says_how_to_go_on(
    written, undisturbed, tmp_path, name
):
    folder = tmp_path / "study"
    process = subprocess.Popen(
        study("run", written, "--output", folder, "--json"), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=from_a_terminal,  # noqa: PLW1509
    )  # fmt: skip
    lines = [process.stdout.readline() for _ in range(4)]
    os.killpg(process.pid, getattr(signal, name))
    rest, message = process.communicate(timeout=LONGEST_S)
    if '"written"' in rest:
        pytest.skip("the study was finished before the signal came")
    assert all('"event": "run"' in line for line in lines)
    assert process.returncode == 2
    assert_says_how_to_go_on(message, folder)
    assert here("resume", folder).exit_code == 0
    assert files_of(folder) == undisturbed
