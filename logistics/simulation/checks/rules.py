"""The rules that parcels keep by themselves, and those of sums over all parcels of a run.

They take parcels in any order and in any number of pieces. Queues are apart: see `queues`, and
`queues_by_slice` for a run in time slices.
"""

from __future__ import annotations

from collections.abc import Callable

from logistics.runtime.threads import in_pieces
from logistics.simulation.checks.boarding import Boarding, Departures
from logistics.simulation.checks.clocks import Clocks, Pickups
from logistics.simulation.checks.ends import Ends
from logistics.simulation.checks.littles_law import LittlesLaw
from logistics.simulation.checks.rounds import Rounds
from logistics.simulation.checks.visits import Visit, Visits
from logistics.simulation.problem import Columns, Problem

_AT_ONCE = 1 << 16  # parcels: what is made of them stays in the processor's cache


class Rules:
    """All rules but those of queues and of the end of the run.

    All methods raise BrokenRunError at the first thing they find wrong.
    """

    def __init__(self, problem: Problem) -> None:
        """Begin with the network and the timetable of a problem; its parcels are not read."""
        self._pickups = Pickups(problem)
        self._boarding, self._rounds = Boarding(problem), Rounds(problem)
        self._area = LittlesLaw(problem)

    def add(
        self,
        problem: Problem,
        columns: Columns,
        visits: Visits,
        queue: Callable[[Visit], None],
        until: int,
    ) -> None:
        """Check the parcels of a problem, which have ended by tick `until` or wait at its horizon.

        `queue`: what takes in each of their visits, once its clocks are checked. Loads up to that
        tick are those of the run.
        """
        departures, clocks = Departures(problem, columns), Clocks(problem, columns)
        sums = (self._pickups, self._boarding, self._rounds, self._area)
        for part in sums:
            part.turn_to(problem, columns)
        self._boarding.look_back(until)

        def follow(span: slice) -> None:
            departures.check_named(span)
            ends = Ends(problem, columns, span)
            ends.check_status()
            for visit in visits.of(span):
                clocks.check(visit)
                self._pickups.check(visit)
                ends.add(visit)
                self._boarding.add(visit)
                queue(visit)
                self._area.add(visit)
            ends.check()
            self._rounds.add(ends)

        follow(slice(0, 0))  # so that there is something to settle, even without parcels
        in_pieces(follow, len(problem.parcels.ordered), _AT_ONCE)

    def settle(self) -> None:
        """Compare the sums, once all parcels are known; loads are those of the last columns."""
        self._boarding.settle()
        self._rounds.settle()
        self._area.settle(self._boarding.aboard[:-1])
