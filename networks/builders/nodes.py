"""Markets, facilities and lanes of a graph, and where among the markets they lie best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from networks.builders.siting import Sites, p_median
from networks.builders.sizing import between_markets_km, staff, timetable, vehicles
from networks.geography import Markets, load_markets
from networks.schema import (
    Door,
    Facility,
    Graph,
    Lane,
    add_door,
    add_facility,
    add_lane,
    add_market,
)


def add_markets(graph: Graph, markets: Markets) -> None:
    """Add every market as a node."""
    for row, market in enumerate(markets.ids):
        numbers = ("latitude", "longitude", "population")
        add_market(
            graph, market, name=markets.names[row], time_zone=markets.time_zones[row],
            **{name: float(getattr(markets, name)[row]) for name in numbers},
            region=markets.regions[row],
        )  # fmt: skip


@cache
def distances_km() -> NDArray[np.float64]:
    """Return (markets, markets) road distances between the centroids of the U.S. markets."""
    km = between_markets_km(load_markets())
    km.setflags(write=False)
    return km


@lru_cache(maxsize=16)
def sites_among_people(volume: float, count: int) -> Sites:
    """Return the best places of `count` buildings for so many parcels a day, where people live.

    Remembered: all else of a network is built in a fraction of the time that this takes.
    """
    return p_median(distances_km(), load_markets().share * volume, count)


def named_copies(prefix: str, volume: NDArray[Any], largest: float) -> tuple[tuple[str, ...], ...]:
    """Return ids such as 'ST001' of the buildings of each site, numbered through all sites.

    `volume`: (sites,) parcels a day; no building carries more than `largest`.
    """
    count = np.ceil(volume / largest).astype(np.int64)
    last = np.cumsum(count).tolist()
    return tuple(
        tuple(f"{prefix}{n:03d}" for n in range(end - size + 1, end + 1))
        for end, size in zip(last, count.tolist(), strict=True)
    )


def facility_in(markets: Markets, row: int, **attributes: Any) -> Facility:
    """Return a facility at the centroid of a market."""
    return Facility(
        market=markets.ids[row],
        latitude=float(markets.latitude[row]),
        longitude=float(markets.longitude[row]),
        time_zone=markets.time_zones[row],
        region=markets.regions[row],
        **attributes,
    )


def _only_markets() -> Graph:
    graph: Graph = nx.MultiDiGraph()
    add_markets(graph, load_markets())
    return graph


@dataclass(frozen=True)
class Draft:
    """One owner's part of a network among the U.S. markets, while it is built.

    `busiest_day`: parcels of the busiest weekday over those of the average day. `load`: how full
    vehicles and workers are then. `variation`: coefficient of variation of a time on the road.
    """

    owner: str
    busiest_day: float
    load: float
    variation: float
    doors_close: timedelta
    graph: Graph = field(default_factory=_only_markets)

    def facility(
        self,
        node: str,
        row: int,
        kind: str,
        hourly: float,
        work: timedelta,
        shift: str = "00:00-24:00",
        **attributes: Any,
    ) -> None:
        """Add a facility at a market, staffed for `hourly` parcels in its busiest hour."""
        seconds = work.total_seconds()
        shifts = staff(shift, hourly, seconds, self.load)
        add_facility(self.graph, node, facility_in(
            load_markets(), row, kind=kind, owner=self.owner, shifts=shifts, work_seconds=seconds,
            **attributes,
        ))  # fmt: skip

    def lane(
        self,
        origin: str,
        destination: str,
        flow: float,
        times: Sequence[str],
        mode: str = "linehaul",
        **attributes: Any,
    ) -> None:
        """Add a lane with vehicles enough for `flow` parcels a day on average."""
        count = vehicles(flow * self.busiest_day, attributes["capacity"], self.load)
        add_lane(self.graph, origin, destination, mode, Lane(
            owner=self.owner, departs=timetable(count, times), transit_cv=self.variation,
            doors_close_minutes=self.doors_close.total_seconds() / 60, **attributes,
        ))  # fmt: skip

    def doors(self, stations: Sequence[Sequence[str]], sites: Sites) -> None:
        """Let the stations of each site serve the markets nearest to it, in equal shares."""
        for market, site in enumerate(sites.nearest):
            km = float(distances_km()[sites.chosen[site], market])
            for node in stations[site]:
                door = Door(1 / len(stations[site]), km)
                add_door(self.graph, node, load_markets().ids[market], door)
