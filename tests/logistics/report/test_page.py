"""The page: its parts in order, nothing from outside, hostile names as text, odd networks."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from outcomes_by_hand import combine_replicates, many_outcomes, outcomes_of
from small_scenarios import centers, one_seller
from whole_comparisons import (
    DATES,
    FACILITIES,
    TICKS_PER_HOUR,
    WORLDS,
    World,
    facts,
    only_from,
    three_networks,
    whole_comparison,
)

from logistics.analysis.comparison import Comparison, measure_together
from logistics.analysis.measures.outcomes import Causes, Outcomes
from logistics.analysis.measures.place_totals import DamagePlaces
from logistics.analysis.measures.registry import NETWORK_METRICS
from logistics.analysis.statistics.intervals import Estimate
from logistics.experiments.added_capacity import AddedCapacity
from logistics.experiments.plan import plan
from logistics.jobs import experiment
from logistics.report.draw import draw_results
from logistics.report.folder import write_experiment
from logistics.report.layout import is_sortable, numeric_columns
from logistics.report.page import Live, market_search, page
from logistics.report.pictures.catalog import Chart, charts, save_charts, slug, slugs
from logistics.report.pictures.drawing import Drawing
from logistics.report.pictures.interactive import Interactive
from logistics.report.tables.groups import bottlenecks_table, markets_table, weekdays_table
from logistics.report.tables.metrics import networks_table
from logistics.report.tables.provenance import Background
from logistics.report.text.answer import answer, farthest_pair, late_share, main_cause, shown_pairs
from logistics.report.text.assumptions import assumptions, value_text
from logistics.report.text.headline import answer_cells, headline_sentences, why_lines
from logistics.scenario.load import load_scenario
from logistics.vocabulary import CAUSES, TOUCH_KINDS
from networks.edits import Addition

VOID = {"meta", "link", "br", "img", "input"}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"' &amp;"


class Reader(HTMLParser):
    """Reads a page: every tag closed in turn, ids once, links, and the text by section."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"
        assert len(set(self.ids)) == len(self.ids), "an id stands twice"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"{tag}: {names}"
        self.tags.append((tag, dict(attrs)))
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)
        if tag == "h2":
            self.headings.append("")
        self.text += " " * (tag in {"td", "th"})

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"{tag} closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self.open or "style" in self.open:
            return
        self.text += data
        if self.open and self.open[-1] == "h2":
            self.headings[-1] += data


def html_of(result: Comparison, background: Background | None = None) -> str:
    drawn = list(charts(result, dict.fromkeys(result.names, FACILITIES)))
    return page(result, drawn, background or Background())


@cache
def whole_charts() -> tuple[Chart, ...]:
    """The pictures of the three networks; each is drawn once."""
    return tuple(charts(three_networks(), dict.fromkeys(WORLDS, FACILITIES)))


@cache
def whole_page() -> str:
    scenarios = [load_scenario("amazon-fulfillment").replace(name=name) for name in WORLDS]
    background = Background(assumptions(scenarios), "logistics compare a b c")
    return page(three_networks(), whole_charts(), background)


@cache
def whole_reader() -> Reader:
    return Reader(whole_page())


def flat(text: str) -> str:
    return " ".join(text.split())


# --- parts ----------------------------------------------------------------------------------------


def test_the_parts_stand_in_order_and_are_listed() -> None:
    reader = whole_reader()
    tiles = sorted(WORLDS, key=WORLDS.__getitem__)  # the fastest first
    parts = ["Why", "Where", "When", "Damage", "Bottlenecks", "Two shoppers"]
    methods = "Methods: all metrics, definitions, inputs, caveats"
    assert reader.headings == [*tiles, "How certain?", "Why?", *parts, methods]
    links = [attrs["href"] for tag, attrs in reader.tags if tag == "a"]
    assert {link for link in links if link} <= {f"#{one}" for one in reader.ids}


def test_the_first_screen_has_the_answer_with_both_ranges() -> None:
    result = three_networks()
    text = flat(whole_reader().text)
    first, _, rest = text.partition("How certain?")
    for sentence in headline_sentences(result):
        assert sentence in first
    for name in result.names:
        for cell in answer_cells(result, name):
            assert flat(f"{cell.heading} {cell.value} {cell.random or '-'} not known") in first
    sure, _, _ = rest.partition(" Why ")
    assert "add --assumptions 40" in sure
    for line in why_lines(result):
        assert line in sure


def test_a_registered_metric_of_the_answer_has_its_place_in_every_tile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mean = replace(NETWORK_METRICS["delivery_days.p99"], short="P99")
    monkeypatch.setitem(NETWORK_METRICS, "delivery_days.p99", mean)
    first, _, _ = Reader(html_of(three_networks())).text.partition("How certain?")
    assert first.count("P99, days") == len(WORLDS)


def test_a_chart_with_switches_stands_over_its_picture() -> None:
    """The picture is what is seen where no script runs."""
    spec = {"data": {"values": [{"a": "</script><b>"}]}}
    live = Live({"why": Interactive("why", "Why it is so.", spec, "How to read it.")}, "let x = 1;")
    html = page(three_networks(), whole_charts(), Background(), live)
    reader = Reader(html)
    assert [attrs["data-chart"] for _, attrs in reader.tags if "data-chart" in attrs] == ["why"]
    assert "picture-waterfall_hours_next-day_to_seller-direct" in reader.ids
    (found,) = re.findall(r'<script type="application/json" id="spec-why">(.*?)</script>', html)
    assert json.loads(found) == {**spec, "description": "Why it is so."}
    policy = next(str(a["content"]) for _, a in reader.tags if a.get("http-equiv"))
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert scripts[0] == "let x = 1;"
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe-eval" not in policy


def test_the_market_search_has_every_market_and_each_network() -> None:
    found = market_search(three_networks())
    assert found["networks"] == list(WORLDS)
    assert found["measures"] == ["parcels", "median, days", "P95, days", "within 2 dates"]
    (richmond,) = (one for one in found["markets"] if one[0] == "232")
    assert richmond[1] == "Richmond, VA"
    assert len(richmond[2]) == len(WORLDS) * len(found["measures"])
    assert found["boxes"]["192"] == "191"  # boxes of Philadelphia


def test_a_place_that_waits_has_its_city() -> None:
    """Of a lane, both ends: an id alone says nothing to a planner."""
    table = bottlenecks_table(three_networks(), sites=dict.fromkeys(WORLDS, FACILITIES))
    labels = [row.label for row in table.rows if row.cells]
    assert "Dallas, TX to Chicago, IL: FC1 > SC1 by linehaul" in labels
    assert "Richmond, VA: DS1 (delivery station)" in labels


def test_a_table_sorts_if_each_column_has_one_unit() -> None:
    assert is_sortable(weekdays_table(three_networks()))
    assert not is_sortable(networks_table(three_networks()))
    assert numeric_columns(bottlenecks_table(three_networks())) == {2, 3, 4, 5}


def test_every_figure_has_its_definition_on_the_page() -> None:
    text = flat(whole_reader().text)
    for name, figures in three_networks().metrics.items():
        assert name in text
        assert f"{figures['delivery_days.mean'].estimate:.1f} days" in text
    table = networks_table(three_networks())
    labels = {row.label for row in table.rows if row.cells}
    whole_orders = {d.label for n, d in NETWORK_METRICS.items() if n.startswith("order_days")}
    assert labels == {definition.label for definition in NETWORK_METRICS.values()} - whole_orders
    assert all(row.note in text for row in table.rows if not row.cells)


def test_nothing_on_the_page_comes_from_elsewhere() -> None:
    html = whole_page()
    assert len(html.encode()) < 5_000_000
    for tag, attrs in whole_reader().tags:
        for name in ("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
            value = attrs.get(name)
            assert not value or value.startswith(("#", "data:,")), f"{tag} {name}={value}"
    links = set(re.findall(r"(?:https?:)?//[a-z][^\"' <)]*", html))
    assert {link for link in links if "w3.org" not in link} <= set(
        re.findall(r"//[^\n]*", "".join(re.findall(r"<script>(.*?)</script>", html, re.DOTALL)))
    ) | {link for link in links if link in flat(whole_reader().text)}
    assert not re.search(r"url\((?!#)", html)
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_pictures_and_tables_are_named_for_those_who_cannot_see_them() -> None:
    reader = whole_reader()
    assert ("html", {"lang": "en"}) in reader.tags
    pictures = [attrs for tag, attrs in reader.tags if tag == "svg"]
    assert len(pictures) > 8
    for attrs in pictures:
        assert attrs["role"] == "img"
        assert attrs["aria-labelledby"] in reader.ids
    count = sum(tag == "table" for tag, _ in reader.tags)
    assert count == sum(tag == "caption" for tag, _ in reader.tags) + len(WORLDS)  # and tiles
    assert count == sum(tag == "button" for tag, _ in reader.tags) + len(WORLDS)
    heads = [attrs for tag, attrs in reader.tags if tag == "th"]
    assert heads
    assert all(attrs.get("scope") for attrs in heads)


def test_long_tables_and_methods_are_folded_and_short_ones_open() -> None:
    html = whole_page()
    folded = re.findall(r"<details[^>]*>\s*<summary>(.*?)</summary>", html)
    assert "Table: By order date (7 rows)" in folded
    assert "<h2>Methods: all metrics, definitions, inputs, caveats</h2>" in folded
    assert not any("Two shoppers" in one or "Networks" in one for one in folded)
    assert "Market by market" not in html  # a search finds them instead


def test_how_it_was_made_is_told() -> None:
    text = flat(whole_reader().text)
    for words in ("Random seed 1", "Replications 2", "Orders a day (sample) 4,000",
                  "logistics compare a b c", "Every run was checked",
                  "Version of logistics 0.1.0"):  # fmt: skip
        assert words in text
    assert "Not resolved at this sample: next-day nothing" in text


def test_the_same_figures_make_the_same_page() -> None:
    assert whole_page() == html_of(
        whole_comparison(World(WORLDS)),
        Background(
            assumptions([load_scenario("amazon-fulfillment").replace(name=n) for n in WORLDS]),
            "logistics compare a b c",
        ),
    )


# --- odd networks ---------------------------------------------------------------------------------


def test_hostile_names_stay_text() -> None:
    name, title, built, not_resolved, place, command = hostile = [
        f"{where} {HOSTILE}" for where in ("name", "title", "built", "missing", "place", "command")
    ]
    world = World({name: 1.0, "B": 1.4}, runs=1, parcels=3_000)
    result = whole_comparison(world)
    known = facts(world)
    known["networks"][name] |= {"title": title, "built": [built], "not_resolved": [not_resolved]}
    names = replace(result.places[name].names, facilities=(place, *"abcd"))
    places = {**result.places, name: replace(result.places[name], names=names)}
    result = replace(result, run=known, places=places)
    reader = Reader(html_of(result, Background(command=command)))
    scripts = [attrs for tag, attrs in reader.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "markets"}, {}]
    assert not any("onerror" in attrs for _, attrs in reader.tags)
    assert not any(tag == "img" for tag, _ in reader.tags)
    assert [one for one in hostile if flat(one) not in flat(reader.text)] == []


def test_one_network_has_a_page_without_differences() -> None:
    result = whole_comparison(World({"alone": 1.0}, runs=1, parcels=3_000))
    reader = Reader(html_of(result))
    assert "Why?" not in reader.headings
    assert "one network against another" not in reader.text
    assert {"Why", "Where", "Damage"} <= set(reader.headings)
    first, second, third = answer(result)
    assert first.startswith("Median delivery time ")
    assert "are damaged" in second
    assert re.search(r"late or never delivered; of \d+ click-to-door hours", third)


@pytest.mark.slow
def test_seven_networks_stay_within_the_size() -> None:
    names = {f"network {n}": 1.0 + n / 5 for n in range(7)}
    result = whole_comparison(World(names, runs=1))
    html = html_of(result)
    Reader(html)
    assert len(html.encode()) < 5_000_000
    assert shown_pairs(result) == [("network 0", f"network {n}") for n in range(1, 7)]
    assert farthest_pair(result) == ("network 0", "network 6")


def test_a_network_that_never_delivers_has_a_page() -> None:
    outcomes = {"A": outcomes_of([1.0, 2.0]), "B": outcomes_of(["lost", "under_way"])}
    known = facts(World({"A": 1.0, "B": 1.0}))
    result = combine_replicates([measure_together(outcomes)], known)
    text = Reader(html_of(result)).text
    assert "A and B: no parcel was delivered in both." in text
    assert "Damage cannot be compared (B delivers no parcel, A 0.00%)." in flat(text)
    assert "B: delivers none, A: 0.0% late or never delivered." in flat(text)
    assert "not reached" in flat(text)
    assert "nan" not in text.lower().split()


def told(**networks: list[float | str]) -> Comparison:
    """Compare networks by how each parcel ended, with causes; nothing is damaged."""
    outcomes = {name: outcomes_of(ends) for name, ends in networks.items()}
    causes = {name: causes_of(one) for name, one in outcomes.items()}
    result = combine_replicates(
        [measure_together(outcomes, causes)], facts(World(dict.fromkeys(networks, 1.0)))
    )
    none = np.zeros((1, len(TOUCH_KINDS)), np.int64)
    damage = {
        name: DamagePlaces(("door step",), int(one.delivered.sum()), none, none * 0.1)
        for name, one in outcomes.items()
    }
    return replace(result, damage=damage)


def causes_of(outcomes: Outcomes) -> Causes:
    """Give all the time of each parcel to the road."""
    ticks = np.zeros((len(CAUSES), len(outcomes)), np.int64)
    days = np.where(outcomes.delivered, outcomes.delivery_days, 0.0)
    ticks[CAUSES.index("transit")] = days * 24 * TICKS_PER_HOUR
    date = np.zeros(len(outcomes), np.int16)
    return Causes(ticks, ticks.sum(axis=0) + TICKS_PER_HOUR, date, DATES, 0, TICKS_PER_HOUR)


def test_one_network_that_never_delivers_says_what_became_of_the_parcels() -> None:
    result = told(alone=["lost", "lost", "lost", "under_way"])
    assert answer(result) == [
        "alone delivers no parcel: there is no delivery time and no damage to report.",
        "Of the parcels of alone 75.0% are lost or stolen,"
        " 25.0% are still in transit when the run ended.",
    ]
    reader = Reader(html_of(result))
    assert "alone delivers no parcel, so it has no click-to-door hours." in flat(reader.text)
    assert "alone delivers no parcel, so it has no damage to report." in flat(reader.text)
    assert not {"picture-hours_by_cause", "picture-damage", "picture-by_weekday", "table-causes",
                "table-damage"} & set(reader.ids)  # fmt: skip


def test_two_networks_that_never_deliver_say_so() -> None:
    result = told(A=["lost", "lost"], B=["lost", "under_way"])
    assert answer(result) == [
        "Neither A nor B delivers any parcel: there is no delivery time and no damage to compare.",
        "Of the parcels of A 100.0% are lost or stolen."
        " Of the parcels of B 50.0% are lost or stolen,"
        " 50.0% are still in transit when the run ended.",
    ]
    reader = Reader(html_of(result))
    words = "A and B: no parcel was delivered in both, so there are no hours to compare."
    assert words in flat(reader.text)
    assert not {"picture-hours_by_cause", "picture-waterfall_hours_A_to_B", "picture-damage",
                } & set(reader.ids)  # fmt: skip


def test_where_one_of_two_delivers_the_pictures_are_of_that_one() -> None:
    reader = Reader(html_of(told(A=[1.0, 2.0], B=["lost", "lost"])))
    assert {"picture-hours_by_cause", "picture-damage", "table-causes"} <= set(reader.ids)
    assert "picture-waterfall_hours_A_to_B" not in reader.ids
    assert "B delivers no parcel, so it has no damage to report." in flat(reader.text)
    assert "A delivers no parcel" not in reader.text


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        ([1.0, "lost", "lost", "lost"],
         "Fewer than half of all parcels are delivered within 60 days; 25.0% ever are."),
        ([1.0, 1.0, 1.0, "lost"],
         "Median delivery time 1.0 days, but fewer than 95% of parcels are delivered within"
         " 60 days; 75.0% ever are."),
        ([1.0, 1.0, 1.0, 1.0],
         "Median delivery time 1.0 days, P95 1.0 days."),
    ],
)  # fmt: skip
def test_what_is_not_reached_is_no_number_of_days(ends: list[float | str], sentence: str) -> None:
    assert answer(told(alone=ends))[0] == sentence


def test_markets_without_orders_are_left_out_of_the_table() -> None:
    result = three_networks()
    everywhere = markets_table(result)
    table = markets_table(only_from(result, ("Z232", "Z981")))
    assert [row.label[:3] for row in table.rows] == ["232", "981"]
    assert table.rows[0] in everywhere.rows
    assert table.note.endswith("Markets without orders are left out.")


def test_a_comparison_without_causes_has_a_page() -> None:
    slow = {name: many_outcomes(300, 1, one) for name, one in WORLDS.items()}
    reader = Reader(html_of(combine_replicates([measure_together(slow)], {})))
    assert reader.headings[len(WORLDS) :] == [
        "Damage", "Two shoppers", "Methods: all metrics, definitions, inputs, caveats",
    ]  # fmt: skip


def test_what_more_capacity_would_do_is_told_where_it_was_tried() -> None:
    (worst, *_) = three_networks().places["next-day"].bottlenecks()
    tried = AddedCapacity(
        worst, Addition("workers in every shift", 220, 1), 4_286.0, Estimate(1.25, 1.0, 1.5),
        (Estimate(1.4), Estimate(1.3)), Estimate(0.05, 0.04, 0.06), (Estimate(2.5), Estimate(2.25)),
    )  # fmt: skip
    background = Background(added_capacities={"A": [tried]})
    text = Reader(page(three_networks(), whole_charts(), background)).text
    assert flat(
        "FC1 (fulfillment center) workers in every shift 220 1 4,286 +1.2 hours (+1.0 to +1.5)"
        " +72.0 minutes (+57.6 to +86.4) 2.5 days 2.2 days"
    ) in flat(text)
    assert "What more capacity there would do" not in whole_reader().text


# --- answer ---------------------------------------------------------------------------------------


def test_the_answer_is_about_the_two_that_lie_farthest_apart() -> None:
    first, second, third = answer(three_networks())
    assert first.startswith(
        "seller-direct: 2.5 to 2.7 days slower than next-day for the same order."
    )
    assert re.search(
        r"rate is [\d.]+ to [\d.]+ points higher \(seller-direct 0\.\d\d%, next-day", second
    )
    assert re.search(
        r"seller-direct: [\d.]+% \([\d. to]+\) late or never delivered, next-day", third
    )
    assert re.search(r"is 'failed attempts': \+[\d.]+ hours \(.*\) of \+[\d.]+ hours\.$", third)


def test_the_main_cause_goes_the_way_of_the_difference() -> None:
    fall = three_networks().waterfalls["next-day vs seller-direct"]
    steps = {**fall.steps, "transit": Estimate(-500.0), "queue": Estimate(400.0)}
    slower = main_cause(replace(fall, steps=steps))
    faster = main_cause(
        replace(fall, steps=steps, first_hours=fall.second_hours, second_hours=fall.first_hours)
    )
    assert slower
    assert faster
    assert (slower[0], faster[0]) == ("queue", "transit")


def test_the_share_late_turns_the_interval_round() -> None:
    late = late_share({"on_time_rate": Estimate(0.9, 0.88, 0.92)})
    assert (late.estimate, late.low, late.high) == pytest.approx((0.1, 0.08, 0.12))


# --- what went in ---------------------------------------------------------------------------------


def test_every_figure_has_a_source_a_range_or_a_chooser() -> None:
    found = assumptions(
        [load_scenario("amazon-fulfillment"), load_scenario("tiktok-seller-direct")]
    )
    by_path = {one.path: one for one in found}
    touch = by_path["risks.touches.conveyor"]
    assert set(touch.values.values()) == {"0.015%"}
    assert touch.origin == "assumed; plausible from 0.005% to 0.05%"
    assert by_path["network.carrier.hubs"].sourced
    assert by_path["network.carrier.hubs"].values["amazon-fulfillment"] == ""
    assert all(one.origin for one in found)


def test_a_changed_figure_loses_its_source() -> None:
    base = load_scenario("amazon-fulfillment")
    (one,) = (
        one
        for one in assumptions([base.replace(network={"fulfillment_centers": 200})])
        if one.path == "network.fulfillment_centers"
    )
    assert one.changed
    assert not one.sourced
    assert one.origin.endswith("changed here, the default is 390")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1500, "1,500"), ("2 h", "2 h"), (None, "not given"), (True, "yes"), ([1, 2], "1, 2"),
     ({"a": 1}, "a 1"), ("x" * 400, "x" * 159 + "\u2026")],
)  # fmt: skip
def test_values_are_told_shortly(value: Any, text: str) -> None:
    assert value_text(value) == text


# --- files ----------------------------------------------------------------------------------------


def test_file_names_are_plain() -> None:
    assert slug(HOSTILE) == "script-alert-1-script-img-src-x-onerror-alert-2-amp"
    assert slug("///") == "network"


def test_names_that_a_disk_takes_for_one_are_numbered() -> None:
    names = ("my net", "my-net", "MY-NET", "my-net-2", "a", "b_to_c", "a_to_b", "c")
    found = slugs(names)
    assert list(found.values())[:5] == ["my-net", "my-net-2", "MY-NET-3", "my-net-2-2", "a"]
    result = whole_comparison(World(dict.fromkeys(names[:3], 1.0), runs=1, parcels=2_000))
    drawn = list(charts(result, dict.fromkeys(names, FACILITIES)))
    assert len({chart.name.lower() for chart in drawn}) == len(drawn)
    same = Drawing('<svg width="9" height="9"><clipPath id="i1"></clipPath></svg>')
    # no id stands twice, though all pictures have one
    Reader(page(result, [replace(chart, picture=same) for chart in drawn], Background()))


def test_no_two_pairs_of_names_make_one_file() -> None:
    names = ("a", "b_to_c", "a_to_b", "c")
    found = slugs(names)
    pairs = [f"{found[one]}_to_{found[other]}" for one, other in combinations(names, 2)]
    assert len(set(pairs)) == len(pairs)


def test_pictures_are_written_as_png_and_svg(tmp_path: Path) -> None:
    drawn = [chart for chart in charts(three_networks(), {}) if chart.section == "causes"]
    save_charts(drawn, tmp_path / "pictures")
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert names == {f"{chart.name}.{kind}" for chart in drawn for kind in ("png", "svg")}
    assert (tmp_path / "pictures" / "hours_by_cause.png").read_bytes().startswith(b"\x89PNG")


def test_no_two_pictures_share_a_name() -> None:
    found = whole_charts()
    names = [chart.name for chart in found]
    assert len(set(names)) == len(names)


def test_a_results_folder_has_page_pictures_and_workbook(tmp_path: Path) -> None:
    two = [one_seller("before"), one_seller("after", 0.4)]
    write_experiment(experiment(plan(two), {"workers": 1}), tmp_path)
    draw_results(tmp_path)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    reader = Reader(html)
    files: Mapping[str, Path] = {path.name: path for path in (tmp_path / "pictures").iterdir()}
    assert "window.vegaEmbed" in html
    assert {"spec-times", "spec-why", "spec-where"} <= set(reader.ids)
    assert "logistics compare before/scenario.yaml after/scenario.yaml" in flat(reader.text)
    about = (tmp_path / "README.txt").read_text()
    assert all(name in about for name in files)
    for name in ("report.html", "summary.xlsx", "pictures/"):
        assert name in about
        assert (tmp_path / name).exists()


def test_a_run_of_given_orders_is_repeated_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "last year's orders.csv"
    given.write_text(
        "order_id,ordered_at,market,product\n"
        + "".join(f"{n},2023-09-18T1{n}:00:00Z,232,vinyl album\n" for n in range(9))
    )
    folder = tmp_path / "results"
    folder.mkdir()
    done = experiment(plan([centers().replace(name="my centers")], orders=given), {"workers": 1})
    write_experiment(done, folder)
    draw_results(folder)
    assert (folder / "orders.csv").read_bytes() == given.read_bytes()
    about = (folder / "README.txt").read_text()
    command = "logistics run 'my centers/scenario.yaml' --orders orders.csv"
    assert f" {command}\n" in about
    assert "orders.csv             the orders, as given" in about
    assert command in flat(Reader((folder / "report.html").read_text(encoding="utf-8")).text)
    monkeypatch.chdir(folder)
    scenario, orders = shlex.split(command)[2], shlex.split(command)[4]
    again = experiment(plan([scenario], orders=orders), {"workers": 1})
    first, second = (one.comparison.metrics["my centers"] for one in (done, again))
    assert str(first) == str(second)


def test_made_up_orders_leave_no_file_of_orders(tmp_path: Path) -> None:
    write_experiment(experiment(plan([centers()]), {"workers": 1}), tmp_path)
    assert not list(tmp_path.glob("orders*"))
    assert "--orders" not in (tmp_path / "README.txt").read_text()
