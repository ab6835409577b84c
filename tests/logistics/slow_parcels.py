"""A planner's own measure, in a file of their own: what slow parcels have in common."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logistics.analysis.measures import (
    DAYS_GRID,
    RATE,
    Definition,
    Histogram,
    Measure,
    Outcomes,
    Section,
    percentiles,
    share,
)


def _slow_parcels(parcels: Outcomes) -> Mapping[str, float | tuple[int, int] | Histogram]:
    slow = parcels.delivered & (parcels.delivery_days > 4)
    far = parcels.zone >= 4
    return {
        "slow.touches": float(parcels.touches[slow].mean()) if slow.any() else float("nan"),
        "slow.far_rate": (np.count_nonzero(slow & far), np.count_nonzero(far)),
        "slow.days": Histogram.of(parcels.delivery_days[slow], DAYS_GRID),
    }


_METRICS = {
    "slow.touches": Definition(
        "handlings", "handlings of slow parcels", "Times handled, mean over slow parcels."
    ),
    "slow.far_rate": share(
        "slow, zone 4 and beyond", "Share of parcels of zones 4 to 8 that are slow.", "", RATE
    ),
    **percentiles(
        "slow.days",
        (50, 80),
        Definition("days", "{} of slow parcels", "Days within which {}% of slow parcels come."),
    ),
}

SLOW_PARCELS = Measure(
    _slow_parcels,
    (Section("Slow parcels", "parcels delivered after more than four days.", _METRICS),),
)
