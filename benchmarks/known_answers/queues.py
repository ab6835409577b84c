"""Queues: one place, one kind of work, so many workers.

The first tenth of the customers fill the place and are not counted; all others are finished before
the run ends. Numbers in the place are averages over time, between the first and the last of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.judging import Runs
from benchmarks.known_answers.small_world import (
    DAY,
    HOUR,
    RUNS,
    World,
    chance,
    copies,
    days_of,
    hours_of,
    lane,
    network,
    poisson,
    side_by_side,
    station,
)
from logistics import Run
from networks.schema import Network
from networks.timetables import Shift, write_shifts

Array = NDArray[Any]
Floats = NDArray[np.float64]

SECONDS = 60.0
"""A textbook hour of work."""

CUSTOMERS = 1_000_000
WARM_UP = 0.1


@dataclass(frozen=True)
class Visits:
    """Arrival, start and end of work of each customer, in textbook hours, by arrival."""

    arrived: Floats
    started: Floats
    ended: Floats

    def after(self, share: float) -> Visits:
        """Return the customers without the first ones."""
        first = round(share * len(self.arrived))
        return Visits(self.arrived[first:], self.started[first:], self.ended[first:])


def visits_of(run: Run, number: int = 0) -> Visits:
    """Return when parcels came to, began and ended a visit."""
    ready, work = run.visits["ready"][:, number], run.visits["work"][:, number]
    if number:
        trip = run.visits["departure"][:, number - 1]
        arrived = run.trips["arrives"][trip]
    else:
        arrived = run.columns["ordered"]
    return Visits(hours_of(arrived), hours_of(ready - work), hours_of(ready))


def mean_number(begin: Floats, end: Floats, window: tuple[float, float]) -> float:
    """Return how many are there on average over a window, those that stay beyond it included."""
    low, high = window
    inside = np.minimum(end, high) - np.maximum(begin, low)
    return float(np.maximum(inside, 0.0).sum() / (high - low))


def figures(visits: Visits, workers: int) -> dict[str, float]:
    """Return every figure of a queue in its steady state."""
    counted = visits.after(WARM_UP)
    wait = counted.started - counted.arrived
    sojourn = counted.ended - counted.arrived
    window = (float(counted.arrived[0]), float(counted.arrived[-1]))
    in_queue = mean_number(visits.arrived, visits.started, window)
    in_place = mean_number(visits.arrived, visits.ended, window)
    return {
        "P_wait": float(np.mean(wait > 0)),
        "Wq": float(wait.mean()),
        "Wq2": float(np.mean(wait**2)),
        "sd_wait": float(wait.std()),
        "W": float(sojourn.mean()),
        "Lq": in_queue,
        "L": in_place,
        "utilisation": (in_place - in_queue) / workers,
        **{f"wait_q{q}": float(np.quantile(wait, q / 100)) for q in (50, 90, 95, 99)},
        **{f"sojourn_q{q}": float(np.quantile(sojourn, q / 100)) for q in (50, 90, 95, 99)},
    }


def together(runs: list[dict[str, float]]) -> dict[str, Runs]:
    """Return each figure with its value in every run."""
    return {name: Runs([one[name] for one in runs]) for name in runs[0]}


def steady_queue(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate M/M/c, M/D/c, D/M/c and M/G/1."""
    p = answer.parameters
    between = p.get("interarrival_h")
    rate = p["lambda_per_h"] if between is None else 1 / between
    times = p.get("times", 1)
    hours = p.get("customers", CUSTOMERS) / (RUNS * times) / rate
    law = p.get("service", "exponential")
    work = {
        "work_law": "constant" if law == "deterministic" else law,
        "work_seconds": SECONDS * p.get("D_h", p.get("mean_h", 1 / p.get("mu_per_h", 1.0))),
        "work_cv": p.get("scv", 0.0) ** 0.5,
    }

    def draw(rng: np.random.Generator) -> NDArray[np.int64]:
        if between is None:
            return poisson(rng, rate, hours)
        return DAY + np.rint(np.arange(1, hours * rate + 1) * between * HOUR).astype(np.int64)

    world = World(queues(everybody(p["servers"]) | work), days_of(hours))
    runs = side_by_side(world, draw, seed, answer.id, times)
    return together([figures(visits_of(run), p["servers"]) for _, run in runs])


def everybody(workers: int) -> dict[str, Any]:
    """Return so many workers day and night."""
    return {"shifts": f"00:00-24:00 {workers}"}


def queues(work: Mapping[str, Any]) -> Network:
    """Return places with a queue; what is ready leaves once a day."""
    return copies(work, lane("12:00"))


def unloading(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate trucks that come at random, each with a load for one sorter."""
    p = answer.parameters
    size, rate, hours = p["parcels_per_truck"], p["trucks_per_h"], 10_000.0
    sorter = everybody(1) | {"work_seconds": SECONDS / p["sorter_rate_per_h"]}

    def draw(rng: np.random.Generator) -> NDArray[np.int64]:
        return np.repeat(poisson(rng, rate, hours), size)

    runs = []
    for _, run in side_by_side(World(queues(sorter), days_of(hours)), draw, seed, answer.id):
        visits = visits_of(run)
        one = figures(visits, 1)
        first = round(WARM_UP * len(run) / size) * size
        arrived, started, ended = (
            column[first:].reshape(-1, size)
            for column in (visits.arrived, visits.started, visits.ended)
        )
        one["mean_wait_first_of_batch"] = float((started - arrived)[:, 0].mean())
        one["mean_unload_completion_after_arrival"] = float((ended - arrived)[:, -1].mean())
        runs.append(one)
    return together(runs)


_CYCLE = 24
_CYCLES_A_DAY = 60


def shifts_by_hour(servers: list[int]) -> str:
    """Write workers by textbook hour as shifts of a day that holds sixty textbook days."""
    if len(set(servers)) == 1:
        return f"00:00-24:00 {servers[0]}"
    edges = [h for h in range(_CYCLE) if h == 0 or servers[h] != servers[h - 1]] + [_CYCLE]
    parts = []
    for cycle in range(_CYCLES_A_DAY):
        for start, end in pairwise(edges):
            if servers[start]:
                first, last = start + cycle * _CYCLE, end + cycle * _CYCLE
                parts.append(Shift(first, last, servers[start]))
    return write_shifts(tuple(parts))


def by_the_hour(rng: np.random.Generator, rates: list[float], cycles: int) -> NDArray[np.int64]:
    """Return the ticks of a Poisson stream whose rate changes on the hour, every day alike."""
    counts = rng.poisson(np.tile(rates, cycles))
    hour = np.repeat(np.arange(len(counts)), counts)
    return DAY + np.sort(((hour + rng.random(len(hour))) * HOUR).astype(np.int64))


def number_at_hours(visits: Visits, first_cycle: int, cycles: int) -> Floats:
    """Return the mean number in the place at each hour of the day."""
    instants = 1440 + np.arange(first_cycle * _CYCLE, cycles * _CYCLE)
    came = np.searchsorted(visits.arrived, instants, "right")
    gone = np.searchsorted(np.sort(visits.ended), instants, "right")
    return np.asarray((came - gone).reshape(-1, _CYCLE).mean(axis=0))


def changing_staff(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate arrivals and workers that change by the hour, every day alike."""
    p = answer.parameters
    servers, rates, cycles = p["servers_by_hour"], p["lambda_per_h_by_hour"], p["cycles"]
    work = {"work_seconds": SECONDS / p["mu_per_h"], "work_law": "exponential"}
    staff = {"shifts": shifts_by_hour(servers)} | work
    world = World(queues(staff), days_of(cycles * _CYCLE))

    def draw(rng: np.random.Generator) -> NDArray[np.int64]:
        return by_the_hour(rng, rates, cycles)

    runs = []
    for _, run in side_by_side(world, draw, seed, answer.id, p["times"]):
        visits = visits_of(run)
        one = figures(visits, 1)
        one["mean_in_system"] = one["L"]
        at_hours = number_at_hours(visits, cycles // 20, cycles)
        one |= {f"EN_at_hour.{hour}": float(at_hours[hour]) for hour in range(_CYCLE)}
        runs.append(one)
    return together(runs)


@cache
def busy_starts(seed: int, customers: int, blocks: int, gap: float, rho: float) -> Floats:
    """Return (blocks, customers) waits in M/M/1 of mean work `rho` and one arrival an hour.

    Each block starts in an empty place: `gap` hours after the last arrival of the one before.
    """
    rng = chance(seed, blocks, f"blocks of {customers}")
    between = rng.exponential(1.0, (blocks, customers))
    between[:, 0] = 0.0
    within = np.cumsum(between, axis=1)
    starts = np.concatenate([[0.0], np.cumsum(within[:-1, -1] + gap)])
    tick = DAY + ((starts[:, None] + within) * _SHORT_HOUR).astype(np.int64).ravel()
    work = {"work_seconds": rho * _SHORT_HOUR / 100, "work_law": "exponential"}
    days = int((tick[-1] - DAY) // DAY + 1)
    place_of_work = station(**everybody(1), **work)
    run = World(network({"A": place_of_work}), days).run(tick, seed, customers)
    return np.asarray(run.columns["wait_work"] / _SHORT_HOUR).reshape(blocks, customers)


_SHORT_HOUR = 1_000
"""Ticks of a textbook hour where a run holds thousands of separate stretches."""
