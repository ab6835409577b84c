"""Shifts and departures as text, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from networks.inputs.cells import clock
from networks.inputs.local_times import WEEKDAY_NAMES, weekday_numbers


@dataclass(frozen=True)
class Shift:
    """One line of a facility's shifts, in minutes of the local day; may end after midnight."""

    starts_minute: int
    ends_minute: int
    workers: int


_SHIFT = re.compile(r"^(\d\d):(\d\d)-(\d\d):(\d\d) (\d+)$")
_DEPARTURE = re.compile(r"^(\d\d):(\d\d)(?:x(\d+))?$")


def parse_shifts(text: str) -> tuple[Shift, ...]:
    """Parse '08:00-16:00 12; 22:00-06:00 5'.

    Raises ValueError naming the part that cannot be read.
    """
    shifts = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        match = _SHIFT.match(part)
        h1, m1, h2, m2, workers = map(int, match.groups()) if match else (0, 60, 0, 60, 0)
        start, end = 60 * h1 + m1, 60 * h2 + m2
        if max(m1, m2) > 59 or start >= 1440 or end > 1440:
            raise ValueError(f"shift '{part}' is not of the form '08:00-16:00 12'")
        shifts.append(Shift(start, end if end > start else end + 1440, workers))
    return tuple(shifts)


def write_shifts(shifts: tuple[Shift, ...]) -> str:
    """Write shifts as `parse_shifts` reads them."""
    return "; ".join(
        f"{clock(s.starts_minute % 1440)}-{clock(s.ends_minute % 1440 or 1440)} {s.workers}"
        for s in shifts
    )


def parse_departures(text: str) -> tuple[tuple[int, int], ...]:
    """Parse '20:00 22:30x3' into (minute of the local day, vehicles), in time order.

    Raises ValueError naming the part that cannot be read.
    """
    departures = []
    for part in text.split():
        match = _DEPARTURE.match(part)
        if match is None or int(match[1]) > 23 or int(match[2]) > 59:
            raise ValueError(f"departure '{part}' is not of the form '20:00' or '20:00x3'")
        departures.append((60 * int(match[1]) + int(match[2]), int(match[3] or 1)))
    return tuple(sorted(departures))


def write_departures(departures: tuple[tuple[int, int], ...]) -> str:
    """Write (minute, vehicles) as `parse_departures` reads them."""
    return " ".join(
        clock(minute % 1440) + (f"x{count}" if count > 1 else "")
        for minute, count in sorted(departures)
        if count
    )


def minute_of(text: str) -> int:
    """Return 'HH:MM' as a minute of the local day, 0 to 1440."""
    return 60 * int(text[:2]) + int(text[3:])


def weekday_names(bits: int) -> str:
    """Return the weekdays of bits, such as 'Sat Sun'; Monday is the lowest."""
    return " ".join(day for number, day in enumerate(WEEKDAY_NAMES) if bits >> number & 1)


def weekday_bits(weekdays: str) -> int:
    """Return weekdays such as 'Mon-Fri' as bits, Monday lowest."""
    return sum(1 << number for number in weekday_numbers(weekdays))
