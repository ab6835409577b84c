"""A closure or event that changes nothing is reported: no shift or departure falls within it."""

from __future__ import annotations

from datetime import datetime

from small_networks import EAST, RICHMOND, lane, minutes, network, station

from logistics.scenario.days import Closure
from logistics.schedule.events import closings
from logistics.schedule.timetable import timetable, without_effect
from networks.routing import find_routes
from networks.schema import Calendar


def told(place: str, start: str, end: str) -> list[str]:
    """A dock that works and sends its truck at 20:00 on weekdays, in the week of 18 September."""
    places = {"A": station(EAST, shifts="08:00-16:00 2", work_seconds=60.0,
                           shift_calendar="weekdays"), "S": station(EAST)}  # fmt: skip
    net = network(places, {("A", "S"): lane("20:00", calendar="weekdays")}, {"S": RICHMOND})
    net.calendars["weekdays"] = Calendar("Mon-Fri")  # type: ignore[index]
    routes, period = find_routes(net), minutes("2023-09-18", 9)
    closure = Closure(place=place, start=datetime.fromisoformat(start),
                      end=datetime.fromisoformat(end))  # fmt: skip
    events = closings([closure])
    return list(without_effect(events, timetable(net, routes, period, (), ""), routes, period))


def test_a_closure_without_shift_or_departure_is_told() -> None:
    assert told("A", "2023-09-23 00:00", "2023-09-25 00:00") == [
        "closures[0] of A, 2023-09-23 00:00 to 2023-09-25 00:00, changes nothing: no shift or"
        " departure falls within it"
    ]  # fmt: skip
    assert told("A > S by truck", "2023-09-18 20:01", "2023-09-19 20:00")


def test_a_closure_that_stops_a_shift_or_a_truck_is_not() -> None:
    assert told("A", "2023-09-18 15:00", "2023-09-18 15:30") == []
    assert told("A", "2023-09-18 19:00", "2023-09-18 21:00") == []
    assert told("A > S by truck", "2023-09-18 20:00", "2023-09-18 20:01") == []
