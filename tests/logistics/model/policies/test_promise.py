"""Promised dates: business days counted by hand, timetables walked forward step by step."""

from __future__ import annotations

from datetime import date, datetime, timedelta
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
    nominal,
    place,
    station,
)

from logistics.model.policies.promise import NO_DATE, Nominal, Quote, quote_of
from logistics.scenario.days import Closure
from logistics.scenario.scenario import BusinessDays, PathTimetable
from logistics.schedule.calendars import Period
from networks.geography import load_markets
from networks.schema import Facility, Network

MARKETS = load_markets()

# Business days -----------------------------------------------------------------------------------


FRIDAY = "2023-09-01"
"""Day 0; then Saturday, Sunday, Labor Day (day 3), and a week from Tuesday on (day 4)."""


def promised(rule: BusinessDays, placed: str, market: str = RICHMOND, first: str = FRIDAY) -> str:
    """The date promised to an order placed at a local time such as '2023-09-01 14:00'."""
    period = minutes(first, 14)
    moment = datetime.fromisoformat(placed)
    day = np.array([(moment.date() - period.first_date).days])
    row = np.array([MARKETS.index(market)])
    zone = np.array([period.zone_number(MARKETS.time_zones[int(row[0])])])
    tick = period.to_ticks(zone, day, np.array([60 * moment.hour + moment.minute]))
    # A rule that does not look at the way needs none.
    quote = quote_of(rule, _only(MARKETS, row), _Calendar(period))  # type: ignore[arg-type]
    none = np.zeros(1, np.int64)
    found = quote.promised_days(tick, day, none, none, none)
    return period.date_of(int(found[0])).strftime("%a %d")


class _Calendar:
    """What is left of a nominal timetable for a rule that only counts days."""

    def __init__(self, period: Period) -> None:
        self.period = period


def _only(markets: Any, row: np.ndarray) -> Any:
    class One:
        time_zones = (markets.time_zones[int(row[0])],)

    return One()


@pytest.mark.parametrize(("placed", "days", "date_promised"), [
    ("2023-09-01 09:00", 0, "Fri 01"),
    ("2023-09-01 23:59", 1, "Tue 05"),  # over the weekend and Labor Day
    ("2023-09-02 10:00", 1, "Tue 05"),
    ("2023-09-03 10:00", 1, "Tue 05"),
    ("2023-09-04 10:00", 1, "Tue 05"),
    ("2023-09-05 00:00", 1, "Wed 06"),
    ("2023-09-05 10:00", 3, "Fri 08"),
    ("2023-09-05 10:00", 4, "Mon 11"),
    ("2023-09-01 10:00", 8, "Thu 14"),
])  # fmt: skip
def test_business_days_after_the_order(placed: str, days: int, date_promised: str) -> None:
    assert promised(BusinessDays(days=days), placed) == date_promised


@pytest.mark.parametrize(("placed", "date_promised"), [
    ("2023-09-05 13:59", "Wed 06"), ("2023-09-05 14:00", "Thu 07"),  # exactly at it is late
    ("2023-09-05 23:59", "Thu 07"), ("2023-09-06 00:00", "Thu 07"),
    ("2023-09-08 13:59", "Mon 11"), ("2023-09-08 14:00", "Mon 11"), ("2023-09-09 15:00", "Mon 11"),
    ("2023-09-10 13:59", "Mon 11"), ("2023-09-10 14:00", "Tue 12"),
])  # fmt: skip
def test_orders_after_the_cutoff_count_from_the_next_day(placed: str, date_promised: str) -> None:
    assert promised(BusinessDays(days=1, cutoff="14:00"), placed) == date_promised


def test_the_cutoff_is_the_customers_time_and_the_calendar_the_rules() -> None:
    rule = BusinessDays(days=1, cutoff="14:00", weekdays="Mon-Sat", holidays="ups")
    assert promised(rule, "2023-09-01 13:00", SEATTLE) == "Sat 02"
    assert promised(rule, "2023-09-01 14:00", SEATTLE) == "Tue 05"
    no_holidays = BusinessDays(days=1, weekdays="daily", holidays="none")
    assert promised(no_holidays, "2023-09-03 14:00") == "Mon 04"


@pytest.mark.parametrize("cutoff", ["24:00", "14:00", "00:00"])
def test_who_orders_later_is_never_promised_an_earlier_date(cutoff: str) -> None:
    rule = BusinessDays(days=2, cutoff=cutoff)
    start = datetime(2023, 9, 1)
    dates = [
        promised(rule, f"{start + timedelta(hours=hours):%Y-%m-%d %H:%M}")[-2:]
        for hours in range(0, 9 * 24, 3)
    ]
    assert dates == sorted(dates)


def test_business_days_are_counted_as_numpy_does() -> None:
    holiday = np.array(["2023-09-04"], "datetime64[D]")
    for offset in range(10):
        placed = date.fromisoformat(FRIDAY) + timedelta(days=offset)
        for days in range(1, 4):
            rolled = np.busday_offset(placed, 0, roll="backward", holidays=holiday)
            expected = np.busday_offset(rolled, days, holidays=holiday).item()
            assert promised(BusinessDays(days=days), f"{placed} 12:00") == f"{expected:%a %d}"


# Timetables --------------------------------------------------------------------------------------

MONDAY = "2023-09-18"


def center(zone: str = EAST, **more: Any) -> Facility:
    return place(zone, "fulfillment center", **more)


def next_day_line(**more: Any) -> Network:
    """A center in Richmond, a truck at eight for five hours, a station that leaves at ten.

    Half an hour of work and an hour of dwell in the center; forty minutes in the station.
    """
    places = {
        "CENTER": center(work_seconds=1800, dwell_minutes=60),
        "STATION": station(dwell_minutes=40, **more),
    }
    return network(
        places, {("CENTER", "STATION"): lane("20:00", 5.0, doors_close_minutes=15)},
        {"STATION": RICHMOND},
    )  # fmt: skip


def quoted(
    net: Network, period: Period, *ticks: int, buffer: str = "0 h", **more: Any
) -> list[int]:
    """The days promised to orders placed at ticks, at the first source for the first station."""
    steps = nominal(net, period, *more.pop("closures", ()))
    quote = quote_of(PathTimetable(buffer=buffer), MARKETS, steps)
    return days_of(quote, steps, np.array(ticks), **more)


def days_of(
    quote: Quote, steps: Nominal, tick: np.ndarray, source: Any = 0, to: Any = None
) -> list[int]:
    where = steps.routes.stations[0] if to is None else to
    names = [where] * len(tick) if isinstance(where, str) else where
    target = np.array([steps.routes.number[name] for name in names])
    markets = np.array([MARKETS.index(steps.routes.facilities[name].market) for name in names])
    zones = [steps.period.zone_number(MARKETS.time_zones[row]) for row in markets]
    day = steps.period.local_days(np.array(zones), tick)
    row = np.broadcast_to(np.asarray(source, np.int32), tick.shape)
    return quote.promised_days(tick, day, markets, row, target).tolist()


def test_an_order_just_in_time_for_the_truck_and_one_just_late() -> None:
    net, period = next_day_line(), minutes(MONDAY, 5)
    # Doors close at 19:45, strictly: ready by 19:44, after an hour and a half of handling.
    assert quoted(net, period, at("0 18:14"), at("0 18:15")) == [1, 2]
    # The truck is there at 01:00 and the parcel ready at 01:40, long before ten.
    assert quoted(net, period, at("0 00:00"), at("1 18:14"), at("1 18:15")) == [1, 2, 3]


def test_the_buffer_asks_for_earlier_orders() -> None:
    net, period = next_day_line(), minutes(MONDAY, 5)
    assert quoted(net, period, at("0 16:14"), at("0 16:15"), buffer="2 h") == [1, 2]


def test_without_closing_doors_ready_exactly_at_the_departure_is_in_time() -> None:
    net = next_day_line()
    net.graph.edges["CENTER", "STATION", "truck"]["doors_close_minutes"] = 0.0
    assert quoted(net, minutes(MONDAY, 5), at("0 18:30"), at("0 18:31")) == [1, 2]


def test_a_wave_that_the_truck_misses_is_not_promised() -> None:
    period = minutes(MONDAY, 6)
    # Ready at 01:40: the wave of that minute takes it, one a minute earlier does not.
    in_time, missed = next_day_line(wave_times="01:40"), next_day_line(wave_times="01:39")
    assert quoted(in_time, period, at("0 12:00")) == [1]
    assert quoted(missed, period, at("0 12:00")) == [2]
    both = next_day_line(wave_times="01:39 14:00")
    assert quoted(both, period, at("0 12:00"), at("0 23:00")) == [1, 2]


def test_a_promise_waits_for_the_couriers_working_days() -> None:
    friday = minutes("2023-09-01", 5)  # Saturday, Sunday and Labor Day follow
    net = next_day_line(round_calendar="carrier")
    placed = [at(f"{day} 12:00") for day in range(5)]
    assert quoted(net, friday, *placed) == [1, 4, 4, 4, 5]


def test_a_promise_waits_for_the_gate() -> None:
    net = next_day_line()
    net.graph.nodes["CENTER"].update(
        gate_calendar="carrier", gate_opens="06:00", gate_cutoff="16:00"
    )
    friday = minutes("2023-09-01", 6)
    placed = [at("0 15:59"), at("0 16:00"), at("1 15:59"), at("1 16:00"), at("3 12:00")]
    # After Saturday's cutoff nobody works before Tuesday (day 4).
    assert quoted(net, friday, *placed) == [1, 2, 2, 5, 5]


def test_the_promise_is_the_stations_date() -> None:
    """An order from Richmond to Seattle by a truck of two days."""
    places = {"EAST": center(), "HUB": place(WEST), "S": station(WEST)}
    lanes = {("EAST", "HUB"): lane("20:00", 48.0), ("HUB", "S"): lane("02:00", 1.0)}
    net = network(places, lanes, {"S": SEATTLE})
    # Off at 20:00 of day 0, at the hub at 17:00 of day 2 there, on at 02:00, out at ten.
    assert quoted(net, minutes(MONDAY, 6), at("0 20:00"), at("0 20:01")) == [3, 4]


def test_closures_are_known_when_the_promise_is_made() -> None:
    net, period = next_day_line(), minutes(MONDAY, 12)
    shut = Closure(place="STATION", start=datetime(2023, 9, 19), end=datetime(2023, 9, 26))
    found = quoted(net, period, at("0 12:00"), at("6 12:00"), at("7 12:00"), at("8 12:00"),
                   closures=[shut])  # fmt: skip
    assert found == [8, 8, 8, 9]


def test_nothing_is_promised_where_nothing_leaves_any_more() -> None:
    net, period = next_day_line(), minutes(MONDAY, 3)
    for_good = datetime(2024, 1, 1)
    truck = Closure(place="CENTER > STATION by truck", start=datetime(2023, 9, 20), end=for_good)
    assert quoted(net, period, at("1 12:00"), at("2 12:00"), closures=[truck]) == [2, NO_DATE]
    couriers = Closure(place="STATION", start=datetime(2020, 1, 1), end=for_good)
    assert quoted(net, period, at("1 12:00"), closures=[couriers]) == [NO_DATE]


def test_the_last_orders_of_a_period_are_promised_dates_after_it() -> None:
    net, period = next_day_line(), minutes(MONDAY, 2)
    assert quoted(net, period, at("1 12:00"), at("1 23:59")) == [2, 3]


# Against a walk through the timetable ------------------------------------------------------------


def walked(steps: Nominal, tick: int, source: int, name: str, buffer: int) -> int:
    """The day on which the first wave leaves that an order reaches, going step by step."""
    table, routes = steps.table, steps.routes
    gate = int(steps.sources.gate[source])
    if gate >= 0:
        rows = slice(*table.gates.first[gate : gate + 2].tolist())
        days = zip(table.gates.opens[rows].tolist(), table.gates.cutoff[rows].tolist(), strict=True)
        tick = next((max(tick, opens) for opens, cutoff in days if tick < cutoff), 10**12)
    tick += buffer
    at_place, target = int(steps.sources.facility[source]), routes.number[name]
    while True:
        ready = tick + int(steps.handling[at_place])
        row = int(routes.next_lane[at_place, target])
        closes = int(steps.lanes.doors_close[row])
        departs = table.tick[table.lane == row]
        in_time = departs[departs >= ready] if not closes else departs[departs - closes > ready]
        if not len(in_time):
            return NO_DATE
        if row >= len(routes.lanes):
            zone = np.array([steps.period.zone_number(routes.facilities[name].time_zone)])
            return int(steps.period.local_days(zone, in_time[:1])[0])
        tick, at_place = int(in_time[0] + steps.transit[row]), int(steps.lanes.destination[row])


def two_coasts(seed: int) -> Network:
    """Centers and stations on both coasts, with timetables drawn at random."""
    rng = np.random.default_rng(seed)

    def times(most: int) -> str:
        drawn = rng.integers(0, 24 * 4, rng.integers(1, most + 1)) * 15
        return " ".join(sorted({f"{m // 60:02d}:{m % 60:02d}" for m in drawn.tolist()}))

    def calendar() -> str:
        return str(rng.choice(["every day", "weekdays", "carrier"]))

    def handling() -> dict[str, float]:
        return {"work_seconds": float(rng.integers(0, 90) * 60), "dwell_minutes": 20.0}

    gate = {"gate_calendar": "carrier", "gate_opens": "06:00", "gate_cutoff": "16:00"}
    places = {
        "C1": center(EAST, **handling(), **gate), "C2": center(WEST, **handling()),
        "H1": place(EAST, **handling()), "H2": place(WEST, **handling()),
        "S1": station(EAST, wave_times=times(2), round_calendar=calendar(), **handling()),
        "S2": station(WEST, wave_times=times(2), round_calendar=calendar(), **handling()),
    }  # fmt: skip
    hops = [("C1", "H1"), ("C2", "H2"), ("H1", "H2"), ("H2", "H1"), ("H1", "S1"), ("H2", "S2")]
    lanes = {
        hop: lane(times(4), float(rng.integers(1, 60)), calendar=calendar(),
                  doors_close_minutes=float(rng.choice([0, 0, 15])))
        for hop in hops
    }  # fmt: skip
    return network(places, lanes, {"S1": RICHMOND, "S2": SEATTLE})


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("closed", [False, True])
def test_a_promise_is_what_a_walk_through_the_timetable_finds(seed: int, closed: bool) -> None:
    # Eight weeks with Labor Day and, at the end, the end of daylight saving time.
    net, period = two_coasts(seed), minutes("2023-08-28", 72)
    shut = [
        Closure(place="S1", start=datetime(2023, 9, 12), end=datetime(2023, 9, 20)),
        Closure(place="H2", start=datetime(2023, 10, 1, 12), end=datetime(2023, 10, 3)),
    ]  # fmt: skip
    steps = nominal(net, period, *(shut if closed else []))
    quote = quote_of(PathTimetable(buffer="90 min"), MARKETS, steps)
    rng = np.random.default_rng(seed)
    tick = rng.integers(0, period.horizon, 300)
    source = rng.integers(0, 2, 300)
    to = rng.choice(["S1", "S2"], 300).tolist()
    expected = [
        walked(steps, t, s, name, 90)
        for t, s, name in zip(tick.tolist(), source.tolist(), to, strict=True)
    ]
    assert days_of(quote, steps, tick, source, to) == expected
    assert sum(day != NO_DATE for day in expected) > 250
