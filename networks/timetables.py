"""Shifts and departures as text, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from networks.inputs.cells import clock
from networks.inputs.local_times import WEEKDAY_NAMES, weekday_numbers


@dataclass(frozen=True)
class Shift:
    """One line of a facility's shifts, in minutes of the local day; may end after midnight."""

    starts_minute: int
    ends_minute: int
    workers: int


FULL_EVERY = 15
"""Minutes between the looks at whether a vehicle is full, where one leaves as soon as it is."""


@dataclass(frozen=True, order=True)
class Departure:
    """One line of a lane's timetable: `vehicles` that leave together, in minutes of the local day.

    `full_from`: from then on vehicles leave as soon as they are full, and what is left at `minute`.
    """

    minute: int
    vehicles: int = 1
    full_from: int | None = None

    def instants(self) -> Iterator[tuple[int, bool]]:
        """Yield when vehicles may leave, and whether only full ones do."""
        if self.full_from is not None:
            yield from ((minute, True) for minute in range(self.full_from, self.minute, FULL_EVERY))
        yield self.minute, False


_SHIFT = re.compile(r"^(\d\d):(\d\d)-(\d\d):(\d\d) (\d+)$")
_DEPARTURE = re.compile(r"^(?:(\d\d):(\d\d)-)?(\d\d):(\d\d)(?:x(\d+))?$")


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


def parse_departures(text: str) -> tuple[Departure, ...]:
    """Parse '20:00 22:30x3 16:00-19:00x2' into departures, in time order.

    16:00-19:00x2: from 16:00 on up to two vehicles leave as soon as they are full, and at 19:00
    what is left. Raises ValueError naming the part that cannot be read.
    """
    departures = []
    for part in text.split():
        match = _DEPARTURE.match(part)
        early, late = _minute(match, 1), _minute(match, 3)
        if match is None or late is None or (match[1] and early is None):
            raise ValueError(f"departure '{part}' is not of the form '20:00' or '20:00x3'")
        if early is not None and early >= late:
            raise ValueError(f"departure '{part}' does not end after it begins, on the same day")
        departures.append(Departure(late, int(match[5] or 1), early))
    return tuple(sorted(departures, key=lambda one: (one.minute, one.vehicles)))


def _minute(match: re.Match[str] | None, group: int) -> int | None:
    """Return a local time as a minute of the day; None where there is none."""
    if match is None or match[group] is None:
        return None
    hour, minute = int(match[group]), int(match[group + 1])
    return 60 * hour + minute if hour < 24 and minute < 60 else None


def write_departures(departures: Iterable[Departure]) -> str:
    """Write departures as `parse_departures` reads them."""
    return " ".join(
        (f"{clock(one.full_from)}-" if one.full_from is not None else "")
        + clock(one.minute % 1440)
        + (f"x{one.vehicles}" if one.vehicles > 1 else "")
        for one in sorted(departures, key=lambda one: (one.minute, one.vehicles))
        if one.vehicles
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
