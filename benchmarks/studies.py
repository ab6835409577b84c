"""What a study costs beside its runs: overhead, a second core, memory.

    python -m benchmarks studies [--small]

Overhead: the same replications of about two seconds, once in a bare loop and once as a study in
this process, in processor seconds. Which of the two goes first alternates; each pair is one ratio,
and pairs go on until their mean is known to half a percent (95% interval of random variation). A
second core: the same study with one and with two processes, on the wall. Memory: the most that a
study's process has taken after few and after many replications, each in a process of its own.
Writes `benchmarks/results/studies.json`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.children import child, say
from benchmarks.known import COUNTS
from benchmarks.machine import RESULTS, machine, peak_memory_gib, save
from benchmarks.timing import Seconds, now, timed
from logistics.experiments.replicate import replicate, run_spec_of
from logistics.experiments.workers.executors import Shared, same
from logistics.experiments.workers.pool import worker_pool
from logistics.studies.points import points_of
from logistics.studies.run import run_study
from logistics.studies.store.store import Store
from logistics.studies.study import Study
from networks.files import EXAMPLES

NETWORK = "amazon-fulfillment"
ORDERS_PER_DAY = 25_000
"""So that a replication takes about two seconds."""
RUNS, PAIRS, MOST_PAIRS = 2, 8, 40
CLOSE = 0.005
"""Half the width of the overhead's interval at which no more pairs are taken."""
CORES_RUNS = 24
FEW, MANY = 20, 400
MINUTES = 10
SMALL = {"days.days": 1, "days.warm_up_days": 0, "days.later_order_days": 5}


def study_of(base: str, replications: int, small: bool, orders_per_day: int = 0) -> Study:
    """Return the shortest study of a network."""
    fields: dict[str, Any] = dict(SMALL) if small else {}
    if orders_per_day:
        fields["orders.orders_per_day"] = orders_per_day
    return Study(base=base, name="benchmark", replications=replications, set=fields)


def as_study(study: Study, workers: int) -> tuple[Seconds, int]:
    """Run a study into a new folder; return the seconds it took, and how many runs are there."""
    with tempfile.TemporaryDirectory() as folder:
        points = points_of(study)
        store = Store.create(Path(folder) / "study", "", study.model_dump(mode="json"), points)
        started = now()
        with store.writing(), worker_pool(workers) as pool:
            run_study(study, store, pool)
        seconds = now() - started
        return seconds, sum(len(numbers) for numbers in store.finished().values())


def as_loop(study: Study) -> tuple[Seconds, dict[str, int]]:
    """Run the same replications in a bare loop; return the seconds, and what they did."""
    (point,) = points_of(study)
    spec = Shared(partial(same, run_spec_of(point.plan)))

    def loop() -> dict[str, int]:
        facts = [
            replicate(spec, number, why=False)[1][NETWORK]
            for number in range(point.plan.replications)
        ]
        return {name: sum(one[name] for one in facts) for name in COUNTS if name in facts[0]}

    return timed(loop)


def overhead(small: bool) -> dict[str, Any]:
    """Return by how much more of the processor a study takes than a bare loop, pair by pair."""
    runs, least, most = (2, 1, 1) if small else (RUNS, PAIRS, MOST_PAIRS)
    study = study_of(NETWORK, runs, small, 15_000 if small else ORDERS_PER_DAY)
    _, counts = as_loop(study)  # compiles, builds
    ratios, each = list[float](), list[Seconds]()
    while len(ratios) < least or (len(ratios) < most and half_width(ratios) > CLOSE):
        if len(ratios) % 2:
            took, made = as_study(study, 1)
        loop, did = as_loop(study)
        if not len(ratios) % 2:
            took, made = as_study(study, 1)
        assert (made, did) == (runs, counts), f"{made} runs were made, not {runs}; {did}"
        ratios.append(took.processor / loop.processor)
        each.append(loop)
    return {
        "runs": runs, "pairs": len(ratios), "counts": counts,
        "processor_seconds_a_run": round(statistics.median(s.processor for s in each) / runs, 2),
        "wall_seconds_a_run": round(statistics.median(s.wall for s in each) / runs, 2),
        "overhead": round(statistics.mean(ratios) - 1, 4),
        "half_width": None if small else round(half_width(ratios), 4),
        "of_each_pair": [round(ratio - 1, 4) for ratio in ratios],
    }  # fmt: skip


def half_width(ratios: Sequence[float]) -> float:
    """Return half the width of the 95% t interval of a mean."""
    from scipy.stats import t  # noqa: PLC0415

    count = len(ratios)
    return float(t.ppf(0.975, count - 1)) * statistics.stdev(ratios) / count**0.5


def cores(small: bool) -> dict[str, Any]:
    """Return what a second process gains, its start included."""
    runs = 2 if small else CORES_RUNS
    study = study_of(NETWORK, runs, small, 15_000 if small else ORDERS_PER_DAY)
    seconds: dict[int, Seconds] = {}
    for workers in (1, 2):
        seconds[workers], made = as_study(study, workers)
        assert made == runs, f"{made} runs were made, not {runs}"
    return {
        "runs": runs, "one": seconds[1].row(1), "two": seconds[2].row(1),
        "times_as_fast": round(seconds[1].wall / seconds[2].wall, 2),
    }  # fmt: skip


def memory(small: bool) -> dict[str, Any]:
    """Return the memory of a study's process after few and after many replications."""
    counts = (2, 4) if small else (FEW, MANY)
    gib = {}
    for count in counts:
        found = child("benchmarks.studies", "--replications", str(count), seconds=60 * MINUTES)
        assert not found.fault, found.fault
        assert found.steps["runs"] == count
        gib[count] = found.steps["gib"]
    few, many = counts
    return {
        "few": few, "many": many, "few_gib": round(gib[few], 3), "many_gib": round(gib[many], 3),
        "growth": round(gib[many] / gib[few] - 1, 4),
    }  # fmt: skip


def one_study(replications: int) -> None:
    """Run a study and make its tables; say how much memory that took."""
    from logistics.report.studies.folder import write_study  # noqa: PLC0415
    from logistics.studies.results import study_result  # noqa: PLC0415

    study = study_of(str(EXAMPLES["small-seller"]), replications, True)
    with tempfile.TemporaryDirectory() as folder:
        points = points_of(study)
        store = Store.create(Path(folder) / "study", "", study.model_dump(mode="json"), points)
        with store.writing(), worker_pool(1) as pool:
            state = run_study(study, store, pool)
            write_study(study_result(study, store), store)
    say(runs=state.done, gib=peak_memory_gib())


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look that measures nothing")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--replications", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.replications:
        one_study(given.replications)
        return
    # memory first: a new process starts with its parent's peak for its own
    kept = memory(given.small)
    result = {
        "machine": machine(),
        "overhead": overhead(given.small),
        "cores": cores(given.small),
        "memory": kept,
    }
    save("studies", result, given.results)


if __name__ == "__main__":
    main(sys.argv[1:])
