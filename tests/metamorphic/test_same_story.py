"""The same story told otherwise: in finer ticks, without damage, without loss."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from seeded_runs import seeded_run, seeded_world

from logistics.simulation.batch import engine as batch
from logistics.simulation.problem import Columns, Ending, Problem, Work
from logistics.vocabulary import NEVER_HERE, NOT_YET, UNLIMITED, Status

SEEDS = range(150)
TIMES = ("ready", "work_ticks", "out_for_delivery", "ended", "wait_work", "work", "wait_departure",
         "transit", "last_mile", "horizon")  # fmt: skip
DAMAGE = {"damaged_step", "damaged_kind"}


def differing(one: Columns, other: Columns, but: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Return the columns in which two runs differ."""
    names = [f.name for f in fields(Columns) if f.compare and f.name not in but]
    return [n for n in names if not np.array_equal(getattr(one, n), getattr(other, n))]


# --- other ticks ----------------------------------------------------------------------------------


def stretched(problem: Problem, by: int) -> Problem:
    """Return the problem with every duration and instant so many times as long."""

    def long(part: Any, *names: str) -> Any:
        return replace(part, **{n: getattr(part, n).astype(np.int64) * by for n in names})

    return replace(
        problem,
        horizon=problem.horizon * by,
        ending=Ending(problem.ending.first * by, problem.ending.end * by, problem.ending.cuts * by),
        facilities=long(problem.facilities, "dwell"),
        staffing=long(problem.staffing, "tick"),
        lanes=long(problem.lanes, "doors_close", "round_ticks"),
        departures=long(problem.departures, "tick", "arrives"),
        gates=long(problem.gates, "opens", "cutoff"),
        work=in_whole_ticks(problem.work, by),
        parcels=long(problem.parcels, "ordered"),
    )


def in_whole_ticks(work: Work, by: int) -> Work:
    """Return the work with a law for each place: so many times the ticks it takes there."""
    ticks = work.length[:, None] * work.factors[work.law]
    ticks = np.where(ticks > 0, np.clip(np.rint(ticks), 1, work.most), 0)
    places = np.arange(len(work.law))
    return Work(places.astype(np.int8), np.ones(len(places)), ticks * by, work.most * by)


def in_whole_stops(problem: Problem) -> Problem:
    """Return the problem in ticks so fine that every stop falls on a whole one."""
    waves = problem.lanes.destination[problem.departures.lane] < 0
    load = batch.run(problem).load[waves].astype(np.int64)
    return stretched(problem, by=2 * int(np.lcm.reduce(load[load > 0], initial=1)))


def test_ticks_twice_as_fine_give_times_twice_as_long() -> None:
    for seed in SEEDS:
        problem = in_whole_stops(seeded_world(seed))
        once, thrice = batch.run(problem), batch.run(stretched(problem, by=3))
        assert differing(once, thrice, but=set(TIMES)) == [], f"seed {seed}"
        for name in TIMES:
            column = getattr(once, name)
            expected = np.where(column == NOT_YET, NOT_YET, 3 * column)
            assert np.array_equal(getattr(thrice, name), expected), f"{name}, seed {seed}"


# --- no risks -------------------------------------------------------------------------------------


def harmless(problem: Problem, *kinds: str) -> Problem:
    none = {name: 0 * getattr(problem.hazards, name) for name in kinds}
    return replace(problem, hazards=replace(problem.hazards, **none))


def test_without_hazards_of_damage_nothing_else_changes() -> None:
    damaged = 0
    for seed in SEEDS:
        problem, before = seeded_world(seed), seeded_run(seed, "batch")
        after = batch.run(harmless(problem, "visit_damage", "lane_damage", "door_damage"))
        assert (after.damaged_step == NEVER_HERE).all()
        assert differing(before, after, but=DAMAGE) == [], f"seed {seed}"
        damaged += (before.damaged_step != NEVER_HERE).sum()
    assert damaged > 100


def test_without_hazards_of_loss_nobody_else_is_earlier_or_later_where_there_is_room() -> None:
    """Where room is short, what is not lost takes a place: see `test_more_capacity`.

    Where vehicles leave when they are full, it fills them.
    """
    lost = 0
    for seed in SEEDS:
        problem = seeded_world(seed)
        departures, staffing = problem.departures, problem.staffing
        roomy = replace(
            problem,
            departures=replace(
                departures, capacity=0 * departures.capacity + UNLIMITED, least=0 * departures.least
            ),
            staffing=replace(staffing, workers=0 * staffing.workers + UNLIMITED),
            ending=Ending.at_horizon(),
        )
        before, after = batch.run(roomy), batch.run(harmless(roomy, "visit_loss", "lane_loss"))
        assert not (after.status == Status.LOST).any()
        others = before.status != Status.LOST
        for name in ("ready", "departure", "out_for_delivery", "wait_work", "work", "transit"):
            one, other = getattr(before, name)[others], getattr(after, name)[others]
            assert np.array_equal(one, other), f"{name}, seed {seed}"
        lost += (~others).sum()
    assert lost > 100
