"""Parcels: what each one brings along, and what has happened to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from logistics.problem import NEVER_HERE, NOT_YET, Problem, Status


@dataclass(slots=True)
class Parcel:
    """One parcel: first what it brings, then the record that becomes its row of `Columns`."""

    number: int
    ordered: int
    source: int
    station: int
    work_ticks: list[int]
    failures: int
    stop: int
    risk: int
    loss_threshold: int
    damage_threshold: int
    stolen: bool
    pickup_weekdays: int

    ready: list[int]
    departure: list[int]
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

    _loss_hazard: int = 0
    _damage_hazard: int = 0

    def is_lost(self, step: int, hazard: int) -> bool:
        """Take a step at which the parcel may be lost; return whether it was."""
        self._loss_hazard += hazard
        if self._loss_hazard <= self.loss_threshold:
            return False
        self.status, self.lost_step = Status.LOST, step
        return True

    def touch(self, step: int, kind: int, hazard: int) -> None:
        """Take a touch that may damage the parcel; only the first that does is recorded."""
        self._damage_hazard += hazard
        if self.damaged_step == NEVER_HERE and self._damage_hazard > self.damage_threshold:
            self.damaged_step, self.damaged_kind = step, kind

    def end(self, tick: int, visit: int, status: Status) -> None:
        """End at `tick`, on a round from `visit`."""
        self.status, self.ended = status, tick
        self.last_mile = tick - self.ready[visit]


def parcels_of(problem: Problem) -> list[Parcel]:
    """Return the parcels of a problem, to which nothing has happened yet."""
    given = problem.parcels
    not_yet = np.full(given.work.shape, NOT_YET)
    columns = (
        given.ordered,
        given.source,
        given.station,
        given.work,
        given.failures,
        given.stop,
        given.risk,
        given.loss_threshold,
        given.damage_threshold,
        given.stolen,
        problem.sources.pickup_weekdays[given.source],
        not_yet,
        not_yet,
    )
    # Plain integers: as ticks, NumPy's own are slow.
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Parcel(number, *row) for number, row in enumerate(rows)]
