"""How a command ends: signals, output that nobody takes, errors in words, exit codes."""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import NoReturn, TextIO

import typer

from logistics.errors import BrokenRunError
from networks.inputs.faults import LogisticsError

BROKEN = 1
REFUSED = 2
INTERRUPTED = 2
UNREAD = 141
"""What a shell reports of a program that wrote to a pipe that nobody reads: 128 + SIGPIPE."""

_TOO_MANY = {errno.EMFILE, errno.ENFILE}
_MORE_FILES = "Too many open files: raise the limit (ulimit -n 1024), or use fewer --workers."
_LESS = "Out of memory: use fewer --workers, fewer --orders-per-day or fewer --days."


def say(message: str) -> None:
    """Print a message for people, if standard error takes it."""
    with suppress(OSError):
        typer.echo(message, err=True)


def fail(message: str, code: int) -> NoReturn:
    """Say what went wrong, and end."""
    say(message)
    raise typer.Exit(code)


@contextmanager
def in_words() -> Iterator[None]:
    """Let a command end with a message and a code, whatever went wrong: nobody reads tracebacks."""
    try:
        yield
        sys.stdout.flush()
    except BrokenRunError as error:
        fail(str(error), BROKEN)
    except LogisticsError as error:
        fail(str(error), REFUSED)
    except KeyboardInterrupt as error:
        fail(str(error) or "Interrupted.", INTERRUPTED)
    except MemoryError:
        fail(_LESS, REFUSED)
    except OSError as error:
        unheard = error.filename is None and _is_unheard(sys.stdout)
        if unheard and error.errno == errno.EPIPE:
            raise typer.Exit(UNREAD) from None
        fail(_in_words(error, "standard output" if unheard else "a file"), REFUSED)


def _in_words(error: OSError, unnamed: str) -> str:
    if error.errno in _TOO_MANY:
        return _MORE_FILES
    reason = os.strerror(error.errno) if error.errno else str(error)
    place = error.filename or unnamed
    return f"{place}: cannot be read or written: {reason[:1].lower()}{reason[1:]}"


def _is_unheard(stream: TextIO) -> bool:
    """Tell whether nothing can be printed; then what is still to come is dropped.

    Else Python would try again at its end, and complain.
    """
    try:
        stream.write("\n")
        stream.flush()
    except (OSError, ValueError):
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
        return True
    return False


def fill_closed_streams() -> None:
    """Put the null device where standard input, output or error was closed (`>&-`).

    Else the next file that is opened takes the number, and what is printed lands in it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
            os.set_inheritable(nowhere, True)  # or workers would start without it
        if getattr(sys, name) is None:
            stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)


def end_in_order() -> None:
    """Let SIGTERM and a closed terminal (SIGHUP) end a command as Ctrl-C does.

    What was started to ignore a signal (`nohup`) goes on ignoring it, as Python does with Ctrl-C.
    """
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # Windows has no SIGHUP
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)
