"""One parcel's journey, place by place, in the local time of each place.

From the columns of a run to a list of steps: what the parcel waited for, where and how long. The
steps follow each other without a gap, so they add up to the delivery time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from logistics.model.policies.promise import NO_DATE
from logistics.runs.run_columns import RunColumns
from logistics.runs.segments import Visit, arrived, walk, work_of
from logistics.vocabulary import MAX_ATTEMPTS, NEVER_HERE, NOT_YET, TOUCH_KINDS, Status
from networks.geography import load_markets

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STILL = "still so when the run ended"


class Doing(Enum):
    """What happens to a parcel in a step: the one of the five times it counts to, and words."""

    WAITS_FOR_WORK = "wait_work", "waits for work"
    IN_WORK = "work", "in work"
    WAITS_FOR_DEPARTURE = "wait_departure", "waits for a departure"
    ON_THE_WAY = "transit", "on the way"
    WAITS_FOR_COURIER = "last_mile", "waits for the courier"
    WITH_COURIER = "last_mile", "with the courier"

    def __init__(self, hours: str, words: str) -> None:
        """Take the name of the time in `HOURS`, and the words for what happens."""
        self.hours, self.words = hours, words


@dataclass(frozen=True)
class Place:
    """A place as a planner knows it.

    `name`: id of a facility, 'seller 000123', or 'door'. `kind`: such as 'sort center' or
    'seller'; empty for a door. `town`: what its market is called, such as 'Richmond, VA'.
    """

    name: str
    kind: str
    town: str
    time_zone: str


@dataclass(frozen=True)
class Step:
    """A part of a journey: one thing done at one place, or on the way to another.

    `place`: where it begins, `toward`: where it leads (None: it stays). `starts`, `ends`: local
    times there, with their time zones; `ends` is None for what was not over when the run ended, or
    where the parcel was lost. `note`: what else happened here.
    """

    doing: Doing
    place: Place
    toward: Place | None
    starts: datetime
    ends: datetime | None
    note: str = ""

    @property
    def lasts(self) -> timedelta | None:
        """How long it took."""
        return None if self.ends is None else _between(self.starts, self.ends)


@dataclass(frozen=True)
class Journey:
    """A parcel's whole journey.

    `status`: as in the table of parcels, such as 'under way'. `ordered`, `ended`: local times of
    the customer; `ended` is the delivery or the third failed attempt. `promised`: the quoted date.
    """

    network: str
    order_id: int
    parcel_id: int
    product: str
    customer: Place
    ordered: datetime
    promised: date | None
    ended: datetime | None
    status: str
    damaged_by: str
    attempts: int
    steps: tuple[Step, ...]

    @property
    def lasts(self) -> timedelta | None:
        """How long it took from the order to the end."""
        return None if self.ended is None else _between(self.ordered, self.ended)

    @property
    def delivered(self) -> datetime | None:
        """When it was delivered, for a parcel that the customer has."""
        return self.ended if self.status == "delivered" else None


def rows_of_order(run: RunColumns, order_id: int) -> NDArray[np.intp]:
    """Return the parcels of an order, sorted by their ids."""
    rows = np.flatnonzero(run.columns["order_id"] == order_id)
    return rows[np.argsort(run.columns["parcel_id"][rows])]


def rows_of_case(run: RunColumns, product: str, market: str) -> NDArray[np.intp]:
    """Return the measured parcels of a product to a market, in the order they were ordered."""
    products = [one.name for one in run.scenario.orders.products]
    c = run.columns
    rows = np.flatnonzero(
        run.measured
        & (c["product"] == products.index(product))
        & (c["market"] == load_markets().index(market))
    )
    return rows[np.lexsort((c["parcel_id"][rows], c["ordered"][rows]))]


def journey(run: RunColumns, row: int) -> Journey:
    """Return the journey of the parcel in a row of a run's columns."""
    parcel = _Parcel(run, row)
    fact = parcel.fact
    kind, promised, ended = (fact(n) for n in ("damaged_kind", "promised_day", "ended"))
    return Journey(
        network=run.scenario.name,
        order_id=fact("order_id"),
        parcel_id=fact("parcel_id"),
        product=run.scenario.orders.products[fact("product")].name,
        customer=parcel.customer,
        ordered=parcel.local(fact("ordered"), parcel.customer),
        promised=run.period.date_of(promised) if promised < NO_DATE else None,
        ended=None if ended == NOT_YET else parcel.local(ended, parcel.customer),
        status=Status(fact("status")).name.lower().replace("_", " "),
        damaged_by=TOUCH_KINDS[kind] if kind != NEVER_HERE else "",
        attempts=fact("attempts"),
        steps=tuple(parcel.steps()),
    )


class _Parcel:
    """One parcel of a run, and the steps of its journey."""

    def __init__(self, run: RunColumns, row: int) -> None:
        self._run, self._row = run, row
        self.customer = _in_market("door", "", self.fact("market"))

    def fact(self, name: str) -> int:
        """Return the parcel's entry in a column."""
        return int(self._run.columns[name][self._row])

    def local(self, tick: int, place: Place) -> datetime:
        """Return a tick as local time."""
        period = self._run.period
        since = timedelta(milliseconds=tick * period.tick_ms + period.zero_ms)
        return (_EPOCH + since).astimezone(ZoneInfo(place.time_zone))

    def steps(self) -> Iterator[Step]:
        """Yield the steps in order, up to where the parcel was last."""
        for visit in walk(self._run, np.array([self._row])):
            place = self._place(int(visit.place[0]))
            yield from self._at(visit, place)
            if visit.ready[0] != NOT_YET and visit.last[0]:
                yield from self._last_mile(visit, place)
            elif visit.ready[0] != NOT_YET:
                yield from self._leg(visit, place)

    def _at(self, visit: Visit, place: Place) -> Iterator[Step]:
        arrival, ready, note = int(visit.arrival[0]), int(visit.ready[0]), self._note(visit, 0)
        if ready == NOT_YET:
            yield self._step(Doing.WAITS_FOR_WORK, place, arrival, None, note or _STILL)
            return
        starts = int(work_of(self._run, visit)[0][0])
        if starts > arrival:
            yield self._step(Doing.WAITS_FOR_WORK, place, arrival, starts)
        if ready > starts or note:
            yield self._step(Doing.IN_WORK, place, starts, ready, note)

    def _leg(self, visit: Visit, place: Place) -> Iterator[Step]:
        """Yield the steps from a visit to the next."""
        ready, trip = int(visit.ready[0]), int(visit.trip[0])
        if trip == NOT_YET:
            yield self._step(Doing.WAITS_FOR_DEPARTURE, place, ready, None, _STILL)
            return
        departs, arrives = (int(self._run.trips[name][trip]) for name in ("tick", "arrives"))
        if departs > ready:
            yield self._step(Doing.WAITS_FOR_DEPARTURE, place, ready, departs)
        note, toward = self._note(visit, 1), self._place(int(self._run.trip_destination[trip]))
        if arrived(self._run, visit)[0]:
            yield self._step(Doing.ON_THE_WAY, place, departs, arrives, note, toward)
        else:
            yield self._step(Doing.ON_THE_WAY, place, departs, None, note or _STILL, toward)

    def _last_mile(self, visit: Visit, station: Place) -> Iterator[Step]:
        ready, out, ended = int(visit.ready[0]), self.fact("out_for_delivery"), self.fact("ended")
        if out == NOT_YET:
            yield self._step(Doing.WAITS_FOR_COURIER, station, ready, None, _STILL)
            return
        lost = self.fact("lost_step") > 2 * visit.number
        failed = self.fact("attempts") - (ended != NOT_YET or lost)
        before = f"with {failed} failed attempt{'s' * (failed > 1)}" if failed else ""
        if out > ready:
            yield self._step(Doing.WAITS_FOR_COURIER, station, ready, out, before)
        note = self._note(visit, *range(1, 1 + MAX_ATTEMPTS))
        over = None if ended == NOT_YET else ended
        note = note or ("" if over else _STILL)
        yield self._step(Doing.WITH_COURIER, station, out, over, note, self.customer)

    def _step(
        self, doing: Doing, place: Place, starts: int, ends: int | None, note: str = "",
        toward: Place | None = None,
    ) -> Step:  # fmt: skip
        end = None if ends is None else self.local(ends, toward or place)
        return Step(doing, place, toward, self.local(starts, place), end, note)

    def _note(self, visit: Visit, *after: int) -> str:
        """Say what befell the parcel at some steps, counted from that of the visit."""
        notes, steps = [], [2 * visit.number + step for step in after]
        if self.fact("damaged_step") in steps:
            notes.append(f"damaged here ({TOUCH_KINDS[self.fact('damaged_kind')]})")
        if self.fact("lost_step") in steps:
            notes.append("lost here")
        return ", ".join(notes)

    def _place(self, number: int) -> Place:
        places = self._run.places
        if number == len(places["facilities"]):
            seller = self.fact("source") - len(places["source_facility"])
            return _in_market(f"seller {seller:06d}", "seller", places["seller_markets"][seller])
        market = load_markets().index(places["facility_markets"][number])
        return replace(
            _in_market(places["facilities"][number], places["kinds"][number], market),
            time_zone=places["facility_zones"][number],
        )


def _between(start: datetime, end: datetime) -> timedelta:
    """Return the time that passed; clocks of one time zone must not be subtracted as they are."""
    return end.astimezone(UTC) - start.astimezone(UTC)


def _in_market(name: str, kind: str, market: int) -> Place:
    markets = load_markets()
    return Place(name, kind, markets.names[market], markets.time_zones[market])
