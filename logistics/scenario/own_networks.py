"""Networks of your own, as a run needs them: read from files, again only if these have changed."""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from networks.files import NetworkFile, read_network
from networks.inputs.faults import refuse
from networks.validation import faults_of

_Stamp = tuple[tuple[str, int, int], ...]


def read_own(path: str | Path, markets: Collection[str] = ()) -> NetworkFile:
    """Read a network from a workbook or a folder of CSV files; again only if it has changed.

    `markets`: ids of those that order and must be served.

    Raises InputError with every fault: file and sheet, row, column, value and what is allowed.
    """
    file = _read(str(path), _stamp(Path(path)))
    served = {market for _, market, _ in file.network.doors()}
    if not served.issuperset(markets):
        refuse(file.located(faults_of(file.network, {*served, *markets})))
    return file


@lru_cache(maxsize=2)
def _read(path: str, _: _Stamp) -> NetworkFile:
    return read_network(path)


def _stamp(path: Path) -> _Stamp:
    """Return what changes when a file does."""
    files = [path] if os.path.isfile(path) else []  # Path.is_file raises for too long a name
    if os.path.isdir(path):
        files = sorted(path.iterdir())
    states = ((file.name, file.stat()) for file in files)
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in states)
