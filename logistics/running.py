"""One run: from a scenario and a seed to a `Run`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from logistics.model.draws import Drawn, draw
from logistics.model.policies.sourcing import SourcingRule, sourcing_of
from logistics.model.prepare import PreparedModel, prepare
from logistics.options import SIMULATE, checked, overrides_of, takes_options
from logistics.orders.order_files import Given, MapGiven, read_order_rows
from logistics.orders.order_rows import OrderRows
from logistics.orders.orders import Orders, generate_orders
from logistics.runs.build import run_of
from logistics.runs.run import Run
from logistics.scenario.fields import changed
from logistics.scenario.own_networks import read_own
from logistics.scenario.scenario import Scenario
from logistics.schedule.events import Event
from logistics.simulation import textbook
from logistics.simulation.batch import engine as batch
from logistics.simulation.checks import check_run
from logistics.simulation.problem import Columns, Problem
from logistics.streams import Streams
from logistics.vocabulary import NOT_YET
from networks.inputs.date_order import DateOrder
from networks.inputs.faults import InputError, whole_file
from networks.schema import Network

_ENGINES = {"batch": batch.run, "textbook": textbook.run}


@takes_options(SIMULATE)
def simulate(  # noqa: PLR0913  (what a caller may replace, by name)
    scenario: Scenario,
    seed: int | None = None,
    *,
    replication: int = 0,
    orders: Orders | Given | None = None,
    map: MapGiven = None,
    dates: DateOrder | str | None = None,
    network: Network | None = None,
    sourcing: SourcingRule | None = None,
    events: Sequence[Event] = (),
    engine: str = "batch",
    **options: Any,
) -> Run:
    """Send a replication's orders through a scenario's network and return the run.

    `replication`: its number, from 0. `orders`: a file or table of orders instead of generated ones
    (see `read_orders`). `map`, `dates`: how it is read. `network`: one of your own, instead of the
    one that the scenario describes, checked as one from files and scaled from its design volumes.
    `sourcing`: who ships each order. `events`: beside the scenario's closures. `engine`: 'batch',
    or 'textbook', with one SimPy process per parcel. The others replace what the scenario says:

    {options}

    Raises InputError for what cannot be run; ValueError for another engine, TypeError for a name
    that is no option.

    >>> from logistics import load_scenario, simulate
    >>> run = simulate(load_scenario("amazon-fulfillment"), seed=1, days=1, warm_up_days=0,
    ...                follow=True, orders_per_day=13_200)
    """
    _engine(engine)
    settings = overrides_of(checked(SIMULATE, {"seed": seed, **options}))
    orders, products = _read(orders, scenario, map, dates)
    scenario = _changed(scenario, settings | products, network)
    model = prepare(scenario, network, sourcing or sourcing_of, events)
    streams = Streams(scenario.runs.seed, replication)
    return run_once(model, ordered(model, orders, streams), streams, engine)


def _read(
    orders: Orders | Given | None,
    scenario: Scenario,
    map: MapGiven,
    dates: DateOrder | str | None,
) -> tuple[Orders | OrderRows | None, dict[str, Any]]:
    """Return orders as they are read, and the products that they need, by field."""
    if orders is None or isinstance(orders, Orders):
        if map or dates:
            raise whole_file("options", "map and dates are for a file or table of orders")
        return orders, {}
    rows = read_order_rows(orders, scenario.orders.products, map, DateOrder.of(dates))
    return rows, {"orders.products": list(rows.goods)}


def _changed(scenario: Scenario, settings: Mapping[str, Any], network: Network | None) -> Scenario:
    """Return a scenario with settings; where a network replaces its own, that refuses nothing."""
    try:
        return changed(scenario, settings)
    except InputError:
        if network is None:
            raise
    set_aside = scenario.replace(network={"kind": "own", "path": "given in Python"})
    return changed(set_aside, settings)


def replicate(scenario: Scenario, replications: int | None = None, **options: Any) -> list[Run]:
    """Return several runs of one scenario, each with other orders and other random draws.

    `replications`: how many; None for as many as the scenario says. `options`: as for `simulate`.
    All runs stay in memory, about a gigabyte for two million parcels: for metrics over many runs,
    `compare([scenario], replications=...)` keeps a few megabytes of each.

    Raises what `simulate` raises.
    """
    wanted = scenario.runs.replications if replications is None else replications
    return [simulate(scenario, replication=number, **options) for number in range(wanted)]


def read_network(path: str | Path) -> Network:
    """Return the network of a workbook or a folder of CSV files, its graph yours to change.

    Raises InputError with every fault: file and sheet, row, column, value and what is allowed.
    """
    network = read_own(path).network
    return replace(network, graph=network.graph.copy())


def run_once(model: PreparedModel, orders: Orders, streams: Streams, engine: str = "batch") -> Run:
    """Send orders through a prepared model, with the random draws of `streams`.

    Raises BrokenRunError when the engine broke a rule that holds in every run.
    """
    run_engine = _engine(engine)
    started = time.perf_counter()
    drawn = draw(model, orders, streams)
    del orders  # the parcels have their own copy
    ready = time.perf_counter()
    columns = run_engine(drawn.problem)
    ended = time.perf_counter()
    check_run(drawn.problem, columns)
    drawn, columns = _as_it_ended(drawn, columns)
    facts = counts(model, drawn.problem, columns) | {
        "draw_seconds": ready - started,
        "run_seconds": ended - ready,
        "check_seconds": time.perf_counter() - ended,
    }
    return run_of(model, drawn, columns, streams, engine, facts)


def _as_it_ended(drawn: Drawn, columns: Columns) -> tuple[Drawn, Columns]:
    """Return a run that ended early without what would have been ordered later."""
    problem, horizon = drawn.problem, int(columns.horizon)
    if horizon == problem.horizon:
        return drawn, columns
    problem = replace(problem, horizon=horizon)
    in_time = problem.parcels.ordered < horizon
    if in_time.all():
        return Drawn(problem, drawn.orders), columns  # no copy of all that a large run has
    rows = np.flatnonzero(in_time)
    problem = replace(problem, parcels=problem.parcels.of(rows))
    return Drawn(problem, drawn.orders.of(rows)), columns.of(rows)


def ordered(
    model: PreparedModel,
    orders: Orders | OrderRows | None,
    streams: Streams,
) -> Orders:
    """Return the orders of a run: as given, as read from a file or table, or else generated.

    Raises InputError for a file or table that cannot be used.
    """
    demand, period = model.scenario.orders, model.period
    if orders is None:
        return generate_orders(demand, period, streams)
    if isinstance(orders, Orders):
        return orders
    return orders.orders(demand, period)


def _engine(name: str) -> Callable[[Problem], Columns]:
    if name not in _ENGINES:
        raise ValueError(f"there is no engine '{name}'; choose 'batch' or 'textbook'")
    return _ENGINES[name]


def counts(model: PreparedModel, problem: Problem, columns: Columns) -> dict[str, object]:
    """Return how much was done, and what the sample does not resolve."""
    departed = problem.departures.tick < problem.horizon
    return {
        "parcels": len(problem.parcels.ordered),
        "legs": int((columns.departure != NOT_YET).sum()),
        "departures": int(departed.sum()),
        "events": int(columns.events),
        "horizon": problem.horizon,
        "not_resolved": list(model.not_resolved),
        "idle": list(model.idle),
    }
