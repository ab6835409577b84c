"""Fields of a scenario by path, such as `network.cutoff` or `orders.products[7].fragility`.

A kind in brackets keeps to scenarios of that kind: `network[seller-direct].carrier.hubs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import reduce
from operator import getitem
from typing import Any

from pydantic import BaseModel, TypeAdapter

from logistics.scenario.scenario import Scenario, single_fields
from logistics.scenario.value_scales import Scale, scale_of
from networks.inputs.faults import Fault, InputError, Keys, did_you_mean, shown
from networks.inputs.models import kind_of

_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)
_PART = re.compile(r"([A-Za-z_]\w*)((?:\[[^\[\]]+\])*)")
_OLDER = {"days.cool_down_days": "days.later_order_days"}
"""Fields by the paths that they had in files written before."""
_NEVER = {
    "name": "stays as it is, so that results can be distinguished",
    "runs": "is said by the study's own 'replications', 'precision' and 'seed'",
    "network.path": "is a whole network: give its file as one more 'base'",
}


def keys_of(scenario: Scenario, path: str) -> Keys | None:
    """Return where in the written scenario a field is; None if the scenario has none such."""
    node: Any = scenario
    keys: list[str | int] = []
    for part in _OLDER.get(path, path).split("."):
        match = _PART.fullmatch(part)
        if match is None or not isinstance(node, BaseModel):
            return None
        if match[1] not in type(node).model_fields:
            return None
        node = getattr(node, match[1])
        keys.append(match[1])
        for mark in re.findall(r"\[([^\[\]]+)\]", match[2]):
            if isinstance(node, list) and mark.isdecimal() and int(mark) < len(node):
                node = node[int(mark)]
                keys.append(int(mark))
            elif not isinstance(node, BaseModel) or kind_of(type(node)) != mark:
                return None
    return tuple(keys)


def plain(path: str) -> str:
    """Return a path without the kinds in brackets: the same field has one plain path.

    >>> plain("network[seller-direct].carrier.hubs"), plain("orders.products[7].price")
    ('network.carrier.hubs', 'orders.products[7].price')
    """
    return re.sub(r"\[(?!\d+\])[^\[\]]*\]", "", path)


def overlap(one: str, other: str) -> bool:
    """Tell whether two paths name the same field, or one is within the other."""
    ours, theirs = (
        re.split(r"[.\[]", _OLDER.get(plain(path), plain(path))) for path in (one, other)
    )
    shorter = min(len(ours), len(theirs))
    return ours[:shorter] == theirs[:shorter]


def written_at(scenario: Scenario, path: str) -> Any:
    """Return the value of a field as a file would hold it; None if the scenario has none such."""
    keys = keys_of(scenario, path)
    written: Any = None if keys is None else scenario.model_dump(mode="json")
    return reduce(getitem, keys or (), written)


def changed(scenario: Scenario, settings: Mapping[str, Any]) -> Scenario:
    """Return the scenario with the fields that it has set, those that it lacks left out.

    Raises InputError when the result is not a valid scenario.
    """
    changes: dict[str, Any] = {}
    for path, value in settings.items():
        if keys := keys_of(scenario, path):
            _put(changes, scenario, keys, value)
    return scenario.replace(**changes) if changes else scenario


def _put(changes: Any, data: Any, keys: Keys, value: Any) -> None:
    """Set a value in nested changes; a list on the path is written out, as it is replaced whole."""
    for key in keys[:-1]:
        data = getattr(data, str(key)) if isinstance(data, BaseModel) else data[key]
        if isinstance(data, list):
            data = _ANYTHING.dump_python(data, mode="json")
        if isinstance(changes, list):
            changes = changes[int(key)]
        else:
            changes = changes.setdefault(key, deepcopy(data) if isinstance(data, list) else {})
    changes[keys[-1]] = deepcopy(value)


def refused(problem_of: InputError, path: str) -> tuple[str, str]:
    """Return problem and allowed of a setting that makes a scenario invalid."""
    faults = problem_of.faults
    own = [fault for fault in faults if fault.field == plain(path)]
    fault = (own or [*faults])[0]
    problem = fault.problem
    if fault.field != plain(path):
        problem = f"makes {unplaced(fault)}"
    if fault.file:
        problem += f" (in {fault.file})"
    return problem, fault.allowed


def unplaced(fault: Fault) -> str:
    """Return field, value and problem of a fault, without its file and what is allowed."""
    return str(replace(fault, file="", line=None, sheet="", allowed=""))


def scale_at(scenario: Scenario, path: str, given: Sequence[Any]) -> Scale | None:
    """Return the scale on which given values of a field are numbers; None if there is none.

    Times of day are in minutes, or in hours where the field takes only whole hours.
    """
    scale = scale_of(written_at(scenario, path), given)
    if scale is None or not scale.clock:
        return scale
    first = min(scale.read(one) for one in given)
    try:
        changed(scenario, {path: scale.write(first + 1)})
    except InputError:
        return replace(scale, step=60)
    return scale


def field_faults(paths: Mapping[str, Keys], scenarios: Sequence[Scenario]) -> Iterator[Fault]:
    """Yield a fault for each path that no scenario has, or that a study must not change.

    `paths`: by path, where in the study's file it is.
    """
    known = dict.fromkeys(path for one in scenarios for path, _ in single_fields(one))
    for path, at in paths.items():
        own = [why for name, why in _NEVER.items() if f"{plain(path)}.".startswith(f"{name}.")]
        if own:
            yield Fault.within(at, f"cannot be changed by a study: it {own[0]}")
        elif all(keys_of(scenario, path) is None for scenario in scenarios):
            names = ", ".join(scenario.name for scenario in scenarios)
            problem = f"is not a field of {names}{did_you_mean(plain(path), known)}"
            yield Fault.within(at, problem, "a path of the scenario")


def text_of(value: Any) -> str:
    """Return a value as a planner writes it.

    >>> text_of(["22:00", "20:00"]), text_of(0.1), text_of(True)
    ('[22:00, 20:00]', '0.1', 'true')
    """
    if isinstance(value, list | tuple):
        return f"[{', '.join(text_of(part) for part in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {text_of(part)}' for name, part in value.items())}}}"
    if isinstance(value, float):
        return f"{value:.12g}"
    if value is None or isinstance(value, bool):
        return shown(value)
    return str(value)
