"""One writer at a time: a lock that ends with its process, however that ends."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from logistics.errors import OutputError
from logistics.runtime.file_locks import take_lock
from logistics.runtime.output_folders import not_written


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file while the block runs; the file stays, and says who had it last.

    Raises OutputError if another process, or this one, holds it, or it cannot be written.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise not_written(path, error) from None
    try:
        if not take_lock(handle):
            raise OutputError(path.parent, f"is being written by {_holder(handle)}; wait for it")
        _sign(handle, path)
        yield
    finally:
        os.close(handle)  # which gives the lock back


def _sign(handle: int, path: Path) -> None:
    since = datetime.now().astimezone().isoformat(timespec="seconds")
    text = f"process {os.getpid()} on {socket.gethostname()} since {since}"
    try:
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, text.encode())
    except OSError as error:
        raise not_written(path, error) from None


def _holder(handle: int) -> str:
    text = b""
    with suppress(OSError):
        os.lseek(handle, 0, os.SEEK_SET)
        text = os.read(handle, 200)
    return text.decode(errors="replace") or "another process"
