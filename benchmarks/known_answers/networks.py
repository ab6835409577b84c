"""Several places in a row: queues in line, trucks after packing, couriers after trucks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.departures import boarding, left_behind
from benchmarks.known_answers.queues import SECONDS, everybody, queues, together, visits_of
from benchmarks.known_answers.small_world import (
    DAY,
    HOUR,
    NO_RISKS,
    RUNS,
    World,
    chance,
    copies,
    days_of,
    every,
    lane,
    network,
    place,
    poisson,
    side_by_side,
    station,
)
from logistics import Run
from logistics.vocabulary import Status
from networks.geography import load_markets
from networks.schema import Facility, Network

Array = NDArray[Any]

WARM_UP = 0.05
_WALL_HOUR = 60 * HOUR


def in_line(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate stages one after the other, without a way between them.

    Lanes leave by timetable, and a textbook's parcel goes on at once: so each stage is a run of its
    own, whose orders are placed when the run before finished its parcels.
    """
    p = answer.parameters
    stages = p.get("servers_mu") or list(zip(p["servers"], p["mu_per_h"], strict=True))
    hours = p["customers"] / RUNS / p["lambda_per_h"]
    rngs = (chance(seed, k, answer.id) for k in range(RUNS))
    ready = [poisson(rng, p["lambda_per_h"], hours) for rng in rngs]
    place_of = [np.arange(len(ticks)) for ticks in ready]
    sojourn = [np.zeros((len(stages), len(ticks))) for ticks in ready]
    for number, (servers, mu) in enumerate(stages):
        work = {"work_seconds": SECONDS / mu, "work_law": "exponential"}
        world = World(queues(everybody(servers) | work), days_of(hours, 100.0))
        given = iter(ready)
        for k, run in side_by_side(world, lambda rng, given=given: next(given), seed + number, ""):
            ended = run.visits["ready"][:, 0].astype(np.int64)
            sojourn[k][number, place_of[k]] = (ended - run.columns["ordered"]) / HOUR
            after = np.argsort(ended, kind="stable")
            ready[k], place_of[k] = ended[after], place_of[k][after]
    return together([_end_to_end(one[:, round(WARM_UP * one.shape[1]) :]) for one in sojourn])


def _end_to_end(sojourn: Array) -> dict[str, float]:
    total = sojourn.sum(axis=0)
    return {
        "mean_end_to_end": float(total.mean()),
        **{f"q{q}": float(np.quantile(total, q / 100)) for q in (50, 90, 95)},
        **{f"mean_by_stage.{row}": float(stage.mean()) for row, stage in enumerate(sojourn)},
    }


def packed_then_sent(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate a queue of packers and trucks of a limited size behind it."""
    p = answer.parameters
    headway = round(p["headway_h"])
    work = {"work_seconds": SECONDS / p["mu_per_h"], "work_law": "exponential"}
    hours = p["departures"] / (RUNS * p["times"]) * headway
    trucks = lane(every(headway), p["capacity"])
    world = World(copies(everybody(p["servers"]) | work, trucks), days_of(hours))

    def draw(rng: np.random.Generator) -> NDArray[np.int64]:
        return poisson(rng, p["lambda_per_h"], hours)

    runs = []
    for k, run in side_by_side(world, draw, seed, answer.id, p["times"]):
        counted = slice(round(WARM_UP * len(run)), None)
        visits = visits_of(run)
        packed = float((visits.ended - visits.arrived)[counted].mean())
        _, left = left_behind(run, (WARM_UP * hours, hours), k)
        waited = boarding(run, counted, k)["mean_wait"]
        runs.append({
            "mean_stage1_sojourn": packed, "mean_dock_wait": waited, "mean_total": packed + waited,
            "mean_left_behind": float(left.mean()), "P_nobody_left": float(np.mean(left == 0)),
        })  # fmt: skip
    return together(runs)


def sent_then_delivered(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate trucks of a limited size, a fixed way, and the next morning's couriers."""
    p = answer.parameters
    headway, cycle = round(p["headway_h"]), 24
    couriers = station(
        every(cycle, round(p["wave_h"])), 1 / 60, dwell_minutes=float(p["station_prep_h"])
    )
    trucks = lane(every(headway), p["capacity"], p["transit_h"] / 60)
    hours = p["departures"] / (RUNS * p["times"]) * headway
    world = World(copies({}, trucks, couriers), days_of(hours))

    def draw(rng: np.random.Generator) -> NDArray[np.int64]:
        return poisson(rng, p["lambda_per_h"], hours)

    runs = []
    for k, run in side_by_side(world, draw, seed, answer.id, p["times"]):
        counted = slice(round(WARM_UP * len(run)), None)
        waited = run.columns["out_for_delivery"] - run.columns["ordered"]
        runs.append({
            "mean_dock_wait": boarding(run, counted, k)["mean_wait"],
            "mean_order_to_wave": float(waited[counted].mean() / HOUR),
        })  # fmt: skip
    return together(runs)


def legs_on_the_road(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate lanes in a row whose times vary on their own; a parcel a minute, and a truck."""
    legs = answer.parameters["legs_mean_sd_h"]
    names = "ABCDE"[: len(legs) + 1]
    places = {name: place() for name in names[:-1]} | {names[-1]: station()}
    lanes = {
        (a, b): lane(every(1), hours=mean, transit_cv=sd / mean)
        for a, b, (mean, sd) in zip(names, names[1:], legs, strict=False)
    }
    days = 3
    world = World(network(places, lanes), days, later_order_days=4)
    ticks = DAY + np.arange(1440 * days) * HOUR + HOUR // 2
    runs = []
    for r in range(RUNS):
        hours = world.run(ticks, seed, r).columns["transit"] / _WALL_HOUR
        runs.append({
            "mean": float(hours.mean()), "sd": float(hours.std()),
            **{f"q{q}": float(np.quantile(hours, q / 100)) for q in (50, 90, 95, 99)},
        })  # fmt: skip
    return together(runs)


_MARKET = {"FC_A": "Z100", "FC_B": "Z981"}


def two_centers_two_stations(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate packing, linehaul, a hub, a second leg and couriers, all by timetable.

    A lane's time is lognormal without a fixed part, so that part is spent in the next place: each
    center has a dock of its own at the hub, and a station's dwell holds the fixed part of the leg,
    its own preparation, the time before the couriers leave and that to the first stop.
    """
    p = answer.parameters
    weekly = p["period"] == 168
    days = 7 * (44 if weekly else 28)
    risks = {**NO_RISKS, "failed_attempt": p["fail"]}
    world = World(_centers_and_stations(p, weekly), days, later_order_days=14, risks=risks)
    shares = [fc["share"] for fc in p["fcs"]]
    runs = []
    for r in range(RUNS):
        rng = chance(seed, r, answer.id)
        ticks = DAY + np.sort(rng.integers(0, days * DAY, 160 * days))
        homes = np.array([load_markets().index(market) for market in _MARKET.values()])
        where = homes[rng.choice(2, len(ticks), p=shares)]
        runs.append(_delivery_hours(world.run(world.orders(ticks, where), seed, r)))
    return together(runs)


def _centers_and_stations(p: Mapping[str, Any], weekly: bool) -> Network:
    places: dict[str, Facility] = {}
    lanes = {}
    calendar = "Mon-Fri" if weekly else "every day"
    for fc in p["fcs"]:
        name, dock_name = fc["name"], f"HUB {fc['name']}"
        places[name] = place(_MARKET[name], **_lognormal_work(*fc["pack"]))
        places[dock_name] = place(dwell_minutes=60 * (fc["linehaul_fixed"] + p["hub_sort"]))
        lanes[name, dock_name] = lane(
            _times(fc["departures"]), calendar=calendar, doors_close_minutes=60 * fc["cutoff"],
            **_lognormal_way(*fc["linehaul_log"]),
        )  # fmt: skip
        for st in p["stations"]:
            lanes[dock_name, st["name"]] = lane(
                _times(st["hub_departures"]),
                calendar="Mon-Sat" if weekly else "every day",
                doors_close_minutes=60 * p["hub_cutoff"], **_lognormal_way(*st["leg2_log"]),
            )  # fmt: skip
    first, last = p["offset"]
    for st in p["stations"]:
        before = st["leg2_fixed"] + p["station_prep"] + p["station_cutoff"] + first
        wave = _times([hour + first for hour in p["waves"]])
        places[st["name"]] = station(
            wave, last - first, dwell_minutes=60 * before,
            round_calendar="Mon-Sat" if weekly else "every day",
        )  # fmt: skip
    doors = {st["name"]: st["share"] for st in p["stations"]}
    return network(places, lanes, doors=doors, centers=tuple(_MARKET))


def _times(hours: list[float]) -> str:
    minutes = sorted({round(60 * hour) % 1440 for hour in hours})
    return " ".join(f"{m // 60:02d}:{m % 60:02d}" for m in minutes)


def _lognormal_work(mu: float, sigma: float) -> dict[str, Any]:
    return {
        "work_law": "lognormal",
        "work_seconds": 3600 * float(np.exp(mu + sigma**2 / 2)),
        "work_cv": float(np.sqrt(np.expm1(sigma**2))),
    }


def _lognormal_way(mu: float, sigma: float) -> dict[str, Any]:
    return {
        "hours": float(np.exp(mu + sigma**2 / 2)),
        "transit_cv": float(np.sqrt(np.expm1(sigma**2))),
    }


def _delivery_hours(run: Run) -> dict[str, float]:
    delivered = run.columns["status"] == Status.DELIVERED
    delivered &= run.measured
    hours = (run.columns["ended"] - run.columns["ordered"].astype(np.int64))[delivered]
    hours = hours / _WALL_HOUR
    one = {
        "ALL.mean_hours": float(hours.mean()),
        "ALL.P_within_48h": float(np.mean(hours <= 48)),
        "ALL.P_within_72h": float(np.mean(hours <= 72)),
        **{f"ALL.q{q}": float(np.quantile(hours, q / 100)) for q in (50, 90, 95)},
    }
    source = run.columns["source"][delivered]
    stop = run.columns["station"][delivered]
    for row, center in enumerate(_MARKET):
        for name in ("ST_1", "ST_2"):
            here = (source == row) & (stop == run.places["facilities"].index(name))
            one[f"{center}->{name}.mean_hours"] = float(hours[here].mean())
    return one
