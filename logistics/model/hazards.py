"""Damage and loss as hazards by visit, lane and door."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from logistics.scenario.scenario import Scenario
from logistics.simulation.problem import Hazards
from logistics.vocabulary import MAX_ATTEMPTS, Array
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


def hazards_of(scenario: Scenario, routes: Routes) -> Hazards:
    """Return the hazards of loss and damage at every visit, lane and door."""
    loss, touches, factor = scenario.risks.loss, scenario.risks.touches, damage_factors(scenario)
    km, stations = km_of_lanes(routes), len(routes.stations)
    at_facility = np.full(len(routes.facilities) + 1, hazard_of(loss.facility))
    at_facility[-1] = 0  # what a seller mislays was never handed over
    kinds = [touches.conveyor, touches.hub_sorter, touches.manual_load]
    lost_on_road = np.rint(km / 1000 * hazard_of(loss.road)).astype(np.int64)
    on_road = np.rint(np.outer(km / 1000, hazard_of(touches.road * factor))).astype(np.int64)
    on_rounds = np.tile(hazard_of(touches.round * factor), (stations, 1))
    return Hazards(
        visit_loss=at_facility,
        visit_damage=handlings_at(routes)[:, :, None] * hazard_of(np.outer(kinds, factor)),
        lane_loss=np.concatenate([lost_on_road, np.full(stations, hazard_of(loss.round))]),
        lane_damage=np.concatenate([on_road, on_rounds]),
        door_damage=hazard_of(touches.door_step * factor),
    )


def most_hazard(hazards: Hazards, visits: int) -> tuple[Array, Array]:
    """Return (risks,) a hazard of loss and one of damage that is more than any way's.

    `visits`: of the longest way.
    """
    touches, risks = visits + MAX_ATTEMPTS, len(hazards.door_damage)
    loss = visits * hazards.visit_loss.max() + touches * hazards.lane_loss.max()
    damage = visits * hazards.visit_damage.sum(axis=1).max(axis=0)
    damage = damage + touches * hazards.lane_damage.max(axis=0) + hazards.door_damage
    return np.full(risks, loss + 1), damage + 1
