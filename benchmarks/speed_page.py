"""Write `docs/background/speed.md` from the results of the speed benchmarks.

    python -m benchmarks.speed_page [--results FOLDER] [--page PATH]

`python -m benchmarks` runs them and then this. What has no result yet is left out.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS

PAGE = Path(__file__).parent.parent / "docs" / "background" / "speed.md"

HEAD = """# How fast it is

Measured by the benchmarks in `benchmarks/`, on the machine named with each; the results are kept in
`benchmarks/results/`, and `python -m benchmarks` runs them and makes this page anew. Both sides of
a ratio ran in one process, one after the other. Each benchmark checks how much was done, so that
doing less is not taken for being faster. Where other programs were busy on the machine, the seconds
are more than they need to be.
"""

STEPS = {
    "orders": "who orders what, when and where",
    "draws": "the luck of every parcel and truck",
    "engine": "the run itself, all columns of times and places",
    "checks": "every rule checked for every parcel",
    "columns": "the columns of the result: ways, kilometres, promises",
    "total": "**in all**",
}

LIMITS = {"national_day": 60, "default_compare": 60}
"""Seconds that the project allows itself, on two cores."""

PACKAGES = {"queue": "A queue of ten workers, M/M/10 at 80% load", "parcels": "A parcel network"}

Lines = list[str]
Result = Mapping[str, Any]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Lines:
    """Return a table whose columns but the first hold numbers."""
    return [
        f"| {' | '.join(head)} |",
        "|---|" + "---:|" * (len(head) - 1),
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def national_day(result: Result) -> Lines:
    """Return the lines about the national day."""
    counts, seconds, outside = (result[key] for key in ("counts", "seconds", "outside_the_clock"))
    speed = counts["parcels"] / seconds["total"]
    steps = [[text, f"{seconds[step]:.1f}"] for step, text in STEPS.items() if step in seconds]
    return [
        "\n## The national day\n",
        f"{result['case'][0].upper()}{result['case'][1:]}: {counts['legs']:,} legs,"
        f" {counts['departures']:,} departures, {counts['events']:,} events. The clock runs from"
        " the first draw to the columns of the result; building the network"
        f" ({outside['network']:.1f} s) and loading compiled code ({outside['compiling']:.1f} s)"
        " are outside it.\n",
        *table(("step", "seconds"), steps),
        f"\n{speed / 1e6:.2f} million parcels a second; at most {result['peak_memory_gib']:.1f} GiB"
        f" of memory. Allowed: {LIMITS['national_day']} s and 4 GiB.\n",
        machine_line(result["machine"]),
    ]


def profile_day(result: Result) -> Lines:
    """Return the lines about where the day's time goes, and about Parquet."""
    total, parquet, rows = result["total_seconds"], result["parquet"], []
    for part, group in groupby(result["steps"], key=lambda step: step["part"]):
        steps = list(group)
        sum_of_part = sum(step["seconds"] for step in steps)
        rows.append([f"**{part}**", f"**{sum_of_part:.2f}**", f"{sum_of_part / total:.0%}"])
        rows += [
            [f"· {step['step']}", f"{step['seconds']:.2f}", f"{step['seconds'] / total:.0%}"]
            for step in steps
            if len(steps) > 1
        ]
    return [
        "\n## Where the day's time goes\n",
        f"The same in a run of its own, {result['case']}, with a stopwatch around the functions of"
        f" each step: {total:.1f} s, {result['peak_memory_gib']:.1f} GiB.\n",
        *table(("step", "seconds", "share"), rows),
        f"\nWritten as Parquet (`Run.save`), all {parquet['rows']:,} parcels with their visits are"
        f" {parquet['gb']:.2f} GB and take {parquet['seconds']:.1f} s more:"
        f" {total + parquet['seconds']:.1f} s in all, at most"
        f" {result['peak_memory_with_parquet_gib']:.1f} GiB.\n",
        machine_line(result["machine"]),
    ]


def floor(result: Result) -> Lines:
    """Return the lines about the machine's own limit."""
    floors, ratio = result["floor_seconds"], result["ratio"]
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
    rows.append([f"**the run** ({result['machine']['cores']} cores)",
                 *[f"{result['run_seconds']:.2f}"] * 2])  # fmt: skip
    rows.append(["run / floor", *(f"{ratio[one]:.1f}" for one in ("one_thread", "all_cores"))])
    return [
        "\n## Against the machine's own limit\n",
        f"What NumPy takes to draw, sort, gather and write as much as a day of"
        f" {result['orders']:,} orders needs, without following any parcel. Seconds. The project"
        f" aims at {result['aim']:.0f} times the floor.\n",
        *table(("", "floor on one thread", "floor on all cores"), rows),
        "",
        machine_line(result["machine"]),
    ]


def engines(result: Result) -> Lines:
    """Return the lines about the two engines."""
    rows = []
    for row in result["rows"]:
        counts = row.get("counts", {})
        shown = [row["network"], f"{row['asked']:,}"]
        shown.append(f"{counts['events']:,}" if counts else "")
        shown.append(f"{row['batch']:.3g}" if "batch" in row else row["fault"])
        for name in ("textbook", "collector_off"):
            fault = row.get(f"{name}_fault") or row["fault"] or "not run"
            shown.append(f"{row[name]:.3g}" if name in row else fault)
            shown.append(f"**{row[f'{name}_ratio']:,.0f}**" if name in row else "")
        rows.append(shown)
    aims = result["aims"]
    return [
        "\n## The batch engine against the textbook engine\n",
        "From the same `Problem` to `Columns` with the same integers in all of them. *Small* is a"
        " network of 14 places, *national* the built-in one; orders of five days (one day), run"
        " until most are delivered. The textbook engine makes and drops so many objects that"
        " Python's garbage collector takes much of its time: it runs with the collector as it is,"
        " and with it off. Seconds; in bold how many times faster the batch engine is.\n",
        *table(("network", "parcels", "events", "batch", "textbook", "ratio",
                "textbook, collector off", "ratio"), rows),
        f"\nThe project aims at {aims['textbook']} and {aims['collector_off']} times for a million"
        " parcels in the small network. Where there are as many events as parcels, events set the"
        " cost.\n",
        machine_line(result["machine"]),
    ]  # fmt: skip


def peers(result: Result) -> Lines:
    """Return the lines about other simulators."""
    lines = [
        "\n## Against other simulators\n",
        "The closest model that each can express, with the same arrivals, work and timetables; each"
        " must finish as many with the same mean time (Ciw's round: within 1%). Ours is the whole"
        " of `simulate`, which also checks itself; the others' statistics are only what is"
        " compared.\n",
    ]
    for case in result["cases"]:
        counts = case["counts"]
        lines.append(
            f"{PACKAGES[case['case']]}: {counts['parcels']:,} parcels in {case['days']} days,"
            f" {counts['departures']:,} departures.\n"
        )
        rows = [
            [row["package"], row["fault"], "", ""]
            if "fault" in row
            else [row["package"], f"{row['seconds']:.2f}", f"{row['per_second']:,}",
                  f"{row['ratio']:.1f}"]
            for row in case["rows"]
        ]  # fmt: skip
        lines += [*table(("", "seconds", "parcels a second", "times ours"), rows), ""]
    cannot = {
        row["package"]: row["cannot"] for case in result["cases"] for row in case["rows"]
        if "cannot" in row
    }  # fmt: skip
    lines.append("What they cannot express of it:\n")
    lines += [f"- {package}: {what}." for package, what in cannot.items()]
    return [*lines, "", machine_line(result["machine"])]


def scaling(result: Result) -> Lines:
    """Return the lines about how time and memory grow."""
    lines = [
        "\n## How time and memory grow\n",
        "Amazon-fulfillment, from the first draw to the columns of the result. Memory is the most"
        " that the process took, network included. The exponent is the slope of the logarithms:"
        " 1 means that twice as many take twice as long.\n",
    ]
    for one in result["series"]:
        grows = one["grows"]
        rows = [
            [f"{row[grows]:,}", *([row["fault"], *[""] * 6] if row["fault"] else _scaled(row))]
            for row in one["rows"]
        ]
        slopes = one["slopes"]
        exponents = f"Exponent of the seconds: {slopes['seconds']}"
        if grows in ("parcels", "days"):
            exponents += f"; of the memory: {slopes['gib']}; without what was there before"
            exponents += f" the run: {slopes['gib_of_the_run']}"
        lines += [
            f"**{grows.capitalize()}** ({one['kept']}).\n",
            *table((grows, "seconds", "GiB", "events", "legs", "µs a parcel", "µs a leg",
                    "µs an event"), rows),
            f"\n{exponents}.\n",
        ]  # fmt: skip
    cost = result["fitted_us"]
    return [
        *lines,
        f"All points together: {cost['parcels']:.2f} µs a parcel + {cost['legs']:.2f} µs a leg +"
        f" {cost['events']:.1f} µs an event (least squares of the relative errors).\n",
        machine_line(result["machine"]),
    ]


def _scaled(row: Result) -> Lines:
    costs = [f"{row[f'us_a_{name}']:.2f}" for name in ("parcel", "leg", "event")]
    return [f"{row['seconds']:.2f}", f"{row['gib']:.2f}", f"{row['events']:,}", f"{row['legs']:,}",
            *costs]  # fmt: skip


def textbook_rate(result: Result) -> Lines:
    """Return the lines about what the textbook engine adds to SimPy itself."""
    rows = []
    for name, case in result["cases"].items():
        for collector in ("collector_on", "collector_off"):
            rate = case[collector]
            rows.append([
                name, collector.removeprefix("collector_"), f"{case['counts']['events']:,}",
                f"{rate['textbook_events_per_second']:,}", f"{rate['bare_events_per_second']:,}",
                f"{rate['ratio']:.2f}",
            ])  # fmt: skip
    return [
        "\n## The textbook engine against bare SimPy\n",
        "Events a second of the textbook engine, and of a program that has as many processes wait"
        " as often in bare SimPy and does nothing else; with Python's garbage collector on and"
        " off.\n",
        *table(("network", "collector", "events", "textbook", "bare SimPy", "ratio"), rows),
        "",
        machine_line(result["machine"]),
    ]


def invariants(result: Result) -> Lines:
    """Return the lines about the checks of every run."""
    rows = [
        [name, f"{case['visits']:,}", f"{case['draw_seconds'] + case['engine_seconds']:.2f}",
         f"{case['check_seconds']:.2f}", f"{case['share']:.0%}"]
        for name, case in result["cases"].items()
    ]  # fmt: skip
    return [
        "\n## What it costs to check every run\n",
        "Seconds of processor time of draws and engine, and of the check of every rule for every"
        f" parcel. The project aims at {result['allowed']:.0%} of the former.\n",
        *table(("case", "visits", "draws and engine", "check", "share"), rows),
        "",
        machine_line(result["machine"]),
    ]


def national_week(result: Result) -> Lines:
    """Return the lines about days in a row."""
    rows = [
        [str(day["day"]), f"{day['seconds']:.0f}", f"{day['memory_gib']:.2f}",
         f"{day['under_way']:,}", f"{day['written']:,}"]
        for day in result["days"]
    ]  # fmt: skip
    counts = result["counts"]
    return [
        "\n## The national week\n",
        f"{result['case'][0].upper()}{result['case'][1:]}, streamed to Parquet in time slices of"
        f" {result['stretch_hours']:.0f} h: {counts['legs']:,} legs,"
        f" {counts['events']:,} events.\n",
        *table(("end of day", "seconds", "GiB", "under way", "written"), rows),
        f"\n{result['seconds_a_day']:.0f} s a day; {result['gb_on_disk']:.1f} GB on disk. At this"
        f" rate a month takes {result['hours_for_a_month']:.1f} h, and a year"
        f" {result['hours_for_a_year']:.1f} h and {result['tb_for_a_year']:.2f} TB.\n",
        machine_line(result["machine"]),
    ]


def default_compare(result: Result) -> Lines:
    """Return the lines about the default comparison."""
    runs = result["cache_of_compiled_code"]
    parcels, files = runs["full"]["parcels"], runs["full"]["files"]
    rows = [
        [state, f"{run['seconds']:.1f}", f"{run['processor_seconds']:.1f}"]
        for state, run in runs.items()
    ]
    return [
        "\n## The default comparison\n",
        f"`{result['case']}`, from start to files: {result['networks']} networks, run"
        f" {result['replications']} times each, {parcels:,} parcels in all, {files} files.\n",
        *table(("cache of compiled code", "seconds", "of processor time"), rows),
        f"\nThe largest process takes {result['largest_process_gib']:.1f} GiB. Allowed:"
        f" {LIMITS['default_compare']} s, compiling included.\n",
        machine_line(result["machine"]),
    ]


def machine_line(about: Result) -> str:
    """Return what a result was measured on."""
    return (
        f"Measured on {about['date']}: {about['cores']} cores ({about['processor']},"
        f" {about['system']}), Python {about['python']}, NumPy {about['numpy']}, Numba"
        f" {about['numba']}, SimPy {about['simpy']}. Other programs kept"
        f" {about['others']:.1f} cores busy in the minute before."
    )


SECTIONS = {
    "national_day": national_day,
    "profile_day": profile_day,
    "floor": floor,
    "engines": engines,
    "peers": peers,
    "scaling": scaling,
    "national_week": national_week,
    "default_compare": default_compare,
    "invariants": invariants,
    "textbook_rate": textbook_rate,
}


def page(results: Path) -> Lines:
    """Return the lines of the page, from the results that are there."""
    lines = [HEAD.rstrip()]
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
