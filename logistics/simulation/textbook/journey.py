"""The life of one parcel: worked, carried, worked again, and brought to a door.

It is written as the events the parcel waits for. Where it is lost, its journey simply ends.
"""

from __future__ import annotations

from logistics.simulation.clock import Process, Turn
from logistics.simulation.textbook.facility import Facility, Seller
from logistics.simulation.textbook.lane import BACK, READY, Round, Seniority, Stop, Trip
from logistics.simulation.textbook.network import Network
from logistics.simulation.textbook.parcel import Parcel
from logistics.vocabulary import MAX_ATTEMPTS, Status


def travel(parcel: Parcel, network: Network) -> Process:
    """Follow a parcel from its release to its end."""
    clock = network.clock
    place: Facility | Seller = network.sources[parcel.source]
    came = parcel.ordered
    visit = 0
    while True:
        # It waits for its turn, is worked on, and dwells.
        work_ticks = place.law.ticks(parcel.work_numbers[visit])
        number: int = yield place.join(parcel.number, work_ticks)
        done = clock.now
        ready = done + place.dwell
        place.leave()
        if place.dwell:
            yield clock.at(ready, Turn.COMPLETION, number)
        if not parcel.endures(2 * visit, place.touches):
            return
        parcel.ready[visit] = ready
        parcel.work_ticks[visit] = work_ticks
        parcel.wait_work += done - work_ticks - came
        parcel.work += ready - done + work_ticks

        # It waits for a departure and is carried to the next place.
        seniority = (ready, READY, number)
        lane = network.lanes[place.next_lane[parcel.station]]
        if isinstance(lane, Round):
            yield from _deliver(parcel, visit, lane, seniority)
            return
        trip: Trip = yield lane.wait(parcel, seniority)
        parcel.departure[visit] = trip.number
        parcel.wait_departure += trip.tick - ready
        yield trip.arrival
        if not parcel.endures(2 * visit + 1, lane.touches):
            return
        parcel.transit += trip.arrives - trip.tick
        place, came = network.facilities[lane.destination], trip.arrives
        visit += 1


def _deliver(parcel: Parcel, visit: int, lane: Round, seniority: Seniority) -> Process:
    """Go out with the waves until an attempt succeeds, or the last one fails."""
    for attempt in range(MAX_ATTEMPTS):
        stop: Stop = yield lane.wait(parcel, seniority)
        wave = stop.wave
        parcel.departure[visit] = wave.number
        parcel.out_for_delivery = wave.tick

        yield lane.clock.at(stop.attempt_at, Turn.COMPLETION, parcel.number)
        parcel.attempts += 1
        step = 2 * visit + 1 + attempt
        if not parcel.endures(step, lane.touches):
            return
        if attempt >= parcel.failures:
            parcel.endures(step, lane.door_step)
            parcel.end(stop.attempt_at, visit, Status.STOLEN if parcel.stolen else Status.DELIVERED)
            return
        if attempt == MAX_ATTEMPTS - 1:
            parcel.end(stop.attempt_at, visit, Status.RETURNED)
            return

        yield lane.clock.at(wave.arrives, Turn.FAILED_BACK, wave.number)
        seniority = (wave.arrives, BACK, wave.number, stop.place)
