"""Everything that a report needs of several networks, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pandas as pd

from logistics.analysis.measures.attribution import PairSums, Waterfall, pair_sums
from logistics.analysis.measures.cases import CaseCounts, count_cases
from logistics.analysis.measures.group_totals import AllGroupTotals, group_totals
from logistics.analysis.measures.metrics import Measure, RunMetrics
from logistics.analysis.measures.network import Limits, measure
from logistics.analysis.measures.outcomes import Causes, Outcomes
from logistics.analysis.measures.paired import pair
from logistics.analysis.measures.place_totals import DamagePlaces, PlaceTotals
from logistics.analysis.measures.registry import (
    CASE_METRICS,
    NETWORK_METRICS,
    PAIRED_METRICS,
    Definition,
    Response,
)
from logistics.analysis.statistics.intervals import LEVEL, Band, Estimate, Floats
from logistics.analysis.statistics.uncertainty import TwoIntervals
from logistics.analysis.statistics.warm_up import CommonWarmUp

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
    interval = f" ({one.low:.3g} to {one.high:.3g})" if one.has_interval else ""
    return f"{one.estimate:.3g}{interval}"


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
