"""Exports of our own making, one for each format and some of none, and tables typed by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from logistics.orders.order_maps import known_names
from networks.inputs.tables import Table, open_table, table_of

EXPORTS = Path(__file__).parents[1] / "exports"


def export(name: str) -> Table:
    """Return the export of a name, such as 'shopify' or 'dataco'."""
    (path,) = EXPORTS.glob(f"{name}.*")
    return open_table(path, known_names(None))


def typed(heading: str, *rows: str) -> Table:
    """Return a table typed with commas."""
    cells = [row.split(",") for row in rows]
    return table_of(pd.DataFrame(cells, columns=heading.split(","), dtype=str), "orders.csv")
