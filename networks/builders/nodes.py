"""Markets and facilities as nodes of a graph, with the coordinates of where they are."""

from __future__ import annotations

from typing import Any

from networks.geography import Markets
from networks.schema import Facility, Graph, add_market


def add_markets(graph: Graph, markets: Markets) -> None:
    """Add every market as a node."""
    for row, market in enumerate(markets.ids):
        add_market(
            graph,
            market,
            name=markets.names[row],
            time_zone=markets.time_zones[row],
            latitude=float(markets.latitude[row]),
            longitude=float(markets.longitude[row]),
            population=float(markets.population[row]),
            region=markets.regions[row],
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
