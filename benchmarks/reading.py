"""Reading an export of 1,000,000 rows: eight of its twenty columns, as texts.

    python -m benchmarks reading [-- --rows 1000000]

The file is in the shape of a Shopify export (some 250 MB: quotes, commas within cells, addresses
over two lines), made anew with a seed, outside the clock. All of its lines are counted, so that
reading less is not taken for being faster. Writes `benchmarks/results/reading.json`.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import RESULTS, machine, peak_memory_gib, save
from benchmarks.timing import timed
from networks.inputs.rows import Rows
from networks.inputs.tables import open_table

ROWS = 1_000_000
SEED = 1
HEADING = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Total,"
    "Created at,Lineitem quantity,Lineitem name,Lineitem price,Shipping Name,Shipping Street,"
    "Shipping City,Shipping Zip,Shipping Province,Shipping Country,Id"
)
READ = (0, 2, 9, 11, 12, 16, 17, 18)


def write_export(path: Path, rows: int) -> None:
    """Write an export; every tenth row has a cell of two lines."""
    draw = random.Random(SEED)
    with open(path, "w") as file:
        file.write(f"{HEADING}\n")
        for row in range(rows):
            time = f"2023-09-{row % 28 + 1:02d} {row % 24:02d}:{row % 60:02d}:10 -0400"
            street = f"{row % 999} Main St{', ' if row % 10 else chr(10)}Apt {row % 9}"
            file.write(
                f"#{1000 + row},customer{row}@example.com,paid,{time},fulfilled,{time},USD,"
                f'"1,030.00","1,035.00",{time},{row % 3 + 1},"Blue vase, size {row % 7}",18.00,'
                f'Customer Number {row % 5000},"{street}",Hoboken,\'{draw.randrange(10**5):05d},'
                f"NJ,US,555000{row:07d}\n"
            )


def read(path: Path) -> Rows:
    """Read the columns that an order map asks for."""
    rows = open_table(path, ["name", "createdat"]).load(READ)
    for column in READ:
        rows.texts(column)
    return rows


def measured(rows: int) -> dict[str, Any]:
    """Write an export and read it once. Raises AssertionError where rows or lines are missing."""
    about = machine()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        write_export(path, rows)
        seconds, found = timed(lambda: read(path))
        size = path.stat().st_size
    counts = {"rows": len(found), "last_line": found.line(rows - 1)}
    assert counts == {"rows": rows, "last_line": 1 + rows + -(-(rows - 1) // 10)}, counts
    return {
        "counts": counts,
        "mb": round(size / 1e6),
        **seconds.row(),
        "peak_memory_gib": round(peak_memory_gib(), 2),
        "machine": about,
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--results", type=Path, default=RESULTS)
    given = parser.parse_args(arguments)
    save("reading", measured(given.rows), given.results)


if __name__ == "__main__":
    main()
