"""Reading an export of 1,000,000 rows: its columns as texts, and the orders that they make.

    python -m benchmarks reading [-- --rows 1000000]

The file is in the shape of a Shopify export (some 250 MB: quotes, commas within cells, addresses
over two lines), made with a seed, outside the clock. Its rows, lines, orders and articles are
counted, so that reading less is not taken for being faster.

Writes `benchmarks/results/reading.json`.
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
from logistics.orders.order_files import read_order_rows
from logistics.scenario.demand import Demand
from networks.geography import load_markets
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
"""The columns that the format 'shopify' asks for."""


def write_export(path: Path, rows: int) -> None:
    """Write an export; every tenth row has a cell of two lines."""
    draw, areas = random.Random(SEED), [market[1:] for market in load_markets().ids]
    with open(path, "w") as file:
        file.write(f"{HEADING}\n")
        for row in range(rows):
            time = f"2023-09-{row % 28 + 1:02d} {row % 24:02d}:{row % 60:02d}:10 -0400"
            street = f"{row % 999} Main St{', ' if row % 10 else chr(10)}Apt {row % 9}"
            file.write(
                f"#{1000 + row},customer{row}@example.com,paid,{time},fulfilled,{time},USD,"
                f'"1,030.00","1,035.00",{time},{row % 3 + 1},"Blue vase, size {row % 7}",18.00,'
                f'Customer Number {row % 5000},"{street}",Hoboken,\'{draw.choice(areas)}07,'
                f"NJ,US,555000{row:07d}\n"
            )


def read_columns(path: Path) -> Rows:
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
        in_columns, found = timed(lambda: read_columns(path))
        seconds, orders = timed(lambda: read_order_rows(path, Demand().products, "shopify"))
        size = path.stat().st_size
        last_line = found.line(rows - 1)
    assert last_line == 1 + rows + -(-(rows - 1) // 10), last_line
    facts = orders.facts()
    counts = {
        "rows": len(found),
        "orders": facts["orders"],
        "parcels": len(orders),
        "articles": len(orders.order_map.products["glassware"].titles),
    }
    assert counts == {"rows": rows, "orders": rows, "parcels": rows, "articles": 7}, counts
    return {
        "counts": counts,
        "mb": round(size / 1e6),
        **seconds.row(),
        "columns": in_columns.row(),
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
