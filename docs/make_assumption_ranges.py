"""Computes the assumption ranges of the built-in scenarios, which are shipped with the package.

    python -m docs.make_assumption_ranges [DRAWS]

Writes logistics/scenarios/assumption-ranges.json: where each metric of the answer lies while all
assumptions are drawn from their stated ranges (a Latin hypercube, 80 draws unless told otherwise),
each draw run once at the default sample. With it goes what a small fixed run gives: when that
differs, the world has moved, a test fails, and this is to be run again. Takes about half an hour on
two quiet cores.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import logistics
from logistics import jobs
from logistics.analysis.comparison import Comparison
from logistics.analysis.measures.registry import Response
from logistics.experiments.plan import plan
from logistics.scenario.load import load_scenario
from logistics.studies.assumption_ranges import OF_PAIRS, of_networks
from logistics.studies.known_ranges import FILE, key_of, plain

FIXED = {"orders_per_day": 15_000, "days": 1, "warm_up_days": 2, "later_order_days": 4,
         "follow_days": 21, "replications": 1, "seed": 1}  # fmt: skip
"""Options of the fixed run."""
DRAWS = 80


def fixed_run() -> dict[str, dict[str, str]]:
    """Return what the fixed run gives: by network and pair, then by metric, at three digits."""
    return summary_of(logistics.compare(**FIXED))


def summary_of(found: Comparison) -> dict[str, dict[str, str]]:
    """Return the metrics that have ranges, at three significant digits."""
    kinds = ((found.metrics, of_networks()), (found.paired, OF_PAIRS))
    return {
        who: {name: f"{estimates[name].estimate:.3g}" for name in names}
        for metrics, names in kinds
        for who, estimates in metrics.items()
    }


def made(draws: int) -> dict[str, Any]:
    """Return the content of the file."""
    what = plan(None, replications=1)
    result = jobs.experiment(what, {"assumptions": draws, "workers": None})
    ranges: dict[str, dict[str, Any]] = {}
    for response, found in result.comparison.ranges.items():
        base = found.narrow.estimate
        assert math.isfinite(base), response
        ranges.setdefault(response.who, {})[response.name] = plain(found, base)
    assert Response(what.names[0], "delivery_days.p95") in result.comparison.ranges
    return {
        "made_by": f"python -m docs.make_assumption_ranges {draws}",
        "orders_per_day": what.scenarios[0].orders.orders_per_day,
        "keys": {name: key_of(load_scenario(name)) for name in what.names},
        "fixed_run": fixed_run(),
        "ranges": ranges,
    }


def main() -> None:
    """Write the file."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    text = json.dumps(made(draws), indent=1) + "\n"
    (Path(logistics.__file__).parent / FILE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
