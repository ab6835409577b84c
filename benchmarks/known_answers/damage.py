"""Damage and loss along a way, and the intervals of rare shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks.differences import difference_of_shares, share_interval
from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.judging import Count
from benchmarks.known_answers.small_world import (
    DAY,
    HOUR,
    NO_RISKS,
    PRODUCT,
    World,
    chance,
    every,
    lane,
    network,
    place,
    station,
    towns,
)
from logistics import Run
from logistics.analysis.statistics.intervals import Estimate, proportion_interval
from logistics.vocabulary import NEVER_HERE, Status
from networks.geography import load_markets
from networks.schema import Lane

PARCELS = 1_000_000
MOST_MORE = 24
"""A way with more touches beyond the least is left to the last of the places: under 1e-10."""


def damaged_among(run: Run, rows: Any) -> Count:
    """Return how many of some parcels are damaged."""
    damaged = run.columns["damaged_step"][rows] != NEVER_HERE
    return Count(int(np.count_nonzero(damaged)), len(damaged))


def touches(**given: float) -> dict[str, Any]:
    """Return risks in which only these touches damage."""
    return {**NO_RISKS, "touches": {**NO_RISKS["touches"], **given}}


def one_way(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate a way whose touches differ: belt, sorter, hands, round and door step."""
    names = ("conveyor", "hub_sorter", "manual_load", "round", "door_step")
    hazards = dict(zip(names, answer.parameters["hazard_per_touch"], strict=False))
    handled = station(conveyor_touches=1, hub_sorter_touches=1, manual_touches=1)
    world = World(network({"S": handled}), 1, risks=touches(**hazards))
    run = world.run(_all_at_six(PARCELS), seed)
    return {"P_damage": damaged_among(run, run.columns["status"] == Status.DELIVERED)}


def ways_of_different_length(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate ways whose number of touches differs: a place for each number, near its customers.

    What goes round a loop with chance q is touched once more with chance q, and so on.
    """
    p = answer.parameters
    rng = chance(seed, 0, answer.id)
    if "poisson_mean" in p:
        more = rng.poisson(p["poisson_mean"], PARCELS)
    else:
        more = rng.geometric(1 - p["loop_chance"], PARCELS) - 1
    markets = towns(MOST_MORE + 1)
    origins = {
        f"A{k:02d}": place(market, conveyor_touches=p["least_touches"] + k)
        for k, market in enumerate(markets)
    }
    net = network(
        origins | {"S": station()}, {(name, "S"): lane("08:00") for name in origins},
        centers=tuple(origins),
    )  # fmt: skip
    world = World(net, 1, risks=touches(conveyor=p["hazard"]))
    rows = np.array([load_markets().index(market) for market in markets])
    where = rows[np.minimum(more, MOST_MORE)]
    run = world.run(world.orders(_all_at_six(PARCELS), where), seed)
    return {"P_damage": damaged_among(run, run.columns["status"] == Status.DELIVERED)}


def _truck(km: float) -> Lane:
    return lane(every(60), hours=km / 130, distance_km=km)


def lost_or_damaged(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate five steps that lose and break parcels of three grades.

    Four lanes and a round lose parcels, each with its own chance (a lane's follows its length);
    three places, the round and the door step damage them. A grade is a product's fragility.
    """
    p = answer.parameters
    damage, loss = p["damage_hazard"], p["loss_hazard"]
    per_1000_km = 1e-4
    km = [1000 * math.log1p(-chance_) / math.log1p(-per_1000_km) for chance_ in loss[:4]]
    places = {
        "A": place(), "B": place(conveyor_touches=1), "C": place(hub_sorter_touches=1),
        "D": place(manual_touches=1), "S": station("12:00"),
    }  # fmt: skip
    hops = list(zip("ABCD", "BCDS", km, strict=True))
    net = network(places, {(a, b): _truck(length) for a, b, length in hops})
    kinds = ("conveyor", "hub_sorter", "manual_load", "door_step", "round")
    risks = touches(**dict(zip(kinds, damage, strict=True)))
    risks["loss"] = {**NO_RISKS["loss"], "road": per_1000_km, "round": loss[4]}
    products = tuple(
        PRODUCT | {"name": f"grade {g}", "share": share, "fragility": times}
        for g, (share, times) in enumerate(
            zip(p["grade_share"], p["grade_multiplier"], strict=True)
        )
    )
    world = World(net, 1, later_order_days=40, risks=risks, products=products)
    grade = chance(seed, 0, answer.id).choice(3, PARCELS, p=p["grade_share"])
    run = world.run(world.orders(_all_at_six(PARCELS), product=grade), seed)
    status, product = run.columns["status"], run.columns["product"]
    arrived = status == Status.DELIVERED
    broken = damaged_among(run, arrived)
    return {
        "P_lost": Count(int((status == Status.LOST).sum()), PARCELS),
        "P_damage_given_delivered": broken,
        "P_delivered_intact": Count(broken.total - broken.count, PARCELS),
        "P_delivered_damaged": Count(broken.count, PARCELS),
        **{
            f"P_damage_by_grade.{g}": damaged_among(run, arrived & (product == g)) for g in range(3)
        },
    }


def touched_again(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate attempts that each bring the touches of another round."""
    p = answer.parameters
    a_round = 1 - math.prod(1 - hazard for hazard in p["per_attempt_hazards"])
    base = dict(zip(("conveyor", "hub_sorter", "manual_load"), p["base_hazards"], strict=True))
    handled = station(conveyor_touches=1, hub_sorter_touches=1, manual_touches=1)
    risks = touches(**base, round=a_round) | {"failed_attempt": p["fail_prob"]}
    world = World(network({"S": handled}), 1, later_order_days=5, risks=risks)
    run = world.run(_all_at_six(PARCELS), seed)
    status = run.columns["status"]
    returned = status == Status.RETURNED
    return {
        "P_damage_given_delivered": damaged_among(run, status == Status.DELIVERED),
        "P_damage_given_returned_at_third_failure": damaged_among(run, returned),
        "P_return": Count(int(returned.sum()), PARCELS),
    }


def _all_at_six(parcels: int) -> Any:
    return np.full(parcels, DAY + 6 * 60 * HOUR)


def share_intervals(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Compute both intervals of a share."""
    p = answer.parameters
    wilson = share_interval(p["x"], p["n"], p["conf"])
    exact = proportion_interval(p["x"], p["n"], p["conf"])
    return {
        "wilson": [wilson.low, wilson.high],
        "clopper_pearson": [exact.low, exact.high],
    }


def interval_coverage(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Compute how often each interval holds the true share, over all possible counts."""
    n, p = answer.parameters["n"], answer.parameters["p"]
    return {
        "coverage_wilson95": _coverage(share_interval, n, p),
        "coverage_clopper_pearson95": _coverage(proportion_interval, n, p),
    }


def _coverage(interval: Callable[[int, int], Estimate], n: int, p: float) -> float:
    from scipy.stats import binom  # noqa: PLC0415

    figures = [interval(count, n) for count in range(n + 1)]
    held = [one.low <= p <= one.high for one in figures]
    return float(binom.pmf(np.arange(n + 1), n, p)[held].sum())


def share_difference(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Compute the interval of the difference between two shares."""
    p = answer.parameters
    figure = difference_of_shares((p["x1"], p["n1"]), (p["x2"], p["n2"]))
    return {"low": figure.low, "high": figure.high}
