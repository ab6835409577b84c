"""The three built-in networks, built once; and three of their kinds with few places."""

from __future__ import annotations

from typing import Any

import pytest

from logistics.model.network import build_network
from logistics.scenario.load import builtin_scenarios, load_scenario
from networks.schema import Network

NETWORKS = builtin_scenarios()


@pytest.fixture(scope="session")
def built() -> dict[str, Network]:
    """The built-in networks by the name of their scenario, as their parameters stand."""
    return {name: build_network(load_scenario(name)) for name in NETWORKS}


@pytest.fixture(scope="session")
def few_places() -> dict[str, Network]:
    """Networks of the same kinds with a dozen sites, by the name of the built-in scenario."""
    carrier = {"design_volume": 20_000, "hubs": 3, "super_hubs": 1, "station_sites": 6}
    few: dict[str, dict[str, Any]] = {
        "amazon-fulfillment": {
            "design_volume": 20_000, "fulfillment_centers": 4, "sort_centers": 2,
            "consolidation_hubs": 1, "station_sites": 6,
        },
        "tiktok-platform-fulfilled": {"design_volume": 20_000, "warehouses": 2, "carrier": carrier},
        "tiktok-seller-direct": {"carrier": carrier},
    }  # fmt: skip
    return {
        name: build_network(load_scenario(name).replace(network=few[name])) for name in NETWORKS
    }
