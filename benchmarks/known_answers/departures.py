"""Waiting for a truck: of any size, of a limited size, the next one and the one after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.queues import by_the_hour, together
from benchmarks.known_answers.small_world import (
    DAY,
    HOUR,
    RUNS,
    World,
    chance,
    copies,
    days_of,
    every,
    hours_of,
    lane,
    network,
    place,
    poisson,
    side_by_side,
    station,
)
from logistics import Run
from networks.schema import Facility, Lane, Network
from networks.timetables import Departure, write_departures

Array = NDArray[Any]

WARM_UP = 0.05
_HOUR_OF_DAY = 60 * HOUR
"""Ticks of an hour on the wall: timetables by the day and the week keep their own hours."""


def dock(trucks: Lane, origin: Facility | None = None) -> Network:
    """Return a place, a lane and the station at its end."""
    return network({"A": origin or place(), "S": station()}, {("A", "S"): trucks})


def boarding(run: Run, parcels: slice, number: int) -> dict[str, float]:
    """Return what parcels met at a dock: how long they waited, and for which truck of its lane."""
    ready = run.visits["ready"][parcels, 0]
    boarded = run.visits["departure"][parcels, 0]
    trucks = np.flatnonzero(run.trips["lane"] == number)
    tick = run.trips["tick"][trucks]
    missed = np.searchsorted(trucks, boarded) - np.searchsorted(tick, ready)
    wait = hours_of(run.columns["wait_departure"][parcels])
    return {
        "mean_wait": float(wait.mean()),
        "sd_wait": float(wait.std()),
        "P_board_first": float(np.mean(missed == 0)),
        "P_board_second": float(np.mean(missed == 1)),
        "P_board_third_or_later": float(np.mean(missed >= 2)),
        **{f"wait_q{q}": float(np.quantile(wait, q / 100)) for q in (50, 90, 95, 99)},
    }


def left_behind(run: Run, window: tuple[float, float], number: int) -> Array:
    """Return (2, trucks) parcels taken and left behind by a lane's trucks, after some hours."""
    trips = run.trips
    low, high = (DAY + round(hours * HOUR) for hours in window)
    rows = (trips["lane"] == number) & (trips["tick"] > low) & (trips["tick"] <= high)
    return np.stack([trips["load"][rows], trips["left_behind"][rows]])


def of_limited_size(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate a truck every so many hours that takes no more than its capacity."""
    p = answer.parameters
    headway, times = round(p["headway_h"]), p["times"]
    hours = p["departures"] / (RUNS * times) * headway
    world = World(copies({}, lane(every(headway), p["capacity"])), days_of(hours))

    def draw(rng: np.random.Generator) -> NDArray[np.int64]:
        return poisson(rng, p["lambda_per_h"], hours)

    runs = []
    for k, run in side_by_side(world, draw, seed, answer.id, times):
        load, left = left_behind(run, (WARM_UP * hours, hours), k)
        one = boarding(run, slice(round(WARM_UP * len(run)), None), k)
        one["mean_queue_before_departure"] = float((load + left).mean())
        one["mean_left_behind"] = float(left.mean())
        one["sd_left_behind"] = float(left.std())
        one["P_nobody_left"] = float(np.mean(left == 0))
        runs.append(one)
    return together(runs)


def two_a_day(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate two unlike trucks a day, with other arrivals before each."""
    p = answer.parameters
    gaps, sizes, cycles = p["gap_before_h"], p["capacity"], p["cycles"]
    cycle = round(sum(gaps))
    unit = int(np.gcd.reduce(sizes))
    departs = write_departures(tuple(
        Departure(start + after, size // unit)
        for start in range(0, 1440, cycle)
        for after, size in ((0, sizes[1]), (round(gaps[0]), sizes[0]))
    ))  # fmt: skip
    world = World(copies({}, lane(departs, unit)), days_of(cycles * cycle))
    by_hour = [p["lambda_in_gap_per_h"][0]] * round(gaps[0])
    by_hour += [p["lambda_in_gap_per_h"][1]] * round(gaps[1])
    window = (cycles // 20 * cycle, cycles * cycle)
    runs = []
    for k, run in side_by_side(
        world, lambda rng: by_the_hour(rng, by_hour, cycles), seed, answer.id
    ):
        _, left = left_behind(run, window, k)
        one = {"mean_wait": boarding(run, slice(len(run) // 20, None), k)["mean_wait"]}
        for slot in (0, 1):
            one[f"mean_left_behind_after_dep{slot + 1}"] = float(left[slot::2].mean())
            one[f"P_nobody_left_dep{slot + 1}"] = float(np.mean(left[slot::2] == 0))
        runs.append(one)
    return together(runs)


def clock(hour: float) -> str:
    """Return an hour of the day as 'HH:MM'."""
    minute = round(60 * hour)
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def of_any_size(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate parcels that come at any time and take the next truck of a timetable."""
    p = answer.parameters
    weekly = p["period_h"] == 168
    departs = " ".join(sorted({clock(h % 24) for h in p["departures_h"]}))
    trucks = lane(departs, calendar="Mon-Fri" if weekly else "every day")
    weeks = 4
    world = World(dock(trucks), 7 * weeks, later_order_days=4)
    runs = []
    for r in range(RUNS):
        rng = chance(seed, r, answer.id)
        ticks = DAY + np.sort(rng.integers(0, 7 * weeks * DAY, 10_000))
        run = world.run(ticks, seed, r)
        wait = run.columns["wait_departure"] / _HOUR_OF_DAY
        runs.append({
            "mean_wait": float(wait.mean()), "sd_wait": float(wait.std()),
            "wait_q95": float(np.quantile(wait, 0.95)),
        })  # fmt: skip
    return together(runs)


def packed_before(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate orders of the day, packing without a queue, and trucks whose doors close early."""
    p = answer.parameters
    mu, sigma = p["pack_mu_log"], p["pack_sigma_log"]
    packing = place(
        work_law="lognormal", work_seconds=3600 * float(np.exp(mu + sigma**2 / 2)),
        work_cv=float(np.sqrt(np.expm1(sigma**2))),
    )  # fmt: skip
    departs = " ".join(clock(h) for h in p["departures_h"])
    trucks = lane(departs, doors_close_minutes=60 * p["loading_cutoff_h"])
    opens, closes = p["order_window_h"]
    days = 10
    world = World(dock(trucks, packing), days, later_order_days=4)
    runs = []
    for r in range(RUNS):
        rng = chance(seed, r, answer.id)
        hour = 24 * rng.integers(1, days + 1, 20_000) + rng.uniform(opens, closes, 20_000)
        run = world.run(np.sort((hour * _HOUR_OF_DAY).astype(np.int64)), seed, r)
        scan, ordered = run.first_scan().astype(np.int64), run.columns["ordered"]
        runs.append({
            "mean_order_to_departure": float((scan - ordered).mean() / _HOUR_OF_DAY),
            "P_same_day": float(np.mean(scan // DAY == ordered // DAY)),
        })  # fmt: skip
    return together(runs)
