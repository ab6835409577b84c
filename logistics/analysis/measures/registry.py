"""What every figure is: its unit, what it is called, and its definition in one sentence.

Tables print these, `summary.csv` carries them, and `docs/reference/summary.md` lists them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from logistics.vocabulary import TOUCH_KINDS, ZONES

WITHIN = (1, 2, 3, 5, 7)
"""Days and dates for which shares are told."""

QUANTILES = {
    "delivery_days": (50, 90, 95, 99),
    "order_days": (50, 90),
    "dispatch_days": (50, 90),
    "promised_dates": (10, 50, 90),
}
"""Percentages of the quantiles of each distribution."""

DIFFERENCE_QUANTILES = (10, 50, 90)

LONG_DAYS = 7
"""The brief's "a week or more", in elapsed 24-hour days."""


@dataclass(frozen=True)
class Definition:
    """What a figure is.

    `low`, `high`: what no true value leaves; intervals are cut there.
    """

    unit: str
    label: str
    text: str
    low: float = 0.0
    high: float = math.inf

    @property
    def bounds(self) -> tuple[float, float]:
        """Return the range of true values."""
        return (self.low, self.high)

    def of_a_change(self) -> Definition:
        """Return the definition of a difference of two such figures, which has a sign."""
        return Definition(self.unit, self.label, self.text, -math.inf)


def damage_key(kind: str) -> str:
    """Return the figure of a kind of touch.

    >>> damage_key("hub sorter")
    'damage_split.hub_sorter'
    """
    return "damage_split." + kind.replace(" ", "_")


COUNTED = (
    "damage_rate",
    *(damage_key(kind) for kind in TOUCH_KINDS),
    "loss_rate",
    "loss.network",
    "loss.theft",
    "returned_rate",
    "under_way_rate",
    "delivered_rate",
)
"""Shares of parcels that may be rare, or nearly all: told of all runs' parcels together."""


def _share(label: str, text: str) -> Definition:
    return Definition("share", label, text, 0.0, 1.0)


def _counts() -> dict[str, Definition]:
    window = "placed in the measured window, all runs together"
    return {
        "parcels": Definition("parcels", "parcels measured", f"Parcels of the orders {window}."),
        "orders": Definition("orders", "orders measured", f"Orders {window}."),
    }


def _delivery() -> dict[str, Definition]:
    figures = {
        "delivery_days.mean": Definition(
            "days",
            "mean of those delivered",
            "Order placed to delivered in elapsed 24-hour days, mean over delivered parcels only.",
        )
    }
    figures |= {
        f"delivery_days.p{p}": Definition(
            "days",
            f"{p} of 100 delivered within",
            f"Elapsed 24-hour days within which {p}% of all parcels are delivered, rounded up to a"
            " quarter of an hour; one lost, stolen, returned or still under way counts as never.",
        )
        for p in QUANTILES["delivery_days"]
    }
    figures |= {
        f"within_days.{k}": _share(
            f"within {k} day{'s' * (k > 1)}",
            f"Share of all parcels delivered within {k} elapsed 24-hour day{'s' * (k > 1)}.",
        )
        for k in WITHIN
    }
    figures |= {
        f"within_dates.{k}": _share(
            "by the next date" if k == 1 else f"within {k} dates",
            "Share of all parcels whose local delivery date is at most"
            f" {k} date{'s' * (k > 1)} after the local order date.",
        )
        for k in WITHIN
    }
    whole = "an order counts as delivered when its last parcel is"
    figures["order_days.mean"] = Definition(
        "days",
        "whole orders, mean",
        "Order placed to the delivery of its last parcel, mean over orders delivered whole;"
        f" {whole}.",
    )
    figures |= {
        f"order_days.p{p}": Definition(
            "days",
            f"{p} of 100 whole orders within",
            f"Elapsed 24-hour days within which {p}% of all orders are delivered whole; {whole}.",
        )
        for p in QUANTILES["order_days"]
    }
    return figures


def _dispatch() -> dict[str, Definition]:
    figures = {
        "dispatch_days.mean": Definition(
            "days",
            "mean",
            "Order placed to first scan in elapsed 24-hour days, mean over parcels that have one.",
        )
    }
    figures |= {
        f"dispatch_days.p{p}": Definition(
            "days",
            f"{p} of 100 within",
            f"Elapsed 24-hour days within which {p}% of all parcels have their first scan;"
            " one without counts as never.",
        )
        for p in QUANTILES["dispatch_days"]
    }
    figures["dispatched_in_time_rate"] = _share(
        "within three business days",
        "Share of all parcels with their first scan within three business days of the order.",
    )
    return figures


def _promise() -> dict[str, Definition]:
    figures = {
        f"promised_dates.p{p}": Definition(
            "dates",
            f"{p} of 100 promised within",
            f"Dates after the local order date within which {p}% of those delivered are promised.",
        )
        for p in QUANTILES["promised_dates"]
    }
    figures["on_time_rate"] = _share(
        "on time",
        "Share of all parcels delivered on the promised date or before;"
        " one lost, stolen, returned or still under way is not on time.",
    )
    figures["late_days_when_late.mean"] = Definition(
        "days",
        "days late, when late",
        "Local delivery date minus promised date, mean over delivered parcels that came late.",
    )
    return figures


def _damage() -> dict[str, Definition]:
    figures = {
        "damage_rate": _share(
            "damaged", "Share of delivered parcels that are damaged, all runs together."
        )
    }
    places = {"road": "on the road between facilities", "round": "on the courier's round"}
    for kind in TOUCH_KINDS:
        place = places.get(kind, f"by a touch of the kind '{kind}'")
        figures[damage_key(kind)] = _share(
            f"damaged: {kind}",
            f"Share of delivered parcels damaged {place}, all runs together; the kinds add up to"
            " damage_rate.",
        )
    figures["damage_expected.handling"] = _share(
        "expected: touches, distance",
        "Probability of damage from the touches and kilometres of each parcel's way in neutral"
        " packaging, mean over delivered parcels.",
    )
    figures["damage_expected.packaging"] = Definition(
        "share",
        "expected: added by packaging",
        "What the (assumed) packaging adds to that probability, mean over delivered parcels;"
        " negative if it protects. The two parts add up to the damage to be expected.",
        -1.0,
        1.0,
    )
    return figures


def _losses() -> dict[str, Definition]:
    figures = {
        "loss_rate": ("lost or stolen", "lost in the network or stolen at the door"),
        "loss.network": ("lost in the network", "lost in the network"),
        "loss.theft": ("stolen at the door", "stolen from the door step after delivery"),
        "returned_rate": ("returned", "sent back after the third failed attempt"),
        "under_way_rate": ("still under way", "still under way when the run ends"),
        "delivered_rate": ("delivered", "delivered, and not stolen"),
    }
    return {
        name: _share(label, f"Share of all parcels {text}, all runs together.")
        for name, (label, text) in figures.items()
    }


def _way() -> dict[str, Definition]:
    figures = {
        "touches_mean": Definition(
            "touches", "touches", "Times a parcel is handled, mean over delivered parcels."
        ),
        "distance_km_mean": Definition(
            "km", "distance", "Kilometres travelled by road, mean over delivered parcels."
        ),
    }
    figures |= {
        f"zone_share.{zone}": _share(
            f"zone {zone}", f"Share of all parcels in carrier zone {zone}."
        )
        for zone in ZONES
    }
    return figures


def _hours() -> dict[str, Definition]:
    texts = {
        "wait_work": ("waiting for work", "waiting for work at a gate or in a queue"),
        "work": ("in work", "in work and on belts (dwell)"),
        "wait_departure": ("waiting for a departure", "ready and waiting for a departure"),
        "transit": ("in transit", "on lanes between facilities"),
        "last_mile": ("in the last mile", "from joining a courier's wave to the door"),
    }
    return {
        f"hours.{name}": Definition(
            "hours",
            label,
            f"Hours {text}, mean over delivered parcels; the five add up to"
            " 24 x delivery_days.mean.",
        )
        for name, (label, text) in texts.items()
    }


def _paired() -> dict[str, Definition]:
    difference = "Delivery time in the second network minus that in the first, same parcel"
    both = "over parcels delivered in both"
    either = "over all parcels; one never delivered is the slower"
    figures = {
        "parcels": Definition(
            "parcels", "parcels compared", "Parcels compared, all runs together."
        ),
        "both_delivered_rate": _share(
            "delivered in both", "Share of the parcels that both networks delivered."
        ),
        "difference_days.mean": Definition(
            "days", "difference, mean", f"{difference}, mean {both}.", -math.inf
        ),
    }
    figures |= {
        f"difference_days.p{p}": Definition(
            "days",
            f"{p} of 100 lie at or below",
            f"{difference}: the value that {p}% do not exceed, {both}.",
            -math.inf,
        )
        for p in DIFFERENCE_QUANTILES
    }
    return figures | {
        "faster.first": _share(
            "first network is faster", f"Share in which the first is faster, {either}."
        ),
        "faster.same": _share(
            "both the same", "Share delivered in both at the same instant, or in neither."
        ),
        "faster.second": _share(
            "second network is faster", f"Share in which the second is faster, {either}."
        ),
        "damage_difference": Definition(
            "share",
            "difference in damage",
            "damage_rate of the second network minus that of the first.",
            -1.0,
            1.0,
        ),
        "correlation": Definition(
            "correlation",
            "correlation",
            f"Correlation of the two delivery times of a parcel, {both}.",
            -1.0,
            1.0,
        ),
        "run_correlation": Definition(
            "correlation",
            "correlation over the runs",
            f"Correlation over the runs of the two networks' mean delivery times, {both}.",
            -1.0,
            1.0,
        ),
        "interval_width_ratio": Definition(
            "ratio",
            "interval, same to own orders",
            "Width of the interval of difference_days.mean over the width it would have if each"
            " network had been given orders of its own; below 1, giving both the same orders pays.",
        ),
    }


def _cases() -> dict[str, Definition]:
    week = f"{LONG_DAYS} elapsed 24-hour days or more after the order, or never"
    return {
        "parcels": Definition(
            "parcels", "parcels", "Parcels of this product to this market, all runs together."
        ),
        "delivered": Definition("parcels", "delivered", "Those of them that were delivered."),
        "week_or_more": _share("a week or more", f"Share of the parcels delivered {week}."),
        "damaged": _share("damaged", "Share of the delivered parcels that are damaged."),
        "week_or_more_and_damaged": _share(
            "a week or more, and damaged",
            f"Share of the parcels delivered {LONG_DAYS} elapsed 24-hour days or more after the"
            " order, and damaged.",
        ),
        "week_or_more_and_damaged_or_lost": _share(
            "a week or more, and damaged or lost",
            f"Share of the parcels delivered {week}, and damaged, lost or stolen.",
        ),
        "week_or_more_and_damaged_expected": _share(
            "a week or more, and damaged: expected",
            "As week_or_more_and_damaged, with the probability of damage on each parcel's way in"
            " place of what happened to it: the surer figure where few parcels were damaged.",
        ),
    }


def _causes() -> dict[str, Definition]:
    texts = {
        "closed": (
            "closed",
            "waiting for a day or an hour at which work is done: for the order gate to open, while"
            " nobody is on duty, or on dates on which the lane or the courier does not leave",
        ),
        "queue": (
            "queue at the source",
            "released and waiting for the seller or for a picker, workers being on duty",
        ),
        "packing": ("packing", "in work and dwell at the source"),
        "sort_queue": ("queue at the sorter", "waiting to be sorted at a later facility"),
        "sorting": ("sorting", "in work and dwell at later facilities"),
        "full": (
            "departures were full",
            "from the first departure or courier round it could have taken to the one it took",
        ),
        "next_departure": ("next departure", "waiting for the next departure of a lane"),
        "transit": ("on the road", "on lanes between facilities"),
        "next_round": ("next courier round", "ready at its station, waiting for the couriers"),
        "round": ("with the courier", "with the courier on the last round"),
        "between_attempts": (
            "failed attempts",
            "from the first round it could have taken to its last, where an attempt had failed",
        ),
    }
    return {
        name: Definition("hours", label, f"Hours {text}, mean over delivered parcels.")
        for name, (label, text) in texts.items()
    }


def _late_steps() -> dict[str, Definition]:
    change = "Part of the change in the share late, second minus first,"
    figures = {
        "promise": Definition(
            "share", "another promise", f"{change} that is due to other promised dates.", -1.0, 1.0
        )
    }
    figures |= {
        name: Definition("share", one.label, f"{change} that is due to: {one.label}.", -1.0, 1.0)
        for name, one in _causes().items()
    }
    figures["never delivered"] = Definition(
        "share",
        "never delivered",
        f"{change} that is due to parcels which one of the two networks never delivered.",
        -1.0,
        1.0,
    )
    return figures


CAUSE_FIGURES: dict[str, Definition] = _causes()
"""By name, in the order of `CAUSES`, where the hours from order to delivery go."""

LATE_STEPS: dict[str, Definition] = _late_steps()
"""By name, what the change in the share late is made of between two networks."""

NETWORK_FIGURES: dict[str, Definition] = (
    _counts() | _delivery() | _dispatch() | _promise() | _damage() | _losses() | _way() | _hours()
)
"""By name, what is measured of one network."""

PAIRED_FIGURES: dict[str, Definition] = _paired()
"""By name, what is measured of the same orders through two networks."""

OF_SEVERAL_RUNS = ("run_correlation", "interval_width_ratio")
"""Paired figures that one run does not have."""

DECISIVE = ("difference_days.mean", "damage_difference")
"""Paired figures that verdicts are about."""

CASE_FIGURES: dict[str, Definition] = _cases()
"""By name, what is measured of one shopper's product and market in one network."""
