"""ZIP codes as people, exports and spreadsheets write them, and the markets they belong to.

A spreadsheet drops zeros in front and may add '.0'; whoever wants to keep them writes '02139 or
="02139". One cell does not tell whether 907 is the area of Long Beach or, robbed of its zeros,
00907 in San Juan; the column mostly does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from networks.inputs.cells import text_of

SHORT_ZIP = 3
"""Digits of a ZIP3 area."""

_CELL = re.compile(
    r"""(?:'|="|")?\s*(?:[Zz](?P<area>[0-9]{3})|(?P<zip>[0-9]{1,5})(?P<more>[- ][0-9]{4}|-)?"""
    r"""|(?P<nine>[0-9]{8,9}))(?:\.0+)?\s*"?""",
    re.ASCII,
)
"""A market's id, a ZIP code or its first digits, or a ZIP+4, with or without its dash."""


def zip_of(text: str) -> str:
    """Return the five digits of a ZIP code, three of an area, 'Z021' of an id; '' for no such.

    >>> [zip_of(text) for text in ("02139-4307", "'02139", "2139.0", "21394307", "21", "z021")]
    ['02139', '02139', '02139', '02139', '021', 'Z021']
    """
    found = _CELL.fullmatch(text.strip())
    if not found:
        return ""
    if found["area"]:
        return f"Z{found['area']}"
    if found["nine"]:
        return found["nine"].zfill(9)[:5]
    is_area = len(found["zip"]) <= SHORT_ZIP and not found["more"]
    return found["zip"].zfill(SHORT_ZIP if is_area else 5)


@lru_cache(maxsize=100_000)
def market_id(text: str) -> str:
    """Return 'Z232' for '23220', '232', 'Z232' or a ZIP that a spreadsheet shortened ('2139').

    '' where it is none.

    >>> [market_id(text) for text in ("z021", "02139-", "2139.0", "21", "'02139", "MA")]
    ['Z021', 'Z021', 'Z021', 'Z021', 'Z021', '']
    """
    code = zip_of(text).removeprefix("Z")
    return f"Z{code[:SHORT_ZIP]}" if code else ""


def market_of(value: object) -> str:
    """Return the id of a market for a cell of a sheet: see `market_id`.

    Raises ValueError for another cell.

    >>> market_of("Z021"), market_of(2139.0), market_of(21)
    ('Z021', 'Z021', 'Z021')
    """
    market = "" if isinstance(value, bool) else market_id(text_of(value))
    if not market:
        raise ValueError("is not a market, nor a ZIP")
    return market


def whole_zips(cells: Sequence[object]) -> Sequence[object]:
    """Return the cells of a column of markets, short ZIP codes among whole ones with their zeros.

    Three digits are a ZIP3 area in a column of such; among whole ZIP codes they are one that has
    lost two zeros: 907 is 00907, in Puerto Rico.

    >>> whole_zips([23220, "Z021", 907]), whole_zips([232, 907])
    ([23220, 'Z021', '00907'], [232, 907])
    """
    codes = [zip_of(text_of(cell)) for cell in cells]
    digits = {code for code in codes if code.isdecimal()}
    if all(len(code) <= SHORT_ZIP for code in digits):
        return cells
    short = {code for code in digits if len(code) <= SHORT_ZIP}
    return [
        code.zfill(5) if code in short else cell for code, cell in zip(codes, cells, strict=True)
    ]
