"""Everything that is decided before the clock starts, in whole ticks and whole numbers.

A `Problem` is the only thing an engine is given: the network by number, the timetable of the
period, and the parcels with all random draws already made. An engine adds nothing random; it
finds out *when* things happen. Both engines take the same `Problem` and return the same `Columns`.

Numbers stand for names throughout: facility `f` is `facilities.ids[f]`, lane `l` is
`lanes.ids[l]`, departure `d` is a row of `departures`, parcel `p` a row of `parcels`.

A parcel's route is a row of *visits* 0, 1, 2, ... Visit 0 is its source (a facility, or a seller);
each further visit is a facility reached by a lane; the last visit is its delivery station, which
it leaves on a delivery route. Its *steps*, at which it may break or be lost, are numbered in path
order: `2 * v` is the work at visit `v`, `2 * v + 1` the leg that leaves visit `v`; attempt `j` (0,
1, 2) at the door of a parcel whose last visit is `v` is step `2 * v + 1 + j`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]

BY_DEPARTURE = ("load", "left_behind")
"""Columns with a row per departure."""
BY_RUN = ("horizon", "events")
"""Columns with one number."""


ROAD, ROUND, DOOR_STEP = 3, 4, 5


@dataclass(frozen=True)
class Limits:
    """The parcels that a risk can reach, and the hazard (10^-12) that each of them can take.

    `parcel`: numbers, ascending. All other parcels can take whatever comes their way.
    """

    parcel: Ints
    hazard: Ints

    def of(self, rows: Any) -> Limits:
        """Return those of some parcels (a mask, a slice or ascending row numbers)."""
        if isinstance(rows, slice):
            first, end, _ = rows.indices(np.iinfo(np.int64).max)
            begin, stop = self.parcel.searchsorted([first, end]).tolist()
            return Limits(self.parcel[begin:stop] - first, self.hazard[begin:stop])
        rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        at = rows.searchsorted(self.parcel)
        found = np.flatnonzero(np.append(rows, -1)[at] == self.parcel)
        return Limits(at[found], self.hazard[found])

    def each(self, parcels: int) -> Ints:
        """Return (parcels,) what each can take, the largest number where there is no limit."""
        hazard = np.full(parcels, np.iinfo(np.int64).max)
        hazard[self.parcel] = self.hazard
        return hazard


def some_rows(column: Any, rows: Any) -> Any:
    """Return some rows of a column or of a matrix, which goes on to lie visit by visit."""
    if isinstance(column, Limits):
        return column.of(rows)
    return np.ascontiguousarray(column.T[..., rows]).T


@dataclass(frozen=True)
class Facilities:
    """The facilities, sorted by id.

    `dwell`: ticks from the end of a parcel's work to ready for its lane or round, at least 0.
    """

    ids: tuple[str, ...]
    dwell: Ints


@dataclass(frozen=True)
class Staffing:
    """Changes in the number of workers, sorted by (tick, facility), at most one per pair.

    Every facility has its first entry at tick 0. `UNLIMITED` workers mean no queue.
    """

    tick: Ints
    facility: Ints
    workers: Ints


@dataclass(frozen=True)
class Lanes:
    """Directed edges, lanes first and delivery routes after them, each sorted by id.

    `origin`: facility number; -1 for a pickup lane, which collects from sellers.
    `destination`: facility number; -1 for a delivery route, which ends at doors.
    `doors_close`: ticks before a departure at which loading ends. 0: a parcel ready exactly at
    the departure boards. x > 0: it must be ready strictly before departure - x.
    `round_ticks`: how long a delivery route takes; 0 for lanes.
    """

    ids: tuple[str, ...]
    origin: Ints
    destination: Ints
    doors_close: Ints
    round_ticks: Ints


@dataclass(frozen=True)
class Departures:
    """Every departure and wave of the period, numbered by (tick, lane, slot).

    `arrives`: tick at the destination, shared by all aboard; for a round, the couriers' return:
    at least tick + round_ticks, and in the order in which the waves of a round left.
    `capacity`: parcels. `least`: 0 for what leaves in any case; on a lane between facilities, else
    how many fill a vehicle: only full ones leave, none if none is full, and who does not fill one
    waits on. Then `capacity` is a multiple of it, or no limit. `weekday`: local day at the origin,
    Monday is 0.
    """

    tick: Ints
    lane: Ints
    arrives: Ints
    capacity: Ints
    least: Ints
    weekday: Ints


@dataclass(frozen=True)
class Gates:
    """When orders are released for work, as rows of working days (all windows in one table).

    Release window `g` owns rows `first[g]:first[g + 1]`, in time order. Working day `i` takes the
    orders placed before `cutoff[i]` (exactly at it is late) that no earlier day took, and releases
    them at its opening, `opens[i]`, or when they are placed, whichever is later.
    """

    first: Ints
    opens: Ints
    cutoff: Ints


@dataclass(frozen=True)
class Sources:
    """Where parcels start: facilities with stock (one row each at most), or sellers.

    `facility`: number, or -1 for a seller. `pickup_lane`: the lane that collects from a seller,
    -1 for a facility. `pickup_weekdays`: bit `1 << weekday` set on the days the seller hands over.
    `gate`: row of `Gates`, -1 for none. `daily_capacity`: orders a working day can release, 0 for
    no limit; the excess goes to the next working days, first come first served.
    """

    facility: Ints
    pickup_lane: Ints
    pickup_weekdays: Ints
    gate: Ints
    daily_capacity: Ints


@dataclass(frozen=True)
class Work:
    """How long work takes at each place: a length, times a factor of its law.

    Places are the facilities, by number, and after them the sources, by row. `law`: (places,) row
    of `factors`. `length`: (places,) ticks for a factor of 1; 0 where there is no work. `factors`:
    (laws, 65,536) by a parcel's number, see `Parcels`. `most`: ticks that no work exceeds.

    Work takes length * factor ticks, rounded half to even, from 1 to `most`; none where that is 0.
    """

    law: Ints
    length: NDArray[np.float64]
    factors: NDArray[np.float64]
    most: int


@dataclass(frozen=True)
class Parcels:
    """The parcels, numbered by (source, order number); orders are numbered by (tick, id).

    `order`: order number, which decides at one instant. `ordered`: tick. `source`: row of
    `Sources`. `station`: facility number of the delivery station.
    `work`: (parcels, visits) 16-bit numbers: the slice of its law that a parcel's work at a visit
    is from, see `Work`. A seller (visit 0) works on all its released orders at once.
    `failures`: attempts that will fail, 0 to 3; the third failure returns the parcel.
    `stop`: place in the courier's route (ties by parcel number).
    `risk`: column of the hazard tables. `loss`, `damage`: the hazard a parcel can take; it gives
    way where the sum in path order *exceeds* that.
    `stolen`: whether it is taken from the door step once delivered.
    """

    order: Ints
    ordered: Ints
    source: Ints
    station: Ints
    work: Ints
    failures: Ints
    stop: Ints
    risk: Ints
    loss: Limits
    damage: Limits
    stolen: NDArray[np.bool_]

    def of(self, rows: Any) -> Parcels:
        """Return some of the parcels (a mask, a slice or ascending row numbers)."""
        return Parcels(**{f.name: some_rows(getattr(self, f.name), rows) for f in fields(self)})


@dataclass(frozen=True)
class Hazards:
    """Integer hazards (10^-12): a handling of probability p adds -ln(1 - p).

    Row `len(facilities.ids)` of the visit tables is any seller.
    `visit_loss`: (facilities + 1,). `visit_damage`: (facilities + 1, 3 kinds, risks), in the
    order of `TOUCH_KINDS`. `lane_loss`: (lanes,), for a delivery route once per attempt.
    `lane_damage`: (lanes, risks), for a delivery route once per attempt. `door_damage`: (risks,),
    once, on delivery.
    At one step loss comes before damage: what is lost there is not damaged there.
    """

    visit_loss: Ints
    visit_damage: Ints
    lane_loss: Ints
    lane_damage: Ints
    door_damage: Ints


@dataclass(frozen=True)
class Ending:
    """When a run ends before its horizon: once the parcels it is made for have ended.

    These are the parcels ordered at first <= tick < end. `cuts`: the ticks, ascending, at which the
    run may end: no courier is out. It ends at the first cut before which all of them have ended,
    and what is ordered later cannot touch them. Without cuts it goes on to the horizon.
    """

    first: int
    end: int
    cuts: Ints

    @classmethod
    def at_horizon(cls) -> Ending:
        """Return the ending of a run that goes on to its horizon, whatever has ended."""
        return cls(0, 0, np.zeros(0, np.int64))

    def among(self, departures: Departures, lanes: Lanes) -> Ending:
        """Return the same with those of its cuts only at which no courier is out."""
        waves = lanes.destination[departures.lane] < 0
        out = np.sort(departures.tick[waves]).searchsorted(self.cuts, "left")
        back = np.sort(departures.arrives[waves]).searchsorted(self.cuts, "left")
        return replace(self, cuts=self.cuts[out == back])


@dataclass(frozen=True)
class Problem:
    """What an engine is given.

    `horizon`: the run covers ticks 0 <= t < horizon; nothing happens at the horizon itself.
    `ending`: when it may end before.
    `next_lane`: (facilities, facilities) lane that leads from a facility toward a delivery
    station; the station's own entry is its delivery route; -1 where no lane leads.
    `tick_ms`: length of a tick in milliseconds.
    """

    tick_ms: int
    horizon: int
    facilities: Facilities
    staffing: Staffing
    lanes: Lanes
    next_lane: Ints
    departures: Departures
    gates: Gates
    sources: Sources
    work: Work
    parcels: Parcels
    hazards: Hazards
    ending: Ending = field(default_factory=Ending.at_horizon)


@dataclass(frozen=True)
class Columns:
    """What an engine returns: integers, one row per parcel (or per departure).

    `ready`: (parcels, visits) tick at which work and dwell at a visit were over.
    `departure`: (parcels, visits) number of the departure that took the parcel from a visit; at
    the last visit, of the latest wave. Both `NOT_YET` where it did not happen.
    `work_ticks`: (parcels, visits) ticks of work at each visit, 0 where it is not ready.
    `attempts`: attempts made. `out_for_delivery`: tick of the latest wave. `ended`: tick of the
    delivery (also of a stolen parcel) or of the third failed attempt. `status`: a `Status`.
    `lost_step`, `damaged_step`: the step (see the module), or `NEVER_HERE`; `damaged_kind`: row of
    `TOUCH_KINDS`. Only what happened before the horizon counts.
    The five times, in ticks, each the sum of its finished segments: `wait_work` (order or arrival
    to start of work) and `work` (work and dwell), both counted when the visit's ready tick is
    reached; `wait_departure` (ready to departure); `transit` (departure to arrival);
    `last_mile` (ready at the station to `ended`).
    `load`: (departures,) parcels aboard. `left_behind`: (departures,) parcels ready in time for
    which there was no vehicle; who only waits for one to fill is not among them. `horizon`: () the
    tick at which the run ended, by its `Ending`.
    `events`: () how many events SimPy handled; the one column in which engines differ.
    """

    ready: Ints
    departure: Ints
    work_ticks: Ints
    attempts: Ints
    out_for_delivery: Ints
    ended: Ints
    status: Ints
    lost_step: Ints
    damaged_step: Ints
    damaged_kind: Ints
    wait_work: Ints
    work: Ints
    wait_departure: Ints
    transit: Ints
    last_mile: Ints
    load: Ints
    left_behind: Ints
    horizon: Ints
    events: Ints = field(compare=False)

    def of(self, rows: Any) -> Columns:
        """Return the columns of some parcels; departures are as they are."""
        whole = (*BY_DEPARTURE, *BY_RUN)
        names = [f.name for f in fields(self) if f.name not in whole]
        return replace(self, **{name: some_rows(getattr(self, name), rows) for name in names})
