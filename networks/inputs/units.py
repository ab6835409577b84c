"""Types for the parameters a planner writes: durations, local times, shares, weekdays, units.

A quantity with a unit is written with its unit (`'2h30m'`, `'300 km'`, `'0.4 kg'`); a bare number
is refused, because nobody could tell hours from days. Every type writes itself back as a
text that it reads again to the same value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

from networks.inputs.models import refusal

LONGEST_DURATION = timedelta(days=3653)
"""Ten years: anything longer is a typing error."""

ONE_MINUTE, ONE_DAY = timedelta(minutes=1), timedelta(days=1)

KM_PER_MILE = Decimal("1.609344")
KG_PER_POUND = Decimal("0.45359237")

_NUMBER = r"(?:[0-9]{1,18}(?:\.[0-9]{1,30})?|\.[0-9]{1,30})"
_MS = timedelta(milliseconds=1)
# Longest first: the spelling of a single unit, the letters in '2h30m', milliseconds, and what else
# is read.
_UNITS = (
    ("days", "d", 86_400_000, "day"),
    ("h", "h", 3_600_000, "hr hrs hour hours"),
    ("min", "m", 60_000, "mins minute minutes"),
    ("s", "s", 1_000, "sec secs second seconds"),
    ("ms", "ms", 1, "millisecond milliseconds"),
)
_UNIT_MS = dict.fromkeys(("w", "week", "weeks"), 7 * 86_400_000) | {
    spelling: milliseconds
    for name, letters, milliseconds, others in _UNITS
    for spelling in (name, letters, *others.split())
}
_PART = re.compile(rf"\s*({_NUMBER})\s*([a-z]+)")
_PARTS = re.compile(rf"(?:{_PART.pattern})+")
_QUANTITY = re.compile(rf"({_NUMBER}(?:e[+-]?[0-9]{{1,3}})?)\s*([a-z]+)")


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
    parts = _PART.findall(rest)
    units = [_UNIT_MS.get(unit, 0) for _, unit in parts]
    if not _PARTS.fullmatch(rest) or 0 in units or any(b >= a for a, b in pairwise(units)):
        raise refusal(_NO_DURATION, _DURATIONS)
    total = sum(Decimal(number) * unit for (number, _), unit in zip(parts, units, strict=True))
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
    spelling, unit = next((name, ms) for name, _, ms, _ in _UNITS if milliseconds % ms == 0)
    parts = []
    for _, letters, ms, _ in _UNITS:
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
    if not (length := parse_duration(value)):
        raise refusal("a duration must be greater than 0 here", "above 0 s, up to 10 years")
    return length


PositiveDuration = Annotated[Duration, BeforeValidator(_parse_positive_duration)]
"""A length of time above 0."""


# Texts -------------------------------------------------------------------------------------------


def _one_line(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        problem = "must be one line of printable characters, without blanks around it"
        raise refusal(problem, "plain text")
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
    # Decimal, so that '2.8%' is the float 0.028 and not the next one.
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
    float, BeforeValidator(_parse_factor), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
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
"""A distance, at least 0: written '300 km' or '186 mi', kept in km."""

Kilograms = Annotated[
    float,
    BeforeValidator(_quantity(_WEIGHTS, "'0.4 kg', '400 g' or '2 lb'", "weight")),
    PlainSerializer(_quantity_text("kg"), return_type=str),
    WithJsonSchema({"type": "string", "examples": ["0.4 kg", "400 g", "2 lb"]}),
]
"""A weight, at least 0: written '0.4 kg', '400 g' or '2 lb', kept in kilograms."""
