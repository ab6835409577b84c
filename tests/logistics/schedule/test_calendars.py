"""Local clocks against zoneinfo, minute by minute, and the days on which people work."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logistics.schedule.calendars import (
    HOLIDAY_LISTS,
    Period,
    add_working_days,
    holiday_dates,
    works_on,
)
from networks.geography import load_markets
from networks.schema import Calendar

NEW_YORK, CHICAGO, DENVER, LOS_ANGELES = (
    f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Los_Angeles")
)
ARIZONA, INDIANA = "America/Phoenix", "America/Indiana/Indianapolis"
ZONES = tuple(
    sorted({*load_markets().time_zones, NEW_YORK, CHICAGO, DENVER, LOS_ANGELES, ARIZONA, INDIANA})
)
SPRING, AUTUMN = date(2023, 3, 12), date(2023, 11, 5)
DAY_MINUTES = 24 * 60


def around(day: date, tick_ms: int = 1000, zones: tuple[str, ...] = ZONES) -> Period:
    """Three days with `day` in the middle, on clocks all over the country."""
    return Period(day, 1, 1, 1, 1, tick_ms, zones)


def tick_at(period: Period, zone: str, day: int, local_ms: float) -> int:
    """The tick of a local time, given in milliseconds since local midnight."""
    local = np.array([round(local_ms / period.tick_ms)])
    number = np.array([period.zone_number(zone)])
    return int(period.to_ticks(number, np.array([day]), local)[0])


def wall(period: Period, zone: str, tick: int) -> str:
    """What the clock on the wall shows at a tick."""
    utc = datetime.fromtimestamp((tick * period.tick_ms + period.zero_ms) / 1000, UTC)
    return utc.astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M:%S")


def instant(zone: str, naive: datetime) -> datetime:
    """The first instant at which a local clock shows a minute, or the next one that it shows."""
    info = ZoneInfo(zone)
    while True:
        moment = naive.replace(tzinfo=info).astimezone(UTC)
        if moment.astimezone(info).replace(tzinfo=None) == naive:
            return moment
        naive += timedelta(minutes=1)


# Local times -------------------------------------------------------------------------------------


@pytest.mark.parametrize("change_day", [SPRING, AUTUMN, date(2024, 3, 10), date(2024, 11, 3)])
@pytest.mark.parametrize("zone", ZONES)
def test_every_minute_around_a_clock_change_agrees_with_zoneinfo(
    zone: str, change_day: date
) -> None:
    period = around(change_day)
    minutes = np.arange(3 * DAY_MINUTES)
    number = np.full(len(minutes), period.zone_number(zone))
    found = period.to_ticks(number, minutes // DAY_MINUTES, minutes % DAY_MINUTES * 60)
    start = datetime.combine(period.first_date, datetime.min.time())
    expected = [instant(zone, start + timedelta(minutes=int(m))) for m in minutes]
    assert [t * 1000 + period.zero_ms for t in found.tolist()] == [
        round(moment.timestamp() * 1000) for moment in expected
    ]


def test_a_time_that_does_not_exist_becomes_the_next_valid_minute() -> None:
    period = around(SPRING)
    half_past_two = tick_at(period, NEW_YORK, 1, 2.5 * 3_600_000)
    assert wall(period, NEW_YORK, half_past_two) == "03-12 03:00:00"
    # 2023-03-12 07:00 UTC is the instant of the change.
    assert half_past_two * 1000 + period.zero_ms == 1_678_604_400_000
    for almost in (2, 2.0001, 2.9999, 3):
        assert tick_at(period, NEW_YORK, 1, almost * 3_600_000) == half_past_two
    assert wall(period, NEW_YORK, half_past_two - 1) == "03-12 01:59:59"
    assert tick_at(period, NEW_YORK, 1, 3 * 3_600_000 + 1000) == half_past_two + 1


def test_a_time_that_comes_twice_is_the_first() -> None:
    period = around(AUTUMN)
    half_past_one = tick_at(period, NEW_YORK, 1, 1.5 * 3_600_000)
    # 2023-11-05 05:30 UTC, still daylight saving time; an hour later it is 1:30 again.
    assert half_past_one * 1000 + period.zero_ms == 1_699_162_200_000
    assert wall(period, NEW_YORK, half_past_one + 3600) == "11-05 01:30:00"
    two = tick_at(period, NEW_YORK, 1, 2 * 3_600_000)
    assert two - tick_at(period, NEW_YORK, 1, 2 * 3_600_000 - 1000) == 3601


@pytest.mark.parametrize("zone", [ARIZONA, INDIANA])
@pytest.mark.parametrize("change_day", [SPRING, AUTUMN])
def test_arizona_keeps_its_clock_and_indiana_changes_it(zone: str, change_day: date) -> None:
    period = around(change_day)
    hours = (
        tick_at(period, zone, 1, 24 * 3_600_000) - tick_at(period, zone, 1, 0)
    ) // 3600  # ticks of a second
    expected = 24 if zone == ARIZONA else {SPRING: 23, AUTUMN: 25}[change_day]
    assert hours == expected


def test_a_place_that_follows_no_daylight_saving_drifts_against_its_neighbours() -> None:
    summer, winter = around(date(2023, 7, 10)), around(date(2023, 12, 11))
    for period, behind in ((summer, 1), (winter, 0)):
        noon = 12 * 3_600_000
        gap = tick_at(period, ARIZONA, 1, noon) - tick_at(period, DENVER, 1, noon)
        assert gap == behind * 3600


@pytest.mark.parametrize("tick_ms", [1, 10, 1000, 60_000])
@pytest.mark.parametrize("change_day", [SPRING, AUTUMN])
def test_ticks_of_any_length_tell_the_same_instants(tick_ms: int, change_day: date) -> None:
    fine, period = around(change_day, 1), around(change_day, tick_ms)
    for zone in (NEW_YORK, DENVER, ARIZONA):
        for minute in range(0, DAY_MINUTES, 10):
            at = tick_at(period, zone, 1, minute * 60_000) * tick_ms
            assert at == tick_at(fine, zone, 1, minute * 60_000)


def test_a_local_time_may_run_past_midnight_into_a_day_that_changes_its_clock() -> None:
    period = around(SPRING)
    for hours, shown in ((24, "00:00"), (25.5, "01:30"), (26.5, "03:00"), (30, "06:00")):
        tick = tick_at(period, CHICAGO, 0, hours * 3_600_000)
        assert wall(period, CHICAGO, tick) == f"03-12 {shown}:00"
    assert tick_at(period, CHICAGO, 2, -3_600_000) == tick_at(period, CHICAGO, 1, 23 * 3_600_000)
    assert tick_at(period, CHICAGO, 0, 49 * 3_600_000) == tick_at(period, CHICAGO, 2, 3_600_000)


def test_each_row_may_have_a_zone_and_a_day_of_its_own() -> None:
    period = around(AUTUMN)
    zones, days, hours = [NEW_YORK, ARIZONA, LOS_ANGELES], [0, 1, 2], [3, 14, 22]
    together = period.to_ticks(
        np.array([period.zone_number(zone) for zone in zones]),
        np.array(days),
        np.array(hours) * 3600,
    )
    assert together.tolist() == [
        tick_at(period, zone, day, hour * 3_600_000)
        for zone, day, hour in zip(zones, days, hours, strict=True)
    ]


@settings(deadline=None, max_examples=60)
@given(
    year=st.sampled_from([2023, 2024, 2025, 2026]),
    day_of_year=st.integers(0, 364),
    zone=st.sampled_from(ZONES),
    minute=st.integers(0, DAY_MINUTES - 1),
)
def test_any_minute_of_any_day_agrees_with_zoneinfo(
    year: int, day_of_year: int, zone: str, minute: int
) -> None:
    day = date(year, 1, 1) + timedelta(days=day_of_year)
    period = Period(day, 0, 1, 0, 0, 1000, (zone,))
    naive = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minute)
    found = tick_at(period, zone, 0, minute * 60_000) * 1000 + period.zero_ms
    assert found == round(instant(zone, naive).timestamp() * 1000)


# The period --------------------------------------------------------------------------------------


def test_tick_0_is_the_first_midnight_anywhere_and_the_horizon_the_last() -> None:
    period = Period(date(2023, 9, 20), 2, 3, 1, 1, 1000, (LOS_ANGELES, NEW_YORK))
    assert (period.first_date, period.all_days) == (date(2023, 9, 18), 6)
    assert wall(period, NEW_YORK, 0) == "09-18 00:00:00"
    assert period.horizon == (6 * 24 + 3) * 3600
    assert wall(period, LOS_ANGELES, period.horizon) == "09-24 00:00:00"
    assert period.date_of(2) == date(2023, 9, 20)
    assert period.times(np.array([0]))[0] == np.datetime64("2023-09-18T04:00", "ms")


@pytest.mark.parametrize(("change_day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_a_day_with_a_clock_change_is_an_hour_shorter_or_longer(
    change_day: date, hours: int
) -> None:
    period = Period(change_day, 0, 1, 0, 0, 1000, (CHICAGO,))
    assert period.horizon == hours * 3600


@pytest.mark.parametrize("change_day", [SPRING, AUTUMN, date(2023, 6, 1)])
def test_local_days_are_those_of_which_midnights_and_times_were_taken(change_day: date) -> None:
    period = around(change_day, 60_000)
    minutes = np.arange(DAY_MINUTES)
    for zone in range(len(ZONES)):
        for day in range(-1, 4):
            number, days = np.full(len(minutes), zone), np.full(len(minutes), day)
            ticks = period.to_ticks(number, days, minutes)
            assert (period.local_days(number, ticks) == day).all()
            assert ticks[0] == period.midnight(np.array([zone]), np.array([day]))[0]
            before_midnight = period.local_days(np.array([zone]), ticks[:1] - 1)
            assert before_midnight.tolist() == [day - 1]


def test_local_days_agree_with_zoneinfo_at_every_hour() -> None:
    period = Period(date(2023, 11, 3), 1, 3, 1, 1, 1000, ZONES)
    for number, zone in enumerate(ZONES):
        ticks = np.arange(0, period.horizon, 1800)
        moments = [
            datetime.fromtimestamp(t + period.zero_ms / 1000, UTC).astimezone(ZoneInfo(zone))
            for t in ticks.tolist()
        ]
        expected = [(moment.date() - period.first_date).days for moment in moments]
        assert period.local_days(np.full(len(ticks), number), ticks).tolist() == expected


@pytest.mark.parametrize(("tick_ms", "days", "wide"), [
    (10, 124, False), (10, 125, True), (1, 12, False), (1, 13, True), (60_000, 3660, False),
])  # fmt: skip
def test_short_ticks_or_many_days_take_wide_integers(tick_ms: int, days: int, wide: bool) -> None:
    period = Period(date(2023, 1, 1), 0, days, 0, 0, tick_ms, (ARIZONA,))
    assert period.dtype is (np.int64 if wide else np.int32)
    assert wide or 2 * period.horizon <= np.iinfo(np.int32).max


def test_durations_are_rounded_to_the_nearest_tick() -> None:
    period = around(SPRING, 10)
    assert period.ticks(timedelta(milliseconds=14)) == 1
    assert period.ticks(timedelta(hours=2)) == 720_000
    assert period.ticks_of_minutes(np.array([0, 0.0001, 1.5])).tolist() == [0, 1, 9000]


# Working days ------------------------------------------------------------------------------------

FEDERAL = {
    2023: "01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-23 12-25",
    2024: "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25",
    2025: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
    2026: "01-01 01-19 02-16 05-25 06-19 07-03 09-07 10-12 11-11 11-26 12-25",
}
UPS = {
    2023: "01-02 05-29 07-04 09-04 11-23 12-25",
    2024: "01-01 05-27 07-04 09-02 11-28 12-25",
    2025: "01-01 05-26 07-04 09-01 11-27 12-25",
    2026: "01-01 05-25 07-04 09-07 11-26 12-25",
}


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
@pytest.mark.parametrize(("name", "table", "last", "count"),
                         [("federal", FEDERAL, 4, 11), ("ups", UPS, 5, 6)])  # fmt: skip
def test_holidays_that_fall_on_working_days(
    name: str, table: dict[int, str], last: int, count: int, year: int
) -> None:
    weekdays = sorted(day for day in holiday_dates(name, year) if day.weekday() <= last)
    assert [f"{day:%m-%d}" for day in weekdays] == table[year].split()
    assert len(weekdays) == count


ON_A_WEEKEND = {
    "Christmas, a Saturday": "2021-12-24 2021-12-25 | 2021-12-25 | 2021-12-25 | 2021-12-25",
    "Christmas, a Sunday": "2022-12-25 2022-12-26 | 2022-12-25 2022-12-26 | 2022-12-25"
    " | 2022-12-25",
    "New Year, a Saturday": "2021-12-31 2022-01-01 | 2022-01-01 | 2022-01-01 |",
    "New Year, a Sunday": "2023-01-01 2023-01-02 | 2023-01-01 2023-01-02 | 2023-01-01 |",
    "Fourth of July, a Saturday": "2026-07-03 2026-07-04 | 2026-07-04 | 2026-07-04 |",
    "Fourth of July, a Sunday": "2021-07-04 2021-07-05 | 2021-07-04 2021-07-05 | 2021-07-04 |",
}
"""All days off within four days: federal offices | post and UPS | FedEx and shops | Christmas."""
COLUMN = {"federal": 0, "usps": 1, "ups": 1, "fedex": 2, "business": 2, "christmas": 3}


def days_off_around(name: str, holiday: date) -> list[str]:
    near = (holiday + timedelta(days=n) for n in range(-4, 5))
    return [str(day) for day in near if day in holiday_dates(name, day.year)]


@pytest.mark.parametrize("name", COLUMN)
@pytest.mark.parametrize("case", ON_A_WEEKEND)
def test_a_holiday_on_a_weekend_is_a_day_off_itself_and_another_only_where_the_list_says_so(
    name: str, case: str
) -> None:
    cells = ON_A_WEEKEND[case].split("|")
    holiday = max(cells[2].split())
    assert days_off_around(name, date.fromisoformat(holiday)) == cells[COLUMN[name]].split()


def test_a_seller_who_packs_daily_rests_on_christmas_saturday_and_works_the_friday_before() -> None:
    friday, saturday, sunday = (date(2021, 12, day) for day in (24, 25, 26))
    for weekdays, kept, works in [
        ("daily", "business", [True, False, True]),
        ("Mon-Fri", "business", [True, False, False]),
        ("daily", "federal", [False, False, True]),
        ("Mon-Sat", "usps", [True, False, False]),
        ("Mon-Sat", "ups", [True, False, False]),
    ]:
        calendar = Calendar(weekdays, kept)
        assert [works_on(calendar, day) for day in (friday, saturday, sunday)] == works, kept


def test_carriers_and_shops_work_on_holidays_that_only_offices_and_the_post_keep() -> None:
    columbus_day = date(2023, 10, 9)
    keep = [name for name in HOLIDAY_LISTS if columbus_day in holiday_dates(name, 2023)]
    assert keep == ["federal", "usps"]


def test_years_after_2100_have_their_holidays_too() -> None:
    assert [f"{day:%m-%d}" for day in sorted(holiday_dates("ups", 2150))] == [
        "01-01", "05-25", "07-04", "09-07", "11-26", "12-25",
    ]  # fmt: skip
    assert date(2100, 12, 31) in holiday_dates("federal", 2100)  # 1 January 2101 is a Saturday


def test_holiday_lists_by_name() -> None:
    assert holiday_dates("none", 2023) == frozenset()
    assert holiday_dates("christmas", 2023) == {date(2023, 12, 25)}
    assert all(isinstance(holiday_dates(name, 2024), frozenset) for name in HOLIDAY_LISTS)
    with pytest.raises(KeyError, match="no holiday list 'easter'; known: none, federal, usps, ups"):
        holiday_dates("easter", 2023)


def test_a_calendar_works_on_its_weekdays_less_its_holidays() -> None:
    parcels, shops = Calendar("Mon-Sat", "ups"), Calendar("Mon Wed Fri", "none")
    assert [works_on(parcels, date(2023, 9, day)) for day in range(1, 9)] == [
        True, True, False, False, True, True, True, True,  # Friday; Sunday 3, Labor Day 4
    ]  # fmt: skip
    assert [works_on(shops, date(2023, 9, day)) for day in range(1, 9)] == [
        True, False, False, True, False, True, False, True,
    ]  # fmt: skip
    period = Period(date(2023, 9, 2), 1, 5, 2, 2, 1000, (CHICAGO,))
    assert period.working_days(parcels).tolist() == [0, 1, 4, 5, 6, 7]
    assert period.working_days(parcels, before=2, after=2).tolist() == [-2, -1, 0, 1, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(("start", "count", "arrives"), [
    ("2023-08-31", 0, "2023-08-31"),
    ("2023-08-31", 1, "2023-09-01"),
    ("2023-08-31", 2, "2023-09-05"),  # over the weekend and Labor Day
    ("2023-09-02", 1, "2023-09-05"),  # from a Saturday
    ("2023-09-04", 3, "2023-09-07"),  # from the holiday itself
    ("2023-12-22", 2, "2023-12-27"),
    ("2023-12-29", 1, "2024-01-02"),  # into another year
    ("2023-09-18", 249, "2024-09-16"),  # 52 weeks of five days, less eleven holidays
])  # fmt: skip
def test_add_working_days(start: str, count: int, arrives: str) -> None:
    office = Calendar("Mon-Fri", "federal")
    assert add_working_days(office, date.fromisoformat(start), count) == date.fromisoformat(arrives)


def test_working_days_of_a_calendar_without_holidays_are_counted_by_numpy_too() -> None:
    start = date(2023, 9, 15)
    for count in range(30):
        expected = np.busday_offset(start, count, roll="backward").item()
        assert add_working_days(Calendar("Mon-Fri", "none"), start, count) == expected
