"""Where orders go: the market of each, or why it has none, by ZIP code, state and country.

A network serves the lower 48 states. Orders to other places are nobody's mistake: they are left
out by kind, and only what cannot be understood is a fault.
"""

from __future__ import annotations

import re
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
    "al alabama ala|ar arkansas ark|az arizona ariz|ca california calif cal|co colorado colo|"
    "ct connecticut conn|de delaware del|dc districtofcolumbia washingtondc|fl florida fla|"
    "ga georgia|ia iowa|id idaho|il illinois ill|in indiana ind|ks kansas kan kans|"
    "ky kentucky|la louisiana|ma massachusetts mass|md maryland|me maine|mi michigan mich|"
    "mn minnesota minn|mo missouri|ms mississippi miss|mt montana mont|nc northcarolina ncar|"
    "nd northdakota ndak|ne nebraska neb nebr|nh newhampshire|nj newjersey|nm newmexico nmex|"
    "nv nevada nev|ny newyork|oh ohio|ok oklahoma okla|or oregon ore oreg|"
    "pa pennsylvania penn penna|ri rhodeisland|sc southcarolina scar|sd southdakota sdak|"
    "tn tennessee tenn|tx texas tex|ut utah|va virginia|vt vermont|wa washington wash|"
    "wi wisconsin wis wisc|wv westvirginia wva|wy wyoming wyo"
)
_TERRITORIES = {
    geography.PUERTO_RICO: "pr pri puertorico",
    geography.VIRGIN_ISLANDS: "vi vir usvi usvirginislands virginislands virginislandsus"
    " unitedstatesvirginislands",
    geography.PACIFIC: "gu gum guam as asm americansamoa mp mnp northernmarianaislands um umi"
    " usminoroutlyingislands unitedstatesminoroutlyingislands"
    " fm fsm micronesia mh mhl marshallislands pw plw palau",
}
_ABROAD = (
    "ac am ba ce df es go mg pb pe pi rj rn rs ro rr se sp to acre amazonas bahia ceara"
    " distritofederal espiritosanto goias maranhao matogrosso matogrossodosul minasgerais paraiba"
    " parana pernambuco piaui riodejaneiro riograndedonorte riograndedosul rondonia roraima"
    " santacatarina saopaulo sergipe tocantins"  # Brazil
    " ag agu bcn bcs cam camp chp chis chh chih cdmx cmx coah col dgo dur gto gro hgo hid jal mex"
    " mic mich mor nay nl nle oax pue qro que qroo roo slp sin son tab tam tamps tla tlax ver yuc"
    " zac aguascalientes bajacalifornia bajacaliforniasur campeche chiapas chihuahua"
    " ciudaddemexico coahuila colima durango estadodemexico guanajuato guerrero hidalgo jalisco"
    " michoacan morelos nayarit nuevoleon oaxaca puebla queretaro quintanaroo sanluispotosi sinaloa"
    " sonora tabasco tamaulipas tlaxcala veracruz yucatan zacatecas"  # Mexico
    " on qc bc ab mb sk ns nb yt nt nu ontario quebec britishcolumbia alberta manitoba saskatchewan"
    " novascotia newbrunswick newfoundlandandlabrador princeedwardisland yukon"  # Canada
)
"""States of countries whose shops export the same way; those named as ours are not among them."""


def _words(names: Mapping[str, str]) -> dict[str, str]:
    return {word: kind for kind, words in names.items() for word in words.split()}


_BLANK = {
    *("", "na", "null", "none", "nan", "0", "unknown", "undefined", "notavailable"),
    *("notapplicable", "blank", "empty"),
}
"""Cells that say nothing, in plain letters."""
_OUTSIDE = {
    **_TERRITORIES,
    geography.ALASKA: "ak alaska alas",
    geography.HAWAII: "hi hawaii",
    geography.MILITARY: "aa ae ap armedforcesamericas armedforceseurope armedforcespacific",
}
_STATES = {
    **dict.fromkeys(_ABROAD.split(), ABROAD),
    **{name: group[:2].upper() for group in _LOWER_48.split("|") for name in group.split()},
    **_words(_OUTSIDE),
    **dict.fromkeys(_BLANK, ""),
}
"""A lower state's two letters, or the kind of another place, by each name in plain letters."""
_OURS = frozenset(group[:2].upper() for group in _LOWER_48.split("|"))
_COUNTRIES = {
    **_words({
        **_TERRITORIES,
        _US: "us usa 840 unitedstates unitedstatesofamerica usofa usofamerica america domestic"
        " eeuu eeuua eua estadosunidos estadosunidosdeamerica estadosunidosdaamerica etatsunis"
        " etatsunisdamerique vereinigtestaaten vereinigtestaatenvonamerika statiuniti"
        " statiunitidamerica verenigdestaten verenigdestatenvanamerika 美国 美國 アメリカ",
        CANADA: "ca can canada",
    }),
    **dict.fromkeys(_BLANK, ""),
}  # fmt: skip
_PARTED = re.compile(r"[()\[\],;:/|-]+")
"""Marks between names of one place: 'United States (US)', 'US-VA'."""


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
    outside the lower 48, then the ZIP code. Where most rows without a country have a state of
    another one, as in a Brazilian export whose postal codes have five digits, too, a row is abroad
    unless its state is that of its ZIP code. A column of states in which most cells are none, but
    cities or comments, says nothing.

    >>> found = destinations(pd.Series(["23220", "00907", "33255", "N/A"]))
    >>> found.market.tolist(), found.left_out.tolist()
    ([208, -1, 305, -1], ['', 'in Puerto Rico', '', 'without a ZIP code'])
    """
    of_zip, texts = pd.factorize(zips)
    market, place, kind, problem = (column[of_zip] for column in _zips(list(texts)))
    state, country = _named(states, _STATES, zips), _named(countries, _COUNTRIES, zips)
    country = np.where(np.isin(country, list(_OURS)), _US, country)
    named = (state != "") & np.isin(country, ("", _US)) & (kind != CANADA)
    if _are_most(state == _UNKNOWN, named):
        state = np.full(len(zips), "", object)
    told = named & (country == "")
    abroad = told & _are_most(state == ABROAD, told) & (state != place)
    is_place = pd.Series(state).isin(_OUTSIDE).to_numpy(np.bool_)
    left_out = np.select(
        [~np.isin(country, ("", _US)), kind == CANADA, abroad, is_place],
        [np.where(country == _UNKNOWN, ABROAD, country), kind, ABROAD, state],
        kind,
    )
    stays = left_out == ""
    return Destinations(np.where(stays, market, -1), left_out, np.where(stays, problem, ""))


def _are_most(some: NDArray[np.bool_], rows: NDArray[np.bool_]) -> bool:
    return bool(2 * (rows & some).sum() > rows.sum())


def _named(
    column: pd.Series[Any] | None, names: Mapping[str, str], zips: pd.Series[Any]
) -> NDArray[np.object_]:
    """Return what each cell names, '' where it is blank or there is no column."""
    if column is None:
        return np.full(len(zips), "", object)
    rows, texts = pd.factorize(column)
    return np.array([*(_name(text, names) for text in texts), ""], object)[rows]


def _name(text: str, names: Mapping[str, str]) -> str:
    """Return what a cell names, whole or in each of its parts: 'Virginia (VA)', 'US - VA'.

    Beside the United States, a part is one of its states or territories.
    """
    if (whole := names.get(_letters(text))) is not None:
        return whole
    parts = [letters for part in _PARTED.split(text) if (letters := _letters(part))]
    ours = {part for part in parts if _COUNTRIES.get(part) == _US}
    known = _STATES if ours else names
    found = {known.get(part, _UNKNOWN) for part in parts if part not in ours}
    if not found:
        return _US
    return found.pop() if len(found) == 1 else _UNKNOWN


def _letters(text: str) -> str:
    """Return a name in plain small letters and digits: 'etatsunis' for 'États-Unis'."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(filter(str.isalnum, plain)).removeprefix("the")


def _zips(texts: Sequence[str]) -> Iterator[NDArray[Any]]:
    """Yield columns: market, its state (or else the kind), kind, problem."""
    markets, boxes = geography.load_markets(), geography.load_po_box_areas()
    rows = {market: row for row, market in enumerate(markets.ids)}
    found = []
    for text, whole in zip(texts, map(str, whole_zips(texts)), strict=True):
        area = market_id(whole)
        market = rows.get(boxes.get(area, area), -1)
        code = zip_of(whole).removeprefix("Z") or text.removeprefix("'")
        is_blank = _letters(text) in _BLANK
        kind = WITHOUT_ZIP if is_blank else geography.place_outside(code)
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
