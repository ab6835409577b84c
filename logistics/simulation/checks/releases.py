"""When orders are released for work, from the calendars of release windows alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from logistics.simulation.problem import Problem
from logistics.vocabulary import Array

_AT_ONCE = 1 << 16
_SOURCE = 1 << 40  # more than any number of slots of a source, and any tick


def releases(problem: Problem) -> Array:
    """Return (parcels,) the tick at which each order is released, or the horizon if that is later.

    Think of the working days of a release window as a row of slots, `daily_capacity` per day: an
    order takes the first slot of the day that its cutoff gives, or the one after the last order's.
    """
    ordered = problem.parcels.ordered
    if (problem.sources.gate < 0).all():
        return ordered
    released = ordered.copy()
    cutoffs = _keys(problem)
    for span in _whole_sources(problem):
        source = problem.parcels.source[span]
        gated = problem.sources.gate[source] >= 0
        if gated.any():
            rows = slice(None) if gated.all() else np.flatnonzero(gated)
            released[span][rows] = _release(problem, cutoffs, ordered[span][rows], source[rows])
    return released


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


def _release(problem: Problem, cutoffs: Array, ordered: Array, source: Array) -> Array:
    gates, horizon = problem.gates, problem.horizon
    gate = problem.sources.gate[source].astype(np.int64)
    first = gates.first[gate].astype(np.int64)
    day = np.searchsorted(cutoffs, gate * _SOURCE + ordered, side="right") - first
    capacity = problem.sources.daily_capacity[source].astype(np.int64)
    limited = np.flatnonzero(capacity > 0)
    if len(limited):
        numbers = source[limited].astype(np.int64) - source[0]
        slots = _slots(day[limited] * capacity[limited], numbers)
        day[limited] = slots // capacity[limited]
    row = first + day
    ever = row < gates.first[gate + 1]
    opens = np.append(gates.opens, horizon)[np.where(ever, row, len(gates.opens))]
    return np.asarray(np.minimum(np.maximum(ordered, opens), horizon))


def _slots(earliest: Array, source: Array) -> Array:
    """Return each order's slot: its earliest, or the next after the order before it."""
    number = np.arange(len(earliest))
    lead = source * _SOURCE + earliest - number
    return np.asarray(np.maximum.accumulate(lead) - source * _SOURCE + number)
