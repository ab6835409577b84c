"""When orders are released for work, from the calendars of release windows alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from logistics.simulation.problem import Problem
from logistics.vocabulary import Array

_AT_ONCE = 1 << 16
_SOURCE = 1 << 40  # more than any number of slots of a source, and any tick


class Releases:
    """When orders are released, as they are placed.

    Think of the working days of a release window as a row of slots, `daily_capacity` per day: an
    order takes the first slot of the day that its cutoff gives, or the one after the last order's.
    """

    def __init__(self, problem: Problem) -> None:
        """Begin with all slots of a problem's release windows free."""
        self._cutoffs = _keys(problem)
        self._next_slot = np.zeros(len(problem.sources.gate), np.int64)

    def of(self, problem: Problem) -> Array:
        """Return (parcels,) the tick at which each order is released, or the horizon if later.

        The parcels of the problem are those ordered after all that came before.
        """
        ordered = problem.parcels.ordered
        if (problem.sources.gate < 0).all():
            return ordered
        released = ordered.copy()
        for span in _whole_sources(problem):
            source = problem.parcels.source[span]
            gated = problem.sources.gate[source] >= 0
            if gated.any():
                rows = slice(None) if gated.all() else np.flatnonzero(gated)
                released[span][rows] = self._release(problem, ordered[span][rows], source[rows])
        return released

    def _release(self, problem: Problem, ordered: Array, source: Array) -> Array:
        gates, horizon = problem.gates, problem.horizon
        gate = problem.sources.gate[source].astype(np.int64)
        first = gates.first[gate].astype(np.int64)
        day = np.searchsorted(self._cutoffs, gate * _SOURCE + ordered, side="right") - first
        capacity = problem.sources.daily_capacity[source].astype(np.int64)
        limited = np.flatnonzero(capacity > 0)
        if len(limited):
            slots = self._slots(day[limited] * capacity[limited], source[limited])
            day[limited] = slots // capacity[limited]
        row = first + day
        ever = row < gates.first[gate + 1]
        opens = np.append(gates.opens, horizon)[np.where(ever, row, len(gates.opens))]
        return np.asarray(np.minimum(np.maximum(ordered, opens), horizon))

    def _slots(self, earliest: Array, source: Array) -> Array:
        """Return each order's slot: its earliest, or the next after the order before it."""
        first = np.flatnonzero(np.diff(source, prepend=-1))
        own = source[first]
        earliest[first] = np.maximum(earliest[first], self._next_slot[own])
        number = np.arange(len(earliest))
        base = (source.astype(np.int64) - int(source[0])) * _SOURCE
        slots = np.maximum.accumulate(base + earliest - number) - base + number
        self._next_slot[own] = slots[np.append(first[1:], len(slots)) - 1] + 1
        return np.asarray(slots)


def _whole_sources(problem: Problem) -> Iterator[slice]:
    """Yield spans of parcels that do not cut through a source."""
    source = problem.parcels.source
    first = np.flatnonzero(np.diff(source, prepend=-1))
    begin = 0
    while begin < len(source):
        after = np.searchsorted(first, begin + _AT_ONCE)
        end = int(first[after]) if after < len(first) else len(source)
        yield slice(begin, end)
        begin = end


def _keys(problem: Problem) -> Array:
    gates = problem.gates
    gate = np.repeat(np.arange(len(gates.first) - 1), np.diff(gates.first))
    return gate * _SOURCE + gates.cutoff
