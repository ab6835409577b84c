"""The typed scenario: what is ordered, through which network, on which days, at what risk.

A scenario is read from YAML (`load_scenario`) or built in Python; every default names its source
or is marked assumed with a plausible range.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, Field, ValidationError, model_validator

from logistics.scenario.days import Closure, Days, Runs, shortest_tick_ms
from logistics.scenario.demand import Demand
from logistics.scenario.own_networks import read_own
from networks.builders.kinds import NetworkParameters, register_builder
from networks.builders.registry import AnyNetwork
from networks.builders.sizing import DemandShape
from networks.geography import load_markets
from networks.inputs.faults import Fault, refuse
from networks.inputs.local_times import Holidays, LocalDate, LocalTime, Weekdays
from networks.inputs.models import Parameters
from networks.inputs.provenance import parameter
from networks.inputs.units import Duration, Factor, Share, Text, duration_text
from networks.inputs.yaml_reader import read_data
from networks.schema import PACKAGING_GRADES, Network

SMALLEST_SCALE = 1e-3
"""A sample below a thousandth of a network's design volume is refused: nothing is resolved."""

MOST_PARCELS = 2**31 - 1
"""Parcels are numbered in 31 bits."""


_TAGS = ("kind", "rule")
"""Fields that tell one kind of network or promise from another."""


@register_builder
class OwnNetwork(NetworkParameters):
    """A network of your own: facilities, lanes and delivery routes from files."""

    kind: Literal["own"] = "own"
    in_files: ClassVar[bool] = True
    path: Text = Field(min_length=1, max_length=4000)
    """A workbook (.xlsx) or a folder of CSV files, from the folder of this file; `logistics network
    export` and `logistics network template` write one to start from."""

    def build(self, shape: DemandShape) -> Network:
        """Read the network; what was repaired, or is idle, is added to its notes.

        Raises InputError with every fault of its files.
        """
        markets = shape.markets or load_markets().ids
        file = read_own(self.path, markets)
        return replace(file.network, notes=(*file.network.notes, *file.warnings))


class BusinessDays(Parameters):
    """Promise a number of business days."""

    rule: Literal["business days"] = "business days"
    days: int = Field(ge=0, le=60)
    cutoff: LocalTime = "24:00"
    """Orders placed later count from the next day."""
    weekdays: Weekdays = "Mon-Fri"
    holidays: Holidays = "federal"


class PathTimetable(Parameters):
    """Promise what the timetables of the order's own route allow, plus a buffer."""

    rule: Literal["timetable"] = "timetable"
    buffer: Duration = parameter("2 h", assumed=("0 h", "8 h"))


Promise = Annotated[BusinessDays | PathTimetable, Field(discriminator="rule")]
"""How a scenario promises delivery dates."""


class Touches(Parameters):
    """Probability that one handling damages an ordinary product in good packaging."""

    conveyor: Share = parameter("0.015%", assumed=("0.005%", "0.05%"), lt=0.5)
    hub_sorter: Share = parameter("0.03%", assumed=("0.01%", "0.1%"), lt=0.5)
    manual_load: Share = parameter("0.04%", assumed=("0.01%", "0.1%"), lt=0.5)
    door_step: Share = parameter("0.05%", assumed=("0.01%", "0.2%"), lt=0.5)
    round: Share = parameter("0.02%", assumed=("0.005%", "0.1%"), lt=0.5)
    """Each delivery route."""
    road: Share = parameter("0.02%", assumed=("0.005%", "0.1%"), lt=0.5)
    """Each 1000 km on the road."""


class Grades(Parameters):
    """Multiplier of every probability of damage, by packaging grade."""

    excellent: Factor = parameter(0.6, assumed=(0.4, 0.9), ge=0.001, le=50)
    good: Factor = parameter(1.0, source="the reference", ge=0.001, le=50)
    fair: Factor = parameter(1.8, assumed=(1.2, 3.0), ge=0.001, le=50)
    poor: Factor = parameter(3.5, assumed=(2.0, 6.0), ge=0.001, le=50)


class Loss(Parameters):
    """Probability that a parcel is lost in the network, or stolen at the door."""

    facility: Share = parameter("0.02%", assumed=("0.005%", "0.05%"), lt=0.5)
    """Each facility."""
    road: Share = parameter("0.01%", assumed=("0%", "0.05%"), lt=0.5)
    """Each 1000 km."""
    round: Share = parameter("0.02%", assumed=("0%", "0.05%"), lt=0.5)
    """Each delivery route."""
    theft: Share = parameter("0.2%", assumed=("0.05%", "0.5%"), lt=0.5)
    """Taken from the door step."""


class Risks(Parameters):
    """What breaks parcels, loses them, or keeps them from being delivered."""

    touches: Touches = Touches()
    packaging: Grades = Grades()
    loss: Loss = Loss()
    failed_attempt: Share = parameter("5%", assumed=("2.8%", "30%"), lt=1)
    """Probability that a delivery attempt fails; the third failure returns the parcel."""


class Scenario(Parameters):
    """Everything a run needs except the random draws."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")
    label: Text = Field("", max_length=24)
    """What tables and pictures call the network; where it is empty, the name."""
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

    def _too_small_or_large(self) -> Iterator[Fault]:
        people = load_markets().share[self.orders.market_rows()].sum()
        for problem, allowed in too_few_orders(self.orders, self.network.design_volumes(), people):
            yield Fault.within("orders.orders_per_day", problem, allowed)
        parcels = self.orders.orders_per_day * self.days.order_days
        if parcels > MOST_PARCELS:
            yield Fault.within(
                "orders.orders_per_day",
                f"makes {parcels:,} orders in {self.days.order_days:,} days",
                f"up to {MOST_PARCELS:,} in a run",
            )
        if self.days.tick_ms < shortest_tick_ms(self.days.all_days):
            yield Fault.within(
                "days.tick",
                f"is too short for {self.days.all_days:,} days",
                f"{shortest_tick_ms(self.days.all_days)} ms or more",
            )

    def _certain_damage(self) -> Iterator[Fault]:
        worst = max(product.fragility for product in self.orders.products) * max(
            getattr(self.risks.packaging, grade) for grade in PACKAGING_GRADES
        )
        for kind in type(self.risks.touches).model_fields:
            chance = getattr(self.risks.touches, kind) * worst
            if chance >= 1:
                yield Fault.within(
                    f"risks.touches.{kind}",
                    "the most fragile product in the worst packaging would break with chance "
                    f"{chance:.3g}",
                    "a chance that stays below 1",
                )

    def _out_of_place(self) -> Iterator[Fault]:
        shortest = 10 * self.days.tick
        for path, value in single_fields(self.network):
            is_work = path.endswith(("_work", "pick_and_pack")) and isinstance(value, timedelta)
            if is_work and value < shortest:
                least = f"{duration_text(shortest)} or more"
                yield Fault.within(f"network.{path}", "work must last at least ten ticks", least)
        if self.network.has_sellers and isinstance(self.promise, PathTimetable):
            yield Fault.within(
                "promise.rule", "sellers' own pace is in no timetable", "rule: business days"
            )

    def idle(self) -> Iterator[Fault]:
        """Yield a fault for each closure or date that lies outside the days: it would do nothing.

        Of an index by date some may lie outside, see `idle_notes`; not all.
        """
        for row, one in enumerate(self.closures):
            problem = f"the closure of {one.place} lies outside the days of the run"
            for name, moment, allowed in self.days.idle(one.start, one.end):
                field = f"closures[{row}].{name}"
                yield Fault(self.name, None, field, f"{moment:%Y-%m-%d %H:%M}", problem, allowed)
        dates = [one.date for one in self.orders.dates]
        if dates and not set(dates) & self.days.with_orders:
            count = f"{len(dates)} date{'s' * (len(dates) > 1)}"
            problem = f"none of the {count} of the demand index is a day of the run with orders"
            allowed = self.days.span_of_orders
            yield Fault(self.name, None, "orders.dates", f"{min(dates)}", problem, allowed)

    def idle_notes(self, orders_given: bool = False) -> Iterator[str]:
        """Say what of the demand and the days does nothing, though it may be meant so.

        `orders_given`: from a file or a table.
        """
        dates = [one.date for one in self.orders.dates]
        outside = sorted(set(dates) - self.days.with_orders)
        if dates and orders_given:
            yield "The orders are given: the scenario's demand index (orders.dates) is not used."
        elif outside:
            yield (
                f"Of the {len(dates)} dates of the demand index, {len(outside)} ({outside[0]} to"
                f" {outside[-1]}) did nothing: not in {self.days.span_of_orders}."
            )
        later, followed = self.days.later_order_days, self.days.followed_days
        if later > followed and not orders_given:
            yield (
                f"Orders go on for {followed} days after the measured ones, not {later}"
                " (later_order_days): parcels are followed no longer (follow_days)."
            )

    def replace(self, **changes: Any) -> Scenario:
        """Return a validated copy with some fields changed, at any depth; None changes nothing.

        `scenario.replace(name="mine", days={"days": 7}, network={"carrier": {"hubs": 60}})`.

        Raises InputError when the result is not a valid scenario.
        """
        try:
            return Scenario.model_validate(_changed(self, changes))
        except ValidationError:  # said once more of the whole scenario, as a file would be
            return read_data(_changed(self.model_dump(mode="json"), changes), Scenario, self.name)


def _changed(old: Any, new: Any) -> Any:
    """Return a model, or the data of one, with nested changes; parts without any are kept.

    None changes nothing. Another kind of network or promise starts from its defaults.

    Raises ValidationError when a part is invalid, or cannot be read from values of Python.
    """
    if not isinstance(new, Mapping) or not isinstance(old, BaseModel | Mapping):
        return new
    parts = dict(old)
    if any(new.get(tag, parts.get(tag)) != parts.get(tag) for tag in _TAGS):
        return new
    changes = {n: _changed(parts.get(n), value) for n, value in new.items() if value is not None}
    if isinstance(old, Mapping):
        return {**parts, **changes}
    if all(value is parts.get(name) for name, value in changes.items()):
        return old
    return type(old).model_validate({**parts, **changes})


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


def single_fields(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the paths and the values of all single fields of a model."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from single_fields(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
