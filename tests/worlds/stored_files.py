"""What lies in the folder of a study, to be compared with another."""

from __future__ import annotations

from pathlib import Path

NOT_THE_SAME = {"timings.csv", ".lock"}
"""Files that tell of time, or of who writes."""


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file but those that may differ from run to run, by its place in the folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in NOT_THE_SAME
    }
