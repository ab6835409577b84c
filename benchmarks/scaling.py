"""Time and memory against parcels, against facilities, and against days.

    python -m benchmarks scaling [--small]

Amazon-fulfillment, each point in a process of its own: every parcel followed to the door, its
processor seconds from the first draw to the columns of the result, the least of up to three, and
the most memory the process took. Building the network, and compiling, lie outside the clock but
inside the memory. Writes `benchmarks/results/scaling.json`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.children import child, free_gib, say
from benchmarks.known import counted
from benchmarks.machine import RESULTS, machine, memory_gib, peak_memory_gib, save
from benchmarks.national_day import compile_for, national_day, run_day
from benchmarks.timing import best, timed
from logistics.model.prepare import prepare

Series = tuple[str, str, Callable[[int], dict[str, Any]], Sequence[int], Sequence[int]]

FIXED_ORDERS = 660_000
DAILY_ORDERS = 300_000

SERIES: tuple[Series, ...] = (
    ("parcels", "orders on one day", lambda n: {"orders": n},
     (13_200, 132_000, 1_320_000, 4_400_000, 13_200_000), (13_200, 132_000)),
    ("fulfillment centers", f"{FIXED_ORDERS:,} orders on one day",
     lambda n: {"orders": FIXED_ORDERS, "fulfillment_centers": n},
     (50, 100, 200, 400, 800), (50, 100)),
    ("sort centers", f"{FIXED_ORDERS:,} orders on one day",
     lambda n: {"orders": FIXED_ORDERS, "sort_centers": n}, (20, 80, 320), (20, 80)),
    ("station sites", f"{FIXED_ORDERS:,} orders on one day",
     lambda n: {"orders": FIXED_ORDERS, "station_sites": n}, (230, 460, 800), (230, 460)),
    ("days", f"{DAILY_ORDERS:,} orders on each",
     lambda n: {"orders": DAILY_ORDERS, "days": n}, (1, 2, 4, 7, 14, 28), (1, 2)),
)  # fmt: skip
"""What grows, what is kept, the point of a number, the numbers, and those of a quick look."""

SMALL_ORDERS = {"orders": 13_200}
"""A quick look grows facilities and days with so few orders."""
WORK = ("parcels", "legs", "departures")
MINUTES = 5
REPEAT, ENOUGH_SECONDS = 3, 3.0
BYTES_A_PARCEL = 300


def point(orders: int, days: int = 1, **network: int) -> dict[str, Any]:
    """Run one point and return its seconds, memory and counts.

    Raises AssertionError when it did not do the work that is known.
    """
    scenario = national_day(orders).replace(days={"days": days}, network=network)
    built, model = timed(lambda: prepare(scenario))
    compile_for(model)
    before = memory_gib()
    taken, run = best(lambda: run_day(model), REPEAT, ENOUGH_SECONDS)
    memory, facts, status = peak_memory_gib(), run.facts, run.columns["status"]
    options = ", ".join(f"{name} {number}" for name, number in network.items())
    case = f"scaling, {orders:,} orders on {days} days, followed" + (
        f", {options}" if options else ""
    )
    assert facts["parcels"] == orders * days, f"{facts['parcels']} parcels"
    return {
        **taken,
        "build_seconds": round(built.processor, 2),
        "gib_before": round(before, 3),
        "gib": round(memory, 3),
        "facilities": len(model.facilities.ids),
        "lanes": len(model.lanes.ids),
        **counted(case, facts, status),
    }


def series(one: Series, small: bool) -> dict[str, Any]:
    """Run the points of a series, each in a process of its own."""
    name, kept, given, numbers, few = one
    rows = []
    for number in few if small else numbers:
        what = given(number) | (SMALL_ORDERS if small and name != "parcels" else {})
        print(f"  scaling: {number:,} {name}", file=sys.stderr, flush=True)
        rows.append({name: number, **_in_child(what)})
    done = [row for row in rows if not row["fault"]]
    x = [row["parcels"] if name in ("parcels", "days") else row[name] for row in done]
    slopes = {
        "seconds": slope(x, [row["processor_seconds"] for row in done]),
        "gib": slope(x, [row["gib"] for row in done]),
        "gib_of_the_run": slope(x, [row["gib"] - row["gib_before"] for row in done]),
    }
    kept = f"{SMALL_ORDERS['orders']:,} orders on each day" if small and name != "parcels" else kept
    return {"grows": name, "kept": kept, "rows": rows, "slopes": slopes}


def _in_child(what: Mapping[str, Any]) -> dict[str, Any]:
    needed = what["orders"] * what.get("days", 1) * BYTES_A_PARCEL / 2**30
    if free_gib() < needed:
        return {"fault": "does not fit in memory"}
    found = child("benchmarks.scaling", "--point", json.dumps(what), seconds=60 * MINUTES)
    return {**found.steps, "fault": found.fault}


def slope(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Return the exponent b of y = a x ** b, fitted by least squares of the logarithms."""
    pairs = [(a, b) for a, b in zip(x, y, strict=True) if b > 0]
    if len({a for a, _ in pairs}) < 2:
        return None
    logs = np.log(np.array(pairs, float))
    return round(float(np.polyfit(logs[:, 0], logs[:, 1], 1)[0]), 3)


def costs(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Fit seconds = parcels a + legs b + departures c, none below 0; in microseconds.

    Every point counts by its relative error, so that small ones have their say.
    """
    from scipy.optimize import nnls  # noqa: PLC0415

    seconds = np.array([row["processor_seconds"] for row in rows])
    table = np.array([[row[name] for name in WORK] for row in rows], float)
    found, _ = nnls(table / seconds[:, None], np.ones(len(rows)))
    return {name: round(float(1e6 * cost), 3) for name, cost in zip(WORK, found, strict=True)}


def measured(small: bool = False) -> dict[str, Any]:
    """Run all series.

    Raises RuntimeError when a point did not do its work.
    """
    about = machine()
    found = [series(one, small) for one in SERIES]
    rows = [row for one in found for row in one["rows"] if not row["fault"]]
    for row in rows:
        for name in WORK:
            row[f"us_a_{name.removesuffix('s')}"] = round(
                1e6 * row["processor_seconds"] / row[name], 3
            )
    return {"series": found, "fitted_us": costs(rows), "machine": about}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--point", type=json.loads, help="in a child")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    if given.point:
        say(**point(**given.point))
        return
    save("scaling", measured(given.small), given.results)


if __name__ == "__main__":
    main()
