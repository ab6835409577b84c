"""Where two runs of one problem differ, in words, and in which small world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import numpy as np
from random_worlds import Sketch, World, world_of
from smaller import smallest

from logistics.simulation import textbook
from logistics.simulation.problem import Columns, Problem

Engine = Callable[[Problem], Columns]


def assert_agreement(problem: World, run: Engine) -> None:
    """Compare an engine with the textbook one; tell a difference in a world as small as can be."""

    def told(sketch: Sketch) -> str | None:
        made = sketch.problem()
        return difference(made, textbook.run(made), run(made))

    def differs(sketch: Sketch) -> bool:
        try:
            return told(sketch) is not None
        except (ArithmeticError, IndexError, ValueError):
            return False  # it fails, but in another way

    if told(problem.sketch) is not None:
        small = smallest(problem.sketch, differs)
        raise AssertionError(f"{told(small)}, in {world_of(small)!r}")


def difference(problem: Problem, expected: Columns, found: Columns) -> str | None:
    """Return where two runs first differ, in a sentence, or None where they do not."""
    for name in (field.name for field in fields(Columns) if field.compare):
        one, other = getattr(expected, name), getattr(found, name)
        if (one.dtype, one.shape) != (other.dtype, other.shape):
            return f"{name}: textbook {one.dtype}{one.shape}, batch {other.dtype}{other.shape}"
        unequal = np.argwhere(one != other)
        if len(unequal):
            at = tuple(unequal[0].tolist())
            return (
                f"{name} of {_described(problem, name, at)}: textbook {one[at]}, batch {other[at]}"
            )
    return None


def _described(problem: Problem, name: str, at: tuple[int, ...]) -> str:
    if name == "horizon":
        return "the run"
    if name in ("load", "left_behind"):
        departures, row = problem.departures, at[0]
        lane = problem.lanes.ids[departures.lane[row]]
        return f"departure {row} (lane {lane}, tick {departures.tick[row]})"
    parcels, row = problem.parcels, at[0]
    station = problem.facilities.ids[parcels.station[row]]
    visit = f", visit {at[1]}" if len(at) > 1 else ""
    return (
        f"parcel {row} (order {parcels.order[row]}, source {parcels.source[row]}, "
        f"to {station}){visit}"
    )
