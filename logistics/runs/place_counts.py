"""From a run to sums by facility and lane: where parcels wait, where they break, who is busy."""

from __future__ import annotations

from threading import Lock

import numpy as np
import pandas as pd

from logistics.analysis.measures.outcomes import Causes
from logistics.analysis.measures.place_totals import (
    HOURS_OF_DAY,
    SELLERS,
    DamagePlaces,
    PlaceNames,
    PlaceTotals,
)
from logistics.runs.causes import Segment
from logistics.runs.facility_hours import HourGrid, duty_by_hour, work_by_hour
from logistics.runs.measured_parcels import causes_of_measured
from logistics.runs.run_columns import RunColumns
from logistics.runs.segments import places_of_steps
from logistics.simulation.problem import DOOR_STEP, ROAD, ROUND, Hazards
from logistics.vocabulary import NEVER_HERE, TOUCH_KINDS, Array, Status
from networks.schema import FACILITY_KINDS, PACKAGING_GRADES

_SELLER, _ROUND, _DOOR_STEP = "seller", "round", "door step"
_WAITS = {False: ("queue", "sort_queue"), True: ("full",)}  # at facilities, on lanes


def count_places(run: RunColumns, hazards: Hazards) -> tuple[Causes, PlaceTotals, DamagePlaces]:
    """Return where the time of the measured parcels went: parcel by parcel, and by place.

    `hazards`: of the network that was run.
    """
    counter = _Counter(run, hazards)
    causes = causes_of_measured(run, counter.add)
    return causes, counter.totals(causes), counter.damage()


class _Counter:
    """Sums over the segments of the measured parcels' routes, which several threads may add.

    `_weight`: (parcels,) chance of damage of one delivered, over the hazard of its whole route.
    """

    def __init__(self, run: RunColumns, hazards: Hazards) -> None:
        self._run, self._hazards, self._lock = run, hazards, Lock()
        self.names = _names(run)
        self._parcels, self._waits, self._weights = {}, {}, {}
        risks = len(hazards.door_damage)
        for on_lane, count in ((False, len(self.names.facilities)), (True, len(self.names.lanes))):
            self._parcels[on_lane] = np.zeros(count, np.int64)
            self._weights[on_lane] = np.zeros(count * risks)
            self._waits[on_lane] = np.zeros(count)
        c = run.columns
        self._risk = c["product"].astype(np.int64) * len(PACKAGING_GRADES) + c["grade"]
        counted = run.measured & (c["status"] == Status.DELIVERED)
        hazard = c["hazard"].astype(np.float64)
        chance = -np.expm1(-hazard) / np.maximum(hazard, 1e-300)
        self._weight = np.where(counted & (hazard > 0), chance, 0.0)

    def add(self, one: Segment) -> None:
        """Add the segments of some parcels."""
        count = len(self._parcels[one.on_lane])
        risks = len(self._hazards.door_damage)
        parcels = np.bincount(one.place, minlength=count)
        cell = one.place.astype(np.int64) * risks + self._risk.take(one.row)
        weights = np.bincount(cell, self._weight.take(one.row), count * risks)
        waits = [
            np.bincount(one.place, one.ticks[cause], count)
            for cause in _WAITS[one.on_lane]
            if cause in one.ticks
        ]
        with self._lock:
            self._parcels[one.on_lane] += parcels
            self._weights[one.on_lane] += weights
            for ticks in waits:
                self._waits[one.on_lane] += ticks

    def totals(self, causes: Causes) -> PlaceTotals:
        """Return the sums by place, and who was busy and what was full."""
        run, lanes = self._run, len(self.names.lanes)
        hour = causes.ticks_per_hour
        _, date = run.trip_dates
        measured = (date >= run.scenario.days.warm_up_days) & (
            date < run.scenario.days.warm_up_days + causes.dates
        )
        measured &= run.trip_left
        lane, behind = run.trips["lane"][measured], run.trips["left_behind"][measured]
        busy, duty = _busy_and_duty(run)
        return PlaceTotals(
            names=self.names,
            runs=1,
            days=causes.dates,
            orders=len(causes.allowed),
            parcels_at=self._parcels[False],
            queue_hours=self._waits[False] / hour,
            busy_hours=busy,
            duty_hours=duty,
            parcels_on=self._parcels[True],
            full_hours=self._waits[True] / hour,
            departures=np.bincount(lane, minlength=lanes),
            full=np.bincount(lane[behind > 0], minlength=lanes),
            left_behind=np.bincount(lane, behind, lanes).astype(np.int64),
        )

    def damage(self) -> DamagePlaces:
        """Return what broke where, and what was to be expected."""
        names, run = self.names, self._run
        kinds = [k for k in (*FACILITY_KINDS, _SELLER) if k in names.kinds]
        modes = sorted({m for m in names.modes if m != _ROUND})
        places = (*kinds, *modes, _ROUND, _DOOR_STEP)
        row = {place: number for number, place in enumerate(places)}
        at, on = (np.array([row[k] for k in of]) for of in (names.kinds, names.modes))
        counted = run.measured & (run.columns["status"] == Status.DELIVERED)
        return DamagePlaces(
            places=places,
            delivered=int(counted.sum()),
            damaged=self._damaged(counted, at, on, len(places)),
            expected=self._expected(at, on, len(places)),
        )

    def _expected(self, at: Array, on: Array, places: int) -> Array:
        h, risks = self._hazards, len(self._hazards.door_damage)
        table = np.zeros((places, len(TOUCH_KINDS)))
        weights = self._weights[False].reshape(-1, risks)
        by_visit = np.einsum("fr,fkr->fk", weights, h.visit_damage / 1e12)
        np.add.at(table[:, : by_visit.shape[1]], at, by_visit)
        by_lane = (self._weights[True].reshape(-1, risks) * (h.lane_damage / 1e12)).sum(axis=1)
        np.add.at(table, (on, np.where(on == places - 2, ROUND, ROAD)), by_lane)
        door = np.bincount(self._risk, self._weight, risks) * (h.door_damage / 1e12)
        table[places - 1, DOOR_STEP] = door.sum()
        return table

    def _damaged(self, counted: Array, at: Array, on: Array, places: int) -> Array:
        c = self._run.columns
        step = np.where(counted & (c["damaged_kind"] >= 0), c["damaged_step"], NEVER_HERE)
        where = places_of_steps(self._run, step)
        rows = np.flatnonzero(where >= 0)
        kind = c["damaged_kind"][rows]
        place = np.concatenate([at[:-1], on, at[-1:]])[where[rows]]
        place[kind == DOOR_STEP] = places - 1
        cells = place * len(TOUCH_KINDS) + kind
        count = np.bincount(cells, minlength=places * len(TOUCH_KINDS))
        return count.reshape(places, len(TOUCH_KINDS))


def _names(run: RunColumns) -> PlaceNames:
    places = run.places
    sellers = len(places["facilities"])
    origin = [sellers if one < 0 else one for one in places["lane_origin"]]
    modes = [
        _ROUND if destination < 0 else lane.rsplit(" by ", 1)[1]
        for lane, destination in zip(places["lanes"], places["lane_destination"], strict=True)
    ]
    return PlaceNames(
        facilities=(*places["facilities"], SELLERS),
        kinds=(*places["kinds"], _SELLER),
        lanes=tuple(places["lanes"]),
        modes=tuple(modes),
        origin=tuple(origin),
        destination=tuple(places["lane_destination"]),
    )


def _busy_and_duty(run: RunColumns) -> tuple[Array, Array]:
    """Return (facilities + 1, 24) hours of workers in work and on duty, on the measured dates.

    By local hour. Of facilities without a queue, and sellers, there are none.
    """
    grid = HourGrid(run)
    busy, (queued, duty) = work_by_hour(run, grid), duty_by_hour(run, grid)
    busy[~queued] = 0
    zone = run.period.zone_numbers(run.places["facility_zones"])
    local = _local_hours(run, grid)[zone]
    cell = np.arange(grid.facilities)[:, None] * HOURS_OF_DAY + local
    cells = (grid.facilities + 1) * HOURS_OF_DAY
    busy, duty = (
        np.bincount(cell[local >= 0], table[local >= 0], cells).reshape(-1, HOURS_OF_DAY)
        for table in (busy, duty)
    )
    return busy / grid.hour, duty / grid.hour


def _local_hours(run: RunColumns, grid: HourGrid) -> Array:
    """Return (time zones, hours) the local hour of each hour of a measured date; -1 else."""
    days = run.scenario.days
    first = pd.Timestamp(days.first_day)
    times = pd.DatetimeIndex(run.period.times(grid.edges[:-1]), tz="UTC")
    clock = []
    for name in run.period.time_zones:
        local = times.tz_convert(name).tz_localize(None)
        measured = (local >= first) & (local < first + pd.Timedelta(days=days.days))
        clock.append(np.where(measured, local.hour, -1))
    return np.stack(clock)
