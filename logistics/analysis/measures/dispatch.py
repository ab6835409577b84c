"""Dispatch time: from order to the carrier's acceptance scan."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logistics.analysis.measures.metrics import (
    DAYS_GRID,
    Definition,
    Measure,
    Part,
    Section,
    percentiles,
    share,
)
from logistics.analysis.measures.outcomes import Outcomes, mean_of, share_of
from logistics.analysis.statistics.distributions import Histogram


def _of_run(o: Outcomes) -> Mapping[str, Part]:
    return {
        "dispatch_days": Histogram.of(o.dispatch_days, DAYS_GRID),
        "dispatch_days.mean": mean_of(o.dispatch_days[np.isfinite(o.dispatch_days)]),
        "dispatched_in_time_rate": share_of(o.dispatched_in_time),
    }


_METRICS = {
    "dispatch_days.mean": Definition(
        "days",
        "mean (scanned)",
        "Elapsed 24-hour days from order to acceptance scan, mean over parcels that have one.",
        title="mean dispatch time",
    ),
    **percentiles(
        "dispatch_days",
        (50, 90),
        Definition(
            "days",
            "{}",
            "Elapsed 24-hour days within which {}% of all parcels have their acceptance scan;"
            " one without counts as never.",
            title="{} dispatch time",
        ),
    ),
    "dispatched_in_time_rate": share(
        "within three business days",
        "Share of all parcels with their acceptance scan within three business days of the order.",
        "share dispatched within three business days",
    ),
}

_SECTION = Section(
    "Dispatch time",
    "elapsed 24-hour days from order to the carrier's acceptance scan. The mean is over"
    " scanned parcels, the rest over all.",
    _METRICS,
)

DISPATCH = Measure(_of_run, (_SECTION,))
