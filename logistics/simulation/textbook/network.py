"""The network on the clock: the places, lanes, shifts and timetables of a problem."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from logistics.simulation.clock import Clock, Turn
from logistics.simulation.problem import DOOR_STEP, ROAD, ROUND, Hazards, Problem
from logistics.simulation.textbook.facility import Facility, Law, Seller
from logistics.simulation.textbook.lane import Lane, Pickup, Round, Trip
from logistics.simulation.textbook.parcel import Touches, rows_of


@dataclass(frozen=True, slots=True)
class Network:
    """Where parcels can be, each by number; shifts change and trips depart by themselves."""

    clock: Clock
    facilities: list[Facility]
    sources: list[Facility | Seller]
    lanes: list[Lane]
    trips: list[Trip]


def build(problem: Problem, clock: Clock) -> Network:
    """Return the network of a problem, with its shifts and timetables on the clock."""
    facilities = _facilities(problem, clock)
    sources, lanes = _sources(problem, clock, facilities), _lanes(problem, clock)
    rows = rows_of(problem.departures, "lane", "tick", "arrives", "capacity", "least", "weekday")
    trips = [Trip(number, *row) for number, row in enumerate(rows)]
    for tick, facility, workers in rows_of(problem.staffing, "tick", "facility", "workers"):
        clock.call(tick, Turn.STAFFING, facility, partial(facilities[facility].staff, workers))
    timetables: list[list[Trip]] = [[] for _ in lanes]
    for trip in trips:
        timetables[trip.lane].append(trip)
    for lane, timetable in zip(lanes, timetables, strict=True):
        clock.process(lane.run(timetable))
    return Network(clock, facilities, sources, lanes, trips)


def _facilities(problem: Problem, clock: Clock) -> list[Facility]:
    dwell, touches = problem.facilities.dwell.tolist(), _at_visits(problem.hazards)[:-1]
    laws = _laws(problem)[: len(dwell)]
    rows = zip(dwell, problem.next_lane.tolist(), touches, laws, strict=True)
    return [Facility(clock, *row) for row in rows]


def _laws(problem: Problem) -> list[Law]:
    """Return how long work takes at each facility and, after them, at each source."""
    factors, rows = problem.work.factors.tolist(), rows_of(problem.work, "law", "length")
    return [Law(length, factors[law], problem.work.most) for law, length in rows]


def _sources(problem: Problem, clock: Clock, facilities: list[Facility]) -> list[Facility | Seller]:
    touches = _at_visits(problem.hazards)[-1]
    sources = problem.sources
    toward = {lane: [lane] * len(facilities) for lane in set(sources.pickup_lane.tolist())}
    rows = zip(
        rows_of(sources, "facility", "pickup_lane"), _laws(problem)[len(facilities) :], strict=True
    )
    return [
        facilities[facility] if facility >= 0 else Seller(clock, toward[pickup_lane], touches, law)
        for (facility, pickup_lane), law in rows
    ]


def _lanes(problem: Problem, clock: Clock) -> list[Lane]:
    lanes, hazards = problem.lanes, problem.hazards
    door_step = _touches(0, {DOOR_STEP: hazards.door_damage.tolist()})
    built: list[Lane] = []
    of_lanes = rows_of(lanes, "origin", "destination", "doors_close", "round_ticks")
    of_hazards = rows_of(hazards, "lane_loss", "lane_damage")
    for lane_row, (loss, damage) in zip(of_lanes, of_hazards, strict=True):
        origin, destination, doors_close, round_ticks = lane_row
        is_round = destination < 0
        touches = _touches(loss, {ROUND if is_round else ROAD: damage})
        lane = (clock, destination, doors_close, touches)
        if is_round:
            built.append(Round(*lane, round_ticks, door_step))
        else:
            built.append(Pickup(*lane) if origin < 0 else Lane(*lane))
    return built


def _at_visits(hazards: Hazards) -> list[Touches]:
    """Return the touches of the work at each facility, and last at any seller."""
    rows = rows_of(hazards, "visit_loss", "visit_damage")
    return [_touches(loss, dict(enumerate(kinds))) for loss, kinds in rows]


def _touches(loss: int, kinds: dict[int, list[int]]) -> Touches:
    return Touches(loss, [sum(risks) for risks in zip(*kinds.values(), strict=True)], kinds)
