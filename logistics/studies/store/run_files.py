"""What is kept of one finished run of a study: a Parquet file, and a line of timings.

The same run has the same bytes. The file is one table in long form:

    part, scenario, second, name, at, value

One row a value. `second`: the second of a pair of scenarios, else empty. `at`: where on the grid
of a distribution (or which day of the run) the value belongs, else missing. Parts:

    figure          metrics by name; `paired figure`: of two scenarios
    distribution    number of parcels at or below `at` and above the grid point before; no row: none
    total           of all parcels of that distribution, those beyond the grid with them
    under way       and `under way total`: ages in days of the parcels under way at the horizon
    counted, of     how many parcels a share counts, and of how many
    daily           mean delivery days of the orders of day `at`, counted from the first of the run
    case            counts of the two shoppers, as `<case>.<count>`
    mean days       of the first (`at` 0) and the second (1) scenario of a pair, same parcels
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from logistics.analysis.comparison import Replicate
from logistics.analysis.measures.cases import CaseCounts
from logistics.analysis.measures.metrics import RunMetrics
from logistics.analysis.measures.network import Measurement
from logistics.analysis.measures.paired import PairedMeasurement
from logistics.analysis.statistics.distributions import Grid, Histogram
from logistics.experiments.facts import Facts
from logistics.runtime.output_folders import not_written
from networks.inputs.faults import whole_file

COLUMNS = ("part", "scenario", "second", "name", "at", "value")
TIMINGS = "timings.csv"

_GRIDS, _RUN = b"grids", b"run"
_HOW: Mapping[str, Any] = {"compression": "zstd", "write_page_checksum": True}
_FAULTS = (OSError, pa.ArrowException, ValueError, KeyError, TypeError, IndexError)
_AGE, _DAILY, _MEANS = "age_days", "daily_days", "mean_days"

Floats = NDArray[np.float64]
_Key = tuple[str, str, str, str]


class Timing(NamedTuple):
    """How long a run took. `worker`: host:process. `finished`: UTC, ISO 8601."""

    point: str
    replication: int
    seconds: float
    worker: str
    finished: str


class _Block(NamedTuple):
    """Rows with one part, scenario, second and name."""

    key: _Key
    at: Sequence[float | None]
    value: Sequence[float]


def table_of(one: Replicate) -> pa.Table:
    """Return a run's metrics, distributions, counts and cases as a table.

    Raises ValueError if the run has causes, which have no place in it.
    """
    if one.group_totals or one.sums or one.places or one.damage:
        raise ValueError("a run with causes and places: only metrics are kept in a table")
    grids: dict[str, tuple[int, int, int]] = {}
    blocks = list(_blocks(one, grids))
    keys = list(zip(*(block.key for block in blocks), strict=True))
    lengths = [len(block.value) for block in blocks]
    texts = [pa.array(np.repeat(np.array(column, object), lengths), pa.string()) for column in keys]
    at = pa.array([place for block in blocks for place in block.at], pa.float64())
    value = pa.array([value for block in blocks for value in block.value], pa.float64())
    table = pa.table(dict(zip(COLUMNS, [*texts, at, value], strict=True)))
    return table.replace_schema_metadata({_GRIDS: json.dumps(grids).encode()})


def replicate_of(table: pa.Table) -> Replicate:
    """Return the run of which `table_of` made a table.

    Raises ValueError or KeyError if it is none.
    """
    known = json.loads((table.schema.metadata or {})[_GRIDS])
    grids = {name: Grid(*ends) for name, ends in known.items()}
    found = _Found(table, grids)
    scenarios = found.of("figure")
    return Replicate(
        measurements={name: _measurement(found, name) for (name, _) in scenarios},
        cases={name: _cases(found, name) for (name, _) in scenarios},
        pairs={two: _pair(found, two) for two in found.of("paired figure")},
    )


def run_content(one: Replicate, point: str, replication: int, facts: Facts) -> bytes:
    """Return a run as a Parquet file that says which run it is, with its facts."""
    about = {"point": point, "replication": replication, "facts": facts}
    table = table_of(one)
    metadata = {**table.schema.metadata, _RUN: json.dumps(about).encode()}
    content = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), content, **_HOW)
    return content.getvalue()


def read_checked(path: Path, point: str, replication: int) -> pa.Table:
    """Read the table of a run; its checksums and what it says of itself must be right.

    Raises one of many errors if not: see `damage_told`, `is_whole`.
    """
    table = pq.read_table(io.BytesIO(path.read_bytes()), page_checksum_verification=True)
    about = json.loads(table.schema.metadata[_RUN])
    if (about["point"], about["replication"]) != (point, replication):
        raise ValueError("is the file of another run")
    return table


def is_whole(path: Path, point: str, replication: int) -> bool:
    """Tell whether the file of a run can be read."""
    try:
        read_checked(path, point, replication)
    except _FAULTS:
        return False
    return True


def read_facts(path: Path) -> Facts:
    """Return the facts of a run, without reading its table; raises as `read_checked` does."""
    facts: Facts = json.loads(pq.read_schema(path).metadata[_RUN])["facts"]
    return facts


@contextmanager
def damage_told(path: Path, store: Path) -> Iterator[None]:
    """Turn whatever goes wrong with the file of a run into an InputError."""
    try:
        yield
    except _FAULTS:
        problem = "is damaged" if path.exists() else "is missing"
        remedy = f"delete it, and run it again with  logistics study resume {store}"
        raise whole_file(path, problem, remedy) from None


def add_timing(path: Path, *timings: Timing) -> None:
    """Add timings; end a torn line first, and begin an empty file with the headings.

    Raises OutputError if the disk refuses.
    """
    lines = io.StringIO()
    try:
        with path.open("a+b") as file:
            if file.tell():
                file.seek(-1, io.SEEK_END)
                lines.write("\n" if file.read(1) != b"\n" else "")
            else:
                csv.writer(lines, lineterminator="\n").writerow(Timing._fields)
            csv.writer(lines, lineterminator="\n").writerows(timings)
            file.write(lines.getvalue().encode())
    except OSError as error:
        raise not_written(path, error) from None


def _blocks(one: Replicate, grids: dict[str, tuple[int, int, int]]) -> Iterator[_Block]:
    for name, measured in one.measurements.items():
        who = (name, "")
        yield from _read("figure", who, measured, grids)
        yield from _counted("under way", "under way total", (*who, _AGE), measured.age_days, grids)
        yield from _counts(who, measured)
        yield _row(("daily", *who, _DAILY), measured.daily_days)
        for case, counts in one.cases[name].items():
            values = {f"{case}.{f.name}": getattr(counts, f.name) for f in fields(counts)}
            yield from _named("case", who, values)
    for two, paired in one.pairs.items():
        yield from _read("paired figure", two, paired, grids)
        yield from _counts(two, paired)
        yield _row(("mean days", *two, _MEANS), paired.mean_days)


def _read(
    part: str, who: tuple[str, str], one: RunMetrics, grids: dict[str, tuple[int, int, int]]
) -> Iterator[_Block]:
    yield from _named(part, who, one.values)
    for what, histogram in one.histograms.items():
        yield from _counted("distribution", "total", (*who, what), histogram, grids)


def _counts(who: tuple[str, str], one: RunMetrics) -> Iterator[_Block]:
    yield from _named("counted", who, {name: part for name, (part, _) in one.counts.items()})
    yield from _named("of", who, {name: whole for name, (_, whole) in one.counts.items()})


def _named(part: str, who: tuple[str, str], values: Mapping[str, float]) -> Iterator[_Block]:
    for name, value in values.items():
        yield _Block((part, *who, name), [None], [value])


def _row(key: _Key, values: Iterable[float]) -> _Block:
    row = [float(value) for value in values]
    return _Block(key, [float(number) for number in range(len(row))], row)


def _counted(
    part: str,
    total: str,
    key: tuple[str, str, str],
    one: Histogram,
    grids: dict[str, tuple[int, int, int]],
) -> Iterator[_Block]:
    grids[key[2]] = (one.grid.first, one.grid.last, one.grid.steps_per_unit)
    some = np.flatnonzero(one.counts)
    yield _Block((part, *key), one.grid.values()[some].tolist(), one.counts[some].tolist())
    yield _Block((total, *key), [None], [one.total])


class _Found:
    """The blocks of a table."""

    def __init__(self, table: pa.Table, grids: Mapping[str, Grid]) -> None:
        columns = [table.column(name).to_pylist() for name in COLUMNS[:4]]
        at, value = (table.column(name).to_numpy() for name in COLUMNS[4:])
        self._blocks: dict[_Key, tuple[Floats, Floats]] = {}
        self._named: dict[tuple[str, str, str], dict[str, float]] = {}
        start = 0
        for key, rows in groupby(zip(*columns, strict=True)):
            stop = start + sum(1 for _ in rows)
            self._blocks[key] = (at[start:stop], value[start:stop])
            self._named.setdefault(key[:3], {})[key[3]] = float(value[start])
            start = stop
        self._grids = grids

    def of(self, part: str) -> list[tuple[str, str]]:
        """Return which (scenario, second) have a part."""
        return [(first, second) for p, first, second in self._named if p == part]

    def values(self, part: str, who: tuple[str, str]) -> dict[str, float]:
        return self._named.get((part, *who), {})

    def row(self, part: str, who: tuple[str, str], name: str) -> Floats:
        nothing = (np.empty(0), np.empty(0))
        return np.array(self._blocks.get((part, *who, name), nothing)[1], np.float64)

    def histogram(self, part: str, total: str, who: tuple[str, str], name: str) -> Histogram:
        grid = self._grids[name]
        counts = np.zeros((grid.last - grid.first) * grid.steps_per_unit + 1, np.int32)
        if (part, *who, name) in self._blocks:
            at, value = self._blocks[(part, *who, name)]
            counts[np.rint((at - grid.first) * grid.steps_per_unit).astype(int)] = value
        return Histogram(grid, counts, int(self.values(total, who)[name]))

    def metrics(self, part: str, who: tuple[str, str]) -> dict[str, Any]:
        """Return the fields of `RunMetrics`."""
        wholes = self.values("of", who)
        return {
            "values": self.values(part, who),
            "histograms": {
                what: self.histogram("distribution", "total", who, what)
                for what in self.values("total", who)
            },
            "counts": {
                name: (int(count), int(wholes[name]))
                for name, count in self.values("counted", who).items()
            },
        }


def _measurement(found: _Found, name: str) -> Measurement:
    who = (name, "")
    return Measurement(
        **found.metrics("figure", who),
        age_days=found.histogram("under way", "under way total", who, _AGE),
        daily_days=found.row("daily", who, _DAILY),
    )


def _cases(found: _Found, name: str) -> dict[str, CaseCounts]:
    whole = {field.name: isinstance(field.default, int) for field in fields(CaseCounts)}
    cases: dict[str, dict[str, Any]] = {}
    for key, value in found.values("case", (name, "")).items():
        case, _, count = key.rpartition(".")
        cases.setdefault(case, {})[count] = int(value) if whole[count] else value
    return {case: CaseCounts(**counts) for case, counts in cases.items()}


def _pair(found: _Found, two: tuple[str, str]) -> PairedMeasurement:
    first, second = found.row("mean days", two, _MEANS).tolist()
    return PairedMeasurement(**found.metrics("paired figure", two), mean_days=(first, second))
