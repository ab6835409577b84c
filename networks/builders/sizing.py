"""How big things must be: departures, vehicles and workers from expected flows.

Sizes follow from the closed form of sourcing, never from a sample, and loads are stated against
the busiest weekday and hour: a network sized for the mean rolls its Mondays over forever.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.geography import Markets, road_km
from networks.inputs.models import refusal
from networks.origins import Stock
from networks.schema import Facility, Network
from networks.timetables import Departure, minute_of, parse_departures, write_departures

Floats = NDArray[np.float64]

MOST_STATIONS = 5000
"""Of one network: over ten times those of any carrier."""


@dataclass(frozen=True)
class DemandShape:
    """What a builder must know of the orders it sizes for.

    `movement`: share of orders by stock movement ('fast', 'medium', 'slow'). `weekday`: seven
    factors of mean 1, Monday first. `busiest_hour`: share of a day's orders in its busiest hour.
    `orders_per_day`: how many are simulated; None: as many as the network is built for. `markets`:
    ids of those that order; none: all of them.
    """

    movement: Mapping[str, float]
    weekday: tuple[float, ...]
    busiest_hour: float
    orders_per_day: float | None = None
    markets: tuple[str, ...] = ()

    @property
    def busiest_day(self) -> float:
        """Orders of the busiest weekday over those of the average day."""
        return max(self.weekday)


def between_markets_km(markets: Markets) -> Floats:
    """Return (markets, markets) road distances between centroids."""
    lat, lon = markets.latitude, markets.longitude
    return np.asarray(road_km(lat[:, None], lon[:, None], lat[None, :], lon[None, :]))


def vehicles(flow: float, capacity: int, load: float) -> int:
    """Return how many vehicles carry `flow` parcels, each filled to `load` of its capacity."""
    return max(1, math.ceil(flow / (capacity * load)))


def refuse_too_many_stations(volume: int, largest: int, sites: int) -> None:
    """Raise a fault of `largest_station` if so many parcels a day need too many stations."""
    if volume / largest + sites > MOST_STATIONS:
        least = math.ceil(volume / (MOST_STATIONS - sites))
        problem = f"makes more than {MOST_STATIONS:,} stations of {volume:,} parcels a day"
        raise refusal(problem, f"{least:,} or more", "largest_station")


def timetable(count: int, times: Sequence[str]) -> str:
    """Spread `count` vehicles over local times given in order of importance."""
    whole, rest = divmod(count, len(times))
    return write_departures(
        Departure(minute_of(time), whole + (n < rest)) for n, time in enumerate(times)
    )


def staff(shift: str, peak_hour_parcels: float, work_seconds: float, load: float) -> str:
    """Return shifts such as '22:00-06:00 35': enough workers to be busy `load` of the peak hour.

    `shift`: one or more times, such as '22:00-06:00' or '06:00-14:00; 14:00-22:00'.
    """
    workers = max(1, math.ceil(peak_hour_parcels * work_seconds / 3600 / load))
    return "; ".join(f"{part.strip()} {workers}" for part in shift.split(";"))


def first_with_stock(breadth: float, centers: int) -> Floats:
    """Return (centers,) the chance that the k-th choice is the first center with stock.

    Each center holds a product with probability `breadth`, independently, and at least one of
    them does: a geometric law cut off at the number of centers.
    """
    chance = breadth * (1 - breadth) ** np.arange(centers)
    return np.asarray(chance / chance.sum())


def center_ranking(
    markets: Markets, sites: NDArray[Any], distance_km: Floats, region_first: bool
) -> NDArray[np.int64]:
    """Return (markets, centers): the centers in the order in which a market asks them.

    `sites`: market row of each center. `distance_km`: (centers, markets).
    """
    regions = np.array(markets.regions)
    foreign = regions[sites][:, None] != regions[None, :]
    far = np.where(foreign & region_first, 1.0, 0.0)
    return np.lexsort((distance_km, far), axis=0).T.astype(np.int64)


def stock_ranking(
    stock: Stock, facilities: Mapping[str, Facility], markets: Markets
) -> NDArray[np.int64]:
    """Return (markets, centers): the centers of a stock in the order in which a market asks."""
    places = [facilities[center] for center in stock.centers]
    sites = np.array([markets.index(place.market) for place in places])
    latitude = np.array([place.latitude for place in places])[:, None]
    longitude = np.array([place.longitude for place in places])[:, None]
    km = np.asarray(road_km(latitude, longitude, markets.latitude, markets.longitude))
    return center_ranking(markets, sites, km, stock.region_first)


def center_flows(ranking: NDArray[np.int64], breadth: Floats, demand: Floats) -> Floats:
    """Return (centers, markets) expected parcels a day, from the closed form of sourcing.

    `breadth`: (centers,) chance that the k-th choice ships. `demand`: (markets,) parcels a day.
    """
    flows = np.zeros((ranking.shape[1], ranking.shape[0]))
    rows = np.arange(ranking.shape[0])
    for k in range(ranking.shape[1]):
        flows[ranking[:, k], rows] += breadth[k] * demand
    return flows


def stock_flows(
    ranking: NDArray[np.int64],
    breadth: Mapping[str, float],
    movement: Mapping[str, float],
    demand: Floats,
) -> Floats:
    """Return (centers, markets) expected parcels a day, of products of every movement.

    `breadth`: share of the centers that hold a product, `movement`: share of the orders that ship
    from stock, both by the product's movement. `demand`: (markets,) parcels a day.
    """
    centers = ranking.shape[1]
    flows = np.zeros((centers, len(ranking)))
    for speed, share in movement.items():
        flows += center_flows(ranking, first_with_stock(breadth[speed], centers), demand * share)
    return flows


def summary(network: Network) -> tuple[str, ...]:
    """Say what was built: facilities, lanes, vehicles a day, design volumes."""
    kinds = Counter(facility.kind for facility in network.facilities().values())
    modes: dict[str, list[int]] = {}
    for name, (_, _, lane) in network.lanes().items():
        mode = name.rsplit(" by ", 1)[1]
        modes.setdefault(mode, []).append(
            sum(one.vehicles for one in parse_departures(lane.departs))
        )
    lines = [", ".join(_several(count, kind) for kind, count in sorted(kinds.items()))]
    for mode, counts in sorted(modes.items()):
        lanes, trucks = _several(len(counts), "lane"), _several(sum(counts), "vehicle")
        lines.append(f"{mode}: {lanes}, {trucks} on a working day")
    if sellers := len(network.origins.sellers):
        lines.append(_several(sellers, "seller"))
    lines += [
        f"built for {volume:,.0f} parcels a day: {owner}"
        for owner, volume in sorted(network.volumes.items())
    ]
    return (*lines, *network.notes)


def _several(count: int, word: str) -> str:
    return f"{count:,} {word}{'s' * (count != 1)}"
