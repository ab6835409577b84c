"""A network with added capacity: one more worker, vehicle, or space on a delivery route."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from networks.scaling import at_scale
from networks.schema import ROUND, Network, lane_id
from networks.timetables import parse_departures, parse_shifts, write_departures, write_shifts

MORE_PLACES = 0.1
"""By what part the places of a delivery route grow: a network has no number of couriers."""


@dataclass(frozen=True)
class Addition:
    """Capacity that is added at one place.

    `real`: how many workers a shift, vehicles a departure or places a round more, at the network's
    real size. `sample`: what that is in the run: workers a shift, or places a departure or round;
    of several shifts or departures, the first.
    """

    what: str
    real: int
    sample: int


def with_more(
    network: Network, place: str, waits_for: str, scale: Mapping[str, float]
) -> tuple[Network, Addition]:
    """Return a copy of a real-sized network with more capacity at a place, and how much.

    `place`: id of a facility, lane or round. `waits_for`: what is scarce there, 'workers' or
    'places'. `scale`: by owner, what part of its design volume is simulated.

    Workers: one more in the sample in every shift. Lanes: one more vehicle for every departure.
    Delivery routes: a tenth more places.

    Raises KeyError for a place that the network does not have.
    """
    copy = replace(network, graph=network.graph.copy())
    if waits_for == "workers":
        attributes = copy.graph.nodes[place]
        return copy, _more_workers(attributes, scale[attributes["owner"]])
    if place.endswith(" > doors"):
        attributes = copy.graph.nodes[place.removesuffix(" > doors")]
        return copy, _more_places(attributes, scale[attributes["owner"]])
    for origin, destination, mode, attributes in copy.graph.edges(keys=True, data=True):
        if mode != ROUND and lane_id(origin, destination, mode) == place:
            return copy, _more_vehicles(attributes, scale[attributes["owner"]])
    raise KeyError(place)


def _more_workers(facility: dict[str, Any], scale: float) -> Addition:
    shifts = parse_shifts(facility["shifts"])
    more = [_one_more(shift.workers, scale) for shift in shifts]
    facility["shifts"] = write_shifts(
        tuple(replace(s, workers=s.workers + n) for s, n in zip(shifts, more, strict=True))
    )
    sample = _in_sample(shifts[0].workers, more[0], scale)
    return Addition("workers in every shift", more[0], sample)


def _one_more(number: int, scale: float) -> int:
    """Return how many real ones make one more in the sample (where it is larger, one real one)."""
    more = math.ceil(1 / scale)
    while more > 1 and _in_sample(number, more, scale) > 1:
        more -= 1
    return more


def _in_sample(number: int, more: int, scale: float) -> int:
    """Return how many more there are in the sample where there are `more` really."""
    return at_scale(number + more, scale) - at_scale(number, scale)


def _more_vehicles(lane: dict[str, Any], scale: float) -> Addition:
    departures = parse_departures(lane["departs"])
    more = [replace(one, vehicles=one.vehicles + 1) for one in departures]
    lane["departs"] = write_departures(more)
    sample = _in_sample(departures[0].vehicles * lane["capacity"], lane["capacity"], scale)
    return Addition("vehicles for every departure", 1, sample)


def _more_places(station: dict[str, Any], scale: float) -> Addition:
    before = station["round_capacity"]
    real = math.ceil(MORE_PLACES * before)
    station["round_capacity"] = before + real
    return Addition("places in every round", real, _in_sample(before, real, scale))
