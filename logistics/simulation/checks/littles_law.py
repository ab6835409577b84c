"""Little's law: what the trucks carried in and out accounts for every tick parcels spent there."""

from __future__ import annotations

import numpy as np

from logistics.errors import BrokenRunError
from logistics.simulation.checks.check import Check
from logistics.simulation.checks.visits import Visit
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import Array


class LittlesLaw(Check):
    """The area under the number of parcels present, at each facility and at all sellers.

    Present is who was ordered there or came by truck, and no truck took away. The loads of trucks,
    the parcels' departures and the parcels' times each tell that area.

    By place: `_orders` placed there, the sum of their ticks, `_ordered`. Over all places: how many
    no truck took away, `_there`, and the sum of the ticks `_since` when; the sum of all `_times`.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        places = len(problem.facilities.ids) + 1
        self._orders, self._ordered = np.zeros((2, places), np.int64)
        self._vanished = np.zeros(len(problem.departures.tick) + 1, np.int64)
        self._there = self._since = self._times = 0

    def turn_to(self, problem: Problem, columns: Columns) -> None:
        """Turn to other parcels of the same run."""
        super().turn_to(problem, columns)
        for times in (columns.wait_work, columns.work, columns.wait_departure):
            self._times += int(times.sum(dtype=np.int64))

    def add(self, visit: Visit) -> None:
        """Take in a visit."""
        came, horizon = visit.came, self._problem.horizon
        present = came.here & ~visit.left
        since = np.where(visit.worked, visit.ready, came.arrival)
        since_when = int((since * present).sum(dtype=np.int64))
        ordered = np.flatnonzero(came.here) if visit.number == 0 else slice(0)
        place = came.place[ordered]
        with self._lock:
            np.add.at(self._orders, place, 1)
            np.add.at(self._ordered, place, came.arrival[ordered].astype(np.int64))
            self._there += int(np.count_nonzero(present))
            self._since += since_when
            np.add.at(self._vanished, visit.vanished(horizon), 1)

    def settle(self, aboard: Array) -> None:
        """Compare the loads with (departures,) how many parcels name each, and with their times."""
        told, stays = self._area(self._columns.load), self._area(aboard)
        for place in np.flatnonzero(told != stays).tolist():
            raise BrokenRunError(
                (*self._problem.facilities.ids, "the sellers")[place],
                f"by the loads that came and left, parcels were here for {told[place]} ticks in"
                f" all, by their own departures for {stays[place]}",
            )
        still_there = self._there * self._problem.horizon - self._since
        if int(told.sum()) != self._times + still_there:
            raise BrokenRunError(
                "all places together",
                f"by the loads, parcels were there for {told.sum()} ticks, by their times for"
                f" {self._times} and {still_there} more until the end of the run",
            )

    def _area(self, load: Array) -> Array:
        """Return (places,) ticks that parcels were present, from who came and left with what."""
        departures, lanes = self._problem.departures, self._problem.lanes
        horizon: int = self._problem.horizon
        load = load.astype(np.int64)
        origin = lanes.origin[departures.lane].astype(np.int64)  # pickups: -1, the last place
        destination = lanes.destination[departures.lane].astype(np.int64)
        area = self._orders * horizon - self._ordered
        came = np.flatnonzero((destination >= 0) & (departures.arrives < horizon))
        left = horizon - departures.arrives[came].astype(np.int64)
        np.add.at(area, destination[came], (load - self._vanished[:-1])[came] * left)
        gone = np.flatnonzero((destination >= 0) & (departures.tick < horizon))
        left = horizon - departures.tick[gone].astype(np.int64)
        np.subtract.at(area, origin[gone], load[gone] * left)
        return area
