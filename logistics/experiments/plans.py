"""What is to be run: scenarios that share their orders, days and luck, checked before anything."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logistics.errors import Fault, InputError, shown
from logistics.experiments.studies.what_ifs import WhatIf, applied, read_what_ifs
from logistics.order_tables import dates_of_orders
from logistics.scenario import Scenario, builtin_scenarios, load_scenario

if TYPE_CHECKING:
    import pandas as pd

_OPTIONS = {
    "orders.orders_per_day": "--orders-per-day",
    "orders.markets": "--markets",
    "orders.dates": "--demand-index",
    "days.days": "--days",
    "days.warm_up_days": "--warm-up-days",
    "days.cool_down_days": "--cool-down-days",
    "runs.seed": "--seed",
    "runs.replications": "--replications",
}
_WARM_UP_DAYS = 10
_FILES_OF_RESULTS = {
    "readme.txt", "pictures", "report.html", "summary.json", "summary.csv", "summary.xlsx",
    "replications.parquet", "distributions.parquet", "delivery_times.png", "delivery_times.svg",
    "orders.csv", "orders.xlsx", "orders.parquet",
}  # fmt: skip
_SHARED = ("orders", "days", "runs")


@dataclass(frozen=True)
class Changes:
    """What replaces the scenarios' own figures; None keeps them.

    `what_if`: what is different besides, such as 'peak-season + hub-closed'.
    """

    replications: int | None = None
    seed: int | None = None
    days: int | None = None
    warm_up_days: int | None = None
    cool_down_days: int | None = None
    orders_per_day: int | None = None
    first_day: date | None = None
    markets: Sequence[str] | None = None
    dates: Sequence[Mapping[str, Any]] | None = None
    what_if: str = ""

    def applied_to(self, scenario: Scenario) -> Scenario:
        """Return the scenario with these figures, but without the what-if.

        Raises InputError when the result is not a valid scenario.
        """
        return scenario.replace(
            orders={
                "orders_per_day": self.orders_per_day,
                "markets": self.markets,
                "dates": self.dates,
            },
            days={
                "first_day": self.first_day,
                "days": self.days,
                "warm_up_days": self.warm_up_days,
                "cool_down_days": self.cool_down_days,
            },
            runs={"replications": self.replications, "seed": self.seed},
        )


@dataclass(frozen=True)
class Plan:
    """Scenarios with equal orders, days and runs, and names of their own.

    `orders`: a file or table of orders in place of generated ones. `engine`: 'batch' or 'textbook'.
    """

    scenarios: tuple[Scenario, ...]
    orders: pd.DataFrame | Path | None = None
    engine: str = "batch"

    @property
    def names(self) -> tuple[str, ...]:
        """The scenarios' names."""
        return tuple(scenario.name for scenario in self.scenarios)

    @property
    def replications(self) -> int:
        """How many times each scenario is run."""
        return self.scenarios[0].runs.replications

    @property
    def seed(self) -> int:
        """The number that all luck is drawn from."""
        return self.scenarios[0].runs.seed


def plan(
    scenarios: Sequence[str | Path | Scenario] | None = None,
    changes: Changes = Changes(),
    orders: pd.DataFrame | str | Path | None = None,
    engine: str = "batch",
) -> Plan:
    """Load scenarios (None: the built-in ones), change them alike and check that they go together.

    Raises InputError, with all faults, if one cannot be loaded or run, two have one name, or they
    differ in their orders, days or runs; or if a what-if does not fit.
    """
    chosen = builtin_scenarios() if scenarios is None else scenarios
    if not chosen:
        raise InputError([Fault("scenarios", None, "", "", "none given", "at least one")])
    loaded = [one if isinstance(one, Scenario) else load_scenario(one) for one in chosen]
    what_if = read_what_ifs(changes.what_if)
    changed = tuple(applied([changes.applied_to(scenario) for scenario in loaded], what_if))
    orders = Path(orders) if isinstance(orders, str) else orders
    faults = [*_same_names(changed), *_differences(changed)]
    faults += [fault for scenario in changed for fault in scenario.idle_closures()]
    if what_if is not None and orders is not None:
        faults += _other_orders(what_if, changed)
    # Path.exists raises for a name that is too long
    if isinstance(orders, Path) and not os.path.exists(orders):
        faults.append(Fault(str(orders), None, "", "", "there is no such file"))
    if faults:
        raise InputError(faults)
    return Plan(changed, orders, engine)


def _other_orders(what_if: WhatIf, scenarios: Sequence[Scenario]) -> list[Fault]:
    """Return a fault for each change of the orders by a what-if: those of a file stay."""
    kinds = dict.fromkeys(scenario.network.kind for scenario in scenarios)
    paths = dict.fromkeys(path for kind in kinds for path in what_if.paths(kind))
    problem = "changes the orders, which are read from a file"
    return [
        Fault(what_if.name, None, path, "", problem) for path in paths if path.startswith("orders")
    ]


def of_history(changes: Changes, path: Path) -> Changes:
    """Return changes so that the days and the orders a day are those of a file of orders.

    The file's first days are the warm-up: as many as the changes say, or else a scenario's ten,
    and at most half of them. Figures that `changes` gives stay.

    Raises InputError for a file without orders, or without a date in each.
    """
    first, last, orders = dates_of_orders(path)
    days = (last - first).days + 1
    warm_up = changes.warm_up_days
    if warm_up is None:
        warm_up = min(_WARM_UP_DAYS, days // 2)
    return replace(
        changes,
        first_day=first + timedelta(days=warm_up),
        warm_up_days=warm_up,
        days=changes.days or max(1, days - warm_up),
        orders_per_day=changes.orders_per_day or max(1, round(orders / days)),
    )


def _same_names(scenarios: Sequence[Scenario]) -> list[Fault]:
    names = [scenario.name for scenario in scenarios]
    taken = sorted({name for name in names if name.lower() in _FILES_OF_RESULTS})
    problem = "is the name of a file of the results; give the scenario another"
    faults = [Fault("scenarios", None, "name", shown(name), problem) for name in taken]
    folders = [name.lower() for name in names]  # some file systems ignore case
    twice = sorted({name for name in names if folders.count(name.lower()) > 1})
    problem = "stands twice; give each a name of its own"
    return faults + [Fault("scenarios", None, "name", shown(name), problem) for name in twice]


def _differences(scenarios: Sequence[Scenario]) -> list[Fault]:
    """Return a fault for each field of the shared sections in which a scenario differs."""
    first = scenarios[0]
    faults = []
    for other in scenarios[1:]:
        for section in _SHARED:
            ours, theirs = (_fields(getattr(one, section)) for one in (first, other))
            for name in ours:
                if ours[name] != theirs[name]:
                    field = f"{section}.{name}"
                    faults.append(
                        Fault(
                            other.name,
                            None,
                            field,
                            shown(theirs[name]),
                            f"differs from {first.name}, which has {shown(ours[name])}; networks"
                            " are compared on the same orders, days and luck",
                            _remedy(field),
                        )
                    )
    return faults


def _fields(section: Any) -> Mapping[str, Any]:
    fields: Mapping[str, Any] = section.model_dump(mode="json")
    return fields


def _remedy(field: str) -> str:
    option = _OPTIONS.get(field)
    same = f"the same {field} in every scenario"
    return f"{same}, or one figure for all with {option}" if option else same
