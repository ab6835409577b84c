"""Facilities, lanes and sources as arrays, their times in ticks.

A row for each source of parcels: stocked centers, then sellers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from logistics.schedule.calendars import Period
from logistics.schedule.timetable import Timetable
from logistics.simulation.problem import Facilities, Lanes, Sources
from logistics.vocabulary import Array
from networks.geography import Markets
from networks.routing import Routes
from networks.schema import PACKAGING_GRADES, SELLERS, Network


class Spread(NamedTuple):
    """Mean ticks, and the sigma of their lognormal law."""

    mean: Array
    sigma: Array


def facilities_of(routes: Routes, period: Period) -> Facilities:
    """Return the facilities by number."""
    dwell = np.array([facility.dwell_minutes for facility in routes.facilities.values()])
    return Facilities(ids=tuple(routes.facilities), dwell=period.ticks_of_minutes(dwell))


def lanes_of(routes: Routes, period: Period) -> Lanes:
    """Return the lanes by number, delivery routes last."""
    number = routes.number
    origin = [number.get(o, -1) for o, _, _ in routes.lanes.values()]
    destination = [number[d] for _, d, _ in routes.lanes.values()]
    doors = [lane.doors_close_minutes for _, _, lane in routes.lanes.values()]
    stations = [number[station] for station in routes.stations]
    rounds = [routes.facilities[station].round_hours for station in routes.stations]
    return Lanes(
        ids=routes.lane_ids,
        origin=np.array(origin + stations, np.int32),
        destination=np.array(destination + [-1] * len(stations), np.int32),
        doors_close=period.ticks_of_minutes(np.array(doors + [0.0] * len(stations))),
        round_ticks=period.ticks_of_minutes(
            60 * np.array([0.0] * len(doors) + rounds)
        ),
    )  # fmt: skip


def transit_of(routes: Routes, period: Period) -> Spread:
    """Return how long each lane and delivery route takes."""
    hours = np.array([lane.transit_hours for _, _, lane in routes.lanes.values()])
    variation = np.array([lane.transit_cv for _, _, lane in routes.lanes.values()])
    rounds = np.array([routes.facilities[s].round_hours for s in routes.stations])
    return Spread(
        period.ticks_of_minutes(60 * np.concatenate([hours, rounds])),
        np.concatenate([np.sqrt(np.log1p(variation**2)), np.zeros(len(rounds))]),
    )


def doors_of(network: Network, routes: Routes, markets: Markets) -> tuple[Array, Array, Array]:
    """Return (markets + 1,) each market's first row; by row, its station and cumulative share."""
    number = routes.number
    by_market: dict[str, list[tuple[int, float]]] = {market: [] for market in markets.ids}
    for station, market, door in network.doors():
        by_market[market].append((number[station], door.share))
    stations, upto, sizes = [], [], []
    for market in markets.ids:
        rows = by_market[market]
        total = np.cumsum([share for _, share in rows])  # none where nobody orders
        stations += [station for station, _ in rows]
        upto += (total / total[-1:]).tolist()
        sizes.append(len(rows))
    return np.concatenate([[0], np.cumsum(sizes)]), np.array(stations), np.array(upto)


def sources_of(network: Network, routes: Routes, table: Timetable) -> Sources:
    """Return where parcels start: centers with release windows, then sellers with pickups."""
    number, sellers = routes.number, network.origins.sellers
    names = network.origins.stock.centers
    centers = np.array([number[center] for center in names], np.int32)
    capacity = np.array([routes.facilities[center].gate_daily_capacity for center in names])
    lane_to = {d: row for row, (o, d, _) in enumerate(routes.lanes.values()) if o == SELLERS}
    pickup = np.array([lane_to.get(station, -1) for station in sellers.stations], np.int32)
    nowhere = np.full(len(centers), -1, np.int32)
    return Sources(
        facility=np.append(centers, np.full(len(sellers), -1, np.int32)),
        pickup_lane=np.append(nowhere, pickup[sellers.pickup]),
        pickup_weekdays=np.append(np.zeros(len(centers), np.uint8), sellers.pickup_days),
        gate=np.append(table.facility_gate[centers], table.seller_gate),
        daily_capacity=np.append(capacity, sellers.daily_capacity).astype(np.int32),
    )


def most_visits(routes: Routes, lanes: Lanes, sources: Sources) -> int:
    """Return the number of visits of the longest route, from any source to any station."""
    seller = sources.facility < 0
    collects = lanes.destination[sources.pickup_lane[seller]]
    return max(
        _longest(routes, lanes, sources.facility[~seller]),
        1 + _longest(routes, lanes, collects) if seller.any() else 0,
    )


def _longest(routes: Routes, lanes: Lanes, first: Array) -> int:
    stations = np.array([routes.number[station] for station in routes.stations])
    at, station = (pair.ravel() for pair in np.meshgrid(np.unique(first), stations))
    visits = 0
    while len(at):
        visits += 1
        lane = routes.next_lane[at, station]
        at = np.where(lane >= 0, lanes.destination[lane], -1)  # no lane where nothing goes
        at, station = at[at >= 0], station[at >= 0]
    return visits


def packaging_of(network: Network) -> Array:
    """Return (sources,) the packaging grade of each source."""
    grade = PACKAGING_GRADES.index(network.packaging)
    centers = np.full(len(network.origins.stock.centers), grade, np.int64)
    return np.append(centers, network.origins.sellers.packaging.astype(np.int64))


def markets_of(network: Network, routes: Routes, markets: Markets) -> NDArray[np.int32]:
    """Return (sources,) the row of the market in which each source lies."""
    centers = [markets.index(routes.facilities[c].market) for c in network.origins.stock.centers]
    return np.append(np.array(centers, np.int32), network.origins.sellers.market)
