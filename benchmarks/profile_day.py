"""Where the national day's time goes, step by step, and what it takes to write it as Parquet.

    python -m benchmarks profile_day [-- --orders 13200000]

A run of its own, followed to the door: the functions of each step are timed where they are called,
from outside and each without what it calls itself that is a step too. They may use all cores
within: the seconds are the processor's. Needs 5 GB, and a few GB of disk. Writes
`benchmarks/results/profile_day.json`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.known import counted
from benchmarks.machine import RESULTS, machine, peak_memory_gib, save
from benchmarks.national_day import ORDERS, SEED, compile_for, day_case, national_day, run_day
from benchmarks.timing import Seconds, Stopwatch, timed
from logistics import running
from logistics.model import draws
from logistics.model.policies.sourcing import NearestWithStock
from logistics.model.prepare import prepare
from logistics.orders import orders
from logistics.runs import build as results
from logistics.runs.run import Run
from logistics.simulation.batch import engine as batch

SMALL = 132_000

ORDERING, DRAWING, BEFORE, KERNEL, COLUMNS, RESULT, CHECKS = (
    "who orders", "draws", "before the clock", "the clock and the kernel",
    "columns of times and places", "columns of the result", "checks",
)  # fmt: skip
ELSE = "all else"

STEPS: dict[tuple[str, str], tuple[tuple[Any, str], ...]] = {
    (ORDERING, "markets and products"): ((orders, "_pick"),),
    (ORDERING, "in the order of their times"): ((orders, "_generated"),),
    (ORDERING, "ids and times of day"): ((running, "generate_orders"),),
    (DRAWING, "which center ships"): ((NearestWithStock, "choose"),),
    (DRAWING, "parcels numbered by center"): ((draws, "sorted_rows"), (orders.Orders, "of")),
    (DRAWING, "stations, attempts, stops, thefts"): ((draws, "draw_parcels"),),
    (DRAWING, "work at every place"): ((draws, "_work_numbers"),),
    (DRAWING, "what each can take"): ((draws, "_limits"),),
    (DRAWING, "trucks' times on the road"): ((draws, "_departures"),),
    (BEFORE, "queues and bays laid out"): ((batch, "admitted"), (batch, "prepare")),
    (BEFORE, "what pickups collect"): ((batch, "collect"),),
    (KERNEL, "work up to a cut or the end"): ((batch, "_advance_all"), (batch, "note_the_rest")),
    (KERNEL, "departures, and the work before them"): ((batch, "depart"),),
    (KERNEL, "changes of staff"): ((batch, "set_workers"),),
    (KERNEL, "waves and attempts"): ((batch, "_go_out"),),
    (KERNEL, "the clock itself"): ((batch, "_let_happen"),),
    (COLUMNS, "losses, damage, the five times"): (
        (batch, "by_parcel"), (batch, "finished_columns"),
    ),
    (RESULT, "kilometers, handlings, hazards"): ((results, "_totals"),),
    (RESULT, "promises"): ((results, "in_chunks"),),
    (RESULT, "zones"): ((results, "_zones_of"),),
    (RESULT, "put together"): ((running, "run_of"),),
    (CHECKS, "every rule, every parcel"): ((running, "check_run"),),
}  # fmt: skip
"""What is timed: (part, step), and where its functions are looked up. They are not public: what is
no longer there is timed with the step around it, and the result says so."""


def measured(orders_of_day: int = ORDERS) -> dict[str, Any]:
    """Run the day with a stopwatch, and write it to a folder that is deleted afterwards.

    Raises AssertionError when the counts are not those that are known, or parcels are not written.
    """
    about, scenario = machine(), national_day(orders_of_day)
    model = prepare(scenario)
    compile_for(model)
    watch = Stopwatch()
    with watch.watching(STEPS):
        total, run = timed(lambda: run_day(model))
    counts = counted(day_case(orders_of_day), run.facts, run.columns["status"])
    memory = peak_memory_gib()
    steps = [
        {"part": part, "step": step, **watch.seconds[part, step].row(3)}
        for part, step in STEPS
        if (part, step) in watch.seconds
    ]
    left = total - sum(watch.seconds.values(), Seconds())
    steps.append({"part": ELSE, "step": "", **left.row(3)})
    return {
        "case": f"amazon-fulfillment, {orders_of_day:,} orders on one day, seed {SEED}",
        "counts": counts,
        "steps": steps,
        "total": total.row(3),
        "repeats": 1,
        "not_timed": [step for part, step in STEPS if (part, step) not in watch.seconds],
        "peak_memory_gib": round(memory, 2),
        "parquet": written(run),
        "peak_memory_with_parquet_gib": round(peak_memory_gib(), 2),
        "machine": about,
    }


def written(run: Run) -> dict[str, Any]:
    """Write a run as Parquet and return the seconds, the size and the rows.

    Raises AssertionError when not every parcel is written.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        seconds, _ = timed(lambda: run.save(folder))
        size = sum(path.stat().st_size for path in folder.iterdir())
        rows = pq.ParquetFile(folder / "parcels.parquet").metadata.num_rows
    assert rows == len(run), f"{rows:,} of {len(run):,} parcels are written"
    return {**seconds.row(), "gb": round(size / 1e9, 3), "rows": rows}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    save("profile_day", measured(SMALL if given.small else given.orders), given.results)


if __name__ == "__main__":
    main()
