"""Types for the parameters a planner writes: durations, local times, shares, weekdays, units.

A quantity with a unit is written with its unit (`'2h30m'`, `'300 km'`, `'0.4 kg'`); a bare number
is refused, because nobody can tell hours from days afterwards. Every type writes itself back as a
text that it reads again to the same value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainSerializer,
    WithJsonSchema,
)

from networks.inputs.models import refusal

LONGEST_DURATION = timedelta(days=3653)
"""Ten years: anything longer is a slip of the keyboard."""

ONE_MINUTE, ONE_DAY = timedelta(minutes=1), timedelta(days=1)


Holidays = Literal["none", "federal", "ups", "christmas"]
"""The lists of days off that calendars know: see `logistics.calendars.holiday_dates`."""

WEEKDAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

KM_PER_MILE = Decimal("1.609344")
KG_PER_POUND = Decimal("0.45359237")

_NUMBER = r"(?:[0-9]{1,18}(?:\.[0-9]{1,30})?|\.[0-9]{1,30})"
_MS = timedelta(milliseconds=1)
# Longest first: the spelling of a single unit, the letters in '2h30m', its length in milliseconds.
_UNITS = (
    ("days", "d", 86_400_000),
    ("h", "h", 3_600_000),
    ("min", "m", 60_000),
    ("s", "s", 1_000),
    ("ms", "ms", 1),
)
_UNIT_MS = {
    spelling: milliseconds
    for spellings, milliseconds in (
        ("w week weeks", 7 * 86_400_000),
        ("d day days", 86_400_000),
        ("h hr hrs hour hours", 3_600_000),
        ("m min mins minute minutes", 60_000),
        ("s sec secs second seconds", 1_000),
        ("ms millisecond milliseconds", 1),
    )
    for spelling in spellings.split()
}
_PART = re.compile(rf"\s*({_NUMBER})\s*([a-z]+)")
_QUANTITY = re.compile(rf"({_NUMBER}(?:e[+-]?[0-9]{{1,3}})?)\s*([a-z]+)")
_LOCAL_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
_MOMENT = re.compile(rf"{_DATE.pattern}[T ]{_CLOCK}")


# Durations ---------------------------------------------------------------------------------------

_DURATIONS = "a duration such as '3 days' or '2h30m'"
_SPAN = "0 s to 10 years"
_NO_DURATION = f"must be {_DURATIONS}"
_NEEDS_UNIT = "a duration needs a unit, such as '3 days' or '2h30m'"
_NEGATIVE = "a duration must not be negative"


def parse_duration(value: object) -> timedelta:
    """Read '3 days', '2h30m', '1.5 days' or a timedelta, to the nearest millisecond.

    Raises a `ValueError` (a pydantic error) for a number without a unit, a negative duration, one
    above ten years, and anything else.

    >>> parse_duration("2 h 30 min")
    datetime.timedelta(seconds=9000)
    """
    if isinstance(value, timedelta):
        length = value
    elif isinstance(value, str):
        length = _duration_of_text(value)
    else:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        raise refusal(_NEEDS_UNIT if number else _NO_DURATION, _DURATIONS)
    if length < timedelta(0):
        raise refusal(_NEGATIVE, _SPAN)
    if length > LONGEST_DURATION:
        raise refusal("a duration must not exceed 10 years", _SPAN)
    return round(length / _MS) * _MS if length % _MS else length


def _duration_of_text(text: str) -> timedelta:
    rest = text.strip().lower()
    if re.fullmatch(rf"[+-]?{_NUMBER}", rest):
        raise refusal(_NEEDS_UNIT, _DURATIONS)
    if rest.startswith("-"):
        raise refusal(_NEGATIVE, _SPAN)
    total, units, end = Decimal(0), [], 0
    while end < len(rest) and (part := _PART.match(rest, end)) and part[2] in _UNIT_MS:
        units.append(_UNIT_MS[part[2]])
        total += Decimal(part[1]) * units[-1]
        end = part.end()
    if not units or end < len(rest) or any(later >= earlier for earlier, later in pairwise(units)):
        raise refusal(_NO_DURATION, _DURATIONS)
    # Beyond this a timedelta overflows; parse_duration refuses both alike.
    return timedelta(milliseconds=min(round(total), 10**14))


def duration_text(duration: timedelta) -> str:
    """Return the short text that `parse_duration` reads back, exact to the millisecond.

    One unit where fewer than 100 of it will do ('90 s', '36 h'), else several ('2h30m').

    >>> duration_text(timedelta(minutes=150))
    '2h30m'
    """
    milliseconds = rest = round(duration / _MS)
    if not milliseconds:
        return "0 s"
    spelling, unit = next((name, ms) for name, _, ms in _UNITS if milliseconds % ms == 0)
    parts = []
    for _, letters, ms in _UNITS:
        count, rest = divmod(rest, ms)
        if count:
            parts.append(f"{count}{letters}")
    count = milliseconds // unit
    if len(parts) > 1 and count >= 100:
        return "".join(parts)
    return f"{count} {'day' if (count, spelling) == (1, 'days') else spelling}"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(duration_text, return_type=str),
    WithJsonSchema({"type": "string", "format": "duration", "examples": ["3 days", "2h30m"]}),
]
"""A length of time, at least 0."""


def _parse_positive_duration(value: object) -> timedelta:
    length = parse_duration(value)
    if not length:
        raise refusal("a duration must be greater than 0 here", "above 0 s, up to 10 years")
    return length


PositiveDuration = Annotated[Duration, BeforeValidator(_parse_positive_duration)]
"""A length of time above 0."""


# Times of day, days ------------------------------------------------------------------------------

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
    name: number
    for names in (WEEKDAY_NAMES, _FULL_NAMES)
    for number, name in enumerate(name.lower() for name in names)
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
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return " ".join(
        f"{WEEKDAY_NAMES[run[0]]}-{WEEKDAY_NAMES[run[-1]]}"
        if len(run) > 2
        else " ".join(WEEKDAY_NAMES[day] for day in run)
        for run in runs
    )


Weekdays = Annotated[
    str,
    BeforeValidator(_parse_weekdays),
    WithJsonSchema({"type": "string", "examples": ["Mon-Fri", "Mon Wed Fri", "daily"]}),
]
"""Days of the week as text, in one spelling: 'Mon-Fri', 'Mon Wed Fri', 'daily'."""


# Texts -------------------------------------------------------------------------------------------


def _one_line(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise refusal(
            "must be one line of printable characters, without blanks around it", "plain text"
        )
    return text


Text = Annotated[str, AfterValidator(_one_line)]
"""One line of printable text: it goes into tables, pages and terminals as it is."""

# Numbers -----------------------------------------------------------------------------------------


def _finite(value: object) -> float | None:
    """Return a finite number as a float; None for anything else, True and False among it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _parse_share(value: object) -> float:
    percent = re.fullmatch(rf"(-?{_NUMBER})\s*%", value.strip()) if isinstance(value, str) else None
    # Decimal, so that '2.8%' is the float 0.028 and not its neighbour.
    share = float(Decimal(percent[1]) / 100) if percent else _finite(value)
    if share is None:
        raise refusal("must be a share such as 0.05 or '5%'", "0 to 1, or '0%' to '100%'")
    if not 0 <= share <= 1:
        raise refusal("a share must lie between 0 and 1", "0 to 1, or '0%' to '100%'")
    return share


Share = Annotated[
    float,
    BeforeValidator(_parse_share),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1, "examples": [0.05, "5%"]}),
]
"""A number from 0 to 1, also written as '5%'."""


def _parse_factor(value: object) -> float:
    factor = _finite(value)
    if factor is None or factor <= 0:
        problem = "must be a number" if factor is None else "must be greater than 0"
        raise refusal(problem, "a number greater than 0")
    return factor


Factor = Annotated[
    float,
    BeforeValidator(_parse_factor),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]
"""A finite number above 0, by which something is multiplied."""


def _quantity(units: dict[str, Decimal], example: str, name: str) -> Callable[[object], float]:
    """Return the reader of a quantity that must carry one of these units."""

    allowed = f"a {name} such as {example}"

    def parse(value: object) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise refusal(f"a {name} needs a unit, such as {example}", allowed)
        match = _QUANTITY.fullmatch(value.strip().lower()) if isinstance(value, str) else None
        if match is None or match[2] not in units:
            raise refusal(f"must be {allowed}", allowed)
        size = float(Decimal(match[1]) * units[match[2]])
        if not math.isfinite(size):
            raise refusal("must be finite", allowed)
        return size

    return parse


def _quantity_text(unit: str) -> Callable[[float], str]:
    """Return the writer of a quantity: the shortest number that reads back exactly, with unit."""
    return lambda size: f"{repr(float(size)).removesuffix('.0')} {unit}"


_DISTANCES = {"km": Decimal(1), "mi": KM_PER_MILE, "mile": KM_PER_MILE, "miles": KM_PER_MILE}
_WEIGHTS = {
    "kg": Decimal(1), "g": Decimal("0.001"), "lb": KG_PER_POUND, "lbs": KG_PER_POUND,
    "oz": KG_PER_POUND / 16,
}  # fmt: skip

Kilometres = Annotated[
    float,
    BeforeValidator(_quantity(_DISTANCES, "'300 km' or '186 mi'", "distance")),
    PlainSerializer(_quantity_text("km"), return_type=str),
    WithJsonSchema({"type": "string", "examples": ["300 km", "186 mi"]}),
]
"""A distance, at least 0: written '300 km' or '186 mi', kept in kilometres."""

Kilograms = Annotated[
    float,
    BeforeValidator(_quantity(_WEIGHTS, "'0.4 kg', '400 g' or '2 lb'", "weight")),
    PlainSerializer(_quantity_text("kg"), return_type=str),
    WithJsonSchema({"type": "string", "examples": ["0.4 kg", "400 g", "2 lb"]}),
]
"""A weight, at least 0: written '0.4 kg', '400 g' or '2 lb', kept in kilograms."""
