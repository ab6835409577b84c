"""Where files of a planner are opened: only files, only so large, unpacked only so far.

A named pipe would keep the program waiting, a device has no end, and a small archive can unpack to
more than any disk holds.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from networks.inputs.faults import InputError, whole_file

MOST_UNPACKED = 2 * 2**30
"""Bytes of a table of text, unpacked."""
MOST_TIMES = 100
"""How much larger a packed file may become, beyond the first `FREE_BYTES`."""
FREE_BYTES = 10 * 2**20
_AT_A_TIME = 2**20

_KINDS = {stat.S_IFREG: "", stat.S_IFDIR: "folder", stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}


def check_is_file(path: str | os.PathLike[str]) -> int:
    """Return how many bytes a file has.

    Raises InputError where there is none, or what is there is no plain file.
    """
    try:
        state = os.stat(path)
    except FileNotFoundError:
        raise whole_file(path, "there is no such file") from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if kind := _KINDS.get(stat.S_IFMT(state.st_mode), "device"):
        allowed = "" if kind == "folder" else "a file on a disk"
        raise whole_file(path, f"is a {kind}, not a file", allowed)
    return state.st_size


def unreadable(path: object, error: Exception) -> InputError:
    """Return the error of a file that the system, or what unpacks it, refuses."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return whole_file(path, f"cannot be read: {reason}")


def bytes_of(path: str | os.PathLike[str], most: int) -> bytes:
    """Return what a file holds. Raises InputError for one that is larger, or that is none."""
    check_is_file(path)
    try:
        with open(path, "rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise unreadable(path, error) from None
    if len(content) > most:
        raise whole_file(path, "the file is too large", f"up to {most // 10**6} MB")
    return content


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a table of text, packed or not, whatever its name: by its first bytes.

    Raises InputError for what is no file; while it is read, for one that is damaged, or larger than
    it may be.
    """
    size = check_is_file(path)
    with open(path, "rb") as file:
        unpacked = _unpacked(path, file)
        packed = unpacked is not file
        most = min(MOST_UNPACKED, FREE_BYTES + MOST_TIMES * size) if packed else MOST_UNPACKED
        yield io.BufferedReader(_Limited(path, unpacked, most), _AT_A_TIME)


def _unpacked(path: Path, file: IO[bytes]) -> IO[bytes]:
    start = file.read(8)
    file.seek(0)
    for mark, unpack in _PACKED.items():
        if start.startswith(mark):
            return unpack(path, file)
    if start.startswith(_ZSTANDARD) or path.suffix.lower() in (".zst", ".tar", ".tgz", ".7z"):
        raise whole_file(path, "is packed in a way that is not read", "gzip, bzip2, xz or zip")
    return file


def _only_member(path: Path, file: IO[bytes]) -> IO[bytes]:
    try:
        package = zipfile.ZipFile(file)
        # a Mac adds what its Finder knows of each file
        members = [
            part
            for part in package.infolist()
            if not (part.is_dir() or part.filename.startswith("__MACOSX/"))
        ]
        if len(members) != 1:
            raise whole_file(path, f"holds {len(members):,} files", "a zip file with one table")
        if members[0].flag_bits & 1:
            raise whole_file(path, "is protected by a password", "one without")
        return package.open(members[0])
    except (*_DAMAGED, RuntimeError) as error:
        raise unreadable(path, error) from None


_PACKED: dict[bytes, Callable[[Path, IO[bytes]], IO[bytes]]] = {
    b"\x1f\x8b": lambda _, file: cast(IO[bytes], gzip.GzipFile(fileobj=file)),
    b"BZh": lambda _, file: cast(IO[bytes], bz2.BZ2File(file)),
    b"\xfd7zXZ\x00": lambda _, file: cast(IO[bytes], lzma.LZMAFile(file)),  # noqa: SIM115
    b"PK\x03\x04": _only_member,
    b"PK\x05\x06": _only_member,  # an empty one
}
_ZSTANDARD = b"\x28\xb5\x2f\xfd"
_DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError)


class _Limited(io.RawIOBase):
    """What can be read of a file, up to a limit."""

    def __init__(self, path: Path, file: IO[bytes], most: int) -> None:
        self._path, self._file, self._most, self._left = path, file, most, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            found = self._file.read(min(len(buffer), self._left + 1))
        except _DAMAGED as error:
            raise unreadable(self._path, error) from None
        self._left -= len(found)
        if self._left < 0:
            problem = f"holds more than {self._most / 2**20:,.0f} MB"
            allowed = "smaller tables, or Parquet; packed, up to 100 times its size"
            raise whole_file(self._path, problem, allowed)
        buffer[: len(found)] = found
        return len(found)
