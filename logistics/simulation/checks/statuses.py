"""How each parcel stands at the end of the run, by its own word alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from logistics.simulation.checks.violation import Violation
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import MAX_ATTEMPTS, NEVER_HERE, NOT_YET, Status

Array = NDArray[Any]


def check_standing(problem: Problem, columns: Columns, span: slice) -> None:
    """Check that status, end, attempts and loss of a span of parcels agree.

    Raises BrokenRunError.
    """
    status, attempts = columns.status[span], columns.attempts[span]
    ended, lost_step = columns.ended[span], columns.lost_step[span]
    failures = problem.parcels.failures[span]
    parcels, breach = range(span.start, span.stop), Violation(problem)

    def stop(bad: Array, told: str, *values: Array) -> None:
        if bad.any():
            row = int(np.argmax(bad))
            words = told.format(*(value[row] for value in values), named(status[row]))
            breach.of_parcel(parcels[row], breach.round_of(parcels[row]), words)

    stop(status > max(Status), "there is no status {0}", status)
    delivered = (status == Status.DELIVERED) | (status == Status.STOLEN)
    returned = status == Status.RETURNED
    lost, under_way = status == Status.LOST, status == Status.UNDER_WAY
    stop(lost != (lost_step != NEVER_HERE), "its status is {1}, its lost step {0}", lost_step)
    stop(lost & (lost_step < 0), "there is no step {0} at which it could be lost", lost_step)
    over = delivered | returned
    stop(over != (ended != NOT_YET), "its status is {1}, its end tick {0}", ended)
    outside = (ended < 0) | (ended >= problem.horizon)
    stop(over & outside, "it ended at tick {0}, outside the run", ended)
    stolen = problem.parcels.stolen[span]
    stop(delivered & (stolen != (status == Status.STOLEN)), "its status is {0}")
    impossible = (
        (delivered & (attempts != failures + 1))
        | (returned & ((attempts != MAX_ATTEMPTS) | (failures != MAX_ATTEMPTS)))
        | (under_way & ((attempts > failures) | (attempts >= MAX_ATTEMPTS)))
        | (lost & (attempts > failures + 1))
    )
    stop(impossible, "{2} after {0} attempts, of which {1} fail", attempts, failures)


def named(status: int) -> str:
    """Return a status in words."""
    known = status in set(Status)
    return Status(status).name.lower().replace("_", " ") if known else f"status {status}"
