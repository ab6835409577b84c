"""How far work is, as values: any face (a bar, lines of JSON, a page) shows them in its own way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

R = TypeVar("R")

BUILDING = "building the networks"
RUNNING = "running"
BOTTLENECKS = "checking bottlenecks"
ASSUMPTIONS = "drawing the assumptions"
TRACING = "following the orders"
WRITING = "writing the results"
DRAWING = "drawing page, pictures and workbook"
ENDS = (WRITING, DRAWING)
"""Stages in one piece, of some ten seconds."""


@dataclass(frozen=True)
class Progress:
    """How far a comparison or study is.

    `stage`: what is being done, one of the constants above. `done`, `expected`: how much of it, in
    networks or runs. `points`, `complete`, `failed`: numbers of points of a study. `waiting_for`:
    what in a study needs most runs to be precise, in words. `seconds_left`: of this stage; None
    where it is not known.
    """

    stage: str
    done: int
    expected: int
    points: int = 0
    complete: int = 0
    failed: int = 0
    waiting_for: str = ""
    seconds_left: float | None = None


Report = Callable[[Progress], None]
"""Called as a stage begins, and after each of its runs."""


def silent(_: Progress) -> None:
    """Report nothing."""


def seconds_left(started: float, done: int, remaining: int) -> float | None:
    """Return how long the rest takes if it goes on as since `started`; None before the first."""
    return (time.monotonic() - started) / done * remaining if done else None


def reported(results: Iterable[R], report: Report, stage: str, expected: int) -> Iterator[R]:
    """Yield results as they come, and report each once the caller has dealt with it."""
    started = time.monotonic()
    report(Progress(stage, 0, expected))
    for done, one in enumerate(results, start=1):
        yield one
        left = seconds_left(started, done, expected - done)
        report(Progress(stage, done, expected, seconds_left=left))
