"""What it costs to check every run: seconds of the check against seconds of draws and engine.

    python -m benchmarks invariants [-- --orders 1300000 --repeat 3]

Two kinds of cases: so many orders on one day of amazon-fulfillment, followed to the door as in
`national_day`, and the built-in three at their default sample. Processor seconds, the least of
`--repeat` runs each. Writes `benchmarks/results/invariants.json`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.known import work_of
from benchmarks.machine import RESULTS, machine, save
from benchmarks.national_day import compile_for, national_day
from benchmarks.timing import Seconds, timed
from logistics import running
from logistics.model.draws import draw
from logistics.model.prepare import prepare
from logistics.orders.orders import generate_orders
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.scenario.scenario import Scenario
from logistics.simulation.batch.engine import run
from logistics.simulation.checks import check_run
from logistics.streams import Streams
from logistics.vocabulary import NOT_YET

ORDERS = 1_300_000
ALLOWED = 0.10
"""Share of the time of draws and engine that the check may take."""
STEPS = ("draw", "engine", "check")


def measured(scenario: Scenario, repeat: int) -> dict[str, Any]:
    """Return the seconds of one scenario, and how much was checked."""
    model, streams = prepare(scenario), Streams(scenario.runs.seed)
    compile_for(model)
    orders = generate_orders(scenario.orders, model.period, streams)
    seconds: dict[str, list[Seconds]] = {step: [] for step in STEPS}
    for _ in range(repeat):
        spent, drawn = timed(lambda: draw(model, orders, streams))
        seconds["draw"].append(spent)
        spent, columns = timed(lambda problem=drawn.problem: run(problem))
        seconds["engine"].append(spent)
        spent, _ = timed(lambda problem=drawn.problem, c=columns: check_run(problem, c))
        seconds["check"].append(spent)
    drawn, columns = running._as_it_ended(drawn, columns)
    least = {step: min(one.processor for one in seconds[step]) for step in STEPS}
    return {
        **work_of(running.counts(model, drawn.problem, columns), columns.status),
        "visits": int((columns.ready != NOT_YET).sum()),
        **{f"{step}_seconds": round(least[step], 3) for step in STEPS},
        "wall_seconds": round(sum(min(s.wall for s in seconds[step]) for step in STEPS), 3),
        "repeats": repeat,
        "share": round(least["check"] / (least["draw"] + least["engine"]), 3),
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
    for name in builtin_scenarios():
        scenario = load_scenario(name)
        if given.orders_per_day:
            scenario = scenario.replace(orders={"orders_per_day": given.orders_per_day})
        cases[f"{name}, {scenario.orders.orders_per_day:,} orders a day"] = scenario
    found = {name: measured(scenario, given.repeat) for name, scenario in cases.items()}
    save("invariants", {"allowed": ALLOWED, "cases": found, "machine": about}, given.results)


if __name__ == "__main__":
    main()
