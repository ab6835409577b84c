"""What all replications of a scenario share: everything that does not hang on luck."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from logistics.calendars import Period, time_zones_of
from logistics.errors import Fault, InputError
from logistics.own_networks import read_own
from logistics.policies.promise import Nominal, Quote, quote_of
from logistics.policies.sourcing import Sourcing, sourcing_of
from logistics.problem import Facilities, Hazards, Lanes, Sources
from logistics.scenario import OwnNetwork, PathTimetable, Risks, Scenario, too_few_orders
from logistics.timetable import Timetable, timetable
from networks import fulfillment_center, platform_fulfilled, seller_direct
from networks.geography import Markets, load_markets
from networks.platform_fulfilled import PlatformFulfilled
from networks.routing import Routes
from networks.schema import PACKAGING_GRADES, SELLERS, Network, not_resolved, scaled
from networks.seller_direct import SellerDirect
from networks.validation import InvalidNetworkError, check

Array = NDArray[Any]


@dataclass(frozen=True)
class Groundwork:
    """A scenario made ready: network at the sample's size, routes, timetable, rules, tables.

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


def build_network(scenario: Scenario) -> Network:
    """Return the network of a scenario at its design volume, with a sample of its sellers."""
    network, shape = scenario.network, scenario.orders.shape()
    if isinstance(network, OwnNetwork):
        file = read_own(network.path, scenario.orders.market_ids())
        return replace(file.network, notes=(*file.network.notes, *file.warnings))
    if isinstance(network, SellerDirect):
        return seller_direct.build(network, shape, scenario.orders.orders_per_day)
    if isinstance(network, PlatformFulfilled):
        return platform_fulfilled.build(network, shape)
    return fulfillment_center.build(network, shape)


def groundwork(scenario: Scenario, network: Network | None = None) -> Groundwork:
    """Return a scenario made ready, with another network than its own if one is given.

    Remembered where the scenario says it all, because replications share it; a network that is
    handed in or stands in files can change, so that it is made ready each time.

    Raises InputError for a network that cannot be simulated, or closures that do nothing.
    """
    if network is not None:
        return _ready(scenario, network)
    if isinstance(scenario.network, OwnNetwork):
        return _ready(scenario, build_network(scenario))
    return _remembered(scenario.model_dump_json(exclude={"runs"}))


@lru_cache(maxsize=4)
def _remembered(text: str) -> Groundwork:
    scenario = Scenario.model_validate_json(text)
    return _ready(scenario, build_network(scenario))


def _ready(scenario: Scenario, full_size: Network) -> Groundwork:
    if idle := scenario.idle_closures():
        raise InputError(idle)
    markets = load_markets()
    ways = check_network(full_size, scenario)
    network = at_sample(scenario, full_size)
    period = Period(
        first_day=scenario.days.first_day,
        warm_up_days=scenario.days.warm_up_days,
        days=scenario.days.days,
        cool_down_days=scenario.days.cool_down_days,
        tick_ms=scenario.days.tick_ms,
        time_zones=time_zones_of(
            [*markets.time_zones, *(f.time_zone for f in ways.facilities.values())]
        ),
    )
    table = timetable(network, ways, period, scenario.closures, scenario.name)
    if not len(table.tick):
        last = period.date_of(period.all_days - 1)
        problem = "nothing leaves on any lane or round on the days of the run"
        allowed = (
            f"calendars and closures that leave a working day from {period.first_date} to {last}"
        )
        raise InputError([Fault(scenario.name, None, "", "", problem, allowed)])
    undisturbed = table
    if scenario.closures:  # no promise knows of a closure that is still to come
        undisturbed = timetable(network, ways, period, (), scenario.name)
    lanes = _lanes(ways, period)
    work_ticks, work_sigma = _work(ways, period)
    hours = np.array([lane.transit_hours for _, _, lane in ways.lanes.values()])
    variation = np.array([lane.transit_cv for _, _, lane in ways.lanes.values()])
    rounds = np.array([ways.facilities[s].round_hours for s in ways.stations])
    transit_ticks = period.ticks_of_minutes(60 * np.concatenate([hours, rounds]))
    epoch_day = int(np.datetime64(period.first_date).astype(int))
    movements = tuple(product.movement for product in scenario.orders.products)
    facilities = Facilities(
        ids=tuple(ways.facilities),
        dwell=period.ticks_of_minutes(
            np.array([f.dwell_minutes for f in ways.facilities.values()])
        ),
    )
    sources = _sources(network, ways, table)
    return Groundwork(
        scenario=scenario,
        markets=markets,
        full_size=full_size,
        network=network,
        routes=ways,
        period=period,
        timetable=table,
        sourcing=sourcing_of(network, ways, markets, movements, epoch_day),
        quote=quote_of(
            scenario.promise,
            markets,
            Nominal(
                period=period,
                ways=ways,
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
        hazards=_hazards(scenario, ways),
        doors=_doors(network, ways, markets),
        packaging=_packaging(network),
        transit_ticks=transit_ticks,
        transit_sigma=np.concatenate([np.sqrt(np.log1p(variation**2)), np.zeros(len(rounds))]),
        work_ticks=work_ticks,
        work_sigma=work_sigma,
        visits=_most_visits(ways, lanes, sources),
        not_resolved=not_resolved(network),
    )


def at_sample(scenario: Scenario, network: Network) -> Network:
    """Return a network at the size of a scenario's sample of its orders.

    Raises InputError for fewer orders a day than a thousandth of what an owner is built for.
    """
    markets, demand = load_markets(), scenario.orders
    served = sorted({markets.index(market) for _, market, _ in network.doors()})
    share = float(markets.share[demand.market_rows()].sum() / markets.share[served].sum())
    if faults := [
        Fault(scenario.name, None, "orders.orders_per_day", f"{demand.orders_per_day}", *refused)
        for refused in too_few_orders(demand, network.volumes, share)
    ]:
        raise InputError(faults)
    return scaled(network, demand.orders_per_day, share)


def check_network(network: Network, scenario: Scenario) -> Routes:
    """Return the routes of a network through which a scenario's orders can go.

    Raises InputError with every fault of the network.
    """
    if network.sellers is not None and isinstance(scenario.promise, PathTimetable):
        problem = "sellers' own pace is in no timetable"
        fault = Fault(scenario.name, None, "promise.rule", "'timetable'", problem, "business days")
        raise InputError([fault])
    try:
        return check(network, scenario.orders.market_ids())
    except InvalidNetworkError as error:
        raise InputError(
            tuple(
                Fault(network.name, None, f"{fault.place}: {fault.attribute}".rstrip(": "),
                      fault.value, fault.problem, fault.remedy)
                for fault in error.faults
            )
        ) from None  # fmt: skip


def _lanes(ways: Routes, period: Period) -> Lanes:
    number = ways.number
    origin = [number.get(o, -1) for o, _, _ in ways.lanes.values()]
    destination = [number[d] for _, d, _ in ways.lanes.values()]
    doors = [lane.doors_close_minutes for _, _, lane in ways.lanes.values()]
    stations = [number[station] for station in ways.stations]
    rounds = [ways.facilities[station].round_hours for station in ways.stations]
    return Lanes(
        ids=ways.lane_ids,
        origin=np.array(origin + stations, np.int32),
        destination=np.array(destination + [-1] * len(stations), np.int32),
        doors_close=period.ticks_of_minutes(np.array(doors + [0.0] * len(stations))),
        round_ticks=period.ticks_of_minutes(
            60 * np.array([0.0] * len(doors) + rounds)
        ),
    )  # fmt: skip


def _work(ways: Routes, period: Period) -> tuple[Array, Array]:
    places = list(ways.facilities.values())
    ticks = np.array([place.work_seconds for place in places]) * (1000 / period.tick_ms)
    sigma = [
        {"constant": 0.0, "exponential": -1.0}.get(
            place.work_law, float(np.sqrt(np.log1p(place.work_cv**2)))
        )
        for place in places
    ]
    return ticks, np.array(sigma)


def _sources(network: Network, ways: Routes, table: Timetable) -> Sources:
    number = ways.number
    if network.sellers is not None:
        s = network.sellers
        lane_to = {d: row for row, (o, d, _) in enumerate(ways.lanes.values()) if o == SELLERS}
        pickup = np.array([lane_to.get(station, -1) for station in s.stations])
        return Sources(
            facility=np.full(len(s), -1, np.int32),
            pickup_lane=pickup[s.pickup].astype(np.int32),
            pickup_weekdays=s.pickup_days,
            gate=table.seller_gate,
            daily_capacity=s.daily_capacity,
        )
    assert network.stock is not None
    centers = np.array([number[center] for center in network.stock.centers], np.int32)
    capacity = [ways.facilities[c].gate_daily_capacity for c in network.stock.centers]
    return Sources(
        facility=centers,
        pickup_lane=np.full(len(centers), -1, np.int32),
        pickup_weekdays=np.zeros(len(centers), np.uint8),
        gate=table.facility_gate[centers],
        daily_capacity=np.array(capacity, np.int32),
    )


def _most_visits(ways: Routes, lanes: Lanes, sources: Sources) -> int:
    """Return the number of visits of the longest way, from any source to any station."""
    seller = sources.facility < 0
    first = np.where(seller, lanes.destination[sources.pickup_lane], sources.facility)
    stations = np.array([ways.number[station] for station in ways.stations])
    at, station = (pair.ravel() for pair in np.meshgrid(np.unique(first), stations))
    visits = int(seller.any())
    while len(at):
        visits += 1
        at = lanes.destination[ways.next_lane[at, station]]
        at, station = at[at >= 0], station[at >= 0]
    return visits


def _packaging(network: Network) -> Array:
    if network.sellers is not None:
        return network.sellers.packaging.astype(np.int64)
    assert network.stock is not None
    grade = PACKAGING_GRADES.index(network.packaging)
    return np.full(len(network.stock.centers), grade, np.int64)


def _doors(network: Network, ways: Routes, markets: Markets) -> tuple[Array, Array, Array]:
    number = ways.number
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


def hazard_of(chance: ArrayLike) -> NDArray[np.int64]:
    """Return -ln(1 - p) in units of 10^-12."""
    return np.asarray(np.rint(-np.log1p(-np.asarray(chance)) * 1e12), np.int64)


def damage_factors(scenario: Scenario) -> NDArray[np.float64]:
    """Return (risks,) multipliers: fragility times packaging, by product * grades + grade."""
    grades = [getattr(scenario.risks.packaging, grade) for grade in PACKAGING_GRADES]
    return np.array([p.fragility * g for p in scenario.orders.products for g in grades])


def damage_hazards(risks: Risks, ways: Routes, factor: Array) -> tuple[Array, Array, Array]:
    """Return the damage tables of `Hazards` (visits, lanes, door) for some multipliers."""
    t = risks.touches
    places = list(ways.facilities.values())
    counts = np.array(
        [[p.conveyor_touches, p.hub_sorter_touches, p.manual_touches] for p in places]
        + [[0, 0, 1 if any(o == SELLERS for o, _, _ in ways.lanes.values()) else 0]]
    )
    each = hazard_of(np.outer([t.conveyor, t.hub_sorter, t.manual_load], factor))
    km = np.array([lane.distance_km for _, _, lane in ways.lanes.values()])
    road = np.rint(np.outer(km / 1000, hazard_of(t.road * factor))).astype(np.int64)
    rounds = np.tile(hazard_of(t.round * factor), (len(ways.stations), 1))
    return (
        counts[:, :, None] * each[None, :, :],
        np.concatenate([road, rounds]),
        hazard_of(t.door_step * factor),
    )


def _hazards(scenario: Scenario, ways: Routes) -> Hazards:
    loss = scenario.risks.loss
    visits, lanes, door = damage_hazards(scenario.risks, ways, damage_factors(scenario))
    km = np.array([lane.distance_km for _, _, lane in ways.lanes.values()])
    road = np.rint(km / 1000 * hazard_of(loss.road)).astype(np.int64)
    at_facility = np.full(len(ways.facilities) + 1, hazard_of(loss.facility))
    at_facility[-1] = 0  # what a seller mislays was never handed over
    return Hazards(
        visit_loss=at_facility,
        visit_damage=visits,
        lane_loss=np.concatenate([road, np.full(len(ways.stations), hazard_of(loss.round))]),
        lane_damage=lanes,
        door_damage=door,
    )
