"""Work in pieces, on all cores: the same result whatever the number of threads."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from small_scenarios import centers, sellers

from logistics.running import simulate
from logistics.runtime import threads
from logistics.runtime.threads import gathered, in_pieces
from logistics.scenario.scenario import Scenario


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_every_row_is_worked_once(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "cores", lambda: workers)
    done = np.zeros(1003, np.int64)

    def work(piece: slice) -> None:
        done[piece] += 1

    in_pieces(work, len(done), 10)
    assert (done == 1).all()


def test_as_many_threads_as_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "cores", lambda: 3)
    met = threading.Barrier(3, timeout=10)
    in_pieces(lambda _: met.wait(), 3, 1)  # would wait for ever on fewer


def test_nothing_to_do() -> None:
    in_pieces(lambda _: pytest.fail("there is no piece"), 0, 10)


def test_what_goes_wrong_in_a_piece_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "cores", lambda: 2)

    def work(piece: slice) -> None:
        if piece.start == 50:
            raise ValueError("at 50")

    with pytest.raises(ValueError, match="at 50"):
        in_pieces(work, 100, 10)


def test_rows_are_gathered() -> None:
    column = np.arange(200_000, dtype=np.int32)[::-1].copy()
    rows = np.arange(0, 200_000, 2)[::-1]
    assert np.array_equal(gathered(column, rows), column[rows])


@pytest.mark.parametrize("scenario", [centers(), sellers()], ids=lambda s: s.name)
def test_a_run_is_the_same_on_one_core_and_on_five(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With pieces so small that every thread has some."""
    monkeypatch.setattr("logistics.streams._CHUNK", 100)
    monkeypatch.setattr("logistics.model.draws._CHUNK", 100)
    monkeypatch.setattr("logistics.simulation.batch.columns._CHUNK", 100)
    monkeypatch.setattr("logistics.simulation.batch.engine._TOGETHER", 1)
    runs = []
    for workers in (1, 5):
        monkeypatch.setattr(threads, "cores", lambda workers=workers: workers)
        runs.append(simulate(scenario))
    assert runs[0].same_as(runs[1])
