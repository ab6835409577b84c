"""A workbook is read as tables of values: nothing in it runs, links or grows without bound."""

from __future__ import annotations

import gc
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from networks.files import EXAMPLES, read_network, write_network, write_template
from networks.files.reader_columns import COLUMNS as READER_COLUMNS
from networks.files.workbooks import note_of, write_template_workbook, write_workbook
from networks.inputs.faults import InputError
from networks.inputs.grids import MOST_COLUMNS
from networks.sheets import SETTINGS, SHEET, SHEETS

Cells = Mapping[str, Any]
"""New values by sheet and cell, such as 'lanes!F4'."""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """The small seller as a workbook."""
    path = tmp_path / "mine.xlsx"
    write_network(read_network(EXAMPLES["small-seller"]).network, path)
    return path


@pytest.fixture
def edited(book: Path) -> Callable[[Cells], Path]:
    """The same after somebody changed cells in a spreadsheet program."""

    def edit(cells: Cells) -> Path:
        sheets = openpyxl.load_workbook(book)
        for place, value in cells.items():
            sheet, cell = place.split("!")
            sheets[sheet][cell] = value
        sheets.save(book)
        return book

    return edit


def told(path: Path) -> list[str]:
    with pytest.raises(InputError) as error:
        read_network(path)
    return [str(fault).replace(str(path), path.name) for fault in error.value.faults]


def repacked(book: Path, parts: Mapping[str, bytes]) -> Path:
    """Return a copy of a workbook with parts added or replaced."""
    copy = book.with_name("other.xlsx")
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return copy


def test_cells_of_excel(edited: Callable[[Cells], Path]) -> None:
    """Times, yes/no and numbers as Excel keeps them mean what they show."""
    path = edited({
        "departures!D2": time(20, 30), "departures!D3": 0.75, "rounds!B2": "9:45 AM",
        "shifts!C2": datetime(1900, 1, 1), "markets!A2": 10001.0, "markets!A3": 60601,
        "settings!A7": "Region_First", "settings!B7": True, "lanes!F3": 40.0,
    })  # fmt: skip
    read = read_network(path)
    places, lanes = read.network.facilities(), read.network.lanes()
    assert lanes["WH-LA > ST-LA by linehaul"][2].departs == "18:00 20:30"
    assert places["ST-LA"].wave_times == "09:45"
    assert places["WH-LA"].shifts == "17:00-24:00 2"
    assert read.warnings == (
        f"{path} sheet markets: market: 2 values were read as markets, such as '10001' as Z100"
        " (rows 2, 3)",
    )


def test_a_zip_code_that_lost_two_zeros_is_no_zip3_area(edited: Callable[[Cells], Path]) -> None:
    (line,) = told(edited({"markets!A2": 10001.0, "markets!A3": 606}))
    assert line.startswith("mine.xlsx sheet markets, row 3: market = 00606: is in Puerto Rico (")


def test_formulas_are_refused_and_never_worked_out(edited: Callable[[Cells], Path]) -> None:
    path = edited(
        {"lanes!F3": "=20*2", "rounds!B2": '=HYPERLINK("http://x")', "owners!B2": "#REF!"}
    )
    assert [line.split(" (allowed")[0] for line in told(path)] == [
        "mine.xlsx sheet owners, row 2: design_parcels_per_day = '#REF!': is an error of the"
        " spreadsheet",
        "mine.xlsx sheet lanes, row 3: capacity_parcels = '=20*2': is a formula; paste its value",
        "mine.xlsx sheet rounds, row 2: leaves = '=HYPERLINK(\"http://x\")': is a formula; paste"
        " its value",
    ]


def test_text_that_looks_like_a_formula_is_written_as_text(tmp_path: Path) -> None:
    network = replace(read_network(EXAMPLES["small-seller"]).network, notes=("=1+1", "@x", "+2"))
    write_network(network, tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["settings"]
    notes = [row[1] for row in sheet.iter_rows() if row[0].value == "note"]
    assert [(cell.value, cell.data_type) for cell in notes] == [
        ("=1+1", "s"), ("@x", "s"), ("+2", "s"),
    ]  # fmt: skip


def test_rows_are_those_that_excel_shows(edited: Callable[[Cells], Path]) -> None:
    """Blank rows are skipped, and counted."""
    path = edited({"calendars!A9": "late", "calendars!B9": "Funday", "calendars!C9": "none"})
    assert told(path)[0].startswith("mine.xlsx sheet calendars, row 9: weekdays = 'Funday'")


def test_an_unknown_sheet(edited: Callable[[Cells], Path], book: Path) -> None:
    sheets = openpyxl.load_workbook(book)
    sheets["rounds"].title = "round"
    sheets.save(book)
    lines = [line.split(" (allowed")[0] for line in told(book)]
    assert "mine.xlsx sheet round: is not a known sheet; did you mean 'rounds'?" in lines
    assert "mine.xlsx sheet rounds: this sheet is missing" in lines


_BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
_WIDE = b'<worksheet><dimension ref="A1:XFD1048576"/><sheetData/></worksheet>'


@pytest.mark.parametrize(("parts", "problem"), [
    ({"xl/vbaProject.bin": b"x"}, "contains macros"),
    ({"xl/macrosheets/sheet1.xml": b"<x/>"}, "contains macros"),
    ({"xl/externalLinks/externalLink1.xml": b"<x/>"}, "has links to other files"),
    ({"xl/embeddings/oleObject1.bin": b"x"}, "contains embedded objects"),
    ({"xl/activeX/activeX1.xml": b"<x/>"}, "contains embedded objects"),
    ({"xl/connections.xml": b"<x/>"}, "has data connections"),
    ({"xl/sharedStrings.xml": _BOMB}, "has entities in its XML (xl/sharedStrings.xml)"),
    ({"docProps/core.xml": b"<!--" + b" " * (1 << 20) + b"-->" + _BOMB}, "has entities in its XML"),
    ({"xl/strings.bin": b"\xef\xbb\xbf\n" + _BOMB}, "has entities in its XML (xl/strings.bin)"),
    ({"xl/strings": b" " * (3 << 20) + _BOMB}, "has entities in its XML (xl/strings)"),
    ({"xl/strings.bin": _BOMB.decode().encode("utf-16-be")}, "is not written in UTF-8"),
    ({"xl/styles.xml": _BOMB.decode().encode("utf-16")}, "is not written in UTF-8"),
    ({"xl/styles.xml": b'<?xml version="1.0" encoding="UTF-7"?><x/>'}, "is not written in UTF-8"),
    ({"xl/worksheets/sheet2.xml": _WIDE}, "has a sheet of 1,048,576 rows and 16,384 columns"),
    ({"xl/media/image1.png": b"\0" * (200 << 20)}, "unpacks to 200 MB, which no network needs"),
    ({f"xl/media/{n}.png": b"" for n in range(1100)}, "has far too many parts"),
    ({"xl/worksheets/sheet2.xml": b"<worksheet><sheetData><row>"}, "is damaged"),
    ({"xl/workbook.xml": b"<workbook/>"}, ""),
])  # fmt: skip
def test_what_is_refused_before_it_is_parsed(
    book: Path, parts: Mapping[str, bytes], problem: str
) -> None:
    lines = told(repacked(book, parts))
    assert len(lines) == 1 or not problem
    assert problem in lines[0]


def test_a_picture_may_hold_anything(book: Path) -> None:
    picture = repacked(book, {"xl/media/image1.png": b"\x89PNG<!DOCTYPE x><!ENTITY a>"})
    assert read_network(picture).network.name == "small-seller"


def test_wide_rows_that_the_sheet_does_not_declare(book: Path) -> None:
    part = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    part += b'<row r="1"><c r="XFD1"><v>1</v></c></row>'
    part += b"</sheetData></worksheet>"
    assert (
        f"or {MOST_COLUMNS} columns" in told(repacked(book, {"xl/worksheets/sheet2.xml": part}))[0]
    )


def test_a_row_number_beyond_all_rows(book: Path) -> None:
    part = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    part += b'<row r="999999999"><c r="A999999999"><v>1</v></c></row></sheetData></worksheet>'
    lines = told(repacked(book, {"xl/worksheets/sheet2.xml": part}))
    assert "has more than 1,000,000 rows" in lines[0]


@pytest.mark.parametrize(("content", "problem"), [
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is in the old Excel format (.xls)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
     "is protected by a password"),
    (b"market,station\n", "is damaged, or is no Excel workbook"),
    (b"", "is damaged, or is no Excel workbook"),
    (b"PK\x03\x04 and then nothing", "is damaged, or is no Excel workbook"),
])  # fmt: skip
def test_files_that_are_no_workbook(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "mine.xlsx"
    path.write_bytes(content)
    assert problem in told(path)[0]


def test_a_zip_that_is_no_workbook_and_other_endings(book: Path) -> None:
    other = book.with_name("mine.zip")
    with zipfile.ZipFile(other, "w") as package:
        package.writestr("a.txt", "hello")
    shutil.copy(other, book.with_name("zip.xlsx"))
    assert "is a zip file, but no Excel workbook" in told(book.with_name("zip.xlsx"))[0]
    shutil.copy(book, book.with_name("mine.xlsm"))
    for ending in ("mine.xlsm", "mine.zip"):
        assert "no .xlsx" in told(book.with_name(ending))[0]


def test_every_cut_of_a_workbook_is_one_plain_fault(book: Path) -> None:
    whole = book.read_bytes()
    for part in range(1, 20):
        book.write_bytes(whole[: len(whole) * part // 20])
        assert "is damaged" in told(book)[0]


def test_a_template_explains_itself(tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    write_template(path)
    sheets = openpyxl.load_workbook(path)
    assert sheets.sheetnames == [sheet.name for sheet in SHEETS]
    for sheet in SHEETS:
        page = sheets[sheet.name]
        assert page.freeze_panes == "A2"
        extra = () if sheet.name == "settings" else READER_COLUMNS
        for column, heading in zip((*sheet.columns, *extra), page[1], strict=True):
            assert heading.value == column.name
            assert heading.comment.text == note_of(column)
            assert column.example in heading.comment.text
    lists = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in sheets["facilities"].data_validations.dataValidation
    }
    kind = next(column for column in SHEET["facilities"].columns if column.name == "kind")
    assert lists["B2"] == f'"{",".join(kind.choices)}"'
    assert lists["C2"].startswith("=owners!")
    assert [row[0].value for row in sheets["settings"].iter_rows(min_row=2, max_col=1)][
        : len(SETTINGS)
    ] == [setting.name for setting in SETTINGS]


# --- what stops a workbook half-way ---------------------------------------------------------------


def test_an_interrupted_workbook_says_nothing_of_its_own(tmp_path: Path) -> None:
    """Else the library's complaints follow the one word that a planner should read."""

    def rows() -> Iterator[tuple[str, ...]]:
        yield ("name", "interrupted")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_workbook(tmp_path / "mine.xlsx", [(SHEET["settings"], rows())])
    gc.collect()  # a complaint would be a warning, and so an error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
def test_a_full_disk_is_told_once() -> None:
    for write in (lambda path: write_workbook(path, []), write_template_workbook):
        with pytest.raises(OSError, match="No space left"):
            write(Path("/dev/full"))
    gc.collect()
