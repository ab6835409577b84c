"""Text files of rows: commas, semicolons, tabs or | between their cells.

Two readers see the same records: pyarrow, which is fast, for the columns that are asked for; and
Python's own, which is strict, for the quotes and the lines of the file.
"""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray

from networks.inputs.faults import Fault, refuse, whole_file
from networks.inputs.headings import FirstRow, names_known, width_of
from networks.inputs.rows import MOST_SHOWN, PROTECTED, Rows
from networks.inputs.text_files import ENCODINGS, codec_of, utf8

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "|"}
_LAYOUTS = {",": "CSV", ";": "CSV with semicolons", "\t": "tab-separated text", "|": "text with |"}
MOST_COLUMNS = 2_000
_HEAD = 2**18
_BLOCK = 2**23
_FIRST = 100
"""Records at the top that show the separator."""
_SEP_LINE = re.compile(r'"?sep=(.)"?[,;\t|]*\n', re.I)
Numbers = NDArray[np.int64]
Lines = Numbers | None
_CLOSE_IT = 'quotes closed, and doubled within a cell: "5"" vase"'


@dataclass(frozen=True)
class TextTable:
    """A text file of rows.

    `quotes`: whether quotes mean anything. `lines`: the line at which each record begins, None
    where each record is a line. `width`: cells of most records.
    """

    path: Path
    codec: str
    separator: str
    quotes: bool
    lines: Lines
    first_rows: list[FirstRow]
    width: int
    unit: str = "line"

    @property
    def layout(self) -> str:
        """Return in words how the file is written."""
        encoding = ENCODINGS.get(self.codec, "")
        return _LAYOUTS[self.separator] + (encoding and f", {encoding}")

    def read(
        self,
        columns: Sequence[int],
        names: Sequence[str],
        last_record: int,
        most: int | None = None,
    ) -> Rows:
        """Return columns of the rows below a record, or of the first of them.

        Raises InputError for rows that are wider than the heading.
        """
        width = len(names)
        records = _Records(self, columns, width, last_record)
        table, numbers = records.read(most)
        self._check_width(records.wide, width)
        if most is None and self.lines is not None and records.count != len(self.lines):
            raise whole_file(self.path, "cannot be read: quotes that open and do not close")
        series = {n: table.column(str(n)).to_pandas() for n in columns}
        return Rows(series, len(numbers), lambda row: self._line(int(numbers[row])))

    def _line(self, record: int) -> int:
        return record if self.lines is None else int(self.lines[record - 1])

    def _check_width(self, wide: Sequence[int], width: int) -> None:
        mark = SEPARATORS[self.separator]
        allowed = f"up to {width} cells; a cell that holds a {mark} in quotes"
        problem = "has more cells than the heading"
        faults = [
            Fault(str(self.path), self._line(record), "", "", problem, allowed)
            for record in sorted(wide)[:MOST_SHOWN]
        ]
        if len(wide) > MOST_SHOWN:
            more = f"{len(wide) - MOST_SHOWN:,} more rows: {problem}"
            faults.append(Fault(str(self.path), None, "", "", more, allowed))
        refuse(faults)


def open_text(path: Path, known: Collection[str]) -> TextTable:
    """Open a text file of rows. Raises InputError where it is none, or a quote does not close."""
    codec = codec_of(path)
    with utf8(path, codec) as file:
        # a character at the end may be cut in two
        head = file.read(_HEAD).decode(errors="ignore")
        if file.read(1):
            head = head[: head.rfind("\n") + 1]
    given = _SEP_LINE.match(head)
    if given and given[1] in SEPARATORS:
        separator = given[1]
    else:
        separator = max(SEPARATORS, key=lambda one: _agreement(head, one, known))
    quotes, lines = _quotes(path, codec, separator, head)
    first = list(islice(_first_rows(head, separator, quotes), bool(given), _FIRST))
    width = Counter(len(row.cells) for row in first).most_common(1)[0][0] if first else 0
    if width > MOST_COLUMNS:
        raise whole_file(path, f"has {width:,} columns", f"up to {MOST_COLUMNS:,}")
    return TextTable(path, codec, separator, quotes, lines, first, width)


def _agreement(head: str, separator: str, known: Collection[str]) -> tuple[int, int, int]:
    """Return what speaks for a separator: names found, records that agree in width, the width."""
    records = [row.cells for row in islice(_first_rows(head, separator, True), _FIRST)]
    names = max((names_known(cells, known) for cells in records), default=0)
    width, agree = Counter(map(len, records)).most_common(1)[0] if records else (1, 0)
    return (names, agree, width) if width > 1 else (names, 0, 1)


def _first_rows(head: str, separator: str, quotes: bool) -> Iterator[FirstRow]:
    """Yield the rows of a text that are not blank."""
    reader = _reader(head, separator, quotes)
    line = 1
    try:
        for record, cells in enumerate(reader, 1):
            if any(cell.strip() for cell in cells):
                yield FirstRow(record, line, cells)
            line = reader.line_num + 1
    except csv.Error:  # a cell without end: `_quotes` says where
        return


def _reader(text: str, separator: str, quotes: bool) -> Any:
    lines = io.StringIO(text, newline="\n")
    if quotes:
        return csv.reader(lines, delimiter=separator)
    return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)


def _quotes(path: Path, codec: str, separator: str, head: str) -> tuple[bool, Lines]:
    """Return whether quotes mean anything in a file, and if so the line of each record.

    Raises InputError where a quote opens and does not close.
    """
    with utf8(path, codec) as file:
        if not any(b'"' in chunk for chunk in iter(lambda: file.read(2**20), b"")):
            return False, None
    if separator == "\t":
        plain = [line for line in head.split("\n")[:_FIRST] if '"' not in line]
        tabs = max(line.count("\t") for line in plain or head.split("\n"))
        with utf8(path, codec) as file:
            if all(line.count(b"\t") == tabs for line in file if b'"' in line):
                return False, None  # each line is a row by itself
    lines = _clean_lines(path, codec, separator)
    return True, _strict_lines(path, codec, separator) if lines is None else lines


def _clean_lines(path: Path, codec: str, separator: str) -> Numbers | None:
    """Return the line at which each record begins; None where a quote stands within a cell."""
    at_edge = np.zeros(256, np.bool_)
    at_edge[[ord(separator), ord("\n"), ord('"')]] = True
    begins, line, inside, carry = [np.ones(1, np.int64)], 1, 0, b"\n"
    with utf8(path, codec) as file:
        for chunk in chain(iter(lambda: file.read(2**20), b""), [b"\n"]):
            text = np.frombuffer(carry + chunk, np.uint8)  # of its first and last only neighbors
            quotes, ends = (np.flatnonzero(text[1:-1] == ord(one)) + 1 for one in '"\n')
            opening, closing = quotes[inside::2], quotes[1 - inside :: 2]
            if not (at_edge[text[opening - 1]].all() and at_edge[text[closing + 1]].all()):
                return None
            outside = (np.searchsorted(quotes, ends) + inside) % 2 == 0
            begins.append(line + 1 + np.flatnonzero(outside))
            line, inside = line + len(ends), (inside + len(quotes)) % 2
            carry = text[-2:].tobytes()
    lines = np.concatenate(begins)
    return None if inside else lines[: len(lines) - carry.startswith(b"\n")]


def _strict_lines(path: Path, codec: str, separator: str) -> Numbers:
    """Return the line at which each record begins."""
    lines, begin = array("q"), 1
    with utf8(path, codec) as file:
        text = io.TextIOWrapper(file, "utf-8", newline="\n")
        reader = csv.reader(text, delimiter=separator, strict=True)
        while True:
            try:
                for _ in reader:
                    lines.append(begin)
                    begin = reader.line_num + 1
                return np.asarray(lines)
            except csv.Error as error:
                # a quote that is not doubled does no harm unless it takes other lines along
                if reader.line_num > begin or "end of data" in str(error):
                    problem = "has a quote that opens here and does not close"
                    raise whole_file(path, problem, _CLOSE_IT, begin) from None
                lines.append(begin)
                begin += 1


class _Records:
    """The records of a text, read once.

    `wide`: those with more cells than the heading. `count`: all of them.
    """

    def __init__(
        self, text: TextTable, columns: Sequence[int], width: int, last_record: int
    ) -> None:
        self.wide: list[int] = []
        self.count = 0
        self._text, self._columns, self._width, self._last = text, columns, width, last_record
        self._odd: dict[int, list[str]] = {}
        """Cells of those of another width than most; none of a blank one, or one above the rows."""

    def read(self, most: int | None) -> tuple[pa.Table, Numbers]:
        """Return columns of texts, and the number of the record of each row."""
        columns = self._columns
        filled, beyond = [np.zeros(0, np.bool_)], [np.zeros(0, np.bool_)]
        empty = pa.table({str(n): pa.array([], pa.string()) for n in columns})
        tables, rows, stopped = [empty], 0, False
        for batch in self._batches():
            filled.append(_filled(batch, 0))
            beyond.append(_filled(batch, self._width))
            blank = pa.repeat("", len(batch))
            chosen = {
                str(n): self._texts(batch.column(n) if n < batch.num_columns else blank)
                for n in columns
            }
            tables.append(pa.table(chosen).filter(pa.array(filled[-1])))
            rows += len(tables[-1])
            if stopped := most is not None and rows >= most + self._last:
                break
        mask = np.concatenate(filled)
        self.count = len(mask) + len(self._odd)
        odd = np.fromiter((n for n in self._odd if n <= self.count), np.int64)
        numbers = np.delete(np.arange(1, self.count + 1), odd - 1)[: len(mask)]
        wide = numbers[np.concatenate(beyond)]
        self.wide += wide[wide > self._last].tolist()
        numbers, table = numbers[mask], pa.concat_tables(tables)
        first = int(np.searchsorted(numbers, self._last, "right"))
        # of other widths only those up to the last that was read: pyarrow looks ahead
        end = numbers[-1] if stopped else self.count
        table, numbers = self._with_odd(table.slice(first), numbers[first:], end)
        return table.slice(0, most), numbers[:most]

    def _with_odd(self, table: pa.Table, numbers: Numbers, end: int) -> tuple[pa.Table, Numbers]:
        """Return rows with those of another width at their place."""
        odd = {n: cells for n, cells in self._odd.items() if cells and n <= end}
        if not odd:
            return table, numbers
        columns = {
            name: self._texts(pa.array(cells, pa.string()))
            for name, cells in zip(table.column_names, zip(*odd.values(), strict=True), strict=True)
        }
        table = pa.concat_tables([table, pa.table(columns)])
        numbers = np.concatenate([numbers, np.fromiter(odd, np.int64)])
        order = np.argsort(numbers)
        return table.take(pa.array(order)), numbers[order]

    def _batches(self) -> Iterator[pa.RecordBatch]:
        names = [str(n) for n in range(self._text.width)]
        with utf8(self._text.path, self._text.codec) as file:
            try:
                with pyarrow.csv.open_csv(
                    file,
                    pyarrow.csv.ReadOptions(
                        use_threads=False, block_size=_BLOCK, column_names=names
                    ),
                    pyarrow.csv.ParseOptions(
                        delimiter=self._text.separator,
                        quote_char='"' if self._text.quotes else False,
                        newlines_in_values=True,
                        ignore_empty_lines=False,
                        invalid_row_handler=self._take_odd,
                    ),
                    pyarrow.csv.ConvertOptions(
                        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
                    ),
                ) as reader:
                    yield from reader
            except pa.ArrowException as error:
                why = " ".join(str(error).split())[:200]
                raise whole_file(self._text.path, f"cannot be read as CSV: {why}") from None

    def _take_odd(self, row: pyarrow.csv.InvalidRow) -> str:
        cells: list[str] = next(_reader(row.text, self._text.separator, self._text.quotes), [])
        width = width_of(cells)
        is_row = width > 0 and row.number > self._last
        kept = [cells[n] if n < width else "" for n in self._columns]
        self._odd[row.number] = kept if is_row else []
        if is_row and width > self._width:
            self.wide.append(row.number)
        return "skip"

    def _texts(self, column: pa.Array) -> pa.Array:
        texts = pc.utf8_trim_whitespace(column)
        if not self._text.quotes and pc.any(pc.starts_with(texts, '"')).as_py():
            whole = pc.match_substring_regex(texts, r'^"(?:[^"]|"")*"$')
            inner = pc.replace_substring(pc.utf8_slice_codeunits(texts, 1, -1), '""', '"')
            texts = pc.utf8_trim_whitespace(pc.if_else(whole, inner, texts))
        if pc.any(pc.starts_with(texts, '="')).as_py():  # keeps zeros in Excel
            texts = pc.replace_substring_regex(texts, f"^{PROTECTED}$", r"\1")
        return texts


def _filled(batch: pa.RecordBatch, first: int) -> NDArray[np.bool_]:
    """Return which rows have a cell that is not blank, from a column on."""
    filled = np.zeros(len(batch), np.bool_)
    for column in batch.columns[first:]:
        if filled.all():
            break
        filled |= pc.not_equal(pc.utf8_trim_whitespace(column), "").to_numpy(zero_copy_only=False)
    return filled
