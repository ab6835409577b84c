"""What a timing was made on, and where it is kept."""

from __future__ import annotations

import json
import os
import platform
import resource
import sys
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from logistics.runtime.threads import cores

RESULTS = Path(__file__).parent / "results"

_PACKAGES = ("numpy", "numba", "simpy")


def machine() -> dict[str, Any]:
    """Return the machine's cores and processor, and the versions that matter.

    `others`: how many cores other programs kept busy over the minute before.
    """
    return {
        "date": date.today().isoformat(),
        "cores": cores(),
        "others": round(os.getloadavg()[0], 1),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def memory_gib() -> float:
    """Return the memory that this process takes now; where the system does not say, its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return peak_memory_gib()
    return pages * resource.getpagesize() / 2**30


def peak_memory_gib() -> float:
    """Return the most memory that this process has taken."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**30 if sys.platform == "darwin" else peak / 2**20  # bytes there, KiB here


def save(name: str, result: Mapping[str, Any], folder: Path = RESULTS) -> None:
    """Keep a benchmark's result as JSON, and print it."""
    text = json.dumps(result, indent=2)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(text + "\n")
    print(text)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
