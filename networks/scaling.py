"""A network at the size of a sample, and what that is too coarse to resolve."""

from __future__ import annotations

import math
from dataclasses import replace

from networks.schema import SELLERS, Network
from networks.timetables import parse_departures, parse_shifts


def scaled(
    network: Network, orders_per_day: float, share: float = 1.0, from_sellers: float = 1.0
) -> Network:
    """Return the network at the size of a sample.

    An owner's scale is orders / its design volume. `share`: of the customers for whom the network
    is built, those who order; the scale is then orders / (share * design volume). Sellers are
    sampled, not scaled: fewer, each whole, as many as `from_sellers` of the orders need.
    """
    scale = {owner: orders_per_day / (volume * share) for owner, volume in network.volumes.items()}
    origins, sellers = network.origins, network.origins.sellers
    if len(sellers):
        mean = network.volumes[SELLERS] / (network.all_sellers or len(sellers))
        count = max(1, round(orders_per_day * from_sellers / mean))
        origins = replace(origins, sellers=sellers.sized(count))
    return replace(network, scale=scale, origins=origins)


def at_scale(number: int, scale: float) -> int:
    """Return ceil(scale * number), where 0.1 * 30 is 3."""
    exact = number * scale
    return math.ceil(exact - 1e-9 * exact)


def not_resolved(network: Network, least: int = 30) -> tuple[str, ...]:
    """Name the constraints whose scaled number is below `least`: too coarse at this sample.

    Counts parcels of a departure, couriers' parcels of a wave, workers of a shift. What is not
    scaled down is as coarse as it really is, and not named.
    """
    numbers: dict[str, list[float]] = {}
    for facility in network.facilities().values():
        scale = network.scale[facility.owner]
        if scale >= 1:
            continue
        for shift in parse_shifts(facility.shifts):
            numbers.setdefault(f"{facility.kind} workers", []).append(shift.workers * scale)
        if facility.wave_times:
            name = f"{facility.kind} routes"
            numbers.setdefault(name, []).append(facility.round_capacity * scale)
    for name, (_, _, lane) in network.lanes().items():
        if lane.capacity and network.scale[lane.owner] < 1:
            mode = name.rsplit(" by ", 1)[1]
            for one in parse_departures(lane.departs):
                parcels = one.vehicles * lane.capacity * network.scale[lane.owner]
                numbers.setdefault(f"{mode} departures", []).append(parcels)
    coarse = {name: sum(n < least for n in counts) for name, counts in numbers.items()}
    return tuple(
        f"{name}: {coarse[name]:,} of {len(numbers[name]):,} below {least}"
        for name in sorted(numbers)
        if coarse[name]
    )
