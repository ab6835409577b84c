"""One day of the nation: 13.2 million orders through the fulfillment centers.

    python -m benchmarks.national_day [--orders 13200000] [--results FOLDER]

A speed case: one Thursday, no warm-up, an empty network. The clock runs from the
orders' draws to the columns of a `Run`. Outside it: building the network with its timetable, and
compiling. The counts of seed 1 are known, so that a speed-up that does less work fails. Needs
4 GB. Writes `benchmarks/results/national_day.json`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS, machine, peak_memory_gib, save
from logistics.model.prepare import PreparedModel, prepare
from logistics.orders.orders import Orders, generate_orders
from logistics.running import ordered, run_once
from logistics.runs.run import Run
from logistics.scenario.load import load_scenario
from logistics.scenario.scenario import Scenario
from logistics.streams import Streams

ORDERS = 13_200_000
FIRST_DAY = "2023-09-21"
"""A Thursday."""
SEED = 1

COUNTS = ("parcels", "legs", "departures", "events")
KNOWN = {"parcels": ORDERS, "legs": 18_702_900, "departures": 13_252, "events": 15_242}
"""What seed 1 gives with the built-in scenario; a change of the scenario or of the networks
changes it, a speed-up must not."""


def national_day(orders: int = ORDERS) -> Scenario:
    """Return the scenario: exactly so many orders on one Thursday, and nothing around it."""
    return load_scenario("amazon-fulfillment").replace(
        orders={"orders_per_day": orders, "weekday": [1.0] * 7},
        days={"first_day": FIRST_DAY, "days": 1, "warm_up_days": 0, "later_order_days": 0},
        runs={"seed": SEED},
    )


def measured(orders: int = ORDERS) -> dict[str, Any]:
    """Run the day once and return its seconds, memory and counts.

    Raises AssertionError when the counts are not those that are known.
    """
    about, scenario = machine(), national_day(orders)
    started = time.perf_counter()
    model = prepare(scenario)
    built = time.perf_counter()
    compiled = _compile(model)
    run, seconds = _timed(model)
    counts = {name: run.facts[name] for name in COUNTS}
    assert counts["parcels"] == len(run) == orders
    assert orders != ORDERS or counts == KNOWN, f"{counts} is not the known {KNOWN}"
    return {
        "case": f"amazon-fulfillment, {orders:,} orders on one day, starts empty, seed {SEED}",
        "seconds": seconds,
        "outside_the_clock": {"network": round(built - started, 2), "compiling": compiled},
        "peak_memory_gib": round(peak_memory_gib(), 2),
        "counts": counts,
        "machine": about,
    }


def _compile(model: PreparedModel) -> float:
    """Send a few orders through, so that everything is compiled; return the seconds."""
    started = time.perf_counter()
    streams = Streams(SEED)
    few = model.scenario.orders.model_copy(update={"orders_per_day": 1_000})
    run_once(model, generate_orders(few, model.period, streams), streams)
    return round(time.perf_counter() - started, 2)


def _timed(model: PreparedModel) -> tuple[Run, dict[str, float]]:
    streams = Streams(SEED)
    started = time.perf_counter()
    drawn = []

    def orders() -> Orders:
        found = ordered(model, None, streams)
        drawn.append(time.perf_counter())
        return found

    run = run_once(model, orders(), streams)  # which alone holds the orders, and forgets them
    ended = time.perf_counter()
    parts: Mapping[str, Any] = run.facts
    engine = {name: parts[f"{name}_seconds"] for name in ("draw", "run", "check")}
    seconds = {
        "orders": drawn[0] - started,
        "draws": engine["draw"],
        "engine": engine["run"],
        "checks": engine["check"],
        "columns": ended - drawn[0] - sum(engine.values()),
        "total": ended - started,
    }
    return run, {name: round(value, 2) for name, value in seconds.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    save("national_day", measured(given.orders), given.results)


if __name__ == "__main__":
    main()
