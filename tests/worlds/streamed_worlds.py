"""Runs handed over in time slices and checked as a stream is, with faults where a test wants them.

`checked_in_slices` runs the batch engine; `replayed` takes the columns of a whole run, of any
engine, and hands them over as if the run had been made in time slices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.errors import BrokenRunError
from logistics.simulation.batch.engine import Traffic
from logistics.simulation.checks.streams import StreamChecks
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NEVER_HERE, NOT_YET, Status

Numbers = NDArray[np.int64]
Change = Callable[[Numbers, Columns], Columns]
"""Takes the numbers of parcels in the whole problem and their columns; returns other columns."""


def thirds(problem: Problem) -> list[int]:
    """Return the ticks at which a problem is cut in three, and those at which it may end."""
    third = problem.horizon // 3
    cuts = {third, 2 * third, *problem.ending.cuts.tolist()}
    return sorted(cut for cut in cuts if 0 < cut < problem.horizon)


def once_all_are_ordered(problem: Problem) -> Problem:
    """Return a problem that may end only once all that it follows can have been ordered.

    As every run of a scenario does: in time slices, what is ordered later is not known.
    """
    ending = problem.ending
    return replace(problem, ending=replace(ending, cuts=ending.cuts[ending.cuts >= ending.end]))


def as_it_is(number: Numbers, columns: Columns) -> Columns:
    """Change nothing."""
    return columns


def checked_in_slices(problem: Problem, cuts: list[int], change: Change = as_it_is) -> None:
    """Run a problem with a cut before each of some ticks, and check what has ended, changed.

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
        for rows, some, columns in done.finished(most=7):
            checks.add(rows, some, change(number[rows], columns), until)
        if done.problem.horizon == until:
            checks.settle(until)
            return
        checks.go_on(done.problem, done.moves.ready, done.moves.departure, done.goes_on, until)
        number = number[done.goes_on]


def replayed(problem: Problem, columns: Columns, cuts: list[int]) -> None:
    """Check a whole run as if it had been handed over in time slices.

    Raises BrokenRunError as a stream does.
    """
    horizon = int(columns.horizon)
    end = horizon if horizon in problem.ending.cuts else problem.horizon
    checks, ordered = StreamChecks(problem), problem.parcels.ordered
    over_at = np.maximum(_over_at(problem, columns), ordered)
    before, here = -1, np.zeros(0, np.int64)
    for until in [*(cut for cut in cuts if cut < end), end]:
        is_last = until == end
        to = np.iinfo(np.int64).max if until == problem.horizon else until
        new = np.flatnonzero((ordered >= before) & (ordered < to))
        before = until
        checks.admit(problem.parcels.of(new))
        here = np.sort(np.concatenate([here, new]))
        goes_on = (over_at[here] >= until) & (not is_last)
        rows = np.flatnonzero(~goes_on)
        theirs = replace(problem, horizon=end if is_last else problem.horizon)
        theirs = replace(theirs, parcels=problem.parcels.of(here[rows]))
        checks.add(rows, theirs, _so_far(problem, columns, here[rows], until, is_last), until)
        if is_last:
            checks.settle(until)
            return
        whole = replace(problem, parcels=problem.parcels.of(here))
        ready, departure = columns.ready[here], columns.departure[here]
        gone = np.append(problem.departures.tick, 0).take(departure, mode="clip") < until
        departure = np.where((departure >= 0) & gone, departure, NOT_YET)
        checks.go_on(whole, ready, departure, goes_on, until)
        here = here[goes_on]


def _so_far(
    problem: Problem, columns: Columns, rows: Numbers, until: int, is_last: bool
) -> Columns:
    """Return the columns of some parcels, with the loads up to a tick."""
    some = columns.of(rows)
    if is_last:
        return some
    gone = problem.departures.tick < until
    return replace(
        some,
        load=np.where(gone, some.load, 0),
        left_behind=np.where(gone, some.left_behind, 0),
        horizon=np.array(problem.horizon),
    )


def _over_at(problem: Problem, columns: Columns) -> NDArray[np.int64]:
    """Return the tick in whose time slice each parcel is over; the horizon if it never is."""
    over = np.where(columns.ended != NOT_YET, columns.ended, problem.horizon).astype(np.int64)
    lost = (columns.status == Status.LOST) & (columns.lost_step != NEVER_HERE)
    arrives = np.append(problem.departures.arrives, problem.horizon)
    for row in np.flatnonzero(lost):
        taken = columns.departure[row][columns.departure[row] >= 0]
        # at work: as it came, for no column tells when; at the door: when the wave left
        over[row] = arrives[min(taken[-1], len(arrives) - 1)] if len(taken) else 0
        over[row] = max(over[row], columns.out_for_delivery[row])
    return over


def is_stopped(check: Callable[..., None], *given: Any) -> bool:
    """Tell whether a check finds something wrong."""
    try:
        check(*given)
    except BrokenRunError:
        return True
    return False
