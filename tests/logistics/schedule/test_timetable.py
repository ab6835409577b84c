"""The days of small networks in ticks of a minute, worked out by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest
from small_networks import (
    EAST,
    RICHMOND,
    SEATTLE,
    WEST,
    at,
    lane,
    minutes,
    network,
    one_seller,
    place,
    station,
)

from logistics.scenario.days import Closure
from logistics.schedule.calendars import Period
from logistics.schedule.events import closings
from logistics.schedule.timetable import DAYS_AFTER, Timetable, timetable
from logistics.vocabulary import UNLIMITED
from networks.inputs.faults import InputError
from networks.routing import Routes, find_routes
from networks.schema import SELLERS, Network

MONDAY = "2023-09-18"


def closed(where: str, start: str, end: str) -> Closure:
    return Closure(
        place=where, start=datetime.fromisoformat(start), end=datetime.fromisoformat(end)
    )


def table_of(net: Network, period: Period, *closures: Closure) -> tuple[Timetable, Routes]:
    routes = find_routes(net)
    return timetable(net, routes, period, closings(closures), "small.yaml"), routes


def departures(
    net: Network, period: Period, *closures: Closure, lane_id: str | None = None
) -> list[tuple[int, int]]:
    """(tick, capacity) of the departures before the horizon, of one lane or of all."""
    table, routes = table_of(net, period, *closures)
    rows = table.tick < period.horizon
    if lane_id is not None:
        rows &= table.lane == routes.lane_ids.index(lane_id)
    return list(zip(table.tick[rows].tolist(), table.capacity[rows].tolist(), strict=True))


def ticks(*arguments: Any, **more: Any) -> list[int]:
    return [tick for tick, _ in departures(*arguments, **more)]


def staffing(net: Network, period: Period, name: str, *closures: Closure) -> list[tuple[int, int]]:
    """(tick, workers) of the changes at a facility before the horizon."""
    table, routes = table_of(net, period, *closures)
    rows = (table.staffing.facility == routes.number[name]) & (table.staffing.tick < period.horizon)
    changes = zip(
        table.staffing.tick[rows].tolist(), table.staffing.workers[rows].tolist(), strict=True
    )
    return list(changes)


def coast_to_coast(**more: Any) -> Network:
    """A hub in Richmond and one in Seattle, a truck each way, and a station beside each."""
    places = {"EAST": place(EAST), "WEST": place(WEST), "S1": station(EAST), "S2": station(WEST)}
    lanes = {
        ("EAST", "WEST"): lane("20:00 22:30x3"),
        ("WEST", "EAST"): lane("21:30"),
        ("EAST", "S1"): lane("04:00", 1.0),
        ("WEST", "S2"): lane("04:00", 1.0),
    }
    return network(places, lanes, {"S1": RICHMOND, "S2": SEATTLE}, **more)


def one_hub(calendar: str = "every day", scale: float = 1.0, **facility: Any) -> Network:
    """A hub in Richmond, with a truck at eight to a station."""
    places = {"HUB": place(shift_calendar=calendar, **facility), "S": station()}
    return network(places, {("HUB", "S"): lane(calendar=calendar)}, {"S": RICHMOND}, scale)


# Departures and waves ----------------------------------------------------------------------------


def test_departures_leave_at_local_times_and_vehicles_together_are_one() -> None:
    net, period = coast_to_coast(), minutes(MONDAY, 2)
    assert departures(net, period, lane_id="EAST > WEST by truck") == [
        (at("0 20:00"), 10), (at("0 22:30"), 30), (at("1 20:00"), 10), (at("1 22:30"), 30),
    ]  # fmt: skip
    # Seattle's 21:30 of the day before the period is half an hour after midnight in Richmond.
    assert ticks(net, period, lane_id="WEST > EAST by truck") == [
        at("0 00:30"), at("1 00:30"), at("2 00:30"),
    ]  # fmt: skip


def test_departures_are_numbered_by_tick_lane_and_slot() -> None:
    places = {"A": place(), "B": place(), "S": station()}
    lanes = {("A", "S"): lane("20:00 20:00 06:00"), ("B", "S"): lane("20:00 06:00x2")}
    table, routes = table_of(network(places, lanes, {"S": RICHMOND}), minutes(MONDAY, 1))
    first_day = table.tick < at("1 00:00")
    assert [routes.lane_ids[row] for row in table.lane[first_day]] == [
        "A > S by truck", "B > S by truck", "S > doors",
        "A > S by truck", "A > S by truck", "B > S by truck",
    ]  # fmt: skip
    # A departure's luck is named by its local date and slot, never by a running count.
    epoch_day = (np.datetime64(MONDAY) - np.datetime64("1970-01-01")).astype(int)
    slots = table.draws[first_day] - 1000 * epoch_day
    assert slots.tolist() == [0, 0, 0, 1, 2, 1]
    assert (table.weekday == (table.draws // 1000 - epoch_day) % 7).all()


def test_luck_and_weekday_of_a_departure_stay_when_the_period_starts_earlier() -> None:
    net = coast_to_coast()
    short, long = minutes(MONDAY, 3), minutes(MONDAY, 3, warm_up=5)
    shift = (short.zero_ms - long.zero_ms) // short.tick_ms
    assert told(net, short, 0) <= told(net, long, shift)


def told(net: Network, period: Period, later: int) -> set[tuple[int, ...]]:
    table, _ = table_of(net, period)
    columns = (table.tick - later, table.lane, table.draws, table.weekday, table.capacity)
    return set(zip(*(column.tolist() for column in columns), strict=True))


def test_departures_keep_their_calendar_over_a_weekend_and_a_holiday() -> None:
    friday = "2023-09-01"  # Labor Day is the Monday after
    per_calendar = {"every day": [0, 1, 2, 3, 4], "weekdays": [0, 3, 4], "carrier": [0, 1, 4]}
    for calendar, days in per_calendar.items():
        found = ticks(one_hub(calendar), minutes(friday, 5), lane_id="HUB > S by truck")
        assert found == [at(f"{day} 20:00") for day in days]


def test_the_timetable_goes_on_after_the_horizon_for_promises() -> None:
    table, _ = table_of(one_hub(), minutes(MONDAY, 2))
    assert table.tick.max() == at(f"{2 + DAYS_AFTER - 1} 20:00")
    assert table.tick.min() >= 0


def test_waves_have_their_own_calendar_and_capacity() -> None:
    couriers = station(wave_times="10:00 14:00", round_calendar="carrier", round_capacity=40)
    net = network({"S": couriers}, {}, {"S": RICHMOND})
    saturday = minutes("2023-09-02", 4)  # a Sunday and Labor Day follow
    assert departures(net, saturday, lane_id="S > doors") == [
        (at("0 10:00"), 40), (at("0 14:00"), 40), (at("3 10:00"), 40), (at("3 14:00"), 40),
    ]  # fmt: skip


def test_departures_around_a_clock_change() -> None:
    places = {"HUB": place(), "S": station()}
    net = network(places, {("HUB", "S"): lane("01:30 02:30 03:00")}, {"S": RICHMOND})
    # 2:30 does not exist on 12 March: it is 3:00, two hours after midnight; 3:00 follows at once.
    spring = ticks(net, minutes("2023-03-12", 1), lane_id="HUB > S by truck")
    assert spring[:3] == [90, 120, 120]
    # 1:30 comes twice on 5 November: the first; 2:30 is three and a half hours after midnight.
    autumn = ticks(net, minutes("2023-11-05", 1), lane_id="HUB > S by truck")
    assert autumn[:3] == [90, 210, 240]


@pytest.mark.parametrize(("scale", "trucks", "couriers"), [
    (1.0, [10, 30], 100), (0.1, [1, 3], 10), (0.101, [2, 4], 11), (0.001, [1, 1], 1),
    (2.5, [25, 75], 250), (0.3, [3, 9], 30),
])  # fmt: skip
def test_capacities_are_scaled_by_departure_and_rounded_up(
    scale: float, trucks: list[int], couriers: int
) -> None:
    net, period = coast_to_coast(scale=scale), minutes(MONDAY, 1)
    found = departures(net, period, lane_id="EAST > WEST by truck")
    assert [capacity for _, capacity in found] == trucks
    found = departures(net, period, lane_id="S1 > doors")
    assert [capacity for _, capacity in found] == [couriers]


def test_pickups_take_everything_at_the_time_of_the_station_they_go_to() -> None:
    places = {"S": station(WEST)}
    pickup = lane("16:30", 2.0, capacity=0, calendar="weekdays")
    net = network(places, {(SELLERS, "S"): pickup}, {"S": SEATTLE}, 0.001, one_seller("S"))
    found = departures(net, minutes("2023-09-22", 4), lane_id="sellers > S by pickup")
    assert found == [(at("0 19:30"), UNLIMITED), (at("3 19:30"), UNLIMITED)]


# Staffing ----------------------------------------------------------------------------------------


def test_a_facility_without_shifts_has_no_queue() -> None:
    assert staffing(one_hub(), minutes(MONDAY, 1), "HUB") == [(0, UNLIMITED)]


def test_day_shifts_on_working_days() -> None:
    net = one_hub("carrier", shifts="08:00-16:00 12")
    assert staffing(net, minutes("2023-09-01", 5), "HUB") == [
        (0, 0), (at("0 08:00"), 12), (at("0 16:00"), 0), (at("1 08:00"), 12), (at("1 16:00"), 0),
        (at("4 08:00"), 12), (at("4 16:00"), 0),
    ]  # fmt: skip


def test_a_night_shift_belongs_to_the_day_on_which_it_starts() -> None:
    net = one_hub("weekdays", shifts="22:00-06:00 5")
    # Thursday's night is under way at tick 0; Friday's ends on Saturday; Sunday has none.
    assert staffing(net, minutes("2023-09-22", 4), "HUB") == [
        (0, 5), (at("0 06:00"), 0), (at("0 22:00"), 5), (at("1 06:00"), 0), (at("3 22:00"), 5),
    ]  # fmt: skip


def test_overlapping_shifts_add_up() -> None:
    net = one_hub(shifts="06:00-14:00 3; 10:00-18:00 4; 22:00-06:00 2")
    assert staffing(net, minutes(MONDAY, 1), "HUB") == [
        (0, 2), (at("0 06:00"), 3), (at("0 10:00"), 7), (at("0 14:00"), 4), (at("0 18:00"), 0),
        (at("0 22:00"), 2),
    ]  # fmt: skip


def test_workers_who_relieve_each_other_are_no_change() -> None:
    for shifts in ("00:00-24:00 9", "06:00-14:00 9; 14:00-22:00 9; 22:00-06:00 9", "07:00-07:00 9"):
        assert staffing(one_hub(shifts=shifts), minutes(MONDAY, 3), "HUB") == [(0, 9)]


@pytest.mark.parametrize(("day", "hours"), [("2023-03-12", 7), ("2023-11-05", 9)])
def test_a_night_shift_over_a_clock_change_is_an_hour_shorter_or_longer(
    day: str, hours: int
) -> None:
    net = one_hub(shifts="22:00-06:00 5")
    saturday = minutes(day, 2, warm_up=1)
    changes = dict(staffing(net, saturday, "HUB"))
    night = at("0 22:00")
    assert (changes[night], changes[night + 60 * hours]) == (5, 0)


def test_workers_are_scaled_by_shift_and_rounded_up() -> None:
    net = one_hub(shifts="06:00-14:00 30; 10:00-18:00 31", scale=0.1)
    assert [workers for _, workers in staffing(net, minutes(MONDAY, 1), "HUB")] == [0, 3, 7, 4, 0]


def test_every_facility_starts_at_tick_0_with_one_change_a_tick() -> None:
    net = coast_to_coast()
    table, routes = table_of(net, minutes(MONDAY, 2))
    keys = list(zip(table.staffing.tick.tolist(), table.staffing.facility.tolist(), strict=True))
    assert keys == sorted(set(keys))
    assert {place for tick, place in keys if tick == 0} == set(range(len(routes.facilities)))


# Closures ----------------------------------------------------------------------------------------


def test_a_closed_facility_neither_works_nor_sends_but_trucks_still_come() -> None:
    net = coast_to_coast()
    shut = closed("WEST", "2023-09-19T00:00", "2023-09-20T00:00")  # local time in Seattle
    period = minutes(MONDAY, 3)
    midnight = at("1 03:00")
    assert staffing(net, period, "WEST", shut) == [
        (0, UNLIMITED), (midnight, 0), (midnight + 1440, UNLIMITED),
    ]  # fmt: skip
    assert ticks(net, period, shut, lane_id="WEST > EAST by truck") == [
        at("0 00:30"), at("1 00:30"), at("3 00:30"),
    ]  # fmt: skip
    assert len(ticks(net, period, shut, lane_id="EAST > WEST by truck")) == 6
    assert staffing(net, period, "EAST", shut) == [(0, UNLIMITED)]


def test_a_closed_station_sends_no_couriers() -> None:
    shut = closed("S1", "2023-09-19T09:00", "2023-09-19T11:00")
    found = ticks(coast_to_coast(), minutes(MONDAY, 3), shut, lane_id="S1 > doors")
    assert found == [at("0 10:00"), at("2 10:00")]


def test_a_closed_lane_or_round_leaves_the_facility_working() -> None:
    net, period = coast_to_coast(), minutes(MONDAY, 2)
    shut = closed("EAST > WEST by truck", "2023-09-18T21:00", "2023-09-19T21:00")
    assert ticks(net, period, shut, lane_id="EAST > WEST by truck") == [
        at("0 20:00"), at("1 22:30"),
    ]  # fmt: skip
    assert staffing(net, period, "EAST", shut) == [(0, UNLIMITED)]
    assert len(ticks(net, period, shut, lane_id="EAST > S1 by truck")) == 2
    no_couriers = closed("S1 > doors", "2023-09-18T00:00", "2023-09-19T00:00")
    assert ticks(net, period, no_couriers, lane_id="S1 > doors") == [at("1 10:00")]


def test_a_closure_includes_its_start_and_not_its_end() -> None:
    net, period = one_hub(), minutes(MONDAY, 2)
    till_eight = closed("HUB", "2023-09-18T19:00", "2023-09-18T20:00")
    from_eight = closed("HUB", "2023-09-18T20:00", "2023-09-18T20:01")
    assert at("0 20:00") in ticks(net, period, till_eight, lane_id="HUB > S by truck")
    assert at("0 20:00") not in ticks(net, period, from_eight, lane_id="HUB > S by truck")


def test_after_a_closure_as_many_work_as_the_shifts_say_by_then() -> None:
    net, period = one_hub(shifts="08:00-16:00 12; 12:00-20:00 5"), minutes(MONDAY, 1)
    shut = closed("HUB", "2023-09-18T10:00", "2023-09-18T18:00")
    assert staffing(net, period, "HUB", shut) == [
        (0, 0), (at("0 08:00"), 12), (at("0 10:00"), 0), (at("0 18:00"), 5), (at("0 20:00"), 0),
    ]  # fmt: skip


@pytest.mark.parametrize("turned", [False, True])
def test_overlapping_closures_last_until_the_later_end(turned: bool) -> None:
    net, period = one_hub(shifts="00:00-24:00 4"), minutes(MONDAY, 1)
    shut = [
        closed("HUB", "2023-09-18T10:00", "2023-09-18T14:00"),
        closed("HUB", "2023-09-18T12:00", "2023-09-18T16:00"),
    ]
    changes = dict(staffing(net, period, "HUB", *(shut[::-1] if turned else shut)))
    assert [changes[tick] for tick in sorted(changes)][-1] == 4
    on_duty = [workers for tick, workers in sorted(changes.items()) if tick < at("0 16:00")]
    assert on_duty[0] == 4
    assert set(on_duty[1:]) == {0}
    assert changes[at("0 16:00")] == 4


def test_closures_before_and_after_the_period_change_nothing() -> None:
    net, period = coast_to_coast(), minutes(MONDAY, 2)
    far = [
        # In Seattle, the evening before day 0 belongs to the run.
        closed("WEST", "2020-01-01T21:00", "2020-01-02T23:00"),
        closed("WEST", "2023-09-16T21:00", "2023-09-16T23:00"),
        closed("EAST", "2030-01-01T00:00", "2031-01-01T00:00"),
    ]
    assert departures(net, period, *far) == departures(net, period)
    for name in ("EAST", "WEST"):
        assert staffing(net, period, name, *far) == staffing(net, period, name)
    all_along = closed("WEST", "2020-01-01T00:00", "2031-01-01T00:00")
    assert ticks(net, period, all_along, lane_id="WEST > EAST by truck") == []
    assert staffing(net, period, "WEST", all_along) == [(0, 0)]


def test_every_closure_of_an_unknown_place_is_reported() -> None:
    shut = [
        closed("WEST", "2023-09-18T00:00", "2023-09-19T00:00"),
        closed("NORTH", "2023-09-18T00:00", "2023-09-19T00:00"),
        closed("EAST > NORTH by truck", "2023-09-18T00:00", "2023-09-19T00:00"),
    ]
    with pytest.raises(InputError) as caught:
        table_of(coast_to_coast(), minutes(MONDAY, 1), *shut)
    like = (
        "(allowed: the id of a facility such as 'EAST' or of a lane such as 'EAST > S1 by truck',"
        " or a kind and a city such as 'hub in Chicago')"
    )
    assert str(caught.value).splitlines() == [
        f"small.yaml: closures[1].place = NORTH: is not in the network {like}",
        f"small.yaml: closures[2].place = EAST > NORTH by truck: is not in the network {like}",
    ]


# Gates -------------------------------------------------------------------------------------------


def gate_days(table: Timetable, gate: int) -> list[tuple[int, int]]:
    rows = slice(*table.gates.first[gate : gate + 2].tolist())
    return list(
        zip(table.gates.opens[rows].tolist(), table.gates.cutoff[rows].tolist(), strict=True)
    )


def test_a_gate_opens_and_cuts_off_on_its_working_days() -> None:
    gated = place(gate_calendar="carrier", gate_opens="06:00", gate_cutoff="16:00")
    places = {"GATED": gated, "OPEN": place(), "S": station()}
    lanes = {("GATED", "S"): lane(), ("OPEN", "S"): lane()}
    saturday = minutes("2023-09-02", 4)  # then Sunday and Labor Day
    table, routes = table_of(network(places, lanes, {"S": RICHMOND}), saturday)
    assert table.facility_gate[routes.number["OPEN"]] == -1
    days = gate_days(table, int(table.facility_gate[routes.number["GATED"]]))
    assert days[:3] == [
        (at("0 06:00"), at("0 16:00")), (at("3 06:00"), at("3 16:00")),
        (at("4 06:00"), at("4 16:00")),
    ]  # fmt: skip
    assert days[-1][0] >= saturday.horizon, "orders of the last day are released in time"


def test_a_seller_who_packs_daily_opens_on_the_friday_before_a_christmas_saturday() -> None:
    sellers = one_seller("S1", holidays="business", working_days=np.array([127], np.uint8))
    net = network({"S1": station(EAST)}, {(SELLERS, "S1"): lane("16:30")}, {"S1": RICHMOND},
                  sellers=sellers)  # fmt: skip
    table, _ = table_of(net, minutes("2021-12-24", 4))
    days = gate_days(table, int(table.seller_gate[0]))
    assert [opens for opens, _ in days[:2]] == [at("0 09:00"), at("2 09:00")]


def test_a_cutoff_at_midnight_is_the_end_of_the_day() -> None:
    net = one_hub(gate_calendar="weekdays", gate_opens="00:00", gate_cutoff="24:00")
    table, _ = table_of(net, minutes("2023-09-22", 4))
    assert gate_days(table, 0)[:2] == [(0, at("1 00:00")), (at("3 00:00"), at("4 00:00"))]


def test_sellers_with_equal_hours_share_a_gate_at_their_stations_time() -> None:
    places = {"S1": station(EAST), "S2": station(WEST)}
    lanes = {(SELLERS, "S1"): lane("16:30"), (SELLERS, "S2"): lane("16:30")}
    sellers = one_seller("S1", stations=("S1", "S2"), holidays="federal").sized(4)
    sellers.pickup[:] = [0, 1, 0, 0]
    sellers.cutoff_hour[3] = 12
    net = network(places, lanes, {"S1": RICHMOND, "S2": SEATTLE}, sellers=sellers)
    table, _ = table_of(net, minutes("2023-09-01", 5))  # a Friday, before Labor Day
    first, western, third, early = table.seller_gate.tolist()
    assert first == third
    assert len({first, western, early}) == 3
    assert gate_days(table, first)[:2] == [
        (at("0 09:00"), at("0 17:00")), (at("4 09:00"), at("4 17:00")),
    ]  # fmt: skip
    assert gate_days(table, western)[0] == (at("0 12:00"), at("0 20:00"))
    assert gate_days(table, early)[0] == (at("0 09:00"), at("0 12:00"))
