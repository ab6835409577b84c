"""What the textbook engine adds to SimPy itself: events a second, and those of bare SimPy.

    python -m benchmarks textbook_rate [-- --orders-per-day 15000 --rounds 7]

Bare SimPy is a program of a few lines that only waits. It starts a process for every parcel at the
tick at which the textbook engine does, and every process waits, by `env.timeout`, as often and as
long as its pattern in the engine; those who wait there for one event (the arrival of their truck)
share one here too. So as many processes are alive at any time and as many events happen, which is
asserted. It has no queues, no boarding and no records: it is what SimPy costs by itself.

Both run in turn in one process, with Python's garbage collector as it is and switched off. Seconds
are the processor's, because others may use the machine; a rate is that of the fastest round, a
ratio the median over the rounds. `clock` is the textbook engine while its clock runs: without
taking a problem apart into objects and putting columns together, which bare SimPy has not to do.
Writes `benchmarks/results/textbook_rate.json`.
"""

from __future__ import annotations

import argparse
import gc
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import simpy

from benchmarks.machine import RESULTS, machine, save
from benchmarks.timing import timed
from logistics.model.draws import draw
from logistics.model.prepare import prepare
from logistics.running import ordered
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.simulation import textbook
from logistics.simulation.clock import Clock
from logistics.simulation.problem import Problem
from logistics.streams import Streams

SEED = 1
ORDERS_PER_DAY = 15_000
DAYS = {"first_day": "2023-09-21", "days": 1, "warm_up_days": 0, "later_order_days": 4}
"""A Thursday and the four days after it, as five days of orders."""

KNOWN = {
    "amazon-fulfillment": {
        "parcels": 73_500, "processes": 73_500, "events": 966_389, "resumed": 1_012_379,
    },
    "tiktok-platform-fulfilled": {
        "parcels": 73_500, "processes": 65_640, "events": 737_275, "resumed": 823_283,
    },
    "tiktok-seller-direct": {
        "parcels": 73_500, "processes": 59_761, "events": 495_685, "resumed": 560_054,
    },
}  # fmt: skip
"""What seed 1 gives at the default size; a change of the scenarios changes it, a speed-up of the
clock must not."""

Process = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Pattern:
    """How one process waits: `waits` are ticks, or below 0 the number of a shared event."""

    starts: int
    waits: tuple[int, ...]
    ends: bool


@dataclass(frozen=True)
class Skeleton:
    """The textbook run without its contents. `shared`: tick of each shared event, by number.
    `calls`: ticks of the events that no process waits for."""

    parcels: list[Pattern]
    lanes: list[Pattern]
    shared: dict[int, int]
    calls: list[int]
    all_released: bool
    horizon: int


def problem_of(name: str, orders_per_day: int) -> Problem:
    scenario = load_scenario(name).replace(orders={"orders_per_day": orders_per_day}, days=DAYS)
    model, streams = prepare(scenario), Streams(SEED)
    return draw(model, ordered(model, None, streams), streams).problem


def counted(run: Callable[[], object]) -> dict[str, int]:
    """Run once, slowly; return how many events SimPy took and how often it resumed a process."""
    counts = {"events": 0, "resumed": 0}
    step, resume = simpy.Environment.step, simpy.Process._resume

    def counted_step(env: simpy.Environment) -> None:
        step(env)
        counts["events"] += 1

    def counted_resume(process: simpy.Process, event: simpy.Event) -> None:
        counts["resumed"] += 1
        resume(process, event)

    with (
        patch.object(simpy.Environment, "step", counted_step),
        patch.object(simpy.Process, "_resume", counted_resume),
    ):
        run()
    return counts


def skeleton(problem: Problem) -> Skeleton:
    """Run the textbook engine once and note when each of its processes was resumed."""
    moments: dict[simpy.Process, list[tuple[int, simpy.Event]]] = {}
    waiting: Counter[simpy.Event] = Counter()
    calls: list[int] = []
    step, resume = simpy.Environment.step, simpy.Process._resume

    def noted_step(env: simpy.Environment) -> None:
        tick, _, _, event = env._queue[0]
        processes = [getattr(callback, "__func__", None) for callback in event.callbacks]
        if event.callbacks and noted_resume not in processes:
            calls.append(int(tick))
        step(env)

    def noted_resume(process: simpy.Process, event: simpy.Event) -> None:
        moments.setdefault(process, []).append((int(process.env.now), event))
        waiting[event] += 1
        resume(process, event)

    with (
        patch.object(simpy.Environment, "step", noted_step),
        patch.object(simpy.Process, "_resume", noted_resume),
    ):
        textbook.run(problem)
    several = [event for event, processes in waiting.items() if processes > 1]
    numbers = {event: -number for number, event in enumerate(several, 1)}
    shared: dict[int, int] = {}
    patterns: dict[str, list[Pattern]] = {"travel": [], "run": [], "_release": []}
    for process, noted in moments.items():
        waits = []
        for (before, _), (tick, event) in pairwise(noted):
            waits.append(numbers.get(event, tick - before))
            if event in numbers:
                shared[numbers[event]] = tick
        patterns[process.name].append(Pattern(noted[0][0], tuple(waits), not process.is_alive))
    horizon = calls.pop()  # SimPy's own, which ends the run
    all_released = patterns["_release"][0].ends
    return Skeleton(patterns["travel"], patterns["run"], shared, calls, all_released, horizon)


def bare(plan: Skeleton) -> None:
    """Wait as the textbook engine did, and do nothing else."""
    env = simpy.Environment()
    shared: dict[int, simpy.Event] = {}

    def release() -> Process:
        now = 0
        for parcel in plan.parcels:
            yield env.timeout(parcel.starts - now)
            now = parcel.starts
            env.process(live(parcel))
        if not plan.all_released:
            yield env.event()

    def live(pattern: Pattern) -> Process:
        for wait in pattern.waits:
            if wait >= 0:
                yield env.timeout(wait)
            else:
                if wait not in shared:
                    shared[wait] = env.timeout(plan.shared[wait] - env.now)
                yield shared[wait]
        if not pattern.ends:
            yield env.event()  # never happens: the horizon came first

    for tick in plan.calls:
        env.timeout(tick)
    for lane in plan.lanes:
        env.process(live(lane))
    env.process(release())
    env.run(until=plan.horizon)


def measured(name: str, orders_per_day: int, rounds: int) -> dict[str, Any]:
    """Return the rates of both, and the counts.

    Raises AssertionError when they do not do the same work, or not that which is known.
    """
    problem = problem_of(name, orders_per_day)
    plan = skeleton(problem)
    runs = {"textbook": lambda: textbook.run(problem), "bare": lambda: bare(plan)}
    counts = {key: counted(run) for key, run in runs.items()}
    assert counts["textbook"] == counts["bare"], f"{counts} are not the same work"
    found = {"parcels": len(problem.parcels.order), "processes": len(plan.parcels)}
    found |= counts["textbook"]
    known = KNOWN.get(name) if orders_per_day == ORDERS_PER_DAY else None
    assert known in (None, found), f"{found} is not the known {known}"
    return {
        "counts": found,
        "collector_on": _rates(runs, rounds, found["events"]),
        "collector_off": _without_collector(runs, rounds, found["events"]),
    }


def _without_collector(
    runs: dict[str, Callable[[], object]], rounds: int, events: int
) -> dict[str, float]:
    gc.disable()
    try:
        return _rates(runs, rounds, events)
    finally:
        gc.enable()


def _rates(runs: dict[str, Callable[[], object]], rounds: int, events: int) -> dict[str, float]:
    seconds: dict[str, list[float]] = {"textbook": [], "bare": [], "clock": []}
    clock_run = Clock.run

    def timed_clock(clock: Clock, horizon: int) -> None:
        seconds["clock"].append(_seconds(lambda: clock_run(clock, horizon)))

    with patch.object(Clock, "run", timed_clock):
        for _ in range(rounds):
            for name, run in runs.items():
                gc.collect()
                gc.freeze()  # what is there before is charged to neither
                seconds[name].append(_seconds(run))
    rates = {f"{name}_events_per_second": round(events / min(s)) for name, s in seconds.items()}
    return rates | {
        "ratio": _ratio(seconds["bare"], seconds["textbook"]),
        "ratio_while_the_clock_runs": _ratio(seconds["bare"], seconds["clock"]),
    }


def _seconds(run: Callable[[], object]) -> float:
    return timed(run)[0].processor


def _ratio(bare: list[float], other: list[float]) -> float:
    return round(median(b / o for b, o in zip(bare, other, strict=True)), 2)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders-per-day", type=int, default=ORDERS_PER_DAY)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--scenarios", nargs="*", default=builtin_scenarios())
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    about = machine()
    cases = {name: measured(name, given.orders_per_day, given.rounds) for name in given.scenarios}
    save("textbook_rate", {"cases": cases, "machine": about}, given.results)


if __name__ == "__main__":
    main()
