"""Locks on open files, which the system gives back when their process ends."""

from __future__ import annotations

import os
import sys

_FAR = 1 << 30
"""The byte that is locked on Windows, where what is locked cannot be read."""


def take_lock(handle: int) -> bool:
    """Lock an open file, unless another process has; return whether it is locked now."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  (only there)

            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl  # noqa: PLC0415  (not on Windows)

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
