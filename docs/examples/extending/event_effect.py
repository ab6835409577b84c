"""An event effect: on some dates, hubs of one region run with part of their workers."""

from __future__ import annotations

import logistics
from logistics.scenario.events import Event

SHORT_STAFFED = Event(
    first_date="2023-09-19",
    last_date="2023-09-20",
    select={"kind": "hub", "region": "Northeast"},
    effect={"workers": 0.5},
)

if __name__ == "__main__":
    scenario = logistics.load_scenario("tiktok-platform-fulfilled")
    run = logistics.simulate(scenario.replace(events=[SHORT_STAFFED]), orders_per_day=15_000)
    print(run)
