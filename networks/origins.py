"""Where parcels start: stocked centers, and sellers who ship themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Stock:
    """Which centers may ship an order, by how widely its product is stocked.

    `centers`: facility ids. `breadth`: share of the centers that hold a product, by its movement
    ('fast', 'medium', 'slow'). `region_first`: whether the centers of the market's own region are
    asked before nearer ones elsewhere.
    """

    centers: tuple[str, ...]
    breadth: Mapping[str, float]
    region_first: bool = True


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

    def __len__(self) -> int:
        return len(self.volume)

    def sized(self, count: int) -> Sellers:
        """Return `count` sellers, each whole: the first of the table, or the table repeated."""
        columns: dict[str, Any] = {
            f.name: np.resize(getattr(self, f.name), count)
            for f in fields(self)
            if isinstance(getattr(self, f.name), np.ndarray)
        }
        return replace(self, **columns)
