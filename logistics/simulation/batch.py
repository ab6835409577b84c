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
from logistics.simulation.columns import finished_columns
from logistics.simulation.kernel import depart, finish_up, set_workers
from logistics.simulation.rounds import Doors
from logistics.simulation.state import prepare

Array = NDArray[Any]


def run(problem: Problem) -> Columns:
    """Run a problem to its horizon and return its columns.

    Raises nothing of its own: a `Problem` is valid by construction.
    """
    state = prepare(problem)
    doors = Doors(problem, state)
    staffing, departures = problem.staffing, problem.departures
    round_trip = problem.lanes.destination[departures.lane] < 0

    def change_staff(first: int, end: int) -> None:
        rows = slice(first, end)
        set_workers(state, staffing.tick[first], staffing.facility[rows], staffing.workers[rows])

    clock = Clock()
    clock.process(_each_instant(clock, Turn.STAFFING, staffing.tick, change_staff))
    lanes_first = np.flatnonzero(~round_trip)
    clock.process(
        _each_instant(
            clock, Turn.DEPARTURE, departures.tick, lambda a, b: depart(state, a, b), lanes_first
        )
    )
    clock.process(
        _each_instant(clock, Turn.WAVE, departures.tick, doors.wave, np.flatnonzero(round_trip))
    )
    clock.run(problem.horizon)
    finish_up(state, problem.horizon)
    return finished_columns(problem, state, doors)


def _each_instant(
    clock: Clock,
    turn: Turn,
    ticks: Array,
    happen: Callable[[int, int], None],
    rows: Array | None = None,
) -> Process:
    """Let rows of a sorted timetable happen, those of one instant together."""
    rows = np.arange(len(ticks)) if rows is None else rows
    if not len(rows):
        return
    starts = np.flatnonzero(np.diff(ticks[rows], prepend=ticks[rows[0]] - 1))
    ends = np.append(starts[1:], len(rows))
    for first, last in zip(rows[starts].tolist(), rows[ends - 1].tolist(), strict=True):
        yield clock.at(int(ticks[first]), turn)
        happen(first, last + 1)
