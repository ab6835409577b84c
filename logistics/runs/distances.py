"""How far each parcel came: kilometres, touches, and the hazard of its whole way."""

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


def totals(
    problem: Problem, columns: Columns, routes: Routes
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.float32], NDArray[np.int8]]:
    """Return (parcels,) metres and touches so far, hazard of the whole way, and the last visit.

    The hazard is the sum of -ln(1 - p) of all touches and kilometres from the source to the door,
    with one courier round, in the parcel's own packaging. Each attempt is a touch, and so is the
    door step.
    """
    parcels = len(problem.parcels.ordered)
    metres, touches = np.zeros(parcels, np.int32), np.zeros(parcels, np.uint8)
    hazard, last_visit = np.zeros(parcels, np.float32), np.zeros(parcels, np.int8)
    places = list(routes.facilities.values())
    at_visit = np.array(
        [p.conveyor_touches + p.hub_sorter_touches + p.manual_touches for p in places]
        + [1 if any(origin == SELLERS for origin, _, _ in routes.lanes.values()) else 0],
        np.uint8,
    )
    km = np.array([lane.distance_km for _, _, lane in routes.lanes.values()])
    length = np.rint(1000 * np.concatenate([km, np.zeros(len(routes.stations))])).astype(np.int32)
    visit_hazard = problem.hazards.visit_damage.sum(axis=1).reshape(-1)
    lane_hazard = problem.hazards.lane_damage.reshape(-1)
    risks = len(problem.hazards.door_damage)

    def add_up(span: slice) -> None:
        risk = problem.parcels.risk[span].astype(np.int64)
        total = problem.hazards.door_damage.take(risk)
        for visit, leg in enumerate(Walk(problem, span)):
            worked = leg.on_way & (columns.ready[span, visit] != NOT_YET)
            touches[span] += np.where(worked, at_visit.take(leg.place), 0)
            trip = columns.departure[span, visit]
            left = leg.on_way & ~leg.last & (trip != NOT_YET)
            arrives = problem.departures.arrives.take(np.where(left, trip, 0))
            metres[span] += np.where(left & (arrives < problem.horizon), length.take(leg.lane), 0)
            here = visit_hazard.take(leg.place * risks + risk)
            here += lane_hazard.take(leg.lane.astype(np.int64) * risks + risk)
            total += np.where(leg.on_way, here, 0)
            last_visit[span][leg.last] = visit
        hazard[span] = total / 1e12
        status = columns.status[span]
        at_door_step = (status == Status.DELIVERED) | (status == Status.STOLEN)
        touches[span] += columns.attempts[span] + at_door_step.astype(np.uint8)

    in_pieces(add_up, parcels, _CHUNK)
    return metres, touches, hazard, last_visit
