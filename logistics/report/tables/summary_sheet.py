"""The first sheet of `summary.xlsx`: networks side by side, a metric a row."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from logistics.analysis.comparison import Comparison, pairs_of
from logistics.analysis.measures.registry import (
    NETWORK_METRICS,
    Definition,
    Response,
    in_the_answer,
    sections,
)
from logistics.report.tables.table import Cell, Number

LEADING = ("section", "metric", "unit")
_ENDS = ("low", "high")
_RANGE = ("assumption range low", "assumption range high")


def summary_headings(result: Comparison) -> tuple[str, ...]:
    """Return the headings: of each network its value and intervals, then of each pair."""
    ends = ("value", *_ENDS, *(_RANGE if result.ranges else ()))
    label = result.label
    return (
        *LEADING,
        *(f"{label(name)}: {end}" for name in result.names for end in ends),
        *(f"{label(second)} minus {label(first)}" for first, second in pairs_of(result.names)),
        "definition",
    )


def summary_rows(result: Comparison) -> Iterator[list[Cell]]:
    """Yield a row for each metric, those of the answer first."""
    for section, name, known in _in_order():
        if all(name in result.metrics[network] for network in result.names):
            yield _row(result, section, name, known)


def _in_order() -> Iterator[tuple[str, str, Definition]]:
    first = in_the_answer()
    titles = {name: one.title for one in sections() for name in one.metrics}
    yield from (("Answer", name, known) for name, known in first.items())
    rest = [*titles, *(name for name in NETWORK_METRICS if name not in titles)]
    for name in rest:
        if name not in first:
            yield titles.get(name, "Other"), name, NETWORK_METRICS[name]


def _row(result: Comparison, section: str, name: str, known: Definition) -> list[Cell]:
    cells: list[Cell] = [section, known.title or known.label, known.unit]
    for network in result.names:
        one = result.metrics[network][name]
        ends = (one.low, one.high) if one.has_interval else (None, None)
        cells += [_number(value, known) for value in (one.estimate, *ends)]
        if result.ranges:
            found = result.ranges.get(Response(network, name))
            wide = (found.range.low, found.range.high) if found else (None, None)
            cells += [_number(value, known) for value in wide]
    for first, second in pairs_of(result.names):
        before, after = (result.metrics[one][name].estimate for one in (first, second))
        known_both = isfinite(before) and isfinite(after)
        cells.append(_number(after - before if known_both else None, known))
    return [*cells, known.text]


def _number(value: float | None, known: Definition) -> Cell:
    return None if value is None else Number(value, known.unit)
