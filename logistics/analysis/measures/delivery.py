"""Delivery time, of parcels and whole orders; dispatch time before it; the promised date after."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from logistics.analysis.measures.metrics import (
    DATES_GRID,
    DAYS_GRID,
    Definition,
    Measure,
    Part,
    Section,
    percentiles,
    share,
)
from logistics.analysis.measures.outcomes import Outcomes, count_of, mean_of
from logistics.analysis.statistics.distributions import Histogram

WITHIN = (1, 2, 3, 5, 7)
"""Elapsed days, and calendar days, for which the share delivered is reported."""

_WHOLE = "an order counts as delivered when its last parcel is"


def _delivery(o: Outcomes) -> Mapping[str, Part]:
    days = Histogram.of(o.delivery_days, DAYS_GRID)
    dates = Histogram.of(o.delivery_dates.astype(np.float64), DATES_GRID)
    whole, orders, first = days, o.delivery_days, o.first_of_order()
    if len(first) < len(o):
        orders = np.maximum.reduceat(o.delivery_days, first)
        whole = Histogram.of(orders, DAYS_GRID)
    return {
        "delivery_days": days,
        "delivery_days.mean": mean_of(o.delivery_days[o.delivered]),
        **{f"within_days.{k}": days.within(k) for k in WITHIN},
        **{f"within_dates.{k}": dates.within(k) for k in WITHIN},
        "order_days": whole,
        "order_days.mean": mean_of(orders[np.isfinite(orders)]),
    }


_DELIVERY_DAYS = {
    "delivery_days.mean": Definition(
        "days",
        "mean (delivered)",
        "Elapsed 24-hour days from order to delivery, mean over delivered parcels.",
        title="mean delivery time",
        short="mean",
    ),
    **percentiles(
        "delivery_days",
        (50, 90, 95, 99),
        Definition(
            "days",
            "{}",
            "Elapsed 24-hour days within which {}% of all parcels are delivered, rounded up to a"
            " quarter of an hour; lost, stolen, returned and unfinished parcels count as never"
            " delivered.",
            title="{} delivery time",
        ),
        short=(50, 95),
    ),
}

_ORDER_DAYS = {
    "order_days.mean": Definition(
        "days",
        "whole orders: mean",
        "Elapsed 24-hour days from order to the delivery of its last parcel, mean over orders"
        f" delivered in full; {_WHOLE}.",
        title="mean delivery time of whole orders",
    ),
    **percentiles(
        "order_days",
        (50, 90),
        Definition(
            "days",
            "whole orders: {}",
            "Elapsed 24-hour days within which {}% of all orders are delivered in full;"
            f" {_WHOLE}.",
            title="{} delivery time of whole orders",
        ),
    ),
}

DELIVERY = Measure(
    _delivery,
    (
        Section(
            "Delivery time",
            "elapsed 24-hour days from order to delivery. The mean is over delivered parcels only;"
            " in the percentiles, lost, stolen, returned and unfinished parcels count as never"
            " delivered.",
            _DELIVERY_DAYS,
        ),
        Section(
            "Delivered within elapsed days",
            "share of all parcels delivered within so many elapsed 24-hour days.",
            {
                f"within_days.{k}": share(
                    f"within {k} day{'s' * (k > 1)}",
                    f"Share of all parcels delivered within {k} elapsed 24-hour"
                    f" day{'s' * (k > 1)}.",
                    f"share delivered within {k} day{'s' * (k > 1)}",
                )
                for k in WITHIN
            },
        ),
        Section(
            "Delivered within calendar days",
            "share of all parcels whose local delivery date is at most so many calendar days after"
            " the local order date.",
            {
                f"within_dates.{k}": share(
                    "by the next calendar day" if k == 1 else f"within {k} calendar days",
                    "Share of all parcels whose local delivery date is at most"
                    f" {k} calendar day{'s' * (k > 1)} after the local order date.",
                    f"share delivered within {k} calendar day{'s' * (k > 1)}",
                )
                for k in WITHIN
            },
        ),
        Section(
            "Whole orders",
            "as delivery time, but per order: delivered when the last of its parcels is.",
            _ORDER_DAYS,
        ),
    ),
)


def _dispatch(o: Outcomes) -> Mapping[str, Part]:
    return {
        "dispatch_days": Histogram.of(o.dispatch_days, DAYS_GRID),
        "dispatch_days.mean": mean_of(o.dispatch_days[np.isfinite(o.dispatch_days)]),
        "dispatched_in_time_rate": count_of(o.dispatched_in_time),
    }


_DISPATCH_SECTION = Section(
    "Dispatch time",
    "elapsed 24-hour days from order to the carrier's acceptance scan. The mean is over"
    " scanned parcels, the rest over all.",
    {
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
            "Share of all parcels with their acceptance scan within three business days of the"
            " order.",
            "share dispatched within three business days",
        ),
    },
)

DISPATCH = Measure(_dispatch, (_DISPATCH_SECTION,))


def _promise(o: Outcomes) -> Mapping[str, Part]:
    late = o.delivered & (o.late_days > 0)
    promised = o.delivery_dates[o.delivered] - o.late_days[o.delivered]
    return {
        "promised_dates": Histogram.of(promised, DATES_GRID),
        "on_time_rate": count_of(o.late_days <= 0),
        "late_days_when_late.mean": mean_of(o.late_days[late]),
    }


_PROMISE_SECTION = Section(
    "Promise",
    "calendar days from order to promised date. On-time delivery: share of all parcels"
    " delivered on or before that date. Days late: over delivered parcels that are late.",
    {
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
            "Share of all parcels delivered on or before the promised date; lost, stolen, returned"
            " and unfinished parcels are not on time.",
            short="on time",
        ),
        "late_days_when_late.mean": Definition(
            "days",
            "mean days late",
            "Local delivery date minus promised date, mean over delivered parcels that are late.",
        ),
    },
)

PROMISE = Measure(_promise, (_PROMISE_SECTION,))
