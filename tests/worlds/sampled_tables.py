"""Tables as a guess sees them: a heading and the first rows, typed by hand or from an export."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

EXPORTS = Path(__file__).parents[1] / "exports"


@dataclass(frozen=True)
class Sampled:
    """A heading and rows of texts."""

    name: str
    heading: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    def sample(self) -> pd.DataFrame:
        return pd.DataFrame(list(self.rows), columns=range(len(self.heading)), dtype=str)


def sampled(heading: str, *rows: str) -> Sampled:
    """Return a table typed with commas."""
    return Sampled("orders.csv", tuple(heading.split(",")), [row.split(",") for row in rows])


def export(name: str, heading: str) -> Sampled:
    """Return an export of our own making: the rows as wide as the one with a heading, below it."""
    path = EXPORTS / name
    if path.suffix == ".txt":
        grid = [line.split("\t") for line in path.read_text("cp1252").splitlines()]
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            grid = list(csv.reader(file))
    top = next(number for number, cells in enumerate(grid) if heading in cells)
    rows = [[cell.strip() for cell in cells] for cells in grid[top + 1 :]]
    width = len(grid[top])
    return Sampled(path.name, tuple(grid[top]), [row for row in rows if len(row) == width])
