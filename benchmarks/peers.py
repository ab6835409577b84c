"""Other simulators on the closest model that each of them can express.

    python -m benchmarks peers [-- --parcels 100000 1000000]

A queue: M/M/10 at 80% load. A small parcel network: two centers with a worked queue, a timetable of
trucks with capacity to one station with a worked queue, and one courier round a day, built larger
for more parcels. Ours runs first, through `simulate`; the others are given its orders, its work and
its timetables, and must finish as many with the same mean time. Processor seconds, the least of up
to three runs, with Python's garbage collector as it is; imports and compiling lie outside. A
package that is too slow at one size is not run at the next. Writes `benchmarks/results/peers.json`.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.known import counted
from benchmarks.known_answers.small_world import (
    DAY,
    World,
    every,
    lane,
    network,
    place,
    poisson,
    station,
)
from benchmarks.machine import RESULTS, machine, save
from benchmarks.peer_models import (
    Answer,
    Center,
    Line,
    Parcels,
    ciw_line,
    ciw_parcels,
    salabim_line,
    salabim_parcels,
    simpy_line,
    simpy_parcels,
)
from benchmarks.timing import best
from logistics import Run
from logistics.orders.orders import Orders
from logistics.vocabulary import Status
from networks.geography import load_markets

PARCELS = (100_000, 1_000_000)
SMALL = (5_000,)
MOST_SECONDS = 60.0
"""A package that must take longer, by what it took at the size before, is not run."""
SEED = 1
REPEAT, ENOUGH_SECONDS = 3, 10.0
"""A model is run three times, but not again once it has taken so long."""

WORKERS, LOAD, SERVICE_SECONDS = 10, 0.8, 60.0

DAYS = 50
"""Of the parcel network, but for few parcels."""
PER_CENTER = 500
"""Parcels a day in the smallest; the workers of a center are busy four fifths of the time."""
PACKERS, PACKING_SECONDS = 5, 690.0
SORTERS, SORTING_SECONDS = 4, 60.0
TRUCK = 68
"""Parcels; of eight trucks a day some are too small."""
WAVE = 1_100
TOWNS = {"A": "Z100", "B": "Z900"}
HOURS = {"A": 2.0, "B": 2.1}

MODELS: dict[str, dict[str, Callable[[Any], Answer]]] = {
    "simpy": {"queue": simpy_line, "parcels": simpy_parcels},
    "salabim": {"queue": salabim_line, "parcels": salabim_parcels},
    "ciw": {"queue": ciw_line, "parcels": ciw_parcels},
}
NOT_EXPRESSED = {
    "simpy": "nothing that is compared",
    "salabim": "nothing that is compared; its generator processes, without trace and monitors"
    " where they can be switched off",
    "ciw": "the places along a round, which it draws at random over the day; trucks and waves are"
    " its slotted services",
}
EXACT = 1e-9
CLOSE = {"simpy": 1e-4, "salabim": 1e-4, "ciw": 1e-2}
"""How far the mean delivery time may lie from ours, as a share of it: ties at one instant, and in
Ciw the luck of the places. In a queue nothing is left to chance: the mean wait is the same."""


def queue_world(customers: int) -> World:
    """Return a place with ten workers and exponential work; couriers take away what is done."""
    workers = f"00:00-24:00 {WORKERS}"
    queue = station(shifts=workers, work_law="exponential", work_seconds=SERVICE_SECONDS)
    days = math.ceil(1.1 * customers * SERVICE_SECONDS / WORKERS / LOAD / 86_400)
    return World(network({"Q": queue}), days, later_order_days=2)


def queue_orders(world: World, customers: int) -> Orders:
    """Return exactly so many orders of a Poisson stream."""
    per_minute = LOAD * WORKERS * 60 / SERVICE_SECONDS
    rng = np.random.default_rng(SEED)
    ticks = poisson(rng, per_minute, 1.05 * customers / per_minute + 100)
    return world.orders(ticks[:customers])


def queue_of(run: Run) -> Line:
    """Return the queue that the others are given: our arrivals and our work."""
    return Line(run.columns["ordered"].tolist(), run.visits["work"][:, 0].tolist(), WORKERS)


def size_of(parcels: int) -> tuple[int, int]:
    """Return how many times the smallest network it is for so many parcels, and for how many days.

    Raises ValueError when no network has so many.
    """
    times = max(1, parcels // (2 * PER_CENTER * DAYS))
    days = parcels // (2 * PER_CENTER * times)
    if 2 * PER_CENTER * times * days != parcels:
        raise ValueError(f"{parcels:,} parcels are no whole days of {2 * PER_CENTER * times:,}")
    return times, days


def parcel_world(times: int, days: int) -> World:
    """Return two centers, a station and its daily round, so many times the smallest."""
    packing = {
        "shifts": f"00:00-24:00 {times * PACKERS}", "work_law": "exponential",
        "work_seconds": PACKING_SECONDS,
    }  # fmt: skip
    places = {name: place(town, **packing) for name, town in TOWNS.items()}
    sorting = f"00:00-24:00 {times * SORTERS}"
    places["S"] = station(
        "10:00", 8.0, shifts=sorting, work_seconds=SORTING_SECONDS, round_capacity=times * WAVE
    )
    lanes = {(name, "S"): lane(every(180, 60), times * TRUCK, HOURS[name]) for name in TOWNS}
    own = network(places, lanes, centers=tuple(TOWNS))
    return World(own, days, later_order_days=4)


def parcel_orders(world: World, parcels: int) -> Orders:
    """Return as many orders from each center's own town."""
    rng = np.random.default_rng(SEED)
    ticks = DAY + np.sort(rng.integers(0, world.days * DAY, parcels))
    rows = np.array([load_markets().index(town) for town in TOWNS.values()])
    return world.orders(ticks, rows[rng.permutation(len(ticks)) % len(rows)])


def parcels_of(run: Run, times: int) -> Parcels:
    """Return the network that the others are given: our orders, work and timetables."""
    lanes, trips = run.places["lanes"], run.trips
    leaves = {name: trips["tick"][trips["lane"] == row].tolist() for row, name in enumerate(lanes)}
    centers = []
    for row, name in enumerate(TOWNS):
        own = run.columns["source"] == row
        order = np.argsort(run.columns["ordered"][own], kind="stable")
        centers.append(
            Center(
                run.columns["ordered"][own][order].tolist(),
                run.visits["work"][own, 0][order].tolist(), times * PACKERS,
                leaves[f"{name} > S by truck"], times * TRUCK, round(HOURS[name] * 360_000),
            )
        )  # fmt: skip
    work = int(run.visits["work"][0, 1])
    sorters, wave = times * SORTERS, times * WAVE
    return Parcels(tuple(centers), sorters, work, leaves["S > doors"], wave, 8 * 360_000)


def mean_of(run: Run, case: str) -> float:
    """Return the mean wait, or the mean delivery time, in ticks.

    Raises AssertionError when somebody is not delivered.
    """
    columns = run.columns
    assert (columns["status"] == Status.DELIVERED).all(), "not everybody was finished"
    if case == "queue":
        return float(columns["wait_work"].mean())
    return float((columns["ended"].astype(np.int64) - columns["ordered"]).mean())


Slow = dict[tuple[str, str], float]
"""Processor seconds a parcel, by case and package."""


def compared(
    case: str, world: World, orders: Orders, given: Callable[[Run], Any], slow: Slow
) -> dict[str, Any]:
    """Run one case in all packages that are there, and note how slow they are.

    Raises AssertionError when a package finished fewer, or found another mean time.
    """
    count = len(orders)
    world.run(orders, SEED)  # compiles
    ours, run = best(lambda: world.run(orders, SEED), REPEAT, ENOUGH_SECONDS)
    counts = counted(f"peers, {case}, {count:,} parcels", run.facts, run.columns["status"])
    mean, model = mean_of(run, case), given(run)
    rows = [{"package": "this one", **ours, "ratio": 1.0, "mean_ticks": round(mean, 2)}]
    for package, models in MODELS.items():
        expected = count * slow.get((case, package), 0.0)
        if expected > MOST_SECONDS:
            rows.append({"package": package, "fault": f"not run: some {expected:,.0f} s"})
            continue
        close = EXACT if case == "queue" else CLOSE[package]
        found = peer(package, models[case], model, (count, mean, close))
        if "fault" not in found:
            slow[case, package] = found["processor_seconds"] / count
            found["ratio"] = round(found["processor_seconds"] / ours["processor_seconds"], 1)
        rows.append(found)
    for row in rows:
        if "fault" not in row:
            row["per_second"] = round(count / row["processor_seconds"])
    return {"case": case, "parcels": count, "days": world.days, "counts": counts, "rows": rows}


def peer(
    package: str, model: Callable[[Any], Answer], given: Any, ours: tuple[int, float, float]
) -> dict[str, Any]:
    """Run one model of another package.

    `ours`: how many it must finish, and the mean time it must find, up to some share of it.

    Raises AssertionError when it did not.
    """
    if find_spec(package) is None:
        return {"package": package, "fault": "not installed"}
    import_module(package)  # outside the clock
    print(f"  peers: {package}, {model.__name__}, {ours[0]:,}", file=sys.stderr, flush=True)
    seconds, (count, mean) = best(lambda: model(given), REPEAT, ENOUGH_SECONDS)
    assert count == ours[0], f"{package} finished {count:,}, not {ours[0]:,}"
    gap = abs(mean / ours[1] - 1)
    assert gap <= ours[2], f"{package} found a mean of {mean:.2f} ticks, not {ours[1]:.2f}"
    return {
        "package": f"{package} {version(package)}", **seconds, "mean_ticks": round(mean, 2),
        "cannot": NOT_EXPRESSED[package],
    }  # fmt: skip


def measured(sizes: Sequence[int] = PARCELS) -> dict[str, Any]:
    """Run both cases at every size in all packages."""
    about, slow, cases = machine(), Slow(), []
    for count in sizes:
        line = queue_world(count)
        cases.append(compared("queue", line, queue_orders(line, count), queue_of, slow))
        times, days = size_of(count)
        small = parcel_world(times, days)
        given = partial(parcels_of, times=times)
        cases.append(compared("parcels", small, parcel_orders(small, count), given, slow))
    return {"cases": cases, "machine": about}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parcels", nargs="+", type=int, default=PARCELS)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    save("peers", measured(SMALL if given.small else given.parcels), given.results)


if __name__ == "__main__":
    main()
