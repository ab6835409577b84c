"""Places are found by the names that people have for them."""

from dataclasses import replace

import pytest

from networks.geography import load_markets
from networks.places import (
    described,
    facilities_at,
    market_places,
    markets_of_city,
    near_place,
    split_places,
)
from networks.schema import Facility

HUB = Facility("hub", "carrier", "Z606", 41.9, -87.6, "America/Chicago")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Texas", ("TX",)),
        ("district of columbia", ("DC",)),
        ("seattle", ("Z981",)),
        ("Seattle, WA", ("Z981",)),
        ("Dallas", ("Dallas, TX",)),
        ("Portland", ("Z041", "Z972")),
        ("Atlantis", ()),
        ("", ()),
    ],
)
def test_a_place_by_its_name(text: str, places: tuple[str, ...]) -> None:
    assert market_places(text) == places


def test_every_market_is_found_by_its_city_and_state() -> None:
    markets = load_markets()
    for market, name in zip(markets.ids, markets.names, strict=True):
        assert market in markets_of_city(name)
    assert markets_of_city("Dallas, TX") == ("Z752", "Z753")
    assert {market_places(state) for state in set(markets.states)} == {()}  # letters are no name


def test_a_candidate_is_described_by_its_zip3_and_a_misspelled_city_by_its_neighbor() -> None:
    assert described("Z972") == "972 (Portland, OR)"
    assert described("TX") == "TX"
    assert near_place("Seatle") == "; did you mean 'Seattle'?"


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Texas, Dallas, 606", ["Texas", "Dallas", "606"]),
        ("Dallas, TX, Seattle,WA", ["Dallas, TX", "Seattle, WA"]),
        ("TX, CA", ["TX", "CA"]),
    ],
)
def test_a_city_keeps_its_state_in_a_list(text: str, places: list[str]) -> None:
    assert split_places(text) == places


def test_a_facility_is_found_by_its_kind_and_city() -> None:
    world = {
        "H1": HUB,
        "S1": replace(HUB, kind="carrier station"),
        "H2": replace(HUB, market="Z752"),
    }
    assert facilities_at("hub in Chicago", world) == ["H1"]
    assert facilities_at("Hub in Dallas, TX", world) == ["H2"]
    assert facilities_at("Chicago", world) == ["H1", "S1"]
    assert facilities_at("station in Chicago", world) == ["S1"]
    assert facilities_at("warehouse in Chicago", world) == []
    assert facilities_at("H1", world) == []
