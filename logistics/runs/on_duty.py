"""Workers on duty, added up over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_KEY = 1 << 40  # more than any tick


class OverTime:
    """A quantity of each facility that changes with its number of workers, summed over ticks."""

    def __init__(self, staff: Mapping[str, Array], value: Array) -> None:
        """Take changes of staff (from tick 0 on, sorted by tick) and the value from each on."""
        order = np.argsort(staff["facility"], kind="stable")
        facility = staff["facility"][order].astype(np.int64)
        self._tick, self._value = (
            staff["tick"][order].astype(np.int64),
            value[order].astype(np.int64),
        )
        self._keys = facility * _KEY + self._tick
        length = np.diff(self._tick, append=0)
        length[np.flatnonzero(np.diff(facility, append=-1))] = 0  # to the next facility's first
        self._before = np.cumsum(self._value * length) - self._value * length

    def until(self, facility: Array, tick: Array) -> NDArray[np.int64]:
        """Return the sum from tick 0 to `tick` at each facility."""
        keys = np.asarray(facility, np.int64) * _KEY + tick
        row = np.searchsorted(self._keys, keys, "right") - 1
        return np.asarray(self._before[row] + self._value[row] * (tick - self._tick[row]))
