"""Tables of results as Parquet and CSV files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq


def table_of(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> pa.Table:
    """Return rows as a table; what is not a number is missing."""
    columns = zip(*rows, strict=True)
    return pa.table(
        {name: pa.array(one, from_pandas=True) for name, one in zip(names, columns, strict=True)}
    )


def parquet_bytes(table: pa.Table) -> bytes:
    """Return the content of a Parquet file; only texts are kept as dictionaries."""
    texts = [
        field.name
        for field in table.schema
        if pa.types.is_dictionary(field.type) or pa.types.is_string(field.type)
    ]
    content = BytesIO()
    pq.write_table(table, content, compression="zstd", use_dictionary=texts)
    return content.getvalue()


def write_table(table: pa.Table, stem: Path, csv: bool = False) -> None:
    """Write a table as `stem.parquet` and, if asked, as `stem.csv`.

    Raises OSError if it cannot be written.
    """
    stem.with_suffix(".parquet").write_bytes(parquet_bytes(table))
    if csv:
        plain = [
            column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
            for column in table.columns
        ]
        texts = pa.table(dict(zip(table.column_names, plain, strict=True)))
        pyarrow.csv.write_csv(texts, stem.with_suffix(".csv"))
