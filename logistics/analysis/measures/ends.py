"""Final status: delivered, lost, stolen, returned, or still under way."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logistics.analysis.measures.metrics import RATE, Measure, Part, Section, share
from logistics.analysis.measures.outcomes import Outcomes

_ENDS = {
    "loss_rate": ("lost stolen", "lost or stolen", "lost in the network or stolen at the door"),
    "loss.network": ("lost", "lost in the network", "lost in the network"),
    "loss.theft": ("stolen", "stolen at the door", "stolen from the doorstep after delivery"),
    "returned_rate": ("returned", "returned", "returned to sender after the third failed attempt"),
    "under_way_rate": ("under_way", "still under way", "still under way when the run ends"),
    "delivered_rate": ("delivered", "delivered", "delivered, and not stolen"),
}
"""By name, the columns that are counted, the label, and what the definition says."""


def _of_run(o: Outcomes) -> Mapping[str, Part]:
    return {
        name: (sum(int(np.count_nonzero(getattr(o, column))) for column in columns.split()), len(o))
        for name, (columns, _, _) in _ENDS.items()
    }


_SECTION = Section(
    "Final status",
    "shares of all parcels of orders placed in the measured window. Parcels stolen from the"
    " doorstep are not delivered; returned is after the third failed attempt.",
    {
        name: share(label, f"Share of all parcels {text}, all runs together.", estimator=RATE)
        for name, (_, label, text) in _ENDS.items()
    },
)

ENDINGS = Measure(_of_run, (_SECTION,))
