"""A measure: what share of the parcels arrives on a Saturday or Sunday."""

from __future__ import annotations

from typing import ClassVar

from logistics.analysis.measures import Definition, Measure, Sums, register
from logistics.analysis.measures.outcomes import Outcomes


class WeekendDeliveries(Measure):
    """Share of all measured parcels that are delivered on a weekend date."""

    section = "Delivered, by calendar date"
    definitions: ClassVar = {
        "weekend_rate": Definition(
            unit="share",
            label="delivered on a weekend",
            text="Share of all parcels whose local delivery date is a Saturday or Sunday.",
            high=1.0,
        )
    }

    def sums(self, outcomes: Outcomes) -> Sums:
        """Return what adds up over runs: how many count, and of how many."""
        weekday = (outcomes.delivery_date + 3) % 7  # days since 1970-01-01, a Thursday
        weekend = outcomes.delivered & (weekday >= 5)
        return {"weekend_rate": (int(weekend.sum()), len(weekend))}


register(WeekendDeliveries())
