"""What one run leaves behind comes back from its table as it was, to the last bit."""

from __future__ import annotations

import math
from dataclasses import MISSING, fields, is_dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from outcomes_by_hand import many_outcomes, outcomes_of

from logistics.analysis.comparison import Replicate, measure_together
from logistics.analysis.measures.cases import CaseCounts
from logistics.analysis.measures.metrics import RunMetrics
from logistics.analysis.statistics.distributions import Grid, Histogram
from logistics.studies.store.run_files import COLUMNS, replicate_of, table_of

WHY = {"group_totals", "sums", "places", "damage"}
"""What has no place in a table, and is refused."""


def three_networks() -> Replicate:
    return measure_together(
        {name: many_outcomes(400, 3, slow) for name, slow in (("b", 0.5), ("a", 2.0), ("c", 1.0))}
    )


def of_everything() -> Replicate:
    """A run of two networks in which no field has its default, nor is 0 or empty."""
    grid = Grid(-2, 3, 2)
    counts = np.array([1, 0, 7, 0, 0, 2**31 - 1, 3, 0, 0, 0, 9], np.int32)
    whole = [field.name for field in fields(CaseCounts) if isinstance(field.default, int)]
    numbers = {name: 2**40 + row for row, name in enumerate(whole)}
    case = CaseCounts(**numbers, **{f.name: 0.1 for f in fields(CaseCounts) if f.name not in whole})
    measured = RunMetrics(
        values={"mean": 0.1 + 0.2, "nothing": math.nan, "never": math.inf},
        histograms={
            "days": Histogram(grid, counts, 2**33),
            "age_days": Histogram(grid, counts[::-1].copy(), 11),
        },
        counts={"damage_rate": (3, 7), "loss_rate": (0, 2**40)},
        rows={
            "daily_days": np.array([1.5, math.nan, 2.5]),
            "daily_backlog": np.array([7.0, 9.0]),
        },
    )
    paired = RunMetrics(
        values={"mean": -1.25},
        histograms={"days": Histogram(grid, counts, 5)},
        counts={"faster": (2, 9)},
        rows={"mean_days": np.array([1.0, math.nan])},
    )
    return Replicate(
        measurements={"one": measured, "two": replace(measured, values={"mean": 5.0})},
        cases={"one": {"shopper": case, "other": CaseCounts()}, "two": {}},
        pairs={("one", "two"): paired},
    )


def content(part: Any) -> Any:
    """Return what something is made of, types included, so that it can be compared."""
    if is_dataclass(part):
        return type(part).__name__, {f.name: content(getattr(part, f.name)) for f in fields(part)}
    if isinstance(part, dict):
        return [(key, content(value)) for key, value in part.items()]
    if isinstance(part, np.ndarray):
        return part.dtype.name, part.shape, part.tobytes()
    if isinstance(part, tuple):
        return tuple(content(one) for one in part)
    return repr(float(part)) if isinstance(part, float) else (type(part).__name__, repr(part))


@pytest.mark.parametrize("one", [three_networks(), of_everything()])
def test_a_run_comes_back_as_it_was(one: Replicate) -> None:
    assert content(replicate_of(table_of(one))) == content(one)


def test_a_run_without_parcels_comes_back_too() -> None:
    nobody = measure_together({"A": outcomes_of([])})
    assert content(replicate_of(table_of(nobody))) == content(nobody)


def test_one_network_comes_back_without_pairs() -> None:
    alone = measure_together({"A": many_outcomes(50, 1, 1.0)})
    assert content(replicate_of(table_of(alone))) == content(alone)


def test_no_field_is_forgotten() -> None:
    """A new field must be kept, and have a value in `of_everything`, or this fails."""
    one = of_everything()
    (paired,) = one.pairs.values()
    parts = (one, one.measurements["one"], paired, one.cases["one"]["shopper"])
    for part in parts:
        for field in fields(part):
            if field.name not in WHY:
                value = getattr(part, field.name)
                assert field.default is MISSING or value != field.default, field.name
                assert len(value) if hasattr(value, "__len__") else True, field.name
    assert {f.name for f in fields(Replicate)} == {"measurements", "cases", "pairs", *WHY}


def test_causes_have_no_place_in_it() -> None:
    with pytest.raises(ValueError, match="causes and places"):
        table_of(replace(three_networks(), places={"a": object()}))  # type: ignore[dict-item]


def test_a_planner_finds_a_figure_in_it() -> None:
    one = three_networks()
    table = table_of(one).to_pandas()
    assert list(table.columns) == list(COLUMNS)
    found = table.query("part == 'figure' and scenario == 'a' and name == 'delivery_days.p95'")
    assert found.value.tolist() == [one.measurements["a"].values["delivery_days.p95"]]
    days = table.query("part == 'distribution' and scenario == 'a' and name == 'delivery_days'")
    within_two = days.value[days["at"] <= 2].sum()
    assert within_two / 400 == one.measurements["a"].values["within_days.2"]


def test_something_else_is_no_run() -> None:
    with pytest.raises(KeyError):
        replicate_of(pa.table({"part": ["figure"]}))
