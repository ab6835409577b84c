"""A run on disk: a folder of Parquet files with whole numbers, and what they stand for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from logistics.vocabulary import Array

FORMAT = 3
_MATRICES = ("ready", "departure", "work")
_TABLES = ("trips", "staff", "sources", "gates")
_HOW: Mapping[str, Any] = {"compression": "zstd", "use_dictionary": False}


class RunFiles(ExitStack):
    """The files of a run while they are written; its parcels may come in several pieces.

    `parcels.parquet`: a row per parcel, piece after piece. `trips.parquet`: a row per departure.
    `staff.parquet`: a row per change in the number of workers. `sources.parquet`: a row per source
    of parcels. `gates.parquet`: a row per working day of a release window. `about.json`: the rest.
    """

    def __init__(self, folder: Path) -> None:
        """Write into a folder, which must be there."""
        super().__init__()
        self._folder = folder
        self._parcels: pq.ParquetWriter | None = None
        self._pieces = 0

    def append(self, columns: Mapping[str, Array], visits: Mapping[str, Array]) -> None:
        """Write parcels; `visits`: (parcels, visits) matrices."""
        rows = dict(columns)
        for name, matrix in visits.items():
            rows |= {f"{name}_{visit}": matrix[:, visit] for visit in range(matrix.shape[1])}
        table = _table(rows)
        if self._parcels is None:
            path = self._folder / "parcels.parquet"
            self._parcels = self.enter_context(pq.ParquetWriter(path, table.schema, **_HOW))
        self._parcels.write_table(table)
        self._pieces += 1

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write all but the parcels: four tables, and the rest as JSON."""
        for name in _TABLES:
            pq.write_table(_table(about[name]), self._folder / f"{name}.parquet", **_HOW)
        words = {name: value for name, value in about.items() if name not in _TABLES}
        text = json.dumps({"format": FORMAT, "pieces": self._pieces, **words})
        (self._folder / "about.json").write_text(text)


def _table(columns: Mapping[str, Array]) -> pa.Table:
    return pa.table({name: np.ascontiguousarray(column) for name, column in columns.items()})


def read_files(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what `RunFiles` wrote: the text, and the tables, parcels numbered as in one piece.

    Raises FileNotFoundError, or ValueError when another version of the format wrote it.
    """
    about = json.loads((folder / "about.json").read_text())
    if about["format"] != FORMAT:
        raise ValueError(f"{folder} has format {about['format']}; this version reads {FORMAT}")
    parcels = _read(folder / "parcels.parquet")
    if about["pieces"] > 1:
        keys = ("parcel_id", "order_id", "ordered", "source")
        order = np.lexsort([parcels[key] for key in keys])
        parcels = {name: column[order] for name, column in parcels.items()}
    visits = {}
    for name in _MATRICES:
        count = sum(k.startswith(f"{name}_") and k[len(name) + 1 :].isdigit() for k in parcels)
        visits[name] = np.stack([parcels.pop(f"{name}_{v}") for v in range(count)], axis=1)
    tables = {"columns": parcels, "visits": visits}
    return about, tables | {n: _read(folder / f"{n}.parquet") for n in _TABLES}


def _read(path: Path) -> dict[str, Array]:
    table = pq.read_table(path)
    return {name: table.column(name).to_numpy() for name in table.column_names}
