"""Comparisons for tests in which nothing is missing: causes, waterfalls, places, damage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from outcomes_by_hand import combine_replicates, many_outcomes, waterfall

from logistics.analysis.comparison import Comparison, measure_together, pair_name, pairs_of
from logistics.analysis.measures.attribution import pair_sums
from logistics.analysis.measures.group_totals import AllGroupTotals, group_totals
from logistics.analysis.measures.outcomes import Causes, Names, Outcomes, together
from logistics.analysis.measures.place_totals import SELLERS, DamagePlaces, PlaceNames, PlaceTotals
from logistics.vocabulary import CAUSES, TOUCH_KINDS
from networks.geography import load_markets
from networks.schema import Facility

WORLDS = {"next-day": 0.6, "in-between": 1.3, "seller-direct": 2.2}
PARCELS = 30_000
DATES = 7
TICKS_PER_HOUR = 360_000

FACILITIES = {
    "FC1": Facility("fulfillment center", "us", "Z750", 32.8, -96.8, "America/Chicago"),
    "SC1": Facility("sort center", "us", "Z606", 41.9, -87.6, "America/Chicago"),
    "DS1": Facility("delivery station", "us", "Z232", 37.5, -77.4, "America/New_York"),
    "DS2": Facility("delivery station", "us", "Z981", 47.6, -122.3, "America/Los_Angeles"),
}
"""A center in Dallas, a sorter in Chicago, stations in Richmond and Seattle."""


@dataclass(frozen=True)
class World:
    """How a comparison is made up: how slow each network is, runs, and parcels a run."""

    slowness: dict[str, float]
    runs: int = 2
    parcels: int = PARCELS


@cache
def three_networks() -> Comparison:
    """Compare three made-up networks, run twice."""
    return whole_comparison(World(WORLDS))


def whole_comparison(world: World) -> Comparison:
    """Compare made-up networks over every market of the country, nothing left out."""
    runs = [_one_run(world, run) for run in range(world.runs)]
    pairs = {
        pair_name(*two): waterfall([pair_sums(run[two[0]], run[two[1]]) for run in runs])
        for two in pairs_of(list(world.slowness))
    }
    outcomes = [{name: both[0] for name, both in run.items()} for run in runs]
    compared = combine_replicates([measure_together(one) for one in outcomes], facts(world))
    sums: dict[str, AllGroupTotals] = {}
    for run in runs:
        for name, (parcels, causes) in run.items():
            one = group_totals(parcels, causes)
            sums[name] = together(sums[name], one) if name in sums else one
    return replace(
        compared,
        group_totals=sums,
        waterfalls=pairs,
        places={name: places(row) for row, name in enumerate(world.slowness)},
        damage={name: damage() for name in world.slowness},
    )


def facts(world: World) -> dict[str, Any]:
    """Return what a run says of itself."""
    networks = {
        name: {"title": f"The {name} network", "built": ["4 facilities"], "not_resolved": []}
        for name in world.slowness
    }
    return {
        "seed": 1, "replications": world.runs, "engine": "batch", "first_day": "2023-09-18",
        "days": DATES, "warm_up_days": 10, "later_order_days": 16, "follow_days": 16,
        "orders_per_day": 4_000,
        "orders": None, "parcels": world.parcels, "events": 900, "seconds": 1.5,
        "networks": networks, "versions": {"logistics": "0.1.0"},
    }  # fmt: skip


def places(seed: int = 0) -> PlaceTotals:
    """Return made-up totals of four facilities and their sellers, three lanes and a round."""
    rng = np.random.default_rng(seed)
    names = PlaceNames(
        (*FACILITIES, SELLERS),
        (*(facility.kind for facility in FACILITIES.values()), "seller"),
        ("FC1 > SC1 by linehaul", "SC1 > DS1 by linehaul", "SC1 > DS2 by flight", "DS1 > doors"),
        ("linehaul", "linehaul", "flight", "round"),
        (0, 1, 1, 2),
        (1, 2, 3, -1),
    )
    duty = np.zeros((5, 24))
    duty[:4, 6:22] = 70.0
    return PlaceTotals(
        names=names, runs=2, days=DATES, orders=60_000,
        parcels_at=np.array([60_000, 60_000, 40_000, 20_000, 0]),
        queue_hours=np.array([90_000.0, 12_000.0, 500.0, 0.0, 0.0]),
        busy_hours=duty * rng.uniform(0.3, 1.0, (5, 24)), duty_hours=duty,
        parcels_on=np.array([60_000, 40_000, 20_000, 40_000]),
        full_hours=np.array([5e4, 0.0, 2e4, 1e3]),
        departures=np.array([14, 14, 7, 14]),
        full=np.array([3, 0, 1, 1]), left_behind=np.array([900, 0, 120, 10]),
    )  # fmt: skip


def damage() -> DamagePlaces:
    """Return made-up damage at two kinds of place."""
    damaged = np.zeros((2, len(TOUCH_KINDS)), np.int64)
    damaged[0, 0], damaged[1, 5] = 40, 90
    return DamagePlaces(("sort center", "door step"), 59_000, damaged, damaged * 1.1)


def _one_run(world: World, run: int) -> dict[str, tuple[Outcomes, Causes]]:
    made = {name: _outcomes(world, run, slow) for name, slow in world.slowness.items()}
    return {name: (one, _causes(one)) for name, one in made.items()}


def _outcomes(world: World, run: int, slowness: float) -> Outcomes:
    """Spread parcels over the markets as people live."""
    markets = load_markets()
    rng = np.random.default_rng(run)
    where = rng.choice(len(markets), world.parcels, p=markets.share).astype(np.int16)
    one = many_outcomes(world.parcels, run, slowness)
    return replace(one, market=where, names=Names(one.names.products, markets.ids))


def _causes(o: Outcomes) -> Causes:
    """Split each parcel's time into the causes, whole ticks that add up."""
    parts = np.random.default_rng(3).dirichlet(np.arange(1, len(CAUSES) + 1), len(o)).T
    total = np.rint(np.where(o.delivered, o.delivery_days, 0.0) * 24 * TICKS_PER_HOUR)
    ticks = np.floor(parts * total).astype(np.int64)
    ticks[-1] += total.astype(np.int64) - ticks.sum(axis=0)
    late = np.where(o.delivered, o.late_days, 0.0)
    allowed = total.astype(np.int64) - np.where(late > 0, 1, -1) * TICKS_PER_HOUR
    date = (np.arange(len(o)) % DATES).astype(np.int16)
    return Causes(ticks, allowed, date, DATES, 0, TICKS_PER_HOUR)


def only_from(result: Comparison, markets: tuple[str, ...]) -> Comparison:
    """Return a comparison whose orders come from a few markets only."""
    rows = [load_markets().index(one) for one in markets]
    group_totals = {}
    for name, of in result.group_totals.items():
        parcels, days = np.zeros_like(of["market"].parcels), np.zeros_like(of["market"].days)
        parcels[rows], days[:, rows] = of["market"].parcels[rows], of["market"].days[:, rows]
        group_totals[name] = {**of, "market": replace(of["market"], parcels=parcels, days=days)}
    return replace(result, group_totals=group_totals)
