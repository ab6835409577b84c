"""What a study has found: differences between its points, the wide range, what drives it.

Points are compared replication by replication: the same number has the same random draws in every
point, and the same orders where no factor changes them; what they share drops out of a difference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.comparison import PAIR_MARK
from logistics.analysis.measures.metrics import Difference, Rate
from logistics.analysis.measures.registry import Response
from logistics.analysis.statistics.intervals import (
    LEVEL,
    Estimate,
    difference_interval,
    mean_interval,
)
from logistics.analysis.statistics.screening import Effect, effects
from logistics.analysis.statistics.stopping import runs_to_tell
from logistics.analysis.statistics.uncertainty import TwoIntervals, two_intervals
from logistics.scenario.fields import keys_of
from logistics.studies.points import Point
from logistics.studies.results import PointResult, StudyResult

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """How a response of one point differs from that of the first point.

    `figure`: with an interval of its own; `together`: with one that holds for all points of the
    study at once. `narrower`: width of the interval over that of points with orders of their own;
    NaN where it is not known. `more_runs`: until the difference is clearly not 0; 0 if it can,
    None if that is out of reach or not known. `none`: there is no difference in any run.
    """

    point: PointResult
    figure: Estimate
    together: Estimate
    narrower: float
    more_runs: int | None
    none: bool = False


@dataclass(frozen=True)
class Bar:
    """What one factor does to a response when it alone is changed, the widest bar first.

    `ends`: (value as written, change from the base) of each of its settings that has a finite one.
    """

    factor: str
    ends: tuple[tuple[str, Estimate], ...]

    @property
    def width(self) -> float:
        """Return how far apart the answers lie, the base among them."""
        moves = [0.0, *(figure.estimate for _, figure in self.ends)]
        return max(moves) - min(moves)


def changes(result: StudyResult, response: Response) -> list[Change]:
    """Return how each later point differs from the first, in the order of the points."""
    first, *others = result.points
    return [_change(first, other, response, len(others)) for other in others]


def wide(result: StudyResult, response: Response) -> TwoIntervals | None:
    """Return the two intervals of a response; None without draws enough that have it."""
    base, drawn = _base_and_rest(result)
    runs = _common_runs(drawn)
    if result.study.chosen_design != "latin hypercube" or not runs:
        return None
    narrow, same_runs = Estimate(math.nan), math.nan
    if base is not None:
        narrow = base.metrics[response.who][response.name]
        same_runs = float(base.values[response][:runs].mean())
    answers = np.stack([one.values[response][:runs] for one in drawn])
    places = places_bearing(response.who, [one.point for one in drawn])
    bounds = response.definition.bounds
    return two_intervals(narrow, answers, places, base=same_runs, bounds=bounds)


def have_same_orders(result: StudyResult) -> bool:
    """Tell whether no setting changes the orders or the days."""
    first, *others = (one.plan.scenarios[0] for one in result.planned)
    return all((one.orders, one.days) == (first.orders, first.days) for one in others)


def places_bearing(who: str, points: Sequence[Point]) -> list[dict[str, float]]:
    """Return, point by point, where the factors lie that a network, or one of a pair, has at all.

    Raises IndexError without points.
    """
    having = [one for one in points[0].plan.scenarios if one.name in (who, *who.split(PAIR_MARK))]
    names = [
        name for name in points[0].places if any(keys_of(one, name) is not None for one in having)
    ]
    return [{name: one.places[name] for name in names} for one in points]


def factors_of(result: StudyResult) -> list[str]:
    """Return the factors that any point sets."""
    return list(dict.fromkeys(name for one in result.planned for name in one.settings))


def ranges_of(result: StudyResult) -> dict[Response, TwoIntervals]:
    """Return the two intervals of every response that has them."""
    found = {one: wide(result, one) for one in result.responses}
    return {response: one for response, one in found.items() if one is not None}


def bars(result: StudyResult, response: Response) -> list[Bar]:
    """Return what each factor does alone, of a study that varies one at a time.

    A factor none of whose settings has a finite change, as from a percentile that is not reached,
    is left out.
    """
    base, others = _base_and_rest(result)
    if result.study.chosen_design != "one at a time" or base is None:
        return []
    found: dict[str, list[tuple[str, Estimate]]] = {}
    for one in others:
        ((factor, value),) = one.point.settings.items()
        moved = _change(base, one, response, len(others)).together
        if math.isfinite(moved.estimate):
            found.setdefault(factor, []).append((value, moved))
    made = [Bar(factor, tuple(ends)) for factor, ends in found.items()]
    return sorted(made, key=lambda bar: -bar.width)


def screened(result: StudyResult, response: Response) -> list[Effect]:
    """Return the effects of Morris' screening, the largest first.

    A step from or to a point without a finite answer is left out.
    """
    if result.study.chosen_design != "morris":
        return []
    runs = _common_runs(result.points)
    means = {one.point.name: one.values[response][:runs].mean() for one in result.points}
    names = list(result.planned[0].places)
    shape = -1, len(names) + 1
    places = np.array([[point.places[name] for name in names] for point in result.planned])
    answers = np.array([means.get(point.name, math.nan) for point in result.planned])
    found = effects(names, places.reshape(*shape, len(names)), answers.reshape(shape))
    return [one for one in found if math.isfinite(one.mu_star)]


def without_value(result: StudyResult, response: Response) -> list[str]:
    """Return the labels of the points at which a response has no finite value."""
    return [
        one.point.label
        for one in result.points
        if not math.isfinite(one.metrics[response.who][response.name].estimate)
    ]


def _change(first: PointResult, other: PointResult, response: Response, points: int) -> Change:
    runs = _common_runs([first, other])
    a, b = first.values[response][:runs], other.values[response][:runs]
    all_level = 1 - (1 - LEVEL) / points
    if response.is_quantile:
        alone = _less(other.surer[response].alone, first.surer[response].alone)
        together = _less(other.surer[response].together, first.surer[response].together)
        return Change(other, alone, together, math.nan, None)
    moved = b - a
    parcels = _parcels(first, other, response)
    figure, together = (_moved(moved, parcels, level) for level in (LEVEL, all_level))
    more = runs_to_tell(moved, all_level, shown=together)
    return Change(other, figure, together, _narrower(a, b), more, not moved.any())


def _parcels(first: PointResult, other: PointResult, response: Response) -> float:
    """Return the parcels of a run, in the point with fewer; 0 for what is no counted share."""
    if not isinstance(response.definition.estimator, Rate | Difference):
        return 0.0
    points = (first, other)
    return min(one.metrics[response.who]["parcels"].estimate / one.replications for one in points)


def _moved(moved: Floats, parcels: float, level: float) -> Estimate:
    """Return a mean change; of a counted share, at least as wide as the parcels moved allow."""
    found, pairs = mean_interval(moved, level), parcels * len(moved)
    if not pairs:
        return found
    net = found.estimate * pairs
    return difference_interval(moved, max(-net, 0.0), max(net, 0.0), pairs, level)


def _less(second: Estimate, first: Estimate) -> Estimate:
    """Return a difference of quantiles: true where both of their intervals are.

    Student's t on the quantiles of single runs would not do: see `logistics.analysis.intervals`.
    """
    if not (math.isfinite(first.estimate) and math.isfinite(second.estimate)):
        return Estimate(math.nan)
    return Estimate(
        second.estimate - first.estimate, second.low - first.high, second.high - first.low
    )


def _narrower(a: Floats, b: Floats) -> float:
    known = np.isfinite(a) & np.isfinite(b)
    if known.sum() < 2:
        return math.nan
    own = float(a[known].var(ddof=1) + b[known].var(ddof=1))
    return math.sqrt(float((b - a)[known].var(ddof=1)) / own) if own > 0 else math.nan


def _base_and_rest(result: StudyResult) -> tuple[PointResult | None, list[PointResult]]:
    """Return the point where all is as in the base, and the others."""
    base = [one for one in result.points if not one.point.settings]
    return (base[0] if base else None), [one for one in result.points if one.point.settings]


def _common_runs(points: Sequence[PointResult]) -> int:
    return min((one.replications for one in points), default=0)
