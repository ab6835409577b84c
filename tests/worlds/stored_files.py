"""What lies in the folder of a study, to be compared with another, changed, or made older."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from logistics.studies.store.seals import sealed_json

NOT_THE_SAME = {"timings.csv", ".lock"}
"""Files that tell of time, or of who writes."""


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file but those that may differ from run to run, by its place in the folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in NOT_THE_SAME
    }


def forged(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest, and give it the checksum that goes with the change."""
    manifest = folder / "manifest.json"
    about = json.loads(manifest.read_text())
    del about["sha256"]
    change(about)
    manifest.write_bytes(sealed_json(about))


def from_before_checksums(folder: Path, copy: Path) -> Path:
    """A copy of a study as it was written before there were checksums."""
    shutil.copytree(folder, copy)
    manifest = copy / "manifest.json"
    about = json.loads(manifest.read_text())
    for name in ("text", "files", "sha256"):
        del about[name]
    manifest.write_text(json.dumps({**about, "format": 1}, indent=1) + "\n")
    for path in (copy / "runs").rglob("*.parquet"):
        table = pq.read_table(path)
        which = json.loads(table.schema.metadata[b"run"])
        del which["study"]
        metadata = {**table.schema.metadata, b"run": json.dumps(which).encode()}
        how: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}
        pq.write_table(table.replace_schema_metadata(metadata), path, **how)
    timings = copy / "timings.csv"
    lines = timings.read_text().splitlines()
    timings.write_text("".join(f"{line.rpartition(',')[0]}\n" for line in lines))
    (copy / "checksums.json").unlink(missing_ok=True)
    return copy
