"""Places by the names that people have for them: states, cities, facilities of a city.

The gazetteer is the table of markets: a city is all ZIP3 areas that are named after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from networks.geography import load_markets
from networks.inputs.faults import did_you_mean
from networks.inputs.names import meant, plain_name
from networks.schema import FACILITY_KINDS, Facility

_STATES = (
    "AL Alabama|AR Arkansas|AZ Arizona|CA California|CO Colorado|CT Connecticut|"
    "DC District of Columbia|DE Delaware|FL Florida|GA Georgia|IA Iowa|ID Idaho|IL Illinois|"
    "IN Indiana|KS Kansas|KY Kentucky|LA Louisiana|MA Massachusetts|MD Maryland|ME Maine|"
    "MI Michigan|MN Minnesota|MO Missouri|MS Mississippi|MT Montana|NC North Carolina|"
    "ND North Dakota|NE Nebraska|NH New Hampshire|NJ New Jersey|NM New Mexico|NV Nevada|"
    "NY New York|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|"
    "SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VA Virginia|VT Vermont|"
    "WA Washington|WI Wisconsin|WV West Virginia|WY Wyoming"
)


@cache
def _states() -> Mapping[str, str]:
    """Return the two letters of each state by its name, in plain letters."""
    return {plain_name(one[3:]): one[:2] for one in _STATES.split("|")}


@cache
def _cities() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the ids of the markets of each city, by its plain name without and with its state."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    markets = load_markets()
    for market, name in zip(markets.ids, markets.names, strict=True):
        for written in (name, name.rpartition(",")[0]):
            same = found.setdefault(plain_name(written), {})
            same[name] = (*same.get(name, ()), market)
    return found


def market_places(text: str) -> tuple[str, ...]:
    """Return the places that a name may stand for: states, cities, or single markets.

    A place is two letters of a state, the id of a city's only market, or 'Dallas, TX' for a city
    of several. None where no place is called so; several for a name of several places.

    >>> market_places("texas"), market_places("seattle"), market_places("Dallas, TX")
    (('TX',), ('Z981',), ('Dallas, TX',))
    >>> market_places("Washington")
    ('WA', 'Z153', 'Washington, DC')
    """
    given = plain_name(text)
    state = (_states()[given],) if given in _states() else ()
    cities = _cities().get(given, {})
    return (*state, *(ids[0] if len(ids) == 1 else name for name, ids in cities.items()))


def markets_of_city(text: str) -> tuple[str, ...]:
    """Return the ids of the markets of the cities of a name: 'Dallas' or 'Dallas, TX'."""
    return tuple(one for ids in _cities().get(plain_name(text), {}).values() for one in ids)


def described(market: str) -> str:
    """Return a market with its city: '981 (Seattle, WA)'; another place as it is."""
    markets = load_markets()
    if market not in markets.ids:
        return market
    return f"{market[1:]} ({markets.names[markets.index(market)]})"


def near_place(text: str) -> str:
    """Return the end of a problem that names the city or state most like a text, or ''."""
    names = [one[3:] for one in _STATES.split("|")]
    return did_you_mean(text, [*(name.rpartition(",")[0] for name in load_markets().names), *names])


def split_places(text: str) -> list[str]:
    """Return the places of a list with commas; a city keeps the state behind it.

    >>> split_places("Texas, Dallas, TX, 606")
    ['Texas', 'Dallas, TX', '606']
    """
    places: list[str] = []
    for part in (one.strip() for one in text.split(",")):
        if places and plain_name(f"{places[-1]} {part}") in _cities():
            places[-1] += f", {part}"
        else:
            places.append(part)
    return places


def facilities_at(text: str, facilities: Mapping[str, Facility]) -> list[str]:
    """Return the ids of the facilities that a text may mean: 'hub in Chicago', 'Dallas, TX'.

    Those in a city, of a kind where the text says one. A city is that of a facility's market.
    """
    kind, _, city = text.rpartition(" in ")
    kinds = meant(kind, FACILITY_KINDS) if kind else FACILITY_KINDS
    markets = markets_of_city(city)
    return [node for node, one in facilities.items() if one.kind in kinds and one.market in markets]
