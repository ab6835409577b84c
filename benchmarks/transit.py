"""A carrier's transit in business days, counted as carriers count it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.integer[Any]]

WITHIN = (1, 2, 3, 4, 5)
"""Business days for which shares are told."""


@dataclass(frozen=True)
class Transit:
    """The transit of one group of delivered parcels, in business days.

    `within`: by number of business days, the share delivered in so many or fewer.
    """

    parcels: int
    median: float
    mean: float
    within: Mapping[int, float]


def business_days(scanned: Days, delivered: Days, working: Days) -> NDArray[np.int64]:
    """Return the working days after the first scan, up to and including the delivery.

    `scanned`, `delivered`: (parcels,) local dates as day numbers, at the place of each. `working`:
    day numbers of the carrier's working days, ascending. The day of the scan is day 0; a delivery
    on a day off (a Saturday, say) counts as made on the next working day, so that a weekend never
    makes the carrier look faster than it is.

    Raises ValueError if a parcel is delivered before its first scan, or the working days do not
    cover the days of all parcels.

    >>> monday_to_friday = np.array([0, 1, 2, 3, 4, 7, 8, 9, 10, 11])
    >>> business_days(np.array([0, 4, 4]), np.array([1, 5, 7]), monday_to_friday)
    array([1, 1, 1])
    """
    scanned, delivered, working = (np.asarray(days) for days in (scanned, delivered, working))
    if (delivered < scanned).any():
        row = int(np.argmax(delivered < scanned))
        raise ValueError(
            f"parcel {row} is delivered on day {delivered[row]}, before its first scan on day"
            f" {scanned[row]}"
        )
    if (np.diff(working) <= 0).any():
        raise ValueError("the working days must ascend")
    if len(delivered) and (not len(working) or delivered.max() > working[-1]):
        raise ValueError(
            f"a parcel is delivered on day {delivered.max()}, after the last working day given"
        )
    before = np.searchsorted(working, scanned, "right")
    return np.searchsorted(working, delivered, "left") + 1 - before


def transit_by_group(days: Days, group: Days) -> dict[int, Transit]:
    """Return the transit of each group that has parcels, by group in ascending order.

    `days`: (parcels,) business days of delivered parcels. `group`: (parcels,) what each belongs
    to, such as its carrier zone.

    Raises ValueError if the two differ in length.
    """
    days, group = np.asarray(days), np.asarray(group)
    if days.shape != group.shape:
        raise ValueError(f"{len(days)} transits for {len(group)} groups")
    return {int(number): transit_of(days[group == number]) for number in np.unique(group)}


def transit_of(days: Days) -> Transit:
    """Return the transit of delivered parcels; NaN where there are none."""
    days = np.asarray(days)
    if not len(days):
        return Transit(0, math.nan, math.nan, dict.fromkeys(WITHIN, math.nan))
    return Transit(
        parcels=len(days),
        median=float(np.median(days)),
        mean=float(days.mean()),
        within={k: float(np.count_nonzero(days <= k) / len(days)) for k in WITHIN},
    )
