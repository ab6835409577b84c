"""Tables as programs export them: whatever their name, encoding, separator and first rows."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from networks.inputs import delimited
from networks.inputs.faults import InputError
from networks.inputs.rows import closing_rows
from networks.inputs.tables import Table, open_table, table_of

KNOWN = ("orderid", "zip", "title")
ORDERS = "Order ID,ZIP,Title\n7,02139,Vase\n8,23220,Ball\n"
ROWS = [["7", "02139", "Vase"], ["8", "23220", "Ball"]]


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Write a file and return its path."""

    def save(content: str | bytes, name: str = "orders.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return save


def rows_of(table: Table) -> list[list[str]]:
    """Return all cells as texts, which the sample shows, too."""
    rows = table.load(range(len(table.heading)))
    texts = [rows.texts(n).tolist() for n in range(len(table.heading))]
    found = [list(cells) for cells in zip(*texts, strict=True)]
    assert len(rows) == len(found)
    sample = table.sample()
    assert list(sample.columns) == list(range(len(table.heading)))
    assert sample.to_numpy().tolist() == found[:2000]
    return found


def lines_of(table: Table) -> list[int]:
    rows = table.load([0])
    return [rows.line(row) for row in range(len(rows))]


def told(path: Path) -> list[str]:
    """Return the faults of a file, without its folder."""
    with pytest.raises(InputError) as caught:
        rows_of(open_table(path, KNOWN))
    return [str(fault).replace(f"{path.parent}/", "") for fault in caught.value.faults]


# --- how a text is written -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "layout"),
    [
        ("utf-8", "CSV"),
        ("utf-8-sig", "CSV"),
        ("utf-16", "CSV, UTF-16"),
        ("utf-16-le", "CSV, UTF-16"),
        ("utf-16-be", "CSV, UTF-16"),
        ("utf-32", "CSV, UTF-32"),
        ("cp1252", "CSV, Windows-1252"),
    ],
)
def test_a_text_is_read_in_the_encoding_it_has(
    saved: Callable[..., Path], encoding: str, layout: str
) -> None:
    table = open_table(saved(ORDERS.replace("Vase", "Café “5”").encode(encoding)), KNOWN)
    assert table.layout == layout
    assert rows_of(table) == [["7", "02139", "Café “5”"], ROWS[1]]


def test_one_accent_at_the_end_of_a_long_file_tells_its_encoding(
    saved: Callable[..., Path],
) -> None:
    path = saved(ORDERS.encode() + b"9,23220,Ball\n" * 200_000 + b"10,23220,Caf\xe9\n")
    table = open_table(path, KNOWN)
    assert table.layout == "CSV, Windows-1252"
    assert table.load([2]).texts(2).iloc[-1] == "Café"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a,b\r\n1,2\r\n3,\x814\r\n",
         "orders.csv:3: has a character that is neither UTF-8 nor Windows-1252"),
        (b"a,b\n1,2\n3,\x004\n", "orders.csv:3: has a NUL byte: it is damaged, or no text"),
        ("a,b\n1,2\n".encode("utf-16")[:-1], "orders.csv: is damaged: not UTF-16 throughout"),
    ],
    ids=["undefined", "nul", "cut"],
)  # fmt: skip
def test_bytes_that_mean_nothing_are_told_with_their_line(
    saved: Callable[..., Path], content: bytes, said: str
) -> None:
    assert told(saved(content)) == [said]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("separator", "layout"),
    [
        (",", "CSV"),
        (";", "CSV with semicolons"),
        ("\t", "tab-separated text"),
        ("|", "text with |"),
    ],
)
def test_any_separator_and_any_line_end(
    saved: Callable[..., Path], separator: str, layout: str, end: str
) -> None:
    table = open_table(saved(ORDERS.replace(",", separator).replace("\n", end)), KNOWN)
    assert (table.layout, table.heading) == (layout, ("Order ID", "ZIP", "Title"))
    assert rows_of(table) == ROWS
    assert lines_of(table) == [2, 3]


def test_decimal_commas_do_not_make_a_file_one_with_commas(saved: Callable[..., Path]) -> None:
    table = open_table(saved("day;price\n1;1,8\n2;2,50\n"))
    assert (table.layout, rows_of(table)) == (
        "CSV with semicolons",
        [["1", "1,8"], ["2", "2,50"]],
    )
    addresses = saved("id\tplace\n1\tSmith, John, Hoboken, NJ\n2\tRoe, Jane, Salem, MA\n")
    assert rows_of(open_table(addresses))[0] == ["1", "Smith, John, Hoboken, NJ"]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;", "sep=;;;"])
def test_the_line_that_tells_excel_the_separator_is_obeyed(
    saved: Callable[..., Path], line: str
) -> None:
    """Its cells have so many commas that one would take them for columns."""
    table = open_table(saved(f"{line}\nOrder ID;Title\n7;a, b, c\n8;d, e, f\n"), KNOWN)
    assert (table.heading_line, table.notes) == (2, ())
    assert rows_of(table) == [["7", "a, b, c"], ["8", "d, e, f"]]
    assert lines_of(table) == [3, 4]


# --- quotes --------------------------------------------------------------------------------------


def test_cells_in_quotes_hold_separators_quotes_and_lines(saved: Callable[..., Path]) -> None:
    path = saved('id,"street",b\r\n1,"1 Main St\r\nApt 2, ""B""",x\r\n2,,y\r\n')
    table = open_table(path)
    assert rows_of(table) == [["1", '1 Main St\nApt 2, "B"', "x"], ["2", "", "y"]]
    assert lines_of(table) == [2, 4]


def test_a_quote_within_a_cell_is_a_quote(saved: Callable[..., Path]) -> None:
    path = saved('id,title\n1,5" vase\n2,"a\nb"\n3,"5" plate"\n4,x\n')
    table = open_table(path)
    assert rows_of(table) == [["1", '5" vase'], ["2", "a\nb"], ["3", '5 plate"'], ["4", "x"]]
    assert lines_of(table) == [2, 3, 5, 6]


@pytest.mark.parametrize(
    "rows",
    [
        '1,x\n2,"5 inch vase\n3,y\n4,z\n',
        '1,x\n2,"5 inch vase\n3,"y"\n4,z\n',  # what closes it opened another cell
        '1,x\n2,"5 inch vase',
        '1,x\n2,"5 inch vase\n' + "3,y\n" * 100_000,
    ],
)
def test_a_quote_that_swallows_other_rows_is_told_where_it_opens(
    saved: Callable[..., Path], rows: str
) -> None:
    assert told(saved("id,title\n" + rows)) == [
        "orders.csv:3: has a quote that opens here and does not close"
        ' (allowed: quotes closed, and doubled within a cell: "5"" vase")'
    ]


def test_a_report_with_tabs_has_quotes_that_mean_nothing(saved: Callable[..., Path]) -> None:
    """Amazon's: each line is a row; Excel's own would have quotes around such a cell."""
    path = saved(
        'sku\ttitle\tzip\n1\t"5 vase\t1\n2\tGlass vase 5" café\t2\n3\t"a ""b"""\t3\n4\t"x\t4\n'
        "4 records\n"
    )
    table = open_table(path)
    assert [row[1] for row in rows_of(table)] == [
        '"5 vase',
        'Glass vase 5" café',
        'a "b"',
        '"x',
        "",
    ]
    assert lines_of(table) == [2, 3, 4, 5, 6]


def test_excels_own_text_with_tabs_has_cells_of_several_lines(saved: Callable[..., Path]) -> None:
    table = open_table(saved('a\tb\n1\t"x\ny"\n2\t"z ""z"""\n'))
    assert rows_of(table) == [["1", "x\ny"], ["2", 'z "z"']]
    assert lines_of(table) == [2, 4]
    tabs = open_table(saved('a\tb\n1\t"x\ty"\n2\t"\t"\n'))
    assert rows_of(tabs) == [["1", "x\ty"], ["2", ""]]


def test_excels_protected_cells_are_their_text(saved: Callable[..., Path]) -> None:
    path = saved('Order ID,ZIP,Title\n="0017","=""02139""",Vase\n')
    assert rows_of(open_table(path, KNOWN)) == [["0017", "02139", "Vase"]]


# --- the heading, and what is above and below it -------------------------------------------------


def test_titles_and_blank_rows_above_the_heading_are_skipped(saved: Callable[..., Path]) -> None:
    path = saved(
        "\nOrders of September,,,\n,,,\nMy, shop\nOrder ID,ZIP,Title\n\n7,02139,Vase\n,,\n"
    )
    table = open_table(path, KNOWN)
    assert (table.heading, table.heading_line) == (("Order ID", "ZIP", "Title"), 5)
    assert table.notes == ("lines 2 to 4 are a title",)
    assert (rows_of(table), lines_of(table)) == (ROWS[:1], [7])
    assert open_table(path).heading_line == 5  # without any known name: the first as wide as most


def test_a_second_heading_that_explains_the_first_is_skipped(saved: Callable[..., Path]) -> None:
    path = saved("Order ID,ZIP,Title\nUnique id.,Where it goes.,\n7,02139,Vase\n")
    table = open_table(path, KNOWN)
    assert (rows_of(table), table.notes) == (ROWS[:1], ("line 2 is a second heading",))
    no_digits = saved("Order ID,ZIP,Title\na,b,c\nd,e,f\n")
    assert len(rows_of(open_table(no_digits, KNOWN))) == 2


def test_headings_may_come_twice_or_be_blank(saved: Callable[..., Path]) -> None:
    table = open_table(saved("Order ID,,note,note\n7,x,a,b\n"), KNOWN)
    assert table.heading == ("Order ID", "", "note", "note")
    assert rows_of(table) == [["7", "x", "a", "b"]]


@pytest.mark.parametrize("ends", [",\n", ",,,\n", ", ,\n"])
def test_commas_at_the_end_of_rows_are_no_columns(saved: Callable[..., Path], ends: str) -> None:
    everywhere = saved(ORDERS.replace("\n", ends))
    below = saved("Order ID,ZIP,Title\n7,02139,Vase" + ends + "8,23220,Ball" + ends, "below.csv")
    once = saved(ORDERS[:-1] + ends, "once.csv")
    for path in (everywhere, below, once):
        table = open_table(path, KNOWN)
        assert (len(table.heading), rows_of(table)) == (3, ROWS)


def test_rows_with_too_many_cells_are_all_told(saved: Callable[..., Path]) -> None:
    said = "has more cells than the heading (allowed: up to 3 cells; a cell that holds a comma"
    path = saved(ORDERS + '9,02139,"a\nb"\n10,02139,Vase, blue\n11,02139\n12,02139,Vase,x,y\n')
    assert told(path) == [f"orders.csv:{line}: {said} in quotes)" for line in (6, 8)]
    path = saved("Order ID,ZIP,Title\n" + "7,02139,Vase, blue\n" * 30)
    assert (len(told(path)), told(path)[20].split(" (")[0]) == (
        21, "orders.csv: 10 more rows: has more cells than the heading",
    )  # fmt: skip


def test_cells_that_are_missing_at_the_end_of_a_row_are_blank(saved: Callable[..., Path]) -> None:
    table = open_table(saved(ORDERS + "9\n\n10,98101\n11,98101,Cup\n \n12"), KNOWN)
    assert rows_of(table)[2:] == [
        ["9", "", ""], ["10", "98101", ""], ["11", "98101", "Cup"], ["12", "", ""],
    ]  # fmt: skip
    assert lines_of(table)[2:] == [4, 6, 7, 9]
    short = open_table(saved("Order ID,ZIP,Title\n" + "7,02139\n" * 200), KNOWN)
    assert rows_of(short) == [["7", "02139", ""]] * 200


@pytest.mark.parametrize("block", [64, 4096])
def test_rows_keep_their_order_and_lines_across_the_blocks_that_are_read(
    saved: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(delimited, "_BLOCK", block)
    kinds = ["{0},02139,Vase", "{0}", '{0},02139,"two\nlines"', "", "{0},,"]
    path = saved(
        "Order ID,ZIP,Title\n" + "".join(f"{kinds[n % 5]}\n".format(n) for n in range(4000))
    )
    table = open_table(path, KNOWN)
    rows = table.load([0, 2])
    assert rows.texts(0).tolist() == [str(n) for n in range(4000) if n % 5 != 3]
    text = path.read_text().split("\n")
    found = [text[rows.line(row) - 1].split(",")[0] for row in range(0, len(rows), 7)]
    assert found == rows.texts(0).tolist()[::7]
    assert table.sample()[0].tolist() == rows.texts(0).tolist()[:2000]


def test_totals_and_footers_at_the_end_are_counted() -> None:
    def count(*keys: str) -> int:
        return closing_rows(pd.Series(keys, dtype=str))

    assert count("2023-09-18", "Total") == 1
    assert count("2023-09-18", "", "Grand total 2023", "3 record(s) downloaded") == 3
    assert count("Total", "2023-09-18", "24.11.", "Nov 24") == 0
    assert count("a", "b") == 0  # nothing but such rows: they are something else


# --- Excel ---------------------------------------------------------------------------------------


def workbook(path: Path, sheets: dict[str, list[list[Any]]], hidden: str = "") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if title == hidden:
            sheet.sheet_state = "hidden"
    with open(path, "wb") as file:
        book.save(file)
    return path


TABLE = [["Order ID", "ZIP", "Title"], [7, "02139", "Vase"], [8, 23220, "Ball"]]


def test_the_sheet_with_the_names_that_are_looked_for_is_read(tmp_path: Path) -> None:
    notes = [["what", "when"], ["a", 1]]
    path = workbook(tmp_path / "a.xlsx", {"Empty": [], "Notes": notes, "Orders": TABLE})
    table = open_table(path, KNOWN)
    assert (table.layout, rows_of(table)) == ("Excel, sheet Orders (not Notes)", ROWS)
    assert open_table(path).layout == "Excel, sheet Notes (not Orders)"
    old = workbook(tmp_path / "b.xlsx", {"Old": TABLE, "Orders": TABLE}, hidden="Old")
    assert open_table(old, KNOWN).layout == "Excel, sheet Orders (not Old)"
    assert told(workbook(tmp_path / "c.xlsx", {"A": []})) == ["c.xlsx: the file is empty"]


def test_rows_of_a_sheet_have_titles_second_headings_and_numbers_as_text_files_do(
    tmp_path: Path,
) -> None:
    rows = [["Orders"], [], TABLE[0], ["Unique id.", "Where"], [], *TABLE[1:]]
    table = open_table(workbook(tmp_path / "a.csv", {"A": rows}), KNOWN)
    assert table.notes == ("row 1 is a title", "row 4 is a second heading")
    assert (table.heading_line, rows_of(table), lines_of(table)) == (3, ROWS, [6, 7])


def test_cells_of_a_sheet_are_what_excel_has(tmp_path: Path) -> None:
    row = [5.764000000000008e17, date(2023, 9, 18), datetime(2023, 9, 18, 14, 5), True, 7.0, None]
    heading = ["Order ID", "b", "c", "d", "e", "f", None]
    table = open_table(workbook(tmp_path / "a.xlsx", {"A": [heading, row]}), KNOWN)
    rows = table.load(range(6))
    assert [rows.cells(n)[0] for n in range(6)] == [
        "5.764000000000008e+17", date(2023, 9, 18), datetime(2023, 9, 18, 14, 5), True, "7", "",
    ]  # fmt: skip
    assert [rows.texts(n)[0] for n in (1, 2, 5)] == ["2023-09-18", "2023-09-18 14:05:00", ""]


def test_formulas_are_refused_but_for_columns_and_totals_that_are_not_asked_for(
    tmp_path: Path,
) -> None:
    rows = [*TABLE, ["Total", "=COUNTA(B2:B3)"], [None, "=B4"]]
    table = open_table(workbook(tmp_path / "a.xlsx", {"A": rows}), KNOWN)
    assert len(table.load([0, 1])) == 4
    rows = [*TABLE[:2], [9, '="00501"']]
    table = open_table(workbook(tmp_path / "c.xlsx", {"A": rows}), KNOWN)
    assert table.load([1]).texts(1).tolist() == ["02139", "00501"]  # a text that keeps its zeros
    rows = [*TABLE, [9, "=B2", "=C2"]]
    table = open_table(workbook(tmp_path / "b.xlsx", {"A": rows}), KNOWN)
    assert table.load([0]).texts(0).tolist() == ["7", "8", "9"]
    with pytest.raises(InputError, match=r"sheet A, row 4: ZIP = '=B2': is a formula .*paste its"):
        table.load([0, 1])


# --- Parquet, and tables in Python ----------------------------------------------------------------


def test_columns_of_parquet_are_kept_as_they_are_stored(tmp_path: Path) -> None:
    moments = pa.array([datetime(2023, 9, 18, 14, 5), None], pa.timestamp("us"))
    stored = pa.table(
        [pa.array([2**60 + 1, None]), pa.array(["x ", None]), moments, pa.array([7.0, None]),
         pa.array(["k", "l"]).dictionary_encode(), pa.array(["y", "z"])],
        names=["Order ID ", "s", "t", "f", "k", "s"],
    )  # fmt: skip
    path = tmp_path / "orders.csv"  # the name does not matter
    pq.write_table(stored, path)
    table = open_table(path, KNOWN)
    assert (table.layout, table.heading) == ("Parquet", ("Order ID", "s", "t", "f", "k", "s"))
    assert rows_of(table) == [
        [str(2**60 + 1), "x", "2023-09-18 14:05:00", "7", "k", "y"], ["", "", "", "", "l", "z"],
    ]  # fmt: skip
    rows = table.load([2, 3])
    assert [rows.cells(n).dtype.kind for n in (2, 3)] == ["M", "f"]
    assert rows.line(0) == 2


def test_a_data_frame_is_a_table(tmp_path: Path) -> None:
    table = table_of(pd.DataFrame({"Order ID": [7, 8], 5: [" a", None]}, index=[9, 9]), "orders")
    assert (table.heading, rows_of(table)) == (("Order ID", "5"), [["7", "a"], ["8", ""]])
    assert (table.load([0]).cells(0).tolist(), table.load([0]).line(1)) == ([7, 8], 3)


# --- files that hold no table ---------------------------------------------------------------------


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name in names:
            package.writestr(name, "x")
    return file.getvalue()


EXPORT, SAVE = "export the table as CSV or Excel", "open it in Excel and save it as .xlsx"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7\n", f"is a PDF file: {EXPORT}"),
        (json.dumps([{"id": 1}]).encode(), f"is a JSON file: {EXPORT}"),
        (b'\xef\xbb\xbf{\n "orders": []}', f"is a JSON file: {EXPORT}"),
        (b"<!DOCTYPE html><html><table>", f"is a web page (HTML): {SAVE}"),
        ("<meta charset=x>\n<TABLE border=1>".encode("utf-16"), f"is a web page (HTML): {SAVE}"),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:excel">',
         f"is a web page (HTML): {SAVE}"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
         f"is an Excel workbook in XML: {SAVE}"),
        (b'<?xml version="1.0"?><orders/>', f"is an XML file: {EXPORT}"),
        (b"{\\rtf1\\ansi", f"is a text document (RTF): {EXPORT}"),
        (zipped("word/document.xml"), f"is a Word document: {EXPORT}"),
        (zipped("mimetype", "content.xml"), "is an OpenDocument file (.ods): save it as .xlsx"),
        (zipped("xl/workbook.bin"), "is a binary Excel workbook (.xlsb): save it as .xlsx"),
        (zipped("Index/Tables/DataList.iwa"), "is a Numbers file: export it as CSV or Excel"),
        (OLE + b"\0" * 600, "is in the old Excel format (.xls) (allowed: save it as .xlsx)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"),
         "is protected by a password (allowed: save it without one)"),
        (OLE + "WordDocument".encode("utf-16-le"),
         f"is an old Word document: {EXPORT}"),
        (gzip.compress(b"PAR1...."), "is a packed Parquet file: unpack it first"),
        (gzip.compress(b"%PDF-1.7\n"), f"is a PDF file: {EXPORT}"),
        (b"\x89PNG\r\n", f"is a picture: {EXPORT}"),
        (b"", "the file is empty"),
        (b"\n , \n", "the file is empty"),
    ],
    ids=lambda one: one[:28] if isinstance(one, str) else "",
)  # fmt: skip
@pytest.mark.parametrize("name", ["orders.xls", "orders.csv", "orders.xlsx"])
def test_what_is_no_table_is_named(
    saved: Callable[..., Path], content: bytes, said: str, name: str
) -> None:
    assert told(saved(content, name)) == [f"{name}: {said}"]


@pytest.mark.parametrize(
    "text", ["[Order ID],[ZIP]\n1,2\n", "{id},x\n1,2\n", "Picture,%PDF\n1,2\n"]
)
def test_odd_headings_are_no_other_kind_of_file(saved: Callable[..., Path], text: str) -> None:
    assert rows_of(open_table(saved(text))) == [["1", "2"]]


def test_a_packed_text_is_read_and_a_damaged_parquet_file_told(saved: Callable[..., Path]) -> None:
    assert rows_of(open_table(saved(gzip.compress(ORDERS.encode())), KNOWN)) == ROWS
    (said,) = told(saved(b"PAR1 and then nothing"))
    assert said.startswith("orders.csv: cannot be read as Parquet: ")
    (said,) = told(saved(b"PK\x03\x04 and then nothing", "orders.xlsx"))
    assert said.startswith("orders.xlsx: is damaged, or is no Excel workbook")
