"""Where parcels are worked: facilities, which have a queue, and sellers, which have none.

Both are joined and left in the same way, and both name the lane on which a parcel goes on.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import simpy

from logistics.simulation.clock import Clock, Turn
from logistics.simulation.textbook.parcel import Touches


@dataclass(frozen=True, slots=True)
class Law:
    """How long work takes at a place, by a parcel's number."""

    length: float
    factors: list[float]
    most: int

    def ticks(self, number: int) -> int:
        """Return the ticks of work on a parcel."""
        ticks = self.length * self.factors[number]
        return max(1, min(self.most, round(ticks))) if ticks else 0


# SimPy's Resource would not do: when its capacity rises by two, it wakes one of those who wait.
@dataclass(slots=True)
class Facility:
    """A facility: workers take parcels from its queue, first come first served.

    Work begun is always finished. A parcel may start when fewer are in hand than there are workers
    on duty, so after a fall the workers who finish first go home.
    """

    clock: Clock
    dwell: int
    next_lane: list[int]
    touches: Touches
    law: Law
    _queue: deque[tuple[int, int, simpy.Event]] = field(default_factory=deque)
    _joined: int = 0
    _in_hand: int = 0
    _workers: int = 0

    def join(self, parcel: int, work_ticks: int) -> simpy.Event:
        """Join the queue; the end of the work brings the first-come number."""
        done = self.clock.event()
        self._queue.append((self._joined, work_ticks, done))
        self._joined += 1
        self._call_in()
        return done

    def leave(self) -> None:
        """Free the worker, at the end of the work."""
        self._in_hand -= 1
        self._call_in()

    def staff(self, workers: int) -> None:
        """Change the number of workers on duty."""
        self._workers = workers
        self._call_in()

    def _call_in(self) -> None:
        while self._queue and self._in_hand < self._workers:
            number, work_ticks, done = self._queue.popleft()
            self._in_hand += 1
            end = self.clock.now + work_ticks
            self.clock.schedule(done, end, Turn.COMPLETION, number, value=number)


@dataclass(slots=True)
class Seller:
    """A seller: works on all released orders at once and hands them to its pickup lane."""

    clock: Clock
    next_lane: list[int]
    touches: Touches
    law: Law
    dwell: int = 0

    def join(self, parcel: int, work_ticks: int) -> simpy.Event:
        """Start the work at once; its end brings the parcel's number."""
        done = self.clock.event()
        end = self.clock.now + work_ticks
        self.clock.schedule(done, end, Turn.COMPLETION, parcel, value=parcel)
        return done

    def leave(self) -> None:
        """No order waits for a seller: it works on all of them at once."""
