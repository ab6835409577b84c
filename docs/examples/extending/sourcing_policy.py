"""A sourcing policy: orders alternate between the two nearest centers, whatever they stock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import logistics
from logistics.orders.orders import Orders
from logistics.streams import Streams


@dataclass(frozen=True)
class Alternate:
    """Every second order goes to the second-nearest center. `nearest`: (markets, 2) centers."""

    nearest: NDArray[np.int32]

    def choose(self, orders: Orders, streams: Streams) -> NDArray[np.int32]:
        """Return (parcels,) rows of the network's sources."""
        second = streams.uniform("alternate", orders.order_id) < 0.5
        return self.nearest[orders.market, second.astype(int)]


if __name__ == "__main__":
    scenario = logistics.load_scenario("tiktok-platform-fulfilled")
    markets = 885
    nearest = np.tile(np.array([0, 1], np.int32), (markets, 1))
    run = logistics.simulate(scenario, seed=1, orders_per_day=15_000, sourcing=Alternate(nearest))
    print(run)
