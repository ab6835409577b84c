"""The built-in networks: what stands where, and whether it carries what it was built for."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import networkx as nx
import numpy as np
import pytest

from logistics.scenario.demand import Demand
from logistics.scenario.load import builtin_scenarios, load_scenario
from logistics.scenario.scenario import Scenario
from logistics.schedule.calendars import Period
from logistics.schedule.timetable import timetable
from networks.builders.fulfillment_center import FulfillmentCenters
from networks.builders.platform_fulfilled import PlatformFulfilled
from networks.builders.registry import built, full_size
from networks.builders.seller_direct import SellerDirect, handed_over_by_weekday
from networks.builders.sizing import (
    DemandShape,
    between_markets_km,
    center_ranking,
    first_with_stock,
)
from networks.geography import load_markets
from networks.routing import Routes, find_routes
from networks.schema import PACKAGING_GRADES, PICKUP, SELLERS, Lane, Network
from networks.timetables import minute_of, parse_departures, parse_shifts, weekday_bits
from networks.validation import check

NAMES = builtin_scenarios()
AMAZON, PLATFORM, SELLER = NAMES
MARKETS = load_markets()
SHAPE = replace(Demand().shape(), orders_per_day=None)


def scenario_of(name: str) -> Scenario:
    return load_scenario(name)


# What stands where -------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kinds"), [
    (AMAZON, {"fulfillment center": 390, "sort center": 80, "hub": 12, "delivery station": 513}),
    (PLATFORM, {"warehouse": 12, "hub": 40, "carrier station": 593}),
    (SELLER, {"hub": 40, "carrier station": 593}),
])  # fmt: skip
def test_as_many_facilities_as_the_parameters_say(
    built: dict[str, Network], name: str, kinds: dict[str, int]
) -> None:
    found = Counter(facility.kind for facility in built[name].facilities().values())
    assert found == kinds


@pytest.mark.parametrize("name", NAMES)
def test_the_built_networks_have_no_fault_and_plain_attributes(
    built: dict[str, Network], name: str
) -> None:
    network = built[name]
    check(network)
    assert isinstance(network.graph, nx.MultiDiGraph)
    rows = [data for _, data in network.graph.nodes(data=True)]
    rows += [data for *_, data in network.graph.edges(data=True)]
    # Exactly these: a NumPy float is a float, but not to every file format.
    assert {type(value) for row in rows for value in row.values()} <= {str, int, float}


@pytest.mark.parametrize("name", NAMES)
def test_every_facility_is_where_its_market_is(built: dict[str, Network], name: str) -> None:
    for node, facility in built[name].facilities().items():
        row = MARKETS.index(facility.market)
        assert facility.time_zone == MARKETS.time_zones[row], node
        assert (facility.latitude, facility.longitude) == (
            MARKETS.latitude[row], MARKETS.longitude[row],
        )  # fmt: skip
        assert facility.region == MARKETS.regions[row]


@pytest.mark.parametrize("name", NAMES)
def test_lanes_go_no_faster_than_trucks_or_planes(built: dict[str, Network], name: str) -> None:
    for lane_id, (_, _, lane) in built[name].lanes().items():
        mode = lane_id.rsplit(" ", 1)[1]
        if mode == PICKUP:
            continue
        speed = lane.distance_km / lane.transit_hours
        assert speed <= (750 if mode == "air" else 75), lane_id
        assert lane.distance_km > 1500 or mode != "air", lane_id


def test_a_lane_of_its_own_is_worth_half_a_trailer(built: dict[str, Network]) -> None:
    network = built[AMAZON]
    parcels = parcels_on_lanes(network, find_routes(network), 1.0)
    least = FulfillmentCenters().direct_lane
    direct = [
        flow for lane_id, flow in parcels.items()
        if lane_id.startswith("FC") and "> SC" in lane_id
    ]  # fmt: skip
    assert len(direct) > 500
    assert min(direct) >= least * (1 - 1e-9)


# Whether it carries what it was built for --------------------------------------------------------


_SHARES: dict[str, np.ndarray] = {}


def shares_of_sources(network: Network) -> np.ndarray:
    """(centers, markets) part of all orders that each center ships, in closed form."""
    if network.name in _SHARES:
        return _SHARES[network.name]
    stock = network.origins.stock
    places = network.facilities()
    rows = np.array([MARKETS.index(places[center].market) for center in stock.centers])
    km = between_markets_km(MARKETS)[rows]
    ranking = center_ranking(MARKETS, rows, km, stock.region_first)
    share = np.zeros((len(rows), len(MARKETS)))
    for movement, part in SHAPE.movement.items():
        chance = first_with_stock(stock.breadth[movement], len(rows))
        for market, asked in enumerate(ranking):
            share[asked, market] += chance * part * MARKETS.share[market]
    _SHARES[network.name] = share
    return share


def flows_into(network: Network, routes: Routes) -> np.ndarray:
    """(facilities, markets) part of all parcels that enter the network at a facility."""
    flow = np.zeros((len(routes.facilities), len(MARKETS)))
    if network.origins.stock.centers:
        rows = [routes.number[center] for center in network.origins.stock.centers]
        flow[rows] = shares_of_sources(network)
        return flow
    sellers = network.origins.sellers
    volume = np.bincount(sellers.pickup, sellers.volume)
    for station, parcels in zip(sellers.stations, volume, strict=False):
        flow[routes.number[station]] = parcels / volume.sum() * MARKETS.share
    return flow


def parcels_on_lanes(network: Network, routes: Routes, peak: float) -> dict[str, float]:
    """Parcels a day on each lane and round, following the routes lane by lane."""
    doors = np.zeros((len(MARKETS), len(routes.facilities)))
    for station, market, door in network.doors():
        doors[MARKETS.index(market), routes.number[station]] = door.share
    waiting = flows_into(network, routes) @ doors
    assert waiting.sum() == pytest.approx(1)
    reaches = np.array([routes.number[d] for _, d, _ in routes.lanes.values()])
    share = np.zeros(len(routes.lane_ids))
    while waiting.any():
        at, station = np.nonzero(waiting)
        lane, part = routes.next_lane[at, station], waiting[at, station]
        np.add.at(share, lane, part)
        waiting = np.zeros_like(waiting)
        onward = lane < len(reaches)
        np.add.at(waiting, (reaches[lane[onward]], station[onward]), part[onward])
    owners = [lane.owner for _, _, lane in routes.lanes.values()]
    owners += [routes.facilities[station].owner for station in routes.stations]
    return {
        lane_id: part * network.volumes[owner] * peak
        for lane_id, part, owner in zip(routes.lane_ids, share.tolist(), owners, strict=True)
    }


def busiest_day(name: str) -> float:
    """Parcels handed over on the busiest weekday over those of the mean day, by hand."""
    scenario = scenario_of(name)
    if isinstance(scenario.network, FulfillmentCenters):
        return SHAPE.busiest_day
    if isinstance(scenario.network, SellerDirect):
        return max(
            handed_over_by_weekday(scenario.network.sellers, SHAPE, scenario.network.carrier)
        )
    assert (scenario.network.working_days, scenario.network.cutoff) == ("Mon-Sat", "16:00")
    hours = np.array(scenario.orders.hours)
    early = hours[:16].sum() / hours.sum()
    monday, saturday, sunday = (SHAPE.weekday[day] for day in (0, 5, 6))
    return float(early * monday + (1 - early) * saturday + sunday)


def vehicles_of(lane: Lane) -> int:
    """How many leave on a day."""
    return sum(one.vehicles for one in parse_departures(lane.departs))


@pytest.mark.parametrize("name", NAMES)
def test_every_lane_and_round_carries_the_busiest_weekday(
    built: dict[str, Network], name: str
) -> None:
    network = built[name]
    routes = find_routes(network)
    parcels = parcels_on_lanes(network, routes, busiest_day(name))
    capacity = {
        lane_id: float(lane.capacity * vehicles_of(lane) or np.inf)
        for lane_id, (_, _, lane) in routes.lanes.items()
    }
    capacity |= {
        f"{s} > doors": float(routes.facilities[s].round_capacity) for s in routes.stations
    }
    load = {lane_id: parcels[lane_id] / capacity[lane_id] for lane_id in parcels}
    too_full = {lane_id: load[lane_id] for lane_id in load if load[lane_id] > 1}
    assert not too_full
    if name != PLATFORM:
        assert max(load.values()) < 0.82, "as full as the parameter `load` says"
    idle = [lane_id for lane_id, part in parcels.items() if not (part or PICKUP in lane_id)]
    assert not idle, "nobody drives for nothing"


@pytest.mark.parametrize("name", NAMES)
def test_workers_have_the_hours_for_the_busiest_weekday(
    built: dict[str, Network], name: str
) -> None:
    network = built[name]
    routes = find_routes(network)
    parcels = parcels_on_lanes(network, routes, busiest_day(name))
    leaving: Counter[str] = Counter()
    for lane_id, (origin, _, _) in routes.lanes.items():
        leaving[origin] += parcels[lane_id]
    for station in routes.stations:
        leaving[station] += parcels[f"{station} > doors"]
    for node, facility in routes.facilities.items():
        hours = sum(
            shift.workers * (shift.ends_minute - shift.starts_minute) / 60
            for shift in parse_shifts(facility.shifts)
        )
        assert leaving[node] * facility.work_seconds / 3600 < 0.8 * hours, node


@pytest.mark.parametrize("name", NAMES)
def test_departures_keep_their_calendars(built: dict[str, Network], name: str) -> None:
    friday = date(2023, 9, 1)  # before Labor Day
    network = built[name]
    routes = find_routes(network)
    zones = [facility.time_zone for facility in routes.facilities.values()]
    period = Period(friday, 0, 6, 0, 0, 1000, tuple(sorted({*zones, *MARKETS.time_zones})))
    table = timetable(network, routes, period, (), name)
    calendars = [lane.calendar for _, _, lane in routes.lanes.values()]
    calendars += [routes.facilities[station].round_calendar for station in routes.stations]
    dates = table.draws // 1000 - (np.datetime64(friday) - np.datetime64("1970-01-01")).astype(int)
    weekdays = {"every day": "daily", "pickup": "Mon-Fri"}
    weekdays["delivery"] = "daily" if name == AMAZON else "Mon-Sat"
    for calendar in sorted(set(calendars)):
        on = np.isin(table.lane, [row for row, named in enumerate(calendars) if named == calendar])
        days = {friday + timedelta(days=int(day)) for day in np.unique(dates[on])}
        allowed = weekday_bits(weekdays.get(calendar, "Mon-Sat"))
        holiday = {date(2023, 9, 4)} if name != AMAZON else set()
        every = {friday + timedelta(days=n) for n in range(15)}
        assert days - {friday - timedelta(days=1)} == {
            day for day in every if allowed >> day.weekday() & 1 and day not in holiday
        }, calendar


# The sellers -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def everybody() -> Network:
    """All 200,000 sellers."""
    return built(SellerDirect(), SHAPE)


def test_all_sellers_together(everybody: Network) -> None:
    sellers, table = everybody.origins.sellers, SellerDirect().sellers
    assert len(sellers) == everybody.all_sellers == 200_000
    assert sellers.volume.sum() == pytest.approx(table.orders_per_day)
    biggest = np.sort(sellers.volume)[-2000:].sum() / sellers.volume.sum()
    assert 0.3 < biggest < 0.6, "the largest hundredth has a good part of all orders"
    assert (sellers.daily_capacity >= 2 * sellers.volume).all()
    assert sellers.daily_capacity.min() == table.smallest_capacity
    grades = np.bincount(sellers.packaging, minlength=len(PACKAGING_GRADES)) / len(sellers)
    assert grades.tolist() == pytest.approx([0.1, 0.25, 0.4, 0.25], abs=0.005)
    days = Counter(sellers.working_days.tolist())
    assert days[weekday_bits("Mon-Fri")] / len(sellers) == pytest.approx(0.6, abs=0.005)
    assert days[weekday_bits("daily")] / len(sellers) == pytest.approx(0.2, abs=0.005)
    median = float(np.median(sellers.handling_hours))
    assert median == pytest.approx(table.handling.total_seconds() / 3600, rel=0.01)
    spread = np.var(np.log(sellers.handling_hours)) + sellers.handling_log_sd**2
    assert spread == pytest.approx(table.handling_log_sd**2, rel=0.01)
    assert set(sellers.cutoff_hour.tolist()) == {minute_of(t) // 60 for t in table.cutoffs}


def test_large_sellers_sit_where_merchants_do_and_small_ones_where_people_do(
    everybody: Network,
) -> None:
    sellers = everybody.origins.sellers
    clusters = np.isin(
        sellers.market, [MARKETS.index(f"Z{n:03d}") for n in (900, 917, 70, 100, 303, 750)]
    )
    large = sellers.volume > np.quantile(sellers.volume, 0.95)
    people = MARKETS.share[np.unique(sellers.market[clusters])].sum()
    assert clusters[~large].mean() == pytest.approx(people, rel=0.1)
    assert clusters[large].mean() > 2 * people


def test_a_sample_of_the_sellers_is_like_all_of_them(everybody: Network) -> None:
    orders_per_day = 15_000
    sample = built(SellerDirect(), replace(SHAPE, orders_per_day=orders_per_day)).origins.sellers
    everyone = everybody.origins.sellers
    count = round(200_000 * orders_per_day / 280_000)
    assert len(sample) == count
    assert (sample.volume == everyone.volume[:count]).all(), "each whole"
    assert sample.volume.sum() == pytest.approx(orders_per_day, rel=0.05)
    assert sample.handling_hours.mean() == pytest.approx(everyone.handling_hours.mean(), rel=0.05)


def test_the_busiest_weekday_of_the_handing_over_is_what_an_experiment_finds() -> None:
    table, carrier = SellerDirect().sellers, SellerDirect().carrier
    rng, orders = np.random.default_rng(1), 200_000
    weekday = rng.choice(7, orders, p=np.array(SHAPE.weekday) / 7)
    hour = rng.integers(0, 24, orders)  # the closed form, too, takes hours as equally busy
    opens, cutoff, pickup = 9.0, 12.0, 16.5
    assert (table.opens, table.cutoffs[0], carrier.pickup_time) == ("09:00", "12:00", "16:30")
    handed: Counter[int] = Counter()
    handling = 15 * np.exp(table.handling_log_sd * rng.standard_normal(orders))
    for day, placed, hours in zip(weekday.tolist(), hour.tolist(), handling.tolist(), strict=True):
        on, start = (day, max(placed, opens)) if placed < cutoff else (day + 1, opens)
        if on % 7 != day or day > 4:
            start = opens
        while on % 7 > 4:
            on, start = on + 1, opens
        packed = 24 * on + start + hours
        leaves = int(np.ceil((packed - pickup) / 24))
        while leaves % 7 > 4:
            leaves += 1
        handed[leaves % 7] += 1
    found = [handed[day] / orders * 7 for day in range(7)]
    expected = handed_over_by_weekday(table, SHAPE, carrier)
    assert found == pytest.approx(expected, abs=0.03)


# Other parameters --------------------------------------------------------------------------------


def graph_of(network: Network) -> str:
    return str(sorted(network.graph.nodes(data=True))) + str(
        sorted(network.graph.edges(keys=True, data=True), key=lambda edge: edge[:3])
    )


SMALL_CARRIER = {"hubs": 3, "station_sites": 9, "super_hubs": 1, "largest_station": 10**6}
SMALL: dict[str, FulfillmentCenters | PlatformFulfilled | SellerDirect] = {
    "amazon": FulfillmentCenters(
        fulfillment_centers=5,
        sort_centers=3,
        consolidation_hubs=2,
        station_sites=9,
        largest_station=10**6,
    ),
    "platform": PlatformFulfilled.model_validate({"warehouses": 2, "carrier": SMALL_CARRIER}),
    "sellers": SellerDirect.model_validate({"sellers": {"count": 500}, "carrier": SMALL_CARRIER}),
}


def build(
    parameters: FulfillmentCenters | PlatformFulfilled | SellerDirect, shape: DemandShape = SHAPE
) -> Network:
    full_size.cache_clear()
    return built(parameters, shape)


@pytest.fixture(scope="module")
def small() -> dict[str, Network]:
    return {name: build(parameters) for name, parameters in SMALL.items()}


@pytest.mark.parametrize("name", SMALL)
def test_the_same_parameters_build_the_same_network(small: dict[str, Network], name: str) -> None:
    one, other = small[name], build(SMALL[name])
    assert graph_of(one) == graph_of(other)
    for column, values in vars(one.origins.sellers).items():
        assert np.array_equal(values, getattr(other.origins.sellers, column)), column


@pytest.mark.parametrize("name", SMALL)
def test_a_busier_monday_needs_more_trucks(small: dict[str, Network], name: str) -> None:
    def trucks(network: Network) -> int:
        lanes = network.lanes().values()
        return sum(vehicles_of(lane) for _, _, lane in lanes)

    monday = DemandShape(SHAPE.movement, (1.9, 0.9, 0.9, 0.9, 0.8, 0.8, 0.8), SHAPE.busiest_hour)
    assert trucks(build(SMALL[name], monday)) > trucks(small[name])


ONE_OF_EACH = {"hubs": 1, "station_sites": 1, "super_hubs": 1, "largest_station": 10**8}
EXTREMES = {
    "one of each": FulfillmentCenters(
        fulfillment_centers=1, sort_centers=1, consolidation_hubs=1, station_sites=1,
        largest_station=10**8,
    ),
    "all through hubs": SMALL["amazon"].model_copy(update={"direct_lane": 10**9}),
    "all direct": SMALL["amazon"].model_copy(update={"direct_lane": 1}),
    "one warehouse": PlatformFulfilled.model_validate({"warehouses": 1, "carrier": ONE_OF_EACH}),
    "one seller": SellerDirect.model_validate(
        {"sellers": {"count": 1}, "carrier": {**SMALL_CARRIER, "hubs": 1}}
    ),
    "one station site": SellerDirect.model_validate(
        {"sellers": {"count": 50}, "carrier": {**ONE_OF_EACH, "largest_station": 10**6}}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
def test_extreme_parameters_still_build_a_network_without_fault(name: str) -> None:
    network = build(EXTREMES[name])
    check(network)
    collects = [lane_id for lane_id in network.lanes() if lane_id.startswith(SELLERS)]
    assert bool(collects) == isinstance(EXTREMES[name], SellerDirect)
