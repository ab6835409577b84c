"""Every fault of a network, reported at once.

A graph is checked when it is made, at the door; nothing that passes here needs checking again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from networks.geography import load_markets
from networks.inputs.cells import clock
from networks.inputs.faults import Fault, InputError
from networks.inputs.local_times import WEEKDAY_NAMES, weekday_numbers
from networks.origins import Sellers
from networks.routing import Routes, find_routes
from networks.schema import (
    FACILITY_KINDS,
    MARKET,
    PACKAGING_GRADES,
    PICKUP,
    ROUND,
    SELLERS,
    WORK_LAWS,
    Door,
    Facility,
    Graph,
    Lane,
    Network,
)
from networks.sheets import limits
from networks.timetables import (
    minute_of,
    parse_departures,
    parse_shifts,
    weekday_bits,
    weekday_names,
)

_LANES = ("lanes.origin", "lanes.destination", "lanes.mode")
_SHIFTS = ("shifts.facility", "shifts.starts", "shifts.ends")
_NO_TIME_ZONE = "is not a time zone such as 'America/Chicago'"
_TIME_ZONES = "an IANA name such as America/Chicago; empty in a file: the market's"


def _fault(
    part: str, attribute: str, value: str, problem: str, allowed: str = "", *follows: str
) -> Fault:
    """Return a fault of an attribute, or of a whole node, lane, owner, calendar or `seller 1`."""
    field = ": ".join(filter(None, (part, attribute)))
    return Fault("", None, field, value, problem, allowed, "", (part, attribute), follows)


def check(network: Network, markets: Collection[str] | None = None) -> Routes:
    """Return the routes of a network that can be simulated.

    `markets`: ids of the markets that must be served; None: all of them.

    Raises InputError with every fault found.
    """
    faults, routes = _examined(network, markets)
    if faults or routes is None:
        raise InputError(replace(fault, file=network.name) for fault in faults)
    return routes


def faults_of(network: Network, markets: Collection[str] | None = None) -> tuple[Fault, ...]:
    """Return every fault of a network; see `check`.

    Routes are only looked for where every lane has two ends and a time on the road.
    """
    return tuple(_examined(network, markets)[0])


def _examined(
    network: Network, markets: Collection[str] | None
) -> tuple[list[Fault], Routes | None]:
    faults = list(_faults_of_attributes(network, markets))
    if not _can_be_walked(network):
        return faults, None
    routes = find_routes(network)
    faults += _faults_of_routes(network, routes)
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
    return len(network.origins) > 0


def _differing(attributes: dict[str, Any], model: type[Facility | Lane | Door]) -> set[str]:
    """Return the names that only the attributes have, or only the class of the schema."""
    return attributes.keys() ^ model.__match_args__


def _faults_of_attributes(network: Network, markets: Collection[str] | None) -> Iterator[Fault]:
    for node, attributes in sorted(network.graph.nodes.items()):
        kind = attributes.get("kind")
        if kind in FACILITY_KINDS:
            yield from _unknown(node, attributes, Facility)
            if not _differing(attributes, Facility):
                yield from _facility_faults(network, node, Facility(**attributes))
        elif kind not in (MARKET, SELLERS):
            allowed = ", ".join((*FACILITY_KINDS, MARKET))
            yield _fault(node, "kind", repr(kind), f"must be one of {allowed}")
    for u, v, key in sorted(network.graph.edges(keys=True)):
        attributes = network.graph.edges[u, v, key]
        place = f"{u} > {v} by {key}"
        if key == ROUND:
            yield from _bounds(place, attributes, limits("markets"))
            continue
        ends = [end for end in (u, v) if not _is_end(network.graph, end, origin=end == u)]
        for end in ends:
            yield _fault(place, "", "", f"'{end}' is not a facility of the network")
        yield from _unknown(place, attributes, Lane)
        if not ends and not _differing(attributes, Lane):
            yield from _lane_faults(network, place, Lane(**attributes))
        if u == v:
            problem = "is where the lane starts, too"
            yield _fault(place, "destination", repr(v), problem, "another facility", *_LANES)
    yield from _market_faults(network, load_markets().ids if markets is None else markets)
    yield from _origin_faults(network)


def _is_end(graph: Graph, node: str, *, origin: bool = False) -> bool:
    kind = graph.nodes[node].get("kind")
    return kind in FACILITY_KINDS or (origin and kind == SELLERS)


def _unknown(
    place: str, attributes: dict[str, Any], model: type[Facility | Lane]
) -> Iterator[Fault]:
    names = _differing(attributes, model)
    for name in sorted(names & attributes.keys()):
        yield _fault(place, name, repr(attributes[name]), "is not a known attribute")
    for name in sorted(names - attributes.keys()):
        yield _fault(place, name, "", "is missing")


def _bounds(
    place: str, attributes: dict[str, object], bounds: dict[str, tuple[float, float]]
) -> Iterator[Fault]:
    for name, (low, high) in bounds.items():
        value = attributes.get(name)
        number = value if isinstance(value, int | float) else math.nan
        if isinstance(value, bool) or not low <= number <= high:  # NaN is never within
            yield _fault(place, name, repr(value), f"must be a number from {low:g} to {high:g}")


def _readable(
    place: str, name: str, value: str, parse: Callable[[str], object], problem: str = ""
) -> Iterator[Fault]:
    """Yield a fault of a text that cannot be parsed; `problem`: instead of what the parser says."""
    try:
        parse(value)
    except (ValueError, KeyError) as error:
        said = error.faults[0].problem if isinstance(error, InputError) else str(error)
        yield _fault(place, name, repr(value), problem or said, _TIME_ZONES if problem else "")


def _calendar(network: Network, place: str, name: str, value: str) -> Iterator[Fault]:
    if value not in network.calendars:
        known = ", ".join(f"'{calendar}'" for calendar in sorted(network.calendars))
        yield _fault(place, name, repr(value), f"is not a calendar of the network: {known}")


def _owner(network: Network, place: str, owner: str) -> Iterator[Fault]:
    if not network.volumes.get(owner, 0) > 0:
        yield _fault(place, "owner", repr(owner), "has no design volume above 0")


def _facility_faults(network: Network, node: str, f: Facility) -> Iterator[Fault]:
    yield from _owner(network, node, f.owner)
    rounds = {name: (0.0, high) for name, (_, high) in limits("rounds").items()}
    yield from _bounds(node, vars(f), {**limits("facilities"), **rounds})
    yield from _readable(node, "shifts", f.shifts, parse_shifts)
    yield from _readable(node, "wave_times", f.wave_times, parse_departures)
    yield from _readable(node, "time_zone", f.time_zone, ZoneInfo, _NO_TIME_ZONE)
    yield from _readable(node, "market", f.market, load_markets().index)
    yield from _calendar(network, node, "shift_calendar", f.shift_calendar)
    if f.work_law not in WORK_LAWS:
        yield _fault(node, "work_law", repr(f.work_law), f"must be one of {WORK_LAWS}")
    if f.gate_calendar:
        yield from _calendar(network, node, "gate_calendar", f.gate_calendar)
        if minute_of(f.gate_cutoff) <= minute_of(f.gate_opens):
            problem = f"is not after gate_opens, {f.gate_opens}"
            yield _fault(node, "gate_cutoff", f.gate_cutoff, problem)
        yield from _gate_faults(network, node, f)
    if f.wave_times:
        yield from _calendar(network, node, "round_calendar", f.round_calendar)
        for name in ("round_capacity", "round_hours"):
            if not getattr(f, name) > 0:
                yield _fault(node, name, str(getattr(f, name)), "a round needs more than 0")


def _gate_faults(network: Network, node: str, f: Facility) -> Iterator[Fault]:
    """Yield what no shift can meet: a late cutoff, days of orders released without a shift."""
    try:
        shifts = parse_shifts(f.shifts)
        gate = weekday_numbers(network.calendars[f.gate_calendar].weekdays)
        starts = weekday_numbers(network.calendars[f.shift_calendar].weekdays)
    except (ValueError, KeyError):
        return  # reported already
    if not shifts:
        return
    last = max(shift.ends_minute for shift in shifts)
    if f.gate_cutoff != "24:00" and minute_of(f.gate_cutoff) > last:
        problem = f"lies after the end of the day's last shift, {clock(last % 1440 or 1440)}"
        remedy = "a cutoff up to that time, 24:00, or a later shift"
        yield _fault(node, "gate_cutoff", f.gate_cutoff, problem, remedy, *_SHIFTS)
    on_duty = {(day + late) % 7 for day in starts for late in range((last - 1) // 1440 + 1)}
    if idle := [WEEKDAY_NAMES[day] for day in gate if day not in on_duty]:
        problem = f"releases orders on days without a shift: {' '.join(idle)}"
        remedy = f"a calendar within that of the shifts, '{f.shift_calendar}'"
        yield _fault(node, "gate_calendar", repr(f.gate_calendar), problem, remedy, *_SHIFTS)


def _lane_faults(network: Network, place: str, lane: Lane) -> Iterator[Fault]:
    yield from _owner(network, place, lane.owner)
    yield from _bounds(place, vars(lane), limits("lanes"))
    yield from _calendar(network, place, "calendar", lane.calendar)
    yield from _readable(place, "departs", lane.departs, parse_departures)
    if not lane.departs.strip():
        problem = "a lane needs at least one departure"
        yield _fault(place, "departs", "''", problem, "a row in sheet departures")
    if place.startswith(f"{SELLERS} > "):
        for name in ("capacity", "doors_close_minutes"):
            if getattr(lane, name):
                problem = "must be 0: a pickup takes all that is packed when it comes"
                yield _fault(place, name, repr(getattr(lane, name)), problem)


def _market_faults(network: Network, markets: Collection[str]) -> Iterator[Fault]:
    shares: dict[str, float] = {}
    for station, market, door in network.doors():
        shares[market] = shares.get(market, 0.0) + door.share
        waves = network.graph.nodes[station].get("wave_times")
        if not waves:
            remedy = "a row in sheet `rounds`, or another station"
            yield _fault(station, "wave_times", repr(waves), f"serves {market} with no round",
                         remedy, "rounds.station", "markets.station")  # fmt: skip
    for market in sorted({*markets, *shares}):
        if market not in shares:
            yield _fault(market, "", "", "no delivery station serves this market",
                         "a row in sheet markets with a station that serves it")  # fmt: skip
        elif network.graph.nodes[market].get("kind") != MARKET:
            yield _fault(market, "", "", "is served, but is not a market")
        elif not abs(shares[market] - 1) <= 1e-6:
            yield _fault(market, "share", f"{shares[market]:g}",
                         "the stations' shares must sum to 1", "shares that sum to 1")  # fmt: skip


def _origin_faults(network: Network) -> Iterator[Fault]:
    stock, sellers = network.origins.stock, network.origins.sellers
    if not len(network.origins):
        remedy = "fill in sheet stock, sheet sellers or both"
        yield _fault(network.name, "stock", "", "needs stock or sellers", remedy)
    for name, calendar in network.calendars.items():
        yield from _readable(name, "weekdays", calendar.weekdays, weekday_numbers)
    if network.packaging not in PACKAGING_GRADES:
        problem = f"must be one of {PACKAGING_GRADES}"
        yield _fault(network.name, "packaging", repr(network.packaging), problem)
    for center in stock.centers:
        if network.graph.nodes.get(center, {}).get("kind") not in FACILITY_KINDS:
            yield _fault(center, "", "", "holds stock but is not a facility")
    for movement, breadth in stock.breadth.items():
        if not 0 < breadth <= 1:
            yield _fault("stock", movement, str(breadth), "must be above 0, at most 1")
    if len(sellers):
        yield from _share_faults(network)
        yield from _volume_faults(network, sellers)
        yield from _pickup_faults(network, sellers)
        yield from _hour_faults(sellers)


def _share_faults(network: Network) -> Iterator[Fault]:
    """Yield shares of the orders from stock that leave nothing to sellers, or to centers."""
    stock = network.origins.stock
    if not stock.centers:
        return
    shares = stock.order_share.values()
    for movement, share in stock.order_share.items():
        if not 0 <= share <= 1:
            yield _fault("stock", movement, str(share), "must be from 0 to 1")
    for share, idle in ((1, "sellers"), (0, "stock")):
        if all(one == share for one in shares):
            problem = f"there are stock and sellers, but no orders are left for {idle}"
            remedy = "order_share_fast, _medium or _slow in sheet settings, between 0 and 1"
            yield _fault(network.name, "stock", "", problem, remedy)


def _volume_faults(network: Network, sellers: Sellers) -> Iterator[Fault]:
    """Yield where the volume of all sellers is not that of the table, or of those it stands for.

    A sample of sellers, few of whom are large, misses their mean by some 5 / sqrt(rows).
    """
    stated = network.volumes.get(SELLERS, 0)
    if not stated > 0:
        problem = f"a network with sellers needs a design volume of '{SELLERS}'"
        remedy = f"a row {SELLERS} in sheet owners: the orders of all sellers on an average day"
        yield _fault("volumes", "", "", problem, remedy)
        return
    rows, total = max(1, len(sellers)), float(sellers.volume.sum())
    whole = network.all_sellers <= rows
    meant = total * (network.all_sellers or rows) / rows
    off = 0.01 if whole else max(0.2, 5 / math.sqrt(rows))
    if abs(stated - meant) > off * stated:
        problem = f"is not what orders_per_day in sheet sellers sums to, {total:,.10g}"
        if meant != total:
            problem += f", times all_sellers / rows: {meant:,.10g}"
        remedy = f"{meant:.10g}" if whole else f"about {meant:.10g}, as sellers are a sample"
        yield _fault("volumes", SELLERS, f"{stated:.10g}", problem, remedy,
                     "sellers.orders_per_day", "sellers.pickup_station",
                     "settings.value")  # fmt: skip


def _pickup_faults(network: Network, sellers: Sellers) -> Iterator[Fault]:
    """Yield stations without a pickup lane, and sellers who hand over when none drives."""
    days: dict[str, int] = {}
    for u, v, attributes in network.graph.edges(data=True):
        if u == SELLERS:
            days[v] = days.get(v, 0)
            with suppress(ValueError, KeyError):  # a calendar that cannot be read: reported already
                days[v] |= weekday_bits(network.calendars[attributes.get("calendar", "")].weekdays)
    for station in sorted(set(sellers.collecting) - days.keys()):
        problem = "collects from sellers but has no pickup lane"
        remedy = f"a lane from {SELLERS} by {PICKUP} in sheet lanes"
        yield _fault(station, "", "", problem, remedy, *_LANES, "sellers.pickup_station")
    open_days = np.array([days.get(name) or _ALL_DAYS for name in sellers.stations], np.uint8)
    never = (sellers.pickup_days & open_days[sellers.pickup]) == 0
    for row in np.flatnonzero(never).tolist():
        station = sellers.stations[sellers.pickup[row]]
        problem = f"has no day on which the pickup lane to {station} runs"
        allowed = f"at least one of {weekday_names(int(open_days[sellers.pickup[row]]))}"
        yield _fault(f"seller {row + 1}", "pickup_days",
                     weekday_names(int(sellers.pickup_days[row])), problem, allowed,
                     *_LANES, "lanes.calendar")  # fmt: skip


def _hour_faults(sellers: Sellers) -> Iterator[Fault]:
    """Yield sellers who never pack: on no day, or with a cutoff before they open."""
    for row in np.flatnonzero(sellers.working_days == 0).tolist():
        yield _fault(f"seller {row + 1}", "working_days", "''", "names no weekdays",
                     "at least one weekday")  # fmt: skip
    hours_of = (sellers.opens_hour, sellers.cutoff_hour)
    for row in np.flatnonzero(sellers.cutoff_hour <= sellers.opens_hour).tolist():
        opens, cutoff = (f"{hours[row]:02d}:00" for hours in hours_of)
        yield _fault(f"seller {row + 1}", "cutoff_hour", cutoff, f"is not after opens, {opens}",
                     f"after {opens}, up to 24:00", "sellers.opens")  # fmt: skip


_ALL_DAYS = weekday_bits("daily")


def _faults_of_routes(network: Network, routes: Routes) -> Iterator[Fault]:
    number = routes.number
    stations = np.array([number[station] for station in routes.stations])
    for origin in (*network.origins.stock.centers, *network.origins.sellers.collecting):
        missing = stations[routes.next_lane[number[origin], stations] < 0]
        if len(missing):
            example = list(number)[missing[0]]
            problem = f"no lanes lead to {len(missing)} delivery stations, such as {example}"
            yield _fault(origin, "", "", problem, "lanes that lead there", *_LANES)
