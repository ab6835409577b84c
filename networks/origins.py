"""Where parcels start: one table of sources, each a stocked center or a seller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPEEDS = ("fast", "medium", "slow")
"""How products move."""


def _always() -> Mapping[str, float]:
    return dict.fromkeys(SPEEDS, 1.0)


@dataclass(frozen=True)
class Stock:
    """Which centers may ship an order, by how widely its product is stocked.

    `centers`: facility ids. `breadth`: share of the centers that hold a product, by its movement
    ('fast', 'medium', 'slow'). `region_first`: whether the centers of the market's own region are
    asked before nearer ones elsewhere. `order_share`: share of the orders that ship from stock
    where a network has sellers, too, by movement.
    """

    centers: tuple[str, ...] = ()
    breadth: Mapping[str, float] = field(default_factory=_always)
    region_first: bool = True
    order_share: Mapping[str, float] = field(default_factory=_always)


@dataclass(frozen=True)
class Sellers:
    """Sellers as a table, one row each; columns are arrays of one length.

    `market`: row of the markets. `pickup`: row of `stations`, the carrier station that collects
    there. `volume`: orders a day (expected). `daily_capacity`: orders a working day.
    `working_days`, `pickup_days`: bit `1 << weekday` (Monday 0). `opens_hour`, `cutoff_hour`:
    local hours. `handling_hours`: median time from release to packed; `handling_log_sd`: of one
    seller's orders. `packaging`: row of `PACKAGING_GRADES`. A product goes viral with chance
    `burst_share` on a date and brings `burst_orders` more a day for `burst_days`.
    `holidays`: name of the list on which sellers do not pack.
    """

    market: NDArray[np.int32]
    pickup: NDArray[np.int32]
    stations: tuple[str, ...]
    volume: NDArray[np.float64]
    daily_capacity: NDArray[np.int32]
    working_days: NDArray[np.uint8]
    pickup_days: NDArray[np.uint8]
    opens_hour: NDArray[np.uint8]
    cutoff_hour: NDArray[np.uint8]
    handling_hours: NDArray[np.float32]
    handling_log_sd: float
    packaging: NDArray[np.uint8]
    burst_share: float
    burst_orders: int
    burst_days: int
    holidays: str = "none"

    @classmethod
    def none(cls) -> Sellers:
        """Return the table of a network without sellers."""
        numbers, bits = np.empty(0, np.int32), np.empty(0, np.uint8)
        volume, hours = np.empty(0, np.float64), np.empty(0, np.float32)
        days = (bits, bits, bits, bits)
        return cls(numbers, numbers, (), volume, numbers, *days, hours, 0.0, bits, 0.0, 0, 1)

    def __len__(self) -> int:
        return len(self.volume)

    def sized(self, count: int) -> Sellers:
        """Return `count` sellers, each whole: the first of the table, or the table repeated."""
        columns: dict[str, Any] = {
            name: np.resize(column, count)
            for name, column in vars(self).items()
            if isinstance(column, np.ndarray)
        }
        return replace(self, **columns)

    @property
    def collecting(self) -> tuple[str, ...]:
        """The stations that collect from at least one seller."""
        return tuple(self.stations[row] for row in np.unique(self.pickup).tolist())


@dataclass(frozen=True)
class Origins:
    """The sources of a network, numbered row by row: the stocked centers, then the sellers.

    Either part may be empty; no other code need ask which kind of network it has.
    """

    stock: Stock = field(default_factory=Stock)
    sellers: Sellers = field(default_factory=Sellers.none)

    def __len__(self) -> int:
        return len(self.stock.centers) + len(self.sellers)

    def stock_share(self, movement: str) -> float:
        """Return the share of the orders of a kind of product that ships from stock, 0 to 1."""
        if not len(self.sellers):
            return 1.0
        return self.stock.order_share[movement] if self.stock.centers else 0.0

    def seller_share(self, movement: Mapping[str, float]) -> float:
        """Return the share of all orders that sellers ship.

        `movement`: share of the orders by the product's movement.
        """
        if not self.stock.centers:  # exactly: shares by movement sum to 1 but for rounding
            return 1.0
        return sum(part * (1 - self.stock_share(speed)) for speed, part in movement.items())
