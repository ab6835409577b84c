"""Attempts at the door: how many, with what success, and on which days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.queues import together
from benchmarks.known_answers.small_world import (
    DAY,
    HOUR,
    NO_RISKS,
    RUNS,
    World,
    chance,
    network,
    station,
)
from logistics import Run
from logistics.vocabulary import Status

Array = NDArray[Any]

PARCELS = 20_000
MORNING = 6 * 60 * HOUR


def figures(attempts: Array, status: Array) -> dict[str, float]:
    """Return what the couriers' attempts came to."""
    delivered = status == Status.DELIVERED
    return {
        "P_return_to_sender": float(np.mean(status == Status.RETURNED)),
        "mean_attempts_per_parcel": float(attempts.mean()),
        "mean_extra_attempts_if_delivered": float(attempts[delivered].mean() - 1),
        **{
            f"P_delivered_on_attempt.{k}": float(np.mean(delivered & (attempts == k)))
            for k in (1, 2, 3)
        },
    }


def world_of(fails: float, days: int = 1, first_day: str = "2023-01-02", **rounds: Any) -> World:
    """Return a station with a round a day whose attempts fail so often."""
    couriers = station("10:00", 8.0, **rounds)
    risks = {**NO_RISKS, "failed_attempt": fails}
    return World(network({"S": couriers}), days, first_day, 5, risks=risks)


def kinds_of_addresses(chances: list[float]) -> list[tuple[float, float]]:
    """Return (share, chance of failing) of addresses that fail with `chances`, attempt by attempt.

    Where failing grows likelier with each attempt, some addresses are harder than others: two kinds
    have the three wanted moments, E(p), E(p^2), E(p^3) (Gauss quadrature).
    """
    first, second, third = np.cumprod(chances)
    if len(set(chances)) == 1:
        return [(1.0, chances[0])]
    slope = (third - first * second) / (second - first**2)
    low, high = np.sort(np.roots([1.0, -slope, slope * first - second]).real)
    hard = (first - low) / (high - low)
    return [(float(1 - hard), float(low)), (float(hard), float(high))]


def until_the_third(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate parcels whose attempts fail, up to three times."""
    kinds = kinds_of_addresses(answer.parameters["fail_prob_by_attempt"])
    worlds = [world_of(fails) for _, fails in kinds]
    runs = []
    for r in range(RUNS):
        easy = chance(seed, r, answer.id).binomial(PARCELS, kinds[0][0])
        sizes = [easy, PARCELS - easy]
        columns = [
            world.run(np.full(size, DAY + MORNING), seed, r + RUNS * kind).columns
            for kind, (world, size) in enumerate(zip(worlds, sizes, strict=False))
        ]
        runs.append(
            figures(
                *(np.concatenate([c[name] for c in columns]) for name in ("attempts", "status"))
            )
        )
    return together(runs)


def but_not_on_sunday(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Simulate a week of parcels, with couriers from Monday to Saturday."""
    weeks = 2
    fails = answer.parameters["fail_prob_by_attempt"][0]
    sunday = "2023-01-01"
    world = world_of(fails, 7 * weeks, sunday, round_calendar="Mon-Sat")
    runs = []
    for r in range(RUNS):
        rng = chance(seed, r, answer.id)
        day = np.sort(rng.choice([d for d in range(7 * weeks) if d % 7 < 6], PARCELS))
        run = world.run((day + 1) * DAY + MORNING, seed, r)
        runs.append(_extra_days(run))
    return together(runs)


def _extra_days(run: Run) -> dict[str, float]:
    delivered = run.columns["status"] == Status.DELIVERED
    extra = run.columns["out_for_delivery"] // DAY - run.columns["ordered"] // DAY
    return {
        **{f"P_extra_days.{k}": float(np.mean(delivered & (extra == k))) for k in (0, 1, 2, 3)},
        "P_return_to_sender": float(np.mean(run.columns["status"] == Status.RETURNED)),
        "mean_extra_days_if_delivered": float(extra[delivered].mean()),
    }
