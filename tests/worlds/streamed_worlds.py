"""A problem run in time slices and checked as a stream is, with faults in what ends if wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.batch.engine import Traffic
from logistics.simulation.checks.streams import StreamChecks
from logistics.simulation.problem import Columns, Problem

Change = Callable[[NDArray[np.int64], Columns], Columns]
"""Takes the numbers of parcels in the whole problem and their columns; returns other columns."""


def thirds(problem: Problem) -> list[int]:
    """Return the ticks at which a problem is cut in three, and those at which it may end."""
    third = problem.horizon // 3
    return sorted({third, 2 * third, *problem.ending.cuts.tolist()} - {0, problem.horizon})


def checked_in_slices(
    problem: Problem, cuts: list[int], change: Change | None = None, most: int = 7
) -> None:
    """Run a problem with a cut before each of some ticks, and check it.

    Raises BrokenRunError as a stream does.
    """
    ordered = problem.parcels.ordered
    traffic, checks = Traffic(problem), StreamChecks(problem)
    number = np.zeros(0, np.int64)
    before = -1
    for until in [*cuts, problem.horizon]:
        last = np.iinfo(np.int64).max if until == problem.horizon else until
        joining = (ordered >= before) & (ordered < last)
        before = until
        parcels = problem.parcels.of(joining)
        checks.admit(parcels)
        done = traffic.go_on(parcels, until)
        number = done.places.merged(number, np.flatnonzero(joining))
        for rows, some, columns in done.finished(most):
            told = columns if change is None else change(number[rows], columns)
            checks.add(rows, some, told, until)
        if done.problem.horizon == until:
            checks.settle(until)
            return
        checks.go_on(done.problem, done.moves.ready, done.moves.departure, done.goes_on, until)
        number = number[done.goes_on]


def planted(wrong: Columns, by_departure: bool = True) -> Change:
    """Return the change by which parcels say what `wrong`, columns of the whole run, say."""

    def change(number: NDArray[np.int64], columns: Columns) -> Columns:
        theirs = wrong.of(number)
        return (
            theirs
            if by_departure
            else replace(
                theirs, load=columns.load, left_behind=columns.left_behind, horizon=columns.horizon
            )
        )

    return change
