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
    """

    def __init__(self, problem: Problem, columns: Columns) -> None:
        super().__init__(problem, columns)
        places = len(problem.facilities.ids) + 1
        self._orders = np.zeros(places, np.int64)
        self._vanished = np.zeros(len(problem.departures.tick) + 1, np.int64)
        self._still_there: int = 0

    def add(self, visit: Visit) -> None:
        """Take in a visit."""
        came, horizon = visit.came, self._problem.horizon
        present = came.here & ~visit.left
        since = np.where(visit.worked, visit.ready, came.arrival)
        there = int((since * present).sum(dtype=np.int64))
        ordered = slice(None) if visit.number == 0 else slice(0)
        left = np.maximum(horizon - came.arrival[ordered].astype(np.int64), 0)
        with self._lock:
            np.add.at(self._orders, came.place[ordered], left)
            self._still_there += int(np.count_nonzero(present)) * horizon - there
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
        columns = (self._columns.wait_work, self._columns.work, self._columns.wait_departure)
        times = sum(int(column.sum(dtype=np.int64)) for column in columns)
        if int(told.sum()) != times + self._still_there:
            raise BrokenRunError(
                "all places together",
                f"by the loads, parcels were there for {told.sum()} ticks, by their times for"
                f" {times} and {self._still_there} more until the end of the run",
            )

    def _area(self, load: Array) -> Array:
        """Return (places,) ticks that parcels were present, from who came and left with what."""
        departures, lanes = self._problem.departures, self._problem.lanes
        horizon: int = self._problem.horizon
        load = load.astype(np.int64)
        origin = lanes.origin[departures.lane].astype(np.int64)  # pickups: -1, the last place
        destination = lanes.destination[departures.lane].astype(np.int64)
        area = self._orders.copy()
        came = np.flatnonzero((destination >= 0) & (departures.arrives < horizon))
        left = horizon - departures.arrives[came].astype(np.int64)
        np.add.at(area, destination[came], (load - self._vanished[:-1])[came] * left)
        gone = np.flatnonzero((destination >= 0) & (departures.tick < horizon))
        left = horizon - departures.tick[gone].astype(np.int64)
        np.subtract.at(area, origin[gone], load[gone] * left)
        return area
