"""What work costs: processor seconds of all threads, seconds on the wall, and how often it ran.

Processor seconds (user and system) are the measure: other programs on the machine make the wall
longer, and more threads make it shorter, without any less being done.
"""

from __future__ import annotations

import gc
import math
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from unittest.mock import patch

Result = TypeVar("Result")
Places = Mapping[Any, Sequence[tuple[Any, str]]]
"""Steps, and where the functions of each are looked up: (module or class, name)."""


@dataclass(frozen=True)
class Seconds:
    """Seconds of the processor and on the wall."""

    processor: float = 0.0
    wall: float = 0.0

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(self.processor + other.processor, self.wall + other.wall)

    def __sub__(self, other: Seconds) -> Seconds:
        return Seconds(self.processor - other.processor, self.wall - other.wall)

    def row(self, digits: int = 2) -> dict[str, float]:
        """Return both, as a result keeps them."""
        processor, wall = round(self.processor, digits), round(self.wall, digits)
        return {"processor_seconds": processor, "wall_seconds": wall}


def now() -> Seconds:
    """Return the clocks: this process with all its threads, and its children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Seconds(time.process_time() + children.ru_utime + children.ru_stime, time.perf_counter())


def timed(work: Callable[[], Result]) -> tuple[Seconds, Result]:
    """Do some work once; return its seconds and what it returned."""
    started = now()
    result = work()
    return now() - started, result


def best(
    work: Callable[[], Result], repeat: int, enough: float = math.inf, digits: int = 4
) -> tuple[dict[str, Any], Result]:
    """Do some work so often, but not again once it took `enough` seconds of the processor.

    Returns the least seconds of each kind with the number of runs, and what the last returned.
    """
    seconds, result = timed(work)
    taken = [seconds]
    while len(taken) < repeat and sum(one.processor for one in taken) < enough:
        del result  # its memory is free before the next
        seconds, result = timed(work)
        taken.append(seconds)
    least = Seconds(min(s.processor for s in taken), min(s.wall for s in taken))
    return least.row(digits) | {"repeats": len(taken)}, result


@contextmanager
def collecting(wanted: bool) -> Iterator[None]:
    """Have Python's garbage collector on or off; what is there before is charged to nobody."""
    gc.collect()
    (gc.enable if wanted else gc.disable)()
    try:
        yield
    finally:
        gc.enable()


class Stopwatch:
    """Seconds by step, each without those of steps within it."""

    def __init__(self) -> None:
        """Nothing has taken any time."""
        self.seconds: defaultdict[Any, Seconds] = defaultdict(Seconds)
        self._within = [Seconds()]

    def timed(self, step: Any, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that does the same and is timed as part of a step."""

        def call(*given: Any, **more: Any) -> Any:
            self._within.append(Seconds())
            started = now()
            try:
                return function(*given, **more)
            finally:
                taken = now() - started
                self.seconds[step] += taken - self._within.pop()
                self._within[-1] += taken

        return call

    @contextmanager
    def watching(self, steps: Places) -> Iterator[None]:
        """Time the functions of some steps for a while; those that are not there are left out."""
        with ExitStack() as stack:
            for step, places in steps.items():
                for owner, name in places:
                    if hasattr(owner, name):
                        function = self.timed(step, getattr(owner, name))
                        stack.enter_context(patch.object(owner, name, function))
            yield
