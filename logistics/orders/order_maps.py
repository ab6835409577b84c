"""How the columns of an export are read as orders: the map, written once, as a file to keep.

A map says which column holds what, which rows are no orders, and which class of product an article
belongs to. A format is a map of a known export, by name; its columns may have several headings.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, model_validator

from logistics.options import ParcelRule
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import Fault, did_you_mean, refuse, shown, whole_file
from networks.inputs.headings import plain_name
from networks.inputs.models import Parameters, refusal
from networks.inputs.units import Text
from networks.inputs.yaml_reader import read_yaml, read_yaml_text

OTHER = "other"
"""The class of products that no other one fits."""

CUSTOMER = "customer"
"""In place of a time zone: the clock of whoever orders."""

MOST_TITLES = 5_000
"""Articles that a map lists by name; words cover the others."""

Heading = Annotated[Text, Field(min_length=1, max_length=200)]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _as_written(value: list[str]) -> Any:
    return value[0] if len(value) == 1 else value


Texts = Annotated[list[Text], BeforeValidator(_as_list)]
"""Texts, or one text alone."""
Headings = Annotated[
    list[Heading],
    Field(max_length=100),
    BeforeValidator(_as_list),
    PlainSerializer(_as_written),
]
"""The heading of a column, or several of which the first that a file has is taken; empty: none."""


class OrderColumns(Parameters):
    """Which column holds what; capitals, blanks and punctuation of a heading do not matter."""

    order_id: Headings = Field(min_length=1)
    """Order number or name."""
    ordered_at: Headings = Field(min_length=1)
    """When the order was placed."""
    market: Headings = Field(min_length=1)
    """Destination: a ZIP code, its first three digits, or the id of a market."""
    product: Headings = Field([])
    """Title of the item, or its class of products. Empty: all items are 'other'."""
    sku: Headings = Field([])
    """SKU, looked up before the title."""
    price: Headings = Field([])
    """Unit price in U.S. dollars: helps to guess the class."""
    parcel_id: Headings = Field([])
    """Parcel, package or shipment id."""
    state: Headings = Field([])
    """Destination state."""
    country: Headings = Field([])
    """Destination country."""
    status: Headings = Field([])
    """Order status: see `canceled`."""
    canceled_at: Headings = Field([])
    """When it was canceled; blank otherwise."""
    ships: Headings = Field([])
    """Whether the item is shipped: no, for a gift card."""

    def given(self) -> dict[str, list[str]]:
        """Return the headings of each column that is mapped."""
        return {name: headings for name, headings in dict(self).items() if headings}


class ProductMatch(Parameters):
    """Which items belong to a class of products."""

    titles: Texts = Field([], max_length=MOST_TITLES)
    """Whole titles or SKUs."""
    words: Texts = Field([], max_length=1000)
    """Words of titles, for items that no whole title matches."""


_NO_PLACES = {"localtime", "Factory", "posixrules"}
"""Files among those of the time zones that mean another one on each computer, or none."""


def _time_zone(text: str) -> str:
    known = available_timezones() - _NO_PLACES
    if text != CUSTOMER and text not in known:
        meant = did_you_mean(text, known) if "/" in text else ""
        allowed = f"'{CUSTOMER}', or a name such as 'America/Los_Angeles'"
        raise refusal(f"is not a time zone{meant}", allowed)
    return text


class OrderMap(Parameters):
    """How an export is read as orders."""

    format: Text = ""
    """The export format this map was made from."""
    columns: OrderColumns
    parcels: ParcelRule = ParcelRule.ORDER
    """One parcel per order ('order'), line item ('line'), package ('package': see `parcel_id`; an
    order without one is one parcel) or row, each with an id of its own ('row')."""
    dates: DateOrder | None = None
    """Dates such as 05/09/2023: month-first or day-first; null: the column decides."""
    time_zone: Annotated[Text, AfterValidator(_time_zone)] = CUSTOMER
    """Time zone of times without an offset: a name such as 'America/Los_Angeles', or 'customer' for
    each customer's local time."""
    canceled: Texts = Field([], max_length=1000)
    """Order statuses that mean canceled."""
    unreadable: Literal["refuse", "leave out"] = "refuse"
    """Rows with a cell that cannot be read: 'refuse' the file, or 'leave out' the rows and count
    them."""
    products: dict[Text, ProductMatch] = Field({})
    """Items by class of products; all others are 'other'. If nothing is listed, classes are guessed
    from titles and prices."""

    @model_validator(mode="after")
    def _rules(self) -> Self:
        refuse(self._faults())
        return self

    @property
    def is_format(self) -> bool:
        """Tell whether its columns are those of a format, of which a file may lack some."""
        known = _formats().get(self.format)
        return known is not None and known.columns == self.columns

    def _faults(self) -> Iterator[Fault]:
        if self.parcels == "package" and not self.columns.parcel_id:
            problem, allowed = (
                "needs columns.parcel_id, which names the package",
                "order, line, row",
            )
            yield Fault.within("parcels", problem, allowed, "package")
        for kind in ("titles", "words"):
            seen = dict[str, str]()
            for name, match in self.products.items():
                for row, text in enumerate(getattr(match, kind)):
                    if (other := seen.setdefault(text.casefold(), name)) != name:
                        problem = f"belongs to two classes: {other} and {name}"
                        keys = ("products", name, kind, row)
                        yield Fault.within(keys, problem, "each in one class", text)


FORMATS = (
    "own", "shopify", "tiktok-shop", "amazon-fulfilled-shipments", "amazon-all-orders", "ebay",
    "woocommerce", "shipstation",
)  # fmt: skip


def formats() -> dict[str, OrderMap]:
    """Return the known exports by name, the program's own first."""
    return dict(_formats())


@cache
def _formats() -> dict[str, OrderMap]:
    folder = resources.files("logistics.orders") / "formats"
    texts = {name: (folder / f"{name}.yaml").read_text(encoding="utf-8") for name in FORMATS}
    return {name: read_yaml_text(text, OrderMap, f"{name}.yaml") for name, text in texts.items()}


def known_names(order_map: OrderMap | None) -> frozenset[str]:
    """Return the plain headings of a map, or of all formats: those that a file may have."""
    maps = _formats().values() if order_map is None else (order_map,)
    headings = [one for known in maps for names in known.columns.given().values() for one in names]
    return frozenset(map(plain_name, headings))


def load_order_map(name_or_path: str | Path) -> OrderMap:
    """Return a format by name, or read a map from a YAML file.

    Raises InputError with every fault, or where there is neither such a format nor such a file.

    >>> load_order_map("shopify").columns.market
    ['Shipping Zip']
    """
    name = str(name_or_path)
    if name in FORMATS:
        return _formats()[name]
    if not Path(name).exists() and Path(name).suffix not in {".yaml", ".yml"}:
        meant = did_you_mean(name, FORMATS)
        problem = f"there is no such file and no such format{meant}"
        allowed = f"a map in YAML, or one of {', '.join(FORMATS)}"
        raise whole_file(shown(name).strip("'"), problem, allowed)
    if Path(name).suffix not in {".yaml", ".yml"}:
        raise whole_file(name, "is not a map", "a YAML file, such as FILE.map.yaml")
    return read_yaml(name, OrderMap)
