"""What one more worker, or one more vehicle, would save at the worst bottlenecks.

The same orders go through the network as it is and once more for each bottleneck, with a little
more capacity there and nowhere else; parcel by parcel the two are compared.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.measures.figures import DAYS_GRID
from logistics.analysis.measures.outcomes import Outcomes
from logistics.analysis.measures.place_totals import Bottleneck, PlaceTotals
from logistics.analysis.statistics.distributions import Histogram, mean_distribution
from logistics.analysis.statistics.intervals import Estimate, mean_interval, quantile_interval
from logistics.experiments.compare import Experiment
from logistics.experiments.workers.executors import Shared
from logistics.experiments.workers.pool import worker_pool
from logistics.model.network import build_network
from logistics.model.prepare import PreparedModel, prepare
from logistics.running import ordered, run_once
from logistics.runs.place_counts import count_places
from logistics.runs.run import Run
from logistics.runtime.threads import cores
from logistics.scenario.scenario import Scenario
from logistics.streams import Streams
from networks.edits import Addition, with_more
from networks.schema import Network

if TYPE_CHECKING:
    import pandas as pd


_P95 = 0.95


@dataclass(frozen=True)
class AddedCapacity:
    """What more capacity at one bottleneck does, over all runs of the same orders.

    `parcels_per_day`: measured parcels that passed there. `saved_hours`: of those, mean of the
    delivery time before less after. `mean_days`, `p95_days`: before and after, of all parcels; the
    means are over those that were delivered both times. `saved_days`: mean before less after.
    """

    bottleneck: Bottleneck
    addition: Addition
    parcels_per_day: float
    saved_hours: Estimate
    mean_days: tuple[Estimate, Estimate]
    saved_days: Estimate
    p95_days: tuple[Estimate, Estimate]


def added_capacity(
    scenario: Scenario,
    most: int = 5,
    *,
    network: Network | None = None,
    bottlenecks: Sequence[Bottleneck] | None = None,
    orders: pd.DataFrame | Path | None = None,
    workers: int = 1,
) -> tuple[AddedCapacity, ...]:
    """Return what more capacity would save at the worst bottlenecks of a network.

    `most`: how many bottlenecks. `network`: one of your own at its real size, instead of the
    scenario's. `bottlenecks`: which to relieve, instead of those of the first run. Waiting for
    sellers is left out: their number is part of the orders. `orders`: a file or table of orders
    instead of generated ones. `workers`: processes.

    Raises InputError for a scenario or network that cannot be run.
    """
    full_size = build_network(scenario) if network is None else network
    own = prepare(scenario, network)
    if bottlenecks is None:
        bottlenecks = _bottlenecks(own, orders, scenario.runs.seed)
    chosen = [one for one in bottlenecks if one.kind != "seller"][:most]
    changed = [with_more(full_size, one.place, one.waits_for, own.network.scale) for one in chosen]
    with worker_pool(workers) as pool:
        others = pool.map(partial(prepare, scenario), [network for network, _ in changed])
        task = partial(
            _measured, pool.share(_Task((own, *others), tuple(chosen), orders, scenario.runs.seed))
        )
        runs = pool.map(task, range(scenario.runs.replications))
    return tuple(
        _relief(one, addition, [run[row] for run in runs], scenario.days.days)
        for row, (one, (_, addition)) in enumerate(zip(chosen, changed, strict=True))
    )


def added_capacities_of(
    result: Experiment, most: int, workers: int | None = None
) -> dict[str, tuple[AddedCapacity, ...]]:
    """Return what more capacity would save at the worst bottlenecks of each network.

    `most`: how many bottlenecks of each; 0 for none. `workers`: processes; None for one a core, at
    most one a run.
    """
    what = result.plan
    return {
        scenario.name: added_capacity(
            scenario,
            most,
            network=result.networks[scenario.name],
            bottlenecks=_worst(result.comparison.places[scenario.name]),
            orders=what.orders,
            workers=workers or min(cores(), what.replications),
        )
        for scenario in (what.scenarios if most else ())
    }


def _worst(totals: PlaceTotals) -> tuple[Bottleneck, ...]:
    """Return all bottlenecks, the worst first."""
    return totals.bottlenecks(len(totals.names.facilities) + len(totals.names.lanes))


class _Task(NamedTuple):
    """The network as it is, then one for each bottleneck."""

    grounds: tuple[PreparedModel, ...]
    bottlenecks: tuple[Bottleneck, ...]
    orders: pd.DataFrame | Path | None
    seed: int


class _Measured(NamedTuple):
    """One run before and after, at one bottleneck; NaN where nothing passes."""

    passed: int
    saved_hours: float
    mean_days: tuple[float, float]
    days: tuple[Histogram, Histogram]


def _measured(shared: Shared[_Task], replication: int) -> list[_Measured]:
    """Run one replication of every network."""
    own, *others = shared.value.grounds
    streams = Streams(shared.value.seed, replication)
    orders = ordered(own, shared.value.orders, streams)
    run = run_once(own, orders, streams)
    before = run.outcomes()
    passed = [_passed(run, one) for one in shared.value.bottlenecks]
    del run  # a gigabyte: before the next one
    found = []
    for model, through in zip(others, passed, strict=True):
        found.append(_saved(before, run_once(model, orders, streams).outcomes(), through))
    return found


def _saved(before: Outcomes, after: Outcomes, passed: NDArray[np.bool_]) -> _Measured:
    both = before.delivered & after.delivered
    days = before.delivery_days, after.delivery_days
    here = np.flatnonzero(both & passed)
    saved = 24 * float((days[0][here] - days[1][here]).mean()) if len(here) else math.nan
    means = (float(d[both].mean()) if both.any() else math.nan for d in days)
    first, second = (Histogram.of(d, DAYS_GRID) for d in days)
    return _Measured(int(passed.sum()), saved, (next(means), next(means)), (first, second))


def _passed(run: Run, bottleneck: Bottleneck) -> NDArray[np.bool_]:
    """Tell which measured parcels passed a place, in the order of `Run.outcomes`."""
    rows, places = run.measured_rows, run.places
    passed = np.zeros(len(rows), np.bool_)
    for visit in range(run.visits["ready"].shape[1]):
        if bottleneck.waits_for == "workers":
            number = places["facilities"].index(bottleneck.place)
            passed |= run.place_of_visit(rows, visit) == number
        else:
            trip = run.visits["departure"][rows, visit]
            lane = run.trips["lane"][np.where(trip >= 0, trip, 0)]
            passed |= (lane == places["lanes"].index(bottleneck.place)) & (trip >= 0)
    return passed


def _bottlenecks(
    model: PreparedModel, orders: pd.DataFrame | Path | None, seed: int
) -> tuple[Bottleneck, ...]:
    streams = Streams(seed)
    run = run_once(model, ordered(model, orders, streams), streams)
    _, totals, _ = count_places(run, model.hazards)
    return _worst(totals)


def _relief(
    bottleneck: Bottleneck, addition: Addition, runs: Sequence[_Measured], days: int
) -> AddedCapacity:
    def over_runs(value: Callable[[_Measured], float]) -> Estimate:
        return mean_interval([value(run) for run in runs])

    def p95(row: int) -> Estimate:
        return quantile_interval(mean_distribution([run.days[row] for run in runs]), _P95)

    means = (over_runs(lambda run: run.mean_days[0]), over_runs(lambda run: run.mean_days[1]))
    return AddedCapacity(
        bottleneck=bottleneck,
        addition=addition,
        parcels_per_day=sum(run.passed for run in runs) / (len(runs) * days),
        saved_hours=over_runs(lambda run: run.saved_hours),
        mean_days=means,
        saved_days=over_runs(lambda run: run.mean_days[0] - run.mean_days[1]),
        p95_days=(p95(0), p95(1)),
    )
