"""The typed scenario: what is ordered, through which network, on which days, at what risk.

A scenario is read from YAML (`load_scenario`) or built in Python; every default names its source
or is marked assumed with a plausible range.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from logistics.scenario.days import Days, Runs, shortest_tick_ms
from logistics.scenario.demand import Demand
from logistics.scenario.events import Closure
from logistics.scenario.promise import PathTimetable, Promise
from logistics.scenario.risks import Risks
from networks.builders.fulfillment_center import FulfillmentCenters
from networks.builders.platform_fulfilled import PlatformFulfilled
from networks.builders.seller_direct import SellerDirect
from networks.geography import load_markets
from networks.inputs.faults import Fault
from networks.inputs.models import Parameters, refusal, refuse
from networks.inputs.units import (
    LocalDate,
    Text,
    duration_text,
)
from networks.inputs.yaml_reader import read_data
from networks.schema import PACKAGING_GRADES

SMALLEST_SCALE = 1e-3
"""A sample below a thousandth of a network's design volume is refused: nothing is resolved."""

MOST_PARCELS = 2**31 - 1
"""Parcels are numbered in 31 bits."""


class OwnNetwork(Parameters):
    """A network of your own: facilities, lanes and rounds as they stand in files."""

    kind: Literal["own"] = "own"
    path: Text = Field(min_length=1, max_length=4000)
    """A workbook (.xlsx) or a folder of CSV files, from the folder of this file; `logistics network
    export` and `logistics network template` write one to start from."""


AnyNetwork = Annotated[
    FulfillmentCenters | SellerDirect | PlatformFulfilled | OwnNetwork, Field(discriminator="kind")
]


class Scenario(Parameters):
    """Everything a run needs except the random draws."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")
    title: Text = Field("", max_length=200)
    as_of: LocalDate
    """The date that the values describe."""
    network: AnyNetwork
    orders: Demand = Demand()
    promise: Promise
    risks: Risks = Risks()
    days: Days = Days()
    closures: list[Closure] = Field([], max_length=10_000)
    runs: Runs = Runs()

    @model_validator(mode="after")
    def _rules(self) -> Self:
        refuse([*self._too_small_or_large(), *self._certain_damage(), *self._out_of_place()])
        return self

    def _too_small_or_large(self) -> Iterator[PydanticCustomError]:
        people = load_markets().share[self.orders.market_rows()].sum()
        for problem, allowed in too_few_orders(self.orders, self.design_volumes(), people):
            yield refusal(problem, allowed, "orders.orders_per_day")
        parcels = self.orders.orders_per_day * self.days.all_days
        if parcels > MOST_PARCELS:
            yield refusal(
                f"makes {parcels:,} orders in {self.days.all_days:,} days",
                f"up to {MOST_PARCELS:,} in a run",
                "orders.orders_per_day",
            )
        if self.days.tick_ms < shortest_tick_ms(self.days.all_days):
            yield refusal(
                f"is too short for {self.days.all_days:,} days",
                f"{shortest_tick_ms(self.days.all_days)} ms or more",
                "days.tick",
            )

    def _certain_damage(self) -> Iterator[PydanticCustomError]:
        worst = max(product.fragility for product in self.orders.products) * max(
            getattr(self.risks.packaging, grade) for grade in PACKAGING_GRADES
        )
        for kind in type(self.risks.touches).model_fields:
            chance = getattr(self.risks.touches, kind) * worst
            if chance >= 1:
                yield refusal(
                    "the most fragile product in the worst packaging would break with chance "
                    f"{chance:.3g}",
                    "a chance that stays below 1",
                    f"risks.touches.{kind}",
                )

    def _out_of_place(self) -> Iterator[PydanticCustomError]:
        for path, duration in _durations(self.network):
            if path.endswith(("_work", "pick_and_pack")) and duration < 10 * self.days.tick:
                least = f"{duration_text(10 * self.days.tick)} or more"
                yield refusal("work must last at least ten ticks", least, f"network.{path}")
        if isinstance(self.network, SellerDirect) and isinstance(self.promise, PathTimetable):
            yield refusal(
                "sellers' own pace is in no timetable", "rule: business days", "promise.rule"
            )

    def idle_closures(self) -> tuple[Fault, ...]:
        """Return a fault for each closure outside the days of the run: it would do nothing."""
        first = self.days.first_day - timedelta(days=self.days.warm_up_days)
        last = first + timedelta(days=self.days.all_days - 1)
        return tuple(
            Fault(
                self.name, None, f"closures[{row}].{name}", f"{moment:%Y-%m-%d %H:%M}",
                f"the closure of {one.place} lies outside the days of the run",
                f"{first} to {last}, warm-up and cool-down included",
            )
            for row, one in enumerate(self.closures)
            for name, moment, outside in (
                ("end", one.end, one.end <= datetime(first.year, first.month, first.day)),
                ("start", one.start, one.start.date() > last),
            )
            if outside
        )  # fmt: skip

    def design_volumes(self) -> dict[str, int]:
        """Return the design volume in parcels a day of each owner that the scenario knows."""
        if isinstance(self.network, OwnNetwork):
            return {}  # they stand in its files
        if isinstance(self.network, FulfillmentCenters):
            return {"amazon": self.network.design_volume}
        volumes = {"carrier": self.network.carrier.design_volume}
        if isinstance(self.network, PlatformFulfilled):
            return {**volumes, "platform": self.network.design_volume}
        return {**volumes, "sellers": self.network.sellers.orders_per_day}

    def replace(self, **changes: Any) -> Scenario:
        """Return a validated copy with some fields changed, at any depth; None changes nothing.

        `scenario.replace(name="mine", days={"days": 7}, network={"carrier": {"hubs": 60}})`.

        Raises InputError when the result is not a valid scenario.
        """
        return read_data(_changed(self.model_dump(mode="json"), changes), Scenario, self.name)


def _changed(data: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested data with nested changes; None changes nothing."""
    result = dict(data)
    for name, value in changes.items():
        inner = result.get(name)
        if isinstance(value, Mapping) and isinstance(inner, Mapping):
            # another kind of network or promise has other fields: it starts from its defaults
            other = any(
                value.get(tag, inner.get(tag)) != inner.get(tag) for tag in ("kind", "rule")
            )
            result[name] = value if other else _changed(inner, value)
        elif value is not None:
            result[name] = value
    return result


def too_few_orders(
    demand: Demand, volumes: Mapping[str, float], share: float
) -> Iterator[tuple[str, str]]:
    """Yield (problem, what is allowed) for each owner of whose volume the orders are too little.

    `share`: of the customers for whom a network is built, those who order.
    """
    for owner, volume in volumes.items():
        smallest = volume * share * SMALLEST_SCALE
        if demand.orders_per_day < smallest:
            yield (
                f"is below a thousandth of the {volume * share:,.0f} parcels a day for which"
                f" '{owner}' is built" + (" there" if demand.markets else ""),
                f"{smallest:,.0f} or more",
            )


def _durations(model: Parameters, prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Parameters):
            found += _durations(value, f"{prefix}{name}.")
        elif hasattr(value, "total_seconds"):
            found.append((prefix + name, value))
    return found
