"""The vocabulary of every network: facilities, lanes and delivery routes, with their units.

A `Network` is a plain NetworkX `MultiDiGraph` with scalar attributes (so it can be written to
GraphML, CSV or a workbook as it is), plus the three things that are not nodes or edges: working
calendars, design volumes, and the table of sources at which orders start. Nodes are facilities
and markets; an edge between facilities is a lane (keyed by its mode), an edge from a delivery
station to a market is a door edge (keyed `round`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, TypeAlias

import networkx as nx

from networks.origins import Origins

Graph: TypeAlias = "nx.MultiDiGraph[str]"
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
    """A place where parcels are worked: release window, queue and dwell; each part may be absent.

    `shifts`: workers by local time, such as '08:00-16:00 12; 22:00-06:00 5'; overlapping shifts
    add up; empty means no queue. `work_seconds`: mean work on a parcel by one worker, of law
    `work_law` with coefficient of variation `work_cv` (lognormal only). The release window takes
    orders until `gate_cutoff` on working days of `gate_calendar` and releases them from
    `gate_opens`; no calendar means no window. `wave_times`: local times at which the couriers
    leave, such as '10:00 14:00', each with `round_capacity` parcels, back after `round_hours`.
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
    """A delivery station serves a market: the share of its addresses, and how far the doors are."""

    share: float
    distance_km: float = 0.0


@dataclass(frozen=True)
class Network:
    """Where parcels can go.

    `graph`: see the module. `calendars`: by name. `volumes`: design volume in parcels a day, by
    owner. `origins`: where orders start. `packaging`: grade used where stock ships. `notes`: what
    the builder wants a reader to know. `all_sellers`: how many there are at the design volume; the
    table of origins may hold a sample of them.
    `scale`: by owner, what part of its design volume is simulated (see `scaled`).
    """

    name: str
    graph: Graph
    calendars: Mapping[str, Calendar]
    volumes: Mapping[str, float]
    origins: Origins = field(default_factory=Origins)
    packaging: str = "good"
    all_sellers: int = 0
    notes: tuple[str, ...] = ()
    scale: Mapping[str, float] = field(default_factory=partial(defaultdict, partial(float, 1)))

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
