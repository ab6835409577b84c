"""Ways by number: few lanes, then few hours, then the first id; the same as NetworkX's own."""

from __future__ import annotations

from dataclasses import asdict

import networkx as nx
import numpy as np
import pytest

from logistics.scenario.load import builtin_scenarios
from networks.routing import Routes, find_routes
from networks.schema import (
    PICKUP,
    SELLERS,
    Door,
    Facility,
    Lane,
    Network,
    add_door,
    add_facility,
    add_lane,
    add_market,
)


def country(*lanes: tuple[str, str, float] | tuple[str, str, float, str], doors: str) -> Network:
    """Towns joined by lanes of so many hours; a market behind each of the `doors`."""
    graph = nx.MultiDiGraph()
    towns = {end for origin, destination, *_ in lanes for end in (origin, destination)}
    for town in sorted(towns | set(doors.split()) - {SELLERS}):
        kind = "delivery station" if town in doors.split() else "hub"
        add_facility(graph, town, Facility(kind, "us", "Z232", 0.0, 0.0, "America/New_York"))
    graph.add_node(SELLERS, kind=SELLERS)
    for origin, destination, hours, *mode in lanes:
        lane = Lane("us", "20:00", "every day", 10, hours, 100.0)
        add_lane(graph, origin, destination, mode[0] if mode else "truck", lane)
    for number, station in enumerate(doors.split()):
        add_market(graph, f"Z{number:03d}")
        add_door(graph, station, f"Z{number:03d}", Door(1.0))
    return Network("country", graph, {}, {"us": 1.0})


def way(routes: Routes, origin: str, station: str) -> list[str]:
    """The lanes that lead from a town to a station's doors."""
    taken, at = [], origin
    while True:
        row = routes.next_lane[routes.number[at], routes.number[station]]
        if row < 0:
            return [*taken, "nowhere"]
        taken.append(routes.lane_ids[row])
        if row >= len(routes.lanes):
            return taken
        at = routes.lanes[routes.lane_ids[row]][1]
        assert len(taken) <= len(routes.facilities), f"a circle: {taken}"


def towns(routes: Routes, origin: str, station: str) -> list[str]:
    return [lane.split(" ")[0] for lane in way(routes, origin, station)]


def test_numbers_follow_ids_and_rounds_follow_lanes() -> None:
    routes = find_routes(country(("B", "S", 1), ("A", "B", 1), ("B", "T", 1), doors="T S"))
    assert list(routes.facilities) == ["A", "B", "S", "T"]
    assert routes.lane_ids == (
        "A > B by truck", "B > S by truck", "B > T by truck", "S > doors", "T > doors",
    )  # fmt: skip
    assert routes.stations == ("S", "T")
    assert way(routes, "A", "T") == ["A > B by truck", "B > T by truck", "T > doors"]
    assert way(routes, "T", "T") == ["T > doors"]


def test_few_lanes_win_over_few_hours() -> None:
    slow = ("A", "S", 90)
    routes = find_routes(country(slow, ("A", "B", 1), ("B", "S", 1), ("B", "T", 1), doors="S T"))
    assert towns(routes, "A", "S") == ["A", "S"]


def test_among_ways_of_as_many_lanes_few_hours_win() -> None:
    routes = find_routes(
        country(("A", "B", 9), ("B", "S", 1), ("A", "C", 4), ("C", "S", 5), doors="S")
    )
    assert towns(routes, "A", "S") == ["A", "C", "S"]


def test_a_tie_goes_to_the_neighbour_whose_id_comes_first() -> None:
    for order in ("BCD", "DCB", "CDB"):
        lanes = [lane for via in order for lane in (("A", via, 5.0), (via, "S", 5.0))]
        assert towns(find_routes(country(*lanes, doors="S")), "A", "S") == ["A", "B", "S"]


def test_of_parallel_lanes_the_fastest_is_taken_then_the_first_id() -> None:
    routes = find_routes(country(("A", "S", 9, "truck"), ("A", "S", 3, "air"), doors="S"))
    assert way(routes, "A", "S")[0] == "A > S by air"
    routes = find_routes(country(("A", "S", 3, "truck"), ("A", "S", 3, "rail"), doors="S"))
    assert way(routes, "A", "S")[0] == "A > S by rail"


def test_where_no_lane_leads() -> None:
    routes = find_routes(country(("A", "S", 1), ("S", "B", 1), ("T", "B", 1), doors="S T"))
    assert way(routes, "A", "T") == ["nowhere"], "lanes are directed"
    assert way(routes, "B", "S") == ["nowhere"]
    assert (routes.next_lane[:, routes.number["A"]] == -1).all(), "nobody asks the way to a hub"


def test_a_parcel_at_its_station_stays_there() -> None:
    routes = find_routes(
        country(("S", "H", 1), ("H", "S", 1), ("H", "T", 1), ("T", "H", 1), doors="S T")
    )
    assert towns(routes, "S", "T") == ["S", "H", "T"]
    assert towns(routes, "S", "S") == ["S"]


def test_pickups_lead_nowhere_by_themselves() -> None:
    routes = find_routes(country((SELLERS, "S", 1, PICKUP), ("S", "T", 1), doors="S T"))
    assert f"{SELLERS} > S by pickup" in routes.lane_ids
    assert towns(routes, "S", "T") == ["S", "T"]


def test_a_misspelt_weight_is_refused_where_networkx_would_take_it_for_1() -> None:
    slow, fast = ("A", "S", 30.0), ("A", "S", 1.0, "air")
    network = country(slow, fast, ("A", "B", 0.4), ("B", "S", 0.4), doors="S")
    lane = Lane("us", "20:00", "every day", 10, 30.0, 100.0)
    misspelt = {name: value for name, value in asdict(lane).items() if name != "transit_hours"}
    network.graph.add_edge("A", "S", key="truck", **misspelt, transit_hour=30.0)
    trap = nx.shortest_path_length(network.graph, "A", "S", weight="transit_huors")
    assert trap == 1, "NetworkX counts a missing weight as 1 and says nothing"
    with pytest.raises(TypeError, match="transit_hour"):
        find_routes(network)
    missing = country(slow, doors="S")
    del missing.graph.edges["A", "S", "truck"]["transit_hours"]
    with pytest.raises(TypeError, match="transit_hours"):
        find_routes(missing)


def test_the_graph_is_only_read() -> None:
    network = country(("A", "B", 1), ("B", "S", 1), doors="S")
    before = network.graph.copy()
    find_routes(network)
    assert nx.utils.graphs_equal(before, network.graph)


# The built-in networks ---------------------------------------------------------------------------


def origins(network: Network) -> list[str]:
    """Where parcels enter the graph: centers, or the stations that collect from sellers."""
    return [*network.origins.stock.centers, *network.origins.sellers.collecting]


@pytest.mark.parametrize("name", builtin_scenarios())
def test_built_networks_agree_with_networkx(built: dict[str, Network], name: str) -> None:
    network = built[name]
    routes = find_routes(network)
    graph = nx.DiGraph()
    for origin, destination, lane in routes.lanes.values():
        known = graph.get_edge_data(origin, destination, {"hours": np.inf})["hours"]
        graph.add_edge(origin, destination, hours=min(known, lane.transit_hours))
    for origin in origins(network)[::97]:
        few = nx.single_source_dijkstra_path_length(
            graph, origin, weight=lambda _u, _v, edge: 10_000 + edge["hours"]
        )
        for station in routes.stations:
            taken = way(routes, origin, station)[:-1]
            hours = sum(routes.lanes[lane][2].transit_hours for lane in taken)
            assert (len(taken), pytest.approx(hours)) == divmod(few[station], 10_000)


@pytest.mark.parametrize("name", builtin_scenarios())
def test_every_market_can_be_reached_from_every_source(
    built: dict[str, Network], name: str
) -> None:
    network = built[name]
    routes = find_routes(network)
    stations = np.array([routes.number[station] for station in routes.stations])
    place = np.array([routes.number.get(d, -1) for _, d, _ in routes.lanes.values()] + [-1] * len(
        stations))  # fmt: skip
    at = np.repeat([routes.number[origin] for origin in origins(network)], len(stations))
    to = np.tile(stations, len(origins(network)))
    for _ in range(6):
        lane = routes.next_lane[at, to]
        assert (lane >= 0).all()
        under_way = place[lane] >= 0
        at, to = place[lane[under_way]], to[under_way]
        if not len(at):
            break
    assert not len(at), "no way has more than six lanes"
    served = {market for _, market, _ in network.doors()}
    assert len(served) == 885
