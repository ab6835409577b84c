"""A table as it was read: cells, formulas, errors."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[Any, ...]
"""The values of a row to be written, in the order of the columns; '' where nothing stands."""


class Formula(str):
    """A cell that holds a formula; it is never worked out."""


class CellError(str):
    """A cell in which Excel shows an error such as #REF!."""


@dataclass(frozen=True)
class Grid:
    """A sheet as it stands: the heading, then the rows in which something is, with their number.

    Row numbers are Excel's. Cells are text, numbers, times, dates, yes/no, `Formula`, `CellError`,
    or None.
    """

    heading_row: int
    heading: Sequence[object]
    rows: Sequence[tuple[int, Sequence[object]]]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like a word, None where none is."""
    by_lower = {one.lower(): one for one in known}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def is_blank(value: object) -> bool:
    """Tell whether nothing stands in a cell."""
    return value is None or (isinstance(value, str) and not value.strip())
