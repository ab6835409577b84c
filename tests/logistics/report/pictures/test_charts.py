"""Charts show what the figures say: their data, their labels, and what they must not claim."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import altair as alt
import numpy as np
import pytest
from outcomes_by_hand import combine_replicates, outcomes_of
from whole_comparisons import FACILITIES, WORLDS, World, three_networks, whole_comparison

from logistics.analysis.comparison import measure_together, pair_name
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.causes import (
    CAUSE_GROUPS,
    GROUP_COLORS,
    cause_hours,
    plot_hours_by_cause,
    plot_hours_waterfall,
    plot_utilization_by_hour,
)
from logistics.report.pictures.damage import KIND_NAMES, plot_damage
from logistics.report.pictures.drawing import svg_of
from logistics.report.pictures.times import (
    plot_by_order_date,
    plot_by_weekday,
    plot_delivery_histograms,
    plot_delivery_times,
)
from logistics.vocabulary import CAUSES, TOUCH_KINDS
from networks.geography import nearest_city

FIRST, _, LAST = WORLDS


def rows_of(chart: alt.TopLevelMixin, mark: str) -> list[dict[str, Any]]:
    """Return the data of the first layer, panel or facet with a kind of mark."""
    spec = chart.to_dict()

    def look(part: dict[str, Any], data: dict[str, Any] | None) -> list[dict[str, Any]] | None:
        data = part.get("data", data)
        kind = part.get("mark")
        if (kind["type"] if isinstance(kind, dict) else kind) == mark:
            rows: list[dict[str, Any]] = spec["datasets"][data["name"]] if data else []
            return rows
        parts = [*part.get("layer", []), *part.get("vconcat", []), *[part.get("spec", {})]]
        found = (look(inner, data) for inner in parts if inner)
        return next((rows for rows in found if rows is not None), None)

    rows = look(spec, None)
    assert rows is not None, f"no {mark}"
    return rows


# --- when -----------------------------------------------------------------------------------------


def test_the_bars_of_a_network_are_what_arrives_within_the_picture() -> None:
    result = three_networks()
    bars = rows_of(plot_delivery_histograms(result), "bar")
    for name in result.names:
        shares = [row["share"] for row in bars if row["network"] == name]
        assert len(shares) == 14 * 4
        assert sum(shares) == pytest.approx(result.distributions[name].share[14 * 96])
        within = result.metrics[name]["within_days.2"].estimate
        assert sum(shares[:8]) == pytest.approx(within)


def test_the_curve_is_named_and_marked_where_half_and_95_percent_are_delivered() -> None:
    result = three_networks()
    chart = plot_delivery_times(result)
    dots = [row for row in rows_of(chart, "circle") if row["network"] == FIRST]
    band = result.distributions[FIRST]
    half = float(band.grid[np.argmax(band.share >= 0.5)])
    assert next((row["share"], row["day"]) for row in dots) == (0.5, half)
    assert dots[1]["words"].startswith(f"{FIRST}: P95 ")
    names = {row["name"]: row for row in rows_of(chart, "text")}
    assert set(names) == set(result.names)
    assert (names[FIRST]["day"], names[FIRST]["share"]) == (half, 0.5)


def test_pictures_call_networks_by_their_labels() -> None:
    result = three_networks()
    facts = {name: {"label": f"L{at}"} for at, name in enumerate(result.names)}
    labelled = replace(result, run={**result.run, "networks": facts})
    for plot, mark in ((plot_delivery_times, "line"), (plot_by_weekday, "line"),
                       (plot_delivery_histograms, "bar")):  # fmt: skip
        assert {row["network"] for row in rows_of(plot(labelled), mark)} == {"L0", "L1", "L2"}


def test_the_median_is_a_line_in_the_bars() -> None:
    result = three_networks()
    rules = [row for row in rows_of(plot_delivery_histograms(result), "rule") if "median" in row]
    assert [row["network"] for row in rules] == list(result.names)
    days = result.metrics[FIRST]["delivery_days.p50"].estimate
    assert rules[0]["median"] == pytest.approx(days, abs=0.02)


def test_each_order_date_has_its_figures() -> None:
    result = three_networks()
    rows = rows_of(plot_by_order_date(result), "line")
    totals = result.group_totals[FIRST]["order_date"]
    shown = [row["value"] for row in rows if row["network"] == FIRST]
    assert shown == pytest.approx((totals.mean_hours().sum(axis=0) / 24).tolist())
    assert rows[0]["words"].startswith(f"{FIRST}, Mon Sep 18: ")


def test_weekdays_stand_in_the_order_of_the_week() -> None:
    rows = rows_of(plot_by_weekday(three_networks()), "line")
    days = [row["when"] for row in rows if row["network"] == FIRST]
    assert days == sorted(days, key=["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].index)


# --- why ------------------------------------------------------------------------------------------


def test_the_causes_of_a_network_fill_its_bar_from_end_to_end() -> None:
    result = three_networks()
    bars = rows_of(plot_hours_by_cause(result), "bar")
    for name in result.names:
        parts = [row for row in bars if row["network"] == name]
        assert [row["from"] for row in parts[1:]] == [row["to"] for row in parts[:-1]]
        mean = result.metrics[name]["delivery_days.mean"].estimate
        assert parts[-1]["to"] == pytest.approx(24 * mean, rel=1e-3)


def test_the_slowest_stand_below_and_take_longer() -> None:
    result = three_networks()
    slowest = sum(cause_hours(result, FIRST, "speed", 1).values())
    assert slowest > sum(cause_hours(result, FIRST).values())
    bars = rows_of(plot_hours_by_cause(result), "bar")
    below = [row["to"] for row in bars if row["network"] == f"{FIRST}, slowest 5%"]
    assert max(below) == pytest.approx(slowest)


def test_every_cause_is_in_one_group_and_neighbors_differ_in_gray() -> None:
    assert sorted(one for causes in CAUSE_GROUPS.values() for one in causes) == sorted(CAUSES)
    grays = [
        0.299 * int(color[1:3], 16) + 0.587 * int(color[3:5], 16) + 0.114 * int(color[5:], 16)
        for color in GROUP_COLORS.values()
    ]
    assert min(abs(np.diff(grays))) > 25


def test_the_waterfall_leads_from_one_network_to_the_other() -> None:
    result = three_networks()
    bars = rows_of(plot_hours_waterfall(result, FIRST, LAST), "bar")
    fall = result.waterfalls[pair_name(FIRST, LAST)]
    assert (bars[0]["label"], bars[-1]["label"]) == (FIRST, LAST)
    assert bars[0]["to"] == fall.first_hours.estimate
    for before, after in pairwise(bars[:-1]):
        assert after["from"] == pytest.approx(before["to"])
    assert bars[-2]["to"] == pytest.approx(fall.second_hours.estimate)
    assert bars[0]["number"].startswith(f"{fall.first_hours.estimate:.1f} h (")


def test_steps_that_add_and_take_away_have_their_sign_and_color() -> None:
    result, pair = three_networks(), pair_name(FIRST, LAST)
    steps = {"closed": Estimate(5.0, 4.0, 6.0), "transit": Estimate(-3.0, -4.0, -2.0)}
    fall = replace(result.waterfalls[pair], steps=steps)
    changed = replace(result, waterfalls={**result.waterfalls, pair: fall})
    more, less = rows_of(plot_hours_waterfall(changed, FIRST, LAST), "bar")[1:-1]
    assert (more["number"][0], less["number"][0]) == ("+", "-")
    assert more["to"] > more["from"]
    assert less["to"] < less["from"]
    assert more["color"] != less["color"]


def test_a_step_of_nothing_has_no_sign() -> None:
    result = three_networks()
    pair = pair_name(FIRST, LAST)
    steps = {**result.waterfalls[pair].steps, "closed": Estimate(-0.04, -3.0, 3.0)}
    fall = replace(result.waterfalls[pair], first_hours=Estimate(2.0), steps=steps)
    small = replace(fall, second_hours=Estimate(3.0), steps={"closed": steps["closed"]})
    chart = plot_hours_waterfall(replace(result, waterfalls={pair: small}), FIRST, LAST)
    assert rows_of(chart, "bar")[1]["number"] == "0.0 h (-3.0 to +3.0)"


def test_a_network_that_delivers_nothing_has_a_waterfall() -> None:
    result = three_networks()
    pair = pair_name(FIRST, LAST)
    nothing = Estimate(float("nan"))
    fall = replace(
        result.waterfalls[pair],
        second_hours=nothing,
        steps=dict.fromkeys(CAUSES, nothing),
    )
    chart = plot_hours_waterfall(replace(result, waterfalls={pair: fall}), FIRST, LAST)
    assert "nan" not in svg_of(chart)
    assert rows_of(chart, "bar")[-1]["number"] == "-"


# --- damage ---------------------------------------------------------------------------------------


def test_the_kinds_of_damage_add_up_to_the_rate() -> None:
    result = three_networks()
    bars = rows_of(plot_damage(result), "bar")
    for name in result.names:
        ends = [row["to"] for row in bars if row["network"] == name]
        assert max(ends) == pytest.approx(100 * result.metrics[name]["damage_rate"].estimate)
    assert tuple(KIND_NAMES) == TOUCH_KINDS
    kinds = {row["kind"] for row in bars if row["network"] in result.names}
    assert kinds <= set(KIND_NAMES.values())


def test_what_packaging_spares_is_drawn_back_from_handling() -> None:
    result = three_networks()
    metrics = {**result.metrics[FIRST], "damage_expected.packaging": Estimate(-0.001)}
    changed = replace(result, metrics={**result.metrics, FIRST: metrics})
    bars = rows_of(plot_damage(changed), "bar")
    handling, packaging = (row for row in bars if row["network"] == f"{FIRST}, expected")
    assert packaging["to"] == pytest.approx(handling["to"])
    assert packaging["from"] == pytest.approx(handling["to"] - 0.1)


# --- bottlenecks ----------------------------------------------------------------------------------


def test_the_worst_queue_stands_on_top_and_empty_hours_are_blank() -> None:
    rows = rows_of(plot_utilization_by_hour(three_networks(), FIRST), "rect")
    assert rows[0]["place"] == "fulfillment center FC1"
    assert {row["hour"] for row in rows} == set(range(6, 22))
    assert "delivery station DS2" not in {row["place"] for row in rows}


def test_a_bottleneck_says_its_city() -> None:
    rows = rows_of(plot_utilization_by_hour(three_networks(), FIRST, FACILITIES), "rect")
    one = FACILITIES["FC1"]
    city = nearest_city(one.latitude, one.longitude)
    assert rows[0]["place"] == f"{city}: fulfillment center FC1"


# --- all ------------------------------------------------------------------------------------------


def test_marks_have_tooltips_and_charts_are_sound_documents() -> None:
    result = three_networks()
    drawn = svg_of(plot_hours_by_cause(result))
    root = ElementTree.fromstring(drawn)
    titles = [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any(re.match(rf"{LAST}: on the road \d+\.\d hours", title) for title in titles)
    assert "<script" not in drawn
    links = set(re.findall(r"https?://[^\"' ]*", drawn))
    assert links <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@pytest.mark.parametrize("count", [1, 7])
def test_one_network_and_seven_are_drawn(count: int) -> None:
    names = {f"network number {n} of seven, with a long name": 1 + n / 5 for n in range(count)}
    result = whole_comparison(World(names, runs=1, parcels=2_000))
    for plot in (plot_delivery_times, plot_delivery_histograms, plot_by_order_date,
                 plot_by_weekday, plot_hours_by_cause, plot_damage):  # fmt: skip
        ElementTree.fromstring(svg_of(plot(result)))


def test_histograms_need_only_the_figures() -> None:
    outcomes = {"A": outcomes_of([1.0, 2.0]), "B": outcomes_of(["lost", "under_way"])}
    result = combine_replicates([measure_together(outcomes)], {})
    bars = rows_of(plot_delivery_histograms(result), "bar")
    assert sum(row["share"] for row in bars if row["network"] == "B") == 0
    assert "B  (100.0% later than 14 days, or never)" in {row["heading"] for row in bars}
    ElementTree.fromstring(svg_of(plot_damage(result)))
