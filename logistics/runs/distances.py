"""How far each parcel came: kilometers, handlings, and the hazard of its whole route."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.runtime.threads import in_pieces
from logistics.simulation.batch.paths import Walk
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, Status
from networks.routing import Routes
from networks.schema import SELLERS

Array = NDArray[Any]

_CHUNK = 1 << 15


class Totals:
    """Sums over the planned route of each parcel, which goes on where the parcel did not.

    `meters`, `touches`: (parcels,) so far; each attempt is a handling, and so is the door step.
    `hazard`: (parcels,) the sum of -ln(1 - p) of all handlings and kilometers from the source to
    the door, with one delivery route, in the parcel's own packaging. `last_visit`: (parcels,)
    number of the last visit.
    """

    def __init__(self, problem: Problem, columns: Columns, routes: Routes) -> None:
        self._problem, self._columns = problem, columns
        parcels = len(problem.parcels.ordered)
        self.meters, self.touches = np.zeros(parcels, np.int32), np.zeros(parcels, np.uint8)
        self.hazard, self.last_visit = np.zeros(parcels, np.float32), np.zeros(parcels, np.int8)
        touches = [
            p.conveyor_touches + p.hub_sorter_touches + p.manual_touches
            for p in routes.facilities.values()
        ]
        pickups = any(origin == SELLERS for origin, _, _ in routes.lanes.values())
        self._touches_at = np.array([*touches, int(pickups)], np.uint8)
        km = np.array([lane.distance_km for _, _, lane in routes.lanes.values()])
        of_rounds = np.zeros(len(routes.stations))
        self._meters_on = np.rint(1000 * np.concatenate([km, of_rounds])).astype(np.int32)
        self._hazard_at = problem.hazards.visit_damage.sum(axis=1).reshape(-1)
        self._hazard_on = problem.hazards.lane_damage.reshape(-1)
        in_pieces(self._add_up, parcels, _CHUNK)

    def _add_up(self, span: slice) -> None:
        problem, columns = self._problem, self._columns
        risks, risk = len(problem.hazards.door_damage), problem.parcels.risk[span].astype(np.int64)
        hazard = problem.hazards.door_damage.take(risk)
        for visit, leg in enumerate(Walk(problem, span)):
            worked = leg.on_way & (columns.ready[span, visit] != NOT_YET)
            self.touches[span] += np.where(worked, self._touches_at.take(leg.place), 0)
            trip = columns.departure[span, visit]
            left = leg.on_way & ~leg.last & (trip != NOT_YET)
            left &= problem.departures.arrives.take(np.where(left, trip, 0)) < problem.horizon
            self.meters[span] += np.where(left, self._meters_on.take(leg.lane), 0)
            here = self._hazard_at.take(leg.place * risks + risk)
            here += self._hazard_on.take(leg.lane.astype(np.int64) * risks + risk)
            hazard += np.where(leg.on_way, here, 0)
            self.last_visit[span][leg.last] = visit
        self.hazard[span] = hazard / 1e12
        status = columns.status[span]
        at_door_step = (status == Status.DELIVERED) | (status == Status.STOLEN)
        self.touches[span] += columns.attempts[span] + at_door_step.astype(np.uint8)
