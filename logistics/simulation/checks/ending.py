"""A run ends at its horizon, or at the first of its cuts when all that it follows has ended."""

from __future__ import annotations

import numpy as np

from logistics.errors import BrokenRunError
from logistics.simulation.problem import Columns, Parcels, Problem
from logistics.vocabulary import NOT_YET, Status


class EndOfRun:
    """When a run ended, and how those that it follows stood then.

    All methods raise BrokenRunError at the first thing they find wrong.
    """

    def __init__(self, problem: Problem) -> None:
        """Begin with the ending and the horizon of a problem; its parcels are not read."""
        self._ending, self._horizon = problem.ending, problem.horizon
        self._under_way: tuple[int, int] | None = None
        self._may_be_late = False
        self._latest = NOT_YET

    def add(self, parcels: Parcels, columns: Columns) -> None:
        """Take in some parcels of the run."""
        followed = (parcels.ordered >= self._ending.first) & (parcels.ordered < self._ending.end)
        rows = np.flatnonzero(followed)
        status = columns.status[rows]
        under_way = rows[status == Status.UNDER_WAY]
        if len(under_way) and self._under_way is None:
            self._under_way = int(under_way[0]), int(parcels.order[under_way[0]])
        may_be_late = (status == Status.UNDER_WAY) | (status == Status.LOST)
        self._may_be_late = self._may_be_late or bool(may_be_late.any())
        self._latest = max(self._latest, int(columns.ended[rows].max(initial=NOT_YET)))

    def settle(self, horizon: int) -> None:
        """Check the tick at which the run ended: is it a cut, and the first that it could be?"""
        cuts = self._ending.cuts
        if horizon == self._horizon and not len(cuts):
            return
        early = horizon < self._horizon
        if horizon > self._horizon or (early and horizon not in cuts):
            raise BrokenRunError("the whole run", f"it ended at tick {horizon}, which is no cut")
        if early and self._under_way:
            text = f"it ended at tick {horizon}, but this parcel is under way"
            raise BrokenRunError("the whole run", text, *self._under_way)
        before = cuts[cuts < horizon]
        if len(before) and not (self._may_be_late or self._latest >= before[-1]):
            text = f"it ended at tick {horizon}, but all had ended at {before[-1]}"
            raise BrokenRunError("the whole run", text)
