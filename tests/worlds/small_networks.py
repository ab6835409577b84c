"""Networks of a few places, built with the words of `networks.schema`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import networkx as nx
import numpy as np

from logistics.model.places import lanes_of, sources_of
from logistics.model.policies.promise import Nominal
from logistics.model.work import work_of
from logistics.scenario.days import Closure
from logistics.schedule.calendars import Period
from logistics.schedule.events import closings
from logistics.schedule.timetable import timetable
from networks.geography import load_markets
from networks.origins import Origins, Sellers, Stock
from networks.routing import find_routes
from networks.schema import (
    PICKUP,
    SELLERS,
    Calendar,
    Door,
    Facility,
    Lane,
    Network,
    add_door,
    add_facility,
    add_lane,
    add_market,
)
from networks.timetables import weekday_bits

MINUTE_MS = 60_000
EAST, WEST = "America/New_York", "America/Los_Angeles"
RICHMOND, SEATTLE = "Z232", "Z981"
CALENDARS = {
    "every day": Calendar(),
    "weekdays": Calendar("Mon-Fri", "none"),
    "carrier": Calendar("Mon-Sat", "ups"),
}


def place(zone: str = EAST, kind: str = "hub", **more: Any) -> Facility:
    """A facility in Richmond or Seattle that does nothing special."""
    market = RICHMOND if zone == EAST else SEATTLE
    row = load_markets().index(market)
    latitude, longitude = (
        float(getattr(load_markets(), name)[row]) for name in ("latitude", "longitude")
    )
    return Facility(
        kind=kind, owner="us", market=market, latitude=latitude, longitude=longitude,
        time_zone=zone, **more,
    )  # fmt: skip


def station(zone: str = EAST, **more: Any) -> Facility:
    """A delivery station whose couriers leave at ten and are back at six."""
    rounds = {"wave_times": "10:00", "round_capacity": 100, "round_hours": 8.0}
    return place(zone, "delivery station", **(rounds | more))


def lane(departs: str = "20:00", hours: float = 5.0, **more: Any) -> Lane:
    """A daily truck for ten parcels."""
    given = {"calendar": "every day", "capacity": 10, "distance_km": 300.0}
    return Lane(owner="us", departs=departs, transit_hours=hours, **(given | more))


def network(
    places: Mapping[str, Facility],
    lanes: Mapping[tuple[str, str], Lane],
    doors: Mapping[str, str] | None = None,
    scale: float = 1.0,
    sellers: Sellers | None = None,
) -> Network:
    """A network of places and lanes; `doors`: the market that each station serves."""
    graph = nx.MultiDiGraph()
    for name, facility in places.items():
        add_facility(graph, name, facility)
    for (origin, destination), edge in lanes.items():
        if origin == SELLERS:
            graph.add_node(SELLERS, kind=SELLERS)
        mode = PICKUP if origin == SELLERS else "truck"
        add_lane(graph, origin, destination, mode, edge)
    for name, market in (doors or {}).items():
        add_market(graph, market)
        add_door(graph, name, market, Door(1.0, 5.0))
    centers = tuple(name for name, f in places.items() if f.kind == "fulfillment center")
    return Network(
        name="small", graph=graph, calendars=CALENDARS, volumes={"us": 1000.0},
        origins=Origins(sellers=sellers) if sellers else Origins(Stock(centers)),
        scale={"us": scale, SELLERS: 1.0},
    )  # fmt: skip


def one_seller(pickup_at: str, **more: Any) -> Sellers:
    """A seller in Richmond who packs from nine to five on weekdays."""
    columns = {
        "market": np.array([load_markets().index(RICHMOND)], np.int32),
        "pickup": np.zeros(1, np.int32),
        "volume": np.ones(1),
        "daily_capacity": np.array([3], np.int32),
        "working_days": np.array([weekday_bits("Mon-Fri")], np.uint8),
        "pickup_days": np.array([weekday_bits("Mon-Fri")], np.uint8),
        "opens_hour": np.array([9], np.uint8),
        "cutoff_hour": np.array([17], np.uint8),
        "handling_hours": np.ones(1, np.float32),
        "packaging": np.zeros(1, np.uint8),
    }
    seller = Sellers(
        stations=(pickup_at,), handling_log_sd=0.0, burst_share=0.0, burst_orders=0,
        burst_days=1, **columns,
    )  # fmt: skip
    return replace(seller, **more)


def minutes(first: str, days: int, warm_up: int = 0, later: int = 0) -> Period:
    """A period in ticks of a minute, in Richmond and Seattle; tick 0 is midnight in Richmond."""
    return Period(
        date.fromisoformat(first),
        warm_up,
        days,
        later,
        later,
        MINUTE_MS,
        (EAST, WEST),
    )


def at(text: str) -> int:
    """The tick of '1 20:00' (day and time in Richmond) of a period without a clock change."""
    day, clock = text.split()
    hour, minute = clock.split(":")
    return (int(day) * 24 + int(hour)) * 60 + int(minute)


def nominal(net: Network, period: Period, *closures: Closure) -> Nominal:
    """A network's timetable without luck, as promises are worked out from it."""
    routes = find_routes(net)
    table = timetable(net, routes, period, closings(closures), net.name)
    hours = [edge.transit_hours for _, _, edge in routes.lanes.values()]
    hours += [routes.facilities[name].round_hours for name in routes.stations]
    dwell = [facility.dwell_minutes for facility in routes.facilities.values()]
    work_ticks = work_of(net, routes, period).length[: len(routes.facilities)]
    return Nominal(
        period=period,
        routes=routes,
        table=table,
        lanes=lanes_of(routes, period),
        sources=sources_of(net, routes, table),
        handling=period.ticks_of_minutes(np.array(dwell)) + np.rint(work_ticks).astype(np.int64),
        transit=period.ticks_of_minutes(60 * np.array(hours)),
    )
