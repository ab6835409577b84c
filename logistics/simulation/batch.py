"""The batch engine: SimPy keeps the clock, NumPy carries the cargo.

A SimPy process stands for each kind of thing that happens at an instant; parcels ride along as
columns. Events therefore grow with timetables, not with parcels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.problem import Columns, Problem
from logistics.simulation.clock import Clock, Process, Turn
from logistics.simulation.columns import Moves, finished_columns
from logistics.simulation.kernel import depart, finish_up, set_workers
from logistics.simulation.rounds import Doors
from logistics.simulation.state import prepare

Array = NDArray[Any]


def run(problem: Problem) -> Columns:
    """Run a problem to its horizon and return its columns.

    Raises nothing of its own: a `Problem` is valid by construction.
    """
    return finished_columns(problem, _move(problem))


def _move(problem: Problem) -> Moves:
    """Let everything happen; the queues and bays are freed on return."""
    state = prepare(problem)
    doors = Doors(problem, state)
    staffing, departures = problem.staffing, problem.departures
    is_round = problem.lanes.destination[departures.lane] < 0

    def change_staff(first: int, end: int) -> None:
        rows = slice(first, end)
        set_workers(state, staffing.tick[first], staffing.facility[rows], staffing.workers[rows])

    def leave(first: int, end: int) -> None:
        depart(state, first, end)

    clock = Clock()
    every = np.arange(len(staffing.tick))
    lanes, rounds = np.flatnonzero(~is_round), np.flatnonzero(is_round)
    processes = (
        _each_instant(clock, Turn.STAFFING, staffing.tick, every, change_staff),
        _each_instant(clock, Turn.DEPARTURE, departures.tick, lanes, leave),
        _each_instant(clock, Turn.WAVE, departures.tick, rounds, doors.wave),
    )
    for process in processes:
        clock.process(process)
    clock.run(problem.horizon)
    for process in processes:
        process.close()  # it and its event hold each other, and through it all the state
    finish_up(state, problem.horizon)
    return Moves(
        ready=state.ready,
        departure=state.departure,
        lost_step=state.lost_step,
        load=state.load,
        left_behind=state.left_behind,
        attempts=doors.attempts,
        out_for_delivery=doors.out_for_delivery,
        ended=doors.ended,
        status=doors.status,
    )


def _each_instant(
    clock: Clock, turn: Turn, ticks: Array, rows: Array, happen: Callable[[int, int], None]
) -> Process:
    """Let rows of a sorted timetable happen, those of one instant together."""
    if not len(rows):
        return
    starts = np.flatnonzero(np.diff(ticks[rows], prepend=ticks[rows[0]] - 1))
    ends = np.append(starts[1:], len(rows))
    for first, last in zip(rows[starts].tolist(), rows[ends - 1].tolist(), strict=True):
        yield clock.at(int(ticks[first]), turn)
        happen(first, last + 1)
