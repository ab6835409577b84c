"""What a study varies: a list of values, a range, a distribution, or an assumed range.

Every factor gives its value at a place from 0 to 1: 0 is its low end, 0.5 its median, 1 its high
end. So all designs treat all factors in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Any, NamedTuple

from logistics.scenario.value_scales import Scale
from logistics.studies.factor_syntax import LogNormal, Normal, Range, Triangular, Uniform

_TAIL = 0.005
"""What lies farther out in a distribution without an end is not tried."""
_END = 0.05
"""Where a distribution without an end is said to end, one factor at a time."""

_COARSE_GRID = 100
"""Of a grid of more places than this, the values are rounded less, so that they stay different."""


class Level(NamedTuple):
    """One value of a factor, and its place from 0 to 1, if it has an order."""

    value: Any
    place: float | None


@dataclass(frozen=True)
class Spread:
    """The values of a factor.

    `at`: the value at a place, from the lowest up if they have an order. `levels`: those of a grid;
    of single values all, as they were written. `ends`: those to try one at a time. `ordered`:
    whether a value has a place between others.
    """

    at: Callable[[float], Any]
    levels: tuple[Level, ...]
    ends: tuple[Level, ...]
    ordered: bool = True


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


def listed(values: Sequence[Any], scale: Scale | None) -> Spread:
    """Return single values, each as likely as the others, in an order if they have a scale."""
    return _listed(values, None if scale is None else [scale.read(value) for value in values])


def _listed(values: Sequence[Any], numbers: Sequence[float] | None) -> Spread:
    ascending = list(values)
    places: Sequence[float | None] = [None] * len(values)
    if numbers is not None:
        ascending = [values[row] for row in sorted(range(len(values)), key=numbers.__getitem__)]
        low, high = min(numbers), max(numbers)
        places = [(one - low) / (high - low) if high > low else 0.5 for one in numbers]

    def at(place: float) -> Any:
        return ascending[min(int(place * len(ascending) + 1e-9), len(ascending) - 1)]

    levels = tuple(map(Level, values, places))
    return Spread(at, levels, levels, ordered=numbers is not None)


def _smooth(
    quantile: Callable[[float], float],
    scale: Scale,
    grid: Sequence[float],
    ends: tuple[float, float],
    outer: tuple[float, float] = (0.0, 1.0),
) -> Spread:
    """Return numbers by a quantile function.

    `scale`: how they are written. `grid`: places of a grid; equal values, as of whole numbers, are
    in it once. `ends`: beyond these nothing is rounded. `outer`: places to try one at a time.
    """
    scale = scale.finer((ends[1] - ends[0]) / max(1.0, len(grid) / _COARSE_GRID))

    def at(place: float) -> Any:
        return scale.write(scale.rounded(quantile(place), *ends))

    levels: dict[str, Level] = {}
    for place in grid:
        levels.setdefault(str(at(place)), Level(at(place), place))
    return Spread(at, tuple(levels.values()), tuple(Level(at(place), place) for place in outer))


def stated(low: Any, value: Any, high: Any, scale: Scale | None) -> Spread:
    """Return an assumed range: half of it below the assumed value, half above, each evenly.

    An assumed value that is an end: evenly from end to end. Without a scale: each of the three
    alike. Raises ValueError unless low < high and the value lies between them.
    """
    if scale is None:
        three = (low, value, high)
        distinct = [one for row, one in enumerate(three) if one not in three[:row]]
        spread = _listed(distinct, range(len(distinct)))
        return replace(spread, ends=(spread.levels[0], spread.levels[-1]))
    first, middle, last = (scale.read(one) for one in (low, value, high))
    if not first <= middle <= last or first == last:
        raise ValueError(f"{value} is not in {low} to {high}")
    if middle in (first, last):
        return _even(first, last, scale, (0.0, 0.5, 1.0))

    def quantile(place: float) -> float:
        if place < 0.5:
            return first + 2 * place * (middle - first)
        return middle + (2 * place - 1) * (last - middle)

    return _smooth(quantile, scale, (0.0, 0.5, 1.0), (first, last))


def spread_of(given: Range | Uniform | Triangular | Normal | LogNormal, scale: Scale) -> Spread:
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


def _even(low: float, high: float, scale: Scale, grid: tuple[float, ...]) -> Spread:
    def quantile(place: float) -> float:
        return low + place * (high - low)

    return _smooth(quantile, scale, grid, (low, high))


def _triangular(given: Triangular, scale: Scale) -> Spread:
    low, high = _ordered(given.low, given.high, scale)
    mode = scale.read(given.mode)
    if not low <= mode <= high:
        raise ValueError("mode must lie between low and high")
    turn = (mode - low) / (high - low)

    def quantile(place: float) -> float:
        if place < turn:
            return float(low + (place * (high - low) * (mode - low)) ** 0.5)
        return float(high - ((1 - place) * (high - low) * (high - mode)) ** 0.5)

    return _smooth(quantile, scale, _middles(given.steps), (low, high))


def _bell(
    given: Normal | LogNormal,
    bell: NormalDist,
    scale: Scale,
    to_bell: Callable[[float], float],
    from_bell: Callable[[float], float],
) -> Spread:
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
    return _smooth(quantile, scale, _middles(given.steps), (quantile(0.0), quantile(1.0)), outer)


def _log(number: float) -> float:
    return math.log(number) if number > 0 else -math.inf
