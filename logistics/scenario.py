"""The typed scenario: what is ordered, through which network, on which days, at what risk.

A scenario is read from YAML (`load_scenario`) or built in Python; every default names its source
or is marked assumed with a plausible range.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from logistics.demand import Demand
from logistics.documents import read_data, read_yaml, read_yaml_text
from logistics.errors import Fault, InputError, shown
from logistics.own_networks import read_own
from networks.files import is_network
from networks.fulfillment_center import FulfillmentCenters
from networks.geography import load_markets
from networks.parameters import (
    Duration,
    Factor,
    Holidays,
    LocalDate,
    LocalDateTime,
    LocalTime,
    Parameters,
    PositiveDuration,
    Share,
    Text,
    Weekdays,
    duration_text,
    figure,
    refusal,
    refuse,
)
from networks.platform_fulfilled import PlatformFulfilled
from networks.schema import PACKAGING_GRADES
from networks.seller_direct import SellerDirect

SMALLEST_SCALE = 1e-3
"""A sample below a thousandth of a network's design volume is refused: nothing is resolved."""

MOST_PARCELS = 2**31 - 1
"""Parcels are numbered in 31 bits."""

MOST_TICKS = 2**32
"""Ticks are numbered in 32 bits: a tick and a parcel make one number."""

FIRST_YEAR, LAST_YEAR = 1971, 2199
"""Earlier, holidays and clocks followed other rules; later ones are nobody's business."""

_DAYS_OF_WORK = 10
"""What begins at the end of a run must still be counted when it is done."""


class Days(Parameters):
    """Which days are simulated. Warm-up and cool-down days have orders too, not counted."""

    first_day: LocalDate = figure(
        "2023-09-18", source="an ordinary autumn week of 2023, without a holiday",
        ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31),
    )  # fmt: skip
    """First measured date (local)."""
    warm_up_days: int = figure(10, assumed=(7, 21), ge=0, le=365)
    days: int = figure(7, assumed=(7, 56), ge=1, le=3660)
    """Measured days."""
    cool_down_days: int = figure(16, assumed=(7, 28), ge=0, le=365)
    """Days after the measured ones in which their orders can still arrive."""
    tick: PositiveDuration = figure("10 ms", assumed=("1 ms", "500 ms"))
    """The smallest step of time."""

    @model_validator(mode="after")
    def _tick(self) -> Self:
        ms = self.tick.total_seconds() * 1000
        if ms < 1 or ms != int(ms) or 60_000 % int(ms):
            raise refusal("must be whole milliseconds that divide a minute", "1 ms to 60 s", "tick")
        return self

    @property
    def all_days(self) -> int:
        """Warm-up, measured and cool-down days together."""
        return self.warm_up_days + self.days + self.cool_down_days

    @property
    def tick_ms(self) -> int:
        """The tick in milliseconds."""
        return int(self.tick.total_seconds() * 1000)


class BusinessDays(Parameters):
    """Promise a number of business days."""

    rule: Literal["business days"] = "business days"
    days: int = Field(ge=0, le=60)
    cutoff: LocalTime = "24:00"
    """Orders placed later count from the next day."""
    weekdays: Weekdays = "Mon-Fri"
    holidays: Holidays = "federal"


class PathTimetable(Parameters):
    """Promise what the timetables of the order's own way allow, plus a buffer."""

    rule: Literal["timetable"] = "timetable"
    buffer: Duration = figure("2 h", assumed=("0 h", "8 h"))


Promise = Annotated[BusinessDays | PathTimetable, Field(discriminator="rule")]


class Touches(Parameters):
    """Chance that one touch damages the ordinary product in good packaging."""

    conveyor: Share = figure("0.015%", assumed=("0.005%", "0.05%"), lt=0.5)
    hub_sorter: Share = figure("0.03%", assumed=("0.01%", "0.1%"), lt=0.5)
    manual_load: Share = figure("0.04%", assumed=("0.01%", "0.1%"), lt=0.5)
    door_step: Share = figure("0.05%", assumed=("0.01%", "0.2%"), lt=0.5)
    round: Share = figure("0.02%", assumed=("0.005%", "0.1%"), lt=0.5)
    """Each courier round."""
    road: Share = figure("0.02%", assumed=("0.005%", "0.1%"), lt=0.5)
    """Each 1000 km on the road."""


class Grades(Parameters):
    """Multiplier of every chance of damage, by packaging grade."""

    excellent: Factor = figure(0.6, assumed=(0.4, 0.9), ge=0.001, le=50)
    good: Factor = figure(1.0, source="the reference", ge=0.001, le=50)
    fair: Factor = figure(1.8, assumed=(1.2, 3.0), ge=0.001, le=50)
    poor: Factor = figure(3.5, assumed=(2.0, 6.0), ge=0.001, le=50)


class Loss(Parameters):
    """Chance that a parcel is lost in the network, or stolen at the door."""

    facility: Share = figure("0.02%", assumed=("0.005%", "0.05%"), lt=0.5)
    """Each facility."""
    road: Share = figure("0.01%", assumed=("0%", "0.05%"), lt=0.5)
    """Each 1000 km."""
    round: Share = figure("0.02%", assumed=("0%", "0.05%"), lt=0.5)
    """Each courier round."""
    theft: Share = figure("0.2%", assumed=("0.05%", "0.5%"), lt=0.5)
    """Taken from the door step."""


class Risks(Parameters):
    """What breaks parcels, loses them, or keeps them from being delivered."""

    touches: Touches = Touches()
    packaging: Grades = Grades()
    loss: Loss = Loss()
    failed_attempt: Share = figure("5%", assumed=("2.8%", "30%"), lt=1)
    """Chance that an attempt at the door fails; the third failure returns the parcel."""


class Closure(Parameters):
    """A facility that does not work, or a lane that does not run, for a while."""

    place: Text = Field(min_length=1, max_length=200)
    """Id of a facility ('FC012') or of a lane ('FC012 > SC003 by linehaul')."""
    start: LocalDateTime
    """Local time at the facility or the lane's origin."""
    end: LocalDateTime

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.end <= self.start:
            raise refusal("a closure must end after its start", f"after {self.start}", "end")
        return self


class Runs(Parameters):
    """How often the scenario is run, and with which luck."""

    replications: int = figure(4, assumed=(4, 50), ge=1, le=100_000)
    seed: int = figure(1, assumed=(0, 999_999), ge=0, le=2**63 - 1)


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
    """Everything a run needs but the luck."""

    name: str = Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")
    title: Text = Field("", max_length=200)
    as_of: LocalDate
    """The date whose world the figures describe."""
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
        if self.days.tick_ms < _shortest_tick_ms(self.days.all_days):
            yield refusal(
                f"is too short for {self.days.all_days:,} days",
                f"{_shortest_tick_ms(self.days.all_days)} ms or more",
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


def _shortest_tick_ms(days: int) -> int:
    """Return the shortest tick with which a run of so many days can be counted."""
    least = (days + _DAYS_OF_WORK) * 86_400_000 / MOST_TICKS
    return next(ms for ms in range(1, 60_001) if ms >= least and 60_000 % ms == 0)


def _durations(model: Parameters, prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Parameters):
            found += _durations(value, f"{prefix}{name}.")
        elif hasattr(value, "total_seconds"):
            found.append((prefix + name, value))
    return found


def builtin_scenarios() -> tuple[str, ...]:
    """Return the names of the built-in scenarios, the fastest network first."""
    return ("amazon-fulfillment", "tiktok-platform-fulfilled", "tiktok-seller-direct")


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Return a built-in scenario by name, or read one from a YAML file.

    A workbook or folder of CSV files with a network of your own is one, too: its network, and the
    orders for which it is built.

    Raises InputError with every fault: file, line, field, value and what is allowed.

    >>> load_scenario("amazon-fulfillment").network.fulfillment_centers
    390
    """
    if str(name_or_path) in builtin_scenarios():
        text = (resources.files("logistics") / "scenarios" / f"{name_or_path}.yaml").read_text()
        return read_yaml_text(text, Scenario, f"{name_or_path}.yaml")
    path = Path(name_or_path)
    if is_network(path):
        return _around(path)
    if not os.path.exists(path) and path.suffix not in {".yaml", ".yml"}:
        raise InputError(
            (
                Fault(
                    file=shown(str(path)).strip("'"),
                    line=None,
                    field="",
                    value="",
                    problem="there is no such file and no such built-in scenario",
                    allowed=f"a path, or one of {', '.join(builtin_scenarios())}",
                ),
            )
        )
    scenario = read_yaml(path, Scenario)
    if not isinstance(scenario.network, OwnNetwork):
        return scenario
    return scenario.replace(network={"path": str(path.parent / scenario.network.path)})


def _around(path: Path) -> Scenario:
    """Return a scenario for a network of your own: orders from where it delivers, as many as it is
    built for, up to the usual sample; all else as in the scenario on which the file is based.

    Raises InputError with every fault of the network.
    """
    file = read_own(path)
    network, markets = file.network, load_markets().ids
    served = {market for _, market, _ in network.doors()}
    promise = {"rule": "timetable"} if network.stock else {"rule": "business days", "days": 5}
    base: dict[str, Any] = {
        "title": "A network of your own", "as_of": Days().first_day, "promise": promise,
        "orders": {"orders_per_day": Demand().orders_per_day},
    }  # fmt: skip
    builtin = builtin_scenarios()
    if file.based_on and file.based_on not in builtin:
        place, value = f"{path} sheet settings", shown(file.based_on)
        allowed = f"{', '.join(builtin)}, or nothing"
        raise InputError(
            [Fault(place, None, "scenario", value, "is no built-in scenario", allowed)]
        )
    if file.based_on:
        base = load_scenario(file.based_on).model_dump(mode="json")
    orders = {
        **base["orders"],
        "orders_per_day": min(
            base["orders"]["orders_per_day"], round(max(network.volumes.values()))
        ),
        "markets": [] if len(served) == len(markets) else sorted(served),
    }
    own = {"name": network.name, "orders": orders, "network": {"kind": "own", "path": str(path)}}
    return read_data({**base, **own}, Scenario, str(path))
