"""The decisions of a run that a caller may replace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from logistics.model.policies.promise import Nominal, Quote, quote_of
from logistics.model.policies.sourcing import Sourcing, sourcing_of
from logistics.scenario.promise import BusinessDays, PathTimetable
from networks.geography import Markets
from networks.routing import Routes
from networks.schema import Network

SourcingRule = Callable[[Network, Routes, Markets, tuple[str, ...], int], Sourcing]
"""From a network, its routes, the markets, each product's movement ('fast') and the first date (in
days since 1970): who ships each order."""

PromiseRule = Callable[[BusinessDays | PathTimetable, Markets, Nominal], Quote]
"""From the scenario's promise, the markets and the undisturbed timetable: what is promised."""


@dataclass(frozen=True)
class Policies:
    """Who ships an order, and what is promised; by default what the scenario says."""

    sourcing: SourcingRule = sourcing_of
    promise: PromiseRule = quote_of


AS_WRITTEN = Policies()
"""Whatever the scenario says."""
