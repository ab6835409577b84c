"""Facilities by the hour, from the columns of a run: arrivals, queue, workers, utilisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from logistics.vocabulary import NEVER_HERE, NOT_YET, UNLIMITED

if TYPE_CHECKING:
    import pandas as pd

    from logistics.runs.run import Run

Array = NDArray[Any]


def facility_hours(run: Run) -> pd.DataFrame:
    """Return one row a facility and hour (UTC) of the run.

    `arrivals`: parcels that came, orders placed at a source included. `queue`: parcels waiting for
    work at the end of the hour, those behind a gate included. `workers`: mean on duty, missing
    where there is no queue. `utilisation`: share of that time in work on parcels whose work ended
    before the horizon, missing where nobody is on duty; work on what is lost there is not known.
    """
    import pandas as pd  # noqa: PLC0415

    hour = 3_600_000 // run.scenario.days.tick_ms
    hours = -(-run.period.horizon // hour)
    facilities = len(run.places["facilities"])
    arrivals, starts, busy = np.zeros((3, facilities * hours))
    for visit in range(run.visits["ready"].shape[1]):
        place, arrival, start, end = _work_of_visit(run, visit)
        slot = place * hours
        arrivals += np.bincount(slot + arrival // hour, minlength=len(arrivals))
        done = start != NOT_YET
        slot, start, end = slot[done], start[done], end[done]
        starts += np.bincount(slot + start // hour, minlength=len(starts))
        while len(slot):  # work that runs past the hour goes on in the next
            edge = np.minimum(end, (start // hour + 1) * hour)
            busy += np.bincount(slot + start // hour, weights=edge - start, minlength=len(busy))
            more = (edge < end) & (edge < run.period.horizon)
            slot, start, end = slot[more], edge[more], end[more]
    shape = (facilities, hours)
    workers = _mean_workers(run, hours, hour)
    with np.errstate(divide="ignore", invalid="ignore"):
        utilisation = np.where(workers > 0, busy.reshape(shape) / (workers * hour), np.nan)
    queue = np.cumsum((arrivals - starts).reshape(shape), axis=1)
    names = pd.Categorical.from_codes(
        np.repeat(np.arange(facilities), hours), categories=run.places["facilities"]
    )
    return pd.DataFrame(
        {
            "facility": names,
            "hour_utc": np.tile(run.period.times(np.arange(hours) * hour), facilities),
            "arrivals": arrivals.astype(np.int64),
            "queue": queue.astype(np.int64).ravel(),
            "workers": workers.ravel(),
            "utilisation": utilisation.ravel(),
        }
    )


def _work_of_visit(run: Run, visit: int) -> tuple[Array, Array, Array, Array]:
    """Return place, arrival, start and end of work of the parcels that came to a visit."""
    c = run.columns
    rows = np.arange(len(run))
    place = run.place_of_visit(rows, visit).astype(np.int64)
    if visit == 0:
        arrival = c["ordered"].astype(np.int64)
        came = place >= 0
    else:
        trip = run.visits["departure"][:, visit - 1]
        arrival = run.trips["arrives"][np.where(trip == NOT_YET, 0, trip)].astype(np.int64)
        came = (place >= 0) & (arrival < run.period.horizon)
        lost = c["lost_step"]
        came &= (lost == NEVER_HERE) | (lost >= 2 * visit)
        came &= visit <= c["last_visit"]
    place, arrival = place[came], arrival[came]
    ready = run.visits["ready"][came, visit].astype(np.int64)
    end = ready - np.asarray(run.places["dwell"])[place]
    start = end - run.visits["work"][came, visit]
    unfinished = ready == NOT_YET
    lost_here = c["lost_step"][came] == 2 * visit  # it waits no more, from when is not known
    start = np.where(lost_here, arrival, np.where(unfinished, NOT_YET, start))
    return place, arrival, start, np.where(lost_here, arrival, end)


def _mean_workers(run: Run, hours: int, hour: int) -> Array:
    """Return (facilities, hours) mean workers on duty; NaN where there is no queue."""
    facilities = len(run.places["facilities"])
    mean = np.empty((facilities, hours))
    edges = np.arange(hours + 1) * hour
    for number in range(facilities):
        rows = run.staff["facility"] == number
        tick, workers = run.staff["tick"][rows], run.staff["workers"][rows]
        if (workers == UNLIMITED).any():
            mean[number] = np.nan
            continue
        inside = np.unique(np.concatenate([edges, tick[tick < edges[-1]]]))
        on_duty = workers[np.searchsorted(tick, inside[:-1], "right") - 1]
        total = np.concatenate([[0.0], np.cumsum(on_duty * np.diff(inside))])
        mean[number] = np.diff(total[np.searchsorted(inside, edges)]) / hour
    return mean
