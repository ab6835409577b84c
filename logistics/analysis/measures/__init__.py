"""What is measured of runs: one file per family of metrics, and the registry of all of them.

`register(Measure(of_run, sections))` adds one of your own: see `docs/reference/definitions.md`.
"""

from logistics.analysis.measures.metrics import (
    DAYS_GRID,
    MEAN,
    RATE,
    TOTAL,
    Definition,
    Measure,
    Quantile,
    Section,
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
