"""The sheet of inputs: numbers as numbers, their unit in a column of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from logistics.report.tables.table import Cell, Number
from logistics.report.text.assumptions import Assumption

_QUANTITY = re.compile(
    r"(-?(?:\d{1,3}(?:,\d{3})+|0|[1-9]\d*)(?:\.\d+)?(?:e-?\d+)?)(%| (?:days|h|min|s|ms|km|kg))?"
)


def assumption_headings(names: Sequence[str]) -> tuple[str, ...]:
    """Return the headings: `names` of the scenarios, then what goes with their values."""
    return ("figure", *names, "unit", "meaning", "where it comes from")


def assumption_rows(found: Iterable[Assumption], names: Sequence[str]) -> Iterator[list[Cell]]:
    """Yield a row for each input. One with two units, or with words, stays text in all columns."""
    for one in found:
        texts = [one.values.get(name, "") for name in names]
        matches = [_QUANTITY.fullmatch(text) for text in texts if text]
        units = {match[2] or "" if match else None for match in matches}
        unit = units.pop() if len(units) == 1 else None
        cells: list[Cell] = [*texts]
        if unit is not None:
            cells = [_number(text, unit) if text else None for text in texts]
        yield [one.path, *cells, (unit or "").strip(), one.meaning, one.origin]


def _number(text: str, unit: str) -> Cell:
    value = float(text.removesuffix(unit).replace(",", ""))
    if unit == "%":
        return Number(value / 100, "share")
    return Number(value, "parcels" if value.is_integer() and "." not in text else "")
