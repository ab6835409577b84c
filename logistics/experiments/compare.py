"""The same orders through several networks, run many times over.

Runs are accumulated in the order of their numbers, so that one worker or many give the same result,
and then forgotten, so that memory does not grow with their number.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from logistics.analysis.comparison import Accumulator, Comparison, Replicate
from logistics.experiments.plan import Plan, plain_period
from logistics.experiments.replicate import (
    Facts,
    Keep,
    add_facts,
    facts_of_runs,
    prepare_network,
    replicate,
    run_spec_of,
)
from logistics.experiments.workers.executors import memory_bytes
from logistics.experiments.workers.pool import WorkerPool
from logistics.experiments.workers.progress import RUNNING, Report, reported, silent
from logistics.runtime.threads import cores
from logistics.simulation.batch.compiling import compile_engine
from networks.inputs.faults import whole_file
from networks.schema import Network

# What a run of one network takes: measured on the built-in networks, with tables kept and without.
_LEAST_BYTES, _USUAL_BYTES, _PROCESS_BYTES = 250, 1_000, 500_000_000


@dataclass(frozen=True, eq=False)
class Experiment:
    """A comparison with all that it was made from.

    `accumulated`: all runs. `networks`: at full size, by name. `not_drawn`: why the pictures of its
    results folder could not be drawn; '' if they were, or there is none.
    """

    plan: Plan
    comparison: Comparison
    accumulated: Accumulator
    networks: Mapping[str, Network]
    not_drawn: str = ""


def run_plan(
    what: Plan, pool: WorkerPool, report: Report = silent, keep: Keep | None = None
) -> Experiment:
    """Run a plan. `keep`: what to do with each network's first run, before it is forgotten.

    Raises InputError for closures or orders that do not fit; WorkerError when workers keep ending.
    """
    started = time.perf_counter()
    shared = pool.share(run_spec_of(what, pool.folder))
    networks = pool.map(
        partial(prepare_network, shared),
        range(len(what.scenarios)),
        report,
        meanwhile=partial(compile_for, what),
    )
    runs = _InOrder(what.replications, 2 * pool.width())
    tasks = pool.run(partial(replicate, shared, keep=keep), runs.numbers())
    for one in reported(tasks, report, RUNNING, what.replications):
        runs.add(one.number, one.outcome())
    facts = facts_of_runs(what, runs.facts, what.replications)
    facts["notes"] = list(shared.value.notes)
    facts["seconds"] = time.perf_counter() - started
    by_name = dict(zip(what.names, networks, strict=True))
    return Experiment(what, runs.accumulated.comparison(facts), runs.accumulated, by_name)


class _InOrder:
    """Accumulates runs in the order of their numbers; the next ones wait where one is very late."""

    def __init__(self, replications: int, most_waiting: int) -> None:
        self.accumulated = Accumulator()
        self.facts: Facts = {}
        self._replications, self._most_waiting = replications, most_waiting
        self._waiting: dict[int, Replicate] = {}

    def numbers(self) -> Iterator[int | None]:
        """Yield the numbers of the runs to be made; None while too many wait."""
        for number in range(self._replications):
            while len(self._waiting) > self._most_waiting:
                yield None
            yield number

    def add(self, number: int, made: tuple[Replicate, Facts]) -> None:
        """Accumulate a run, now or when those before it are there."""
        self._waiting[number], facts = made
        self.facts = add_facts([self.facts, facts])
        while len(self.accumulated) in self._waiting:
            self.accumulated.add(self._waiting.pop(len(self.accumulated)))


def compile_for(what: Plan) -> None:
    """Compile the engine of a plan, so that workers find it in the cache."""
    if what.engine == "batch":
        compile_engine(plain_period(what.scenarios[0].days).dtype)


def parcels_of(what: Plan) -> int:
    """Return how many orders a run of a plan makes; 0 where they are given."""
    scenario = what.scenarios[0]
    return scenario.orders.orders_per_day * scenario.days.order_days if what.orders is None else 0


def processes_for(what: Plan, workers: int | None, tasks: int) -> int:
    """Return how many processes to use: as given, or one per core or task while the memory lasts.

    `tasks`: runs of such a plan.

    Raises InputError for fewer than one, or a plan too large for this machine.
    """
    if workers is not None and workers < 1:
        raise whole_file("workers", f"{workers} is too few", "at least 1")
    most = workers or min(cores(), tasks)
    parcels = parcels_of(what)
    room = memory_bytes()
    if room is not None and parcels * _LEAST_BYTES > room:
        problem = f"{parcels:,} orders need about {parcels * _USUAL_BYTES / 1e9:,.0f} GB of memory"
        allowed = f"this machine has {room / 1e9:,.0f} GB: fewer days, or fewer orders a day"
        raise whole_file("scenarios", problem, allowed)
    if room is not None and workers is None:
        most = min(most, max(1, int(room / (_PROCESS_BYTES + parcels * _USUAL_BYTES))))
    return most
