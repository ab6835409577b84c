"""The assumed values of scenarios as factors: each over its stated range.

A value that a scenario sets other than its default is known to whoever wrote it: it is not varied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from pydantic import BaseModel

from logistics.scenario.fields import overlap, scale_at
from logistics.scenario.scenario import Scenario
from logistics.studies.factors import Factor, Spread, stated
from networks.inputs.models import kind_of
from networks.inputs.provenance import origin_of
from networks.inputs.yaml_writer import default_of

ALL = "all"
NOT = "not "
_NOT_OF_THE_WORLD = ("days", "runs", "orders.orders_per_day")


class Assumed(NamedTuple):
    """An assumed value: its plain path, its path with kinds in brackets, value and range."""

    path: str
    full: str
    value: Any
    low: Any
    high: Any


def assumed_values(scenario: Scenario) -> list[Assumed]:
    """Return what is assumed of the world in a scenario, and has its default.

    Left out: how it is run (days, runs, orders a day, seeds), and values whose range is words.
    """
    values = _walk(scenario, scenario.model_dump(mode="json"), "", "")
    return [
        one
        for one in values
        if not one.path.endswith("seed")
        and not any(overlap(one.path, other) for other in _NOT_OF_THE_WORLD)
        and (not isinstance(one.value, list) or isinstance(one.low, list))
    ]


def _walk(model: BaseModel, written: Any, path: str, full: str) -> Iterator[Assumed]:
    for name, field in type(model).model_fields.items():
        value, (_, assumed) = getattr(model, name), origin_of(field)
        if assumed is not None:
            if value == default_of(type(model), name):
                yield Assumed(path + name, full + name, written[name], *assumed)
        elif isinstance(value, BaseModel):
            kinds = [one for one in type(value).model_fields if one in ("kind", "rule")]
            mark = f"[{kind_of(type(value))}]" if kinds else ""
            yield from _walk(value, written[name], f"{path}{name}.", f"{full}{name}{mark}.")


def matches(path: str, patterns: Sequence[str]) -> bool:
    """Tell whether a path is chosen by patterns such as 'risks.*', 'all' or 'not network.*'."""
    wanted = [one for one in patterns if not one.startswith(NOT)] or [ALL]
    unwanted = [one.removeprefix(NOT).strip() for one in patterns if one.startswith(NOT)]
    of_wanted, of_unwanted = (
        any(pattern == ALL or fnmatchcase(path, pattern) for pattern in patterns)
        for patterns in (wanted, unwanted)
    )
    return of_wanted and not of_unwanted


def assumption_factors(
    scenarios: Sequence[Scenario], patterns: Sequence[str], taken: Sequence[str]
) -> list[Factor]:
    """Return a factor for each chosen value that is not already `taken` (paths set otherwise).

    A value that several scenarios share, with the same default and range, is one factor; others of
    the same path have the kind in their name: `network[fulfillment-center].trailer`.
    """
    rows: dict[tuple[str, str], list[int]] = {}
    found: dict[tuple[str, str], Assumed] = {}
    for row, scenario in enumerate(scenarios):
        for one in assumed_values(scenario):
            if matches(one.path, patterns) and not any(overlap(one.path, path) for path in taken):
                key = one.path, repr(one[2:])
                found.setdefault(key, one)
                rows.setdefault(key, []).append(row)
    paths = [path for path, _ in found]
    return [
        Factor(one.path if paths.count(one.path) == 1 else one.full, one.path, tuple(rows[key]),
               _spread(one, scenarios[rows[key][0]]))
        for key, one in found.items()
    ]  # fmt: skip


def _spread(one: Assumed, scenario: Scenario) -> Spread:
    low, high = one.low, one.high
    value = (
        f"{100 * one.value:.12g}%" if isinstance(high, str) and high.endswith("%") else one.value
    )
    return stated(low, value, high, scale_at(scenario, one.path, (low, value, high)))
