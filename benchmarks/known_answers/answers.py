"""The known answers: what is asked, what is right, how near is near enough, and who says so."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("answers.json")

AS_IT_IS = "as it is"
ADDED = "added"
SKIPPED = "skipped"


@dataclass(frozen=True)
class Rule:
    """How a figure is judged (see `judging`): by what rule, and how near it must come.

    `relative`: widest half of a 95% interval, as a part of the answer. `absolute`: largest error.
    """

    kind: str
    relative: float = 0.0
    absolute: float = 0.0


@dataclass(frozen=True)
class Answer:
    """One case: `expected` holds its figures by name, numbers or lists of them.

    `way`: `AS_IT_IS`, `ADDED` (the project learned it for this) or `SKIPPED`; `remark` says how the
    case was put into the project's words, or why it was skipped.
    """

    id: str
    group: str
    title: str
    parameters: dict[str, Any]
    expected: dict[str, Any]
    rule: Rule
    source: str
    way: str
    remark: str


@cache
def answers() -> dict[str, Answer]:
    """Return all cases by id, in the order of the page."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return {row["id"]: Answer(**{**row, "rule": Rule(**row["rule"])}) for row in rows}
