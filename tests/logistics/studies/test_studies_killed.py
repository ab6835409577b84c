"""Studies whose processes are killed at some moment, and resumed: the tables are the same.

One study in every test run; fifty with `pytest -m slow tests/logistics/studies`.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stored_files import files_of

from logistics.studies.store.store import Store
from networks.files import EXAMPLES

STUDY = """
base: {network}
set: {{days.days: 3, days.warm_up_days: 3, days.cool_down_days: 10}}
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


@pytest.fixture(scope="module")
def undisturbed(written):
    """The study run to its end without a disturbance: all of its files, and how long it took."""
    folder = written.parent / "undisturbed"
    started = time.monotonic()
    command = study("run", written, "--output", folder, "--no-report")
    subprocess.run(command, check=True, capture_output=True, timeout=LONGEST_S)
    return files_of(folder), time.monotonic() - started


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
            kept = sum(len(numbers) for numbers in Store.open(folder).finished().values())
    words = ("resume", folder) if folder.exists() else ("run", written, "--output", folder)
    subprocess.run(study(*words, "--no-report"), check=True, capture_output=True, timeout=LONGEST_S)
    return kept


@pytest.mark.skipif(os.name != "posix", reason="kills process groups")
@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=pytest.mark.slow if seed else ()) for seed in range(50)]
)
def test_a_killed_and_resumed_study_has_the_tables_of_an_undisturbed_one(
    written, undisturbed, tmp_path, seed
):
    expected, lasts_s = undisturbed
    folder = tmp_path / "study"
    resumed_after_kills(written, folder, seed, lasts_s)
    assert files_of(folder) == expected
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == ["study"]


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(written, undisturbed, tmp_path):
    expected, _ = undisturbed
    folder = tmp_path / "study"
    process = subprocess.Popen(
        study("run", written, "--output", folder, "--json"), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    lines = [process.stdout.readline() for _ in range(4)]
    process.send_signal(signal.SIGINT)
    rest, message = process.communicate(timeout=LONGEST_S)
    if '"written"' in rest:
        pytest.skip("the study was finished before the signal came")
    assert all('"event": "run"' in line for line in lines)
    assert process.returncode == 2
    kept = sum(len(numbers) for numbers in Store.open(folder).finished().values())
    assert kept >= 3
    assert message.startswith(f"Interrupted: the {kept} finished runs are kept in {folder}")
    assert f"logistics study resume {folder}" in message
    subprocess.run(study("resume", folder, "--no-report"), check=True, capture_output=True)
    assert files_of(folder) == expected
