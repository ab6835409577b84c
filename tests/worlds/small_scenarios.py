"""Two scenarios of a small country, for tests that run whole simulations: seconds, not minutes.

And those of one seller, whose network is read and not built: where processes are the subject.
"""

from __future__ import annotations

from typing import Any

from logistics.scenario.load import load_scenario
from logistics.scenario.scenario import Scenario
from networks.files import EXAMPLES

DAYS = {"warm_up_days": 1, "days": 2, "later_order_days": 3}
ORDERS_PER_DAY = 2_000


def centers(**more: Any) -> Scenario:
    """A dozen fulfillment centers that deliver the next day."""
    network = {
        "kind": "fulfillment-center", "design_volume": 200_000, "fulfillment_centers": 12,
        "sort_centers": 4, "consolidation_hubs": 2, "station_sites": 30,
    }  # fmt: skip
    return _scenario("centers", network, {"rule": "timetable"}, more)


def sellers(**more: Any) -> Scenario:
    """Sellers who ship themselves with a carrier of six hubs."""
    network = {
        "kind": "seller-direct",
        "sellers": {"orders_per_day": 100_000},
        "carrier": {"design_volume": 300_000, "hubs": 6, "super_hubs": 2, "station_sites": 30},
    }
    return _scenario("sellers", network, {"rule": "business days", "days": 5}, more)


def one_seller(name: str = "one", failed_attempt: float = 0.05) -> Scenario:
    """A seller's own network of four places; her parcels take a tenth of a second."""
    return load_scenario(EXAMPLES["small-seller"]).replace(
        name=name,
        days={"warm_up_days": 1, "days": 2, "later_order_days": 9},
        risks={"failed_attempt": failed_attempt},
        runs={"seed": 7, "replications": 2},
    )


def _scenario(
    name: str, network: dict[str, Any], promise: dict[str, Any], more: dict[str, Any]
) -> Scenario:
    data: dict[str, Any] = {
        "name": name, "as_of": "2023-10-01", "network": network, "promise": promise,
        "orders": {"orders_per_day": ORDERS_PER_DAY}, "days": DAYS,
        "runs": {"seed": 7, "replications": 3},
    }  # fmt: skip
    for part, fields in more.items():
        data[part] = data[part] | fields if isinstance(data.get(part), dict) else fields
    return Scenario.model_validate(data)
