"""Hidden names beside an output while it is written, and what a killed process left under them.

A lock beside them says that they are ours, and whether their process still runs: the system gives
it back when the process ends, however it ends.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from logistics.runtime.file_locks import take_lock
from logistics.runtime.messages import tell

_MARK = b"logistics is writing here\n"


class Hidden(NamedTuple):
    """Names beside a target that one process uses: what it writes and replaces, and its lock."""

    target: Path
    unfinished: Path
    old: Path
    lock: Path


def _beside(target: Path, token: str, ending: str) -> Hidden:
    names = (f"unfinished{ending}", "old", "lock")
    return Hidden(target, *(target.with_name(f".{target.name}.{token}.{name}") for name in names))


@contextmanager
def hidden(target: Path, ending: str = "") -> Iterator[Hidden]:
    """Give hidden names that are this process's own while the block runs.

    `ending`: suffix of a file, which says what is in it.

    Raises OSError if nothing can be written there.
    """
    ours = _beside(target, secrets.token_hex(4), ending)
    handle = os.open(ours.lock, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        take_lock(handle)
        os.write(handle, _MARK)
        yield ours
    finally:
        with suppress(OSError):  # before it is free, so that nobody finds it then
            ours.lock.unlink()
        os.close(handle)
        with suppress(OSError):  # on Windows only now
            ours.lock.unlink()


def sweep(target: Path, is_whole: Callable[[Path], bool], ending: str = "") -> None:
    """Remove what killed processes left beside a target, and say so; put back what they had moved.

    `is_whole`: whether what has the target's name is an output of ours.
    """
    lock = re.compile(rf"\.{re.escape(target.name)}\.([0-9a-f]{{8}})\.lock")
    with suppress(OSError):
        for found in filter(None, map(lock.fullmatch, sorted(os.listdir(target.parent)))):
            with suppress(OSError):
                _sweep_one(_beside(target, found[1], ending), is_whole)


def _sweep_one(left: Hidden, is_whole: Callable[[Path], bool]) -> None:
    no_links = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(left.lock, os.O_RDWR | no_links)
    try:
        if not (_is_ours(handle) and take_lock(handle)):
            return
        if left.old.is_dir() and not left.old.is_symlink():
            _put_back(left, is_whole)
        _remove(left.unfinished)
        if not (os.path.lexists(left.old) or os.path.lexists(left.unfinished)):
            left.lock.unlink()
    finally:
        os.close(handle)


def _is_ours(handle: int) -> bool:
    state = os.fstat(handle)
    mine = not hasattr(os, "geteuid") or state.st_uid == os.geteuid()
    return stat.S_ISREG(state.st_mode) and mine and os.read(handle, len(_MARK) + 1) == _MARK


def _put_back(left: Hidden, is_whole: Callable[[Path], bool]) -> None:
    """Give old results their name again, if the new ones had not taken it."""
    if is_whole(left.target):
        _remove(left.old)
        return
    if left.target.is_dir():
        left.target.rmdir()  # if it is empty
    if not os.path.lexists(left.target):
        os.rename(left.old, left.target)
        tell(f"restored {left.target}, which a killed run had moved aside")


def _remove(path: Path) -> None:
    if not os.path.lexists(path):
        return
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink()
    tell(f"removed {path}, left by a killed run")
