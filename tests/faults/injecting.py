"""Puts a fault into a file and judges what comes back.

The rule: what is accepted is what the reference allows, and finite and not negative in the model;
all else is refused by one `InputError`, with a fault that names file, line, field, value and what
would be right. Nothing else may be raised.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from logistics.scenario.scenario import Scenario
from networks.inputs.faults import Fault, InputError
from networks.inputs.models import models_within
from networks.inputs.yaml_reader import read_yaml_text

from . import worlds
from .places import Edit, Path, Place, Written, document_with, field_of, places, written
from .reference import allows, words_for
from .values import BROKEN, EVERYWHERE, UNKNOWN_NAMES, Injection

FILE = "mine.yaml"
LONGEST_FAULT = 1500
_QUOTES = str.maketrans("", "", "\"'")
Verdict = Literal["accepted", "refused", "refused by another rule"]


class Trial(NamedTuple):
    """One fault in one place."""

    place: Place
    kind: str
    edit: Edit
    injection: Injection | None = None

    def __str__(self) -> str:
        return f"{self.place.world}: {self.place.field}: {self.edit.way} {self.edit.raw[:60]!r}"

    @property
    def wrong(self) -> bool:
        """Whether the reference says that this must be refused."""
        if self.injection is None:
            return self.edit.way != "missing" or self.place.told in required()
        value = self.injection.says
        if value is BROKEN:
            return True
        if self.place.holds in ("section", "sections"):
            # what may stand in a mapping or a list of them is a matter of the fields within
            kind = dict if self.place.holds == "section" else list
            return not isinstance(value, kind)
        return not allows(words_for(self.place.told), value)


def trials(world: str) -> Iterator[Trial]:
    """Yield every fault in every place of a world."""
    for place in places(world):
        yield from trials_at(place)


def trials_at(place: Place) -> Iterator[Trial]:
    """Yield every fault in one place."""
    for one in EVERYWHERE:
        yield Trial(place, one.kind, Edit(place.path, "value", one.raw), one)
    if isinstance(place.path[-1], str):
        yield Trial(place, "missing", Edit(place.path, "missing"))
        yield Trial(place, "given twice", Edit(place.path, "twice"))
        for name in (place.path[-1].upper(), f"{place.path[-1]}s", f" {place.path[-1]}_"):
            yield Trial(place, "unknown field", Edit(place.path, "renamed", name.strip()))
    if place.holds == "section":
        for name in UNKNOWN_NAMES:
            yield Trial(place, "unknown field", Edit(place.path, "unknown", name))


def required() -> set[str]:
    """Return the names of the fields that a file must have."""
    return set(_required(Scenario, ""))


def _required(model: type[BaseModel], told: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = list(models_within(field.annotation))
        if field.is_required():
            yield f"{told}{name}"
        for part, marks in inner:
            kind = next((f.default for n, f in part.model_fields.items() if n in ("kind", "rule")),
                        None)  # fmt: skip
            mark = f"[{kind}]" if len(inner) > 1 else ""
            if len(inner) > 1:
                yield from (f"{told}{name}{mark}.{tag}" for tag in ("kind", "rule"))
            yield from _required(part, f"{told}{name}{marks}{mark}.")


def document_of(*some: Trial) -> Written:
    """Return the file of a world with faults put into it."""
    return written(
        document_with(some[0].place.world, *(one.place.path for one in some)),
        *(one.edit for one in some),
    )


def outcome(document: Written) -> Scenario | tuple[Fault, ...]:
    """Return what the reader makes of a file; whatever is no `InputError` goes through."""
    try:
        return read_yaml_text(document.text, Scenario, FILE)
    except InputError as error:
        return error.faults


def judge(trial: Trial) -> Verdict:
    """Return how a fault ended.

    Raises AssertionError where the rule is broken.
    """
    document = document_of(trial)
    found = outcome(document)
    if isinstance(found, Scenario):
        assert not trial.wrong, f"{trial}: accepted, against the reference"
        for path, value in numbers_of(found):
            assert math.isfinite(value), f"{trial}: {path} is {value}"
            assert value >= 0, f"{trial}: {path} is {value}"
        return "accepted"
    assert found, f"{trial}: refused without a fault"
    for fault in found:
        well_told(fault, trial, document)
    if named(trial, found, document):
        return "refused"
    assert not trial.wrong, f"{trial}: not named in {[str(f) for f in found]}"
    return "refused by another rule"


def named(trial: Trial, found: Sequence[Fault], document: Written) -> bool:
    """Tell whether one of the faults names the field of a trial, or what is in it, on its line."""
    wanted = trial.edit.path
    if trial.edit.way == "renamed":
        wanted = (*wanted[:-1], trial.edit.raw)
    if trial.edit.way == "unknown":
        wanted = (*wanted, trial.edit.raw)
    field, line = _plain(field_of(wanted)), document.line_of(wanted)
    last = line + trial.edit.raw.count("\n")
    whole_file = trial.injection is not None and trial.injection.says is BROKEN
    for fault in found:
        here = fault.line is not None and line <= fault.line <= last + whole_file
        told = _plain(fault.field)
        if here and (told == field or told.startswith(f"{field}.")):
            return True
        # a section that held nothing else is missing with the field
        if here and trial.edit.way == "missing" and field.startswith(f"{told}."):
            return True
        # a file that is no YAML at all has a line, but no fields
        if whole_file and not fault.field and (here or fault.line is None or fault.line > line):
            return True
    # where the name is wrong that chooses among several models, nothing else can be judged
    missing = field_of(trial.edit.path)
    return trial.edit.way == "renamed" and any(
        fault.field == missing and fault.problem == "is missing" for fault in found
    )


def _plain(field: str) -> str:
    return re.sub(r"[.\[]+", ".", field.translate(_QUOTES)).replace("]", "")


def well_told(fault: Fault, trial: Trial, document: Written) -> None:
    """Assert that a fault says what it must, in one short line."""
    text = str(fault)
    assert fault.file == FILE, f"{trial}: {text}"
    assert fault.problem, f"{trial}: {text}"
    assert len(text) <= LONGEST_FAULT, f"{trial}: {len(text)} characters: {text[:200]}"
    assert text.isprintable(), f"{trial}: {text!r}"
    assert "Traceback" not in text, f"{trial}: {text}"
    if fault.line is not None:
        assert 1 <= fault.line <= document.text.count("\n") + 1, f"{trial}: {text}"
    if fault.field:
        assert fault.line is not None, f"{trial}: no line: {text}"
    says = fault.allowed or "must" in fault.problem or "needs" in fault.problem
    broken = any(word in fault.problem for word in ("YAML", "twice", "name", "more faults"))
    assert says or broken, f"{trial}: nothing tells what would be right: {text}"
    injection = trial.injection
    if injection is not None and _plain(fault.field) == _plain(trial.place.field):
        scalar = injection.says is not BROKEN and not isinstance(injection.says, dict | list)
        if scalar and injection.says is not None:
            assert fault.value, f"{trial}: the value is not told: {text}"


def numbers_of(model: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number of a model, with its path; durations in seconds."""
    if isinstance(model, BaseModel):
        for name in type(model).model_fields:
            yield from numbers_of(getattr(model, name), f"{path}.{name}")
    elif isinstance(model, list | tuple):
        for row, part in enumerate(model):
            yield from numbers_of(part, f"{path}[{row}]")
    elif isinstance(model, timedelta):
        yield path, model.total_seconds()
    elif isinstance(model, int | float):
        yield path, model


def all_trials() -> Iterator[Trial]:
    """Yield every fault in every place; what two worlds share is tried in the first."""
    seen: set[tuple[str, Path]] = set()
    for world in worlds.NAMES:
        for place in places(world):
            if place.once not in seen:
                seen.add(place.once)
                yield from trials_at(place)


def together(trials: Sequence[Trial]) -> None:
    """Put several faults into one file, and assert that each of them is named and told well.

    Raises AssertionError where one is not.
    """
    document = document_of(*trials)
    found = outcome(document)
    text = "; ".join(map(str, trials))
    assert not isinstance(found, Scenario), f"accepted: {text}"
    for trial in trials:
        for fault in found:
            well_told(fault, trial, document)
        assert named(trial, found, document), f"{trial}: not named among {[str(f) for f in found]}"


def apart(trials: Sequence[Trial]) -> list[Trial]:
    """Return those of some faults that hide none of the others.

    A fault hides what lies within its section; the name that chooses among several models, what
    lies beside it; one that leaves no YAML, the rest of the file.
    """
    chosen: list[Trial] = []
    for trial in trials:
        over = trial.edit.path
        if trial.injection is not None and trial.injection.says is BROKEN:
            continue
        if over[-1] in ("kind", "rule") or trial.edit.way not in ("value", "renamed"):
            continue
        if not any(_within(over, one.edit.path) for one in chosen):
            chosen.append(trial)
    return chosen


def shared_files(trials: Sequence[Trial], most: int = 8) -> Iterator[list[Trial]]:
    """Yield faults of one world by file: several where none hides another, otherwise one alone."""
    left = []
    for trial in trials:
        if trial.wrong and apart([trial]):
            left.append(trial)
        else:
            yield [trial]
    while left:
        chosen = apart(left[:most])
        yield chosen
        left = [one for one in left[:most] if one not in chosen] + left[most:]


def _within(one: Path, other: Path) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]
