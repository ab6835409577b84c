"""Parcels: what each one brings along, and what has happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from logistics.simulation.problem import Problem
from logistics.vocabulary import NEVER_HERE, NOT_YET, Status


@dataclass(frozen=True, slots=True)
class Touches:
    """What one step does to a parcel, as hazards, which add up along its route.

    `damage`: what all handlings of the step add, by risk; `kinds`: what each kind adds, in order.
    """

    loss: int
    damage: list[int]
    kinds: dict[int, list[int]]


@dataclass(slots=True)
class Parcel:
    """One parcel: first what it brings, then the record that becomes its row of `Columns`.

    `loss_left`, `damage_left`: the hazard it can still take; below 0 it gives way.
    `ready`, `departure`, `work_ticks`: what becomes its rows of these columns, one entry a visit.
    """

    number: int
    ordered: int
    source: int
    station: int
    work_numbers: list[int]
    failures: int
    stop: int
    risk: int
    loss_left: int
    damage_left: int
    stolen: bool
    pickup_weekdays: int

    ready: list[int] = field(init=False)
    departure: list[int] = field(init=False)
    work_ticks: list[int] = field(init=False)
    attempts: int = 0
    out_for_delivery: int = NOT_YET
    ended: int = NOT_YET
    status: int = Status.UNDER_WAY
    lost_step: int = NEVER_HERE
    damaged_step: int = NEVER_HERE
    damaged_kind: int = NEVER_HERE
    wait_work: int = 0
    work: int = 0
    wait_departure: int = 0
    transit: int = 0
    last_mile: int = 0

    def __post_init__(self) -> None:
        """Begin with no visit: plain lists, which are quicker to write to than NumPy's rows."""
        visits = len(self.work_numbers)
        self.ready, self.departure = ([NOT_YET] * visits for _ in range(2))
        self.work_ticks = [0] * visits

    def endures(self, step: int, touches: Touches) -> bool:
        """Take the touches of a step, and return whether the parcel is still there.

        What is lost at a step is not damaged there; only the first damage is recorded.
        """
        self.loss_left -= touches.loss
        if self.loss_left < 0:
            self.status, self.lost_step = Status.LOST, step
            return False
        self.damage_left -= touches.damage[self.risk]
        if self.damage_left < 0 and self.damaged_step == NEVER_HERE:
            self.damaged_step, self.damaged_kind = step, self._broken_by(touches)
        return True

    def _broken_by(self, touches: Touches) -> int:
        """Return the first kind of handling, back from the last, after which nothing was left."""
        left = self.damage_left
        for kind, damage in reversed(touches.kinds.items()):
            left += damage[self.risk]
            if left >= 0:
                return kind
        raise AssertionError("broken at an earlier step")

    def end(self, tick: int, visit: int, status: Status) -> None:
        """End at `tick`, on a round from `visit`."""
        self.status, self.ended = status, tick
        self.last_mile = tick - self.ready[visit]


def parcels_of(problem: Problem) -> list[Parcel]:
    """Return the parcels of a problem, to which nothing has happened yet."""
    parcels = problem.parcels
    names = ("ordered", "source", "station", "work", "failures", "stop", "risk")
    limits = (limit.each(len(parcels.ordered)).tolist() for limit in (parcels.loss, parcels.damage))
    weekdays = problem.sources.pickup_weekdays[parcels.source].tolist()
    rows = zip(rows_of(parcels, *names), *limits, parcels.stolen.tolist(), weekdays, strict=True)
    return [Parcel(number, *given, *more) for number, (given, *more) in enumerate(rows)]


def rows_of(table: object, *names: str) -> Iterator[tuple[Any, ...]]:
    """Return the rows of some columns, as plain integers: as ticks, NumPy's own are slow."""
    return zip(*(getattr(table, name).tolist() for name in names), strict=True)
