"""Sites that were chosen once are remembered: most of the time a network takes to build goes there.

`p_median` is a function of its arguments alone, so that what it returned for the same arguments,
by the same source, is what it would return again. Its own tests import it from where it is
defined, and are told nothing that is remembered.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from networks.builders import carrier, nodes, siting

BUILDERS = (carrier, nodes)
SOURCE = Path(siting.__file__).read_bytes() + np.__version__.encode()


def remember_sites(folder: Path | None = None) -> Callable[[], None]:
    """Let the builders choose each set of sites once; return what undoes it.

    `folder`: where other processes find them, too; None keeps them in this process.
    """
    known: dict[str, siting.Sites] = {}

    def remembered(km: Any, demand: Any, count: int) -> siting.Sites:
        key = _key(km, demand, count)
        if key not in known:
            known[key] = _of_the_disk(folder, key, lambda: siting.p_median(km, demand, count))
        return known[key]

    before = [builder.p_median for builder in BUILDERS]
    for builder in BUILDERS:
        builder.p_median = remembered  # type: ignore[assignment]

    def undo() -> None:
        for builder, function in zip(BUILDERS, before, strict=True):
            builder.p_median = function

    return undo


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
