"""Bounds that the builders share."""

from __future__ import annotations

import math
from datetime import timedelta

from networks.inputs.models import refusal

LONGEST_ROUND = timedelta(hours=48)


LONGEST_DWELL = timedelta(days=10)


LONGEST_HANDLING = timedelta(days=30)


MOST_PARCELS_A_DAY = 1_000_000_000
"""Several times what all the world sends."""


LARGEST_TRAILER = 1_000_000
"""Parcels in one vehicle: a thousand times those of today."""


MOST_STATIONS = 5000
"""Of one network: over ten times those of any carrier."""


def refuse_too_many_stations(volume: int, largest: int, sites: int) -> None:
    """Raise a fault of `largest_station` if so many parcels a day need too many stations."""
    if volume / largest + sites > MOST_STATIONS:
        least = math.ceil(volume / (MOST_STATIONS - sites))
        problem = f"makes more than {MOST_STATIONS:,} stations of {volume:,} parcels a day"
        raise refusal(problem, f"{least:,} or more", "largest_station")
