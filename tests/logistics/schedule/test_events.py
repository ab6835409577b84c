"""Events with effects of one's own, on a small network in ticks of a minute."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from small_networks import EAST, RICHMOND, SEATTLE, WEST, at, lane, minutes, network, place, station

from logistics.running import simulate
from logistics.scenario.load import load_scenario
from logistics.schedule.calendars import Period
from logistics.schedule.events import CANCELED, Event
from logistics.schedule.timetable import Timetable, timetable
from networks.files import EXAMPLES
from networks.inputs.faults import InputError
from networks.routing import find_routes
from networks.schema import Network

MONDAY = "2023-09-18"


class HalfStaffed:
    """One worker in two, and no second truck."""

    def workers(self, count: np.ndarray) -> np.ndarray:
        return count // 2

    def capacity(self, capacity: np.ndarray) -> np.ndarray:
        return np.where(np.arange(len(capacity)) % 2 == 0, capacity, CANCELED)


def event(start: str, end: str, **hits: str) -> Event:
    first, last = (datetime.fromisoformat(f"2023-09-{moment}") for moment in (start, end))
    return Event(first, last, HalfStaffed(), **hits)


def two_hubs() -> Network:
    """A hub in Richmond with two shifts, one in Seattle with one, and a station beside each."""
    places = {
        "EAST": place(EAST, shifts="08:00-16:00 12; 12:00-20:00 5", shift_calendar="every day"),
        "WEST": place(WEST, shifts="00:00-24:00 9", shift_calendar="every day"),
        "S1": station(EAST),
        "S2": station(WEST),
    }
    lanes = {
        ("EAST", "S1"): lane(departs="20:00 21:00", capacity=7),
        ("EAST", "WEST"): lane(departs="22:00"),
        ("WEST", "S2"): lane(departs="20:00"),
    }
    return network(places, lanes, {"S1": RICHMOND, "S2": SEATTLE})


def table_of(net: Network, period: Period, *events: Event) -> Timetable:
    return timetable(net, find_routes(net), period, events, "small.yaml")


def staffing(net: Network, period: Period, name: str, *events: Event) -> list[tuple[int, int]]:
    table, routes = table_of(net, period, *events), find_routes(net)
    rows = (table.staffing.facility == routes.number[name]) & (table.staffing.tick < period.horizon)
    ticks, workers = table.staffing.tick[rows].tolist(), table.staffing.workers[rows].tolist()
    return list(zip(ticks, workers, strict=True))


def test_shifts_begin_and_end_within_an_event() -> None:
    half = event("18T10:00", "18T18:00", place="EAST")
    assert staffing(two_hubs(), minutes(MONDAY, 1), "EAST", half) == [
        (0, 0), (at("0 08:00"), 12), (at("0 10:00"), 6), (at("0 12:00"), 8), (at("0 16:00"), 2),
        (at("0 18:00"), 5), (at("0 20:00"), 0),
    ]  # fmt: skip


def test_two_events_at_a_time_both_have_their_effect() -> None:
    period = minutes(MONDAY, 1)
    both = event("18T06:00", "18T12:00", place="WEST"), event("18T09:00", "18T15:00", place="WEST")
    found = staffing(two_hubs(), period, "WEST", *both)
    on_duty = dict(found)
    assert [on_duty[at(f"0 {hour}")] for hour in ("09:00", "12:00", "15:00", "18:00")] == [
        4,
        2,
        4,
        9,
    ]
    assert staffing(two_hubs(), period, "WEST", *both[::-1]) == found


@pytest.mark.parametrize(
    ("hits", "hit"),
    [
        ({"kind": "hub"}, {"EAST", "WEST"}),
        ({"market": SEATTLE}, {"WEST"}),
        ({"kind": "hub", "market": RICHMOND}, {"EAST"}),
        ({"place": "hub in Seattle"}, {"WEST"}),
        ({"place": "Hub in Richmond, VA"}, {"EAST"}),
    ],
)
def test_an_event_hits_facilities_by_kind_and_market(hits: dict[str, str], hit: set[str]) -> None:
    net, period = two_hubs(), minutes(MONDAY, 1)
    one = event("18T01:00", "18T23:00", **hits)
    changed = {
        name
        for name in ("EAST", "WEST")
        if staffing(net, period, name, one) != staffing(net, period, name)
    }
    assert changed == hit


def test_departures_of_a_facility_that_is_hit_are_canceled_or_keep_their_capacity() -> None:
    net, period = two_hubs(), minutes(MONDAY, 1)
    routes = find_routes(net)
    closed = event("18T01:00", "18T23:30", place="EAST")
    within = {"before": table_of(net, period), "after": table_of(net, period, closed)}
    leaves = {
        name: [
            (tick, lane, capacity)
            for tick, lane, capacity in zip(
                table.tick.tolist(), table.lane.tolist(), table.capacity.tolist(), strict=True
            )
            if tick < at("0 23:30")
        ]
        for name, table in within.items()
    }
    assert set(leaves["after"]) < set(leaves["before"])
    gone = set(leaves["before"]) - set(leaves["after"])
    assert {routes.lanes[routes.lane_ids[lane]][0] for _, lane, _ in gone} == {"EAST"}


def test_a_city_with_several_facilities_is_refused_with_their_ids() -> None:
    with pytest.raises(InputError, match="Richmond: may be several places") as caught:
        table_of(two_hubs(), minutes(MONDAY, 1), event("18T01:00", "18T23:00", place="Richmond"))
    assert caught.value.faults[0].allowed.startswith("EAST (hub), S1 (")


@pytest.mark.parametrize("hits", [{}, {"kind": "sort center"}, {"market": "Z999"}])
def test_an_event_that_hits_nothing_is_refused(hits: dict[str, str]) -> None:
    with pytest.raises(InputError, match="is not in the network"):
        table_of(two_hubs(), minutes(MONDAY, 1), event("18T01:00", "18T23:00", **hits))


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("18T10:00", "18T10:00", "event.end = 2023-09-18 10:00:00: an event must end after its"),
        (
            "01T00:00",
            "02T00:00",
            "event.end = 2023-09-02 00:00:00: the event lies outside the days",
        ),
        ("29T00:00", "30T00:00", "event.start = 2023-09-29 00:00:00: the event lies outside"),
    ],
)
def test_an_event_that_is_never_on_is_refused(start: str, end: str, told: str) -> None:
    scenario = load_scenario(EXAMPLES["small-seller"]).replace(
        days={"days": 2, "warm_up_days": 1, "later_order_days": 1}
    )
    with pytest.raises(InputError) as caught:
        simulate(scenario, events=[event(start, end, kind="warehouse")])
    assert told in str(caught.value)
