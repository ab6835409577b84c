"""A `Run` put together from what the engine returned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.model.draws import Drawn
from logistics.model.origins import markets_of
from logistics.model.prepare import PreparedModel
from logistics.runs.distances import Totals
from logistics.runs.run import Run
from logistics.simulation.problem import Columns, Gates, Problem
from logistics.streams import Streams, in_chunks
from logistics.vocabulary import HOURS
from networks.geography import carrier_zone, road_km

Array = NDArray[Any]


def run_of(
    model: PreparedModel, drawn: Drawn, columns: Columns, streams: Streams, engine: str,
    facts: Mapping[str, Any],
) -> Run:  # fmt: skip
    """Put together the result of a run."""
    problem = drawn.problem
    return Run(
        scenario=model.scenario,
        seed=streams.seed,
        replication=streams.replication,
        engine=engine,
        time_zones=model.period.time_zones,
        places=_places(model, problem),
        columns=_parcels(model, drawn, columns),
        visits={
            "ready": columns.ready, "departure": columns.departure, "work": problem.parcels.work,
        },
        trips={
            **_some(problem.departures, "tick", "lane", "arrives", "capacity"),
            **_some(columns, "load", "left_behind"),
            **_some(problem.departures, "weekday"),
        },
        staff=_some(problem.staffing, "tick", "facility", "workers"),
        sources=_some(problem.sources, "facility", "gate", "pickup_weekdays"),
        gates=_working_days(problem.gates),
        facts=facts,
    )  # fmt: skip


def _some(table: Any, *names: str) -> dict[str, Array]:
    """Return some columns of a table by name."""
    return {name: getattr(table, name) for name in names}


def _parcels(model: PreparedModel, drawn: Drawn, c: Columns) -> dict[str, Array]:
    """Return the columns of the parcels."""
    orders, parcels = drawn.orders, drawn.problem.parcels
    totals = Totals(drawn.problem, c, model.routes)
    market, source = orders.market, parcels.source
    quoted_from = (parcels.ordered, orders.day, market, source, parcels.station)
    return {
        **_some(orders, "order_id", "parcel_id"),
        "ordered": parcels.ordered,
        **_some(orders, "day", "market", "product"),
        "source": source,
        "station": parcels.station,
        "grade": model.packaging[source].astype(np.int8),
        "last_visit": totals.last_visit,
        "promised_day": in_chunks(model.quote.promised_days, np.int32, *quoted_from),
        "zone": _zones_of(model, source, market),
        "distance_m": totals.meters,
        **_some(totals, "touches", "hazard"),
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
