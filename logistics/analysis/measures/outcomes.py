"""What became of the measured parcels: one row each, plain columns, nothing of the simulator.

A `Run` gives its `Outcomes`; everything in `logistics.analysis` starts from them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from logistics.vocabulary import CAUSES, ENDS, HOURS, NEVER_HERE, TOUCH_KINDS, ZONES

Bools = NDArray[np.bool_]
Counts = NDArray[np.int64]
Days = NDArray[np.float64]

NOT_DELIVERED = 10**6
"""`delivery_dates` of a parcel that was not delivered: later than any other."""

NO_DEADLINE = 1 << 40
"""`Causes.allowed` of a parcel without a promised date: more ticks than any run has."""

_HOURS_TOLERANCE = 0.01
_HAZARD_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Names:
    """What the numbers in the columns `product` and `market` stand for."""

    products: tuple[str, ...]
    markets: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The parcels of the measured window, sorted by (order_id, parcel_id), each once.

    `product`, `market`: rows of `names`. `delivery_days`: elapsed 24-hour days from order to
    delivery; +inf if not delivered. `delivery_dates`: local delivery date minus local order date;
    `NOT_DELIVERED` if not. `dispatch_days`: order to acceptance scan; +inf without one.
    `late_days`: local delivery date minus promised date, signed; +inf if not delivered; late
    means above 0. `age_days`: from order to horizon of one still under way, else NaN.
    `dispatched_in_time`: acceptance scan within three business days.

    Exactly one of `ENDS` is true: `delivered` (and still there for the customer), `lost` in the
    network, `stolen` from the door step (counted as not delivered, as the customer would),
    `returned`, or `under_way` at the horizon.

    `damaged` and `damaged_kind` (row of TOUCH_KINDS, or -1): what happened before the horizon,
    whatever the end. `touches` (handlings), `distance_km`: so far. `zone`: the carrier's,
    2 to 8. `hours`: (5, parcels) in the order of `HOURS`; those of a delivered parcel add up to
    24 * `delivery_days`. `hazard_handling`: expected hazard, the sum of -ln(1 - p), of all touches
    and kilometers of the route the parcel goes in neutral packaging; `hazard_packaging`: what its
    packaging adds to that, negative for better packaging.

    `daily_days`: not by parcel, but by local order date from the first simulated to the last
    measured: mean delivery days of what was delivered, NaN where nothing was; empty if not known.
    `daily_backlog`: likewise, of all parcels of the run, how many were on their way at the end of
    each date.

    Raises ValueError, with every fault in one message, for columns that break these rules.
    """

    order_id: NDArray[np.int64]
    parcel_id: NDArray[np.int64]
    product: NDArray[np.int16]
    market: NDArray[np.int16]
    delivery_days: Days
    delivery_dates: NDArray[np.int32]
    dispatch_days: Days
    late_days: Days
    age_days: Days
    delivered: Bools
    damaged: Bools
    lost: Bools
    stolen: Bools
    returned: Bools
    under_way: Bools
    dispatched_in_time: Bools
    touches: NDArray[np.int16]
    distance_km: NDArray[np.float32]
    zone: NDArray[np.int8]
    hours: NDArray[np.float32]
    damaged_kind: NDArray[np.int8]
    hazard_handling: NDArray[np.float32]
    hazard_packaging: NDArray[np.float32]
    names: Names
    daily_days: Days = field(default_factory=lambda: np.zeros(0))
    daily_backlog: Days = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Refuse columns that contradict each other."""
        faults = list(_shape_faults(self)) or list(_row_faults(self))
        if faults:
            raise ValueError("outcomes cannot be used:\n" + "\n".join(faults))

    def __len__(self) -> int:
        """Return the number of parcels."""
        return len(self.order_id)

    def first_of_order(self) -> NDArray[np.intp]:
        """Return the rows of each order's first parcel, in order."""
        return np.flatnonzero(np.diff(self.order_id, prepend=self.order_id[:1] - 1))


def mean_of(values: NDArray[Any]) -> float:
    """Return the mean, in float64; NaN of nothing."""
    return float(values.mean(dtype=np.float64)) if len(values) else math.nan


def count_of(holds: NDArray[np.bool_]) -> tuple[int, int]:
    """Return of how many rows it holds, and how many rows there are."""
    return int(np.count_nonzero(holds)), len(holds)


def ratio(part: Any, whole: Any) -> Days:
    """Return part over whole, element by element; NaN of nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(np.asarray(whole) > 0, np.asarray(part) / whole, np.nan))


def together(one: Any, other: Any) -> Any:
    """Return the sums of both; of mappings name by name, where one may lack a name."""
    if not isinstance(one, Mapping):
        return one + other
    both = {**one, **other}
    return {k: together(one[k], other[k]) if k in one and k in other else both[k] for k in both}


class Summed:
    """A dataclass of sums that add up, field by field, but for those in `same`."""

    same: ClassVar[tuple[str, ...]] = ()

    def __add__(self, other: Self) -> Self:
        """Return the sums of both.

        Raises ValueError if they are not of the same places or days.
        """
        if any(getattr(self, name) != getattr(other, name) for name in self.same):
            raise ValueError(f"sums of other {' or '.join(self.same)} do not add up")
        return type(self)(
            **{
                name: one if name in self.same else one + getattr(other, name)
                for name, one in vars(self).items()
            }
        )


@dataclass(frozen=True, eq=False)
class Causes:
    """Where the time of the parcels of `Outcomes` went, row for row.

    `ticks`: (causes, parcels) in the order of `CAUSES`; those of a delivered parcel add up to the
    time from order to delivery, of any other they are its finished segments. `allowed`: ticks
    from the order to the midnight that ends the promised date at the customer's; delivered after
    so many or more is late; `NO_DEADLINE` without a promise. `date`: number of the local order
    date, 0 for the first of the `dates` measured, which is a `first_weekday` (Monday is 0).

    Raises ValueError for columns of different length.
    """

    ticks: NDArray[np.integer[Any]]
    allowed: NDArray[np.int64]
    date: NDArray[np.int16]
    dates: int
    first_weekday: int
    ticks_per_hour: float

    def __post_init__(self) -> None:
        """Refuse columns that do not go together."""
        parcels = len(self.allowed)
        if self.ticks.shape != (len(CAUSES), parcels) or self.date.shape != (parcels,):
            raise ValueError(
                f"causes cannot be used: ticks {self.ticks.shape}, date {self.date.shape}"
                f" (allowed: {(len(CAUSES), parcels)}, {(parcels,)})"
            )


def _shape_faults(o: Outcomes) -> Iterator[str]:
    parcels = np.shape(o.order_id)[:1]
    for name, hint in get_type_hints(Outcomes).items():
        if get_origin(hint) is not np.ndarray or name.startswith("daily_"):
            continue
        column: NDArray[Any] = getattr(o, name)
        (dtype,) = get_args(get_args(hint)[1])
        shape = (len(HOURS), *parcels) if name == "hours" else parcels
        if column.dtype != dtype or column.shape != shape:
            yield (
                f"{name}: is {column.dtype}{list(column.shape)}"
                f" (allowed: {np.dtype(dtype)}{list(shape)})"
            )


def _row_faults(o: Outcomes) -> Iterator[str]:
    for rule, holds in (_rules_of_ends(o) | _rules_of_columns(o)).items():
        if not holds.all():
            row = int(np.argmin(holds))
            yield (
                f"order {o.order_id[row]}, parcel {o.parcel_id[row]}: breaks the rule '{rule}'"
                f" ({np.count_nonzero(~holds):,} of {len(o):,} rows do)"
            )


def _rules_of_ends(o: Outcomes) -> dict[str, Bools]:
    """Return by rule where it holds: what goes with a delivery, and what without one."""
    ends = sum(getattr(o, end).view(np.int8) for end in ENDS)
    missing, first = ~o.delivered, np.ones(len(o), np.bool_)
    order, parcel = np.diff(o.order_id), np.diff(o.parcel_id)
    first[1:] = (order > 0) | ((order == 0) & (parcel > 0))
    return {
        "sorted by (order_id, parcel_id), each row once": first,
        f"exactly one of {', '.join(ENDS)}": ends == 1,
        "delivery_days: finite and >= 0 if delivered, else +inf": (
            (np.isposinf(o.delivery_days) == missing) & (o.delivery_days >= 0)
        ),
        "delivery_dates: NOT_DELIVERED if not delivered, and only then": (
            (o.delivery_dates == NOT_DELIVERED) == missing
        ),
        "late_days: finite if delivered, else +inf": np.isposinf(o.late_days) == missing,
        "late_days: a number": ~np.isnan(o.late_days) & ~np.isneginf(o.late_days),
        "age_days: finite and >= 0 if under way, else not a number": (
            np.where(o.under_way, np.isfinite(o.age_days) & (o.age_days >= 0), np.isnan(o.age_days))
        ),
        "dispatch_days: from 0 to delivery_days": (
            (o.dispatch_days >= 0) & (o.dispatch_days <= o.delivery_days)
        ),
        "dispatched_in_time: only with an acceptance scan": (
            ~o.dispatched_in_time | np.isfinite(o.dispatch_days)
        ),
    }


def _rules_of_columns(o: Outcomes) -> dict[str, Bools]:
    """Return by rule where it holds: ranges of codes, and sums."""
    hours = o.hours.sum(axis=0)
    return {
        "damaged_kind: -1 or a row of TOUCH_KINDS, >= 0 if damaged and only then": (
            ((o.damaged_kind != NEVER_HERE) == o.damaged)
            & _between(o.damaged_kind, NEVER_HERE, len(TOUCH_KINDS) - 1)
        ),
        "product: a row of names.products": _between(o.product, 0, len(o.names.products) - 1),
        "market: a row of names.markets": _between(o.market, 0, len(o.names.markets) - 1),
        f"zone: from {ZONES[0]} to {ZONES[-1]}": _between(o.zone, ZONES[0], ZONES[-1]),
        "hours: add up to 24 * delivery_days if delivered": (
            np.abs(hours - np.where(o.delivered, 24.0 * o.delivery_days, hours)) <= _HOURS_TOLERANCE
        ),
        "hazard_handling: at least 0": o.hazard_handling >= 0,
        "hazard_handling + hazard_packaging: at least 0": (
            o.hazard_handling + o.hazard_packaging >= -_HAZARD_TOLERANCE
        ),
    }


def _between(column: NDArray[Any], low: int, high: int) -> Bools:
    return np.asarray((column >= low) & (column <= high))
