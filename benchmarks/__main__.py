"""Run benchmarks by name, print a table, and make the page about speed anew.

    python -m benchmarks [NAME...] [--small] [--accept] [--results FOLDER] [--page PATH]
    python -m benchmarks NAME -- OPTIONS OF ITS OWN

Without a name, the speed benchmarks but those that take long. Each runs in a process of its own,
one after the other: one that fails does not lose the others. All of them take some 20 minutes on
two cores and want 8 GB of memory and 3 GB of disk. `--small` is a quick look that leaves the page
and the kept results as they are. `--accept` keeps counts that were not known, after a change of a
network. The others write pages of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchmarks import speed_page
from benchmarks.children import ROOT
from benchmarks.known import ACCEPT
from benchmarks.machine import RESULTS

_QUICK_COMPARE = (
    "--replications", "1", "--days", "1", "--warm-up-days", "0", "--later-order-days", "1",
    "--orders-per-day", "15000", "--no-keep-parcels", "--workers", "1",
)  # fmt: skip
SMALL: Mapping[str, Sequence[str]] = {
    "national_day": ("--orders", "132000"),
    "profile_day": ("--small",),
    "floor": ("--small",),
    "peers": ("--small",),
    "engines": ("--small",),
    "timetables": ("--small",),
    "scaling": ("--small",),
    "reading": ("--rows", "20000"),
    "studies": ("--small",),
    "default_compare": _QUICK_COMPARE,
    "invariants": ("--orders", "132000", "--orders-per-day", "13200", "--repeat", "1"),
    "textbook_rate": (
        *("--rounds", "1", "--scenarios", "amazon-fulfillment", "--orders-per-day", "13200"),
    ),
    "national_week": ("--orders", "13200", "--days", "2"),
}
"""Every speed benchmark, and what makes it a quick look."""

ON_REQUEST = ("invariants", "textbook_rate", "national_week")
"""Speed benchmarks that take long, and are run only if asked for."""

OTHERS = (
    "ablations", "assumptions", "coverage", "known_answers", "make_markets",
    "make_po_box_areas", "mutants", "sample_size", "transit_by_zone",
)  # fmt: skip
"""Not about speed: run only if asked for, as they are; each writes a page or a file of its own."""

Result = Mapping[str, Any]

MINUTES = 40
"""After which a benchmark of speed is given up."""


@dataclass(frozen=True)
class Done:
    """How a benchmark went: its figures in short, or why there are none."""

    name: str
    seconds: float
    figures: tuple[str, ...]
    fault: str = ""


def run(name: str, results: Path, small: bool, options: Sequence[str] = ()) -> Done:
    """Run one benchmark in a process of its own, which writes its result to a folder."""
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    if name in SMALL:
        command += ["--results", str(results), *(SMALL[name] if small else ())]
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out:
        fault = _finished([*command, *options], out if name in SMALL else None)
    seconds = time.perf_counter() - started
    if fault or name not in SMALL:
        return Done(name, seconds, ("done",), fault)
    result = json.loads((results / f"{name}.json").read_text())
    return Done(name, seconds, tuple(IN_SHORT.get(name, lambda _: ["done"])(result)))


def _finished(command: Sequence[str], out: IO[str] | None) -> str:
    """Run a command; return why it did not succeed, or ''. It ends with all its own children."""
    with subprocess.Popen(command, stdout=out, cwd=ROOT, start_new_session=True) as process:
        try:
            code = process.wait(60 * MINUTES if out else None)
        except BaseException as stopped:
            os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(stopped, subprocess.TimeoutExpired):
                raise
            return f"over {MINUTES} min"
    return f"failed with code {code}" if code else ""


def _engines(result: Result) -> list[str]:
    return [
        f"{row['network']} {row['asked']:,}: {row.get('collector_off_ratio', '-')} times,"
        f" collector on {row.get('textbook_ratio', '-')} {row['fault']}".rstrip()
        for row in result["rows"]
    ]


def _peers(result: Result) -> list[str]:
    return [
        f"{case['case']} {case['parcels']:,}, {row['package']}:"
        f" {row.get('ratio', row.get('fault'))} times ours"
        for case in result["cases"]
        for row in case["rows"][1:]
    ]


IN_SHORT: Mapping[str, Callable[[Result], list[str]]] = {
    "national_day": lambda r: [
        f"{r['total']['processor_seconds']:.1f} processor seconds, {r['peak_memory_gib']:.1f} GiB"
    ],
    "profile_day": lambda r: [
        f"{r['total']['processor_seconds']:.1f} processor seconds, then"
        f" {r['parquet']['processor_seconds']:.1f} for Parquet"
    ],
    "reading": lambda r: [
        f"{r['counts']['rows']:,} rows: {r['processor_seconds']:.1f} processor seconds,"
        f" {r['peak_memory_gib']:.1f} GiB"
    ],
    "timetables": lambda r: [f"{one['network']}: {one['ratio']} times" for one in r["networks"]],
    "floor": lambda r: [f"{r['ratio'][t]} times the floor, {t}" for t in r["ratio"]],
    "engines": _engines,
    "peers": _peers,
    "studies": lambda r: [
        f"{r['overhead']['overhead']:.2%} beside a bare loop,"
        f" {r['cores']['times_as_fast']} times as fast in two processes,"
        f" memory {r['memory']['growth']:+.1%} with {r['memory']['many']} runs for"
        f" {r['memory']['few']}"
    ],
    "scaling": lambda r: [f"{s['grows']}: exponent {s['slopes']['seconds']}" for s in r["series"]],
}
"""The figures of a result that the table shows."""


def table(done: Sequence[Done]) -> list[str]:
    """Return the lines of the table."""
    lines = [f"{'benchmark':<16} {'took':>7}  figures"]
    for one in done:
        first, *rest = [one.fault] if one.fault else one.figures
        lines.append(f"{one.name:<16} {one.seconds:>5.0f} s  {first}")
        lines += [f"{'':<25} {text}" for text in rest]
    return lines


def _at_dashes(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the arguments before the first --, and those after it."""
    at = [*arguments, "--"].index("--")
    return list(arguments[:at]), list(arguments[at + 1 :])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run benchmarks; return 1 when one of them failed."""
    before, after = _at_dashes(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join((*SMALL, *OTHERS)))
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--accept", action="store_true", help="keep counts that were not known")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--page", type=Path)
    given, options = parser.parse_args(before), after
    names = given.names or [name for name in SMALL if name not in ON_REQUEST]
    if unknown := sorted(set(names) - {*SMALL, *OTHERS}):
        parser.error(f"no benchmark '{unknown[0]}'; there are {', '.join((*SMALL, *OTHERS))}")
    if options and len(names) > 1:
        parser.error("options after -- belong to one benchmark")
    looked = Path(tempfile.mkdtemp(prefix="benchmarks-")) if given.small else RESULTS
    results = (given.results or looked).resolve()
    page = given.page or (results / "speed.md" if given.small else speed_page.PAGE)
    if given.accept:
        os.environ[ACCEPT] = "1"
    done = []
    for name in names:
        print(f"{name} ...", flush=True)
        done.append(run(name, results, given.small, options))
    print("\n".join(table(done)))
    if set(names) & set(SMALL):
        speed_page.main(["--results", str(results), "--page", str(page)])
    return int(any(one.fault for one in done))


if __name__ == "__main__":
    sys.exit(main())
