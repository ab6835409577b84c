"""The equality test bites: it finds every rule that is broken on purpose, and where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from planted_faults import FAULTS, WORLDS, Fault, planted

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def found() -> dict[str, str | None]:
    """Where each fault was found: one process, in which nothing is compiled."""
    uncompiled = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    ran = subprocess.run(
        [sys.executable, str(HERE / "planted_faults.py")],
        env=uncompiled, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    places: dict[str, str | None] = json.loads(ran.stdout)
    return places


def test_without_a_fault_the_uncompiled_engine_agrees(found: dict[str, str | None]) -> None:
    assert found["nothing"] is None


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found(name: str, found: dict[str, str | None]) -> None:
    where = found[name]
    assert where is not None, f"not in {WORLDS} worlds"
    print(f"{name}: {where}")


def test_a_fault_without_its_place_in_the_source_is_told() -> None:
    fault = Fault("kernel", "old line", "new line")
    assert planted("one\nold line\n", fault) == "one\nnew line\n"
    with pytest.raises(ValueError, match=r"kernel\.py has 2 times, not once: old line"):
        planted("old line\nold line\n", fault)
