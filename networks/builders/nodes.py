"""Markets and facilities as nodes of a graph, and where among the markets they lie best."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.builders.siting import Sites, p_median
from networks.builders.sizing import between_markets_km
from networks.geography import Markets, load_markets
from networks.schema import Facility, Graph, add_market


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
