"""How busy everything is expected to be: load over capacity at the design volume.

A mean week is followed from orders to doors without random variation, as the closed form of
sourcing and the timetables have it: a load of 1 is all that a resource can do. Holidays, failed
attempts and viral products are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import ndtr

from networks.builders.sizing import DemandShape
from networks.inputs.local_times import weekday_numbers
from networks.origins import Sellers
from networks.routing import find_routes
from networks.schema import SELLERS, Facility, Lane, Network
from networks.timetables import minute_of, parse_departures, parse_shifts, weekday_bits
from networks.workload.flows import flows
from networks.workload.weeks import (
    DAY,
    MIDDLES,
    SLOT,
    SLOTS,
    after,
    hours_east,
    moved,
    next_service,
    queue,
    released,
    spread,
    staffing,
)

Floats = NDArray[np.float64]

_QUANTILES = 25
_MOST_TURNS = 25
_SAME = 1e-4
_CUTS = 120
"""Minutes between the times at which a day of departures may begin."""

HELP = {
    "workers": "more workers, longer shifts or less work a parcel",
    "departures": "more departures, more vehicles or larger ones",
    "rounds": "a larger capacity of the delivery route, another wave, or a second station",
    "gate": "a larger daily capacity of the release window",
    "seller": "a larger daily capacity, or more working days",
}


class Load(NamedTuple):
    """What is busy (one of `HELP`), where, and how much.

    `load`: what comes for the busiest of its days over what can be done on that; of release
    windows and sellers, who carry over what is too much for a day, the same as `week`: what comes
    in a week over what can be done in one. Above 1 on a day, the rest waits for the next; above 1
    over the week, it never goes.
    """

    what: str
    place: str
    load: float
    week: float


def loads(
    network: Network,
    shape: DemandShape,
    markets: Collection[str] | None = None,
    hours: Sequence[float] = (),
) -> list[Load]:
    """Return the expected loads of a network that `networks.validation.check` passes.

    `markets`: where orders come from; None: all markets that are served. `hours`: (24,) orders by
    hour of the day, to any total; none: evenly.
    """
    return list(_Week(network, shape, markets, hours).loads())


def overloads(found: Iterable[Load], *, lasting: bool = False) -> tuple[str, ...]:
    """Return a line for each of some loads above 1, the worst first.

    `lasting`: only for what is overloaded over the whole week.
    """
    above = [one for one in found if (one.week if lasting else one.load) > 1 + 1e-9]
    return tuple(
        f"{one.place}{_WORDS.get(one.what, f': {one.what}')}: load "
        + ("" if one.what in ("gate", "seller") else f"{one.load:.2f} on the busiest day, ")
        + f"{one.week:.2f} over the week; what would help: {HELP[one.what]}"
        for one in sorted(above, key=lambda one: (-one.load, one.place))
    )


_WORDS = {"gate": ": release window", "rounds": ": delivery routes", "seller": ""}


class _Week:
    """The mean week of a network, of one parcel a day in all."""

    def __init__(
        self,
        network: Network,
        shape: DemandShape,
        markets: Collection[str] | None,
        hours: Sequence[float],
    ) -> None:
        self.network, self.routes = network, find_routes(network)
        self.flows = flows(network, self.routes, shape, markets)
        self.from_sellers = network.origins.seller_share(shape.movement)
        by_hour = np.array(hours if len(hours) else [1.0] * 24)
        by_slot = np.repeat(by_hour / by_hour.sum(), 60 // SLOT) * SLOT / 60
        self.orders: Floats = np.outer(shape.weekday, by_slot).reshape(-1)
        self.places = list(self.routes.facilities.values())
        self.lanes = list(self.routes.lanes.values())
        on_arc = self.flows.on_arc
        self.turns = sparse.csr_matrix(
            (self.flows.share / on_arc[self.flows.came], (self.flows.goes, self.flows.came)),
            shape=(len(on_arc), len(on_arc)),
        )
        self.queues: dict[int, Any] = {}
        self.arcs_into = [np.flatnonzero(self.flows.into == n) for n in range(len(self.places))]
        self.staff = {
            number: staffing(self._days(place.shift_calendar), parse_shifts(place.shifts))
            for number, place in enumerate(self.places)
            if place.shifts and place.work_seconds > 0
        }
        self._timetables()
        self._settle()

    def _days(self, calendar: str) -> tuple[int, ...]:
        return weekday_numbers(self.network.calendars[calendar].weekdays)

    def _timetables(self) -> None:
        """Note by arc when what is ready in each half hour leaves, and how long it is under way."""
        count = len(self.flows.into)
        self.leaves = np.tile(MIDDLES, (count, 1))
        self.transit = np.zeros((count, SLOTS))
        self.transit[:, 0] = 1.0
        for row, (origin, destination, lane) in enumerate(self.lanes):
            minutes = _minutes(lane)
            days = self._days(lane.calendar)
            self.leaves[row] = next_service(days, minutes, lane.doors_close_minutes)
            places = () if origin == SELLERS else (origin, destination)
            hours = [hours_east(self.routes.facilities[place].time_zone) for place in places]
            east = hours[-1] - hours[0] if hours else 0.0
            self.transit[row] = spread(lane.transit_hours, lane.transit_cv, east)
        for row, station in enumerate(self.routes.stations, start=len(self.lanes)):
            place = self.routes.facilities[station]
            minutes = [one.minute for one in parse_departures(place.wave_times)]
            self.leaves[row] = next_service(self._days(place.round_calendar), minutes)

    def _settle(self) -> None:
        """Follow the week along the lanes until nothing changes.

        `ready`: (arcs, slots) parcels ready for each lane. `come`: (facilities, slots).
        """
        into = self.flows.into
        ends = into >= 0
        inside = np.array([p.dwell_minutes + p.work_seconds / 60 for p in self.places])
        inside = np.where(ends, inside[into], 0.0)[:, None]
        first = self._first()
        self.ready = first.copy()
        self.come = np.full((len(self.places), SLOTS), -1.0)
        for _ in range(_MOST_TURNS):
            arrived = after(moved(self.ready, self.leaves), self.transit)
            come = np.zeros_like(self.come)
            np.add.at(come, into[ends], arrived[ends])
            self._work_off(arrived, come)
            self.come = come
            ready = first + self.turns @ moved(arrived, MIDDLES + inside)
            still = np.allclose(ready, self.ready, rtol=_SAME, atol=1e-12)
            self.ready = ready
            if still:
                break

    def _work_off(self, arrived: Floats, come: Floats) -> None:
        """Move (arcs, slots) what comes by each arc to when it is worked."""
        for number, (seconds, _, _) in self.staff.items():
            if not np.allclose(come[number], self.come[number], rtol=_SAME, atol=0):
                place = self.places[number]
                work = come[number] * self.network.volumes[place.owner] * place.work_seconds
                self.queues[number] = queue(work, seconds)
            rows = self.arcs_into[number]
            arrived[rows] = arrived[rows] @ self.queues[number]

    def _first(self) -> Floats:
        """Return (arcs, slots) what starts on each arc, when it is released or packed."""
        first = np.zeros((len(self.flows.into), SLOTS))
        lanes = len(self.routes.lane_ids)
        for row in range(lanes, len(first)):
            place = self.places[self.flows.into[row]]
            at = MIDDLES
            if place.gate_calendar:
                opens, cutoff = minute_of(place.gate_opens), minute_of(place.gate_cutoff)
                at = released(self._days(place.gate_calendar), opens, cutoff)
            first[row] = moved(self.orders * self.flows.starts[row], at)
        if len(self.network.origins.sellers):
            self._pickups(self.network.origins.sellers, first)
        return first

    def _pickups(self, sellers: Sellers, first: Floats) -> None:
        """Fill in what pickups collect, at the minute they leave: sellers differ in their days."""
        kinds, kind = np.unique(
            np.stack([sellers.working_days, sellers.pickup_days,
                      sellers.opens_hour, sellers.cutoff_hour]), axis=1, return_inverse=True,
        )  # fmt: skip
        packed = [self._packed(sellers, *column) for column in kinds.T.tolist()]
        station = {name: row for row, name in enumerate(sellers.stations)}
        share = np.zeros((len(station), len(packed)))
        volume = sellers.volume / sellers.volume.sum() * self.from_sellers
        np.add.at(share, (sellers.pickup, kind.reshape(-1)), volume)
        known: dict[tuple[str, str], Floats] = {}
        for row, (origin, destination, lane) in enumerate(self.lanes):
            if origin != SELLERS or destination not in station:
                continue
            key = (lane.departs, lane.calendar)
            if key not in known:
                known[key] = np.array(
                    [self._collected(profile, lane, days)
                     for profile, days in zip(packed, kinds[1].tolist(), strict=True)]
                )  # fmt: skip
            first[row] = share[station[destination]] @ known[key]

    def _packed(self, sellers: Sellers, working: int, _: int, opens: int, cutoff: int) -> Floats:
        """Return when the orders of such sellers are packed, of one order a day."""
        days = [day for day in range(7) if working >> day & 1]
        out = moved(self.orders, released(days, 60 * opens, 60 * cutoff))
        rank: Floats = np.linspace(0.5 / _QUANTILES, 1 - 0.5 / _QUANTILES, _QUANTILES)
        typical = sellers.handling_hours.astype(np.float64)
        weights = sellers.volume / sellers.volume.max()
        medians = np.quantile(typical, rank, weights=weights, method="inverted_cdf")
        times = np.arange(1, 4 * SLOTS + 1) * SLOT / 60
        log_sd = max(sellers.handling_log_sd, 1e-9)
        later = ndtr(np.log(times[:, None] / np.maximum(medians, 1e-9)) / log_sd).mean(axis=1)
        chance = np.diff(later, prepend=0.0)
        chance[-1] += 1 - later[-1]
        return after(out, chance.reshape(4, SLOTS).sum(axis=0))

    def _collected(self, packed: Floats, lane: Lane, days: int) -> Floats:
        common = [day for day in self._days(lane.calendar) if days >> day & 1]
        if not common:
            return np.zeros(SLOTS)
        return moved(packed, next_service(common, _minutes(lane)) - SLOT / 2)

    def loads(self) -> Iterator[Load]:
        names = list(self.routes.facilities)
        for number, (_, service, by_day) in self.staff.items():
            place = self.places[number]
            work = self.come[number] * self.network.volumes[place.owner] * place.work_seconds
            load = _busiest(work, service, by_day)
            yield Load("workers", names[number], load, _over_week(work, by_day))
        for row, (name, (_, _, lane)) in enumerate(self.routes.lanes.items()):
            if lane.capacity:
                able = {
                    at: one.vehicles * lane.capacity
                    for one in parse_departures(lane.departs)
                    for at, _ in one.instants()
                }
                yield Load("departures", name, *self._of_arc(row, lane.owner, lane.calendar, able))
        for row, station in enumerate(self.routes.stations, start=len(self.lanes)):
            place = self.routes.facilities[station]
            waves = parse_departures(place.wave_times)
            able = {one.minute: place.round_capacity for one in waves}
            found = self._of_arc(row, place.owner, place.round_calendar, able)
            yield Load("rounds", station, *found)
        yield from self._gates()

    def _of_arc(
        self, row: int, owner: str, calendar: str, able: Mapping[int, int]
    ) -> tuple[float, float]:
        """Return the loads of the busiest day, with days cut where that is least, and of the week.

        Midnight may lie amid a night's departures; what counts as an overload is one however the
        days are cut.
        """
        come = self.ready[row] * self.network.volumes[owner]
        days = np.array(self._days(calendar))
        minutes = (DAY * days[:, None] + np.array(list(able))).reshape(-1)
        parcels = np.tile(np.array(list(able.values()), np.float64), len(days))
        loads = []
        for begins in range(0, DAY, _CUTS if len(able) > 1 else DAY):
            by_day = np.bincount((minutes - begins) // DAY % 7, weights=parcels, minlength=7)
            service = ((self.leaves[row] - begins) // DAY).astype(np.int64) % 7
            loads.append(_busiest(come, service, by_day))
        return min(loads), _over_week(come, parcels)

    def _gates(self) -> Iterator[Load]:
        stock, sellers = self.network.origins.stock, self.network.origins.sellers
        for row, center in enumerate(stock.centers, len(self.routes.lane_ids)):
            place: Facility = self.routes.facilities[center]
            if place.gate_calendar and place.gate_daily_capacity:
                days = len(self._days(place.gate_calendar))
                come = 7 * self.flows.starts[row] * self.network.volumes[place.owner]
                load = float(come / (days * place.gate_daily_capacity))
                yield Load("gate", center, load, load)
        count = np.array([bits.bit_count() for bits in range(weekday_bits("daily") + 1)])
        able_to_pack = count[sellers.working_days] * sellers.daily_capacity
        for row, load in enumerate((7 * sellers.volume / able_to_pack).tolist(), start=1):
            yield Load("seller", f"seller {row}", load, load)


def _busiest(come: Floats, service: NDArray[np.int64], able: NDArray[Any]) -> float:
    """Return what comes for the busiest day over what can be done on it."""
    asked = np.bincount(service, weights=come, minlength=7)
    works = able > 0
    return float((asked[works] / able[works]).max()) if works.any() else np.inf


def _over_week(come: Floats, able: NDArray[Any]) -> float:
    """Return what comes in a week over what can be done in one."""
    return float(come.sum() / able.sum()) if able.sum() > 0 else np.inf


def _minutes(lane: Lane) -> list[int]:
    """Return when vehicles may leave a lane, in minutes of the local day."""
    return [at for one in parse_departures(lane.departs) for at, _ in one.instants()]
