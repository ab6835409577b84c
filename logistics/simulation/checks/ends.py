"""Where each parcel's route ended, and whether its five times add up to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.checks.violation import Violation, tick
from logistics.simulation.checks.visits import Visit, Ways
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NEVER_HERE, NOT_YET

Array = NDArray[Any]

_TIMES = ("wait_work", "work", "wait_departure", "transit", "last_mile")


class Ends:
    """How far the parcels of a span came, by row of the span.

    `wave`: departure number of the latest wave, the number of departures for none. `_ready`: at the
    station; `_out`: when that wave left. `_visits`: how many visits have a ready tick, `_taken`:
    how many a departure. `_accounted`: whether it was lost where it was. `_stay`, `_work`,
    `_wait`, `_transit`: ticks from arrivals to ready, in work, waiting to depart, on lanes.
    """

    def __init__(self, problem: Problem, columns: Columns, span: slice) -> None:
        self._problem, self._columns, self.span = problem, columns, span
        self._breach = Violation(problem)
        count, dtype = span.stop - span.start, problem.parcels.ordered.dtype
        self.wave = np.full(count, len(problem.departures.tick))
        self._ready, self._out = np.full((2, count), NOT_YET, dtype)
        self._visits, self._taken = np.zeros((2, count), np.int16)
        self._accounted = np.zeros(count, np.bool_)
        self._stay, self._work, self._wait, self._transit = np.zeros((4, count), dtype)

    def add(self, visit: Visit) -> None:
        """Take in a visit of the span."""
        row, worked = visit.came.row, visit.worked
        self._visits[row] += worked
        self._taken[row] += visit.boarded
        self._stay[row] += (visit.ready - visit.came.arrival) * worked
        self._work[row] += visit.in_work * worked
        self._wait[row] += (visit.departs - visit.ready) * visit.left
        self._transit[row] += (visit.arrives - visit.departs) * visit.goes_on
        door = np.flatnonzero(visit.last & worked)
        if len(door):
            at = door if isinstance(row, slice) else row[door]
            self._ready[at], self._out[at] = visit.ready.take(door), visit.departs.take(door)
            self.wave[at] = visit.slot.take(door)
        self._account_for_losses(visit)

    def _account_for_losses(self, visit: Visit) -> None:
        """A parcel is lost at a step that it came to, and that ended its way."""
        step = visit.of(self._columns.lost_step)
        lost = np.flatnonzero(step != NEVER_HERE)
        step = step[lost]
        came, horizon = visit.came, self._problem.horizon
        in_work = ~visit.worked[lost] & (came.due[lost] < horizon - visit.in_work[lost])
        on_road = visit.left[lost] & (visit.arrives[lost] < horizon)
        attempts = visit.of(self._columns.attempts)[lost].astype(np.int16)
        at_door = visit.last[lost] & visit.boarded[lost] & (attempts > 0)
        begin = 2 * visit.number
        found = (
            ((step == begin) & in_work)
            | ((step == begin + 1) & on_road)
            | ((step == begin + attempts) & at_door)
        )
        here = lost[found & came.here[lost]]
        self._accounted[here if isinstance(came.row, slice) else came.row[here]] = True

    def check(self) -> None:
        """Check where the parcels' routes end.

        Raises BrokenRunError.
        """
        lost_step = self._columns.lost_step[self.span]
        self._stop(
            (lost_step != NEVER_HERE) & ~self._accounted,
            lambda row: f"it is lost at step {lost_step[row]}, which it did not come to or passed",
        )
        self._check_count(self._columns.ready, self._visits, "is ready")
        self._check_count(self._columns.departure, self._taken, "departs")
        self._check_doors()
        self._check_times()

    def _check_count(self, column: Array, expected: Array, happens: str) -> None:
        """Nothing happens after the end of a parcel's route."""
        happened = column[self.span] != NOT_YET
        if np.count_nonzero(happened) == expected.sum():
            return
        found = happened.sum(axis=1)
        self._stop(
            found != expected,
            lambda row: f"it {happens} {found[row]} times, on its way {expected[row]} times",
        )

    def _check_doors(self) -> None:
        columns, span, out = self._columns, self.span, self._out
        attempts, ended = columns.attempts[span], columns.ended[span]
        said = columns.out_for_delivery[span]
        self._stop_at_door(
            said != out,
            lambda row: f"out for delivery {tick(said[row])}, its wave left {tick(out[row])}",
        )
        over = ended != NOT_YET
        self._stop_at_door(
            (out == NOT_YET) & ((attempts > 0) | over),
            lambda row: f"{attempts[row]} attempts, end {tick(ended[row])}, but no wave took it",
        )
        longest, after = self._longest_round(), ended - out
        self._stop_at_door(
            over & ((after < 1) | (after > longest)),
            lambda row: (
                f"it ended at tick {ended[row]}, {after[row]} after its wave left, on a round of"
                f" {longest[row]}"
            ),
        )

    def _longest_round(self) -> Array:
        """Return how many ticks after its wave each parcel's attempt may be."""
        rounds = np.append(self._problem.lanes.round_ticks, 0)  # 0: a facility without a round
        longest = np.clip(rounds, 1, self._problem.horizon)
        of_station = longest[np.diagonal(self._problem.next_lane)].astype(self._out.dtype)
        return np.asarray(of_station.take(self._problem.parcels.station[self.span]))

    def _check_times(self) -> None:
        said = [getattr(self._columns, name)[self.span] for name in _TIMES]
        for name, times in zip(_TIMES, said, strict=True):
            self._stop(times < 0, lambda row: f"its {name} is {times[row]}")  # noqa: B023
        ended = self._columns.ended[self.span]
        over = ended != NOT_YET
        lasted = ended - self._problem.parcels.ordered[self.span]
        total = said[0].astype(np.int64)
        for times in said[1:]:
            total += times
        self._stop(
            over & (total != lasted),
            lambda row: (
                f"its five times add up to {total[row]}, from order to end are {lasted[row]}"
            ),
        )
        last_mile = (ended - self._ready) * over
        expected = (self._stay - self._work, self._work, self._wait, self._transit, last_mile)
        for name, times, clocks in zip(_TIMES, said, expected, strict=True):
            self._stop(
                times != clocks,
                lambda row: f"its {name} is {times[row]}, by its clocks {clocks[row]}",  # noqa: B023
            )

    def _stop(self, bad: Array, tell: Callable[[int], str]) -> None:
        """Stop at a parcel; the place is the last to which it came."""
        if bad.any():
            row = int(np.argmax(bad))
            parcel = self.span.start + row
            self._breach.of_parcel(parcel, self._place(parcel), tell(row))

    def _stop_at_door(self, bad: Array, tell: Callable[[int], str]) -> None:
        if bad.any():
            row = int(np.argmax(bad))
            parcel = self.span.start + row
            self._breach.of_parcel(parcel, self._breach.round_of(parcel), tell(row))

    def _place(self, parcel: int) -> int:
        routes = Ways(self._problem, self._columns, self._problem.parcels.ordered)
        visits = [visit.came for visit in routes.visits(slice(parcel, parcel + 1))]
        places = [int(came.place[0]) for came in visits if came.here.any()]
        return places[-1] if places else len(self._problem.facilities.ids)
