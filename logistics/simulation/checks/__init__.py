"""What must hold in every run, whatever engine made it; a run that violates it is stopped.

Read from a `Problem` and its `Columns` alone, independently of both engines.

- Every parcel is exactly one of delivered, stolen, lost, returned and under way, and its status,
  attempts, end and lost step agree (`ends`).
- Its clocks are in order, each departure it took is of the lane that leads toward its station, and
  its five times are what its clocks say (`clocks`, `ends`).
- No departure is over capacity; loads and rolled volume match the parcels; the oldest
  board first (`boarding`, `rounds`).
- No facility has more jobs in progress than workers, first come is first served, and no parcel
  waits while a worker is free (`queues`).
- It went on to its horizon, or ended when all that it follows had ended (`ending`).
- What trucks brought and took accounts for every tick parcels spent at a place: Little's law
  (`littles_law`).

Not checked: damage, and what became of a parcel's earlier attempts, which the columns do not keep.
"""

from __future__ import annotations

from dataclasses import replace

from logistics.runtime.threads import in_pieces
from logistics.simulation.checks.boarding import Boarding, Departures
from logistics.simulation.checks.clocks import Clocks, Pickups
from logistics.simulation.checks.ending import check_ending
from logistics.simulation.checks.ends import Ends
from logistics.simulation.checks.littles_law import LittlesLaw
from logistics.simulation.checks.queues import Queues
from logistics.simulation.checks.releases import releases
from logistics.simulation.checks.rounds import Rounds
from logistics.simulation.checks.visits import Visits
from logistics.simulation.problem import Columns, Problem

_AT_ONCE = 1 << 16  # parcels: what is made of them stays in the processor's cache


def check_run(problem: Problem, columns: Columns) -> None:
    """Check a run; `columns` are what an engine returned for `problem`.

    Raises BrokenRunError, naming parcel and place, for the first thing found wrong.
    """
    check_ending(problem, columns)
    problem = replace(problem, horizon=int(columns.horizon))
    departures = Departures(problem, columns)
    departures.check()
    visits = Visits(problem, columns, releases(problem))
    clocks, pickups = Clocks(problem, columns), Pickups(problem, columns)
    boarding, rounds = Boarding(problem, columns), Rounds(problem, columns)
    queues, area = Queues(problem, columns, visits), LittlesLaw(problem, columns)

    def follow(span: slice) -> None:
        departures.check_named(span)
        ends = Ends(problem, columns, span)
        ends.check_status()
        for visit in visits.of(span):
            clocks.check(visit)
            pickups.check(visit)
            for part in (ends, boarding, queues, area):
                part.add(visit)
        ends.check()
        rounds.add(ends)

    follow(slice(0, 0))  # so that there is something to settle, even without parcels
    in_pieces(follow, len(problem.parcels.ordered), _AT_ONCE)
    boarding.settle()
    rounds.settle()
    area.settle(boarding.aboard[:-1])
    queues.settle()
