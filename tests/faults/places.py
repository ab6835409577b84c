"""Every field of a scenario file, found by walking the models: a new field is covered by itself.

A place is where a fault is put: a field, the first and the last entry of a list, or a section.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel

from logistics.scenario.scenario import Scenario
from networks.inputs.models import kind_of, models_within

from . import worlds

Path = tuple[str | int, ...]
Way = Literal["value", "missing", "twice", "unknown", "renamed"]


@dataclass(frozen=True)
class Place:
    """A field of a world. `told`: its name in the reference, such as `orders.products[].name`."""

    world: str
    path: Path
    told: str
    holds: Literal["value", "list", "section", "sections"]

    @property
    def once(self) -> tuple[str, Path]:
        """What is the same for a field that two worlds share, such as those of the carrier."""
        return re.sub(r"^network\[[^]]*\]\.carrier", "carrier", self.told), self.path

    @property
    def field(self) -> str:
        """The field as a fault names it: `orders.products[0].name`."""
        return field_of(self.path)


def field_of(path: Path) -> str:
    """Return a path as a fault names it."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def places(world: str) -> Iterator[Place]:
    """Yield every place of a world, in the order of the models."""
    yield from _walk(world, Scenario, worlds.full(world), (), "")


def _walk(
    world: str, model: type[BaseModel], data: dict[str, Any], path: Path, told: str
) -> Iterator[Place]:
    for name, field in model.model_fields.items():
        value, here, name_told = data[name], (*path, name), f"{told}{name}"
        inner = [held for held, _ in models_within(field.annotation)]
        if isinstance(value, list) and inner:
            assert value, f"{name_told} needs an entry in every world: see `worlds`"
            yield Place(world, here, name_told, "sections")
            for row in {0, len(value) - 1}:
                yield Place(world, (*here, row), f"{name_told}[]", "section")
                yield from _walk(world, inner[0], value[row], (*here, row), f"{name_told}[].")
        elif isinstance(value, list):
            yield Place(world, here, name_told, "list")
            for row in sorted({0, len(value) - 1}):
                yield Place(world, (*here, row), f"{name_told}[]", "value")
        elif inner:
            yield Place(world, here, name_told, "section")
            chosen, mark = _chosen(inner, value)
            yield from _walk(world, chosen, value, here, f"{name_told}{mark}.")
        else:
            yield Place(world, here, name_told, "value")


def _chosen(inner: list[type[BaseModel]], value: dict[str, Any]) -> tuple[type[BaseModel], str]:
    """Return the model of a section and how the reference marks it, such as `[timetable]`."""
    if len(inner) == 1:
        return inner[0], ""
    kinds = [value[tag] for tag in ("kind", "rule") if tag in value]
    chosen = next(model for model in inner if kind_of(model) in kinds)
    return chosen, f"[{kind_of(chosen)}]"


class Written(NamedTuple):
    """A file's text, and on which line each path begins."""

    text: str
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """Return the line of a path, or of the nearest part around it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@cache
def _small(world: str) -> str:
    return json.dumps(worlds.small(world))


@cache
def _full(world: str) -> str:
    return json.dumps(worlds.full(world))


def document_with(world: str, *paths: Path) -> dict[str, Any]:
    """Return a small world in which these paths are written out, as they are by default."""
    data, full = json.loads(_small(world)), json.loads(_full(world))
    for path in paths:
        into, source = data, full
        for part in path[:-1]:
            assert isinstance(part, str)
            if isinstance(source[part], list):
                into[part] = source[part]
                break
            into, source = into.setdefault(part, {}), source[part]
            if "kind" in source or "rule" in source:
                into |= {tag: source[tag] for tag in ("kind", "rule") if tag in source}
        else:
            into.setdefault(path[-1], deepcopy(source[path[-1]]))
    return data


class Edit(NamedTuple):
    """What is done to one path of a file: how, and the raw YAML text that is put there."""

    path: Path
    way: Way
    raw: str = ""


def written(data: dict[str, Any], *edits: Edit) -> Written:
    """Write a file with one value a line, some of them replaced."""
    by_path = {edit.path: edit for edit in edits}
    assert len(by_path) == len(edits)
    for edit in edits:
        if edit.way == "missing":
            data = _without(data, edit.path)
    lines: list[str] = []
    at: dict[Path, int] = {}
    _write(data, (), 0, _Paper(lines, at, by_path))
    return Written("\n".join(lines) + "\n", at)


class _Paper(NamedTuple):
    lines: list[str]
    at: dict[Path, int]
    edits: dict[Path, Edit]

    def add(self, path: Path, text: str) -> None:
        self.at.setdefault(path, len(self.lines) + 1)
        self.lines.extend(text.split("\n"))


def _write(value: Any, path: Path, depth: int, paper: _Paper) -> None:
    pad = "  " * depth
    rows = enumerate(value) if isinstance(value, list) else value.items()
    for name, part in rows:
        here = (*path, name)
        edit = paper.edits.get(here)
        head = f"{pad}-" if isinstance(value, list) else f"{pad}{name}:"
        if edit is None or edit.way == "unknown":
            _write_part(part, here, depth, head, paper)
            if edit is not None:
                paper.add((*here, edit.raw), f"{pad}  {edit.raw}: 1")
        elif edit.way == "value":
            paper.add(here, f"{head} {edit.raw}".rstrip(" "))
        elif edit.way == "renamed":
            paper.at[(*path, edit.raw)] = len(paper.lines) + 1
            _write_part(part, here, depth, f"{pad}{edit.raw}:", paper)
        elif edit.way == "twice":
            _write_part(part, (*path, "first"), depth, head, paper)
            _write_part(part, here, depth, head, paper)


def _write_part(part: Any, path: Path, depth: int, head: str, paper: _Paper) -> None:
    if not (isinstance(part, dict | list) and part):
        paper.add(path, f"{head} {json.dumps(part)}")
    elif isinstance(part, dict) and head.endswith("-"):
        # the first name of an entry stands beside its dash
        paper.at[path] = first = len(paper.lines) + 1
        _write(part, path, depth + 1, paper)
        paper.lines[first - 1] = head + paper.lines[first - 1][len(head) :]
    else:
        paper.add(path, head)
        _write(part, path, depth + 1, paper)


def _without(data: Any, path: Path) -> Any:
    """Return data without one field, nor the sections that held nothing else."""
    if isinstance(data, list):
        return [_without(part, path[1:]) if row == path[0] else part
                for row, part in enumerate(data)]  # fmt: skip
    left = dict(data)
    if len(path) > 1:
        left[path[0]] = _without(data[path[0]], path[1:])
    if len(path) == 1 or left[path[0]] == {}:
        del left[path[0]]
    return left
