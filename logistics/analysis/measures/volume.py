"""How much was measured: parcels and orders."""

from __future__ import annotations

from collections.abc import Mapping

from logistics.analysis.measures.metrics import TOTAL, Definition, Measure, Part, Section
from logistics.analysis.measures.outcomes import Outcomes

_WINDOW = "placed in the measured window, all runs together."


def _of_run(o: Outcomes) -> Mapping[str, Part]:
    return {"parcels": len(o), "orders": len(o.first_of_order())}


VOLUME = Measure(
    _of_run,
    (
        Section(
            "Sample",
            "all runs together.",
            {
                "parcels": Definition(
                    "parcels", "parcels measured", f"Parcels of the orders {_WINDOW}",
                    estimator=TOTAL,
                ),
                "orders": Definition(
                    "orders", "orders measured", f"Orders {_WINDOW}", estimator=TOTAL
                ),
            },
        ),
    ),
)  # fmt: skip
