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
from whole_comparisons import WORLDS, World, three_networks, whole_comparison

from logistics.analysis.comparison import measure_together, pair_name
from logistics.analysis.measures.registry import damage_key
from logistics.analysis.statistics.intervals import Estimate
from logistics.report.pictures.causes import (
    CAUSE_COLORS,
    cause_hours,
    plot_hours_by_cause,
    plot_hours_waterfall,
    plot_late_waterfall,
    plot_slowest_hours_by_cause,
    plot_utilization_by_hour,
)
from logistics.report.pictures.damage import (
    plot_damage_by_touches,
    plot_damage_expected,
    plot_damage_kinds,
)
from logistics.report.pictures.drawing import svg_of
from logistics.report.pictures.times import (
    plot_by_weekday,
    plot_delivery_histograms,
    plot_within_dates,
)
from logistics.vocabulary import CAUSES, TOUCH_KINDS

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


def test_each_order_date_has_its_share() -> None:
    result = three_networks()
    rows = rows_of(plot_within_dates(result, 2), "line")
    tally = result.group_totals[FIRST]["order_date"]
    shown = [row["share"] for row in rows if row["network"] == FIRST]
    assert shown == pytest.approx((tally.within_dates[2] / tally.parcels).tolist())
    assert rows[0]["words"].startswith(f"{FIRST}, ordered on Mon Sep 18: ")


def test_weekdays_stand_in_the_order_of_the_week() -> None:
    chart = plot_by_weekday(three_networks())
    assert rows_of(chart, "line")[0]["day"] == "Mon"
    assert chart.to_dict()["vconcat"][0]["encoding"]["x"]["sort"][0] == "Mon"


# --- why ------------------------------------------------------------------------------------------


def test_the_causes_of_a_network_fill_its_bar_from_end_to_end() -> None:
    result = three_networks()
    bars = rows_of(plot_hours_by_cause(result), "bar")
    for name in result.names:
        parts = [row for row in bars if row["network"] == name]
        assert [row["from"] for row in parts[1:]] == [row["to"] for row in parts[:-1]]
        mean = result.metrics[name]["delivery_days.mean"].estimate
        assert parts[-1]["to"] == pytest.approx(24 * mean, rel=1e-3)


def test_the_slowest_take_longer_by_every_cause_that_they_share() -> None:
    result = three_networks()
    everyone = sum(cause_hours(result, FIRST).values())
    slowest = sum(cause_hours(result, FIRST, "speed", 1).values())
    assert slowest > everyone
    bars = rows_of(plot_slowest_hours_by_cause(result), "bar")
    assert max(row["to"] for row in bars if row["network"] == FIRST) == pytest.approx(slowest)


def test_every_cause_has_a_color_that_differs_from_its_neighbours_in_grey() -> None:
    assert tuple(CAUSE_COLORS) == CAUSES
    assert len(set(CAUSE_COLORS.values())) == len(CAUSES)
    grey = [
        0.299 * int(color[1:3], 16) + 0.587 * int(color[3:5], 16) + 0.114 * int(color[5:], 16)
        for color in CAUSE_COLORS.values()
    ]
    assert min(abs(np.diff(grey))) > 25


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
    bars = rows_of(plot_late_waterfall(three_networks(), FIRST, LAST), "bar")
    steps = [row for row in bars[1:-1] if row["label"] != "all else"]
    assert {row["number"][0] for row in steps} == {"+", "-"}
    for row in steps:
        assert (row["to"] > row["from"]) == row["number"].startswith("+")
    assert len({row["color"] for row in steps}) == 2


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
    bars = rows_of(plot_damage_kinds(result), "bar")
    for name in result.names:
        ends = [row["to"] for row in bars if row["network"] == name]
        assert max(ends) == pytest.approx(100 * result.metrics[name]["damage_rate"].estimate)
    assert {damage_key(row["kind"]) for row in bars} <= {damage_key(kind) for kind in TOUCH_KINDS}


def test_what_packaging_spares_is_drawn_back_from_handling() -> None:
    result = three_networks()
    figures = {**result.metrics[FIRST], "damage_expected.packaging": Estimate(-0.001)}
    changed = replace(result, metrics={**result.metrics, FIRST: figures})
    bars = rows_of(plot_damage_expected(changed), "bar")
    handling, packaging = (row for row in bars if row["network"] == FIRST)
    assert packaging["to"] == pytest.approx(handling["to"])
    assert packaging["from"] == pytest.approx(handling["to"] - 0.1)


def test_groups_with_few_parcels_have_no_dot() -> None:
    result = three_networks()
    tally = result.group_totals[FIRST]["touches"]
    delivered = tally.delivered.copy()
    delivered[7] = 199
    touches = {**result.group_totals[FIRST], "touches": replace(tally, delivered=delivered)}
    changed = replace(result, group_totals={**result.group_totals, FIRST: touches})
    rows = rows_of(plot_damage_by_touches(changed), "circle")
    assert 7 not in [row["touches"] for row in rows if row["network"] == FIRST]
    assert 7 in [row["touches"] for row in rows if row["network"] == LAST]


# --- bottlenecks ----------------------------------------------------------------------------------


def test_the_worst_queue_stands_on_top_and_empty_hours_are_blank() -> None:
    rows = rows_of(plot_utilization_by_hour(three_networks(), FIRST), "rect")
    assert rows[0]["place"] == "FC1 (fulfillment center)"
    assert {row["hour"] for row in rows} == set(range(6, 22))
    assert "DS2 (delivery station)" not in {row["place"] for row in rows}


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
    for plot in (plot_delivery_histograms, plot_within_dates, plot_by_weekday, plot_hours_by_cause,
                 plot_damage_kinds, plot_damage_expected):  # fmt: skip
        ElementTree.fromstring(svg_of(plot(result)))


def test_histograms_need_only_the_figures() -> None:
    outcomes = {"A": outcomes_of([1.0, 2.0]), "B": outcomes_of(["lost", "under_way"])}
    result = combine_replicates([measure_together(outcomes)], {})
    bars = rows_of(plot_delivery_histograms(result), "bar")
    assert sum(row["share"] for row in bars if row["network"] == "B") == 0
    assert "B  (100.0% later than 14 days, or never)" in {row["heading"] for row in bars}
    ElementTree.fromstring(svg_of(plot_damage_expected(result)))
