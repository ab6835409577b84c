"""How much each case must do: counts kept in `known_counts.json`, so that doing less is noticed.

A change of a scenario or a network changes them; a speed-up must not. What is not known yet is
added with `python -m benchmarks --accept`, and then belongs to the case as its seed does.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from logistics.vocabulary import Array, Status

COUNTS = ("parcels", "legs", "departures", "events", "ended")
"""Events are those that SimPy handled; ended is whatever is not under way when the run is over."""
KNOWN = Path(__file__).parent / "known_counts.json"
ACCEPT = "BENCHMARKS_ACCEPT"
"""Name of the environment variable under which new counts are kept; child processes inherit it."""


def work_of(facts: Mapping[str, Any], status: Array) -> dict[str, int]:
    """Return what a run did: its own counts, and how many parcels have ended."""
    ended = int((status != Status.UNDER_WAY).sum())
    return {**{name: int(facts[name]) for name in COUNTS if name in facts}, "ended": ended}


def counted(case: str, facts: Mapping[str, Any], status: Array) -> dict[str, int]:
    """Return the counts of a run, once they are those that are known of this case.

    Raises AssertionError when they are not.
    """
    counts = work_of(facts, status)
    known: dict[str, Any] = json.loads(KNOWN.read_text()) if KNOWN.exists() else {}
    expected = known.get(case)
    if expected is None and os.environ.get(ACCEPT):
        known[case] = counts
        lines = (f"{json.dumps(name)}: {json.dumps(known[name])}" for name in sorted(known))
        KNOWN.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    assert expected in (None, counts), f"{case}: {counts} is not the known {expected}"
    return counts
