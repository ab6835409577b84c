"""Every fault of a network, reported at once.

A graph is checked when it is made, at the door; nothing that passes here needs checking again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from numbers import Real
from typing import Any
from zoneinfo import ZoneInfo

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from networks.builders.sizing import stock_ranking
from networks.geography import load_markets
from networks.inputs.cells import clock
from networks.inputs.faults import Fault, InputError
from networks.inputs.local_times import WEEKDAY_NAMES, weekday_numbers
from networks.origins import SPEEDS
from networks.routing import Routes, find_routes
from networks.schema import (
    FACILITY_KINDS,
    MARKET,
    ROUND,
    SELLERS,
    Door,
    Facility,
    Graph,
    Lane,
    Network,
)
from networks.sheets import SHEET, Column
from networks.timetables import minute_of, parse_departures, parse_shifts
from networks.validation.found import LANES, fault, unfit, unreadable
from networks.validation.origins import origin_faults

FASTEST_BY_ROAD = 137.0
"""km/h: 85 mph, the highest speed limit in the U.S. (Texas State Highway 130)."""
FASTEST_BY_AIR = 1100.0
"""km/h by road distance: a freighter cruises at some 900 (Boeing 747-8F), roads are 1.2 as long."""
LEAST_WORK_SECONDS = 0.1
"""On a parcel by one worker: 36,000 an hour, more than a whole cross-belt sorter does."""
ON_FOOT, STANDS_HOURS = 5.0, 240.0
"""A lane may stand for ten days, and is on its way no slower than a walk of 5 km/h: assumed."""

_SHIFTS = ("shifts.facility", "shifts.starts", "shifts.ends")
_NO_TIME_ZONE = "is not a time zone such as 'America/Chicago'"
_TIME_ZONES = "an IANA name such as America/Chicago; empty in a file: the market's"


_EVERY_SPEED: Mapping[str, float] = dict.fromkeys(SPEEDS, 1.0)


def check(
    network: Network,
    markets: Collection[str] | None = None,
    movement: Mapping[str, float] | None = _EVERY_SPEED,
) -> Routes:
    """Return the routes of a network that can be simulated.

    `markets`: ids of the markets that must be served; None: all of them. `movement`: share of the
    orders by the product's movement; None: any center may ship any order.

    Raises InputError with every fault found.
    """
    faults, routes = _examined(network, markets, movement)
    if faults or routes is None:
        raise InputError(replace(one, file=str(network.name)) for one in faults)
    return routes


def faults_of(network: Network, markets: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Return every fault of a network; see `check`.

    Routes are only looked for where every lane has two ends and a time on the road.
    """
    return tuple(_examined(network, markets, _EVERY_SPEED)[0])


def _examined(
    network: Network, markets: Collection[str] | None, movement: Mapping[str, float] | None
) -> tuple[list[Fault], Routes | None]:
    if not isinstance(network.graph, nx.MultiDiGraph):
        kind = type(network.graph).__name__
        return [fault(network.name, "graph", kind, "must be a networkx.MultiDiGraph")], None
    faults = list(dict.fromkeys(_faults_of_attributes(network, markets)))
    if not _can_be_walked(network):
        return faults, None
    routes = find_routes(network)
    faults += _faults_of_routes(network, routes, movement)
    return faults, routes


def _can_be_walked(network: Network) -> bool:
    """Tell whether all facilities, lanes and doors are whole enough to look for routes."""
    graph = network.graph
    for node, attributes in graph.nodes.items():
        kind = attributes.get("kind")
        whole = kind in (MARKET, SELLERS) or (
            kind in FACILITY_KINDS and not _differing(attributes, Facility)
        )
        if not whole or not isinstance(node, str):
            return False
    for u, v, key, attributes in graph.edges(keys=True, data=True):
        is_lane = key != ROUND
        ends = _is_end(graph, u, origin=is_lane) and (not is_lane or _is_end(graph, v))
        hours = attributes.get("transit_hours", 0.0)
        if not ends or _differing(attributes, Lane if is_lane else Door):
            return False
        if not isinstance(hours, int | float) or not 0 <= hours < math.inf:
            return False
    sellers = network.origins.sellers
    return len(network.origins) > 0 and bool((sellers.pickup < len(sellers.stations)).all())


def _differing(attributes: dict[str, Any], model: type[Facility | Lane | Door]) -> set[str]:
    """Return the names that only the attributes have, or only the class of the schema."""
    return attributes.keys() ^ model.__match_args__


def _faults_of_attributes(network: Network, markets: Collection[str] | None) -> Iterator[Fault]:
    names = {*network.graph, *(key for _, _, key in network.graph.edges(keys=True))}
    if odd := [name for name in names if not isinstance(name, str)]:
        yield from (fault(repr(name), "", "", "ids and modes must be text") for name in odd)
        return
    for node, attributes in sorted(network.graph.nodes.items()):
        kind = attributes.get("kind")
        if kind in FACILITY_KINDS:
            yield from _unknown(node, attributes, Facility)
            if not _differing(attributes, Facility):
                yield from _facility_faults(network, node, Facility(**attributes))
        elif kind not in (MARKET, SELLERS):
            allowed = ", ".join((*FACILITY_KINDS, MARKET))
            yield fault(node, "kind", repr(kind), f"must be one of {allowed}")
    for u, v, key in sorted(network.graph.edges(keys=True)):
        yield from _edge_faults(network, u, v, key)
    yield from _market_faults(network, load_markets().ids if markets is None else markets)
    for owner, volume in network.volumes.items():
        if problem := SHEET["owners"].column("design_parcels_per_day").problem_of(volume):
            yield fault("volumes", owner, repr(volume), problem)
    for name, calendar in network.calendars.items():
        yield from unfit(name, vars(calendar), "calendars")
        yield from unreadable(name, "weekdays", calendar.weekdays, weekday_numbers)
    yield from origin_faults(network)


def _edge_faults(network: Network, u: str, v: str, key: str) -> Iterator[Fault]:
    attributes = network.graph.edges[u, v, key]
    place = f"{u} > {v} by {key}"
    if key == ROUND:
        yield from _unknown(place, attributes, Door)
        if not _differing(attributes, Door):
            yield from unfit(place, attributes, "markets")
        return
    ends = [end for end in (u, v) if not _is_end(network.graph, end, origin=end == u)]
    for end in ends:
        yield fault(place, "", "", f"'{end}' is not a facility of the network")
    yield from _unknown(place, attributes, Lane)
    if not ends and not _differing(attributes, Lane):
        yield from _lane_faults(network, place, Lane(**attributes))
        yield from _speed_faults(place, key, Lane(**attributes))
    if u == v:
        problem = "is where the lane starts, too"
        yield fault(place, "destination", repr(v), problem, "another facility", *LANES)


def _is_end(graph: Graph, node: str, *, origin: bool = False) -> bool:
    kind = graph.nodes[node].get("kind")
    return kind in FACILITY_KINDS or (origin and kind == SELLERS)


def _unknown(
    place: str, attributes: dict[str, Any], model: type[Facility | Lane | Door]
) -> Iterator[Fault]:
    names = _differing(attributes, model)
    for name in sorted(names & attributes.keys()):
        yield fault(place, name, repr(attributes[name]), "is not a known attribute")
    for name in sorted(names - attributes.keys()):
        yield fault(place, name, "", "is missing")


def _calendar(network: Network, place: str, name: str, value: str) -> Iterator[Fault]:
    if isinstance(value, str) and value not in network.calendars:
        known = ", ".join(f"'{calendar}'" for calendar in sorted(network.calendars))
        yield fault(place, name, repr(value), f"is not a calendar of the network: {known}")


def _owner(network: Network, place: str, owner: str) -> Iterator[Fault]:
    if isinstance(owner, str) and owner not in network.volumes:
        yield fault(place, "owner", repr(owner), "has no design volume above 0")


def _facility_faults(network: Network, node: str, f: Facility) -> Iterator[Fault]:
    yield from _owner(network, node, f.owner)
    yield from unfit(node, vars(f), "facilities")
    yield from unreadable(node, "shifts", f.shifts, _shifts)
    yield from unreadable(node, "wave_times", f.wave_times, _waves)
    yield from unreadable(node, "time_zone", f.time_zone, ZoneInfo, _NO_TIME_ZONE, _TIME_ZONES)
    yield from unreadable(node, "market", f.market, load_markets().index)
    yield from _calendar(network, node, "shift_calendar", f.shift_calendar)
    if isinstance(f.work_seconds, Real) and 0 < f.work_seconds < LEAST_WORK_SECONDS:
        problem = f"is {3600 / f.work_seconds:,.0f} parcels an hour for each worker"
        yield fault(node, "work_seconds", f"{f.work_seconds:g}", problem,
                    f"0 for no work, or {LEAST_WORK_SECONDS:g} or more")  # fmt: skip
    if f.gate_calendar:
        yield from _calendar(network, node, "gate_calendar", f.gate_calendar)
        with suppress(ValueError, TypeError):  # times that cannot be read: reported already
            if minute_of(f.gate_cutoff) <= minute_of(f.gate_opens):
                problem = f"is not after gate_opens, {f.gate_opens}"
                yield fault(node, "gate_cutoff", f.gate_cutoff, problem)
            yield from _gate_faults(network, node, f)
    if f.wave_times:
        yield from _calendar(network, node, "round_calendar", f.round_calendar)
        yield from unfit(node, vars(f), "rounds")


def _gate_faults(network: Network, node: str, f: Facility) -> Iterator[Fault]:
    """Yield what no shift can meet: a late cutoff, days of orders released without a shift."""
    try:
        shifts = parse_shifts(f.shifts)
        gate = weekday_numbers(network.calendars[f.gate_calendar].weekdays)
        starts = weekday_numbers(network.calendars[f.shift_calendar].weekdays)
    except (ValueError, KeyError, AttributeError):
        return  # reported already
    if not shifts:
        return
    last = max(shift.ends_minute for shift in shifts)
    if f.gate_cutoff != "24:00" and minute_of(f.gate_cutoff) > last:
        problem = f"lies after the end of the day's last shift, {clock(last % 1440 or 1440)}"
        remedy = "a cutoff up to that time, 24:00, or a later shift"
        yield fault(node, "gate_cutoff", f.gate_cutoff, problem, remedy, *_SHIFTS)
    on_duty = {(day + late) % 7 for day in starts for late in range((last - 1) // 1440 + 1)}
    if idle := [WEEKDAY_NAMES[day] for day in gate if day not in on_duty]:
        problem = f"releases orders on days without a shift: {' '.join(idle)}"
        remedy = f"a calendar within that of the shifts, '{f.shift_calendar}'"
        yield fault(node, "gate_calendar", repr(f.gate_calendar), problem, remedy, *_SHIFTS)


def _shifts(text: str) -> None:
    _checked((one.workers for one in parse_shifts(text)), SHEET["shifts"].column("workers"))


def _departures(text: str) -> None:
    vehicles = (one.vehicles for one in parse_departures(text))
    _checked(vehicles, SHEET["departures"].column("vehicles"))


def _waves(text: str) -> None:
    if any(one.full_from is not None for one in parse_departures(text)):
        raise ValueError("a courier's wave leaves at its time, full or not")


def _checked(counts: Iterable[int], column: Column) -> None:
    """Raise ValueError for a number that no cell of a column could hold."""
    for count in counts:
        if problem := column.problem_of(count):
            raise ValueError(f"{column.name} = {count}: {problem}")


def _windows(place: str, lane: Lane) -> Iterator[Fault]:
    """Yield a fault where vehicles leave when full, but none ever is."""
    with suppress(ValueError, AttributeError):  # text that cannot be read: reported already
        for one in parse_departures(lane.departs):
            if one.full_from is not None and lane.capacity == 0:
                problem = "cannot be full: the lane's vehicles have no limit"
                remedy = "a capacity of the lane, or no time from which full vehicles leave"
                yield fault(place, "departs", repr(lane.departs), problem, remedy)
                return


def _lane_faults(network: Network, place: str, lane: Lane) -> Iterator[Fault]:
    yield from _owner(network, place, lane.owner)
    yield from unfit(place, vars(lane), "lanes")
    yield from _calendar(network, place, "calendar", lane.calendar)
    yield from unreadable(place, "departs", lane.departs, _departures)
    if isinstance(lane.departs, str) and not lane.departs.strip():
        problem = "a lane needs at least one departure"
        yield fault(place, "departs", "''", problem, "a row in sheet departures")
    yield from _windows(place, lane)
    if place.startswith(f"{SELLERS} > "):
        for name in ("capacity", "doors_close_minutes"):
            if getattr(lane, name):
                problem = "must be 0: a pickup takes all that is packed when it comes"
                yield fault(place, name, repr(getattr(lane, name)), problem)


def _speed_faults(place: str, mode: str, lane: Lane) -> Iterator[Fault]:
    """Yield a transit that no vehicle can keep, or that takes longer than on foot."""
    hours, km = lane.transit_hours, lane.distance_km
    if not isinstance(hours, Real) or not isinstance(km, Real) or not hours > 0:
        return  # reported already
    flies = "air" in re.split("[ _.-]", mode.lower())
    least, most = km / (FASTEST_BY_AIR if flies else FASTEST_BY_ROAD), STANDS_HOURS + km / ON_FOOT
    if not hours < least and not hours > most:
        return
    fast = (
        f"is {km / hours:,.0f} km/h over {km:,g} km, faster than any {'jet' if flies else 'truck'}"
    )
    problem = (
        fast if hours < least else f"is longer than {km:,g} km on foot plus ten days of waiting"
    )
    yield fault(place, "transit_hours", f"{hours:g}", problem, f"{least:.2g} to {most:.4g} h",
                "lanes.distance_km")  # fmt: skip


def _market_faults(network: Network, markets: Collection[str]) -> Iterator[Fault]:
    shares: dict[str, float] = {}
    edges = network.graph.edges(keys=True, data=True)
    for station, market, key, attributes in sorted(edges, key=lambda edge: (edge[1], edge[0])):
        if key != ROUND:
            continue
        share = attributes.get("share")
        part = float(share) if isinstance(share, Real) else math.nan
        shares[market] = shares.get(market, 0.0) + part
        waves = network.graph.nodes[station].get("wave_times")
        if not waves:
            remedy = "a row in sheet `rounds`, or another station"
            yield fault(station, "wave_times", repr(waves), f"serves {market} with no round",
                         remedy, "rounds.station", "markets.station")  # fmt: skip
    for market in sorted({*markets, *shares}):
        if market not in shares:
            yield fault(market, "", "", "no delivery station serves this market",
                         "a row in sheet markets with a station that serves it")  # fmt: skip
        elif network.graph.nodes[market].get("kind") != MARKET:
            yield fault(market, "", "", "is served, but is not a market")
        elif not abs(shares[market] - 1) <= 1e-6:
            yield fault(market, "share", f"{shares[market]:g}",
                         "the stations' shares must sum to 1", "shares that sum to 1")  # fmt: skip


def _faults_of_routes(
    network: Network, routes: Routes, movement: Mapping[str, float] | None
) -> Iterator[Fault]:
    number = routes.number
    stations = np.array([number[station] for station in routes.stations])
    reached = _ships_to(network, routes, movement)
    for origin in (*network.origins.stock.centers, *network.origins.sellers.collecting):
        if origin not in number:
            continue  # reported already
        needed = reached.get(origin, np.ones(len(stations), np.bool_))
        missing = stations[needed & (routes.next_lane[number[origin], stations] < 0)]
        if len(missing):
            example = list(number)[missing[0]]
            problem = f"no lanes lead to {len(missing)} delivery stations, such as {example}"
            yield fault(origin, "", "", problem, "lanes that lead there", *LANES)


def _ships_to(
    network: Network, routes: Routes, movement: Mapping[str, float] | None
) -> dict[str, NDArray[np.bool_]]:
    """Return (stations,) to which each center may ship; none where all may ship everywhere.

    Where every product is in every center, the nearest one ships it: others need no lane there.
    """
    stock = network.origins.stock
    if not stock.centers or movement is None:
        return {}
    markets = load_markets()
    try:
        shares = {speed: movement[speed] * network.origins.stock_share(speed) for speed in SPEEDS}
        if any(stock.breadth.get(speed) != 1 for speed in SPEEDS if shares[speed] > 0):
            return {}
        nearest = stock_ranking(stock, routes.facilities, markets)[:, 0]
    except (KeyError, TypeError, ValueError):
        return {}  # a share that is no number, a center that cannot be placed: reported already
    row = {station: n for n, station in enumerate(routes.stations)}
    reached = {center: np.zeros(len(row), np.bool_) for center in stock.centers}
    for station, market, _ in network.doors():
        reached[stock.centers[nearest[markets.index(market)]]][row[station]] = True
    return reached
