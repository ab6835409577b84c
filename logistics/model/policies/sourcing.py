"""Who ships an order: a center that has it in stock, or the seller it was bought from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from logistics.orders.orders import Orders
from logistics.streams import Streams, in_chunks, mix, unit
from logistics.vocabulary import Array
from networks.builders.sizing import first_with_stock, stock_ranking
from networks.geography import Markets
from networks.origins import Sellers, Stock
from networks.routing import Routes
from networks.schema import Network


class Sourcing(Protocol):
    """Decide which source ships each order."""

    def choose(self, orders: Orders, streams: Streams) -> NDArray[np.int32]:
        """Return (parcels,) rows of the network's sources."""


SourcingRule = Callable[[Network, Routes, Markets, tuple[str, ...], int], Sourcing]
"""From a network, its routes, the markets, each product's movement ('fast') and the first date (in
days since 1970): who ships each order."""


def sourcing_of(
    network: Network, routes: Routes, markets: Markets, movements: tuple[str, ...], epoch_day: int
) -> Sourcing:
    """Return the rule by which a network's orders find their source.

    `movements`: of each product. `epoch_day`: the period's day 0 in days since 1970.

    Raises ValueError for a network that has neither stock nor sellers.
    """
    origins = network.origins
    if not len(origins):
        raise ValueError(f"network '{network.name}' has neither stock nor sellers")
    sellers = OfSeller(origins.sellers, epoch_day)
    if not origins.stock.centers:
        return sellers
    stock = NearestWithStock(origins.stock, routes, markets, movements)
    if not len(origins.sellers):
        return stock
    share = np.array([origins.stock_share(movement) for movement in movements])
    return StockOrSeller(stock, sellers, share)


@dataclass(frozen=True)
class StockOrSeller:
    """A center for the share of the orders that ships from stock, a seller for the rest.

    `share`: (products,) share of the orders of each that ships from stock.
    """

    stock: NearestWithStock
    sellers: OfSeller
    share: NDArray[np.float64]

    def choose(self, orders: Orders, streams: Streams) -> NDArray[np.int32]:
        """Return the source of each order: sellers are numbered after the centers."""
        stocked = streams.uniform("origin", orders.order_id) < self.share[orders.product]
        chosen = np.empty(len(stocked), np.int32)
        rows = np.flatnonzero(stocked)
        chosen[rows] = self.stock.choose(orders.of(rows), streams)
        rows = np.flatnonzero(~stocked)
        centers = self.stock.ranking.shape[1]
        chosen[rows] = self.sellers.choose(orders.of(rows), streams) + centers
        return chosen


class NearestWithStock:
    """The first center with stock, in the order in which the market asks them.

    `ranking`: (markets, centers). `_cumulative`: (products, centers) chance that one of the first
    k + 1 choices has it; the same closed form sizes the network.
    """

    def __init__(
        self, stock: Stock, routes: Routes, markets: Markets, movements: tuple[str, ...]
    ) -> None:
        """Let centers be asked by road distance."""
        chances = [first_with_stock(stock.breadth[m], len(stock.centers)) for m in movements]
        self.ranking = stock_ranking(stock, routes.facilities, markets)
        self._cumulative = np.cumsum(np.array(chances), axis=1)

    def choose(self, orders: Orders, streams: Streams) -> NDArray[np.int32]:
        """Return the center of each order."""
        key = streams.key("stock")

        def center(order_id: Array, product: Array, market: Array) -> Array:
            uniform = unit(mix(order_id, key))
            choice = np.empty(len(uniform), np.int64)
            for number, cumulative in enumerate(self._cumulative):
                rows = np.flatnonzero(product == number)
                choice[rows] = np.searchsorted(cumulative[:-1], uniform[rows], "right")
            return self.ranking[market, choice]

        return in_chunks(center, np.int32, orders.order_id, orders.product, orders.market)


@dataclass(frozen=True)
class OfSeller:
    """A seller in proportion to its volume, more of one whose product has gone viral."""

    sellers: Sellers
    epoch_day: int

    def choose(self, orders: Orders, streams: Streams) -> NDArray[np.int32]:
        """Return the seller of each order."""
        uniform = streams.uniform("seller", orders.order_id)
        chosen = np.empty(len(uniform), np.int32)
        by_day = np.argsort(orders.day, kind="stable")
        days, first = np.unique(orders.day[by_day], return_index=True)
        for day, rows in zip(days.tolist(), np.split(by_day, first)[1:], strict=True):
            cumulative = np.cumsum(self._volume(day + self.epoch_day, streams))
            chosen[rows] = np.searchsorted(cumulative[:-1] / cumulative[-1], uniform[rows], "right")
        return chosen

    def _volume(self, date: int, streams: Streams) -> NDArray[np.float64]:
        """Return each seller's expected orders on a date (days since 1970)."""
        s = self.sellers
        number = np.arange(len(s)) * 1_000_000
        viral = np.zeros(len(s), np.bool_)
        for ago in range(s.burst_days if s.burst_share else 0):
            viral |= streams.uniform("viral", number + date - ago) < s.burst_share
        return np.where(viral, s.volume + s.burst_orders, s.volume)
