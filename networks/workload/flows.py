"""What share of all orders takes which lane: the closed form of sourcing, along the routes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from networks.builders.sizing import DemandShape, stock_flows, stock_ranking
from networks.geography import load_markets
from networks.routing import Routes
from networks.schema import SELLERS, Network

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Flows:
    """Shares of all orders.

    Arcs into a facility are numbered: first `Routes.lane_ids` (lanes, then delivery routes), then
    one source for each center of the stock. `into`: (arcs,) facility at the end of each, -1 for
    delivery routes. `came`, `goes`, `share`: (turns,) what comes by one arc and goes on by another.
    `starts`: (arcs,) what starts there: at a source, or on a pickup.
    """

    into: Rows
    came: Rows
    goes: Rows
    share: Floats
    starts: Floats

    @property
    def on_arc(self) -> Floats:
        """(arcs,) share of all orders that takes each."""
        gone = np.bincount(self.goes, weights=self.share, minlength=len(self.into))
        return np.asarray(self.starts + gone)


def flows(
    network: Network, routes: Routes, shape: DemandShape, markets: Collection[str] | None = None
) -> Flows:
    """Return the shares of orders by lane, for orders from `markets` (None: all that are served).

    Orders come as people live.
    """
    to_station, demand = _doors(network, routes, markets)
    number = routes.number
    lanes = len(routes.lane_ids)
    pickups = [row for row, (o, _, _) in enumerate(routes.lanes.values()) if o == SELLERS]
    stock, sellers = network.origins.stock, network.origins.sellers
    centers = stock.centers
    into = np.full(lanes + len(centers), -1, np.int64)
    into[: len(routes.lanes)] = [number[d] for _, d, _ in routes.lanes.values()]
    into[lanes:] = [number[center] for center in centers]
    start = np.zeros((len(into), len(routes.stations)))
    if centers:
        ranking = stock_ranking(stock, routes.facilities, load_markets())
        stocked = {s: part * network.origins.stock_share(s) for s, part in shape.movement.items()}
        start[lanes:] = stock_flows(ranking, stock.breadth, stocked, demand) @ to_station
    if len(sellers):
        volume = np.bincount(sellers.pickup, sellers.volume, minlength=len(sellers.stations))
        volume = volume / volume.sum() * network.origins.seller_share(shape.movement)
        share = dict(zip(sellers.stations, volume.tolist(), strict=True))
        at = [share.get(list(routes.facilities)[into[row]], 0.0) for row in pickups]
        start[pickups] = np.outer(at, demand @ to_station)
    return _followed(routes, into, start)


def _doors(
    network: Network, routes: Routes, markets: Collection[str] | None
) -> tuple[Floats, Floats]:
    """Return (markets, stations) shares of the doors and (markets,) shares of the orders."""
    table = load_markets()
    row = {station: n for n, station in enumerate(routes.stations)}
    to_station = np.zeros((len(table), len(row)))
    for station, market, door in network.doors():
        to_station[table.index(market), row[station]] = door.share
    wanted = to_station.sum(axis=1) > 0
    if markets is not None:
        wanted &= np.isin(table.ids, list(markets))
    demand: Floats = np.where(wanted, table.share, 0.0)
    return to_station, demand / max(float(demand.sum()), 1e-12)


def _followed(routes: Routes, into: Rows, start: Floats) -> Flows:
    """Follow what starts lane by lane, until all of it is on its last round."""
    count, stations = start.shape
    at_station = np.array([routes.number[station] for station in routes.stations])
    turns: dict[int, float] = {}
    came, station = np.nonzero(start)
    mass = start[came, station]
    while len(came):
        goes = routes.next_lane[into[came], at_station[station]].astype(np.int64)
        keys, row = np.unique(came * count + goes, return_inverse=True)
        sums = np.bincount(row, weights=mass)
        for key, total in zip(keys.tolist(), sums.tolist(), strict=True):
            turns[key] = turns.get(key, 0.0) + total
        on, row = np.unique(goes * stations + station, return_inverse=True)
        mass = np.bincount(row, weights=mass).astype(np.float64)
        came, station = np.divmod(on, stations)
        under_way = into[came] >= 0
        came, station, mass = came[under_way], station[under_way], mass[under_way]
    keys = np.fromiter(turns, np.int64)
    share = np.fromiter(turns.values(), np.float64)
    return Flows(into, keys // count, keys % count, share, start.sum(axis=1))
