"""What one more worker, or one more vehicle, would save at the worst bottlenecks.

The same orders go through the network as it is and once more for each bottleneck, with a little
more capacity there and nowhere else; parcel by parcel the two are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from logistics.analysis.measures.metrics import DAYS_GRID
from logistics.analysis.measures.outcomes import Outcomes, mean_of
from logistics.analysis.measures.place_totals import Bottleneck
from logistics.analysis.statistics.distributions import Histogram, mean_distribution
from logistics.analysis.statistics.intervals import Estimate, mean_interval, quantile_interval
from logistics.experiments.compare import Experiment
from logistics.experiments.workers.executors import Here, Place, Shared
from logistics.experiments.workers.pool import WorkerPool
from logistics.experiments.workers.progress import BOTTLENECKS, Report, silent
from logistics.model.network import build_network
from logistics.model.prepare import PreparedModel, prepare
from logistics.orders.order_rows import OrderRows
from logistics.running import ordered, run_once
from logistics.runs.place_counts import count_places
from logistics.runs.run import Run
from logistics.runs.segments import walk
from logistics.scenario.scenario import Scenario
from logistics.streams import Streams
from logistics.vocabulary import NOT_YET
from networks.edits import Addition, with_more
from networks.schema import Network

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


def added_capacity(  # noqa: PLR0913
    scenario: Scenario,
    most: int = 5,
    *,
    network: Network | None = None,
    bottlenecks: Sequence[Bottleneck] | None = None,
    orders: OrderRows | None = None,
    pool: WorkerPool | None = None,
    report: Report = silent,
) -> tuple[AddedCapacity, ...]:
    """Return what more capacity would save at the worst bottlenecks of a network.

    `most`: how many bottlenecks. `network`: one of your own at its real size, instead of the
    scenario's. `bottlenecks`: where, instead of the worst of the first run. Waiting for
    sellers is left out: their number is part of the orders. `orders`: a file or table of orders
    instead of generated ones. `pool`: who does the work, instead of this process.

    Raises InputError for a scenario or network that cannot be run.
    """
    full_size = build_network(scenario) if network is None else network
    own = prepare(scenario, full_size)
    if bottlenecks is None:
        streams = Streams(scenario.runs.seed)
        run = run_once(own, ordered(own, orders, streams), streams)
        bottlenecks = count_places(run, own.hazards)[1].bottlenecks(None)
        del run  # a gigabyte
    chosen = tuple([one for one in bottlenecks if one.kind != "seller"][:most])
    changed = [with_more(full_size, one.place, one.waits_for, own.network.scale) for one in chosen]
    pool = pool or WorkerPool(Place(Here()))
    others = pool.map(partial(prepare, scenario), [network for network, _ in changed])
    task = pool.share(((own, *others), chosen, orders, scenario.runs.seed))
    numbers = range(scenario.runs.replications)
    runs = pool.map(partial(_measured, task), numbers, report, BOTTLENECKS)
    return tuple(
        _saved_at(one, addition, [run[row] for run in runs], scenario.days.days)
        for row, (one, (_, addition)) in enumerate(zip(chosen, changed, strict=True))
    )


def with_added_capacity(
    result: Experiment, most: int, pool: WorkerPool, report: Report = silent
) -> Experiment:
    """Return an experiment whose comparison says what more capacity would save.

    `most`: at how many bottlenecks of each network; 0 for none.
    """
    if not most:
        return result
    found = {
        scenario.name: added_capacity(
            scenario,
            most,
            network=result.networks[scenario.name],
            bottlenecks=result.comparison.places[scenario.name].bottlenecks(None),
            orders=result.plan.orders,
            pool=pool,
            report=report,
        )
        for scenario in result.plan.scenarios
    }
    return replace(result, comparison=replace(result.comparison, added_capacity=found))


_Task = tuple[tuple[PreparedModel, ...], tuple[Bottleneck, ...], OrderRows | None, int]
"""The network as it is, then one for each bottleneck; orders and seed."""


class _Measured(NamedTuple):
    """One run before and after, at one bottleneck; NaN where nothing passes."""

    passed: int
    saved_hours: float
    mean_days: tuple[float, float]
    days: tuple[Histogram, Histogram]


def _measured(shared: Shared[_Task], replication: int) -> list[_Measured]:
    """Run one replication of every network."""
    (own, *others), bottlenecks, given, seed = shared.value
    streams = Streams(seed, replication)
    orders = ordered(own, given, streams)
    run = run_once(own, orders, streams)
    before = run.outcomes()
    passed = [_passed(run, one) for one in bottlenecks]
    del run  # a gigabyte: before the next one
    return [
        _saved(before, run_once(model, orders, streams).outcomes(), through)
        for model, through in zip(others, passed, strict=True)
    ]


def _saved(before: Outcomes, after: Outcomes, passed: NDArray[np.bool_]) -> _Measured:
    both = before.delivered & after.delivered
    days = before.delivery_days, after.delivery_days
    here = np.flatnonzero(both & passed)
    saved = 24 * mean_of(days[0][here] - days[1][here])
    first, second = ((mean_of(d[both]), Histogram.of(d, DAYS_GRID)) for d in days)
    return _Measured(int(passed.sum()), saved, (first[0], second[0]), (first[1], second[1]))


def _passed(run: Run, bottleneck: Bottleneck) -> NDArray[np.bool_]:
    """Tell which measured parcels passed a place, in the order of `Run.outcomes`."""
    passed = np.zeros(len(run.measured_rows), np.bool_)
    worked = bottleneck.waits_for == "workers"
    kind, goes_by = ("facilities", run.trip_destination) if worked else ("lanes", run.trips["lane"])
    number = run.places[kind].index(bottleneck.place)
    for visit in walk(run, run.measured_rows):
        left = visit.trip != NOT_YET
        passed[visit.parcel] |= left & (goes_by.take(np.where(left, visit.trip, 0)) == number)
        if visit.number == 0 and worked:
            passed[visit.parcel] |= visit.place == number
    return passed


def _saved_at(
    bottleneck: Bottleneck, addition: Addition, runs: Sequence[_Measured], days: int
) -> AddedCapacity:
    first, second = np.array([run.mean_days for run in runs]).T
    p95 = [
        quantile_interval(mean_distribution([run.days[row] for run in runs]), _P95)
        for row in range(2)
    ]
    return AddedCapacity(
        bottleneck=bottleneck,
        addition=addition,
        parcels_per_day=sum(run.passed for run in runs) / (len(runs) * days),
        saved_hours=mean_interval([run.saved_hours for run in runs]),
        mean_days=(mean_interval(first), mean_interval(second)),
        saved_days=mean_interval(first - second),
        p95_days=(p95[0], p95[1]),
    )
