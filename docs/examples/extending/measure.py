"""A measure: how well distant customers are served, and how often their parcels are handled."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logistics.analysis.measures import (
    Definition,
    Measure,
    Outcomes,
    Section,
    register,
    share,
)


def distant_parcels(parcels: Outcomes) -> Mapping[str, float | tuple[int, int]]:
    """Return what one run gives: how many of how many for a rate, a number for a mean."""
    distant = parcels.zone >= 5  # over 600 miles
    on_time = distant & parcels.delivered & (parcels.late_days <= 0)
    handlings = parcels.touches[distant & parcels.delivered]
    return {
        "distant.on_time_rate": (np.count_nonzero(on_time), np.count_nonzero(distant)),
        "distant.handlings": float(handlings.mean()) if len(handlings) else float("nan"),
    }


METRICS = {
    "distant.on_time_rate": share(
        "on-time delivery, zone 5 and beyond",
        "Share of the parcels of zones 5 to 8 that are delivered on or before the promised date.",
    ),
    "distant.handlings": Definition(
        "handlings", "handlings, zone 5 and beyond", "Mean over delivered parcels of zones 5 to 8."
    ),
}

MEASURE = Measure(
    distant_parcels,
    (Section("Distant customers", "carrier zone 5 and beyond, over 600 miles.", METRICS),),
)
register(MEASURE)
