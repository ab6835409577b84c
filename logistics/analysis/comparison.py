"""Everything that a report needs of several networks, and nothing else.

Runs are added up one at a time, so that memory hardly grows with them: of each run its metrics,
counts and hours by cause are kept, some kilobytes; distributions, group totals, places and damage
are added up as they come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import floor, isfinite, log10
from typing import Any

import pandas as pd

from logistics.analysis.effects import Effect
from logistics.analysis.measures.attribution import PairSums, Waterfall, WaterfallTotals, pair_sums
from logistics.analysis.measures.cases import CaseCounts, case_estimates, count_cases
from logistics.analysis.measures.group_totals import AllGroupTotals, group_totals
from logistics.analysis.measures.metrics import Measure, RunMetrics, RunTotals
from logistics.analysis.measures.network import Limits, NetworkTotals, measure
from logistics.analysis.measures.outcomes import Causes, Outcomes, together
from logistics.analysis.measures.paired import pair
from logistics.analysis.measures.place_totals import DamagePlaces, PlaceTotals
from logistics.analysis.measures.registry import (
    CASE_METRICS,
    DECISIVE,
    NETWORK_METRICS,
    PAIRED_METRICS,
    Definition,
    Response,
)
from logistics.analysis.statistics.intervals import LEVEL, Band, Estimate, Floats, outward
from logistics.analysis.statistics.stopping import Progress, Target
from logistics.analysis.statistics.uncertainty import TwoIntervals
from logistics.analysis.statistics.warm_up import CommonWarmUp, common_warm_up

Pair = tuple[str, str]

COLUMNS = ("scenario", "figure", "estimate", "low", "high", "unit", "definition")
"""Of a table of metrics, and of `summary.csv`."""

PAIR_MARK = " vs "
"""Between the names of the two networks of a pair."""

_MAIN_METRICS = (
    "delivery_days.mean",
    "delivery_days.p50",
    "delivery_days.p95",
    "within_dates.2",
    "on_time_rate",
    "damage_rate",
    "loss_rate",
    "parcels",
)


@dataclass(frozen=True, eq=False)
class Replicate:
    """What one run of the same orders through every network gives, a few megabytes.

    Each by the network's name; `pairs` and `sums` by (first, second). The last four are empty
    where causes were not measured.
    """

    measurements: Mapping[str, RunMetrics]
    cases: Mapping[str, Mapping[str, CaseCounts]]
    pairs: Mapping[Pair, RunMetrics]
    group_totals: Mapping[str, AllGroupTotals] = field(default_factory=dict)
    sums: Mapping[Pair, PairSums] = field(default_factory=dict)
    places: Mapping[str, PlaceTotals] = field(default_factory=dict)
    damage: Mapping[str, DamagePlaces] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Networks side by side over all runs.

    `names`: the networks, in the order they are shown. `metrics`: by network, then by name as in
    `NETWORK_METRICS`. `distributions`: by network, of the delivery days. `paired`: by
    'first vs second' (see `pair_name`), then by name as in `PAIRED_METRICS`. `cases`: by network,
    then by `<case>.<metric>`. `run`: seed, replications, parcels, events, seconds, versions, and
    what else is worth keeping; goes into `summary.json` as it is. `replications`: number of runs.
    `level`: of the intervals.

    How sure: `values`: by 'first vs second', then by name as in `DECISIVE`, the metric in each run.
    `simultaneous`: the same metrics with intervals that hold for all pairs at once (Bonferroni):
    what verdicts go by; of two networks, those of `paired`. `unfinished`: by network, how far
    parcels still under way leave the quantiles of the delivery days open, one for each of
    `QUANTILES`. `warm_up`: by network, when its days settle; not of networks where that is not
    known. `ranges`: the wide interval of a metric beside its narrow one, where assumptions were
    varied. All five may be empty.

    `backlog`: by network, the mean over the runs of the parcels on their way at the end of each
    date from the first simulated, in days of orders. `effects`: by network, what a what-if changes;
    of those that it changes.

    `added_capacity`: by network, what one more worker or vehicle at each of its worst bottlenecks
    would save (see `logistics.experiments.added_capacity`); empty where that was not tried.

    Why, and where: `group_totals`, `places`, `damage`: by network, all runs added up.
    `waterfalls`: by 'first vs second'. All four are empty where causes were not measured.
    """

    names: tuple[str, ...]
    metrics: Mapping[str, Mapping[str, Estimate]]
    distributions: Mapping[str, Band]
    paired: Mapping[str, Mapping[str, Estimate]]
    cases: Mapping[str, Mapping[str, Estimate]]
    run: Mapping[str, Any]
    replications: int
    level: float = LEVEL
    group_totals: Mapping[str, AllGroupTotals] = field(default_factory=dict)
    waterfalls: Mapping[str, Waterfall] = field(default_factory=dict)
    places: Mapping[str, PlaceTotals] = field(default_factory=dict)
    damage: Mapping[str, DamagePlaces] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Floats]] = field(default_factory=dict)
    simultaneous: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    unfinished: Mapping[str, tuple[Limits, ...]] = field(default_factory=dict)
    warm_up: Mapping[str, CommonWarmUp] = field(default_factory=dict)
    ranges: Mapping[Response, TwoIntervals] = field(default_factory=dict)
    added_capacity: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    backlog: Mapping[str, Floats] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a comparison in which a network lacks something."""
        known = set(self.names)
        if not known or len(known) != len(self.names):
            raise ValueError(f"names = {self.names}: each network once, and at least one")
        for part in ("metrics", "distributions", "cases"):
            if (of := set(getattr(self, part))) != known:
                raise ValueError(f"{part}: is of {sorted(of)}, not of {self.names}")
        if (of := set(self.paired)) != {pair_name(*two) for two in pairs_of(self.names)}:
            raise ValueError(f"paired: is of {sorted(of)}, not of all pairs of {self.names}")

    def label(self, network: str) -> str:
        """Return what tables and pictures call a network: the scenario's label, or its name.

        The name, too, where two networks have the same label. Of a pair, both with ' vs ' between.
        """
        if network in self.paired:
            pair = next(two for two in pairs_of(self.names) if pair_name(*two) == network)
            return pair_name(*map(self.label, pair))
        facts = self.run.get("networks", {})
        labels = [facts.get(name, {}).get("label") or name for name in self.names]
        own = labels[self.names.index(network)]
        return own if labels.count(own) == 1 else network

    def estimates_of(self, network: str) -> dict[str, Estimate]:
        """Return the metrics of a network, those of the two shoppers as `cases.<case>.<metric>`."""
        cases = {f"cases.{name}": one for name, one in self.cases[network].items()}
        return {**self.metrics[network], **cases}

    def table(self) -> pd.DataFrame:
        """Return one row per metric: scenario, figure, estimate, low, high, unit, definition.

        `low` and `high` are the ends of the interval; NaN where one run gives none.
        """
        shown = {name: self.estimates_of(name) for name in self.names} | dict(self.paired)
        rows = [
            (who, name, one.estimate, one.low, one.high, what.unit, what.text)
            for who, metrics in shown.items()
            for name, one in metrics.items()
            for what in [PAIRED_METRICS[name] if who in self.paired else definition_of(name)]
        ]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def __repr__(self) -> str:
        """Return a few lines: the main metrics of each network, without their intervals."""
        lines = [f"Comparison of {' and '.join(self.names)}, {self.replications} runs"]
        for metric in _MAIN_METRICS[:-1]:  # without the number of parcels
            what = NETWORK_METRICS[metric]
            values = ", ".join(f"{self.metrics[name][metric].estimate:.3g}" for name in self.names)
            lines.append(f"{what.label} ({what.unit}): {values}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Show the main metrics in a notebook, with their intervals."""
        known = [NETWORK_METRICS[metric] for metric in _MAIN_METRICS]
        cells = {
            name: [_cell(metrics[metric]) for metric in _MAIN_METRICS]
            for name, metrics in self.metrics.items()
        }
        index = [f"{one.label} ({one.unit})" for one in known]
        return str(pd.DataFrame(cells, index, list(self.names)).to_html())

    def pairs(self) -> Iterator[tuple[str, str, Mapping[str, Estimate]]]:
        """Return first network, second network and their metrics, pair by pair."""
        for first, second in pairs_of(self.names):
            yield first, second, self.paired[pair_name(first, second)]


def level_of_each(level: float, names: Sequence[str]) -> float:
    """Return the level of each pair's interval, so that all hold at once with `level`.

    >>> round(level_of_each(0.95, ["A", "B", "C"]), 4)
    0.9833
    """
    return 1 - (1 - level) / max(1, len(pairs_of(names)))


def definition_of(name: str) -> Definition:
    """Return the definition of a metric under a scenario.

    >>> definition_of("cases.album_to_richmond.week_or_more").unit
    'share'
    """
    if name.startswith("cases."):
        return CASE_METRICS[name.split(".", 2)[2]]
    return NETWORK_METRICS[name]


def _cell(one: Estimate) -> str:
    ends = [abs(end) for end in (one.low, one.high) if isfinite(end) and end]
    if not ends or one.low == one.high:
        return f"{one.estimate:.3g}"
    low, high = outward(one.low, one.high, 2 - floor(log10(max(ends))))
    return f"{one.estimate:.3g} ({low:g} to {high:g})"


def pairs_of(names: Sequence[str]) -> list[Pair]:
    """Return every two networks, in the order given."""
    return list(combinations(names, 2))


def pair_name(first: str, second: str) -> str:
    """Return the name under which a pair is kept."""
    return f"{first}{PAIR_MARK}{second}"


def measure_together(
    outcomes: Mapping[str, Outcomes],
    causes: Mapping[str, Causes] | None = None,
    more: Sequence[Measure] | None = None,
) -> Replicate:
    """Measure one run of the same orders through every network.

    `causes`: where the time went, by network; None leaves out what is made from it. `more`:
    measures beside the built-in ones; None: the registered ones of this process.

    Raises ValueError if the orders are not the same.
    """
    known = causes or {}
    two = pairs_of(list(known))
    return Replicate(
        measurements={name: measure(one, more) for name, one in outcomes.items()},
        cases={name: count_cases(one) for name, one in outcomes.items()},
        pairs={(a, b): pair(outcomes[a], outcomes[b]) for a, b in pairs_of(list(outcomes))},
        group_totals={name: group_totals(outcomes[name], one) for name, one in known.items()},
        sums={(a, b): pair_sums((outcomes[a], known[a]), (outcomes[b], known[b])) for a, b in two},
    )


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
        each = level_of_each(level, self.names)
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
            backlog=self._backlog(run.get("orders_per_day", 0)),
            warm_up=self._warm_up(run.get("warm_up_days")),
        )

    def _warm_up(self, days: int | None) -> dict[str, CommonWarmUp]:
        """Return when the days of each network settle. `days`: simulated before those measured."""
        if days is None:
            return {}
        found = {
            name: common_warm_up(one.rows("daily_days"), days)
            for name, one in self.measurements.items()
        }
        return {name: one for name, one in found.items() if one}

    def _backlog(self, orders_per_day: int) -> dict[str, Floats]:
        """Return the backlog of each network by date, in days of orders."""
        rows = {name: one.rows("daily_backlog") for name, one in self.measurements.items()}
        return {
            name: row.mean(axis=0) / orders_per_day
            for name, row in rows.items()
            if row.size and orders_per_day
        }

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
