"""How long does `logistics compare` take, from start to files?

    python -m benchmarks default_compare [-- OPTIONS OF logistics compare]

Times the whole process twice: with an empty cache of compiled code, as on a bare machine, and with
a full one. Parcels are counted from the `summary.json` it writes and compared with what the
scenarios ask for: all orders of the warm-up and the measured days, and of the later days as many as
come before the run ends. Writes `benchmarks/results/default_compare.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS, machine, save
from benchmarks.timing import now
from logistics.experiments.plan import plan
from logistics.scenario.scenario import Scenario

OPTIONS = ("replications", "days", "warm_up_days", "later_order_days", "orders_per_day")


def command() -> list[str]:
    """Return how to start the command line: the installed command, or what it does."""
    installed = Path(sys.executable).parent / "logistics"
    if installed.exists():
        return [str(installed)]
    return [sys.executable, "-c", "from logistics.cli import main; main()"]


def asked_for(scenario: Scenario, first: int, end: int) -> int:
    """Return how many orders all runs of a scenario have on some days; its first measured is 0."""
    days, demand = scenario.days, scenario.orders
    mean = sum(demand.weekday) / 7
    dates = (days.first_day + timedelta(days=day) for day in range(first, end))
    a_run = sum(
        round(demand.orders_per_day * demand.weekday[date.weekday()] / mean) for date in dates
    )
    return a_run * scenario.runs.replications


def timed(options: Sequence[str], cache: Path | None, output: Path) -> dict[str, Any]:
    """Run the comparison once and return its seconds and counts.

    `cache`: folder of compiled code; None for the usual one.

    Raises CalledProcessError when it fails.
    """
    started = now()
    done = subprocess.run(
        [*command(), "compare", "--output", str(output), *options],
        env=os.environ | ({"NUMBA_CACHE_DIR": str(cache)} if cache else {}),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = now() - started
    if done.returncode:
        sys.stderr.write(done.stderr)
        done.check_returncode()
    run = json.loads((output / "summary.json").read_text())["run"]
    return {
        **seconds.row(1),
        "repeats": 1,
        "parcels": run["parcels"],
        "events": run["events"],
        "files": sum(path.is_file() for path in output.rglob("*")),
    }


def measured(options: Sequence[str] = ()) -> dict[str, Any]:
    """Time the comparison with an empty cache and with a full one.

    Raises AssertionError when it did less, or the two did not do the same.
    """
    about, chosen = machine(), plan(None, **_overrides(options))
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "numba"
        runs = {
            state: timed(options, cache, Path(folder) / state) for state in ("empty", "full")
        }  # in this order: the first fills it
    days = chosen.scenarios[0].days
    measured_days, least, most = (
        sum(asked_for(scenario, *span) for scenario in chosen.scenarios)
        for span in (
            (0, days.days),
            (-days.warm_up_days, days.days),
            (-days.warm_up_days, days.days + days.later_order_days),
        )
    )
    for state, run in runs.items():
        told = f"{state} cache: {run['parcels']:,}, not {least:,} to {most:,}"
        assert least <= run["parcels"] <= most, told
    for count in ("parcels", "events"):
        assert runs["empty"][count] == runs["full"][count], f"other {count}"
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return {
        "case": " ".join(["logistics compare", *options]),
        "networks": len(chosen.scenarios),
        "replications": chosen.replications,
        "measured_parcels": measured_days,
        "cache_of_compiled_code": runs,
        "largest_process_gib": round(largest / (2**30 if sys.platform == "darwin" else 2**20), 2),
        "machine": about,
    }


def _overrides(options: Sequence[str]) -> dict[str, Any]:
    """Return what the options change in the scenarios; those that change nothing are passed on."""
    parser = argparse.ArgumentParser(add_help=False)
    for name in OPTIONS:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, dest=name)
    given, _ = parser.parse_known_args(list(options))
    return {name: value for name, value in vars(given).items() if value is not None}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given, options = parser.parse_known_args(arguments)
    passed_on = [option for option in options if option != "--"]
    save("default_compare", measured(passed_on), given.results)


if __name__ == "__main__":
    main()
