"""A small network of real places: 4 centers, 2 sort centers, 8 delivery stations.

Built for 200,000 parcels a day, with timetables such as the national network has, and a little
tight: in the evening orders wait for workers, and some parcels find no room in the first truck.
A sample has its capacities scaled, never its timetables.
"""

from __future__ import annotations

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from logistics.scenario.scenario import Scenario
from networks.builders.nodes import add_markets, facility_in
from networks.builders.sizing import (
    between_markets_km,
    center_flows,
    center_ranking,
    first_with_stock,
    staff,
    timetable,
    vehicles,
)
from networks.geography import Markets, load_markets
from networks.origins import Origins, Stock
from networks.schema import (
    Calendar,
    Door,
    Facility,
    Lane,
    Network,
    add_door,
    add_facility,
    add_lane,
)

VOLUME = 200_000
"""Parcels a day for which it is built."""
ORDER_DAYS, FOLLOW_DAYS = 5, 10
"""Days on which orders are placed, and days after them, at most, in which they are delivered."""
SEED = 1

CENTERS = {"FC1": "Z071", "FC2": "Z606", "FC3": "Z752", "FC4": "Z925"}
"""Newark, Chicago, Dallas, Riverside."""
SORT_CENTERS = {"SC1": "Z432", "SC2": "Z802"}
"""Columbus, Denver."""
STATIONS = {
    "DS1": "Z100", "DS2": "Z191", "DS3": "Z303", "DS4": "Z606",
    "DS5": "Z752", "DS6": "Z770", "DS7": "Z900", "DS8": "Z981",
}  # fmt: skip
"""New York, Philadelphia, Atlanta, Chicago, Dallas, Houston, Los Angeles, Seattle."""

IN_STOCK = 0.6
PICKING_SECONDS, SORTING_SECONDS, STATION_SECONDS = 180.0, 8.0, 12.0
LINEHAULS = (
    "23:00", "21:00", "19:00", "17:00", "15:00", "13:00", "11:00", "01:00", "09:00", "05:00",
)  # fmt: skip
TO_STATIONS = ("04:30", "03:00", "01:00", "23:00", "05:30", "13:00", "17:00", "21:00")
TRAILER, TRUCK = 1500, 1000
BUSIEST_HOUR, NIGHT_HOUR = 0.072, 0.16
"""Shares of a day's parcels in the busiest hour: of orders, and of what trucks bring at night."""
FULL = 0.85
"""How full vehicles and rounds are on average, and how busy workers in the busiest hour."""


def scenario(parcels: int) -> Scenario:
    """Return the days and risks in which so many orders go through the network.

    Raises pydantic.ValidationError below a thousandth of the design volume a day.
    """
    data = {
        "name": "small", "as_of": "2023-10-01",
        "network": {"kind": "fulfillment-center", "design_volume": VOLUME},
        "promise": {"rule": "timetable"},
        "orders": {"orders_per_day": parcels // ORDER_DAYS, "weekday": [1.0] * 7},
        "days": {
            "first_day": "2023-09-18", "days": ORDER_DAYS, "warm_up_days": 0,
            "later_order_days": 0, "follow_days": FOLLOW_DAYS,
        },
        "runs": {"seed": SEED},
    }  # fmt: skip
    return Scenario.model_validate(data)


def network() -> Network:
    """Return the network at its design volume."""
    markets = load_markets()
    graph = nx.MultiDiGraph()
    add_markets(graph, markets)
    km = between_markets_km(markets)
    centers, sorts, stations = (
        np.array([markets.index(market) for market in places.values()])
        for places in (CENTERS, SORT_CENTERS, STATIONS)
    )
    station_of = km[stations].argmin(axis=0)
    sort_of = km[np.ix_(sorts, stations)].argmin(axis=0)
    ranking = center_ranking(markets, centers, km[centers], True)
    demand = markets.share * VOLUME
    flows = center_flows(ranking, first_with_stock(IN_STOCK, len(centers)), demand)

    for row, (name, flow) in enumerate(zip(CENTERS, flows.sum(axis=1), strict=True)):
        add_facility(graph, name, _center(markets, int(centers[row]), flow))
        to_sort = np.bincount(sort_of[station_of], weights=flows[row], minlength=len(sorts))
        for column, sort in enumerate(SORT_CENTERS):
            distance = float(km[centers[row], sorts[column]])
            truck = _linehaul(to_sort[column], LINEHAULS, TRAILER, distance)
            add_lane(graph, name, sort, "linehaul", truck)
    to_station = np.bincount(station_of, weights=demand, minlength=len(stations))
    for row, name in enumerate(SORT_CENTERS):
        flow = to_station[sort_of == row].sum()
        add_facility(graph, name, _sort_center(markets, int(sorts[row]), flow))
    for row, (name, flow) in enumerate(zip(STATIONS, to_station, strict=True)):
        add_facility(graph, name, _station(markets, int(stations[row]), flow))
        sort = list(SORT_CENTERS)[sort_of[row]]
        distance = float(km[sorts[sort_of[row]], stations[row]])
        add_lane(graph, sort, name, "linehaul", _linehaul(flow, TO_STATIONS, TRUCK, distance))
    _add_doors(graph, markets, station_of, km[stations])
    stock = Stock(tuple(CENTERS), dict.fromkeys(("fast", "medium", "slow"), IN_STOCK))
    return Network(
        name="small", graph=graph,
        calendars={"every day": Calendar("daily", "none")},
        volumes={"amazon": float(VOLUME)}, origins=Origins(stock),
    )  # fmt: skip


def _center(markets: Markets, row: int, flow: float) -> Facility:
    return facility_in(
        markets, row, kind="fulfillment center", owner="amazon",
        shifts=staff("00:00-24:00", flow * BUSIEST_HOUR, PICKING_SECONDS, FULL),
        work_law="lognormal", work_seconds=PICKING_SECONDS, work_cv=0.8, dwell_minutes=90.0,
        conveyor_touches=2, manual_touches=2,
    )  # fmt: skip


def _sort_center(markets: Markets, row: int, flow: float) -> Facility:
    return facility_in(
        markets, row, kind="sort center", owner="amazon",
        shifts=staff("00:00-24:00", flow * NIGHT_HOUR, SORTING_SECONDS, FULL),
        work_seconds=SORTING_SECONDS, dwell_minutes=20.0, conveyor_touches=1, manual_touches=1,
    )  # fmt: skip


def _station(markets: Markets, row: int, flow: float) -> Facility:
    return facility_in(
        markets, row, kind="delivery station", owner="amazon",
        shifts=staff("00:00-24:00", flow * NIGHT_HOUR, STATION_SECONDS, FULL),
        work_seconds=STATION_SECONDS, dwell_minutes=30.0, manual_touches=2,
        wave_times="10:00", round_capacity=int(np.ceil(flow / FULL)), round_hours=9.0,
    )  # fmt: skip


def _linehaul(flow: float, times: tuple[str, ...], capacity: int, distance: float) -> Lane:
    return Lane(
        owner="amazon", departs=timetable(vehicles(flow, capacity, FULL), times),
        calendar="every day", capacity=capacity, transit_hours=distance / 75.0 + 0.25,
        distance_km=distance, transit_cv=0.12, doors_close_minutes=15.0,
    )  # fmt: skip


def _add_doors(
    graph: nx.MultiDiGraph, markets: Markets, station_of: NDArray[np.intp],
    km: NDArray[np.float64],
) -> None:  # fmt: skip
    names = list(STATIONS)
    for row, market in enumerate(markets.ids):
        at = int(station_of[row])
        add_door(graph, names[at], market, Door(1.0, float(km[at, row])))
