"""All the luck of a replication, drawn once for both engines, as whole ticks and numbers.

Each quantity is a function of (seed, replication, stream, number): of the parcel for its own
luck, of (lane, local date, slot) for a truck's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.groundwork import Groundwork
from logistics.orders import Orders
from logistics.problem import (
    MAX_ATTEMPTS,
    Departures,
    Parcels,
    Problem,
)
from logistics.scenario import MOST_TICKS
from logistics.streams import Streams, in_chunks, mix, unit
from networks.schema import PACKAGING_GRADES

Array = NDArray[Any]

_STOP_BITS = 20
_PER_HAZARD = 1e12
_SEQUENCE_BITS = 31


@dataclass(frozen=True)
class Drawn:
    """The problem of one replication, and the orders of its parcels, row by row."""

    problem: Problem
    orders: Orders


def draw(ground: Groundwork, orders: Orders, streams: Streams) -> Drawn:
    """Return one replication of a scenario, all luck drawn."""
    parcels, by_parcel = draw_parcels(ground, orders, streams)
    problem = Problem(
        tick_ms=ground.period.tick_ms,
        horizon=ground.period.horizon,
        facilities=ground.facilities,
        staffing=ground.timetable.staffing,
        lanes=ground.lanes,
        next_lane=ground.routes.next_lane,
        departures=_departures(ground, streams),
        gates=ground.timetable.gates,
        sources=ground.sources,
        parcels=parcels,
        hazards=ground.hazards,
    )
    return Drawn(problem, by_parcel)


def draw_parcels(
    ground: Groundwork, orders: Orders, streams: Streams, first_number: int = 0
) -> tuple[Parcels, Orders]:
    """Return the parcels of some orders, and the orders in the order of the parcels.

    Parcels are numbered by (source, order number); `orders` are in order-number order, from
    `first_number` on.
    """
    source = ground.sourcing.choose(orders, streams)
    keys = np.sort((source.astype(np.int64) << _SEQUENCE_BITS) | np.arange(len(source)))
    order = keys & ((1 << _SEQUENCE_BITS) - 1)
    source = (keys >> _SEQUENCE_BITS).astype(np.int32)
    del keys
    number = (order + first_number).astype(np.int32)
    orders = orders.of(order)
    del order
    return _parcels(ground, orders, streams, number, source), orders


def _departures(ground: Groundwork, streams: Streams) -> Departures:
    """Draw how long each departure is on the road: lognormal with the lane's mean and variation."""
    table, lane = ground.timetable, ground.timetable.lane
    keys = np.array([streams.key(f"road/{name}") for name in ground.routes.lane_ids], np.uint64)
    factor = in_chunks(
        lambda luck, key, sigma: _lognormal(unit(mix(luck, key)), sigma),
        np.float64,
        table.luck,
        keys[lane],
        ground.transit_sigma[lane],
    )
    ticks = np.maximum(1, np.rint(ground.transit_ticks[lane] * factor)).astype(np.int64)
    dtype = ground.period.dtype
    return Departures(
        tick=table.tick.astype(dtype),
        lane=lane,
        arrives=np.minimum(table.tick + ticks, np.iinfo(dtype).max).astype(dtype),
        capacity=table.capacity.astype(np.int32),
        weekday=table.weekday,
    )


def _parcels(
    ground: Groundwork, orders: Orders, streams: Streams, number: Array, source: Array
) -> Parcels:
    risks = ground.scenario.risks
    luck = orders.parcel_id
    station = _stations(ground, orders, streams)
    grade = ground.packaging[source]
    return Parcels(
        order=number,
        ordered=orders.tick.astype(ground.period.dtype),
        source=source,
        station=station,
        work=_work(ground, streams, luck, source, station),
        failures=_failures(streams.uniform("attempts", luck), risks.failed_attempt),
        stop=(streams.bits("stop", luck) >> np.uint64(64 - _STOP_BITS)).astype(np.int32),
        risk=(orders.product * len(PACKAGING_GRADES) + grade).astype(np.int16),
        loss_threshold=_threshold(streams, "loss", luck),
        damage_threshold=_threshold(streams, "damage", luck),
        stolen=streams.uniform("theft", luck) < risks.loss.theft,
    )


def _threshold(streams: Streams, name: str, luck: Array) -> NDArray[np.int64]:
    """Draw how much hazard each parcel can take: exponential with mean 1, in 10^-12."""
    key = streams.key(name)
    return in_chunks(
        lambda number: np.rint(-np.log(unit(mix(number, key))) * _PER_HAZARD), np.int64, luck
    )


def _failures(luck: NDArray[np.float64], chance: float) -> NDArray[np.uint8]:
    """Return how many attempts fail in a row, at most three: P(k or more) = chance ** k."""
    failures = np.zeros(len(luck), np.uint8)
    for k in range(1, MAX_ATTEMPTS + 1):
        failures += luck < chance**k
    return failures


def _stations(ground: Groundwork, orders: Orders, streams: Streams) -> NDArray[np.int32]:
    """Return the delivery station of each order's address, by the market's shares."""
    first, station, upto = ground.doors
    row = first[orders.market].astype(np.int64)
    several = np.flatnonzero(first[orders.market + 1] - row > 1)
    luck = streams.uniform("address", orders.order_id[several])
    chosen = row[several]
    for _ in range(int(np.diff(first).max()) - 1):
        chosen += luck > upto[chosen]
    row[several] = chosen
    return station[row].astype(np.int32)


def _work(
    ground: Groundwork, streams: Streams, luck: Array, source: Array, station: Array
) -> Array:
    """Draw (parcels, visits) ticks of work along each parcel's way, at most the whole run."""
    dtype = ground.period.dtype
    keys = np.array([streams.key(f"work/{place}") for place in ground.routes.facilities], np.uint64)
    columns: list[Array] = []
    at = ground.sources.facility[source].astype(np.int64)
    if ground.network.sellers is not None:
        columns.append(_handling(ground, streams, luck, source))
        at = ground.lanes.destination[ground.sources.pickup_lane[source]].astype(np.int64)
    while len(columns) < ground.visits:
        columns.append(
            in_chunks(lambda number, place: _work_at(ground, number, place, keys), dtype, luck, at)
        )
        lane = ground.routes.next_lane[np.maximum(at, 0), station]
        at = np.where(at >= 0, ground.lanes.destination[lane], -1)
    work = np.empty((len(luck), len(columns)), dtype)
    for visit, column in enumerate(columns):
        work[:, visit] = column
    return work


def _work_at(ground: Groundwork, luck: Array, place: Array, keys: Array) -> Array:
    mean = np.where(place >= 0, ground.work_ticks[place], 0.0)
    sigma = ground.work_sigma[place]
    factor = np.ones(len(luck))
    varies = np.flatnonzero((place >= 0) & (sigma != 0))
    if len(varies):
        uniform = unit(mix(luck[varies], keys[place[varies]]))
        exponential = sigma[varies] < 0
        factor[varies] = np.where(
            exponential, -np.log(uniform), _lognormal(uniform, np.maximum(sigma[varies], 0))
        )
    horizon = ground.period.horizon
    ticks = np.clip(np.rint(mean * factor), 1, min(horizon, MOST_TICKS - 1 - horizon))
    return np.where(mean > 0, ticks, 0).astype(ground.period.dtype)


def _handling(ground: Groundwork, streams: Streams, luck: Array, source: Array) -> Array:
    """Draw how long sellers take from the release of an order to packed."""
    from scipy.special import ndtri  # noqa: PLC0415

    sellers = ground.network.sellers
    assert sellers is not None
    per_hour = 3_600_000 / ground.period.tick_ms
    normal = ndtri(streams.uniform("handling", luck))
    ticks = sellers.handling_hours[source] * per_hour * np.exp(sellers.handling_log_sd * normal)
    return np.asarray(np.clip(np.rint(ticks), 1, ground.period.horizon), ground.period.dtype)


def _lognormal(uniform: Array, sigma: Array) -> Array:
    """Return lognormal factors of mean one."""
    from scipy.special import ndtri  # noqa: PLC0415

    return np.asarray(np.exp(sigma * ndtri(uniform) - sigma * sigma / 2))
