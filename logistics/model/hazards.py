"""Damage and loss as hazards by visit, lane and door."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from logistics.scenario.risks import Risks
from logistics.scenario.scenario import Scenario
from logistics.simulation.problem import Hazards
from logistics.vocabulary import Array
from networks.routing import Routes
from networks.schema import PACKAGING_GRADES, SELLERS


def hazard_of(chance: ArrayLike) -> NDArray[np.int64]:
    """Return -ln(1 - p) in units of 10^-12."""
    return np.asarray(np.rint(-np.log1p(-np.asarray(chance)) * 1e12), np.int64)


def damage_factors(scenario: Scenario) -> NDArray[np.float64]:
    """Return (risks,) multipliers: fragility times packaging, by product * grades + grade."""
    grades = [getattr(scenario.risks.packaging, grade) for grade in PACKAGING_GRADES]
    return np.array([p.fragility * g for p in scenario.orders.products for g in grades])


def handlings_at(routes: Routes) -> Array:
    """Return (facilities + 1, 3 kinds) handlings at each facility, and last at any seller."""
    places = list(routes.facilities.values())
    pickups = any(origin == SELLERS for origin, _, _ in routes.lanes.values())
    return np.array(
        [[p.conveyor_touches, p.hub_sorter_touches, p.manual_touches] for p in places]
        + [[0, 0, int(pickups)]]
    )


def km_of_lanes(routes: Routes) -> Array:
    """Return (lanes,) the length of each lane on the road."""
    return np.array([lane.distance_km for _, _, lane in routes.lanes.values()])


def damage_hazards(risks: Risks, routes: Routes, factor: Array) -> tuple[Array, Array, Array]:
    """Return the damage tables of `Hazards` (visits, lanes, door) for some multipliers."""
    t = risks.touches
    each = hazard_of(np.outer([t.conveyor, t.hub_sorter, t.manual_load], factor))
    road = np.rint(np.outer(km_of_lanes(routes) / 1000, hazard_of(t.road * factor))).astype(
        np.int64
    )
    rounds = np.tile(hazard_of(t.round * factor), (len(routes.stations), 1))
    return (
        handlings_at(routes)[:, :, None] * each[None, :, :],
        np.concatenate([road, rounds]),
        hazard_of(t.door_step * factor),
    )


def hazards_of(scenario: Scenario, routes: Routes) -> Hazards:
    """Return the hazards of loss and damage at every visit, lane and door."""
    loss = scenario.risks.loss
    visits, lanes, door = damage_hazards(scenario.risks, routes, damage_factors(scenario))
    road = np.rint(km_of_lanes(routes) / 1000 * hazard_of(loss.road)).astype(np.int64)
    at_facility = np.full(len(routes.facilities) + 1, hazard_of(loss.facility))
    at_facility[-1] = 0  # what a seller mislays was never handed over
    return Hazards(
        visit_loss=at_facility,
        visit_damage=visits,
        lane_loss=np.concatenate([road, np.full(len(routes.stations), hazard_of(loss.round))]),
        lane_damage=lanes,
        door_damage=door,
    )
