"""How far each point of a study is: which replication comes next, and when it has enough.

What is decided depends only on the finished runs, in the order of their numbers, so a study that
was interrupted and resumed ends where an undisturbed one does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from logistics.analysis.comparison import Accumulator, pair_name, pairs_of
from logistics.analysis.measures.registry import NETWORK_METRICS
from logistics.analysis.statistics.stopping import Target, Verdict, verdict
from logistics.studies.points import Point
from logistics.studies.store.store import Store
from logistics.studies.study import Study


@dataclass(frozen=True)
class Aim:
    """When a point has runs enough.

    `targets`: what must be precise; none: `most` runs. `least`, `most`: runs.
    """

    targets: tuple[Target, ...]
    least: int
    most: int


@dataclass
class PointProgress:
    """How far one point is.

    `finished`: numbers of the replications in the store. `broken`: of those that could not be run,
    why; it is not known at once whether they are needed. `enough`: how many make it complete; None
    while that is not known. `failed`: why it cannot be run, or empty.
    """

    point: Point
    aim: Aim
    finished: set[int]
    failed: str = ""
    enough: int | None = None
    verdict: Verdict | None = None
    broken: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    _next: int = 0
    _runs: Accumulator = field(default_factory=Accumulator)

    def __post_init__(self) -> None:
        """Know at once what is enough where nothing has to be precise."""
        if not self.aim.targets:
            self.enough = self.aim.most

    @property
    def complete(self) -> bool:
        """Tell whether nothing is left to run."""
        return bool(self.failed) or (
            self.enough is not None and set(range(self.enough)) <= self.finished
        )

    @property
    def expected(self) -> int:
        """Return how many runs it will have, as far as is known."""
        if self.enough is not None:
            return self.enough
        more = self.verdict.more_runs if self.verdict else None
        wanted = self.aim.least if self.verdict is None else len(self._runs) + (more or 1)
        return min(max(wanted, self.aim.least), self.aim.most)

    @property
    def remaining(self) -> int:
        """Return how many runs are still to be made, as far as is known."""
        if self.failed:
            return 0
        return len(set(range(self.expected)) - self.finished)

    def first_needed(self) -> int:
        """Return the first replication without which the point cannot be complete; -1 for none."""
        if self.enough is not None:
            return next((n for n in range(self.enough) if n in self.broken), -1)
        return len(self._runs)

    def next_replications(self) -> Iterator[int]:
        """Yield what to run next, as long as it is not known to be enough."""
        while not self.failed:
            while self._next in self.finished:
                self._next += 1
            if self._next >= (self.aim.most if self.enough is None else self.enough):
                return
            self._next += 1
            yield self._next - 1

    def advance(self, store: Store) -> None:
        """Judge the finished runs in the order of their numbers, until they are enough."""
        while self.enough is None and len(self._runs) in self.finished:
            self._runs.add(store.read_run(self.point.name, len(self._runs)))
            made = len(self._runs)
            if made >= min(self.aim.least, self.aim.most):
                self.verdict = judged(self._runs, self.aim)
                if self.verdict.stop or made >= self.aim.most:
                    self.enough = made
                    self._runs = Accumulator()  # of no more use


def judged(runs: Accumulator, aim: Aim) -> Verdict:
    """Return whether runs are precise enough, and if not, what is missing."""
    pairs = [pair_name(*two) for two in pairs_of(runs.names)]
    progress = [
        runs.progress(who, target)
        for target in aim.targets
        for who in (runs.names if target.name in NETWORK_METRICS else pairs)
    ]
    return verdict(progress, budget=aim.most, least_runs=aim.least)


def aim_of(study: Study, replications: int) -> Aim:
    """Return when a point of a study has runs enough."""
    if study.precision is None:
        return Aim((), replications, replications)
    targets = tuple(
        Target(name, one.half_width or 0.0, one.relative or 0.0)
        for name, one in study.precision.figures.items()
    )
    return Aim(targets, study.precision.least, study.precision.budget)


def needs(one: Verdict) -> str:
    """Return in words what a verdict waits for; empty if for nothing."""
    if one.bottleneck is None:
        return ""
    if one.more_runs is None:
        return f"{one.bottleneck}: out of reach"
    return f"{one.bottleneck}: about {one.more_runs:,} more run{'s' * (one.more_runs != 1)} needed"


def bottleneck(points: Sequence[PointProgress]) -> str:
    """Return in words what keeps a study from being precise enough; empty if nothing does."""
    verdicts = {one.point.name: one.verdict for one in points if one.verdict}
    missing = {name: one for name, one in verdicts.items() if one.bottleneck}
    if not missing:
        return ""
    runs = {
        name: math.inf if one.more_runs is None else one.more_runs for name, one in missing.items()
    }
    worst = max(runs, key=runs.__getitem__)
    return needs(missing[worst]) + (f" ({worst})" if len(points) > 1 else "")
