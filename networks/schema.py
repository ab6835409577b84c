"""The vocabulary of every network: facilities, lanes and rounds, with their units.

A `Network` is a plain NetworkX `MultiDiGraph` with scalar attributes (so it can be written to
GraphML, CSV or a workbook as it is), plus the three things that are not nodes or edges: working
calendars, the rule by which a center is chosen, and the table of sellers. Nodes are facilities
and markets; an edge between facilities is a lane (keyed by its mode), an edge from a delivery
station to a market is a door edge (keyed `round`).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from networks.parameters import weekday_numbers

if TYPE_CHECKING:
    Graph = nx.MultiDiGraph[str]
else:
    Graph = nx.MultiDiGraph
"""A directed graph with parallel edges and string nodes."""

FACILITY_KINDS = (
    "fulfillment center",
    "warehouse",
    "hub",
    "sort center",
    "carrier station",
    "delivery station",
)
MARKET = "market"
ROUND = "round"
PICKUP = "pickup"
SELLERS = "sellers"
"""Where pickup lanes start: the sellers are a table, not nodes."""

WORK_LAWS = ("constant", "exponential", "lognormal")
PACKAGING_GRADES = ("excellent", "good", "fair", "poor")


@dataclass(frozen=True)
class Calendar:
    """The days on which something happens: weekdays, less a named list of holidays."""

    weekdays: str = "daily"
    holidays: str = "none"


@dataclass(frozen=True)
class Facility:
    """A place where parcels are worked: a gate, a queue and a dwell; each part may be absent.

    `shifts`: workers by local time, such as '08:00-16:00 12; 22:00-06:00 5'; overlapping shifts
    add up; empty means no queue. `work_seconds`: mean work on a parcel by one worker, of law
    `work_law` with coefficient of variation `work_cv` (lognormal only). The gate takes orders
    until `gate_cutoff` on working days of `gate_calendar` and releases them from `gate_opens`;
    no calendar means no gate. `wave_times`: local times at which the couriers leave, such as
    '10:00 14:00', each with `round_capacity` parcels, back after `round_hours`.
    `owner`: whose design volume scales it. Touches are counts per parcel.
    """

    kind: str
    owner: str
    market: str
    latitude: float
    longitude: float
    time_zone: str
    region: str = ""
    shifts: str = ""
    shift_calendar: str = "every day"
    work_law: str = "constant"
    work_seconds: float = 0.0
    work_cv: float = 0.0
    dwell_minutes: float = 0.0
    gate_calendar: str = ""
    gate_opens: str = "00:00"
    gate_cutoff: str = "24:00"
    gate_daily_capacity: int = 0
    wave_times: str = ""
    round_calendar: str = "every day"
    round_capacity: int = 0
    round_hours: float = 0.0
    conveyor_touches: int = 0
    hub_sorter_touches: int = 0
    manual_touches: int = 0


@dataclass(frozen=True)
class Lane:
    """A directed edge between facilities: departures on a timetable, then a transit.

    `departs`: local times at the origin with the number of vehicles, such as '20:00 22:30x3';
    vehicles that leave together are one departure. `capacity`: parcels a vehicle takes (0: no
    limit). Transit: `transit_hours` on average, with coefficient of variation `transit_cv`
    (lognormal, shared by all aboard).
    """

    owner: str
    departs: str
    calendar: str
    capacity: int
    transit_hours: float
    distance_km: float
    transit_cv: float = 0.0
    doors_close_minutes: float = 0.0


@dataclass(frozen=True)
class Door:
    """A delivery station serves a market: the share of its addresses, and the way to the door."""

    share: float
    distance_km: float = 0.0


@dataclass(frozen=True)
class Shift:
    """One line of a facility's shifts, in minutes of the local day; may end after midnight."""

    starts_minute: int
    ends_minute: int
    workers: int


@dataclass(frozen=True)
class Stock:
    """Which centers may ship an order, by how widely its product is stocked.

    `centers`: facility ids. `breadth`: share of the centers that hold a product, by its movement
    ('fast', 'medium', 'slow'). `region_first`: whether the centers of the market's own region are
    asked before nearer ones elsewhere.
    """

    centers: tuple[str, ...]
    breadth: Mapping[str, float]
    region_first: bool = True


@dataclass(frozen=True)
class Sellers:
    """Sellers as a table, one row each; columns are arrays of one length.

    `market`: row of the markets. `pickup`: row of `stations`, the carrier station that collects
    there. `volume`: orders a day (expected). `daily_capacity`: orders a working day.
    `working_days`, `pickup_days`: bit `1 << weekday` (Monday 0). `opens_hour`, `cutoff_hour`:
    local hours. `handling_hours`: median time from release to packed; `handling_log_sd`: of one
    seller's orders. `packaging`: row of `PACKAGING_GRADES`. A product goes viral with chance
    `burst_share` on a date and brings `burst_orders` more a day for `burst_days`.
    `holidays`: name of the list on which sellers do not pack.
    """

    market: NDArray[np.int32]
    pickup: NDArray[np.int32]
    stations: tuple[str, ...]
    volume: NDArray[np.float64]
    daily_capacity: NDArray[np.int32]
    working_days: NDArray[np.uint8]
    pickup_days: NDArray[np.uint8]
    opens_hour: NDArray[np.uint8]
    cutoff_hour: NDArray[np.uint8]
    handling_hours: NDArray[np.float32]
    handling_log_sd: float
    packaging: NDArray[np.uint8]
    burst_share: float
    burst_orders: int
    burst_days: int
    holidays: str = "none"

    def __len__(self) -> int:
        return len(self.volume)

    def sized(self, count: int) -> Sellers:
        """Return `count` sellers, each whole: the first of the table, or the table repeated."""
        columns: dict[str, Any] = {
            f.name: np.resize(getattr(self, f.name), count)
            for f in fields(self)
            if isinstance(getattr(self, f.name), np.ndarray)
        }
        return replace(self, **columns)


def _one() -> float:
    return 1.0


def _full_size() -> Mapping[str, float]:
    return defaultdict(_one)


@dataclass(frozen=True)
class Network:
    """Where parcels can go.

    `graph`: see the module. `calendars`: by name. `volumes`: design volume in parcels a day, by
    owner. Orders start either at the centers of `stock` or at `sellers`.
    `packaging`: grade used where `stock` ships. `notes`: what the builder wants a reader to know.
    `all_sellers`: how many there are at the design volume; `sellers` may be a sample of them.
    `scale`: by owner, what part of its design volume is simulated (see `scaled`).
    """

    name: str
    graph: Graph
    calendars: Mapping[str, Calendar]
    volumes: Mapping[str, float]
    stock: Stock | None = None
    sellers: Sellers | None = None
    packaging: str = "good"
    all_sellers: int = 0
    notes: tuple[str, ...] = ()
    scale: Mapping[str, float] = field(default_factory=_full_size)

    def facilities(self) -> dict[str, Facility]:
        """Return the facilities by id, sorted by id."""
        nodes: list[tuple[str, dict[str, Any]]] = sorted(self.graph.nodes.items())
        return {
            node: Facility(**attributes)
            for node, attributes in nodes
            if attributes["kind"] in FACILITY_KINDS
        }

    def lanes(self) -> dict[str, tuple[str, str, Lane]]:
        """Return (origin, destination, lane) by lane id, sorted by id."""
        found = {
            lane_id(u, v, key): (u, v, Lane(**attributes))
            for u, v, key, attributes in self.graph.edges(keys=True, data=True)
            if key != ROUND
        }
        return dict(sorted(found.items()))

    def doors(self) -> Iterator[tuple[str, str, Door]]:
        """Yield (station, market, door) sorted by market, then station."""
        edges = (
            (v, u, attributes)
            for u, v, key, attributes in self.graph.edges(keys=True, data=True)
            if key == ROUND
        )
        for market, station, attributes in sorted(edges, key=lambda edge: edge[:2]):
            yield station, market, Door(**attributes)


def lane_id(origin: str, destination: str, mode: str) -> str:
    """Return the id of a lane, such as 'FC012 > SC003 by linehaul'."""
    return f"{origin} > {destination} by {mode}"


def add_facility(graph: Graph, node: str, facility: Facility) -> None:
    """Add a facility as a node with scalar attributes."""
    graph.add_node(node, **asdict(facility))


def add_market(graph: Graph, node: str, **attributes: Any) -> None:
    """Add a market as a node."""
    graph.add_node(node, kind=MARKET, **attributes)


def add_lane(graph: Graph, origin: str, destination: str, mode: str, lane: Lane) -> None:
    """Add a lane as an edge keyed by its mode."""
    graph.add_edge(origin, destination, key=mode, **asdict(lane))


def add_door(graph: Graph, station: str, market: str, door: Door) -> None:
    """Let a delivery station serve a market."""
    graph.add_edge(station, market, key=ROUND, **asdict(door))


_SHIFT = re.compile(r"^(\d\d):(\d\d)-(\d\d):(\d\d) (\d+)$")
_DEPARTURE = re.compile(r"^(\d\d):(\d\d)(?:x(\d+))?$")


def parse_shifts(text: str) -> tuple[Shift, ...]:
    """Parse '08:00-16:00 12; 22:00-06:00 5'.

    Raises ValueError naming the part that cannot be read.
    """
    shifts = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        match = _SHIFT.match(part)
        h1, m1, h2, m2, workers = map(int, match.groups()) if match else (0, 60, 0, 60, 0)
        start, end = 60 * h1 + m1, 60 * h2 + m2
        if max(m1, m2) > 59 or start >= 1440 or end > 1440:
            raise ValueError(f"shift '{part}' is not of the form '08:00-16:00 12'")
        shifts.append(Shift(start, end if end > start else end + 1440, workers))
    return tuple(shifts)


def write_shifts(shifts: tuple[Shift, ...]) -> str:
    """Write shifts as `parse_shifts` reads them."""
    return "; ".join(
        f"{clock_text(s.starts_minute)}-{clock_text(s.ends_minute, midnight='24:00')} {s.workers}"
        for s in shifts
    )


def parse_departures(text: str) -> tuple[tuple[int, int], ...]:
    """Parse '20:00 22:30x3' into (minute of the local day, vehicles), in time order.

    Raises ValueError naming the part that cannot be read.
    """
    departures = []
    for part in text.split():
        match = _DEPARTURE.match(part)
        if match is None or int(match[1]) > 23 or int(match[2]) > 59:
            raise ValueError(f"departure '{part}' is not of the form '20:00' or '20:00x3'")
        departures.append((60 * int(match[1]) + int(match[2]), int(match[3] or 1)))
    return tuple(sorted(departures))


def write_departures(departures: tuple[tuple[int, int], ...]) -> str:
    """Write (minute, vehicles) as `parse_departures` reads them."""
    return " ".join(
        clock_text(minute) + (f"x{count}" if count > 1 else "")
        for minute, count in sorted(departures)
        if count
    )


def clock_text(minute: int, midnight: str = "00:00") -> str:
    """Return a minute of the local day as 'HH:MM'."""
    minute %= 1440
    return midnight if minute == 0 else f"{minute // 60:02d}:{minute % 60:02d}"


def minute_of(text: str) -> int:
    """Return 'HH:MM' as a minute of the local day, 0 to 1440."""
    return 60 * int(text[:2]) + int(text[3:])


def weekday_bits(weekdays: str) -> int:
    """Return weekdays such as 'Mon-Fri' as bits, Monday lowest."""
    return sum(1 << number for number in weekday_numbers(weekdays))


def scaled(network: Network, orders_per_day: float, share: float = 1.0) -> Network:
    """Return the network at the size of a sample.

    An owner's scale is orders / its design volume. `share`: of the customers for whom the network
    is built, those who order; the scale is then orders / (share * design volume). Sellers are
    sampled, not scaled: fewer, each whole; a network that already has as many as the sample needs
    keeps them.
    """
    scale = {owner: orders_per_day / (volume * share) for owner, volume in network.volumes.items()}
    sellers = network.sellers
    if sellers is not None:
        mean = network.volumes[SELLERS] / (network.all_sellers or len(sellers))
        sellers = sellers.sized(max(1, round(orders_per_day / mean)))
    return replace(network, scale=scale, sellers=sellers)


def at_scale(number: int, scale: float) -> int:
    """Return ceil(scale * number), where 0.1 * 30 is 3."""
    exact = number * scale
    return math.ceil(exact - 1e-9 * exact)


def not_resolved(network: Network, least: int = 30) -> tuple[str, ...]:
    """Name the constraints whose scaled number is below `least`: too coarse at this sample.

    Counts parcels of a departure, couriers' parcels of a wave, workers of a shift. What is not
    scaled down is as coarse as it really is, and not named.
    """
    numbers: dict[str, list[float]] = {}
    for facility in network.facilities().values():
        scale = network.scale[facility.owner]
        if scale >= 1:
            continue
        for shift in parse_shifts(facility.shifts):
            numbers.setdefault(f"{facility.kind} workers", []).append(shift.workers * scale)
        if facility.wave_times:
            name = f"{facility.kind} rounds"
            numbers.setdefault(name, []).append(facility.round_capacity * scale)
    for name, (_, _, lane) in network.lanes().items():
        if lane.capacity and network.scale[lane.owner] < 1:
            mode = name.rsplit(" by ", 1)[1]
            for _, vehicles in parse_departures(lane.departs):
                parcels = vehicles * lane.capacity * network.scale[lane.owner]
                numbers.setdefault(f"{mode} departures", []).append(parcels)
    coarse = {name: sum(n < least for n in counts) for name, counts in numbers.items()}
    return tuple(
        f"{name}: {coarse[name]:,} of {len(numbers[name]):,} below {least}"
        for name in sorted(numbers)
        if coarse[name]
    )
