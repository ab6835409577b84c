"""What it costs to check every run: seconds of the check against seconds of draws and engine.

    python -m benchmarks.invariants [--orders 1300000] [--repeat 3] [--results FOLDER]

Two kinds of cases: so many orders on one day of amazon-fulfillment, as in `national_day`, and the
built-in three at their default sample. Processor time, the least of `--repeat` runs each; other
programs on the machine make all of it longer. Writes `benchmarks/results/invariants.json`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS, machine, save
from benchmarks.national_day import national_day
from logistics.model.draws import draw
from logistics.model.prepare import prepare
from logistics.orders.orders import generate_orders
from logistics.scenario.load import load_scenario
from logistics.scenario.scenario import Scenario
from logistics.simulation.batch.engine import run
from logistics.simulation.checks import check_run
from logistics.streams import Streams
from logistics.vocabulary import NOT_YET

ORDERS = 1_300_000
ALLOWED = 0.10
"""Share of the time of draws and engine that the check may take."""
NETWORKS = ("amazon-fulfillment", "tiktok-seller-direct", "tiktok-platform-fulfilled")


def measured(scenario: Scenario, repeat: int) -> dict[str, Any]:
    """Return the seconds of one scenario, and how much was checked."""
    model, streams = prepare(scenario), Streams(scenario.runs.seed)
    few = scenario.orders.model_copy(update={"orders_per_day": 1_000})
    run(draw(model, generate_orders(few, model.period, streams), streams).problem)  # compiles
    orders = generate_orders(scenario.orders, model.period, streams)
    seconds = []
    for _ in range(repeat):
        clocks = [time.process_time()]
        problem = draw(model, orders, streams).problem
        clocks.append(time.process_time())
        columns = run(problem)
        clocks.append(time.process_time())
        check_run(problem, columns)
        clocks.append(time.process_time())
        seconds.append([after - before for before, after in pairwise(clocks)])
    draws, engine, check = (min(times) for times in zip(*seconds, strict=True))
    return {
        "parcels": len(problem.parcels.ordered),
        "visits": int((columns.ready != NOT_YET).sum()),
        "departures": len(problem.departures.tick),
        "draw_seconds": round(draws, 3),
        "engine_seconds": round(engine, 3),
        "check_seconds": round(check, 3),
        "share": round(check / (draws + engine), 3),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--orders-per-day", type=int)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    about = machine()
    cases = {f"amazon-fulfillment, {given.orders:,} orders on one day": national_day(given.orders)}
    for name in NETWORKS:
        scenario = load_scenario(name)
        if given.orders_per_day:
            scenario = scenario.replace(orders={"orders_per_day": given.orders_per_day})
        cases[f"{name}, {scenario.orders.orders_per_day:,} orders a day"] = scenario
    found = {name: measured(scenario, given.repeat) for name, scenario in cases.items()}
    save("invariants", {"allowed": ALLOWED, "cases": found, "machine": about}, given.results)


if __name__ == "__main__":
    main()
