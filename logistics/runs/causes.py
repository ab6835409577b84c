"""Where the time of each parcel went: told from what a run stored, in whole ticks.

A parcel's way from order to door is cut into stretches without a gap, and each stretch has one
cause (`CAUSES`) and one place. What the rules are: `docs/background/why-late.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from logistics.runtime.threads import in_pieces
from logistics.vocabulary import CAUSES, NOT_YET

if TYPE_CHECKING:
    from logistics.runs.run import Run

Array = NDArray[Any]

_CHUNK = 1 << 15  # parcels at a time: the temporaries stay in the processor's cache
_KEY = 1 << 40  # more than any tick
_ROW = {cause: row for row, cause in enumerate(CAUSES)}


@dataclass(frozen=True, eq=False)
class Trail:
    """What a run stored of its parcels' ways, as integer columns.

    `columns`: 'ordered', 'source', 'last_visit', 'attempts', 'ended', 'lost_step' of the parcels.
    `visits`: (parcels, visits) 'ready', 'departure', 'work'. `trips`: 'tick', 'arrives', 'lane',
    'weekday' of the departures, and 'day_begins', 'day_ends': the midnights about their ticks at
    the lane's origin. `staff`: 'tick', 'facility', 'workers', sorted by tick. `sources`:
    'facility' (-1: a seller), 'gate', 'pickup_weekdays'. `gates`: 'gate', 'opens', 'cutoff' of
    working days, sorted by gate and time. `lanes`: 'origin', 'destination', 'doors_close'.
    `dwell`: by facility.
    """

    horizon: int
    columns: Mapping[str, Array]
    visits: Mapping[str, Array]
    trips: Mapping[str, Array]
    staff: Mapping[str, Array]
    sources: Mapping[str, Array]
    gates: Mapping[str, Array]
    lanes: Mapping[str, Array]
    dwell: Array


class Stretch(NamedTuple):
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


Watch = Callable[[Stretch], None]
"""What is told of stretches."""


def trail_of(run: Run) -> Trail:
    """Return what a run stored, with the local dates of its departures."""
    places, period = run.places, run.period
    zone, day = dates_of_trips(run)
    return Trail(
        horizon=period.horizon,
        columns=run.columns,
        visits=run.visits,
        trips={
            **run.trips,
            "day_begins": period.midnight(zone, day),
            "day_ends": period.midnight(zone, day + 1),
        },
        staff=run.staff,
        sources=run.sources,
        gates=run.gates,
        lanes={
            "origin": np.asarray(places["lane_origin"]),
            "destination": np.asarray(places["lane_destination"]),
            "doors_close": np.asarray(places["doors_close"]),
        },
        dwell=np.asarray(places["dwell"]),
    )


def dates_of_trips(run: Run) -> tuple[Array, Array]:
    """Return the time zone and the local date of each departure, where its timetable is written.

    That is its origin; of a pickup, the station that collects. Both as numbers of the period.
    """
    places, period = run.places, run.period
    origin, destination = (np.asarray(places[f"lane_{n}"]) for n in ("origin", "destination"))
    zones = np.array([period.zone_number(zone) for zone in places["facility_zones"]])
    zone = zones[np.where(origin < 0, destination, origin)][run.trips["lane"]]
    return zone, period.local_days(zone, run.trips["tick"])


def causes_of(trail: Trail, rows: Array, watch: Watch | None = None) -> Array:
    """Return (causes, rows) ticks by cause of some parcels (row numbers); see `Stretches`.

    `watch` is told of every stretch, from several threads.
    """
    stretches = Stretches(trail)
    ticks = np.zeros((len(CAUSES), len(rows)), trail.columns["ordered"].dtype)

    def add_up(piece: slice) -> None:
        for one in stretches.of(rows[piece]):
            for cause, spent in one.ticks.items():
                ticks[_ROW[cause], piece][one.parcel] += spent
            if watch is not None:
                watch(one)

    in_pieces(add_up, len(rows), _CHUNK)
    return ticks


class Stretches:
    """The finished stretches of parcels' ways.

    A stretch at a facility counts once the work there and the dwell are over, one on a lane once
    the parcel has left (and, for the road, arrived), one of the last mile once the parcel has
    ended: so they sum to the five times of a run, for every parcel, and for one that has ended
    they add up to the time from order to end.
    """

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._timetable = _Timetable(trail)
        self._off_duty = _OffDuty(trail)
        self._opening = _Opening(trail)
        # all in the dtype of the ticks: half the bytes, where they have 32 bits
        dtype = trail.columns["ordered"].dtype
        self._facilities = len(trail.dwell)
        self._dwell = np.append(trail.dwell, 0).astype(dtype)
        self._destination = trail.lanes["destination"][trail.trips["lane"]]
        facility = trail.sources["facility"]
        self._source = np.where(facility < 0, self._facilities, facility)

    def of(self, rows: Array) -> Iterator[Stretch]:
        """Yield the stretches of some parcels (row numbers), in the order they were met."""
        columns, visits = self._trail.columns, self._trail.visits
        parcel = np.arange(len(rows))
        arrival = columns["ordered"][rows]
        place = self._source[columns["source"][rows]]
        last_visit = columns["last_visit"][rows]
        for visit in range(visits["ready"].shape[1]):
            ready = visits["ready"][:, visit].take(rows[parcel])
            worked = np.flatnonzero(ready != NOT_YET)
            parcel, arrival, place = parcel[worked], arrival[worked], place[worked]
            row, ready = rows[parcel], ready[worked]
            in_work = visits["work"][:, visit].take(row) + self._dwell.take(place)
            spent = self._at_place(visit, row, place, arrival, ready - in_work)
            spent["sorting" if visit else "packing"] = in_work
            yield Stretch(False, visit, row, parcel, place, spent)

            trip = visits["departure"][:, visit].take(row)
            last = last_visit[parcel] == visit
            home = np.flatnonzero(last & (columns["ended"][row] != NOT_YET))
            if len(home):
                yield self._last_mile(visit, rows, parcel[home], ready[home])
            left = np.flatnonzero(~last & (trip != NOT_YET))
            parcel, ready, trip = parcel[left], ready[left], trip[left]
            if not len(parcel):
                return
            arrival, place = self._trail.trips["arrives"].take(trip), self._destination.take(trip)
            yield self._on_lane(visit, rows, parcel, ready, trip)

    def _at_place(
        self, visit: int, row: Array, place: Array, arrival: Array, start: Array
    ) -> dict[str, Array]:
        """Return what parcels spent at a facility or a seller before their work began."""
        released = arrival if visit else self._opening.of(row, arrival)
        off = self._off_duty.between(place, released, start)
        queue = "sort_queue" if visit else "queue"
        return {"closed": released - arrival + off, queue: start - released - off}

    def _on_lane(
        self, visit: int, rows: Array, parcel: Array, ready: Array, trip: Array
    ) -> Stretch:
        """Return what parcels spent waiting for their departure, and on the road."""
        table, trips = self._timetable, self._trail.trips
        row, departs, lane = rows[parcel], trips["tick"].take(trip), trips["lane"].take(trip)
        entry = trip if visit else table.for_sellers(self._trail.columns["source"][row], trip)
        first, closed = table.first(lane, entry, ready)
        arrives = trips["arrives"].take(trip)
        lost = self._trail.columns["lost_step"][row] == 2 * visit + 1
        spent = {
            "closed": closed,
            "next_departure": first - ready - closed,
            "full": departs - first,
            "transit": np.where(lost | (arrives >= self._trail.horizon), 0, arrives - departs),
        }
        return Stretch(True, visit, row, parcel, lane, spent)

    def _last_mile(self, visit: int, rows: Array, parcel: Array, ready: Array) -> Stretch:
        """Return what parcels that have ended spent from ready at their station to the door."""
        trips, columns, row = self._trail.trips, self._trail.columns, rows[parcel]
        wave = self._trail.visits["departure"][:, visit].take(row)
        leaves, lane = trips["tick"].take(wave), trips["lane"].take(wave)
        first, closed = self._timetable.first(lane, wave, ready)
        once = columns["attempts"][row] == 1
        spent = {
            "closed": closed,
            "next_round": first - ready - closed,
            "full": np.where(once, leaves - first, 0),
            "between_attempts": np.where(once, 0, leaves - first),
            "round": columns["ended"][row] - leaves,
        }
        return Stretch(True, visit, row, parcel, lane, spent)


class _Timetable:
    """The first departure that a parcel could have taken, and the dates on which none leaves.

    By entry: a departure's number, or, past all of those, a pickup as the sellers of one set of
    weekdays see it, among whose pickups only their own days count. `_before`: the last ready tick
    that the departure before (`_previous`, which leaves at `_left`) takes. `_shut_from`,
    `_shut_until`: between the dates of the two.
    """

    def __init__(self, trail: Trail) -> None:
        trips, origin = trail.trips, trail.lanes["origin"]
        dtype = trail.columns["ordered"].dtype
        lane = trips["lane"].astype(np.int64)
        pickup = np.flatnonzero(origin[lane] < 0)
        days = np.unique(trail.sources["pickup_weekdays"]) if len(pickup) else np.zeros(0, np.int64)
        self._days, self._pickups = days, len(pickup)
        self._pickup_weekdays = trail.sources["pickup_weekdays"]
        self._number = np.full(len(lane), -1, np.int64)
        self._number[pickup] = np.arange(len(pickup))
        doors = trail.lanes["doors_close"]
        closes = np.where(doors > 0, doors + 1, 0)[lane]
        size = len(lane) + len(days) * len(pickup)
        self._deadline = trips["tick"].astype(np.int64) - closes
        self._tick = np.empty(size, dtype)
        self._previous = np.full(size, -1, np.int64)
        self._before, self._left = np.full((2, size), NOT_YET, dtype)
        self._shut_from, self._shut_until = np.full((2, size), NOT_YET, dtype)
        order = np.argsort(lane, kind="stable")
        self._fill(trips, order, order)
        for row, bits in enumerate(days.tolist()):
            by_lane = pickup[np.argsort(lane[pickup], kind="stable")]
            own = by_lane[(bits >> trips["weekday"][by_lane].astype(np.int64)) & 1 == 1]
            self._fill(trips, own, len(lane) + row * len(pickup) + self._number[own])
        self._order = order
        self._keys = lane[order] * _KEY + self._deadline[order]

    def _fill(self, trips: Mapping[str, Array], order: Array, entry: Array) -> None:
        """Enter departures that are sorted by lane."""
        lane = trips["lane"][order]
        later = np.flatnonzero(lane[1:] == lane[:-1])
        self._previous[entry[later + 1]] = entry[later]
        self._before[entry[later + 1]] = self._deadline[order[later]]
        self._left[entry[later + 1]] = trips["tick"][order[later]]
        self._shut_from[entry[later + 1]] = trips["day_ends"][order[later]]
        self._shut_until[entry] = trips["day_begins"][order]
        self._tick[entry] = trips["tick"][order]

    def for_sellers(self, source: Array, trip: Array) -> Array:
        """Return the entries of departures; of a pickup, that of the seller's own weekdays."""
        if not self._pickups:
            return trip
        number = self._number.take(trip)
        days = np.searchsorted(self._days, self._pickup_weekdays[source])
        entry = len(self._number) + days * self._pickups + number
        return np.where(number < 0, trip, entry)

    def first(self, lane: Array, entry: Array, ready: Array) -> tuple[Array, Array]:
        """Return the tick of the first departure that takes what is ready then, and closed ticks.

        `entry`: of the departure that took it. The closed ticks lie between `ready` and the first
        departure, on dates without a departure.
        """
        missed = np.flatnonzero(ready <= self._before.take(entry))
        if len(missed):
            keys = lane[missed].astype(np.int64) * _KEY + ready[missed]
            entry = entry.copy()
            entry[missed] = self._order[np.searchsorted(self._keys, keys)]
        return self._tick.take(entry), self._closed(entry, ready)

    def _closed(self, entry: Array, ready: Array) -> Array:
        since = np.maximum(self._shut_from.take(entry), ready)
        closed = np.maximum(self._shut_until.take(entry) - since, 0)
        # Doors may close on the day before: then the wait begins before an earlier departure.
        rows = np.flatnonzero(ready < self._left.take(entry))
        if len(rows):
            closed[rows] += self._closed(self._previous[entry[rows]], ready[rows])
        return np.asarray(closed)


class _OffDuty:
    """How long nobody is on duty at facilities."""

    def __init__(self, trail: Trail) -> None:
        staff = trail.staff
        order = np.argsort(staff["facility"], kind="stable")
        facility = staff["facility"][order].astype(np.int64)
        tick, nobody = staff["tick"][order].astype(np.int64), staff["workers"][order] == 0
        self._some = np.zeros(len(trail.dwell) + 1, np.bool_)
        self._some[facility[nobody & (tick < trail.horizon)]] = True
        self._keys = facility * _KEY + tick
        self._tick, self._nobody = tick, nobody
        length = np.diff(tick, append=0)
        length[np.flatnonzero(np.diff(facility, append=-1))] = 0  # to the next facility's first
        self._until = np.cumsum(np.where(nobody, length, 0)) - np.where(nobody, length, 0)

    def between(self, place: Array, start: Array, end: Array) -> Array:
        """Return the ticks from start to end, at each place, with nobody on duty."""
        off = np.zeros(len(place), end.dtype)
        asked = np.flatnonzero(self._some.take(place) & (end > start))
        if len(asked):
            where = place[asked].astype(np.int64)
            off[asked] = self._so_far(where, end[asked]) - self._so_far(where, start[asked])
        return off

    def _so_far(self, place: Array, tick: Array) -> Array:
        row = np.searchsorted(self._keys, place * _KEY + tick, "right") - 1
        now = np.where(self._nobody[row], tick - self._tick[row], 0)
        return np.asarray(self._until[row] + now)


class _Opening:
    """When an order would be released if its source had room on every working day."""

    def __init__(self, trail: Trail) -> None:
        self._source, self._gate = trail.columns["source"], trail.sources["gate"]
        self._opens = trail.gates["opens"]
        self._keys = trail.gates["gate"].astype(np.int64) * _KEY + trail.gates["cutoff"]

    def of(self, row: Array, ordered: Array) -> Array:
        """Return the tick for parcels that were released at some time."""
        if not len(self._keys):
            return ordered
        gate = self._gate[self._source[row]].astype(np.int64)
        gated = np.flatnonzero(gate >= 0)
        released = ordered.copy()
        day = np.searchsorted(self._keys, gate[gated] * _KEY + ordered[gated], "right")
        released[gated] = np.maximum(ordered[gated], self._opens[day])
        return released
