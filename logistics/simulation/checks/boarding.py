"""Departures and boarding: none over capacity, first come, first served, no parcel missed."""

from __future__ import annotations

import numpy as np

from logistics.errors import BrokenRunError
from logistics.simulation.checks.check import Check
from logistics.simulation.checks.visits import Visit
from logistics.simulation.problem import Problem
from logistics.vocabulary import NOT_YET, Array, Status

_LANE = 1 << 40  # more than any tick
_SMALL = 1 << 15


class Departures(Check):
    """What every departure reports of itself, and which ones parcels may name."""

    def check(self, since: int = 0) -> None:
        """Check loads, rolled volume and arrivals of what leaves from tick `since` to the end."""
        departures, horizon = self._problem.departures, self._problem.horizon
        first, end = departures.tick.searchsorted([since, horizon]).tolist()
        took, left_behind = self._columns.load, self._columns.left_behind
        after_the_end = (took[end:] != 0) | (left_behind[end:] != 0)
        self._stop_departure(
            after_the_end,
            range(end, len(took)),
            "it took {load} parcels and left {left}, after the end of the run",
            load=took[end:], left=left_behind[end:],
        )  # fmt: skip
        span = slice(first, end)
        load, left, capacity = took[span], left_behind[span], departures.capacity[span]
        tick, arrives, least = (
            column[span] for column in (departures.tick, departures.arrives, departures.least)
        )
        on_lane = self._problem.lanes.destination[departures.lane[span]] >= 0
        for bad, text in (
            (load < 0, "its load is {load}"),
            (load > capacity, "its load is {load}, its capacity {capacity}"),
            (left < 0, "it left {left} parcels behind"),
            (
                (left > 0) & (load < capacity),
                "it left {left} parcels behind, with {load} of {capacity} places taken",
            ),
            (
                on_lane & (load > 0) & (arrives <= tick),
                "it arrives {arrives:tick}, not after it departs",
            ),
            (
                (least > 0) & (load % np.maximum(least, 1) != 0),
                "its load is {load}, but only vehicles full with {least} leave",
            ),
        ):
            values = {"load": load, "left": left, "capacity": capacity, "least": least}
            self._stop_departure(bad, range(first, end), text, arrives=arrives, **values)

    def check_unchanged(self, load: Array, left_behind: Array) -> None:
        """Check that the first departures still report what they reported when they left."""
        now = self._columns.load[: len(load)], self._columns.left_behind[: len(load)]
        self._stop_departure(
            (load != now[0]) | (left_behind != now[1]),
            range(len(load)),
            "it left with {load} parcels and rolled {left}; later it says {now} and {then}",
            load=load, left=left_behind, now=now[0], then=now[1],
        )  # fmt: skip

    def check_named(self, span: slice) -> None:
        """Check that there is every departure that a span of parcels names."""
        taken = self._columns.departure[span]
        unknown = (taken >= len(self._columns.load)) | ((taken < 0) & (taken != NOT_YET))
        if unknown.any():
            row, visit = (int(at) for at in np.argwhere(unknown)[0])
            no = f"there is no departure {taken[row, visit]}"
            self._break(span.start + row, f"visit {visit}", no)


class Boarding(Check):
    """Who was ready when, of those who left with each departure and those who did not.

    Departures that left are taken in order of (lane, departure): their *positions*. By position:
    `_deadline`, the last ready tick that boards. By departure, with a last entry for none:
    `_before`, the deadline of the one before it on its lane; `_missed`, the latest deadline of
    those before it that had places left, for the first ones, `_seen` so far; `_youngest`, the last
    ready tick aboard; `_oldest`, the first, where that would have been in time for the one before.
    Pickups have rules of their own, and so have parcels that came back from a delivery route.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        departures, lanes = problem.departures, problem.lanes
        gone = np.flatnonzero(departures.tick < problem.horizon)
        lane = departures.lane[gone]
        small = lane.astype(np.int16) if len(lanes.ids) < _SMALL else lane
        gone = gone[np.argsort(small, kind="stable")]
        self._number, self._lane = gone, departures.lane[gone].astype(np.int64)
        self._first = np.searchsorted(self._lane, np.arange(len(lanes.ids) + 1))
        self._pickup = lanes.origin < 0
        closed = np.where(lanes.doors_close > 0, lanes.doors_close + 1, 0).astype(np.int64)
        self._deadline = departures.tick[gone] - closed[self._lane]
        self._keys = self._lane * _LANE + self._deadline

        count = len(departures.tick) + 1
        self._position = np.full(count, len(gone))
        self._position[gone] = np.arange(len(gone))
        dtype = problem.parcels.ordered.dtype
        self._before, self._missed = np.full((2, count), NOT_YET, dtype)
        self._missed_by_all = np.full(len(lanes.ids), NOT_YET, np.int64)
        self.aboard = np.zeros(count, np.int64)
        later = np.flatnonzero((self._lane[1:] == self._lane[:-1]) & ~self._pickup[self._lane[1:]])
        self._before[self._number[later + 1]] = self._deadline[later]
        self._seen = 0
        self._oldest = np.full(count, problem.horizon, dtype)
        self._youngest = np.full(count, NOT_YET, dtype)
        self._oldest_waiting = np.full(len(lanes.ids), problem.horizon, dtype)
        self._left_behind = np.zeros(len(gone) + 1, np.int64)

    def look_back(self, until: int) -> None:
        """Take in the loads up to tick `until`: those who come now may have missed these."""
        departures = self._problem.departures
        end = int(departures.tick.searchsorted(until))
        number = np.arange(self._seen, end)
        number = number[np.argsort(departures.lane[number], kind="stable")]
        lane = departures.lane[number].astype(np.int64)
        full = self._columns.load[number] >= departures.capacity[number]
        in_part = departures.least[number] > 0  # some may wait, see `_check_left_behind`
        deadline = self._deadline[self._position[number]]
        deadline[full | in_part | self._pickup[lane]] = NOT_YET
        first = np.diff(lane, prepend=-1) != 0
        before = np.where(first, self._missed_by_all[lane], np.roll(deadline, 1))
        latest = np.maximum.accumulate(lane * _LANE + before) - lane * _LANE
        self._missed[number] = latest
        np.maximum.at(self._missed_by_all, lane, deadline)
        self._seen = end

    def add(self, visit: Visit) -> None:
        """Take in the parcels of a visit.

        Raises BrokenRunError for one that a departure with places left did not take.
        """
        slot = self._counted(visit)
        with self._lock:
            np.add.at(self.aboard, visit.slot, 1)
            np.maximum.at(self._youngest, slot, visit.ready)
        late = np.flatnonzero(visit.ready <= self._before.take(slot))
        late = late[visit.worked[late]]
        slot = slot[late]
        with self._lock:
            np.minimum.at(self._oldest, slot, visit.ready[late])
        self._check_not_missed(visit, late, self._missed[slot])
        self._leave_behind(visit, late, self._position[slot])
        waiting = np.flatnonzero(visit.worked & ~visit.boarded)
        if visit.number == 0:
            waiting = waiting[~self._pickup[visit.lane[waiting]]]
        lane = visit.lane[waiting]
        self._check_not_missed(visit, waiting, self._missed_by_all[lane])
        self._leave_behind(visit, waiting, self._first[lane + 1])
        with self._lock:
            np.minimum.at(self._oldest_waiting, lane, visit.ready[waiting])

    def _counted(self, visit: Visit) -> Array:
        """Return the departures taken, none for pickups and for waves that may be a second one."""
        slot = visit.slot
        if visit.number == 0 and self._pickup.any():
            slot = np.where(self._pickup.take(visit.lane), len(self._before) - 1, slot)
        if visit.last.any():
            attempts, status = visit.of(self._columns.attempts), visit.of(self._columns.status)
            first = (attempts == 0) | ((attempts == 1) & (status != Status.UNDER_WAY))
            slot = np.where(visit.last & ~first, len(self._before) - 1, slot)
        return slot

    def _check_not_missed(self, visit: Visit, rows: Array, missed: Array) -> None:
        ready, lane = visit.ready[rows], visit.lane[rows]
        self._stop(
            ready <= missed,
            visit.parcel[rows],
            visit.came.place[rows],
            "ready {ready:tick}, it was not taken by a departure of {lane:lane} that had places"
            " left for what was ready by tick {missed}",
            ready=ready, lane=lane, missed=missed,
        )  # fmt: skip

    def _leave_behind(self, visit: Visit, rows: Array, until: Array) -> None:
        """Count parcels as rolled from their first departure on, up to a position."""
        on_lane = np.flatnonzero(~visit.last[rows])
        rows = rows[on_lane]
        ready = np.sort(visit.lane[rows] * _LANE + visit.ready[rows])  # or the search is slow
        since = self._keys.searchsorted(ready)
        with self._lock:
            np.add.at(self._left_behind, since, 1)
            np.subtract.at(self._left_behind, until[on_lane], 1)

    def settle(self) -> None:
        """Compare each departure with those before it on its lane."""
        self._check_loads(self.aboard[:-1])
        self._check_left_behind()
        if not len(self._number):
            return
        base = self._lane * _LANE
        youngest = np.maximum.accumulate(base + self._youngest[self._number])
        overtaken = np.flatnonzero((base + self._oldest[self._number])[1:] < youngest[:-1])
        if len(overtaken):
            at = int(overtaken[0]) + 1
            departure, younger = self._number[at], youngest[at - 1] - base[at]
            self._stop_served_late(
                self._columns.departure == departure,
                self._lane[at],
                self._oldest[departure],
                f"it took departure {departure}; a parcel that was ready later, at tick {younger},"
                " left before it",
            )
        waits = self._oldest_waiting < self._problem.horizon
        lanes = np.flatnonzero(waits & (np.diff(self._first) > 0))
        last = youngest[self._first[lanes + 1] - 1] - lanes * _LANE
        for lane in lanes[self._oldest_waiting[lanes] < last]:
            younger = last[lanes == lane][0]
            self._stop_served_late(
                self._columns.departure == NOT_YET,
                lane,
                self._oldest_waiting[lane],
                f"it still waits; a parcel that was ready later, at tick {younger}, has left",
            )

    def _check_loads(self, aboard: Array) -> None:
        """Check loads against (departures,) the number of parcels that name each."""
        departures, load = self._problem.departures, self._columns.load
        on_lane = self._problem.lanes.destination[departures.lane] >= 0
        # Those who failed on a delivery route may have named a later wave since.
        exact = on_lane | (departures.arrives >= self._problem.horizon)
        self._stop_departure(
            np.where(exact, aboard != load, aboard > load),
            range(len(load)),
            "its load is {load}, but {aboard} parcels say they took it",
            load=load, aboard=aboard,
        )  # fmt: skip

    def _check_left_behind(self) -> None:
        counted = np.cumsum(self._left_behind)[:-1]
        said = self._columns.left_behind[self._number]
        on_lane = self._problem.lanes.destination[self._lane] >= 0
        departures = self._problem.departures
        has_left = on_lane & (departures.tick[self._number] < self._problem.horizon)
        least = departures.least[self._number]
        room = self._columns.load[self._number] < departures.capacity[self._number]
        filling = (least > 0) & room & (said == 0)
        for bad, text in (
            (
                has_left & ~filling & (counted != said),
                "it left {said} parcels behind, but {counted} were ready in time that it did not"
                " take",
            ),
            (
                has_left & filling & (counted >= least),
                "{counted} parcels waited for a vehicle that {least} fill",
            ),
        ):
            self._stop_departure(bad, self._number, text, said=said, counted=counted, least=least)

    def _stop_served_late(self, among: Array, lane: int, ready: int, problem: str) -> None:
        lane_id = self._problem.lanes.ids[lane]
        found = np.argwhere(among & (self._columns.ready == ready))
        if not len(found):  # it is none of the parcels at hand
            raise BrokenRunError(lane_id, f"for a parcel that was ready at tick {ready}, {problem}")
        row, visit = (int(n) for n in found[0])
        self._break(row, lane_id, f"ready at tick {ready} (visit {visit}), {problem}")
