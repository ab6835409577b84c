"""What is wrong with a file of a network, cell by cell, and what was found while reading it."""

from __future__ import annotations

import re
import reprlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from networks.files.sheets import Column

MOST_IN_A_COLUMN = 100
"""Faults of one column that are told one by one; the rest is told as a number."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60


@dataclass(frozen=True)
class FileFault:
    """One thing wrong with a network's file.

    `file`: a workbook, or the CSV file itself. `sheet`: its name; empty for a whole file. `row`: as
    Excel numbers it, None where there is none. `value`: as text, empty where nothing is there.
    `problem`: to be read after the value. `allowed`: what would be right, or what to do.
    """

    file: str
    sheet: str
    row: int | None
    column: str
    value: str
    problem: str
    allowed: str = ""

    @property
    def place(self) -> str:
        """The file, with the sheet where it is a workbook."""
        one_sheet = self.file.lower().endswith(".csv") or not self.sheet
        return self.file if one_sheet else f"{self.file} sheet {self.sheet}"

    def __str__(self) -> str:
        """Return `place, row 3: column = value: problem (allowed: ...)`."""
        place = self.place if self.row is None else f"{self.place}, row {self.row}"
        what = f"{self.column} = {self.value}" if self.value and self.column else self.column
        allowed = f" (allowed: {self.allowed})" if self.allowed else ""
        return ": ".join(part for part in (place, what, self.problem) if part) + allowed


class NetworkFileError(ValueError):
    """A file that cannot be used as a network, with all its faults."""

    def __init__(self, faults: Iterable[FileFault]) -> None:
        """Keep the faults as the one positional argument, so that the error can be copied."""
        super().__init__(tuple(faults))

    @property
    def faults(self) -> tuple[FileFault, ...]:
        """What is wrong, in the order of the sheets."""
        faults: tuple[FileFault, ...] = self.args[0]
        return faults

    def __str__(self) -> str:
        """Return a line a fault."""
        return "\n".join(str(fault) for fault in self.faults)


def refused(path: object, problem: str, allowed: str = "") -> NetworkFileError:
    """Return the error of a file that is not even opened."""
    return NetworkFileError((FileFault(str(path), "", None, "", "", problem, allowed),))


@dataclass(frozen=True)
class Place:
    """A cell, a row (no column) or a sheet (no row)."""

    sheet: str
    row: int | None = None
    column: str = ""


@dataclass
class Findings:
    """Faults and repairs of one network's files, in the order in which they are found.

    `files`: the file of each sheet. `faulty`: cells, rows and sheets with a fault of their own:
    what follows from those is not told again. `untold`: by sheet and column, how many faults came
    after the first `MOST_IN_A_COLUMN`, and what is allowed.
    """

    path: str
    files: dict[str, str] = field(default_factory=dict)
    faults: list[FileFault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    faulty: set[Place] = field(default_factory=set)
    untold: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    _told: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, place: Place, value: object, problem: str, allowed: str = "") -> None:
        """Note a fault; of the cells of one column, the first `MOST_IN_A_COLUMN` one by one."""
        self.faulty.add(place)
        column = (place.sheet, place.column)
        if place.row is not None and place.column:
            self._told[column] += 1
        if self._told[column] > MOST_IN_A_COLUMN and place.row is not None:
            self.untold[column] = (self._told[column] - MOST_IN_A_COLUMN, allowed)
            return
        told = shown(value) if value not in (None, "") else ""
        self.faults.append(self._fault(place, told, problem, allowed))

    def file(self, sheet: str) -> str:
        """Return where a sheet is: its CSV file, or the workbook and its name."""
        file = self.files.get(sheet, self.path)
        return file if file.endswith(".csv") else f"{file} sheet {sheet}"

    def _fault(self, place: Place, told: str, problem: str, allowed: str) -> FileFault:
        file = self.files.get(place.sheet, self.path)
        return FileFault(file, place.sheet, place.row, place.column, told, problem, allowed)

    def explains(self, place: Place) -> bool:
        """Tell whether a fault that is known already accounts for one at a place."""
        whole = (Place(place.sheet), Place(place.sheet, None, place.column))
        return place in self.faulty or (bool(place.sheet) and not self.faulty.isdisjoint(whole))

    def lacks(self, column: Column, sheet: str) -> bool:
        """Tell whether a sheet, or one of its columns as a whole, could not be read."""
        whole = (Place(sheet), Place(sheet, None, column.name))
        return (sheet, column.name) in self.untold or not self.faulty.isdisjoint(whole)

    def touches(self, columns: Iterable[str]) -> bool:
        """Tell whether any of some columns, such as 'lanes.origin', has a fault in some row."""
        sought = {tuple(column.split(".")) for column in columns}
        sheets = {sheet for sheet, _ in sought}
        return any(
            (place.sheet, place.column) in sought or (place.sheet in sheets and not place.column)
            for place in self.faulty
        )

    def in_order(self, sheets: Iterable[str]) -> tuple[FileFault, ...]:
        """Return the faults by sheet and row."""
        rank = {name: number for number, name in enumerate(sheets)}
        more = [
            self._fault(Place(sheet, None, column), "",
                        f"{count:,} more cells of this column have a fault", allowed)
            for (sheet, column), (count, allowed) in self.untold.items()
        ]  # fmt: skip
        faults = [*self.faults, *more]
        return tuple(sorted(faults, key=lambda f: (rank.get(f.sheet, -1), f.row or 0)))


def shown(value: object) -> str:
    """Return a value as a planner sees it, in at most one short line."""
    is_text = isinstance(value, str) and not _NUMBER.fullmatch(value.strip())
    text = _SHORT.repr(value) if is_text else str(value)
    text = "".join(sign for sign in " ".join(text.split()) if sign.isprintable())
    return text if len(text) <= 70 else text[:67] + "..."
