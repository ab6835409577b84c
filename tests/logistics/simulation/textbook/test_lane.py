"""Trucks that arrive at one tick unload by (lane, departure), however many departures there are."""

from __future__ import annotations

import numpy as np
import pytest

from logistics.simulation.clock import Clock, Process
from logistics.simulation.textbook.lane import READY, Lane, Trip
from logistics.simulation.textbook.parcel import Parcel, Touches
from logistics.vocabulary import UNLIMITED


def a_parcel() -> Parcel:
    ready, departure = np.zeros(1, np.int32), np.zeros(1, np.int32)
    return Parcel(0, 0, 0, 0, [1], 0, 0, 0, 1, 1, False, 0, ready, departure)


@pytest.mark.parametrize("number", [1, 1 << 22, (1 << 31) - 1])
def test_a_late_number_on_an_early_lane_comes_first(number: int) -> None:
    clock, came = Clock(), list[int]()
    trips = [Trip(number, 0, 5, 9, UNLIMITED, 0, 0), Trip(0, 1, 5, 9, UNLIMITED, 0, 0)]

    def wait(trip: Trip) -> Process:
        lane = Lane(clock, 0, 0, Touches(0, [0], {}))
        clock.process(lane.run([trip]))
        boarded = yield lane.wait(a_parcel(), (1, READY, 0))
        yield boarded.arrival
        came.append(trip.lane)

    for trip in reversed(trips):
        clock.process(wait(trip))
    clock.run(20)
    assert came == [0, 1]
