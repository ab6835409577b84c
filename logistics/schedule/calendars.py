"""From local clocks and working days to ticks.

Ticks are whole numbers counted from the first local midnight of the period, in UTC. A local time
that does not exist (spring) becomes the next valid minute; one that occurs twice (autumn) is the
first of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from zoneinfo import ZoneInfo

import holidays
import numpy as np
from numpy.typing import NDArray

from logistics.scenario.days import Days
from logistics.simulation.problem import Ending
from logistics.vocabulary import Array
from networks.inputs.local_times import weekday_numbers
from networks.schema import Calendar

Ticks = NDArray[np.int64]

_EPOCH = date(1970, 1, 1)
_SIX = (
    "New Year's Day",
    "Memorial Day",
    "Independence Day",
    "Labor Day",
    "Thanksgiving",
    "Christmas Day",
)
_SATURDAY, _SUNDAY = 5, 6


_EVERY = ("",)
_LISTS: Mapping[str, tuple[tuple[str, ...], Mapping[int, int]]] = {
    "none": ((), {}),
    "federal": (_EVERY, {_SATURDAY: -1, _SUNDAY: 1}),
    "usps": (_EVERY, {_SUNDAY: 1}),
    "ups": (_SIX, {_SUNDAY: 1}),
    "fedex": (_SIX, {}),
    "business": (_SIX, {}),
    "christmas": (("Christmas Day",), {}),
}
"""How the federal holidays that count begin; by weekday, how far away another day off is."""
HOLIDAY_LISTS = tuple(_LISTS)


@cache
def holiday_dates(name: str, year: int) -> frozenset[date]:
    """Return the days off of a named list in a year: each holiday itself, whatever its weekday.

    Those who do not work on that weekday get another day only where the list says so. 'federal':
    the eleven U.S. federal holidays, and the Friday before a Saturday, the Monday after a Sunday
    (5 U.S.C. 6103, Executive Order 11582). 'usps': the same, without those Fridays. 'ups': the six
    without ground pickup and delivery, and the Monday after a Sunday. 'fedex': these six at FedEx
    Ground and Home Delivery. 'business': the six that nearly all employers keep. 'christmas': 25
    December.

    Raises KeyError for a name that is not one of `HOLIDAY_LISTS`.
    """
    if name not in _LISTS:
        raise KeyError(f"no holiday list '{name}'; known: {', '.join(HOLIDAY_LISTS)}")
    titles, moved = _LISTS[name]
    days = set[date]()
    # New Year's Day of the next year may be observed on 31 December.
    for day, title in (*_legal_holidays(year), *_legal_holidays(year + 1)):
        if title.startswith(titles):
            days |= {day, day + timedelta(days=moved.get(day.weekday(), 0))}
    return frozenset(day for day in days if day.year == year)


def _weekdays(year: int) -> tuple[int, int]:
    return date(year, 1, 1).weekday(), date(year, 12, 31).weekday()


@cache
def _legal_holidays(year: int) -> tuple[tuple[date, str], ...]:
    """Return the federal holidays of a year, on whatever weekday, and their names.

    `holidays` knows none after 2100: these are as in an earlier year with the same weekdays.
    """
    known = year
    if year > 2100:
        known = next(one for one in range(2072, 2100) if _weekdays(one) == _weekdays(year))
    found = holidays.country_holidays("US", years=known, observed=False)
    return tuple((day.replace(year=year), title) for day, title in found.items())


def works_on(calendar: Calendar, day: date) -> bool:
    """Tell whether a calendar works on a local date."""
    return day.weekday() in weekday_numbers(calendar.weekdays) and day not in holiday_dates(
        calendar.holidays, day.year
    )


def add_working_days(calendar: Calendar, day: date, count: int) -> date:
    """Return the date `count` working days after `day`.

    Raises ValueError when a calendar has no working day within a year.
    """
    for _ in range(count):
        for ahead in range(1, 366):
            if works_on(calendar, day + timedelta(days=ahead)):
                day += timedelta(days=ahead)
                break
        else:
            raise ValueError(f"no working day within a year after {day}")
    return day


@dataclass(frozen=True)
class Period:
    """The dates of a run, and its ticks.

    `first_day`: the first measured local date. Warm-up days come before the measured `days`, after
    them those of later orders, of the days in which parcels are followed. `time_zones`: those of
    all places of the run. `ended`: the tick at which the run ended, if it ended early.
    """

    first_day: date
    warm_up_days: int
    days: int
    later_order_days: int
    followed_days: int
    tick_ms: int
    time_zones: tuple[str, ...]
    ended: int | None = None

    @classmethod
    def of(cls, days: Days, time_zones: Iterable[str]) -> Period:
        """Return the period of a scenario's days, for places in some time zones."""
        return cls(
            days.first_day, days.warm_up_days, days.days,
            min(days.later_order_days, days.followed_days), days.followed_days, days.tick_ms,
            tuple(sorted(set(time_zones))),
        )  # fmt: skip

    @property
    def first_date(self) -> date:
        """The first simulated local date: day 0."""
        return self.first_day - timedelta(days=self.warm_up_days)

    @property
    def all_days(self) -> int:
        """The number of local dates, if the run does not end early."""
        return self.warm_up_days + self.days + self.followed_days

    @property
    def order_days(self) -> int:
        """The number of local dates that have orders, the first ones."""
        return self.warm_up_days + self.days + self.later_order_days

    @cached_property
    def zero_ms(self) -> int:
        """Tick 0 in milliseconds since 1970: the first midnight of day 0 in any time zone."""
        return min(_midnight_ms(zone, self.first_date) for zone in self.time_zones)

    @cached_property
    def horizon(self) -> int:
        """The tick at which the run ended: the end of its last date, unless it ended early."""
        return self.end_of(self.all_days - 1) if self.ended is None else self.ended

    def end_of(self, day: int) -> int:
        """Return the tick at which a day has ended everywhere."""
        end = self.date_of(day + 1)
        last = max(_midnight_ms(zone, end) for zone in self.time_zones)
        return (last - self.zero_ms) // self.tick_ms

    def begin_of(self, day: int) -> int:
        """Return the tick at which a day has begun anywhere."""
        first = min(_midnight_ms(zone, self.date_of(day)) for zone in self.time_zones)
        return (first - self.zero_ms) // self.tick_ms

    @cached_property
    def ending(self) -> Ending:
        """When the run may end: after each day on which all measured parcels have ended."""
        last = self.warm_up_days + self.days - 1
        cuts = [self.end_of(day) for day in range(last, self.all_days - 1)]
        first = self.begin_of(self.warm_up_days)
        return Ending(first, self.end_of(last), np.array(cuts, np.int64))

    @cached_property
    def dtype(self) -> type[np.int32] | type[np.int64]:
        """int32 while everything before and just after the horizon fits, else int64."""
        last = self.end_of(self.all_days - 1)
        return np.int32 if 2 * last < np.iinfo(np.int32).max else np.int64

    def date_of(self, day: int) -> date:
        """Return the local date of day number `day` (day 0 is the first simulated date)."""
        return self.first_date + timedelta(days=day)

    def ticks(self, length: timedelta) -> int:
        """Return a duration in ticks, rounded to the nearest."""
        return round(length / timedelta(milliseconds=self.tick_ms))

    def ticks_of_minutes(self, minutes: Array | float) -> Ticks:
        """Return durations in minutes as ticks, rounded to the nearest."""
        return np.rint(np.asarray(minutes) * (60_000 / self.tick_ms)).astype(np.int64)

    def working_days(
        self, calendar: Calendar, before: int = 0, after: int = 0
    ) -> NDArray[np.int64]:
        """Return the days a calendar works on, from `before` days earlier to `after` later."""
        return np.array(
            [
                day
                for day in range(-before, self.all_days + after)
                if works_on(calendar, self.date_of(day))
            ],
            dtype=np.int64,
        )

    def after_working_days(self, calendar: Calendar, count: int, days: int) -> NDArray[np.int64]:
        """Return (days,) the day that is so many working days after each of the first days."""
        later = (add_working_days(calendar, self.date_of(day), count) for day in range(days))
        return np.array([(day - self.first_date).days for day in later])

    @cached_property
    def _midnights(self) -> Ticks:
        """(time zones, days) ticks of local midnights, from 2 days before to 400 after."""
        return np.array(
            [
                [
                    (_midnight_ms(zone, self.date_of(day)) - self.zero_ms) // self.tick_ms
                    for day in range(-_BEFORE, self.all_days + _AFTER)
                ]
                for zone in self.time_zones
            ]
        )

    @cached_property
    def _shifts_of_clock(self) -> list[tuple[int, int, int, int]]:
        """(time zone, day, local tick at which the clock changes, gained ticks) of the period."""
        found = []
        day_ticks = 86_400_000 // self.tick_ms
        for number, zone in enumerate(self.time_zones):
            lengths = np.diff(self._midnights[number])
            for column in np.flatnonzero(lengths != day_ticks):
                day = int(column) - _BEFORE
                gained = int(day_ticks - lengths[column])  # +1 hour in spring
                minute = _change_minute(zone, self.date_of(day))
                found.append((number, day, minute * 60_000 // self.tick_ms, gained))
        return found

    def zone_number(self, time_zone: str) -> int:
        """Return the row of a time zone."""
        return self.time_zones.index(time_zone)

    def zone_numbers(self, time_zones: Iterable[str]) -> NDArray[np.int64]:
        """Return the row of each of some time zones."""
        return np.array([self.time_zones.index(zone) for zone in time_zones], np.int64)

    def to_ticks(self, zone: Array | int, day: Array, local: Array) -> Ticks:
        """Return the ticks of local times.

        `zone`: rows of `time_zones`. `day`: day numbers. `local`: ticks since local midnight, by
        the clock on the wall; may run past 24 hours (the next days).
        """
        day_ticks = 86_400_000 // self.tick_ms
        local = np.asarray(local, np.int64)
        day = np.asarray(day, np.int64) + local // day_ticks
        local = local % day_ticks
        zones = np.broadcast_to(zone, day.shape)
        ticks = self._midnights[zones, day + _BEFORE] + local
        first, last = (int(day.min()), int(day.max())) if day.size else (0, -1)
        for row, changed, change, gained in self._shifts_of_clock:
            if not first <= changed <= last:
                continue
            on_day = (zones == row) & (day == changed)
            if gained > 0:  # the clock jumps from `change` to `change + gained`
                ticks -= np.where(on_day, np.clip(local - change, 0, gained), 0)
            else:  # `change - gained` .. `change` comes twice; later times are later by that much
                ticks += np.where(on_day & (local >= change), -gained, 0)
        return np.asarray(ticks, np.int64)

    def local_days(self, zone: Array, tick: Array) -> NDArray[np.int64]:
        """Return the local day number of each tick in its time zone."""
        zone = np.asarray(zone)
        days = np.empty(len(tick), np.int64)
        for row in range(len(self.time_zones)):
            of_zone = zone == row
            days[of_zone] = np.searchsorted(self._midnights[row], tick[of_zone], "right") - 1
        return np.asarray(days - _BEFORE, np.int64)

    def midnight(self, zone: Array, day: Array | int) -> Ticks:
        """Return the ticks at which local days begin."""
        return np.asarray(self._midnights[zone, np.asarray(day) + _BEFORE], np.int64)

    def times(self, tick: Array) -> NDArray[np.datetime64]:
        """Return ticks as UTC times in milliseconds."""
        ms = np.asarray(tick, np.int64) * self.tick_ms + self.zero_ms
        return ms.astype("datetime64[ms]")


_BEFORE, _AFTER = 3, 400


def _midnight_ms(zone: str, day: date) -> int:
    moment = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    return int(moment.timestamp()) * 1000


def _change_minute(zone: str, day: date) -> int:
    """Return the minute on the wall at which the clock changes on a day.

    In spring, the first minute that does not exist; in autumn, the minute after the last of those
    that come twice.
    """
    info = ZoneInfo(zone)
    start = datetime(day.year, day.month, day.day, tzinfo=info)
    before = start.utcoffset()
    moment = start.astimezone(UTC)
    for minute in range(1, 26 * 60):
        local = (moment + timedelta(minutes=minute)).astimezone(info)
        if local.utcoffset() != before:
            return minute
    raise ValueError(f"the clock of {zone} does not change on {day}")
