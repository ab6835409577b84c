"""What a study varies: a list of values, a range, a distribution, or an assumed range.

Every factor gives its value at a place from 0 to 1: 0 is its low end, 0.5 its median, 1 its high
end. So all designs treat all factors in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, NamedTuple

from logistics.scenario.value_scales import Scale
from logistics.studies.factor_syntax import LogNormal, Normal, Range, Triangular, Uniform

_TAIL = 0.005
"""What lies farther out in a distribution without an end is not tried."""
_END = 0.05
"""Where a distribution without an end is said to end, one factor at a time."""


class Level(NamedTuple):
    """One value of a factor, and its place from 0 to 1, if it has an order."""

    value: Any
    place: float | None


@dataclass(frozen=True)
class Listed:
    """Single values, each as likely as the others; `numbers` if they have an order."""

    values: tuple[Any, ...]
    numbers: tuple[float, ...] | None

    @property
    def ordered(self) -> bool:
        """Whether a value has a place between others."""
        return self.numbers is not None

    def at(self, place: float) -> Any:
        """Return the value at a place; from the lowest up, if they have an order."""
        order = range(len(self.values))
        if self.numbers is not None:
            order = sorted(order, key=self.numbers.__getitem__)  # type: ignore[assignment]
        return self.values[order[min(int(place * len(order) + 1e-9), len(order) - 1)]]

    def levels(self) -> tuple[Level, ...]:
        """Return all values as they were written, each with its place between the extremes."""
        if self.numbers is None:
            return tuple(Level(value, None) for value in self.values)
        low, high = min(self.numbers), max(self.numbers)
        return tuple(
            Level(value, (number - low) / (high - low) if high > low else 0.5)
            for value, number in zip(self.values, self.numbers, strict=True)
        )

    def ends(self) -> tuple[Level, ...]:
        """Return all values."""
        return self.levels()


class Choices(Listed):
    """What has no unit but a low, a middle and a high end, in this order."""

    def ends(self) -> tuple[Level, ...]:
        """Return the first and the last value."""
        levels = self.levels()
        return levels[0], levels[-1]


@dataclass(frozen=True)
class Smooth:
    """Numbers by a quantile function.

    `quantile`: the number at a place. `scale`: how it is written. `grid`: places of a grid.
    `outer`: places to try one at a time. `low`, `high`: beyond these nothing is rounded.
    """

    quantile: Callable[[float], float]
    scale: Scale
    grid: tuple[float, ...]
    outer: tuple[float, float]
    low: float
    high: float
    ordered: bool = True

    def at(self, place: float) -> Any:
        """Return the value at a place."""
        number = self.quantile(place)
        return self.scale.write(self.scale.rounded(number, self.low, self.high))

    def levels(self) -> tuple[Level, ...]:
        """Return the values of a grid; equal ones, as of whole numbers, once."""
        levels: dict[str, Level] = {}
        for place in self.grid:
            levels.setdefault(str(self.at(place)), Level(self.at(place), place))
        return tuple(levels.values())

    def ends(self) -> tuple[Level, ...]:
        """Return the values near the two ends."""
        return tuple(Level(self.at(place), place) for place in self.outer)


Spread = Listed | Smooth
"""The values of a factor."""


@dataclass(frozen=True)
class Factor:
    """What is varied, of which scenarios.

    `name`: as in results; `path`: of the field, or `what_if`. `rows`: of the base scenarios, those
    that are changed. `spread`: its values.
    """

    name: str
    path: str
    rows: tuple[int, ...]
    spread: Spread


def listed(values: Sequence[Any], scale: Scale | None) -> Listed:
    """Return single values, in an order if they have a scale."""
    numbers = None if scale is None else tuple(scale.read(value) for value in values)
    return Listed(tuple(values), numbers)


def stated(low: Any, value: Any, high: Any, scale: Scale | None) -> Spread:
    """Return an assumed range: half of it below the assumed value, half above, each evenly.

    An assumed value that is an end: evenly from end to end. Without a scale: each of the three
    alike. Raises ValueError unless low < high and the value lies between them.
    """
    if scale is None:
        three = (low, value, high)
        distinct = [one for row, one in enumerate(three) if one not in three[:row]]
        return Choices(tuple(distinct), tuple(float(row) for row in range(len(distinct))))
    first, middle, last = (scale.read(one) for one in (low, value, high))
    if not first <= middle <= last or first == last:
        raise ValueError(f"{value} is not in {low} to {high}")
    if middle in (first, last):
        return _even(first, last, scale, (0.0, 0.5, 1.0))

    def quantile(place: float) -> float:
        if place < 0.5:
            return first + 2 * place * (middle - first)
        return middle + (2 * place - 1) * (last - middle)

    return Smooth(quantile, scale.finer(last - first), (0.0, 0.5, 1.0), (0.0, 1.0), first, last)


def spread_of(given: Range | Uniform | Triangular | Normal | LogNormal, scale: Scale) -> Smooth:
    """Return the values of a range or a distribution.

    Raises ValueError, in words, for numbers that make none.
    """
    match given:
        case Range():
            low, high = _ordered(given.low, given.high, scale)
            return _even(low, high, scale, tuple(i / (given.steps - 1) for i in range(given.steps)))
        case Uniform():
            low, high = _ordered(given.low, given.high, scale)
            return _even(low, high, scale, _middles(given.steps))
        case Triangular():
            return _triangular(given, scale)
        case Normal():
            bell = NormalDist(scale.read(given.mean), _length(given.sd, scale))
            return _bell(given, bell, scale, float, float)
        case LogNormal():
            median = scale.read(given.median)
            if scale.clock or not median > 0:
                raise ValueError("lognormal is for what is above 0, and no time of day")
            return _bell(given, NormalDist(math.log(median), given.log_sd), scale, _log, math.exp)


def _length(sd: Any, scale: Scale) -> float:
    try:
        length = scale.length(sd)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise ValueError("sd must be a length in the unit of mean") from None
    if not 0 < length < math.inf:
        raise ValueError("sd must be above 0")
    return length


def _ordered(low: Any, high: Any, scale: Scale) -> tuple[float, float]:
    ends = scale.read(low), scale.read(high)
    if not ends[0] < ends[1]:
        raise ValueError("low must be below high")
    return ends


def _middles(steps: int) -> tuple[float, ...]:
    return tuple((i + 0.5) / steps for i in range(steps))


def _even(low: float, high: float, scale: Scale, grid: tuple[float, ...]) -> Smooth:
    def quantile(place: float) -> float:
        return low + place * (high - low)

    return Smooth(quantile, scale.finer(high - low), grid, (0.0, 1.0), low, high)


def _triangular(given: Triangular, scale: Scale) -> Smooth:
    low, high = _ordered(given.low, given.high, scale)
    mode = scale.read(given.mode)
    if not low <= mode <= high:
        raise ValueError("mode must lie between low and high")
    turn = (mode - low) / (high - low)

    def quantile(place: float) -> float:
        if place < turn:
            return float(low + (place * (high - low) * (mode - low)) ** 0.5)
        return float(high - ((1 - place) * (high - low) * (high - mode)) ** 0.5)

    grid = _middles(given.steps)
    return Smooth(quantile, scale.finer(high - low), grid, (0.0, 1.0), low, high)


def _bell(
    given: Normal | LogNormal,
    bell: NormalDist,
    scale: Scale,
    to_bell: Callable[[float], float],
    from_bell: Callable[[float], float],
) -> Smooth:
    """Return a normal distribution of numbers, or of their logarithms, between its ends if any."""
    low, high = (None if end is None else scale.read(end) for end in (given.low, given.high))
    if low is not None and high is not None:
        _ordered(given.low, given.high, scale)
    first = _TAIL if low is None else bell.cdf(to_bell(low))
    last = 1 - _TAIL if high is None else bell.cdf(to_bell(high))
    if last - first < _TAIL:
        raise ValueError("next to nothing of it lies between low and high")

    def quantile(place: float) -> float:
        chance = first + place * (last - first)
        number = from_bell(bell.inv_cdf(min(max(chance, 1e-12), 1 - 1e-12)))
        return min(
            max(number, -math.inf if low is None else low), math.inf if high is None else high
        )

    outer = (_END if low is None else 0.0, 1 - _END if high is None else 1.0)
    ends = quantile(0.0), quantile(1.0)
    scale = scale.finer(ends[1] - ends[0])
    return Smooth(quantile, scale, _middles(given.steps), outer, *ends)


def _log(number: float) -> float:
    return math.log(number) if number > 0 else -math.inf
