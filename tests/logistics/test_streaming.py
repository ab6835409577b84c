"""A run of any length, streamed to the disk, is the run of `simulate`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from small_scenarios import centers, sellers

from logistics.errors import BrokenRunError, OutputError
from logistics.model.prepare import prepare
from logistics.options import overrides_of
from logistics.orders.orders import generate_orders, orders_by_slice
from logistics.running import simulate
from logistics.runs.run import Run
from logistics.scenario.fields import changed
from logistics.scenario.scenario import Scenario
from logistics.simulation.batch.engine import Stretch
from logistics.simulation.batch.under_way import Places
from logistics.simulation.problem import Columns, Problem
from logistics.streaming import Piece, pieces, stream
from logistics.streams import Streams

AUTUMN = {"first_day": "2023-11-04", "warm_up_days": 1, "days": 2, "later_order_days": 3}
"""The clock goes back in the night to Sunday."""


@pytest.mark.parametrize("hours", [5, 24, 10_000])
@pytest.mark.parametrize("scenario", [centers(days=AUTUMN), sellers()], ids=lambda s: s.name)
def test_the_run_is_the_same_in_pieces(scenario: Scenario, hours: int, tmp_path: Path) -> None:
    folder = stream(scenario, tmp_path / "run", time_slice=timedelta(hours=hours))
    streamed, whole = Run.load(folder), simulate(scenario)
    assert streamed.same_as(whole)
    for count in ("parcels", "legs", "departures"):
        assert streamed.facts[count] == whole.facts[count]
    # every time slice begins with the start of its processes, and ends with an event of its own
    assert streamed.facts["events"] >= whole.facts["events"]
    assert streamed.parcel_table(measured=False).equals(whole.parcel_table(measured=False))


def test_a_piece_holds_what_was_finished_in_its_time_slice() -> None:
    scenario = centers()
    model = prepare(scenario)
    whole = simulate(scenario)
    found = list(pieces(model, Streams(scenario.runs.seed), timedelta(days=1)))
    assert sum(len(piece.run) for piece in found) == len(whole)
    assert [piece.under_way > 0 for piece in found] == [True] * (len(found) - 1) + [False]
    day = model.period.ticks(timedelta(days=1))
    may_end = model.period.ending.cuts.tolist()
    cuts = sorted({*range(day, model.period.horizon, day), *may_end, model.period.horizon})
    assert [piece.until for piece in found] == cuts[: len(found)]
    for since, piece in zip([0, *cuts], found, strict=False):
        ended = piece.run.columns["ended"]
        assert (piece.run.columns["ordered"] < piece.until).all()
        assert (ended[ended > 0] >= since).all()


def test_orders_come_stretch_by_stretch() -> None:
    scenario = centers(days=AUTUMN)
    period, demand = prepare(scenario).period, scenario.orders
    streams = Streams(5)
    cuts = [1, 1000, period.horizon // 3, period.horizon // 2, period.horizon]
    parts = list(orders_by_slice(demand, period, streams, cuts))
    whole = generate_orders(demand, period, streams)
    for name in ("order_id", "parcel_id", "tick", "day", "market", "product"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert np.array_equal(joined, getattr(whole, name)), name
    for part, since, until in zip(parts, [0, *cuts], cuts, strict=False):
        assert ((part.tick >= since) & (part.tick < until)).all()


def test_a_folder_that_stands_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine.txt").write_text("keep me")
    with pytest.raises(OutputError, match="already exists"):
        stream(centers(), tmp_path / "run")
    assert [path.name for path in tmp_path.rglob("*.txt")] == ["mine.txt"]


def test_the_file_has_a_piece_a_time_slice(tmp_path: Path) -> None:
    found: list[Piece] = []
    folder = stream(centers(), tmp_path / "run", time_slice=timedelta(days=2), watch=found.append)
    assert pq.ParquetFile(folder / "parcels.parquet").num_row_groups == len(found) > 2


@pytest.mark.parametrize("scenario", [centers(), sellers()], ids=lambda s: s.name)
def test_a_run_that_is_followed_to_its_end_is_checked_in_pieces(scenario: Scenario) -> None:
    """It ends at a cut, with others still under way."""
    scenario = changed(scenario, overrides_of({"follow": True}))
    model = prepare(scenario)
    hours = 10 if scenario.name == "centers" else 150  # some sellers take weeks
    found = list(pieces(model, Streams(scenario.runs.seed), timedelta(hours=hours)))
    assert found[-1].until in model.period.ending.cuts
    assert found[-1].until < model.period.horizon


FAULTS: dict[str, Callable[[Columns], Columns]] = {
    "a load at the end": lambda c: _with(c, "load", int(c.load.argmax()), -1),
    "rolled volume": lambda c: _with(c, "left_behind", int(c.load.argmax()), 1),
    "a clock": lambda c: _with(c, "ready", (0, 0), 1),
    "a departure": lambda c: _with(c, "departure", (0, 0), 1),
    "a time": lambda c: _with(c, "wait_work", 0, 1),
    "an attempt": lambda c: _with(c, "attempts", 0, 1),
}


def _with(columns: Columns, name: str, at: Any, by: int) -> Columns:
    column = getattr(columns, name).copy()
    column[at] += by
    return replace(columns, **{name: column})


@pytest.mark.parametrize("when", ["first", "last"])
@pytest.mark.parametrize("name", FAULTS)
def test_a_stream_with_a_fault_stops_and_leaves_no_folder(
    name: str, when: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault is in the first piece with parcels, or in the last one."""
    finished, planted = Stretch.finished, []

    def faulty(self: Stretch, most: int) -> Iterator[tuple[Any, Problem, Columns]]:
        for rows, problem, columns in finished(self, most):
            is_last = self.problem.horizon != horizon or not self.goes_on.any()
            wanted = len(rows) > 0 and (is_last if when == "last" else not planted)
            planted.extend([rows] * wanted)
            yield rows, problem, FAULTS[name](columns) if wanted else columns

    scenario = centers()
    horizon = prepare(scenario).period.horizon
    monkeypatch.setattr(Stretch, "finished", faulty)
    with pytest.raises(BrokenRunError):
        stream(scenario, tmp_path / "run", time_slice=timedelta(hours=12))
    assert len(planted) == 1
    assert not list(tmp_path.iterdir())


def test_a_wrong_numbering_from_slice_to_slice_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another parcel is stolen than was drawn, which breaks no other rule."""
    merged, done = Places.merged, []

    def exchanged(self: Places, old: Any, new: Any) -> Any:
        both = merged(self, old, new)
        if getattr(both, "dtype", None) == np.bool_ and len(old) > 100 and not done and both.any():
            both = both.copy()
            both[[0, both.argmax()]] = both[[both.argmax(), 0]]
            done.append(True)
        return both

    monkeypatch.setattr(Places, "merged", exchanged)
    with pytest.raises(BrokenRunError, match="not those that were ordered"):
        stream(centers(), tmp_path / "run")
