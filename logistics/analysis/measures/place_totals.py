"""Where parcels wait and where they break: totals by facility and lane that add up over runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from logistics.analysis.measures.outcomes import Counts, Summed, ratio
from logistics.analysis.statistics.intervals import Floats
from logistics.vocabulary import TOUCH_KINDS

SELLERS = "sellers"
"""The last row of the facilities: all sellers together."""

HOURS_OF_DAY = 24


@dataclass(frozen=True)
class PlaceNames:
    """The facilities and lanes of a network, by number.

    `facilities`: ids, and last `SELLERS`; `kinds`: of each. `lanes`: ids, delivery routes after
    lanes; `modes`: of each, such as 'linehaul', 'pickup' or 'round'. `origin`, `destination`: rows
    of `facilities`; -1 for the doors at which a delivery route ends.
    """

    facilities: tuple[str, ...]
    kinds: tuple[str, ...]
    lanes: tuple[str, ...]
    modes: tuple[str, ...]
    origin: tuple[int, ...]
    destination: tuple[int, ...]


@dataclass(frozen=True)
class Bottleneck:
    """A facility or lane at which parcels wait for lack of capacity.

    `place`: its id; `kind`: of a facility, or the mode of a lane. `waits_for`: 'workers' or
    'places'. `hours_per_order`: over all measured orders of the network. `hours`: for each parcel
    that passes. `parcels_per_day`: measured ones. `busy`: share of the workers' hours spent in
    work, or share of the departures that were full.
    """

    place: str
    kind: str
    waits_for: str
    hours_per_order: float
    hours: float
    parcels_per_day: float
    busy: float


@dataclass(frozen=True, eq=False)
class PlaceTotals(Summed):
    """What happened by place, for the measured orders of one run or of several added up (`a + b`).

    By facility (F, the last row all sellers) and by lane (L): `parcels_at`, `parcels_on`: how many
    passed. Hours that parcels which passed had waited: `queue_hours` for workers on duty (at
    sellers: for a day with room), `full_hours` from the first departure or delivery route
    that they could have taken to the one they took; closed hours are in neither.

    Whoever ordered, on the measured local dates: `departures`, `full` (those with rolled volume)
    and `left_behind` (rolled parcels; one that is rolled twice counts twice) by lane;
    `busy_hours` and `duty_hours` of workers, (F, 24) by local hour of the day.

    `runs`, `days`: how many runs, of how many measured days each. `orders`: measured parcels.
    """

    same = ("names", "days")

    names: PlaceNames
    runs: int
    days: int
    orders: int
    parcels_at: Counts
    queue_hours: Floats
    busy_hours: Floats
    duty_hours: Floats
    parcels_on: Counts
    full_hours: Floats
    departures: Counts
    full: Counts
    left_behind: Counts

    @property
    def parcels_at_per_day(self) -> Floats:
        """(F,) measured parcels a facility handles, a measured day."""
        return self.parcels_at / (self.runs * self.days)

    @property
    def parcels_on_per_day(self) -> Floats:
        """(L,) measured parcels that go by a lane or delivery route, a measured day."""
        return self.parcels_on / (self.runs * self.days)

    @property
    def utilisation(self) -> Floats:
        """(F, 24) share of the workers' time in work by local hour; NaN where nobody is on duty."""
        return ratio(self.busy_hours, self.duty_hours)

    def bottlenecks(self, most: int | None = 10) -> tuple[Bottleneck, ...]:
        """Return the places with the most hours of waiting for workers or for places, worst first.

        Waiting for the next departure is the timetable's, not a bottleneck, and is left out.
        `most`: how many; None for all.
        """
        hours = np.concatenate([self.queue_hours, self.full_hours])
        rows = np.argsort(-hours, kind="stable")[:most].tolist()
        names, facilities = self.names, len(self.names.facilities)
        places, kinds = names.facilities + names.lanes, names.kinds + names.modes
        parcels = np.concatenate([self.parcels_at, self.parcels_on])
        in_work = ratio(self.busy_hours.sum(axis=1), self.duty_hours.sum(axis=1))
        busy = np.concatenate([in_work, ratio(self.full, self.departures)])
        return tuple(
            Bottleneck(
                place=places[row],
                kind=kinds[row],
                waits_for="workers" if row < facilities else "places",
                hours_per_order=float(hours[row] / self.orders),
                hours=float(hours[row] / parcels[row]),
                parcels_per_day=float(parcels[row] / (self.runs * self.days)),
                busy=float(busy[row]),
            )
            for row in rows
            if hours[row] > 0
        )


@dataclass(frozen=True, eq=False)
class DamagePlaces(Summed):
    """Which kind of handling breaks parcels at which kind of place; adds up over runs (`a + b`).

    `places`: kinds of facility, 'seller', modes of lanes, 'round', 'door step'. `damaged`:
    (places, kinds of handling) of the `delivered` measured parcels, how many were damaged there.
    `expected`: how many are to be expected, from each delivered parcel's chance of damage on its
    whole route (with one delivery route), allocated by the hazards of its steps.
    """

    same = ("places", "kinds")

    places: tuple[str, ...]
    delivered: int
    damaged: Counts
    expected: Floats
    kinds: tuple[str, ...] = TOUCH_KINDS

    def rates(self) -> Mapping[tuple[str, str], tuple[float, float]]:
        """Return by (place, kind of handling) the shares damaged and expected, largest first."""
        rows = np.argwhere((self.damaged > 0) | (self.expected > 0))
        rows = rows[np.argsort(-self.expected[rows[:, 0], rows[:, 1]], kind="stable")]
        return {
            (self.places[place], self.kinds[kind]): (
                float(self.damaged[place, kind] / self.delivered),
                float(self.expected[place, kind] / self.delivered),
            )
            for place, kind in rows.tolist()
        }
