"""A run of any length, streamed to the disk, is the run of `simulate`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from small_scenarios import centers, sellers

from logistics.errors import OutputError
from logistics.model.prepare import prepare
from logistics.orders.orders import generate_orders, orders_by_slice
from logistics.running import simulate
from logistics.runs.run import Run
from logistics.scenario.scenario import Scenario
from logistics.schedule.calendars import Period
from logistics.streaming import pieces, stream
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
    for number, piece in enumerate(found[:-1]):
        ended = piece.run.columns["ended"]
        assert piece.until == (number + 1) * day
        assert (piece.run.columns["ordered"] < piece.until).all()
        assert (ended[ended > 0] >= number * day).all()


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
    scenario = centers()
    folder = stream(scenario, tmp_path / "run", time_slice=timedelta(days=2))
    horizon: Period = prepare(scenario).period
    days = -(-horizon.horizon // horizon.ticks(timedelta(days=2)))
    assert pq.ParquetFile(folder / "parcels.parquet").num_row_groups == days
