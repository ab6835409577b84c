"""What a report is drawn from, kept in a file of the results folder, so that it can be drawn again.

The file is JSON, compressed, and nothing that is read from it is ever run: dataclasses by the name
of their class, which must be one of those that results are made of, and arrays as their bytes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pyarrow as pa

from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.metrics import Difference, Mean, Measure, Rate, Section, Total
from logistics.analysis.measures.registry import NETWORK_METRICS, register, unregister
from logistics.experiments.added_capacity import AddedCapacity
from logistics.report.text.assumptions import Assumption
from networks.inputs.faults import whole_file
from networks.schema import Facility

KEPT = "results.json.zst"

_KIND = "@"
_MOST_BYTES = 1 << 30  # uncompressed; the built-in three networks take some 10 MB
_MAKE_IT = "a results folder, as  logistics compare  and  run  write it"
FAULTS = (
    OSError, pa.ArrowException, ValueError, KeyError, TypeError, AttributeError, IndexError,
    RecursionError, SyntaxError,
)  # fmt: skip
"""What goes wrong with values that are not of the types that they should be."""


@dataclass(frozen=True, eq=False)
class Results:
    """All that page, pictures and workbook show.

    `facilities`: by network, then by id. `command`: repeats the runs. `about`: what each file of
    the folder is, but for the pictures. `measures`: sections of each measure that was registered
    beside the built-in ones.
    """

    comparison: Comparison
    facilities: Mapping[str, Mapping[str, Facility]]
    assumptions: Sequence[Assumption]
    command: str
    about: str
    measures: tuple[tuple[Section, ...], ...] = ()


def save_results(results: Results, folder: Path) -> None:
    """Write results into a folder. Raises OSError if they cannot be written."""
    content = json.dumps(_plain(results), ensure_ascii=False).encode()
    with pa.output_stream(str(folder / KEPT), compression="zstd") as file:
        file.write(content)


def saved_results(folder: Path) -> Results:
    """Read what `save_results` wrote. Raises InputError if it is not there, or damaged."""
    path = folder / KEPT
    if not path.is_file():
        problem = f"has no {KEPT}, from which a report is drawn: run it again"
        raise whole_file(folder, problem, _MAKE_IT)
    try:
        with pa.input_stream(str(path), compression="zstd") as file:
            content = file.read(_MOST_BYTES)
        results = json.loads(content, object_hook=_made)
        if not isinstance(results, Results):
            raise ValueError("holds something else")
    except FAULTS:
        problem = "is damaged, or of another version of logistics: run it again"
        raise whole_file(path, problem, _MAKE_IT) from None
    return results


@contextmanager
def measures_known(results: Results) -> Iterator[None]:
    """Know the metrics of measures that were registered where the runs were made."""
    measures = [Measure(_no_runs_here, sections) for sections in results.measures]
    missing = [one for one in measures if not one.metrics.keys() <= NETWORK_METRICS.keys()]
    for one in missing:
        register(one)
    try:
        yield
    finally:
        for one in missing:
            unregister(one)


def _no_runs_here(_: object) -> Mapping[str, Any]:
    raise AssertionError("this measure was registered to draw results, not to measure")


def _kinds(*roots: Any) -> dict[str, Any]:
    """Return the dataclasses of which others are made, by name."""
    found: dict[str, Any] = {}
    waiting = list(roots)
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if isinstance(kind, type) and is_dataclass(kind) and kind.__name__ not in found:
            found[kind.__name__] = kind
            waiting += get_type_hints(kind).values()
    return found


_KINDS = _kinds(Results, AddedCapacity, Difference, Mean, Rate, Total)


def _plain(value: Any) -> Any:
    """Return a value as JSON knows it; what is more than that says its kind."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping) and all(isinstance(one, str) and one != _KIND for one in value):
        return {key: _plain(one) for key, one in value.items()}
    kind, parts = _parts(value)
    return {_KIND: kind, **parts}


def _parts(value: Any) -> tuple[str, dict[str, Any]]:
    """Return the kind of a value, and what it is made of."""
    name = type(value).__name__
    if isinstance(value, tuple):
        return "tuple", {"of": [_plain(one) for one in value]}
    if isinstance(value, Mapping):
        return "map", {"of": [[_plain(key), _plain(one)] for key, one in value.items()]}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        content = base64.b64encode(value.tobytes()).decode()
        return "array", {"type": value.dtype.str, "shape": list(value.shape), "bytes": content}
    if _KINDS.get(name) is type(value):
        # a definition's function reads single runs, and those are over
        of = {one.name: getattr(value, one.name) for one in fields(_KINDS[name])}
        return name, {key: _plain(one) for key, one in of.items() if not callable(one)}
    raise TypeError(f"{name}: is no part of results that are kept")


def _made(plain: dict[str, Any]) -> Any:
    """Return the value that a JSON object stands for.

    Raises one of `FAULTS` for what is none.
    """
    kind = plain.pop(_KIND, None)
    if kind is None:
        return plain
    if kind == "map":
        return dict(plain["of"])
    if kind == "tuple":
        return tuple(plain["of"])
    if kind == "array":
        array = np.frombuffer(base64.b64decode(plain["bytes"]), np.dtype(plain["type"]))
        return array.reshape(plain["shape"])
    return _KINDS[kind](**plain)
