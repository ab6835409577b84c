"""The clock: SimPy with whole ticks, where the order of things at one instant is data."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from enum import IntEnum
from functools import partial
from heapq import heappush
from operator import attrgetter
from typing import Any

import simpy

Process = Generator[simpy.Event, Any, None]

_NUMBER_BITS = 55


class Turn(IntEnum):
    """Who goes first at one instant. With a number added, it is an event's priority in SimPy.

    The priorities below these are SimPy's own: the start of a process, the end of the run.
    """

    CUT = 1 << _NUMBER_BITS
    STAFFING = 2 << _NUMBER_BITS
    COMPLETION = 3 << _NUMBER_BITS
    RELEASE = 4 << _NUMBER_BITS
    FAILED_BACK = 5 << _NUMBER_BITS
    ARRIVAL = 6 << _NUMBER_BITS
    DEPARTURE = 7 << _NUMBER_BITS
    WAVE = 8 << _NUMBER_BITS


class Clock:
    """A SimPy environment in which every event has a tick, a turn and a number."""

    __slots__ = ("_env", "event", "handled")

    now = property(attrgetter("_env._now"), doc="The current tick.")

    event: Callable[[], simpy.Event]
    """Return an event whose tick is not known yet; `schedule` it once it is."""

    handled: int
    """How many events SimPy has handled in `run`."""

    def __init__(self) -> None:
        """Start at tick 0, with nothing to happen."""
        self._env = simpy.Environment()
        self.event = self._env.event
        self.handled = 0

    def schedule(
        self, event: simpy.Event, tick: int, turn: Turn, number: int = 0, value: object = None
    ) -> None:
        """Let `event` happen at `tick`, in the order of (turn, number) at that instant.

        Whoever waits for it receives `value`.

        Raises ValueError when `tick` lies in the past: SimPy would run backwards in silence.
        """
        env = self._env
        if tick < env._now:
            raise ValueError(f"an event at tick {tick} lies before now, {env._now}")
        event._ok, event._value = True, value
        # What `env.schedule` does, without turning a tick into a delay and back.
        heappush(env._queue, (tick, turn | number, next(env._eid), event))  # type: ignore[misc]

    def at(self, tick: int, turn: Turn, number: int = 0) -> simpy.Event:
        """Return an event that happens at `tick`, in its turn, as in `schedule`."""
        event = simpy.Event(self._env)
        self.schedule(event, tick, turn, number)
        return event

    def process(self, steps: Process) -> None:
        """Run a generator that yields events of this clock, from now on."""
        self._env.process(steps)

    def call(self, tick: int, turn: Turn, number: int, action: Callable[[], None]) -> None:
        """Call `action` at `tick`, in its turn."""
        self.at(tick, turn, number).callbacks.append(lambda _: action())

    def may_end(self, cuts: Iterable[int], over: Callable[[int], bool]) -> None:
        """Let the run end at the first of the cuts, ticks, of which `over` says that it is over."""

        def ask(tick: int) -> None:
            if over(tick):
                raise simpy.core.StopSimulation(tick)

        for cut in cuts:
            self.call(cut, Turn.CUT, 0, partial(ask, cut))

    def run(self, horizon: int) -> int:
        """Run over ticks 0 <= t < horizon, and return the tick at which it ended.

        What lies beyond is forgotten, and its memory freed.
        """
        ended = self._env.run(until=horizon)
        self.handled = next(self._env._eid) - len(self._env._queue)  # all but those still to come
        self._env._queue.clear()
        return horizon if ended is None else int(ended)
