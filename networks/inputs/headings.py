"""Where a table begins: below which of its first rows, with which names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

SEARCHED = 20
"""First rows among which the heading is."""


class FirstRow(NamedTuple):
    """A row at the top of a file: the number of its record, its line, its cells as texts."""

    record: int
    line: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Heading:
    """The names of columns, their line, the last record above the rows, and what was skipped."""

    names: tuple[str, ...]
    line: int
    last_record: int
    notes: tuple[str, ...]


def plain_name(heading: str) -> str:
    """Return a heading without what programs write in one way or another.

    >>> plain_name("Order ID"), plain_name("order-id"), plain_name("order_id")
    ('orderid', 'orderid', 'orderid')
    """
    return "".join(filter(str.isalnum, heading.casefold()))


def names_known(cells: Sequence[str], known: Collection[str]) -> int:
    """Return how many known names are in a row."""
    return len({plain_name(cell) for cell in cells} & set(known))


def width_of(cells: Sequence[str]) -> int:
    """Return how many cells a row has up to its last that is not blank."""
    return max((number for number, cell in enumerate(cells, 1) if cell.strip()), default=0)


def find_heading(rows: Sequence[FirstRow], known: Collection[str], unit: str) -> Heading:
    """Return the heading of a table by its first rows, none of them blank.

    It is the row with most known names; where none has any, the first that is as wide as most
    rows. `unit`: what the lines of the file are called.
    """
    usual = Counter(width_of(row.cells) for row in rows).most_common(1)[0][0]

    def merit(row: int) -> tuple[int, bool]:
        return names_known(rows[row].cells, known), width_of(rows[row].cells) >= usual

    at = max(range(min(SEARCHED, len(rows))), key=merit)
    below = at + 1 + _is_second(rows[at + 1 :])
    cells, line = rows[at].cells, rows[at].line
    names = tuple(cell.strip() for cell in cells[: width_of(cells)])
    notes = tuple(_notes(rows, at, below, unit))
    return Heading(names, line, rows[below - 1].record, notes)


def _is_second(rows: Sequence[FirstRow]) -> bool:
    """Tell whether the first of the rows below a heading explains it, and has no digit so."""
    first, *later = [any(re.search(r"\d", cell) for cell in row.cells) for row in rows] or [True]
    return not first and any(later)


def _notes(rows: Sequence[FirstRow], at: int, below: int, unit: str) -> Iterator[str]:
    if at:
        first, last = rows[0].line, rows[at - 1].line
        several = f"{unit}s {first} to {last} are"
        yield f"{f'{unit} {first} is' if first == last else several} a title"
    if below > at + 1:
        yield f"{unit} {rows[at + 1].line} is a second heading"
