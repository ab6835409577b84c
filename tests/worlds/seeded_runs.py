"""The seeded worlds, and what becomes of each in either engine: made once, compared by all tests.

Nobody may write into the columns: who wants others makes a copy.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache

from random_worlds import World, world

from logistics.simulation import textbook
from logistics.simulation.batch import engine as batch
from logistics.simulation.problem import Columns

SEEDED = 300
"""How many of them are compared in full; each test says how many it takes."""

ENGINES = {"batch": batch.run, "textbook": textbook.run}


@cache
def seeded_world(seed: int) -> World:
    """Return a world of `random_worlds.world`, which engines only read."""
    return world(seed)


@cache
def seeded_run(seed: int, engine: str) -> Columns:
    """Return the columns of a seeded world; they cannot be written to."""
    columns = ENGINES[engine](seeded_world(seed))
    for field in fields(columns):
        getattr(columns, field.name).setflags(write=False)
    return columns
