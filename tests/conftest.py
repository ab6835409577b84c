"""The benchmarks are not installed; the packages under test are, and come first.

Child processes find the tiny worlds too. Sites are chosen once, whoever builds with them.
"""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent

sys.path.append(str(HERE.parent))
_given = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, (*_given, HERE / "worlds")))


def pytest_configure(config: pytest.Config) -> None:
    """Remember sites from one run of the tests to the next, and for all their processes."""
    from remembered_sites import remember_sites  # noqa: PLC0415

    cache = getattr(config, "cache", None)
    remember_sites(cache.mkdir("sites") if cache else None)


@pytest.fixture
def _no_garbage_collector() -> Iterator[None]:
    """The textbook engine has a process for each parcel: five times as fast without it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
