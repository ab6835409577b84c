"""Runs added up one at a time, so that memory hardly grows with them.

Of each run its metrics, counts and hours by cause are kept, some kilobytes; distributions, group
totals, places and damage are added up as they come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from logistics.analysis.comparison import (
    Comparison,
    Pair,
    Replicate,
    level_of_each,
    pair_name,
    pairs_of,
)
from logistics.analysis.measures.attribution import WaterfallTotals
from logistics.analysis.measures.cases import CaseCounts, case_estimates
from logistics.analysis.measures.group_totals import AllGroupTotals
from logistics.analysis.measures.metrics import RunTotals
from logistics.analysis.measures.network import NetworkTotals
from logistics.analysis.measures.outcomes import together
from logistics.analysis.measures.place_totals import DamagePlaces, PlaceTotals
from logistics.analysis.measures.registry import DECISIVE, PAIRED_METRICS
from logistics.analysis.statistics.intervals import LEVEL
from logistics.analysis.statistics.stopping import Progress, Target
from logistics.analysis.statistics.warm_up import common_warm_up

Value = tuple[str, int, str, float, str]
"""Network or 'first vs second', replication (from 0), metric, value, unit."""


class Accumulator:
    """What replications give, added up one at a time, in the order of their numbers.

    `measurements`: by network; `pairs`: by 'first vs second' (see `pair_name`). Both are empty
    before the first run, which says which networks there are, and in which order. Group totals,
    hours by cause, places and damage take some megabytes a network, however many runs; the
    comparison lacks them where the runs do.
    """

    def __init__(self) -> None:
        self.measurements: dict[str, NetworkTotals] = {}
        self.pairs: dict[str, RunTotals] = {}
        self._cases: Mapping[str, Mapping[str, CaseCounts]] = {}
        self._sums: dict[Pair, WaterfallTotals] = {}
        self._group_totals: Mapping[str, AllGroupTotals] = {}
        self._places: Mapping[str, PlaceTotals] = {}
        self._damage: Mapping[str, DamagePlaces] = {}

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(next(iter(self.measurements.values()), ()))

    @property
    def names(self) -> tuple[str, ...]:
        """The networks, in the order they are shown."""
        return tuple(self.measurements)

    @property
    def of(self) -> dict[str, RunTotals]:
        """What was added up, by network and then by 'first vs second'."""
        return {**self.measurements, **self.pairs}

    def add(self, one: Replicate) -> None:
        """Add the next run.

        Raises ValueError if it is of other networks than those before.
        """
        if not self.measurements:
            self.measurements = {name: NetworkTotals() for name in one.measurements}
            self.pairs = {
                pair_name(*two): RunTotals(PAIRED_METRICS) for two in pairs_of(self.names)
            }
        if set(one.measurements) != set(self.names):
            raise ValueError(f"a run of {sorted(one.measurements)}, not of {self.names}")
        for name, totals in self.measurements.items():
            totals.add(one.measurements[name])
        for two in pairs_of(self.names):
            self.pairs[pair_name(*two)].add(one.pairs[two])
        self._cases = together(self._cases, one.cases)
        for two, sums in one.sums.items():
            self._sums.setdefault(two, WaterfallTotals()).add(sums)
        self._group_totals = together(self._group_totals, one.group_totals)
        self._places = together(self._places, one.places)
        self._damage = together(self._damage, one.damage)

    def comparison(self, run: Mapping[str, Any], level: float = LEVEL) -> Comparison:
        """Return the comparison over all runs added. `run`: what is reported of them.

        Raises ValueError without runs.
        """
        if not self.measurements:
            raise ValueError("no replicates: a comparison needs at least one run")
        each, days = level_of_each(level, self.names), run.get("warm_up_days")
        warm_up = {
            name: None if days is None else common_warm_up(one.rows("daily_days"), days)
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
            group_totals=self._group_totals,
            waterfalls={pair_name(*two): one.waterfall(level) for two, one in self._sums.items()},
            places=self._places,
            damage=self._damage,
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
        known = self.of
        if who not in known or target.name not in known[who].metrics:
            raise ValueError(f"{target.name}: is no metric of {who}")
        return known[who].progress(target, level)

    def values(self) -> Iterator[Value]:
        """Yield every metric of every single run, run by run."""
        known = self.of
        runs = {who: one.runs() for who, one in known.items()}
        for number in range(len(self)):
            for who, one in known.items():
                for metric, value in runs[who][number].items():
                    yield who, number, metric, value, one.metrics[metric].unit
