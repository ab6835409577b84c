"""A run is a function of its run spec and its number, wherever it is made."""

from __future__ import annotations

import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_scenarios import centers, sellers

import logistics
from logistics import InputError
from logistics.analysis.comparison import Replicate
from logistics.experiments import replicate as specs
from logistics.experiments.compare import _InOrder
from logistics.experiments.plan import Plan, plan
from logistics.experiments.replicate import (
    COUNTS,
    RunSpec,
    add_facts,
    plain_period,
    prepare_network,
    replicate,
    run_spec_of,
)
from logistics.experiments.workers.executors import Shared
from logistics.model.prepare import prepare
from logistics.orders.order_files import read_order_rows, read_orders
from logistics.orders.order_rows import OrderRows
from logistics.running import simulate
from logistics.schedule.calendars import Period
from logistics.studies.store.run_files import table_of
from networks.files import EXAMPLES

DAY = {"warm_up_days": 0, "days": 1, "later_order_days": 3}
ORDERS = pd.DataFrame(
    {
        "order_id": [f"A-{row}" for row in range(40)],
        "ordered_at": [f"2023-09-18 10:{row:02d}" for row in range(40)],
        "market": [str(23200 + row) for row in range(40)],
        "product": "vinyl album",
    }
)


def shared(spec: RunSpec) -> Shared[RunSpec]:
    return Shared(lambda: spec)


def run(spec: RunSpec, number: int = 0) -> Replicate:
    return replicate(shared(spec), number, why=False)[0]


def plain(one: Replicate) -> str:
    return str(table_of(one).to_pydict())


@pytest.fixture
def spec() -> RunSpec:
    """One day of orders through two networks."""
    return run_spec_of(plan([centers(days=DAY), sellers(days=DAY)]))


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has prepared nothing yet."""
    monkeypatch.setattr(specs, "_remembered", type(specs._remembered)())


def test_a_recipe_holds_all_that_a_run_needs(spec: RunSpec) -> None:
    travelled = pickle.loads(pickle.dumps(spec))
    assert plain(run(travelled, 3)) == plain(run(spec, 3))
    assert plain(run(spec, 3)) != plain(run(spec, 4))


def test_a_run_says_how_much_it_simulated_and_what_was_built(spec: RunSpec) -> None:
    _, facts = replicate(shared(spec), 1, why=False)
    alone = simulate(centers(days=DAY), replication=1)
    assert list(facts) == ["centers", "sellers"]
    assert {count: facts["centers"][count] for count in COUNTS} == {
        count: alone.facts[count] for count in COUNTS
    }
    assert facts["centers"]["built"][0].startswith("30 delivery stations, 12 fulfillment")
    both = add_facts([facts, facts])
    assert both["sellers"]["parcels"] == 2 * facts["sellers"]["parcels"]
    assert both["sellers"]["built"] == facts["sellers"]["built"]


def test_without_why_the_figures_are_the_same(spec: RunSpec) -> None:
    whole, _ = replicate(shared(spec), 0)
    assert whole.places.keys() == whole.group_totals.keys() == {"centers", "sellers"}
    bare = run(spec)
    assert bare.places == bare.group_totals == bare.sums == bare.damage == {}
    figures = replace(whole, group_totals={}, sums={}, places={}, damage={})
    assert plain(figures) == plain(bare)


# --- made ready once ------------------------------------------------------------------------------


def test_a_network_is_made_ready_once_a_process(
    spec: RunSpec, forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []

    def noted(scenario: object, network: object) -> object:
        built.append(scenario.name)  # type: ignore[attr-defined]
        return prepare(scenario, network)  # type: ignore[arg-type]

    monkeypatch.setattr(specs, "prepare", noted)
    full_size = prepare_network(shared(spec), 0)
    assert full_size.volumes == prepare(centers(days=DAY)).full_size.volumes
    run(spec, 0)
    run(spec, 1)
    again = run_spec_of(plan([centers(days=DAY), sellers(days=DAY, runs={"seed": 1})], seed=9))
    run(again)
    assert built == ["centers", "sellers"]


def test_what_one_process_made_ready_others_load(
    tmp_path: Path, forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = run_spec_of(plan([centers(days=DAY)]), tmp_path)
    first = plain(run(spec))
    assert len(list(tmp_path.iterdir())) == 1
    specs._remembered.clear()
    monkeypatch.setattr(specs, "prepare", None)  # nothing is built any more
    assert plain(run(spec)) == first


def test_a_process_does_not_remember_all_networks_it_ever_had(
    forgotten: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(specs, "_FEWEST_REMEMBERED", 2)
    for orders in (1_000, 1_100, 1_200):
        made = run_spec_of(plan([centers(days=DAY, orders={"orders_per_day": orders})]))
        prepare_network(shared(made), 0)
    assert len(specs._remembered) == 2
    assert made.keys[0] in specs._remembered


# --- files are read where the recipe is made ------------------------------------------------------


def rows_of(given: pd.DataFrame | Path) -> OrderRows:
    return read_order_rows(given, centers().orders.products)


def test_given_orders_travel_with_the_recipe(tmp_path: Path) -> None:
    ORDERS.to_csv(tmp_path / "orders.csv", index=False)
    days = {**DAY, "later_order_days": 2}
    from_file = run_spec_of(Plan((centers(days=days),), rows_of(tmp_path / "orders.csv")))
    (tmp_path / "orders.csv").unlink()
    from_table = run_spec_of(Plan((centers(days=days),), rows_of(ORDERS)))
    assert plain(run(from_file)) == plain(run(from_table))
    alone = simulate(centers(days=days), orders=ORDERS)
    assert run(from_file).measurements["centers"].values["parcels"] == alone.measured.sum() == 40


def test_given_orders_fit_a_network_that_begins_in_an_earlier_time_zone() -> None:
    """Places in Halifax begin their day an hour before those in New York."""
    scenario = centers(days=DAY)
    model = prepare(scenario)
    plainly = plain_period(scenario.days)
    earlier = replace(
        model, period=Period.of(scenario.days, [*plainly.time_zones, "America/Halifax"])
    )
    given = read_orders(ORDERS, scenario.orders, plainly)
    there = read_orders(ORDERS, scenario.orders, earlier.period)
    moved = specs._in_period(given, earlier)
    for column in ("order_id", "parcel_id", "tick", "day", "market", "product"):
        assert np.array_equal(getattr(moved, column), getattr(there, column)), column
    assert not np.array_equal(given.tick, moved.tick)


def test_a_network_of_your_own_travels_with_the_recipe(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES["small-seller"], tmp_path / "mine")
    own = logistics.load_scenario(tmp_path / "mine").replace(days=DAY)
    spec = run_spec_of(plan([own]))
    expected = simulate(own)
    shutil.rmtree(tmp_path / "mine")
    (name,) = run(spec).measurements
    figures = run(spec).measurements[name].values
    assert figures["parcels"] == expected.measured.sum()


def test_orders_that_cannot_be_used_are_told_when_the_recipe_is_made() -> None:
    bad = rows_of(ORDERS.assign(market="nowhere"))
    with pytest.raises(InputError, match="is not a market"):
        run_spec_of(Plan((centers(days=DAY),), bad))


# --- compare --------------------------------------------------------------------------------------


def test_compare_takes_any_executor() -> None:
    two = [centers(days=DAY), sellers(days=DAY)]
    with ThreadPoolExecutor(2) as threads:
        there = logistics.compare(two, executor=threads)
    here = logistics.compare(two, workers=1)
    assert there.metrics == here.metrics
    assert there.paired == here.paired


def test_runs_are_taken_in_by_their_numbers_and_do_not_pile_up() -> None:
    taken = _InOrder(100, most_waiting=3)
    numbers = taken.numbers()
    one = run(run_spec_of(plan([centers(days=DAY)])))
    assert [next(numbers) for _ in range(3)] == [0, 1, 2]
    for late in (4, 3, 2, 1):  # number 0 is the last
        taken.add(late, (one, {}))
    assert next(numbers) is None
    assert len(taken.accumulated) == 0
    taken.add(0, (one, {}))
    assert len(taken.accumulated) == 5
    assert next(numbers) == 3
