"""Write `docs/background/speed.md` from the results of the speed benchmarks.

python -m benchmarks.national_day
python -m benchmarks.default_compare
python -m benchmarks.speed_page [--results FOLDER] [--page PATH]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS

PAGE = Path(__file__).parent.parent / "docs" / "background" / "speed.md"

HEAD = """# How fast it is

Measured by the benchmarks in `benchmarks/`, on the machine named with each; the results are kept in
`benchmarks/results/`, and this page is made from them by `python -m benchmarks.speed_page`. Each
benchmark checks how much was done, so that doing less is not taken for being faster. Where other
programs were busy on the machine, the seconds are more than they need to be.
"""

STEPS = {
    "orders": "who orders what, when and where",
    "draws": "the luck of every parcel and truck",
    "engine": "the run itself, all columns of times and places",
    "columns": "the columns of the result: ways, kilometres, promises",
    "total": "**in all**",
}

LIMITS = {"national_day": 60, "default_compare": 60}
"""Seconds that the project allows itself, on two cores."""


def national_day(result: Mapping[str, Any]) -> list[str]:
    """Return the lines about the national day."""
    counts, seconds, outside = (result[key] for key in ("counts", "seconds", "outside_the_clock"))
    speed = counts["parcels"] / seconds["total"]
    return [
        "## The national day\n",
        f"{result['case'][0].upper()}{result['case'][1:]}: {counts['legs']:,} legs,"
        f" {counts['departures']:,} departures, {counts['events']:,} events. The clock runs from"
        " the first draw to the columns of the result; building the network"
        f" ({outside['network']:.1f} s) and loading compiled code ({outside['compiling']:.1f} s)"
        " are outside it.\n",
        "| step | seconds |",
        "|---|---:|",
        *(f"| {text} | {seconds[step]:.1f} |" for step, text in STEPS.items()),
        f"\n{speed / 1e6:.2f} million parcels a second; at most {result['peak_memory_gib']:.1f} GiB"
        f" of memory. Allowed: {LIMITS['national_day']} s and 4 GiB.\n",
        _machine(result["machine"]),
    ]


def default_compare(result: Mapping[str, Any]) -> list[str]:
    """Return the lines about the default comparison."""
    runs = result["cache_of_compiled_code"]
    parcels, files = runs["full"]["parcels"], runs["full"]["files"]
    return [
        "\n## The default comparison\n",
        f"`{result['case']}`, from start to files: {result['networks']} networks, run"
        f" {result['replications']} times each, {parcels:,} parcels in all, {files} files.\n",
        "| cache of compiled code | seconds | of processor time |",
        "|---|---:|---:|",
        *(
            f"| {state} | {run['seconds']:.1f} | {run['processor_seconds']:.1f} |"
            for state, run in runs.items()
        ),
        f"\nThe largest process takes {result['largest_process_gib']:.1f} GiB. Allowed:"
        f" {LIMITS['default_compare']} s, compiling included.\n",
        _machine(result["machine"]),
    ]


def _machine(about: Mapping[str, Any]) -> str:
    return (
        f"Measured on {about['date']}: {about['cores']} cores ({about['processor']},"
        f" {about['system']}), Python {about['python']}, NumPy {about['numpy']}, Numba"
        f" {about['numba']}, SimPy {about['simpy']}. Other programs kept"
        f" {about['others']:.1f} cores busy in the minute before."
    )


SECTIONS = {"national_day": national_day, "default_compare": default_compare}


def page(results: Path) -> list[str]:
    """Return the lines of the page, from the results that are there."""
    lines = [HEAD]
    for name, section in SECTIONS.items():
        path = results / f"{name}.json"
        lines += section(json.loads(path.read_text())) if path.exists() else []
    return lines


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args(arguments)
    given.page.parent.mkdir(parents=True, exist_ok=True)
    given.page.write_text("\n".join(page(given.results)) + "\n")
    print(f"wrote {given.page}")


if __name__ == "__main__":
    main()
