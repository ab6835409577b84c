"""A run ends at its horizon, or at the first of its cuts when all that it follows has ended."""

from __future__ import annotations

import numpy as np

from logistics.errors import BrokenRunError
from logistics.simulation.problem import Columns, Problem
from logistics.vocabulary import Status


def check_ending(problem: Problem, columns: Columns) -> None:
    """Check when a run ended.

    Raises BrokenRunError where its ending does not say so, where a parcel that it follows is under
    way, or where none ended since the cut before.
    """
    ending, horizon = problem.ending, int(columns.horizon)
    if horizon == problem.horizon and not len(ending.cuts):
        return
    early = horizon < problem.horizon
    if horizon > problem.horizon or (early and horizon not in ending.cuts):
        raise BrokenRunError("the whole run", f"it ended at tick {horizon}, which is no cut")
    ordered = problem.parcels.ordered
    followed = np.flatnonzero((ordered >= ending.first) & (ordered < ending.end))
    status, ended = columns.status[followed], columns.ended[followed]
    under_way = followed[status == Status.UNDER_WAY]
    if early and len(under_way):
        parcel, order = int(under_way[0]), problem.parcels.order[under_way[0]]
        text = f"it ended at tick {horizon}, but this parcel is under way"
        raise BrokenRunError("the whole run", text, parcel, int(order))
    before = ending.cuts[ending.cuts < horizon]
    may_be_late = (status == Status.UNDER_WAY) | (status == Status.LOST)
    if len(before) and not (may_be_late | (ended >= before[-1])).any():
        text = f"it ended at tick {horizon}, but all had ended at {before[-1]}"
        raise BrokenRunError("the whole run", text)
