"""Each example of *Extending it* plugs in from outside the package, as a user's script would."""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_scenarios import centers

import logistics
from logistics.analysis.measures import unregister
from logistics.options import OPTIONS
from logistics.report.summary import summary
from networks.builders.kinds import BUILDERS
from networks.files import EXAMPLES

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "extending.md").read_text("utf-8")


def example(name: str) -> dict[str, Any]:
    """What an example defines, once it is imported."""
    return runpy.run_path(str(ROOT / "docs" / "examples" / "extending" / f"{name}.py"))


def test_every_example_is_on_the_page() -> None:
    files = {path.stem for path in (ROOT / "docs" / "examples" / "extending").glob("*.py")}
    assert len(files) == 5
    assert set(re.findall(r'^--8<-- "docs/examples/extending/(\w+)\.py"$', GUIDE, re.M)) == files


@pytest.fixture
def regional() -> Iterator[None]:
    example("network_builder")
    yield
    del BUILDERS["regional-warehouse"]


@pytest.mark.usefixtures("regional")
def test_a_network_builder_is_used_from_a_scenario_file(tmp_path: Path) -> None:
    (written,) = re.findall(r"^```yaml\n(name: .+?)^```$", GUIDE, re.M | re.S)
    path = tmp_path / "chicago.yaml"
    path.write_text(written + "days: {days: 1, warm_up_days: 1, later_order_days: 2}\n")
    scenario = logistics.load_scenario(path)
    run = logistics.simulate(scenario)
    assert run.columns["status"].size > 4_000
    assert (run.parcels["status"] == "delivered").mean() > 0.9
    other = logistics.simulate(scenario, engine="textbook")
    assert run.same_as(other)


def test_a_sourcing_policy_is_handed_to_simulate() -> None:
    scenario = centers(days={"days": 1, "warm_up_days": 0, "later_order_days": 2})
    nearest = example("sourcing_policy")["nearest"]
    run, usual = (logistics.simulate(scenario, sourcing=one) for one in (nearest, None))
    other = logistics.simulate(scenario, sourcing=nearest, engine="textbook")
    assert run.same_as(other)
    by_market = [np.unique(run.columns["source"][run.columns["market"] == m]) for m in range(10)]
    assert all(len(sources) <= 1 for sources in by_market)
    assert run.columns["distance_m"].mean() < usual.columns["distance_m"].mean()
    orders = [sorted(one.columns["order_id"].tolist()) for one in (run, usual)]
    assert orders[0] == orders[1]


def test_a_measure_is_reported() -> None:
    added = example("measure")
    try:
        scenario = centers(days={"days": 1, "warm_up_days": 0, "later_order_days": 3})
        result = logistics.compare([scenario], replications=2, workers=1)
        (found,) = summary(result)["scenarios"].values()
        assert set(found["distant"]) == {"on_time_rate", "handlings"}
        assert 0 < found["distant"]["on_time_rate"]["estimate"] <= 1
        assert found["distant"]["handlings"]["estimate"] > 2
    finally:
        unregister(added["MEASURE"])


def test_an_event_has_its_effect_in_both_engines() -> None:
    storm = example("event_effect")["storm"]
    scenario = logistics.load_scenario(EXAMPLES["small-seller"])
    usual, run = (logistics.simulate(scenario, events=events) for events in ((), (storm,)))
    other = logistics.simulate(scenario, events=(storm,), engine="textbook")
    assert run.same_as(other)
    assert run.columns["wait_work"].sum() > usual.columns["wait_work"].sum()
    assert (run.columns["ordered"] == usual.columns["ordered"]).all()


def test_an_option_reaches_compare() -> None:
    before = list(OPTIONS)
    try:
        example("option")
        assert len(OPTIONS) == len(before) + 1
        scenario = centers(days={"days": 1, "warm_up_days": 0, "later_order_days": 2})
        often, never = (
            logistics.compare([scenario], replications=1, workers=1, failed_attempts=share)
            for share in ("30%", "0%")
        )
        hours = [one.metrics["centers"]["hours.last_mile"].estimate for one in (often, never)]
        assert hours[0] > hours[1]
    finally:
        OPTIONS[:] = before
