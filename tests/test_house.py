"""The floor plan keeps its measures: short files, short functions, few lazy imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LONGEST_FILE, LONGEST_FUNCTION = 400, 40

LONG_FUNCTIONS = {
    "benchmarks/peer_models.py:salabim_parcels": "a whole model, as the peer's users write it",
    "benchmarks/peer_models.py:simpy_parcels": "a whole model, as the peer's users write it",
    "benchmarks/plain_simpy.py:delivery_ticks": "a whole model, as a SimPy user writes it",
    "logistics/simulation/batch/compiling.py:_one_parcel": "a problem written down, value by value",
}
"""Functions that may be longer, and why. Compiled loops are named here, too."""

LAZY = ("logistics/cli/", "logistics/__init__.py")
"""Where imports inside functions are the rule, so that `logistics --help` answers at once."""

LAZY_IMPORTS = {
    "logistics/runtime/file_locks.py": "one module each for Windows and the others",
    "logistics/experiments/workers/clusters.py": "an extra, which sets up its logging on import",
    "logistics/options.py": "the names of places: help, which asks for none, must answer at once",
    "logistics/jobs.py": "what draws: large, and of no use to processes that only run",
    "logistics/report/rendering.py": "the library that draws, with an engine of JavaScript in it",
}
"""Other modules that import inside a function, and why."""


def modules(*folders: str) -> Iterator[tuple[str, str]]:
    for package in ("logistics", "networks", *folders):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def test_no_file_is_too_long() -> None:
    lines = {name: text.count("\n") for name, text in modules("benchmarks", "docs")}
    assert len(lines) > 200
    assert {name: count for name, count in lines.items() if count > LONGEST_FILE} == {}


def test_no_function_is_too_long() -> None:
    long = set()
    for name, text in modules("benchmarks", "docs"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                if node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION:
                    long.add(f"{name}:{node.name}")
    assert long == set(LONG_FUNCTIONS)


def test_imports_inside_functions_have_a_reason() -> None:
    lazy = set()
    for name, text in modules():
        if name.startswith(LAZY):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
                if inner:
                    lazy.add(name)
    assert lazy == set(LAZY_IMPORTS)
