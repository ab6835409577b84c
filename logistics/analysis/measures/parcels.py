"""Parcels: how many were measured, how they traveled, their final status, and their damage.

Of damage: what happened, by kind of handling, and what is to be expected.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logistics.analysis.measures.metrics import (
    MEAN,
    TOTAL,
    Definition,
    Measure,
    Part,
    Section,
    share,
)
from logistics.analysis.measures.outcomes import Outcomes, mean_of
from logistics.vocabulary import TOUCH_KINDS, ZONES


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
    return {
        "touches_mean": mean_of(o.touches[o.delivered]),
        "distance_km_mean": mean_of(o.distance_km[o.delivered]),
        **{f"zone_share.{zone}": (int(zones[zone]), len(o)) for zone in ZONES},
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
        name: share(label, f"Share of all parcels {text}, all runs together.")
        for name, (_, label, text) in _ENDS.items()
    },
)

ENDINGS = Measure(_endings, (_ENDINGS_SECTION,))

_PLACES = {"road": "on the road between facilities", "round": "on the delivery route"}


def damage_key(kind: str) -> str:
    """Return the metric of a kind of handling.

    >>> damage_key("hub sorter")
    'damage_split.hub_sorter'
    """
    return "damage_split." + kind.replace(" ", "_")


def _damage(o: Outcomes) -> Mapping[str, Part]:
    kept = o.delivered
    delivered = int(np.count_nonzero(kept))
    kinds = np.bincount(o.damaged_kind[kept] + 1, minlength=len(TOUCH_KINDS) + 1)[1:].tolist()
    neutral = o.hazard_handling[kept]
    spared_neutral = mean_of(np.exp(-neutral))
    spared = mean_of(np.exp(-(neutral + o.hazard_packaging[kept])))
    return {
        "damage_rate": (sum(kinds), delivered),
        **{damage_key(kind): (kinds[row], delivered) for row, kind in enumerate(TOUCH_KINDS)},
        "damage_expected.handling": 1.0 - spared_neutral,
        "damage_expected.packaging": spared_neutral - spared,
    }


_DAMAGE_SECTION = Section(
    "Damage",
    "share of delivered parcels. Expected: the probability from handling and distance in"
    " neutral packaging, and what the (assumed) packaging adds to it.",
    {
        "damage_rate": share(
            "damaged",
            "Share of delivered parcels that are damaged, all runs together.",
            "damage rate",
            short="damaged",
        ),
        **{
            damage_key(kind): share(
                f"damaged: {kind}",
                f"Share of delivered parcels damaged {_PLACES.get(kind, f'by handling ({kind})')},"
                " all runs together; the kinds add up to damage_rate.",
            )
            for kind in TOUCH_KINDS
        },
        "damage_expected.handling": share(
            "expected: handling, distance",
            "Probability of damage from the handlings and kilometers of each parcel's route in"
            " neutral packaging, mean over delivered parcels.",
            "expected damage from handling and distance",
            MEAN,
        ),
        "damage_expected.packaging": Definition(
            "share",
            "expected: added by packaging",
            "What the (assumed) packaging adds to that probability, mean over delivered parcels;"
            " negative if it protects. The two parts add up to the expected damage rate.",
            -1.0,
            1.0,
            "expected damage added by packaging",
        ),
    },
)

DAMAGE = Measure(_damage, (_DAMAGE_SECTION,))
