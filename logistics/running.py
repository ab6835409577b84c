"""One run: from a scenario and a seed to a `Run`."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from logistics.draws import draw
from logistics.groundwork import Groundwork, groundwork
from logistics.orders import Orders, generate_orders, orders_of_table, read_orders
from logistics.problem import Columns, Problem
from logistics.results import Run, run_of
from logistics.scenario import Scenario
from logistics.streams import Streams

if TYPE_CHECKING:
    import pandas as pd



def simulate(
    scenario: Scenario,
    seed: int | None = None,
    *,
    replication: int = 0,
    days: int | None = None,
    warm_up_days: int | None = None,
    cool_down_days: int | None = None,
    orders_per_day: int | None = None,
    orders: Orders | pd.DataFrame | str | Path | None = None,
    engine: str = "batch",
) -> Run:
    """Send a replication's orders through a scenario's network and return the run.

    `seed`, `days` (measured), `warm_up_days`, `cool_down_days` and `orders_per_day` replace the
    scenario's. `orders`: a file or table of orders instead of generated ones (see `read_orders`).
    `engine`: 'batch', or 'textbook', which gives the same columns one SimPy process a parcel.

    Raises InputError for a scenario or orders that cannot be run, ValueError for another engine.

    >>> from logistics import load_scenario, simulate
    >>> run = simulate(load_scenario("amazon-fulfillment"), seed=1, days=1, warm_up_days=0,
    ...                cool_down_days=3, orders_per_day=13_200)
    >>> len(run) > 13_200
    True
    """
    run_engine = _engine(engine)
    scenario = scenario.replace(
        orders={"orders_per_day": orders_per_day},
        days={"days": days, "warm_up_days": warm_up_days, "cool_down_days": cool_down_days},
        runs={"seed": seed},
    )
    ground = groundwork(scenario)
    started = time.perf_counter()
    streams = Streams(scenario.runs.seed, replication)
    ordered = _orders(orders, ground, streams)
    problem, order = draw(ground, ordered, streams)
    drawn = time.perf_counter()
    columns = run_engine(problem)
    facts = _facts(ground, problem, columns) | {
        "draw_seconds": drawn - started,
        "run_seconds": time.perf_counter() - drawn,
    }
    return run_of(
        ground, problem, columns, ordered, order, scenario.runs.seed, replication, engine, facts
    )


def _orders(
    orders: Orders | pd.DataFrame | str | Path | None, ground: Groundwork, streams: Streams
) -> Orders:
    demand, period = ground.scenario.orders, ground.period
    if orders is None:
        return generate_orders(demand, period, streams)
    if isinstance(orders, Orders):
        return orders
    if isinstance(orders, str | Path):
        return read_orders(orders, demand, period)
    return orders_of_table(orders, demand, period)


def _engine(name: str) -> Callable[[Problem], Columns]:
    if name == "batch":
        from logistics.simulation.batch import run  # noqa: PLC0415  (compiles on first use)

        return run
    if name == "textbook":
        from logistics.simulation.textbook import run as textbook  # noqa: PLC0415

        return textbook
    raise ValueError(f"there is no engine '{name}'; choose 'batch' or 'textbook'")


def _facts(ground: Groundwork, problem: Problem, columns: Columns) -> dict[str, object]:
    departed = problem.departures.tick < problem.horizon
    return {
        "parcels": len(problem.parcels.ordered),
        "legs": int((columns.departure != -(2**31)).sum()),
        "departures": int(departed.sum()),
        "events": int(departed.sum()) + len(problem.staffing.tick),
        "not_resolved": list(ground.not_resolved),
    }
