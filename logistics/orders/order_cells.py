"""The rows of a table of orders while they are read: cells, faults, and which rows are left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.orders.order_ids import id_texts
from networks.inputs.columns import Place
from networks.inputs.faults import Fault, shown, whole_file
from networks.inputs.rows import MOST_SHOWN, Rows
from networks.inputs.tables import Table

Bools = NDArray[np.bool_]
Texts: TypeAlias = "pd.Series[Any]"

_BLANK = {
    "-", "--", "n/a", "na", "n.a.", "#n/a", "null", "none", "nan", "nil", "undefined",
    "0000-00-00", "0000-00-00 00:00:00", "no", "false",
}  # fmt: skip
"""What programs write where nothing is."""
_MAY_BE_BLANK = {"market", "state", "country", "canceled_at", "parcel_id", "sku"}
_ORDER_CELLS = ("ordered_at", "market", "state", "country", "status", "canceled_at")
"""What exports write in the first row of an order only."""
SENT = "with --strict, only orders that ship within the lower 48 states"


class OrderCells:
    """Cells as texts by column, such as `market`, with what is found about each row.

    `why`: with which kind of rows each is left out, '' if it is not. `is_bad`: which have a fault.
    `faults`: of rows; `refusals`: of whole columns.
    """

    def __init__(self, table: Table, columns: Mapping[str, int], strict: bool) -> None:
        self.table, self.columns, self.is_strict = table, columns, strict
        self.rows: Rows = table.load(sorted(set(columns.values())))
        if not len(self.rows):
            raise whole_file(table.name, "there are no orders", ", ".join(columns))
        self.texts = {name: self.rows.texts(column) for name, column in columns.items()}
        for name in _MAY_BE_BLANK & columns.keys():
            blank = self.texts[name].str.casefold().isin(_BLANK).to_numpy(np.bool_)
            if blank.any():
                self.texts[name] = self.texts[name].mask(blank, "")
        for name in {"order_id", "parcel_id"} & columns.keys():
            self.texts[name] = id_texts(self.texts[name])
        self.why = np.full(len(self.rows), "", object)
        self.is_bad = np.zeros(len(self.rows), np.bool_)
        self.faults: list[Fault] = []
        self.refusals: list[Fault] = []
        self._complete()

    def __len__(self) -> int:
        return len(self.rows)

    def place(self, name: str) -> Place:
        """Return where a column is."""
        heading = self.table.heading[self.columns[name]]
        return Place(self.table.name, heading, self.texts[name], self.rows.line)

    def blame(self, bad: Bools, name: str, problem: str, allowed: str) -> None:
        """Note a fault for each bad row that is not left out."""
        bad = bad & (self.why == "")
        if bad.any():
            self.faults += row_faults(self.place(name), bad, problem, allowed)
            self.is_bad |= bad

    def leave_out(self, rows: Bools, kind: str, name: str) -> None:
        """Leave rows out, because of a column, or refuse them where that was asked for."""
        if self.is_strict:
            self.blame(rows, name, f"is {kind}", SENT)
        else:
            self.drop(rows, kind)

    def drop(self, rows: Bools, kind: str) -> None:
        """Leave rows out that are no orders of their own."""
        self.why[rows & (self.why == "")] = kind

    def leave_out_bad(self) -> None:
        """Leave out the rows that have a fault, unless no row is to be left out."""
        if self.is_strict:
            return
        self.drop(self.is_bad, "unreadable")
        self.is_bad[:] = False
        self.faults.clear()

    def blank(self, name: str) -> Bools:
        """Tell where a column is blank: everywhere, if there is none."""
        if name not in self.texts:
            return np.ones(len(self), np.bool_)
        return np.asarray(self.texts[name] == "", np.bool_)

    def _complete(self) -> None:
        """Fill blank cells of an order's later rows from its first row with address and time."""
        order, _ = pd.factorize(self.texts["order_id"])
        is_full = ~self.blank("market") & ~self.blank("ordered_at")
        first = np.full(order.max() + 1, -1, np.int64)
        full = np.flatnonzero(is_full)[::-1]
        first[order[full]] = full
        source = np.where(~is_full & ~self.blank("order_id"), first[order], -1)
        later = source >= 0
        if later.any():
            for name in _ORDER_CELLS:
                if name in self.texts:
                    filled = self.texts[name].take(np.maximum(source, 0)).reset_index(drop=True)
                    blank = later & self.blank(name)
                    self.texts[name] = self.texts[name].mask(blank, filled)

    def left_out(self) -> dict[str, int]:
        """Return how many rows are left out, by kind, most first."""
        counts = pd.Series(self.why[self.why != ""]).value_counts()
        return {str(kind): int(count) for kind, count in counts.items()}


def row_faults(place: Place, bad: Bools, problem: str, allowed: str) -> Iterator[Fault]:
    """Yield a fault for each bad row of a column, beyond the first ones only how many."""
    for row in np.flatnonzero(bad)[:MOST_SHOWN].tolist():
        text = place.texts.iloc[row]
        value = text[:60] if text.isprintable() else shown(text)
        yield Fault(place.file, place.line(row), place.column, value, problem, allowed)
    if (more := int(bad.sum()) - MOST_SHOWN) > 0:
        text = f"{more:,} more rows: {problem}"
        yield Fault(place.file, None, place.column, "", text, allowed)
