"""Whatever is wrong in a file of orders is told, in any column, in CSV and in Parquet."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from logistics.orders.orders import Orders

from .sampling import one_of_each
from .tables import GOOD, Cell, cells, columns, demand, judge, outcome, period
from .values import kinds

SEED = 20231001


def sample() -> list[Cell]:
    texts = one_of_each(cells(), lambda one: (one.column, one.kind), SEED)
    typed = (one for one in cells() if not isinstance(one.value, str))
    return texts + one_of_each(typed, lambda one: (one.column, type(one.value)), SEED)


def test_the_good_rows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    pd.DataFrame([GOOD]).to_csv(path, index=False)
    found = outcome(path)
    assert isinstance(found, Orders)
    assert demand().products[found.product[0]].name == "cup"
    assert period().date_of(int(found.day[0])).isoformat() == "2023-09-18"


def test_the_sample_has_every_column_with_every_kind_of_fault() -> None:
    pairs = {(one.column, one.kind) for one in sample()}
    # tags and aliases are no texts
    rest = set(kinds()) - {kind for _, kind in pairs}
    assert not rest
    assert pairs >= {(column, kind) for column in columns() for kind in kinds()}


def test_a_fault_in_any_column_is_told_or_is_none(tmp_path: Path) -> None:
    ends = Counter(judge(cell, tmp_path) for cell in sample())
    assert ends["refused"] > 80
    assert ends["accepted"] > 20


@pytest.mark.slow
def test_every_fault_in_every_column_is_told_or_is_none(tmp_path: Path) -> None:
    ends = Counter(judge(cell, tmp_path) for cell in cells())
    assert ends["refused"] > 1500


def test_faults_in_all_columns_are_all_named(tmp_path: Path) -> None:
    rows = [GOOD | {"order_id": str(n), "parcel_id": str(70 + n)} for n in range(6)]
    wrong = {"order_id": "nan", "ordered_at": "soon", "market": "99999", "product": "saucer",
             "parcel_id": ""}  # fmt: skip
    assert wrong.keys() == set(columns())
    for row, (column, value) in enumerate(wrong.items(), start=1):
        rows[row][column] = value
    path = tmp_path / "orders.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    found = outcome(path)
    assert not isinstance(found, Orders)
    told = {(fault.field, fault.line) for fault in found}
    assert told == {(column, row + 2) for row, column in enumerate(wrong, start=1)}
