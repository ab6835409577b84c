"""The benchmarks are not installed; the packages under test are, and come first.

Child processes find the tiny worlds too. Sites are chosen once, whoever builds with them.
"""

import base64
import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="session", autouse=True)
def _drawn_here() -> Iterator[Callable[..., Any]]:
    """A new engine of JavaScript for each report takes seconds: `_drawn_apart` asks for it."""
    from logistics.report import rendering  # noqa: PLC0415

    def drawn(asked: bytes) -> tuple[int, bytes, bytes]:
        if json.loads(asked) == rendering._LIBRARY:
            return 0, json.dumps(rendering._library()).encode(), b""
        svgs = [
            one if isinstance(one, str) else rendering.svg_of_chart(one)
            for one in json.loads(asked)
        ]
        pngs = (base64.b64encode(rendering.png_of(svg)).decode() for svg in svgs)
        answers = (json.dumps(both) for both in zip(svgs, pngs, strict=True))
        return 0, "\n".join(answers).encode(), b""

    apart = rendering._program
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "_program", drawn)
        yield apart


@pytest.fixture(scope="module")
def _drawn_apart(_drawn_here: Callable[..., Any]) -> Iterator[None]:
    """Draw in a process of its own, as the program does."""
    from logistics.report import rendering  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rendering, "_program", _drawn_here)
        yield


@pytest.fixture
def _no_garbage_collector() -> Iterator[None]:
    """The textbook engine has a process for each parcel: five times as fast without it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
