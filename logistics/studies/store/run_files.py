"""What the file of one finished run of a study holds: the same bytes for the same run."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from logistics.analysis.comparison import Replicate
from logistics.experiments.facts import Facts
from logistics.studies.store.replicate_tables import table_of
from networks.inputs.faults import Fault, InputError

_RUN = b"run"
_HOW: Mapping[str, Any] = {"compression": "zstd", "write_page_checksum": True}
_FAULTS = (OSError, pa.ArrowException, ValueError, KeyError, TypeError, IndexError)


def run_content(one: Replicate, point: str, replication: int, facts: Facts) -> bytes:
    """Return a run as a Parquet file that says which run it is, with its facts."""
    about = {"point": point, "replication": replication, "facts": facts}
    table = table_of(one)
    metadata = {**table.schema.metadata, _RUN: json.dumps(about).encode()}
    content = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), content, **_HOW)
    return content.getvalue()


def read_checked(path: Path, point: str, replication: int) -> pa.Table:
    """Read the table of a run; its checksums and what it says of itself must be right.

    Raises one of many errors if not: see `damage_told`, `is_whole`.
    """
    table = pq.read_table(io.BytesIO(path.read_bytes()), page_checksum_verification=True)
    about = json.loads(table.schema.metadata[_RUN])
    if (about["point"], about["replication"]) != (point, replication):
        raise ValueError("is the file of another run")
    return table


def is_whole(path: Path, point: str, replication: int) -> bool:
    """Tell whether the file of a run can be read."""
    try:
        read_checked(path, point, replication)
    except _FAULTS:
        return False
    return True


def read_facts(path: Path) -> Facts:
    """Return the facts of a run, without reading its table; raises as `read_checked` does."""
    facts: Facts = json.loads(pq.read_schema(path).metadata[_RUN])["facts"]
    return facts


@contextmanager
def damage_told(path: Path, store: Path) -> Iterator[None]:
    """Turn whatever goes wrong with the file of a run into an InputError."""
    try:
        yield
    except _FAULTS:
        problem = "is damaged" if path.exists() else "is missing"
        remedy = f"delete it, and run it again with  logistics study resume {store}"
        raise InputError([Fault(str(path), None, "", "", problem, remedy)]) from None
