"""What must hold in any network: each relation counts the parcels or places that break it.

The network is a small country: two centers with packers, a hub, two stations; trucks that fill up;
attempts that fail.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.judging import Runs
from benchmarks.known_answers.queues import SECONDS, everybody, figures, queues, visits_of
from benchmarks.known_answers.small_world import (
    DAY,
    HOUR,
    NO_RISKS,
    World,
    chance,
    days_of,
    every,
    lane,
    network,
    place,
    poisson,
    side_by_side,
    station,
)
from logistics import Run
from logistics.vocabulary import NOT_YET, Status
from networks.geography import load_markets
from networks.origins import Origins
from networks.schema import Network

Array = NDArray[Any]

HOMES = {"FC1": "Z100", "FC2": "Z981"}
PARCELS = 4_000
DAYS = 3


def country(capacity: int = 40, workers: int = 6, law: str = "exponential") -> Network:
    """Return the small country; `capacity`: of its trucks, 0 for no limit."""
    packing = {"shifts": f"06:00-22:00 {workers}", "work_seconds": 180.0, "work_law": law}
    places = {name: place(market, **packing) for name, market in HOMES.items()}
    places["HUB"] = place(dwell_minutes=13.0, hub_sorter_touches=1)
    for name in ("ST1", "ST2"):
        places[name] = station(
            "09:00", 8.0, round_capacity=400, shifts=f"00:00-24:00 {workers}", work_seconds=90.0,
            conveyor_touches=1,
        )  # fmt: skip
    linehaul = lane(every(120), capacity, 3.0, transit_cv=0.2, distance_km=400.0)
    lanes = {(center, "HUB"): linehaul for center in HOMES}
    lanes |= {("HUB", st): lane(every(90, 30), 2 * capacity, 2.0) for st in ("ST1", "ST2")}
    return network(places, lanes, doors={"ST1": 0.6, "ST2": 0.4}, centers=tuple(HOMES))


def world_of(net: Network, **risks: Any) -> World:
    """Return the country with its days; all parcels have ended long before the last."""
    return World(net, DAYS, later_order_days=25, risks={**NO_RISKS, "failed_attempt": 0.1, **risks})


def orders_of(world: World, seed: int, replication: int = 0) -> Any:
    """Return orders from both ends of the country."""
    rng = chance(seed, replication, "country")
    ticks = DAY + np.sort(rng.integers(0, DAYS * DAY, PARCELS))
    homes = np.array([load_markets().index(market) for market in HOMES.values()])
    return world.orders(ticks, homes[rng.integers(0, 2, PARCELS)])


def run_of(net: Network, seed: int, **risks: Any) -> Run:
    """Send the orders through a country."""
    world = world_of(net, **risks)
    return world.run(orders_of(world, seed), seed)


def broken(count: Any) -> dict[str, int]:
    """Return how often a relation was broken."""
    return {"broken": int(count)}


def stretches(run: Run) -> tuple[Array, Array, Array]:
    """Return where parcels were, from when and until when: at places, on lanes, on rounds."""
    legs, parcels = run.legs, run.parcel_table(measured=False)
    came = parcels["ordered_utc"].to_numpy()[legs["parcel"]]
    arrived = legs["arrived_utc"].to_numpy()
    later = np.flatnonzero(legs["leg"] > 0)
    came[later] = arrived[later - 1]
    ended = run.period.times(run.columns["ended"])[legs["parcel"]]
    departed = legs["departed_utc"].to_numpy()
    last = legs["lane"].astype(str).str.endswith("doors").to_numpy()
    # at a place, couriers' parcels until they end, then on the road
    until = np.where(last, ended, departed)
    on_road = ~last
    where = np.concatenate([np.zeros(len(legs), int), np.ones(on_road.sum(), int)])
    start = np.concatenate([came, departed[on_road]])
    end = np.concatenate([until, arrived[on_road]])
    return where, start.astype("datetime64[ms]"), end.astype("datetime64[ms]")


def conservation(answer: Answer, seed: int) -> Mapping[str, Any]:
    """At every hour, what was ordered has ended or is in exactly one place or on one road."""
    run = run_of(country(), seed)
    _, start, end = stretches(run)
    parcels = run.parcel_table(measured=False)
    ordered = np.sort(parcels["ordered_utc"].to_numpy().astype("datetime64[ms]"))
    ended = np.sort(run.period.times(run.columns["ended"]))
    hours = run.period.times(np.arange(0, run.period.horizon, 3_600_000 // 10))
    there = np.searchsorted(np.sort(start), hours, "right")
    there -= np.searchsorted(np.sort(end), hours, "right")
    placed = np.searchsorted(ordered, hours, "right")
    done = np.searchsorted(ended, hours, "right")
    lossy = run_of(country(), seed, loss={**NO_RISKS["loss"], "facility": 0.05, "theft": 0.02})
    ends = np.bincount(lossy.columns["status"], minlength=len(Status))
    unaccounted = len(lossy) - ends.sum() + (ends[Status.LOST] == 0)
    return broken(np.count_nonzero(placed != done + there) + unaccounted)


def little(answer: Answer, seed: int) -> Mapping[str, Any]:
    """The integral of how many are there is the sum of the times that the run kept for each."""
    run = run_of(country(), seed)
    where, start, end = stretches(run)
    tick = run.scenario.days.tick_ms
    c = run.columns
    kept = [
        sum(int(c[name].sum(dtype=np.int64)) for name in names)
        for names in (("wait_work", "work", "wait_departure", "last_mile"), ("transit",))
    ]
    wrong = 0
    for kind, total in enumerate(kept):
        rows = where == kind
        wrong += _integral(start[rows], end[rows]) // tick != total
    return broken(wrong)


def _integral(start: Array, end: Array) -> int:
    """Return the integral of the number that is there, event by event, in milliseconds."""
    instant = np.concatenate([start, end]).astype(np.int64)
    change = np.repeat([1, -1], [len(start), len(end)])
    order = np.argsort(instant, kind="stable")
    number = np.cumsum(change[order])
    return int((number[:-1] * np.diff(instant[order])).sum())


def time_unit(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Every time sixty times as long, and ticks too: the same ticks come out."""
    runs = []
    for times, tick in ((1, 10), (60, 600)):
        work = {"work_seconds": 3.0 * times, "work_law": "exponential"}
        minutes = [m * times for m in range(1, 20)]
        departs = " ".join(f"{m // 60:02d}:{m % 60:02d}" for m in minutes)
        places = {
            "A": place(shifts="00:00-24:00 2", **work),
            "S": station(f"{20 * times // 60:02d}:{20 * times % 60:02d}", 2 * times / 60),
        }
        net = network(places, {("A", "S"): lane(departs, 25, times / 60, transit_cv=0.3)})
        world = World(net, 1, tick_ms=tick)
        first = DAY * 10 // tick
        ticks = first + np.sort(chance(seed, 0, "unit").integers(0, 15 * HOUR, 400))
        c = world.run(ticks, seed).columns
        runs.append({name: c[name] - (first if name == "ended" else 0) for name in _TIMES})
    fast, slow = runs
    return broken(sum(np.count_nonzero(fast[name] != slow[name]) for name in _TIMES))


_TIMES = ("wait_work", "work", "wait_departure", "transit", "last_mile", "ended", "status")


def zero_hazard(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Without chances nothing is damaged or lost, and nobody else's times change."""
    net = country(capacity=0, workers=10**6)
    safe = run_of(net, seed)
    touches = {**NO_RISKS["touches"], "conveyor": 0.05, "hub_sorter": 0.05}
    risky = run_of(net, seed, touches=touches, loss={**NO_RISKS["loss"], "facility": 0.05})
    here = risky.columns["status"] != Status.LOST
    assert not here.all()
    assert (risky.columns["damaged_step"] >= 0).any()
    harmed = np.count_nonzero(safe.columns["damaged_step"] >= 0)
    harmed += np.count_nonzero(safe.columns["status"] == Status.LOST)
    names = ("wait_work", "work", "wait_departure", "transit")
    moved = [(safe.columns[n] != risky.columns[n])[here].sum() for n in names]
    return broken(harmed + sum(moved))


def larger_truck(answer: Answer, seed: int) -> Mapping[str, Any]:
    """One truck takes five more: no parcel leaves later, and some leave earlier."""
    later = sooner = 0
    for slot in range(0, 12, 3):
        runs = []
        for extra in (0, 5):
            sizes = [f"{2 * h:02d}:00x{6 + (extra if h == slot else 0)}" for h in range(12)]
            net = network({"A": place(), "S": station()}, {("A", "S"): lane(" ".join(sizes), 1)})
            ticks = DAY + np.sort(chance(seed, slot, "truck").integers(0, DAY, 80))
            runs.append(World(net, 1).run(ticks, seed).first_scan().astype(np.int64))
        usual, larger = runs
        sooner += np.count_nonzero(larger < usual)
        later += np.count_nonzero(larger > usual)
    assert sooner
    return broken(later)


def no_limit(answer: Answer, seed: int) -> Mapping[str, Any]:
    """A truck for a hundred million is a truck without a limit."""
    wide, free = (run_of(country(capacity), seed) for capacity in (400_000, 0))
    return broken(_different(wide, free))


def _different(first: Run, second: Run) -> int:
    groups = ((first.columns, second.columns), (first.visits, second.visits))
    return sum(np.count_nonzero(a[name] != b[name]) for a, b in groups for name in a)


def other_names(answer: Answer, seed: int) -> Mapping[str, Any]:
    """The order of the input does not matter, nor, without luck that hangs on it, a name."""
    net = country()
    turned = nx.MultiDiGraph()
    turned.add_nodes_from(reversed(list(net.graph.nodes(data=True))))
    turned.add_edges_from(reversed(list(net.graph.edges(keys=True, data=True))))
    wrong = _different(run_of(net, seed), run_of(replace(net, graph=turned), seed))
    plain = country(law="constant")
    for _, _, attributes in plain.graph.edges(data=True):
        attributes.update({"transit_cv": 0.0} if "transit_cv" in attributes else {})
    names = {"FC1": "A one", "FC2": "B two", "HUB": "C", "ST1": "D north", "ST2": "E south"}
    stock = plain.origins.stock
    renamed = replace(
        plain, graph=nx.relabel_nodes(plain.graph, names),
        origins=Origins(replace(stock, centers=tuple(names[c] for c in stock.centers))),
    )  # fmt: skip
    return broken(wrong + _different(run_of(plain, seed), run_of(renamed, seed)))


def fingerprint(seed: int, replication: int) -> str:
    """Return a digest of all columns of one run of the country."""
    world = world_of(country())
    run = world.run(orders_of(world, seed, replication), seed, replication)
    digest = hashlib.sha256()
    for group in (run.columns, run.visits, run.trips):
        for name in sorted(group):
            digest.update(np.ascontiguousarray(group[name]).tobytes())
    return digest.hexdigest()


def alone_or_together(answer: Answer, seed: int) -> Mapping[str, Any]:
    """A run is the same one after others, alone, and in another process."""
    here = [fingerprint(seed, r) for r in range(20)]
    some = (19, 7, 0)
    alone = [fingerprint(seed, r) for r in some]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        elsewhere = list(pool.map(fingerprint, [seed] * len(some), some))
    wrong = sum({here[r], a, b} != {a} for r, a, b in zip(some, alone, elsewhere, strict=True))
    return broken(wrong + len(here) - len(set(here)))


def first_come(answer: Answer, seed: int) -> Mapping[str, Any]:
    """One worker at each place, and no truck overtakes: parcels of one way stay in order."""
    net = country(workers=1)
    for _, _, attributes in net.graph.edges(data=True):
        attributes.update({"transit_cv": 0.0} if "transit_cv" in attributes else {})
    for node in net.graph:
        if net.graph.nodes[node].get("work_seconds"):
            net.graph.nodes[node]["work_seconds"] = 20.0
    run = run_of(net, seed)
    wrong = 0
    way = run.columns["source"] * 1000 + run.columns["station"]
    for number in np.unique(way):
        rows = np.flatnonzero(way == number)
        rows = rows[np.lexsort((run.columns["order_id"][rows], run.columns["ordered"][rows]))]
        for name in ("ready", "departure"):
            for visit in range(run.visits[name].shape[1] - (name == "departure")):
                times = run.visits[name][rows, visit].astype(np.int64)
                assert (times != NOT_YET).all()
                wrong += np.count_nonzero(np.diff(times) < 0)
    return broken(wrong)


def pooled(answer: Answer, seed: int) -> Mapping[str, Any]:
    """One queue for two or four workers waits less than a queue for each."""
    found = {}
    for servers in (1, 2, 4):
        rate, hours = 0.8 * servers, 40_000.0 / servers + 20_000.0
        work = {"work_seconds": SECONDS, "work_law": "exponential"}
        world = World(queues(everybody(servers) | work), days_of(hours))
        runs = side_by_side(world, partial(poisson, per_hour=rate, hours=hours), seed, "pooled")
        waits = [figures(visits_of(run), servers)["Wq"] for _, run in runs]
        found[f"Wq_{servers}"] = Runs(waits)
    return found
