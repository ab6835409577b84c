"""The same orders through several networks, run many times over.

Runs are taken in by the order of their numbers, so that one worker or many give the same result,
and forgotten once they are, so that memory does not grow with their number.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from logistics.analysis.accumulate import Accumulator
from logistics.analysis.comparison import Comparison, Replicate
from logistics.experiments.facts import Facts, add_facts, facts_of_runs
from logistics.experiments.plan import Plan, plan
from logistics.experiments.replicate import (
    Keep,
    RunSpec,
    make_ready,
    plain_period,
    replicate,
    run_spec_of,
)
from logistics.experiments.workers.executors import Shared, memory_bytes
from logistics.experiments.workers.pool import LATER, Later, WorkerPool, worker_pool
from logistics.runtime.threads import cores
from logistics.scenario.overrides import Changes
from logistics.scenario.scenario import Scenario
from networks.inputs.faults import Fault, InputError
from networks.schema import Network

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int, str], None]
"""Called with how much is done, of how much, and what comes next."""

_GETTING_READY = "building the networks (the first time takes longer)"
# What a run of one network takes: measured on the built-in networks, with tables kept and without.
_LEAST_BYTES, _USUAL_BYTES, _PROCESS_BYTES = 250, 1_000, 500_000_000


@dataclass(frozen=True, eq=False)
class Experiment:
    """A comparison with all that it was made from.

    `gathered`: all runs, as they were taken in. `networks`: at full size, by name.
    """

    plan: Plan
    comparison: Comparison
    gathered: Accumulator
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
    executor: Executor | None = None,
) -> Comparison:
    """Send the same orders through several networks, again and again, and compare.

    `scenarios`: names of built-in scenarios, files or scenarios; None for the built-in three. They
    must have the same orders, days, seed and replications, and names of their own; the other
    arguments replace those of every scenario. `orders`: a file or table of orders, the same in
    every replication (see `read_orders`). `workers`: processes; None for one a core, at most one a
    replication; 1 for none but this. `progress`: called with (done, total, what comes next).
    `executor`: a `concurrent.futures.Executor` that does the work instead of `workers`; it is not
    shut down.

    With more than one worker, a script must call this under `if __name__ == "__main__":`.

    Raises InputError for scenarios or orders that cannot be run or compared.
    """
    changes = Changes(replications, seed, days, warm_up_days, cool_down_days, orders_per_day)
    what = plan(scenarios, changes, orders)
    return experiment(what, workers, progress, executor=executor).comparison


def experiment(
    what: Plan,
    workers: int | None = None,
    progress: Progress | None = None,
    keep: Keep | None = None,
    executor: Executor | None = None,
) -> Experiment:
    """Run a plan. `keep`: what to do with each network's first run, before it is forgotten.

    Raises InputError for closures or orders that do not fit, or too few workers; WorkerError when
    workers keep ending.
    """
    started = time.perf_counter()
    report = progress or (lambda done, total, text: None)
    total = len(what.scenarios) + what.replications
    processes = workers if executor else processes_for(what, workers, what.replications)
    with worker_pool(processes, executor=executor) as pool:
        shared = pool.share(run_spec_of(what, pool.folder))
        networks = _made_ready(what, pool, shared, lambda done: report(done, total, _GETTING_READY))
        report(len(what.scenarios), total, "running")
        taken = _TakenIn(what.replications, 2 * pool.width())
        task = partial(replicate, shared, keep=keep)
        count = _counter(what, report)
        for one in pool.run(task, taken.numbers(), count):
            taken.add(one.number, one.outcome())
    facts = facts_of_runs(what, taken.facts, what.replications)
    facts["seconds"] = time.perf_counter() - started
    by_name = dict(zip(what.names, networks, strict=True))
    return Experiment(what, taken.gathered.comparison(facts), taken.gathered, by_name)


class _TakenIn:
    """Runs taken in by the order of their numbers; the next ones wait where one is very late."""

    def __init__(self, replications: int, most_waiting: int) -> None:
        self.gathered = Accumulator()
        self.facts: Facts = {}
        self._replications, self._most_waiting = replications, most_waiting
        self._waiting: dict[int, Replicate] = {}

    def numbers(self) -> Iterator[int | Later]:
        """Yield the numbers of the runs to be made."""
        for number in range(self._replications):
            while len(self._waiting) > self._most_waiting:
                yield LATER
            yield number

    def add(self, number: int, made: tuple[Replicate, Facts]) -> None:
        """Take in a run, now or when those before it are there."""
        self._waiting[number], facts = made
        self.facts = add_facts([self.facts, facts])
        while len(self.gathered) in self._waiting:
            self.gathered.add(self._waiting.pop(len(self.gathered)))


def compile_for(what: Plan) -> None:
    """Compile the engine of a plan, so that workers find it in the cache."""
    if what.engine == "batch":
        from logistics.simulation.batch.compiling import compile_engine  # noqa: PLC0415  (slow)

        compile_engine(plain_period(what.scenarios[0].days).dtype)


def _made_ready(
    what: Plan, pool: WorkerPool, shared: Shared[RunSpec], done: Callable[[int], None]
) -> list[Network]:
    """Make every network ready, and compile the engine meanwhile."""
    count = itertools.count(1)
    done(0)
    return pool.map(
        partial(make_ready, shared),
        range(len(what.scenarios)),
        lambda _: done(next(count)),
        partial(compile_for, what),
    )


def parcels_of(what: Plan) -> int:
    """Return how many orders a run of a plan makes; 0 where they are given."""
    scenario = what.scenarios[0]
    return scenario.orders.orders_per_day * scenario.days.all_days if what.orders is None else 0


def processes_for(what: Plan, workers: int | None, tasks: int) -> int:
    """Return how many processes to use: as given, or one a core or task while the memory lasts.

    `tasks`: runs of such a plan.

    Raises InputError for fewer than one, or a plan too large for this machine.
    """
    if workers is not None and workers < 1:
        raise InputError([Fault("workers", None, "", "", f"{workers} is too few", "at least 1")])
    most = workers or min(cores(), tasks)
    parcels = parcels_of(what)
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
