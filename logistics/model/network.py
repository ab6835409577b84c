"""The network of a scenario: built, checked, scaled to the sample."""

from __future__ import annotations

import math

from logistics.scenario.demand import Demand
from logistics.scenario.scenario import (
    SMALLEST_SCALE,
    PathTimetable,
    Scenario,
    too_few_orders,
)
from networks.builders.registry import built
from networks.geography import load_markets
from networks.inputs.faults import Fault, InputError, refuse
from networks.routing import Routes
from networks.scaling import scaled
from networks.schema import Network
from networks.validation import check


def build_network(scenario: Scenario) -> Network:
    """Return the network of a scenario at its design volume, with a sample of its sellers."""
    return built(scenario.network, scenario.orders.shape())


def at_sample(scenario: Scenario, network: Network) -> Network:
    """Return a network at the size of a scenario's sample of its orders.

    Raises InputError for fewer orders a day than a thousandth of what an owner is built for.
    """
    demand = scenario.orders
    share = _share_of_customers(demand, network)
    refuse(
        Fault(scenario.name, None, "orders.orders_per_day", f"{demand.orders_per_day}", *refused)
        for refused in too_few_orders(demand, network.volumes, share)
    )
    from_sellers = network.origins.seller_share(demand.shape().movement)
    return scaled(network, demand.orders_per_day, share, from_sellers)


def smallest_sample(scenario: Scenario) -> int:
    """Return the fewest orders a day to which a scenario's network can be scaled.

    Raises InputError for a network of files that cannot be read.
    """
    demand = scenario.orders
    if scenario.network.in_files:
        network = build_network(scenario)
        volumes, share = dict(network.volumes), _share_of_customers(demand, network)
    else:
        volumes = dict(scenario.network.design_volumes())
        share = float(load_markets().share[demand.market_rows()].sum())
    return max(1, *(math.ceil(volume * share * SMALLEST_SCALE) for volume in volumes.values()))


def _share_of_customers(demand: Demand, network: Network) -> float:
    """Return which share of a network's customers is among those who order."""
    markets = load_markets()
    served = sorted({markets.index(market) for _, market, _ in network.doors()})
    return float(markets.share[demand.market_rows()].sum() / markets.share[served].sum())


def check_network(network: Network, scenario: Scenario, *, any_center: bool = False) -> Routes:
    """Return the routes of a network through which a scenario's orders can go.

    `any_center`: whether any center may ship any order, not only the nearest that has it.

    Raises InputError with every fault of the network.
    """
    if len(network.origins.sellers) and isinstance(scenario.promise, PathTimetable):
        problem = "sellers' own pace is in no timetable"
        fault = Fault(scenario.name, None, "promise.rule", "'timetable'", problem, "business days")
        raise InputError([fault])
    movement = None if any_center else scenario.orders.shape().movement
    return check(network, scenario.orders.market_ids(), movement)
