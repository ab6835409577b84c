"""Values that a Dask cluster carries to its workers, those that come later too."""

from __future__ import annotations

import pickle
from typing import Any

from distributed import Worker, WorkerPlugin

_received: dict[str, Any] = {}


class Carrier(WorkerPlugin):  # type: ignore[misc]
    """Puts a value into a worker's process when it joins, and takes it away again."""

    def __init__(self, name: str, value: object) -> None:
        self._name = name
        self._content = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)

    def setup(self, worker: Worker) -> None:
        """Unpack the value."""
        _received[self._name] = pickle.loads(self._content)

    def teardown(self, worker: Worker) -> None:
        """Forget it."""
        _received.pop(self._name, None)


def received(name: str) -> Any:
    """Return a value. Raises KeyError in a process that is no worker of the cluster."""
    return _received[name]
