"""One run: from a scenario and a seed to a `Run`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from logistics.model.draws import draw
from logistics.model.prepare import PreparedModel, prepare
from logistics.orders.order_files import orders_of_table, read_orders
from logistics.orders.orders import Orders, generate_orders
from logistics.runs.build import run_of
from logistics.runs.run import Run
from logistics.scenario.scenario import Scenario
from logistics.simulation.checks import check_run
from logistics.simulation.problem import Columns, Problem
from logistics.streams import Streams
from logistics.vocabulary import NOT_YET
from networks.schema import Network

if TYPE_CHECKING:
    import pandas as pd


def simulate(  # noqa: PLR0913  (what a caller may replace, by name)
    scenario: Scenario,
    seed: int | None = None,
    *,
    replication: int = 0,
    days: int | None = None,
    warm_up_days: int | None = None,
    cool_down_days: int | None = None,
    orders_per_day: int | None = None,
    orders: Orders | pd.DataFrame | str | Path | None = None,
    network: Network | None = None,
    engine: str = "batch",
) -> Run:
    """Send a replication's orders through a scenario's network and return the run.

    `seed`, `days` (measured), `warm_up_days`, `cool_down_days` and `orders_per_day` replace the
    scenario's. `orders`: a file or table of orders instead of generated ones (see `read_orders`).
    `network`: one of your own instead of the one that the scenario describes; it is scaled from
    its design volumes to the scenario's orders a day.
    `engine`: 'batch', or 'textbook', which gives the same columns one SimPy process a parcel.

    Raises InputError for a scenario, network or orders that cannot be run; ValueError for another
    engine.

    >>> from logistics import load_scenario, simulate
    >>> run = simulate(load_scenario("amazon-fulfillment"), seed=1, days=1, warm_up_days=0,
    ...                cool_down_days=3, orders_per_day=13_200)
    >>> len(run) > 13_200
    True
    """
    _engine(engine)
    scenario = scenario.replace(
        orders={"orders_per_day": orders_per_day},
        days={"days": days, "warm_up_days": warm_up_days, "cool_down_days": cool_down_days},
        runs={"seed": seed},
    )
    model = prepare(scenario, network)
    streams = Streams(scenario.runs.seed, replication)
    return run_once(model, ordered(model, orders, streams), streams, engine)


def run_once(model: PreparedModel, orders: Orders, streams: Streams, engine: str = "batch") -> Run:
    """Send orders through a scenario made ready, with the luck of `streams`.

    Raises BrokenRunError when the engine broke a rule that holds in every run.
    """
    run_engine = _engine(engine)
    started = time.perf_counter()
    drawn = draw(model, orders, streams)
    del orders  # of which the parcels have their own
    ready = time.perf_counter()
    columns = run_engine(drawn.problem)
    ended = time.perf_counter()
    check_run(drawn.problem, columns)
    facts = counts(model, drawn.problem, columns) | {
        "draw_seconds": ready - started,
        "run_seconds": ended - ready,
        "check_seconds": time.perf_counter() - ended,
    }
    return run_of(model, drawn, columns, streams, engine, facts)


def ordered(
    model: PreparedModel, orders: Orders | pd.DataFrame | str | Path | None, streams: Streams
) -> Orders:
    """Return the orders of a run: as given, from a file or table, or else generated.

    Raises InputError for a file or table that cannot be used.
    """
    demand, period = model.scenario.orders, model.period
    if orders is None:
        return generate_orders(demand, period, streams)
    if isinstance(orders, Orders):
        return orders
    if isinstance(orders, str | Path):
        return read_orders(orders, demand, period)
    return orders_of_table(orders, demand, period)


def _engine(name: str) -> Callable[[Problem], Columns]:
    if name == "batch":
        from logistics.simulation.batch.engine import run  # noqa: PLC0415  (compiles on first use)

        return run
    if name == "textbook":
        from logistics.simulation.textbook import run as textbook  # noqa: PLC0415

        return textbook
    raise ValueError(f"there is no engine '{name}'; choose 'batch' or 'textbook'")


def counts(model: PreparedModel, problem: Problem, columns: Columns) -> dict[str, object]:
    """Return how much was done, and what the sample does not resolve."""
    departed = problem.departures.tick < problem.horizon
    return {
        "parcels": len(problem.parcels.ordered),
        "legs": int((columns.departure != NOT_YET).sum()),
        "departures": int(departed.sum()),
        "events": int(departed.sum()) + len(problem.staffing.tick),
        "not_resolved": list(model.not_resolved),
    }
