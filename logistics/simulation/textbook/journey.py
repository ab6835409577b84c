"""The life of one parcel: worked, carried, worked again, and brought to a door.

Every stretch is a generator of events. Where a parcel is lost, its journey simply ends.
"""

from __future__ import annotations

from collections.abc import Generator
from itertools import count
from typing import Any

import simpy

from logistics.problem import DOOR_STEP, MAX_ATTEMPTS, ROAD, ROUND, Status
from logistics.simulation.clock import Clock, Process, Turn
from logistics.simulation.textbook.facility import Facility, Seller
from logistics.simulation.textbook.lane import Lane, Round, Seniority, Stop, Trip
from logistics.simulation.textbook.network import Network
from logistics.simulation.textbook.parcel import Parcel

Handling = Generator[simpy.Event, Any, Seniority]


def travel(parcel: Parcel, network: Network) -> Process:
    """Follow a parcel from its release to its end."""
    place: Facility | Seller = network.sources[parcel.source]
    came = parcel.ordered
    for visit in count():
        seniority = yield from _handle(parcel, visit, place, came, network.clock)
        if parcel.status == Status.LOST:
            return
        lane = network.lanes[place.lane_towards(parcel.station)]
        if isinstance(lane, Round):
            yield from _deliver(parcel, visit, lane, seniority)
            return
        yield from _ride(parcel, visit, lane, seniority)
        if parcel.status == Status.LOST:
            return
        place, came = network.facilities[lane.destination], network.clock.now


def _handle(
    parcel: Parcel, visit: int, place: Facility | Seller, came: int, clock: Clock
) -> Handling:
    """Wait for work, be worked on and dwell; return the parcel's seniority for its lane."""
    work_ticks = parcel.work_ticks[visit]
    number, done = place.join(parcel.number, work_ticks)
    yield done
    started = clock.now - work_ticks
    place.leave()
    if place.dwell:
        yield clock.at(clock.now + place.dwell, Turn.COMPLETION, number)

    ready, step = clock.now, 2 * visit
    if not parcel.is_lost(step, place.loss):
        for kind, hazards in enumerate(place.damage):
            parcel.touch(step, kind, hazards[parcel.risk])
        parcel.ready[visit] = ready
        parcel.wait_work += started - came
        parcel.work += ready - started
    return ready, Turn.COMPLETION, number


def _ride(parcel: Parcel, visit: int, lane: Lane, seniority: Seniority) -> Process:
    """Wait for a departure and be carried to the next facility."""
    trip: Trip = yield lane.wait(seniority, parcel)
    parcel.departure[visit] = trip.number
    parcel.wait_departure += trip.tick - parcel.ready[visit]

    yield trip.arrival
    step = 2 * visit + 1
    if not parcel.is_lost(step, lane.loss):
        parcel.touch(step, ROAD, lane.damage[parcel.risk])
        parcel.transit += trip.arrives - trip.tick


def _deliver(parcel: Parcel, visit: int, lane: Round, seniority: Seniority) -> Process:
    """Go out with the waves until an attempt succeeds, or the last one fails."""
    for attempt in range(MAX_ATTEMPTS):
        stop: Stop = yield lane.wait(seniority, parcel)
        wave = stop.wave
        parcel.departure[visit] = wave.number
        parcel.out_for_delivery = wave.tick

        yield lane.clock.at(stop.attempt_at, Turn.COMPLETION, parcel.number)
        parcel.attempts += 1
        step = 2 * visit + 1 + attempt
        if parcel.is_lost(step, lane.loss):
            return
        parcel.touch(step, ROUND, lane.damage[parcel.risk])
        if attempt >= parcel.failures:
            parcel.touch(step, DOOR_STEP, lane.door_damage[parcel.risk])
            parcel.end(stop.attempt_at, visit, Status.STOLEN if parcel.stolen else Status.DELIVERED)
            return
        if attempt == MAX_ATTEMPTS - 1:
            parcel.end(stop.attempt_at, visit, Status.RETURNED)
            return

        yield lane.clock.at(wave.arrives, Turn.FAILED_BACK, wave.number)
        seniority = (wave.arrives, Turn.FAILED_BACK, wave.number, stop.place)
