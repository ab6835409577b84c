"""Everything that this package raises on purpose.

Each class takes positional arguments and formats itself in `__str__`, so that `type(e)(*e.args)`
is the same error again: SimPy rebuilds a failed process's error that way, and pickle does when it
comes back from a worker.

    LogisticsError
    ├── InputError    a file or a value that cannot be used (also a ValueError)
    ├── OutputError   a place that cannot be written to (also an OSError)
    ├── WorkerError   workers that ended, or that cannot be reached (also a RuntimeError)
    └── BrokenRunError   a run that broke a rule of its own (also an AssertionError)
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike, fspath


class LogisticsError(Exception):
    """Base of every error of this package."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input, as one line of text.

    `file`: file name, or what else the input came from. `line`: from 1; None where there is none.
    `field`: path such as `orders.orders_per_day` or `lanes[2].capacity`; empty for a whole file.
    `value`: the offending value as text (see `shown`); empty where nothing is there.
    `problem`: what is wrong, to be read after the value. `allowed`: what would be right, or empty.
    """

    file: str
    line: int | None
    field: str
    value: str
    problem: str
    allowed: str = ""

    def __str__(self) -> str:
        """Return `file:line: field = value: problem (allowed: ...)`."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        what = f"{self.field} = {self.value}" if self.value and self.field else self.field
        allowed = f" (allowed: {self.allowed})" if self.allowed else ""
        return ": ".join(part for part in (place, what, self.problem) if part) + allowed


class InputError(LogisticsError, ValueError):
    """An input that cannot be used, with every fault found in it.

    >>> print(InputError([Fault("scenario.yaml", 12, "orders.per_day", "-5", "is too small")]))
    scenario.yaml:12: orders.per_day = -5: is too small
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults."""
        super().__init__(tuple(faults))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return what is wrong, in the order of the input."""
        faults: tuple[Fault, ...] = self.args[0]
        return faults

    def __str__(self) -> str:
        """Return one line per fault."""
        return "\n".join(str(fault) for fault in self.faults)


class OutputError(LogisticsError, OSError):
    """A file or folder that cannot be written, or that stands already.

    >>> print(OutputError("results", "the folder is not empty; choose another"))
    results: the folder is not empty; choose another
    """

    def __init__(self, path: str | PathLike[str], problem: str) -> None:
        """Keep the path and the problem, which also says what to do."""
        super().__init__()
        # Set by hand: with two arguments, OSError would take the path for an error number.
        self.args = (fspath(path), problem)

    @property
    def path(self) -> str:
        """Return the file or folder."""
        return str(self.args[0])

    @property
    def problem(self) -> str:
        """Return why it cannot be written."""
        return str(self.args[1])

    def __str__(self) -> str:
        """Return `path: problem`."""
        return f"{self.path}: {self.problem}"


class WorkerError(LogisticsError, RuntimeError):
    """Worker processes that ended or cannot be reached; the text says what to do."""


class BrokenRunError(LogisticsError, AssertionError):
    """A run that broke a rule that holds in every run: a fault of the engine, not of an input.

    >>> print(BrokenRunError("S1", "it is ready before it came", 12, 7))
    this run is wrong and was stopped: parcel 12 (order 7) at S1: it is ready before it came
    (a fault of the simulator, not of your input: please report it with the scenario and the seed)
    """

    def __init__(
        self, place: str, problem: str, parcel: int | None = None, order: int | None = None
    ) -> None:
        """Keep what is wrong where, and the parcel's number and order where there is one."""
        super().__init__(place, problem, parcel, order)

    @property
    def place(self) -> str:
        """Return the facility, lane or departure."""
        return str(self.args[0])

    @property
    def problem(self) -> str:
        """Return what is wrong."""
        return str(self.args[1])

    @property
    def parcel(self) -> int | None:
        """Return the parcel's number, None where it is no single parcel's."""
        number: int | None = self.args[2]
        return number

    @property
    def order(self) -> int | None:
        """Return the number of the parcel's order."""
        number: int | None = self.args[3]
        return number

    def __str__(self) -> str:
        """Return parcel, place and problem, and what to do."""
        what = "" if self.parcel is None else f"parcel {self.parcel} (order {self.order}) at "
        return (
            f"this run is wrong and was stopped: {what}{self.place}: {self.problem}\n"
            "(a fault of the simulator, not of your input: please report it with the scenario and"
            " the seed)"
        )


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 60
_SHORT.maxlevel = 2


def shown(value: object) -> str:
    """Return a value as a planner writes it, in at most one short line.

    >>> shown("three days"), shown(None), shown(True), shown([1, 2])
    ("'three days'", 'null', 'true', '[1, 2]')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    try:
        text = _SHORT.repr(value) if isinstance(value, str | int | list | dict) else str(value)
    except ValueError:  # a whole number of over 4,300 digits has no text
        return "a very large number"
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "..."
