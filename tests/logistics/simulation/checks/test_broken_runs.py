"""A run that breaks a rule stops, readably, wherever it is made."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import centers, sellers
from typer.testing import CliRunner

from benchmarks import invariants as benchmark
from logistics import running
from logistics.cli import app
from logistics.errors import BrokenRunError
from logistics.running import simulate
from logistics.simulation.batch.engine import run
from logistics.simulation.problem import Columns, Problem
from networks.inputs.faults import InputError, LogisticsError
from networks.inputs.yaml_writer import write_yaml

BROKEN = BrokenRunError("S1", "it is ready before it came", 12, 7)


def faulty(problem: Problem) -> Columns:
    """An engine that forgets where its first truck with a load went."""
    columns = run(problem)
    load = columns.load.copy()
    load[load.argmax()] -= 1
    return replace(columns, load=load)


def test_the_error_names_parcel_order_and_place() -> None:
    assert str(BROKEN).splitlines()[0] == (
        "this run is wrong and was stopped: parcel 12 (order 7) at S1: it is ready before it came"
    )
    assert (BROKEN.place, BROKEN.parcel, BROKEN.order) == ("S1", 12, 7)
    assert BROKEN.problem == "it is ready before it came"
    of_a_truck = BrokenRunError("AB, departure 0 at tick 10", "its load is -1")
    assert "stopped: AB, departure 0 at tick 10: its load is -1" in str(of_a_truck)


def test_the_error_is_rebuilt_the_same() -> None:
    for again in (BrokenRunError(*BROKEN.args), pickle.loads(pickle.dumps(BROKEN))):
        assert (str(again), again.args) == (str(BROKEN), BROKEN.args)


def test_it_is_no_fault_of_an_input() -> None:
    assert isinstance(BROKEN, LogisticsError)
    assert not isinstance(BROKEN, InputError)


@pytest.mark.parametrize("make", [centers, sellers])
@pytest.mark.parametrize("engine", ["batch", "textbook"])
def test_small_networks_keep_the_rules_and_tell_the_seconds(make: Any, engine: str) -> None:
    facts = simulate(make(), engine=engine, orders_per_day=500).facts
    assert 0 < facts["check_seconds"] < 60


def test_a_broken_run_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_engine", lambda name: faulty)
    with pytest.raises(BrokenRunError):
        simulate(centers())


def test_the_command_line_says_so_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(running, "_engine", lambda name: faulty)
    (tmp_path / "centers.yaml").write_text(write_yaml(centers()))
    words = ["run", str(tmp_path / "centers.yaml"), "--replications", "1", "--workers", "1"]
    result = CliRunner().invoke(app, [*words, "--output", str(tmp_path / "results")])
    assert result.exit_code == 1
    assert "this run is wrong and was stopped" in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "results").exists()


FAULTS = {
    "boards late": "kernel.deadline_of = lambda s, lane, tick: tick + 2",
    "forgets the last who waits": "kernel.in_time = fewer",
    "lets nobody go home": "kernel.set_workers = generous",
}
BATCH_ENGINE = """
import numpy as np
from random_worlds import world
from streamed_worlds import checked_in_slices, once_all_are_ordered, thirds
from logistics.errors import BrokenRunError
from logistics.simulation.batch import engine, kernel
from logistics.simulation.checks import check_run
in_time, set_workers = kernel.in_time, kernel.set_workers
def fewer(*given): return max(0, in_time(*given) - 1)
def generous(s, tick, facility, workers):
    set_workers(s, tick, facility, np.maximum(workers, s.workers[facility]))
{fault}
engine.set_workers = kernel.set_workers
def is_caught(check, *given):
    try:
        check(*given)
    except BrokenRunError:
        return True
    return False
whole = slices = both = 0
for seed in range(40):
    problem = once_all_are_ordered(world(seed))
    in_whole = is_caught(check_run, problem, engine.run(problem))
    in_slices = is_caught(checked_in_slices, problem, thirds(problem))
    whole, slices = whole + in_whole, slices + in_slices
    both += in_whole and in_slices
print(whole, slices, both)
"""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_batch_engine_is_stopped(fault: str) -> None:
    """Not compiled, so that a function can be replaced; in one piece, and in time slices."""
    code = BATCH_ENGINE.format(fault=FAULTS[fault])
    uncompiled = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    found = subprocess.run(
        [sys.executable, "-c", code], env=uncompiled, capture_output=True, text=True, check=True
    )
    whole, slices, both = map(int, found.stdout.split())
    assert whole >= 5
    assert whole == slices == both


@pytest.mark.slow
def test_the_benchmark_counts_what_it_checks(tmp_path: Path) -> None:
    sizes = ["--orders", "13200", "--orders-per-day", "15000", "--repeat", "1"]
    benchmark.main([*sizes, "--results", str(tmp_path)])
    found = json.loads((tmp_path / "invariants.json").read_text())
    assert len(found["cases"]) == 4
    for case in found["cases"].values():
        assert case["parcels"] <= case["visits"]
        assert 0 < case["share"] < 10
