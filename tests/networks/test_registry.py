"""Kinds of network: added from outside, chosen by a scenario's file, built once."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any, Literal

import networkx as nx
import pytest

from logistics.experiments.plan import plan
from logistics.experiments.replicate import replicate, run_spec_of
from logistics.experiments.workers.executors import Shared
from logistics.model.network import build_network
from logistics.running import simulate
from logistics.scenario import what_ifs
from logistics.scenario.fields import keys_of
from logistics.scenario.load import load_scenario
from logistics.scenario.scenario import Scenario
from networks.builders import kinds
from networks.builders.kinds import BUILDERS, NetworkParameters, register_builder
from networks.builders.nodes import facility_in
from networks.builders.registry import build_key, built, full_size
from networks.builders.sizing import DemandShape
from networks.geography import load_markets
from networks.inputs.faults import InputError
from networks.inputs.models import kind_of, models_within
from networks.inputs.provenance import parameter, provenance
from networks.inputs.units import Duration
from networks.origins import Origins, Stock
from networks.schema import (
    Calendar,
    Door,
    Lane,
    Network,
    add_door,
    add_facility,
    add_lane,
    add_market,
)


class OneCity(NetworkParameters):
    """A warehouse and some stations in one market, as a script of a user would have it."""

    kind: Literal["one-city"] = "one-city"
    market: str = "Z232"
    stations: int = parameter(1, assumed=(1, 3), ge=1, le=9)
    """How many stations share the market."""
    dwell: Duration = parameter("30 min", assumed=("10 min", "2 h"))

    def design_volumes(self) -> dict[str, int]:
        return {"me": 500}

    def build(self, shape: DemandShape) -> Network:
        graph = nx.MultiDiGraph()
        markets = load_markets()
        row = markets.index(self.market)
        add_market(graph, self.market)
        add_facility(graph, "WH", facility_in(markets, row, kind="warehouse", owner="me"))
        for number in range(self.stations):
            add_facility(graph, f"ST{number}", facility_in(
                markets, row, kind="delivery station", owner="me", wave_times="10:00",
                round_capacity=900, round_hours=6.0,
                dwell_minutes=self.dwell.total_seconds() / 60,
            ))  # fmt: skip
            truck = Lane("me", "04:00", "every day", 900, 1.0, 30.0)
            add_lane(graph, "WH", f"ST{number}", "truck", truck)
            add_door(graph, f"ST{number}", self.market, Door(1 / self.stations, 10.0))
        return Network(
            name="one-city", graph=graph, calendars={"every day": Calendar()},
            volumes={"me": 500.0}, origins=Origins(Stock(("WH",))),
        )  # fmt: skip


FILE = """\
name: my city
as_of: 2023-10-01
network: {kind: one-city, stations: 2}
orders: {orders_per_day: 400, markets: [Z232]}
promise: {rule: timetable}
days: {warm_up_days: 0, days: 1, later_order_days: 2}
"""


@pytest.fixture
def known() -> Iterator[None]:
    """The kind is registered during a test."""
    before = dict(BUILDERS)
    register_builder(OneCity)
    yield
    BUILDERS.clear()
    BUILDERS.update(before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "city.yaml"
    path.write_text(FILE)
    return path


@pytest.mark.usefixtures("known")
def test_a_kind_of_your_own_runs_from_a_scenario_file(file: Path) -> None:
    scenario = load_scenario(file)
    assert isinstance(scenario.network, OneCity)
    run = simulate(scenario, seed=1)
    assert len(run) > 400
    assert set(run.parcels["source"].astype(str)) == {"WH"}
    assert set(run.columns["station"].tolist()) == {0, 1}
    again = Scenario.model_validate_json(scenario.model_dump_json())
    assert again == scenario
    assert again.model_dump(mode="json")["network"] == {
        "kind": "one-city", "market": "Z232", "stations": 2, "dwell": "30 min",
    }  # fmt: skip


@pytest.mark.usefixtures("known")
def test_a_kind_of_your_own_travels_to_workers(file: Path) -> None:
    scenario = load_scenario(file)
    spec = pickle.loads(pickle.dumps(run_spec_of(plan([scenario], seed=5))))
    assert isinstance(spec.scenarios[0].network, OneCity)
    found, _ = replicate(Shared(lambda: spec), 2, why=False)
    alone = simulate(scenario, seed=5, replication=2)
    assert found.measurements[scenario.name].values["parcels"] == alone.measured.sum()


@pytest.mark.usefixtures("known")
def test_its_fields_are_fields_like_all_others(file: Path) -> None:
    scenario = load_scenario(file)
    assert scenario.replace(network={"stations": 3}).network.stations == 3
    assert keys_of(scenario, "network[one-city].stations") == ("network", "stations")
    assert keys_of(scenario, "network[seller-direct].stations") is None
    rows = {row.path: row for row in provenance(Scenario)}
    assert rows["network[one-city].stations"].assumed == (1, 3)
    assert rows["network[one-city].stations"].description == "How many stations share the market."
    change = what_ifs.WhatIf(
        name="more", title="more stations", networks={"one-city": {"set": {"network.stations": 3}}}
    )
    assert what_ifs.apply(scenario, change).network.stations == 3
    kinds_of_field = [kind_of(model) for model, _ in models_within(NetworkParameters)]
    assert kinds_of_field == [
        "fulfillment-center", "seller-direct", "platform-fulfilled", "own", "one-city",
    ]  # fmt: skip


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("line", "fault"), [
    ("{kind: one-city, stations: 10}",
     "3: network.stations = 10: must be at most 9 (allowed: 1 to 9)"),
    ("{kind: one-city, station: 2}",
     "3: network.station = 2: is not a known field; did you mean 'stations'? (allowed: kind,"
     " market, stations, dwell)"),
    ("{kind: one-town}",
     "3: network.kind = 'one-town': is not one of the choices; did you mean 'one-city'? (allowed:"
     " fulfillment-center, seller-direct, platform-fulfilled, own, one-city)"),
    ("{stations: 2}",
     "3: network.kind: is missing (allowed: fulfillment-center, seller-direct, platform-fulfilled,"
     " own, one-city)"),
    ("one-city", "3: network = 'one-city': must be a mapping (allowed: one 'name: value' a line)"),
])  # fmt: skip
def test_its_faults_are_reported_like_all_others(file: Path, line: str, fault: str) -> None:
    file.write_text(FILE.replace("{kind: one-city, stations: 2}", line))
    with pytest.raises(InputError) as error:
        load_scenario(file)
    assert str(error.value).replace(f"{file}:", "") == fault


def test_an_installed_package_adds_its_kind_when_a_file_asks_for_it(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "a_package_of_mine.py").write_text(
        "from typing import Literal\n"
        "from networks.builders.kinds import NetworkParameters, register_builder\n"
        "@register_builder\n"
        "class Mine(NetworkParameters):\n"
        "    kind: Literal['one-city'] = 'one-city'\n"
        "    stations: int = 1\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    asked: list[str] = []

    def installed(group: str) -> list[EntryPoint]:
        asked.append(group)
        return [EntryPoint("one-city", "a_package_of_mine", group)]

    monkeypatch.setattr(kinds, "entry_points", installed)
    load_scenario("amazon-fulfillment")
    assert not asked, "nothing is looked up for a kind that is known"
    try:
        assert type(load_scenario(file).network).__name__ == "Mine"
        assert asked == ["logistics.builders"]
    finally:
        BUILDERS.pop("one-city", None)


@pytest.mark.usefixtures("known")
def test_a_kind_is_one_literal_and_taken_once() -> None:
    class Nameless(NetworkParameters):
        kind: str = "x"

    class Other(NetworkParameters):
        kind: Literal["one-city"] = "one-city"

    with pytest.raises(ValueError, match="Nameless needs a field such as  kind: Literal"):
        register_builder(Nameless)
    with pytest.raises(ValueError, match="kind 'one-city' is that of OneCity already"):
        register_builder(Other)
    assert register_builder(OneCity) is OneCity, "once more, as in a notebook"


# What is built once ------------------------------------------------------------------------------

SMALL_CARRIER = {"hubs": 3, "station_sites": 9, "super_hubs": 1, "largest_station": 10**6}
SMALL: dict[str, dict[str, Any]] = {
    "fulfillment-center": {
        "fulfillment_centers": 5, "sort_centers": 3, "consolidation_hubs": 2, "station_sites": 9,
        "largest_station": 10**6,
    },
    "platform-fulfilled": {"warehouses": 2, "carrier": SMALL_CARRIER},
    "seller-direct": {"sellers": {"count": 500}, "carrier": SMALL_CARRIER},
}  # fmt: skip


def platform(**more: Any) -> Scenario:
    network = {"kind": "platform-fulfilled", **SMALL["platform-fulfilled"], **more}
    return load_scenario("tiktok-platform-fulfilled").replace(network=network)


def builds() -> int:
    return full_size.cache_info().misses


def test_ten_order_cutoffs_build_one_network() -> None:
    full_size.cache_clear()
    cutoffs = [f"{hour:02d}:00" for hour in range(9, 19)]
    found = []
    for cutoff in cutoffs:
        network = build_network(platform(cutoff=cutoff))
        found += [f.gate_cutoff for f in network.facilities().values() if f.kind == "warehouse"]
    assert found == [cutoff for cutoff in cutoffs for _ in range(2)]
    assert builds() == 1


def test_what_a_builder_reads_builds_anew_and_all_else_does_not() -> None:
    full_size.cache_clear()
    scenario = platform()
    build_network(scenario)
    orders = {"orders_per_day": scenario.orders.orders_per_day + 1}
    for same in ({"orders": orders}, {"runs": {"seed": 5}}, {"days": {"days": 1}}):
        build_network(scenario.replace(**same))
    assert builds() == 1
    for other in (
        {"network": {"trailer": 1600}}, {"network": {"carrier": {"load": 0.7}}},
        {"orders": {"weekday": [2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]}},
    ):  # fmt: skip
        build_network(scenario.replace(**other))
    assert builds() == 4
    sellers = load_scenario("tiktok-seller-direct").replace(network=SMALL["seller-direct"])
    keys = [build_key(one.network, one.orders.shape())
            for one in (sellers, sellers.replace(orders=orders))]  # fmt: skip
    assert keys[0] != keys[1], "a sample of the sellers is drawn for the orders"


def ends_of(field: str, model: type[NetworkParameters]) -> list[Any]:
    (row,) = [one for one in provenance(model) if one.path == field]
    return [*(row.assumed or (row.default, row.default))]


@pytest.mark.parametrize("kind", SMALL)
def test_a_finished_network_is_the_one_that_is_built_anew(kind: str) -> None:
    """No builder reads what is set afterwards: whichever network was built first, all are alike."""
    model = BUILDERS[kind]
    shape = load_scenario("amazon-fulfillment").orders.shape()
    assert model.finish
    for one in model.finish:
        first, last = (model.model_validate(_nested(kind, one.field, end))
                       for end in ends_of(one.field, model))  # fmt: skip
        full_size.cache_clear()
        built(first, shape)
        shared = built(last, shape)
        assert builds() == 1
        full_size.cache_clear()
        anew = built(last, shape)
        assert dict(shared.graph.nodes.items()) == dict(anew.graph.nodes.items()), one.field
        assert dict(shared.graph.edges.items()) == dict(anew.graph.edges.items()), one.field
        assert (shared.volumes, shared.notes) == (anew.volumes, anew.notes)


def _nested(kind: str, field: str, value: Any) -> dict[str, Any]:
    data = {"kind": kind, **SMALL[kind]}
    *groups, name = field.split(".")
    inner = data
    for group in groups:
        inner[group] = dict(inner[group])
        inner = inner[group]
    inner[name] = value
    return data


def test_a_built_network_is_yours_to_change() -> None:
    one = build_network(platform())
    for _, attributes in one.graph.nodes(data=True):
        attributes["kind"] = "spoiled"
    other = build_network(platform())
    assert "spoiled" not in {attributes["kind"] for _, attributes in other.graph.nodes(data=True)}
