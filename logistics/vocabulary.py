"""Words that every layer shares: statuses, kinds of handling, hours, causes, ends."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""A column, or a table of columns of one type, as NumPy has it."""

UNLIMITED = 2**31 - 1
"""Workers of a facility without a queue; capacity of a departure that takes whatever is there."""


NOT_YET = np.iinfo(np.int32).min
"""What has not happened (a tick, a departure number) in the integer columns of a run."""


NEVER_HERE = -1
"""A step or a kind of handling that does not apply (not lost, not damaged)."""


MAX_ATTEMPTS = 3


TOUCH_KINDS = ("conveyor", "hub sorter", "manual load", "road", "round", "door step")
"""What can damage a parcel. The first three happen at a visit, in this order."""


class Status(IntEnum):
    """How a parcel stands at the horizon."""

    UNDER_WAY = 0
    DELIVERED = 1
    RETURNED = 2
    LOST = 3
    STOLEN = 4


HOURS = ("wait_work", "work", "wait_departure", "transit", "last_mile")
"""Rows of `Outcomes.hours`, in the order a parcel meets them."""


CAUSES = (
    "closed", "queue", "packing", "sort_queue", "sorting", "full", "next_departure", "transit",
    "next_round", "round", "between_attempts",
)  # fmt: skip
"""Rows of `Causes.ticks`, in the order a parcel meets them; `logistics.causes` has the rules."""


ZONES = tuple(range(2, 9))
"""The carrier's price zones."""


ENDS = ("delivered", "lost", "stolen", "returned", "under_way")
"""The columns of which exactly one is true for each parcel."""
