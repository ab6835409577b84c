"""A `Run` put together from what the engine returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.model.draws import Drawn
from logistics.model.origins import markets_of
from logistics.model.prepare import PreparedModel
from logistics.runs.distances import totals
from logistics.runs.run import Run
from logistics.simulation.problem import Columns, Gates
from logistics.streams import Streams, in_chunks
from logistics.vocabulary import HOURS
from networks.geography import carrier_zone, road_km

Array = NDArray[Any]


def run_of(
    model: PreparedModel, drawn: Drawn, columns: Columns, streams: Streams, engine: str,
    facts: Mapping[str, Any],
) -> Run:  # fmt: skip
    """Put together the result of a run."""
    c, problem, orders = columns, drawn.problem, drawn.orders
    distance_m, touches, hazard, last_visit = totals(problem, c, model.routes)
    market, source = orders.market, problem.parcels.source
    grade = model.packaging[source].astype(np.int8)
    table = {
        "order_id": orders.order_id,
        "parcel_id": orders.parcel_id,
        "ordered": problem.parcels.ordered,
        "day": orders.day,
        "market": market,
        "product": orders.product,
        "source": source,
        "station": problem.parcels.station,
        "grade": grade,
        "last_visit": last_visit,
        "promised_day": in_chunks(
            model.quote.promised_days,
            np.int32,
            problem.parcels.ordered,
            orders.day,
            market,
            source,
            problem.parcels.station,
        ),
        "zone": _zones_of(model, source, market),
        "distance_m": distance_m,
        "touches": touches,
        "hazard": hazard,
        "attempts": c.attempts,
        "out_for_delivery": c.out_for_delivery,
        "ended": c.ended,
        "status": c.status,
        "lost_step": c.lost_step,
        "damaged_step": c.damaged_step,
        "damaged_kind": c.damaged_kind,
        **{name: getattr(c, name) for name in HOURS},
    }
    d = problem.departures
    return Run(
        scenario=model.scenario,
        seed=streams.seed,
        replication=streams.replication,
        engine=engine,
        time_zones=model.period.time_zones,
        places={
            "facilities": list(problem.facilities.ids),
            "kinds": [f.kind for f in model.routes.facilities.values()],
            "facility_zones": [f.time_zone for f in model.routes.facilities.values()],
            "facility_markets": [f.market for f in model.routes.facilities.values()],
            "dwell": problem.facilities.dwell.tolist(),
            "lanes": list(problem.lanes.ids),
            "lane_origin": problem.lanes.origin.tolist(),
            "lane_destination": problem.lanes.destination.tolist(),
            "doors_close": problem.lanes.doors_close.tolist(),
            "sellers": len(model.network.origins.sellers),
            "seller_markets": model.network.origins.sellers.market.tolist(),
            "source_facility": problem.sources.facility[problem.sources.facility >= 0].tolist(),
        },
        columns=table,
        visits={"ready": c.ready, "departure": c.departure, "work": problem.parcels.work},
        trips={
            "tick": d.tick, "lane": d.lane, "arrives": d.arrives, "capacity": d.capacity,
            "load": c.load, "left_behind": c.left_behind, "weekday": d.weekday,
        },
        staff={
            "tick": problem.staffing.tick, "facility": problem.staffing.facility,
            "workers": problem.staffing.workers,
        },
        sources={
            "facility": problem.sources.facility, "gate": problem.sources.gate,
            "pickup_weekdays": problem.sources.pickup_weekdays,
        },
        gates=_working_days(problem.gates),
        facts=facts,
    )  # fmt: skip


def _working_days(gates: Gates) -> dict[str, Array]:
    """Return the working days of all gates, one row each."""
    gate = np.repeat(np.arange(len(gates.first) - 1), np.diff(gates.first))
    return {"gate": gate, "opens": gates.opens, "cutoff": gates.cutoff}


def _zones_of(model: PreparedModel, source: Array, market: Array) -> NDArray[np.int8]:
    """Return the carrier zone between the source's market and the customer's."""
    m = model.markets
    from_market = markets_of(model.network, model.routes, m)
    straight = road_km(
        m.latitude[:, None], m.longitude[:, None], m.latitude[None, :], m.longitude[None, :]
    )
    zones = carrier_zone(np.asarray(straight) / 1.21).astype(np.int8)
    return zones[from_market[source], market]
