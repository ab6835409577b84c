"""When each run was finished: a log, each line of which has a checksum of its own."""

from __future__ import annotations

import csv
import io
import zlib
from pathlib import Path
from typing import NamedTuple

from logistics.runtime.output_folders import not_written, write_whole
from logistics.studies.store.seals import content_of

TIMINGS = "timings.csv"


class Timing(NamedTuple):
    """How long a run took. `worker`: host:process. `finished`: UTC, ISO 8601."""

    point: str
    replication: int
    seconds: float
    worker: str
    finished: str


COLUMNS = (*Timing._fields, "crc32")


def add_timing(path: Path, timing: Timing) -> None:
    """Add a line. Raises OutputError if the disk refuses."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(timing)
    try:
        with path.open("ab") as file:
            file.write(f"{_checked(text.getvalue())}\n".encode())
    except OSError as error:
        raise not_written(path, error) from None


def timings_damaged(path: Path) -> bool:
    """Tell whether a line has been changed, or was cut short."""
    content = content_of(path) if path.exists() else b""
    return content != _log(_good_lines(content))


def mend_timings(path: Path, sealed: bool = True) -> None:
    """Write a log again, or begin one; of the lines that are there, only good ones are kept.

    `sealed`: False for one whose lines have no checksums yet; they get theirs.

    Raises OutputError if the disk refuses.
    """
    content = content_of(path) if path.exists() else b""
    if sealed:
        lines = _good_lines(content)
    else:
        rows = content.decode(errors="replace").splitlines()[1:]
        width = len(Timing._fields)
        lines = [_checked(row) if row.count(",") < width else row for row in rows]
    write_whole(path, _log(lines))


def _good_lines(content: bytes) -> list[str]:
    lines = content.decode(errors="replace").split("\n")[1:]
    return [line for line in lines if line == _checked(line.rpartition(",")[0])]


def _log(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in (",".join(COLUMNS), *lines)).encode()


def _checked(line: str) -> str:
    return f"{line},{zlib.crc32(line.encode()):08x}"
