"""What the command line or a caller replaces in a scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from logistics.scenario.scenario import Scenario

OPTION_OF_FIELD = {
    "orders.orders_per_day": "--orders-per-day",
    "orders.markets": "--markets",
    "orders.dates": "--demand-index",
    "days.days": "--days",
    "days.warm_up_days": "--warm-up-days",
    "days.cool_down_days": "--cool-down-days",
    "runs.seed": "--seed",
    "runs.replications": "--replications",
}


@dataclass(frozen=True)
class Changes:
    """What replaces the scenarios' own figures; None keeps them.

    `what_if`: what is different besides, such as 'peak-season + hub-closed'.
    """

    replications: int | None = None
    seed: int | None = None
    days: int | None = None
    warm_up_days: int | None = None
    cool_down_days: int | None = None
    orders_per_day: int | None = None
    first_day: date | None = None
    markets: Sequence[str] | None = None
    dates: Sequence[Mapping[str, Any]] | None = None
    what_if: str = ""

    def applied_to(self, scenario: Scenario) -> Scenario:
        """Return the scenario with these figures, but without the what-if.

        Raises InputError when the result is not a valid scenario.
        """
        return scenario.replace(
            orders={
                "orders_per_day": self.orders_per_day,
                "markets": self.markets,
                "dates": self.dates,
            },
            days={
                "first_day": self.first_day,
                "days": self.days,
                "warm_up_days": self.warm_up_days,
                "cool_down_days": self.cool_down_days,
            },
            runs={"replications": self.replications, "seed": self.seed},
        )


NO_CHANGES = Changes()
