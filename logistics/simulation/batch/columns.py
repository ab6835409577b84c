"""From the engine's last state to the columns of a run."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from logistics.runtime.threads import in_pieces
from logistics.simulation.batch.kernel import AT_RISK
from logistics.simulation.batch.paths import walk
from logistics.simulation.batch.risks import damaged_steps
from logistics.simulation.batch.work import ticks_of_work
from logistics.simulation.problem import BY_DEPARTURE, BY_RUN, Columns, Problem, some_rows
from logistics.vocabulary import HOURS, NEVER_HERE, NOT_YET, Status

Array = NDArray[Any]

_CHUNK = 1 << 15  # parcels at a time: the temporaries stay in the processor's cache


class Moves(NamedTuple):
    """What the engine leaves: columns of `Columns`, before the horizon has had its say.

    `lost_step`: where each parcel would be lost, reached or not; `AT_RISK` where it may still be.
    `events`: () as in `Columns`.
    """

    ready: Array
    departure: Array
    lost_step: Array
    load: Array
    left_behind: Array
    attempts: Array
    out_for_delivery: Array
    ended: Array
    status: Array
    events: Array

    def of(self, rows: Array) -> Moves:
        """Return the moves of some parcels; departures are as they are."""
        by_parcel = {
            name: some_rows(column, rows)
            for name, column in self._asdict().items()
            if name not in (*BY_DEPARTURE, *BY_RUN)
        }
        return self._replace(**by_parcel)


def finished_columns(problem: Problem, moves: Moves) -> Columns:
    """Return the columns: what the horizon cut off is `NOT_YET`, and the five times add up."""
    dtype = problem.parcels.ordered.dtype
    parcels, visits = problem.parcels.work.shape
    damaged_step, damaged_kind = damaged_steps(problem)
    columns = Columns(
        **moves._asdict(),
        damaged_step=damaged_step,
        damaged_kind=damaged_kind,
        work_ticks=np.zeros((visits, parcels), dtype).T,
        **{name: np.zeros(parcels, dtype) for name in HOURS},
        horizon=np.array(problem.horizon, np.int64),
    )
    _settle_risks(problem, columns)
    in_pieces(lambda span: _add_up(problem, columns, span), parcels, _CHUNK)
    return columns


def _settle_risks(problem: Problem, columns: Columns) -> None:
    """Forget losses and damage at steps that were not reached before the horizon."""
    spared = problem.parcels.loss.parcel
    spared = spared[columns.lost_step[spared] == AT_RISK]
    columns.lost_step[spared] = NEVER_HERE
    lost = np.flatnonzero(columns.lost_step != NEVER_HERE)
    happened = reached(problem, columns, lost, columns.lost_step[lost])
    columns.lost_step[lost[~happened]] = NEVER_HERE
    lost = lost[happened]
    columns.status[lost] = Status.LOST

    broken = np.flatnonzero(columns.damaged_step != NEVER_HERE)
    step = columns.damaged_step[broken]
    lost_step = columns.lost_step[broken]
    before_loss = (lost_step == NEVER_HERE) | (step < lost_step)
    spared = broken[~(before_loss & reached(problem, columns, broken, step))]
    columns.damaged_step[spared] = NEVER_HERE
    columns.damaged_kind[spared] = NEVER_HERE

    at_visit = lost[columns.lost_step[lost] % 2 == 0]
    visit = columns.lost_step[at_visit] // 2
    on_way = visit <= _last_visit(problem, at_visit)
    columns.ready[at_visit[on_way], visit[on_way]] = NOT_YET


def _last_visit(problem: Problem, rows: Array) -> Array:
    last = np.zeros(len(rows), np.int64)
    for visit, leg in enumerate(walk(problem, rows)):
        last[leg.last] = visit
    return last


def reached(problem: Problem, columns: Columns | Moves, rows: Array, step: Array) -> Array:
    """Tell which parcels came through a step of their way before the horizon."""
    last = _last_visit(problem, rows)
    step = step.astype(np.int64)
    attempt = step - (2 * last + 1)
    visit = np.minimum(step // 2, last)
    ready = columns.ready[rows, visit]
    departure = columns.departure[rows, visit]
    worked = (ready != NOT_YET) & (ready < problem.horizon)
    arrived = (departure != NOT_YET) & (
        problem.departures.arrives[np.maximum(departure, 0)] < problem.horizon
    )
    tried = columns.attempts[rows] > attempt
    reached = np.where(step % 2 == 0, worked, arrived)
    return np.asarray(np.where(attempt >= 0, tried, reached), np.bool_)


def _add_up(problem: Problem, columns: Columns, span: slice) -> None:
    """Sum the finished segments of some parcels into the five times."""
    departures, arrival = problem.departures, problem.parcels.ordered[span]
    lost_step, ended = columns.lost_step[span], columns.ended[span]
    facilities = len(problem.facilities.ids)
    dwell = np.append(problem.facilities.dwell, 0).astype(arrival.dtype)
    wait_work, work, wait_departure, transit, last_mile = (
        getattr(columns, name)[span] for name in HOURS
    )
    for visit, leg in enumerate(walk(problem, span)):
        ready = columns.ready[span, visit]
        ready[ready >= problem.horizon] = NOT_YET
        worked = leg.on_way & (ready != NOT_YET)
        at = leg.place
        if visit == 0:  # of a seller, by its row among the sources
            at = np.where(at < facilities, at, facilities + problem.parcels.source[span])
        ticks = ticks_of_work(problem.work, at, problem.parcels.work[span, visit])
        in_work = ticks.astype(arrival.dtype) + dwell.take(leg.place)
        columns.work_ticks[span, visit] = np.where(worked, ticks, 0)
        wait_work += np.where(worked, ready - arrival - in_work, 0)
        work += np.where(worked, in_work, 0)
        last_mile += np.where(leg.last & (ended != NOT_YET), ended - ready, 0)
        left = worked & ~leg.last & (columns.departure[span, visit] != NOT_YET)
        trip = np.where(left, columns.departure[span, visit], 0)
        departs, arrival = departures.tick.take(trip), departures.arrives.take(trip)
        wait_departure += np.where(left, departs - ready, 0)
        there = left & (arrival < problem.horizon) & (lost_step != leg.step + 1)
        transit += np.where(there, arrival - departs, 0)
