"""Facilities by the hour, from the columns of a run: arrivals, queue, workers, utilization."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from logistics.runs.run_columns import RunColumns
from logistics.runs.segments import walk, work_of
from logistics.runtime.threads import in_pieces
from logistics.vocabulary import NOT_YET, UNLIMITED, Array

_CHUNK = 1 << 18  # parcels at a time
_KEY = 1 << 40  # more than any tick


class OverTime:
    """A quantity of each facility that changes with its number of workers, summed over ticks."""

    def __init__(self, staff: Mapping[str, Array], value: Array) -> None:
        """Take changes of staff (from tick 0 on, sorted by tick) and the value from each on."""
        order = np.argsort(staff["facility"], kind="stable")
        facility = staff["facility"][order].astype(np.int64)
        self._tick, self._value = (a[order].astype(np.int64) for a in (staff["tick"], value))
        self._keys = facility * _KEY + self._tick
        length = np.diff(self._tick, append=0)
        length[np.flatnonzero(np.diff(facility, append=-1))] = 0  # to the next facility's first
        self._before = np.cumsum(self._value * length) - self._value * length

    def until(self, facility: Array, tick: Array) -> NDArray[np.int64]:
        """Return the sum from tick 0 to `tick` at each facility."""
        keys = np.asarray(facility, np.int64) * _KEY + tick
        row = np.searchsorted(self._keys, keys, "right") - 1
        return np.asarray(self._before[row] + self._value[row] * (tick - self._tick[row]))


class HourGrid:
    """The facilities of a run and its hours (UTC); `hour`: ticks of an hour."""

    def __init__(self, run: RunColumns) -> None:
        self.hour = 3_600_000 // run.scenario.days.tick_ms
        self.facilities = len(run.places["facilities"])
        self.hours = -(-run.period.horizon // self.hour)

    @property
    def edges(self) -> Array:
        """(hours + 1,) ticks at which the hours begin and end."""
        return np.arange(self.hours + 1) * self.hour

    def count(self, place: Array, tick: Array, weights: Array | None = None) -> Array:
        """Return (facilities, hours) how many ticks lie in each hour at each facility."""
        cell = place.astype(np.int64) * self.hours + tick // self.hour
        size = self.facilities * self.hours
        return np.bincount(cell, weights, size).reshape(self.facilities, self.hours)

    def time(self, place: Array, start: Array, end: Array) -> Array:
        """Return (facilities, hours) ticks between start and end, in the hour they lie in."""
        total = np.zeros((self.facilities, self.hours))
        while len(place):  # what runs past the hour goes on in the next
            edge = np.minimum(end, (start // self.hour + 1) * self.hour)
            total += self.count(place, start, edge - start)
            more = edge < end
            place, start, end = place[more], edge[more], end[more]
        return total


def facility_hours(run: RunColumns) -> pd.DataFrame:
    """Return one row per facility and hour (UTC) of the run.

    `arrivals`: parcels that came, orders placed at a source included. `queue`: parcels waiting for
    work at the end of the hour, those not yet released included. `workers`: mean on duty, missing
    where there is no queue. `utilisation`: share of that time in work on parcels whose work ended
    before the horizon, missing where nobody is on duty; work on what is lost there is not known.
    """
    grid = HourGrid(run)
    arrivals, starts = _arrivals_and_starts(run, grid)
    queued, duty = duty_by_hour(run, grid)
    workers = np.where(queued[:, None], duty / grid.hour, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        busy = work_by_hour(run, grid)
        utilization = np.where(workers > 0, busy / (workers * grid.hour), np.nan)
    names = pd.Categorical.from_codes(
        np.repeat(np.arange(grid.facilities), grid.hours), categories=run.places["facilities"]
    )
    return pd.DataFrame(
        {
            "facility": names,
            "hour_utc": np.tile(run.period.times(grid.edges[:-1]), grid.facilities),
            "arrivals": arrivals.ravel(),
            "queue": np.cumsum(arrivals - starts, axis=1).ravel(),
            "workers": workers.ravel(),
            "utilisation": utilization.ravel(),
        }
    )


def _arrivals_and_starts(run: RunColumns, grid: HourGrid) -> tuple[Array, Array]:
    """Return (facilities, hours) how many parcels came, and how many ceased to wait for work."""
    arrivals, starts = np.zeros((2, grid.facilities, grid.hours), np.int64)
    for visit in walk(run, np.arange(len(run))):
        came = visit.where(visit.place < grid.facilities)
        arrivals += grid.count(came.place, came.arrival)
        # what is lost here waits no more; since when, is not known
        lost = came.where(run.columns["lost_step"].take(came.row) == 2 * came.number)
        starts += grid.count(lost.place, lost.arrival)
        worked = came.worked()
        starts += grid.count(worked.place, work_of(run, worked)[0])
    return arrivals, starts


def work_by_hour(run: RunColumns, grid: HourGrid) -> Array:
    """Return (facilities, hours) ticks of work by all parcels, in the hour in which it was done."""
    total, lock = np.zeros((grid.facilities, grid.hours)), Lock()

    def add_up(span: slice) -> None:
        for visit in walk(run, np.arange(span.start, span.stop)):
            worked = visit.where((visit.ready != NOT_YET) & (visit.place < grid.facilities))
            part = grid.time(worked.place, *work_of(run, worked))
            with lock:
                np.add(total, part, out=total)

    in_pieces(add_up, len(run), _CHUNK)
    return total


def duty_by_hour(run: RunColumns, grid: HourGrid) -> tuple[NDArray[np.bool_], Array]:
    """Return (facilities,) who has a queue, and (facilities, hours) ticks of workers on duty.

    Where there is no queue, of nobody.
    """
    facility, workers = run.staff["facility"], run.staff["workers"]
    queued = np.ones(grid.facilities, np.bool_)
    queued[facility[workers == UNLIMITED]] = False
    over_time = OverTime(run.staff, np.where(queued[facility], workers, 0))
    return queued, np.diff(over_time.until(np.arange(grid.facilities)[:, None], grid.edges))
