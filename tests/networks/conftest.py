"""The three built-in networks, built once."""

from __future__ import annotations

import pytest

from logistics.model.network import build_network
from logistics.scenario.load import builtin_scenarios, load_scenario
from networks.schema import Network

NETWORKS = builtin_scenarios()


@pytest.fixture(scope="session")
def built() -> dict[str, Network]:
    """The built-in networks by the name of their scenario, as their parameters stand."""
    return {name: build_network(load_scenario(name)) for name in NETWORKS}
