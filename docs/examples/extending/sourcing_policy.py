"""A sourcing policy of your own: always the center that is nearest, whatever it has in stock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import logistics
from logistics.orders.orders import Orders
from logistics.streams import Streams
from networks.geography import Markets, road_km
from networks.routing import Routes
from networks.schema import Network


@dataclass(frozen=True)
class Nearest:
    """The nearest center of each market. `center`: (markets,) its row among the sources."""

    center: NDArray[np.int32]

    def choose(self, orders: Orders, streams: Streams) -> NDArray[np.int32]:
        """Return (orders,) the center that ships each order."""
        return self.center[orders.market]


def nearest(
    network: Network, routes: Routes, markets: Markets, movements: tuple[str, ...], first_date: int
) -> Nearest:
    """Return the policy for a network: what `simulate(..., sourcing=nearest)` calls."""
    places = [routes.facilities[center] for center in network.origins.stock.centers]
    latitude = np.array([place.latitude for place in places])
    longitude = np.array([place.longitude for place in places])
    km = road_km(latitude[:, None], longitude[:, None], markets.latitude, markets.longitude)
    return Nearest(np.asarray(km).argmin(axis=0).astype(np.int32))


if __name__ == "__main__":
    scenario = logistics.load_scenario("amazon-fulfillment")
    small = {"days": 1, "warm_up_days": 0, "later_order_days": 3, "orders_per_day": 13_200}
    for name, sourcing in (("nearest with stock", None), ("nearest", nearest)):
        run = logistics.simulate(scenario, seed=1, sourcing=sourcing, **small)
        print(f"{name}: {run.columns['distance_m'][run.measured].mean() / 1000:.0f} km by road")
