"""Written values as numbers, and numbers written again in the same unit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from networks.inputs.units import duration_text, parse_duration

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_WITH_UNIT = re.compile(r"([0-9.]+(?:e[+-]?\d+)?)\s*([a-z%]+)", re.I)
_LENGTHS_MS = (1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000)
_FINE = 1000
"""Steps into which a range is divided at least, so that values stay short to read."""


@dataclass(frozen=True)
class Scale:
    """How the values of a field are numbers.

    `read` takes a written value, `length` a distance between two (hours, between times of day),
    `write` a number. `step`: what numbers are rounded to; 0 for not at all. `rungs`: round steps
    to choose from; empty for the powers of ten.
    """

    read: Callable[[Any], float]
    length: Callable[[Any], float]
    write: Callable[[float], Any]
    step: float = 0.0
    rungs: tuple[float, ...] = ()

    @property
    def clock(self) -> bool:
        """Whether the values are times of day."""
        return self.length is not self.read

    def rounded(self, number: float, low: float, high: float) -> float:
        """Return the number on the scale's steps, but not beyond the ends."""
        near = round(number / self.step) * self.step if self.step else number
        return min(max(near, low), high)

    def finer(self, span: float) -> Scale:
        """Return the scale with steps for a range of this span: short to read, and fine enough."""
        wanted = span / _FINE
        if self.rungs:
            step = max((rung for rung in self.rungs if rung <= wanted), default=self.rungs[0])
        else:
            step = 10.0 ** math.floor(math.log10(wanted))
        return replace(self, step=max(self.step, step))


def scale_of(current: Any, given: Sequence[Any]) -> Scale | None:
    """Return the scale of a field with this written value, on which all given values are numbers.

    None for what has no order, and for values written in different units.
    """
    if isinstance(current, bool) or any(isinstance(one, bool) for one in given):
        return None
    if isinstance(current, int):
        whole = all(isinstance(one, int) for one in given)
        return Scale(float, float, round, 1) if whole else None
    if isinstance(current, float):
        return _number(given)
    if not isinstance(current, str):
        return None
    return _clock(current, given) or _duration(current, given) or _quantity(current, given)


def _number(given: Sequence[Any]) -> Scale | None:
    if all(isinstance(one, int | float) for one in given):
        return Scale(float, float, lambda number: float(f"{number:.12g}"))
    shares = [_WITH_UNIT.fullmatch(str(one).strip()) for one in given]
    if all(share is not None and share[2] == "%" for share in shares):
        return Scale(_amount, _amount, lambda number: f"{_plainly(number)}%")
    return None


def _clock(current: str, given: Sequence[Any]) -> Scale | None:
    if not all(isinstance(one, str) and _CLOCK.fullmatch(one) for one in (current, *given)):
        return None
    return Scale(_minute, lambda length: parse_duration(length) / timedelta(minutes=1), _time, 1)


def _minute(time: str) -> float:
    hour, minute = time.split(":")
    return float(int(hour) * 60 + int(minute))


def _time(minute: float) -> str:
    hours, minutes = divmod(round(minute), 60)
    return f"{hours:02}:{minutes:02}"


def _duration(current: str, given: Sequence[Any]) -> Scale | None:
    try:
        for one in (current, *given):
            parse_duration(one)
    except ValueError:
        return None
    return Scale(_ms, _ms, lambda ms: duration_text(timedelta(milliseconds=ms)), rungs=_LENGTHS_MS)


def _ms(duration: Any) -> float:
    return parse_duration(duration) / timedelta(milliseconds=1)


def _quantity(current: str, given: Sequence[Any]) -> Scale | None:
    parts = [_WITH_UNIT.fullmatch(str(one).strip()) for one in (current, *given)]
    units = {part[2].lower() for part in parts[1:] if part is not None}
    if None in parts or len(units) != 1:
        return None
    unit = units.pop()
    return Scale(_amount, _amount, lambda number: f"{_plainly(number)} {unit}")


def _amount(value: str) -> float:
    match = _WITH_UNIT.fullmatch(value.strip())
    return float(match[1]) if match else math.nan


def _plainly(number: float) -> str:
    """Return a number to twelve digits without an exponent, which no quantity is read with.

    >>> _plainly(0.00007), _plainly(12.50)
    ('0.00007', '12.5')
    """
    return f"{Decimal(f'{number:.12g}'):f}"
