"""What one run leaves behind, as one table in long form, and back again.

    part, scenario, second, name, at, value

One row a value. `second`: the second of a pair of scenarios, else empty. `at`: where on the grid
of a distribution (or which day of the run) the value belongs, else missing. Parts:

    figure          by name, as in the report; `paired figure`: of two scenarios
    distribution    number of parcels at or below `at` and above the grid point before; no row: none
    total           of all parcels of that distribution, those beyond the grid with them
    under way       and `under way total`: ages in days of the parcels under way at the horizon
    counted, of     how many parcels a share counts, and of how many
    daily           mean delivery days of the orders of day `at`, counted from the first of the run
    case            counts of the two shoppers, as `<case>.<count>`
    mean days       of the first (`at` 0) and the second (1) scenario of a pair, same parcels
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from logistics.analysis.comparison import Replicate
from logistics.analysis.measures.cases import CaseCounts
from logistics.analysis.measures.figures import Measurement
from logistics.analysis.measures.paired import PairedMeasurement
from logistics.analysis.statistics.distributions import Grid, Histogram

COLUMNS = ("part", "scenario", "second", "name", "at", "value")

_GRIDS = b"grids"
_AGE, _DIFFERENCE, _DAILY, _MEANS = "age_days", "difference_days", "daily_days", "mean_days"

Floats = NDArray[np.float64]
_Key = tuple[str, str, str, str]


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


def _blocks(one: Replicate, grids: dict[str, tuple[int, int, int]]) -> Iterator[_Block]:
    for name, measured in one.measurements.items():
        who = (name, "")
        yield from _named("figure", who, measured.figures)
        for what, histogram in measured.histograms.items():
            yield from _counted("distribution", "total", (*who, what), histogram, grids)
        yield from _counted("under way", "under way total", (*who, _AGE), measured.age_days, grids)
        yield from _named("counted", who, {key: part for key, (part, _) in measured.counts.items()})
        yield from _named("of", who, {key: whole for key, (_, whole) in measured.counts.items()})
        yield _row(("daily", *who, _DAILY), measured.daily_days)
        for case, counts in one.cases[name].items():
            values = {f"{case}.{f.name}": getattr(counts, f.name) for f in fields(counts)}
            yield from _named("case", who, values)
    for two, paired in one.pairs.items():
        yield from _named("paired figure", two, paired.figures)
        key = (*two, _DIFFERENCE)
        yield from _counted("distribution", "total", key, paired.difference_days, grids)
        yield _row(("mean days", *two, _MEANS), paired.mean_days)


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


def _measurement(found: _Found, name: str) -> Measurement:
    who = (name, "")
    wholes = found.values("of", who)
    return Measurement(
        figures=found.values("figure", who),
        histograms={
            what: found.histogram("distribution", "total", who, what)
            for what in found.values("total", who)
        },
        counts={
            key: (int(part), int(wholes[key])) for key, part in found.values("counted", who).items()
        },
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
    return PairedMeasurement(
        figures=found.values("paired figure", two),
        difference_days=found.histogram("distribution", "total", two, _DIFFERENCE),
        mean_days=(first, second),
    )
