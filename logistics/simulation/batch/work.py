"""How long work takes, for many parcels at once; the kernel has the same for one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.problem import Work

Array = NDArray[Any]


def ticks_of_work(work: Work, place: Array, number: Array) -> Array:
    """Return the ticks of work at places (see `Work`) on parcels of a number."""
    ticks = work.length.take(place) * work.factors[work.law.take(place), number]
    return np.where(ticks > 0, np.clip(np.rint(ticks), 1, work.most), 0).astype(np.int64)
