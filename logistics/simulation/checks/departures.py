"""Departures: none over capacity, none that rolls parcels with capacity left."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.checks.violation import Violation
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import NOT_YET

Array = NDArray[Any]


def check_departures(problem: Problem, columns: Columns) -> None:
    """Check what every departure says of itself.

    Raises BrokenRunError.
    """
    departures, stop = problem.departures, Violation(problem).of_departures
    load, left, capacity = columns.load, columns.left_behind, departures.capacity
    on_lane = problem.lanes.destination[departures.lane] >= 0
    stop(load < 0, lambda d: f"its load is {load[d]}")
    stop(load > capacity, lambda d: f"its load is {load[d]}, its capacity {capacity[d]}")
    stop(left < 0, lambda d: f"it left {left[d]} parcels behind")
    stop(
        (left > 0) & (load < capacity),
        lambda d: f"it left {left[d]} parcels behind, with {load[d]} of {capacity[d]} places taken",
    )
    stop(
        (departures.tick >= problem.horizon) & ((load != 0) | (left != 0)),
        lambda d: f"it took {load[d]} parcels and left {left[d]}, after the end of the run",
    )
    stop(
        on_lane & (load > 0) & (departures.arrives <= departures.tick),
        lambda d: f"it arrives at tick {departures.arrives[d]}, not after it departs",
    )


def check_named(problem: Problem, columns: Columns, span: slice) -> None:
    """Check that there is every departure that a span of parcels names.

    Raises BrokenRunError.
    """
    taken = columns.departure[span]
    unknown = (taken >= len(problem.departures.tick)) | ((taken < 0) & (taken != NOT_YET))
    if unknown.any():
        row, visit = (int(at) for at in np.argwhere(unknown)[0])
        no = f"there is no departure {taken[row, visit]}"
        Violation(problem).of_parcel(span.start + row, f"visit {visit}", no)


def check_loads(problem: Problem, columns: Columns, aboard: Array) -> None:
    """Check loads against (departures,) the number of parcels that name each.

    Raises BrokenRunError.
    """
    departures, load = problem.departures, columns.load
    on_lane = problem.lanes.destination[departures.lane] >= 0
    # Those who failed on a round may have named a later wave since.
    exact = on_lane | (departures.arrives >= problem.horizon)
    Violation(problem).of_departures(
        np.where(exact, aboard != load, aboard > load),
        lambda d: f"its load is {load[d]}, but {aboard[d]} parcels say they took it",
    )
