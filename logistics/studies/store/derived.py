"""The files that are made from finished runs, and the file with their checksums.

It is there from the end of a command that wrote them to the start of the next: one that is ended
while it writes leaves none, and nothing is taken for damaged.
"""

from __future__ import annotations

from pathlib import Path

from logistics.runtime.output_folders import write_whole
from logistics.studies.store.seals import checksum_of, content_of, sealed_json, unsealed

CHECKSUMS = "checksums.json"
_PICTURES = "pictures"
_TABLES = (
    "report.html", "summary.xlsx", "responses.csv", "summary.json", "summary.csv",
    "replications.parquet",
)  # fmt: skip


def write_checksums(folder: Path, study: str) -> None:
    """Write the checksums of what is there. Raises OutputError if the disk refuses."""
    sums = {name: checksum_of(folder / name) for name in _made(folder)}
    write_whole(folder / CHECKSUMS, sealed_json({"study": study, "files": sums}))


def damaged_derived(folder: Path, study: str) -> list[str]:
    """Return which files are not as they were made."""
    try:
        about = unsealed(content_of(folder / CHECKSUMS))
        if about["study"] != study:
            raise ValueError("of another study")
        sums = dict(about["files"])
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError, RecursionError):
        return [CHECKSUMS]
    # paths are those that are there, not those that a file names
    found = ((name, checksum_of(folder / name)) for name in _made(folder) if name in sums)
    return [name for name, content_sum in found if content_sum != sums[name]]


def is_derived(name: str) -> bool:
    """Tell whether a file is made from finished runs."""
    return name in _TABLES or name.startswith(f"{_PICTURES}/") or name == CHECKSUMS


def _made(folder: Path) -> list[str]:
    pictures = folder / _PICTURES
    drawn = sorted(path.name for path in pictures.iterdir()) if pictures.is_dir() else []
    names = [*_TABLES, *(f"{_PICTURES}/{name}" for name in drawn)]
    return [name for name in names if (folder / name).is_file()]
