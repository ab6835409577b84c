"""How each parcel ended, where its route did, and whether its five times add up to it."""

from __future__ import annotations

import numpy as np

from logistics.simulation.checks.check import Check
from logistics.simulation.checks.visits import Visit, Visits
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import HOURS, MAX_ATTEMPTS, NEVER_HERE, NOT_YET, Array, Status


class Ends(Check):
    """How far the parcels of a span came, by row of the span.

    `wave`: departure number of the latest wave, the number of departures for none. `_ready`: at the
    station; `_out`: when that wave left. `_visits`: how many visits have a ready tick, `_taken`:
    how many a departure. `_in_hand`: ticks it was worked on. `_accounted`: whether it was lost
    where it was. `_stay`, `_work`, `_wait`, `_transit`: ticks from arrivals to ready, in work and
    dwell, waiting to depart, on lanes.
    """

    def __init__(self, problem: Problem, columns: Columns, span: slice) -> None:
        super().__init__(problem, columns)
        self.span, self._parcels = span, range(span.start, span.stop)
        count, dtype = span.stop - span.start, problem.parcels.ordered.dtype
        self.wave = np.full(count, len(problem.departures.tick))
        self._ready, self._out = np.full((2, count), NOT_YET, dtype)
        self._visits, self._taken = np.zeros((2, count), np.int16)
        self._in_hand = np.zeros(count, np.int64)
        self._accounted = np.zeros(count, np.bool_)
        self._stay, self._work, self._wait, self._transit = np.zeros((4, count), dtype)

    def check_status(self) -> None:
        """Check that status, end, attempts and loss of each parcel agree, by its own word alone."""
        status, attempts = self._columns.status[self.span], self._columns.attempts[self.span]
        ended, step = self._columns.ended[self.span], self._columns.lost_step[self.span]
        failures = self._problem.parcels.failures[self.span]
        stolen = self._problem.parcels.stolen[self.span]
        delivered = (status == Status.DELIVERED) | (status == Status.STOLEN)
        lost, returned = status == Status.LOST, status == Status.RETURNED
        over = delivered | returned
        outside = (ended < 0) | (ended >= self._problem.horizon)
        impossible = (
            (delivered & (attempts != failures + 1))
            | (returned & ((attempts != MAX_ATTEMPTS) | (failures != MAX_ATTEMPTS)))
            | ((status == Status.UNDER_WAY) & ((attempts > failures) | (attempts >= MAX_ATTEMPTS)))
            | (lost & (attempts > failures + 1))
        )
        is_status = "its status is {status:status}"
        for bad, text in (
            (status > max(Status), "there is no status {status}"),
            (lost != (step != NEVER_HERE), is_status + ", its lost step {step}"),
            (lost & (step < 0), "there is no step {step} at which it could be lost"),
            (over != (ended != NOT_YET), is_status + ", its end tick {ended}"),
            (over & outside, "it ended at tick {ended}, outside the run"),
            (delivered & (stolen != (status == Status.STOLEN)), is_status),
            (impossible, "{status:status} after {attempts} attempts, of which {failures} fail"),
        ):
            self._stop_at_door(
                bad, text, status=status, step=step, ended=ended, attempts=attempts,
                failures=failures,
            )  # fmt: skip

    def add(self, visit: Visit) -> None:
        """Take in a visit of the span."""
        row, worked = visit.came.row, visit.worked
        self._visits[row] += worked
        self._taken[row] += visit.boarded
        self._in_hand[row] += visit.work * worked
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
        """A parcel is lost at a step that it came to, and that ended its route."""
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
        """Check where the parcels' routes end."""
        step = self._columns.lost_step[self.span]
        unaccounted = (step != NEVER_HERE) & ~self._accounted
        text = "it is lost at step {step}, which it did not come to or passed"
        self._stop_at_end(unaccounted, text, step=step)
        self._check_count(self._columns.ready, self._visits, "is ready")
        self._check_count(self._columns.departure, self._taken, "departs")
        in_hand = self._columns.work_ticks[self.span].sum(axis=1, dtype=np.int64)
        text = "it was worked on for {in_hand} ticks, on its route for {expected}"
        self._stop_at_end(in_hand != self._in_hand, text, in_hand=in_hand, expected=self._in_hand)
        self._check_doors()
        self._check_times()

    def _check_count(self, column: Array, expected: Array, happens: str) -> None:
        """Nothing happens after the end of a parcel's route."""
        happened = column[self.span] != NOT_YET
        if np.count_nonzero(happened) == expected.sum():
            return
        found = happened.sum(axis=1)
        text = f"it {happens} {{found}} times, on its route {{expected}} times"
        self._stop_at_end(found != expected, text, found=found, expected=expected)

    def _check_doors(self) -> None:
        columns, span, out = self._columns, self.span, self._out
        attempts, ended = columns.attempts[span], columns.ended[span]
        said = columns.out_for_delivery[span]
        text = "out for delivery {said:tick}, its wave left {out:tick}"
        self._stop_at_door(said != out, text, said=said, out=out)
        over = ended != NOT_YET
        untaken = (out == NOT_YET) & ((attempts > 0) | over)
        text = "{attempts} attempts, end {ended:tick}, but no wave took it"
        self._stop_at_door(untaken, text, attempts=attempts, ended=ended)
        longest, after = self._longest_round(), ended - out
        self._stop_at_door(
            over & ((after < 1) | (after > longest)),
            "it ended {ended:tick}, {after} after its wave left, on a round of {longest}",
            ended=ended, after=after, longest=longest,
        )  # fmt: skip

    def _longest_round(self) -> Array:
        """Return how many ticks after its wave each parcel's attempt may be."""
        rounds = np.append(self._problem.lanes.round_ticks, 0)  # 0: a facility without a round
        longest = np.clip(rounds, 1, self._problem.horizon)
        of_station = longest[np.diagonal(self._problem.next_lane)].astype(self._out.dtype)
        return np.asarray(of_station.take(self._problem.parcels.station[self.span]))

    def _check_times(self) -> None:
        said = [getattr(self._columns, name)[self.span] for name in HOURS]
        for name, times in zip(HOURS, said, strict=True):
            self._stop_at_end(times < 0, f"its {name} is {{times}}", times=times)
        ended = self._columns.ended[self.span]
        over = ended != NOT_YET
        lasted = ended - self._problem.parcels.ordered[self.span]
        total = said[0].astype(np.int64)
        for times in said[1:]:
            total += times
        text = "its five times add up to {total}, from order to end are {lasted}"
        self._stop_at_end(over & (total != lasted), text, total=total, lasted=lasted)
        last_mile = (ended - self._ready) * over
        expected = (self._stay - self._work, self._work, self._wait, self._transit, last_mile)
        for name, times, clocks in zip(HOURS, said, expected, strict=True):
            text = f"its {name} is {{times}}, by its clocks {{clocks}}"
            self._stop_at_end(times != clocks, text, times=times, clocks=clocks)

    def _stop_at_end(self, bad: Array, text: str, **values: Array) -> None:
        self._stop(bad, self._parcels, self._last_place, text, **values)

    def _stop_at_door(self, bad: Array, text: str, **values: Array) -> None:
        self._stop(bad, self._parcels, self._round_of, text, **values)

    def _last_place(self, parcel: int) -> str:
        """Return the last place to which a parcel came."""
        visits = Visits(self._problem, self._columns, self._problem.parcels.ordered)
        came = [visit.came for visit in visits.of(slice(parcel, parcel + 1))]
        places = [int(one.place[0]) for one in came if one.here.any()]
        return self._facility(places[-1] if places else len(self._problem.facilities.ids), parcel)
