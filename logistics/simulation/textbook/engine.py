"""The run: a problem in, its columns out."""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np

from logistics.problem import Columns, Ints, Problem
from logistics.simulation.clock import Clock, Process, Turn
from logistics.simulation.textbook.gate import releases
from logistics.simulation.textbook.journey import travel
from logistics.simulation.textbook.lane import Trip
from logistics.simulation.textbook.network import Network, build
from logistics.simulation.textbook.parcel import Parcel, parcels_of

_STEPS = ("lost_step", "damaged_step", "damaged_kind")
_HOURS = ("wait_work", "work", "wait_departure", "transit", "last_mile")
_TICKS = ("out_for_delivery", "ended", *_HOURS)


def run(problem: Problem) -> Columns:
    """Simulate a problem and return what happened before its horizon, which is at least 1."""
    clock = Clock()
    network = build(problem, clock)
    parcels = parcels_of(problem)
    clock.process(_release(problem, parcels, network))
    clock.run(problem.horizon)
    return _columns(problem, parcels, network.trips)


def _release(problem: Problem, parcels: list[Parcel], network: Network) -> Process:
    """Start each parcel's journey when its order is released."""
    for tick, order, parcel in releases(problem):
        yield network.clock.at(tick, Turn.RELEASE, order)
        network.clock.process(travel(parcels[parcel], network))


def _columns(problem: Problem, parcels: list[Parcel], trips: list[Trip]) -> Columns:
    tick: type[np.integer[Any]] = (
        np.int32 if problem.parcels.ordered.dtype == np.int32 else np.int64
    )
    visits = problem.parcels.work.shape
    flat = chain.from_iterable

    def column(name: str, dtype: type[np.integer[Any]]) -> Ints:
        return np.fromiter(map(attrgetter(name), parcels), dtype, len(parcels))

    return Columns(
        ready=np.fromiter(flat(p.ready for p in parcels), tick).reshape(visits),
        departure=np.fromiter(flat(p.departure for p in parcels), np.int32).reshape(visits),
        load=np.fromiter((trip.load for trip in trips), np.int32),
        left_behind=np.fromiter((trip.left_behind for trip in trips), np.int32),
        **{name: column(name, np.uint8) for name in ("attempts", "status")},
        **{name: column(name, np.int8) for name in _STEPS},
        **{name: column(name, tick) for name in _TICKS},
    )
