"""What is wrong with an input: one kind of fault, and the one error that carries all of them.

Scenario files, studies, order files, a network's graph and a network's files all report with
`Fault`. A rule that does not know the file yet names the place within the document by its keys;
whoever reads the file adds file and line.
"""

from __future__ import annotations

import difflib
import re
import reprlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Keys = tuple[str | int, ...]
"""Names and list positions that lead to a value."""


MOST_TOLD = 200
"""Faults that an error lists."""


class LogisticsError(Exception):
    """Base of every error of this package."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input, as one line of text.

    `file`: file name, or what else the input came from; empty while that is not known.
    `line`: from 1, in a sheet the row as Excel numbers it; None where there is none.
    `field`: path such as `orders.orders_per_day` or `lanes[2].capacity`, or the name of a column;
    empty for a whole file.
    `value`: the offending value as text (see `shown`); empty where nothing is there.
    `problem`: what is wrong, to be read after the value. `allowed`: what would be right, or empty.
    `sheet`: the sheet of a workbook, or what the CSV file of a network is called.
    `keys`: where in a document, or (part, attribute) of a network, for whoever knows the file.
    `follows`: columns such as `lanes.origin` of whose own faults this one may be a consequence.
    """

    file: str
    line: int | None
    field: str
    value: str
    problem: str
    allowed: str = ""
    sheet: str = ""
    keys: Keys = ()
    follows: tuple[str, ...] = ()

    @classmethod
    def within(
        cls, keys: Keys | str, problem: str, allowed: str = "", value: object = None
    ) -> Fault:
        """Return a fault within a document, of which file and line are not known yet.

        `keys`: also as a path such as 'products.3.name', from the model that checks the rule.
        `value`: shown if it is a single value or a list.
        """
        if isinstance(keys, str):
            keys = tuple(int(key) if key.isdigit() else key for key in keys.split(".") if key)
        text = shown(value) if isinstance(value, str | int | float | list) else ""
        return cls("", None, field_text(keys), text, problem, allowed, keys=keys)

    @property
    def place(self) -> str:
        """Return `file:line`, or `book.xlsx sheet lanes, row 3`, as far as it is known."""
        in_book = self.sheet and not self.file.lower().endswith(".csv")
        file = printable(self.file)
        place = f"{file} sheet {self.sheet}" if in_book else file
        if self.line is None:
            return place
        return f"{place}, row {self.line}" if in_book else f"{place}:{self.line}"

    def __str__(self) -> str:
        """Return `place: field = value: problem (allowed: ...)`."""
        what = f"{self.field} = {self.value}" if self.value and self.field else self.field
        allowed = f" (allowed: {self.allowed})" if self.allowed else ""
        return ": ".join(part for part in (self.place, what, self.problem) if part) + allowed


def printable(text: str) -> str:
    """Return a text, such as the name of a file, without what would steer a terminal."""
    return "".join(one if one.isprintable() else "?" for one in text)


class InputError(LogisticsError, ValueError):
    """An input that cannot be used, with every fault found in it.

    >>> print(InputError([Fault("scenario.yaml", 12, "orders.per_day", "-5", "is too small")]))
    scenario.yaml:12: orders.per_day = -5: is too small
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults as the one positional argument, so that the error can be copied."""
        super().__init__(tuple(faults))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return what is wrong, in the order of the input."""
        faults: tuple[Fault, ...] = self.args[0]
        return faults

    def __str__(self) -> str:
        """Return one line per fault, of very many only the first."""
        lines = [str(fault) for fault in self.faults[:MOST_TOLD]]
        if (more := len(self.faults) - MOST_TOLD) > 0:
            lines.append(f"and {more:,} more faults")
        return "\n".join(lines)


def refuse(faults: Iterable[Fault]) -> None:
    """Raise InputError with all faults together; nothing happens if there are none."""
    if found := tuple(faults):
        raise InputError(found)


def by_line(faults: Iterable[Fault]) -> list[Fault]:
    """Return faults in the order of their lines, those without one last."""
    return sorted(faults, key=lambda fault: (fault.line is None, fault.line or 0))


def together(*checks: Callable[[], None]) -> None:
    """Make several checks. Raises InputError with the faults of all that fail."""
    faults: list[Fault] = []
    for check in checks:
        try:
            check()
        except InputError as error:
            faults += error.faults
    refuse(faults)


def whole_file(
    path: object, problem: str, allowed: str = "", line: int | None = None
) -> InputError:
    """Return the error of a file that cannot be read at all, or not beyond a line."""
    return InputError([Fault(str(path), line, "", "", problem, allowed)])


_PARTS = re.compile(r"[a-z]+|[0-9]+")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is most like a word, None where none is.

    One with the same parts in another order is: 'within_days.3' for 'within_3_days'.
    """
    by_lower = {one.lower(): one for one in known}
    given = word.lower()[:200]
    parts = sorted(_PARTS.findall(given))
    same = [one for one in by_lower if sorted(_PARTS.findall(one)) == parts]
    found = same or difflib.get_close_matches(given, by_lower, n=1)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], ending: str = "") -> str:
    """Return the end of a problem that names the nearest known word, empty where none is near."""
    meant = nearest(word, known)
    return f"; did you mean '{meant}{ending}'?" if meant else ""


def field_text(keys: Iterable[object]) -> str:
    """Write keys as `orders.lanes[2].capacity`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{_name(str(key))}" for key in keys)
    return text.removeprefix(".")


def _name(text: str) -> str:
    return text if text.isprintable() and len(text) <= 60 else shown(text)


_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = _SHORT.maxlong = 60
_SHORT.maxlevel = 2


def shown(value: object, *, of_cell: bool = False) -> str:
    """Return a value as a planner writes it, in at most one short line of printable characters.

    `of_cell`: the cells of a CSV file are all texts, so a number among them has no quotes.

    >>> shown("three days"), shown(None), shown(True), shown([1, 2]), shown("7", of_cell=True)
    ("'three days'", 'null', 'true', '[1, 2]', '7')
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    bare = of_cell and isinstance(value, str) and _NUMBER.fullmatch(value.strip())
    try:
        quoted = isinstance(value, str | int | list | dict) and not bare
        text = _SHORT.repr(value) if quoted else str(value)
    except ValueError:  # a whole number of over 4,300 digits has no text
        return "a very large number"
    text = "".join(filter(str.isprintable, " ".join(text.split())))
    return text if len(text) <= 80 else text[:77] + "..."
