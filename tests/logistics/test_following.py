"""A run follows its measured parcels until all have ended, and no later order can touch them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from small_scenarios import centers, sellers
from typer.testing import CliRunner

import logistics
from logistics.cli import app
from logistics.model.draws import draw
from logistics.model.prepare import prepare
from logistics.orders.orders import generate_orders
from logistics.running import run_once, simulate
from logistics.runs.run import Run
from logistics.scenario.load import load_scenario
from logistics.scenario.scenario import Scenario
from logistics.simulation.batch import engine
from logistics.simulation.problem import Ending
from logistics.streaming import stream
from logistics.streams import Streams
from logistics.vocabulary import Status
from networks.inputs.faults import InputError
from networks.inputs.yaml_writer import write_yaml

BOTH = pytest.mark.parametrize("scenario", [centers(), sellers()], ids=lambda one: one.name)


@BOTH
def test_followed_orders_are_those_of_warm_up_and_measured_days(scenario: Scenario) -> None:
    run, days = simulate(scenario, follow=True), scenario.days
    assert run.columns["day"].max() == days.warm_up_days + days.days - 1
    measured = run.columns["status"][run.measured]
    assert not (measured == Status.UNDER_WAY).any()
    assert run.period.end_of(2) < run.period.horizon < run.period.end_of(run.period.all_days - 1)
    assert run.columns["ended"].max() < run.period.horizon
    assert len(run.columns["ended"]) == (run.columns["ordered"] < run.period.horizon).sum()


@BOTH
def test_ending_early_moves_no_column_of_a_measured_parcel(scenario: Scenario) -> None:
    scenario = scenario.replace(days={"follow_days": 90})  # some sellers take weeks
    model, streams = prepare(scenario), Streams(scenario.runs.seed)
    orders = generate_orders(scenario.orders, model.period, streams)
    early = run_once(model, orders, streams)
    problem = replace(draw(model, orders, streams).problem, ending=Ending.at_horizon())
    late = engine.run(problem)
    assert int(late.horizon) > early.period.horizon
    kept = np.flatnonzero(problem.parcels.ordered < early.period.horizon)
    measured = early.measured
    for name in (
        "ended",
        "status",
        "attempts",
        "wait_work",
        "transit",
        "lost_step",
        "damaged_step",
    ):
        ours, theirs = early.columns[name], getattr(late, name)[kept]
        assert np.array_equal(ours[measured], theirs[measured]), name
    for name in ("ready", "departure"):
        ours, theirs = early.visits[name], getattr(late, name)[kept]
        assert np.array_equal(ours[measured], theirs[measured]), name
    others = early.columns["status"][~measured] != late.status[kept][~measured]
    assert others.any() or scenario.name == "sellers", "others are cut off where the run ends"


@BOTH
def test_both_engines_follow_to_the_same_tick(scenario: Scenario) -> None:
    scenario = scenario.replace(orders={"orders_per_day": 400})
    batch, textbook = (simulate(scenario, follow=True, engine=e) for e in ("batch", "textbook"))
    assert batch.same_as(textbook)
    assert batch.period.horizon == textbook.period.horizon


@BOTH
@pytest.mark.parametrize("follow", [True, False])
def test_a_stream_ends_where_the_run_does(scenario: Scenario, follow: bool, tmp_path: Path) -> None:
    scenario = scenario.replace(days={"follow_days": 90})
    slices = timedelta(days=2 if scenario.name == "centers" else 10)  # some sellers take weeks
    streamed = Run.load(stream(scenario, tmp_path / "run", follow=follow, time_slice=slices))
    whole = simulate(scenario, follow=follow)
    assert streamed.facts["horizon"] == whole.facts["horizon"] < whole.period.end_of(91)
    assert streamed.facts["parcels"] == len(whole)
    assert streamed.parcel_table(measured=False).equals(whole.parcel_table(measured=False))


def test_what_is_left_at_the_bound_is_told() -> None:
    run = simulate(sellers(), follow=True, follow_days=1)
    assert run.period.horizon == run.period.end_of(3)
    assert (run.columns["status"][run.measured] == Status.UNDER_WAY).any()


def test_an_older_file_reads_as_it_ran(tmp_path: Path) -> None:
    path, text = tmp_path / "older.yaml", write_yaml(load_scenario("amazon-fulfillment"))
    older = text.replace("later_order_days: 16", "cool_down_days: 5")
    path.write_text(older.replace("  follow_days: null\n", ""))
    days = load_scenario(path).days
    assert (days.later_order_days, days.follow_days, days.followed_days) == (5, 5, 5)
    path.write_text(older)
    with pytest.raises(InputError, match=r"older\.yaml:\d+: days.cool_down_days.*older name"):
        load_scenario(path)


@pytest.mark.parametrize(
    ("days", "followed"), [({}, 16), ({"later_order_days": 0}, 60), ({"follow_days": 20}, 20)]
)
def test_the_bound_is_that_of_later_orders_or_sixty_days(
    days: dict[str, int], followed: int
) -> None:
    assert load_scenario("amazon-fulfillment").replace(days=days).days.followed_days == followed


def test_no_orders_come_after_the_days_that_are_followed() -> None:
    run = simulate(centers(), follow_days=2)
    assert run.columns["day"].max() == 1 + 2 + 2 - 1


def test_a_comparison_follows_and_the_command_line_too(tmp_path: Path) -> None:
    days = {"warm_up_days": 0, "days": 1}
    scenario = centers(days=days, runs={"replications": 1})
    compared = logistics.compare([scenario, sellers(days=days)], follow=True, replications=1)
    assert compared.run["later_order_days"] == 0
    assert 1_000 < compared.run["networks"]["centers"]["parcels"] < 3_000, "those of a day"
    path = tmp_path / "centers.yaml"
    path.write_text(write_yaml(scenario))
    few = ["--no-report", "--no-keep-parcels", "--workers", "1", "--output", str(tmp_path / "run")]
    done = CliRunner().invoke(app, ["run", str(path), "--follow", *few])
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "run" / "summary.json").read_text())["run"]
    assert (told["later_order_days"], told["follow_days"]) == (0, 60)
    both = ["--follow", "--later-order-days", "2"]
    refused = CliRunner().invoke(app, ["run", str(path), *both, *few[:-1], str(tmp_path / "no")])
    assert refused.exit_code == 2
    assert "cannot be combined: give one" in refused.stderr
    assert not (tmp_path / "no").exists()


def test_contradictions_are_refused() -> None:
    with pytest.raises(InputError, match="cannot be combined: give one"):
        simulate(centers(), follow=True, later_order_days=2)
    with pytest.raises(InputError, match="follow_days"):
        simulate(centers(), follow=True, follow_days=-1)
