"""What is to be run: scenarios that share orders, days and random draws, all checked first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import signature
from pathlib import Path
from typing import Any

from logistics.model.network import smallest_sample
from logistics.options import OPTIONS, flag_of, overrides_of
from logistics.orders.demand_index import read_demand_index
from logistics.orders.order_files import Given, MapGiven, read_order_rows
from logistics.orders.order_rows import OrderRows
from logistics.orders.order_settings import settings_of_orders
from logistics.scenario.days import Days
from logistics.scenario.fields import changed
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.scenario.scenario import Scenario
from logistics.scenario.what_ifs import WhatIf, applied, read_what_ifs
from logistics.schedule.calendars import Period
from networks.geography import load_markets
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


@dataclass(frozen=True)
class Plan:
    """Scenarios with equal orders, days and runs, and names of their own.

    `orders`: of a file or table, in place of generated ones. `engine`: 'batch' or 'textbook'.
    `notes`: what was understood of the input, and what of it does nothing, in sentences. `base`: of
    a what-if, the scenarios that it changes, as they are without it. `what_if`: name
    and title of it, or ''.
    """

    scenarios: tuple[Scenario, ...]
    orders: OrderRows | None = None
    engine: str = "batch"
    notes: tuple[str, ...] = ()
    base: Plan | None = None
    what_if: str = ""

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
    orders: Given | None = None,
    history: str | Path | None = None,
    map: MapGiven = None,
    strict: bool = False,
    demand_index: str | Path | None = None,
    what_if: str | None = None,
    base: bool = True,
    engine: str = "batch",
    dates: DateOrder | str | None = None,
    **options: Any,
) -> Plan:
    """Load scenarios (None: the built-in ones), change them alike and check that they go together.

    All arguments are options, see `logistics.options`. Raises InputError, with all faults, if one
    cannot be loaded or run, two have one name, they differ in their orders, days or runs, or a
    what-if does not fit.
    """
    has_orders = orders is not None or history is not None
    _refuse_two_demands(orders, history, demand_index)
    _refuse_idle(has_orders, demand_index, {"dates": dates, "map": map, "strict": strict})
    date_order = DateOrder.of(dates)
    overrides, notes = overrides_of(options), list[str]()
    if demand_index is not None:
        overrides["orders.dates"], notes = read_demand_index(demand_index, date_order)
    loaded, rows = _loaded(scenarios), None
    if (given := history if history is not None else orders) is not None:
        rows = read_order_rows(given, loaded[0].orders.products, map, date_order, strict=strict)
        overrides, notes = _fitted(rows, loaded, overrides, history is not None)
    change = read_what_ifs(what_if) if what_if else None
    before = [changed(scenario, overrides) for scenario in loaded]
    made = Plan(tuple(applied(before, change)), rows, str(engine))
    refuse(_faults(made, change))
    if change:
        notes += _unchanged(before, made, what_if)
        made = _with_base(before, made, change, base)
    notes += made.scenarios[0].idle_notes(has_orders)
    return replace(made, notes=(*notes, *_notes_of_orders(made)))


def planned(scenarios: Scenarios, options: Mapping[str, Any]) -> Plan:
    """Return the plan that options ask for; those that are not about a plan are left out.

    Raises InputError as `plan`.
    """
    own = {name for name, one in signature(plan).parameters.items() if one.kind is one.KEYWORD_ONLY}
    wanted = own | {one.name for one in OPTIONS if one.field}
    return plan(scenarios, **{name: options[name] for name in options if name in wanted})


def _with_base(before: Sequence[Scenario], made: Plan, what_if: WhatIf, base: bool) -> Plan:
    """Return the plan with its what-if named, and `base`: what it changes, without it."""
    pairs = zip(before, made.scenarios, strict=True)
    others = replace(made, scenarios=tuple(one for one, other in pairs if one is not other))
    name = f"{what_if.name}: {what_if.title}"
    return replace(made, what_if=name, base=others if base else None)


def _unchanged(before: Sequence[Scenario], made: Plan, what_if: object) -> Iterator[str]:
    """Say which scenarios a what-if leaves as they were."""
    for one, was in zip(made.scenarios, before, strict=True):
        if one is was:
            yield f"{one.name}: the what-if {what_if} changes nothing here."


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
    if what_if is not None and made.orders is not None:
        kinds = dict.fromkeys(scenario.network.kind for scenario in made.scenarios)
        for path in dict.fromkeys(path for kind in kinds for path in what_if.paths(kind)):
            if path.startswith("orders"):
                problem = "changes the orders, which are read from a file"
                yield Fault(what_if.name, None, path, "", problem)


def _refuse_two_demands(
    orders: Given | None, history: str | Path | None, demand_index: str | Path | None
) -> None:
    if orders is not None and history is not None:
        raise whole_file("orders", "--orders and --history cannot be combined: give one")
    if demand_index is not None and (orders is not None or history is not None):
        problem = "--demand-index is for generated orders, not for those of a file"
        raise whole_file("orders", problem)


def _refuse_idle(has_orders: bool, demand_index: object, given: Mapping[str, object]) -> None:
    """Raise InputError for an option about a file, where there is none."""
    for name, value in given.items():
        if value and not has_orders and (name != "dates" or demand_index is None):
            more = " or of a demand index" if name == "dates" else ""
            raise whole_file("options", f"--{name} is for a file of orders{more}")


def _fitted(
    rows: OrderRows, scenarios: Sequence[Scenario], overrides: Mapping[str, Any], is_history: bool
) -> tuple[dict[str, Any], list[str]]:
    """Return overrides that fit given orders, see `settings_of_orders`."""
    where = {path: value for path, value in overrides.items() if path == "orders.markets"}
    smallest = max(smallest_sample(changed(one, where)) for one in scenarios)
    return settings_of_orders(rows, scenarios[0], overrides, smallest, is_history=is_history)


def plain_period(days: Days) -> Period:
    """Return the dates and ticks of a run whose places all lie in the time zones of markets."""
    return Period.of(days, load_markets().time_zones)


def _notes_of_orders(made: Plan) -> list[str]:
    """Say what was understood of given orders.

    Raises InputError if they lie outside the scenario's days or markets, or none is measured.
    """
    rows, first = made.orders, made.scenarios[0]
    if rows is None:
        return []
    return [*rows.taken(first.orders, plain_period(first.days)), *rows.notes]


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
