"""Where parcels are worked: facilities, which have a queue, and sellers, which have none.

Both are joined and left in the same way, and both name the lane on which a parcel goes on.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import simpy

from logistics.simulation.clock import Clock, Turn


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
    loss: int
    damage: list[list[int]]
    _queue: deque[tuple[int, int, simpy.Event]] = field(default_factory=deque)
    _joined: int = 0
    _in_hand: int = 0
    _workers: int = 0

    def join(self, parcel: int, work_ticks: int) -> tuple[int, simpy.Event]:
        """Join the queue; return the first-come number and the event of the end of the work."""
        number, done = self._joined, self.clock.event()
        self._joined += 1
        self._queue.append((number, work_ticks, done))
        self._start()
        return number, done

    def leave(self) -> None:
        """Free the worker, at the end of the work."""
        self._in_hand -= 1
        self._start()

    def staff(self, workers: int) -> None:
        """Change the number of workers on duty."""
        self._workers = workers
        self._start()

    def lane_towards(self, station: int) -> int:
        """Return the number of the lane that leads to a delivery station, or of its round."""
        return self.next_lane[station]

    def _start(self) -> None:
        while self._queue and self._in_hand < self._workers:
            number, work_ticks, done = self._queue.popleft()
            self._in_hand += 1
            self.clock.schedule(done, self.clock.now + work_ticks, Turn.COMPLETION, number)


@dataclass(slots=True)
class Seller:
    """A seller: works on all released orders at once and hands them to its pickup lane."""

    clock: Clock
    pickup_lane: int
    loss: int
    damage: list[list[int]]
    dwell: int = 0

    def join(self, parcel: int, work_ticks: int) -> tuple[int, simpy.Event]:
        """Start the work at once; return the parcel's number and the event of the work's end."""
        return parcel, self.clock.at(self.clock.now + work_ticks, Turn.COMPLETION, parcel)

    def leave(self) -> None:
        """Nobody waits for a seller's hands."""

    def lane_towards(self, station: int) -> int:
        """Return the number of the pickup lane, wherever the parcel goes."""
        return self.pickup_lane
