"""A `Run` put together from what the engine returned, and how far each parcel came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.model.draws import Drawn
from logistics.model.hazards import handlings_at, km_of_lanes
from logistics.model.places import markets_of
from logistics.model.prepare import PreparedModel
from logistics.runs.run import Run
from logistics.runtime.threads import in_pieces
from logistics.simulation.batch.paths import walk
from logistics.simulation.problem import Columns, Problem
from logistics.streams import Streams, in_chunks
from logistics.vocabulary import HOURS, NOT_YET, Array, Status
from networks.geography import carrier_zone, load_markets, road_km
from networks.routing import Routes

_CHUNK = 1 << 15


def run_of(
    model: PreparedModel, drawn: Drawn, columns: Columns, streams: Streams, engine: str,
    facts: Mapping[str, Any],
) -> Run:  # fmt: skip
    """Put together the result of a run."""
    problem, gates = drawn.problem, drawn.problem.gates
    return Run(
        scenario=model.scenario,
        seed=streams.seed,
        replication=streams.replication,
        engine=engine,
        time_zones=model.period.time_zones,
        places=_places(model, problem),
        columns=_parcels(model, drawn, columns),
        visits={
            "ready": columns.ready, "departure": columns.departure, "work": columns.work_ticks,
        },
        trips={
            **_some(problem.departures, "tick", "lane", "arrives", "capacity", "least"),
            **_some(columns, "load", "left_behind"),
            **_some(problem.departures, "weekday"),
        },
        staff=_some(problem.staffing, "tick", "facility", "workers"),
        sources=_some(problem.sources, "facility", "gate", "pickup_weekdays"),
        gates={
            "gate": np.repeat(np.arange(len(gates.first) - 1), np.diff(gates.first)),
            **_some(gates, "opens", "cutoff"),
        },
        facts=facts,
    )  # fmt: skip


def _some(table: Any, *names: str) -> dict[str, Array]:
    """Return some columns of a table by name."""
    return {name: getattr(table, name) for name in names}


def _parcels(model: PreparedModel, drawn: Drawn, c: Columns) -> dict[str, Array]:
    """Return the columns of the parcels."""
    orders, parcels = drawn.orders, drawn.problem.parcels
    totals = _totals(drawn.problem, c, model.routes)
    market, source = orders.market, parcels.source
    quoted_from = (parcels.ordered, orders.day, market, source, parcels.station)
    return {
        **_some(orders, "order_id", "parcel_id"),
        "ordered": parcels.ordered,
        **_some(orders, "day", "market", "product"),
        "source": source,
        "station": parcels.station,
        "grade": model.packaging[source].astype(np.int8),
        "last_visit": totals["last_visit"],
        "promised_day": in_chunks(model.quote.promised_days, np.int32, *quoted_from),
        "zone": _zones_of(model, source, market),
        **totals,
        **_some(c, "attempts", "out_for_delivery", "ended", "status"),
        **_some(c, "lost_step", "damaged_step", "damaged_kind", *HOURS),
    }


def _places(model: PreparedModel, problem: Problem) -> dict[str, Any]:
    """Return what the numbers of places stand for, as JSON has it."""
    facilities, sellers = model.routes.facilities.values(), model.network.origins.sellers
    return {
        "facilities": list(problem.facilities.ids),
        "kinds": [f.kind for f in facilities],
        "facility_zones": [f.time_zone for f in facilities],
        "facility_markets": [f.market for f in facilities],
        "dwell": problem.facilities.dwell.tolist(),
        "lanes": list(problem.lanes.ids),
        "lane_origin": problem.lanes.origin.tolist(),
        "lane_destination": problem.lanes.destination.tolist(),
        "doors_close": problem.lanes.doors_close.tolist(),
        "sellers": len(sellers),
        "seller_markets": sellers.market.tolist(),
        "source_facility": problem.sources.facility[problem.sources.facility >= 0].tolist(),
    }


def _zones_of(model: PreparedModel, source: Array, market: Array) -> NDArray[np.int8]:
    """Return the carrier zone between the source's market and the customer's."""
    m = load_markets()
    from_market = markets_of(model.network, model.routes, m)
    straight = road_km(
        m.latitude[:, None], m.longitude[:, None], m.latitude[None, :], m.longitude[None, :]
    )
    zones = carrier_zone(np.asarray(straight) / 1.21).astype(np.int8)
    return zones[from_market[source], market]


def _totals(problem: Problem, columns: Columns, routes: Routes) -> dict[str, Array]:
    """Return sums over the planned route of each parcel, which goes on where the parcel did not.

    `distance_m`, `touches`: (parcels,) so far; each attempt is a handling, and so is the door step.
    `hazard`: (parcels,) the sum of -ln(1 - p) of all handlings and kilometers from the source to
    the door, with one delivery route, in the parcel's own packaging. `last_visit`: (parcels,)
    number of the last visit.
    """
    parcels = len(problem.parcels.ordered)
    meters, touches = np.zeros(parcels, np.int32), np.zeros(parcels, np.uint8)
    hazard, last_visit = np.zeros(parcels, np.float32), np.zeros(parcels, np.int8)
    touches_at = handlings_at(routes).sum(axis=1).astype(np.uint8)
    km = np.append(km_of_lanes(routes), np.zeros(len(routes.stations)))
    meters_on = np.rint(1000 * km).astype(np.int32)
    hazards, risks = problem.hazards, len(problem.hazards.door_damage)
    hazard_at = hazards.visit_damage.sum(axis=1).reshape(-1)
    hazard_on = hazards.lane_damage.reshape(-1)

    def add_up(span: slice) -> None:
        risk = problem.parcels.risk[span].astype(np.int64)
        in_all = hazards.door_damage.take(risk)
        for visit, leg in enumerate(walk(problem, span)):
            worked = leg.on_way & (columns.ready[span, visit] != NOT_YET)
            touches[span] += np.where(worked, touches_at.take(leg.place), 0)
            trip = columns.departure[span, visit]
            left = leg.on_way & ~leg.last & (trip != NOT_YET)
            left &= problem.departures.arrives.take(np.where(left, trip, 0)) < problem.horizon
            meters[span] += np.where(left, meters_on.take(leg.lane), 0)
            here = hazard_at.take(leg.place * risks + risk)
            here += hazard_on.take(leg.lane.astype(np.int64) * risks + risk)
            in_all += np.where(leg.on_way, here, 0)
            last_visit[span][leg.last] = visit
        hazard[span] = in_all / 1e12
        status = columns.status[span]
        at_door_step = (status == Status.DELIVERED) | (status == Status.STOLEN)
        touches[span] += columns.attempts[span] + at_door_step.astype(np.uint8)

    in_pieces(add_up, parcels, _CHUNK)
    return {"last_visit": last_visit, "distance_m": meters, "touches": touches, "hazard": hazard}
