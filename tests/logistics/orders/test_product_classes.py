"""Articles and their classes: guessed by words and price, looked up in the map, and the rest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from logistics.orders import product_classes as module
from logistics.orders.order_maps import OrderMap, ProductMatch
from logistics.orders.product_classes import (
    check_products,
    guess_products,
    other_product,
    product_classes,
)
from logistics.scenario.demand import Product
from logistics.scenario.load import load_scenario
from networks.inputs.faults import InputError
from networks.inputs.yaml_reader import read_yaml_text
from networks.inputs.yaml_writer import write_yaml

PRODUCTS = load_scenario("amazon-fulfillment").orders.products
NAMES = [*(one.name for one in PRODUCTS), "other"]


def guess(*titles: str, prices: list[float] | None = None) -> dict[str, str]:
    """Return the class of each title."""
    given = None if prices is None else np.array(prices)
    found = guess_products(pd.Series(titles), None, given, PRODUCTS)
    return {title: name for name, match in found.items() for title in match.titles}


def mapped(products: dict[str, ProductMatch]) -> OrderMap:
    columns = {"order_id": "a", "ordered_at": "b", "market": "c"}
    return OrderMap.model_validate({"columns": columns, "products": products})


def classes(order_map: OrderMap, titles: list[str], skus: list[str] | None = None) -> list[str]:
    numbers = pd.Series(skus, dtype=str) if skus is not None else None
    found = product_classes(pd.Series(titles, dtype=str), numbers, order_map, NAMES)
    return [NAMES[number] for number in found]


def product(name: str, share: float, price: float, movement: str = "fast") -> Product:
    weight = f"{price / 10} kg"
    values = {"name": name, "share": share, "weight": weight, "price": price, "fragility": 1.0}
    return Product.model_validate({**values, "movement": movement})


def test_words_tell_the_class() -> None:
    assert guess(
        "Blue Vase", "Detangling Hair Brush, Pink", "Phone case", "Women's Linen Dresses - S",
        "Smart watch", "Coastal Moods (Vinyl LP)", "Crochet Hook Set", "Gift Card",
    ) == {
        "Blue Vase": "glassware",
        "Detangling Hair Brush, Pink": "detangling hairbrush",
        "Phone case": "phone accessory",
        "Women's Linen Dresses - S": "clothing",
        "Smart watch": "small electronics",
        "Coastal Moods (Vinyl LP)": "vinyl album",
        "Crochet Hook Set": "hobby article",
        "Gift Card": "other",
    }  # fmt: skip


def test_only_whole_words_count_in_singular_or_plural() -> None:
    assert guess("Hoodies", "Hoodie", "Toys", "Toyota floor mats", "Capacitor", "Glasses") == {
        "Hoodies": "clothing",
        "Hoodie": "clothing",
        "Toys": "toy",
        "Toyota floor mats": "other",
        "Capacitor": "other",
        "Glasses": "glassware",
    }


def test_a_phrase_counts_before_a_word() -> None:
    assert guess("Tempered Glass Screen Protector")["Tempered Glass Screen Protector"] == (
        "phone accessory"
    )


def test_of_equally_long_words_the_price_decides() -> None:
    # 'vase' and 'doll': 30 and 22 dollars
    assert guess("Doll vase", "Vase doll", prices=[31, 21]) == {
        "Doll vase": "glassware",
        "Vase doll": "toy",
    }


def test_what_costs_ten_times_as_much_is_something_else() -> None:
    assert guess("Toy piano", "Toy grand piano", prices=[219, 221]) == {
        "Toy piano": "toy",
        "Toy grand piano": "other",
    }


def test_the_median_price_of_an_article_counts_and_none_or_zero_decides_nothing() -> None:
    prices = [2000.0, 20.0, 20.0, 0.0, np.nan]
    assert guess("Toy A", "Toy A", "Toy A", "Toy B", "Toy C", prices=prices) == {
        "Toy A": "toy",
        "Toy B": "toy",
        "Toy C": "toy",
    }


def test_titles_are_listed_with_the_words_that_led_there() -> None:
    found = guess_products(
        pd.Series(["Red Ball", "Yo-yo", "Yo-yo", "red ball"]), None, None, PRODUCTS
    )
    assert found == {"toy": ProductMatch(titles=["Red Ball", "Yo-yo"], words=["ball", "yo yo"])}


def test_a_guess_covers_the_titles_of_next_month() -> None:
    found = guess_products(
        pd.Series(["Red Ball", "Grand toy"]), None, np.array([6, 9000]), PRODUCTS
    )
    order_map = mapped(found)
    assert classes(order_map, ["Green Balls", "RED  BALL", "Grand Toy"]) == ["toy", "toy", "other"]


def test_numbers_are_titles_where_there_are_no_titles() -> None:
    titles, skus = pd.Series(["Ball", ""]), pd.Series(["B-1", "VASE-9"])
    found = guess_products(titles, skus, None, PRODUCTS)
    assert found["glassware"].titles == ["VASE-9"]
    assert found["toy"].titles == ["Ball"]
    assert classes(mapped(found), ["", "Ball"], ["VASE-9", ""]) == ["glassware", "toy"]


def test_a_class_of_your_own_is_known_by_the_words_of_its_name() -> None:
    own = [product("ceramic mugs", 0.5, 20), product("cotton rugs", 0.5, 90)]
    found = guess_products(pd.Series(["Mug, blue", "Rug", "Vase"]), None, None, own)
    assert {name: match.titles for name, match in found.items()} == {
        "ceramic mugs": ["Mug, blue"],
        "cotton rugs": ["Rug"],
        "other": ["Vase"],
    }


def test_a_word_of_two_classes_is_listed_where_it_is_used_most() -> None:
    own = [product("small vases", 0.5, 10), product("large vases", 0.5, 90)]
    titles = pd.Series(["Vase A", "Vase A", "Vase B"])
    found = guess_products(titles, None, np.array([10.0, 10.0, 90.0]), own)
    assert found["small vases"] == ProductMatch(titles=["Vase A"], words=["vase"])
    assert found["large vases"] == ProductMatch(titles=["Vase B"], words=[])
    mapped(found)  # no article in two classes


def test_very_many_titles_give_a_map_that_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TITLES", 3)
    titles = pd.Series(["Ball 1", "Ball 2", "Ball 3", "Ball 4", "Ball 4"])
    found = guess_products(titles, None, None, PRODUCTS)
    assert found["toy"].titles == ["Ball 4", "Ball 1", "Ball 2"]
    assert classes(mapped(found), ["Ball 3"]) == ["toy"]
    monkeypatch.undo()
    commas = pd.Series([f"Ball, {n}" + ", new" * 20 for n in range(4_000)])
    order_map = mapped(guess_products(commas, None, None, PRODUCTS))
    assert len(order_map.products["toy"].titles) == 909
    assert read_yaml_text(write_yaml(order_map), OrderMap, "o.map.yaml") == order_map


def test_titles_that_no_map_can_hold_are_cleaned() -> None:
    found = guess("Ball\u200b\n of  wool", "\t", "Plush \N{BEAR FACE}")
    assert found == {"Ball of wool": "toy", "Plush \N{BEAR FACE}": "toy"}
    order_map = mapped({"glassware": ProductMatch(titles=["Ball of wool"], words=[])})
    assert classes(order_map, ["ball\u200b of\nwool"]) == ["glassware"]


def test_number_then_title_then_class_then_words() -> None:
    order_map = mapped(
        {
            "toy": ProductMatch(titles=["B-1", "Clothing"], words=["ball"]),
            "clothing": ProductMatch(titles=["Ball gown"], words=["gown", "phone case"]),
            "cosmetics": ProductMatch(titles=[], words=["case", "long word"]),
        }
    )
    titles = [
        "Ball gown",
        "Ball gown",
        "Clothing",
        "glassware",
        "Gowns",
        "Phone case",
        "Balloon",
        "",
    ]
    skus = ["b-1", "B-2", "", "", "", "", "", ""]
    assert classes(order_map, titles, skus) == [
        *("toy", "clothing", "toy", "glassware", "clothing", "clothing", "other", "other")
    ]


def test_a_class_that_costs_unusually_much_stays_itself() -> None:
    prices = np.array([5_000.0])
    found = guess_products(pd.Series(["Glassware"]), None, prices, PRODUCTS)
    assert found == {}
    assert classes(mapped(found), ["Glassware", "OTHER"]) == ["glassware", "other"]


def test_without_a_map_of_products_all_but_class_names_are_other() -> None:
    assert classes(mapped({}), ["Red ball", "toy"]) == ["other", "toy"]
    assert len(product_classes(None, pd.Series(["toy"]), mapped({}), NAMES)) == 1


def test_the_rest_has_the_mean_of_all_orders() -> None:
    rest = other_product(
        [product("a", 0.25, 10, "slow"), product("b", 0.75, 30), product("c", 0.5, 20)]
    )
    assert (rest.name, rest.share, rest.movement) == ("other", 0, "fast")
    assert rest.price == pytest.approx((0.25 * 10 + 0.75 * 30 + 0.5 * 20) / 1.5)
    assert rest.weight == pytest.approx(rest.price / 10)
    built_in = other_product(PRODUCTS)
    assert (built_in.weight, built_in.price) == (pytest.approx(0.595), pytest.approx(21.82))


def test_a_class_that_there_is_not_is_refused_on_its_line(tmp_path: Path) -> None:
    nothing = ProductMatch(titles=[], words=[])
    order_map = mapped({"toy": nothing, "glasware": nothing, "other": nothing})
    with pytest.raises(InputError) as error:
        check_products(order_map, NAMES[:-1])
    (fault,) = error.value.faults
    assert fault.field == "products.glasware"
    assert fault.problem == "is not a product of the scenario; did you mean 'glassware'?"
    assert fault.allowed.endswith("hobby article, other")
    path = tmp_path / "mine.yaml"
    path.write_text(write_yaml(order_map))
    line = path.read_text().splitlines().index("  glasware:") + 1
    with pytest.raises(InputError, match=rf"mine\.yaml:{line}: products\.glasware: is no"):
        check_products(order_map, NAMES, path)
    check_products(mapped({"toy": nothing, "other": nothing}), NAMES[:-1], path)


def test_known_words_stand_in_one_class() -> None:
    words = module._known_words()
    assert set(words) == {one.name for one in PRODUCTS}
    phrases = [module._parts(word) for known in words.values() for word in known]
    assert len(phrases) == len(set(phrases))
