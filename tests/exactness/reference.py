"""The causes of a parcel's hours, told the slow way: tick by tick, from the `Problem` alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from logistics.runs.run_columns import RunColumns
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET, Status

DAY = 7
"""Ticks of a day; where a lane starts, it begins this many ticks later: its number modulo 3."""


def way_of(problem: Problem, parcel: int) -> list[tuple[int, int]]:
    """The places of a parcel's way (-1: its seller), each with the lane it leaves by."""
    source, station = problem.parcels.source[parcel], int(problem.parcels.station[parcel])
    place = int(problem.sources.facility[source])
    way = []
    while True:
        towards = problem.next_lane[place, station]
        lane = int(problem.sources.pickup_lane[source] if place < 0 else towards)
        way.append((place, lane))
        place = int(problem.lanes.destination[lane])
        if place < 0:
            return way


def run_of_problem(problem: Problem, columns: Columns) -> RunColumns:
    """What a run would have stored of a problem and its columns; without dates on the wall."""
    parcels, trips, lanes = problem.parcels, problem.departures, problem.lanes
    gates = np.repeat(np.arange(len(problem.gates.first) - 1), np.diff(problem.gates.first))
    run = RunColumns(
        scenario=None, seed=0, replication=0, engine="textbook", time_zones=(),  # type: ignore[arg-type]
        places={
            "facilities": problem.facilities.ids, "dwell": problem.facilities.dwell,
            "lanes": lanes.ids, "lane_origin": lanes.origin,
            "lane_destination": lanes.destination, "doors_close": lanes.doors_close,
        },
        columns={
            "order_id": parcels.order,
            "ordered": parcels.ordered,
            "source": parcels.source,
            "last_visit": np.array([len(way_of(problem, p)) - 1 for p in range(len(parcels.stop))]),
            **{name: getattr(columns, name) for name in ("attempts", "ended", "lost_step")},
        },
        visits={"ready": columns.ready, "departure": columns.departure, "work": columns.work_ticks},
        trips={
            **{n: getattr(trips, n) for n in ("tick", "arrives", "lane", "weekday", "least")},
            "load": columns.load, "left_behind": columns.left_behind,
        },
        staff=vars(problem.staffing),
        sources=vars(problem.sources),
        gates={"gate": gates, "opens": problem.gates.opens, "cutoff": problem.gates.cutoff},
        facts={},
    )  # fmt: skip
    begins = (trips.tick - trips.lane % 3) // DAY * DAY + trips.lane % 3
    period = SimpleNamespace(horizon=problem.horizon)
    vars(run).update(period=period, trip_midnights=(begins, begins + DAY))
    return run


@dataclass
class Reference:
    """One parcel's hours, tick by tick."""

    problem: Problem
    columns: Columns
    parcel: int

    def causes(self) -> Counter[str]:
        """Count the ticks of each cause."""
        spent: Counter[str] = Counter()
        arrival = int(self.problem.parcels.ordered[self.parcel])
        way = way_of(self.problem, self.parcel)
        for visit, (place, lane) in enumerate(way):
            ready = int(self.columns.ready[self.parcel, visit])
            if ready == NOT_YET:
                return spent
            dwell = int(self.problem.facilities.dwell[place]) if place >= 0 else 0
            start = ready - dwell - int(self.columns.work_ticks[self.parcel, visit])
            spent.update(self.before_work(visit, place, t) for t in range(arrival, start))
            spent["sorting" if visit else "packing"] += ready - start
            number = int(self.columns.departure[self.parcel, visit])
            if visit == len(way) - 1:
                self.add_last_mile(spent, lane, ready, number)
                return spent
            if number == NOT_YET:
                return spent
            departs = int(self.problem.departures.tick[number])
            spent.update(
                self.before_departure(lane, ready, t, "next_departure", "full")
                for t in range(ready, departs)
            )
            arrival = int(self.problem.departures.arrives[number])
            if arrival >= self.problem.horizon:
                return spent
            if int(self.columns.lost_step[self.parcel]) == 2 * visit + 1:
                return spent
            spent["transit"] += arrival - departs
        raise AssertionError("a way has an end")

    def add_last_mile(self, spent: Counter[str], lane: int, ready: int, number: int) -> None:
        ended = int(self.columns.ended[self.parcel])
        if ended == NOT_YET:
            return
        leaves = int(self.problem.departures.tick[number])
        again = "full" if self.columns.attempts[self.parcel] == 1 else "between_attempts"
        spent.update(
            self.before_departure(lane, ready, t, "next_round", again) for t in range(ready, leaves)
        )
        spent["round"] += ended - leaves

    def before_work(self, visit: int, place: int, tick: int) -> str:
        if visit == 0 and tick < self.opening():
            return "closed"
        if place >= 0 and self.workers(place, tick) == 0:
            return "closed"
        return "sort_queue" if visit else "queue"

    def opening(self) -> int:
        """The tick at which the source would release it, had it room on every day."""
        source = self.problem.parcels.source[self.parcel]
        ordered = int(self.problem.parcels.ordered[self.parcel])
        gate = int(self.problem.sources.gate[source])
        if gate < 0:
            return ordered
        gates = self.problem.gates
        for day in range(gates.first[gate], gates.first[gate + 1]):
            if ordered < gates.cutoff[day]:
                return max(ordered, int(gates.opens[day]))
        raise AssertionError("it was never released")

    def workers(self, place: int, tick: int) -> int:
        staff = self.problem.staffing
        rows = [r for r in range(len(staff.tick)) if staff.facility[r] == place]
        return int([staff.workers[r] for r in rows if staff.tick[r] <= tick][-1])

    def before_departure(self, lane: int, ready: int, tick: int, waits: str, full: str) -> str:
        trips = self.problem.departures
        doors = int(self.problem.lanes.doors_close[lane])
        mine = [r for r in range(len(trips.tick)) if trips.lane[r] == lane]
        if self.problem.lanes.origin[lane] < 0:
            days = self.problem.sources.pickup_weekdays[self.problem.parcels.source[self.parcel]]
            mine = [r for r in mine if days >> int(trips.weekday[r]) & 1]
            doors = 0
        # what leaves only once it is full is nothing to count on, unless it left some behind
        mine = [r for r in mine if self.counts(r) or r == mine[-1]]
        ticks = [int(trips.tick[r]) for r in mine]
        first = next((t for t in ticks if (ready < t - doors if doors else ready <= t)), tick + 1)
        if tick >= first:
            return full
        dates = {(t - lane % 3) // DAY for t in ticks}
        return waits if (tick - lane % 3) // DAY in dates else "closed"

    def counts(self, departure: int) -> bool:
        leaves_anyway = self.problem.departures.least[departure] == 0
        return bool(leaves_anyway or self.columns.left_behind[departure])


def ended(columns: Columns) -> np.ndarray:
    """Which parcels have come to their end at a door."""
    return np.isin(columns.status, (Status.DELIVERED, Status.STOLEN, Status.RETURNED))
