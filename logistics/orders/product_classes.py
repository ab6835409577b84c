"""Which class of products an article belongs to: guessed by the words of its title and its price.

A guess is written into the map, title by title and with the words that led there; what reads
orders looks an article up in the map only.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.orders.order_maps import MOST_TITLES, OTHER, OrderMap, ProductMatch
from logistics.scenario.demand import Product
from networks.inputs.faults import Fault, did_you_mean, refuse
from networks.inputs.models import Parameters
from networks.inputs.units import Text
from networks.inputs.yaml_reader import locate, read_yaml_text

_MOST_APART = 10.0
"""An article whose price is more times off that of its class is none of it."""

_MOST_MARKS = 20_000
_LONGEST_TITLE = 500
"""Titles that a map lists: a YAML file must not have more lines and commas than can be read."""

_WORD = re.compile(r"[^\W_]+")
_NO_KIND = frozenset(("and", "the", "for", "with", "other", "article", "good", "product", "small"))


class _Vocabulary(Parameters):
    """Words of titles by class of products."""

    words: dict[Text, list[Text]]


class Found(NamedTuple):
    """A word that a title has, and the classes that it stands for."""

    word: str
    classes: tuple[str, ...]


class Words:
    """Words by class of products, found in titles: whole ones, in the singular or plural."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        """Take single words and phrases such as 'phone case' by class."""
        by_phrase: dict[tuple[str, ...], Found] = {}
        for name, known in words.items():
            for word in known:
                if phrase := _parts(word):
                    others = by_phrase[phrase].classes if phrase in by_phrase else ()
                    by_phrase[phrase] = Found(word, (*others, name))
        self._by_first: dict[str, list[tuple[tuple[str, ...], Found]]] = {}
        for phrase, found in by_phrase.items():
            self._by_first.setdefault(phrase[0], []).append((phrase, found))

    def best(self, title: str) -> list[Found]:
        """Return the most specific words of a title: of most parts, of those the longest."""
        parts, best, size = _parts(title), list[Found](), (0, 0)
        for start, part in enumerate(parts):
            for phrase, found in self._by_first.get(part, ()):
                if parts[start : start + len(phrase)] != phrase:
                    continue
                length = (len(phrase), sum(map(len, phrase)))
                if length > size:
                    best, size = [], length
                if length == size:
                    best.append(found)
        return best


def _parts(text: str) -> tuple[str, ...]:
    return tuple(map(_singular, _WORD.findall(text.casefold())))


@cache
def _singular(word: str) -> str:
    """Return a word so that its singular and plural are the same; it need not be a word."""
    if word.endswith(("ies", "ie")) and len(word) > 4:
        return word.removesuffix("s").removesuffix("ie") + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    plural = word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3
    return word[:-1] if plural else word


def _key(title: str) -> str:
    return _one_line(title).casefold()


def _one_line(title: str) -> str:
    text = " ".join(title.split())
    return text if text.isprintable() else "".join(filter(str.isprintable, text)).strip()


# Guessing ----------------------------------------------------------------------------------------


def _words_of_classes(names: Iterable[str]) -> dict[str, list[str]]:
    """Return words of titles by class: known ones, for a class of one's own those of its name."""
    known = _known_words()
    own = {name: [one for one in _parts(name) if one not in _NO_KIND] for name in names}
    return {name: [name, *known.get(_key(name), own[name])] for name in own}


@cache
def _known_words() -> dict[str, list[str]]:
    file = resources.files("logistics.orders") / "formats" / "product-words.yaml"
    text = file.read_text(encoding="utf-8")
    return {
        _key(name): words
        for name, words in read_yaml_text(text, _Vocabulary, file.name).words.items()
    }


def guess_products(
    titles: pd.Series[Any],
    skus: pd.Series[Any] | None,
    prices: NDArray[np.float64] | None,
    products: Sequence[Product],
) -> dict[str, ProductMatch]:
    """Guess which articles belong to which class of products, by words and price.

    The classes that have articles, each with titles, the most frequent first, and the words that
    led there; what fits none is 'other', as is what costs more than ten times as much as its
    class, or less than a tenth.
    """
    articles = _articles(_texts(titles, skus), prices)
    by_name = {one.name: one for one in products}
    words = Words(_words_of_classes(by_name))
    listed: dict[str, list[str]] = {name: [] for name in (*by_name, OTHER)}
    used: dict[str, Counter[str]] = {}
    marks = count = 0
    named = set(map(_key, by_name))
    for title, orders, price in articles:
        if _key(title) in named:  # a class of its own accord
            continue
        found = words.best(title)
        name = _nearest(found, price, by_name)
        if name != OTHER:
            word = next(one.word for one in found if name in one.classes)
            used.setdefault(word, Counter())[name] += orders
        marks += 1 + title.count(",")
        if count < MOST_TITLES and marks <= _MOST_MARKS and len(title) <= _LONGEST_TITLE:
            listed[name].append(title)
            count += 1
    by_class: dict[str, list[str]] = {name: [] for name in listed}
    for word in sorted(used):
        by_class[used[word].most_common(1)[0][0]].append(word)
    return {
        name: ProductMatch(titles=own, words=by_class[name])
        for name, own in listed.items()
        if own or by_class[name]
    }


def _texts(titles: pd.Series[Any] | None, skus: pd.Series[Any] | None) -> pd.Series[Any]:
    """Return the title of each row, its number where it has none."""
    if titles is None:
        return pd.Series(dtype=str) if skus is None else skus
    return titles if skus is None else titles.where(titles != "", skus)


def _articles(
    texts: pd.Series[Any], prices: NDArray[np.float64] | None
) -> Iterator[tuple[str, int, float]]:
    """Yield each title, how many rows it has, and its median price; the most frequent first."""
    raw_codes, raw = pd.factorize(texts)
    codes, keys = pd.factorize(np.array([_key(one) for one in raw], object))
    first = pd.Series(range(len(codes))).groupby(codes).first().to_numpy()
    rows = codes[raw_codes] if len(raw) else raw_codes
    counts = np.bincount(rows, minlength=len(keys))
    median = np.full(len(keys), np.nan)
    if prices is not None:
        by_title = pd.Series(prices).where(prices > 0).groupby(rows).median()
        median[by_title.index.to_numpy()] = by_title.to_numpy()
    for number in np.argsort(-counts, kind="stable").tolist():
        if keys[number]:
            yield _one_line(raw[first[number]]), int(counts[number]), float(median[number])


def _nearest(found: Iterable[Found], price: float, products: Mapping[str, Product]) -> str:
    """Return the class whose price is nearest, of equals the one with more orders."""
    names = {name for one in found for name in one.classes}
    known = math.isfinite(price)
    apart = {name: abs(math.log(price / products[name].price)) if known else 0 for name in names}
    best = min(names, key=lambda name: (apart[name], -products[name].share, name), default=OTHER)
    return best if apart.get(best, 0) <= math.log(_MOST_APART) else OTHER


# Looking up --------------------------------------------------------------------------------------


def product_classes(
    titles: pd.Series[Any] | None,
    skus: pd.Series[Any] | None,
    order_map: OrderMap,
    names: Sequence[str],
) -> NDArray[np.int64]:
    """Return the class of each row, as its number in `names`, which include 'other'.

    By the number of the article, its whole title, the name of a class, or the longest word.
    """
    numbers = {name: number for number, name in enumerate(names)}
    other = numbers[OTHER]
    matches = {one: match for one, match in order_map.products.items() if one in numbers}
    listed = {
        _key(title): numbers[name] for name, match in matches.items() for title in match.titles
    }
    named = {_key(name): number for name, number in numbers.items()} | listed
    words = Words({name: match.words for name, match in matches.items()})

    def by_title(title: str) -> int:
        key = _key(title)
        if key in named:
            return named[key]
        found = words.best(key)
        return numbers[found[0].classes[0]] if found else other

    codes, uniques = pd.factorize(_texts(titles, skus))
    classes = np.array([by_title(title) for title in uniques], np.int64)[codes]
    if skus is None or titles is None or not listed:
        return classes
    codes, uniques = pd.factorize(skus)
    by_sku = np.array([listed.get(_key(sku), -1) for sku in uniques], np.int64)[codes]
    return np.where(by_sku >= 0, by_sku, classes)


def other_product(products: Sequence[Product]) -> Product:
    """Return the class of what fits no other: of mean weight, price and fragility by orders.

    It has no share of generated orders.
    """
    table = pd.DataFrame([dict(one) for one in products])
    means = table[["weight", "price", "fragility"]].mul(table["share"], axis=0).sum()
    values: Any = (means / table["share"].sum()).to_dict()
    values["movement"] = table.groupby("movement")["share"].sum().idxmax()
    # not checked: a product that is written must have a share
    return Product.model_construct(**{"name": OTHER, "share": 0.0, **values})


def check_products(
    order_map: OrderMap, names: Collection[str], map_file: str | Path | None = None
) -> None:
    """Raise InputError for every class of a map that there is not.

    `map_file`: where the map was read, so that faults name its lines.
    """
    faults = [
        Fault.within(
            ("products", name),
            f"is not a product of the scenario{did_you_mean(name, names)}",
            ", ".join(dict.fromkeys((*names, OTHER))),
        )
        for name in order_map.products
        if name not in names and name != OTHER
    ]
    refuse(locate(faults, map_file).faults if map_file and faults else faults)
