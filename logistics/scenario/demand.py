"""Who orders what, when and where: the part of a scenario that all networks share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from networks.builders.sizing import DemandShape
from networks.geography import load_markets
from networks.inputs.faults import Fault, refuse
from networks.inputs.local_times import LocalDate
from networks.inputs.models import Parameters, refusal
from networks.inputs.provenance import parameter
from networks.inputs.units import Factor, Kilograms, Share, Text
from networks.inputs.zip_codes import SHORT_ZIP, market_id
from networks.places import described, market_places, near_place

LEAST_WEIGHTS = 1e-3
"""The least sum of weights that others can be measured against."""

Weight = Annotated[float, Field(ge=0, le=1000)]
"""How much of something there is, relative to others."""

Movement = Literal["fast", "medium", "slow"]


def _parse_place(value: object) -> str:
    """Return a place as it is kept: 'Z021' for '02139', '021' or 'z021', 'TX' for 'Texas'."""
    text = str(value).strip() if isinstance(value, str | int) and value is not True else ""
    if text.isdecimal() and len(text) < SHORT_ZIP:
        zeros = "0" * (SHORT_ZIP - len(text))
        problem = "is too short for a ZIP code"
        raise refusal(problem, f"three digits or more, such as '{text}{zeros}' or '{zeros}{text}'")
    place = market_id(text) or text.upper()
    if place in load_markets().ids or place in load_markets().states:
        return place
    found = market_places(text)
    if len(found) == 1:
        return found[0]
    if found:
        raise refusal("is the name of several places", ", ".join(map(described, found)))
    raise refusal(
        f"is not a market of the lower 48 states{near_place(text)}",
        "a ZIP code, its first three digits, an id such as 'Z021', a state such as 'TX', or a city",
    )


Place = Annotated[
    str,
    BeforeValidator(_parse_place),
    WithJsonSchema({"type": "string", "examples": ["Z021"]}),
]
"""A market by its id, or all markets of a state, or of a city such as 'Dallas, TX'."""


class Product(Parameters):
    """A kind of goods."""

    name: Text = Field(min_length=1, max_length=80)
    share: Share = Field(ge=0)
    """Share of the orders; 0 for a product that only a file of orders brings."""
    weight: Kilograms = Field(gt=0, le=1000)
    price: float = Field(gt=0, le=100_000)
    """U.S. dollars."""
    fragility: Factor = Field(ge=0.001, le=50)
    """How much likelier a handling damages it than an ordinary product."""
    movement: Movement
    """How fast it moves, which decides how widely it is stocked."""


PRODUCTS: list[dict[str, Any]] = [
    dict(zip(Product.model_fields, row, strict=True))
    for row in (
        ("detangling hairbrush", 0.10, "0.15 kg", 9.0, 0.5, "fast"),
        ("phone accessory", 0.18, "0.2 kg", 15.0, 0.7, "fast"),
        ("cosmetics", 0.16, "0.3 kg", 18.0, 1.2, "fast"),
        ("clothing", 0.18, "0.5 kg", 28.0, 0.2, "medium"),
        ("household goods", 0.14, "1.5 kg", 24.0, 1.0, "fast"),
        ("toy", 0.08, "0.8 kg", 22.0, 0.8, "medium"),
        ("small electronics", 0.06, "1.0 kg", 45.0, 1.8, "medium"),
        ("glassware", 0.03, "1.2 kg", 30.0, 5.0, "slow"),
        ("vinyl album", 0.03, "0.4 kg", 26.0, 3.0, "slow"),
        ("hobby article", 0.04, "0.6 kg", 20.0, 0.9, "slow"),
    )
]

HOURS = [
    0.020, 0.012, 0.008, 0.006, 0.006, 0.010, 0.018, 0.028, 0.038, 0.048, 0.054, 0.056,
    0.058, 0.057, 0.055, 0.054, 0.053, 0.053, 0.056, 0.062, 0.070, 0.072, 0.062, 0.044,
]  # fmt: skip


class BusyDate(Parameters):
    """How many orders one date brings."""

    date: LocalDate
    index: float = Field(ge=0, le=100)
    """Orders of the date, relative to an average day: 1.8 means 80% more."""


class Demand(Parameters):
    """Who orders what, when and where: where people live, by the hour and the weekday."""

    orders_per_day: int = parameter(60_000, assumed=(15_000, 1_300_000), ge=1, le=200_000_000)
    """Orders simulated on an average day: a sample of the network's real volume."""
    weekday: list[Weight] = parameter(
        [1.10, 1.07, 1.03, 1.00, 0.94, 0.90, 0.96], min_length=7, max_length=7,
        assumed=([1.0] * 7, [1.25, 1.15, 1.05, 1.0, 0.9, 0.8, 0.85]),
    )  # fmt: skip
    """Orders by weekday, Monday first, relative to each other."""
    hours: list[Weight] = parameter(
        HOURS, min_length=24, max_length=24, assumed=("flat", "an evening peak twice the mean")
    )
    """Orders by hour of the local day, from midnight, relative to each other."""
    products: list[Product] = parameter(
        PRODUCTS, min_length=1, max_length=1000, validate_default=True,
        assumed=("a hairbrush ($9) and a vinyl album ($26)", "any mix of goods"),
    )  # fmt: skip
    markets: list[Place] = Field([], max_length=1000)
    """Where the orders come from, such as [Z900, Z606] or [TX, Chicago]; empty means everywhere.
    The orders per day all come from there, and a network's capacities are scaled by what part of
    its customers live there."""
    dates: list[BusyDate] = Field([], max_length=4000)
    """Dates with an index of their own, in place of their weekday's: a peak season, a sale."""

    @model_validator(mode="after")
    def _rules(self) -> Self:
        refuse(self._faults())
        return self

    def _faults(self) -> Iterator[Fault]:
        total = sum(product.share for product in self.products)
        if abs(total - 1) > 1e-6:
            problem = f"the shares of the products sum to {total:g}"
            yield Fault.within("products", problem, "a sum of 1")
        names = [product.name for product in self.products]
        for row, name in enumerate(names):
            if name in names[:row]:
                yield Fault.within(f"products.{row}.name", "is the name of two products")
        for name in ("weekday", "hours"):
            weights = getattr(self, name)
            if sum(weights) < LEAST_WEIGHTS:
                yield Fault.within(name, "weights must not all be zero", "more above 0")
        dates = [one.date for one in self.dates]
        for row, day in enumerate(dates):
            if day in dates[:row]:
                yield Fault.within(f"dates.{row}.date", "is listed twice")

    def market_rows(self) -> NDArray[np.intp]:
        """Return the rows of the markets that order, in order."""
        markets = load_markets()
        if not self.markets:
            return np.arange(len(markets))
        places, columns = set(self.markets), (markets.ids, markets.states, markets.names)
        return np.flatnonzero([not places.isdisjoint(row) for row in zip(*columns, strict=True)])

    def market_ids(self) -> list[str]:
        """Return the ids of the markets that order, in order."""
        ids = load_markets().ids
        return [ids[row] for row in self.market_rows()]

    def factors(self, days: Sequence[date]) -> NDArray[np.float64]:
        """Return (days,) how many orders each date brings, relative to an average day."""
        mean, own = sum(self.weekday) / 7, {one.date: one.index for one in self.dates}
        return np.array([own.get(day, self.weekday[day.weekday()] / mean) for day in days])

    def shape(self) -> DemandShape:
        """Return what a network builder must know of the orders."""
        movement = dict.fromkeys(("fast", "medium", "slow"), 0.0)
        for product in self.products:
            movement[product.movement] += product.share
        mean = sum(self.weekday) / 7
        return DemandShape(
            movement=movement,
            weekday=tuple(factor / mean for factor in self.weekday),
            busiest_hour=max(self.hours) / sum(self.hours),
            orders_per_day=self.orders_per_day,
            markets=tuple(self.market_ids()) if self.markets else (),
        )
