"""How far each point of a study is: which replication comes next, and when it has enough.

What was decided depends on nothing but the finished runs taken in the order of their numbers, so a
study that was interrupted and resumed ends where an undisturbed one does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from logistics.analysis.comparison import pair_name, pairs_of
from logistics.analysis.definitions import NETWORK_FIGURES
from logistics.analysis.gathering import Gathering
from logistics.analysis.goals import progress_of
from logistics.analysis.stopping import Goal, Verdict, verdict
from logistics.experiments.store import Store
from logistics.experiments.studies.points import Point


@dataclass(frozen=True)
class Aim:
    """When a point has runs enough.

    `goals`: what must be precise; none: `most` runs. `least`, `most`: runs.
    """

    goals: tuple[Goal, ...]
    least: int
    most: int


@dataclass
class Course:
    """One point on its way.

    `finished`: numbers of the replications in the store. `enough`: how many make it complete; None
    while that is not known. `failed`: why it cannot be run, or empty.
    """

    point: Point
    aim: Aim
    finished: set[int]
    failed: str = ""
    enough: int | None = None
    verdict: Verdict | None = None
    _next: int = 0
    _gathered: Gathering = field(default_factory=Gathering)

    def __post_init__(self) -> None:
        """Know at once what is enough where nothing has to be precise."""
        if not self.aim.goals:
            self.enough = self.aim.most

    @property
    def complete(self) -> bool:
        """Tell whether nothing is left to run."""
        return bool(self.failed) or (
            self.enough is not None and set(range(self.enough)) <= self.finished
        )

    @property
    def expected(self) -> int:
        """Return how many runs it will have, as far as can be told."""
        if self.enough is not None:
            return self.enough
        more = self.verdict.more_runs if self.verdict else None
        wanted = self.aim.least if self.verdict is None else len(self._gathered) + (more or 1)
        return min(max(wanted, self.aim.least), self.aim.most)

    @property
    def remaining(self) -> int:
        """Return how many runs are still to be made, as far as can be told."""
        if self.failed:
            return 0
        return len(set(range(self.expected)) - self.finished)

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
        while self.enough is None and len(self._gathered) in self.finished:
            self._gathered.add(store.read_run(self.point.name, len(self._gathered)))
            made = len(self._gathered)
            if made >= min(self.aim.least, self.aim.most):
                self.verdict = self._judged()
                if self.verdict.stop or made >= self.aim.most:
                    self.enough = made

    def _judged(self) -> Verdict:
        names = self.point.plan.names
        pairs = [pair_name(*two) for two in pairs_of(names)]
        progress = [
            progress_of(self._gathered, who, goal)
            for goal in self.aim.goals
            for who in (names if goal.name in NETWORK_FIGURES else pairs)
        ]
        return verdict(progress, budget=self.aim.most, least_runs=self.aim.least)


def bottleneck(courses: Sequence[Course]) -> str:
    """Return in words what keeps a study from being precise enough; empty if nothing does."""
    open_ones = [one for one in courses if one.verdict is not None and one.verdict.bottleneck]
    if not open_ones:
        return ""
    worst = max(open_ones, key=lambda one: _more(one.verdict))
    assert worst.verdict is not None
    more = worst.verdict.more_runs
    where = f" at {worst.point.name}" if len(courses) > 1 else ""
    words = "out of reach" if more is None else f"about {more:,} more runs needed"
    return f"{worst.verdict.bottleneck}{where}: {words}"


def _more(one: Verdict | None) -> float:
    return float("inf") if one is None or one.more_runs is None else one.more_runs
