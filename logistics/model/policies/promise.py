"""What is promised when an order is placed: a local date by which it should arrive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from logistics.scenario.scenario import BusinessDays, PathTimetable
from logistics.schedule.calendars import Period
from logistics.schedule.events import DAYS_AFTER
from logistics.schedule.timetable import Timetable
from logistics.simulation.problem import Lanes, Sources
from logistics.vocabulary import Array
from networks.geography import Markets
from networks.routing import Routes
from networks.schema import Calendar
from networks.timetables import minute_of

NO_DATE = 1_000_000
"""Promised day of an order whose route has no departure left: beyond every period."""

_LONG_AGO = -(1 << 38)


@dataclass(frozen=True)
class Nominal:
    """The timetable without random variation: mean transit times, nothing is full or closed.

    `handling`: ticks of mean work and of dwell at each facility. `transit`: mean ticks of a lane.
    """

    period: Period
    routes: Routes
    table: Timetable
    lanes: Lanes
    sources: Sources
    handling: Array
    transit: Array

    def latest(self, lane: Array, arrive_by: Array) -> Array:
        """Return by when a parcel must be ready for the last departure that arrives in time.

        `lane`, `arrive_by`: of one shape. Before the first departure: a tick long ago.
        """
        span = np.int64(1) << 40
        sure = np.flatnonzero(self.table.least == 0)  # whether one leaves when full is not known
        order = sure[np.lexsort((self.table.tick[sure], self.table.lane[sure]))]
        keys = self.table.lane[order] * span + self.table.tick[order]
        wanted = lane * span + np.clip(arrive_by - self.transit[lane], -1, span - 1)
        at = np.searchsorted(keys, wanted, "right") - 1
        found = (at >= 0) & (keys[at] >= lane * span)
        doors = self.lanes.doors_close[lane]
        ready = (keys[at] & (span - 1)) - np.where(doors > 0, doors + 1, 0)
        return np.where(found, ready, _LONG_AGO)

    def through_gate(self, source: int, release_by: Array) -> Array:
        """Return by when an order must be placed to be released to a source's work by some tick."""
        gate, gates = self.sources.gate[source], self.table.gates
        if gate < 0:
            return release_by
        days = slice(gates.first[gate], gates.first[gate + 1])
        day = np.searchsorted(gates.opens[days], release_by, "right") - 1
        cutoff = gates.cutoff[days][np.maximum(day, 0)]
        return np.where(day >= 0, np.minimum(release_by, cutoff - 1), _LONG_AGO)


def quote_of(rule: BusinessDays | PathTimetable, markets: Markets, nominal: Nominal) -> Quote:
    """Return the scenario's rule, prepared for a period and a network."""
    if isinstance(rule, BusinessDays):
        return QuoteBusinessDays(rule, nominal.period, markets)
    return QuoteTimetable(nominal, nominal.period.ticks(rule.buffer))


class QuoteBusinessDays:
    """A number of business days after the order's date, or the day after when it is late."""

    def __init__(self, rule: BusinessDays, period: Period, markets: Markets) -> None:
        """Prepare the rule for a period, in the local time of each market."""
        self._period, self._zones = period, period.zone_numbers(markets.time_zones)
        calendar = Calendar(rule.weekdays, rule.holidays)
        days = period.after_working_days(calendar, rule.days, period.all_days + 1)
        self._cutoff_ticks = int(period.ticks_of_minutes(minute_of(rule.cutoff)))
        # promised day by order day, for orders before the cutoff and after it
        self._early, self._late = days[:-1], days[1:]

    def promised_days(
        self, tick: Array, day: Array, market: Array, source: Array, station: Array
    ) -> NDArray[np.int32]:
        """Return the promised local dates, as days of the period."""
        local = np.full(len(day), self._cutoff_ticks)
        cutoff = self._period.to_ticks(self._zones[market], day, local)
        return np.where(tick < cutoff, self._early[day], self._late[day]).astype(np.int32)


class QuoteTimetable:
    """The first delivery day that the timetables of the order's own route reach, with a buffer.

    `_order_by`: (sources * stations, waves) last tick at which an order makes each wave of its
    station. `_wave_day`: (stations, waves) its local day. `_first_wave`: (stations, days) the first
    on a day or after it. `_station_row`: by facility number.
    """

    def __init__(self, nominal: Nominal, buffer: int) -> None:
        """Work back from each wave of each station to the sources."""
        routes, table, period = nominal.routes, nominal.table, nominal.period
        stations = np.array([routes.number[station] for station in routes.stations])
        zones = [period.zone_number(routes.facilities[s].time_zone) for s in routes.stations]
        # orders do not come for as long as parcels are followed
        in_time = table.tick < period.end_of(period.order_days + DAYS_AFTER - 1)
        lanes = routes.next_lane[stations, stations]
        waves = [table.tick[in_time & (table.lane == lane)] for lane in lanes]
        most = max(1, *(len(w) for w in waves))
        # a station with fewer waves repeats its last one
        last = [w[-1] if len(w) else _LONG_AGO for w in waves]
        wave = np.array(
            [np.append(w, np.full(most - len(w), end)) for w, end in zip(waves, last, strict=True)]
        )
        self._wave_day = np.array(
            [period.local_days(np.full(most, z), w) for z, w in zip(zones, wave, strict=True)]
        )
        days = np.arange(period.order_days)
        self._first_wave = np.array([np.searchsorted(one, days) for one in self._wave_day])
        count = len(nominal.sources.facility)
        at_source = np.repeat(nominal.sources.facility, len(stations)).astype(np.int64)
        target = np.tile(np.arange(len(stations)), count)
        by = self._back(nominal, at_source, target, stations, wave) - buffer
        by = by.reshape(count, len(stations), most)
        for source in range(count):
            by[source] = nominal.through_gate(source, by[source])
        self._order_by, self._stations = by.reshape(-1, most), len(stations)
        self._station_row = np.zeros(len(nominal.handling), np.int64)
        self._station_row[stations] = np.arange(len(stations))

    @staticmethod
    def _back(
        nominal: Nominal, at: Array, target: Array, stations: Array, wave: Array
    ) -> NDArray[np.int64]:
        """Return (routes, waves) the last arrival at `at` that makes each wave of `target`.

        Every pair of facility and station is computed once, however many routes lead through it.
        """
        pairs, rows = np.unique(at * len(stations) + target, return_inverse=True)
        at, target = pairs // len(stations), pairs % len(stations)
        done = at == stations[target]
        leads = nominal.routes.next_lane[at, stations[target]] >= 0  # none where nothing goes
        by = np.full((len(at), wave.shape[1]), _LONG_AGO)
        by[done] = wave[target[done]] - nominal.handling[at[done], None]
        more = leads & ~done
        if more.any():
            lane = nominal.routes.next_lane[at[more], stations[target[more]]].astype(np.int64)
            onward = nominal.lanes.destination[lane].astype(np.int64)
            beyond = QuoteTimetable._back(nominal, onward, target[more], stations, wave)
            ready = nominal.latest(np.repeat(lane[:, None], wave.shape[1], axis=1), beyond)
            by[more] = ready - nominal.handling[at[more], None]
        return by[rows]

    def promised_days(
        self, tick: Array, day: Array, market: Array, source: Array, station: Array
    ) -> NDArray[np.int32]:
        """Return the promised local dates, as days of the period."""
        target = self._station_row[station]
        path = source.astype(np.int64) * self._stations + target
        last = self._order_by.shape[1] - 1
        # the station's date may be the day before the customer's
        wave = self._first_wave[target, np.maximum(day - 1, 0)]
        late = np.flatnonzero(wave <= last)
        while len(late):
            late = late[self._order_by[path[late], wave[late]] < tick[late]]
            wave[late] += 1
            late = late[wave[late] <= last]
        promised = self._wave_day[target, np.minimum(wave, last)]
        return np.where(wave <= last, promised, NO_DATE).astype(np.int32)


Quote = QuoteBusinessDays | QuoteTimetable
"""What quotes a date at order time."""
