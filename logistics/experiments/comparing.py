"""The same orders through several networks, run many times over.

A replication is a pure function of what was prepared and its number: it sends the same orders
through every network, one network after the other, and leaves a few megabytes of measurements.
Their order is that of the replications, so that one worker or many give the same result.
"""

from __future__ import annotations

import itertools
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from logistics import __version__
from logistics.analysis.comparison import (
    Comparison,
    Replicate,
    combine_replicates,
    measure_together,
)
from logistics.calendars import Period, time_zones_of
from logistics.errors import Fault, InputError
from logistics.experiments.executors import Executor, Shared, executor, memory_bytes
from logistics.experiments.plans import Changes, Plan, plan
from logistics.groundwork import Groundwork, groundwork
from logistics.orders import Orders
from logistics.outcomes import Causes, Outcomes
from logistics.place_counts import count_places
from logistics.places import DamagePlaces, PlaceTotals
from logistics.results import Run
from logistics.running import ordered, run_once
from logistics.scenario import Scenario
from logistics.streams import Streams
from logistics.threads import cores
from networks.geography import load_markets
from networks.schema import Network
from networks.sizing import summary

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]
"""Called with how much is done, of how much, and what comes next."""

Keep = Callable[[str, Run], None]
"""Called with a network's name and its first run, in the process that has it; must pickle."""

_PACKAGES = ("numba", "numpy", "networkx", "pandas", "scipy", "simpy")
_GETTING_READY = "building the networks (the first time takes longer)"
# What a run of one network takes: measured on the built-in networks, with tables kept and without.
_LEAST_BYTES, _USUAL_BYTES, _PROCESS_BYTES = 250, 1_000, 500_000_000
_COUNTS = ("parcels", "legs", "departures", "events")


@dataclass(frozen=True)
class Prepared:
    """What all replications share: every network made ready, and orders where they are given.

    `orders`: one entry a network, or None if they are generated anew each time.
    """

    grounds: tuple[Groundwork, ...]
    seed: int
    engine: str
    orders: tuple[Orders, ...] | None


@dataclass(frozen=True, eq=False)
class Experiment:
    """A comparison with all that it was made from.

    `replicates`: in the order of the replications, each once. `networks`: at full size, by name.
    """

    plan: Plan
    comparison: Comparison
    replicates: tuple[Replicate, ...]
    networks: Mapping[str, Network]


def compare(  # noqa: PLR0913
    scenarios: Sequence[str | Path | Scenario] | None = None,
    *,
    replications: int | None = None,
    seed: int | None = None,
    days: int | None = None,
    warm_up_days: int | None = None,
    cool_down_days: int | None = None,
    orders_per_day: int | None = None,
    orders: pd.DataFrame | str | Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Send the same orders through several networks, again and again, and compare.

    `scenarios`: names of built-in scenarios, files or scenarios; None for the built-in three. They
    must have the same orders, days, seed and replications, and names of their own; the other
    arguments replace those of every scenario. `orders`: a file or table of orders, the same in
    every replication (see `read_orders`). `workers`: processes; None for one a core, at most one a
    replication; 1 for none but this. `progress`: called with (done, total, what comes next).

    With more than one worker, a script must call this under `if __name__ == "__main__":`.

    Raises InputError for scenarios or orders that cannot be run or compared.
    """
    changes = Changes(replications, seed, days, warm_up_days, cool_down_days, orders_per_day)
    return experiment(plan(scenarios, changes, orders), workers, progress).comparison


def experiment(
    what: Plan,
    workers: int | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
) -> Experiment:
    """Run a plan. `keep`: what to do with each network's first run, before it is forgotten.

    Raises InputError for closures or orders that do not fit, or too few workers.
    """
    started = time.perf_counter()
    report = progress or (lambda done, total, text: None)
    total = len(what.scenarios) + what.replications
    with executor(_workers(what, workers)) as pool:
        prepared = _prepared(what, pool, lambda done: report(done, total, _GETTING_READY))
        report(len(what.scenarios), total, "running")
        task = partial(replicate, pool.share(prepared), keep=keep)
        parts = pool.map(task, range(what.replications), _counter(what, report))
    replicates = tuple(part for part, _ in parts)
    facts = _run_facts(what, prepared, [facts for _, facts in parts])
    facts["seconds"] = time.perf_counter() - started
    networks = {ground.scenario.name: ground.full_size for ground in prepared.grounds}
    return Experiment(what, combine_replicates(replicates, facts), replicates, networks)


def replicate(
    shared: Shared[Prepared], replication: int, keep: Keep | None = None
) -> tuple[Replicate, dict[str, dict[str, int]]]:
    """Run one replication: its measurements, and by network how much was simulated."""
    prepared = shared.value
    streams = Streams(prepared.seed, replication)
    outcomes: dict[str, Outcomes] = {}
    causes: dict[str, Causes] = {}
    places: dict[str, PlaceTotals] = {}
    damage: dict[str, DamagePlaces] = {}
    counts: dict[str, dict[str, int]] = {}
    orders, period = None, None
    for row, ground in enumerate(prepared.grounds):
        if prepared.orders is not None:
            orders = prepared.orders[row]
        elif orders is None or ground.period != period:
            orders, period = ordered(ground, None, streams), ground.period
        run = run_once(ground, orders, streams, prepared.engine)
        name = ground.scenario.name
        if keep is not None and replication == 0:
            keep(name, run)
        outcomes[name] = run.outcomes()
        causes[name], places[name], damage[name] = count_places(run, ground.hazards)
        counts[name] = {count: run.facts[count] for count in _COUNTS}
        del run  # a gigabyte: before the next one
    measured = measure_together(outcomes, causes)
    return replace(measured, places=places, damage=damage), counts


def compile_for(what: Plan) -> None:
    """Compile the engine of a plan, so that workers find it in the cache."""
    if what.engine == "batch":
        from logistics.simulation.compiling import compile_engine  # noqa: PLC0415  (slow)

        days = what.scenarios[0].days
        zones = time_zones_of(load_markets().time_zones)
        period = Period(
            days.first_day, days.warm_up_days, days.days, days.cool_down_days, days.tick_ms, zones
        )
        compile_engine(period.dtype)


def _prepared(what: Plan, pool: Executor, done: Callable[[int], None]) -> Prepared:
    """Make every network ready, and compile the engine meanwhile."""
    count = itertools.count(1)
    done(0)
    grounds = pool.map(
        groundwork, what.scenarios, lambda _: done(next(count)), partial(compile_for, what)
    )
    return Prepared(tuple(grounds), what.seed, what.engine, _given_orders(what, grounds))


def _given_orders(what: Plan, grounds: Sequence[Groundwork]) -> tuple[Orders, ...] | None:
    """Return the given orders once a network: the same object wherever the days are the same."""
    if what.orders is None:
        return None
    by_period: dict[Period, Orders] = {}
    for ground in grounds:
        if ground.period not in by_period:
            by_period[ground.period] = ordered(ground, what.orders, Streams(what.seed))
    days = what.scenarios[0].days
    day = by_period[grounds[0].period].day
    if not ((day >= days.warm_up_days) & (day < days.warm_up_days + days.days)).any():
        name = str(what.orders) if isinstance(what.orders, Path) else "orders"
        problem = "has no orders on the measured days"
        last = days.first_day + timedelta(days=days.days - 1)
        raise InputError([Fault(name, None, "", "", problem, f"{days.first_day} to {last}")])
    return tuple(by_period[ground.period] for ground in grounds)


def _workers(what: Plan, workers: int | None) -> int:
    """Return how many processes to use: as given, or one a core while the memory lasts."""
    if workers is not None and workers < 1:
        raise InputError([Fault("workers", None, "", "", f"{workers} is too few", "at least 1")])
    most = workers or min(cores(), what.replications)
    scenario = what.scenarios[0]
    days = scenario.days.warm_up_days + scenario.days.days + scenario.days.cool_down_days
    parcels = scenario.orders.orders_per_day * days if what.orders is None else 0
    room = memory_bytes()
    if room is not None and parcels * _LEAST_BYTES > room:
        problem = f"{parcels:,} orders need about {parcels * _USUAL_BYTES / 1e9:,.0f} GB of memory"
        allowed = f"this machine has {room / 1e9:,.0f} GB: fewer days, or fewer orders a day"
        raise InputError([Fault("scenarios", None, "", "", problem, allowed)])
    if room is not None and workers is None:
        most = min(most, max(1, int(room / (_PROCESS_BYTES + parcels * _USUAL_BYTES))))
    return most


def _counter(what: Plan, report: Progress) -> Callable[[int], None]:
    """Return what to call as each replication is done."""
    networks, runs = len(what.scenarios), what.replications
    count = itertools.count(1)

    def one_more(_: int) -> None:
        done = next(count)
        text = f"{done} of {runs} runs done" if runs > 1 else "run done"
        report(networks + done, networks + runs, text)

    return one_more


def _run_facts(
    what: Plan, prepared: Prepared, counts: Sequence[Mapping[str, Mapping[str, int]]]
) -> dict[str, Any]:
    """Return what `summary.json` says of the runs, but for the seconds they took."""
    days, demand = what.scenarios[0].days, what.scenarios[0].orders
    networks = {
        ground.scenario.name: {
            "title": ground.scenario.title,
            **{key: sum(one[ground.scenario.name][key] for one in counts) for key in _COUNTS},
            "built": list(summary(ground.network)),
            "not_resolved": list(ground.not_resolved),
        }
        for ground in prepared.grounds
    }
    return {
        "seed": what.seed,
        "replications": what.replications,
        "engine": what.engine,
        "first_day": days.first_day.isoformat(),
        "days": days.days,
        "warm_up_days": days.warm_up_days,
        "cool_down_days": days.cool_down_days,
        "orders_per_day": demand.orders_per_day,
        "products": [product.name for product in demand.products],
        "orders": str(what.orders) if isinstance(what.orders, Path) else None,
        "parcels": sum(network["parcels"] for network in networks.values()),
        "events": sum(network["events"] for network in networks.values()),
        "networks": networks,
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    return {
        "logistics": __version__,
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }
