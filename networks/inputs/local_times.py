"""Types for local times, dates and weekdays as a planner writes them: '14:00', 'Mon-Fri'.

Each is kept as text in one spelling, or as Python's own date, without a time zone: the place where
it holds has one.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import groupby
from typing import Annotated, Literal

from pydantic import BeforeValidator, WithJsonSchema

from networks.inputs.models import refusal

Holidays = Literal["none", "federal", "usps", "ups", "fedex", "business", "christmas"]
"""The lists of days off that calendars know: see `logistics.calendars.holiday_dates`."""

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_LOCAL_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_MOMENT = re.compile(rf"{_DATE.pattern}[T ]{_CLOCK}")

_LOCAL_TIMES = "'00:00' to '24:00'"


def _parse_local_time(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 24 * 60:
        hint = f"'{value // 60:02}:{value % 60:02}'"
        raise refusal(f"a local time needs quotes, such as {hint}", _LOCAL_TIMES)
    match = _LOCAL_TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        raise refusal("must be a local time such as '14:00'", _LOCAL_TIMES)
    hour, minute = int(match[1]), int(match[2])
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise refusal("is not a time of the day", _LOCAL_TIMES)
    return f"{hour:02}:{minute:02}"


LocalTime = Annotated[
    str,
    BeforeValidator(_parse_local_time),
    WithJsonSchema({"type": "string", "examples": ["14:00"]}),
]
"""A wall clock time 'HH:MM' from '00:00' to '24:00', kept as text."""


def _parse_departure_time(value: object) -> str:
    time = _parse_local_time(value)
    if time == "24:00":
        raise refusal("is the end of a day, when nothing leaves", "'00:00' to '23:59'")
    return time


DepartureTime = Annotated[
    str,
    BeforeValidator(_parse_departure_time),
    WithJsonSchema({"type": "string", "examples": ["14:00"], "maximum": "23:59"}),
]
"""A wall clock time 'HH:MM' from '00:00' to '23:59', kept as text."""


def _parse_date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise refusal("is not a day of the calendar", "year-month-day") from None
    raise refusal("must be a date such as 2024-10-23", "year-month-day")


LocalDate = Annotated[date, BeforeValidator(_parse_date)]
"""A day of the calendar; pydantic's own `date` would take the number 86400 for 1970-01-02."""

_MOMENTS = "a date and a time such as 2024-10-23 14:00, local, in whole minutes"


def _parse_local_date_time(value: object) -> datetime:
    if isinstance(value, str) and _MOMENT.fullmatch(value.strip()):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise refusal("is not a time of the calendar", _MOMENTS) from None
    if not isinstance(value, datetime):
        raise refusal("must be a date and a time such as 2024-10-23 14:00", _MOMENTS)
    if value.tzinfo:
        raise refusal("must be a local time, without a time zone", _MOMENTS)
    if value.second or value.microsecond:
        raise refusal("must be in whole minutes", _MOMENTS)
    return value


LocalDateTime = Annotated[datetime, BeforeValidator(_parse_local_date_time)]
"""A local date and time in whole minutes, without a time zone."""


_WEEKDAYS = "'daily', or days and ranges of Mon Tue Wed Thu Fri Sat Sun, such as 'Mon-Fri'"
_NO_WEEKDAYS = "must name weekdays, such as 'Mon-Fri' or 'Mon Wed Fri'"
_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY_NUMBER = {
    name: number for number, full in enumerate(_FULL_NAMES) for name in (full, full[:3])
}


def weekday_numbers(text: str) -> tuple[int, ...]:
    """Return the weekdays of 'Mon-Fri', 'Mon Wed Fri' or 'daily' in order; Monday is 0.

    Raises a `ValueError` (a pydantic error) for a text that names no days.

    >>> weekday_numbers("Sat-Mon")
    (0, 5, 6)
    """
    if text.strip().lower() == "daily":
        return tuple(range(7))
    days: set[int] = set()
    # 'Mon - Fri' is one range; commas separate as spaces do.
    for word in re.sub(r"\s*-\s*", "-", text.lower()).replace(",", " ").split():
        ends = [_WEEKDAY_NUMBER.get(name) for name in word.split("-")]
        if None in ends or len(ends) > 2:
            raise refusal(_NO_WEEKDAYS, _WEEKDAYS)
        first, last = ends[0] or 0, ends[-1] or 0
        days.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    if not days:
        raise refusal("must name at least one weekday", _WEEKDAYS)
    return tuple(sorted(days))


def _parse_weekdays(value: object) -> str:
    if not isinstance(value, str):
        raise refusal(_NO_WEEKDAYS, _WEEKDAYS)
    days = weekday_numbers(value)
    if len(days) == 7:
        return "daily"
    # what follows one another has the same distance from its place in the list
    runs = ([WEEKDAY_NAMES[day] for _, day in run]
            for _, run in groupby(enumerate(days), lambda at: at[1] - at[0]))  # fmt: skip
    return " ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else " ".join(run) for run in runs)


Weekdays = Annotated[
    str,
    BeforeValidator(_parse_weekdays),
    WithJsonSchema({"type": "string", "examples": ["Mon-Fri", "Mon Wed Fri", "daily"]}),
]
"""Days of the week as text, in one spelling: 'Mon-Fri', 'Mon Wed Fri', 'daily'."""
