"""The network's days in ticks: who works when, what leaves when, when orders are released."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from logistics.schedule.calendars import Period
from logistics.schedule.events import (
    DAYS_AFTER,
    Disruption,
    Event,
    capacity_during,
    disruptions_of,
    workers_during,
)
from logistics.simulation.problem import Gates, Staffing
from logistics.vocabulary import UNLIMITED, Array
from networks.inputs.local_times import WEEKDAY_NAMES
from networks.origins import Sellers
from networks.routing import Routes
from networks.scaling import at_scale
from networks.schema import SELLERS, Calendar, Facility, Lane, Network
from networks.timetables import minute_of, parse_departures, parse_shifts


@dataclass(frozen=True)
class Timetable:
    """What follows from calendars alone, before anything is drawn.

    Departures are numbered by (tick, lane, slot); `draws` numbers a departure's own draws by local
    date and slot. `least`: how many fill a vehicle that leaves only when it is full, else 0.
    `gates`: of facilities and of sellers; `facility_gate`: (facilities,) and `seller_gate`:
    (sellers,) rows of `gates`, -1 for none.
    """

    staffing: Staffing
    tick: NDArray[np.int64]
    lane: NDArray[np.int32]
    capacity: NDArray[np.int64]
    least: NDArray[np.int64]
    weekday: NDArray[np.int8]
    draws: NDArray[np.int64]
    gates: Gates
    facility_gate: NDArray[np.int64]
    seller_gate: NDArray[np.int64]


def timetable(
    network: Network, routes: Routes, period: Period, events: Sequence[Event], name: str
) -> Timetable:
    """Return the timetable of a network over a period, with what events do to it.

    Raises InputError when an event hits no place of the network.
    """
    disruptions = disruptions_of(events, routes, period, name)
    departures = _departures(network, routes, period)
    departures["capacity"] = capacity_during(
        disruptions, departures["tick"], departures["lane"], departures["capacity"]
    )
    departures["least"] = np.minimum(departures["least"], np.maximum(departures["capacity"], 0))
    departures["capacity"] -= departures["capacity"] % np.maximum(departures["least"], 1)
    keep = (departures["tick"] >= 0) & (departures["capacity"] >= 0)
    departures = {column: values[keep] for column, values in departures.items()}
    order = np.lexsort((departures["draws"], departures["lane"], departures["tick"]))
    departures = {column: values[order] for column, values in departures.items()}
    staffing = _staffing(network, routes, period, disruptions)
    gates, of_facilities, of_sellers = _gates(network, routes, period)
    return Timetable(
        staffing, **departures, gates=gates, facility_gate=of_facilities, seller_gate=of_sellers
    )


def without_effect(
    events: Sequence[Event], undisturbed: Timetable, routes: Routes, period: Period
) -> Iterator[str]:
    """Yield a line for each event during which nothing would have worked or left anyway."""
    for event in events:
        hits = disruptions_of([event], routes, period, "")
        if not any(_hits_something(one, undisturbed) for one in hits):
            where = event.place or event.kind or event.market
            yield (
                f"{event.field.removesuffix('.place')} of {where}, {event.start:%Y-%m-%d %H:%M} to"
                f" {event.end:%Y-%m-%d %H:%M}, changes nothing: no shift or departure falls"
                " within it"
            )


def _hits_something(one: Disruption, table: Timetable) -> bool:
    in_time = (table.tick >= one.start) & (table.tick < one.end)
    if (in_time & np.isin(table.lane, one.lanes)).any():
        return True
    rows = np.flatnonzero(table.staffing.facility == one.facility)
    tick = table.staffing.tick[rows]
    first = max(int(np.searchsorted(tick, one.start, "right")) - 1, 0)
    return bool((table.staffing.workers[rows][first:][tick[first:] < one.end] > 0).any())


def _departures(network: Network, routes: Routes, period: Period) -> dict[str, Array]:
    """Return all departures and waves as columns of `Timetable`, unsorted."""
    slots: dict[tuple[str, str], list[tuple[int, int, int, int, int]]] = {}
    for lane_number, (origin, destination, lane) in enumerate(routes.lanes.values()):
        place = routes.facilities[destination if origin == SELLERS else origin]
        slots.setdefault((place.time_zone, lane.calendar), []).extend(
            (lane_number, minute, slot, capacity, least)
            for slot, (minute, capacity, least) in enumerate(
                _leaving(lane, network.scale[lane.owner])
            )
        )
    for row, station in enumerate(routes.stations):
        facility = routes.facilities[station]
        capacity = at_scale(facility.round_capacity, network.scale[facility.owner])
        for slot, one in enumerate(parse_departures(facility.wave_times)):
            slots.setdefault((facility.time_zone, facility.round_calendar), []).append(
                (len(routes.lanes) + row, one.minute, slot, capacity, 0)
            )
    parts: list[dict[str, Array]] = []
    epoch = (period.first_date - datetime(1970, 1, 1).date()).days
    for (zone, calendar), rows in slots.items():
        days = period.working_days(network.calendars[calendar], before=1, after=DAYS_AFTER)
        lane, minute, slot, capacity, least = np.array(rows, np.int64).T
        every = np.repeat(days, len(rows))
        local = np.tile(period.ticks_of_minutes(minute), len(days))
        parts.append(
            {
                "tick": period.to_ticks(period.zone_number(zone), every, local),
                "lane": np.tile(lane, len(days)).astype(np.int32),
                "capacity": np.tile(capacity, len(days)),
                "least": np.tile(least, len(days)),
                "weekday": ((every + period.first_date.weekday()) % 7).astype(np.int8),
                "draws": (every + epoch) * 1000 + np.tile(slot, len(days)),
            }
        )
    return {column: np.concatenate([part[column] for part in parts]) for column in parts[0]}


def _leaving(lane: Lane, scale: float) -> Iterator[tuple[int, int, int]]:
    """Yield when vehicles may leave a lane, for how many parcels, and how many fill one or 0."""
    for one in parse_departures(lane.departs):
        vehicle = at_scale(lane.capacity, scale)
        for minute, only_full in one.instants():
            if only_full:
                yield minute, one.vehicles * vehicle, vehicle
            else:
                together = at_scale(one.vehicles * lane.capacity, scale)
                yield minute, together if lane.capacity else UNLIMITED, 0


def _staffing(
    network: Network, routes: Routes, period: Period, disruptions: Sequence[Disruption]
) -> Staffing:
    ticks, facilities, workers = [], [], []
    for number, facility in enumerate(routes.facilities.values()):
        tick, count = _capacity(network, facility, period)
        for disruption in disruptions:
            if disruption.facility == number:
                tick, count = workers_during(disruption, tick, count)
        ticks.append(tick)
        workers.append(count)
        facilities.append(np.full(len(tick), number))
    when, where, how_many = (np.concatenate(part) for part in (ticks, facilities, workers))
    order = np.lexsort((where, when))
    return Staffing(when[order], where[order].astype(np.int32), how_many[order])


def _capacity(network: Network, facility: Facility, period: Period) -> tuple[Array, Array]:
    """Return the ticks at which a facility's workers change, from tick 0, and their number."""
    shifts = parse_shifts(facility.shifts)
    if not shifts:
        return np.zeros(1, np.int64), np.full(1, UNLIMITED, np.int64)
    days = period.working_days(network.calendars[facility.shift_calendar], before=2, after=2)
    zone = period.zone_number(facility.time_zone)
    changes: list[tuple[Array, int]] = []
    for shift in shifts:
        workers = at_scale(shift.workers, network.scale[facility.owner])
        for minute, change in ((shift.starts_minute, workers), (shift.ends_minute, -workers)):
            local = np.broadcast_to(period.ticks_of_minutes(minute), days.shape)
            changes.append((period.to_ticks(zone, days, local), change))
    tick = np.concatenate([t for t, _ in changes])
    step = np.concatenate([np.full(len(t), change) for t, change in changes])
    tick, rows = np.unique(np.maximum(tick, 0), return_inverse=True)
    count = np.cumsum(np.bincount(rows, weights=step, minlength=len(tick)).astype(np.int64))
    if tick[0] > 0:
        tick, count = np.append(0, tick), np.append(0, count)
    changed = np.append(True, np.diff(count) != 0)
    return tick[changed].astype(np.int64), count[changed]


def _gates(network: Network, routes: Routes, period: Period) -> tuple[Gates, Array, Array]:
    opens: list[Array] = []
    cutoffs: list[Array] = []

    def add(calendar: Calendar, zone: int, opens_minute: int, cutoff_minute: int) -> int:
        days = period.working_days(calendar, after=DAYS_AFTER)
        for minute, into in ((opens_minute, opens), (cutoff_minute, cutoffs)):
            local = np.broadcast_to(period.ticks_of_minutes(minute), days.shape)
            into.append(period.to_ticks(zone, days, local))
        return len(opens) - 1

    facility_gate = np.full(len(routes.facilities), -1, np.int64)
    for number, facility in enumerate(routes.facilities.values()):
        if facility.gate_calendar:
            facility_gate[number] = add(
                network.calendars[facility.gate_calendar], period.zone_number(facility.time_zone),
                minute_of(facility.gate_opens), minute_of(facility.gate_cutoff),
            )  # fmt: skip
    kinds, seller_gate = _seller_gates(network.origins.sellers, routes, period)
    seller_gate = seller_gate + len(opens)
    for zone, days_bits, opens_hour, cutoff_hour in kinds:
        weekdays = " ".join(day for bit, day in enumerate(WEEKDAY_NAMES) if days_bits >> bit & 1)
        calendar = Calendar(weekdays, network.origins.sellers.holidays)
        add(calendar, zone, 60 * opens_hour, 60 * cutoff_hour)
    sizes = [len(part) for part in opens]
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    empty = [np.zeros(0, np.int64)]
    gates = Gates(first, np.concatenate(opens or empty), np.concatenate(cutoffs or empty))
    return gates, facility_gate, seller_gate


def _seller_gates(
    sellers: Sellers, routes: Routes, period: Period
) -> tuple[list[tuple[int, int, int, int]], Array]:
    """Return the different (zone, weekday bits, opens, cutoff), and which is each seller's."""
    zones = period.zone_numbers(routes.facilities[one].time_zone for one in sellers.stations)
    table = np.stack(
        [zones[sellers.pickup], sellers.working_days, sellers.opens_hour, sellers.cutoff_hour],
        axis=1,
    ).astype(np.int64)
    kinds, rows = np.unique(table, axis=0, return_inverse=True)
    return [tuple(kind) for kind in kinds.tolist()], rows.reshape(-1)
