"""Scenarios by name, from a YAML file, or around a network file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from logistics.scenario.days import Days
from logistics.scenario.demand import Demand
from logistics.scenario.own_networks import read_own
from logistics.scenario.scenario import OwnNetwork, Scenario
from networks.files import EXAMPLES, is_network
from networks.geography import load_markets
from networks.inputs.faults import Fault, InputError, shown, whole_file
from networks.inputs.names import named
from networks.inputs.yaml_reader import read_data, read_yaml, read_yaml_text


def builtin_scenarios() -> tuple[str, ...]:
    """Return the names of the built-in scenarios, the fastest network first."""
    return ("amazon-fulfillment", "tiktok-platform-fulfilled", "tiktok-seller-direct")


@cache
def scenario_names() -> Mapping[str, str]:
    """Return the names that `load_scenario` knows, examples too, each with its label or ''."""
    labels = {one: read_yaml_text(_text(one), Scenario, one).label for one in builtin_scenarios()}
    return MappingProxyType({**labels, **dict.fromkeys(EXAMPLES, "")})


def find_scenario(name_or_path: str | Path, folder: str | Path = "") -> Path | str:
    """Return the name of a scenario that comes with the program, or a path.

    A name may be cut short, or be the label: 'tiktok-s', 'Amazon', 'sellers'. A file or a network
    that exists is a path; another folder is one only if its name is none. `folder`: where paths
    start.

    Raises InputError for what is neither.
    """
    name, path = str(name_or_path), Path(folder) / name_or_path
    if name in builtin_scenarios() or name in EXAMPLES:
        return name
    folder_of_results = os.path.isdir(path) and not is_network(path)
    if is_network(path) or (os.path.exists(path) and not folder_of_results):
        return path
    unknown = "there is no such file and no such built-in scenario"
    found, problem = named(name, scenario_names(), unknown)
    if not found and folder_of_results:
        return path
    if not found:
        allowed = f"a path, or one of {', '.join(scenario_names())}"
        raise whole_file(shown(name).strip("'"), problem, allowed)
    return found


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Return a built-in scenario by name, which may be cut short, or read one from a YAML file.

    A workbook or folder of CSV files with a network of your own is one, too: its network, and the
    orders for which it is built.

    Raises InputError with every fault: file, line, field, value and what is allowed.

    >>> load_scenario("amazon-fulfillment").network.fulfillment_centers
    390
    """
    found = find_scenario(name_or_path)
    if found in builtin_scenarios():
        return read_yaml_text(_text(str(found)), Scenario, f"{found}.yaml")
    path = EXAMPLES.get(str(found), Path(found))
    if is_network(path):
        return _around(path)
    scenario = read_yaml(path, Scenario)
    if not isinstance(scenario.network, OwnNetwork):
        return scenario
    return scenario.replace(network={"path": str(path.parent / scenario.network.path)})


def _text(name: str) -> str:
    file = resources.files("logistics") / "scenarios" / f"{name}.yaml"
    return file.read_text(encoding="utf-8")


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
