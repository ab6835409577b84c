"""One more worker or vehicle at a bottleneck: what is changed, and what that saves."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import networkx as nx
import numpy as np
import pytest
from small_networks import lane, network, place, station
from small_scenarios import centers, one_seller, sellers

from logistics.analysis.measures.place_totals import Bottleneck
from logistics.experiments.added_capacity import added_capacity
from logistics.experiments.workers.pool import worker_pool
from logistics.model.network import build_network
from logistics.model.prepare import prepare
from logistics.running import simulate
from logistics.runs.place_counts import count_places
from networks.edits import Addition, with_more
from networks.scaling import scaled
from networks.schema import SELLERS, Network


def one_hub(shifts: str = "08:00-16:00 30; 16:00-22:00 10") -> Network:
    """A center, a hub and a station, for 1,000 parcels a day."""
    return network(
        {"FC": place(kind="fulfillment center"), "HUB": place(shifts=shifts), "DS": station()},
        {("FC", "HUB"): lane("06:00 20:00x2"), ("HUB", "DS"): lane()},
        {"DS": "Z232"},
    )


def attributes(net: Network) -> tuple[object, ...]:
    return dict(net.graph.nodes(data=True)), [*net.graph.edges(keys=True, data=True)]


def relieved_of(net: Network, orders_per_day: float, *what: str) -> tuple[Network, Addition]:
    return with_more(net, *what, scaled(net, orders_per_day).scale)


@pytest.mark.parametrize(
    ("orders_per_day", "shifts", "real", "sample"),
    [
        (1_000, "08:00-16:00 31; 16:00-22:00 11", 1, 1),
        (100, "08:00-16:00 40; 16:00-22:00 20", 10, 1),
        (300, "08:00-16:00 33; 16:00-22:00 13", 3, 1),
        (4_000, "08:00-16:00 31; 16:00-22:00 11", 1, 4),
    ],
)
def test_one_more_worker_is_one_more_in_the_sample(
    orders_per_day: int, shifts: str, real: int, sample: int
) -> None:
    changed, addition = relieved_of(one_hub(), orders_per_day, "HUB", "workers")
    assert changed.graph.nodes["HUB"]["shifts"] == shifts
    assert addition == Addition("workers in every shift", real, sample)


def test_one_more_vehicle_joins_every_departure() -> None:
    changed, addition = relieved_of(one_hub(), 500, "FC > HUB by truck", "places")
    assert changed.graph.edges["FC", "HUB", "truck"]["departs"] == "06:00x2 20:00x3"
    assert addition == Addition("vehicles for every departure", 1, 5)


def test_a_round_has_a_tenth_more_places() -> None:
    changed, addition = relieved_of(one_hub(), 500, "DS > doors", "places")
    assert changed.graph.nodes["DS"]["round_capacity"] == 110
    assert addition == Addition("places in every round", 10, 5)


def test_the_network_it_is_made_from_stays_as_it_is() -> None:
    net, same = one_hub(), one_hub()
    for one in ("HUB", "workers"), ("FC > HUB by truck", "places"), ("HUB > DS by truck", "places"):
        changed, _ = relieved_of(net, 500, *one)
        assert attributes(changed) != attributes(same)
        assert nx.utils.graphs_equal(net.graph, same.graph)


def test_a_place_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        with_more(one_hub(), "FC > DS by truck", "places", {})


def test_more_capacity_at_the_worst_places_is_run_with_the_same_orders() -> None:
    scenario = centers(runs={"replications": 2})
    found = added_capacity(scenario, 2)
    run = simulate(scenario)
    _, totals, _ = count_places(run, prepare(scenario).hazards)
    assert [one.bottleneck for one in found] == list(totals.bottlenecks(2))
    worst = found[0]
    where, scale = worst.bottleneck, prepare(scenario).network.scale
    changed, addition = with_more(build_network(scenario), where.place, where.waits_for, scale)
    assert worst.addition == addition
    both = []
    for number in range(2):
        before = simulate(scenario, replication=number).outcomes()
        after = simulate(scenario, replication=number, network=changed).outcomes()
        here = before.delivered & after.delivered
        both.append((before.delivery_days[here].mean(), after.delivery_days[here].mean()))
    assert [one.estimate for one in worst.mean_days] == pytest.approx(np.mean(both, axis=0))
    assert worst.saved_days.estimate == pytest.approx(-np.diff(np.mean(both, axis=0))[0])
    assert worst.saved_days.has_interval
    assert worst.p95_days[0].estimate > worst.mean_days[0].estimate


def test_where_the_only_truck_is_too_small_a_second_saves_a_day() -> None:
    """All lanes as they are but one, which has a tenth of its places."""
    scenario = centers(runs={"replications": 1})
    net = build_network(scenario)
    run = simulate(scenario)
    trips = np.bincount(run.trips["lane"], run.trips["load"])
    loaded = np.argsort(-trips * (np.asarray(run.places["lane_destination"]) >= 0))
    name = run.places["lanes"][loaded[0]]
    origin, rest = name.split(" > ")
    edge = net.graph.edges[origin, rest.split(" by ")[0], rest.split(" by ")[1]]
    edge |= {"capacity": edge["capacity"] // 2}
    worst = Bottleneck(name, "linehaul", "places", 1.0, 1.0, 1.0, 1.0)
    (one,) = added_capacity(scenario, 1, network=net, bottlenecks=[worst])
    assert one.saved_hours.estimate > 0.5
    assert one.saved_days.estimate > 0
    assert one.mean_days[1].estimate < one.mean_days[0].estimate


def test_sellers_are_not_relieved() -> None:
    found = added_capacity(sellers(runs={"replications": 1}), 1)
    assert found[0].bottleneck.kind != "seller"
    assert found[0].bottleneck.place != SELLERS


def test_in_another_process_it_is_the_same() -> None:
    scenario = one_seller()
    with ProcessPoolExecutor(1, get_context("spawn")) as other, worker_pool(executor=other) as pool:
        assert added_capacity(scenario, 1, pool=pool) == added_capacity(scenario, 1)
