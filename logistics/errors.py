"""Everything that this package raises on purpose.

Each class takes positional arguments and formats itself in `__str__`, so that `type(e)(*e.args)`
is the same error again: SimPy rebuilds a failed process's error that way, and pickle does when it
comes back from a worker.

    LogisticsError
    ├── InputError    a file or a value that cannot be used, with its `Fault`s (also a ValueError)
    ├── OutputError   a place that cannot be written to (also an OSError)
    ├── WorkerError   workers that ended, or that cannot be reached (also a RuntimeError)
    └── BrokenRunError   a run that broke a rule of its own (also an AssertionError)
"""

from __future__ import annotations

from os import PathLike, fspath

from networks.inputs.faults import Fault, InputError, LogisticsError

__all__ = ["BrokenRunError", "Fault", "InputError", "LogisticsError", "OutputError", "WorkerError"]


class OutputError(LogisticsError, OSError):
    """A file or folder that cannot be written, or that already exists.

    >>> print(OutputError("results", "the folder is not empty; choose another"))
    results: the folder is not empty; choose another
    """

    def __init__(self, path: str | PathLike[str], problem: str) -> None:
        """Keep the path and the problem, which also says what to do."""
        super().__init__()
        self.path, self.problem = str(fspath(path)), problem
        # Set by hand: with two arguments, OSError would take the path for an error number.
        self.args = (self.path, problem)

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
        """Keep what is wrong at which facility, lane or departure, and of which parcel and order.

        `parcel`, `order`: their numbers; None where it is no single parcel's. A run in time slices
        has no numbers of parcels.
        """
        super().__init__(place, problem, parcel, order)
        self.place, self.problem, self.parcel, self.order = place, problem, parcel, order

    def __str__(self) -> str:
        """Return parcel, place and problem, and what to do."""
        what = "" if self.order is None else f"order {self.order} at "
        if self.parcel is not None:
            what = f"parcel {self.parcel} (order {self.order}) at "
        return (
            f"this run is wrong and was stopped: {what}{self.place}: {self.problem}\n"
            "(a fault of the simulator, not of your input: please report it with the scenario and"
            " the seed)"
        )
