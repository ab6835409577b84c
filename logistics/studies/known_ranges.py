"""The assumption ranges of the built-in scenarios, computed once and shipped with the package.

They hold for every scenario whose fields that bear on the results are those of a built-in one; of
any other they are not known. `python -m docs.make_assumption_ranges` computes them, and writes
beside them what a small fixed run gave, so that a test can tell when they are out of date.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from logistics.analysis.comparison import pair_name, pairs_of
from logistics.analysis.measures.registry import NETWORK_METRICS, PAIRED_METRICS, Response
from logistics.analysis.statistics.intervals import Estimate
from logistics.analysis.statistics.sensitivity import Importance, Importances
from logistics.analysis.statistics.uncertainty import (
    RangeOfAssumptions,
    TwoIntervals,
    around_estimate,
)
from logistics.experiments.compare import Experiment
from logistics.scenario.scenario import Scenario

FILE = "scenarios/assumption-ranges.json"
"""In the package `logistics`."""

_NO_BEARING: Mapping[str, tuple[str, ...]] = {
    "": ("name", "label", "title", "as_of", "runs"),
    "orders": ("orders_per_day",),  # a sample of the same volume
    "days": ("warm_up_days", "later_order_days", "follow_days", "tick"),
}
"""By section, fields that change how a scenario is run or called, not what happens in it."""


def key_of(scenario: Scenario) -> str:
    """Return a digest of the fields of a scenario that bear on its results."""
    fields = scenario.model_dump(mode="json")
    for section, names in _NO_BEARING.items():
        part = fields[section] if section else fields
        for name in names:
            del part[name]
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]


def with_known_ranges(result: Experiment) -> Experiment:
    """Return an experiment whose comparison has the ranges that are known of its scenarios."""
    known, plan, comparison = shipped(), result.plan, result.comparison
    if plan.orders is not None:  # other orders than those of the ranges
        return result
    built_in = {key: name for name, key in known["keys"].items()}
    named = {one.name: built_in.get(key_of(one), "") for one in plan.scenarios}
    narrow = {**comparison.metrics, **comparison.paired}
    ranges = {
        response: _intervals(response, narrow[response.who][response.name], range_)
        for response, range_ in _known(known["ranges"], named)
    }
    return replace(result, comparison=replace(comparison, ranges=ranges)) if ranges else result


@cache
def shipped() -> dict[str, Any]:
    """Return what the package has: `keys`, `ranges`, `fixed_run`, and how they were made."""
    text = resources.files("logistics").joinpath(FILE).read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def plain(found: TwoIntervals, base: float) -> dict[str, Any]:
    """Return a range as it is shipped. `base`: its metric with all as assumed, in the same run."""
    spread = found.range
    return {
        "base": base,
        "low": _finite(spread.low),
        "middle": _finite(spread.middle),
        "high": _finite(spread.high),
        "part": spread.part,
        "draws": spread.draws,
        "left_out": found.left_out,
        "explained": round(found.drivers.explained, 4),
        "drivers": {one.name: round(one.share, 4) for one in found.drivers.factors},
    }


def _known(
    ranges: Mapping[str, Mapping[str, Any]], named: Mapping[str, str]
) -> Iterator[tuple[Response, Mapping[str, Any]]]:
    """Yield the ranges of networks and pairs. `named`: by network, its built-in name or ''."""
    for name, built_in in named.items():
        for metric, found in ranges.get(built_in, {}).items():
            if metric in NETWORK_METRICS:
                yield Response(name, metric), found
    for first, second in pairs_of(list(named)):
        pair, other = (named[first], named[second]), (named[second], named[first])
        for of, turned in ((pair, False), (other, True)):
            for metric, found in ranges.get(pair_name(*of), {}).items():
                if metric in PAIRED_METRICS:
                    yield Response(pair_name(first, second), metric), _turned(found, turned)


def _turned(found: Mapping[str, Any], turned: bool) -> Mapping[str, Any]:
    """Return the range of a difference, of second less first or the other way round."""
    if not turned:
        return found
    ends = {"low": -_number(found["high"]), "high": -_number(found["low"])}
    return {**found, **ends, "base": -found["base"], "middle": -_number(found["middle"])}


def _intervals(response: Response, narrow: Estimate, found: Mapping[str, Any]) -> TwoIntervals:
    low, middle, high = (_number(found[end]) for end in ("low", "middle", "high"))
    spread = RangeOfAssumptions(middle, low, high, found["part"], found["draws"])
    drivers = tuple(Importance(name, share) for name, share in found["drivers"].items())
    return TwoIntervals(
        narrow,
        around_estimate(spread, narrow, found["base"], response.definition.bounds),
        Importances(drivers, found["explained"]),
        found["left_out"],
    )


def _finite(value: float) -> float | None:
    """Return a number as JSON knows it, to six digits; None for what is not reached."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _number(value: float | None) -> float:
    return math.inf if value is None else value
