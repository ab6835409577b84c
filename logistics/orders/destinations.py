"""Where orders go: the market of each, or why it has none, by ZIP code, state and country.

A network serves the lower 48 states. Orders to other places are nobody's mistake: they are left
out by kind, and only what cannot be understood is a fault.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from networks import geography
from networks.geography import CANADA
from networks.inputs.zip_codes import market_id, whole_zips, zip_of

ABROAD, WITHOUT_ZIP = "in another country", "without a ZIP code"
_UNKNOWN, _US = "?", "US"

_LOWER_48 = (
    "al alabama|ar arkansas|az arizona|ca california|co colorado|ct connecticut|de delaware|"
    "dc districtofcolumbia washingtondc|fl florida|ga georgia|ia iowa|id idaho|il illinois|"
    "in indiana|ks kansas|ky kentucky|la louisiana|ma massachusetts|md maryland|me maine|"
    "mi michigan|mn minnesota|mo missouri|ms mississippi|mt montana|nc northcarolina|"
    "nd northdakota|ne nebraska|nh newhampshire|nj newjersey|nm newmexico|nv nevada|ny newyork|"
    "oh ohio|ok oklahoma|or oregon|pa pennsylvania|ri rhodeisland|sc southcarolina|"
    "sd southdakota|tn tennessee|tx texas|ut utah|va virginia|vt vermont|wa washington|"
    "wi wisconsin|wv westvirginia|wy wyoming"
)
_TERRITORIES = {
    geography.PUERTO_RICO: "pr pri puertorico",
    geography.VIRGIN_ISLANDS: "vi vir usvirginislands virginislands virginislandsus",
    geography.PACIFIC: "gu gum guam as asm americansamoa mp mnp northernmarianaislands"
    " fm micronesia mh marshallislands pw palau",
}


def _words(names: Mapping[str, str]) -> dict[str, str]:
    return {word: kind for kind, words in names.items() for word in words.split()}


_OUTSIDE = {
    **_TERRITORIES,
    geography.ALASKA: "ak alaska",
    geography.HAWAII: "hi hawaii",
    geography.MILITARY: "aa ae ap armedforcesamericas armedforceseurope armedforcespacific",
}
_STATES = {
    **{name: group[:2].upper() for group in _LOWER_48.split("|") for name in group.split()},
    **_words(_OUTSIDE),
}
"""A lower state's two letters, or the kind of another place, by each name in plain letters."""
_COUNTRIES = _words({
    **_TERRITORIES,
    "": "null none nan",
    _US: "us usa unitedstates unitedstatesofamerica eeuu estadosunidos etatsunis",
    CANADA: "ca can canada",
})  # fmt: skip


@dataclass(frozen=True)
class Destinations:
    """Where each row goes.

    `market`: row of `load_markets()`, -1 where there is none. `left_out`: why it lies outside the
    lower 48 states, as read after '3 rows ', such as 'in Hawaii'; '' where it does not. `problem`:
    why the ZIP code of a row that is not left out cannot be read; '' where it can. A ZIP3 area
    without street delivery belongs to the market of its city.
    """

    market: NDArray[np.int64]
    left_out: NDArray[np.object_]
    problem: NDArray[np.object_]


def destinations(
    zips: pd.Series[Any],
    states: pd.Series[Any] | None = None,
    countries: pd.Series[Any] | None = None,
) -> Destinations:
    """Return where rows go, by columns of texts: ZIP codes and, if given, states and countries.

    A country other than the United States decides, then a Canadian postal code, then a state
    outside the lower 48, then the ZIP code. Where most rows without a country have a state that is
    none of the United States, as in a Brazilian export whose postal codes have five digits, too, a
    row is abroad unless its state is that of its ZIP code.

    >>> found = destinations(pd.Series(["23220", "00907", "33255", "0"]))
    >>> found.market.tolist(), found.left_out.tolist()
    ([208, -1, 305, -1], ['', 'in Puerto Rico', '', ''])
    """
    of_zip, texts = pd.factorize(zips)
    market, place, kind, problem = (column[of_zip] for column in _zips(list(texts)))
    state, country = _named(states, _STATES, zips), _named(countries, _COUNTRIES, zips)
    told = (state != "") & (country == "") & (kind != CANADA)
    mostly_abroad = 2 * (told & (state == _UNKNOWN)).sum() > told.sum()
    abroad = told & mostly_abroad & (state != place)
    is_place = pd.Series(state).isin(_OUTSIDE).to_numpy(np.bool_)
    left_out = np.select(
        [~np.isin(country, ("", _US)), kind == CANADA, abroad, is_place],
        [np.where(country == _UNKNOWN, ABROAD, country), kind, ABROAD, state],
        kind,
    )
    stays = left_out == ""
    return Destinations(np.where(stays, market, -1), left_out, np.where(stays, problem, ""))


def _named(
    column: pd.Series[Any] | None, names: Mapping[str, str], zips: pd.Series[Any]
) -> NDArray[np.object_]:
    """Return what each cell names, '' where it is blank or there is no column."""
    if column is None:
        return np.full(len(zips), "", object)
    rows, texts = pd.factorize(column)
    named = [names.get(_letters(text), _UNKNOWN) if text else "" for text in texts]
    return np.array([*named, ""], object)[rows]


def _letters(text: str) -> str:
    """Return the plain small letters of a name: 'va' for 'US-VA', 'etatsunis' for 'États-Unis'."""
    plain = unicodedata.normalize("NFKD", text).casefold().removeprefix("us-")
    return "".join(one for one in plain if "a" <= one <= "z")


def _zips(texts: Sequence[str]) -> Iterator[NDArray[Any]]:
    """Yield columns: market, its state (or else the kind), kind, problem."""
    markets, boxes = geography.load_markets(), geography.load_po_box_areas()
    rows = {market: row for row, market in enumerate(markets.ids)}
    found = []
    for text, whole in zip(texts, map(str, whole_zips(texts)), strict=True):
        area = market_id(whole)
        market = rows.get(boxes.get(area, area), -1)
        code = zip_of(whole).removeprefix("Z") or text.removeprefix("'")
        kind = geography.place_outside(code) if text else WITHOUT_ZIP
        place = markets.states[market] if market >= 0 else kind
        problem = "" if kind or market >= 0 else _problem(text, whole, area)
        found.append((market, place, kind, problem))
    for number, dtype in enumerate((np.int64, object, object, object)):
        yield np.array([one[number] for one in found], dtype)


def _problem(text: str, whole: str, area: str) -> str:
    """Say why a ZIP code has no market. `whole`: with the zeros that its column tells."""
    if not area:
        return "is not a market"
    if whole != text:
        return f"is {whole}, in no market: the other rows have five digits"
    return f"is in no market: there are no ZIP codes that begin with {area[1:]}"
