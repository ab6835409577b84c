"""Versions of all that has a say in the results."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

from logistics.version import __version__

PACKAGES = ("numba", "numpy", "networkx", "pandas", "scipy", "simpy")
_DECISIVE = ("logistics", "numba", "numpy", "networkx", "scipy", "simpy")


@cache
def versions() -> Mapping[str, str]:
    """Return the versions of this package, Python and the packages that runs are made with."""
    return {
        "logistics": __version__,
        "python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }


def differences(theirs: Mapping[str, str], ours: Mapping[str, str]) -> list[str]:
    """Return, in words, in what could change a result: 'numpy 2.4.6 there, 2.4.5 here'.

    Of Python's version the first two numbers count.
    """
    found = []
    for name in (*_DECISIVE, "python"):
        there, here = (one.get(name, "none") for one in (theirs, ours))
        if name == "python":
            there, here = (".".join(text.split(".")[:2]) for text in (there, here))
        if there != here:
            found.append(f"{name} {there} there, {here} here")
    return found
