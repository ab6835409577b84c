"""Couriers go by (stop, parcel), however many parcels a wave has."""

from __future__ import annotations

import numpy as np
import pytest

from logistics.simulation.batch.rounds import in_route_order


@pytest.mark.parametrize("many", [0, 1, 255, 256, 5_000])
@pytest.mark.parametrize("stops", [1, 3, 1 << 20])
def test_stops_are_sorted_as_numpy_sorts_them(many: int, stops: int) -> None:
    rng = np.random.default_rng(many)
    parcels = rng.permutation((1 << 31) - 1 - np.arange(many))
    numbers = rng.integers(0, stops, many) << 31 | parcels
    assert in_route_order(numbers.copy()).tolist() == np.sort(numbers).tolist()
