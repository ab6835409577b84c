"""What is to be run: scenarios that share orders, days and random draws, all checked first."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from logistics.options import flag_of, overrides_of
from logistics.orders.demand_index import read_demand_index
from logistics.orders.history import history_overrides
from logistics.scenario.fields import changed
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.scenario.scenario import Scenario
from logistics.scenario.what_ifs import WhatIf, applied, read_what_ifs
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import Fault, refuse, shown, whole_file

_FILES_OF_RESULTS = {
    "readme.txt", "pictures", "report.html", "summary.json", "summary.csv", "summary.xlsx",
    "replications.parquet", "distributions.parquet", "delivery_times.png", "delivery_times.svg",
    "results.json.zst", "orders.csv", "orders.xlsx", "orders.parquet",
}  # fmt: skip
MOST_SCENARIOS = 50
_SHARED = ("orders", "days", "runs")

Scenarios = Sequence[str | Path | Scenario] | None
"""Names of built-in scenarios, files or scenarios; None for the built-in ones."""

OrderTable = pd.DataFrame | str | Path | None
"""A file or table of orders in place of generated ones."""


@dataclass(frozen=True)
class Plan:
    """Scenarios with equal orders, days and runs, and names of their own.

    `orders`: a file or table of orders in place of generated ones. `engine`: 'batch' or 'textbook'.
    `dates`: how that file writes dates, where it does not tell. `notes`: what was understood of the
    input, and what of it does nothing, in sentences.
    """

    scenarios: tuple[Scenario, ...]
    orders: pd.DataFrame | Path | None = None
    engine: str = "batch"
    dates: DateOrder | None = None
    notes: tuple[str, ...] = ()

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
        """The random seed."""
        return self.scenarios[0].runs.seed


def plan(  # noqa: PLR0913  (options, by name)
    scenarios: Scenarios = None,
    *,
    orders: OrderTable = None,
    history: str | Path | None = None,
    demand_index: str | Path | None = None,
    what_if: str | None = None,
    engine: str = "batch",
    dates: DateOrder | str | None = None,
    **options: Any,
) -> Plan:
    """Load scenarios (None: the built-in ones), change them alike and check that they go together.

    `options`: those of `logistics.options` that replace a field; the other arguments are options,
    too, and are described there.

    Raises InputError, with all faults, if one cannot be loaded or run, two have one name, or they
    differ in their orders, days or runs; or if a what-if does not fit.
    """
    _refuse_two_demands(orders, history, demand_index)
    date_order = DateOrder.of(dates)
    if date_order and orders is None and history is None and demand_index is None:
        raise whole_file("options", "--dates is for a file of orders or of a demand index")
    overrides, notes = overrides_of(options), list[str]()
    if demand_index is not None:
        overrides["orders.dates"], notes = read_demand_index(demand_index, date_order)
    if history is not None:
        orders = Path(history)
        overrides = history_overrides(overrides, orders, date_order)
    change = read_what_ifs(what_if) if what_if else None
    before = [changed(scenario, overrides) for scenario in _loaded(scenarios)]
    scenarios = applied(before, change)
    same = [one.name for one, was in zip(scenarios, before, strict=True) if change and one is was]
    notes += [f"{name}: the what-if {what_if} changes nothing here." for name in same]
    orders = Path(orders) if isinstance(orders, str) else orders
    made = Plan(tuple(scenarios), orders, str(engine), date_order)
    refuse(_faults(made, change))
    notes += made.scenarios[0].idle_notes(orders is not None)
    return replace(made, notes=tuple(notes))


def _loaded(scenarios: Scenarios) -> Sequence[Scenario]:
    chosen = builtin_scenarios() if scenarios is None else scenarios
    if not chosen:
        raise whole_file("scenarios", "none given", "at least one")
    if len(chosen) > MOST_SCENARIOS:
        raise whole_file("scenarios", f"{len(chosen):,} given", f"up to {MOST_SCENARIOS}")
    return [one if isinstance(one, Scenario) else load_scenario(one) for one in chosen]


def _faults(made: Plan, what_if: WhatIf | None) -> Iterator[Fault]:
    """Yield what does not go together, or is not there."""
    yield from _same_names(made.scenarios)
    for other in made.scenarios[1:]:
        yield from _differences(made.scenarios[0], other)
    for scenario in made.scenarios:
        yield from scenario.idle()
    # Path.exists raises for a name that is too long
    if isinstance(made.orders, Path) and not os.path.exists(made.orders):
        yield Fault(str(made.orders), None, "", "", "there is no such file")
    if what_if is not None and made.orders is not None:
        kinds = dict.fromkeys(scenario.network.kind for scenario in made.scenarios)
        for path in dict.fromkeys(path for kind in kinds for path in what_if.paths(kind)):
            if path.startswith("orders"):
                problem = "changes the orders, which are read from a file"
                yield Fault(what_if.name, None, path, "", problem)


def _refuse_two_demands(
    orders: OrderTable, history: str | Path | None, demand_index: str | Path | None
) -> None:
    if orders is not None and history is not None:
        raise whole_file("orders", "--orders and --history cannot be combined: give one")
    if demand_index is not None and (orders is not None or history is not None):
        problem = "--demand-index is for generated orders, not for those of a file"
        raise whole_file("orders", problem)


def _same_names(scenarios: Sequence[Scenario]) -> Iterator[Fault]:
    names = [scenario.name for scenario in scenarios]
    for name in sorted({name for name in names if name.lower() in _FILES_OF_RESULTS}):
        problem = "is the name of a file of the results; give the scenario another"
        yield Fault("scenarios", None, "name", shown(name), problem)
    folders = [name.lower() for name in names]  # some file systems ignore case
    for name in sorted({name for name in names if folders.count(name.lower()) > 1}):
        problem = "is listed twice; give each a name of its own"
        yield Fault("scenarios", None, "name", shown(name), problem)


def _differences(first: Scenario, other: Scenario) -> Iterator[Fault]:
    """Yield a fault for each field of the shared sections in which a scenario differs."""
    for section in _SHARED:
        ours, theirs = (getattr(one, section).model_dump(mode="json") for one in (first, other))
        for name in ours:
            if ours[name] != theirs[name]:
                path = f"{section}.{name}"
                problem = (
                    f"differs from {first.name}, which has {shown(ours[name])}; networks are"
                    " compared on the same orders, days and random draws"
                )
                allowed = f"the same {path} in every scenario"
                if flag := flag_of(path):
                    allowed += f", or one value for all with {flag}"
                yield Fault(other.name, None, path, shown(theirs[name]), problem, allowed)
