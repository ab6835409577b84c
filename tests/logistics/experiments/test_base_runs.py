"""A what-if is run beside the same networks without it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_scenarios import centers, one_seller, sellers
from typer.testing import CliRunner

import logistics
from logistics.cli import app
from logistics.experiments.plan import plan
from logistics.report.saved_results import saved_results
from logistics.report.tables.effects import effects_by_date_table, effects_table
from logistics.report.text.effects import effect_lines
from logistics.running import simulate
from networks.inputs.yaml_writer import write_yaml

CLOSED = """
name: shop-closed
title: the warehouse does nothing on two days
add:
  closures:
    - {place: WH-LA, start: day 2 00:00, end: day 4 00:00}
"""
DAYS = {"days": 7, "warm_up_days": 3, "later_order_days": 9}
RUNS = ["--replications", "3", "--workers", "1", "--no-report"]


@pytest.fixture
def what_if(tmp_path: Path) -> Path:
    """A what-if that closes the small seller's warehouse for two days."""
    path = tmp_path / "closed.yaml"
    path.write_text(CLOSED)
    return path


def test_the_plan_has_the_networks_that_change_without_it() -> None:
    two = [centers(), sellers()]
    found = plan(two, what_if="better-packaging")
    assert found.what_if == "better-packaging: sellers pack well"
    assert found.base is not None
    assert found.base.scenarios == (sellers(),)  # centers pack as before
    assert plan(two, what_if="better-packaging", base=False).base is None
    assert plan(two).base is None


def test_the_effect_is_that_of_the_two_comparisons(what_if: Path) -> None:
    own = {"replications": 3, "workers": 1}
    scenario = one_seller().replace(days=DAYS)
    both = logistics.compare([scenario], what_if=str(what_if), **own)
    alone = logistics.compare([scenario], **own)
    changed = logistics.compare([scenario], what_if=str(what_if), base=False, **own)
    assert changed.effects == {}
    assert both.metrics == changed.metrics
    one = both.effects["one"]
    assert one.base == alone.metrics["one"]
    for name in ("delivery_days.mean", "delivery_days.p95", "on_time_rate"):
        difference = changed.metrics["one"][name].estimate - alone.metrics["one"][name].estimate
        assert one.changes[name].estimate == pytest.approx(difference)
    assert one.changes["delivery_days.mean"].estimate > 0
    assert (one.starts, one.ends) == ("2023-09-19", "2023-09-20")
    assert np.array_equal(one.by_date.base_days, both.effects["one"].by_date.base_days)
    (line,) = effect_lines(both)
    assert "mean +" in line
    assert "days of orders on" in line or "no day is off" in line or "back to normal" in line


def test_the_command_prints_and_keeps_it(what_if: Path, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(write_yaml(one_seller().replace(days=DAYS)))
    folder = tmp_path / "out"
    words = ["run", tmp_path / "one.yaml", "--what-if", what_if, *RUNS, "--output", folder]
    result = CliRunner().invoke(app, list(map(str, words)), env={"COLUMNS": "120"})
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "; what if shop-closed: the warehouse does nothing on two days." in said
    assert "Effect: " in result.stdout
    found = json.loads((folder / "summary.json").read_text())
    assert found["run"]["what_if"].startswith("shop-closed: ")
    effect = found["effects"]["one"]
    assert effect["first_date"] == "2023-09-19"
    assert len(effect["by_date"]["days"]) == 7
    kept = saved_results(folder).comparison
    assert kept.effects["one"].by_date.first_day == "2023-09-18"
    assert [row.label for row in effects_table(kept).rows][-1] == "recovery"
    assert len(effects_by_date_table(kept).rows) == 7


def test_the_backlog_is_what_was_placed_and_has_not_ended_at_midnight() -> None:
    run = simulate(one_seller().replace(days=DAYS))
    parcels = run.parcel_table(measured=False)
    backlog = run.outcomes().daily_backlog
    first = pd.Timestamp("2023-09-18") - timedelta(days=3)
    ended = parcels["delivered_local"].fillna(pd.Timestamp("2100-01-01"))
    delivered = parcels["status"].eq("delivered").all()
    for day in range(10):
        midnight = first + timedelta(days=day + 1)
        placed = parcels["ordered_local"] < midnight
        expected = (placed & ~(ended < midnight)).sum()
        if delivered:
            assert backlog[day] == expected
        else:  # some were lost: they have ended, too
            assert 0 <= backlog[day] <= expected
    assert backlog.max() > 0
