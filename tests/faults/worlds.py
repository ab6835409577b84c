"""Small files to put faults into: one for each network, between them every promise.

They say no more than they must. `full` is the same with every default filled in and an entry in
every list, so that a walk along the models finds every field in it.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from logistics.scenario.scenario import Scenario
from networks.files import EXAMPLES

Data = dict[str, Any]

_CARRIER = {"design_volume": 20_000, "hubs": 2, "super_hubs": 1, "station_sites": 3}
_NETWORKS: dict[str, Data] = {
    "fulfillment-center": {
        "kind": "fulfillment-center", "design_volume": 20_000, "fulfillment_centers": 2,
        "sort_centers": 2, "consolidation_hubs": 1, "station_sites": 3,
    },
    "platform-fulfilled": {
        "kind": "platform-fulfilled", "design_volume": 20_000, "warehouses": 2,
        "carrier": _CARRIER,
    },
    "seller-direct": {
        "kind": "seller-direct", "sellers": {"count": 500, "orders_per_day": 20_000},
        "carrier": _CARRIER,
    },
    "own": {"kind": "own", "path": str(EXAMPLES["small-seller"])},
}  # fmt: skip
_PROMISES: dict[str, Data] = {
    "fulfillment-center": {"rule": "timetable"},
    "platform-fulfilled": {"rule": "business days", "days": 3},
    "seller-direct": {"rule": "business days", "days": 5},
    "own": {"rule": "business days", "days": 6},
}
_LISTS: Data = {
    "closures": [
        {"place": "ONE", "start": "2023-09-18 06:00", "end": "2023-09-18 18:00"},
        {"place": "TWO", "start": "2023-09-18 06:00", "end": "2023-09-19 18:00"},
    ],
    "orders": {
        "products": [
            {"name": "comb", "share": 0.7, "weight": "0.1 kg", "price": 5.0, "fragility": 0.5,
             "movement": "fast"},
            {"name": "cup", "share": 0.3, "weight": "0.4 kg", "price": 9.0, "fragility": 4.0,
             "movement": "slow"},
        ],
        "markets": ["Z606", "Z900"],
        "dates": [{"date": "2023-09-18", "index": 1.5}, {"date": "2023-09-19", "index": 0.5}],
    },
}  # fmt: skip

_ORDERS = {"own": {"orders_per_day": 24, "markets": ["Z100", "Z606", "Z900"]}}
"""Of a world that does not deliver everywhere."""

NAMES = tuple(_NETWORKS)


def small(name: str) -> Data:
    """Return a world that says only what it must."""
    return deepcopy(
        {
            "name": name,
            "as_of": "2023-10-01",
            "network": _NETWORKS[name],
            "promise": _PROMISES[name],
            "orders": _ORDERS.get(name, {"orders_per_day": 300}),
            "days": {"warm_up_days": 0, "days": 1, "later_order_days": 2},
        }
    )


def full(name: str) -> Data:
    """Return a world with every field of every model, and two entries in each list of models."""
    data = small(name)
    data["closures"] = deepcopy(_LISTS["closures"])
    data["orders"] |= deepcopy(_LISTS["orders"])
    return Scenario.model_validate(data).model_dump(mode="json")
