"""Write `docs/background/speed.md` from the results of the speed benchmarks.

    python -m benchmarks.speed_page [--results FOLDER] [--page PATH]

`python -m benchmarks` runs them and then this. What has no result yet is left out; what is older
than the rest says so.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from benchmarks.machine import RESULTS
from benchmarks.page_parts import UNKNOWN, Lines, Result, done, machine_line, seconds, table, times
from benchmarks.speed_comparisons import (
    engines,
    invariants,
    peers,
    studies,
    textbook_rate,
    timetables,
)

PAGE = Path(__file__).parent.parent / "docs" / "background" / "speed.md"

HEAD = """# How fast it is

Measured by the benchmarks in `benchmarks/`, on the machine named with each; the results are kept in
`benchmarks/results/`. `python -m benchmarks` runs them and rewrites this page; with a name, it runs
that one. *Processor seconds* are those of all threads, user and system: what the work costs,
whoever else uses the machine. Seconds *on the wall* are what somebody waits, on two cores, and
longer where other programs were busy. Both sides of a ratio ran in one process, one after the
other. Each benchmark checks how much was done (parcels, legs, departures, how many parcels ended),
so that doing less is not taken for being faster. *Events* are those that SimPy handled.
"""

STEPS = {
    "orders": "who orders what, when and where",
    "draws": "random draws for every parcel and truck",
    "engine": "the run itself, all columns of times and places",
    "checks": "every rule checked for every parcel",
    "columns": "the columns of the result: routes, kilometers, promises",
}

THEN = "before the national day was followed to the door"
EARLIER = {"date": "2026-11-22", "wall_seconds": 11.4}
"""What this page called the national day until then: cut at midnight, on two threads."""

LIMITS = {"national_day": 60, "default_compare": 60}
"""Seconds on the wall that the project allows itself, on two quiet cores."""


def national_day(result: Result) -> Lines:
    """Return the lines about the national day."""
    counts, cut, outside = (
        result[key] for key in ("counts", "cut_at_midnight", "outside_the_clock")
    )
    rows = [
        [text, *seconds(result["steps"][step]), *seconds(cut["steps"][step])]
        for step, text in STEPS.items()
    ]
    rows.append(["**in all**", *seconds(result["total"]), *seconds(cut["total"])])
    cut_counts, processor = cut["counts"], result["total"]["processor_seconds"]
    return [
        "\n## The national day\n",
        f"{result['case'][0].upper()}{result['case'][1:]}, followed to the door: {done(counts)},"
        f" {result['delivered']:.2%} delivered and the rest lost, stolen or returned. The clock"
        " runs from the first draw to the columns of the result; building the network"
        f" ({outside['network']['processor_seconds']:.1f} processor seconds) and loading compiled"
        f" code ({outside['compiling']['processor_seconds']:.1f}) are outside it, and nothing is"
        f" written to files. Run {times(result['repeats'])}; the run with the fewest processor"
        " seconds.\n",
        *table(("step", "processor seconds", "wall", "cut at midnight: processor", "wall"), rows),
        f"\n{1e6 * processor / counts['parcels']:.2f} processor µs a parcel,"
        f" {counts['parcels'] / processor / 1e6:.2f} million parcels a processor second; at most"
        f" {result['peak_memory_gib']:.1f} GiB of memory. Allowed: {LIMITS['national_day']} s on"
        " the wall and 4 GiB.\n",
        "*Cut at midnight* is the same day, run in the same process, but ended at its own last"
        f" midnight: {done(cut_counts)}, {cut['delivered']:.1%} delivered. Until {EARLIER['date']}"
        f" this page called that the national day: {EARLIER['wall_seconds']} s on the wall, with"
        f" {cut_counts['legs'] / cut_counts['parcels']:.1f} of"
        f" {counts['legs'] / counts['parcels']:.1f} legs a parcel. It is no measure of a day.\n",
        machine_line(result["machine"]),
    ]


def profile_day(result: Result) -> Lines:
    """Return the lines about where the day's time goes, and about Parquet."""
    parquet, rows, total = result["parquet"], [], result["total"]
    whole = total["processor_seconds"]
    for part, group in groupby(result["steps"], key=lambda step: step["part"]):
        steps = list(group)
        of_part = sum(step["processor_seconds"] for step in steps)
        rows.append([f"**{part}**", f"**{of_part:.2f}**", f"{of_part / whole:.0%}"])
        rows += [
            [f"· {step['step']}", f"{step['processor_seconds']:.2f}",
             f"{step['processor_seconds'] / whole:.0%}"]
            for step in steps
            if len(steps) > 1
        ]  # fmt: skip
    return [
        "\n## Where the day's time goes\n",
        f"The same in a run of its own, {result['case']}, with a stopwatch around the functions of"
        f" each step: {whole:.1f} processor seconds, {total['wall_seconds']:.1f} s on the wall,"
        f" {result['peak_memory_gib']:.1f} GiB.\n",
        *table(("step", "processor seconds", "share"), rows),
        f"\nWritten as Parquet (`Run.save`), all {parquet['rows']:,} parcels with their visits are"
        f" {parquet['gb']:.2f} GB and take {parquet['processor_seconds']:.1f} processor seconds"
        f" ({parquet['wall_seconds']:.1f} s on the wall) more, at most"
        f" {result['peak_memory_with_parquet_gib']:.1f} GiB.\n",
        machine_line(result["machine"]),
    ]


def floor(result: Result) -> Lines:
    """Return the lines about the machine's own limit."""
    floors, ratio, run = (result[key] for key in ("floor_seconds", "ratio", "run"))
    names = {
        "draws": f"draw {result['draws_per_parcel']:.1f} random numbers a parcel",
        "sorts": f"sort {result['sorted']:,} packed keys",
        "gathers": "gather a column by them",
        "columns": f"write {result['columns']} columns",
        "total": "**the floor**",
    }
    rows = [
        [text, *(f"{floors[threads][step]:.2f}" for threads in ("one_thread", "all_cores"))]
        for step, text in names.items()
    ]
    rows.append(["**the run**", *seconds(run)])
    rows.append(["run / floor", *(format(ratio.get(one, UNKNOWN), "") for one in floors)])
    return [
        "\n## Against the machine's own limit\n",
        f"What NumPy takes to draw, sort, gather and write as much as a day of"
        f" {result['orders']:,} orders needs, without following any parcel: on one thread in"
        " processor seconds, on all cores in seconds on the wall. The project aims at"
        f" {result['aim']:.0f} times the floor. The run: the least of {run['repeats']}.\n",
        *table(("", "one thread, processor seconds", "all cores, wall"), rows),
        "",
        machine_line(result["machine"]),
    ]


def scaling(result: Result) -> Lines:
    """Return the lines about how time and memory grow."""
    lines = [
        "\n## How time and memory grow\n",
        "Amazon-fulfillment, followed to the door: processor seconds from the first draw to the"
        " columns of the result, the least of up to three runs. Memory is the most that the process"
        " took, network included. The exponent is the slope of the logarithms: 1 means that twice"
        " as many take twice as long.\n",
    ]
    head = ("seconds", "GiB", "departures", "legs", "ended", "µs a parcel", "µs a leg",
            "µs a departure")  # fmt: skip
    for one in result["series"]:
        grows, slopes = one["grows"], one["slopes"]
        rows = [
            [f"{row[grows]:,}", *([row["fault"], *[""] * 7] if row["fault"] else _scaled(row))]
            for row in one["rows"]
        ]
        exponents = f"Exponent of the seconds: {slopes['seconds']}"
        if grows in ("parcels", "days"):
            exponents += f"; of the memory: {slopes['gib']}; without what was there before"
            exponents += f" the run: {slopes['gib_of_the_run']}"
        lines += [f"**{grows.capitalize()}** ({one['kept']}).\n", *table((grows, *head), rows),
                  f"\n{exponents}.\n"]  # fmt: skip
    cost = result["fitted_us"]
    return [
        *lines,
        f"All points together: {cost['parcels']:.2f} µs a parcel + {cost['legs']:.2f} µs a leg +"
        f" {cost['departures']:.1f} µs a departure (least squares of the relative errors).\n",
        machine_line(result["machine"]),
    ]


def _scaled(row: Result) -> Lines:
    costs = [f"{row[f'us_a_{name}']:.2f}" for name in ("parcel", "leg", "departure")]
    return [f"{row['processor_seconds']:.2f}", f"{row['gib']:.2f}", f"{row['departures']:,}",
            f"{row['legs']:,}", f"{row['ended'] / row['parcels']:.1%}", *costs]  # fmt: skip


def national_week(result: Result) -> Lines:
    """Return the lines about days in a row."""
    counts, days = result["counts"], result["days"]
    rows = [
        [str(day["day"]), *seconds(day, ".0f"), f"{day['memory_gib']:.2f}",
         f"{day['under_way']:,}", f"{day['written']:,}",
         f"{day['ended'] / day['written']:.0%}" if "ended" in day else UNKNOWN]
        for day in days
    ]  # fmt: skip
    left = 1 - counts["ended"] / counts["parcels"] if "ended" in counts else 0.16
    lines = [
        "\n## The national week\n",
        f"{result['case'][0].upper()}{result['case'][1:]}, streamed to Parquet in time slices of"
        f" {result['stretch_hours']:.0f} h, once: {counts['legs']:,} legs,"
        f" {counts['departures']:,} departures. The last row writes everything at the last"
        f" midnight, and {left:.0%} of the week's parcels are then still under way.\n",
        *table(("end of day", "processor seconds", "wall", "GiB", "under way", "written",
                "of them ended"), rows),
    ]  # fmt: skip
    if "processor_seconds_a_day" in result:
        lines.append(
            f"\n{result['processor_seconds_a_day']:.0f} processor seconds a day;"
            f" {result['gb_on_disk']:.1f} GB on disk. At this rate a month takes"
            f" {result['processor_hours_for_a_month']:.1f} processor hours, and a year"
            f" {result['processor_hours_for_a_year']:.1f} and {result['tb_for_a_year']:.2f} TB.\n"
        )
    return [*lines, "", machine_line(result["machine"])]


def default_compare(result: Result) -> Lines:
    """Return the lines about the default comparison."""
    runs = result["cache_of_compiled_code"]
    parcels, files = runs["full"]["parcels"], runs["full"]["files"]
    rows = [[state, *seconds(run, ".1f")] for state, run in runs.items()]
    measured = result.get("measured_parcels")
    of_them = f" ({measured:,} of them on the measured days)" if measured else ""
    return [
        "\n## The default comparison\n",
        f"`{result['case']}`, from start to files: {result['networks']} networks, run"
        f" {result['replications']} times each, {parcels:,} parcels in all{of_them}, {files}"
        " files. Once each; all processes together.\n",
        *table(("cache of compiled code", "processor seconds", "wall"), rows),
        f"\nThe largest process takes {result['largest_process_gib']:.1f} GiB. Allowed:"
        f" {LIMITS['default_compare']} s on the wall, compiling included.\n",
        machine_line(result["machine"]),
    ]


SECTIONS = {
    "national_day": national_day,
    "profile_day": profile_day,
    "floor": floor,
    "engines": engines,
    "timetables": timetables,
    "peers": peers,
    "scaling": scaling,
    "national_week": national_week,
    "default_compare": default_compare,
    "studies": studies,
    "invariants": invariants,
    "textbook_rate": textbook_rate,
}


def page(results: Path) -> Lines:
    """Return the lines of the page, from the results that are there."""
    paths = {name: results / f"{name}.json" for name in SECTIONS}
    found = {name: json.loads(path.read_text()) for name, path in paths.items() if path.exists()}
    newest = max((one["machine"]["date"] for one in found.values()), default="")
    lines = [HEAD.rstrip()]
    for name, result in found.items():
        section, date = SECTIONS[name](result), result["machine"]["date"]
        if section and date < newest:
            heading, *rest = section
            older = f"**Older than the rest of this page: code and figures of {date}, {THEN}.**\n"
            section = [heading, older, *rest]
        lines += section
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
