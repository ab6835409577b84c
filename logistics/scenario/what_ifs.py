"""What-ifs: named changes of a scenario, as files a planner can read; they compose.

`peak-season + hub-closed` is both at once. Order does not matter: first what is set, then what is
multiplied, then what is added to lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, reduce
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticKnownError

from logistics.scenario.fields import (
    changed,
    keys_of,
    overlap,
    plain,
    text_of,
    written_at,
)
from logistics.scenario.scenario import Scenario
from logistics.scenario.value_scales import scale_of
from networks.builders.kinds import BUILDERS, load_installed_builders
from networks.inputs.faults import Fault, InputError, refuse, shown
from networks.inputs.models import Parameters
from networks.inputs.names import named
from networks.inputs.provenance import provenance
from networks.inputs.units import Factor, Text
from networks.inputs.yaml_reader import read_yaml, read_yaml_text
from networks.inputs.yaml_writer import write_yaml

_NO_FIELD = "is no field of a scenario that a what-if can change"
_DAY = re.compile(r"day (-?\d{1,4})( \d{2}:\d{2})?")
_MOMENTS = ("start", "end")
"""What is a date and a time in an entry: without an hour, midnight as the day begins."""

MOST_TOGETHER = 20
"""What-ifs joined by +."""

NONE = "none"
"""The what-if that changes nothing."""


def _known_kind(kind: object) -> object:
    """Return a kind of network; raise a fault, as of a choice, for one that is not known."""
    if str(kind) not in BUILDERS:
        load_installed_builders()
    if str(kind) not in BUILDERS:
        raise PydanticKnownError("literal_error", {"expected": ", ".join(map(repr, BUILDERS))})
    return kind


Kind = Annotated[str, BeforeValidator(_known_kind)]


def _one_paragraph(text: object) -> object:
    return " ".join(text.split()) if isinstance(text, str) else text


class Change(Parameters):
    """What changes in the networks of one kind."""

    set: dict[str, Any] = Field({})
    """Fields by path, and their new values."""
    times: dict[str, Factor] = Field({})
    """Numbers and durations by path, and what they are multiplied by."""
    add: dict[str, list[Any]] = Field({})
    """Lists by path, and what is added to them: closures, dates."""


class _Named(Parameters):
    """What a what-if is called."""

    name: str = Field(min_length=1, max_length=200, pattern=r"^[a-z0-9][a-z0-9 +-]*$")
    title: Text = Field(min_length=1, max_length=200)
    """In a few words: added to the title of a scenario."""
    about: Annotated[str, BeforeValidator(_one_paragraph)] = Field("", max_length=4000)
    """What it is and where its values come from: a source, or assumed."""


class WhatIf(Change, _Named):
    """A change of the world. Its paths change the scenarios that have such a field."""

    networks: dict[Kind, Change] = Field({})
    """What changes, besides, in networks of one kind."""

    @model_validator(mode="after")
    def _known_paths(self) -> Self:
        special = ((("networks", kind), one) for kind, one in self.networks.items())
        refuse(
            Fault.within((*at, part, path), _NO_FIELD, "a path of the scenario", path)
            for at, one in (((), self), *special)
            for part in ("set", "times", "add")
            for path in getattr(one, part)
            if not _is_field(path)
        )
        return self

    def change(self, kind: str) -> Change:
        """Return all that changes in networks of a kind."""
        return _both(self, self.networks.get(kind, Change()))

    def paths(self, kind: str) -> Iterator[str]:
        """Yield the paths of all that may change in networks of a kind."""
        change = self.change(kind)
        yield from (*change.set, *change.times, *change.add)


def builtin_what_ifs() -> tuple[str, ...]:
    """Return the names of the built-in what-ifs, in alphabetical order."""
    files = (file.name for file in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in files if name.endswith(".yaml")))


def load_what_if(name_or_path: str | Path) -> WhatIf:
    """Return a built-in what-if by name, which may be cut short, or read one from a YAML file.

    Raises InputError with every fault: file, line, field, value and what is allowed.

    >>> load_what_if("hub-closed").title
    'the hub at New York is closed for two days'
    """
    name, path = str(name_or_path), Path(name_or_path)
    if name in builtin_what_ifs():
        text = (_folder() / f"{name}.yaml").read_text(encoding="utf-8")
        return read_yaml_text(text, WhatIf, f"{name}.yaml")
    if path.suffix in {".yaml", ".yml"}:
        return read_yaml(path, WhatIf)
    found, problem = named(name, builtin_what_ifs(), "is no what-if")
    if found:
        return load_what_if(found)
    allowed = f"a YAML file, {NONE}, {', '.join(builtin_what_ifs())}"
    raise InputError([Fault("what-ifs", None, "name", shown(name), problem, allowed)])


def what_if_text(text: str) -> str:
    """Return a what-if as YAML: a built-in one as its file has it, several as one.

    Raises InputError as `read_what_ifs`.
    """
    if text in builtin_what_ifs():
        return (_folder() / f"{text}.yaml").read_text(encoding="utf-8")
    what_if = read_what_ifs(text)
    if what_if and what_if.name in builtin_what_ifs():
        return what_if_text(what_if.name)
    return write_yaml(what_if) if what_if else "# Nothing is different.\n"


def read_what_ifs(text: str, folder: str | Path = "") -> WhatIf | None:
    """Return the what-if of a text such as 'peak-season + hub-closed'; None for '' and 'none'.

    A comma joins as + does. `folder`: where the paths of files start. Raises InputError for a name
    that is none, one that is listed twice, or two that contradict each other.
    """
    names = [name.strip() for name in re.split(r"[+,]", text)] if text.strip() else []
    if len(names) > MOST_TOGETHER:
        problem = f"are {len(names):,} joined by +"
        raise InputError([Fault("what-ifs", None, "", "", problem, f"up to {MOST_TOGETHER}")])
    loaded = [load_what_if(_at(name, folder)) for name in names if name != NONE]
    return compose(loaded) if loaded else None


def _at(name: str, folder: str | Path) -> str:
    return name if name in builtin_what_ifs() or "." not in name else str(Path(folder) / name)


def compose(what_ifs: Sequence[WhatIf]) -> WhatIf:
    """Return several what-ifs as one, whatever their order.

    Raises InputError if one is listed twice, or two set the same field to different values.
    """
    parts = sorted(what_ifs, key=lambda one: one.name)
    refuse(fault for pair in combinations(parts, 2) for fault in _conflicts(*pair))
    return reduce(_together, parts)


def apply(scenario: Scenario, what_if: WhatIf) -> Scenario:
    """Return the scenario with the what-if's changes, and its title behind the scenario's.

    A scenario that has none of its fields, or has them so already, comes back as it is. Raises
    InputError for a change that does not fit.
    """
    if not touches(what_if, scenario):
        return scenario
    try:
        result = changed(scenario, _settings(scenario, what_if))
    except InputError as error:
        name = f"{scenario.name} with {what_if.name}"
        raise InputError(replace(one, file=name) for one in error.faults) from None
    if result == scenario:
        return scenario
    titles = [one for one in (scenario.title, what_if.title) if one]
    return result.model_copy(update={"title": "; ".join(titles)[:200].strip()})


def applied(scenarios: Sequence[Scenario], what_if: WhatIf | None) -> list[Scenario]:
    """Return the scenarios with a what-if's changes.

    Raises InputError, besides, for one that changes none of them.
    """
    if what_if is None:
        return list(scenarios)
    results = [apply(scenario, what_if) for scenario in scenarios]
    if all(one is scenario for one, scenario in zip(results, scenarios, strict=True)):
        names = ", ".join(scenario.name for scenario in scenarios)
        fields = dict.fromkeys(path for kind in BUILDERS for path in what_if.paths(kind))
        allowed = f"scenarios with {', '.join(fields)}; kinds {', '.join(what_if.networks)}"
        allowed = allowed.removesuffix("; kinds ") if fields else "set, times, add or networks"
        if any(touches(what_if, scenario) for scenario in scenarios):
            allowed = "values that differ from the scenario's"
        raise InputError(
            [Fault(what_if.name, None, "", "", f"changes nothing in {names}", allowed)]
        )
    return results


def touches(what_if: WhatIf, scenario: Scenario) -> bool:
    """Tell whether a what-if changes a scenario."""
    return any(keys_of(scenario, path) for path in what_if.paths(scenario.network.kind))


def _is_field(path: str) -> bool:
    """Tell whether scenarios of some kind may have a field."""
    return re.sub(r"\[[^\[\]]*\]", "", path) in _fields(tuple(BUILDERS)) and not any(
        overlap(path, never) for never in ("name", "runs", "network.path")
    )


@cache
def _fields(_kinds: tuple[str, ...]) -> frozenset[str]:
    """Return the paths of all fields and groups of fields of scenarios with such networks."""
    paths = [re.sub(r"\[[^\[\]]*\]", "", one.path) for one in provenance(Scenario)]
    parts = [path.split(".") for path in paths]
    return frozenset(".".join(part[:end]) for part in parts for end in range(1, len(part) + 1))


def _folder() -> Traversable:
    return resources.files("logistics") / "scenarios" / "what-ifs"


def _settings(scenario: Scenario, what_if: WhatIf) -> dict[str, Any]:
    """Return the new values of all fields that change, by path."""
    change = what_if.change(scenario.network.kind)
    settings = {plain(path): value for path, value in change.set.items() if keys_of(scenario, path)}

    def current(path: str) -> Any:
        return settings.get(plain(path), written_at(scenario, path))

    for path, factor in change.times.items():
        if keys_of(scenario, path):
            settings[plain(path)] = _times(current(path), factor, path, what_if.name)
    for path, entries in change.add.items():
        if keys_of(scenario, path):
            before = current(path)
            if not isinstance(before, list):
                problem = "is no list, to which something could be added"
                raise InputError([Fault(what_if.name, None, path, "", problem)])
            first_day = date.fromisoformat(str(current("days.first_day")))
            dated = [_dated(one, first_day) for one in entries]
            settings[plain(path)] = before + [one for one in dated if one not in before]
    return settings


def _dated(entry: Any, first_day: date, name: str = "") -> Any:
    """Return an entry with 'day 2 06:00' as a date and time, 'day 2' as a date, or its midnight.

    Day 1 is the first measured day.
    """
    if isinstance(entry, dict):
        return {name: _dated(value, first_day, name) for name, value in entry.items()}
    match = _DAY.fullmatch(entry) if isinstance(entry, str) else None
    if match is None:
        return entry
    clock = match[2] or " 00:00" * (name in _MOMENTS)
    return f"{first_day + timedelta(days=int(match[1]) - 1)}{clock}"


def _times(value: Any, factor: float, path: str, name: str) -> Any:
    scale = scale_of(value, [value])
    if scale is None or scale.clock:
        problem = "cannot be multiplied"
        raise InputError([Fault(name, None, path, text_of(value), problem, "numbers, durations")])
    return scale.write(scale.read(value) * factor)


def _together(one: WhatIf, other: WhatIf) -> WhatIf:
    kinds = dict.fromkeys((*one.networks, *other.networks))
    return WhatIf(
        name=f"{one.name} + {other.name}",
        title=f"{one.title}; {other.title}"[:200].strip(),
        about=f"{one.about} {other.about}"[:4000],
        networks={
            kind: _both(one.networks.get(kind, Change()), other.networks.get(kind, Change()))
            for kind in kinds
        },
        **dict(_both(one, other)),
    )


def _both(one: Change, other: Change) -> Change:
    """Return two changes as one; what the other sets comes last."""
    times = {
        path: one.times.get(path, 1.0) * other.times.get(path, 1.0)
        for path in (*one.times, *other.times)
    }
    add = {
        path: [*one.add.get(path, []), *other.add.get(path, [])] for path in (*one.add, *other.add)
    }
    return Change(set={**one.set, **other.set}, times=times, add=add)


def _conflicts(one: WhatIf, other: WhatIf) -> Iterator[Fault]:
    """Yield a fault for each field that two what-ifs set differently."""
    both = f"{one.name} + {other.name}"
    if one.name == other.name:
        yield Fault(both, None, "", "", "is listed twice")
        return
    told: dict[str, Fault] = {}
    for kind in BUILDERS:
        for path, ours in one.change(kind).set.items():
            for their_path, theirs in other.change(kind).set.items():
                same = plain(path) == plain(their_path) and ours == theirs
                if overlap(path, their_path) and not same:
                    problem = f"{one.name} sets {text_of(ours)}, {other.name} {text_of(theirs)}"
                    told[path] = Fault(both, None, path, "", problem)
    yield from told.values()
