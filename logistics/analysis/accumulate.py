"""Runs taken in one at a time, so that memory does not grow with them but for their figures.

Of each run stay its figures, counts and hours by cause, some kilobytes; distributions, tallies,
places and damage are added up as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from logistics.analysis.measures.attribution import GatheredSums
from logistics.analysis.measures.cases import CaseCounts, add_cases, pool_cases
from logistics.analysis.measures.figures import GatheredMeasurements
from logistics.analysis.measures.group_totals import AllGroupTotals, add_tallies
from logistics.analysis.measures.paired import GatheredPairs
from logistics.analysis.measures.place_totals import DamagePlaces, PlaceTotals
from logistics.analysis.measures.registry import DECISIVE, NETWORK_FIGURES, PAIRED_FIGURES
from logistics.analysis.statistics.intervals import LEVEL, Band
from logistics.analysis.statistics.warm_up import CommonWarmUp, common_warm_up

A = TypeVar("A")

Value = tuple[str, int, str, float, str]
"""Network or 'first vs second', replication (from 0), figure, value, unit."""


class Accumulator:
    """What replications leave behind, taken in one at a time, in the order of their numbers.

    `measurements`: by network; `pairs`: by 'first vs second' (see `pair_name`). Both are empty
    before the first run, which says which networks there are, and in which order. `why`: whether to
    take in tallies, hours by cause, places and damage too, some megabytes a network however many
    runs; without, the comparison lacks them.
    """

    def __init__(self, why: bool = True) -> None:
        self.why = why
        self.measurements: dict[str, GatheredMeasurements] = {}
        self.pairs: dict[str, GatheredPairs] = {}
        self._cases: dict[str, dict[str, CaseCounts]] = {}
        self._sums: dict[Pair, GatheredSums] = {}
        self._tallies: dict[str, AllGroupTotals] = {}
        self._places: dict[str, PlaceTotals] = {}
        self._damage: dict[str, DamagePlaces] = {}

    def __len__(self) -> int:
        """Return the number of runs."""
        return len(next(iter(self.measurements.values()), ()))

    @property
    def names(self) -> tuple[str, ...]:
        """The networks, in the order they are shown."""
        return tuple(self.measurements)

    def of(self, who: str) -> GatheredMeasurements | GatheredPairs:
        """Return what was gathered of a network, or of 'first vs second'.

        Raises KeyError for one that is not there.
        """
        return self.measurements[who] if who in self.measurements else self.pairs[who]

    def add(self, one: Replicate) -> None:
        """Take in the next run.

        Raises ValueError if it is of other networks than those before.
        """
        if not self.measurements:
            self._begin(one)
        if set(one.measurements) != set(self.names):
            raise ValueError(f"a run of {sorted(one.measurements)}, not of {self.names}")
        for name, gathered in self.measurements.items():
            gathered.add(one.measurements[name])
            self._cases[name] = add_cases(self._cases[name], one.cases[name])
        for two in pairs_of(self.names):
            self.pairs[pair_name(*two)].add(one.pairs[two])
        if self.why:
            self._add_causes(one)

    def comparison(self, run: Mapping[str, Any], level: float = LEVEL) -> Comparison:
        """Return the comparison over all runs taken in. `run`: what is told of them.

        Raises ValueError without runs.
        """
        if not self.measurements:
            raise ValueError("no replicates: a comparison needs at least one run")
        return Comparison(
            names=self.names,
            figures={name: one.figures(level) for name, one in self.measurements.items()},
            distributions={name: self.bands(name, level)["delivery_days"] for name in self.names},
            paired={name: one.figures(level) for name, one in self.pairs.items()},
            cases={name: pool_cases([one], level) for name, one in self._cases.items()},
            run=run,
            replications=len(self),
            level=level,
            group_totals=dict(self._tallies),
            waterfalls={pair_name(*two): one.waterfall(level) for two, one in self._sums.items()},
            places=dict(self._places),
            damage=dict(self._damage),
            values={
                name: {figure: one.values(figure) for figure in DECISIVE}
                for name, one in self.pairs.items()
            },
            simultaneous={
                name: one.decisive(level_of_each(level, self.names))
                for name, one in self.pairs.items()
            },
            unfinished={name: one.unfinished(level) for name, one in self.measurements.items()},
            warm_up=self._warm_up(run.get("warm_up_days")),
        )

    def values(self) -> Iterator[Value]:
        """Yield every figure of every single run, run by run."""
        networks = [(name, one.runs(), NETWORK_FIGURES) for name, one in self.measurements.items()]
        pairs = [(name, one.runs(), PAIRED_FIGURES) for name, one in self.pairs.items()]
        for number in range(len(self)):
            for name, runs, definitions in (*networks, *pairs):
                for figure, value in runs[number].items():
                    yield name, number, figure, value, definitions[figure].unit

    def bands(self, name: str, level: float = LEVEL) -> dict[str, Band]:
        """Return a network's distribution functions by name, as in `QUANTILES`."""
        gathered = self.measurements[name].distributions
        return {what: one.band(level) for what, one in gathered.items()}

    def _add_causes(self, one: Replicate) -> None:
        for two, sums in one.sums.items():
            self._sums.setdefault(two, GatheredSums()).add(sums)
        _take_in(self._tallies, one.group_totals, add_tallies)
        _take_in(self._places, one.places, add)
        _take_in(self._damage, one.damage, add)

    def _warm_up(self, simulated_days: int | None) -> dict[str, CommonWarmUp]:
        """Return when each network settles, where its days tell."""
        if simulated_days is None:
            return {}
        found = {
            name: common_warm_up(one.daily_days(), simulated_days)
            for name, one in self.measurements.items()
        }
        return {name: one for name, one in found.items() if one is not None}

    def _begin(self, one: Replicate) -> None:
        self.measurements = {name: GatheredMeasurements() for name in one.measurements}
        self.pairs = {pair_name(*two): GatheredPairs() for two in pairs_of(self.names)}
        self._cases = {name: {} for name in one.measurements}


def combine_replicates(
    replicates: Sequence[Replicate], run: Mapping[str, Any], level: float = LEVEL
) -> Comparison:
    """Return the comparison over all runs; the first one gives the order of the networks.

    Raises ValueError without replicates, or for other networks in one of them.
    """
    gathered = Accumulator()
    for one in replicates:
        gathered.add(one)
    return gathered.comparison(run, level)


def _take_in(total: dict[str, A], more: Mapping[str, A], plus: Callable[[A, A], A]) -> None:
    """Add what is new to what is there, name by name."""
    for name, one in more.items():
        total[name] = plus(total[name], one) if name in total else one
