"""The batch engine against the textbook engine: the same problem, the same columns.

    python -m benchmarks engines [-- --networks small --parcels 10000]

Only the engines are timed, from a `Problem` to its `Columns`, in one process for each size, in
processor seconds of all threads; up to 50,000 parcels the least of three. The batch engine is
compiled beforehand. The headline is the textbook engine with Python's garbage collector off: it
makes and drops so many objects that much of its time with the collector on is the collector's. The
columns of both must be the same integers, and the counts those that are known. In the small network
`plain_simpy`, as a SimPy user would write it, is the yardstick of the textbook engine: its delivery
ticks must be the same, too. Writes `benchmarks/results/engines.json`.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import small_network
from benchmarks.children import child, free_gib, say
from benchmarks.known import counted
from benchmarks.machine import RESULTS, machine, peak_memory_gib, save
from benchmarks.national_day import national_day
from benchmarks.plain_simpy import delivery_ticks
from benchmarks.timing import best, collecting
from logistics.model.draws import draw
from logistics.model.prepare import PreparedModel, prepare
from logistics.orders.orders import generate_orders
from logistics.running import counts
from logistics.simulation.batch.engine import run as batch
from logistics.simulation.problem import Columns, Problem
from logistics.simulation.textbook import run as textbook
from logistics.streams import Streams

PARCELS = {"small": (10_000, 100_000, 1_000_000), "national": (13_200, 100_000)}
SMALL = {network: sizes[:1] for network, sizes in PARCELS.items()}
FOLLOW_DAYS = 10
"""All of them have ended after a week: the textbook engine lays out no longer timetable."""
REPEAT = 3
OFTEN_UP_TO = 50_000
"""Parcels up to which all take the least of three."""
MINUTES = 30
"""A size that takes longer is given up."""
BYTES_A_PARCEL = 6_000
"""More than the textbook engine needs."""

AIMS = {"collector_off": 150, "textbook": 500}
"""How many times faster the project wants the batch engine: small network, a million parcels."""
PLAIN_AIM = 1.3
"""How many times the plain script's seconds the textbook engine may take."""


def problem_of(network: str, parcels: int) -> tuple[PreparedModel, Problem]:
    """Return a network's groundwork and one problem with so many parcels."""
    if network == "small":
        scenario, own = small_network.scenario(parcels), small_network.network()
    else:
        scenario, own = national_day(parcels, FOLLOW_DAYS), None
    model, streams = prepare(scenario, own), Streams(scenario.runs.seed)
    days = range(scenario.days.days)
    orders = generate_orders(scenario.orders, model.period, streams, days)
    return model, draw(model, orders, streams).problem


def compared(network: str, parcels: int) -> Iterator[dict[str, Any]]:
    """Run both engines; yield what is known after each step.

    Raises AssertionError when an engine did not do the work that is known, or not the same work.
    """
    model, problem = problem_of(network, parcels)

    repeat = REPEAT if parcels <= OFTEN_UP_TO else 1
    batch(problem)  # compiles
    seconds, columns = best(lambda: batch(problem), repeat)
    yield {"counts": _counted(network, model, problem, columns), "batch": seconds}
    for name, collector in (("collector_off", False), ("textbook", True)):
        if free_gib() < parcels * BYTES_A_PARCEL / 2**30:
            yield {f"{name}_fault": "does not fit in memory"}
            continue
        with collecting(collector):
            seconds, found = best(lambda: textbook(problem), repeat)
        events = _counted(f"{network}, textbook", model, problem, found)["events"]
        same(columns, found)
        memory = round(peak_memory_gib(), 2)
        yield {name: seconds, "textbook_events": events, "peak_memory_gib": memory}
        del found
        gc.collect()
        if network == "small" and not collector:
            with collecting(collector):
                seconds, ticks = best(lambda: delivery_ticks(problem), repeat)
            assert np.array_equal(columns.ended, ticks), "the plain script delivers otherwise"
            yield {"plain": seconds}


def _counted(name: str, model: PreparedModel, problem: Problem, columns: Columns) -> dict[str, int]:
    """Return the counts of a run that ended at its own horizon, if they are those known."""
    ended = replace(problem, horizon=int(columns.horizon))
    case = f"engines, {name}, {len(columns.status):,} parcels"
    return counted(case, counts(model, ended, columns), columns.status)


def same(one: Columns, other: Columns) -> None:
    """Make sure that all columns are the same integers.

    Raises AssertionError naming a column that is not.
    """
    for field in (field for field in fields(Columns) if field.compare):
        a, b = getattr(one, field.name), getattr(other, field.name)
        assert np.array_equal(a, b), f"the engines differ in '{field.name}'"


def row(network: str, parcels: int, minutes: float = MINUTES) -> dict[str, Any]:
    """Return what a child process found about one network and size."""
    found = child("benchmarks.engines", "--one", network, str(parcels), seconds=60 * minutes)
    steps = dict(found.steps)
    taken = {
        name: steps[name]["processor_seconds"]
        for name in ("batch", "plain", *AIMS)
        if name in steps
    }
    ratios = {
        f"{name}_ratio": round(taken[name] / taken["batch"], 1) for name in AIMS if name in taken
    }
    if "plain" in taken:
        ratios["plain_ratio"] = round(taken["collector_off"] / taken["plain"], 2)
    return {"network": network, "asked": parcels, **steps, **ratios, "fault": found.fault}


def measured(sizes: Mapping[str, Sequence[int]]) -> dict[str, Any]:
    """Compare the engines at every size, each in a process of its own.

    Raises RuntimeError when one did not do its work.
    """
    about, rows = machine(), []
    for network in sizes:
        for parcels in sizes[network]:
            print(f"  engines: {network}, {parcels:,} parcels", file=sys.stderr, flush=True)
            rows.append(row(network, parcels))
    return {"aims": AIMS, "plain_aim": PLAIN_AIM, "rows": rows, "machine": about}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=PARCELS, choices=PARCELS)
    parser.add_argument("--parcels", nargs="+", type=int)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--one", nargs=2, metavar=("NETWORK", "PARCELS"), help="in a child")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    if given.one:
        for step in compared(given.one[0], int(given.one[1])):
            say(**step)
        return
    sizes = SMALL if given.small else PARCELS
    asked = {network: given.parcels or sizes[network] for network in given.networks}
    save("engines", measured(asked), given.results)


if __name__ == "__main__":
    main()
