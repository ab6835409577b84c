"""The run: a problem in, its columns out."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np

from logistics.simulation.clock import Clock, Process, Turn
from logistics.simulation.problem import Columns, Ints, Problem
from logistics.simulation.textbook.gate import releases
from logistics.simulation.textbook.journey import travel
from logistics.simulation.textbook.network import Network, build
from logistics.simulation.textbook.parcel import Parcel, parcels_of
from logistics.vocabulary import HOURS, Status

_STEPS = ("lost_step", "damaged_step", "damaged_kind")
_TICKS = ("out_for_delivery", "ended", *HOURS)


def run(problem: Problem) -> Columns:
    """Simulate a problem and return what happened before it ended; its horizon is at least 1."""
    clock = Clock()
    network = build(problem, clock)
    visits, tick = problem.parcels.work.shape, problem.parcels.ordered.dtype.type
    parcels = parcels_of(problem)
    clock.process(_release(problem, parcels, network))
    ending = problem.ending
    followed = [parcel for parcel in parcels if ending.first <= parcel.ordered < ending.end]
    clock.may_end(
        ending.cuts.tolist(), lambda _: all(p.status != Status.UNDER_WAY for p in followed)
    )
    with _spared_collection():
        horizon = clock.run(problem.horizon)

    def column(name: str, dtype: type[np.integer[Any]], rows: list[Any] = parcels) -> Ints:
        return np.fromiter(map(attrgetter(name), rows), dtype, len(rows))

    def by_visit(name: str, dtype: type[np.integer[Any]]) -> Ints:
        entries = chain.from_iterable(map(attrgetter(name), parcels))
        return np.fromiter(entries, dtype, visits[0] * visits[1]).reshape(visits)

    return Columns(
        ready=by_visit("ready", tick),
        departure=by_visit("departure", np.int32),
        work_ticks=by_visit("work_ticks", tick),
        load=column("load", np.int32, network.trips),
        left_behind=column("left_behind", np.int32, network.trips),
        horizon=np.array(horizon, np.int64),
        events=np.array(clock.handled, np.int64),
        **{name: column(name, np.uint8) for name in ("attempts", "status")},
        **{name: column(name, np.int8) for name in _STEPS},
        **{name: column(name, tick) for name in _TICKS},
    )


def _release(problem: Problem, parcels: list[Parcel], network: Network) -> Process:
    """Start each parcel's journey when its order is released."""
    for tick, order, parcel in releases(problem):
        yield network.clock.at(tick, Turn.RELEASE, order)
        network.clock.process(travel(parcels[parcel], network))


@contextmanager
def _spared_collection() -> Iterator[None]:
    """Keep Python's garbage collector from going over all that stays, again and again."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
