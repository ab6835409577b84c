"""Examples of other simulators, told again to the second: every instant must come out equal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.known_answers.answers import Answer
from benchmarks.known_answers.departures import dock
from benchmarks.known_answers.queues import Visits, visits_of
from benchmarks.known_answers.small_world import DAY, HOUR, World, lane, network, station


def _ticks(times: list[float], unit: int) -> NDArray[np.int64]:
    return DAY + np.rint(np.array(times) * unit).astype(np.int64)


def _units(hours: NDArray[np.float64]) -> list[float]:
    """Return instants in units of a minute since the start of the second day."""
    return [round(float(hour) - 1440, 9) for hour in hours]


def trucks(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Replay trucks of given sizes: which one took each parcel."""
    p = answer.parameters
    times, sizes = p["departures"], p["capacities"]
    unit = 20 * HOUR  # minutes hold a twentieth of a unit
    minutes = [round(time * 20) for time in times]
    departs = " ".join(
        f"{m // 60:02d}:{m % 60:02d}x{size}" for m, size in zip(minutes, sizes, strict=True)
    )
    way = max(p.get("trip_times", [1 / 20])) * unit / (60 * HOUR)
    world = World(dock(lane(departs, 1, way)), 1)
    run = world.run(_ticks(p["arrivals"], unit), seed)
    took = run.trips["tick"][run.visits["departure"][:, 0]].astype(np.int64) - DAY
    return {p["figure"]: [round(float(tick) / unit, 9) for tick in took]}


def workers(answer: Answer, seed: int) -> Mapping[str, Any]:
    """Replay a place with workers: when each parcel's work began and ended; a unit is a minute."""
    p = answer.parameters
    arrivals = p["arrivals"]
    shifts = p.get("shifts") or f"00:00-24:00 {p['servers']}"
    world = World(network({"A": station(shifts=shifts, work_seconds=60.0 * p["service"])}), 1)
    visits = visits_of(world.run(_ticks(arrivals, HOUR), seed))
    return _seen(visits, p)


def _seen(visits: Visits, p: Mapping[str, Any]) -> dict[str, Any]:
    """Return the instants; those of work that ended by the example's own horizon, if it has one."""
    inside = visits.ended <= 1440 + p.get("horizon", np.inf)
    return {
        "arrivals": _units(visits.arrived[inside]),
        "starts": _units(visits.started[inside]),
        "service_starts_sorted": sorted(_units(visits.started[inside])),
        "ends": _units(visits.ended[inside]),
    }
