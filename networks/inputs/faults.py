"""What is wrong with an input: one kind of fault, and the error that carries all of them."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from dataclasses import dataclass


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
