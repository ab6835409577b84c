"""Follows every parcel of the same orders through different delivery networks.

>>> import logistics
>>> scenario = logistics.load_scenario("amazon-fulfillment")
>>> scenario.network.kind
'fulfillment-center'
"""

from typing import TYPE_CHECKING, Any

from logistics.errors import BrokenRunError, OutputError
from networks.inputs.faults import InputError, LogisticsError

if TYPE_CHECKING:
    from logistics.experiments.compare import compare
    from logistics.running import simulate
    from logistics.runs.run import Run
    from logistics.scenario.load import load_scenario
    from logistics.scenario.scenario import Scenario
    from logistics.streaming import stream

__version__ = "0.1.0"

__all__ = [
    "BrokenRunError",
    "InputError",
    "LogisticsError",
    "OutputError",
    "Run",
    "Scenario",
    "compare",
    "load_scenario",
    "simulate",
    "stream",
]

_HOMES = {
    "Run": "logistics.runs.run",
    "Scenario": "logistics.scenario.scenario",
    "compare": "logistics.experiments.compare",
    "load_scenario": "logistics.scenario.load",
    "simulate": "logistics.running",
    "stream": "logistics.streaming",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: `logistics --help` answers at once."""
    if name in _HOMES:
        from importlib import import_module  # noqa: PLC0415

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'logistics' has no attribute '{name}'")
