"""Two shoppers: one product to one market, counted over all runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from logistics.analysis.measures.metrics import Definition, share
from logistics.analysis.measures.outcomes import Outcomes, Summed
from logistics.analysis.statistics.intervals import LEVEL, Estimate, proportion_interval, t_quantile


@dataclass(frozen=True)
class Case:
    """One product to one market (a ZIP3 area)."""

    title: str
    product: str
    market: str


CASES = {
    "album_to_richmond": Case("a vinyl album to Richmond, Virginia", "vinyl album", "Z232"),
    "hairbrush_to_seattle": Case(
        "a detangling hairbrush to Seattle, Washington", "detangling hairbrush", "Z981"
    ),
}
"""The brief's shoppers, by name."""

LONG_DAYS = 7
"""The brief's "a week or more", in elapsed 24-hour days."""

_WEEK = f"{LONG_DAYS} elapsed 24-hour days or more after the order"

CASE_METRICS: dict[str, Definition] = {
    "parcels": Definition(
        "parcels", "parcels", "Parcels of this product to this market, all runs together."
    ),
    "delivered": Definition("parcels", "delivered", "Those of them that were delivered."),
    "week_or_more": share("a week or more", f"Share of the parcels delivered {_WEEK}, or never."),
    "damaged": share("damaged", "Share of the delivered parcels that are damaged."),
    "week_or_more_and_damaged": share(
        "a week or more, and damaged",
        f"Share of the parcels delivered {_WEEK}, and damaged.",
    ),
    "week_or_more_and_damaged_or_lost": share(
        "a week or more, and damaged or lost",
        f"Share of the parcels delivered {_WEEK}, or never, and damaged, lost or stolen.",
    ),
    "week_or_more_and_damaged_expected": share(
        "a week or more, and damaged: expected",
        "As week_or_more_and_damaged, with the probability of damage on each parcel's route in"
        " place of what happened to it: the more reliable metric where few parcels were damaged.",
    ),
}
"""By name, what is measured of one shopper's product and market in one network."""


_SHARES = {
    "week_or_more": ("week_or_more", "parcels"),
    "damaged": ("damaged", "delivered"),
    "week_or_more_and_damaged": ("week_and_damaged", "parcels"),
    "week_or_more_and_damaged_or_lost": ("week_and_spoilt", "parcels"),
}
"""By metric, which of the counts it is, and of which."""


@dataclass(frozen=True)
class CaseCounts(Summed):
    """Parcels of a case in one run, or in several that were added up.

    `week_or_more`: delivered after a week or more, or never. `week_and_damaged`: delivered so and
    damaged; `week_and_spoilt`: delivered so and damaged, or lost or stolen.
    `chance_sum`, `chance_squares`: over all parcels, the probability of damage on the route of one
    delivered after a week or more (else 0), and its square.
    """

    parcels: int = 0
    delivered: int = 0
    week_or_more: int = 0
    damaged: int = 0
    week_and_damaged: int = 0
    week_and_spoilt: int = 0
    chance_sum: float = 0.0
    chance_squares: float = 0.0


def count_cases(outcomes: Outcomes, cases: Mapping[str, Case] = CASES) -> dict[str, CaseCounts]:
    """Count the parcels of each case in one run; a product or market without orders counts none."""
    return {name: _count(outcomes, case) for name, case in cases.items()}


def case_estimates(totals: Mapping[str, CaseCounts], level: float = LEVEL) -> dict[str, Estimate]:
    """Return `<case>.<metric>`, as in `CASE_METRICS`, from the counts of all runs together.

    The intervals treat the parcels as independent; those that share a truck or a storm are not
    quite, so they are somewhat too narrow.
    """
    found: dict[str, Estimate] = {}
    for name, counts in totals.items():
        n = vars(counts)
        found |= {f"{name}.{key}": Estimate(n[key]) for key in ("parcels", "delivered")}
        for key, (part, whole) in _SHARES.items():
            found[f"{name}.{key}"] = proportion_interval(n[part], n[whole], level)
        found[f"{name}.week_or_more_and_damaged_expected"] = _expected(counts, level)
    return found


def _count(o: Outcomes, case: Case) -> CaseCounts:
    if case.product not in o.names.products or case.market not in o.names.markets:
        return CaseCounts()
    rows = np.flatnonzero(o.market == o.names.markets.index(case.market))
    rows = rows[o.product[rows] == o.names.products.index(case.product)]
    delivered = o.delivered[rows]
    week = o.delivery_days[rows] >= LONG_DAYS
    damaged = o.damaged[rows] & delivered
    missing = o.lost[rows] | o.stolen[rows]
    hazard = np.maximum(o.hazard_handling[rows] + o.hazard_packaging[rows], 0.0)
    chance = np.where(week & delivered, -np.expm1(-hazard.astype(np.float64)), 0.0)
    return CaseCounts(
        parcels=len(rows),
        delivered=int(delivered.sum()),
        week_or_more=int(week.sum()),
        damaged=int(damaged.sum()),
        week_and_damaged=int((week & damaged).sum()),
        week_and_spoilt=int((week & (damaged | missing)).sum()),
        chance_sum=float(chance.sum()),
        chance_squares=float((chance**2).sum()),
    )


def _expected(counts: CaseCounts, level: float) -> Estimate:
    """Return the mean chance with a t interval over parcels, from sums; none if all are equal.

    Where none took a week, it is at most the share that could have been missed.
    """
    if counts.chance_sum == 0.0:
        return proportion_interval(0, counts.parcels, level)
    mean = counts.chance_sum / counts.parcels
    squares = counts.chance_squares - counts.chance_sum * mean
    if counts.parcels == 1 or squares <= 0.0:
        return Estimate(mean)
    error = math.sqrt(squares / (counts.parcels - 1) / counts.parcels)
    half = t_quantile(counts.parcels, level) * error
    return Estimate(mean, max(mean - half, 0.0), min(mean + half, 1.0))
