"""How long runs took: lines of a CSV file to which nothing but lines is ever added."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from logistics.runtime.output_folders import not_written

TIMINGS = "timings.csv"


class Timing(NamedTuple):
    """How long a run took. `worker`: host:process. `finished`: UTC, ISO 8601."""

    point: str
    replication: int
    seconds: float
    worker: str
    finished: str


def read_timings(path: Path) -> list[Timing]:
    """Return the timings in a file; a line that was torn when its writer ended is left out."""
    found = []
    with suppress(FileNotFoundError):
        text = path.read_text(encoding="utf-8", errors="replace")
        for row in csv.reader(text[: text.rfind("\n") + 1].splitlines()[1:]):
            with suppress(ValueError):
                point, number, seconds, worker, finished = row
                found.append(Timing(point, int(number), float(seconds), worker, finished))
    return found


def add_timing(path: Path, *timings: Timing) -> None:
    """Add timings; end a torn line first, and begin with the headings where nothing stands.

    Raises OutputError if the disk refuses.
    """
    lines = io.StringIO()
    try:
        with path.open("a+b") as file:
            if file.tell():
                file.seek(-1, io.SEEK_END)
                lines.write("\n" if file.read(1) != b"\n" else "")
            else:
                csv.writer(lines, lineterminator="\n").writerow(Timing._fields)
            csv.writer(lines, lineterminator="\n").writerows(timings)
            file.write(lines.getvalue().encode())
    except OSError as error:
        raise not_written(path, error) from None
