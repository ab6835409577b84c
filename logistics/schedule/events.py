"""Dated events: from when to when, which places they hit, and what they do there.

They are applied to the departures and shifts of a network, before the clock starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import numpy as np

from logistics.scenario.days import Closure, Days
from logistics.schedule.calendars import Period
from logistics.vocabulary import Array
from networks.inputs.faults import Fault, refuse
from networks.places import facilities_at
from networks.routing import Routes
from networks.schema import SELLERS

CANCELED = -1
"""Capacity of a departure that does not leave at all."""

DAYS_AFTER = 9
"""Days beyond the horizon for which promises can still be quoted."""


_MOST_CANDIDATES = 12


class Effect(Protocol):
    """What an event does to the facilities and lanes it hits."""

    def workers(self, count: Array) -> Array:
        """Return how many work, from how many would."""

    def capacity(self, capacity: Array) -> Array:
        """Return what departures take, in parcels, or CANCELED, from what they would take.

        A departure without a limit has the capacity `logistics.vocabulary.UNLIMITED`.
        """


class Closed:
    """Nobody works and nothing leaves."""

    def workers(self, count: Array) -> Array:
        """Return nobody."""
        return np.zeros_like(count)

    def capacity(self, capacity: Array) -> Array:
        """Return that no departure leaves."""
        return np.full_like(capacity, CANCELED)


@dataclass(frozen=True)
class Event:
    """An effect on some places for a while.

    `start`, `end`: local time of each place it hits, a lane's being that of its origin. It hits the
    facility or lane of the id `place`, or else every facility of a `kind` ('hub') or in a `market`
    ('Z606'); a facility with all lanes and delivery routes that leave it. `field`: where it is
    written, for errors.
    """

    start: datetime
    end: datetime
    effect: Effect
    place: str = ""
    kind: str = ""
    market: str = ""
    field: str = "event"


def closings(closures: Iterable[Closure]) -> tuple[Event, ...]:
    """Return a scenario's closures as events."""
    return tuple(
        Event(one.start, one.end, Closed(), one.place, field=f"closures[{row}].place")
        for row, one in enumerate(closures)
    )


def idle_events(events: Iterable[Event], days: Days, name: str) -> Iterator[Fault]:
    """Yield a fault for each event that would do nothing: it ends too early, or is never on."""
    for event in events:
        if event.end <= event.start:
            problem, allowed = "an event must end after its start", f"after {event.start}"
            yield Fault(name, None, f"{event.field}.end", f"{event.end}", problem, allowed)
        for which, moment, allowed in days.idle(event.start, event.end):
            problem = "the event lies outside the days of the run"
            yield Fault(name, None, f"{event.field}.{which}", f"{moment}", problem, allowed)


@dataclass(frozen=True)
class Disruption:
    """An event in ticks, at one facility (-1 for none) and some lanes."""

    facility: int
    lanes: tuple[int, ...]
    start: int
    end: int
    effect: Effect


def disruptions_of(
    events: Sequence[Event], routes: Routes, period: Period, name: str
) -> tuple[Disruption, ...]:
    """Return what events do to a network, place by place.

    Raises InputError, with all faults, for events that hit no facility and no lane.
    """
    found: list[Disruption] = []
    faults: list[Fault] = []
    lane_number = {lane: row for row, lane in enumerate(routes.lane_ids)}
    for given in events:
        event, candidates = _placed(given, routes)
        facilities = _facilities_hit(event, routes)
        for facility in facilities:
            span = _span(period, routes.facilities[facility].time_zone, event)
            lanes = _lanes_from(facility, routes, lane_number)
            found.append(Disruption(routes.number[facility], lanes, *span, event.effect))
        if event.place in lane_number:
            lane = lane_number[event.place]
            span = _span(period, _zone_of_lane(routes, lane), event)
            found.append(Disruption(-1, (lane,), *span, event.effect))
        elif not facilities:
            facility, lane_id = next(iter(routes.facilities)), routes.lane_ids[0]
            allowed = (
                f"the id of a facility such as '{facility}' or of a lane such as '{lane_id}',"
                " or a kind and a city such as 'hub in Chicago'"
            )
            hit, problem = event.place or event.kind or event.market, "is not in the network"
            if candidates:
                problem, allowed = "may be several places", ", ".join(candidates)
            faults.append(Fault(name, None, event.field, hit, problem, allowed))
    refuse(faults)
    return tuple(found)


def _placed(event: Event, routes: Routes) -> tuple[Event, list[str]]:
    """Return an event at the facility that its place names, and which it may be if it is not clear.

    A place may be a kind and a city: 'hub in Chicago'.
    """
    if not event.place or event.place in routes.facilities or " > " in event.place:
        return event, []
    found = facilities_at(event.place, routes.facilities)
    if len(found) == 1:
        return replace(event, place=found[0]), []
    listed = [f"{node} ({routes.facilities[node].kind})" for node in found[:_MOST_CANDIDATES]]
    return event, [*listed, *["..."] * (len(found) > _MOST_CANDIDATES)]


def _facilities_hit(event: Event, routes: Routes) -> list[str]:
    if event.place:
        return [event.place] if event.place in routes.facilities else []
    if not (event.kind or event.market):
        return []
    return [
        node
        for node, facility in routes.facilities.items()
        if event.kind in ("", facility.kind) and event.market in ("", facility.market)
    ]


def _lanes_from(facility: str, routes: Routes, number: dict[str, int]) -> tuple[int, ...]:
    """Return the lanes that leave a facility, its delivery route included."""
    leaving = [lane for lane, (origin, _, _) in routes.lanes.items() if origin == facility]
    return tuple(number[one] for one in (*leaving, f"{facility} > doors") if one in number)


def _span(period: Period, zone: str, event: Event) -> tuple[int, int]:
    def tick(moment: datetime) -> int:
        day = (moment.date() - period.first_date).days
        day = min(max(day, -2), period.all_days + DAYS_AFTER)  # beyond all departures
        local = period.ticks_of_minutes(moment.hour * 60 + moment.minute)
        return int(period.to_ticks(np.array([period.zone_number(zone)]), np.array([day]), local)[0])

    return tick(event.start), tick(event.end)


def _zone_of_lane(routes: Routes, lane: int) -> str:
    """Return the time zone in which a lane's departures are written."""
    if lane >= len(routes.lanes):
        return routes.facilities[routes.stations[lane - len(routes.lanes)]].time_zone
    origin, destination, _ = list(routes.lanes.values())[lane]
    return routes.facilities[destination if origin == SELLERS else origin].time_zone


def capacity_during(
    disruptions: Sequence[Disruption], tick: Array, lane: Array, capacity: Array
) -> Array:
    """Return what departures at `tick` on `lane` take, CANCELED where one does not leave."""
    for one in disruptions:
        hit = np.flatnonzero((tick >= one.start) & (tick < one.end) & np.isin(lane, one.lanes))
        hit = hit[capacity[hit] >= 0]
        capacity[hit] = one.effect.capacity(capacity[hit])
    return capacity


def workers_during(disruption: Disruption, tick: Array, count: Array) -> tuple[Array, Array]:
    """Return when the number of workers changes, and to what, with a disruption.

    `tick`, `count`: as they would be, from tick 0 on.
    """
    start, end = max(disruption.start, 0), max(disruption.end, 0)
    if end <= start:
        return tick, count
    at_start, at_end = (np.searchsorted(tick, moment, "right") - 1 for moment in (start, end))
    inside = np.flatnonzero((tick > start) & (tick < end))
    fewer = disruption.effect.workers(count[np.append(at_start, inside)])
    changed = np.append(True, np.diff(fewer) != 0)
    during = np.append(start, tick[inside])[changed]
    outside = (tick < start) | (tick > end)
    ticks = np.concatenate([tick[outside], during, [end]])
    counts = np.concatenate([count[outside], fewer[changed], [count[at_end]]])
    order = np.argsort(ticks, kind="stable")
    return ticks[order], counts[order]
