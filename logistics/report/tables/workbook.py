"""The renderer of workbooks: numbers as numbers, sheet by sheet, to be pasted into slides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from math import isfinite
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell as Slot
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from logistics.analysis.comparison import Comparison
from logistics.report.background import Background
from logistics.report.tables.sheets import Sheet, sheets
from logistics.report.tables.table import Cell, Number

FORMATS = {
    "share": "0.0%", "days": "0.00", "hours": "0.0", "dates": "0", "km": "#,##0",
    "minutes": "0.0", "parcels": "#,##0", "orders": "#,##0", "touches": "0.0",
    "correlation": "0.00", "ratio": "0.00",
}  # fmt: skip
"""How numbers of a unit are shown."""

_SMALL_SHARE = "0.00%"  # of a share below a hundredth
_WIDEST, _WIDEST_HEADING, _NARROWEST = 70, 18, 9
_LONGEST_TEXT = 32_767  # characters a cell holds
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<")


def write_workbook(result: Comparison, background: Background, path: Path) -> None:
    """Write every sheet that the results allow.

    Raises OSError if the file cannot be written.
    """
    path.write_bytes(workbook(sheets(result, background)))


def workbook(content: Iterable[Sheet]) -> bytes:
    """Return a workbook with these sheets: the same sheets, the same bytes."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in content:
        _fill(book.create_sheet(sheet.name), sheet)
    saved = BytesIO()
    book.save(saved)
    return _timeless(saved)


def _timeless(content: BytesIO) -> bytes:
    """Return a workbook without the time at which it was written: the same runs, the same file."""
    again = BytesIO()
    with ZipFile(content) as old, ZipFile(again, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _TIMES.sub(rb"\g<1>2000-01-01T00:00:00Z<", part)
            new.writestr(ZipInfo(name), part, ZIP_DEFLATED)
    return again.getvalue()


def _fill(sheet: Worksheet, content: Sheet) -> None:
    bold, tint = Font(bold=True), PatternFill("solid", fgColor="E8E8E4")
    wrapped = Alignment(wrap_text=True, vertical="top")
    for column, heading in enumerate(content.headings, 1):
        cell = sheet.cell(1, column)
        _put(cell, heading)
        cell.font, cell.fill, cell.alignment = bold, tint, Alignment(wrap_text=True)
    widths = [min(len(heading), _WIDEST_HEADING) for heading in content.headings]
    for at, row in enumerate(content.rows, 2):
        for column, value in enumerate(row):
            cell = sheet.cell(at, column + 1)
            _put(cell, value)
            if isinstance(value, str) and len(value) > _WIDEST:
                cell.alignment = wrapped
            shown = 8 if isinstance(value, Number) else len(str(value or ""))
            widths[column] = max(widths[column], shown)
    for column, width in enumerate(widths, 1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = min(max(width + 2, _NARROWEST), _WIDEST)
    sheet.freeze_panes = sheet.cell(2, content.frozen_columns + 1)


def _put(cell: Slot, value: Cell) -> None:
    """Write a value: text stays text whatever it starts with; what is no number is put in words."""
    if isinstance(value, Number) and isfinite(value.value):
        cell.value = value.value
        small = value.unit == "share" and 0 < abs(value.value) < 0.01
        cell.number_format = _SMALL_SHARE if small else FORMATS.get(value.unit, "General")
    elif isinstance(value, str | Number):
        text = str(value)
        plain = "".join(one for one in text if one.isprintable() or one == "\n")
        cell.value = plain[:_LONGEST_TEXT]
        cell.data_type = "s"  # never a formula
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    else:
        cell.value = value
