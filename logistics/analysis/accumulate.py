"""Runs added up one at a time, so that memory hardly grows with them.

Of each run its metrics, counts and hours by cause are kept, some kilobytes; distributions, group
totals, places and damage are added up as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import add
from typing import Any, TypeVar

from logistics.analysis.comparison import (
    Comparison,
    Pair,
    Replicate,
    level_of_each,
    pair_name,
    pairs_of,
)
from logistics.analysis.measures.attribution import WaterfallTotals
from logistics.analysis.measures.cases import CaseCounts, add_cases, case_estimates
from logistics.analysis.measures.group_totals import AllGroupTotals, add_group_totals
from logistics.analysis.measures.metrics import RunTotals
from logistics.analysis.measures.network import NetworkTotals
from logistics.analysis.measures.paired import PairTotals
from logistics.analysis.measures.place_totals import DamagePlaces, PlaceTotals
from logistics.analysis.measures.registry import DECISIVE
from logistics.analysis.statistics.intervals import LEVEL
from logistics.analysis.statistics.stopping import Progress, Target
from logistics.analysis.statistics.warm_up import common_warm_up

A = TypeVar("A")

Value = tuple[str, int, str, float, str]
"""Network or 'first vs second', replication (from 0), metric, value, unit."""


class Accumulator:
    """What replications give, added up one at a time, in the order of their numbers.

    `measurements`: by network; `pairs`: by 'first vs second' (see `pair_name`). Both are empty
    before the first run, which says which networks there are, and in which order. `why`: whether to
    add up group totals, hours by cause, places and damage too, some megabytes a network however
    many runs; without, the comparison lacks them.
    """

    def __init__(self, why: bool = True) -> None:
        self.why = why
        self.measurements: dict[str, NetworkTotals] = {}
        self.pairs: dict[str, PairTotals] = {}
        self._cases: dict[str, dict[str, CaseCounts]] = {}
        self._sums: dict[Pair, WaterfallTotals] = {}
        self._group_totals: dict[str, AllGroupTotals] = {}
        self._places: dict[str, PlaceTotals] = {}
        self._damage: dict[str, DamagePlaces] = {}

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(next(iter(self.measurements.values()), ()))

    @property
    def names(self) -> tuple[str, ...]:
        """The networks, in the order they are shown."""
        return tuple(self.measurements)

    def of(self, who: str) -> RunTotals:
        """Return what was added up of a network, or of 'first vs second'.

        Raises KeyError for one that is not there.
        """
        return self.measurements[who] if who in self.measurements else self.pairs[who]

    def add(self, one: Replicate) -> None:
        """Add the next run.

        Raises ValueError if it is of other networks than those before.
        """
        if not self.measurements:
            self.measurements = {name: NetworkTotals() for name in one.measurements}
            self.pairs = {pair_name(*two): PairTotals() for two in pairs_of(self.names)}
        if set(one.measurements) != set(self.names):
            raise ValueError(f"a run of {sorted(one.measurements)}, not of {self.names}")
        for name, totals in self.measurements.items():
            totals.add(one.measurements[name])
            self._cases[name] = add_cases(self._cases.get(name, {}), one.cases[name])
        for two in pairs_of(self.names):
            self.pairs[pair_name(*two)].add(one.pairs[two])
        if self.why:
            for two, sums in one.sums.items():
                self._sums.setdefault(two, WaterfallTotals()).add(sums)
            _add_by_name(self._group_totals, one.group_totals, add_group_totals)
            _add_by_name(self._places, one.places, add)
            _add_by_name(self._damage, one.damage, add)

    def comparison(self, run: Mapping[str, Any], level: float = LEVEL) -> Comparison:
        """Return the comparison over all runs added. `run`: what is reported of them.

        Raises ValueError without runs.
        """
        if not self.measurements:
            raise ValueError("no replicates: a comparison needs at least one run")
        each, days = level_of_each(level, self.names), run.get("warm_up_days")
        warm_up = {
            name: None if days is None else common_warm_up(one.daily_days(), days)
            for name, one in self.measurements.items()
        }
        return Comparison(
            names=self.names,
            metrics={name: one.estimates(level) for name, one in self.measurements.items()},
            distributions={
                name: one.distributions["delivery_days"].band(level)
                for name, one in self.measurements.items()
            },
            paired={name: one.estimates(level) for name, one in self.pairs.items()},
            cases={name: case_estimates(one, level) for name, one in self._cases.items()},
            run=run,
            replications=len(self),
            level=level,
            group_totals=dict(self._group_totals),
            waterfalls={pair_name(*two): one.waterfall(level) for two, one in self._sums.items()},
            places=dict(self._places),
            damage=dict(self._damage),
            values={
                name: {metric: one.values(metric) for metric in DECISIVE}
                for name, one in self.pairs.items()
            },
            simultaneous={
                name: {metric: one.estimate(metric, each) for metric in DECISIVE}
                for name, one in self.pairs.items()
            },
            unfinished={name: one.unfinished(level) for name, one in self.measurements.items()},
            warm_up={name: one for name, one in warm_up.items() if one},
        )

    def progress(self, who: str, target: Target, level: float = LEVEL) -> Progress:
        """Return how far a metric of a network, or of 'first vs second', is from a target.

        Raises ValueError for one that is not there, or has no interval.
        """
        known = {**self.measurements, **self.pairs}
        if who not in known or target.name not in known[who].metrics:
            raise ValueError(f"{target.name}: is no metric of {who}")
        return known[who].progress(target, level)

    def values(self) -> Iterator[Value]:
        """Yield every metric of every single run, run by run."""
        known = {**self.measurements, **self.pairs}
        runs = {who: one.runs() for who, one in known.items()}
        for number in range(len(self)):
            for who, one in known.items():
                for metric, value in runs[who][number].items():
                    yield who, number, metric, value, one.metrics[metric].unit


def _add_by_name(total: dict[str, A], more: Mapping[str, A], plus: Callable[[A, A], A]) -> None:
    """Add what is new to what is there, name by name."""
    for name, one in more.items():
        total[name] = plus(total[name], one) if name in total else one
