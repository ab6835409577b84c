"""`summary.xlsx`: the figures as numbers, sheet by sheet, to be pasted into slides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from logistics.analysis.comparison import Comparison
from logistics.analysis.definitions import CAUSE_FIGURES, LATE_STEPS, PAIRED_FIGURES, Definition
from logistics.analysis.intervals import Figure
from logistics.analysis.tallies import Tally
from logistics.outcomes import CAUSES
from logistics.report.answer import answer
from logistics.report.gallery import has_tally
from logistics.report.page import CHECKED, Background
from logistics.report.pictures.causes import SLOWEST
from logistics.report.pictures.market_maps import FEWEST, FEWEST_TAIL
from logistics.report.remarks import built, doubts
from logistics.report.wording import times_run, verdicts
from networks.geography import load_markets

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

FORMATS = {
    "share": "0.0%", "days": "0.00", "hours": "0.0", "dates": "0", "km": "#,##0",
    "parcels": "#,##0", "orders": "#,##0", "touches": "0.0", "correlation": "0.00", "ratio": "0.00",
}  # fmt: skip
"""How numbers of a unit are shown."""

_SMALL_SHARE = "0.00%"  # of a share below a hundredth
_WIDEST, _NARROWEST = 70, 9
_LONGEST_TEXT = 32_767  # characters a cell holds
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<")
_NOT_A_NUMBER = "-"
_NOT_REACHED = "not reached"

Value = str | float | int | date | None


@dataclass(frozen=True)
class Number:
    """A number and its unit, which decides how it is shown."""

    value: float
    unit: str


Row = Sequence[Value | Number]


@dataclass(frozen=True)
class Sheet:
    """A sheet: its headings, its rows, and how many columns stay in sight."""

    name: str
    headings: tuple[str, ...]
    rows: Iterable[Row]
    frozen_columns: int = 1


def write_workbook(result: Comparison, background: Background, path: Path) -> None:
    """Write every sheet that the figures allow.

    Raises OSError if the file cannot be written.
    """
    from openpyxl import Workbook  # noqa: PLC0415  (a quarter of a second)

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in _sheets(result, background):
        _fill(book.create_sheet(sheet.name), sheet)
    content = BytesIO()
    book.save(content)
    path.write_bytes(_timeless(content))


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


def _sheets(result: Comparison, background: Background) -> Iterable[Sheet]:
    yield Sheet("answer", ("the answer",), ([text] for text in _answer(result)), 0)
    yield _figures_sheet(result)
    if result.paired:
        yield _differences_sheet(result)
    if result.tallies:
        yield _causes_sheet(result)
    if result.waterfalls:
        yield _waterfall_sheet(result)
    if has_tally(result, "market"):
        yield _markets_sheet(result)
    if result.tallies:
        yield _dates_sheet(result)
    if result.places:
        yield _bottlenecks_sheet(result)
    if result.damage:
        yield _damage_sheet(result)
    if background.assumptions:
        yield _assumptions_sheet(result, background)
    yield Sheet("about", ("what", ""), _about(result, background))


def _answer(result: Comparison) -> list[str]:
    texts = [*answer(result), *verdicts(result), times_run(result)]
    return texts + (doubts(result) if "networks" in result.run else [])


def _figures_sheet(result: Comparison) -> Sheet:
    headings = ("network", "figure", "name", "estimate", "low", "high", "unit", "definition")
    rows = [
        (network, definition.label, name, *_three(figure, definition))
        for network, name, figure, definition in result.lines()
        if network in result.figures
    ]
    return Sheet("networks", headings, rows, 3)


def _differences_sheet(result: Comparison) -> Sheet:
    headings = (
        "first",
        "second",
        "figure",
        "name",
        "estimate",
        "low",
        "high",
        "unit",
        "definition",
    )
    rows = [
        (first, second, known.label, name, *_three(figures[name], known))
        for first, second, figures in result.pairs()
        for name, known in PAIRED_FIGURES.items()
    ]
    return Sheet("differences", headings, rows, 3)


def _causes_sheet(result: Comparison) -> Sheet:
    rows = [
        (network, of, CAUSE_FIGURES[cause].label, Number(hours, "hours"), CAUSE_FIGURES[cause].text)
        for network in result.names
        for of, key, group in (("all delivered", "all", 0), ("slowest 5%", "speed", SLOWEST))
        for cause, hours in zip(
            CAUSES, result.tallies[network][key].mean_hours()[:, group].tolist(), strict=True
        )
    ]
    return Sheet("causes", ("network", "of", "cause", "mean hours", "definition"), rows, 3)


def _waterfall_sheet(result: Comparison) -> Sheet:
    headings = ("pair", "of", "step", "estimate", "low", "high", "unit", "definition")
    hours, share = Definition("hours", "", ""), Definition("share", "", "")
    rows: list[Row] = []
    for pair, fall in result.waterfalls.items():
        ends = ("first network", "second network")
        rows.append((pair, "hours", ends[0], *_three(fall.first_hours, hours)))
        for cause in CAUSES:
            known = CAUSE_FIGURES[cause]
            rows.append((pair, "hours", known.label, *_three(fall.steps[cause], known)))
        rows.append((pair, "hours", ends[1], *_three(fall.second_hours, hours)))
        rows.append((pair, "share late", ends[0], *_three(fall.first_late, share)))
        for name, known in LATE_STEPS.items():
            rows.append((pair, "share late", known.label, *_three(fall.late_steps[name], known)))
        rows.append((pair, "share late", ends[1], *_three(fall.second_late, share)))
    return Sheet("waterfall", headings, rows, 3)


def _markets_sheet(result: Comparison) -> Sheet:
    what = ("parcels", "half within, days", "95 of 100 within, days", "within 2 dates", "on time")
    headings = ("market", "name", "state", *(f"{n}: {one}" for n in result.names for one in what))
    columns = []
    for name in result.names:
        tally = result.tallies[name]["market"]
        columns.append(
            (
                tally.parcels.tolist(),
                tally.quantile(0.5).tolist(),
                tally.quantile(0.95).tolist(),
                tally.share("within_dates")[2].tolist(),
                tally.share("on_time").tolist(),
            )
        )
    markets = load_markets()
    known = zip(markets.ids, markets.names, markets.states, strict=True)
    rows = (
        (*about, *(cell for column in columns for cell in _market_cells(column, row)))
        for row, about in enumerate(known)
    )
    return Sheet("by market", headings, rows, 2)


def _market_cells(column: tuple[list[Any], ...], row: int) -> tuple[Value | Number, ...]:
    parcels, half, most, within, on_time = (values[row] for values in column)
    enough, tail = parcels >= FEWEST, parcels >= FEWEST_TAIL
    return (
        Number(parcels, "parcels"),
        Number(half, "days") if enough else None,
        Number(most, "days") if tail else None,
        Number(within, "share") if enough else None,
        Number(on_time, "share") if enough else None,
    )


def _dates_sheet(result: Comparison) -> Sheet:
    first = date.fromisoformat(result.run["first_day"])
    what = ("parcels", *(f"within {k} dates" for k in range(1, 8)), "on time", "mean days")
    headings = ("order date", *(f"{name}: {one}" for name in result.names for one in what))
    tallies = [result.tallies[name]["order_date"] for name in result.names]
    rows: list[Row] = [
        (first + timedelta(days=at), *(cell for tally in tallies for cell in _of_date(tally, at)))
        for at in range(max(len(tally) for tally in tallies))
    ]
    return Sheet("by date", headings, rows)


def _of_date(tally: Tally, at: int) -> list[Number]:
    within, hours = tally.share("within_dates")[1:8, at], tally.mean_hours()[:, at]
    return [
        Number(int(tally.parcels[at]), "parcels"),
        *(Number(share, "share") for share in within.tolist()),
        Number(float(tally.share("on_time")[at]), "share"),
        Number(float(hours.sum() / 24), "days"),
    ]


def _bottlenecks_sheet(result: Comparison) -> Sheet:
    headings = (
        "network", "place", "kind", "waiting for", "minutes per order", "hours per parcel there",
        "parcels a day", "busy or full",
    )  # fmt: skip
    rows = [
        (
            name,
            one.place,
            one.kind,
            one.waits_for,
            Number(one.hours_per_order * 60, "days"),
            Number(one.hours, "days"),
            Number(one.parcels_per_day, "parcels"),
            Number(one.busy, "share"),
        )
        for name, places in result.places.items()
        for one in places.bottlenecks(20)
    ]
    return Sheet("bottlenecks", headings, rows, 2)


def _damage_sheet(result: Comparison) -> Sheet:
    headings = ("network", "place", "touch", "damaged, of delivered", "expected, of delivered")
    rows = [
        (name, place, kind, Number(happened, "share"), Number(expected, "share"))
        for name, one in result.damage.items()
        for (place, kind), (happened, expected) in one.rates().items()
    ]
    return Sheet("damage", headings, rows, 3)


def _assumptions_sheet(result: Comparison, background: Background) -> Sheet:
    headings = ("figure", *result.names, "meaning", "where it comes from")
    rows = [
        (one.path, *(one.values.get(name, "") for name in result.names), one.meaning, one.origin)
        for one in background.assumptions
    ]
    return Sheet("assumptions", headings, rows)


def _about(result: Comparison, background: Background) -> list[tuple[str, Value]]:
    plain = [
        (key, value if isinstance(value, str | int | float) else str(value))
        for key, value in result.run.items()
        if key not in ("networks", "versions", "seconds")
    ]
    rows: list[tuple[str, Value]] = [*plain]
    if "networks" in result.run:
        rows += [(f"built: {name}", "; ".join(lines)) for name, lines in built(result).items()]
        rows += [
            (f"not resolved: {name}", "; ".join(one["not_resolved"]) or "nothing")
            for name, one in result.run["networks"].items()
        ]
    rows += [(f"version: {one}", text) for one, text in result.run.get("versions", {}).items()]
    return [*rows, ("checks passed", CHECKED), ("to repeat it, in this folder", background.command)]


def _three(figure: Figure, definition: Definition) -> tuple[Number | Value, ...]:
    """Return estimate, low, high, unit and definition."""
    unit = definition.unit
    ends = (figure.low, figure.high) if figure.has_interval else (None, None)
    low, high = (None if end is None else Number(end, unit) for end in ends)
    return Number(figure.estimate, unit), low, high, unit, definition.text


def _fill(sheet: Worksheet, content: Sheet) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    widths = [len(heading) for heading in content.headings]
    heading_look = (
        Font(bold=True),
        PatternFill("solid", fgColor="E8E8E4"),
        Alignment(wrap_text=True),
    )
    for column, heading in enumerate(content.headings, 1):
        cell = sheet.cell(1, column)
        _put(cell, heading)
        cell.font, cell.fill, cell.alignment = heading_look
    widths, wrapped = (
        [min(width, 18) for width in widths],
        Alignment(wrap_text=True, vertical="top"),
    )
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


def _put(cell: Cell, value: Value | Number) -> None:
    """Write a value: text stays text whatever it starts with; what is no number is put in words."""
    if isinstance(value, Number):
        if not isfinite(value.value):
            cell.value = _NOT_REACHED if value.value > 0 else _NOT_A_NUMBER
            return
        cell.value = value.value
        small = value.unit == "share" and 0 < abs(value.value) < 0.01
        cell.number_format = _SMALL_SHARE if small else FORMATS.get(value.unit, "General")
    elif isinstance(value, str):
        cell.value = "".join(one for one in value if one.isprintable() or one == "\n")[
            :_LONGEST_TEXT
        ]
        cell.data_type = "s"  # never a formula
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
    else:
        cell.value = value
