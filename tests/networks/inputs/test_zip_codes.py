"""ZIP codes as people, exports and spreadsheets write them, one by one and in columns."""

from __future__ import annotations

import pytest

from networks.inputs.zip_codes import market_id, market_of, whole_zips


def markets_of(*cells: str) -> list[str]:
    return [market_id(str(cell)) for cell in whole_zips(cells)]


@pytest.mark.parametrize(("cell", "market"), [
    ("Z021", "Z021"), ("z021", "Z021"), ("21", "Z021"), ("021", "Z021"), ("02139", "Z021"),
    ("2139", "Z021"), (2139.0, "Z021"), (2139, "Z021"), (21, "Z021"), (5, "Z005"),
    ("2139.0", "Z021"), ("02139-4307", "Z021"), (90210, "Z902"), ("'02139", "Z021"),
    ("'02139-4307", "Z021"), ('="02139"', "Z021"), ("02139-", "Z021"), ("02139 4307", "Z021"),
    ("021394307", "Z021"), (21394307, "Z021"), (" 02139\t", "Z021"), ("' 02139", "Z021"),
    ("907-0001", "Z009"), ("2139-4307", "Z021"), ("'z021", "Z021"),
])  # fmt: skip
def test_a_market_or_the_zip_that_means_it(cell: object, market: str) -> None:
    assert market_of(cell) == market
    assert market_id(str(cell)) == market
    assert markets_of(str(cell)) == [market]


@pytest.mark.parametrize("cell", [
    "Boston", "Z21", "", "123456", "1234567", 2139.5, True, "Z0211", -21, "M5V 3A8", "02139-43",
    "0213943071", "٠٢١٣٩", "'", '=""', "021 39", "=A1",
])  # fmt: skip
def test_what_is_no_market(cell: object) -> None:
    with pytest.raises(ValueError, match="is not a market"):
        market_of(cell)
    assert market_id(str(cell)) == ""


def test_short_zip_codes_mean_what_their_column_says() -> None:
    assert markets_of("23220", "2139", "907") == ["Z232", "Z021", "Z009"]
    assert markets_of("23220-1234", "21") == ["Z232", "Z000"]
    assert markets_of("232", "21", "907") == ["Z232", "Z021", "Z907"]
    assert markets_of("23220", "Z907", "") == ["Z232", "Z907", ""]
    assert whole_zips([10001, 907.0, None]) == [10001, "00907", None]
    assert whole_zips([100, 907.0]) == [100, 907.0]


def test_a_zip_plus_four_is_never_an_area() -> None:
    assert markets_of("907-0001") == ["Z009"]
    assert markets_of("10001-0001", "2139-0001") == ["Z100", "Z021"]
    assert whole_zips(["907-0001", 907]) == ["907-0001", "00907"]


def test_quoted_codes_and_ids_keep_their_meaning_in_a_column() -> None:
    assert markets_of("'07030", "'98101-1234", "907", "Z907") == [
        "Z070", "Z981", "Z009", "Z907",
    ]  # fmt: skip
    assert markets_of("021394307", "601") == ["Z021", "Z006"]
    assert markets_of("Boston", "601") == ["", "Z601"]
