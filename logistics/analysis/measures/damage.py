"""Damage: what happened, by kind of handling, and what is to be expected."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logistics.analysis.measures.metrics import RATE, Definition, Measure, Part, Section, share
from logistics.analysis.measures.outcomes import Outcomes, mean_of
from logistics.vocabulary import TOUCH_KINDS

_PLACES = {"road": "on the road between facilities", "round": "on the delivery route"}


def damage_key(kind: str) -> str:
    """Return the metric of a kind of handling.

    >>> damage_key("hub sorter")
    'damage_split.hub_sorter'
    """
    return "damage_split." + kind.replace(" ", "_")


def _of_run(o: Outcomes) -> Mapping[str, Part]:
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


_SECTION = Section(
    "Damage",
    "share of delivered parcels. Expected: the probability from handling and distance in"
    " neutral packaging, and what the (assumed) packaging adds to it.",
    {
        "damage_rate": share(
            "damaged",
            "Share of delivered parcels that are damaged, all runs together.",
            "damage rate",
            RATE,
        ),
        **{
            damage_key(kind): share(
                f"damaged: {kind}",
                f"Share of delivered parcels damaged {_PLACES.get(kind, f'by handling ({kind})')},"
                " all runs together; the kinds add up to damage_rate.",
                estimator=RATE,
            )
            for kind in TOUCH_KINDS
        },
        "damage_expected.handling": share(
            "expected: handling, distance",
            "Probability of damage from the handlings and kilometers of each parcel's route in"
            " neutral packaging, mean over delivered parcels.",
            "expected damage from handling and distance",
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

DAMAGE = Measure(_of_run, (_SECTION,))
