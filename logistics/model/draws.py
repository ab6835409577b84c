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

from logistics.model.hazards import most_hazard
from logistics.model.prepare import PreparedModel
from logistics.model.work import draw_numbers
from logistics.orders.orders import Orders
from logistics.runtime.threads import in_pieces, sorted_rows
from logistics.simulation.problem import Departures, Limits, Parcels, Problem
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
        work=model.work,
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
    risk = in_chunks(
        lambda product, source: product * grades + model.packaging[source],
        np.int16, orders.product, source,
    )  # fmt: skip
    most_loss, most_damage = most_hazard(model.hazards, model.visits)
    parcels = Parcels(
        order=in_chunks(lambda row: row + first_number, np.int32, rows),
        ordered=orders.tick.astype(model.period.dtype, copy=False),
        source=source,
        station=station,
        work=_work_numbers(streams, ids, model.visits),
        failures=in_chunks(
            lambda n: _failures(unit(mix(n, attempts)), risks.failed_attempt), np.uint8, ids
        ),
        stop=in_chunks(lambda n: mix(n, stop) >> np.uint64(64 - _STOP_BITS), np.int32, ids),
        risk=risk,
        loss=_limits(streams, "loss", ids, risk, most_loss),
        damage=_limits(streams, "damage", ids, risk, most_damage),
        stolen=in_chunks(lambda n: unit(mix(n, theft)) < risks.loss.theft, np.bool_, ids),
    )
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
        least=table.least.astype(np.int32),
        weekday=table.weekday,
    )


def _limits(streams: Streams, name: str, ids: Array, risk: Array, bound: Array) -> Limits:
    """Draw how much hazard parcels can take: exponential with mean 1, in 10^-12.

    `bound`: by risk, more than any way adds up to; parcels that can take it have no limit.
    """
    key = streams.key(name)
    least = np.exp(-bound / _PER_HAZARD) * (1 - 1e-9)  # the uniform of those who cannot take it
    found: dict[int, tuple[Array, Array]] = {}

    def some(piece: slice) -> None:
        uniform, of = unit(mix(ids[piece], key)), risk[piece]
        rows = np.flatnonzero(uniform > least.take(of))
        hazard = np.rint(-np.log(uniform[rows]) * _PER_HAZARD).astype(np.int64)
        kept = hazard < bound.take(of[rows])
        found[piece.start] = piece.start + rows[kept], hazard[kept]

    in_pieces(some, len(ids), _CHUNK)
    none = np.zeros(0, np.int64)
    parts = [(none, none), *(found[start] for start in sorted(found))]
    return Limits(*(np.concatenate(part) for part in zip(*parts, strict=True)))


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


def _work_numbers(streams: Streams, ids: Array, visits: int) -> Array:
    """Draw (parcels, visits) the slices that parcels' work is from."""
    numbers = np.empty((visits, len(ids)), np.uint16)

    def some(piece: slice) -> None:
        numbers[:, piece] = draw_numbers(ids[piece], visits, streams).T

    in_pieces(some, len(ids), _CHUNK)
    return numbers.T  # visit by visit, as the engine looks at it


def _lognormal(uniform: Array, sigma: Array) -> Array:
    """Return lognormal factors of mean one."""
    return np.asarray(np.exp(sigma * ndtri(uniform) - sigma * sigma / 2))
