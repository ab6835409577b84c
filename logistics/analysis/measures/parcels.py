"""Parcels: how many were measured, how they traveled, and their final status."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from logistics.analysis.measures.metrics import (
    RATE,
    TOTAL,
    Definition,
    Measure,
    Part,
    Section,
    share,
)
from logistics.analysis.measures.outcomes import Outcomes, mean_of
from logistics.vocabulary import ZONES


def _volume(o: Outcomes) -> Mapping[str, Part]:
    return {"parcels": len(o), "orders": len(o.first_of_order())}


_SAMPLE = {
    name: Definition(
        name,
        f"{name} measured",
        f"{text} placed in the measured window, all runs together.",
        estimator=TOTAL,
    )
    for name, text in (("parcels", "Parcels of the orders"), ("orders", "Orders"))
}

VOLUME = Measure(_volume, (Section("Sample", "all runs together.", _SAMPLE),))


def _travel(o: Outcomes) -> Mapping[str, Part]:
    zones = np.bincount(o.zone, minlength=ZONES[-1] + 1)
    parcels = len(o) or math.nan
    return {
        "touches_mean": mean_of(o.touches[o.delivered]),
        "distance_km_mean": mean_of(o.distance_km[o.delivered]),
        **{f"zone_share.{zone}": float(zones[zone] / parcels) for zone in ZONES},
    }


_TRAVEL_SECTION = Section(
    "Handling and distance",
    "handlings and road kilometers are means over delivered parcels; zones are the"
    " carrier's, shares of all parcels.",
    {
        "touches_mean": Definition(
            "touches", "handlings", "Times a parcel is handled, mean over delivered parcels."
        ),
        "distance_km_mean": Definition(
            "km", "road distance", "Kilometers traveled by road, mean over delivered parcels."
        ),
        **{
            f"zone_share.{n}": share(f"zone {n}", f"Share of all parcels in carrier zone {n}.")
            for n in ZONES
        },
    },
)

TRAVEL = Measure(_travel, (_TRAVEL_SECTION,))

_ENDS = {
    "loss_rate": ("lost stolen", "lost or stolen", "lost in the network or stolen at the door"),
    "loss.network": ("lost", "lost in the network", "lost in the network"),
    "loss.theft": ("stolen", "stolen at the door", "stolen from the doorstep after delivery"),
    "returned_rate": ("returned", "returned", "returned to sender after the third failed attempt"),
    "under_way_rate": ("under_way", "still under way", "still under way when the run ends"),
    "delivered_rate": ("delivered", "delivered", "delivered, and not stolen"),
}
"""By name, the columns that are counted, the label, and what the definition says."""


def _endings(o: Outcomes) -> Mapping[str, Part]:
    return {
        name: (sum(int(np.count_nonzero(getattr(o, column))) for column in columns.split()), len(o))
        for name, (columns, _, _) in _ENDS.items()
    }


_ENDINGS_SECTION = Section(
    "Final status",
    "shares of all parcels of orders placed in the measured window. Parcels stolen from the"
    " doorstep are not delivered; returned is after the third failed attempt.",
    {
        name: share(label, f"Share of all parcels {text}, all runs together.", estimator=RATE)
        for name, (_, label, text) in _ENDS.items()
    },
)

ENDINGS = Measure(_endings, (_ENDINGS_SECTION,))
