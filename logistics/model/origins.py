"""Where parcels start, as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.schedule.timetable import Timetable
from logistics.simulation.problem import Lanes, Sources
from networks.routing import Routes
from networks.schema import PACKAGING_GRADES, SELLERS, Network

Array = NDArray[Any]


def sources_of(network: Network, routes: Routes, table: Timetable) -> Sources:
    """Return where parcels start: centers with their gates, or sellers with their pickups."""
    number = routes.number
    if network.sellers is not None:
        s = network.sellers
        lane_to = {d: row for row, (o, d, _) in enumerate(routes.lanes.values()) if o == SELLERS}
        pickup = np.array([lane_to.get(station, -1) for station in s.stations])
        return Sources(
            facility=np.full(len(s), -1, np.int32),
            pickup_lane=pickup[s.pickup].astype(np.int32),
            pickup_weekdays=s.pickup_days,
            gate=table.seller_gate,
            daily_capacity=s.daily_capacity,
        )
    assert network.stock is not None
    centers = np.array([number[center] for center in network.stock.centers], np.int32)
    capacity = [routes.facilities[c].gate_daily_capacity for c in network.stock.centers]
    return Sources(
        facility=centers,
        pickup_lane=np.full(len(centers), -1, np.int32),
        pickup_weekdays=np.zeros(len(centers), np.uint8),
        gate=table.facility_gate[centers],
        daily_capacity=np.array(capacity, np.int32),
    )


def most_visits(routes: Routes, lanes: Lanes, sources: Sources) -> int:
    """Return the number of visits of the longest way, from any source to any station."""
    seller = sources.facility < 0
    first = np.where(seller, lanes.destination[sources.pickup_lane], sources.facility)
    stations = np.array([routes.number[station] for station in routes.stations])
    at, station = (pair.ravel() for pair in np.meshgrid(np.unique(first), stations))
    visits = int(seller.any())
    while len(at):
        visits += 1
        at = lanes.destination[routes.next_lane[at, station]]
        at, station = at[at >= 0], station[at >= 0]
    return visits


def packaging_of(network: Network) -> Array:
    """Return (sources,) the packaging grade of each source."""
    if network.sellers is not None:
        return network.sellers.packaging.astype(np.int64)
    assert network.stock is not None
    grade = PACKAGING_GRADES.index(network.packaging)
    return np.full(len(network.stock.centers), grade, np.int64)
