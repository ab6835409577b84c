"""What must hold in every run, whatever engine made it: checked on each, stopped where broken.

Read from a `Problem` and its `Columns` alone, and written anew: no engine is asked.

- Every parcel is exactly one of delivered, stolen, lost, returned and under way, and its status,
  attempts, end and lost step agree (`standing`, `ends`).
- Its clocks are in order, each departure it took is of the lane that leads towards its station, and
  its five times are what its clocks say (`clocks`, `pickups`, `ends`).
- No departure is over capacity; loads, and those left behind, are as many parcels as say so; the
  oldest board first (`departures`, `boarding`, `rounds`).
- No facility has more jobs in hand than workers, first come is first served, and nobody waits while
  a worker is free (`queues`).
- What trucks brought and took accounts for every tick parcels spent at a place: Little's law
  (`ledger`).

Not checked: damage, and what became of a parcel's earlier attempts, which the columns do not keep.
"""

from __future__ import annotations

from collections.abc import Iterator

from logistics.invariants.boarding import Boarding
from logistics.invariants.clocks import Clocks
from logistics.invariants.departures import check_departures, check_named
from logistics.invariants.ends import Ends
from logistics.invariants.ledger import Ledger
from logistics.invariants.pickups import Pickups
from logistics.invariants.queues import Queues
from logistics.invariants.releases import releases
from logistics.invariants.rounds import Rounds
from logistics.invariants.standing import check_standing
from logistics.invariants.visits import Ways
from logistics.problem import Columns, Problem
from logistics.threads import in_pieces

_AT_ONCE = 1 << 16  # parcels: what is made of them stays in the processor's cache


def check_run(problem: Problem, columns: Columns) -> None:
    """Check a run; `columns` are what an engine returned for `problem`.

    Raises BrokenRunError, naming parcel and place, for the first thing found wrong.
    """
    check_departures(problem, columns)
    ways = Ways(problem, columns, releases(problem))
    parcels, places = _Parcels(problem, columns), _Places(problem, columns, ways)
    halves = (parcels.follow, places.follow)
    in_pieces(lambda half: halves[half.start](ways), len(halves), 1)  # the first complains first
    parcels.boarding.settle()
    parcels.rounds.settle()
    places.ledger.settle(parcels.boarding.aboard[:-1])
    places.queues.settle()


class _Parcels:
    """What is seen of one parcel after the other."""

    def __init__(self, problem: Problem, columns: Columns) -> None:
        self._problem, self._columns = problem, columns
        self._clocks, self._pickups = Clocks(problem), Pickups(problem, columns)
        self.boarding, self.rounds = Boarding(problem, columns), Rounds(problem, columns)

    def follow(self, ways: Ways) -> None:
        for span in _spans(self._problem):
            check_named(self._problem, self._columns, span)
            check_standing(self._problem, self._columns, span)
            ends = Ends(self._problem, self._columns, span)
            for visit in ways.visits(span):
                self._clocks.check(visit)
                self._pickups.check(visit)
                ends.add(visit)
                self.boarding.add(visit)
            ends.check()
            self.rounds.add(ends)


class _Places:
    """What is seen of places, once all parcels have been there."""

    def __init__(self, problem: Problem, columns: Columns, ways: Ways) -> None:
        self._problem = problem
        self.queues, self.ledger = Queues(problem, columns, ways), Ledger(problem, columns)

    def follow(self, ways: Ways) -> None:
        for span in _spans(self._problem):
            self.ledger.add_orders(span)
            for visit in ways.visits(span):
                self.queues.add(visit)
                self.ledger.add(visit)


def _spans(problem: Problem) -> Iterator[slice]:
    count = len(problem.parcels.ordered)
    for begin in range(0, max(count, 1), _AT_ONCE):
        yield slice(begin, min(begin + _AT_ONCE, count))
