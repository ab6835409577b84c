"""Follows every parcel of the same orders through different delivery networks.

>>> import logistics
>>> scenario = logistics.load_scenario("amazon-fulfillment")
>>> scenario.network.kind
'fulfillment-center'
"""

from typing import TYPE_CHECKING, Any

from logistics.errors import BrokenRunError, OutputError, WorkerError
from logistics.version import __version__ as __version__
from networks.inputs.faults import InputError, LogisticsError

if TYPE_CHECKING:
    from logistics.analysis.comparison import Comparison
    from logistics.jobs import compare, run_study
    from logistics.quoting import quote
    from logistics.running import read_network, replicate, simulate
    from logistics.runs.run import Run
    from logistics.scenario.load import load_scenario
    from logistics.scenario.scenario import Scenario
    from logistics.streaming import stream
    from logistics.studies.points import load_study
    from logistics.studies.study import Study
    from networks.schema import Network

__all__ = [
    "BrokenRunError",
    "Comparison",
    "InputError",
    "LogisticsError",
    "Network",
    "OutputError",
    "Run",
    "Scenario",
    "Study",
    "WorkerError",
    "compare",
    "load_scenario",
    "load_study",
    "quote",
    "read_network",
    "replicate",
    "run_study",
    "simulate",
    "stream",
]

_HOMES = {
    "Comparison": "logistics.analysis.comparison",
    "Network": "networks.schema",
    "Run": "logistics.runs.run",
    "Scenario": "logistics.scenario.scenario",
    "Study": "logistics.studies.study",
    "compare": "logistics.jobs",
    "load_scenario": "logistics.scenario.load",
    "load_study": "logistics.studies.points",
    "quote": "logistics.quoting",
    "read_network": "logistics.running",
    "replicate": "logistics.running",
    "run_study": "logistics.jobs",
    "simulate": "logistics.running",
    "stream": "logistics.streaming",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: `logistics --help` answers at once."""
    if name in _HOMES:
        from importlib import import_module  # noqa: PLC0415

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'logistics' has no attribute '{name}'")


def __dir__() -> list[str]:
    """Return the public names, those not yet imported among them."""
    return __all__
