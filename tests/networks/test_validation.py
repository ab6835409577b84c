"""Every fault of a network is told at once, by place and attribute."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from networks.inputs.faults import Fault, InputError
from networks.origins import Origins
from networks.schema import SELLERS, Network, lane_id
from networks.timetables import weekday_bits
from networks.validation import check, faults_of


def faulty(network: Network, facilities: dict[str, Any], lanes: dict[str, Any]) -> list[str]:
    """Change attributes ('FC001 kind', lane and attribute) and return the faults, a line each,
    without the network's name, which each begins with.
    """
    graph = copy.deepcopy(network.graph)
    for place, value in facilities.items():
        node, attribute = place.split()
        graph.nodes[node][attribute] = value
    for place, value in lanes.items():
        lane, attribute = place.split(": ")
        u, v, key = next(
            (u, v, k) for u, v, k in graph.edges(keys=True) if lane_id(u, v, k) == lane
        )
        graph.edges[u, v, key][attribute] = value
    changed = Network(**{**vars(network), "graph": graph})
    with pytest.raises(InputError) as error:
        check(changed)
    lines = str(error.value).splitlines()
    assert all(line.startswith(f"{network.name}: ") for line in lines)
    return [line.removeprefix(f"{network.name}: ") for line in lines]


def first_lane(network: Network, origin: str) -> str:
    return next(name for name, (o, _, _) in network.lanes().items() if o == origin)


def test_the_built_in_networks_have_none(built: dict[str, Network]) -> None:
    for network in built.values():
        check(network)


def test_faults_of_many_places_are_told_together(built: dict[str, Network]) -> None:
    network = built["amazon-fulfillment"]
    center = network.origins.stock.centers[0]
    lane = first_lane(network, center)
    told = faulty(
        network,
        {f"{center} dwell_minutes": -1.0, f"{center} shifts": "8 to 5", f"{center} owner": "me"},
        {f"{lane}: transit_hours": float("nan"), f"{lane}: departs": "25:00"},
    )
    for place, attribute in (
        (center, "dwell_minutes = -1.0"),
        (center, "shifts"),
        (center, "owner"),
        (lane, "transit_hours = nan"),
        (lane, "departs"),
    ):
        assert any(f"{place}: {attribute}" in line for line in told), (place, attribute, told)
    assert len(told) == 5


def test_an_attribute_that_is_missing_or_unknown(built: dict[str, Network]) -> None:
    network = built["amazon-fulfillment"]
    graph = copy.deepcopy(network.graph)
    center = network.origins.stock.centers[0]
    del graph.nodes[center]["dwell_minutes"]
    graph.nodes[center]["dwel_minutes"] = 1.0
    with pytest.raises(InputError) as error:
        check(Network(**{**vars(network), "graph": graph}))
    assert f"{center}: dwel_minutes = 1.0: is not a known attribute" in str(error.value)
    assert f"{center}: dwell_minutes: is missing" in str(error.value)


def test_a_pickup_takes_all_that_is_packed(built: dict[str, Network]) -> None:
    """Neither a capacity nor doors that close early would be looked at: they are refused."""
    network = built["tiktok-seller-direct"]
    pickup = first_lane(network, SELLERS)
    told = faulty(network, {}, {f"{pickup}: capacity": 5, f"{pickup}: doors_close_minutes": 15.0})
    why = "must be 0: a pickup takes all that is packed when it comes"
    assert [line.strip() for line in told] == [
        f"{pickup}: capacity = 5: {why}",
        f"{pickup}: doors_close_minutes = 15.0: {why}",
    ]


def test_only_markets_that_must_be_served_are_missed(built: dict[str, Network]) -> None:
    network = built["amazon-fulfillment"]
    graph = copy.deepcopy(network.graph)
    doors = [edge for edge in graph.edges(keys=True) if edge[1] == "Z010"]
    graph.remove_edges_from(doors)
    without = Network(**{**vars(network), "graph": graph})
    check(without, markets=("Z011", "Z900"))
    with pytest.raises(InputError, match="Z010: no delivery station serves this market"):
        check(without)


def test_rules_and_ways_are_told_together(built: dict[str, Network]) -> None:
    """A capacity below 0 does not hide that a station cannot be reached."""
    network = built["tiktok-platform-fulfilled"]
    graph = copy.deepcopy(network.graph)
    graph.remove_edges_from([edge for edge in graph.edges(keys=True) if edge[1] == "ST001"])
    graph.nodes["ST002"]["round_capacity"] = -1
    faults = faults_of(Network(**{**vars(network), "graph": graph}))
    told = [str(fault) for fault in faults]
    assert "ST002: round_capacity = -1: must be a whole number from 1 to 1,000,000,000" in told
    missing = "WH01: no lanes lead to 1 delivery stations, such as ST001"
    assert f"{missing} (allowed: lanes that lead there)" in told


@pytest.mark.parametrize(("shifts", "cutoff", "problem"), [
    ("08:00-16:00 5", "16:01", "lies after the end of the day's last shift, 16:00"),
    ("08:00-16:00 5", "16:00", ""),
    ("08:00-16:00 5", "24:00", ""),
    ("08:00-16:00 5; 22:00-06:00 2", "23:59", ""),
    ("", "23:00", ""),
])  # fmt: skip
def test_a_cutoff_that_no_shift_can_meet(
    built: dict[str, Network], shifts: str, cutoff: str, problem: str
) -> None:
    network = built["tiktok-platform-fulfilled"]
    graph = copy.deepcopy(network.graph)
    graph.nodes["WH01"].update(shifts=shifts, gate_cutoff=cutoff)
    faults = faults_of(Network(**{**vars(network), "graph": graph}))
    assert [fault.problem for fault in faults] == [problem] * bool(problem)


def test_days_on_which_nobody_works(built: dict[str, Network]) -> None:
    """A night shift that begins on Saturday also works on Sunday morning."""
    network = built["tiktok-platform-fulfilled"]
    graph = copy.deepcopy(network.graph)
    graph.nodes["WH01"].update(gate_calendar="every day", shifts="08:00-16:00 5")
    graph.nodes["WH02"].update(gate_calendar="every day", shifts="20:00-04:00 5")
    (fault,) = faults_of(Network(**{**vars(network), "graph": graph}))
    assert (fault.keys, fault.problem) == (
        ("WH01", "gate_calendar"), "releases orders on days without a shift: Sun",
    )  # fmt: skip
    assert "'warehouse'" in fault.allowed


def selling(network: Network, **columns: int) -> list[Fault]:
    """Change columns of the first seller and return the faults."""
    sellers = network.origins.sellers
    for name, value in columns.items():
        column = getattr(sellers, name).copy()
        column[0] = value
        sellers = replace(sellers, **{name: column})
    return list(faults_of(replace(network, origins=Origins(sellers=sellers))))


def test_a_seller_who_hands_over_when_no_pickup_comes(built: dict[str, Network]) -> None:
    network = built["tiktok-seller-direct"]
    (fault,) = selling(network, pickup_days=weekday_bits("Sat-Sun"))
    assert (fault.keys, fault.value) == (("seller 1", "pickup_days"), "Sat Sun")
    assert fault.allowed == "at least one of Mon Tue Wed Thu Fri"
    assert selling(network, pickup_days=weekday_bits("Fri-Sun")) == []


def test_a_seller_who_never_packs(built: dict[str, Network]) -> None:
    network = built["tiktok-seller-direct"]
    assert [str(fault) for fault in selling(network, working_days=0)] == [
        "seller 1: working_days = '': names no weekdays (allowed: at least one weekday)"
    ]
    for cutoff in (8, 9):
        assert [str(fault) for fault in selling(network, opens_hour=9, cutoff_hour=cutoff)] == [
            f"seller 1: cutoff_hour = 0{cutoff}:00: is not after opens, 09:00"
            " (allowed: after 09:00, up to 24:00)"
        ]
    assert selling(network, opens_hour=9, cutoff_hour=10) == []


@pytest.mark.parametrize("count", [1, 10, 100, 1000, 20_000])
def test_a_sample_of_sellers_fits_the_volume_of_all(built: dict[str, Network], count: int) -> None:
    network = built["tiktok-seller-direct"]
    sample = Origins(sellers=network.origins.sellers.sized(count))
    assert not faults_of(replace(network, origins=sample))
    twentieth = {**network.volumes, SELLERS: network.volumes[SELLERS] / 20}
    (fault,) = faults_of(replace(network, volumes=twentieth))
    assert "times all_sellers / rows" in fault.problem


def test_sellers_need_a_volume(built: dict[str, Network]) -> None:
    network = built["tiktok-seller-direct"]
    volumes = {"carrier": network.volumes["carrier"]}
    (fault,) = faults_of(Network(**{**vars(network), "volumes": volumes}))
    assert "needs a design volume of 'sellers'" in str(fault)
