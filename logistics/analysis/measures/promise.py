"""The promised date: how far ahead it is, and how often it is kept."""

from __future__ import annotations

from collections.abc import Mapping

from logistics.analysis.measures.metrics import (
    DATES_GRID,
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
    late = o.delivered & (o.late_days > 0)
    promised = o.delivery_dates[o.delivered] - o.late_days[o.delivered]
    return {
        "promised_dates": Histogram.of(promised, DATES_GRID),
        "on_time_rate": share_of(o.late_days <= 0),
        "late_days_when_late.mean": mean_of(o.late_days[late]),
    }


_METRICS = {
    **percentiles(
        "promised_dates",
        (10, 50, 90),
        Definition(
            "dates",
            "promised: {}",
            "Calendar days from the local order date to the promised date that {}% of delivered"
            " parcels do not exceed.",
            title="{} promised calendar days",
        ),
        DATES_GRID,
    ),
    "on_time_rate": share(
        "on-time delivery",
        "Share of all parcels delivered on or before the promised date; lost, stolen, returned and"
        " unfinished parcels are not on time.",
    ),
    "late_days_when_late.mean": Definition(
        "days",
        "mean days late",
        "Local delivery date minus promised date, mean over delivered parcels that are late.",
    ),
}

_SECTION = Section(
    "Promise",
    "calendar days from order to promised date. On-time delivery: share of all parcels"
    " delivered on or before that date. Days late: over delivered parcels that are late.",
    _METRICS,
)

PROMISE = Measure(_of_run, (_SECTION,))
