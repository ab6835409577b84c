"""Ctrl-C, a closed terminal or SIGTERM at the wrong moment."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ALL = ("SIGINT", "SIGTERM", "SIGHUP")  # the last is a closed terminal; Windows has none
_HELD_BACK = [getattr(signal, name) for name in _ALL if hasattr(signal, name)]
_OF_A_TERMINAL = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
"""What a terminal sends to every process that was started from it."""


@contextmanager
def held_back() -> Iterator[None]:
    """Let a block run to its end; an interruption that comes meanwhile happens after it.

    Does nothing outside the main thread, which alone is interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in _HELD_BACK}
    for number in _HELD_BACK:
        signal.signal(number, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        for late in came:
            signal.raise_signal(late)


@contextmanager
def kept_from_children() -> Iterator[None]:
    """Start processes that neither Ctrl-C nor a closed terminal reaches: this one ends them.

    They inherit which signals are blocked.

    Does nothing on Windows.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before: Any = signal.pthread_sigmask(signal.SIG_BLOCK, _OF_A_TERMINAL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
