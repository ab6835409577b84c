"""Sections of the page about speed that compare: engines, timetables, other simulators, checks."""

from __future__ import annotations

from benchmarks.page_parts import UNKNOWN, Lines, Result, machine_line, seconds, table

PACKAGES = {"queue": "A queue of ten workers, M/M/10 at 80% load", "parcels": "A parcel network"}


def engines(result: Result) -> Lines:
    """Return the lines about the two engines."""
    aims, million = result["aims"], []
    for row in result["rows"]:
        if (row["network"], row["asked"]) == ("small", 1_000_000) and "collector_off_ratio" in row:
            million.append(f"**{row['collector_off_ratio']:,.0f} times at a million parcels.** ")
    return [
        "\n## The batch engine against the textbook engine\n",
        f"{''.join(million)}From the same `Problem` to `Columns` with the same integers in all of"
        " them. *Small* is a network of 14 places, *national* the built-in one; orders of five days"
        " (one day), followed to the door. Processor seconds of all threads. The textbook engine"
        " makes and drops so many objects that Python's garbage collector takes much of its time:"
        " the headline ratio, in bold, is with the collector off.\n",
        *table(
            ("network", "parcels", "ended", "events: batch", "textbook", "seconds: batch",
             "textbook, collector off", "ratio", "textbook, collector on", "ratio", "plain SimPy",
             "textbook / plain"),
            [_engine_row(row) for row in result["rows"]],
        ),
        f"\nUp to 50,000 parcels the least of three runs, above one of each. The project aims at"
        f" {aims['collector_off']} and {aims['textbook']} times for a million parcels in the small"
        " network. Where there are as many departures as parcels, departures set the cost.\n",
        "*Plain SimPy* is `benchmarks/plain_simpy.py`, 80 lines as a SimPy user would write them,"
        " with SimPy's own `Resource` for the workers. It gives the same delivery ticks from the"
        " same draws and keeps no other column; its collector is off too. The project allows the"
        f" textbook engine {result['plain_aim']} times its seconds.\n",
        machine_line(result["machine"]),
    ]  # fmt: skip


def _engine_row(row: Result) -> Lines:
    counts = row.get("counts")
    if counts is None:
        return [row["network"], f"{row['asked']:,}", row["fault"], *[""] * 9]
    shown = [row["network"], f"{row['asked']:,}", f"{counts['ended'] / counts['parcels']:.1%}"]
    shown.append(f"{counts['events']:,}")
    shown.append(f"{row['textbook_events']:,}" if "textbook_events" in row else UNKNOWN)
    shown.append(f"{row['batch']['processor_seconds']:.3g}")
    for name, bold in (("collector_off", "**"), ("textbook", "")):
        fault = row.get(f"{name}_fault") or row["fault"] or "not run"
        shown.append(f"{row[name]['processor_seconds']:.3g}" if name in row else fault)
        ratio = f"{name}_ratio"
        shown.append(f"{bold}{row[ratio]:,.0f}{bold}" if ratio in row else "")
    shown.append(f"{row['plain']['processor_seconds']:.3g}" if "plain" in row else UNKNOWN)
    shown.append(f"{row['plain_ratio']:.2f}" if "plain_ratio" in row else UNKNOWN)
    return shown


def timetables(result: Result) -> Lines:
    """Return the lines about departures at round hours and at times of their own."""
    rows = [
        [
            one["network"], f"{one['round']['counts']['departures']:,}",
            *(f"{one[case]['instants']:,}" for case in ("round", "odd")),
            *(f"{one[case]['counts']['events']:,}" for case in ("round", "odd")),
            *(f"{one[case]['processor_seconds']:.2f}" for case in ("round", "odd")),
            f"**{one['ratio']:.2f}**",
        ]
        for one in result["networks"]
    ]  # fmt: skip
    first = result["networks"][0]
    return [
        "\n## Timetables without round hours\n",
        "The built-in networks leave on round hours, and many departures share an instant. Beside"
        " them the same with every lane and delivery route later by an amount of its own, below an"
        f" hour and to the tick. {first['orders']:,} orders of one day, followed to the door; the"
        f" engine alone, in processor seconds, the least of {first['repeats']} runs in turns. The"
        f" project allows {result['aim']} times the seconds of round hours.\n",
        *table(
            ("network", "departures", "instants: round", "own", "events: round", "own",
             "seconds: round", "own", "ratio"),
            rows,
        ),
        "",
        machine_line(result["machine"]),
    ]  # fmt: skip


def peers(result: Result) -> Lines:
    """Return the lines about other simulators."""
    lines = [
        "\n## Against other simulators\n",
        "The closest model that each can express, with the same arrivals, work and timetables; each"
        " must finish all parcels with the same mean time (Ciw's round: within 1%). Ours is the"
        " whole of `simulate`, which also checks itself and keeps every column; the others'"
        " statistics are only what is compared. Least of up to three runs, with Python's garbage"
        " collector on. Ratios are of processor seconds.\n",
    ]
    for case in result["cases"]:
        counts = case["counts"]
        lines.append(
            f"{PACKAGES[case['case']]}: {counts['parcels']:,} parcels in {case['days']} days, all"
            f" delivered, {counts['departures']:,} departures.\n"
        )
        rows = [
            [row["package"], row["fault"], "", "", ""]
            if "fault" in row
            else [row["package"], *seconds(row), f"{row['per_second']:,}", f"{row['ratio']:.1f}"]
            for row in case["rows"]
        ]
        head = ("", "processor seconds", "wall", "parcels a processor second", "times ours")
        lines += [*table(head, rows), ""]
    cannot = {
        row["package"]: row["cannot"] for case in result["cases"] for row in case["rows"]
        if "cannot" in row
    }  # fmt: skip
    lines.append("What they cannot express of it:\n")
    lines += [f"- {package}: {what}." for package, what in cannot.items()]
    return [*lines, "", machine_line(result["machine"])]


def studies(result: Result) -> Lines:
    """Return the lines about what a study costs beside its runs."""
    over, cores, memory = (result[name] for name in ("overhead", "cores", "memory"))
    if "half_width" not in over:
        return [
            "\n## What a study costs beside its runs\n",
            f"Against a bare loop over the same replications {over['overhead']:+.1%} on the wall"
            f" (median of {over['pairs']} pairs, from {min(over['of_each_pair']):+.1%} to"
            f" {max(over['of_each_pair']):+.1%}): too few to see one percent. Two processes are"
            f" {cores['times_as_fast']} times as fast as one.\n",
            machine_line(result["machine"]),
        ]
    width = "" if over["half_width"] is None else f" ± {over['half_width']:.2%}"
    counts = over["counts"]
    return [
        "\n## What a study costs beside its runs\n",
        f"Against a bare loop over the same replications a study takes {over['overhead']:+.2%}"
        f"{width} more of the processor (mean and 95% interval of random variation over"
        f" {over['pairs']} pairs; {over['runs']} replications each side, together"
        f" {counts['parcels']:,} parcels and {counts['legs']:,} legs;"
        f" {over['processor_seconds_a_run']} processor seconds and {over['wall_seconds_a_run']} s"
        " a replication).\n",
        f"{cores['runs']} replications take {cores['one']['wall_seconds']} s on the wall and"
        f" {cores['one']['processor_seconds']} of the processor in one process, and"
        f" {cores['two']['wall_seconds']} s and {cores['two']['processor_seconds']} in two, whose"
        f" start is included: {cores['times_as_fast']} times as fast. A study's process takes"
        f" {memory['few_gib']:.2f} GiB at most after {memory['few']} replications and"
        f" {memory['many_gib']:.2f} GiB after {memory['many']}.\n",
        machine_line(result["machine"]),
    ]


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
        "Events a processor second of the textbook engine, and of a program that has as many"
        " processes wait as often in bare SimPy and does nothing else; with Python's garbage"
        " collector on and off.\n",
        *table(("network", "collector", "events", "textbook", "bare SimPy", "ratio"), rows),
        "",
        machine_line(result["machine"]),
    ]


def invariants(result: Result) -> Lines:
    """Return the lines about the checks of every run."""
    rows = [
        [name, f"{case['visits']:,}",
         f"{case['ended'] / case['parcels']:.1%}" if "ended" in case else UNKNOWN,
         f"{case['draw_seconds'] + case['engine_seconds']:.2f}",
         f"{case['check_seconds']:.2f}", f"{case['share']:.0%}"]
        for name, case in result["cases"].items()
    ]  # fmt: skip
    return [
        "\n## What it costs to check every run\n",
        "Processor seconds of draws and engine, and of the check of every rule for every"
        f" parcel. The project aims at {result['allowed']:.0%} of the former.\n",
        *table(("case", "visits", "ended", "draws and engine", "check", "share"), rows),
        "",
        machine_line(result["machine"]),
    ]
