"""All random draws of a replication, made once for both engines, as whole ticks and numbers.

Each quantity is a function of (seed, replication, stream, number): of the parcel for its own
draws, of (lane, local date, slot) for a truck's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from logistics.model.prepare import PreparedModel
from logistics.orders.orders import Orders
from logistics.runtime.threads import in_pieces, sorted_rows
from logistics.scenario.days import MOST_TICKS
from logistics.simulation.problem import Departures, Parcels, Problem
from logistics.streams import Streams, in_chunks, mix, unit
from logistics.vocabulary import MAX_ATTEMPTS, Array
from networks.schema import PACKAGING_GRADES

_STOP_BITS = 20
_PER_HAZARD = 1e12
_CHUNK = 1 << 15  # parcels at a time: the temporaries stay in the processor's cache


@dataclass(frozen=True)
class Drawn:
    """The problem of one replication, and the orders of its parcels, row by row."""

    problem: Problem
    orders: Orders


def draw(model: PreparedModel, orders: Orders, streams: Streams) -> Drawn:
    """Return one replication of a scenario, everything random drawn."""
    parcels, by_parcel = draw_parcels(model, orders, streams)
    departures = _departures(model, streams)
    problem = Problem(
        tick_ms=model.period.tick_ms,
        horizon=model.period.horizon,
        facilities=model.facilities,
        staffing=model.timetable.staffing,
        lanes=model.lanes,
        next_lane=model.routes.next_lane,
        departures=departures,
        gates=model.timetable.gates,
        sources=model.sources,
        parcels=parcels,
        hazards=model.hazards,
        ending=model.period.ending.among(departures, model.lanes),
    )
    return Drawn(problem, by_parcel)


def draw_parcels(
    model: PreparedModel, orders: Orders, streams: Streams, first_number: int = 0
) -> tuple[Parcels, Orders]:
    """Return the parcels of some orders, and the orders in the order of the parcels.

    Parcels are numbered by (source, order number); `orders` are in order-number order, from
    `first_number` on.
    """
    source, rows = sorted_rows(model.sourcing.choose(orders, streams))
    orders = orders.of(rows)
    risks, ids, grades = model.scenario.risks, orders.parcel_id, len(PACKAGING_GRADES)
    station = in_chunks(_station_of(model, streams), np.int32, orders.order_id, orders.market)
    attempts, stop, theft = (streams.key(name) for name in ("attempts", "stop", "theft"))
    parcels = Parcels(
        order=in_chunks(lambda row: row + first_number, np.int32, rows),
        ordered=orders.tick.astype(model.period.dtype, copy=False),
        source=source,
        station=station,
        work=_work(model, streams, ids, source, station),
        failures=in_chunks(
            lambda n: _failures(unit(mix(n, attempts)), risks.failed_attempt), np.uint8, ids
        ),
        stop=in_chunks(lambda n: mix(n, stop) >> np.uint64(64 - _STOP_BITS), np.int32, ids),
        risk=in_chunks(
            lambda product, source: product * grades + model.packaging[source],
            np.int16, orders.product, source,
        ),
        loss_threshold=_threshold(streams, "loss", ids),
        damage_threshold=_threshold(streams, "damage", ids),
        stolen=in_chunks(lambda n: unit(mix(n, theft)) < risks.loss.theft, np.bool_, ids),
    )  # fmt: skip
    return parcels, orders


def _departures(model: PreparedModel, streams: Streams) -> Departures:
    """Draw how long each departure is on the road: lognormal with the lane's mean and variation."""
    table, lane = model.timetable, model.timetable.lane
    keys = np.array([streams.key(f"road/{name}") for name in model.routes.lane_ids], np.uint64)
    factor = in_chunks(
        lambda number, key, sigma: _lognormal(unit(mix(number, key)), sigma),
        np.float64,
        table.draws,
        keys[lane],
        model.transit.sigma[lane],
    )
    ticks = np.maximum(1, np.rint(model.transit.mean[lane] * factor)).astype(np.int64)
    dtype = model.period.dtype
    return Departures(
        tick=table.tick.astype(dtype),
        lane=lane,
        arrives=np.minimum(table.tick + ticks, np.iinfo(dtype).max).astype(dtype),
        capacity=table.capacity.astype(np.int32),
        weekday=table.weekday,
    )


def _threshold(streams: Streams, name: str, ids: Array) -> NDArray[np.int64]:
    """Draw how much hazard each parcel can take: exponential with mean 1, in 10^-12."""
    key = streams.key(name)
    return in_chunks(
        lambda number: np.rint(-np.log(unit(mix(number, key))) * _PER_HAZARD), np.int64, ids
    )


def _failures(uniform: NDArray[np.float64], chance: float) -> NDArray[np.uint8]:
    """Return how many attempts fail in a row, at most three: P(k or more) = chance ** k."""
    failures = np.zeros(len(uniform), np.uint8)
    for k in range(1, MAX_ATTEMPTS + 1):
        failures += uniform < chance**k
    return failures


def _station_of(model: PreparedModel, streams: Streams) -> Callable[[Array, Array], Array]:
    """Return what tells the delivery station of orders' addresses, by the market's shares."""
    first, station, upto = model.doors
    key, most = streams.key("address"), int(np.diff(first).max())

    def stations(order_id: Array, market: Array) -> Array:
        row = first[market].astype(np.int64)
        several = np.flatnonzero(first[market + 1] - row > 1)
        uniform = unit(mix(order_id[several], key))
        chosen = row[several]
        for _ in range(most - 1):
            chosen += uniform > upto[chosen]
        row[several] = chosen
        return np.asarray(station[row])

    return stations


def _work(
    model: PreparedModel, streams: Streams, ids: Array, source: Array, station: Array
) -> Array:
    """Draw (parcels, visits) ticks of work along each parcel's route, at most the whole run."""
    keys = np.array([streams.key(f"work/{place}") for place in model.routes.facilities], np.uint64)
    work = np.empty((model.visits, len(ids)), model.period.dtype)
    destination, facility = model.lanes.destination, model.sources.facility
    next_lane, facilities = model.routes.next_lane.reshape(-1), len(model.facilities.ids)
    sellers = len(model.network.origins.sellers) > 0
    handling = streams.key("handling")

    def along_the_route(piece: slice) -> None:
        number, of, target = ids[piece], source[piece], station[piece]
        at = facility[of].astype(np.int64)
        for visit in range(model.visits):
            work[visit, piece] = _work_at(model, number, at, keys)
            lane = next_lane.take(np.maximum(at, 0) * facilities + target)
            onward = np.where(at >= 0, destination.take(lane), -1)
            if sellers and visit == 0:
                rows = np.flatnonzero(at < 0)
                work[0, piece][rows] = _handling(model, unit(mix(number[rows], handling)), of[rows])
                onward[rows] = destination[model.sources.pickup_lane[of[rows]]]
            at = onward

    in_pieces(along_the_route, len(ids), _CHUNK)
    return work.T  # visit by visit, as the engine looks at it


def _work_at(model: PreparedModel, ids: Array, place: Array, keys: Array) -> Array:
    mean = np.where(place >= 0, model.work.mean[place], 0.0)
    sigma = model.work.sigma[place]
    factor = np.ones(len(ids))
    varies = np.flatnonzero((place >= 0) & (sigma != 0))
    if len(varies):
        uniform = unit(mix(ids[varies], keys[place[varies]]))
        exponential = sigma[varies] < 0
        factor[varies] = np.where(
            exponential, -np.log(uniform), _lognormal(uniform, np.maximum(sigma[varies], 0))
        )
    horizon = model.period.horizon
    ticks = np.clip(np.rint(mean * factor), 1, min(horizon, MOST_TICKS - 1 - horizon))
    return np.where(mean > 0, ticks, 0).astype(model.period.dtype)


def _handling(model: PreparedModel, uniform: Array, source: Array) -> Array:
    """Draw how long sellers, by their source, take from the release of an order to packed."""
    origins = model.network.origins
    median = origins.sellers.handling_hours[source - len(origins.stock.centers)]
    per_hour = 3_600_000 / model.period.tick_ms
    spread = np.exp(origins.sellers.handling_log_sd * ndtri(uniform))
    ticks = median * per_hour * spread
    return np.asarray(np.clip(np.rint(ticks), 1, model.period.horizon), model.period.dtype)


def _lognormal(uniform: Array, sigma: Array) -> Array:
    """Return lognormal factors of mean one."""
    return np.asarray(np.exp(sigma * ndtri(uniform) - sigma * sigma / 2))
