"""A what-if beside the same networks without it: the effect on each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from logistics.analysis.effects import ByDate, Effect, effect
from logistics.analysis.measures.network import NetworkTotals
from logistics.experiments.compare import Experiment
from logistics.scenario.scenario import Scenario


def with_effects(result: Experiment, base: Experiment) -> Experiment:
    """Return an experiment whose comparison says what its what-if changes.

    `base`: the same plan without the what-if, of the networks that it changes.
    """
    scenarios = {one.name: one for one in result.plan.scenarios}
    effects = {
        one.name: _effect(
            scenarios[one.name],
            one,
            result.accumulated.measurements[one.name],
            base.accumulated.measurements[one.name],
        )
        for one in base.plan.scenarios
    }
    return replace(result, comparison=replace(result.comparison, effects=effects))


def _effect(
    scenario: Scenario, base: Scenario, changed: NetworkTotals, without: NetworkTotals
) -> Effect:
    days, orders = scenario.days, base.orders.orders_per_day
    first = days.warm_up_days
    daily = [one.rows("daily_days").mean(axis=0)[first:] for one in (changed, without)]
    backlog = [
        one.rows("daily_backlog").mean(axis=0)[first:] / orders for one in (changed, without)
    ]
    by_date = ByDate(days.first_day.isoformat(), *daily, *backlog)
    return effect(changed, without, by_date, list(_dates(scenario, base)))


def _dates(scenario: Scenario, base: Scenario) -> Iterator[str]:
    """Yield the dates of what a what-if adds: closures, and dates with more or fewer orders."""
    for one in scenario.closures:
        if one not in base.closures:
            yield one.start.date().isoformat()
            yield (one.end - timedelta(microseconds=1)).date().isoformat()
    for busy in scenario.orders.dates:
        if busy not in base.orders.dates:
            yield busy.date.isoformat()
