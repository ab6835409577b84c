"""What one replication stored: whole numbers in columns, and what they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from logistics.scenario.scenario import Scenario
from logistics.schedule.calendars import Period
from logistics.vocabulary import NOT_YET, Array
from networks.geography import load_markets


@dataclass(frozen=True, eq=False, repr=False)
class RunColumns:
    """The columns of one replication of a scenario: ticks and row numbers, as the engine gave them.

    `columns`: parcels by number; `visits`: (parcels, visits) matrices `ready`, `departure`,
    `work`; `trips`: departures by number; `staff`: changes in the number of workers; `sources`:
    where parcels start; `gates`: their working days. `places`: what the numbers stand
    for. `facts`: counts and seconds of the run.
    """

    scenario: Scenario
    seed: int
    replication: int
    engine: str
    time_zones: tuple[str, ...]
    places: Mapping[str, Any]
    columns: Mapping[str, Array]
    visits: Mapping[str, Array]
    trips: Mapping[str, Array]
    staff: Mapping[str, Array]
    sources: Mapping[str, Array]
    gates: Mapping[str, Array]
    facts: Mapping[str, Any]

    def __len__(self) -> int:
        return len(self.columns["order_id"])

    def same_as(self, other: RunColumns) -> bool:
        """Tell whether two runs have the same columns, whatever time they took."""
        groups = ("columns", "visits", "trips", "staff", "sources", "gates")
        return self.scenario == other.scenario and all(
            a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a)
            for a, b in ((getattr(self, g), getattr(other, g)) for g in groups)
        )

    def of(self, rows: Array) -> Self:
        """Return the run with some of its parcels only (a mask, or row numbers).

        Its departures are those of the whole run; ask that one for the facilities.
        """
        return replace(
            self,
            columns={name: column[rows] for name, column in self.columns.items()},
            visits={name: matrix[rows] for name, matrix in self.visits.items()},
        )

    @cached_property
    def period(self) -> Period:
        """The dates and ticks of the run."""
        period = Period.of(self.scenario.days, self.time_zones)
        return replace(period, ended=self.facts.get("horizon"))

    @cached_property
    def measured(self) -> NDArray[np.bool_]:
        """(parcels,) whether the order was placed on a measured local date."""
        days, day = self.scenario.days, self.columns["day"]
        return (day >= days.warm_up_days) & (day < days.warm_up_days + days.days)

    @cached_property
    def measured_rows(self) -> Array:
        """The rows of the measured parcels, sorted by order and parcel."""
        rows = np.flatnonzero(self.measured)
        order, parcel = (self.columns[name][rows] for name in ("order_id", "parcel_id"))
        return rows[np.lexsort((parcel, order))]

    def first_scan(self) -> Array:
        """Return (parcels,) the tick at which the first vehicle left with it, or `NOT_YET`."""
        first = self.visits["departure"][:, 0]
        left = (first != NOT_YET) & (self.columns["last_visit"] > 0)
        return np.where(left, self.trips["tick"][np.where(left, first, 0)], NOT_YET)

    @cached_property
    def zone_of_market(self) -> Array:
        """(markets,) number of each market's time zone in the period."""
        return self.period.zone_numbers(load_markets().time_zones)

    @cached_property
    def trip_dates(self) -> tuple[Array, Array]:
        """The time zone and the local date of each departure, where its timetable is written.

        That is its origin; of a pickup, the station that collects. Both as numbers of the period.
        """
        places, period = self.places, self.period
        origin, destination = (np.asarray(places[f"lane_{n}"]) for n in ("origin", "destination"))
        zones = period.zone_numbers(places["facility_zones"])
        zone = zones[np.where(origin < 0, destination, origin)][self.trips["lane"]]
        return zone, period.local_days(zone, self.trips["tick"])

    @cached_property
    def trip_midnights(self) -> tuple[Array, Array]:
        """The midnights before and after each departure, in ticks, by the clock of `trip_dates`."""
        zone, day = self.trip_dates
        return self.period.midnight(zone, day), self.period.midnight(zone, day + 1)

    @property
    def trip_leaves(self) -> NDArray[np.bool_]:
        """(departures,) whether one leaves by the timetable, full or not."""
        # runs of earlier versions do not say
        return np.asarray(self.trips.get("least", np.zeros(len(self.trips["tick"]))) == 0)

    @property
    def trip_left(self) -> NDArray[np.bool_]:
        """(departures,) whether one left; else it waited to be filled."""
        return np.asarray(self.trip_leaves | (self.trips["load"] > 0))

    @cached_property
    def trip_destination(self) -> Array:
        """(departures,) number of the facility that each departure goes to; -1 for the doors."""
        return np.asarray(self.places["lane_destination"])[self.trips["lane"]]

    @cached_property
    def source_place(self) -> Array:
        """(sources,) facility number of each source; the number of facilities for a seller."""
        facility = self.sources["facility"]
        return np.where(facility < 0, len(self.places["facilities"]), facility)

    @cached_property
    def dwell(self) -> Array:
        """(facilities + 1,) ticks of dwell; 0 at sellers, which come last."""
        # in the type of the ticks: half the bytes where they have 32 bits
        return np.append(self.places["dwell"], 0).astype(self.columns["ordered"].dtype)
