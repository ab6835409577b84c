"""Charts of the page: their switches, their data, and the sentence above each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import vl_convert
from whole_comparisons import FACILITIES, WORLDS, World, three_networks, whole_comparison

from logistics.analysis.comparison import Comparison
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.interactive import Interactive, interactive_charts
from logistics.report.pictures.market_maps import METRICS
from networks.geography import load_markets

FIRST, _, LAST = WORLDS
ALL = ["times", "why", "where", "when", "damage", "bottlenecks"]


def charts_of(result: Comparison) -> dict[str, Interactive]:
    return interactive_charts(result, dict.fromkeys(result.names, FACILITIES))


def switches(chart: Interactive) -> dict[str, list[str]]:
    """Return what a reader can choose, by parameter."""
    bound = {one["name"]: one.get("bind") for one in parameters(chart.spec)}
    return {name: bind["labels"] for name, bind in bound.items() if isinstance(bind, dict)}


def parameters(spec: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [one for layer in spec.get("layer", []) for one in parameters(layer)]
    return [*spec.get("params", []), *inner]


def rows_with(chart: Interactive, field: str) -> list[dict[str, Any]]:
    """Return the data that have a field."""
    return next(rows for rows in chart.spec["datasets"].values() if rows and field in rows[0])


def test_every_chart_has_a_sentence_and_is_as_wide_as_its_place() -> None:
    found = charts_of(three_networks())
    assert list(found) == ALL
    for name, chart in found.items():
        assert chart.name == name
        assert chart.title.endswith(".")
        assert chart.spec["width"] == "container"
        assert chart.spec["config"]["font"] == "system-ui, sans-serif"
    assert len(json.dumps([one.spec for one in found.values()])) < 2_000_000


def test_the_reader_chooses_network_metric_and_what_to_compare_with() -> None:
    found = charts_of(three_networks())
    names = list(WORLDS)
    assert switches(found["where"]) == {
        "network": names,
        "metric": [one.title for one in METRICS.values()],
        "against": ["nothing", *names],
    }
    assert len(switches(found["why"])["pair"]) == 3
    assert switches(found["bottlenecks"])["network"]
    assert set(switches(found["when"])) == {"by", "what"}


def test_the_map_has_each_market_with_the_days_of_every_network() -> None:
    result = three_networks()
    rows = rows_with(charts_of(result)["where"], "n0_p50")
    assert len(rows) == len(load_markets())
    days = result.group_totals[FIRST]["market"].quantile(0.5)
    busy = int(result.group_totals[FIRST]["market"].parcels.argmax())
    assert rows[busy]["n0_p50"] == pytest.approx(days[busy], abs=0.006)
    assert load_markets().names[busy] in rows[busy]["market"]
    corners = np.concatenate([row["geometry"]["coordinates"][0] for row in rows])
    assert corners.min() >= 0
    assert corners.max() <= 10_000


def test_the_waterfall_of_the_page_says_no_interval_but_its_tooltip_does() -> None:
    rows = rows_with(charts_of(three_networks())["why"], "short")
    assert "(" not in rows[0]["short"]
    assert "(" in rows[0]["words"]


def test_the_title_of_why_names_the_largest_group_of_hours() -> None:
    title = charts_of(three_networks())["why"].title
    assert title.startswith(f"{LAST}'s parcels spend ")


@pytest.mark.parametrize("count", [1, 7])
def test_one_network_and_seven_have_charts_that_can_be_drawn(count: int) -> None:
    names = {f"network {n}": 1 + n / 5 for n in range(count)}
    result = whole_comparison(World(names, runs=1, parcels=2_000))
    for chart in charts_of(result).values():
        assert "nan" not in chart.title
        spec = {**chart.spec, "width": 500}
        assert vl_convert.vegalite_to_svg(spec).startswith("<svg")


def test_nothing_delivered_has_no_charts_and_one_network_without_days_is_said() -> None:
    result = three_networks()
    nothing = {"delivered_rate": Estimate(0.0), "delivery_days.mean": Estimate(float("nan")),
               "delivery_days.p50": Estimate(float("inf"))}  # fmt: skip
    one = {**result.metrics, FIRST: {**result.metrics[FIRST], **nothing}}
    assert f"never with {FIRST}" in charts_of(replace(result, metrics=one))["times"].title
    none = {name: {**metrics, **nothing} for name, metrics in result.metrics.items()}
    assert charts_of(replace(result, metrics=none)) == {}


def test_without_causes_there_are_the_curve_and_the_damage() -> None:
    bare = replace(three_networks(), group_totals={}, waterfalls={}, places={})
    assert list(charts_of(bare)) == ["times", "damage"]
