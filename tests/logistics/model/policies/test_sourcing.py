"""Who ships: what is drawn order by order is what the closed form and the volumes say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from small_networks import EAST, RICHMOND, WEST, lane, network, one_seller, place, station

from logistics.model.policies.sourcing import NearestWithStock, OfSeller, sourcing_of
from logistics.orders.orders import Orders
from logistics.streams import Streams
from networks.builders.sizing import (
    between_markets_km,
    center_flows,
    center_ranking,
    first_with_stock,
)
from networks.geography import load_markets
from networks.origins import Stock
from networks.routing import find_routes
from networks.schema import Facility, Network

MARKETS = load_markets()
SIX = ("Z021", "Z232", "Z606", "Z770", "Z900", "Z981")
"""Boston, Richmond, Chicago, Houston, Los Angeles and Seattle."""
MOVEMENTS = ("fast", "medium", "slow")
BREADTH = {"fast": 0.6, "medium": 0.3, "slow": 0.1}
TINY = 1e-4
"""What chance alone gives once in ten thousand tries; the seeds are fixed."""


def six_centers(*, region_first: bool = False, breadth: dict[str, float] | None = None) -> Any:
    """A center in each of six cities that asks for nothing but stock; returns its rule."""
    graph_places: dict[str, Facility] = {}
    for market in SIX:
        row = MARKETS.index(market)
        graph_places[f"C-{market}"] = Facility(
            kind="fulfillment center", owner="us", market=market,
            latitude=float(MARKETS.latitude[row]), longitude=float(MARKETS.longitude[row]),
            time_zone=MARKETS.time_zones[row],
        )  # fmt: skip
    net = network({**graph_places, "S": station()}, {}, {"S": RICHMOND})
    stock = Stock(tuple(graph_places), breadth or BREADTH, region_first)
    return NearestWithStock(stock, find_routes(net), MARKETS, MOVEMENTS)


def orders_for(markets: np.ndarray, products: np.ndarray, day: int = 0, first: int = 0) -> Orders:
    number = np.arange(len(markets)) + first
    return Orders(
        order_id=number, parcel_id=100 * number + 1, tick=number, day=np.full(len(number), day),
        market=markets.astype(np.int16), product=products.astype(np.int16),
    )  # fmt: skip


def city(market: str, count: int) -> np.ndarray:
    return np.full(count, MARKETS.index(market))


def test_what_lies_everywhere_comes_from_next_door() -> None:
    rule = six_centers(breadth=dict.fromkeys(MOVEMENTS, 1.0))
    orders = orders_for(np.array([MARKETS.index(market) for market in SIX]), np.zeros(6))
    assert rule.choose(orders, Streams(1)).tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("region_first", [False, True])
def test_flows_are_those_for_which_networks_are_sized(region_first: bool) -> None:
    """The policy, order by order, against the closed form of `networks.builders.sizing`."""
    rule, count = six_centers(region_first=region_first), 120_000
    rng = np.random.default_rng(1)
    markets = rng.choice(len(MARKETS), count, p=MARKETS.share)
    products = rng.choice(3, count, p=[0.5, 0.3, 0.2])
    chosen = rule.choose(orders_for(markets, products), Streams(1))
    sites = np.array([MARKETS.index(market) for market in SIX])
    ranking = center_ranking(MARKETS, sites, between_markets_km(MARKETS)[sites], region_first)
    for product, movement in enumerate(MOVEMENTS):
        rows = products == product
        demand = np.bincount(markets[rows], minlength=len(MARKETS)).astype(float)
        expected = center_flows(ranking, first_with_stock(BREADTH[movement], 6), demand)
        by_center = np.bincount(chosen[rows], minlength=6)
        assert stats.chisquare(by_center, expected.sum(axis=1)).pvalue > TINY
        # And for one market: which choice ships, the first, the second, ...
        market = int(np.bincount(markets[rows]).argmax())
        here = np.bincount(chosen[rows & (markets == market)], minlength=6)
        assert stats.chisquare(here, expected[:, market]).pvalue > TINY


def test_fast_movers_come_from_nearer_than_slow_ones() -> None:
    rule, count = six_centers(), 20_000
    sites = np.array([MARKETS.index(market) for market in SIX])
    km = between_markets_km(MARKETS)[sites, MARKETS.index(RICHMOND)]
    means = []
    for product in range(3):
        orders = orders_for(city(RICHMOND, count), np.full(count, product))
        means.append(float(km[rule.choose(orders, Streams(1))].mean()))
    assert means == sorted(means)
    assert means[0] < 0.5 * means[2]


def test_an_orders_center_hangs_on_its_id_market_and_product_alone() -> None:
    rule = six_centers()
    rng = np.random.default_rng(2)
    orders = orders_for(rng.integers(0, len(MARKETS), 5000), rng.integers(0, 3, 5000))
    chosen = rule.choose(orders, Streams(3))
    some = rng.permutation(5000)[:700]
    part = Orders(**{name: column[some] for name, column in vars(orders).items()})
    assert (rule.choose(part, Streams(3)) == chosen[some]).all()
    assert (rule.choose(orders, Streams(3, 1)) != chosen).any(), "another replication, other luck"


def test_the_boxes_of_an_order_come_from_one_center() -> None:
    orders = orders_for(city("Z606", 400), np.full(400, 1))
    boxes = Orders(**{**vars(orders), "order_id": orders.order_id // 4})
    chosen = six_centers().choose(boxes, Streams(1)).reshape(100, 4)
    assert (chosen == chosen[:, :1]).all()


# Sellers -----------------------------------------------------------------------------------------


def market_stall(*volumes: float, **more: Any) -> OfSeller:
    """Sellers in Richmond with so many orders a day."""
    sellers = one_seller("S", **more).sized(len(volumes))
    sellers.volume[:] = volumes
    return OfSeller(sellers, epoch_day=19_000)


def test_orders_go_to_sellers_in_proportion_to_their_volume() -> None:
    volumes = np.array([50.0, 30.0, 15.0, 5.0, 0.0])
    orders = orders_for(city(RICHMOND, 40_000), np.zeros(40_000))
    found = np.bincount(market_stall(*volumes).choose(orders, Streams(1)), minlength=5)
    assert found[4] == 0
    assert stats.chisquare(found[:4], volumes[:4] * 400).pvalue > TINY


def test_a_viral_product_brings_a_seller_more_orders_for_some_days() -> None:
    rule = market_stall(*[10.0] * 50, burst_share=0.02, burst_orders=490, burst_days=3)
    share = []
    for day in range(60):
        orders = orders_for(city(RICHMOND, 2000), np.zeros(2000), day, first=2000 * day)
        share.append(np.bincount(rule.choose(orders, Streams(5)), minlength=50) / 2000)
    viral = np.array(share) > 0.06
    assert 60 < viral.sum() < 260, "each seller on about six days in a hundred"
    # A burst lasts three days, or longer where another begins meanwhile.
    for seller in range(50):
        days = np.flatnonzero(viral[:, seller])
        runs = np.split(days, np.flatnonzero(np.diff(days) > 1) + 1)
        assert all(len(run) >= 3 for run in runs if len(run) and run[0] > 0 and run[-1] < 59)


def test_a_burst_of_one_seller_leaves_another_day_and_seller_alone() -> None:
    calm = market_stall(*[10.0] * 20)
    wild = market_stall(*[10.0] * 20, burst_share=0.01, burst_orders=500, burst_days=2)
    same = 0
    for day in range(40):
        orders = orders_for(city(RICHMOND, 200), np.zeros(200), day)
        same += int((calm.choose(orders, Streams(1)) == wild.choose(orders, Streams(1))).all())
    assert 10 < same < 40, "without a burst nothing changes"


def test_days_are_told_by_the_date_not_by_the_start_of_the_period() -> None:
    one = market_stall(*[10.0] * 20, burst_share=0.05, burst_orders=500, burst_days=2)
    shifted = OfSeller(one.sellers, one.epoch_day - 7)
    orders = orders_for(city(RICHMOND, 3000), np.zeros(3000), day=3)
    later = Orders(**{**vars(orders), "day": orders.day + 7})
    assert (one.choose(orders, Streams(1)) == shifted.choose(later, Streams(1))).all()


def test_sellers_of_mixed_days_are_chosen_row_by_row() -> None:
    rule = market_stall(*[10.0] * 20, burst_share=0.05, burst_orders=500, burst_days=2)
    rng = np.random.default_rng(1)
    orders = orders_for(city(RICHMOND, 900), np.zeros(900))
    mixed = Orders(**{**vars(orders), "day": rng.integers(0, 5, 900)})
    together = rule.choose(mixed, Streams(1))
    for day in range(5):
        rows = mixed.day == day
        alone = Orders(**{name: column[rows] for name, column in vars(mixed).items()})
        assert (rule.choose(alone, Streams(1)) == together[rows]).all()


# The rule of a network ---------------------------------------------------------------------------


def test_a_network_ships_from_stock_or_from_sellers() -> None:
    places = {"C": place(EAST, "fulfillment center"), "S": station(WEST)}
    stocked = network(places, {("C", "S"): lane()}, {"S": RICHMOND})
    sold = network(places, {("C", "S"): lane()}, {"S": RICHMOND}, sellers=one_seller("S"))
    assert isinstance(_rule(stocked), NearestWithStock)
    assert isinstance(_rule(sold), OfSeller)
    neither = Network("bare", stocked.graph, {}, {"us": 1.0})
    with pytest.raises(ValueError, match="network 'bare' has neither stock nor sellers"):
        _rule(neither)


def _rule(net: Network) -> Any:
    return sourcing_of(net, find_routes(net), MARKETS, ("fast",), 0)
