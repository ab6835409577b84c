"""Dated events: from when to when, which places they hit, and what they do there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from logistics.scenario.events import Closure

Array = NDArray[Any]

CANCELED = -1
"""Capacity of a departure that does not leave at all."""


class Effect(Protocol):
    """What an event does to the facilities and lanes it hits."""

    def workers(self, count: Array) -> Array:
        """Return how many work, from how many would."""

    def capacity(self, capacity: Array) -> Array:
        """Return what departures take, in parcels, or CANCELED, from what they would take.

        A departure without a limit has the capacity `logistics.vocabulary.UNLIMITED`.
        """


class Closed:
    """Nobody works and nothing leaves."""

    def workers(self, count: Array) -> Array:
        """Return nobody."""
        return np.zeros_like(count)

    def capacity(self, capacity: Array) -> Array:
        """Return that no departure leaves."""
        return np.full_like(capacity, CANCELED)


@dataclass(frozen=True)
class Event:
    """An effect on some places for a while.

    `start`, `end`: local time of each place it hits, a lane's being that of its origin. It hits the
    facility or lane of the id `place`, or else every facility of a `kind` ('hub') or in a `market`
    ('606'); a facility with all lanes and delivery routes that leave it. `field`: where it is
    written, for errors.
    """

    start: datetime
    end: datetime
    effect: Effect
    place: str = ""
    kind: str = ""
    market: str = ""
    field: str = "event"


def closings(closures: Iterable[Closure]) -> tuple[Event, ...]:
    """Return a scenario's closures as events."""
    return tuple(
        Event(one.start, one.end, Closed(), one.place, field=f"closures[{row}].place")
        for row, one in enumerate(closures)
    )
