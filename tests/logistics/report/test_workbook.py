"""The workbook: numbers as numbers, text as text, the same file for the same figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from outcomes_by_hand import combine_replicates, outcomes_of
from whole_comparisons import (
    DATES,
    FACILITIES,
    WORLDS,
    World,
    facts,
    three_networks,
    whole_comparison,
)

from logistics.analysis.comparison import measure_together
from logistics.analysis.measures.cases import CASES
from logistics.analysis.measures.registry import (
    CASE_METRICS,
    LATE_STEPS,
    NETWORK_METRICS,
    PAIRED_METRICS,
    in_the_answer,
)
from logistics.analysis.statistics.intervals import Estimate
from logistics.experiments.added_capacity import AddedCapacity
from logistics.report.tables.assumptions_sheet import assumption_headings, assumption_rows
from logistics.report.tables.provenance import Background
from logistics.report.tables.table import Number
from logistics.report.tables.workbook import Sheet, sheets, workbook
from logistics.report.text.assumptions import Assumption, assumptions
from logistics.report.text.headline import headline_sentences
from logistics.scenario.load import load_scenario
from logistics.vocabulary import CAUSES
from networks.edits import Addition
from networks.geography import load_markets
from networks.inputs.local_times import WEEKDAY_NAMES

FIRST = next(iter(WORLDS))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("book") / "summary.xlsx"
    path.write_bytes(workbook(sheets(three_networks(), background())))
    return openpyxl.load_workbook(path)


@cache
def background() -> Background:
    scenarios = [load_scenario("amazon-fulfillment").replace(name=name) for name in WORLDS]
    return Background(assumptions(scenarios), "=HYPERLINK('x')", {FIRST: [tried()]})


def tried() -> AddedCapacity:
    (worst, *_) = three_networks().places[FIRST].bottlenecks()
    return AddedCapacity(
        worst, Addition("workers in every shift", 220, 1), 4_286.0, Estimate(1.25, 1.0, 1.5),
        (Estimate(1.4), Estimate(1.3)), Estimate(0.05, 0.04, 0.06), (Estimate(2.5), Estimate(2.25)),
    )  # fmt: skip


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(min_row=2, values_only=True))


def test_the_sheets_stand_in_the_order_of_the_page(book: Any) -> None:
    assert book.sheetnames == [
        "summary", "answer", "networks", "differences", "causes", "waterfall", "by market",
        "by date",
        "by weekday", "bottlenecks", "more capacity", "damage", "two shoppers", "assumptions",
        "about",
    ]  # fmt: skip


def test_the_summary_puts_networks_side_by_side_the_answer_first(tmp_path: Path) -> None:
    outcomes = {"A": outcomes_of([1.0, 2.0]), "B": outcomes_of([4.0, 5.0])}
    result = combine_replicates([measure_together(outcomes)], {})
    (tmp_path / "book.xlsx").write_bytes(workbook(sheets(result, Background())))
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["summary"]
    found = rows(sheet)
    assert tuple(cell.value for cell in sheet[1]) == (
        "section", "metric", "unit", "A: value", "A: low", "A: high", "B: value", "B: low",
        "B: high", "B minus A", "definition",
    )  # fmt: skip
    first = in_the_answer()
    assert [row[-1] for row in found[: len(first)]] == [one.text for one in first.values()]
    mean = found[list(first).index("delivery_days.mean")]
    assert (mean[0], mean[2], mean[3], mean[6], mean[9]) == ("Answer", "days", 1.5, 4.5, 3.0)
    assert len(found) == len(NETWORK_METRICS)


def test_every_sheet_is_a_table_with_filters_that_prints_one_page_wide(book: Any) -> None:
    names = set()
    for sheet in book:
        (table,) = sheet.tables.values()
        names.add(table.displayName)
        assert table.ref == table.autoFilter.ref == sheet.dimensions
        headings = [cell.value for cell in sheet[1]]
        assert [column.name for column in table.tableColumns] == headings
        assert all(headings)
        assert len({heading.casefold() for heading in headings}) == len(headings)
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
        assert sheet.print_title_rows == "$1:$1"
    assert len(names) == len(book.sheetnames)


def test_headings_stay_in_sight_and_columns_are_wide_enough(book: Any) -> None:
    for sheet in book:
        assert sheet.freeze_panes
        assert sheet.freeze_panes.endswith("2")
        assert all(cell.font.bold for cell in sheet[1])
        for column in sheet.columns:
            width = sheet.column_dimensions[column[0].column_letter].width
            assert 9 <= width <= 70


def test_each_printed_page_names_what_is_compared(tmp_path: Path) -> None:
    """In a page's head '&' begins a code, and Excel takes only so many characters."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook([Sheet("one", ("a",), [("x",)])], "Ours & Sons, Theirs" + "." * 300))
    (sheet,) = openpyxl.load_workbook(path)
    assert sheet.oddHeader.left.text == "&A"
    assert sheet.oddHeader.right.text.startswith("Ours && Sons, Theirs...")
    assert len(sheet.oddHeader.right.text) < 200


def test_the_answer_is_short_and_says_of_each_line_what_it_is(book: Any) -> None:
    found = rows(book["answer"])
    kinds = [row[0] for row in found]
    assert list(dict.fromkeys(kinds)) == ["Answer", "Sample", "Why", "Caveat", "Intervals"]
    said = [row[1] for row in found]
    assert said[:2] == headline_sentences(three_networks())
    assert len(set(said)) == len(said) < 15
    assert all(len(text) < 250 for text in said)


def test_inputs_are_numbers_where_they_are_with_their_unit(tmp_path: Path) -> None:
    values = {
        "trailer": ("1,500", "1,000.5"), "wave": ("3 min", ""), "theft": ("0.015%", "5%"),
        "opens": ("06:00", "07:00"), "dwell": ("90 min", "2 h"), "market": ("021", "Z021"),
        "share": ("0.0", "1e-05"),
    }  # fmt: skip
    found = [Assumption(path, "why", dict(zip("AB", texts, strict=True)), "", False, False)
             for path, texts in values.items()]  # fmt: skip
    sheet = Sheet("inputs", assumption_headings("AB"), assumption_rows(found, "AB"))
    (tmp_path / "book.xlsx").write_bytes(workbook([sheet]))
    page = openpyxl.load_workbook(tmp_path / "book.xlsx")["inputs"]
    assert [row[:4] for row in rows(page)] == [
        ("trailer", 1500, 1000.5, None), ("wave", 3, None, "min"), ("theft", 0.00015, 0.05, "%"),
        ("opens", "06:00", "07:00", None), ("dwell", "90 min", "2 h", None),
        ("market", "021", "Z021", None), ("share", 0, 1e-05, None),
    ]  # fmt: skip
    shown = [page.cell(*at).number_format for at in ((2, 2), (3, 2), (4, 2), (4, 3))]
    assert shown == ["#,##0", "#,##0", "0.000%", "0.0%"]


def test_a_bottleneck_has_its_city_and_its_share_as_percent() -> None:
    known = replace(background(), facilities=dict.fromkeys(WORLDS, FACILITIES))
    (sheet,) = (one for one in sheets(three_networks(), known) if one.name == "bottlenecks")
    assert sheet.headings[:5] == ("network", "place", "kind", "city", "waiting for")
    cities = {str(row[1]): row[3] for row in sheet.rows}
    assert cities["FC1"] == "Dallas, TX"
    assert cities["FC1 > SC1 by linehaul"] == "Dallas, TX to Chicago, IL"
    assert cities["DS1"] == "Richmond, VA"
    assert all(isinstance(row[-1], Number) and row[-1].unit == "share" for row in sheet.rows)


def test_figures_are_numbers_with_unit_and_definition(book: Any) -> None:
    found = {(row[0], row[2]): row for row in rows(book["networks"])}
    for name in WORLDS:
        for figure, definition in NETWORK_METRICS.items():
            row = found[name, figure]
            assert row[6:] == (definition.unit, definition.text)
    mean = three_networks().metrics[FIRST]["delivery_days.mean"]
    shown = found[FIRST, "delivery_days.mean"][3:6]
    assert shown == pytest.approx((mean.estimate, mean.low, mean.high))
    assert len(rows(book["differences"])) == 3 * len(PAIRED_METRICS)


def test_numbers_are_shown_as_their_unit_is(book: Any) -> None:
    sheet = book["networks"]
    formats = {row[2].value: row[3].number_format for row in sheet.iter_rows(min_row=2)}
    assert formats["on_time_rate"] == "0.0%"
    assert formats["damage_rate"] == "0.00%"
    assert formats["parcels"] == "#,##0"
    assert formats["delivery_days.mean"] == "0.00"


def test_the_steps_of_the_waterfall_add_up(book: Any) -> None:
    steps = [row for row in rows(book["waterfall"]) if row[0] == "next-day vs seller-direct"]
    hours = [row[3] for row in steps if row[1] == "Click-to-door hours"]
    assert len(hours) == len(CAUSES) + 2
    assert sum(hours[:-1]) == pytest.approx(hours[-1])
    late = [row[3] for row in steps if row[1] == "Share late"]
    assert len(late) == len(LATE_STEPS) + 2
    assert sum(late[:-1]) == pytest.approx(late[-1])


def test_markets_and_dates_have_a_row_each(book: Any) -> None:
    markets = rows(book["by market"])
    asked = three_networks().group_totals[FIRST]["market"].parcels > 0
    assert [row[0] for row in markets] == [one[1:] for one in np.array(load_markets().ids)[asked]]
    assert markets[0][:3] == ("010", "Chicopee, MA", "MA")
    few = [row for row in markets if row[3] < 10]
    assert few
    assert all(row[4:8] == (None,) * 4 for row in few)
    dates = rows(book["by date"])
    assert len(dates) == DATES
    assert dates[0][0] == datetime(2023, 9, 18)


def test_each_weekday_has_what_the_page_says(book: Any) -> None:
    days = rows(book["by weekday"])
    assert [row[0] for row in days] == list(WEEKDAY_NAMES)
    tally = three_networks().group_totals[FIRST]["weekday"]
    assert [row[1] for row in days] == tally.parcels.tolist()
    assert [row[2] for row in days] == pytest.approx((tally.mean_hours().sum(axis=0) / 24).tolist())
    assert [row[3] for row in days] == pytest.approx((1 - tally.share("on_time")).tolist())


def test_both_shoppers_have_every_figure(book: Any) -> None:
    found = {(row[0], row[1], row[3]): row[4] for row in rows(book["two shoppers"])}
    assert len(found) == len(CASES) * len(WORLDS) * len(CASE_METRICS)
    for case, what in CASES.items():
        for name in WORLDS:
            parcels = three_networks().cases[name][f"{case}.parcels"].estimate
            assert found[what.title, name, "parcels"] == parcels


def test_what_more_capacity_would_do_is_a_sheet(book: Any) -> None:
    headings = [cell.value for cell in book["more capacity"][1]]
    (row,) = rows(book["more capacity"])
    found = dict(zip(headings, row, strict=True))
    assert (found["place"], found["how many, real"], found["how many, sample"]) == ("FC1", 220, 1)
    hours = "hours saved for each parcel there"
    assert [found[f"{hours}{end}"] for end in ("", ": low", ": high")] == [1.25, 1.0, 1.5]
    minutes = "minutes saved per parcel of the network"
    shown = [found[f"{minutes}{end}"] for end in ("", ": low", ": high")]
    assert shown == pytest.approx([72, 57.6, 86.4])
    assert (found["mean days before"], found["P95 days after"]) == (1.4, 2.25)


def test_text_is_never_a_formula(book: Any, tmp_path: Path) -> None:
    cell = book["about"].cell(book["about"].max_row, 2)
    assert (cell.value, cell.data_type) == ("=HYPERLINK('x')", "s")
    result = whole_comparison(World({"=1+1": 1.0, "@B": 1.4}, runs=1, parcels=2_000))
    (tmp_path / "evil.xlsx").write_bytes(workbook(sheets(result, Background())))
    found = openpyxl.load_workbook(tmp_path / "evil.xlsx")
    kinds = {cell.data_type for sheet in found for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert rows(found["networks"])[0][0] == "=1+1"


def test_letters_that_no_workbook_takes_are_left_out(tmp_path: Path) -> None:
    world = World({"A": 1.0}, runs=1, parcels=2_000)
    known = facts(world)
    known["networks"]["A"]["built"] = ["bell \x07 and\x0b tab"]
    result = replace(whole_comparison(world), run=known)
    (tmp_path / "book.xlsx").write_bytes(workbook(sheets(result, Background())))
    about = dict(rows(openpyxl.load_workbook(tmp_path / "book.xlsx")["about"]))
    assert about["Built for A"] == "bell  and tab"


def test_what_is_no_number_is_said_in_words(tmp_path: Path) -> None:
    outcomes = {"A": outcomes_of([1.0, 2.0]), "B": outcomes_of(["lost", "under_way"])}
    result = combine_replicates([measure_together(outcomes)], {})
    (tmp_path / "book.xlsx").write_bytes(workbook(sheets(result, Background())))
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert book.sheetnames == [
        "summary", "answer", "networks", "differences", "two shoppers", "about",
    ]  # fmt: skip
    found = {(row[0], row[2]): row[3] for row in rows(book["networks"])}
    assert found["B", "delivery_days.mean"] == "-"
    assert found["B", "delivery_days.p50"] == "not reached"


def test_the_same_figures_make_the_same_file(tmp_path: Path) -> None:
    for name in ("first.xlsx", "second.xlsx"):
        (tmp_path / name).write_bytes(workbook(sheets(three_networks(), background())))
    assert (tmp_path / "first.xlsx").read_bytes() == (tmp_path / "second.xlsx").read_bytes()
    assert openpyxl.load_workbook(tmp_path / "first.xlsx").properties.created == datetime(
        2000, 1, 1
    )
