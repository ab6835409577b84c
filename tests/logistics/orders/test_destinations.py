"""Where orders go: markets, places outside the lower 48 by kind, and what cannot be understood."""

from __future__ import annotations

from time import process_time

import numpy as np
import pandas as pd
import pytest

from logistics.orders.destinations import Destinations, destinations
from networks.geography import load_markets

MARKETS = load_markets()


def texts(*cells: str) -> pd.Series:
    return pd.Series(cells, dtype=object)


def where(found: Destinations) -> list[str]:
    """Tell each row's market, or why it is left out, or what is wrong with it."""
    rows = zip(found.market.tolist(), found.left_out, found.problem, strict=True)
    return [MARKETS.ids[row] if row >= 0 else kind or problem for row, kind, problem in rows]


@pytest.mark.parametrize(("cell", "told"), [
    ("23220", "Z232"), ("'98101-1234", "Z981"), ("232201234", "Z232"), ("Z232", "Z232"),
    ("33255", "Z331"), ("84201", "Z844"), ("20402", "Z200"), ("31193", "Z303"),
    ("96813", "in Hawaii"), ("99501", "in Alaska"), ("00907", "in Puerto Rico"),
    ("00601-1234", "in Puerto Rico"), ("00802", "in the U.S. Virgin Islands"),
    ("96910", "in Guam or other Pacific islands"), ("96799", "in Guam or other Pacific islands"),
    ("96798", "in Hawaii"), ("09012", "military mail"), ("34002", "military mail"),
    ("96201", "military mail"), ("09901", "military mail"),
    ("M5V 3A8", "in Canada"), ("m5v3a8", "in Canada"), ("M5V-3A8", "in Canada"),
    ("M5V", "in Canada"), ("'M5V 3A8", "in Canada"),
    ("", "without a ZIP code"),
    ("ABC", "is not a market"), ("SW1A 1AA", "is not a market"), ("232201", "is not a market"),
    ("00000", "is in no market: there are no ZIP codes that begin with 000"),
    ("21344", "is in no market: there are no ZIP codes that begin with 213"),
    ("Z999", "in Alaska"), ("Z213", "is in no market: there are no ZIP codes that begin with 213"),
])  # fmt: skip
def test_a_zip_code_alone(cell: str, told: str) -> None:
    assert where(destinations(texts(cell))) == [told]


def test_zip_codes_that_lost_their_zeros() -> None:
    found = destinations(texts("23220", "2139", "907", "601", "21", "10001"))
    assert where(found) == [
        "Z232", "Z021", "in Puerto Rico", "in Puerto Rico",
        "is 00021, in no market: the other rows have five digits", "Z100",
    ]  # fmt: skip
    # in a column of areas they are areas
    assert where(destinations(texts("907", "601", "21"))) == ["Z907", "Z601", "Z021"]


def test_po_boxes_have_the_market_of_their_city() -> None:
    zips, countries = texts("33255", "84201", "23220", "33255"), texts("", "US", "US", "DE")
    found = destinations(zips, None, countries)
    assert where(found) == ["Z331", "Z844", "Z232", "in another country"]


@pytest.mark.parametrize(("country", "told"), [
    ("US", "Z232"), ("usa", "Z232"), ("U.S.", "Z232"), ("United States", "Z232"), ("", "Z232"),
    ("null", "Z232"),
    ("United States of America", "Z232"), ("EE. UU.", "Z232"), ("Estados Unidos", "Z232"),
    *((text, "Z232") for text in (
        "United States (US)", "US - United States", "United States - US", "840", "US/USA",
        "The United States", "U.S. of A.", "The United States of America", "Domestic", "US-VA",
        "Vereinigte Staaten", "Vereinigte Staaten von Amerika", "Stati Uniti", "États-Unis",
        "Verenigde Staten", "Estados Unidos de América", "EUA", "美国", "VA, US", "CA, US",
        "N/A", "n.a.", "NA", "-", "--", "null", "None", "NaN", "0", "unknown", "CA, USA",
    )),
    ("Puerto Rico (PR)", "in Puerto Rico"), ("US - PR", "in Puerto Rico"),
    ("Canada (CA)", "in Canada"), ("Virgin Islands (U.S.)", "in the U.S. Virgin Islands"),
    ("Virgin Islands (British)", "in another country"), ("Georgia", "in another country"),
    ("Mexico (MX)", "in another country"), ("AU - Australia", "in another country"),
    ("PR", "in Puerto Rico"), ("Puerto Rico", "in Puerto Rico"), ("GU", "in Guam or other Pacific"
     " islands"), ("U.S. Virgin Islands", "in the U.S. Virgin Islands"), ("CA", "in Canada"),
    ("Canada", "in Canada"), ("DE", "in another country"), ("México", "in another country"),
    ("日本", "in another country"),
])  # fmt: skip
def test_a_country_decides(country: str, told: str) -> None:
    assert where(destinations(texts("23220"), None, texts(country))) == [told]


def test_what_a_foreign_row_writes_as_its_zip_code_is_no_fault() -> None:
    found = destinations(texts("SW1A 1AA", "", "ABC"), None, texts("United Kingdom", "FR", "US"))
    assert where(found) == ["in another country", "in another country", "is not a market"]


@pytest.mark.parametrize(("state", "told"), [
    ("VA", "Z232"), ("va", "Z232"), ("Virginia", "Z232"), ("US-VA", "Z232"), ("Va.", "Z232"),
    ("D.C.", "Z232"), ("Washington, DC", "Z232"), ("", "Z232"),
    ("AK", "in Alaska"), ("Hawaii", "in Hawaii"), ("PR", "in Puerto Rico"),
    ("AE", "military mail"), ("Armed Forces Pacific", "military mail"),
    ("AS", "in Guam or other Pacific islands"),
    ("Virginia (VA)", "Z232"), ("VA - Virginia", "Z232"), ("USA-VA", "Z232"), ("VA, US", "Z232"),
    ("N/A", "Z232"), ("-", "Z232"), ("Alaska (AK)", "in Alaska"), ("US-HI", "in Hawaii"),
    ("HI, USA", "in Hawaii"),
])  # fmt: skip
def test_a_state_outside_the_lower_48_decides(state: str, told: str) -> None:
    found = destinations(texts("23220", "10001"), texts(state, "NY"))
    assert where(found) == [told, "Z100"]
    # also where the ZIP code is missing
    none = told if " " in told else "without a ZIP code"
    assert where(destinations(texts("", "10001"), texts(state, "NY"))) == [none, "Z100"]


def test_an_export_of_another_country_whose_codes_have_five_digits() -> None:
    # Brazil; PR is Paraná, and MA Maranhão
    zips = texts("14409", "20040", "80010", "65010", "30110", "40010", "02139")
    states = texts("SP", "RJ", "PR", "MA", "MG", "BA", "MA")
    abroad = "in another country"
    assert where(destinations(zips, states)) == [abroad] * 6 + ["Z021"]
    # a country that is given says so
    assert where(destinations(zips, states, texts(*["US"] * 7)))[:2] == ["Z144", "Z200"]
    # a misspelled state among others leaves its row where the ZIP code says
    found = destinations(texts("23220", "10001", "02139"), texts("Virgina", "NY", "MA"))
    assert where(found) == ["Z232", "Z100", "Z021"]


@pytest.mark.parametrize(("state", "zip_code"), [
    ("Ala.", "35203"), ("Ariz.", "85004"), ("Calif.", "90001"), ("Colo.", "80202"),
    ("Conn.", "06103"), ("Fla.", "33602"), ("Ill.", "60601"), ("Kan.", "67202"),
    ("Mass.", "02139"), ("Minn.", "55401"), ("N.M.", "87102"), ("Ore.", "97205"),
    ("Pa.", "19103"), ("S.D.", "57104"), ("Tenn.", "37203"), ("Tex.", "78701"),
    ("Va.", "23220"), ("Wash.", "98101"), ("W.Va.", "25301"), ("Wis.", "53202"),
    ("Virginia (VA)", "23220"), ("VA - Virginia", "23220"), ("USA-VA", "23220"),
])  # fmt: skip
def test_usual_spellings_of_a_state_are_that_state(state: str, zip_code: str) -> None:
    # among orders to Brazil, a row stays only where its state is that of its ZIP code
    found = destinations(texts(zip_code, "14409", "20040"), texts(state, "SP", "RJ"))
    assert where(found)[0].startswith("Z")
    assert where(found)[1:] == ["in another country"] * 2


def test_cities_or_remarks_in_a_column_of_states_are_no_evidence() -> None:
    zips = texts("23220", "10001", "02139", "60601", "99501")
    cities = texts("Richmond", "New York City", "call first", "Chicago", "AE")
    assert where(destinations(zips, cities)) == ["Z232", "Z100", "Z021", "Z606", "in Alaska"]
    # one foreign state among them is none either
    one = texts("Richmond", "Manhattan", "Cambridge", "SP", "")
    assert where(destinations(zips, one)) == ["Z232", "Z100", "Z021", "Z606", "in Alaska"]


def test_an_export_of_mexico_whose_codes_have_five_digits() -> None:
    found = destinations(texts("44100", "64000", "06600"), texts("Jalisco", "NLE", "CDMX"))
    assert where(found) == ["in another country"] * 3


@pytest.mark.parametrize("cell", ["N/A", "n.a.", "-", "--", "null", "None", "0", "unknown"])
def test_a_placeholder_is_no_zip_code(cell: str) -> None:
    assert where(destinations(texts(cell, "23220"))) == ["without a ZIP code", "Z232"]


def test_a_canadian_shop_keeps_its_orders_to_the_united_states() -> None:
    zips, states = texts("M5V 3A8", "H2X 1Y4", "23220"), texts("ON", "Québec", "VA")
    assert where(destinations(zips, states)) == ["in Canada", "in Canada", "Z232"]


def test_dataco_writes_caguas_without_its_zeros() -> None:
    found = destinations(texts("725", "23220"), texts("PR", "VA"), texts("Puerto Rico", "EE. UU."))
    assert where(found) == ["in Puerto Rico", "Z232"]
    assert where(destinations(texts("725", "23220"))) == ["in Puerto Rico", "Z232"]


def test_no_rows() -> None:
    assert where(destinations(texts(), texts(), texts())) == []


def test_a_million_rows_take_little() -> None:
    rng = np.random.default_rng(1)
    zips = pd.Series(rng.integers(10_000, 99_999, 1_000_000).astype(str))
    states = pd.Series(np.array(["VA", "NY", "TX", "PR"])[rng.integers(0, 4, len(zips))])
    begin = process_time()
    found = destinations(zips, states, pd.Series(["US"] * len(zips)))
    assert process_time() - begin < 3
    assert (found.left_out == "in Puerto Rico").sum() > 200_000
