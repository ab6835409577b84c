"""What is under way at an instant, by place: what one time slice passes to the next.

A run can be cut at any tick. The parcels that are not finished are carried over,
numbered again together with those that are ordered next; all others are finished.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.batch.columns import Moves
from logistics.simulation.batch.kernel import AT_RISK, NEVER, SEQUENCE_BITS, State
from logistics.simulation.batch.origins import release
from logistics.simulation.problem import Limits, Parcels, Problem, some_rows
from logistics.vocabulary import NEVER_HERE, NOT_YET

Array = NDArray[Any]

_POSITION = (1 << SEQUENCE_BITS) - 1


class Progress(NamedTuple):
    """How far each parcel has come: one row per parcel, columns as in `State` and `Columns`.

    `loss_left`: the hazard of loss that it can still take.
    """

    released: Array
    loss_left: Limits
    lost_step: Array
    visit: Array
    ready: Array
    departure: Array
    attempts: Array
    out_for_delivery: Array


class Held(NamedTuple):
    """Parcels that are held at places of one kind, `since` which tick, in the order of the places.

    `place`: number of a facility, a lane, a departure or a round.
    """

    place: Array
    parcel: Array
    since: Array


class Whereabouts(NamedTuple):
    """Where parcels are that have left their source; all others are still there.

    `queued`: at facilities, in first-come order; those being worked come first. `waiting`: ready
    for a lane or a round, the oldest first. `aboard`: on the road by (lane, departure), in the
    order in which they boarded, since they were ready. `back`: from a failed attempt, by round, the
    first to return first. `going`: in the dwell after the work in which they are lost. `ends`: of
    `queued`, completion of the work in progress, `NEVER` for those who wait.
    """

    queued: Held
    waiting: Held
    aboard: Held
    back: Held
    going: Array
    ends: Array

    def parcels(self) -> Array:
        """Return all of them, in no order."""
        return np.concatenate([*(held.parcel for held in self[:4]), self.going])

    def renumbered(self, number: Array) -> Whereabouts:
        """Return the same with parcel `p` called `number[p]`."""
        queued, waiting, aboard, back = (
            held._replace(parcel=number[held.parcel]) for held in self[:4]
        )
        return Whereabouts(queued, waiting, aboard, back, number[self.going], self.ends)


@dataclass(frozen=True)
class UnderWay:
    """Everything that a run must know at `tick` to go on.

    Per facility: `workers` on duty `since` when, and the next truck to come, `next_inbound`. Per
    source: the working day `gate_day` that takes its next order, and how many it has taken
    already, `gate_used`. Per departure: `load` and `left_behind` of those that have left.
    """

    tick: int
    parcels: Parcels
    progress: Progress
    where: Whereabouts
    workers: Array
    since: Array
    next_inbound: Array
    gate_day: Array
    gate_used: Array
    load: Array
    left_behind: Array


def nothing_under_way(problem: Problem) -> UnderWay:
    """Return how a run begins: before tick 0, without parcels."""
    none = np.zeros(0, np.int64)
    nobody = Held(none, none, none)
    facilities, departures = len(problem.facilities.ids), len(problem.departures.tick)
    gate, to = problem.sources.gate, problem.lanes.destination[problem.departures.lane]
    parcels = problem.parcels.of(slice(0, 0))
    return UnderWay(
        tick=0,
        parcels=parcels,
        progress=_not_begun(replace(problem, parcels=parcels), none),
        where=Whereabouts(nobody, nobody, nobody, nobody, none, none),
        workers=np.zeros(facilities, np.int64),
        since=np.zeros(facilities, np.int64),
        next_inbound=np.searchsorted(np.sort(to[to >= 0]), np.arange(facilities)),
        gate_day=np.where(gate >= 0, problem.gates.first[np.maximum(gate, 0)], 0),
        gate_used=np.zeros(len(gate), np.int64),
        load=np.zeros(departures, np.int32),
        left_behind=np.zeros(departures, np.int32),
    )


def _not_begun(problem: Problem, released: Array) -> Progress:
    parcels, visits = problem.parcels.work.shape
    dtype = problem.parcels.ordered.dtype
    loss_left, lost_step = _handed_over(problem)
    return Progress(
        released=released,
        loss_left=loss_left,
        lost_step=lost_step,
        visit=np.zeros(parcels, np.int8),
        ready=np.full((visits, parcels), NOT_YET, dtype).T,
        departure=np.full((visits, parcels), NOT_YET, np.int32).T,
        attempts=np.zeros(parcels, np.uint8),
        out_for_delivery=np.full(parcels, NOT_YET, dtype),
    )


def _handed_over(problem: Problem) -> tuple[Limits, NDArray[np.int8]]:
    """Return the hazard of loss that parcels can take once their sellers are done, and lost steps.

    What a seller does to a parcel is known before it does it.
    """
    loss, parcels = problem.parcels.loss, problem.parcels
    lost_step = np.full(len(parcels.ordered), NEVER_HERE, np.int8)
    at_seller = problem.sources.facility[parcels.source[loss.parcel]] < 0
    left = loss.hazard - at_seller * problem.hazards.visit_loss[-1]
    lost_step[loss.parcel] = np.where(left < 0, 0, AT_RISK)
    return Limits(loss.parcel, left), lost_step


class Places(NamedTuple):
    """Where parcels stand in a common numbering: those carried on, and those that are new."""

    old: Array
    new: Array

    def merged(self, old: Any, new: Any) -> Any:
        """Return one column of both."""
        if isinstance(old, Limits):
            parcel = np.concatenate([self.old[old.parcel], self.new[new.parcel]])
            order = np.argsort(parcel)
            return Limits(parcel[order], np.concatenate([old.hazard, new.hazard])[order])
        if not len(old):
            return new
        both = np.empty((*new.shape[1:], len(old) + len(new)), new.dtype)
        both[..., self.old], both[..., self.new] = old.T, new.T
        return both.T


def admitted(problem: Problem, before: UnderWay) -> tuple[UnderWay, Places]:
    """Let the parcels of a problem join those under way, all numbered by (source, order).

    They must have been ordered later than all that came before.
    """
    day, used = before.gate_day.copy(), before.gate_used.copy()
    new = _not_begun(problem, release(problem, day, used))
    places = _places(problem, before.parcels.source, problem.parcels.source)
    columns = {
        f.name: places.merged(getattr(before.parcels, f.name), getattr(problem.parcels, f.name))
        for f in fields(Parcels)
    }
    after = replace(
        before,
        where=before.where.renumbered(places.old),
        parcels=Parcels(**columns),
        progress=Progress(*map(places.merged, before.progress, new)),
        gate_day=day,
        gate_used=used,
    )
    return after, places


def _places(problem: Problem, old: Array, new: Array) -> Places:
    """Number parcels by source; within a source the old ones come first."""
    if not len(old):
        return Places(np.zeros(0, np.int64), np.arange(len(new)))
    sources = np.arange(len(problem.sources.facility))
    new_before = np.searchsorted(new, sources)
    old_upto = np.searchsorted(old, sources, "right")
    return Places(np.arange(len(old)) + new_before[old], np.arange(len(new)) + old_upto[new])


def left_under_way(
    problem: Problem, before: UnderWay, s: State, moves: Moves, tick: int
) -> tuple[UnderWay, NDArray[np.bool_]]:
    """Return what is under way at `tick`, and which parcels that is.

    Everything before `tick` has happened, nothing after it.
    """
    progress = Progress(
        s.released, Limits(s.loss_parcel, s.loss_left), s.lost_step, s.visit, moves.ready,
        moves.departure, moves.attempts, moves.out_for_delivery,
    )  # fmt: skip
    queued, ends = _queued(s)
    waiting = _held(s.taken, s.filled, s.bay, s.bay_ready)
    back = _held(s.retaken, s.returned, s.back, s.back_tick)
    going = _going(problem, s, moves, tick)
    where = Whereabouts(queued, waiting, _aboard(s, tick), back, going, ends)
    goes_on = np.zeros(len(progress.visit), np.bool_)
    goes_on[where.parcels()] = True
    goes_on[_at_source(problem, s, progress, tick)] = True
    after = replace(
        before,
        tick=tick,
        parcels=problem.parcels.of(goes_on),
        progress=Progress(*(some_rows(column, goes_on) for column in progress)),
        where=where.renumbered(np.cumsum(goes_on) - 1),
        workers=s.workers,
        since=s.since,
        next_inbound=s.next_inbound,
        load=s.load,
        left_behind=s.left_behind,
    )
    return after, goes_on


def _ranges(first: Array, end: Array) -> tuple[Array, Array]:
    """Return first[0]..end[0]-1, first[1]..end[1]-1, ... in one row, and whose each one is."""
    count = end - first
    owner = np.repeat(np.arange(len(first)), count)
    begins = np.cumsum(count) - count
    return np.arange(len(owner)) + (first - begins)[owner], owner


def _queued(s: State) -> tuple[Held, Array]:
    key_at, in_hand_at = _ranges(s.heap_first, s.heap_first + s.in_hand)
    in_hand = s.queue_first[in_hand_at] + (s.heap[key_at] & _POSITION)
    waiting, waiting_at = _ranges(s.started, s.joined)
    position = np.concatenate([in_hand, waiting])
    facility = np.concatenate([in_hand_at, waiting_at])
    ends = np.concatenate([s.heap[key_at] >> SEQUENCE_BITS, np.full(len(waiting), NEVER)])
    order = np.argsort(position)  # the slices of the facilities follow one another
    position = position[order]
    parcel, arrival = s.queue[position], s.queue_arrival[position]
    return Held(facility[order], parcel, arrival), ends[order]


def _held(first: Array, end: Array, parcel: Array, since: Array) -> Held:
    at, place = _ranges(first, end)
    return Held(place, parcel[at], since[at])


def _aboard(s: State, tick: int) -> Held:
    at, _ = _ranges(s.next_inbound, s.last_inbound)
    under_way = s.inbound[at]
    under_way = under_way[(s.departs[under_way] < tick) & (s.load[under_way] > 0)]
    under_way = under_way[np.lexsort((under_way, s.departure_lane[under_way]))]
    first = s.slice_first[under_way]
    aboard = _held(first, first + s.load[under_way], s.bay, s.bay_ready)
    return aboard._replace(place=under_way[aboard.place])


def _going(problem: Problem, s: State, moves: Moves, tick: int) -> Array:
    """Return who is done with the work in which it is lost, but not with the dwell after it."""
    parcel = s.loss_parcel
    visit = s.visit[parcel].astype(np.int64)
    ready = moves.ready[parcel, visit]
    seller = (visit == 0) & (problem.sources.facility[problem.parcels.source[parcel]] < 0)
    return np.asarray(parcel[(s.lost_step[parcel] == 2 * visit) & (ready >= tick) & ~seller])


def _at_source(problem: Problem, s: State, progress: Progress, tick: int) -> Array:
    """Return the parcels that are not yet released, or not yet picked up from their seller.

    One that is lost at its seller is there until it would have been packed.
    """
    unreleased, _ = _ranges(s.next_release, s.last_release)
    seller = problem.sources.facility[problem.parcels.source] < 0
    packed = progress.ready[:, 0]
    lost = (progress.lost_step == 0) & (packed != NOT_YET) & (packed < tick)
    to_come = (progress.departure[:, 0] == NOT_YET) & ~lost
    return np.concatenate([unreleased, np.flatnonzero(seller & to_come)])
