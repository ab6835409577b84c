"""What all replications of a scenario share: everything that depends on no random draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from logistics.model.hazards import hazards_of
from logistics.model.network import at_sample, build_network, check_network
from logistics.model.places import (
    Spread,
    doors_of,
    facilities_of,
    lanes_of,
    most_visits,
    packaging_of,
    sources_of,
    transit_of,
)
from logistics.model.policies.promise import Nominal, Quote, quote_of
from logistics.model.policies.sourcing import Sourcing, SourcingRule, sourcing_of
from logistics.model.work import work_of
from logistics.scenario.days import Runs
from logistics.scenario.scenario import Scenario
from logistics.schedule.calendars import Period
from logistics.schedule.events import Event, closings, idle_events
from logistics.schedule.timetable import Timetable, timetable, without_effect
from logistics.simulation.problem import Facilities, Hazards, Lanes, Sources, Work
from logistics.vocabulary import Array
from networks.geography import load_markets
from networks.inputs.faults import Fault, InputError, refuse
from networks.routing import Routes
from networks.scaling import not_resolved
from networks.schema import Network

_MOST_REMEMBERED = 4


@dataclass(frozen=True, eq=False)
class PreparedModel:
    """A prepared scenario: network at the sample's size, routes, timetable, rules, tables.

    `full_size`: the network at its design volume, of which `network` is a sample.
    `doors`: (markets + 1,) first row of each market, then by row its station and the cumulative
    share. `packaging`: grade of each source. `transit`: of lanes and delivery routes. `visits`: of
    the longest route. `not_resolved`: constraints too coarse at this sample. `idle`: closures and
    events during which nothing would have worked or left, in lines.
    """

    scenario: Scenario
    full_size: Network
    network: Network
    routes: Routes
    period: Period
    timetable: Timetable
    sourcing: Sourcing
    quote: Quote
    facilities: Facilities
    lanes: Lanes
    sources: Sources
    hazards: Hazards
    doors: tuple[Array, Array, Array]
    packaging: Array
    transit: Spread
    work: Work
    visits: int
    not_resolved: tuple[str, ...]
    idle: tuple[str, ...]


_remembered: list[PreparedModel] = []  # the one used last comes last


def prepare(
    scenario: Scenario,
    network: Network | None = None,
    sourcing: SourcingRule = sourcing_of,
    events: Sequence[Event] = (),
) -> PreparedModel:
    """Return a prepared scenario, with another network than its own if one is given.

    `sourcing`: who ships an order. `events`: beside the scenario's closures.
    Remembered where the scenario says it all, because replications share it; a network that is
    handed in or kept in files can change, so it is prepared each time.

    Raises InputError for a network that cannot be simulated, or closures
    and events that do nothing.
    """
    same = scenario.model_copy(update={"runs": Runs()})  # on which no single run depends
    handed_in = network is not None or sourcing is not sourcing_of or events
    if handed_in or scenario.network.in_files:
        full_size = build_network(scenario) if network is None else network
        return _prepared(same, full_size, sourcing, events)
    model = next((known for known in _remembered if known.scenario == same), None)
    if model is None:
        model = _prepared(same, build_network(same), sourcing, events)
    else:
        _remembered.remove(model)
    _remembered[:] = [*_remembered, model][-_MOST_REMEMBERED:]
    return model


def _prepared(
    scenario: Scenario, full_size: Network, sourcing: SourcingRule, events: Sequence[Event]
) -> PreparedModel:
    refuse([*scenario.idle(), *idle_events(events, scenario.days, scenario.name)])
    markets = load_markets()
    routes = check_network(full_size, scenario, any_center=sourcing is not sourcing_of)
    network = at_sample(scenario, full_size)
    zones = [*markets.time_zones, *(place.time_zone for place in routes.facilities.values())]
    period = Period.of(scenario.days, zones)
    all_events = (*closings(scenario.closures), *events)
    table, undisturbed = _timetables(network, routes, period, all_events, scenario.name)
    facilities, lanes = facilities_of(routes, period), lanes_of(routes, period)
    work, transit = work_of(network, routes, period), transit_of(routes, period)
    sources = sources_of(network, routes, table)
    mean_work = work.length[: len(facilities.ids)]
    handling = facilities.dwell + np.rint(mean_work).astype(np.int64)
    nominal = Nominal(period, routes, undisturbed, lanes, sources, handling, transit.mean)
    movements = tuple(product.movement for product in scenario.orders.products)
    epoch_day = int(np.datetime64(period.first_date).astype(int))
    return PreparedModel(
        scenario=scenario,
        full_size=full_size,
        network=network,
        routes=routes,
        period=period,
        timetable=table,
        sourcing=sourcing(network, routes, markets, movements, epoch_day),
        quote=quote_of(scenario.promise, markets, nominal),
        facilities=facilities,
        lanes=lanes,
        sources=sources,
        hazards=hazards_of(scenario, routes),
        doors=doors_of(network, routes, markets),
        packaging=packaging_of(network),
        transit=transit,
        work=work,
        visits=most_visits(routes, lanes, sources),
        not_resolved=not_resolved(network),
        idle=tuple(without_effect(all_events, undisturbed, routes, period)),
    )


def _timetables(
    network: Network, routes: Routes, period: Period, events: Sequence[Event], name: str
) -> tuple[Timetable, Timetable]:
    """Return the timetable, and the one that promises know: no promise foresees an event.

    Raises InputError when nothing leaves on any day of the run.
    """
    table = timetable(network, routes, period, events, name)
    if not len(table.tick):
        last = period.date_of(period.all_days - 1)
        problem = "nothing leaves on any lane or round on the days of the run"
        allowed = (
            f"calendars and closures that leave a working day from {period.first_date} to {last}"
        )
        raise InputError([Fault(name, None, "", "", problem, allowed)])
    return table, timetable(network, routes, period, (), name) if events else table
