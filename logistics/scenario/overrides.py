"""Fields that a caller or an option replaces in a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from logistics.scenario.scenario import Scenario


def overridden(scenario: Scenario, overrides: Mapping[str, Any]) -> Scenario:
    """Return the scenario with other values in some fields, such as {"days.days": 3}.

    Raises InputError when the result is not a valid scenario.
    """
    sections: dict[str, dict[str, Any]] = {}
    for path, value in overrides.items():
        section, _, name = path.partition(".")
        sections.setdefault(section, {})[name] = value
    return scenario.replace(**sections)
