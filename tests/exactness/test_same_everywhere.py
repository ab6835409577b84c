"""The same scenario and seed give the same bytes: in every process, and on processors alike."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from random_worlds import world
from small_scenarios import centers, one_seller, sellers

from logistics.analysis.comparison import Comparison
from logistics.experiments.plan import plan
from logistics.jobs import experiment
from logistics.model.draws import draw
from logistics.model.prepare import prepare
from logistics.orders.orders import generate_orders
from logistics.report.draw import draw_results
from logistics.report.folder import Kept, write_experiment, write_run
from logistics.scenario.scenario import Scenario
from logistics.simulation.batch import engine as batch
from logistics.simulation.problem import Columns, Ending, Problem
from logistics.streams import Streams

HERE = Path(__file__).parent

TWICE = {"runs": {"replications": 2}}
LIMITS = {"parcels.loss.hazard", "parcels.damage.hazard"}

GOLDEN = {
    "worlds": "a0bf13f03d27e45b",
    "centers": "e768b1062cfa1daf",
    "sellers": "13b879e07f2175d8",
}
"""Digests of columns. They change with the rules, the draws or the builders: with nothing else."""


def digest(columns: Columns) -> str:
    whole = hashlib.sha256()
    for field in fields(Columns):
        if field.compare and field.name != "horizon":
            whole.update(np.ascontiguousarray(getattr(columns, field.name)).tobytes())
    return whole.hexdigest()[:16]


def problem_of(scenario: Scenario) -> Problem:
    model, streams = prepare(scenario), Streams(seed=7)
    return draw(model, generate_orders(scenario.orders, model.period, streams), streams).problem


# --- processes, workers, hash seeds ---------------------------------------------------------------


def files(folder: Path, workers: int, report: bool) -> dict[str, str]:
    """Compare two networks; return a digest of each file that is written and of what it is from.

    With a report, those of a small country; otherwise of a seller, before and after.
    """
    country = [centers(**TWICE), sellers(**TWICE)]
    two = country if report else [one_seller("before"), one_seller("after", 0.4)]
    done = experiment(plan(two), {"workers": workers}, keep=WriteRun(folder))
    write_experiment(done, folder)
    draw_results(folder, report)
    found = {"": hashlib.sha256(all_of(done.comparison).encode()).hexdigest()}
    for path in sorted(folder.rglob("*")):
        if path.name == "summary.json":
            told = json.loads(path.read_text())
            del told["run"]["seconds"]
            path.write_text(json.dumps(told))
        if path.is_file():
            found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def all_of(comparison: Comparison) -> str:
    """Return what a comparison says, to the last digit: figures, causes, places, group totals."""
    places = [one.bottlenecks(20) for one in comparison.places.values()]
    groups = [
        (name, grouping, field.name, getattr(totals, field.name).tolist())
        for name, totals_of in comparison.group_totals.items()
        for grouping, totals in totals_of.items()
        for field in fields(totals)
    ]
    assert comparison.waterfalls
    assert len(groups) > 50
    return repr([comparison.metrics, comparison.paired, comparison.waterfalls, places, groups])


class WriteRun:
    """Writes the tables of a network's first run; goes to the worker that has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, name: str, run: object) -> None:
        write_run(self.folder, Kept(), name, run)  # type: ignore[arg-type]


@pytest.mark.parametrize("report", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_another_process_with_more_workers_writes_the_same_files(
    report: bool, tmp_path: Path
) -> None:
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    expected = files(tmp_path / "here", 1, report)
    assert sum(name.endswith(".parquet") for name in expected) >= 8
    found = elsewhere(
        f"print(json.dumps(files(Path({str(tmp_path / 'there')!r}), 2, {report})))",
        PYTHONHASHSEED=another_hash_seed(),
    )
    assert json.loads(found) == expected


def another_hash_seed() -> str:
    return "1" if os.environ.get("PYTHONHASHSEED", "random") != "1" else "2"


def elsewhere(code: str, **environment: str) -> str:
    """Run code in another process, with the names of this module; return what it prints."""
    start = f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
    program = f"{start}from test_same_everywhere import *\nif __name__ == '__main__': {code}"
    process = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return process.stdout


# --- processors -----------------------------------------------------------------------------------


def optional_features() -> list[str]:
    """Return the instructions of this processor that NumPy uses where it finds them."""
    from numpy._core._multiarray_umath import (  # noqa: PLC0415
        __cpu_dispatch__,
        __cpu_features__,
    )

    return [name for name in __cpu_dispatch__ if __cpu_features__.get(name)]


def arrays_of(part: Any, name: str = "") -> dict[str, Any]:
    """Return every array and number of a problem, by dotted name."""
    found = {}
    for field in fields(part):
        value, inner = getattr(part, field.name), f"{name}{field.name}"
        found |= arrays_of(value, f"{inner}.") if is_dataclass(value) else {inner: value}
    return found


def save_problems(folder: str) -> None:
    """Save what the engine is given in two networks, and a digest of what it returns."""
    for scenario in (centers(), sellers()):
        problem = problem_of(scenario)
        arrays = arrays_of(problem) | {"digest": digest(batch.run(problem))}
        np.savez(Path(folder) / f"{scenario.name}.npz", **arrays)


def test_with_another_hash_seed_and_without_a_processors_later_instructions_all_is_the_same(
    tmp_path: Path,
) -> None:
    """Building, drawing and running take nothing from the order of a set.

    NumPy's exp and log differ in the last bit between instruction sets; rounding hides it.
    """
    folders = [tmp_path / which for which in ("all", "oldest")]
    for folder in folders:
        folder.mkdir()
    save_problems(str(folders[0]))
    features = {"NPY_DISABLE_CPU_FEATURES": " ".join(optional_features())}
    elsewhere(
        f"save_problems({str(folders[1])!r})",
        PYTHONHASHSEED=another_hash_seed(), **(features if optional_features() else {}),
    )  # fmt: skip
    for name in ("centers", "sellers"):
        ours, theirs = (np.load(folder / f"{name}.npz") for folder in folders)
        assert ours.files == theirs.files
        assert len(ours["parcels.ordered"]) > 10_000
        for column in set(ours.files) - LIMITS:
            assert np.array_equal(ours[column], theirs[column]), column
        for column in LIMITS:  # of 10^12: twelve digits and more of a logarithm with sixteen
            assert np.abs(ours[column] - theirs[column]).max() <= 1, column


# --- versions -------------------------------------------------------------------------------------


def test_the_columns_are_those_of_the_last_version() -> None:
    """A change here is a change of results: say so in the release notes."""

    def to_the_horizon(problem: Problem) -> str:
        return digest(batch.run(replace(problem, ending=Ending.at_horizon())))

    worlds = hashlib.sha256("".join(to_the_horizon(world(n)) for n in range(50)).encode())
    found = {
        "worlds": worlds.hexdigest()[:16],
        "centers": to_the_horizon(problem_of(centers())),
        "sellers": to_the_horizon(problem_of(sellers())),
    }
    assert found == GOLDEN
