"""What is wrong with a YAML file, on which line, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import chain, islice
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel, WithJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from networks.inputs.faults import Fault, InputError, Keys, did_you_mean, field_text, shown
from networks.inputs.models import kind_of, models_within
from networks.inputs.units import duration_text

MAX_FAULTS = 200

TAG = "tag:yaml.org,2002:"


class Document(NamedTuple):
    """A file on its way into a model: the same tree as nodes, values and types.

    `root` is None for data that never were text: their faults have no lines.
    """

    name: str
    root: MappingNode | None
    data: Any
    model: type[BaseModel]


class _Verdict(NamedTuple):
    """A problem in plain words; `value` is empty where the value says nothing."""

    value: str
    problem: str
    allowed: str = ""


def faults_of(
    details: Sequence[ErrorDetails], document: Document, refused: set[Keys]
) -> Iterator[Fault]:
    """Turn pydantic's errors into faults, one per place."""
    verdicts: dict[Keys, list[_Verdict]] = {}
    for error in details:
        for path, verdict in _judged(error, document):
            # A value that YAML itself could not read is a fault already.
            if not any(path[:length] in refused for length in range(len(path) + 1)):
                verdicts.setdefault(path, []).append(verdict)
    for path, found in verdicts.items():
        yield Fault(
            document.name,
            _locate(document.root, path)[0],
            field_text(path),
            found[0].value,
            _either([verdict.problem for verdict in found]).replace(" or must be ", " or "),
            _either([verdict.allowed for verdict in found if verdict.allowed]),
        )


def located(fault: Fault, document: Document) -> Fault:
    """Return a fault that knows its keys with file and line, its value as the file spells it.

    One of another file is returned as it is.
    """
    if fault.file:
        return fault
    line, value = _locate(document.root, fault.keys)[0], _text_at(document, fault.keys)
    return replace(fault, file=document.name, line=line, value=value or fault.value)


def _judged(error: ErrorDetails, document: Document) -> Iterator[tuple[Keys, _Verdict]]:
    """Yield where to point and what to say there."""
    path = _path_in(document.data, error)
    owners, field = _declared(document.model, error["loc"])
    raised = error.get("ctx", {}).get("error")
    found = []
    if isinstance(raised, InputError):
        for fault in raised.faults:
            at = (*path, *fault.keys)
            value = _value_at(document, at, error) or fault.value
            found.append((at, _Verdict(value, fault.problem, _here(fault.allowed, field))))
    else:
        found.append(_judge(error, path, _value_at(document, path, error), owners, field))
    for at, verdict in found:
        in_key = error["loc"][-1:] == ("[key]",)
        yield at, _Verdict("", f"the name {verdict.problem}") if in_key else verdict


def _value_at(document: Document, path: Keys, error: ErrorDetails) -> str:
    """Return the value as the file spells it, else as pydantic was given it.

    A rule between fields fails the mapping that holds them, which is no value to show.
    """
    value = _text_at(document, path)
    if not value and (error["type"] in _PLAIN or not isinstance(error["input"], dict)):
        value = shown(error["input"])
    return value


def _here(allowed: str, field: FieldInfo | None) -> str:
    """Return what a rule allows, and the bounds of the field besides."""
    here = _range(_limits(field))
    return f"{allowed}; here {here}" if allowed and here else allowed or here


def _either(texts: Sequence[str]) -> str:
    return " or ".join(dict.fromkeys(texts))


def _path_in(data: Any, error: ErrorDetails) -> Keys:
    """Return the path of an error in the values read: its location without the tags of unions."""
    there = len(error["loc"]) - (error["type"] == "missing")
    # A tag may be spelled like a field of its own model: then the value itself decides.
    routes = list(islice(_ways(data, error["loc"][:there]), 100))
    path = next((path for path, end in routes if end is error["input"]), routes[0][0])
    return (*path, *error["loc"][there:])


def _ways(data: Any, location: Keys) -> Iterator[tuple[Keys, Any]]:
    if not location:
        yield (), data
        return
    head, rest = location[0], location[1:]
    if _has(data, head):
        for path, end in _ways(data[head], rest):
            yield (head, *path), end
    if isinstance(head, str) or not _has(data, head):
        yield from _ways(data, rest)


def _has(data: Any, part: Any) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and 0 <= part < len(data)


def _declared(
    model: type[BaseModel], location: Keys
) -> tuple[list[type[BaseModel]], FieldInfo | None]:
    """Return the models that could hold the last part of a location, and its field if known."""
    owners, inner, field, keys = [model], [model], None, 0
    for part in location:
        owners = inner
        if keys:  # a position in a list or a key of a dict
            keys -= 1
        elif len(inner) > 1 and (chosen := [m for m in inner if part in (kind_of(m), m.__name__)]):
            inner = chosen
        else:
            fields = [held.model_fields[part] for held in inner if part in held.model_fields]
            field = fields[0] if fields else None
            found = list(models_within(field.annotation)) if field else []
            inner = [held for held, _ in found]
            keys = found[0][1].count("[]") if found else 0
    return owners, field


def _locate(root: Node | None, path: Keys) -> tuple[int | None, Node | None]:
    """Return the line of the last part of a path that the file has; the node if it has it all."""
    if root is None:
        return None, None
    line: int = root.start_mark.line + 1
    node = root
    for part in path:
        found = _step(node, part)
        if found is None:
            return line, None
        line, node = found
    return line, node


def _text_at(document: Document, path: Keys) -> str:
    """Return a single value as the file spells it: `1e5`, where the value read is 100000.0."""
    if document.root is None:
        value = document.data
        for part in path:
            value = value[part] if _has(value, part) else None
        return "" if value is None or isinstance(value, dict | list) else shown(value)
    node = _locate(document.root, path)[1]
    if not isinstance(node, ScalarNode):
        return ""
    return shown(node.value) if str(node.tag) == TAG + "str" else node.value[:60]


def _step(node: Node, part: Any) -> tuple[int, Node] | None:
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    if not isinstance(node, MappingNode):
        return None
    for key, value in node.value:
        if key.value == str(part):
            # Not the value's line: an empty value starts where the next name does.
            return key.start_mark.line + 1, value
    merged = [value for key, value in node.value if str(key.tag) == TAG + "merge"]
    bases = (base.value if isinstance(base, SequenceNode) else [base] for base in merged)
    return next(filter(None, (_step(base, part) for base in chain(*bases))), None)


_A_MAPPING = "one 'name: value' a line"
# What pydantic says, and what a planner reads: problem, allowed.
_PLAIN = {
    kind: (problem, allowed)
    for kinds, problem, allowed in (
        ("int_type int_parsing int_from_float", "must be a whole number", ""),
        ("float_type float_parsing", "must be a number", ""),
        ("finite_number", "must be a finite number", ""),
        ("bool_type bool_parsing", "must be true or false", ""),
        ("string_type", "must be text", "text in quotes"),
        ("list_type tuple_type set_type frozen_set_type", "must be a list", ""),
        ("dict_type model_type model_attributes_type", "must be a mapping", _A_MAPPING),
        ("invalid_key", "has a name that is no text", ""),
    )
    for kind in kinds.split()
}  # fmt: skip
_BOUNDS = {
    "greater_than": ("gt", "must be greater than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
}


def _judge(
    error: ErrorDetails,
    path: Keys,
    value: str,
    owners: list[type[BaseModel]],
    field: FieldInfo | None,
) -> tuple[Keys, _Verdict]:
    """Return where to point and what to say there."""
    kind, context = error["type"], error.get("ctx", {})
    problem, allowed = _PLAIN.get(kind, ("", ""))
    verdict = _Verdict(value, problem, allowed or _range(_limits(field)))
    if kind == "missing":
        verdict = _Verdict("", "is missing", _allowed(field))
    elif kind == "extra_forbidden":
        names = [name for owner in owners for name in owner.model_fields]
        verdict = _choice(value, "is not a known field", str(path[-1]), names)
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        path = (*path, context["discriminator"].strip("'"))
        choices = [kind_of(model) for model, _ in models_within(field.annotation)] if field else []
        verdict = _Verdict("", "is missing", ", ".join(choices))
        if (tag := context.get("tag")) is not None:
            verdict = _choice(shown(tag), "is not one of the choices", tag, choices)
    elif kind in ("literal_error", "enum"):
        choices = re.findall(r"'([^']*)'", context["expected"])
        verdict = _choice(value, "is not one of the choices", str(error["input"]), choices)
    elif kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        limits = _limits(field) or {bound: context[bound]}
        limit = _amount(limits.get(bound, context[bound]))
        verdict = _Verdict(value, f"{words} {limit}", _range(limits) if len(limits) > 1 else "")
    elif kind == "too_long":
        verdict = _Verdict(value, f"must have at most {context['max_length']:,} entries")
    elif kind not in _PLAIN:
        message = " ".join(str(context.get("error", error["msg"])).split())
        # 'List should have at least 2 items after validation' becomes 'must have at least 2'
        text = re.sub(r"^(Value error, )?\w+ should ", "must ", message)
        text = re.sub(r" items?(?= after|,|$)| after validation", "", text)
        verdict = _Verdict(value, text, _here(str(context.get("allowed", "")), field))
    return path, verdict


def _choice(value: str, problem: str, given: str, names: Sequence[str]) -> _Verdict:
    return _Verdict(value, problem + did_you_mean(given, names), ", ".join(dict.fromkeys(names)))


def _allowed(field: FieldInfo | None) -> str:
    """Return what a field takes, as far as its type says it in a few words."""
    if field is None:
        return ""
    if get_origin(field.annotation) is Literal:
        return ", ".join(str(choice) for choice in get_args(field.annotation))
    if isinstance(field.annotation, type) and issubclass(field.annotation, Enum):
        return ", ".join(str(choice.value) for choice in field.annotation)
    schemas = (part.json_schema for part in field.metadata if isinstance(part, WithJsonSchema))
    examples = (
        f"such as {schema['examples'][0]}" for schema in schemas if schema and "examples" in schema
    )
    kind = get_origin(field.annotation) or field.annotation
    in_words = _A_MAPPING if list(models_within(field.annotation)) else _EXAMPLES.get(kind, "")
    return _range(_limits(field)) or next(examples, in_words)


_EXAMPLES: dict[Any, str] = {
    str: "text", int: "a whole number", float: "a number", bool: "true, false", list: "a list",
    date: "a date such as 2024-10-23", datetime: "a date and a time such as 2024-10-23 14:00",
}  # fmt: skip


def _limits(field: FieldInfo | None) -> dict[str, Any]:
    metadata = field.metadata if field else []
    return {
        bound: getattr(part, bound)
        for part in metadata
        for bound in ("gt", "ge", "lt", "le")
        if getattr(part, bound, None) is not None
    }


def _range(limits: Mapping[str, Any]) -> str:
    low = limits.get("ge", limits.get("gt"))
    high = limits.get("le", limits.get("lt"))
    if "ge" in limits and "le" in limits:
        return f"{_amount(low)} to {_amount(high)}"
    least = f"{'at least' if 'ge' in limits else 'more than'} {_amount(low)}"
    most = f"{'at most' if 'le' in limits else 'less than'} {_amount(high)}"
    return ", ".join(words for words, limit in ((least, low), (most, high)) if limit is not None)


def _amount(value: Any) -> str:
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, float):
        return f"{value:,g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
