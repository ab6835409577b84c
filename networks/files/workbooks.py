"""One workbook: sheets of raw cells in and out, and the blank template."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from networks.files.reader_columns import COLUMNS as READER_COLUMNS
from networks.files.reader_columns import names_of
from networks.inputs.grids import Row, written
from networks.sheets import KINDS, SETTINGS, SHEETS, Column, Sheet

_TEMPLATE_ROWS = 10_000


def write_workbook(path: Path, sheets: Iterable[tuple[Sheet, Iterable[Row]]]) -> None:
    """Write a workbook; text is never a formula, and numbers come back equal."""
    book = Workbook(write_only=True)
    try:
        for sheet, rows in sheets:
            _write_sheet(book, sheet, rows)
        _save(book, path)
    except BaseException:
        # sheets that are left open complain on the terminal when they are thrown away
        for page in book.worksheets:
            with suppress(Exception):
                page.close()
        raise


def _save(book: Workbook, path: Path) -> None:
    """Write a workbook at one go: a zip that meets a full disk complains when it is thrown away."""
    content = BytesIO()
    book.save(content)
    path.write_bytes(content.getvalue())


def _write_sheet(book: Workbook, sheet: Sheet, rows: Iterable[Row]) -> None:
    page = book.create_sheet(sheet.name)
    page.freeze_panes = "A2"
    columns = _columns(sheet)
    for number, column in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(number)].width = _width(column)
        _offer(page, get_column_letter(number), column)
    page.append([column.name for column in columns])

    def cell(value: object) -> object:
        made = WriteOnlyCell(page)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # openpyxl writes 16 digits of a float; as text in a number cell it stays whole
        made._value, made.data_type = written(value), "n" if is_number else "s"
        return made

    for own in rows:
        row = own if columns == sheet.columns else (*own, names_of(sheet, own), "yes", "")
        page.append([None if value == "" and not isinstance(value, bool) else cell(value)
                     for value in row])  # fmt: skip


def _columns(sheet: Sheet) -> tuple[Column, ...]:
    """Return the columns of a sheet and those for its readers; settings are read by all."""
    return sheet.columns if sheet.name == "settings" else (*sheet.columns, *READER_COLUMNS)


def _width(column: Column) -> int:
    return max(12, len(column.name) + 3, min(len(column.example) + 3, 30))


def write_template_workbook(path: Path) -> None:
    """Write a blank workbook: headings with notes, and lists to choose from."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in SHEETS:
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for number, column in enumerate(_columns(sheet), start=1):
            letter = get_column_letter(number)
            page.column_dimensions[letter].width = _width(column)
            heading = page.cell(1, number, column.name)
            heading.font = Font(bold=True)
            heading.comment = _comment(note_of(column))
            for row in range(2, 100) if KINDS[column.kind].is_number is False else ():
                page.cell(row, number).number_format = "@"  # text: 08:00 and 021 stay as typed
            _offer(page, letter, column)
        if sheet.name == "settings":
            for number, setting in enumerate(SETTINGS, start=2):
                name = page.cell(number, 1, setting.name)
                name.comment = _comment(note_of(setting))
    _save(book, path)


def note_of(column: Column) -> str:
    """Return what a planner should know of a column."""
    needed = "needed" if column.needed else "may be empty"
    return f"{column.comment}\nTakes: {column.takes} ({needed}).\nExample: {column.example}"


def _comment(text: str) -> Any:
    return Comment(text, "logistics", width=320, height=140)


def _offer(page: Any, letter: str, column: Column) -> None:
    choices = column.choices or (("yes", "no") if column.kind == "yes/no" else ())
    formula = f'"{",".join(choices)}"'
    if column.refers:
        formula = f"={column.refers}!$A$2:$A${_TEMPLATE_ROWS}"
    if not (choices or column.refers) or len(formula) > 255:
        return
    # a list of another sheet is an offer only: origins of lanes may also be 'sellers'
    offer = DataValidation(type="list", formula1=formula, allow_blank=True,
                           showErrorMessage=bool(choices))  # fmt: skip
    offer.add(f"{letter}2:{letter}{_TEMPLATE_ROWS}")
    page.data_validations.append(offer)
