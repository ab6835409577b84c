"""The facts of runs beside their metrics: how much was simulated, what was built, versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from logistics.experiments.plan import Plan
from logistics.runtime.versions import versions

COUNTS = ("parcels", "legs", "departures", "events")
"""How much a run simulated."""

Facts = Mapping[str, Mapping[str, Any]]
"""Of one run, by network: its counts, `built` (what was built, in lines) and `not_resolved` (what
the sample is too small for)."""


def add_facts(runs: Iterable[Facts]) -> Facts:
    """Return the facts of several runs of the same networks: counts added up."""
    total: dict[str, dict[str, Any]] = {}
    for facts in runs:
        for name, more in facts.items():
            so_far = total.setdefault(name, {**more, **dict.fromkeys(COUNTS, 0)})
            so_far |= {count: so_far[count] + more[count] for count in COUNTS}
    return total


def facts_of_runs(what: Plan, facts: Facts, replications: int) -> dict[str, Any]:
    """Return what `summary.json` says of the runs of a plan, but for the seconds they took.

    `facts`: of all runs together (see `add_facts`). `replications`: how many they were.
    """
    days, demand = what.scenarios[0].days, what.scenarios[0].orders
    networks: dict[str, dict[str, Any]] = {
        scenario.name: {"title": scenario.title, **facts[scenario.name]}
        for scenario in what.scenarios
    }
    return {
        "seed": what.seed,
        "replications": replications,
        "engine": what.engine,
        "first_day": days.first_day.isoformat(),
        "days": days.days,
        "warm_up_days": days.warm_up_days,
        "cool_down_days": days.cool_down_days,
        "orders_per_day": demand.orders_per_day,
        "products": [product.name for product in demand.products],
        "orders": str(what.orders) if isinstance(what.orders, Path) else None,
        "parcels": sum(network["parcels"] for network in networks.values()),
        "events": sum(network["events"] for network in networks.values()),
        "networks": networks,
        "versions": dict(versions()),
    }
