"""Rows of a table: the columns that were asked for, as they are stored and as texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST_SHOWN = 20
"""Rows with the same fault that are listed one by one."""
PROTECTED = r'="([^"]*)"'
"""A text, such as a ZIP code, that Excel shall not take for a number."""
_TOTAL = re.compile(r"(?:(?:grand|sub)\W*)?(?:total|sum|average)s?\W*", re.I)
_CLOSING = re.compile(
    r"\D*|.*\b(?:total|subtotal|sum|average|mean|count|page)\b.*"
    r"|[0-9.,]+\s+(?:record|row|order|item|line|result|entr|day)[a-z()]*\b.*",
    re.I | re.S,
)


@dataclass(frozen=True)
class Rows:
    """Columns of a table, by number.

    `line`: from row to line of the file, as an editor or Excel counts it.
    """

    _columns: Mapping[int, pd.Series[Any]]
    _length: int
    line: Callable[[int], int]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._length

    def cells(self, column: int) -> pd.Series[Any]:
        """Return a column as it is stored."""
        return self._columns[column]

    def texts(self, column: int) -> pd.Series[Any]:
        """Return a column as texts without blanks around them; '' where nothing is there."""
        stored = self._columns[column]
        if isinstance(stored.dtype, pd.StringDtype):
            return stored.fillna("").str.strip()
        cells = stored.astype(object).where(stored.notna(), "")
        try:
            texts = cells.astype(str)
        except UnicodeDecodeError:  # bytes that are no text
            texts = cells.map(repr).astype(str)
        texts = texts.str.strip()
        # 7.0 is how a column with holes writes 7
        return texts.str.removesuffix(".0") if stored.dtype.kind == "f" else texts


def is_closing(key: str) -> bool:
    """Tell whether the key of a row may be that of a total or a footer, not of a date or a number.

    >>> [is_closing(key) for key in ("", "Total", "3 record(s) downloaded", "2023-09-18", "17")]
    [True, True, True, False, False]
    """
    return _CLOSING.fullmatch(key) is not None


def closes(keys: pd.Series[Any]) -> NDArray[np.bool_]:
    """Tell which keys name a total: 'Total', 'Grand total:', 'Sum'."""
    found = ~keys.str.contains("[0-9]").to_numpy(np.bool_)
    found[found] = keys[found].str.fullmatch(_TOTAL)
    return found


def closing_rows(keys: pd.Series[Any]) -> int:
    """Return how many rows at the end are totals or footers; 0 where all rows are like that.

    `keys`: what each row is about, as texts: its date, or its number.
    """
    values = keys.tolist()
    end = len(values)
    while end and is_closing(values[end - 1]):
        end -= 1
    return len(values) - end if end else 0
