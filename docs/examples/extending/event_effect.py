"""An event effect of your own: a storm leaves a warehouse with one worker in two."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

import logistics
from logistics.schedule.events import Event
from networks.files import EXAMPLES


class HalfStaffed:
    """One worker in two comes to work; trucks leave as always."""

    def workers(self, count: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many work, from how many would."""
        return count // 2

    def capacity(self, capacity: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what departures take, in parcels."""
        return capacity


storm = Event(datetime(2023, 9, 18), datetime(2023, 9, 25), HalfStaffed(), kind="warehouse")

if __name__ == "__main__":
    scenario = logistics.load_scenario(EXAMPLES["small-seller"])
    for name, events in (("as usual", ()), ("storm", (storm,))):
        run = logistics.simulate(scenario, seed=1, events=events)
        waiting = run.columns["wait_work"][run.measured].mean() * scenario.days.tick_ms / 60_000
        print(f"{name}: {waiting:.1f} minutes waiting for work")
