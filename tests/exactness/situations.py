"""What happened in a world, by name: what the engines must agree on should happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, TOUCH_KINDS, Status

EXPECTED = (
    *(status.name.lower() for status in Status),
    *(f"damaged by {kind}" for kind in TOUCH_KINDS),
    *(f"lost at {place}" for place in ("seller", "facility", "leg", "attempt 1", "attempt 2")),
    "damaged at a later attempt",
    "damaged, then lost",
    "departure of an empty truck",
    "departure without room",
    "left behind by a truck",
    "a vehicle waits to be filled",
    "full vehicles leave, and a part waits",
    "two full vehicles leave together",
    "the last of a window takes what fills no vehicle",
    "full vehicles leave, and some find none",
    "left behind by a wave",
    "boarded when just ready",
    "boarded when just arrived",
    "doors just closed",
    "second departure at the same tick takes the rest",
    "truck overtaken on its lane",
    "trucks of one lane arrive together",
    "trucks of two lanes arrive together",
    "arrival at the horizon",
    "attempt cut by the horizon",
    "pickup on another weekday",
    "order exactly at the cutoff",
    "order waits for the opening",
    "order rolls over a full day",
    "order never released",
    "order placed after the horizon",
    "orders of one tick at one facility",
    "release and arrival at one tick",
    "queue for work",
    "work takes other ticks than its number",
    "work of less than a tick takes one",
    "work of half a tick goes to an even number",
    "work that is cut at the longest",
    "start at a change of staffing",
    "arrival at a change of staffing",
    "completion at a change of staffing",
    "nobody on duty when a parcel joins",
    "failed parcel back when another gets ready",
    "failed parcel back at the tick of a wave",
    "two waves back at one tick",
    "ready together at one facility",
    "delivered together",
    "second parcel of an order",
    "long ticks",
    "lanes merge",
    "lanes split",
    "a truck full with an odd number",
    "workers fall below the jobs in hand",
    "workers fall to none with a job in hand",
    "a rise wakes several",
    "failed parcel goes out again",
    "ended early",
    "ended early with a parcel under way",
    "ended early before a pickup",
)


def situations(problem: Problem, columns: Columns) -> Iterator[str]:
    """Name what happened in a world, as often as it happened."""
    if problem.parcels.ordered.dtype == np.int64:
        yield "long ticks"
    yield from _endings(problem, columns)
    problem = replace(problem, horizon=int(columns.horizon))
    visits = [_visits(problem, columns, parcel) for parcel in range(len(problem.parcels.order))]
    yield from _work(problem, visits)
    for parcel, places in enumerate(visits):
        yield from _ends(problem, columns, parcel, places)
        yield from _orders(problem, columns, parcel, places)
    yield from _trips(problem, columns)
    yield from _vehicles(problem, columns, visits)
    yield from _loads(problem, columns)
    yield from _boarding(problem, columns, visits)
    yield from _shifts(problem, visits)
    yield from _changes(problem, visits)
    yield from _failures(problem, columns, visits)
    yield from _ties(columns, visits)


Visit = dict[str, Any]


def _endings(problem: Problem, columns: Columns) -> Iterator[str]:
    horizon, departures = int(columns.horizon), problem.departures
    if horizon < problem.horizon:
        yield "ended early"
        if (columns.status == Status.UNDER_WAY).any():
            yield "ended early with a parcel under way"
        if (departures.tick[problem.lanes.origin[departures.lane] < 0] >= horizon).any():
            yield "ended early before a pickup"


def _visits(problem: Problem, columns: Columns, parcel: int) -> list[Visit]:
    """Return the visits a parcel has come to, with joined, started, finished where known."""
    parcels, lanes = problem.parcels, problem.lanes
    source = parcels.source[parcel]
    place, lane = problem.sources.facility[source], problem.sources.pickup_lane[source]
    joined, visits = int(parcels.ordered[parcel]), []
    for visit, (ready, departure) in enumerate(
        zip(columns.ready[parcel].tolist(), columns.departure[parcel].tolist(), strict=True)
    ):
        lane = lane if place < 0 else problem.next_lane[place, parcels.station[parcel]]
        row = {"place": int(place), "lane": int(lane), "joined": joined, "departure": departure}
        row["ready"] = row["started"] = row["finished"] = ready
        if ready != NOT_YET:
            row["finished"] = ready - (0 if place < 0 else int(problem.facilities.dwell[place]))
            row["started"] = row["finished"] - int(columns.work_ticks[parcel, visit])
        visits.append(row)
        place = lanes.destination[lane]
        lost_on_the_way = columns.lost_step[parcel] == 2 * visit + 1
        if place < 0 or departure == NOT_YET or lost_on_the_way:
            break
        joined = int(problem.departures.arrives[departure])
        if joined >= problem.horizon:
            break
    return visits


def _work(problem: Problem, visits: list[list[Visit]]) -> Iterator[str]:
    """Look at work that is over: what its number says, and what it took."""
    work, facilities = problem.work, len(problem.facilities.ids)
    for parcel, places in enumerate(visits):
        for number, visit in enumerate(places):
            if visit["ready"] == NOT_YET:
                continue
            at = visit["place"]
            at = at if at >= 0 else facilities + problem.parcels.source[parcel]
            drawn = problem.parcels.work[parcel, number]
            exact = work.length[at] * work.factors[work.law[at], drawn]
            took = visit["finished"] - visit["started"]
            if took != drawn:
                yield "work takes other ticks than its number"
            if 0 < exact < 1:
                yield "work of less than a tick takes one"
            if exact % 1 == 0.5 and took < exact > 1:
                yield "work of half a tick goes to an even number"
            if took == work.most < exact:
                yield "work that is cut at the longest"


def _ends(problem: Problem, columns: Columns, parcel: int, visits: list[Visit]) -> Iterator[str]:
    yield Status(int(columns.status[parcel])).name.lower()
    lost, damaged = int(columns.lost_step[parcel]), int(columns.damaged_step[parcel])
    first_attempt = 2 * len(visits) - 1
    at_the_round = problem.lanes.destination[visits[-1]["lane"]] < 0
    if damaged >= 0:
        yield f"damaged by {TOUCH_KINDS[columns.damaged_kind[parcel]]}"
        if at_the_round and damaged > first_attempt:
            yield "damaged at a later attempt"
    if lost < 0:
        return
    if damaged >= 0:
        yield "damaged, then lost"
    if at_the_round and lost >= first_attempt:
        yield f"lost at attempt {min(2, 1 + lost - first_attempt)}"
    elif lost % 2:
        yield "lost at leg"
    else:
        yield "lost at seller" if visits[lost // 2]["place"] < 0 else "lost at facility"


def _orders(problem: Problem, columns: Columns, parcel: int, visits: list[Visit]) -> Iterator[str]:
    parcels = problem.parcels
    ordered, source = int(parcels.ordered[parcel]), parcels.source[parcel]
    if (parcels.order[:parcel] == parcels.order[parcel]).any():
        yield "second parcel of an order"
    if ordered >= problem.horizon:
        yield "order placed after the horizon"
    gate = problem.sources.gate[source]
    if gate < 0 or ordered >= problem.horizon:
        return
    days = slice(*problem.gates.first[gate : gate + 2].tolist())
    opens, cutoffs = problem.gates.opens[days], problem.gates.cutoff[days]
    left = opens[ordered < cutoffs]
    if ordered in cutoffs:
        yield "order exactly at the cutoff"
    if not len(left):
        yield "order never released"
    elif columns.ready[parcel, 0] != NOT_YET:
        if left[0] > ordered:
            yield "order waits for the opening"
        if visits[0]["place"] < 0 and visits[0]["started"] > max(ordered, left[0]):
            yield "order rolls over a full day"


def _trips(problem: Problem, columns: Columns) -> Iterator[str]:
    trips, destinations = problem.departures, problem.lanes.destination[problem.departures.lane]
    waves = destinations < 0
    left_at = trips.tick < problem.horizon
    if ((columns.load == 0) & left_at).any():
        yield "departure of an empty truck"
    if ((trips.capacity == 0) & (columns.left_behind > 0)).any():
        yield "departure without room"
    if columns.left_behind[~waves].any():
        yield "left behind by a truck"
    if columns.left_behind[waves].any():
        yield "left behind by a wave"
    trucks = np.flatnonzero(~waves & (columns.load > 0)).tolist()
    for first, second in combinations(trucks, 2):
        same_lane = trips.lane[first] == trips.lane[second]
        arrivals = trips.arrives[first], trips.arrives[second]
        if same_lane and arrivals[0] > arrivals[1]:
            yield "truck overtaken on its lane"
        if arrivals[0] == arrivals[1] < problem.horizon:
            if same_lane:
                yield "trucks of one lane arrive together"
            elif destinations[first] == destinations[second]:
                yield "trucks of two lanes arrive together"
        if same_lane and trips.tick[first] == trips.tick[second] and columns.left_behind[first]:
            yield "second departure at the same tick takes the rest"
    if (trips.arrives[trucks] == problem.horizon).any():
        yield "arrival at the horizon"


def _vehicles(problem: Problem, columns: Columns, visits: list[list[Visit]]) -> Iterator[str]:
    """Look at departures of full vehicles only, and at those who wait for one to fill."""
    trips, lanes = problem.departures, problem.lanes
    waiting: dict[int, list[tuple[int, int]]] = {}
    for visit in (visit for places in visits for visit in places if visit["ready"] != NOT_YET):
        taken = visit["departure"] if visit["departure"] != NOT_YET else len(trips.tick)
        waiting.setdefault(visit["lane"], []).append((visit["ready"], taken))
    for number in np.flatnonzero((trips.least > 0) & (trips.tick < problem.horizon)).tolist():
        lane, least, load = (int(c[number]) for c in (trips.lane, trips.least, columns.load))
        deadline = trips.tick[number] - (lanes.doors_close[lane] or -1)
        stay = sum(ready < deadline and taken > number for ready, taken in waiting.get(lane, []))
        if columns.left_behind[number] and load:
            yield "full vehicles leave, and some find none"
        elif stay:
            yield (
                "full vehicles leave, and a part waits" if load else "a vehicle waits to be filled"
            )
        if load >= 2 * least > 2:
            yield "two full vehicles leave together"
        after = np.flatnonzero((trips.lane == lane) & (np.arange(len(trips.tick)) > number))
        if stay and not load and len(after) and trips.least[after[0]] == 0 < columns.load[after[0]]:
            yield "the last of a window takes what fills no vehicle"


def _loads(problem: Problem, columns: Columns) -> Iterator[str]:
    trips, lanes = problem.departures, problem.lanes
    if ((columns.load == trips.capacity) & (columns.load > 1) & (columns.load % 2 == 1)).any():
        yield "a truck full with an odd number"
    used = np.unique(trips.lane[columns.load > 0])
    for ends, name in ((lanes.destination[used], "merge"), (lanes.origin[used], "split")):
        if len(np.unique(ends[ends >= 0])) < (ends >= 0).sum():
            yield f"lanes {name}"


def _boarding(problem: Problem, columns: Columns, visits: list[list[Visit]]) -> Iterator[str]:
    trips = problem.departures
    for parcel, places in enumerate(visits):
        for visit in places:
            lane, ready = visit["lane"], visit["ready"]
            if ready == NOT_YET:
                continue
            ticks = trips.tick[trips.lane == lane].tolist()
            closes = int(problem.lanes.doors_close[lane])
            if closes and ready + closes in ticks and ready + closes < problem.horizon:
                yield "doors just closed"
            if visit["departure"] == NOT_YET:
                continue
            left = int(trips.tick[visit["departure"]])
            if left == ready:
                yield "boarded when just ready"
            if left == visit["joined"] and visit is not places[0]:
                yield "boarded when just arrived"
            if visit["place"] < 0 and any(ready <= tick < left for tick in ticks):
                yield "pickup on another weekday"
        if columns.out_for_delivery[parcel] != NOT_YET and not columns.attempts[parcel]:
            yield "attempt cut by the horizon"


def _shifts(problem: Problem, visits: list[list[Visit]]) -> Iterator[str]:
    staffing = problem.staffing
    changes = set(zip(staffing.facility.tolist(), staffing.tick.tolist(), strict=True))
    for visit in (visit for places in visits for visit in places if visit["place"] >= 0):
        place, joined = visit["place"], visit["joined"]
        own = (staffing.facility == place) & (staffing.tick <= joined)
        if staffing.workers[own][-1] == 0:
            yield "nobody on duty when a parcel joins"
        if (place, joined) in changes and joined > 0:
            yield "arrival at a change of staffing"
        if visit["ready"] == NOT_YET:
            continue
        if visit["started"] > joined:
            yield "queue for work"
            if (place, visit["started"]) in changes:
                yield "start at a change of staffing"
        if (place, visit["finished"]) in changes and visit["finished"] > visit["started"]:
            yield "completion at a change of staffing"


def _changes(problem: Problem, visits: list[list[Visit]]) -> Iterator[str]:
    """Look at each facility as its number of workers changes."""
    staffing, at = problem.staffing, dict[int, list[Visit]]()
    for visit in (visit for places in visits for visit in places if visit["ready"] != NOT_YET):
        at.setdefault(visit["place"], []).append(visit)
    rows = (staffing.tick.tolist(), staffing.facility.tolist(), staffing.workers.tolist())
    for tick, place, workers in zip(*rows, strict=True):
        here = at.get(place, [])
        in_hand = sum(visit["started"] < tick <= visit["finished"] for visit in here)
        if in_hand > workers:
            yield "workers fall below the jobs in hand"
            if workers == 0:
                yield "workers fall to none with a job in hand"
        if sum(visit["joined"] < tick == visit["started"] for visit in here) > 1:
            yield "a rise wakes several"


def _failures(problem: Problem, columns: Columns, visits: list[list[Visit]]) -> Iterator[str]:
    """Look at parcels that came back once and wait: the columns tell the tick of their return."""
    trips, back = problem.departures, set()
    if columns.attempts.max(initial=0) > 1:
        yield "failed parcel goes out again"
    for parcel, places in enumerate(visits):
        wave = places[-1]["departure"]
        if columns.attempts[parcel] == 1 and columns.status[parcel] == Status.UNDER_WAY:
            back.add((places[-1]["place"], places[-1]["lane"], wave, int(trips.arrives[wave])))
    for place, lane, _, tick in back:
        if tick >= problem.horizon:
            continue
        if any((places[-1]["place"], places[-1]["ready"]) == (place, tick) for places in visits):
            yield "failed parcel back when another gets ready"
        if tick in trips.tick[trips.lane == lane]:
            yield "failed parcel back at the tick of a wave"
    for one, other in combinations(back, 2):
        if (one[1], one[3]) == (other[1], other[3]):
            yield "two waves back at one tick"


def _ties(columns: Columns, visits: list[list[Visit]]) -> Iterator[str]:
    """Name what happens at one instant at one place."""
    every = [(number, visit) for places in visits for number, visit in enumerate(places)]
    own = [(number, visit) for number, visit in every if visit["place"] >= 0]
    ready = Counter((v["place"], v["ready"]) for _, v in own if v["ready"] != NOT_YET)
    if max(ready.values(), default=0) > 1:
        yield "ready together at one facility"
    ordered = Counter((v["place"], v["joined"]) for number, v in own if number == 0)
    if max(ordered.values(), default=0) > 1:
        yield "orders of one tick at one facility"
    if any(number and (v["place"], v["joined"]) in ordered for number, v in own):
        yield "release and arrival at one tick"
    ended = Counter(columns.ended[columns.ended != NOT_YET].tolist())
    if max(ended.values(), default=0) > 1:
        yield "delivered together"
