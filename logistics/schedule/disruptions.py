"""Closures applied to departures, shifts and release windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.scenario.events import Closure
from logistics.schedule.calendars import Period
from networks.inputs.faults import Fault, InputError
from networks.routing import Routes
from networks.schema import SELLERS, Network

Array = NDArray[Any]
DAYS_AFTER = 9
"""Days beyond the horizon for which promises can still be quoted."""


@dataclass(frozen=True)
class Closed:
    """Closures in ticks: (facility, start, end) and (lanes, start, end)."""

    facilities: list[tuple[int, int, int]]
    lanes: list[tuple[list[int], int, int]]


def closures_of(
    network: Network, routes: Routes, period: Period, closures: Sequence[Closure], name: str
) -> Closed:
    """Return closures in ticks, by number of facility and lane.

    Raises InputError for a place that is not in the network.
    """
    number = routes.number
    lane_number = {lane: row for row, lane in enumerate(routes.lane_ids)}
    shut = Closed([], [])
    faults = []
    for row, closure in enumerate(closures):
        if closure.place in number:
            zone = routes.facilities[closure.place].time_zone
            span = _span(period, zone, closure)
            shut.facilities.append((number[closure.place], *span))
            leaving = [lane_number[lane] for lane, (o, _, _) in routes.lanes.items()
                       if o == closure.place]  # fmt: skip
            doors = lane_number.get(f"{closure.place} > doors")
            shut.lanes.append((leaving + ([] if doors is None else [doors]), *span))
        elif closure.place in lane_number:
            lane = lane_number[closure.place]
            span = _span(period, zone_of_lane(routes, lane), closure)
            shut.lanes.append(([lane], *span))
        else:
            faults.append(
                Fault(name, None, f"closures[{row}].place", closure.place, "is not in the network",
                      "the id of a facility such as "
                      f"'{next(iter(number))}' or of a lane such as '{next(iter(lane_number))}'")
            )  # fmt: skip
    if faults:
        raise InputError(tuple(faults))
    return shut


def _span(period: Period, zone: str, closure: Closure) -> tuple[int, int]:
    def tick(moment: datetime) -> int:
        day = (moment.date() - period.first_date).days
        day = min(max(day, -2), period.all_days + DAYS_AFTER)  # beyond all departures
        local = period.ticks_of_minutes(moment.hour * 60 + moment.minute)
        return int(period.to_ticks(np.array([period.zone_number(zone)]), np.array([day]), local)[0])

    return tick(closure.start), tick(closure.end)


def zone_of_lane(routes: Routes, lane: int) -> str:
    """Return the time zone in which a lane's departures are written."""
    if lane >= len(routes.lanes):
        return routes.facilities[routes.stations[lane - len(routes.lanes)]].time_zone
    origin, destination, _ = list(routes.lanes.values())[lane]
    return routes.facilities[destination if origin == SELLERS else origin].time_zone


def without(tick: Array, count: Array, start: int, end: int) -> tuple[Array, Array]:
    """Return a staffing with nobody at work from `start` to `end`."""
    start, end = max(start, 0), max(end, 0)
    if end <= start:
        return tick, count
    back = count[np.searchsorted(tick, end, "right") - 1]
    outside = (tick < start) | (tick > end)
    ticks = np.append(tick[outside], [start, end])
    counts = np.append(count[outside], [0, back])
    order = np.argsort(ticks, kind="stable")
    return ticks[order], counts[order]
