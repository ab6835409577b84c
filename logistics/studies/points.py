"""One setting of all factors of a study, and the scenarios that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from logistics.experiments.plan import Plan


@dataclass(frozen=True)
class Point:
    """What one replication of a study runs: the same orders through each scenario of the plan.

    `name`: `p000` and so on, in the order of the design. `label`: the settings in words.
    `settings`: by factor, its value as a planner writes it; empty where everything is as in the
    base. `places`: by factor, where in its range the value lies, 0 to 1, if it has a range.
    """

    name: str
    label: str
    settings: Mapping[str, str]
    places: Mapping[str, float]
    plan: Plan
