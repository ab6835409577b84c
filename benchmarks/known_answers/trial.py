"""One case run and judged, a second time with other luck where a figure fails."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.cases import simulation_of
from benchmarks.known_answers.judging import Verdict, judge

SEED = 1
AGREES, DISAGREES, SKIPPED = "agrees", "disagrees", "skipped"


@dataclass(frozen=True)
class Trial:
    """What became of a case. `again`: its figures with the second seed, if that was needed."""

    id: str
    verdict: str
    figures: tuple[Verdict, ...]
    again: tuple[Verdict, ...]
    seconds: float

    def failing(self) -> set[str]:
        """Return the figures that failed each time."""
        failed = {one.figure for one in self.figures if not one.agrees}
        return failed & {one.figure for one in self.again if not one.agrees}

    def as_data(self) -> dict[str, Any]:
        """Return the trial as plain data, NaN as None."""
        return {
            "id": self.id, "verdict": self.verdict, "seconds": round(self.seconds, 2),
            "figures": [_plain(one) for one in self.figures],
            "again": [_plain(one) for one in self.again],
        }  # fmt: skip


def try_case(answer: Answer, seed: int = SEED) -> Trial:
    """Simulate and judge a case; where a figure fails, once more with the next seed.

    A case disagrees when the same figure fails twice.
    """
    simulate = simulation_of(answer)
    if simulate is None:
        return Trial(answer.id, SKIPPED, (), (), 0.0)
    started = time.perf_counter()
    first = tuple(judge(answer, simulate(answer, seed)))
    again: tuple[Verdict, ...] = ()
    if not all(one.agrees for one in first):
        again = tuple(judge(answer, simulate(answer, seed + 1)))
    trial = Trial(answer.id, AGREES, first, again, time.perf_counter() - started)
    return Trial(**{**vars(trial), "verdict": DISAGREES}) if trial.failing() else trial


def _plain(verdict: Verdict) -> dict[str, Any]:
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in asdict(verdict).items()
    }
