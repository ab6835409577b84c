"""How long work takes, for many parcels at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.batch.kernel import compiled, whole_ticks
from logistics.simulation.problem import Work

Array = NDArray[Any]


def ticks_of_work(work: Work, place: Array, number: Array) -> Array:
    """Return the ticks of work at places (see `Work`) on parcels of a number."""
    place, number = place.astype(np.int64, copy=False), np.ascontiguousarray(number)
    return _ticks(work.law, work.length, work.factors, work.most, place, number)


@compiled
def _ticks(
    law: Array, length: Array, factors: Array, most: int, place: Array, number: Array
) -> Array:
    ticks = np.empty(len(place), np.int64)
    for row in range(len(place)):
        at = place[row]
        ticks[row] = whole_ticks(length[at] * factors[law[at], number[row]], most)
    return ticks
