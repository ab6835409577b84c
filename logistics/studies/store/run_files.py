"""What is kept of one finished run of a study: a Parquet file, with its checksum inside.

The same run has the same bytes. The file is one table in long form:

    part, scenario, second, name, at, value

One row per value. `second`: the second of a pair of scenarios, else empty. `at`: where on the grid
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

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, fields
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
from logistics.analysis.measures.network import AGE
from logistics.analysis.statistics.distributions import Grid, Histogram
from logistics.errors import OutputError
from logistics.experiments.replicate import Facts
from logistics.studies.store.seals import content_of, has_seal, sealed_parquet
from networks.inputs.faults import whole_file

COLUMNS = ("part", "scenario", "second", "name", "at", "value")

_GRIDS, _RUN = b"grids", b"run"
_HOW: Mapping[str, Any] = {"compression": "zstd", "write_page_checksum": True}
_PARTS_OF_ROWS = {"daily_days": "daily", "daily_backlog": "backlog", "mean_days": "mean days"}

Floats = NDArray[np.float64]
_Who = tuple[str, str]
_Key = tuple[str, str, str, str]
_Row = tuple[str, str, str, str, float | None, float]


class RunId(NamedTuple):
    """Which run a file holds. `study`: its identity; '' in one from before there were checksums."""

    study: str
    point: str
    replication: int


def table_of(one: Replicate) -> pa.Table:
    """Return a run's metrics, distributions, counts and cases as a table.

    Raises ValueError if the run has causes, which have no place in it.
    """
    if one.group_totals or one.sums or one.places or one.damage:
        raise ValueError("a run with causes and places: only metrics are kept in a table")
    measured = (*one.measurements.values(), *one.pairs.values())
    grids = {name: astuple(of.grid) for part in measured for name, of in part.histograms.items()}
    columns = zip(*_rows(one), strict=True)
    types = [pa.string()] * 4 + [pa.float64()] * 2
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    table = pa.table(arrays, COLUMNS)
    return table.replace_schema_metadata({_GRIDS: json.dumps(grids).encode()})


def _rows(one: Replicate) -> Iterator[_Row]:
    for name, measured in one.measurements.items():
        yield from _rows_of_metrics("figure", (name, ""), measured)
        for case, counts in one.cases[name].items():
            for key, count in vars(counts).items():
                yield "case", name, "", f"{case}.{key}", None, count
    for two, paired in one.pairs.items():
        yield from _rows_of_metrics("paired figure", two, paired)


def _rows_of_metrics(part: str, who: _Who, one: RunMetrics) -> Iterator[_Row]:
    for name, value in one.values.items():
        yield part, *who, name, None, value
    for name, histogram in one.histograms.items():
        counted, total = _histogram_parts(name)
        some = np.flatnonzero(histogram.counts)  # no row: none
        at = histogram.grid.values()[some].tolist()
        for place, count in zip(at, histogram.counts[some].tolist(), strict=True):
            yield counted, *who, name, place, count
        yield total, *who, name, None, histogram.total
    for row, share in enumerate(("counted", "of")):
        for name, counts in one.counts.items():
            yield share, *who, name, None, counts[row]
    for name, values in one.rows.items():
        for number, value in enumerate(values):
            yield _PARTS_OF_ROWS[name], *who, name, number, float(value)


def replicate_of(table: pa.Table) -> Replicate:
    """Return the run of which `table_of` made a table.

    Raises ValueError or KeyError if it is none.
    """
    blocks = _Blocks(table)
    names = [name for name, _ in blocks.having("figure")]
    measurements = {name: blocks.metrics("figure", (name, "")) for name in names}
    pairs = {two: blocks.metrics("paired figure", two) for two in blocks.having("paired figure")}
    cases = {name: _cases(blocks.named("case", (name, ""))) for name in names}
    return Replicate(measurements=measurements, cases=cases, pairs=pairs)


def run_content(one: Replicate, which: RunId, facts: Facts) -> bytes:
    """Return a run as a sealed Parquet file that says which run it is, with its facts."""
    table = table_of(one)
    about = {**which._asdict(), "facts": facts}
    metadata = {**table.schema.metadata, _RUN: json.dumps(about).encode()}
    content = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), content, **_HOW)
    return sealed_parquet(content.getvalue())


def read_checked(path: Path, which: RunId) -> Replicate:
    """Read a run. Raises one of many errors if the file is damaged, see `damage_told`."""
    content = io.BytesIO(_checked(path, which)[0])
    return replicate_of(pq.read_table(content, page_checksum_verification=True))


def read_facts(path: Path, which: RunId) -> Facts:
    """Return the facts of a run, without reading its table; raises as `read_checked` does."""
    facts: Facts = _checked(path, which)[1]["facts"]
    return facts


def _checked(path: Path, which: RunId) -> tuple[bytes, dict[str, Any]]:
    """Return the content of the file of a run, and what it says of itself, which must be right."""
    content = content_of(path)
    if which.study and not has_seal(content):
        raise ValueError("the checksum is wrong")
    about = json.loads(pq.read_schema(io.BytesIO(content)).metadata[_RUN])
    if RunId(about.get("study", ""), about["point"], about["replication"]) != which:
        raise ValueError("is the file of another run")
    return content, about


@contextmanager
def damage_told(path: Path, store: Path) -> Iterator[None]:
    """Turn whatever is wrong with the file of a run, or of a failure, into an InputError."""
    try:
        yield
    except OutputError:  # nothing against the file
        raise
    except Exception as error:  # of damaged Parquet, nearly every kind
        problem = "is missing" if isinstance(error, FileNotFoundError) else "is damaged"
        raise whole_file(path, problem, mended_by(store)) from None


def mended_by(store: Path) -> str:
    """Return what mends a damaged file."""
    return f"mend it with  logistics study resume {store}"


class _Blocks:
    """The rows of a table by part, scenario, second and name: `at` and `value` of each block."""

    def __init__(self, table: pa.Table) -> None:
        known = json.loads((table.schema.metadata or {})[_GRIDS])
        self._grids = {name: Grid(*ends) for name, ends in known.items()}
        columns = [table.column(name).to_pylist() for name in COLUMNS[:4]]
        at, value = (table.column(name).to_numpy() for name in COLUMNS[4:])
        self._found: dict[_Key, tuple[Floats, Floats]] = {}
        start = 0
        for key, rows in groupby(zip(*columns, strict=True)):
            stop = start + sum(1 for _ in rows)
            self._found[key] = (at[start:stop], value[start:stop])
            start = stop

    def having(self, part: str) -> list[_Who]:
        """Return which (scenario, second) have a part."""
        return list(dict.fromkeys(key[1:3] for key in self._found if key[0] == part))

    def named(self, part: str, who: _Who) -> dict[str, float]:
        """Return the first value of each block of a part, by name."""
        return {
            key[3]: float(value[0])
            for key, (_, value) in self._found.items()
            if key[:3] == (part, *who)
        }

    def row(self, part: str, who: _Who, name: str) -> Floats:
        return np.array(self._found.get((part, *who, name), ([], []))[1], np.float64)

    def histogram(self, parts: tuple[str, str], who: _Who, name: str) -> Histogram:
        (part, total), grid = parts, self._grids[name]
        counts = np.zeros((grid.last - grid.first) * grid.steps_per_unit + 1, np.int32)
        at, value = self._found.get((part, *who, name), ([], []))
        places = np.rint((np.asarray(at, np.float64) - grid.first) * grid.steps_per_unit)
        counts[places.astype(int)] = value
        return Histogram(grid, counts, int(self._found[(total, *who, name)][1][0]))

    def metrics(self, part: str, who: _Who) -> RunMetrics:
        wholes, counted = self.named("of", who), self.named("counted", who)
        names = [*self.named("total", who), *self.named("under way total", who)]
        rows = ("mean_days",) if part == "paired figure" else ("daily_days", "daily_backlog")
        return RunMetrics(
            values=self.named(part, who),
            histograms={n: self.histogram(_histogram_parts(n), who, n) for n in names},
            counts={name: (int(count), int(wholes[name])) for name, count in counted.items()},
            rows={name: self.row(_PARTS_OF_ROWS[name], who, name) for name in rows},
        )


def _histogram_parts(name: str) -> tuple[str, str]:
    """Return in which parts the counts of a distribution are, and its total."""
    return ("under way", "under way total") if name == AGE else ("distribution", "total")


def _cases(values: Mapping[str, float]) -> dict[str, CaseCounts]:
    whole = {field.name: isinstance(field.default, int) for field in fields(CaseCounts)}
    cases: dict[str, dict[str, Any]] = {}
    for key, value in values.items():
        case, _, count = key.rpartition(".")
        cases.setdefault(case, {})[count] = int(value) if whole[count] else value
    return {case: CaseCounts(**counts) for case, counts in cases.items()}
