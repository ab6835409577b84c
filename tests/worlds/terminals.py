"""Processes as they start from a terminal, whoever started the tests.

In the background of a script Ctrl-C is ignored, under `nohup` a closed terminal is, and children
inherit that.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


def from_a_terminal() -> None:
    """Let a child be ended by Ctrl-C and by a closed terminal: to be called as it starts."""
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)


@contextmanager
def ctrl_c_counts() -> Iterator[None]:
    """Let Ctrl-C interrupt this process while the block runs."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
