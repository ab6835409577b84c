"""When a simulated figure agrees with a known one.

Each rule takes what was simulated and what is right, and returns a `Verdict` with the interval that
the answer must lie in. Chance may fail a right simulator once in a thousand figures, so the command
tries a figure that fails a second time, with other luck; failing twice is failing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.known_answers.answers import Answer, Rule
from logistics.analysis.statistics.intervals import mean_interval

LEVEL = 0.999
"""Of the interval over runs that must hold the answer."""

WIDEST_SHARE = 0.005
"""Widest half of a 95% interval of a share, in place of a part of the answer."""

BINOMIAL_SDS, COVERAGE_SDS = 3.29, 3.3

PRINTED = 5e-10
"""The answers are written with ten digits."""

RARE = 50
"""Fewer parcels than this are too few for an interval over runs."""


class Runs:
    """One value of a figure for each independent run; `trials`: of how many parcels, if a share."""

    def __init__(self, values: ArrayLike, trials: int = 0) -> None:
        self.values: NDArray[np.float64] = np.asarray(values, np.float64)
        self.trials = trials


@dataclass(frozen=True)
class Count:
    """How many of so many independent trials."""

    count: int
    total: int


@dataclass(frozen=True)
class Verdict:
    """One figure of a case. `low`, `high`: NaN where there is no interval."""

    figure: str
    expected: Any
    simulated: Any
    low: float
    high: float
    agrees: bool
    remark: str = ""


def judge(answer: Answer, simulated: Mapping[str, Any]) -> list[Verdict]:
    """Judge every figure of a case.

    Raises KeyError when a figure that is asked for was not simulated.
    """
    flat = dict(flatten(simulated))
    return [
        _RULES["exact" if isinstance(expected, str) else answer.rule.kind](
            name, expected, flat[name], answer.rule
        )
        for name, expected in flatten(answer.expected)
    ]


def flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (name, value) of nested mappings and lists of numbers, such as 'a.b' and 'a.0'."""
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from flatten(value, f"{name}.")
        elif isinstance(value, list | tuple) and not (value and isinstance(value[0], str)):
            yield from flatten({str(row): one for row, one in enumerate(value)}, f"{name}.")
        else:
            yield name, value


def over_runs(figure: str, expected: float, simulated: Runs, rule: Rule) -> Verdict:
    """At least 20 runs; a 99.9% t interval holds the answer; the 95% interval is narrow enough.

    A share of which fewer than `RARE` parcels are expected has no such interval: by Markov's
    inequality, the count seen is above a thousand times the count expected once in a thousand.
    """
    values = simulated.values
    if len(values) < 20:
        raise ValueError(f"{figure}: {len(values)} runs, at least 20 are needed")
    count = expected * simulated.trials
    if 0 < count < RARE:
        seen = float(values.mean())
        most = expected / (1 - LEVEL)
        return Verdict(figure, expected, seen, 0.0, most, seen <= most, "too rare to measure")
    mean = mean_interval(values, LEVEL)
    usual = mean_interval(values, 0.95)
    half = (usual.high - usual.low) / 2
    widest = WIDEST_SHARE if is_share(figure) else rule.relative * abs(expected)
    wide = half > widest
    agrees = mean.low <= expected <= mean.high and not wide
    remark = f"interval too wide: {half:.3g}, at most {widest:.3g}" if wide else ""
    return Verdict(figure, expected, mean.estimate, mean.low, mean.high, agrees, remark)


def binomial(figure: str, expected: float, simulated: Count, rule: Rule) -> Verdict:
    """The share of independent parcels is within 3.29 standard deviations."""
    return _within(figure, expected, simulated, BINOMIAL_SDS)


def coverage(figure: str, expected: float, simulated: Count | Runs, rule: Rule) -> Verdict:
    """How often an interval held the truth, within 3.3 standard deviations."""
    if isinstance(simulated, Runs):
        return over_runs(figure, expected, simulated, rule)
    return _within(figure, expected, simulated, COVERAGE_SDS)


def numeric(figure: str, expected: float, simulated: float, rule: Rule) -> Verdict:
    """A number computed without chance comes within the absolute error, or the printed digits."""
    most = max(rule.absolute, PRINTED * abs(expected))
    agrees = abs(simulated - expected) <= most
    return Verdict(figure, expected, simulated, expected - most, expected + most, agrees)


def exact(figure: str, expected: Any, simulated: Any, rule: Rule) -> Verdict:
    """Equal; numbers to nine digits."""
    if isinstance(expected, float) and isinstance(simulated, int | float):
        same = math.isclose(simulated, expected, rel_tol=1e-9)
    else:
        same = bool(simulated == expected)
    return Verdict(figure, expected, simulated, math.nan, math.nan, same)


def is_share(figure: str) -> bool:
    """Tell whether a figure is a chance or a rate, whose width is judged as it stands."""
    last = figure.rsplit(".", 1)[-1]
    return figure.startswith("P_") or last.startswith("P_") or last.endswith("_rate")


def _within(figure: str, expected: float, simulated: Count, sds: float) -> Verdict:
    share = simulated.count / simulated.total
    reach = sds * math.sqrt(expected * (1 - expected) / simulated.total)
    agrees = abs(share - expected) <= reach
    return Verdict(figure, expected, share, share - reach, share + reach, agrees)


_RULES = {
    "over runs": over_runs,
    "binomial": binomial,
    "coverage": coverage,
    "numeric": numeric,
    "exact": exact,
}
