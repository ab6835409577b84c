"""Where customers live: the U.S. markets (ZIP3 areas), and the distances between them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG)."""

KM_PER_MILE = 1.609344

ROAD_CIRCUITY = 1.21
"""Road distance over great-circle distance: the median of 150 population-weighted U.S. pairs
(5% below 1.14, 5% above 1.54). Ballou, Rahardja and Sakai, Transportation Research Part A 36
(2002), find 1.20 for the United States."""

CARRIER_ZONE_MILES = (150, 300, 600, 1000, 1400, 1800)
"""Greatest distance between ZIP3 centroids of zones 2 to 7; beyond is zone 8."""

_ZONE_LIMITS_KM = np.array(CARRIER_ZONE_MILES) * KM_PER_MILE


PUERTO_RICO, VIRGIN_ISLANDS = "in Puerto Rico", "in the U.S. Virgin Islands"
PACIFIC, HAWAII, ALASKA = "in Guam or other Pacific islands", "in Hawaii", "in Alaska"
MILITARY, CANADA = "military mail", "in Canada"

_OUTSIDE = (
    ("006", "007", PUERTO_RICO),
    ("008", "008", VIRGIN_ISLANDS),
    ("009", "009", PUERTO_RICO),
    ("090", "099", MILITARY),
    ("340", "340", MILITARY),
    ("962", "966", MILITARY),
    ("96799", "96799", PACIFIC),
    ("967", "968", HAWAII),
    ("969", "969", PACIFIC),
    ("995", "999", ALASKA),
)
"""How the first and the last ZIP codes begin outside the lower 48 states (U.S. Postal Service,
Domestic Mail Manual, labeling list L002; 96799 is American Samoa)."""


class UnknownMarketError(KeyError):
    """A market id that is not in the table."""

    def __str__(self) -> str:
        """Say which id is unknown and what an id looks like."""
        return (
            f"unknown market {self.args[0]!r}: a market is 'Z' and the first three digits of a"
            " ZIP with street delivery in the lower 48 states or DC, such as 'Z232'"
        )


@dataclass(frozen=True, eq=False)
class Markets:
    """Markets as columns: row i of every column is about market `ids[i]`.

    `latitude`, `longitude`: (markets,) population-weighted centroid, degrees. `population`:
    (markets,) residents. `time_zones`: IANA names. `regions`: fulfillment regions. The arrays are
    copied and cannot be written to.

    Raises `ValueError` when a column has another length than `ids`, an id occurs twice, a number
    is not finite, or the population is negative or adds up to nothing.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    states: tuple[str, ...]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    population: NDArray[np.float64]
    time_zones: tuple[str, ...]
    regions: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the columns and make the arrays read-only."""
        for column in ("latitude", "longitude", "population"):
            values = np.array(getattr(self, column), dtype=np.float64)
            if not np.isfinite(values).all():
                raise ValueError(f"{column} has a value that is not a finite number")
            values.setflags(write=False)
            object.__setattr__(self, column, values)
        for column, values in vars(self).items():
            if len(values) != len(self.ids):
                raise ValueError(f"{column} has {len(values)} values for {len(self.ids)} markets")
        if len(set(self.ids)) < len(self.ids):
            raise ValueError("a market id occurs twice")
        if (self.population < 0).any() or self.population.sum() <= 0:
            raise ValueError("population must not be negative, and somebody must live somewhere")

    def __len__(self) -> int:
        """Return the number of markets."""
        return len(self.ids)

    def index(self, market_id: str) -> int:
        """Return the row of a market.

        Raises `UnknownMarketError` (a `KeyError`) when there is no such market.

        >>> markets = load_markets()
        >>> markets.names[markets.index("Z232")]
        'Richmond, VA'
        """
        try:
            return self._rows[market_id]
        except KeyError:
            raise UnknownMarketError(market_id) from None

    @cached_property
    def share(self) -> NDArray[np.float64]:
        """(markets,) part of all people who live in each market; adds up to 1."""
        share: NDArray[np.float64] = self.population / self.population.sum()
        share.setflags(write=False)
        return share

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {market_id: row for row, market_id in enumerate(self.ids)}


@cache
def load_markets() -> Markets:
    """Return the 885 ZIP3 areas of the lower 48 states and DC, in order of id.

    They have the 329,260,619 residents of the 2020 Census, split within each state by estimate;
    `networks/data/CREDITS.md` names method, sources and licenses.
    """
    ids, names, states, *numbers, time_zones, regions = zip(*_table("markets"), strict=True)
    latitude, longitude, population = (np.array([float(n) for n in column]) for column in numbers)
    return Markets(ids, names, states, latitude, longitude, population, time_zones, regions)


@cache
def load_po_box_areas() -> Mapping[str, str]:
    """Return ZIP3 areas without street delivery in the lower 48 states, and the market of each.

    They have P.O. boxes, single firms or offices alone; their market is that of their city.

    >>> load_po_box_areas()["Z332"]
    'Z331'
    """
    return MappingProxyType({area: market for area, market, _ in _table("po_box_areas")})


def _table(name: str) -> list[list[str]]:
    text = resources.files("networks.data").joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.reader(text.splitlines()))[1:]


def great_circle_km(
    lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike
) -> NDArray[np.float64]:
    """Return the great-circle distance between points given in degrees (haversine), km.

    The four arguments broadcast: pass `lat[:, None], lon[:, None], lat, lon` for every pair.

    >>> round(float(great_circle_km(40.7128, -74.0060, 34.0522, -118.2437)))
    3936
    """
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_lat = (phi2 - phi1) / 2
    half_lon = (np.radians(lon2) - np.radians(lon1)) / 2
    haversine = np.sin(half_lat) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_lon) ** 2
    # Rounding lifts opposite points above 1, where arcsin is NaN.
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(haversine, 1.0))))


def road_km(
    lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike
) -> NDArray[np.float64]:
    """Return the typical distance by road, km: `ROAD_CIRCUITY` times the great circle.

    Broadcasts as `great_circle_km` does.
    """
    return np.asarray(ROAD_CIRCUITY * great_circle_km(lat1, lon1, lat2, lon2))


def carrier_zone(distance_km: ArrayLike) -> NDArray[np.int64]:
    """Return the carrier's price zone, 2 to 8, of great-circle distances between markets.

    Measured against the zone charts of the U.S. Postal Service: right for 95.7% of the pairs of
    ZIP3 areas, never more than one zone off.

    Raises `ValueError` for a distance that is negative or not a number.

    >>> carrier_zone([0, 500, 4000]).tolist()
    [2, 4, 8]
    """
    distance = np.asarray(distance_km, dtype=np.float64)
    if not (distance >= 0).all():
        raise ValueError("a distance must be a number of km, not negative")
    return np.asarray(np.searchsorted(_ZONE_LIMITS_KM, distance) + 2, dtype=np.int64)


@cache
def nearest_city(latitude: float, longitude: float) -> str:
    """Return the city of the market nearest to a point given in degrees.

    >>> nearest_city(32.78, -96.80)
    'Dallas, TX'
    """
    markets = load_markets()
    distance_km = great_circle_km(latitude, longitude, markets.latitude, markets.longitude)
    return markets.names[int(distance_km.argmin())]


def place_outside(code: str) -> str:
    """Say where a ZIP code outside the lower 48 states is, or that it is Canadian; '' otherwise.

    `code`: a ZIP code or its first three digits, or a Canadian postal code or its first half.

    >>> place_outside("96813"), place_outside("009"), place_outside("M5V 2T6")
    ('in Hawaii', 'in Puerto Rico', 'in Canada')
    """
    if re.fullmatch(r"[A-Za-z][0-9][A-Za-z](?:[ -]?[0-9][A-Za-z][0-9])?", code):
        return CANADA
    ranges = ((first, code[: len(first)], last, where) for first, last, where in _OUTSIDE)
    return next((where for first, begin, last, where in ranges if first <= begin <= last), "")
