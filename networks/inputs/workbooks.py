"""Excel workbooks read as grids, if they are plain workbooks.

An .xlsx file is a zip of XML parts. What could run (macros, embedded objects), reach outside
(links, data connections, XML entities) or grow without bound is refused before it is parsed.
"""

from __future__ import annotations

import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils import column_index_from_string

from networks.inputs.faults import InputError, whole_file
from networks.inputs.grids import (
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    CellError,
    Formula,
    Grid,
    grid_of,
)
from networks.inputs.input_files import FREE_BYTES, MOST_TIMES, check_is_file

MOST_PARTS = 1000

OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_REFUSED_PARTS = (
    (re.compile(r"vbaproject|macrosheets|dialogsheets", re.I), "contains macros",
     "save as .xlsx (Excel workbook without macros)"),
    (re.compile(r"/externallinks/", re.I), "has links to other files",
     "paste the values, then Data > Edit Links > Break Link"),
    (re.compile(r"/(?:embeddings|activex|ctrlprops|oleobjects)/", re.I),
     "contains embedded objects", "a workbook without them"),
    (re.compile(r"/(?:connections\.xml|querytables/)", re.I), "has data connections",
     "paste the values and delete the connections"),
)  # fmt: skip
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s+ref="(?:[A-Z]{1,3}[0-9]+:)?([A-Z]{1,3})([0-9]+)"')
_ENCODING = re.compile(rb"""^<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")
_XML_NAMES = (".xml", ".rels", ".vml")
_BEGINS_LIKE_XML = re.compile(rb"[ \t\r\n\x00\xef\xbb\xbf\xfe\xff]*<")
"""Perhaps after blanks, byte order marks and the zeros of UTF-16."""


def fault_of(path: Path) -> tuple[str, str] | None:
    """Return what is wrong with a workbook's package and what to do, None where nothing is."""
    with open(path, "rb") as file:
        start = file.read(8)
        if start == OLD_EXCEL:
            locked = _ENCRYPTED in start + file.read(MOST_BYTES)
            return _ENCRYPTED_FAULT if locked else _OLD_FAULT
    try:
        with zipfile.ZipFile(path) as package:
            return next(_faults(package, path.stat().st_size), None)
    except (
        zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError,
        zlib.error, lzma.LZMAError,
    ):  # fmt: skip
        return DAMAGED


DAMAGED = ("is damaged, or is no Excel workbook", "save it as .xlsx from Excel once more")
_ENCRYPTED_FAULT = ("is protected by a password", "save it without one")
_OLD_FAULT = ("is in the old Excel format (.xls)", "save it as .xlsx")


def _faults(package: zipfile.ZipFile, size: int) -> Iterator[tuple[str, str]]:
    parts = package.infolist()
    names = [part.filename for part in parts]
    whole = "a plain workbook, saved as .xlsx"
    if "xl/vbaProject.bin" not in names and "xl/workbook.xml" not in names:
        yield "is a zip file, but no Excel workbook", whole
    for pattern, problem, remedy in _REFUSED_PARTS:
        if any(pattern.search(f"/{name}") for name in names):
            yield problem, remedy
    if len(parts) > MOST_PARTS or len(set(names)) < len(names):
        yield "has far too many parts, or parts that come twice", whole
    total = sum(part.file_size for part in parts)
    if total > MOST_BYTES or total > FREE_BYTES + MOST_TIMES * size:
        yield f"unpacks to {total / 2**20:,.0f} MB, which no network needs", whole
    if any(part.flag_bits & 1 for part in parts):
        yield _ENCRYPTED_FAULT
    for part in parts:
        text = package.read(part)
        # what parses a part looks inside, not at its name
        if part.filename.lower().endswith(_XML_NAMES) or _BEGINS_LIKE_XML.match(text):
            yield from _faults_of_part(part.filename, text)


def _faults_of_part(name: str, text: bytes) -> Iterator[tuple[str, str]]:
    start = text[:20_003].removeprefix(b"\xef\xbb\xbf")
    encoding = _ENCODING.match(start)
    if b"\x00" in start[:200] or (
        encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")
    ):
        yield f"is not written in UTF-8 ({name})", "a workbook saved by Excel"
    if size := _DIMENSION.search(start):
        columns = column_index_from_string(size[1].decode())
        if columns > MOST_COLUMNS or int(size[2]) > MOST_ROWS:
            problem = f"has a sheet of {int(size[2]):,} rows and {columns:,} columns ({name})"
            yield problem, "delete the empty rows and columns below and beside the tables"
    if re.search(rb"<!(?:DOCTYPE|ENTITY)", text, re.I):
        yield f"has entities in its XML ({name})", "a plain workbook, saved as .xlsx by Excel"
    if name == "[Content_Types].xml" and b"macroEnabled" in text:
        yield "contains macros", "save as .xlsx (Excel workbook without macros)"


def read_workbook(path: Path, names: Collection[str]) -> dict[str, Grid]:
    """Return the sheets of a workbook, formulas as `Formula`; nothing is worked out.

    `names`: sheets that are read even where they are hidden.

    Raises InputError with one fault for a file that is not a plain workbook.
    """
    check_is_file(path)
    if path.suffix.lower() != ".xlsx":
        problem = f"is a {path.suffix or 'file without ending'}, no .xlsx"
        raise whole_file(path, problem, "an .xlsx workbook")
    with opened_workbook(path) as sheets:
        return {
            sheet.title.strip(): grid_of_sheet(path, sheet)
            for sheet in sheets
            if sheet.title.strip() in names or sheet.sheet_state == "visible"
        }


@contextmanager
def opened_workbook(path: Path) -> Iterator[list[Any]]:
    """Open a workbook and return its sheets.

    Raises InputError, also while they are read, for a file that is not a plain workbook.
    """
    if fault := fault_of(path):
        raise whole_file(path, *fault)
    with open(path, "rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of openpyxl: on styles and lists that it does not keep
        try:
            yield openpyxl.load_workbook(file, read_only=True, keep_links=False).worksheets
        except InputError:
            raise
        except _BROKEN:
            raise whole_file(path, *DAMAGED) from None


_BROKEN = (
    ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError,
    OSError, EOFError, ParseError, zipfile.BadZipFile,
)  # fmt: skip
"""What openpyxl raises for parts that are not what they should be."""


def grid_of_sheet(path: Path, sheet: Any, most: int | None = None) -> Grid:
    """Return a sheet of an opened workbook, or its first rows."""
    sheet.reset_dimensions()  # what a sheet says of its size need not be true
    rows = ([_value(cell) for cell in cells] for cells in sheet.iter_rows(max_row=most))
    return grid_of(rows, f"{path} sheet {sheet.title}", "one table, from cell A1 on")


def _value(cell: Any) -> object:
    kind = cell.data_type
    if kind == "f":
        return Formula(cell.value if isinstance(cell.value, str) else "=...")
    if kind == "e":
        return CellError(cell.value)
    value: object = cell.value
    if isinstance(value, datetime) and value.time() == time() and value.year > _DAY_ZERO:
        # Excel has one type for dates and for times; the format tells what the cell shows
        return value if "h" in str(cell.number_format).lower() else value.date()
    return value


_DAY_ZERO = 1900
"""Excel's times of a day are of 1899 and 1900."""
