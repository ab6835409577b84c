"""A folder of CSV files, one a sheet: raw cells in and out."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from networks.files.findings import Findings, Place
from networks.files.sheets import SHEET, Sheet
from networks.inputs.grids import Formula, Grid, Row, is_blank, nearest
from networks.inputs.packages import MOST_BYTES, MOST_COLUMNS, MOST_ROWS

_UTF8 = "a CSV file in UTF-8 (Excel: save as 'CSV UTF-8')"


class _UnreadableError(ValueError):
    """A CSV file that cannot be read: row (or None), problem and remedy."""


def read_folder(path: Path, findings: Findings) -> dict[str, Grid]:
    """Return the sheets of a folder; what is wrong with a whole file is noted."""
    grids = {}
    findings.files |= {name: str(path / f"{name}.csv") for name in SHEET}
    for file in sorted(path.iterdir()):
        if file.suffix.lower() != ".csv" or file.name.startswith("."):
            continue
        name = file.stem
        findings.files[name] = str(file)
        if name not in SHEET:
            meant = nearest(name, SHEET)
            did_you = f"; did you mean '{meant}.csv'?" if meant else ""
            findings.add(Place(name), "", f"is not a known sheet{did_you}", ", ".join(SHEET))
            continue
        try:
            grids[name] = _grid(file)
        except _UnreadableError as error:
            row, problem, allowed = error.args
            findings.add(Place(name, row), "", problem, allowed)
            findings.faulty.add(Place(name))
    return grids


def _grid(file: Path) -> Grid:
    heading: list[object] | None = None
    heading_row = 1
    rows: list[tuple[int, list[object]]] = []
    for number, texts in enumerate(_records(_text(file)), start=1):
        if number > MOST_ROWS or len(texts) > MOST_COLUMNS:
            problem = f"has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns"
            raise _UnreadableError(None, problem, "one table, from its first line on")
        cells = [Formula(text) if text.lstrip().startswith("=") else text for text in texts]
        if all(is_blank(cell) for cell in cells):
            continue
        if heading is None:
            heading, heading_row = list(cells), number
        else:
            rows.append((number, list(cells)))
    return Grid(heading_row, heading or [], rows)


def _text(file: Path) -> str:
    if not file.is_file():
        raise _UnreadableError(None, "is not a file", _UTF8)
    if file.stat().st_size > MOST_BYTES:
        raise _UnreadableError(None, f"is larger than {MOST_BYTES // 2**20} MB", "a smaller table")
    raw = file.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _UnreadableError(None, "is written in UTF-16", _UTF8)
    if b"\x00" in raw:
        row = raw[: raw.index(b"\x00")].count(b"\n") + 1
        raise _UnreadableError(row, "has a NUL byte: it is damaged, or no text", _UTF8)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise _UnreadableError(row, "has a sign that is not UTF-8", _UTF8) from None


def _records(text: str) -> Iterator[list[str]]:
    """Yield the records of a CSV file, empty ones too: Excel counts them as rows."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    marks = max(",;\t", key=heading.count)
    delimiter = marks if heading.count(marks) else ","
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            why = f"cannot be read as CSV: {error}"
            raise _UnreadableError(number + 1, why, "cells with quotes closed") from None
        number += 1
        yield record


def _lines(text: str) -> Iterator[str]:
    """Yield lines with their ends; only line feeds end one, as in Excel."""
    return (line + "\n" for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def write_folder(path: Path, sheets: Iterable[tuple[Sheet, Iterable[Row]]]) -> None:
    """Write a folder of CSV files, made for it."""
    path.mkdir(parents=True, exist_ok=True)
    for sheet, rows in sheets:
        with open(path / f"{sheet.name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([column.name for column in sheet.columns])
            writer.writerows([_written(value) for value in row] for row in rows)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    # so that no spreadsheet takes it for a formula; `cells.free_text` takes the sign away
    return f"'{text}" if re.match(r"[=+@\-]", text) else text
