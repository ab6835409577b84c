"""One day of the nation, followed to the door: 13.2 million orders through the fulfillment centers.

    python -m benchmarks national_day [-- --orders 13200000 --repeat 2]

One Thursday of orders in an empty network and none after it; the run ends at the first midnight at
which every parcel has ended. The clock goes from the orders' draws to the columns of a `Run`.
Outside it: building the network with its timetable, and compiling. Beside it, in the same process,
the day as it was measured before: cut at its own midnight, when hardly anything is delivered. The
counts of seed 1 are known, so that a speed-up that does less fails. Needs 4 GB. Writes
`benchmarks/results/national_day.json`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.known import counted
from benchmarks.machine import RESULTS, machine, peak_memory_gib, save
from benchmarks.timing import Seconds, Stopwatch, timed
from logistics import running
from logistics.model.prepare import PreparedModel, prepare
from logistics.orders.orders import generate_orders
from logistics.runs.run import Run
from logistics.scenario.load import load_scenario
from logistics.scenario.scenario import Scenario
from logistics.simulation.batch import engine as batch
from logistics.streams import Streams
from logistics.vocabulary import Status

ORDERS = 13_200_000
FIRST_DAY = "2023-09-21"
"""A Thursday."""
SEED = 1
REPEAT = 2

STEPS = {
    "orders": ((running, "ordered"),),
    "draws": ((running, "draw"),),
    "checks": ((running, "check_run"),),
    "columns": ((running, "run_of"),),
}
"""Beside the engine itself; what is left goes to the columns."""


def national_day(orders: int = ORDERS, follow_days: int | None = None) -> Scenario:
    """Return the scenario: exactly so many orders on one Thursday, and none before or after it.

    `follow_days`: how long they are followed at most; None for until all have ended.
    """
    days = {"first_day": FIRST_DAY, "days": 1, "warm_up_days": 0, "later_order_days": 0}
    return load_scenario("amazon-fulfillment").replace(
        orders={"orders_per_day": orders, "weekday": [1.0] * 7},
        days={**days, "follow_days": follow_days},
        runs={"seed": SEED},
    )


def compile_for(model: PreparedModel) -> None:
    """Send a few orders through, so that everything is compiled."""
    streams = Streams(SEED)
    few = model.scenario.orders.model_copy(update={"orders_per_day": 1_000})
    running.run_once(model, generate_orders(few, model.period, streams), streams)


def run_day(model: PreparedModel) -> Run:
    """Run the day, from its draws to the result."""
    streams = Streams(SEED)
    return running.run_once(model, running.ordered(model, None, streams), streams)


def day_case(orders: int, follow_days: int | None = None) -> str:
    """Return the name under which the day's counts are known."""
    cut = "" if follow_days is None else f", cut after {follow_days} more days"
    return f"national day, {orders:,} orders{cut}"


def measured(orders: int = ORDERS, repeat: int = REPEAT) -> dict[str, Any]:
    """Run the day, and the day that is cut; return their seconds, memory and counts.

    Raises AssertionError when the counts are not those that are known.
    """
    about = machine()
    built, model = timed(lambda: prepare(national_day(orders)))
    compiled, _ = timed(lambda: compile_for(model))
    followed = timed_day(model, day_case(orders), repeat)
    assert followed["counts"]["parcels"] == orders
    model = prepare(national_day(orders, 0))
    return {
        "case": f"amazon-fulfillment, {orders:,} orders on one day, starts empty, seed {SEED}",
        **followed,
        "cut_at_midnight": timed_day(model, day_case(orders, 0), 1),
        "outside_the_clock": {"network": built.row(), "compiling": compiled.row()},
        "machine": about,
    }


def timed_day(model: PreparedModel, case: str, repeat: int) -> dict[str, Any]:
    """Return the quickest of some runs of a day, by processor seconds: its steps and counts."""
    found: list[tuple[Seconds, Stopwatch]] = []
    for _ in range(repeat):
        run, watch = None, Stopwatch()
        engine = {"batch": watch.timed("engine", batch.run)}
        with watch.watching(STEPS), patch.dict(running._ENGINES, engine):
            total, run = timed(lambda: run_day(model))
        found.append((total, watch))
    assert run is not None
    total, watch = min(found, key=lambda one: one[0].processor)
    spent = watch.seconds
    spent["columns"] += total - sum(spent.values(), Seconds())
    steps = ("orders", "draws", "engine", "checks", "columns")
    return {
        "steps": {step: spent[step].row() for step in steps},
        "total": total.row(),
        "repeats": repeat,
        "peak_memory_gib": round(peak_memory_gib(), 2),
        "counts": counted(case, run.facts, run.columns["status"]),
        "delivered": round(float((run.columns["status"] == Status.DELIVERED).mean()), 4),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--repeat", type=int, default=REPEAT)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    save("national_day", measured(given.orders, given.repeat), given.results)


if __name__ == "__main__":
    main()
