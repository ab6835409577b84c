"""Quotes of a network: the calendar days to promise, from runs of its scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.analysis.quotes import NO_DATE, Counts, DateCounts, Kept, kept_shares
from logistics.experiments.compare import compile_for
from logistics.experiments.plan import Plan
from logistics.experiments.replicate import RunSpec, prepare_network, run_spec_of, runs_of
from logistics.experiments.workers.executors import Shared
from logistics.experiments.workers.pool import WorkerPool
from logistics.experiments.workers.progress import RUNNING, Report, reported, silent
from logistics.runs.date_counts import count_dates
from logistics.streams import Streams
from networks.geography import Markets, great_circle_km, load_markets
from networks.inputs.local_times import WEEKDAY_NAMES

THIN = 20
"""Own parcels of a cell below which it is called thin."""

_NEAR_KM = 50.0
_CLASSES = (0.5, 0.8, 0.95)  # of all people, the densest first


@dataclass(frozen=True, eq=False)
class Quotes:
    """What may be quoted to whom, when.

    `name`: of the network. `share`: of the quoted dates that are kept. `cutoffs`: minutes after
    midnight that part the day. `first_day`: of the measured dates. `replications`: how many runs.
    `counts`: of all of them together. `by`: a date for which the last order dates were asked for.
    """

    name: str
    label: str
    share: float
    cutoffs: tuple[int, ...]
    first_day: date
    replications: int
    counts: DateCounts
    by: date | None = None

    @property
    def times(self) -> tuple[str, ...]:
        """What the parts of the day are called."""
        clocks = [f"{minute // 60:02}:{minute % 60:02}" for minute in self.cutoffs]
        between = [f"{one} to {other}" for one, other in pairwise(clocks)]
        return (f"before {clocks[0]}", *between, f"from {clocks[-1]}") if clocks else ("all day",)

    @cached_property
    def asked(self) -> NDArray[np.bool_]:
        """(markets,) whether anybody ordered there."""
        return np.asarray(self.counts.counts.any(axis=(1, 2, 3)))

    @cached_property
    def by_weekday(self) -> Counts:
        """(markets, 7, times, days) parcels."""
        return self.counts.by_weekday(self.first_day.weekday())

    @cached_property
    def kept(self) -> Kept:
        """How likely each number of days is kept, by market, weekday and time."""
        return kept_shares(self.by_weekday, self.classes)

    @cached_property
    def classes(self) -> tuple[NDArray[np.int64], ...]:
        """Classes of markets: by zone and density, then by density.

        Not by zone: one market may be all of its zone, but a density always has many.
        """
        density = density_class(load_markets())
        return (self.counts.zone() * (len(_CLASSES) + 1) + density, density)

    @cached_property
    def days(self) -> NDArray[np.int64]:
        """(markets, 7, times) calendar days to quote; `NO_DATE` where no date is kept."""
        return self.kept.quoted(self.share)

    @property
    def weekdays(self) -> tuple[str, ...]:
        """Those on which anybody ordered, from 'Mon' on."""
        ordered = np.asarray(self.by_weekday.any(axis=(0, 2, 3)))
        return tuple(
            name for name, some in zip(WEEKDAY_NAMES, ordered.tolist(), strict=True) if some
        )

    def table(self) -> pd.DataFrame:
        """Return a row for each market, weekday and time of the order.

        `days`: calendar days from order to the quoted date; missing where no date is kept.
        `delivered_on`: its weekday. `kept`: the share that is. `parcels`: how many the cell has
        itself. `basis`: 'own parcels', or 'like markets' where these say more (see `kept_shares`).
        """
        markets, where = load_markets(), np.argwhere(self._cells)
        market, weekday, time = where.T
        days = self.days[market, weekday, time]
        cells = (market, weekday, time, np.maximum(days, 0))
        kept, weight = self.kept.share[cells], self.kept.weight[cells]
        parcels = self.kept.parcels[market, weekday, time]
        arrives = (weekday + days) % 7
        return pd.DataFrame(
            {
                "zip3": [markets.ids[row][1:] for row in market],
                "city": [markets.names[row] for row in market],
                "state": [markets.states[row] for row in market],
                "ordered_on": [WEEKDAY_NAMES[day] for day in weekday],
                "ordered_at": [self.times[at] for at in time],
                "days": pd.array(np.where(days == NO_DATE, -1, days), "Int64"),
                "delivered_on": [
                    WEEKDAY_NAMES[at] if one != NO_DATE else ""
                    for at, one in zip(arrives, days, strict=True)
                ],
                "kept": np.where(days == NO_DATE, np.nan, kept),
                "parcels": parcels,
                "basis": np.where(weight < 0.5, "like markets", "own parcels"),
            }
        ).assign(days=lambda table: table["days"].mask(table["days"] < 0))

    @property
    def _cells(self) -> NDArray[np.bool_]:
        """(markets, 7, times) whether there is a quote: somebody ordered on that weekday."""
        ordered = np.array([name in self.weekdays for name in WEEKDAY_NAMES])
        cells = np.logical_and(self.asked[:, None, None], ordered[:, None])
        return np.broadcast_to(cells, self.days.shape)

    @cached_property
    def last(self) -> pd.DataFrame | None:
        """The last order dates for delivery by `by`; None where there is none."""
        return self.last_order_dates(self.by) if self.by else None

    def last_order_dates(self, by: date) -> pd.DataFrame:
        """Return a row for each market and time of day: the last measured date on which an order
        arrives by a date with the share.

        `order_by`: missing where no measured date is early enough. `kept`: the share on that date.

        Raises ValueError for a date that is not after the first measured one.
        """
        dates = self.counts.counts.shape[1]
        ahead = (by - self.first_day).days
        if ahead < 0:
            raise ValueError(f"{by} is before the first measured date, {self.first_day}")
        kept = kept_shares(self.counts.counts.astype(np.int64), self.classes)
        last = kept.share.shape[-1] - 1
        numbers = np.arange(min(dates, ahead + 1))
        within = np.minimum(ahead - numbers, last)
        share = np.stack([kept.share[:, n, :, k] for n, k in zip(numbers, within, strict=True)])
        enough = np.asarray(share >= self.share)
        latest = len(numbers) - 1 - enough[::-1].argmax(axis=0)
        some = np.asarray(enough.any(axis=0))
        markets = load_markets()
        market, time = np.nonzero(np.broadcast_to(self.asked[:, None], some.shape))
        day = latest[market, time]
        found = some[market, time]
        order_by = [self.first_day + timedelta(days=int(one)) for one in day]
        return pd.DataFrame(
            {
                "zip3": [markets.ids[row][1:] for row in market],
                "city": [markets.names[row] for row in market],
                "state": [markets.states[row] for row in market],
                "ordered_at": [self.times[at] for at in time],
                "order_by": pd.to_datetime(pd.Series(order_by).where(pd.Series(found))),
                "kept": np.where(found, share[day, market, time], np.nan),
            }
        )


def density_class(markets: Markets) -> NDArray[np.int64]:
    """Return (markets,) 0 where the densest half of people live, 1 to 80%, 2 to 95%, 3 beyond.

    Dense: many people within 50 km.
    """
    lat, lon = markets.latitude, markets.longitude
    near = great_circle_km(lat[:, None], lon[:, None], lat, lon) <= _NEAR_KM
    people = near @ markets.population
    order = np.argsort(-people, kind="stable")
    reached = np.empty(len(markets))
    reached[order] = np.cumsum(markets.share[order]) - markets.share[order] / 2
    return np.searchsorted(np.array(_CLASSES), reached, "right").astype(np.int64)


def run_quotes(
    what: Plan, share: float, cutoffs: Sequence[int], by: date | None, pool: WorkerPool,
    report: Report = silent,
) -> Quotes:  # fmt: skip
    """Run a plan of one scenario and return its quotes; `by`: with the last order dates for it."""
    shared = pool.share(run_spec_of(what, pool.folder))
    pool.map(partial(prepare_network, shared), [0], report, meanwhile=partial(compile_for, what))
    tasks = pool.run(partial(_count, shared, tuple(cutoffs)), range(what.replications))
    total: DateCounts | None = None
    for one in reported(tasks, report, RUNNING, what.replications):
        total = one.outcome() if total is None else total + one.outcome()
    assert total is not None
    (scenario,) = what.scenarios
    return Quotes(
        scenario.name, scenario.label or scenario.name, share, tuple(cutoffs),
        scenario.days.first_day, what.replications, total, by,
    )  # fmt: skip


def _count(shared: Shared[RunSpec], cutoffs: tuple[int, ...], replication: int) -> DateCounts:
    spec = shared.value
    ((_, run),) = runs_of(spec, Streams(spec.seed, replication))
    return count_dates(run, cutoffs)
