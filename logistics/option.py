"""What an option is: its name, type, bounds and default, what it changes, where it can be given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

GROUPS = (
    "Which order",
    "Which date",
    "How much",
    "Orders",
    "What if",
    "How sure",
    "Output",
    "Machine",
    "More",
)
"""Headings of help, in order."""


class Engine(StrEnum):
    """The two engines."""

    BATCH = "batch"
    TEXTBOOK = "textbook"


class ParcelRule(StrEnum):
    """What of a file of orders travels in one parcel."""

    ORDER = "order"
    LINE = "line"
    PACKAGE = "package"
    ROW = "row"


@dataclass(frozen=True)
class Option:
    """One option.

    `name`: the keyword in Python; the flag is made of it. `places`: the commands, and the Python
    functions such as `compare()`, that have it. `low`, `high`: bounds, both allowed. `unset`: what
    holds where it is not given, in words, for an option whose default is None or empty.
    `field`: path of the scenario field it replaces; `writes`: what a switch that is on puts there.
    `older`: the name that scripts written before have for it. `guide`: the page that says more.
    `group`: one of GROUPS, the heading under which help lists it. The first clause of `help`, up to
    a colon or full stop, is its line in `--help`.
    """

    name: str
    type: type
    help: str
    places: tuple[str, ...]
    default: Any = None
    unset: str = ""
    low: int | None = None
    high: int | None = None
    metavar: str = ""
    short: str = ""
    has_no: bool = False
    field: str = ""
    writes: Any = None
    older: str = ""
    guide: str = ""
    group: str = "More"

    @property
    def brief(self) -> str:
        """Its line in `--help`, with what holds where it is not given."""
        text = re.split(r"[:.;](?= |$)", self.help, maxsplit=1)[0]
        unset = self.unset.rpartition(": ")[2].partition(", ")[0]
        default = unset or ("yes" if self.has_no else self.default)
        return f"{text} [{default}]" if default else text

    @property
    def flag(self) -> str:
        """The flag on the command line."""
        return flag_text(self.name)

    @property
    def older_flag(self) -> str:
        """The flag that scripts written before have for it, empty where there is none."""
        return flag_text(self.older) if self.older else ""

    @property
    def off_flag(self) -> str:
        """The flag that turns a switch off, empty where there is none."""
        return f"--no{self.flag[1:]}" if self.has_no else ""

    @property
    def annotation(self) -> Any:
        """The type of its values, None among them where that is the default."""
        return self.type | None if self.default is None else self.type


def flag_text(name: str) -> str:
    """Return the flag of a name: '--what-if' for 'what_if'."""
    return f"--{name.replace('_', '-')}"
