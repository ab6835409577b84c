"""Sites that were chosen once are remembered: most of the time a network takes to build goes there.

`p_median` is a function of its arguments alone, so that what it returned for the same arguments,
by the same source, is what it would return again. Its own tests import it from where it is
defined, and are told nothing that is remembered.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from networks import builders
from networks.builders import siting

SOURCE = Path(siting.__file__).read_bytes() + np.__version__.encode()


def remember_sites(folder: Path | None) -> None:
    """Let the builders choose each set of sites once.

    `folder`: where other processes find them, too; None keeps them in this process.
    """
    known: dict[str, siting.Sites] = {}

    def remembered(km: Any, demand: Any, count: int) -> siting.Sites:
        key = _key(km, demand, count)
        if key not in known:
            known[key] = _of_the_disk(folder, key, lambda: siting.p_median(km, demand, count))
        return known[key]

    importers = list(_importers())
    assert importers, "no builder sites anything by `p_median`"
    for module in importers:
        module.p_median = remembered


def _importers() -> Iterator[Any]:
    """Yield the modules of the builders that have imported `p_median`."""
    for found in pkgutil.iter_modules(builders.__path__, f"{builders.__name__}."):
        module = import_module(found.name)
        if module is not siting and getattr(module, "p_median", None) is siting.p_median:
            yield module


def _key(km: Any, demand: Any, count: int) -> str:
    distance = np.ascontiguousarray(km, np.float64)
    digest = hashlib.blake2b(SOURCE, digest_size=16)
    digest.update(f"{distance.shape} {count}".encode())
    digest.update(distance)  # type: ignore[arg-type]
    digest.update(np.ascontiguousarray(demand, np.float64))  # type: ignore[arg-type]
    return digest.hexdigest()


def _of_the_disk(folder: Path | None, key: str, choose: Callable[[], siting.Sites]) -> siting.Sites:
    if folder is None:
        return choose()
    path = folder / key
    if path.exists():
        chosen, nearest, mean_distance_km = pickle.loads(path.read_bytes())
        chosen.setflags(write=False)
        nearest.setflags(write=False)
        return siting.Sites(chosen, nearest, mean_distance_km)
    sites = choose()
    begun = folder / f"{key}.{os.getpid()}"
    begun.write_bytes(pickle.dumps((sites.chosen, sites.nearest, sites.mean_distance_km)))
    begun.replace(path)  # whole or not there, whoever else writes it
    return sites
