"""Why one network is later than another, or one group of parcels than all: by cause, exactly.

The steps of a waterfall add up to the difference, order by order, in whole ticks. What each step
is, is a matter of definition: `docs/background/why-late.md` says which, and what follows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.measures.group_totals import GroupTotals
from logistics.analysis.measures.hours import LATE_STEPS
from logistics.analysis.measures.outcomes import Causes, Outcomes
from logistics.analysis.statistics.intervals import LEVEL, Estimate, mean_interval
from logistics.vocabulary import CAUSES

Floats = NDArray[np.float64]
Ticks = NDArray[np.integer[Any]]

_CHUNK = 1 << 16  # parcels at a time: the temporaries stay in the processor's cache
_IN_ORDER = ("promise", *CAUSES)


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
    both = np.flatnonzero(one.delivered & other.delivered)
    markets = len(one.names.markets)
    sums = np.zeros((2, len(CAUSES)), np.int64)
    by_market, late = np.zeros(markets), _Late()
    for start in range(0, len(both), _CHUNK):
        rows = both[start : start + _CHUNK]
        mine, theirs = a.ticks[:, rows], b.ticks[:, rows]
        sums += np.stack([mine.sum(axis=1, dtype=np.int64), theirs.sum(axis=1, dtype=np.int64)])
        steps = theirs - mine
        by_market += np.bincount(one.market[rows], steps.sum(axis=0, dtype=np.int64), markets)
        slack = mine.sum(axis=0, dtype=np.int64) - a.allowed[rows]
        late.add(slack, a.allowed[rows] - b.allowed[rows], steps)
    never = _late(other)[~(one.delivered & other.delivered)]
    before = _late(one)[~(one.delivered & other.delivered)]
    return PairSums(
        parcels=len(one),
        both=len(both),
        first=sums[0],
        second=sums[1],
        ticks_per_hour=a.ticks_per_hour,
        late=(int(_late(one).sum()), int(_late(other).sum())),
        late_steps=late.steps() | {"never delivered": 2 * (int(never.sum()) - int(before.sum()))},
        market_ticks=np.rint(by_market).astype(np.int64),
        market_parcels=np.bincount(one.market[both], minlength=markets),
    )


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

        An estimate is the mean of the runs' own values, so that the steps still add up.

        Raises ValueError without runs.
        """
        if not self._runs:
            raise ValueError("no runs: a waterfall needs at least one")
        ticks_per_day = 24 * self._runs[0].ticks_per_hour
        with np.errstate(divide="ignore", invalid="ignore"):
            days = self._market_ticks / self._market_parcels / ticks_per_day
        return _waterfall(self._runs, np.where(self._market_parcels > 0, days, math.nan), level)


def _waterfall(sums: Sequence[PairSums], market_days: Floats, level: float) -> Waterfall:
    hours = np.array([(one.both or math.nan) * one.ticks_per_hour for one in sums])
    parcels = np.array([one.parcels or math.nan for one in sums])
    first, second = (np.stack(column) / hours[:, None] for column in _columns(sums))
    late = np.array([one.late for one in sums]) / parcels[:, None]
    late_steps = np.array([[one.late_steps[name] for name in LATE_STEPS] for one in sums])
    shares = late_steps / (2 * parcels[:, None])
    return Waterfall(
        first_hours=mean_interval(first.sum(axis=1), level),
        second_hours=mean_interval(second.sum(axis=1), level),
        steps=_estimates(CAUSES, second - first, level),
        first_late=mean_interval(late[:, 0], level, (0.0, 1.0)),
        second_late=mean_interval(late[:, 1], level, (0.0, 1.0)),
        late_steps=_estimates(LATE_STEPS, shares, level),
        market_days=market_days,
    )


def against_all(groups: GroupTotals, everyone: GroupTotals) -> Floats:
    """Return (causes, n) mean hours by cause of each group less those of all delivered parcels.

    What makes a group slow: its steps add up to its mean delivery time less everybody's.
    """
    return np.asarray(groups.mean_hours() - everyone.mean_hours())


class _Late:
    """How many are late while one player after the other goes from the first network to the second.

    In the order of the way, and in the reverse order; a player's part is the mean of both.
    """

    def __init__(self) -> None:
        self._forward = np.zeros(len(_IN_ORDER) + 1, np.int64)
        self._backward = np.zeros(len(_IN_ORDER) + 1, np.int64)

    def add(self, slack: NDArray[np.int64], promise: NDArray[np.int64], steps: Ticks) -> None:
        """Count parcels delivered in both: ticks from the deadline to delivery, and changes."""
        changes = [promise, *steps]
        for counts, players in ((self._forward, changes), (self._backward, changes[::-1])):
            at = slack.copy()
            counts[0] += np.count_nonzero(at >= 0)
            for row, change in enumerate(players):
                at += change
                counts[row + 1] += np.count_nonzero(at >= 0)

    def steps(self) -> dict[str, int]:
        """Return twice the number of parcels by player."""
        parts = np.diff(self._forward) + np.diff(self._backward)[::-1]
        return dict(zip(_IN_ORDER, parts.tolist(), strict=True))


def _late(o: Outcomes) -> NDArray[np.bool_]:
    return np.asarray(~(o.late_days <= 0))


def _columns(sums: Sequence[PairSums]) -> tuple[list[Ticks], list[Ticks]]:
    return [one.first for one in sums], [one.second for one in sums]


def _estimates(names: Iterable[str], runs: Floats, level: float) -> dict[str, Estimate]:
    """Return an estimate for each column of (runs, names)."""
    return {name: mean_interval(runs[:, row], level) for row, name in enumerate(names)}
