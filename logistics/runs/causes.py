"""Where the time of each parcel went, from what a run stored, in whole ticks.

A parcel's route from order to door is cut into segments without a gap, and each segment has one
cause (`CAUSES`) and one place. What the rules are: `docs/background/why-late.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from logistics.runs.facility_hours import OverTime
from logistics.runs.run_columns import RunColumns
from logistics.runs.segments import Visit, arrived, walk, work_of
from logistics.runtime.threads import in_pieces
from logistics.vocabulary import CAUSES, NOT_YET, Array

_CHUNK = 1 << 15  # parcels at a time: the temporaries stay in the processor's cache
_KEY = 1 << 40  # more than any tick
_ROW = {cause: row for row, cause in enumerate(CAUSES)}


class Segment(NamedTuple):
    """What some parcels spent at one kind of place, visit by visit.

    `row`: of the parcels in the run; `parcel`: among those asked for. `place`: facility number (the
    number of facilities for a seller) or lane number. `ticks`: by cause.
    """

    on_lane: bool
    visit: int
    row: Array
    parcel: Array
    place: Array
    ticks: Mapping[str, Array]


Watch = Callable[[Segment], None]
"""What is called with each segment."""


def causes_of(run: RunColumns, rows: Array, watch: Watch | None = None) -> Array:
    """Return (causes, rows) ticks by cause of some parcels (row numbers); see `Segments`.

    `watch` is called with every segment, from several threads.
    """
    segments = Segments(run)
    ticks = np.zeros((len(CAUSES), len(rows)), run.columns["ordered"].dtype)

    def add_up(piece: slice) -> None:
        for one in segments.of(rows[piece]):
            for cause, spent in one.ticks.items():
                ticks[_ROW[cause], piece][one.parcel] += spent
            if watch is not None:
                watch(one)

    in_pieces(add_up, len(rows), _CHUNK)
    return ticks


class Segments:
    """The finished segments of parcels' routes.

    A segment at a facility counts once the work there and the dwell are over, one on a lane once
    the parcel has left (and, for the road, arrived), one of the last mile once the parcel has
    ended: so they sum to the five times of a run, for every parcel, and for one that has ended
    they add up to the time from order to end.
    """

    def __init__(self, run: RunColumns) -> None:
        self._run, self._timetable = run, _Timetable(run)
        staff, nobody = run.staff, run.staff["workers"] == 0
        self._nobody = OverTime(staff, nobody)
        self._has_nobody = np.zeros(len(run.dwell), np.bool_)
        self._has_nobody[staff["facility"][nobody & (staff["tick"] < run.period.horizon)]] = True
        self._cutoffs = run.gates["gate"].astype(np.int64) * _KEY + run.gates["cutoff"]

    def of(self, rows: Array) -> Iterator[Segment]:
        """Yield the segments of some parcels (row numbers), in path order."""
        ended = self._run.columns["ended"]
        for visit in walk(self._run, rows):
            worked = visit.worked()
            yield self._at_place(worked)
            home = worked.where(worked.last & (ended.take(worked.row) != NOT_YET))
            if len(home.row):
                yield self._last_mile(home)
            left = worked.where(~worked.last & (worked.trip != NOT_YET))
            if len(left.row):
                yield self._on_lane(left)

    def _at_place(self, visit: Visit) -> Segment:
        """Return what parcels spent at a facility or a seller."""
        start, _ = work_of(self._run, visit)
        arrival = visit.arrival
        released = arrival if visit.number else self._opening(visit.row, arrival)
        off = self._off_duty(visit.place, released, start)
        queue, work = ("sort_queue", "sorting") if visit.number else ("queue", "packing")
        spent = {
            "closed": released - arrival + off,
            queue: start - released - off,
            work: visit.ready - start,
        }
        return Segment(False, visit.number, visit.row, visit.parcel, visit.place, spent)

    def _off_duty(self, place: Array, start: Array, end: Array) -> Array:
        """Return the ticks from start to end, at each place, with nobody on duty."""
        off = np.zeros(len(place), end.dtype)
        some = np.flatnonzero(self._has_nobody.take(place) & (end > start))
        if len(some):
            until = self._nobody.until
            off[some] = until(place[some], end[some]) - until(place[some], start[some])
        return off

    def _opening(self, row: Array, ordered: Array) -> Array:
        """Return when orders would be released if their source had room on every working day.

        Of parcels that were released at some time.
        """
        if not len(self._cutoffs):
            return ordered
        gate = self._run.sources["gate"][self._run.columns["source"][row]].astype(np.int64)
        gated = np.flatnonzero(gate >= 0)
        released = ordered.copy()
        day = np.searchsorted(self._cutoffs, gate[gated] * _KEY + ordered[gated], "right")
        released[gated] = np.maximum(ordered[gated], self._run.gates["opens"][day])
        return released

    def _on_lane(self, visit: Visit) -> Segment:
        """Return what parcels spent waiting for their departure, and on the road."""
        departs, arrives, lane = (
            self._run.trips[name].take(visit.trip) for name in ("tick", "arrives", "lane")
        )
        first, closed = self._timetable.first(visit, lane)
        spent = {
            "closed": closed,
            "next_departure": first - visit.ready - closed,
            "full": departs - first,
            "transit": np.where(arrived(self._run, visit), arrives - departs, 0),
        }
        return Segment(True, visit.number, visit.row, visit.parcel, lane, spent)

    def _last_mile(self, visit: Visit) -> Segment:
        """Return what parcels that have ended spent from ready at their station to the door."""
        columns, trips = self._run.columns, self._run.trips
        leaves, lane = trips["tick"].take(visit.trip), trips["lane"].take(visit.trip)
        first, closed = self._timetable.first(visit, lane)
        once = columns["attempts"].take(visit.row) == 1
        spent = {
            "closed": closed,
            "next_round": first - visit.ready - closed,
            "full": np.where(once, leaves - first, 0),
            "between_attempts": np.where(once, 0, leaves - first),
            "round": columns["ended"].take(visit.row) - leaves,
        }
        return Segment(True, visit.number, visit.row, visit.parcel, lane, spent)


class _Timetable:
    """The first departure that a parcel could have taken, and the dates on which none leaves.

    Departures are rows, sorted by line and time. A line is a lane, or a pickup lane as the sellers
    of one set of weekdays see it, with only the pickups of their own days. Vehicles that leave once
    they are full are none that a parcel could count on, unless they left some behind: the wait for
    one to fill is a wait for the next departure. `_row`: by departure, its own row, or else the
    next of its lane. Of the departure before
    on the line (`NOT_YET` for the first): `_before` is the last ready tick that it takes, `_left`
    its tick, `_shut_from` the midnight after it; `_shut_until` is the midnight before the own.
    """

    def __init__(self, run: RunColumns) -> None:
        trips, origin = run.trips, np.asarray(run.places["lane_origin"])
        doors = np.where(origin < 0, 0, run.places["doors_close"])
        lane, weekday = trips["lane"].astype(np.int64), trips["weekday"].astype(np.int64)
        self._pickup, self._source = origin < 0, run.columns["source"]
        pickup = np.flatnonzero(self._pickup[lane])
        weekdays, self._weekdays = np.unique(run.sources["pickup_weekdays"], return_inverse=True)
        own = [pickup[(bits >> weekday[pickup]) & 1 == 1] for bits in weekdays.tolist()]
        counts = self._counts(run, lane)
        lines = [lane[counts], *(lane[some] + (n + 1) * len(origin) for n, some in enumerate(own))]
        line, trip = np.concatenate(lines), np.concatenate([counts, *own])
        order = np.argsort(line, kind="stable")
        line, trip = line[order], trip[order]
        self._departs = trips["tick"]
        begins, ends = (midnight[trip] for midnight in run.trip_midnights)
        tick = trips["tick"][trip].astype(np.int64)
        deadline = tick - np.where(doors > 0, doors + 1, 0)[lane[trip]]
        self._keys = line * _KEY + deadline
        all_deadlines = trips["tick"] - np.where(doors > 0, doors + 1, 0)[lane]
        self._row = np.searchsorted(self._keys, lane * _KEY + all_deadlines)
        on_lane = slice(0, len(counts))
        self._row[trip[on_lane]] = np.arange(len(counts))  # of several at one tick, each its own
        first = np.diff(line, prepend=-1) != 0
        dtype = run.columns["ordered"].dtype  # half the bytes, where ticks have 32 bits
        self._tick, self._shut_until = tick.astype(dtype), begins.astype(dtype)
        self._before, self._left, self._shut_from = (
            np.where(first, NOT_YET, np.roll(column, 1)).astype(dtype)
            for column in (deadline, tick, ends)
        )

    def first(self, visit: Visit, lane: Array) -> tuple[Array, Array]:
        """Return the tick of the first departure that takes what is ready then, and closed ticks.

        `lane`: by which the parcels left. The closed ticks lie between ready and the first
        departure, on dates without a departure.
        """
        row = self._row.take(visit.trip)
        other = np.flatnonzero((visit.ready <= self._before.take(row)) | self._pickup.take(lane))
        if len(other):
            line = lane[other].astype(np.int64)
            weekdays = self._weekdays.take(self._source.take(visit.row[other]))
            line += np.where(self._pickup.take(line), (weekdays + 1) * len(self._pickup), 0)
            row[other] = np.searchsorted(self._keys, line * _KEY + visit.ready[other])
        first = np.minimum(self._tick.take(row), self._departs.take(visit.trip))
        return first, self._closed(row, visit.ready, first)

    @staticmethod
    def _counts(run: RunColumns, lane: Array) -> Array:
        """Return the departures that a parcel could count on, and the last of each lane."""
        counts = run.trip_leaves | (run.trips["left_behind"] > 0)
        last = len(lane) - 1 - np.unique(lane[::-1], return_index=True)[1]
        counts[last] = True
        return np.flatnonzero(counts)

    def _closed(self, row: Array, ready: Array, first: Array) -> Array:
        since = np.maximum(self._shut_from.take(row), ready)
        closed = np.maximum(np.minimum(self._shut_until.take(row), first) - since, 0)
        # Loading may end on the day before: then the wait begins before an earlier departure.
        early = np.flatnonzero(ready < self._left.take(row))
        if len(early):
            closed[early] += self._closed(row[early] - 1, ready[early], first[early])
        return np.asarray(closed)
