"""Scenarios by name, from a YAML file, or around a network file."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import Any

from logistics.scenario.days import Days
from logistics.scenario.demand import Demand
from logistics.scenario.own_networks import read_own
from logistics.scenario.scenario import OwnNetwork, Scenario
from networks.files import is_network
from networks.geography import load_markets
from networks.inputs.faults import Fault, InputError, shown, whole_file
from networks.inputs.yaml_reader import read_data, read_yaml, read_yaml_text


def builtin_scenarios() -> tuple[str, ...]:
    """Return the names of the built-in scenarios, the fastest network first."""
    return ("amazon-fulfillment", "tiktok-platform-fulfilled", "tiktok-seller-direct")


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Return a built-in scenario by name, or read one from a YAML file.

    A workbook or folder of CSV files with a network of your own is one, too: its network, and the
    orders for which it is built.

    Raises InputError with every fault: file, line, field, value and what is allowed.

    >>> load_scenario("amazon-fulfillment").network.fulfillment_centers
    390
    """
    if str(name_or_path) in builtin_scenarios():
        text = (resources.files("logistics") / "scenarios" / f"{name_or_path}.yaml").read_text()
        return read_yaml_text(text, Scenario, f"{name_or_path}.yaml")
    path = Path(name_or_path)
    if is_network(path):
        return _around(path)
    if not os.path.exists(path) and path.suffix not in {".yaml", ".yml"}:
        problem = "there is no such file and no such built-in scenario"
        allowed = f"a path, or one of {', '.join(builtin_scenarios())}"
        raise whole_file(shown(str(path)).strip("'"), problem, allowed)
    scenario = read_yaml(path, Scenario)
    if not isinstance(scenario.network, OwnNetwork):
        return scenario
    return scenario.replace(network={"path": str(path.parent / scenario.network.path)})


def _around(path: Path) -> Scenario:
    """Return a scenario for a network of your own: orders from where it delivers, as many as it is
    built for, up to the usual sample; all else as in the scenario on which the file is based.

    Raises InputError with every fault of the network.
    """
    file = read_own(path)
    network, markets = file.network, load_markets().ids
    served = {market for _, market, _ in network.doors()}
    promise = (
        {"rule": "timetable"}
        if not len(network.origins.sellers)
        else {"rule": "business days", "days": 5}
    )
    base: dict[str, Any] = {
        "title": "A network of your own", "as_of": Days().first_day, "promise": promise,
        "orders": {"orders_per_day": Demand().orders_per_day},
    }  # fmt: skip
    builtin = builtin_scenarios()
    if file.based_on and file.based_on not in builtin:
        problem, allowed = "is no built-in scenario", f"{', '.join(builtin)}, or nothing"
        value = shown(file.based_on)
        raise InputError([Fault(str(path), None, "scenario", value, problem, allowed, "settings")])
    if file.based_on:
        base = load_scenario(file.based_on).model_dump(mode="json")
    orders = {
        **base["orders"],
        "orders_per_day": min(
            base["orders"]["orders_per_day"], round(max(network.volumes.values()))
        ),
        "markets": [] if len(served) == len(markets) else sorted(served),
    }
    own = {
        "name": network.name,
        "label": "",
        "orders": orders,
        "network": {"kind": "own", "path": str(path)},
    }
    return read_data({**base, **own}, Scenario, str(path))
