"""Facilities and lanes as arrays, their times in ticks."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from logistics.schedule.calendars import Period
from logistics.simulation.problem import Facilities, Lanes
from logistics.vocabulary import Array
from networks.geography import Markets
from networks.routing import Routes
from networks.schema import Network


class Spread(NamedTuple):
    """Mean ticks of places, and the sigma of their lognormal law; -1 for the exponential law."""

    mean: Array
    sigma: Array


def facilities_of(routes: Routes, period: Period) -> Facilities:
    """Return the facilities by number."""
    dwell = np.array([facility.dwell_minutes for facility in routes.facilities.values()])
    return Facilities(ids=tuple(routes.facilities), dwell=period.ticks_of_minutes(dwell))


def lanes_of(routes: Routes, period: Period) -> Lanes:
    """Return the lanes by number, delivery routes last."""
    number = routes.number
    origin = [number.get(o, -1) for o, _, _ in routes.lanes.values()]
    destination = [number[d] for _, d, _ in routes.lanes.values()]
    doors = [lane.doors_close_minutes for _, _, lane in routes.lanes.values()]
    stations = [number[station] for station in routes.stations]
    rounds = [routes.facilities[station].round_hours for station in routes.stations]
    return Lanes(
        ids=routes.lane_ids,
        origin=np.array(origin + stations, np.int32),
        destination=np.array(destination + [-1] * len(stations), np.int32),
        doors_close=period.ticks_of_minutes(np.array(doors + [0.0] * len(stations))),
        round_ticks=period.ticks_of_minutes(
            60 * np.array([0.0] * len(doors) + rounds)
        ),
    )  # fmt: skip


def transit_of(routes: Routes, period: Period) -> Spread:
    """Return how long each lane and delivery route takes."""
    hours = np.array([lane.transit_hours for _, _, lane in routes.lanes.values()])
    variation = np.array([lane.transit_cv for _, _, lane in routes.lanes.values()])
    rounds = np.array([routes.facilities[s].round_hours for s in routes.stations])
    return Spread(
        period.ticks_of_minutes(60 * np.concatenate([hours, rounds])),
        np.concatenate([np.sqrt(np.log1p(variation**2)), np.zeros(len(rounds))]),
    )


def work_of(routes: Routes, period: Period) -> Spread:
    """Return how long a parcel is worked at each facility."""
    places = list(routes.facilities.values())
    ticks = np.array([place.work_seconds for place in places]) * (1000 / period.tick_ms)
    sigma = [
        {"constant": 0.0, "exponential": -1.0}.get(
            place.work_law, float(np.sqrt(np.log1p(place.work_cv**2)))
        )
        for place in places
    ]
    return Spread(ticks, np.array(sigma))


def doors_of(network: Network, routes: Routes, markets: Markets) -> tuple[Array, Array, Array]:
    """Return (markets + 1,) each market's first row; by row, its station and cumulative share."""
    number = routes.number
    by_market: dict[str, list[tuple[int, float]]] = {market: [] for market in markets.ids}
    for station, market, door in network.doors():
        by_market[market].append((number[station], door.share))
    stations, upto, sizes = [], [], []
    for market in markets.ids:
        rows = by_market[market]
        total = np.cumsum([share for _, share in rows])  # none where nobody orders
        stations += [station for station, _ in rows]
        upto += (total / total[-1:]).tolist()
        sizes.append(len(rows))
    return np.concatenate([[0], np.cumsum(sizes)]), np.array(stations), np.array(upto)
