"""Release windows: when orders are released for work."""

from __future__ import annotations

from dataclasses import dataclass

from logistics.simulation.problem import Problem
from logistics.simulation.textbook.parcel import rows_of


@dataclass(slots=True)
class Gate:
    """The working days of one source. It must be given its orders in order."""

    opens: list[int]
    cutoffs: list[int]
    daily_capacity: int
    _day: int = 0
    _taken: int = 0

    def release(self, ordered: int) -> int | None:
        """Return the tick at which an order placed at `ordered` is released.

        None when no working day is left to take it.
        """
        while self._day < len(self.opens):
            full = 0 < self.daily_capacity <= self._taken
            if ordered < self.cutoffs[self._day] and not full:
                self._taken += 1
                return max(ordered, self.opens[self._day])
            self._day += 1
            self._taken = 0
        return None


def releases(problem: Problem) -> list[tuple[int, int, int]]:
    """Return (tick, order number, parcel) of every parcel that is ever released, in this order."""
    gates = _gates(problem)
    released = []
    # Parcels are numbered by (source, order number), so each window sees its orders in order.
    rows = rows_of(problem.parcels, "ordered", "order", "source")
    for parcel, (ordered, order, source) in enumerate(rows):
        gate = gates[source]
        tick = ordered if gate is None else gate.release(ordered)
        if tick is not None:
            released.append((tick, order, parcel))
    return sorted(released)


def _gates(problem: Problem) -> list[Gate | None]:
    """Return each source's release window: sources may share working days, never capacity."""
    first = problem.gates.first.tolist()
    opens, cutoffs = problem.gates.opens.tolist(), problem.gates.cutoff.tolist()
    gates: list[Gate | None] = []
    for gate, daily_capacity in rows_of(problem.sources, "gate", "daily_capacity"):
        days = slice(first[gate], first[gate + 1])
        gates.append(Gate(opens[days], cutoffs[days], daily_capacity) if gate >= 0 else None)
    return gates
