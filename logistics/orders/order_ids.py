"""Ids of orders and parcels, as people and spreadsheets write them, and the numbers they become."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.streams import bits_of

Bools = NDArray[np.bool_]

AN_ID = "a whole number or a text"
_NOTHING = {
    "nan", "inf", "-inf", "infinity", "-infinity", "null", "none", "<na>", "nat", "true", "false",
}  # fmt: skip
"""What programs write for nothing, for a number that is none, or for yes and no."""

_WHOLE = re.compile(r"^([0-9]{1,15})\.0+$")
"""7.0 is how a column of numbers with holes writes 7."""
_DECIMAL = re.compile(r"[+-]?[0-9]*\.[0-9]+")
"""4521.10, which a spreadsheet writes as 4521.1: no id."""
_ROUNDED = re.compile(r"-?[0-9](?:\.[0-9]+)?[eE][+-][0-9]+")
"""What a spreadsheet makes of an id that it takes for a number, beyond 15 digits."""
_USUAL = r"|[#A-Za-z0-9_-]*[0-9][#A-Za-z0-9_-]*"
"""Ids that need no second look."""
_PLAIN = (str, bytes, int, float, np.integer, Decimal)
_DIGITS = 15
"""Of a whole number, all of which a float keeps."""


def id_texts(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Return ids in one spelling: 7.0 is 7."""
    if not texts.str.contains(".0", regex=False).any():
        return texts
    return texts.str.replace(_WHOLE, r"\1", regex=True)


def rounded_ids(cells: pd.Series[Any], texts: pd.Series[Any]) -> Bools:
    """Tell which ids have lost digits in a spreadsheet. `cells`: as stored."""
    rounded = texts.str.fullmatch(_ROUNDED).to_numpy(np.bool_)
    if cells.dtype.kind == "f":
        rounded = rounded | (texts.str.len() > _DIGITS).to_numpy(np.bool_)
    return np.asarray(rounded, np.bool_)


def odd_ids(cells: pd.Series[Any], texts: pd.Series[Any]) -> Bools:
    """Tell which ids are there, but are neither a whole number nor a printable text."""
    odd = np.asarray(~texts.str.fullmatch(_USUAL).to_numpy(np.bool_))
    # a date or a yes may look like a text
    if cells.dtype.kind in "bMmO" and not isinstance(cells.dtype, pd.StringDtype):
        odd |= np.array([not isinstance(cell, str) for cell in cells], np.bool_)
    values = cells.to_numpy(object) if odd.any() else ()
    for row in np.flatnonzero(odd):
        text, value = texts.iloc[row], values[row]
        # databases write whole numbers as decimals
        plain = isinstance(value, _PLAIN) and not isinstance(value, bool)
        number = _DECIMAL.fullmatch(text) or text.lower() in _NOTHING
        odd[row] = text != "" and (not plain or bool(number) or not _is_clean(text, value))
    return odd


def _is_clean(text: str, value: object) -> bool:
    """Tell whether an id can be printed; of bytes, whether they were a text."""
    return text.isprintable() and not (isinstance(value, bytes) and text == repr(value))


def id_numbers(texts: pd.Series[Any]) -> NDArray[np.int64]:
    """Return ids as numbers: short numbers as they are, others drawn from the text."""
    codes, unique = pd.factorize(texts)
    distinct = pd.Series(unique, dtype=str)
    # '007' is not '7'
    short = distinct.str.fullmatch(r"0|[1-9][0-9]{0,14}").to_numpy(np.bool_)
    ids = distinct.where(short, "0").astype(np.int64).to_numpy().copy()
    # 55 bits leave room for the boxes; the highest keeps them apart from the short numbers
    ids[~short] = [(1 << 54) | (bits_of(f"id/{text}") >> 10) for text in distinct[~short].tolist()]
    return np.asarray(ids[codes], np.int64)


def order_number(order_id: str) -> int:
    """Return the number that stands for an order id in the columns of a run."""
    return int(id_numbers(id_texts(pd.Series([order_id.strip()])))[0])
