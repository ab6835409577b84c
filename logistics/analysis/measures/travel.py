"""The route of a parcel: handlings, distance, carrier zones."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from logistics.analysis.measures.metrics import Definition, Measure, Part, Section, share
from logistics.analysis.measures.outcomes import Outcomes, mean_of
from logistics.vocabulary import ZONES


def _of_run(o: Outcomes) -> Mapping[str, Part]:
    zones = np.bincount(o.zone, minlength=ZONES[-1] + 1)
    parcels = len(o) or math.nan
    return {
        "touches_mean": mean_of(o.touches[o.delivered]),
        "distance_km_mean": mean_of(o.distance_km[o.delivered]),
        **{f"zone_share.{zone}": float(zones[zone] / parcels) for zone in ZONES},
    }


_METRICS = {
    "touches_mean": Definition(
        "touches", "handlings", "Times a parcel is handled, mean over delivered parcels."
    ),
    "distance_km_mean": Definition(
        "km", "road distance", "Kilometers traveled by road, mean over delivered parcels."
    ),
    **{
        f"zone_share.{zone}": share(f"zone {zone}", f"Share of all parcels in carrier zone {zone}.")
        for zone in ZONES
    },
}

_SECTION = Section(
    "Handling and distance",
    "handlings and road kilometers are means over delivered parcels; zones are the"
    " carrier's, shares of all parcels.",
    _METRICS,
)

TRAVEL = Measure(_of_run, (_SECTION,))
