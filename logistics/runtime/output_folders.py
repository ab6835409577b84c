"""Results folders appear whole or not at all.

What is written goes into a hidden folder beside the one asked for, which takes its name only when
everything is on the disk. Whatever goes wrong before, an interruption included, leaves nothing;
what a killed process leaves, the next one for the same place sweeps.
"""

from __future__ import annotations

import errno
import itertools
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from logistics.errors import OutputError
from logistics.runtime.interrupts import held_back
from logistics.runtime.leftovers import Hidden, hidden, sweep

ABOUT = "README.txt"
TITLE = "Results of logistics"
"""First words of the `ABOUT` file; a folder without them is never replaced."""

LEFTOVER = ".part"
"""How the names of files end that were being written when a process was killed."""

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS}


@contextmanager
def output_folder(path: str | Path, overwrite: bool = False, beside: bool = True) -> Iterator[Path]:
    """Give an empty folder to write into; it becomes `path` when the block ends without an error.

    Missing parents are made. `overwrite`: replace an existing results folder, once the new one is
    complete. `beside`: whether it is kept under another name if somebody makes `path` meanwhile.

    Raises OutputError if `path` already exists (an empty folder does not count) or nothing can be
    written beside it, before the block starts; or if the disk refuses something later.
    """
    target = Path(os.path.realpath(path))
    sweep(target, _is_results)
    _refuse_existing(target, path, overwrite)
    with (
        _refusals_told(path, target),
        _own_parents(target),
        hidden(target) as ours,
        _unfinished(ours.unfinished) as folder,
    ):
        yield folder
        _to_disk(folder)
        _put_in_place(ours, path, overwrite, beside)


def free_folder(name: str, overwrite: bool = False) -> Path:
    """Return the first folder of `name`, `name-2`, `name-3`, ... that does not exist, or is empty.

    `overwrite`: `name` itself, whether it exists or not.
    """
    numbered = (Path(f"{name}-{number}") for number in itertools.count(2))
    return next(
        one
        for one in itertools.chain([Path(name)], numbered)
        if overwrite or not os.path.lexists(one) or (one.is_dir() and not any(one.iterdir()))
    )


@contextmanager
def output_path(path: str | Path) -> Iterator[Path]:
    """Give a path for a file or folder to be made; it becomes `path` when the block ends well.

    Missing parents are made. Raises OutputError if `path` already exists, or cannot be written.
    """
    target = Path(os.path.realpath(path))
    sweep(target, os.path.lexists, target.suffix)
    with _refusals_told(path, target):
        if os.path.lexists(target):
            raise OutputError(path, "already exists; choose another name")
        with _own_parents(target), hidden(target, target.suffix) as ours:
            unfinished = ours.unfinished
            try:
                yield unfinished
                _rename(unfinished, target, path)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)  # of a folder
                with suppress(OSError):
                    unfinished.unlink()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that at any moment it is the old one, or the new one whole, or none.

    What an end by force leaves beside it begins with a dot and ends in `LEFTOVER`.

    Raises OutputError if the disk refuses.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{LEFTOVER}")
    try:
        try:
            with part.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)
        if os.name == "posix":
            _confirm(path.parent)
    except OSError as error:
        raise not_written(path, error) from None


@contextmanager
def _refusals_told(path: str | Path, target: Path) -> Iterator[None]:
    """Turn what the disk refuses of an output, not, say, a closed terminal, into an OutputError."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        about = Path(os.path.abspath(str(error.filename or os.devnull)))
        near = about.is_relative_to(target) or target.is_relative_to(about)
        near = near or str(about).startswith(str(target.with_name(f".{target.name}.")))
        if error.errno in _DISK or near:
            raise not_written(path, error) from None
        raise


def _refuse_existing(target: Path, path: str | Path, overwrite: bool) -> None:
    try:
        parent = next((parent for parent in target.parents if parent.exists()), target)
        if not parent.is_dir():
            raise OutputError(path, f"cannot be written: {parent} is not a folder")
        if not os.path.lexists(target) or (target.is_dir() and not any(target.iterdir())):
            return
        if not target.is_dir():
            raise OutputError(path, "is a file; choose another name for the folder")
        if not overwrite:
            raise OutputError(path, "already exists; choose another folder or pass --overwrite")
        if not _is_results(target):
            raise OutputError(
                path, f"is not overwritten: it holds no {ABOUT} that says '{TITLE}'; choose another"
            )
    except OutputError:
        raise
    except OSError as error:
        raise not_written(path, error) from None


def _is_results(folder: Path) -> bool:
    about = folder / ABOUT
    return about.is_file() and about.read_bytes().startswith(TITLE.encode())


@contextmanager
def _own_parents(target: Path) -> Iterator[None]:
    """Make missing parents; after an error, take those away again that are empty."""
    missing = [parent for parent in target.parents if not os.path.lexists(parent)]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for parent in missing:
            with suppress(OSError):
                parent.rmdir()
        raise


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """Make a folder; after an error, take it away with all it holds."""
    folder.mkdir()
    try:
        yield folder
    except BaseException:
        with held_back():
            shutil.rmtree(folder, ignore_errors=True)
        raise


def not_written(path: str | Path, error: OSError) -> OutputError:
    """Return what the system refused of an output, in words."""
    return OutputError(path, f"cannot be written: {_reason(error)}")


def not_read(path: str | Path, error: OSError) -> OutputError:
    """Return what the system refused of an output that is to be read again, in words."""
    return OutputError(path, f"cannot be read: {_reason(error)}")


def _reason(error: OSError) -> str:
    reason = os.strerror(error.errno) if error.errno else str(error)
    return reason[:1].lower() + reason[1:]


def _to_disk(folder: Path) -> None:
    """Let the disk confirm every file and folder."""
    for place, _, files in os.walk(folder):
        for file in files:
            _confirm(Path(place) / file)
        if os.name == "posix":  # elsewhere a folder cannot be opened
            _confirm(Path(place))


def _confirm(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put_in_place(ours: Hidden, path: str | Path, overwrite: bool, beside: bool) -> None:
    """Give the finished folder its name; an old one goes only after that."""
    folder, target, old = ours.unfinished, ours.target, ours.old
    if not overwrite or not os.path.lexists(target):
        _rename(folder, target, path, beside)
    else:
        with held_back():
            os.rename(target, old)
            try:
                os.rename(folder, target)
            except OSError:
                os.rename(old, target)
                raise
        shutil.rmtree(old, ignore_errors=True)
    if os.name == "posix":
        _confirm(target.parent)


def _rename(folder: Path, target: Path, path: str | Path, keep: bool = True) -> None:
    """Rename, and if somebody else made the target meanwhile, keep the results beside it."""
    try:
        if target.is_file():
            raise FileExistsError
        if os.name != "posix" and target.exists():
            target.rmdir()  # empty; a posix rename replaces it by itself
        os.rename(folder, target)
    except OSError:
        if not os.path.lexists(target):
            raise
        if not keep:
            raise OutputError(
                path, "was made by another process meanwhile; choose another folder"
            ) from None
        beside = target.with_name(f"{target.name}-{secrets.token_hex(2)}")
        os.rename(folder, beside)
        raise OutputError(path, f"came into being meanwhile; the results are in {beside}") from None
