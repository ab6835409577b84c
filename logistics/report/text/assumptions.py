"""Every input value of the scenarios that were run, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from logistics.scenario.scenario import Scenario
from networks.inputs.provenance import origin_of

_APART = ("name", "label", "title", "runs", "closures")  # shown elsewhere, or not assumptions
_LONGEST = 160  # characters of a value
_UNSAID = "a choice of whoever wrote the scenario"


@dataclass(frozen=True)
class Assumption:
    """One input value of a scenario.

    `path`: names joined by dots. `values`: as text, by scenario ('' where it has no such field).
    `origin`: its public source, or the range within which it is assumed. `sourced`: whether the
    value is the one of a public source; `changed`: whether a scenario has another than the default.
    """

    path: str
    meaning: str
    values: dict[str, str]
    origin: str
    sourced: bool
    changed: bool


def assumptions(scenarios: Sequence[Scenario]) -> list[Assumption]:
    """Return the values of all scenarios, in the order of the first that has it.

    Scenarios share a row where their values come from the same place.
    """
    found: dict[tuple[str, str], Assumption] = {}
    for scenario in scenarios:
        for one in _values(scenario, ""):
            blank = {other.name: "" for other in scenarios}
            row = found.setdefault((one.path, one.origin), replace(one, values=blank))
            row.values[scenario.name] = one.values[""]
    return list(found.values())


def _values(model: BaseModel, prefix: str) -> Iterator[Assumption]:
    """Yield the values of one scenario, the value under the name ''."""
    written, defaults = model.model_dump(mode="json"), _defaults(model) if prefix else {}
    for name, field in type(model).model_fields.items():
        if not prefix and name in _APART:
            continue
        value = getattr(model, name)
        source, assumed = origin_of(field)
        if isinstance(value, BaseModel) and not source and not assumed:
            yield from _values(value, f"{prefix}{name}.")
            continue
        percent = assumed is not None and str(assumed[1]).endswith("%")
        changed = name in defaults and written[name] != defaults[name]
        origin = _origin(source, assumed)
        if changed:
            origin += f"; changed here, the default is {value_text(defaults[name], percent)}"
        meaning = " ".join((field.description or "").split())
        values = {"": value_text(written[name], percent)}
        sourced = bool(source) and not changed
        yield Assumption(f"{prefix}{name}", meaning, values, origin, sourced, changed)


def _defaults(model: BaseModel) -> dict[str, Any]:
    """Return the defaults of the fields that have one, as the model writes them."""
    fields = type(model).model_fields
    required = {name for name, field in fields.items() if field.is_required()}
    try:
        plain = type(model).model_validate(model.model_dump(mode="json", include=required))
    except ValidationError:  # its rules do not allow what is required here with the defaults
        return {}
    return plain.model_dump(mode="json", exclude=required)


def value_text(value: Any, percent: bool = False) -> str:
    """Return a value as a planner reads it, not too long.

    >>> value_text([{"name": "toy", "share": 0.5}, {"name": "album", "share": 0.5}])
    'toy, album'
    """
    if isinstance(value, dict):
        text = ", ".join(f"{key} {value_text(one)}" for key, one in value.items())
    elif isinstance(value, list):
        named = all(isinstance(one, dict) and "name" in one for one in value)
        text = ", ".join(str(one["name"]) if named else value_text(one) for one in value)
    elif value is None:
        text = "not given"
    elif isinstance(value, bool):
        text = "yes" if value else "no"
    elif percent and isinstance(value, int | float):
        text = f"{value * 100:.4g}%"
    elif isinstance(value, int):
        text = f"{value:,}"
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip(", ") + "\u2026"


def _origin(source: str | None, assumed: tuple[Any, Any] | None) -> str:
    if source:
        return source
    if assumed:
        return f"assumed; plausible from {value_text(assumed[0])} to {value_text(assumed[1])}"
    return _UNSAID
