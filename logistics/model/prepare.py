"""What all replications of a scenario share: everything that is not random."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.model.hazards import hazards_of
from logistics.model.network import at_sample, build_network, check_network
from logistics.model.origins import most_visits, packaging_of, sources_of
from logistics.model.policies.promise import Nominal, Quote, quote_of
from logistics.model.policies.sourcing import Sourcing, sourcing_of
from logistics.scenario.scenario import OwnNetwork, Scenario
from logistics.schedule.calendars import Period, time_zones_of
from logistics.schedule.timetable import Timetable, timetable
from logistics.simulation.problem import Facilities, Hazards, Lanes, Sources
from networks.geography import Markets, load_markets
from networks.inputs.faults import Fault, InputError
from networks.routing import Routes
from networks.scaling import not_resolved
from networks.schema import Network

Array = NDArray[Any]


@dataclass(frozen=True)
class PreparedModel:
    """A scenario prepared to run: network at the sample's size, routes, timetable, rules, tables.

    `full_size`: the network at its design volume, of which `network` is a sample.
    `doors`: (markets + 1,) first row of each market, then by row its station and the cumulative
    share. `packaging`: grade of each source. `transit_ticks`, `transit_sigma`: mean and spread of
    a lane's time on the road. `work_ticks`, `work_sigma`: of a facility's work, sigma -1 for the
    exponential law. `visits`: of the longest way. `not_resolved`: constraints too coarse at this
    sample.
    """

    scenario: Scenario
    markets: Markets
    full_size: Network
    network: Network
    routes: Routes
    period: Period
    timetable: Timetable
    sourcing: Sourcing
    quote: Quote
    facilities: Facilities
    lanes: Lanes
    sources: Sources
    hazards: Hazards
    doors: tuple[Array, Array, Array]
    packaging: Array
    transit_ticks: Array
    transit_sigma: Array
    work_ticks: Array
    work_sigma: Array
    visits: int
    not_resolved: tuple[str, ...]


def prepare(scenario: Scenario, network: Network | None = None) -> PreparedModel:
    """Return a scenario prepared to run, with another network than its own if one is given.

    Cached where the scenario determines it, because replications share it; a network that is
    passed in or read from files can change, so it is prepared each time.

    Raises InputError for a network that cannot be simulated, or closures that do nothing.
    """
    if network is not None:
        return _ready(scenario, network)
    if isinstance(scenario.network, OwnNetwork):
        return _ready(scenario, build_network(scenario))
    return _remembered(scenario.model_dump_json(exclude={"runs"}))


@lru_cache(maxsize=4)
def _remembered(text: str) -> PreparedModel:
    scenario = Scenario.model_validate_json(text)
    return _ready(scenario, build_network(scenario))


def _ready(scenario: Scenario, full_size: Network) -> PreparedModel:
    if idle := scenario.idle_closures():
        raise InputError(idle)
    markets = load_markets()
    routes = check_network(full_size, scenario)
    network = at_sample(scenario, full_size)
    period = Period(
        first_day=scenario.days.first_day,
        warm_up_days=scenario.days.warm_up_days,
        days=scenario.days.days,
        cool_down_days=scenario.days.cool_down_days,
        tick_ms=scenario.days.tick_ms,
        time_zones=time_zones_of(
            [*markets.time_zones, *(f.time_zone for f in routes.facilities.values())]
        ),
    )
    table = timetable(network, routes, period, scenario.closures, scenario.name)
    if not len(table.tick):
        last = period.date_of(period.all_days - 1)
        problem = "nothing leaves on any lane or round on the days of the run"
        allowed = (
            f"calendars and closures that leave a working day from {period.first_date} to {last}"
        )
        raise InputError([Fault(scenario.name, None, "", "", problem, allowed)])
    undisturbed = table
    if scenario.closures:  # no promise knows of a closure that is still to come
        undisturbed = timetable(network, routes, period, (), scenario.name)
    lanes = _lanes(routes, period)
    work_ticks, work_sigma = _work(routes, period)
    hours = np.array([lane.transit_hours for _, _, lane in routes.lanes.values()])
    variation = np.array([lane.transit_cv for _, _, lane in routes.lanes.values()])
    rounds = np.array([routes.facilities[s].round_hours for s in routes.stations])
    transit_ticks = period.ticks_of_minutes(60 * np.concatenate([hours, rounds]))
    epoch_day = int(np.datetime64(period.first_date).astype(int))
    movements = tuple(product.movement for product in scenario.orders.products)
    facilities = Facilities(
        ids=tuple(routes.facilities),
        dwell=period.ticks_of_minutes(
            np.array([f.dwell_minutes for f in routes.facilities.values()])
        ),
    )
    sources = sources_of(network, routes, table)
    return PreparedModel(
        scenario=scenario,
        markets=markets,
        full_size=full_size,
        network=network,
        routes=routes,
        period=period,
        timetable=table,
        sourcing=sourcing_of(network, routes, markets, movements, epoch_day),
        quote=quote_of(
            scenario.promise,
            markets,
            Nominal(
                period=period,
                routes=routes,
                table=undisturbed,
                lanes=lanes,
                sources=sources,
                handling=facilities.dwell + np.rint(work_ticks).astype(np.int64),
                transit=transit_ticks,
            ),
        ),
        facilities=facilities,
        lanes=lanes,
        sources=sources,
        hazards=hazards_of(scenario, routes),
        doors=_doors(network, routes, markets),
        packaging=packaging_of(network),
        transit_ticks=transit_ticks,
        transit_sigma=np.concatenate([np.sqrt(np.log1p(variation**2)), np.zeros(len(rounds))]),
        work_ticks=work_ticks,
        work_sigma=work_sigma,
        visits=most_visits(routes, lanes, sources),
        not_resolved=not_resolved(network),
    )


def _lanes(routes: Routes, period: Period) -> Lanes:
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


def _work(routes: Routes, period: Period) -> tuple[Array, Array]:
    places = list(routes.facilities.values())
    ticks = np.array([place.work_seconds for place in places]) * (1000 / period.tick_ms)
    sigma = [
        {"constant": 0.0, "exponential": -1.0}.get(
            place.work_law, float(np.sqrt(np.log1p(place.work_cv**2)))
        )
        for place in places
    ]
    return ticks, np.array(sigma)


def _doors(network: Network, routes: Routes, markets: Markets) -> tuple[Array, Array, Array]:
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
