"""Lanes, pickups and rounds: parcels wait, oldest first, and departures take them away."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

import simpy

from logistics.simulation.clock import Clock, Process, Turn
from logistics.simulation.textbook.parcel import Parcel

Seniority = tuple[int, ...]
"""Who boards first: (ready tick, turn, number within the turn). No two parcels share one."""

_TRIP_BITS = 22
"""Room for the number of a departure, in the (lane, departure) that orders arrivals."""


@dataclass(slots=True)
class Trip:
    """One departure or wave of the timetable; `arrival` is known once it has left."""

    number: int
    lane: int
    tick: int
    arrives: int
    capacity: int
    weekday: int
    load: int = 0
    left_behind: int = 0
    arrival: simpy.Event = field(init=False)


class Stop(NamedTuple):
    """A parcel's place in the route of a wave, and the tick of the attempt at its door."""

    wave: Trip
    place: int
    attempt_at: int


class Waiting(NamedTuple):
    """A parcel that waits; `boards` happens when a departure takes it."""

    seniority: Seniority
    parcel: Parcel
    boards: simpy.Event


@dataclass(slots=True)
class Lane:
    """A lane between two facilities: trucks leave by the timetable, whoever is aboard."""

    turn: ClassVar[Turn] = Turn.DEPARTURE

    clock: Clock
    destination: int
    doors_close: int
    loss: int
    damage: list[int]
    _waiting: list[Waiting] = field(default_factory=list, init=False)

    def wait(self, seniority: Seniority, parcel: Parcel) -> simpy.Event:
        """Wait for a departure. The event brings the `Trip` (of a round, the `Stop`)."""
        boards = self.clock.event()
        insort(self._waiting, Waiting(seniority, parcel, boards))
        return boards

    def run(self, timetable: list[Trip]) -> Process:
        """Let every trip of a timetable depart in its turn."""
        for trip in timetable:
            yield self.clock.at(trip.tick, self.turn, trip.number)
            self._depart(trip, self._load(trip))

    def _load(self, trip: Trip) -> list[Waiting]:
        """Take the oldest parcels that are ready in time, up to the capacity."""
        latest = trip.tick - self.doors_close - 1 if self.doors_close else trip.tick
        in_time = bisect_left(self._waiting, ((latest + 1,),))
        trip.load = min(in_time, trip.capacity)
        trip.left_behind = in_time - trip.load
        aboard, self._waiting = self._waiting[: trip.load], self._waiting[trip.load :]
        return aboard

    def _depart(self, trip: Trip, aboard: list[Waiting]) -> None:
        if not aboard:
            return
        # One arrival for all: they wait for it, and so leave the truck, in the order they boarded.
        number = trip.lane << _TRIP_BITS | trip.number
        trip.arrival = self.clock.at(trip.arrives, Turn.ARRIVAL, number)
        for waiting in aboard:
            self.clock.schedule(waiting.boards, trip.tick, self.turn, trip.number, trip)


@dataclass(slots=True)
class Pickup(Lane):
    """A lane that collects from sellers, from each on its own weekdays, all it has ready."""

    def _load(self, trip: Trip) -> list[Waiting]:
        today = 1 << trip.weekday
        aboard = [waiting for waiting in self._waiting if waiting.parcel.pickup_weekdays & today]
        self._waiting = [w for w in self._waiting if not w.parcel.pickup_weekdays & today]
        trip.load = len(aboard)
        return aboard


@dataclass(slots=True)
class Round(Lane):
    """A delivery station's round: each wave visits the doors of its parcels in route order."""

    turn: ClassVar[Turn] = Turn.WAVE

    round_ticks: int
    door_damage: list[int]

    def _depart(self, trip: Trip, aboard: list[Waiting]) -> None:
        route = sorted(aboard, key=lambda waiting: (waiting.parcel.stop, waiting.parcel.number))
        for place, waiting in enumerate(route):
            # The middle of the place's share of the round: a wave of one is not late.
            after = ((2 * place + 1) * self.round_ticks) // (2 * trip.load)
            stop = Stop(trip, place, trip.tick + max(1, after))
            self.clock.schedule(waiting.boards, trip.tick, self.turn, trip.number, stop)
