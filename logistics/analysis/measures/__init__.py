"""What is measured of runs: one file a family of metrics, and the registry of all of them.

A measure of your own takes one file:

    from logistics.analysis.measures import Definition, Measure, Section, register

    def late_handlings(parcels):
        late = parcels.delivered & (parcels.late_days > 0)
        return {"late_touches": parcels.touches[late].mean() if late.any() else float("nan")}

    metric = Definition("touches", "handlings of late parcels", "Times a late parcel is handled.")
    section = Section("Late parcels", "parcels delivered after the date.", {"late_touches": metric})
    register(Measure(late_handlings, (section,)))
"""

from logistics.analysis.measures.measure import Measure, Section
from logistics.analysis.measures.metrics import (
    DAYS_GRID,
    MEAN,
    RATE,
    TOTAL,
    Definition,
    Quantile,
    percentiles,
    share,
)
from logistics.analysis.measures.outcomes import Outcomes
from logistics.analysis.measures.registry import register, unregister
from logistics.analysis.statistics.distributions import Histogram

__all__ = [
    "DAYS_GRID", "MEAN", "RATE", "TOTAL", "Definition", "Histogram", "Measure", "Outcomes",
    "Quantile", "Section", "percentiles", "register", "share", "unregister",
]  # fmt: skip
