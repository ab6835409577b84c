"""Tables, pictures and summary files of a small comparison."""

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from outcomes_by_hand import combine_replicates, many_outcomes, outcomes_of
from rich.console import Console

from logistics.analysis.comparison import COLUMNS, Comparison, measure_together
from logistics.analysis.measures.cases import CASES
from logistics.analysis.measures.registry import (
    CASE_METRICS,
    NETWORK_METRICS,
    PAIRED_METRICS,
    sections,
)
from logistics.analysis.statistics.intervals import Estimate
from logistics.report import pictures
from logistics.report.pictures.drawing import save_picture
from logistics.report.pictures.style import OKABE_ITO
from logistics.report.pictures.times import plot_delivery_times
from logistics.report.summary import nested, summary, write_summary
from logistics.report.tables.terminal import print_comparison
from logistics.report.text.wording import estimate_parts, verdicts

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "summary.md"

WORLDS = {"next-day": 0.6, "in-between": 1.3, "seller-direct": 2.2}
RUN = {
    "seed": 1,
    "replications": 4,
    "parcels": np.int64(4800),
    "events": 900,
    "seconds": 1.5,
    "versions": {"logistics": "0.1.0"},
}


def compared(runs: int, worlds: dict[str, float] | None = None) -> Comparison:
    worlds = WORLDS if worlds is None else worlds
    replicates = [
        measure_together({name: many_outcomes(400, run, slow) for name, slow in worlds.items()})
        for run in range(runs)
    ]
    return combine_replicates(replicates, RUN)


@pytest.fixture(scope="module")
def four_runs() -> Comparison:
    return compared(4)


def printed(comparison: Comparison, width: int = 140) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    print_comparison(comparison, console)
    return console.export_text()


# --- wording ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "figure", "text"),
    [
        ("delivery_days.mean", Estimate(5.31, 5.24, 5.38), "5.3 days (5.2 to 5.4)"),
        ("delivery_days.mean", Estimate(5.31, 5.306, 5.314), "5.31 days (5.30 to 5.32)"),
        ("delivery_days.mean", Estimate(5.31), "5.3 days"),
        ("delivery_days.p99", Estimate(28.14, 26.2, math.inf), "28.1 days (26.2 or more)"),
        ("delivery_days.p99", Estimate(math.inf, 26.2, math.inf), "not reached (26.2 or more)"),
        ("delivery_days.p99", Estimate(math.inf, math.inf, math.inf), "not reached"),
        ("delivery_days.mean", Estimate(math.nan), "-"),
        ("on_time_rate", Estimate(0.954, 0.95, 0.958), "95.4% (95.0 to 95.8)"),
        ("damage_rate", Estimate(0.0052, 0.005, 0.0054), "0.52% (0.50 to 0.54)"),
        ("loss_rate", Estimate(0.0, 0.0, 0.0), "0.0%"),
        ("on_time_rate", Estimate(0.64, 0.63996, 0.64004), "64.00% (63.99 to 64.01)"),
        ("on_time_rate", Estimate(0.9996, 0.9991, 0.9999), ">99.9% (99.9 to 100.0)"),
        ("within_dates.1", Estimate(0.0004, 0.0, 0.03), "<0.1% (0.0 to 3.0)"),
        ("on_time_rate", Estimate(1.0, 0.965, 1.0), "100.0% (96.5 to 100.0)"),
        (
            "damage_expected.packaging",
            Estimate(0.004, 0.0039, 0.0041),
            "+0.40 points (+0.39 to +0.41)",
        ),
        ("distance_km_mean", Estimate(1234.5, 1200.0, 1300.0), "1,234 km (1,200 to 1,300)"),
        ("parcels", Estimate(1_200_000), "1,200,000"),
        ("promised_dates.p10", Estimate(1.0), "1 date"),
        ("promised_dates.p50", Estimate(6.0, 6.0, 6.0), "6 dates"),
    ],
)
def test_a_figure_reads_as_a_planner_says_it(name: str, figure: Estimate, text: str) -> None:
    assert " ".join(estimate_parts(figure, NETWORK_METRICS[name])).strip() == text


def test_a_difference_has_its_sign() -> None:
    text = estimate_parts(Estimate(-0.04, -0.2, 0.12), PAIRED_METRICS["difference_days.mean"])
    assert text == ("0.0 days", "(-0.2 to +0.2)")  # rounded outward
    clear = estimate_parts(Estimate(0.11, 0.03, 0.19), PAIRED_METRICS["difference_days.mean"])
    assert clear == ("+0.11 days", "(+0.03 to +0.19)")  # not "0.0 to +0.2"
    tiny = estimate_parts(Estimate(0.01, -0.01, 0.03), PAIRED_METRICS["difference_days.mean"])
    assert tiny == ("+0.01 days", "(-0.01 to +0.03)")


def verdict(
    days: Estimate,
    damage: Estimate,
    runs: int = 20,
    each: tuple[list[float], list[float]] = ([], []),
) -> str:
    """Return what is said of two networks. `each`: both figures run by run."""
    base = compared(2, {"A": 1.0, "B": 1.0})
    two = {"difference_days.mean": days, "damage_difference": damage}
    told = {
        "difference_days.mean": np.array(each[0]),
        "damage_difference": np.array(each[1]),
    }
    (sentence,) = verdicts(
        replace(
            base,
            paired={"A vs B": {**base.paired["A vs B"], **two}},
            simultaneous={"A vs B": two},
            values={"A vs B": told},
            replications=runs,
        )
    )
    return sentence


def test_a_verdict_says_who_is_slower_and_by_how_much() -> None:
    assert verdict(Estimate(4.0, 3.9, 4.1), Estimate(0.004, 0.003, 0.005)) == (
        "B: 3.9 to 4.1 days slower than A for the same order."
        " Its damage rate is 0.30 to 0.50 points higher."
    )
    assert verdict(Estimate(-4.0, -4.1, -3.9), Estimate(-0.004, -0.005, -0.003)) == (
        "B: 3.9 to 4.1 days faster than A for the same order."
        " Its damage rate is 0.30 to 0.50 points lower."
    )


def test_a_verdict_does_not_claim_what_the_interval_leaves_open() -> None:
    days, damage = [0.4, -0.2, 0.5, 0.1], [0.001, -0.001, 0.0, 0.0]
    assert verdict(Estimate(0.2, -0.3, 0.7), Estimate(0.0, -0.001, 0.001), 4, (days, damage)) == (
        "B: slower or faster than A for the same order (-0.3 to +0.7 days, 4 replications)?"
        " Cannot tell yet, about 9 more runs needed."
        " Damage: cannot tell, too close for any number of runs worth making."
    )


def test_a_verdict_on_what_is_the_same_in_every_run_says_so() -> None:
    nothing = Estimate(0.0, 0.0, 0.0)
    assert verdict(nothing, nothing, 3, ([0.0] * 3, [0.0] * 3)) == (
        "B: slower or faster than A for the same order (3 replications)? No difference in any"
        " run. Damage: no difference in any run."
    )


def test_verdicts_on_several_networks_hold_together() -> None:
    """A difference that is told by itself may not be when it is one of six."""
    close = compared(4, {"A": 1.0, "B": 1.004, "C": 2.0, "D": 3.0})
    by_itself, together = (
        close.paired["A vs B"]["difference_days.mean"],
        close.simultaneous["A vs B"]["difference_days.mean"],
    )
    assert together.low < 0 < by_itself.low
    assert verdicts(close)[0].startswith("B: slower or faster than A")
    assert "on the 6 pairs hold jointly at 95%" in " ".join(printed(close).split())
    assert "hold jointly" not in printed(compared(4, {"A": 1.0, "B": 1.004}))


def test_a_verdict_over_part_of_the_orders_says_so() -> None:
    outcomes = {"A": outcomes_of([1.0, 1.0, "lost"]), "B": outcomes_of([2.0, 3.0, 9.0])}
    (sentence,) = verdicts(combine_replicates([measure_together(outcomes)], {}))
    assert "1.5 days slower than A for the same order, over the 67% that both" in sentence
    assert "delivered, one replication only: " in sentence


def test_a_verdict_of_one_run_says_so() -> None:
    sure = "one replication only: run several to be sure."
    assert verdict(Estimate(4.0), Estimate(0.004), runs=1) == (
        f"B: 4.0 days slower than A for the same order, {sure}"
        f" Its damage rate is 0.40 points higher, {sure}"
    )
    assert verdict(Estimate(4.0), Estimate(0.0), runs=1).endswith(
        f"damage rate is the same, {sure}"
    )


# --- tables -----------------------------------------------------------------------------------


def test_the_tables_show_every_figure_once() -> None:
    shown = [name for section in sections() for name in section.metrics]
    assert sorted(shown) == sorted(NETWORK_METRICS)


@pytest.mark.parametrize("width", [80, 140])
def test_the_tables_fit_the_terminal_and_carry_their_definitions(
    four_runs: Comparison, width: int
) -> None:
    text = printed(four_runs, width)
    assert max(len(line) for line in text.splitlines()) <= width
    flat = " ".join(text.split())
    assert "lost, stolen, returned and unfinished parcels count as never delivered" in flat
    assert "4 replications. In parentheses: 95% confidence interval" in flat
    assert "slower than next-day for the same order" in flat
    assert re.search(r"a vinyl album to", flat)
    assert "Whole orders" not in flat
    for definition in NETWORK_METRICS.values():
        if "whole orders" not in definition.label and width > 80:
            assert definition.label in flat


def test_cells_keep_estimate_and_interval_together(four_runs: Comparison) -> None:
    for line in printed(four_runs, 80).splitlines():
        assert line.count("(") == line.count(")")


def test_split_orders_get_their_rows() -> None:
    outcomes = outcomes_of([1.0, 4.0], order_id=[1, 1], parcel_id=[1, 2])
    comparison = combine_replicates([measure_together({"A": outcomes})], {})
    assert "Whole orders" in printed(comparison)


def test_one_scenario_alone_has_no_pairs() -> None:
    text = printed(compared(1, {"A": 1.0}))
    assert "The same orders, one network" not in text
    assert "One replication, so no confidence intervals" in text


def test_a_name_with_brackets_is_shown_as_it_is() -> None:
    assert "[bold]A[/bold]" in printed(compared(1, {"[bold]A[/bold]": 1.0}))


# --- summary ----------------------------------------------------------------------------------


def leaves(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for key, value in tree.items():
        if "estimate" in value:
            yield path + key, value
        else:
            yield from leaves(value, f"{path}{key}.")


STABLE_METRICS = {
    "parcels",
    "orders",
    *(f"delivery_days.{key}" for key in ("mean", "p50", "p90", "p95", "p99")),
    *(f"within_days.{k}" for k in (1, 2, 3, 5, 7)),
    *(f"within_dates.{k}" for k in (1, 2, 3, 5, 7)),
    *(f"order_days.{key}" for key in ("mean", "p50", "p90")),
    *(f"dispatch_days.{key}" for key in ("mean", "p50", "p90")),
    "dispatched_in_time_rate",
    *(f"promised_dates.{key}" for key in ("p10", "p50", "p90")),
    "on_time_rate",
    "late_days_when_late.mean",
    "damage_rate",
    *(
        f"damage_split.{kind}"
        for kind in ("conveyor", "hub_sorter", "manual_load", "road", "round", "door_step")
    ),
    "damage_expected.handling",
    "damage_expected.packaging",
    "loss_rate",
    "loss.network",
    "loss.theft",
    "returned_rate",
    "under_way_rate",
    "delivered_rate",
    "touches_mean",
    "distance_km_mean",
    *(f"zone_share.{zone}" for zone in range(2, 9)),
    *(f"hours.{name}" for name in ("wait_work", "work", "wait_departure", "transit", "last_mile")),
}
STABLE_PAIRED = {
    "parcels",
    "both_delivered_rate",
    *(f"difference_days.{key}" for key in ("mean", "p10", "p50", "p90")),
    *(f"faster.{who}" for who in ("first", "same", "second")),
    "damage_difference",
    "correlation",
    "run_correlation",
    "interval_width_ratio",
}
STABLE_CASES = {
    f"cases.{case}.{key}"
    for case in ("album_to_richmond", "hairbrush_to_seattle")
    for key in (
        "parcels",
        "delivered",
        "week_or_more",
        "damaged",
        "week_or_more_and_damaged",
        "week_or_more_and_damaged_or_lost",
        "week_or_more_and_damaged_expected",
    )
}


def test_the_summary_keeps_its_names(four_runs: Comparison) -> None:
    content = summary(four_runs)
    how_sure = {"simultaneous", "unfinished", "warm_up", "ranges"}
    assert set(content) == {"scenarios", "paired", "run", *how_sure}
    assert set(content["scenarios"]) == set(WORLDS)
    for scenario in content["scenarios"].values():
        assert {name for name, _ in leaves(scenario)} == STABLE_METRICS | STABLE_CASES
    assert len(content["paired"]) == 3
    for paired in content["paired"].values():
        assert {name for name, _ in leaves(paired)} == STABLE_PAIRED


def test_the_summary_file_is_sorted_strict_json(four_runs: Comparison, tmp_path: Path) -> None:
    path, _ = write_summary(four_runs, tmp_path)

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is not JSON")

    text = path.read_text(encoding="utf-8")
    content = json.loads(text, parse_constant=refuse)
    assert list(content) == sorted(content)
    assert content["run"] == {**RUN, "parcels": 4800}
    for _, figure in leaves(content["scenarios"]["next-day"]):
        assert set(figure) == {"estimate", "low", "high"}
    mean = content["scenarios"]["next-day"]["delivery_days"]["mean"]
    assert mean["estimate"] == four_runs.metrics["next-day"]["delivery_days.mean"].estimate
    assert mean["low"] < mean["estimate"] < mean["high"]


def test_the_summary_says_how_sure_the_figures_are() -> None:
    days, ages = [1.0] * 94 + ["under_way"] * 6, [math.nan] * 94 + [3.0] * 6
    daily = np.array([2.0] + [3.0, 3.1, 3.2] * 6)
    one = replace(outcomes_of(days, age_days=ages), daily_days=daily)
    made = combine_replicates([measure_together({"A": one, "B": one})] * 2, {"warm_up_days": 4})
    content = summary(made)
    assert content["unfinished"]["A"]["under_way"] == 12
    assert content["unfinished"]["A"]["delivery_days"]["p95"] == {"low": 3.0, "high": None}
    assert content["warm_up"]["B"] == {
        "cut_days": 1, "settled": True, "simulated_days": 4, "shift": 0.0, "enough": True
    }  # fmt: skip
    assert set(content["simultaneous"]["A vs B"]) == {"difference_days", "damage_difference"}


def test_what_is_not_a_finite_number_is_null() -> None:
    tree = nested({"a.p50": Estimate(math.inf, 3.0, math.inf), "b": Estimate(math.nan)})
    assert tree["a"]["p50"] == {"estimate": None, "low": 3.0, "high": None}
    assert tree["b"] == {"estimate": None, "low": None, "high": None}


@pytest.mark.parametrize("names", [("loss", "loss.theft"), ("loss.theft", "loss")])
def test_a_name_cannot_be_a_figure_and_a_group(names: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="is a metric and a group of metrics"):
        nested({name: Estimate(1.0) for name in names})


def test_the_csv_has_the_same_figures_with_unit_and_definition(
    four_runs: Comparison, tmp_path: Path
) -> None:
    _, path = write_summary(four_runs, tmp_path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 3 * len(STABLE_METRICS | STABLE_CASES) + 3 * len(STABLE_PAIRED)
    assert all(row["unit"] and row["definition"] for row in rows)
    found = {(row["scenario"], row["figure"]): row for row in rows}
    p90 = four_runs.metrics["seller-direct"]["delivery_days.p90"]
    assert float(found["seller-direct", "delivery_days.p90"]["high"]) == p90.high
    assert found["seller-direct", "parcels"]["low"] == ""


def test_a_folder_that_is_not_there_is_an_os_error(four_runs: Comparison, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"):
        write_summary(four_runs, tmp_path / "nowhere")


def test_every_figure_is_documented_with_its_unit_and_definition() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for definitions in (NETWORK_METRICS, PAIRED_METRICS, CASE_METRICS):
        for name, definition in definitions.items():
            assert f"| `{name}` | {definition.unit} | {definition.text} |" in text
    for name in (*CASES, *COLUMNS, *RUN, "simultaneous", "unfinished", "warm_up"):
        assert f"`{name}`" in text


def test_the_guide_names_every_picture() -> None:
    text = (DOCUMENT.parents[1] / "guides" / "the-report.md").read_text(encoding="utf-8")
    imported = re.search(r"from logistics.report.pictures import \((.*?)\)", text, re.DOTALL)
    assert imported
    assert set(re.findall(r"\w+", imported[1])) == set(pictures.__all__)
    assert set(re.findall(r"`(\w+)`", text.split("| about |")[1])) >= set(pictures.__all__)


# --- pictures ---------------------------------------------------------------------------------


def rows_of(comparison: Comparison, layer: int) -> list[dict[str, Any]]:
    """Return the data of the band, curves, names (twice) or dots (0 to 4)."""
    chart = plot_delivery_times(comparison).to_dict()
    return chart["datasets"][chart["layer"][layer]["data"]["name"]]


@pytest.mark.parametrize("count", [1, 3, 7])
def test_labels_stand_apart_and_inside_the_picture(count: int) -> None:
    comparison = compared(2, {f"network {n}": 1.0 + n / 9 for n in range(count)})
    places = [(round(row["day"], 1), row["share"]) for row in rows_of(comparison, 2)]
    assert len(set(places)) == count
    assert all(0.04 < share < 0.96 and 0 < day < 14 for day, share in places)


def test_curves_are_shares_up_to_the_last_day_in_colors_all_can_tell(
    four_runs: Comparison,
) -> None:
    curves = plot_delivery_times(four_runs).to_dict()["layer"][1]
    assert curves["encoding"]["color"]["scale"]["range"] == list(OKABE_ITO[:3])
    rows = rows_of(four_runs, 1)
    assert max(row["day"] for row in rows) == 14
    shown = {row["day"]: row["share"] for row in rows if row["network"] == "in-between"}
    for days in (1, 2, 3, 5, 7):
        share = four_runs.metrics["in-between"][f"within_days.{days}"].estimate
        assert shown[days] == pytest.approx(share, abs=1e-4)


def test_the_dots_stand_where_the_curve_reaches_half_and_95_percent(
    four_runs: Comparison,
) -> None:
    marks = rows_of(four_runs, 4)
    found = {(mark["network"], mark["share"]) for mark in marks}
    assert found == {(name, share) for name in WORLDS for share in (0.5, 0.95)}
    for mark in marks:
        band = four_runs.distributions[mark["network"]]
        before, there = (band.share[round(mark["day"] * 96) + step] for step in (-1, 0))
        assert before < mark["share"] <= there


def test_a_network_that_delivers_nothing_is_still_drawn(tmp_path: Path) -> None:
    outcomes = {"A": outcomes_of([1.0, 2.0]), "B": outcomes_of(["lost", "under_way"])}
    comparison = combine_replicates([measure_together(outcomes)], {})
    png, _ = save_picture(plot_delivery_times(comparison), tmp_path / "picture")
    assert png.stat().st_size > 10_000


def test_the_picture_is_written_as_png_and_svg(four_runs: Comparison, tmp_path: Path) -> None:
    png, svg = save_picture(plot_delivery_times(four_runs), tmp_path / "delivery.times")
    assert (png.name, svg.name) == ("delivery.times.png", "delivery.times.svg")
    assert png.read_bytes().startswith(b"\x89PNG")
    assert png.stat().st_size > 20_000
    drawing = svg.read_text(encoding="utf-8")
    assert drawing.startswith("<svg")
    for name in WORLDS:
        assert name in drawing
