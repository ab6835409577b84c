"""A model as YAML that a planner can read, change and read back."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from datetime import date
from enum import Enum
from functools import cache
from inspect import cleandoc
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter
from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode

from networks.inputs.faults import shown
from networks.inputs.provenance import origin_of

WIDTH = 100
_TAG = "tag:yaml.org,2002:"


def write_yaml(instance: BaseModel) -> str:
    """Write a model as YAML, complete, each field below its description and its source.

    `read_yaml_text` reads it back to an equal instance.
    """
    lines = _comment(_summary(type(instance)), 0)
    for entry in _entries(instance, 0, commented=True):
        lines += ["", *entry] if lines else entry
    return "\n".join(lines or ["{}"]) + "\n"


def _entries(instance: BaseModel, indent: int, commented: bool) -> Iterator[list[str]]:
    """Yield the lines of each field, its comments first."""
    model, written = type(instance), instance.model_dump()
    for name, field in model.model_fields.items():
        if name not in written:  # excluded where it was declared
            continue
        value = getattr(instance, name)
        lines = _pair(_scalar(name), value, written[name], indent, commented)
        if commented:
            about = field.description or (_summary(type(value)) if _is_model(value) else "")
            lines = _comment(about, indent) + _comment(_origin(model, name, value), indent) + lines
        yield lines


def _pair(key: str, value: Any, written: Any, indent: int, commented: bool) -> list[str]:
    """Write `key: value`; `written` is the value as its type serializes it."""
    head = f"{' ' * indent}{key}:"
    if isinstance(written, set | frozenset):
        value = written = sorted(written)
    if _is_block(written, WIDTH - len(head) - 1):
        return [head, *_block(value, written, indent + 2, commented)]
    flow = _flow(written)
    if len(head) + 1 + len(flow) <= WIDTH or not isinstance(written, list | tuple):
        return [f"{head} {flow}"]
    return [head, *_wrapped(flow, " " * (indent + 2))]


def _is_block(written: Any, room: int) -> bool:
    """Tell whether a value takes lines of its own; numbers and short lists stay in one."""
    if isinstance(written, list | tuple):
        if any(isinstance(part, list | tuple | dict) for part in written):
            return True
        return any(isinstance(part, str) for part in written) and len(_flow(written)) > room
    return isinstance(written, dict) and bool(written)


def _block(value: Any, written: Any, indent: int, commented: bool) -> list[str]:
    if _is_model(value):
        return [line for entry in _entries(value, indent, commented) for line in entry]
    if isinstance(written, dict):
        values = value if isinstance(value, dict) else written
        pairs = zip(values.values(), written.items(), strict=True)
        texts = [_pair(_scalar(key), part, text, indent, commented) for part, (key, text) in pairs]
        return [line for lines in texts for line in lines]
    lines = []
    for number, (part, text) in enumerate(zip(value, written, strict=True)):
        entry = [_flow(text)]
        if _is_block(text, WIDTH - indent - 2):
            # The first of several models explains its fields; the others repeat them.
            entry = _block(part, text, indent + 2, commented and number == 0)
        first = next(i for i, line in enumerate(entry) if not line.lstrip().startswith("#"))
        entry[first] = f"{' ' * indent}- {entry[first].lstrip()}"
        lines += entry
    return lines


def _is_model(value: Any) -> bool:
    return isinstance(value, BaseModel) and bool(type(value).model_fields)


def _flow(written: Any) -> str:
    if isinstance(written, list | tuple):
        return f"[{', '.join(_flow(part) for part in written)}]"
    return "{}" if isinstance(written, dict) else _scalar(written)


def _scalar(value: Any) -> str:
    """Write one value so that YAML 1.2 reads the same, and YAML 1.1 too where that is easy."""
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool):
        return shown(value)
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return text if _stays_text(text) else _quoted(text)


_PLAIN_TEXT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _./%+-]*[A-Za-z0-9%])?")
_RESOLVER = YAML(typ="safe", pure=True).resolver
_OLD_WORDS = frozenset(("yes", "no", "on", "off", "true", "false", "null"))


def _stays_text(text: str) -> bool:
    """Tell whether a text without quotes is read as that text."""
    if not _PLAIN_TEXT.fullmatch(text) or text.lower() in _OLD_WORDS:
        return False
    return str(_RESOLVER.resolve(ScalarNode, text, (True, False))) == _TAG + "str"


def _quoted(text: str) -> str:
    marks = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    signs = (
        marks.get(sign) or (sign if sign.isprintable() else f"\\U{ord(sign):08x}") for sign in text
    )
    return f'"{"".join(signs)}"'


def _summary(model: type[BaseModel]) -> str:
    """Return the first paragraph of a model's docstring."""
    return cleandoc(model.__doc__ or "").split("\n\n")[0]


def _origin(model: type[BaseModel], name: str, value: Any) -> str:
    """Say where a default comes from; a value of the user's own only learns what it replaces."""
    source, assumed = origin_of(model.model_fields[name])
    if source is None and assumed is None:
        return ""
    words = f"source: {source}"
    if assumed:
        low, high = (end if isinstance(end, str) else _flow(end) for end in assumed)
        words = f"assumed, plausible {low} to {high}"
    if value == default_of(model, name):
        return words
    default = model.model_fields[name].default
    if _is_block(default, WIDTH) or len(text := _flow(default).strip('"')) > 60:
        return f"of the default: {words}"
    return f"default {text}; {words}"


@cache
def default_of(model: type[BaseModel], name: str) -> Any:
    """Return a field's default as the field reads it."""
    field = model.model_fields[name]
    annotation: Any = (
        Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    )
    return TypeAdapter(annotation).validate_python(field.default)


def _comment(text: str, indent: int) -> list[str]:
    return _wrapped(" ".join(text.split()), " " * indent + "# ")


def _wrapped(text: str, start: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=start,
        break_long_words=False,
        break_on_hyphens=False,
    )
