"""Final status: delivered, lost, stolen, returned, or still under way."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logistics.analysis.measures.measure import Measure, Section
from logistics.analysis.measures.metrics import RATE, Part, share
from logistics.analysis.measures.outcomes import Outcomes

_WORDS = {
    "loss_rate": ("lost or stolen", "lost in the network or stolen at the door"),
    "loss.network": ("lost in the network", "lost in the network"),
    "loss.theft": ("stolen at the door", "stolen from the doorstep after delivery"),
    "returned_rate": ("returned", "returned to sender after the third failed attempt"),
    "under_way_rate": ("still under way", "still under way when the run ends"),
    "delivered_rate": ("delivered", "delivered, and not stolen"),
}


def _of_run(o: Outcomes) -> Mapping[str, Part]:
    lost, stolen = int(np.count_nonzero(o.lost)), int(np.count_nonzero(o.stolen))
    counts = {
        "loss_rate": lost + stolen,
        "loss.network": lost,
        "loss.theft": stolen,
        "returned_rate": int(np.count_nonzero(o.returned)),
        "under_way_rate": int(np.count_nonzero(o.under_way)),
        "delivered_rate": int(np.count_nonzero(o.delivered)),
    }
    return {name: (count, len(o)) for name, count in counts.items()}


_SECTION = Section(
    "Final status",
    "shares of all parcels of orders placed in the measured window. Parcels stolen from the"
    " doorstep are not delivered; returned is after the third failed attempt.",
    {
        name: share(label, f"Share of all parcels {text}, all runs together.", estimator=RATE)
        for name, (label, text) in _WORDS.items()
    },
)

ENDINGS = Measure(_of_run, (_SECTION,))
