"""The same scenario told otherwise: rows in another order, other names, other weeks, run alone."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from small_scenarios import DAYS, ORDERS_PER_DAY, centers, sellers

from logistics import simulate
from logistics.analysis.comparison import measure_together
from logistics.experiments.plan import plan
from logistics.experiments.replicate import replicate, run_spec_of
from logistics.experiments.workers.executors import Shared
from logistics.model.network import build_network
from logistics.runs.run import Run
from logistics.scenario.scenario import Scenario
from networks.origins import Origins
from networks.schema import Network

ONE_CENTER = {"network": {"fulfillment_centers": 1, "sort_centers": 1, "consolidation_hubs": 1}}


def without_luck(network: Network) -> Network:
    """Return a network in which work and roads always take as long."""
    for _, attributes in network.graph.nodes(data=True):
        if "work_law" in attributes:
            attributes["work_law"] = "constant"
    for *_, attributes in network.graph.edges(data=True):
        if "transit_cv" in attributes:
            attributes["transit_cv"] = 0.0
    return network


def renamed(network: Network, prefix: str) -> Network:
    """Return a network whose facilities are called otherwise, and sort as they did."""
    names = {name: prefix + name for name in network.facilities()}
    stock = network.origins.stock
    return replace(
        network,
        graph=nx.relabel_nodes(network.graph, names),
        origins=Origins(replace(stock, centers=tuple(names[c] for c in stock.centers))),
    )


def differing(one: Run, other: Run) -> list[str]:
    """Return the columns in which two runs differ."""
    return [
        f"{group}.{name}"
        for group in ("columns", "visits", "trips", "staff")
        for name, column in getattr(one, group).items()
        if not np.array_equal(column, getattr(other, group)[name])
    ]


@cache
def some_orders() -> pd.DataFrame:
    """Orders as they would be read from a file: of a Sunday to a Tuesday, in no order."""
    run = simulate(centers(orders={"orders_per_day": 400}))
    parcels = run.parcel_table(measured=False)
    table = parcels.drop_duplicates("order_id").sample(frac=1, random_state=1)
    return pd.DataFrame(
        {
            "order_id": [f"N{number}" for number in range(len(table))],
            "ordered_at": table["ordered_utc"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "market": table["market"],
            "product": table["product"],
        }
    )


# --- rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", [centers(), sellers()], ids=["centers", "sellers"])
def test_the_order_of_rows_in_a_file_changes_nothing(scenario: Scenario) -> None:
    table = some_orders()
    run = simulate(scenario, orders=table)
    assert len(run) >= len(table)
    for rows in (table[::-1], table.sort_values("ordered_at"), table.sort_values("market")):
        assert differing(run, simulate(scenario, orders=rows)) == []


# --- names ----------------------------------------------------------------------------------------


def test_names_that_sort_alike_change_nothing_where_they_draw_no_luck() -> None:
    """The only luck that a facility's name draws is work, and a lane's name the road."""
    scenario = centers()
    own = without_luck(build_network(scenario))
    run, other = (simulate(scenario, network=n) for n in (own, renamed(own, "X")))
    assert differing(run, other) == []
    assert other.parcels["station"].iloc[0] == "X" + run.parcels["station"].iloc[0]


def test_names_draw_the_luck_of_work_and_of_the_road() -> None:
    scenario = centers()
    own = build_network(scenario)
    run, other = (simulate(scenario, network=n) for n in (own, renamed(own, "X")))
    assert {"visits.work", "trips.arrives"} <= set(differing(run, other))
    for name in ("order_id", "ordered", "source", "station", "grade", "promised_day"):
        assert np.array_equal(run.columns[name], other.columns[name]), name


# --- weeks ----------------------------------------------------------------------------------------


def test_the_same_orders_weeks_later_take_as_long() -> None:
    """No holiday and no clock change lie between, and no truck has luck of its own day."""
    table = some_orders()

    def weeks_later(weeks: int) -> Run:
        moved = pd.to_datetime(table["ordered_at"]) + pd.Timedelta(weeks=weeks)
        first_day = str((pd.Timestamp("2023-09-18") + pd.Timedelta(weeks=weeks)).date())
        scenario = centers(days=DAYS | {"first_day": first_day}, **ONE_CENTER)
        network = without_luck(build_network(scenario))
        orders = table.assign(ordered_at=moved.dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return simulate(scenario, network=network, orders=orders)

    run = weeks_later(0)
    for weeks in (1, 3):
        assert differing(run, weeks_later(weeks)) == []
    tables = [r.parcel_table(measured=False) for r in (run, weeks_later(3))]
    first = [table["delivered_utc"].min() for table in tables]
    assert first[1] - first[0] == pd.Timedelta(weeks=3)


# --- alone ----------------------------------------------------------------------------------------


def test_one_replication_alone_is_that_of_many() -> None:
    what = plan([centers(), sellers()])
    spec = run_spec_of(what)
    together = [replicate(Shared(lambda: spec), number)[0] for number in range(3)]
    for replication in (0, 2):
        runs = {s.name: simulate(s, replication=replication) for s in what.scenarios}
        outcomes = {name: run.outcomes() for name, run in runs.items()}
        alone = measure_together(outcomes, {name: run.causes() for name, run in runs.items()})
        assert plain(alone) == plain(replace(together[replication], places={}, damage={}))
    assert plain(together[0]) != plain(together[2])


def plain(part: Any) -> Any:
    """Return what a measurement is made of, as text."""
    if is_dataclass(part):
        return {field.name: plain(getattr(part, field.name)) for field in fields(part)}
    if isinstance(part, dict):
        return {str(key): plain(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [plain(value) for value in part]
    return part.tolist().__repr__() if isinstance(part, np.ndarray) else repr(part)


def test_the_sample_is_as_large_as_it_is_said_to_be() -> None:
    """Else these tests might compare nothing."""
    assert len(simulate(centers())) > 5 * ORDERS_PER_DAY
