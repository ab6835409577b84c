"""Lanes, pickups and delivery routes: parcels wait, oldest first, and departures take them away."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import simpy

from logistics.simulation.clock import Clock, Process, Turn
from logistics.simulation.textbook.parcel import Parcel, Touches

Seniority = tuple[int, ...]
"""Who boards first: (tick, `READY`, first-come number), or, of a parcel that comes back from a
failed attempt, (tick, `BACK`, wave, place in its route). No two parcels share one."""

READY, BACK = 0, 1

Waiting = tuple[Seniority, Parcel, simpy.Event]
"""A parcel that waits, and the event that happens when a departure takes it."""

_TRIP_BITS = 31
"""Room for the number of any departure, in the (lane, departure) that orders arrivals."""


@dataclass(slots=True)
class Trip:
    """One departure or wave of the timetable; `arrival` is known once it has left."""

    number: int
    lane: int
    tick: int
    arrives: int
    capacity: int
    least: int
    weekday: int
    load: int = 0
    left_behind: int = 0
    arrival: simpy.Event = field(init=False)


class Stop(NamedTuple):
    """A parcel's place in the route of a wave, and the tick of the attempt at its door."""

    wave: Trip
    place: int
    attempt_at: int


@dataclass(slots=True)
class Lane:
    """A lane between two facilities: trucks leave by the timetable, whoever is aboard."""

    turn: ClassVar[Turn] = Turn.DEPARTURE

    clock: Clock
    destination: int
    doors_close: int
    touches: Touches
    _waiting: list[Waiting] = field(default_factory=list, init=False)

    def wait(self, parcel: Parcel, seniority: Seniority) -> simpy.Event:
        """Wait for a departure. The event brings the `Trip` (of a round, the `Stop`)."""
        boards = self.clock.event()
        self._waiting.append((seniority, parcel, boards))
        return boards

    def run(self, timetable: list[Trip]) -> Process:
        """Let every trip of a timetable depart in its turn."""
        for trip in timetable:
            yield self.clock.at(trip.tick, self.turn, trip.number)
            if self._waiting:
                self._waiting.sort()  # nearly in order already: parcels come as they get ready
                self._depart(trip, self._load(trip))

    def _load(self, trip: Trip) -> list[Waiting]:
        """Take the oldest parcels that are ready in time, up to the capacity.

        Where vehicles leave only when they are full, take as many as fill some.
        """
        latest = trip.tick - self.doors_close - 1 if self.doors_close else trip.tick
        in_time = bisect_left(self._waiting, ((latest + 1,),))
        trip.load = min(in_time, trip.capacity)
        trip.left_behind = in_time - trip.load
        if trip.least:
            trip.load = trip.load // trip.least * trip.least
        aboard, self._waiting = self._waiting[: trip.load], self._waiting[trip.load :]
        return aboard

    def _depart(self, trip: Trip, aboard: list[Waiting]) -> None:
        if not aboard:
            return
        # One arrival for all: they wait for it, and so leave the truck, in the order they boarded.
        number = trip.lane << _TRIP_BITS | trip.number
        trip.arrival = self.clock.at(trip.arrives, Turn.ARRIVAL, number)
        for _, _, boards in aboard:
            self.clock.schedule(boards, trip.tick, self.turn, trip.number, trip)


@dataclass(slots=True)
class Pickup(Lane):
    """A lane that collects from sellers, from each on its own weekdays, all it has ready."""

    def _load(self, trip: Trip) -> list[Waiting]:
        today = 1 << trip.weekday
        aboard: list[Waiting] = []
        stay: list[Waiting] = []
        for waiting in self._waiting:
            _, parcel, _ = waiting
            (aboard if parcel.pickup_weekdays & today else stay).append(waiting)
        self._waiting = stay
        trip.load = len(aboard)
        return aboard


@dataclass(slots=True)
class Round(Lane):
    """A delivery station's round: each wave visits the doors of its parcels in route order."""

    turn: ClassVar[Turn] = Turn.WAVE

    round_ticks: int
    door_step: Touches

    def _depart(self, trip: Trip, aboard: list[Waiting]) -> None:
        route = sorted((parcel.stop, parcel.number, boards) for _, parcel, boards in aboard)
        for place, (_, _, boards) in enumerate(route):
            # The middle of the place's share of the round: a wave of one is not late.
            after = ((2 * place + 1) * self.round_ticks) // (2 * trip.load)
            stop = Stop(trip, place, trip.tick + max(1, after))
            self.clock.schedule(boards, trip.tick, self.turn, trip.number, stop)
