"""Which lane leads on: from every facility toward every delivery station.

A route has as few lanes as possible and, among those, as few hours: that is how the builders size
lanes, and it is what a sort plan does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from networks.schema import SELLERS, Facility, Lane, Network

HOURS_PER_LANE = 10_000.0
"""More than any transit: one lane fewer always wins."""


@dataclass(frozen=True)
class Routes:
    """A network by number.

    `facilities`, `lanes`: as in the network, in the order of their numbers. Delivery routes are
    lanes that follow the others: one for each of `stations`, in order. `next_lane`: (facilities,
    facilities) number of the lane from a facility toward a delivery station, its own delivery
    route at the station itself, -1 where none leads.
    """

    facilities: Mapping[str, Facility]
    lanes: Mapping[str, tuple[str, str, Lane]]
    stations: tuple[str, ...]
    next_lane: NDArray[np.int32]

    @property
    def number(self) -> dict[str, int]:
        """Facility numbers by id."""
        return {node: number for number, node in enumerate(self.facilities)}

    @property
    def lane_ids(self) -> tuple[str, ...]:
        """Ids of the lanes, then of the delivery routes."""
        return (*self.lanes, *(f"{station} > doors" for station in self.stations))


def find_routes(network: Network) -> Routes:
    """Return the routes of a network, from NetworkX shortest paths."""
    facilities, lanes = network.facilities(), network.lanes()
    number = {node: row for row, node in enumerate(facilities)}
    stations = tuple(sorted({station for station, _, _ in network.doors()}))
    inbound = _towards(facilities, lanes)
    next_lane = np.full((len(facilities), len(facilities)), -1, np.int32)

    @cache
    def tree(target: str) -> NDArray[np.int32]:
        return _tree(inbound, target, number)

    for row, station in enumerate(stations):
        sources = list(inbound.successors(station))
        if len(sources) == 1:  # whoever goes there goes by its only neighbor
            column = tree(sources[0]).copy()
            column[number[sources[0]]] = inbound.edges[station, sources[0]]["lane"]
        else:
            column = tree(station).copy()
        column[number[station]] = len(lanes) + row
        next_lane[:, number[station]] = column
    return Routes(facilities, lanes, stations, next_lane)


def _towards(
    facilities: Mapping[str, Facility], lanes: Mapping[str, tuple[str, str, Lane]]
) -> nx.DiGraph[str]:
    """Return the graph of lanes turned round, the best of parallel lanes only."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(facilities)
    for row, (origin, destination, lane) in enumerate(lanes.values()):
        if origin == SELLERS:
            continue
        hours = HOURS_PER_LANE + lane.transit_hours
        if not graph.has_edge(destination, origin) or (
            hours < graph.edges[destination, origin]["hours"]
        ):
            graph.add_edge(destination, origin, hours=hours, lane=row)
    return graph


def _tree(inbound: nx.DiGraph[str], target: str, number: Mapping[str, int]) -> NDArray[np.int32]:
    """Return (facilities,) the lane from each facility toward one of them, -1 where none leads."""
    # indexing the attribute: networkx reads a missing weight as 1
    pred, _ = nx.dijkstra_predecessor_and_distance(
        inbound, target, weight=lambda u, v, data: data["hours"]
    )
    column = np.full(len(number), -1, np.int32)
    for node, nearer in pred.items():
        if nearer:
            column[number[node]] = inbound.edges[min(nearer), node]["lane"]
    return column
