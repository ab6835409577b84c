"""Where work is done: in this process, or in several.

Both executors give the results in the order of the arguments, so how many there are changes
nothing but the time it takes.
"""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, Protocol, TypeVar

from logistics.errors import LogisticsError
from logistics.interrupts import held_back, kept_from_children

A = TypeVar("A")
R = TypeVar("R")

_PATIENCE_S = 5.0
_DIED = (
    "a worker process ended unexpectedly, most likely for want of memory: use fewer workers or a"
    " smaller sample (in a script, call this under  if __name__ == '__main__':)"
)


class Shared(Generic[A]):
    """A value that each worker process reads once, however many tasks need it."""

    def __init__(self, value: A, file: Path | None = None) -> None:
        self.value = value
        self._file = file

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the name of the file, where there is one."""
        return (_read, (self._file,)) if self._file else (Shared, (self.value,))


class Executor(Protocol):
    """Something that applies a function to many arguments."""

    def share(self, value: A) -> Shared[A]:
        """Return a value to be passed with every task."""

    def map(
        self,
        function: Callable[[A], R],
        arguments: Sequence[A],
        done: Callable[[int], None] = lambda number: None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> list[R]:
        """Return the results in the order of the arguments; call `done(number)` as each is there.

        `meanwhile`: what this process does while others work.

        Raises what the function raises.
        """


class InProcess:
    """Does the work here, one argument after the other."""

    def share(self, value: A) -> Shared[A]:
        """Return the value as it is."""
        return Shared(value)

    def map(
        self,
        function: Callable[[A], R],
        arguments: Sequence[A],
        done: Callable[[int], None] = lambda number: None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> list[R]:
        """Return the results, one after the other; there is no meanwhile.

        Raises what the function raises.
        """
        results = []
        for number, argument in enumerate(arguments):
            results.append(function(argument))
            done(number)
        return results


class Processes:
    """Does the work in `workers` processes, which end with this one, whatever ends it.

    Functions, arguments and results must pickle.
    """

    def __init__(self, workers: int, folder: Path) -> None:
        self._pool = ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=_start_worker
        )
        self._folder = folder
        self._children: set[BaseProcess] = set()

    def share(self, value: A) -> Shared[A]:
        """Write the value where the workers find it."""
        file = self._folder / f"{len(list(self._folder.iterdir()))}.pickle"
        with file.open("wb") as stream:
            pickle.dump(value, stream, protocol=pickle.HIGHEST_PROTOCOL)
        return Shared(value, file)

    def map(
        self,
        function: Callable[[A], R],
        arguments: Sequence[A],
        done: Callable[[int], None] = lambda number: None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> list[R]:
        """Return the results; see `Executor`.

        Raises what the function raises, LogisticsError if a process dies.
        """
        try:
            futures = self._submit(function, arguments)
            meanwhile()
            number = {future: row for row, future in enumerate(futures)}
            pending = set(futures)
            while pending:
                finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                for future in sorted(finished, key=lambda one: number[one]):
                    future.result()
                    done(number[future])
            return [future.result() for future in futures]
        except BrokenProcessPool:
            raise LogisticsError(_DIED) from None

    def _submit(self, function: Callable[[A], R], arguments: Sequence[A]) -> list[Future[R]]:
        before = set(active_children())
        with held_back(), kept_from_children():
            futures = [self._pool.submit(function, argument) for argument in arguments]
            self._children |= set(active_children()) - before
        return futures

    def close(self) -> None:
        """Let the processes end; they have nothing left to do."""
        self._pool.shutdown()

    def stop(self) -> None:
        """End the processes in the middle of what they do, and wait until they are gone."""
        with held_back():
            self._pool.shutdown(wait=False, cancel_futures=True)
            for child in self._children:
                child.terminate()
            for child in self._children:
                child.join(_PATIENCE_S)
                if child.is_alive():
                    child.kill()
                    child.join()


@contextmanager
def executor(workers: int) -> Iterator[Executor]:
    """Give an executor; when the block ends, however it does, no process is left."""
    if workers == 1:
        yield InProcess()
        return
    with TemporaryDirectory(prefix="logistics-") as folder:
        pool = Processes(workers, Path(folder))
        try:
            yield pool
        except BaseException:
            pool.stop()
            raise
        pool.close()


def memory_bytes() -> int | None:
    """Return how much memory this machine has; None where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


@lru_cache(maxsize=4)
def _read(file: Path) -> Shared[Any]:
    with file.open("rb") as stream:
        return Shared(pickle.load(stream), file)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and do not outlive it even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
