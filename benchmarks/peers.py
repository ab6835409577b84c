"""Other simulators on the closest model that each of them can express.

    python -m benchmarks.peers [--customers 100000] [--days 50] [--results FOLDER]

A queue: M/M/10 at 80% load. A small parcel network: two centers with a worked queue, a timetable of
trucks with capacity to one station with a worked queue, and one courier round a day. Ours runs
first, through `simulate`; the others are given its orders, its work and its timetables, and must
finish as many with the same mean time. Each takes the best of up to three runs, imports and
compiling outside the clock. Writes `benchmarks/results/peers.json`.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Callable, Sequence
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
from logistics import Run
from logistics.orders.orders import Orders
from logistics.vocabulary import Status
from networks.geography import load_markets

CUSTOMERS, DAYS = 100_000, 50
SMALL_CUSTOMERS, SMALL_DAYS = 5_000, 5
SEED = 1
REPEAT, ENOUGH_SECONDS = 3, 10.0
"""A model is run three times, but not again once it has taken so long."""

WORKERS, LOAD, SERVICE_SECONDS = 10, 0.8, 60.0

PER_CENTER = 500
"""Parcels a day; the workers of a center are busy four fifths of the time."""
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


def seconds_of(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the least seconds of some calls, and what the last returned."""
    taken: list[float] = []
    while len(taken) < REPEAT and sum(taken) < ENOUGH_SECONDS:
        started = time.perf_counter()
        found = call()
        taken.append(time.perf_counter() - started)
    return min(taken), found


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


def parcel_world(days: int) -> World:
    """Return two centers, a station and its daily round."""
    packing = {
        "shifts": f"00:00-24:00 {PACKERS}", "work_law": "exponential",
        "work_seconds": PACKING_SECONDS,
    }  # fmt: skip
    places = {name: place(town, **packing) for name, town in TOWNS.items()}
    sorting = f"00:00-24:00 {SORTERS}"
    places["S"] = station(
        "10:00", 8.0, shifts=sorting, work_seconds=SORTING_SECONDS, round_capacity=WAVE
    )
    lanes = {(name, "S"): lane(every(180, 60), TRUCK, HOURS[name]) for name in TOWNS}
    own = network(places, lanes, centers=tuple(TOWNS))
    return World(own, days, later_order_days=4)


def parcel_orders(world: World, days: int) -> Orders:
    """Return as many orders a day from each center's own town."""
    rng = np.random.default_rng(SEED)
    ticks = DAY + np.sort(rng.integers(0, days * DAY, 2 * PER_CENTER * days))
    rows = np.array([load_markets().index(town) for town in TOWNS.values()])
    return world.orders(ticks, rows[rng.permutation(len(ticks)) % len(rows)])


def parcels_of(run: Run) -> Parcels:
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
                run.visits["work"][own, 0][order].tolist(), PACKERS,
                leaves[f"{name} > S by truck"], TRUCK, round(HOURS[name] * 360_000),
            )
        )  # fmt: skip
    work = int(run.visits["work"][0, 1])
    return Parcels(tuple(centers), SORTERS, work, leaves["S > doors"], WAVE, 8 * 360_000)


def mean_of(run: Run, case: str) -> float:
    """Return the mean wait, or the mean delivery time, in ticks.

    Raises AssertionError when somebody is not delivered.
    """
    columns = run.columns
    assert (columns["status"] == Status.DELIVERED).all(), "not everybody was finished"
    if case == "queue":
        return float(columns["wait_work"].mean())
    return float((columns["ended"].astype(np.int64) - columns["ordered"]).mean())


def compared(
    case: str, world: World, orders: Orders, given: Callable[[Run], Any]
) -> dict[str, Any]:
    """Run one case in all packages that are there.

    Raises AssertionError when a package finished fewer, or found another mean time.
    """
    count = len(orders)
    world.run(orders, SEED)  # compiles
    seconds, run = seconds_of(lambda: world.run(orders, SEED))
    counts = counted(f"peers, {case}, {count:,} parcels", run.facts)
    mean, model = mean_of(run, case), given(run)
    rows = [
        {
            "package": "this one", "seconds": round(seconds, 4),
            "per_second": round(count / seconds), "ratio": 1.0, "mean_ticks": round(mean, 2),
        }
    ]  # fmt: skip
    for package, models in MODELS.items():
        close = EXACT if case == "queue" else CLOSE[package]
        found = peer(package, models[case], model, (count, mean, close))
        if "seconds" in found:
            found["ratio"] = round(found["seconds"] / seconds, 1)
        rows.append(found)
    return {"case": case, "days": world.days, "counts": counts, "rows": rows}


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
    print(f"  peers: {package}, {model.__name__}", file=sys.stderr, flush=True)
    seconds, (count, mean) = seconds_of(lambda: model(given))
    assert count == ours[0], f"{package} finished {count:,}, not {ours[0]:,}"
    gap = abs(mean / ours[1] - 1)
    assert gap <= ours[2], f"{package} found a mean of {mean:.2f} ticks, not {ours[1]:.2f}"
    return {
        "package": f"{package} {version(package)}", "seconds": round(seconds, 4),
        "per_second": round(count / seconds), "mean_ticks": round(mean, 2),
        "cannot": NOT_EXPRESSED[package],
    }  # fmt: skip


def measured(customers: int = CUSTOMERS, days: int = DAYS) -> dict[str, Any]:
    """Run both cases in all packages."""
    about, line, parcels = machine(), queue_world(customers), parcel_world(days)
    return {
        "cases": [
            compared("queue", line, queue_orders(line, customers), queue_of),
            compared("parcels", parcels, parcel_orders(parcels, days), parcels_of),
        ],
        "machine": about,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    sizes = (SMALL_CUSTOMERS, SMALL_DAYS) if given.small else (given.customers, given.days)
    save("peers", measured(*sizes), given.results)


if __name__ == "__main__":
    main()
