"""How far each parcel came: kilometres, touches, and the hazard of its whole way."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.problem import NOT_YET, Columns, Problem, Status
from logistics.simulation.paths import Walk
from networks.routing import Routes
from networks.schema import SELLERS

Array = NDArray[Any]

_CHUNK = 1 << 16


def totals(
    problem: Problem, columns: Columns, ways: Routes
) -> tuple[NDArray[np.int32], NDArray[np.uint8], NDArray[np.float32], NDArray[np.int8]]:
    """Return (parcels,) metres and touches so far, hazard of the whole way, and the last visit.

    The hazard is the sum of -ln(1 - p) of all touches and kilometres from the source to the door,
    with one courier round, in the parcel's own packaging. Each attempt is a touch, and so is the
    door step.
    """
    parcels = len(problem.parcels.ordered)
    metres, touches = np.zeros(parcels, np.int32), np.zeros(parcels, np.uint8)
    hazard, last_visit = np.zeros(parcels, np.float32), np.zeros(parcels, np.int8)
    places = list(ways.facilities.values())
    at_visit = np.array(
        [p.conveyor_touches + p.hub_sorter_touches + p.manual_touches for p in places]
        + [1 if any(origin == SELLERS for origin, _, _ in ways.lanes.values()) else 0]
    )
    km = np.array([lane.distance_km for _, _, lane in ways.lanes.values()])
    length = np.rint(1000 * np.concatenate([km, np.zeros(len(ways.stations))])).astype(np.int32)
    visit_hazard = problem.hazards.visit_damage.sum(axis=1)
    for start in range(0, parcels, _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, parcels))
        span = slice(start, rows[-1] + 1)
        risk = problem.parcels.risk[span]
        total = problem.hazards.door_damage[risk].astype(np.int64)
        for visit, leg in enumerate(Walk(problem, rows)):
            worked = leg.on_way & (columns.ready[span, visit] != NOT_YET)
            touches[span] += np.where(worked, at_visit[leg.place], 0).astype(np.uint8)
            trip = columns.departure[span, visit]
            left = leg.on_way & ~leg.last & (trip != NOT_YET)
            arrives = problem.departures.arrives[np.where(left, trip, 0)]
            metres[span] += np.where(left & (arrives < problem.horizon), length[leg.lane], 0)
            total += np.where(leg.on_way, visit_hazard[leg.place, risk], 0)
            total += np.where(leg.on_way, problem.hazards.lane_damage[leg.lane, risk], 0)
            last_visit[span][leg.last] = visit
        hazard[span] = total / 1e12
    touches += columns.attempts
    touches += np.isin(columns.status, (Status.DELIVERED, Status.STOLEN))
    return metres, touches, hazard, last_visit
