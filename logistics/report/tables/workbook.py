"""`summary.xlsx`: the report's tables as sheets of numbers, to be pasted into slides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import isfinite
from operator import itemgetter
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import Cell as Slot
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from logistics.analysis.comparison import Comparison, pairs_of
from logistics.analysis.measures.registry import PAIRED_METRICS
from logistics.analysis.statistics.intervals import percent
from logistics.report.pictures.catalog import has_group
from logistics.report.tables import groups, metrics, provenance
from logistics.report.tables.assumptions_sheet import assumption_headings, assumption_rows
from logistics.report.tables.effects import effects_by_date_table, effects_table
from logistics.report.tables.summary_sheet import LEADING, summary_headings, summary_rows
from logistics.report.tables.table import Cell, Metric, Number, Row, Table
from logistics.report.text.caveats import input_notes
from logistics.report.text.effects import effect_lines
from logistics.report.text.headline import (
    gravest_caveats,
    headline_sentences,
    sample_line,
    why_lines,
)
from logistics.report.text.ranges import Ranges
from networks.inputs.cells import FORMULA

ENDS = ("estimate", "low", "high")
_KNOWN = (*ENDS, "unit", "definition")
_BY_COLUMN = ("column", "section", "row")
_PLACES = 20  # bottlenecks of a network


FORMATS = {
    "days": "0.00", "hours": "0.0", "dates": "0", "km": "#,##0",
    "minutes": "0.0", "parcels": "#,##0", "orders": "#,##0", "touches": "0.0",
    "correlation": "0.00", "ratio": "0.00",
}  # fmt: skip
"""How numbers of a unit are shown."""

_MOST_DECIMALS = 6  # of a share
_WIDEST, _WIDEST_HEADING, _NARROWEST = 70, 18, 9
_LONGEST_TITLE = 100  # characters: Excel takes 255 of all codes and texts of a page's head
_LONGEST_TEXT = 32_767  # characters a cell holds
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<")


@dataclass(frozen=True)
class Sheet:
    """A sheet: its headings, its rows, and how many columns stay in sight."""

    name: str
    headings: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    frozen_columns: int = 1


def workbook(content: Iterable[Sheet], title: str = "") -> bytes:
    """Return a workbook with these sheets: the same sheets, the same bytes.

    `title`: stands at the head of each printed page.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in content:
        page = book.create_sheet(sheet.name)
        _fill(page, sheet)
        _set_up_print(page, title)
    saved = BytesIO()
    book.save(saved)
    return _timeless(saved)


def sheets(result: Comparison, background: provenance.Background) -> Iterator[Sheet]:
    """Yield every sheet that the results allow."""
    yield Sheet("summary", summary_headings(result), summary_rows(result), len(LEADING))
    yield Sheet("answer", ("what", "the answer"), _answer(result), 0)
    if result.ranges:
        yield ranges_sheet(result.ranges)
    yield by_cell(metrics.every_metric_table(result), "networks", ("network", "figure", "name"))
    if result.paired:
        yield by_cell(metrics.differences_table(result, tuple(PAIRED_METRICS)), "differences",
                       ("first", "second", "figure", "name"))  # fmt: skip
    if result.group_totals:
        yield by_cell(metrics.causes_table(result), "causes",
                       ("network", "of", "cause"), ("mean hours", "definition"))  # fmt: skip
    if result.waterfalls:
        pairs = pairs_of(result.names)
        yield by_cell(metrics.waterfall_table(result, pairs), "waterfall", ("pair", "of", "step"))
    if has_group(result, "market"):
        yield by_row(groups.markets_table(result), "by market", ("market", "name", "state"), 2)
    if result.group_totals:
        yield by_row(groups.dates_table(result), "by date", ("order date",))
        yield by_row(groups.weekdays_table(result), "by weekday", ("ordered on",))
    if result.places:
        table = groups.bottlenecks_table(result, _PLACES, background.facilities)
        yield by_row(table, "bottlenecks", ("network", "place", "kind"), 2)
    if background.added_capacities:
        table = groups.added_capacity_table(background.added_capacities)
        yield by_row(table, "more capacity", ("network", "place", "kind"), 2)
    if result.damage:
        yield _damage_sheet(result)
    if result.effects:
        yield by_row(effects_table(result), "what-if", ("metric", "name"), 2)
        yield by_row(effects_by_date_table(result), "what-if by date", ("date",))
    leading = ("shopper", "network", "figure", "name")
    table = metrics.shoppers_table(result)
    yield by_cell(table, "two shoppers", leading, order=("section", "column", "row"))
    if background.assumptions:
        inputs = assumption_rows(background.assumptions, result.names)
        yield Sheet("assumptions", assumption_headings(result.names), inputs)
    about = provenance.made_table(provenance.comparison_facts(result, background.command))
    yield by_row(about, "about", ("what",))


def text_sheet(sentences: Iterable[str]) -> Sheet:
    """Return the sheet of the answer, a sentence a row."""
    return Sheet("answer", ("the answer",), ([text] for text in sentences), 0)


def ranges_sheet(ranges: Ranges) -> Sheet:
    """Return the two intervals of every metric, and what drives the wide one."""
    return by_row(metrics.ranges_table(ranges), "two intervals", ("who", "figure"), 2)


def by_row(table: Table, name: str, leading: Sequence[str], frozen: int = 1) -> Sheet:
    """Return a sheet with a row for each row of a table, and its interval beside an estimate.

    `leading`: headings of what tells which row it is: the heading it stands under, if any, and its
    keys. `frozen`: columns that stay in sight.
    """
    headings = [one for column in table.columns for one in column.sheet_headings]
    rows = (
        (
            *([section] if section else []),
            *(row.keys or (row.label,)),
            *(
                one
                for column, cell in zip(table.columns, row.cells, strict=True)
                for one in interval_cells(cell)[: len(column.sheet_headings)]
            ),
        )
        for section, row in table.body()
    )
    return Sheet(name, (*leading, *headings), rows, frozen)


def by_cell(
    table: Table,
    name: str,
    leading: tuple[str, ...],
    known: tuple[str, ...] = _KNOWN,
    order: Sequence[str] = _BY_COLUMN,
    keys_order: Sequence[str] = (),
) -> Sheet:
    """Return a sheet with a row for each cell of a table.

    `leading`: headings of the keys that tell which cell it is, as many as have room. `known`: those
    of the value and of what is known of it. `order`: of the rows, by column, section and row of the
    table; `keys_order`: of their keys, if another.
    """
    sections: dict[str, int] = {}
    listed = []
    for at, column in enumerate(table.columns):
        for number, (section, row) in enumerate(table.body() if column.sheet_headings else ()):
            place = {"section": sections.setdefault(section, len(sections)), "row": number}
            place["column"] = at
            keys = {
                "column": column.keys,
                "section": (section,) if section else (),
                "row": row.keys or (row.label,),
            }
            lead = [key for part in keys_order or order for key in keys[part]][: len(leading)]
            cells = (*lead, *_value_cells(row, at))[: len(leading) + len(known)]
            listed.append(([place[part] for part in order], cells))
    listed.sort(key=itemgetter(0))
    return Sheet(name, (*leading, *known), [cells for _, cells in listed], min(len(leading), 3))


def interval_cells(cell: Cell) -> tuple[Cell, ...]:
    """Return estimate, low and high, blank without an interval; of what is no metric, the cell."""
    if not isinstance(cell, Metric):
        return (cell,)
    one, unit = cell.estimate, cell.definition.unit
    ends = (Number(end, unit) if one.has_interval else None for end in (one.low, one.high))
    return (Number(one.estimate, unit), *ends)


def _value_cells(row: Row, column: int) -> tuple[Cell, ...]:
    """Return a value, with its interval and unit if it has those, and its definition."""
    cell = row.cells[column]
    if isinstance(cell, Metric):
        return (*interval_cells(cell), cell.definition.unit, cell.definition.text)
    return cell, row.note


def _answer(result: Comparison) -> Iterator[tuple[str, str]]:
    """Yield the answer: which network, why, what a what-if does, caveats; the numbers are in
    the sheets beside it."""
    told = {
        "Answer": headline_sentences(result),
        "Sample": [sample_line(result)],
        "Effect": effect_lines(result),
        "Why": why_lines(result),
        "Caveat": gravest_caveats(result),
        "Intervals": [_intervals(result)],
        "Note": input_notes(result),
    }
    yield from ((what, line) for what, lines in told.items() for line in lines if line)


def _intervals(result: Comparison) -> str:
    """Say what low and high are; '' where there are none."""
    if result.replications == 1:
        return ""
    return f"low and high: {result.level:.0%} confidence interval, random variation only."


def _damage_sheet(result: Comparison) -> Sheet:
    """Return what damaged parcels where: only the places of each network itself."""
    headings = ("network", "place", "touch", "damaged, of delivered", "expected, of delivered")
    rows: list[Sequence[Cell]] = [
        (name, place, kind, Number(actual, "share"), Number(expected, "share"))
        for name, one in result.damage.items()
        for (place, kind), (actual, expected) in one.rates().items()
    ]
    return Sheet("damage", headings, rows, 3)


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
    headings = _unique(content.headings)
    for column, heading in enumerate(headings, 1):
        cell = sheet.cell(1, column)
        _put(cell, heading)
        cell.font, cell.fill, cell.alignment = bold, tint, Alignment(wrap_text=True)
    widths = [min(len(heading), _WIDEST_HEADING) for heading in headings]
    at = 1
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
    if at > 1:  # a table needs a row
        _add_table(sheet, f"A1:{get_column_letter(len(headings))}{at}")


def _unique(headings: Sequence[str]) -> list[str]:
    """Return headings that an Excel table takes: none empty, none twice whatever the case.

    >>> _unique(["what", "", "What"])
    ['what', 'value', 'What 2']
    """
    found: list[str] = []
    taken: set[str] = set()
    for heading in headings:
        plain = one = " ".join(heading.split()) or "value"
        number = 1
        while one.casefold() in taken:
            number += 1
            one = f"{plain} {number}"
        taken.add(one.casefold())
        found.append(one)
    return found


def _add_table(sheet: Worksheet, place: str) -> None:
    """Make a range an Excel table with filters, named unlike any other and unlike a cell."""
    number, title = len(sheet.parent.sheetnames), re.sub("[^0-9a-z]+", "_", sheet.title.lower())
    table = ExcelTable(displayName=f"table{number}_{title}", ref=place)
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=True)
    sheet.add_table(table)


def _set_up_print(sheet: Worksheet, title: str) -> None:
    """Print in landscape, one page wide, with the headings on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"
    sheet.oddHeader.left.text = "&A"
    sheet.oddHeader.right.text = title[:_LONGEST_TITLE].replace("&", "&&")
    sheet.oddFooter.right.text = "Page &P of &N"


def _put(cell: Slot, value: Cell) -> None:
    """Write a value: text stays text whatever it starts with; what is no number is put in words."""
    if isinstance(value, Number) and isfinite(value.value):
        cell.value = value.value
        cell.number_format = FORMATS.get(value.unit, "General")
        if value.unit == "share":
            cell.number_format = _share_format(abs(value.value))
    elif isinstance(value, str | Number):
        text = str(value)
        plain = "".join(one for one in text if one.isprintable() or one == "\n")
        cell.value = plain[:_LONGEST_TEXT]
        cell.data_type = "s"  # never a formula
        cell.quotePrefix = bool(re.match(FORMULA, text))
    else:
        cell.value = value


def _share_format(share: float) -> str:
    """Return a format in which a share below a hundredth, or nearly 1, is not shown as 0% or 100%.

    >>> _share_format(0.5), _share_format(0.004), _share_format(0.00015), _share_format(0.99996)
    ('0.0%', '0.00%', '0.000%', '0.000%')
    """
    decimals = 2 if 0 < share < 0.01 else 1
    while 0 < share < 0.1 ** (decimals + 1) and decimals < _MOST_DECIMALS:
        decimals += 1
    while 0 < share < 1 and decimals < _MOST_DECIMALS and percent(share, decimals)[0] in "<>":
        decimals += 1
    return f"0.{'0' * decimals}%"
