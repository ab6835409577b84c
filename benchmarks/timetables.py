"""Timetables on round hours against timetables in which every lane leaves at a time of its own.

    python -m benchmarks timetables [-- --orders 132000 --repeat 5]

The built-in networks leave on round hours, so that many departures share an instant. Here every
lane and every round is later by an amount of its own, below an hour and to the tick: no two lanes
leave together but by chance. One day of orders is followed to the door through either, in turns;
only the engine is timed. Both runs are checked. Writes `benchmarks/results/timetables.json`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.known import counted
from benchmarks.machine import RESULTS, machine, save
from benchmarks.timing import Seconds, timed
from logistics.model.draws import draw
from logistics.model.prepare import PreparedModel, prepare
from logistics.orders.orders import generate_orders
from logistics.running import counts
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.simulation.batch.engine import run
from logistics.simulation.checks import check_run
from logistics.simulation.problem import Columns, Problem
from logistics.streams import Streams

ORDERS, SMALL_ORDERS = 132_000, 15_000
SEED = 1
REPEAT = 5
AIM = 1.5
"""How many times the round timetable's seconds the other one may take."""
HOUR_MS = 3_600_000
DAYS = {
    "first_day": "2023-09-21", "days": 1, "warm_up_days": 0, "later_order_days": 0,
    "follow_days": None,
}  # fmt: skip


def problem_of(name: str, orders: int) -> tuple[PreparedModel, Problem]:
    """Return a network and one day of orders, followed to the door."""
    scenario = load_scenario(name).replace(
        orders={"orders_per_day": orders, "weekday": [1.0] * 7}, days=DAYS
    )
    model, streams = prepare(scenario), Streams(SEED)
    drawn = draw(model, generate_orders(scenario.orders, model.period, streams), streams)
    return model, drawn.problem


def at_odd_times(problem: Problem) -> Problem:
    """Return the problem with each lane's departures, and arrivals, later by its own amount."""
    trips = problem.departures
    later = np.random.default_rng(SEED).integers(
        1, HOUR_MS // problem.tick_ms, len(problem.lanes.ids)
    )
    later = later[trips.lane].astype(trips.tick.dtype)
    tick = trips.tick + later
    order = np.lexsort((trips.lane, tick))
    departures = replace(
        trips, tick=tick[order], lane=trips.lane[order], arrives=(trips.arrives + later)[order],
        capacity=trips.capacity[order], weekday=trips.weekday[order],
    )  # fmt: skip
    ending = problem.ending.among(departures, problem.lanes)
    return replace(problem, departures=departures, ending=ending)


def compared(name: str, orders: int, repeat: int) -> dict[str, Any]:
    """Run one network on both timetables.

    Raises AssertionError when a run did not do the work that is known, BrokenRunError when it
    broke a rule.
    """
    model, round_hours = problem_of(name, orders)
    problems = {"round": round_hours, "odd": at_odd_times(round_hours)}
    seconds: dict[str, list[Seconds]] = {case: [] for case in problems}
    columns: dict[str, Columns] = {}
    for turn in range(repeat + 1):  # the first compiles
        for case, problem in problems.items():
            spent, columns[case] = timed(lambda problem=problem: run(problem))
            if turn:
                seconds[case].append(spent)
    found: dict[str, Any] = {"network": name, "orders": orders, "repeats": repeat}
    for case, problem in problems.items():
        check_run(problem, columns[case])
        least = Seconds(*(min(getattr(s, f) for s in seconds[case]) for f in ("processor", "wall")))
        trips = problem.departures.tick
        found[case] = {
            **least.row(4),
            "instants": len(np.unique(trips[trips < columns[case].horizon])),
            "counts": counted(
                f"timetables, {name}, {orders:,} orders, {case}",
                counts(model, replace(problem, horizon=int(columns[case].horizon)), columns[case]),
                columns[case].status,
            ),
        }
    ratio = found["odd"]["processor_seconds"] / found["round"]["processor_seconds"]
    return found | {"ratio": round(ratio, 2)}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--repeat", type=int, default=REPEAT)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    about, rows = machine(), []
    orders, repeat = (SMALL_ORDERS, 1) if given.small else (given.orders, given.repeat)
    for name in builtin_scenarios():
        rows.append(compared(name, orders, repeat))
    save("timetables", {"aim": AIM, "networks": rows, "machine": about}, given.results)


if __name__ == "__main__":
    main()
