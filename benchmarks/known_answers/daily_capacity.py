"""A wave a day that takes so many parcels; the rest go out on the next days.

A day of the textbook is a minute here: a wave leaves every minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.judging import Runs
from benchmarks.known_answers.queues import together
from benchmarks.known_answers.small_world import (
    DAY,
    HOUR,
    RUNS,
    World,
    copies,
    days_of,
    every,
    lane,
    network,
    place,
    side_by_side,
    station,
    towns,
)
from logistics import Run
from networks.schema import ROUND, Door, Lane, Network, add_door
from networks.timetables import Departure, write_departures

Array = NDArray[Any]

WARM_UP = 0.05


def arrivals_a_day(rng: np.random.Generator, p: Mapping[str, Any], days: int) -> Array:
    """Return how many parcels are ready before each wave."""
    if p["arrivals_per_day"] == "poisson":
        return rng.poisson(p["mean"], days)
    # variance = mean + mean**2 / shape
    shape = p["mean"] ** 2 / (p["variance"] - p["mean"])
    return rng.negative_binomial(shape, shape / (shape + p["mean"]), days)


def placed(rng: np.random.Generator, counts: Array) -> NDArray[np.int64]:
    """Return the ticks of orders that are ready in time for the wave at the end of their minute."""
    day = np.repeat(np.arange(len(counts)), counts)
    return DAY + np.sort(day * HOUR + rng.integers(1, HOUR, len(day)))


def couriers_side_by_side(capacity: int) -> Network:
    """Return twenty stations, each with customers of its own, whose waves leave every minute.

    A hub joins them, for a network's centers must reach all stations; nothing goes there.
    """
    names = {f"S{k:02d}": town for k, town in enumerate(towns())}
    rounds = {"round_capacity": capacity, "wave_times": every(1), "round_hours": 1 / 60}
    places = {name: station(market=town, **rounds) for name, town in names.items()}
    lanes = {(name, "H"): lane("12:00") for name in names}
    lanes |= {("H", name): lane("12:00") for name in names}
    net = network(places | {"H": place()}, lanes, doors={"S00": 1.0}, centers=tuple(names))
    for name, town in names.items():
        net.graph.remove_edge("S00", town, ROUND)
        add_door(net.graph, name, town, Door(1.0))
    return net


def waves_missed(run: Run, waves: Array) -> Array:
    """Return how many of a station's waves left after a parcel was ready and before its own."""
    own = np.searchsorted(waves, run.visits["departure"][:, 0])
    return np.asarray(own - np.searchsorted(run.trips["tick"][waves], run.visits["ready"][:, 0]))


def one_capacity(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate a wave of one size every day."""
    p = answer.parameters
    days = p["days"] // (RUNS * p["times"])
    world = World(couriers_side_by_side(p["capacity_per_day"]), days_of(days))

    def draw(rng: np.random.Generator) -> NDArray[np.int64]:
        return placed(rng, arrivals_a_day(rng, p, days))

    runs, parcels = [], 0
    for k, run in side_by_side(world, draw, seed, answer.id, p["times"]):
        waves = np.flatnonzero(run.trips["lane"] == 2 * RUNS + k)
        tick = run.trips["tick"][waves]
        counted = (tick > DAY + WARM_UP * days * HOUR) & (tick <= DAY + days * HOUR)
        backlog = run.trips["left_behind"][waves][counted]
        missed = waves_missed(run, waves)[round(WARM_UP * len(run)) :]
        parcels += len(missed)
        runs.append({
            "mean_backlog": float(backlog.mean()),
            "sd_backlog": float(backlog.std()),
            "P_backlog_zero": float(np.mean(backlog == 0)),
            "mean_days_waited": float(missed.mean()),
            **{f"P_wait_{k}": float(np.mean(missed == k)) for k in (0, 1, 2)},
            "P_wait_3plus": float(np.mean(missed >= 3)),
        })  # fmt: skip
    return of_parcels(together(runs), parcels)


def of_parcels(figures: Mapping[str, Runs], parcels: int) -> dict[str, Runs]:
    """Tell the judge of how many parcels the shares of parcels are."""
    return {
        name: Runs(runs.values, parcels) if name.startswith("P_wait") else runs
        for name, runs in figures.items()
    }


def by_weekday(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate waves whose size follows the weekday: a lane with so many vehicles of ten parcels.

    A week is seven minutes with six departures; a day on the clock holds 205 of them, and five
    minutes at its end in which nothing happens and which are not counted.
    """
    p = answer.parameters
    means = p["arrivals_mean_mon_to_sun"]
    world = World(copies({}, _week_of(p["capacity_mon_to_sun"])), _CLOCK_DAYS)

    def draw(rng: np.random.Generator) -> NDArray[np.int64]:
        counts = rng.poisson(np.tile(means, _CLOCK_DAYS * _WEEKS))
        day = np.repeat(np.arange(len(counts)), counts)
        minute = 1440 * (1 + day // (7 * _WEEKS)) + day % (7 * _WEEKS)
        return np.sort(minute * HOUR + rng.integers(1, HOUR, len(day)))

    runs, parcels = [], 0
    for _, run in side_by_side(world, draw, seed, answer.id):
        counted = slice(len(run) // 20, -len(run) // 20)
        wave = _textbook_day(run.first_scan()[counted] - 1)
        waited = wave - _textbook_day(run.columns["ordered"][counted])
        parcels += len(waited)
        runs.append({
            "mean_days_waited": float(waited.mean()),
            **{f"P_wait_{k}": float(np.mean(waited == k)) for k in (0, 1, 2)},
        })  # fmt: skip
    return of_parcels(together(runs), parcels)


_WEEKS = 205
_CLOCK_DAYS = 2


def _week_of(sizes: list[int]) -> Lane:
    unit = int(np.gcd.reduce(sizes))
    minutes = ((7 * week + day + 1, sizes[day]) for week in range(_WEEKS) for day in range(7))
    return lane(write_departures(Departure(m, size // unit) for m, size in minutes), unit)


def _textbook_day(tick: Array) -> NDArray[np.int64]:
    minute = tick.astype(np.int64) // HOUR
    return np.asarray((minute // 1440 - 1) * 7 * _WEEKS + minute % 1440)
