"""Where parcels start, as arrays: a row for each source, stocked centers before sellers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from logistics.schedule.timetable import Timetable
from logistics.simulation.problem import Lanes, Sources
from logistics.vocabulary import Array
from networks.geography import Markets
from networks.routing import Routes
from networks.schema import PACKAGING_GRADES, SELLERS, Network


def sources_of(network: Network, routes: Routes, table: Timetable) -> Sources:
    """Return where parcels start: centers with their gates, then sellers with their pickups."""
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
        at = lanes.destination[routes.next_lane[at, station]]
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
