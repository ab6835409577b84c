"""Columns for readers: rows that are left out, names and notes that nothing reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from networks.files import EXAMPLES, read_network, write_network
from networks.inputs.faults import InputError


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The small seller in a workbook."""
    path = tmp_path / "mine.xlsx"
    write_network(read_network(EXAMPLES["small-seller"]).network, path)
    return path


def changed(book: Path, sheet: str, first: str, **cells: str) -> Path:
    """Change cells, by heading, of the row that begins with a text."""
    made = load_workbook(book)
    page = made[sheet]
    heads = [cell.value for cell in page[1]]
    (row,) = [row for row in page.iter_rows(min_row=2) if row[0].value == first][:1]
    for name, value in cells.items():
        row[heads.index(name)].value = value
    made.save(book)
    return book


def test_an_exported_workbook_names_places_and_has_room_for_notes(book: Path) -> None:
    page = load_workbook(book)["facilities"]
    rows = list(page.iter_rows(values_only=True))
    assert rows[0][-3:] == ("name", "include", "notes")
    assert {row[-3] for row in rows[1:]} == {
        "warehouse in Los Angeles, CA",
        "delivery station in Los Angeles, CA",
        "delivery station in Chicago, IL",
        "delivery station in New York, NY",
    }
    assert {row[-2:] for row in rows[1:]} == {("yes", None)}
    offers = page.data_validations.dataValidation
    assert any(one.formula1 == '"yes,no"' for one in offers)


def test_names_and_notes_change_nothing(book: Path) -> None:
    before = read_network(EXAMPLES["small-seller"]).network
    found = read_network(changed(book, "facilities", "ST-NYC", name="Bronx", notes="ask Joe, soon"))
    assert found.warnings == ()
    assert dict(found.network.graph.nodes["ST-NYC"]) == dict(before.graph.nodes["ST-NYC"])
    assert found.network.graph.size() == before.graph.size()


def test_a_facility_that_is_left_out_takes_all_with_it_that_refers_to_it(book: Path) -> None:
    found = read_network(changed(book, "facilities", "ST-NYC", include="no"))
    graph = found.network.graph
    assert "ST-NYC" not in graph
    assert {"WH-LA", "ST-LA", "ST-CHI"} <= set(graph)
    told = "\n".join(found.warnings)
    for sheet in ("facilities", "lanes", "departures", "rounds", "markets"):
        assert f"sheet {sheet}: 1 row left out, by `include`" in told, sheet


def test_a_lane_that_is_left_out_takes_its_departures_with_it(book: Path) -> None:
    made = load_workbook(book)
    page = made["lanes"]
    heads = [cell.value for cell in page[1]]
    for row in page.iter_rows(min_row=2):
        if row[1].value == "ST-NYC":
            row[heads.index("include")].value = "No"
    made.save(book)
    with pytest.raises(InputError) as error:  # nobody goes to New York then
        read_network(book)
    assert "ST-NYC" in str(error.value)
    assert "is no lane of sheet lanes" not in str(error.value)


def test_what_is_neither_yes_nor_no_is_named(book: Path) -> None:
    with pytest.raises(InputError) as error:
        read_network(changed(book, "lanes", "WH-LA", include="perhaps"))
    assert "include = perhaps: is neither yes nor no (allowed: yes or no)" in str(
        error.value
    ).replace("'", "")
