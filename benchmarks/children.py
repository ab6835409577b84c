"""Parts of a benchmark that run in processes of their own, so that memory is given back.

A child prints one line of JSON for each step it has finished; what it has printed counts even if
it is stopped later. It is an ordinary process, so it may use all cores.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
_KILLED = -9


@dataclass(frozen=True)
class Said:
    """What a child printed, all steps together, and why it did not finish ('' if it did)."""

    steps: Mapping[str, Any]
    fault: str = ""


def child(module: str, *arguments: str, seconds: float) -> Said:
    """Run a module with arguments; a child that takes too long, or too much memory, is stopped.

    Raises RuntimeError when it fails in any other way, such as with an AssertionError.
    """
    with tempfile.TemporaryFile("w+") as out:
        fault = _finished([sys.executable, "-P", "-m", module, *arguments], out, seconds)
        out.seek(0)
        steps: dict[str, Any] = {}
        for line in out:
            if line.endswith("\n"):  # a child that was stopped may leave half a line
                steps |= json.loads(line)
    return Said(steps, fault)


def _finished(command: list[str], out: Any, seconds: float) -> str:
    paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
    try:
        done = subprocess.run(
            command, stdout=out, timeout=seconds, check=False, cwd=ROOT,
            env=os.environ | {"PYTHONPATH": paths},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"over {seconds / 60:.0f} min"
    if done.returncode == _KILLED:
        return "does not fit in memory"
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[2:])} failed with code {done.returncode}")
    return ""


def say(**step: Any) -> None:
    """Print a finished step, in a child."""
    print(json.dumps(step), flush=True)


def free_gib() -> float:
    """Return the memory that is free for a new process; where the system does not say, infinity."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return math.inf
    kib = {name: int(rest.split()[0]) for name, rest in (line.split(":", 1) for line in lines)}
    return kib.get("MemAvailable", math.inf) / 2**20
