"""YAML files in and out: a model from a file with every fault on its line, and a file from a model.

YAML 1.2 is read, so `14:00` and `NO` stay text. The tree of YAML nodes is kept beside the values
until the model is valid, because only nodes know their lines.
"""

from __future__ import annotations

import codecs
import warnings
from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from networks.inputs.faults import Fault, InputError, Keys, field_text, shown, whole_file
from networks.inputs.input_files import bytes_of
from networks.inputs.yaml_faults import MAX_FAULTS, TAG, Document, faults_of, located

M = TypeVar("M", bound=BaseModel)

MAX_BYTES = 5_000_000
MAX_VALUES = 200_000
"""More than a file of `MAX_BYTES` holds in earnest; aliases of aliases get there in ten lines."""
MAX_MARKS = 30_000
"""Line ends and commas: reading more takes many seconds, and no scenario or study needs them."""
MAX_DEPTH = 50


def read_yaml(path: str | PathLike[str], model: type[M]) -> M:
    """Read a YAML file into a model.

    Raises `InputError`, with all faults at once, if the file cannot be read, is not YAML or does
    not fit the model.
    """
    name = fspath(path)
    return read_yaml_text(text_of_file(name), model, name)


def locate(faults: Iterable[Fault], path: str | PathLike[str]) -> InputError:
    """Return the error of faults that know their keys in a file, each on its line.

    Raises `InputError` if the file cannot be read any more.
    """
    name = fspath(path)
    root = _compose(YAML(typ="safe", pure=True), text_of_file(name), name)
    document = Document(name, root, None, BaseModel)
    found = (located(fault, document) for fault in faults)
    return InputError(sorted(found, key=lambda fault: fault.line or 0))


def text_of_file(path: str | PathLike[str]) -> str:
    """Return what a file holds, in UTF-8, or in UTF-16 or UTF-32 with a byte order mark.

    Raises `InputError` if it cannot be read as such.
    """
    content = bytes_of(path, MAX_BYTES)
    mark, encoding = next(
        (one for one in _MARKS.items() if content.startswith(one[0])), (b"", "UTF-8")
    )
    try:
        text = content.removeprefix(mark).decode(encoding)
        if not mark and "\0" in text[:4]:
            problem = "is not a text file in UTF-8"
            raise whole_file(path, problem, "UTF-8, or UTF-16 with a byte order mark", 1)
        return text
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, len(mark) + error.start) + 1
        raise whole_file(path, f"is not a text file in {encoding}", line=line) from None


_MARKS = {  # the longer first: one begins like another
    codecs.BOM_UTF32_LE: "UTF-32-LE",
    codecs.BOM_UTF32_BE: "UTF-32-BE",
    codecs.BOM_UTF16_LE: "UTF-16-LE",
    codecs.BOM_UTF16_BE: "UTF-16-BE",
    codecs.BOM_UTF8: "UTF-8",
}


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
    document = Document(name, root, data, model)
    faults = reader.faults[:MAX_FAULTS]
    faults += faults_of(details[:MAX_FAULTS], document, reader.refused)
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
        document = Document(name, None, data, model)
        details = error.errors(include_url=False)
        raise InputError(faults_of(details, document, set())) from None


# From text to plain values -----------------------------------------------------------------------


def _compose(yaml: YAML, text: str, name: str) -> MappingNode:
    """Return the tree of nodes of a YAML text whose top level is a mapping."""
    if text.count("\n") + text.count(",") > MAX_MARKS:
        raise whole_file(name, "holds too many values", f"up to {MAX_MARKS:,} lines and commas")
    _refuse_directives(text, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an anchor that is defined twice
            root = yaml.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(f"{error.context or ''} {error.problem or ''}".split())
        raise whole_file(
            name, f"is not valid YAML: {problem}", line=mark.line + 1 if mark else None
        ) from None
    except RecursionError:
        raise whole_file(name, "is nested too deeply", f"{MAX_DEPTH} levels") from None
    except YAMLError as error:
        position = getattr(error, "position", 0)
        problem = f"is not valid YAML: {getattr(error, 'reason', 'it cannot be read')}"
        line = text.count("\n", 0, position) + 1
        raise whole_file(name, problem, line=line) from None
    except Exception:  # the scanner has faults of its own, such as "\Uffffffff"
        raise whole_file(name, "is not valid YAML") from None
    if root is None:
        raise whole_file(name, "the file is empty", "one 'name: value' a line")
    if not isinstance(root, MappingNode):
        line = root.start_mark.line + 1
        raise whole_file(name, "holds no names at its top level", "one 'name: value' a line", line)
    return root


def _refuse_directives(text: str, name: str) -> None:
    """Refuse lines such as '%YAML 1.1' at the top, by which 010 would be 8 and 1:30 be 90."""
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if line.startswith("%") and line.split() != ["%YAML", "1.2"]:
            problem = f"{shown(line)} would change what values mean"
            raise whole_file(name, problem, "YAML 1.2, without such a line", number)
        if line.strip() and not line.startswith(("%", "#")):
            return


_SPELLINGS = {
    "int": ("whole number", "up to 400 digits, such as 12"),
    "float": ("number", "up to 400 digits, such as 0.5"),
    "timestamp": ("date", "a day of the calendar such as 2024-10-23"),
    "bool": ("true or false", "true, false"),
}
_SCALARS = {TAG + kind for kind in ("null", "bool", "int", "float", "str", "timestamp", "value")}


class _Reader:
    """Turns nodes into plain values and collects what is wrong with the YAML itself.

    `refused`: paths of values that are faults already, of which the model need not complain.
    """

    def __init__(self, name: str, constructor: Any) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self.refused: set[Keys] = set()
        self._constructor = constructor
        self._count = self._depth = 0

    def value(self, node: Node, path: Keys) -> Any:
        """Return the value of a node; raise `InputError` where aliases grow beyond reason."""
        self._count += 1
        if self._count > MAX_VALUES:
            problem = "its aliases (*name) expand to too many values"
            raise whole_file(self.name, problem, f"{MAX_VALUES:,} values")
        # Not the length of the path: a mapping merged into itself adds no name to it.
        if self._depth == MAX_DEPTH:
            line = node.start_mark.line + 1
            raise whole_file(self.name, "is nested too deeply", f"{MAX_DEPTH} levels", line)
        self._depth += 1
        value = self._plain(node, path)
        self._depth -= 1
        return value

    def _plain(self, node: Node, path: Keys) -> Any:
        tag = str(node.tag)
        if isinstance(node, MappingNode) and tag == TAG + "map":
            return self._mapping(node, path)
        if isinstance(node, SequenceNode) and tag == TAG + "seq":
            return [self.value(part, (*path, i)) for i, part in enumerate(node.value)]
        if isinstance(node, ScalarNode) and tag in _SCALARS:
            return self._scalar(node, path)
        short = "!!" + tag.removeprefix(TAG) if tag.startswith(TAG) else tag
        return self._refuse(node, path, short, "a tag is not allowed here", "plain values")

    def _mapping(self, node: MappingNode, path: Keys) -> dict[Any, Any]:
        values: dict[Any, Any] = {}
        lines: dict[Any, int] = {}
        merged: list[Any] = []
        for key_node, part in node.value:
            if str(key_node.tag) == TAG + "merge":
                merged += self._merged(part, path)
                continue
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                problem = "has a name that is no text"
                self.faults.append(Fault(self.name, line, field_text(path), "", problem))
                continue
            key = self._scalar(key_node, (*path, key_node.value))
            if not isinstance(key, str | int) or isinstance(key, bool):
                value = shown(key_node.value)
                self._refuse(key_node, (*path, value), "", "has a name that is no text", "")
                continue
            if key in lines:
                problem = f"is given twice, first on line {lines[key]}"
                self.faults.append(Fault(self.name, line, field_text((*path, key)), "", problem))
            else:
                lines[key] = line
                values[key] = self.value(part, (*path, key))
        for base in merged:
            values = {**base, **values}
        return values

    def _merged(self, node: Node, path: Keys) -> list[dict[Any, Any]]:
        bases = self.value(node, path)
        bases = bases if isinstance(bases, list) else [bases]
        if all(isinstance(base, dict) for base in bases):
            return bases
        self._refuse(node, (*path, "<<"), "", "must merge mappings", "an alias such as *name")
        return []

    def _scalar(self, node: ScalarNode, path: Keys) -> Any:
        kind = str(node.tag).removeprefix(TAG)
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

    def _refuse(self, node: Node, path: Keys, value: str, problem: str, allowed: str) -> None:
        self.refused.add(path)
        line = node.start_mark.line + 1
        self.faults.append(Fault(self.name, line, field_text(path), value, problem, allowed))
