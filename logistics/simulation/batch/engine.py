"""The batch engine: SimPy keeps the clock, NumPy carries the cargo.

SimPy processes change shifts, send out waves, and let all that departs between two of these leave
in one call; parcels ride along as columns. Events therefore do not grow with parcels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from logistics.runtime.threads import in_pieces
from logistics.simulation.batch.columns import Moves, finished_columns, reached
from logistics.simulation.batch.kernel import State, advance_all, depart, note_the_rest, set_workers
from logistics.simulation.batch.origins import collect, take_back
from logistics.simulation.batch.paths import by_parcel
from logistics.simulation.batch.rounds import go_round
from logistics.simulation.batch.state import prepare
from logistics.simulation.batch.under_way import (
    Places,
    UnderWay,
    admitted,
    left_under_way,
    nothing_under_way,
)
from logistics.simulation.clock import Clock, Process, Turn
from logistics.simulation.problem import Columns, Ending, Parcels, Problem
from logistics.vocabulary import Status

Array = NDArray[Any]

_TOGETHER = 16
"""Facilities that one thread advances at a time."""

_MANY = 1 << 20
"""Parcels that are looked at together; one that is under way is among the first of them."""


def run(problem: Problem) -> Columns:
    """Run a problem to its end and return its columns.

    Raises nothing of its own: a `Problem` is valid by construction.
    """
    under_way, _ = admitted(problem, nothing_under_way(problem))
    moves, horizon = _move(problem, under_way, problem.horizon)[1:]
    return finished_columns(replace(problem, horizon=horizon), moves)


class Stretch(NamedTuple):
    """The result of one time slice of a run.

    `places`: how the parcels that were carried on and the new ones were numbered together.
    `goes_on`: which of them are still under way. `problem`, `moves`: of all of them, as far as they
    have come; a ready tick may be one to come.
    """

    places: Places
    goes_on: NDArray[np.bool_]
    problem: Problem
    moves: Moves

    def finished(self, most: int) -> Iterator[tuple[NDArray[np.int64], Problem, Columns]]:
        """Yield the rows, the problem and the columns of all others, at most so many at a time.

        The loads and events of the columns are those so far.
        """
        ended = np.flatnonzero(~self.goes_on)
        for start in range(0, max(1, len(ended)), most):
            rows = ended[start : start + most]
            problem = replace(self.problem, parcels=self.problem.parcels.of(rows))
            yield rows, problem, finished_columns(problem, self.moves.of(rows))


class Traffic:
    """A run made in time slices, so that only what is under way is kept.

    The columns of all time slices together are those of `run`, if its cuts are among theirs and
    come after all orders that it follows.
    """

    def __init__(self, problem: Problem) -> None:
        """Begin before tick 0; the parcels of the problem are not admitted, see `go_on`."""
        self._problem = replace(problem, ending=Ending.at_horizon())
        self._ending, self._events = problem.ending, 0
        self._under_way = nothing_under_way(problem)

    def go_on(self, parcels: Parcels, until: int) -> Stretch:
        """Admit parcels, all that are ordered before `until`, and go on to before that tick.

        At the horizon, or where the run may end, every parcel is finished, whatever became of it.
        """
        under_way, places = admitted(replace(self._problem, parcels=parcels), self._under_way)
        self._under_way = under_way  # and no longer what it was made of
        problem = replace(self._problem, parcels=under_way.parcels)
        state, moves, _ = _move(problem, under_way, until)
        moves.events[()] += self._events
        self._events = int(moves.events)
        goes_on = np.zeros(len(problem.parcels.ordered), np.bool_)
        if until < problem.horizon:
            self._under_way, goes_on = left_under_way(problem, under_way, state, moves, until)
            note_the_rest(state, until)
            if self._is_over(problem, goes_on, until):
                problem, goes_on = replace(problem, horizon=until), np.zeros_like(goes_on)
        return Stretch(places, goes_on, problem, moves)

    def _is_over(self, problem: Problem, goes_on: Array, tick: int) -> bool:
        """Tell whether the run ends at a tick: at a cut, when all that it follows have ended."""
        ordered, ending = problem.parcels.ordered, self._ending
        followed = (ordered >= ending.first) & (ordered < ending.end)
        all_over = tick >= ending.end and not (followed & goes_on).any()
        return all_over and tick in ending.cuts


def _move(problem: Problem, before: UnderWay, until: int) -> tuple[State, Moves, int]:
    """Let everything happen that happens from `before.tick` to before `until`.

    Or to the cut at which the run ends; returns which it was.
    """
    state = prepare(problem, before)
    collect(problem, state, before.tick, until)
    moves = _moves(state, problem.parcels.work.shape[1])
    ended = _let_happen(problem, state, moves, before.tick, until)
    _advance_all(state, ended)
    if ended < until:
        take_back(problem, state, ended)
    if ended < until or until == problem.horizon:
        note_the_rest(state, ended)
    return state, moves, ended


def _moves(state: State, visits: int) -> Moves:
    """Return the columns that the state goes on to write into."""
    return Moves(
        ready=by_parcel(state.ready, visits),
        departure=by_parcel(state.departure, visits),
        lost_step=state.lost_step,
        load=state.load,
        left_behind=state.left_behind,
        attempts=state.attempts,
        out_for_delivery=state.out_for_delivery,
        ended=state.ended,
        status=state.status,
        events=np.zeros((), np.int64),
    )


def _let_happen(problem: Problem, state: State, moves: Moves, since: int, until: int) -> int:
    """Run the clock over the timetable of a time slice; return the tick at which it ended.

    SimPy keeps what changes how parcels move on: shifts (closures among them), waves, and cuts.
    What leaves between two of them is one call: in order of time, and each looks by itself.
    """
    staffing, departures = problem.staffing, problem.departures
    departs = (departures.tick >= since) & (departures.tick < until)
    is_round = problem.lanes.destination[departures.lane] < 0
    staff = np.flatnonzero((staffing.tick >= since) & (staffing.tick < until))
    waves, trips = np.flatnonzero(departs & is_round), np.flatnonzero(departs & ~is_round)
    cuts, leaves = problem.ending.cuts, departures.tick[trips]
    cuts = cuts[(cuts >= since) & (cuts < until)]
    between = np.searchsorted(staffing.tick[staff], leaves, "right")
    between += np.searchsorted(departures.tick[waves], leaves, "left")
    between += np.searchsorted(cuts, leaves, "right")

    def change_staff(rows: Array) -> None:
        tick = staffing.tick[rows[0]]
        set_workers(state, tick, staffing.facility[rows], staffing.workers[rows])

    def leave(rows: Array) -> None:
        depart(state, rows)

    clock, go_out = Clock(), partial(_go_out, problem, state)
    processes = (
        _each_group(clock, Turn.STAFFING, staffing.tick, staff, staffing.tick[staff], change_staff),
        _each_group(clock, Turn.DEPARTURE, departures.tick, trips, between, leave),
        _each_group(clock, Turn.WAVE, departures.tick, waves, departures.tick[waves], go_out),
    )
    for process in processes:
        clock.process(process)
    clock.may_end(cuts.tolist(), lambda tick: _have_ended(problem, state, moves, tick))
    ended = clock.run(until)
    moves.events[()] = clock.handled
    for process in processes:
        process.close()  # it and its event hold each other, and through it all the state
    return ended


def _go_out(problem: Problem, state: State, waves: Array) -> None:
    """Send out the waves of an instant, on all cores: facilities share no parcel."""
    horizon = np.int64(problem.horizon)
    if len(waves) == 1:
        go_round(state, waves, horizon)
        return
    facility = problem.lanes.origin[problem.departures.lane[waves]]
    waves = waves[np.argsort(facility, kind="stable")]  # those of a facility stay together
    ends = np.append(np.flatnonzero(np.diff(np.sort(facility))) + 1, len(waves))

    def some(piece: slice) -> None:
        first = ends[piece.start - 1] if piece.start else 0
        go_round(state, waves[first : ends[piece.stop - 1]], horizon)

    in_pieces(some, len(ends), _TOGETHER)


def _have_ended(problem: Problem, state: State, moves: Moves, tick: int) -> bool:
    """Tell whether all parcels that a run follows have ended before a cut.

    No courier is out at a cut, so an attempt that is made is over.
    """
    _advance_all(state, tick)
    problem, ending = replace(problem, horizon=tick), problem.ending
    for start in range(0, len(problem.parcels.ordered), _MANY):
        some = slice(start, start + _MANY)
        ordered = problem.parcels.ordered[some]
        followed = (ordered >= ending.first) & (ordered < ending.end)
        rows = start + np.flatnonzero(followed & (moves.status[some] == Status.UNDER_WAY))
        step = moves.lost_step[rows]
        if (step < 0).any() or not reached(problem, moves, rows, step).all():
            return False
    return True


def _advance_all(state: State, until: int) -> None:
    """Bring all facilities to before tick `until`, on all cores: they share no parcel."""
    facilities = np.arange(len(state.workers))

    def some(piece: slice) -> None:
        advance_all(state, facilities[piece], np.int64(until - 1))

    in_pieces(some, len(facilities), _TOGETHER)


def _each_group(
    clock: Clock,
    turn: Turn,
    ticks: Array,
    rows: Array,
    group: Array,
    happen: Callable[[Array], None],
) -> Process:
    """Let rows of a sorted timetable happen, those of a group together at the last one's tick."""
    if not len(rows):
        return
    for some in np.split(rows, np.flatnonzero(np.diff(group)) + 1):
        yield clock.at(int(ticks[some[-1]]), turn)
        happen(some)
