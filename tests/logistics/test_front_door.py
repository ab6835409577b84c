"""What a newcomer finds in `logistics`: names, and the few functions that are only there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import centers

import logistics
from logistics import OutputError
from networks.files import EXAMPLES

STUDY = (
    f"base: {EXAMPLES['small-seller']}\nreplications: 2\n"
    "set: {days.days: 1, days.warm_up_days: 1, days.later_order_days: 5}\n"
)


def test_a_newcomer_sees_the_public_names_before_anything_is_imported() -> None:
    script = (
        "import sys, logistics; print(*dir(logistics));"
        "print(sorted({'numpy', 'pandas', 'pydantic', 'simpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    names, imported = done.stdout.splitlines()
    assert names.split() == sorted(logistics.__all__)
    assert imported == "[]"
    for name in logistics.__all__:
        assert getattr(logistics, name).__doc__, name


def test_replications_of_one_scenario_are_its_runs() -> None:
    first, second = logistics.replicate(centers(), 2, days=1)
    assert first.same_as(logistics.simulate(centers(), days=1))
    assert second.same_as(logistics.simulate(centers(), days=1, replication=1))
    assert not first.same_as(second)


def test_a_network_is_read_from_files() -> None:
    network = logistics.read_network(EXAMPLES["small-seller"])
    assert isinstance(network, logistics.Network)
    with pytest.raises(logistics.InputError, match="nowhere"):
        logistics.read_network("nowhere.xlsx")


def test_a_network_from_python_is_not_measured_against_the_scenarios_own() -> None:
    """24 orders a day are few for 15 million parcels, but all that the small network has."""
    small = logistics.read_network(EXAMPLES["small-seller"])
    options: dict[str, Any] = {"orders_per_day": 24, "markets": ["900", "606", "100"], "days": 2}
    scenario = logistics.load_scenario("tiktok-seller-direct")
    run = logistics.simulate(scenario, seed=1, network=small, **options)
    assert len(run.parcels) > 20
    with pytest.raises(
        logistics.InputError, match="below a thousandth of the 348,605 parcels a day"
    ):
        logistics.simulate(scenario, seed=1, **options)
    small.graph.edges["WH-LA", "ST-NYC", "linehaul"]["capacity"] = -1
    with pytest.raises(logistics.InputError, match="capacity = -1: must be a whole number from 0"):
        logistics.simulate(scenario, seed=1, network=small, **options)


def test_a_study_is_run_resumed_and_read(tmp_path: Path) -> None:
    file, folder = tmp_path / "short.yaml", tmp_path / "short"
    file.write_text(STUDY)
    result = logistics.run_study(file, folder, workers=1, report=False)
    assert [one.replications for one in result.points] == [2]
    (folder / "runs" / "p000" / "r0001.parquet").unlink()
    seen = []
    again = logistics.run_study(file, folder, workers=1, report=False, progress=seen.append)
    assert [(one.done, one.expected) for one in seen if one.points] == [(1, 2), (2, 2)]
    assert again.points[0].metrics == result.points[0].metrics
    file.write_text(STUDY.replace("replications: 2", "replications: 3"))
    with pytest.raises(OutputError, match="holds another study"):
        logistics.run_study(file, folder, workers=1)


def test_a_study_need_not_be_in_a_file(tmp_path: Path) -> None:
    study = logistics.Study.model_validate(
        {
            "name": "by hand",
            "base": str(EXAMPLES["small-seller"]),
            "replications": 1,
            "set": {"days.days": 1, "days.warm_up_days": 1, "days.later_order_days": 5},
        }
    )
    result = logistics.run_study(study, tmp_path / "out", workers=1, report=False)
    assert result.study == study
    assert logistics.load_study(tmp_path / "out" / "study.yaml") == study
