"""Counts and sums by group of parcels: by market, order date, product, and what else is asked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.measures.outcomes import Causes, Counts, Outcomes, ratio
from logistics.analysis.statistics.intervals import Floats
from logistics.vocabulary import TOUCH_KINDS

Codes = NDArray[np.integer[Any]]

BINS = 30 * 24
"""Hours up to 30 days."""

WITHIN_DATES = 8
"""Rows of `GroupTotals.within_dates`: within 0 to 7 dates."""

SLOWEST = 0.05
"""What part of the delivered parcels counts as the slowest."""

_ROUNDING = 1e-7  # in hours: an hour exactly belongs to the bin that it ends
_WEEK = 7
_MOST_CELLS = 100_000  # of all groupings crossed: some 30 sums of 8 bytes each


@dataclass(frozen=True, eq=False)
class GroupTotals:
    """Counts and sums of n groups of parcels; several runs add up (`a + b`).

    By group, the last axis: `parcels`; `delivered`; `within_dates`: (8, n) delivered
    within 0 to 7 dates; `on_time`: delivered on the promised date or before. Of the delivered:
    `damaged`; `damaged_by`: (kinds of handling, n); `expected_handling`, `expected_packaging`: how
    many damaged parcels are to be expected, the part of handlings and distance and what packaging
    adds; `hours`: (causes, n) sums in the order of `CAUSES`; `days`: (BINS, n) how many were
    delivered within k + 1 hours and not within k; those after 30 days are in none.
    """

    parcels: Counts
    delivered: Counts
    within_dates: Counts
    on_time: Counts
    damaged: Counts
    damaged_by: Counts
    expected_handling: Floats
    expected_packaging: Floats
    hours: Floats
    days: NDArray[np.integer[Any]]

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.parcels)

    def __add__(self, other: GroupTotals) -> GroupTotals:
        """Return the sums of both; where one has fewer groups, its missing ones are empty."""
        groups = max(len(self), len(other))
        sums: dict[str, Any] = {
            name: _widened(one, groups) + _widened(getattr(other, name), groups)
            for name, one in vars(self).items()
        }
        if sums["days"].max(initial=0) <= np.iinfo(np.int32).max:
            sums["days"] = sums["days"].astype(np.int32)
        return GroupTotals(**sums)

    def quantile(self, q: float) -> Floats:
        """Return (n,) days within which a share q of all parcels of a group is delivered.

        Rounded up to an hour. +inf where that is not reached within 30 days; NaN without parcels.

        Raises ValueError unless 0 < q < 1.
        """
        if not 0.0 < q < 1.0:
            raise ValueError(f"q = {q}: not a share (allowed: above 0 and below 1)")
        below = np.cumsum(self.days, axis=0, dtype=np.int64)
        reached = below >= (q * self.parcels - 1e-9 * np.maximum(self.parcels, 1))
        days = np.where(reached.any(axis=0), (reached.argmax(axis=0) + 1) / 24, np.inf)
        return np.where(self.parcels > 0, days, np.nan)

    def mean_hours(self) -> Floats:
        """Return (causes, n) mean hours by cause of the delivered; NaN where none are."""
        return ratio(self.hours, self.delivered)

    def share(self, name: str) -> Floats:
        """Return a count as a share: of the delivered for damage, else of all; NaN of nothing."""
        of_delivered = name.startswith(("damaged", "expected"))
        return ratio(getattr(self, name), self.delivered if of_delivered else self.parcels)


AllGroupTotals = Mapping[str, GroupTotals]
"""By grouping: "all" (one group), "market", "order_date" (measured dates), "weekday" (of the order,
Monday first), "product", "speed" (the others, the slowest 5% of the delivered; what was never
delivered is in neither), "touches" (0 to the most)."""


def totals_by(outcomes: Outcomes, causes: Causes, codes: Codes, groups: int) -> GroupTotals:
    """Count parcels by group.

    `codes`: (parcels,) group of each, below `groups`; negative for none of them.
    """
    sums = _sums(outcomes, causes, codes, groups)
    return GroupTotals(**sums, days=_by_hour(outcomes, codes, groups))


def group_totals(outcomes: Outcomes, causes: Causes) -> AllGroupTotals:
    """Count parcels by every grouping of `AllGroupTotals`."""
    axes = {
        "order_date": (causes.date, causes.dates),
        "product": (outcomes.product, len(outcomes.names.products)),
        "speed": (_slowest(outcomes), 3),  # the last: never delivered
        "touches": (outcomes.touches, int(outcomes.touches.max(initial=0)) + 1),
    }
    shape = tuple(groups for _, groups in axes.values())
    if math.prod(shape) > _MOST_CELLS:
        made = {name: totals_by(outcomes, causes, *axis) for name, axis in axes.items()}
    else:  # the sums over all parcels are made once
        codes = np.ravel_multi_index([codes for codes, _ in axes.values()], shape)
        cells = _sums(outcomes, causes, codes, math.prod(shape))
        made = {
            name: GroupTotals(**_margin(cells, shape, axis), days=_by_hour(outcomes, *axes[name]))
            for axis, name in enumerate(axes)
        }
    made["speed"] = GroupTotals(
        **{name: table[..., :2] for name, table in vars(made["speed"]).items()}
    )
    weekday = (np.arange(causes.dates) + causes.first_weekday) % _WEEK
    return {
        "all": _merged(made["order_date"], np.zeros(causes.dates, np.int64), 1),
        "market": totals_by(outcomes, causes, outcomes.market, len(outcomes.names.markets)),
        "order_date": made["order_date"],
        "weekday": _merged(made["order_date"], weekday, _WEEK),
        **made,
    }


def _sums(o: Outcomes, causes: Causes, codes: Codes, groups: int) -> dict[str, Any]:
    """Return all of the totals but `days`."""
    codes = np.where(codes >= 0, codes, groups)
    delivered = np.where(o.delivered, codes, groups)
    broken = np.where(o.damaged, delivered, groups)

    def count(chosen: Codes) -> Counts:
        return np.bincount(chosen, minlength=groups + 1)[:groups]

    def total(values: NDArray[Any]) -> Floats:
        return np.bincount(delivered, values, groups + 1)[:groups].astype(np.float64)

    dates = np.minimum(o.delivery_dates, WITHIN_DATES)
    within = _count_2d(np.where(dates >= 0, dates, 0), delivered, WITHIN_DATES + 1, groups)
    kinds = _count_2d(np.where(o.damaged, o.damaged_kind, 0), broken, len(TOUCH_KINDS), groups)
    handling = -np.expm1(-o.hazard_handling.astype(np.float64))
    both = -np.expm1(-(o.hazard_handling.astype(np.float64) + o.hazard_packaging))
    return {
        "parcels": count(codes),
        "delivered": count(delivered),
        "within_dates": np.cumsum(within[:WITHIN_DATES], axis=0),
        "on_time": count(np.where(o.late_days <= 0, codes, groups)),
        "damaged": count(broken),
        "damaged_by": kinds,
        "expected_handling": total(handling),
        "expected_packaging": total(both - handling),
        "hours": np.stack([total(row) for row in causes.ticks]) / causes.ticks_per_hour,
    }


def _count_2d(rows: Codes, columns: Codes, height: int, width: int) -> Counts:
    """Count pairs in a (height, width) table; columns from `width` on are in none."""
    cells = rows.astype(np.int64) * (width + 1) + columns
    table = np.bincount(cells, minlength=height * (width + 1))
    return table.reshape(height, width + 1)[:, :width]


def _by_hour(o: Outcomes, codes: Codes, groups: int) -> NDArray[np.integer[Any]]:
    hours = np.where(o.delivered, o.delivery_days * 24 - _ROUNDING, np.inf)
    hour = np.clip(np.ceil(hours) - 1, 0, BINS).astype(np.int64)
    cells = np.where(codes >= 0, codes, groups).astype(np.int64) * (BINS + 1) + hour
    table = np.bincount(cells, minlength=(groups + 1) * (BINS + 1))
    table = table.reshape(groups + 1, BINS + 1)[:groups, :BINS].T
    small = table.max(initial=0) <= np.iinfo(np.uint16).max  # half the bytes between processes
    return table.astype(np.uint16 if small else np.int32)


def _slowest(o: Outcomes) -> Codes:
    """Return 1 for the slowest 5% of the delivered, 0 for the others, 2 for the rest."""
    days = o.delivery_days[o.delivered]
    count = round(SLOWEST * len(days))
    if not count:
        return np.where(o.delivered, 0, 2)
    edge = np.partition(days, len(days) - count)[len(days) - count]
    return np.where(o.delivered, (o.delivery_days >= edge).astype(np.int64), 2)


def _margin(cells: dict[str, Any], shape: tuple[int, ...], axis: int) -> dict[str, Any]:
    """Sum over all groupings but one."""
    made = {}
    for name, table in cells.items():
        lead = table.ndim - 1
        others = tuple(lead + other for other in range(len(shape)) if other != axis)
        made[name] = table.reshape(*table.shape[:-1], *shape).sum(axis=others)
    return made


def _merged(one: GroupTotals, into: Codes, groups: int) -> GroupTotals:
    """Return the totals of coarser groups."""
    made = {}
    for name, table in vars(one).items():
        wide = np.int64 if table.dtype.kind in "iu" else np.float64
        made[name] = np.zeros((groups, *table.shape[:-1]), wide).T
        np.add.at(made[name].T, into, table.T)
    return GroupTotals(**made)


def _widened(table: NDArray[Any], groups: int) -> NDArray[Any]:
    """Return a column of totals for more groups; counts wide enough for many runs."""
    wide = table.astype(np.int64) if table.dtype.kind in "iu" else table
    return np.pad(wide, [(0, 0)] * (wide.ndim - 1) + [(0, groups - wide.shape[-1])])
