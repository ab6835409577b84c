"""Maps of columns: formats by name, maps from files, and where a file lacks what they name."""

from __future__ import annotations

from pathlib import Path

import pytest
from export_files import export

from logistics.orders.order_columns import columns_of
from logistics.orders.order_maps import FORMATS, OrderMap, formats, load_order_map
from networks.inputs.faults import InputError
from networks.inputs.yaml_writer import write_yaml

MINE = """\
columns:
  order_id: Order No
  ordered_at: Created
  market: Ship Zip
  sku: SKU
"""


def mine(tmp_path: Path, text: str = MINE) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return path


def faults_of(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return str(error.value).splitlines()


def test_every_format_is_a_map_of_its_own_name() -> None:
    assert tuple(formats()) == FORMATS
    for name, order_map in formats().items():
        assert order_map.format == name
        assert order_map.is_format
        assert load_order_map(name) == order_map


def test_every_format_has_a_file_that_it_reads() -> None:
    for name, order_map in formats().items():
        table = export(name)
        assert len(table.heading) >= (5 if name == "own" else 33)
        found = columns_of(order_map, table.name, table.heading)
        assert set(found) == set(order_map.columns.given()), name


def test_a_map_is_read_from_a_file_and_written_back(tmp_path: Path) -> None:
    order_map = load_order_map(mine(tmp_path))
    assert order_map.columns.market == ["Ship Zip"]
    assert not order_map.is_format
    again = tmp_path / "again.yaml"
    again.write_text(write_yaml(order_map))
    assert load_order_map(str(again)) == order_map


def test_a_misspelled_format_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(InputError, match="no such format; did you mean 'shopify'") as error:
        load_order_map("shopfy")
    assert "a map in YAML, or one of own, shopify, tiktok-shop" in str(error.value)


def test_a_map_without_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"mine\.yaml"):
        load_order_map(tmp_path / "mine.yaml")


def test_capitals_blanks_and_marks_of_a_heading_do_not_matter(tmp_path: Path) -> None:
    heading = ["sku", "ship-zip", "", "CREATED", "Order no."]
    found = columns_of(load_order_map(mine(tmp_path)), "o.csv", heading)
    assert found == {"order_id": 4, "ordered_at": 3, "market": 1, "sku": 0}


def test_of_several_headings_the_first_one_that_is_there_counts() -> None:
    names = {"order_id": "a", "ordered_at": "b", "market": ["Ship Zip", "Zip"]}
    order_map = OrderMap.model_validate({"columns": names})
    assert columns_of(order_map, "o.csv", ["a", "b", "Zip"])["market"] == 2
    assert columns_of(order_map, "o.csv", ["a", "b", "Zip", "Ship Zip"])["market"] == 3


def test_all_headings_that_a_file_lacks_are_named_on_their_lines_of_the_map(
    tmp_path: Path,
) -> None:
    path = mine(tmp_path)
    heading = ["Order No", "Shipping Zip", "created", "Created"]
    with pytest.raises(InputError) as error:
        columns_of(load_order_map(path), "o.csv", heading, path)
    assert faults_of(error) == [
        f"{path}:3: columns.ordered_at = 'Created': 2 columns of o.csv are called that",
        f"{path}:4: columns.market = 'Ship Zip': no such column in o.csv;"
        " did you mean 'Shipping Zip'?",
        f"{path}:5: columns.sku = 'SKU': no such column in o.csv",
        "o.csv: its columns are Order No, Shipping Zip, created, Created",
    ]


def test_a_map_from_python_names_its_faults_without_a_file() -> None:
    names = {"order_id": "a", "ordered_at": "b", "market": ["Ship Zip", "Zip"]}
    with pytest.raises(InputError) as error:
        columns_of(OrderMap.model_validate({"columns": names}), "o.csv", ["a", "b"])
    assert faults_of(error) == [
        "columns.market = ['Ship Zip', 'Zip']: no such column in o.csv",
        "o.csv: its columns are a, b",
    ]


def test_a_file_may_lack_what_a_format_only_may_hold() -> None:
    heading = ["Name", "Created at", "Shipping Zip", "Lineitem name"]
    found = columns_of(load_order_map("shopify"), "o.csv", heading)
    assert found == {"order_id": 0, "ordered_at": 1, "market": 2, "product": 3}


def test_a_file_must_have_what_a_format_needs() -> None:
    with pytest.raises(InputError, match="market = 'Shipping Zip': no such column"):
        columns_of(load_order_map("shopify"), "o.csv", ["Name", "Created at"])


def test_a_map_copied_from_a_format_may_still_have_products(tmp_path: Path) -> None:
    text = write_yaml(load_order_map("shopify"))
    text = text.replace("products: {}", "products: {toy: {words: [ball]}}")
    assert load_order_map(mine(tmp_path, text)).is_format


def test_packages_need_a_column_that_names_them(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"6: parcels = 'package': needs columns\.parcel_id"):
        load_order_map(mine(tmp_path, MINE + "parcels: package\n"))


def test_an_article_belongs_to_one_class(tmp_path: Path) -> None:
    text = MINE + "products: {toy: {words: [ball]}, glassware: {words: [Ball]}}\n"
    with pytest.raises(InputError, match="belongs to two classes: toy and glassware"):
        load_order_map(mine(tmp_path, text))


def test_a_misspelled_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a time zone; did you mean 'US/Pacific'"):
        load_order_map(mine(tmp_path, MINE + "time_zone: US/Pacfic\n"))


@pytest.mark.parametrize("zone", ["localtime", "Factory", "posixrules"])
def test_a_time_zone_that_is_no_place_is_refused(tmp_path: Path, zone: str) -> None:
    with pytest.raises(InputError, match=f"7: time_zone = '{zone}': is not a time zone"):
        load_order_map(mine(tmp_path, MINE + "parcels: line\n" + f"time_zone: {zone}\n"))


def test_one_text_is_a_list_of_one(tmp_path: Path) -> None:
    text = MINE + "canceled: Cancelled\nproducts: {toy: {titles: Red ball, words: ball}}\n"
    order_map = load_order_map(mine(tmp_path, text))
    assert order_map.canceled == ["Cancelled"]
    assert order_map.products["toy"].titles == ["Red ball"]
    assert order_map.products["toy"].words == ["ball"]
