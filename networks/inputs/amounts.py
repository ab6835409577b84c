"""A column of amounts, such as prices: with signs of currency, thousands marks, decimal commas.

One cell does not tell whether 1,030 is a thousand or one and a bit. A cell such as 18,00, which can
be read in one way only, decides for its column; where none does, a comma marks thousands, as in the
United States.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_LONGEST = 60
"""Characters that are looked at: more than any amount has."""
_PLAIN = r"(?:[0-9]+(?:\.[0-9]+)?)?"
_CURRENCY = r"(?:(?:[A-Za-z]{1,3} ?)?\$|[€£¥]|[A-Za-z]{3})?"
_CELL = re.compile(
    rf"'?(?P<sign>[+-]?){_CURRENCY} *(?P<minus>-?)(?P<figure>[0-9.,][0-9.,' ]*?)"
    rf" *(?:(?P<percent>%)|{_CURRENCY})"
)
_POINT = re.compile(r"(?=.*[0-9])(?:[0-9]*|[1-9][0-9]{0,2}(?:[,' ][0-9]{3})+)(?:\.[0-9]*)?")
_COMMA = re.compile(r"(?=.*[0-9])(?:[0-9]*|[1-9][0-9]{0,2}(?:[.' ][0-9]{3})+)(?:,[0-9]*)?")


def amounts(texts: pd.Series[Any]) -> NDArray[np.float64]:
    """Return the amounts of a column, NaN where a cell is none; 180% is 1.8.

    >>> amounts(pd.Series(["$1,030.00", "US$ 9.99", "9.99 USD", "180%", "free"])).tolist()
    [1030.0, 9.99, 9.99, 1.8, nan]
    >>> amounts(pd.Series(["1.030,00 €", "1,030", ""])).tolist()
    [1030.0, 1.03, nan]
    """
    rows, cells = pd.factorize(texts)
    if (given := pd.Series(cells)).str.fullmatch(_PLAIN).all():
        return pd.to_numeric(given, errors="coerce").to_numpy(np.float64)[rows]
    found = [_CELL.fullmatch(re.sub(r"\s", " ", cell[:_LONGEST])) for cell in cells]
    figures = [_readings(one["figure"]) if one else (np.nan, np.nan) for one in found]
    point, comma = np.array(figures).reshape(-1, 2).T
    only_point, only_comma = np.isnan(comma) & ~np.isnan(point), np.isnan(point) & ~np.isnan(comma)
    either = ~np.isnan(point) & ~np.isnan(comma) & (point != comma)
    with_comma = only_comma.any() & ~only_point.any()
    value = np.where(only_comma | (either & with_comma), comma, point)
    value[either & only_comma.any() & only_point.any()] = np.nan
    value = value / [_divisor(one) if one else 1 for one in found]
    return np.asarray(np.where(np.isfinite(value), value, np.nan)[rows])


def _divisor(found: re.Match[str]) -> int:
    """Return what a figure is divided by: 100 for %, negative for a minus."""
    sign = -1 if "-" in (found["sign"], found["minus"]) else 1
    return sign * (100 if found["percent"] else 1)


def _readings(figure: str) -> tuple[float, float]:
    """Return what a figure is with a decimal point, and with a decimal comma; NaN where none."""
    plain = re.sub("[' ]", "", figure)
    return (
        float(plain.replace(",", "")) if _POINT.fullmatch(figure) else np.nan,
        float(plain.replace(".", "").replace(",", ".")) if _COMMA.fullmatch(figure) else np.nan,
    )
