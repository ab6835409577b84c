"""Where the delivery time goes, and why one network is later than another: by cause, exactly.

Five kinds of hours, and eleven causes that split them further.

The steps of a waterfall add up to the difference, order by order, in whole ticks. What each step
is, is a matter of definition: `docs/background/why-late.md` says which, and what follows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.measures.metrics import Definition, Measure, Part, Section
from logistics.analysis.measures.outcomes import Causes, Outcomes, mean_of
from logistics.analysis.statistics.intervals import (
    LEVEL,
    Estimate,
    Floats,
    difference_interval,
    mean_interval,
    share_over_runs,
)
from logistics.vocabulary import CAUSES, HOURS

_WORDS = {
    "wait_work": ("waiting for work", "waiting for a release window or in a queue"),
    "work": ("in work", "in work, and in dwell"),
    "wait_departure": ("waiting for departure", "ready and waiting for a departure"),
    "transit": ("in transit", "on lanes between facilities"),
    "last_mile": ("last mile", "from joining a delivery wave to the door"),
}


def _hours_of_run(o: Outcomes) -> Mapping[str, Part]:
    return {f"hours.{name}": mean_of(o.hours[row][o.delivered]) for row, name in enumerate(HOURS)}


_SECTION = Section(
    "Hours by stage",
    "mean hours over delivered parcels; the five add up to 24 times the mean delivery time.",
    {
        f"hours.{name}": Definition(
            "hours",
            label,
            f"Hours {text}, mean over delivered parcels; the five add up to 24 x"
            " delivery_days.mean.",
            title=f"hours {label}" if name != "last_mile" else "hours in the last mile",
        )
        for name, (label, text) in _WORDS.items()
    },
)

HOURS_BY_STAGE = Measure(_hours_of_run, (_SECTION,))

_CAUSES = {
    "closed": (
        "closed hours",
        "waiting for a day or hour at which work is done: for the order release, while no worker is"
        " on duty, or on dates on which the lane or the courier does not run",
    ),
    "queue": (
        "queue at the origin",
        "released and waiting for the seller or for a picker, with workers on duty",
    ),
    "packing": ("packing", "in work and dwell at the origin"),
    "sort_queue": ("queue at the sorter", "waiting to be sorted at a later facility"),
    "sorting": ("sorting", "in work and dwell at later facilities"),
    "full": (
        "full trucks",
        "from the first departure or delivery route it could have taken to the one it took",
    ),
    "next_departure": ("wait for next departure", "waiting for the next departure of a lane"),
    "transit": ("on the road", "on lanes between facilities"),
    "next_round": ("wait for delivery route", "ready at its station, waiting for the couriers"),
    "round": ("out for delivery", "with the courier on the last delivery route"),
    "between_attempts": (
        "failed attempts",
        "from the first delivery route it could have taken to its last, after a failed attempt",
    ),
}

CAUSE_METRICS: dict[str, Definition] = {
    name: Definition("hours", label, f"Hours {text}, mean over delivered parcels.")
    for name, (label, text) in _CAUSES.items()
}
"""By name, in the order of `CAUSES`, where the hours from order to delivery go."""


def _late_step(label: str, due: str) -> Definition:
    change = "Part of the change in the late share, second minus first,"
    return Definition("share", label, f"{change} due to {due}.", -1.0, 1.0)


LATE_STEPS: dict[str, Definition] = {
    "promise": _late_step("different promise", "different promised dates"),
    **{name: _late_step(label, f"this cause: {label}") for name, (label, _) in _CAUSES.items()},
    "never delivered": _late_step(
        "never delivered", "parcels that one of the two networks never delivered"
    ),
}
"""By name, what the change in the late share between two networks is made of."""

Ticks = NDArray[np.integer[Any]]

_CHUNK = 1 << 16  # parcels at a time: the temporaries stay in the processor's cache


@dataclass(frozen=True, eq=False)
class PairSums:
    """How one run of two networks differs by cause, in whole ticks and parcels.

    `parcels`, `both`: all, and those delivered in both. `first`, `second`: (causes,) ticks over
    `both`. `late`: of all parcels, in the first and in the second network. `late_steps`: by name
    as in `LATE_STEPS`, twice the number of parcels. `market_ticks`, `market_parcels`: second minus
    first, and how many, over `both` by market.
    """

    parcels: int
    both: int
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    ticks_per_hour: float
    late: tuple[int, int]
    late_steps: Mapping[str, int]
    market_ticks: NDArray[np.int64]
    market_parcels: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Waterfall:
    """Why the second network takes longer than the first, over all runs.

    `first_hours`, `second_hours`: mean delivery time over the parcels delivered in both; `steps`:
    by cause, hours, second minus first: they add up to the difference. `first_late`,
    `second_late`: share late of all parcels, one never delivered being late; `late_steps`: by name
    as in `LATE_STEPS`, adding up to the difference. `market_days`: (markets,) mean difference in
    days over all runs together; NaN where none.
    """

    first_hours: Estimate
    second_hours: Estimate
    steps: Mapping[str, Estimate]
    first_late: Estimate
    second_late: Estimate
    late_steps: Mapping[str, Estimate]
    market_days: Floats


def pair_sums(first: tuple[Outcomes, Causes], second: tuple[Outcomes, Causes]) -> PairSums:
    """Sum up how one run of the same orders differs between two networks.

    Raises ValueError if the two do not have as many parcels, or differ in their ticks.
    """
    (one, a), (other, b) = first, second
    if len(one) != len(other) or a.ticks_per_hour != b.ticks_per_hour:
        raise ValueError("not the same orders, or not the same ticks")
    delivered = one.delivered & other.delivered
    both, markets = np.flatnonzero(delivered), len(one.names.markets)
    sums, by_market = np.zeros((2, len(CAUSES)), np.int64), np.zeros(markets)
    counts = np.zeros((2, len(CAUSES) + 2), np.int64)
    for start in range(0, len(both), _CHUNK):
        rows = both[start : start + _CHUNK]
        mine, theirs = a.ticks[:, rows], b.ticks[:, rows]
        sums += np.stack([mine.sum(axis=1, dtype=np.int64), theirs.sum(axis=1, dtype=np.int64)])
        steps = theirs - mine
        by_market += np.bincount(one.market[rows], steps.sum(axis=0, dtype=np.int64), markets)
        slack = mine.sum(axis=0, dtype=np.int64) - a.allowed[rows]
        counts += _late_counts(slack, [a.allowed[rows] - b.allowed[rows], *steps])
    late = [~(o.late_days <= 0) for o in (one, other)]
    never = [int((who & ~delivered).sum()) for who in late]
    parts = np.diff(counts[0]) + np.diff(counts[1])[::-1]  # of both orders: twice the parcels
    return PairSums(
        parcels=len(one),
        both=len(both),
        first=sums[0],
        second=sums[1],
        ticks_per_hour=a.ticks_per_hour,
        late=(int(late[0].sum()), int(late[1].sum())),
        late_steps=dict(zip(LATE_STEPS, [*parts.tolist(), 2 * (never[1] - never[0])], strict=True)),
        market_ticks=np.rint(by_market).astype(np.int64),
        market_parcels=np.bincount(one.market[both], minlength=markets),
    )


def _late_counts(slack: NDArray[np.int64], changes: list[Ticks]) -> NDArray[np.int64]:
    """Return (2, changes + 1) how many are late after each change, in order and in reverse.

    `slack`: ticks from the deadline to delivery in the first network. What a change does depends on
    those before it, so its part is the mean over both orders.
    """
    counts = []
    for players in (changes, changes[::-1]):
        at = slack.copy()
        counts.append([np.count_nonzero(at >= 0)])
        for change in players:
            at += change
            counts[-1].append(np.count_nonzero(at >= 0))
    return np.array(counts)


class WaterfallTotals:
    """How two networks differ by cause, added up one run at a time; markets only as sums."""

    def __init__(self) -> None:
        self._runs: list[PairSums] = []
        self._market_ticks = self._market_parcels = np.zeros(1, np.int64)

    def add(self, one: PairSums) -> None:
        """Add a run."""
        self._market_ticks = self._market_ticks + one.market_ticks
        self._market_parcels = self._market_parcels + one.market_parcels
        none = np.zeros(0, np.int64)
        self._runs.append(replace(one, market_ticks=none, market_parcels=none))

    def waterfall(self, level: float = LEVEL) -> Waterfall:
        """Return the waterfall over the runs, with intervals.

        Hours are means of the runs' own values, shares are of the parcels of all runs, so that the
        steps still add up. Of a step in the share late it is only known how many more parcels it
        makes late than it spares: its interval is at least what those allow.

        Raises ValueError without runs.
        """
        if not self._runs:
            raise ValueError("no runs: a waterfall needs at least one")
        runs = self._runs
        with np.errstate(divide="ignore", invalid="ignore"):
            days = self._market_ticks / self._market_parcels / (24 * runs[0].ticks_per_hour)
        hours = np.array([[(one.both or math.nan) * one.ticks_per_hour] for one in runs])
        first = np.stack([one.first for one in runs]) / hours
        second = np.stack([one.second for one in runs]) / hours
        steps = zip(CAUSES, (second - first).T, strict=True)
        late, parcels = zip(*(one.late for one in runs), strict=True), [one.parcels for one in runs]
        first_late, second_late = (share_over_runs(counts, parcels, level) for counts in late)
        return Waterfall(
            first_hours=mean_interval(first.sum(axis=1), level, (0.0, math.inf)),
            second_hours=mean_interval(second.sum(axis=1), level, (0.0, math.inf)),
            steps={name: mean_interval(hours, level) for name, hours in steps},
            first_late=first_late,
            second_late=second_late,
            late_steps={name: self._late_step(name, level) for name in LATE_STEPS},
            market_days=np.where(self._market_parcels > 0, days, math.nan),
        )

    def _late_step(self, name: str, level: float) -> Estimate:
        runs = [one for one in self._runs if one.parcels]
        parcels = sum(one.parcels for one in runs)
        moved = np.array([one.late_steps[name] for one in runs]) / 2
        net, mean = float(moved.sum()), parcels / len(runs) if runs else 1.0
        return difference_interval(moved / mean, max(-net, 0), max(net, 0), parcels, level)
