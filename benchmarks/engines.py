"""The batch engine against the textbook engine: the same problem, the same columns.

    python -m benchmarks.engines [--networks small national] [--parcels 10000 100000 1000000]

Only the engines are timed, from a `Problem` to its `Columns`, in one process for each size. The
batch engine is compiled beforehand and takes the best of three. The textbook engine runs with
Python's garbage collector as it is and with it off: it makes and drops so many objects that much of
its time is the collector's. The columns of both must be the same integers, and the counts those
that are known. Writes `benchmarks/results/engines.json`.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import small_network
from benchmarks.children import child, free_gib, say
from benchmarks.known import counted
from benchmarks.machine import RESULTS, machine, peak_memory_gib, save
from benchmarks.national_day import national_day
from logistics.model.draws import draw
from logistics.model.prepare import PreparedModel, prepare
from logistics.orders.orders import generate_orders
from logistics.running import counts
from logistics.simulation.batch.engine import run as batch
from logistics.simulation.problem import Columns, Problem
from logistics.simulation.textbook import run as textbook
from logistics.streams import Streams

PARCELS = (10_000, 100_000, 1_000_000)
SMALL = (10_000,)
NETWORKS = ("small", "national")
SMALLEST_NATIONAL = 13_200
DAYS_AFTER = 2
"""Days without orders on which the national network delivers what was ordered on one."""
REPEAT = 3
OFTEN_UP_TO = 50_000
"""Parcels up to which the textbook engine, too, takes the best of three."""
MINUTES = 10
"""A size that takes longer is given up."""
BYTES_A_PARCEL = 6_000
"""More than the textbook engine needs."""

AIMS = {"textbook": 500, "collector_off": 150}
"""How many times faster the project wants the batch engine: small network, a million parcels."""


def problem_of(network: str, parcels: int) -> tuple[PreparedModel, Problem]:
    """Return a network's groundwork and one problem with so many parcels."""
    if network == "small":
        scenario, own = small_network.scenario(parcels), small_network.network()
    else:
        scenario = national_day(parcels).replace(days={"later_order_days": DAYS_AFTER})
        own = None
    model, streams = prepare(scenario, own), Streams(scenario.runs.seed)
    days = range(scenario.days.days)
    orders = generate_orders(scenario.orders, model.period, streams, days)
    return model, draw(model, orders, streams).problem


def compared(network: str, parcels: int) -> Iterator[dict[str, Any]]:
    """Run both engines; yield what is known after each step.

    Raises AssertionError when an engine did not do the work that is known, or not the same work.
    """
    model, problem = problem_of(network, parcels)

    case = f"engines, {network}, {parcels:,} parcels"
    seconds, columns = best(batch, problem, REPEAT + 1)  # the first compiles
    work = counted(case, counts(model, problem, columns))
    yield {"counts": work, "batch": seconds}
    repeat = REPEAT if parcels <= OFTEN_UP_TO else 1
    for name, collector in (("textbook", True), ("collector_off", False)):
        if free_gib() < parcels * BYTES_A_PARCEL / 2**30:
            yield {f"{name}_fault": "does not fit in memory"}
            return
        with collecting(collector):
            seconds, found = best(textbook, problem, repeat)
        counted(case, counts(model, problem, found))
        same(columns, found)
        yield {name: seconds, "peak_memory_gib": round(peak_memory_gib(), 2)}
        del found
        gc.collect()


def best(
    engine: Callable[[Problem], Columns], problem: Problem, repeat: int
) -> tuple[float, Columns]:
    """Return the least seconds of some runs, and the columns."""
    seconds = []
    for _ in range(repeat):
        started = time.perf_counter()
        columns = engine(problem)
        seconds.append(time.perf_counter() - started)
    return round(min(seconds), 4), columns


def same(one: Columns, other: Columns) -> None:
    """Make sure that all columns are the same integers.

    Raises AssertionError naming a column that is not.
    """
    for field in fields(Columns):
        a, b = getattr(one, field.name), getattr(other, field.name)
        assert np.array_equal(a, b), f"the engines differ in '{field.name}'"


@contextmanager
def collecting(wanted: bool) -> Iterator[None]:
    """Have Python's garbage collector on or off."""
    gc.collect()
    (gc.enable if wanted else gc.disable)()
    try:
        yield
    finally:
        gc.enable()


def row(network: str, parcels: int, minutes: float = MINUTES) -> dict[str, Any]:
    """Return what a child process found about one network and size."""
    found = child("benchmarks.engines", "--one", network, str(parcels), seconds=60 * minutes)
    steps = dict(found.steps)
    ratios = {
        f"{name}_ratio": round(steps[name] / steps["batch"], 1) for name in AIMS if name in steps
    }
    return {"network": network, "asked": parcels, **steps, **ratios, "fault": found.fault}


def measured(networks: Sequence[str], sizes: Sequence[int]) -> dict[str, Any]:
    """Compare the engines at every size, each in a process of its own.

    Raises RuntimeError when one did not do its work.
    """
    about, rows = machine(), []
    for network in networks:
        for size in sizes:
            parcels = max(size, SMALLEST_NATIONAL) if network == "national" else size
            print(f"  engines: {network}, {parcels:,} parcels", file=sys.stderr, flush=True)
            rows.append(row(network, parcels))
    return {"aims": AIMS, "rows": rows, "machine": about}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", nargs="+", default=NETWORKS, choices=NETWORKS)
    parser.add_argument("--parcels", nargs="+", type=int, default=PARCELS)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--one", nargs=2, metavar=("NETWORK", "PARCELS"), help="in a child")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    if given.one:
        for step in compared(given.one[0], int(given.one[1])):
            say(**step)
        return
    sizes = SMALL if given.small else given.parcels
    save("engines", measured(given.networks, sizes), given.results)


if __name__ == "__main__":
    main()
