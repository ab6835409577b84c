"""What must hold in every run, whatever engine made it; a run that violates it is stopped.

Read from a `Problem` and its `Columns` alone, independently of both engines.

- Every parcel is exactly one of delivered, stolen, lost, returned and under way, and its status,
  attempts, end and lost step agree (`ends`).
- Its clocks are in order, each departure it took is of the lane that leads toward its station, and
  its five times are what its clocks say (`clocks`, `ends`).
- No departure is over capacity; loads and rolled volume match the parcels; the oldest
  board first (`boarding`, `rounds`).
- No facility has more jobs in progress than workers, first come is first served, and no parcel
  waits while a worker is free (`queues`; in time slices, `queues_by_slice`).
- It went on to its horizon, or ended when all that it follows had ended (`ending`).
- What trucks brought and took accounts for every tick parcels spent at a place: Little's law
  (`littles_law`).

A run in time slices is checked by the same rules, see `streams`.

Not checked: damage, and what became of a parcel's earlier attempts, which the columns do not keep.
"""

from __future__ import annotations

from dataclasses import replace

from logistics.simulation.checks.boarding import Departures
from logistics.simulation.checks.ending import EndOfRun
from logistics.simulation.checks.queues import Queues
from logistics.simulation.checks.releases import Releases
from logistics.simulation.checks.rules import Rules
from logistics.simulation.checks.visits import Visits
from logistics.simulation.problem import Columns, Problem


def check_run(problem: Problem, columns: Columns) -> None:
    """Check a run; `columns` are what an engine returned for `problem`.

    Raises BrokenRunError, naming parcel and place, for the first thing found wrong.
    """
    end, horizon = EndOfRun(problem), int(columns.horizon)
    end.add(problem.parcels, columns)
    end.settle(horizon)
    problem = replace(problem, horizon=horizon)
    rules = Rules(problem)
    visits = Visits(problem, columns, Releases(problem).of(problem))
    Departures(problem, columns).check()
    queues = Queues(problem, columns, visits)
    rules.add(problem, columns, visits, queues.add, horizon)
    rules.settle()
    queues.settle()
