"""Faults planted into the batch engine, to see whether the equality of the engines finds them.

Each is one rule of `docs/background/exactness.md` broken by one small change of the engine's
source. Run as a program, with NUMBA_DISABLE_JIT=1, it prints the first seeded world in which the
engines differ, and where, for each fault.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType

from diff import difference
from random_worlds import world

from logistics.simulation import textbook
from logistics.simulation.problem import Columns, Problem

WORLDS, WITHOUT_FAULT = 400, 700
"""How many worlds a fault has, to be found in; in how many the engine as it is must agree."""

_ENGINE = "logistics.simulation.batch"


@dataclass(frozen=True)
class Fault:
    """A snippet of one of the engine's modules, which must occur once, and what replaces it."""

    module: str
    snippet: str
    instead: str


FAULTS = {
    "trucks join before releases of the same tick": Fault(
        "kernel", "if released <= arrives:", "if released < arrives:"
    ),
    "a parcel starts before the shift that has room for it": Fault(
        "kernel", "since, size = s.workers[f], s.since[f],", "since, size = s.workers[f], 0,"
    ),
    "after a rise only one of those who wait starts": Fault(
        "kernel",
        "s.workers[f] = workers[row]",
        "s.workers[f] = min(workers[row], s.in_hand[f] + 1)",
    ),
    "a fall in workers kills jobs in hand": Fault(
        "kernel",
        "s.workers[f] = workers[row]",
        "s.workers[f] = workers[row]; s.in_hand[f] = min(s.in_hand[f], workers[row])",
    ),
    "a fall in workers is ignored": Fault(
        "kernel", "s.workers[f] = workers[row]", "s.workers[f] = max(s.workers[f], workers[row])"
    ),
    "shifts change after the work that ends at the same tick": Fault(
        "kernel",
        "advance(s, np.int64(f), np.int64(tick - 1))",
        "advance(s, np.int64(f), np.int64(tick))",
    ),
    "a job more than there are workers": Fault(
        "kernel", "if size >= workers:", "if size > workers:"
    ),
    "a worker waits out the dwell": Fault("kernel", "return completion", "return ready"),
    "no dwell": Fault("kernel", "ready = completion + s.dwell[f]", "ready = completion"),
    "the wrong child rises in the heap": Fault(
        "kernel",
        "heap[first + child + 1] < heap[first + child]",
        "heap[first + child + 1] > heap[first + child]",
    ),
    "ready exactly at a departure is late": Fault(
        "kernel", "if ready[middle] <= deadline:", "if ready[middle] < deadline:"
    ),
    "ready exactly when the doors close boards": Fault(
        "kernel", "tick - doors - 1)", "tick - doors)"
    ),
    "a truck takes one too many": Fault(
        "kernel", "min(waiting, s.capacity[d])", "min(waiting - 1, s.capacity[d]) + 1"
    ),
    "a wave takes one too many": Fault(
        "rounds",
        "min(waiting, s.capacity[d])",
        "min(waiting - 1, s.capacity[d]) + 1",
    ),
    "what does not fit is forgotten": Fault(
        "kernel", "s.taken[lane] = begin + load", "s.taken[lane] = begin + waiting"
    ),
    "a vehicle leaves before it is full": Fault("kernel", "load -= load % s.least[d]", "pass"),
    "a vehicle waits for one more than fill it": Fault(
        "kernel", "load -= load % s.least[d]", "load -= load % (s.least[d] + 1)"
    ),
    "only one of several full vehicles leaves": Fault(
        "kernel",
        "load -= load % s.least[d]",
        "load = min(load - load % s.least[d], s.least[d])",
    ),
    "when one vehicle is full, the one beside it leaves too": Fault(
        "kernel",
        "load -= load % s.least[d]",
        "load = load if load >= s.least[d] else 0",
    ),
    "who waits for a vehicle to fill counts as left behind": Fault(
        "kernel",
        "        if s.least[d] > 0:\n            load -= load % s.least[d]\n",
        "        if s.least[d] > 0:\n            load -= load % s.least[d]\n"
        "        s.left_behind[d] = waiting - load\n",
    ),
    "who is too late to board helps to fill a vehicle": Fault(
        "kernel",
        "load -= load % s.least[d]",
        "load -= load % s.least[d] if s.filled[lane] - begin < s.least[d] else 0",
    ),
    "a vehicle that is just full does not leave": Fault(
        "kernel",
        "load -= load % s.least[d]",
        "load -= load % s.least[d] if load != s.least[d] else load",
    ),
    "what came too late counts as left behind": Fault(
        "kernel",
        "s.left_behind[d] = waiting - load",
        "s.left_behind[d] = s.filled[lane] - begin - load",
    ),
    "who came back does not count as left behind": Fault(
        "rounds",
        "s.left_behind[d] = waiting - load",
        "s.left_behind[d] = max(0, last_new - s.taken[lane])",
    ),
    "a failed parcel boards before one ready at the tick it came back": Fault(
        "rounds",
        "s.bay_ready[new] <= s.back_tick[back]",
        "s.bay_ready[new] < s.back_tick[back]",
    ),
    "a parcel lost on the road keeps its place in the queue": Fault(
        "kernel", "if s.lost_step[p] != 2 * v + 1:", "if True:"
    ),
    "a parcel lost at work keeps its place on the truck": Fault(
        "kernel", "if s.lost_step[p] == 2 * s.visit[p]:", "if False:"
    ),
    "of two trucks of a lane in one tick the later unloads first": Fault(
        "state", "np.lexsort((departures, lane, ", "np.lexsort((-departures, lane, "
    ),
    "trucks of one tick unload by departure, not by lane": Fault(
        "state", "np.lexsort((departures, lane, ", "np.lexsort((lane, departures, "
    ),
    "what leaves at a change of shift leaves before it": Fault(
        "engine", 'staffing.tick[staff], leaves, "right")', 'staffing.tick[staff], leaves, "left")'
    ),
    "what leaves between two waves leaves lane by lane": Fault(
        "engine", "depart(state, rows)", "depart(state, rows[np.argsort(departures.lane[rows])])"
    ),
    "a run goes on when those who are lost on their way are": Fault(
        "engine", "if (step < 0).any() or", "if len(step) or"
    ),
    "a run ends with a parcel under way that it follows": Fault(
        "engine",
        "(followed & (moves",
        "(followed & (ordered > ending.first) & (moves",
    ),
    "a run that ends early keeps the pickups to come": Fault(
        "engine", "        take_back(problem, state, ended)", "        pass"
    ),
    "what leaves before a cut leaves after it": Fault(
        "engine", 'searchsorted(cuts, leaves, "right")', 'searchsorted(cuts[:0], leaves, "right")'
    ),
    "stops alike are reached in the order of boarding": Fault(
        "rounds",
        "stops.sort()\n",
        "stops = stops[np.argsort(stops >> _PARCEL_BITS, kind='mergesort')]\n",
    ),
    "a stop is reached at the end of its share of the round": Fault(
        "rounds", "(2 * place + 1) * span", "(2 * place + 2) * span"
    ),
    "a door is reached at the tick of the wave": Fault("rounds", "max(1, ", "max(0, "),
    "an attempt at the horizon is made": Fault(
        "rounds", "if tick < horizon and", "if tick <= horizon and"
    ),
    "the third failure is not final": Fault(
        "rounds", "made == MAX_ATTEMPTS - 1", "made == MAX_ATTEMPTS"
    ),
    "one failure too many": Fault(
        "rounds",
        "made >= s.failures[p]",
        "made > s.failures[p]",
    ),
    "a failed parcel is back before its couriers": Fault(
        "rounds", "= s.arrives[d]", "= s.arrives[d] - 1"
    ),
    "ordered exactly at the cutoff is in time": Fault(
        "origins", "cutoff[day] <= ordered[p]", "cutoff[day] < ordered[p]"
    ),
    "a gate releases one more than a day's capacity": Fault(
        "origins", "0 < capacity <= used", "0 < capacity < used"
    ),
    "an order is released at the opening before it was placed": Fault(
        "origins", "max(ordered[p], opens[day])", "opens[day]"
    ),
    "packed exactly at a pickup is late": Fault(
        "origins",
        "departs[by_lane[middle]] < ready[row]",
        "departs[by_lane[middle]] <= ready[row]",
    ),
    "a pickup calls on every weekday": Fault(
        "origins", "(weekdays[row] >> weekday[by_lane[low]]) & 1", "True"
    ),
    "a pickup unloads by parcel, not as they got ready": Fault(
        "origins", "(ready[handed_over] << SEQUENCE_BITS)", "(ready[handed_over] & 0)"
    ),
    "a pickup at the horizon leaves": Fault(
        "origins", "departs[by_lane[low]] < until", "departs[by_lane[low]] <= until"
    ),
    "damage is told of the next step": Fault(
        "risks",
        "steps[gives_way], kinds[gives_way] = step, kind",
        "steps[gives_way], kinds[gives_way] = step + 1, kind",
    ),
    "damage where the sum reaches the threshold": Fault(
        "risks", "limits.hazard[piece]", "limits.hazard[piece] - 1"
    ),
    "loss where the sum reaches the threshold": Fault(
        "kernel",
        "s.loss_left[row] < 0:\n            s.lost_step[p] = 2 * s.visit[p]",
        "s.loss_left[row] <= 0:\n            s.lost_step[p] = 2 * s.visit[p]",
    ),
    "hazards of loss are not added up": Fault(
        "rounds",
        "s.loss_left[row] -= hazard",
        "s.loss_left[row] -= hazard if s.loss_left[row] < hazard else 0",
    ),
    "hazards of loss are taken from another parcel": Fault(
        "kernel", "if parcels[middle] < p:", "if parcels[middle] <= p:"
    ),
    "who ships from stock takes the sellers' hazard of loss too": Fault(
        "under_way", "loss.hazard - at_seller * ", "loss.hazard - "
    ),
    "who is lost at a seller goes on": Fault(
        "under_way", "np.where(left < 0, 0, AT_RISK)", "AT_RISK"
    ),
    "a seller's work is at another seller's pace": Fault(
        "origins", "+ problem.parcels.source[parcels]", "+ problem.parcels.source[parcels[:1]]"
    ),
    "work is at the pace of the first facility": Fault("kernel", "s.law[f]", "s.law[0]"),
    "work takes as long everywhere": Fault("kernel", "s.length[f]", "1.0"),
    "a half tick of work is a whole one": Fault("kernel", "np.rint(work)", "work + 0.5"),
    "work may take no time": Fault("kernel", "max(1, int(", "max(0, int("),
    "work is as long as at the visit before": Fault(
        "kernel", "s.work[cell(s, p, s.visit[p])]", "s.work[cell(s, p, max(0, s.visit[p] - 1))]"
    ),
    "work may take longer than the run": Fault("kernel", "min(most, max(", "min(NEVER, max("),
    "damaged where it was lost": Fault("columns", "(step < lost_step)", "(step <= lost_step)"),
    "transit of a truck that arrives at the horizon": Fault(
        "columns", "(arrival < problem.horizon)", "(arrival <= problem.horizon)"
    ),
    "ready at the horizon": Fault(
        "columns", "ready[ready >= problem.horizon]", "ready[ready > problem.horizon]"
    ),
}


class _Planter(MetaPathFinder):
    """Finds one module of the engine with a fault in it."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname != f"{_ENGINE}.{self.fault.module}":
            return None
        spec = PathFinder.find_spec(fullname, path)  # type: ignore[arg-type]
        assert spec is not None
        spec.loader = _FaultyLoader(fullname, spec.origin, self.fault)
        return spec


class _FaultyLoader(SourceFileLoader):
    def __init__(self, fullname: str, path: str | None, fault: Fault) -> None:
        assert path is not None
        super().__init__(fullname, path)
        self.fault = fault

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        return compile(planted(source, self.fault), self.path, "exec")


def planted(source: str, fault: Fault) -> str:
    """Return the source with the fault in it.

    Raises ValueError when the snippet does not occur exactly once.
    """
    found = source.count(fault.snippet)
    if found != 1:
        raise ValueError(f"{fault.module}.py has {found} times, not once: {fault.snippet}")
    return source.replace(fault.snippet, fault.instead)


@contextmanager
def engine(fault: Fault | None) -> Iterator[Callable[[Problem], Columns]]:
    """Import the batch engine anew, with a fault in it if one is given."""
    finders = [] if fault is None else [_Planter(fault)]
    _forget()
    sys.meta_path[:0] = finders
    try:
        yield import_module(f"{_ENGINE}.engine").run
    finally:
        for finder in finders:
            sys.meta_path.remove(finder)
        _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.startswith(f"{_ENGINE}.")]:
        del sys.modules[name]


@cache
def told(seed: int) -> tuple[Problem, Columns]:
    problem = world(seed)
    return problem, textbook.run(problem)


def found_in(fault: Fault | None, worlds: int = WORLDS) -> str | None:
    """Return the first world in which the engines differ and where, or None."""
    with engine(fault) as run:
        for seed in range(worlds):
            problem, expected = told(seed)
            try:
                columns = run(problem)
            except (ArithmeticError, IndexError, ValueError) as error:
                return f"world({seed}): {type(error).__name__}: {error}"
            where = difference(problem, expected, columns)
            if where is not None:
                return f"world({seed}): {where}"
    return None


if __name__ == "__main__":
    found = {"nothing": found_in(None, WITHOUT_FAULT)}
    found |= {name: found_in(fault) for name, fault in FAULTS.items()}
    json.dump(found, sys.stdout)
