"""YAML files in and out: a model from a file with every fault on its line, and a file from a model.

YAML 1.2 is read, so `14:00` and `NO` stay text. The tree of YAML nodes is kept beside the values
until the model is valid, because only nodes know their lines.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from enum import Enum
from itertools import islice
from os import PathLike, fspath
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError, WithJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from logistics.errors import Fault, InputError, shown
from networks.parameters import duration_text, kind_of, models_within

M = TypeVar("M", bound=BaseModel)
KeyPath = tuple[Any, ...]
"""Names, keys and list positions that lead to a value."""

MAX_BYTES = 5_000_000
MAX_VALUES = 200_000
"""More than a file of `MAX_BYTES` holds in earnest; aliases of aliases get there in ten lines."""
MAX_DEPTH = 50
MAX_FAULTS = 200


def read_yaml(path: str | PathLike[str], model: type[M]) -> M:
    """Read a YAML file into a model.

    Raises `InputError`, with all faults at once, if the file cannot be read, is not YAML or does
    not fit the model.
    """
    name = fspath(path)
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _whole_file(name, "there is no such file") from None
    except IsADirectoryError:
        raise _whole_file(name, "is a folder, not a file") from None
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) else str(error)
        raise _whole_file(name, f"cannot be read: {problem}") from None
    if len(content) > MAX_BYTES:
        raise _whole_file(name, "the file is too large", f"up to {MAX_BYTES // 10**6} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _whole_file(name, "is not a text file in UTF-8", line=line) from None
    return read_yaml_text(text, model, name)


def read_yaml_text(text: str, model: type[M], name: str) -> M:
    """Read YAML text into a model; `name` stands for the file in the faults.

    Raises `InputError`, with all faults at once.
    """
    yaml = YAML(typ="safe", pure=True)
    root = _compose(yaml, text, name)
    reader = _Reader(name, yaml.constructor)
    data = reader.value(root, ())
    details: list[ErrorDetails] = []
    try:
        instance = model.model_validate(data)
        if not reader.faults:
            return instance
    except ValidationError as error:
        details = error.errors(include_url=False)
    document = _Document(name, root, data, model)
    faults = reader.faults[:MAX_FAULTS]
    faults += _faults(details[:MAX_FAULTS], document, reader.refused)
    faults.sort(key=lambda fault: fault.line or 0)
    more = max(len(reader.faults) - MAX_FAULTS, 0) + max(len(details) - MAX_FAULTS, 0)
    if more:
        faults.append(Fault(name, None, "", "", f"and {more:,} more faults"))
    raise InputError(faults)


def read_data(data: Mapping[str, Any], model: type[M], name: str) -> M:
    """Read plain data, as a YAML file would hold them, into a model.

    Raises `InputError`, with all faults at once, without lines; `name` stands for the file.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        document = _Document(name, None, data, model)
        raise InputError(tuple(_faults(error.errors(include_url=False), document, set()))) from None


def _whole_file(name: str, problem: str, allowed: str = "", line: int | None = None) -> InputError:
    return InputError([Fault(name, line, "", "", problem, allowed)])


# From text to plain values -----------------------------------------------------------------------


def _compose(yaml: YAML, text: str, name: str) -> MappingNode:
    """Return the tree of nodes of a YAML text whose top level is a mapping."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an anchor that is defined twice
            root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(f"{error.context or ''} {error.problem or ''}".split())
        raise _whole_file(
            name, f"is not valid YAML: {problem}", line=mark.line + 1 if mark else None
        ) from None
    except RecursionError:
        raise _whole_file(name, "is nested too deeply", f"{MAX_DEPTH} levels") from None
    except YAMLError as error:
        position = getattr(error, "position", 0)
        problem = f"is not valid YAML: {getattr(error, 'reason', 'it cannot be read')}"
        line = text.count("\n", 0, position) + 1
        raise _whole_file(name, problem, line=line) from None
    except Exception:  # the scanner has faults of its own, such as "\Uffffffff"
        raise _whole_file(name, "is not valid YAML") from None
    if root is None:
        raise _whole_file(name, "the file is empty", "one 'name: value' a line")
    if not isinstance(root, MappingNode):
        line = root.start_mark.line + 1
        raise _whole_file(name, "holds no names at its top level", "one 'name: value' a line", line)
    return root


_TAG = "tag:yaml.org,2002:"
_SPELLINGS = {
    "int": ("whole number", "up to 400 digits, such as 12"),
    "float": ("number", "up to 400 digits, such as 0.5"),
    "timestamp": ("date", "a day of the calendar such as 2024-10-23"),
    "bool": ("true or false", "true, false"),
}
_SCALARS = {_TAG + kind for kind in ("null", "bool", "int", "float", "str", "timestamp", "value")}


class _Reader:
    """Turns nodes into plain values and collects what is wrong with the YAML itself.

    `refused`: paths of values that are faults already, of which the model need not complain.
    """

    def __init__(self, name: str, constructor: Any) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self.refused: set[KeyPath] = set()
        self._constructor = constructor
        self._count = self._depth = 0

    def value(self, node: Node, path: KeyPath) -> Any:
        """Return the value of a node; raise `InputError` where aliases grow beyond reason."""
        self._count += 1
        if self._count > MAX_VALUES:
            problem = "its aliases (*name) expand to too many values"
            raise _whole_file(self.name, problem, f"{MAX_VALUES:,} values")
        # Not the length of the path: a mapping merged into itself adds no name to it.
        if self._depth == MAX_DEPTH:
            line = node.start_mark.line + 1
            raise _whole_file(self.name, "is nested too deeply", f"{MAX_DEPTH} levels", line)
        self._depth += 1
        value = self._plain(node, path)
        self._depth -= 1
        return value

    def _plain(self, node: Node, path: KeyPath) -> Any:
        tag = str(node.tag)
        if isinstance(node, MappingNode) and tag == _TAG + "map":
            return self._mapping(node, path)
        if isinstance(node, SequenceNode) and tag == _TAG + "seq":
            return [self.value(part, (*path, i)) for i, part in enumerate(node.value)]
        if isinstance(node, ScalarNode) and tag in _SCALARS:
            return self._scalar(node, path)
        short = "!!" + tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag
        return self._refuse(node, path, short, "a tag is not allowed here", "plain values")

    def _mapping(self, node: MappingNode, path: KeyPath) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        lines: dict[Any, int] = {}
        merged: list[Any] = []
        for key_node, part in node.value:
            if str(key_node.tag) == _TAG + "merge":
                merged += self._merged(part, path)
                continue
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                problem = "has a name that is no text"
                self.faults.append(Fault(self.name, line, _field(path), "", problem))
                continue
            key = self._scalar(key_node, (*path, key_node.value))
            if not isinstance(key, str | int) or isinstance(key, bool):
                value = shown(key_node.value)
                self._refuse(key_node, (*path, value), "", "has a name that is no text", "")
                continue
            if key in lines:
                problem = f"stands twice, first on line {lines[key]}"
                self.faults.append(Fault(self.name, line, _field((*path, key)), "", problem))
            else:
                lines[key] = line
                values[key] = self.value(part, (*path, key))
        for base in merged:
            values = {**base, **values}
        return values

    def _merged(self, node: Node, path: KeyPath) -> list[dict[Any, Any]]:
        bases = self.value(node, path)
        bases = bases if isinstance(bases, list) else [bases]
        if all(isinstance(base, dict) for base in bases):
            return bases
        self._refuse(node, (*path, "<<"), "", "must merge mappings", "an alias such as *name")
        return []

    def _scalar(self, node: ScalarNode, path: KeyPath) -> Any:
        kind = str(node.tag).removeprefix(_TAG)
        try:
            node.value.encode()
            if kind in ("str", "value"):
                return node.value
            if kind in ("int", "float") and len(node.value) > 400:
                raise ValueError
            return self._constructor.construct_object(node)
        except UnicodeEncodeError:
            return self._refuse(node, path, "", "holds half a character", "UTF-8 text")
        except Exception:  # ruamel raises a dozen kinds for '!!int x' and 2024-99-99
            what, allowed = _SPELLINGS.get(kind, (kind, "plain values"))
            return self._refuse(node, path, shown(node.value), f"is not a valid {what}", allowed)

    def _refuse(self, node: Node, path: KeyPath, value: str, problem: str, allowed: str) -> None:
        self.refused.add(path)
        line = node.start_mark.line + 1
        self.faults.append(Fault(self.name, line, _field(path), value, problem, allowed))


# From pydantic's errors to faults ----------------------------------------------------------------


class _Document(NamedTuple):
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


def _faults(
    details: Sequence[ErrorDetails], document: _Document, refused: set[KeyPath]
) -> Iterator[Fault]:
    """Turn pydantic's errors into faults, one per place."""
    verdicts: dict[KeyPath, list[_Verdict]] = {}
    for error in details:
        path = _path_in(document.data, error)
        value = _text_at(document, path)
        # A rule between fields fails the mapping that holds them, which is no value to show.
        if not value and (error["type"] in _PLAIN or not isinstance(error["input"], dict)):
            value = shown(error["input"])
        owners, field = _declared(document.model, error["loc"])
        path, verdict = _judge(error, path, value, owners, field)
        if error["loc"][-1:] == ("[key]",):
            verdict = _Verdict("", f"the name {verdict.problem}")
        # A value that YAML itself could not read is a fault already.
        if not any(path[:length] in refused for length in range(len(path) + 1)):
            verdicts.setdefault(path, []).append(verdict)
    for path, found in verdicts.items():
        yield Fault(
            document.name,
            _locate(document.root, path)[0],
            _field(path),
            found[0].value,
            _either([verdict.problem for verdict in found]).replace(" or must be ", " or "),
            _either([verdict.allowed for verdict in found if verdict.allowed]),
        )


def _either(texts: Sequence[str]) -> str:
    return " or ".join(dict.fromkeys(texts))


def _path_in(data: Any, error: ErrorDetails) -> KeyPath:
    """Return the path of an error in the values read: its location without the tags of unions."""
    location = error["loc"]
    if "field" in error.get("ctx", {}):  # a rule between fields points at one: `refusal`
        parts = (int(p) if p.isdigit() else p for p in error["ctx"]["field"].split("."))
        return (*_path_to(data, location, error["input"]), *parts)
    if error["type"] == "missing":
        return (*_path_to(data, location[:-1], error["input"]), location[-1])
    return _path_to(data, location, error["input"])


def _path_to(data: Any, location: KeyPath, value: Any) -> KeyPath:
    # A tag may be spelt like a field of its own model: then the value itself decides.
    ways = list(islice(_ways(data, location), 100))
    return next((path for path, end in ways if end is value), ways[0][0])


def _ways(data: Any, location: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
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
    model: type[BaseModel], location: KeyPath
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


def _locate(root: Node | None, path: KeyPath) -> tuple[int | None, Node | None]:
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


def _text_at(document: _Document, path: KeyPath) -> str:
    """Return a single value as the file spells it: `1e5`, where the value read is 100000.0."""
    if document.root is None:
        value = document.data
        for part in path:
            value = value[part] if _has(value, part) else None
        return "" if value is None or isinstance(value, dict | list) else shown(value)
    node = _locate(document.root, path)[1]
    if not isinstance(node, ScalarNode):
        return ""
    return shown(node.value) if str(node.tag) == _TAG + "str" else node.value[:60]


def _step(node: Node, part: Any) -> tuple[int, Node] | None:
    if isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark.line + 1, node.value[part]
    if not isinstance(node, MappingNode):
        return None
    for key, value in node.value:
        if key.value == str(part):
            # Not the value's line: an empty value starts where the next name does.
            return key.start_mark.line + 1, value
    for key, value in node.value:
        if str(key.tag) == _TAG + "merge":
            bases = value.value if isinstance(value, SequenceNode) else [value]
            for base in bases:
                if found := _step(base, part):
                    return found
    return None


def _field(path: KeyPath) -> str:
    """Write a path as `orders.lanes[2].capacity`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{_name(part)}" for part in path)
    return text.removeprefix(".")


def _name(part: Any) -> str:
    text = str(part)
    return text if text.isprintable() and len(text) <= 60 else shown(text)


# What pydantic says, and what a planner reads: problem, allowed.
_PLAIN = {
    "int_type": ("must be a whole number", ""),
    "int_parsing": ("must be a whole number", ""),
    "int_from_float": ("must be a whole number", ""),
    "float_type": ("must be a number", ""),
    "float_parsing": ("must be a number", ""),
    "finite_number": ("must be a finite number", ""),
    "bool_type": ("must be true or false", ""),
    "bool_parsing": ("must be true or false", ""),
    "string_type": ("must be text", "text in quotes"),
    "list_type": ("must be a list", ""),
    "tuple_type": ("must be a list", ""),
    "set_type": ("must be a list", ""),
    "frozen_set_type": ("must be a list", ""),
    "dict_type": ("must be a mapping", "one 'name: value' a line"),
    "model_type": ("must be a mapping", "one 'name: value' a line"),
    "model_attributes_type": ("must be a mapping", "one 'name: value' a line"),
    "invalid_key": ("has a name that is no text", ""),
}
_BOUNDS = {
    "greater_than": ("gt", "must be greater than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
}


def _judge(
    error: ErrorDetails,
    path: KeyPath,
    value: str,
    owners: list[type[BaseModel]],
    field: FieldInfo | None,
) -> tuple[KeyPath, _Verdict]:
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
        verdict = _tag_verdict(context.get("tag"), field)
    elif kind in ("literal_error", "enum"):
        choices = re.findall(r"'([^']*)'", context["expected"])
        verdict = _choice(value, "is not one of the choices", str(error["input"]), choices)
    elif kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        limits = _limits(field) or {bound: context[bound]}
        limit = _amount(limits.get(bound, context[bound]))
        verdict = _Verdict(value, f"{words} {limit}", _range(limits) if len(limits) > 1 else "")
    elif kind not in _PLAIN:
        message = str(context.get("error", error["msg"]))
        allowed, here = str(context.get("allowed", "")), _range(_limits(field))
        allowed = f"{allowed}; here {here}" if allowed and here else allowed or here
        verdict = _Verdict(value, _plain_words(message), allowed)
    return path, verdict


def _plain_words(message: str) -> str:
    """Turn 'List should have at least 2 items after validation' into 'must have at least 2'."""
    text = re.sub(r"^(Value error, )?\w+ should ", "must ", " ".join(message.split()))
    return re.sub(r" items?(?= after|,|$)| after validation", "", text)


def _tag_verdict(tag: str | None, field: FieldInfo | None) -> _Verdict:
    """Judge the field that chooses among several models."""
    choices = [kind_of(model) for model, _ in models_within(field.annotation)] if field else []
    if tag is None:
        return _Verdict("", "is missing", ", ".join(choices))
    return _choice(shown(tag), "is not one of the choices", tag, choices)


def _choice(value: str, problem: str, given: str, names: Sequence[str]) -> _Verdict:
    near = get_close_matches(given[:100], names, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ""
    return _Verdict(value, problem + hint, ", ".join(dict.fromkeys(names)))


def _allowed(field: FieldInfo | None) -> str:
    """Return what a field takes, as far as its type says it in a few words."""
    if field is None:
        return ""
    if get_origin(field.annotation) is Literal:
        return ", ".join(str(choice) for choice in get_args(field.annotation))
    if isinstance(field.annotation, type) and issubclass(field.annotation, Enum):
        return ", ".join(str(choice.value) for choice in field.annotation)
    return _range(_limits(field)) or _written(field)


def _written(field: FieldInfo) -> str:
    """Return in a few words how a value of a field is written; empty where nothing tells."""
    if examples := [part.json_schema["examples"][0] for part in field.metadata
                    if isinstance(part, WithJsonSchema) and part.json_schema]:  # fmt: skip
        return f"such as {examples[0]}"
    if list(models_within(field.annotation)):
        return "one 'name: value' a line"
    kind = get_origin(field.annotation) or field.annotation
    return _EXAMPLES.get(kind, "")


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
