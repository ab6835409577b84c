"""Records every number that a checkout computes, to compare two checkouts: nothing may change.

    python .ci/same_results.py record FILE      # of the checkout this file is in, or that of --tree
    python .ci/same_results.py compare OLD NEW  # prints what differs; exit code 1 if anything does

Recorded: every column of the seeded worlds in both engines; every column and table of the three
built-in networks and of a network in files; `summary.json`, `summary.csv`, the workbook, the
replications and distributions of a comparison with assumption ranges and bottlenecks; the store
and the responses of a study; the scenarios; the network exports. Of texts, only where they stand.
Clock times and what depends on them are left out.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from pyarrow import parquet
from ruamel.yaml import YAML

WORLDS = 300
LEFT_OUT = ("versions", "created", "written", "worker", "started", "command", "host")
CLOCKS = ("timings.csv",)
SMALL = [
    "--orders-per-day",
    "15000",
    "--days",
    "2",
    "--warm-up-days",
    "1",
    "--later-order-days",
    "8",
]

STUDY = """\
base: [amazon-fulfillment, tiktok-platform-fulfilled]
factors:
  network.cutoff: ['18:00', '22:00']
set:
  orders.orders_per_day: 15000
  days.days: 2
  days.warm_up_days: 1
  days.later_order_days: 6
replications: 2
"""

WORLDS_CODE = f"""
import hashlib, json, sys
from dataclasses import fields, is_dataclass
sys.path.insert(0, "tests/exactness")
sys.path.insert(0, "tests/worlds")
import numpy as np
try:
    from logistics.simulation.batch.engine import run as batch
except ImportError:
    from logistics.simulation.batch import run as batch
from logistics.simulation.textbook import run as textbook
try:
    from worlds import world
except ImportError:
    from random_worlds import world
for seed in range({WORLDS}):
    problem = world(seed)
    for name, run in (("batch", batch), ("textbook", textbook)):
        columns = run(problem)
        for field in fields(columns):
            column = getattr(columns, field.name)
            text = hashlib.sha256(np.ascontiguousarray(column).tobytes()).hexdigest()[:16]
            print(json.dumps([f"world {{seed}} {{name}} {{field.name}} {{column.dtype}}", text]))
"""


def record(tree: Path, target: Path) -> None:
    """Write everything that a checkout computes."""
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    found: dict[str, Any] = {}

    def python(*arguments: str) -> str:
        ran = subprocess.run(
            [sys.executable, *arguments], env=environment, cwd=tree, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if ran.returncode:
            sys.exit(f"{arguments}\n{ran.stdout}\n{ran.stderr}")
        return ran.stdout

    def logistics(*arguments: str) -> str:
        return python("-m", "logistics", *arguments)

    found |= dict(json.loads(line) for line in python("-c", WORLDS_CODE).splitlines())
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        names = ("amazon-fulfillment", "tiktok-platform-fulfilled", "tiktok-seller-direct")
        for name in names:
            logistics("network", "export", name, str(work / f"network-{name}"))
            (work / f"{name}.yaml").write_text(logistics("scenarios", "show", name))
        logistics("network", "export", "small-seller", str(work / "small-seller"))
        more = ["--csv", "--save-run", "--no-report", "--replications", "2"]
        for name in names:
            logistics("run", name, *SMALL, *more, "-o", str(work / f"run-{name}"))
        logistics("run", str(work / "small-seller"), *more, "-o", str(work / "run-small-seller"))
        several = ["--replications", "2", "--check-bottlenecks", "1"]
        logistics("compare", *SMALL, *several, "-o", str(work / "compare"))
        ranges = ["--assumptions", "19", "--replications", "2", "--no-report", "--no-keep-parcels"]
        logistics("compare", *names[:2], *SMALL, *ranges, "-o", str(work / "ranges"))
        (work / "study.yaml").write_text(STUDY)
        logistics("study", "run", str(work / "study.yaml"), "-o", str(work / "study"))
        for path in sorted(work.rglob("*")):
            if path.is_file() and path.suffix in READERS and path.name not in CLOCKS:
                where = str(path.relative_to(work))
                found |= {f"{where}: {key}": value for key, value in READERS[path.suffix](path)}
            elif path.is_file():
                found[f"{path.relative_to(work)}"] = "there"
    target.write_text(json.dumps(found, indent=0, sort_keys=True))
    print(f"{len(found):,} values in {target}")


def _of_parquet(path: Path) -> Iterator[tuple[str, Any]]:
    table = parquet.read_table(path)
    for name in table.column_names:
        column = table.column(name)
        if name.startswith(LEFT_OUT) or name.endswith("seconds"):
            continue
        texts = str(column.type) in ("string", "large_string") and "definition" in name
        content = len(column) if texts else _digest(json.dumps(column.to_pylist(), default=str))
        yield f"{name} ({column.type})", content


def _of_json(path: Path) -> Iterator[tuple[str, Any]]:
    yield from _leaves(json.loads(path.read_text(encoding="utf-8")), "")


def _of_yaml(path: Path) -> Iterator[tuple[str, Any]]:
    yield from _leaves(YAML(typ="safe").load(path.read_text(encoding="utf-8")), "")


def _leaves(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    name = where.rpartition(".")[2]
    if name.startswith(LEFT_OUT) or name.endswith("seconds"):
        return
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _leaves(one, f"{where}.{key}")
    elif isinstance(value, list):
        yield f"{where}[]", len(value)
        for row, one in enumerate(value):
            yield from _leaves(one, f"{where}[{row}]")
    else:
        # a text may be worded anew, a number may not
        yield where, "text" if isinstance(value, str) else repr(value)


def _of_csv(path: Path) -> Iterator[tuple[str, Any]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    yield "heading", ",".join(rows[0])
    kept = [row for row, name in enumerate(rows[0]) if name not in ("definition",)]
    yield "rows", _digest(json.dumps([[row[k] for k in kept if k < len(row)] for row in rows]))


def _of_xlsx(path: Path) -> Iterator[tuple[str, Any]]:
    for sheet in openpyxl.load_workbook(path, read_only=True).worksheets:
        numbers = [
            [cell for cell in row if isinstance(cell, int | float)]
            for row in sheet.iter_rows(values_only=True)
            if not any("seconds" in str(cell) for cell in row)
        ]
        yield sheet.title, _digest(json.dumps(numbers))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


READERS = {
    ".parquet": _of_parquet, ".json": _of_json, ".yaml": _of_yaml, ".csv": _of_csv,
    ".xlsx": _of_xlsx,
}  # fmt: skip


def compare(old: Path, new: Path) -> int:
    """Print what differs between two records; return how much does."""
    before, after = (json.loads(path.read_text()) for path in (old, new))
    differing = [key for key in before if key in after and before[key] != after[key]]
    for what, keys in (
        ("changed", differing),
        ("gone", sorted(before.keys() - after.keys())),
        ("new", sorted(after.keys() - before.keys())),
    ):
        for key in keys[:40]:
            print(f"{what}: {key}: {before.get(key)} -> {after.get(key)}")
        print(f"{len(keys):,} {what} of {len(before):,}")
    return len(differing) + len(before.keys() ^ after.keys())


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    recording = commands.add_parser("record")
    recording.add_argument("file", type=Path)
    recording.add_argument("--tree", type=Path, default=Path(__file__).parent.parent)
    comparing = commands.add_parser("compare")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    asked = parser.parse_args()
    if asked.command == "record":
        record(asked.tree.resolve(), asked.file)
    else:
        sys.exit(1 if compare(asked.old, asked.new) else 0)


if __name__ == "__main__":
    main()
