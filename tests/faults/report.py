"""Counts every fault that is tried, and writes `docs/background/robustness.md`.

python -m tests.faults
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from . import bounds, injecting, tables
from .files import ODD
from .sampling import one_of_each
from .values import kinds

PAGE = Path(__file__).parents[2] / "docs" / "background" / "robustness.md"
PARTS = 8
SEED, SAMPLED_BOUNDS = 20231001, 40

HEAD = """\
# What happens when something is wrong

Wrong values of every kind are put into every field of a scenario file and every column of a file of
orders, one at a time, and the response is judged. The fields are found by walking the program's own
models, so a new field is included automatically. Made by `python -m tests.faults` from what it
really tried; do not edit.

The rule for each value: either it is within what the [reference](../reference/scenario.md) allows,
and then it is accepted; or the file is refused with a fault that names file, line, field, value and
what is allowed. Nothing else may happen: no other error, no silent run, no value that is not a
finite number or is negative. What a field allows is read in the reference itself, by rules that
share no code with the program.
"""

TAIL = """\
## Run at the bounds

What is accepted must also run. Fields were set to their lowest and highest value and just inside,
in networks of two or three buildings a kind: {tried:,} scenarios. {ran:,} were prepared and run
with 300 orders a day, {ready:,} were prepared only (more than {most:,} orders), {refused:,} were
refused with a fault, when read or when the network was built. None ended in another error.

## What is not covered

- Rules between fields (shares that add up to 1, a cutoff within working hours) are checked once all
  fields of their section are right. Fix what is reported, and such a fault may come up next.
- Where the name that chooses a network or a promise is wrong (`kind`, `rule`), the rest of that
  section cannot be judged until it is right.
- A file that is not YAML has one fault: where it stops being YAML.
- One value at a time was tried in every field; of several at once, seeded handfuls only.
- Values in the thousands of accepted ones between the bounds were not run.
"""


class Counts(NamedTuple):
    """How often each kind of fault was tried, and how it ended."""

    tried: Counter[str]
    ended: Counter[str]

    def plus(self, other: Counts) -> Counts:
        """Return both together."""
        return Counts(self.tried + other.tried, self.ended + other.ended)


def of_fields(part: int) -> Counts:
    """Judge a part of all faults in scenario files."""
    some = islice(injecting.all_trials(), part, None, PARTS)
    return _counted((one.kind, injecting.judge(one)) for one in some)


def of_orders(part: int) -> Counts:
    """Judge a part of all faults in files of orders."""
    some = islice(tables.cells(), part, None, PARTS)
    with tempfile.TemporaryDirectory() as folder:
        return _counted((one.kind, tables.judge(one, Path(folder))) for one in some)


def of_bounds(part: int) -> Counts:
    """Run a part of all bounds."""
    every = list(bounds.edge_trials())
    size = -(-len(every) // PARTS)
    return _run(every[part * size : (part + 1) * size])


def _run(chosen: Iterable[injecting.Trial]) -> Counts:
    ended: Counter[str] = Counter()
    for one in chosen:
        scenario = bounds.scenario_of(one)
        ended["refused" if scenario is None else bounds.end_of(scenario)] += 1
    return Counts(Counter(), ended)


def _counted(ends: Iterable[tuple[str, str | None]]) -> Counts:
    counts = Counts(Counter(), Counter())
    for kind, end in ends:
        if end is not None:
            counts.tried[kind] += 1
            counts.ended[end] += 1
    return counts


def planned() -> Counter[str]:
    """Return how many faults of each kind there are for scenario files, without trying them."""
    return Counter(one.kind for one in injecting.all_trials())


def page(fields: Counts, orders: Counts, runs: Counts) -> str:
    """Return the text of the page."""
    places = {one.place.once for one in injecting.all_trials()}
    rows = [f"| {kind} | {fields.tried[kind]:,} | {orders.tried[kind]:,} |"
            for kind in _all_kinds(fields)]  # fmt: skip
    rows.append(f"| **all** | {fields.tried.total():,} | {orders.tried.total():,} |")
    ends = fields.ended
    return "\n".join([
        HEAD,
        "## How many\n",
        f"{len(places):,} places in scenario files (fields, sections, first and last entries of"
        " lists),\n"
        f"{len(tables.columns())} columns of orders, and {len(ODD)} odd files as a whole"
        " (encodings, line ends, bombs).\n",
        "| kind of fault | tried in scenario files | tried in files of orders |",
        "|---|---:|---:|",
        *rows,
        "",
        f"In scenario files {ends['refused']:,} were refused at the field itself,"
        f" {ends['refused by another rule']:,} by a rule between\n"
        f"fields, and {ends['accepted']:,} accepted, as the reference allows. In files of orders"
        f" {orders.ended['refused']:,} were\n"
        f"refused and {orders.ended['accepted']:,} accepted.\n",
        TAIL.format(
            tried=runs.ended.total(), ran=runs.ended["ran"], ready=runs.ended["made ready"],
            refused=runs.ended["refused"], most=bounds.MOST_ORDERS,
        ),
    ])  # fmt: skip


def _all_kinds(fields: Counts) -> Sequence[str]:
    return [*kinds(), *(kind for kind in fields.tried if kind not in kinds())]


def sampled() -> list[Counts]:
    """Try a seeded sample in which every field and every column meets every kind of fault."""
    fields = one_of_each(injecting.all_trials(), lambda one: (one.place.once, one.kind), SEED)
    cells = one_of_each(tables.cells(), lambda one: (one.column, one.kind), SEED)
    small = [one for one in bounds.edge_trials() if one.place.path[-1] not in bounds.SLOW]
    with tempfile.TemporaryDirectory() as folder:
        return [
            _counted((one.kind, injecting.judge(one)) for one in fields),
            _counted((one.kind, tables.judge(one, Path(folder))) for one in cells),
            _run(random.Random(SEED).sample(small, SAMPLED_BOUNDS)),
        ]


def everything() -> list[Counts]:
    """Try everything, in two processes."""
    totals = []
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        for what in (of_fields, of_orders, of_bounds):
            total = Counts(Counter(), Counter())
            for counts in pool.map(what, range(PARTS)):
                total = total.plus(counts)
            print(what.__name__, dict(total.ended), flush=True)
            totals.append(total)
    return totals


def main(arguments: Sequence[str] | None = None) -> None:
    """Try and write the page; a rule that is broken is raised, and nothing written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", action="store_true", help="a seeded sample: a minute")
    totals = sampled() if parser.parse_args(arguments).sample else everything()
    PAGE.write_text(page(*totals), encoding="utf-8")
    print(f"wrote {PAGE}")
