"""Where work is done: in this process, in several, or wherever an executor of the caller does it.

A place wraps a `concurrent.futures.Executor` with what a `WorkerPool` must know of it. A cluster is
another place, see `clusters`.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, ParamSpec, TypeVar

from logistics.errors import WorkerError
from logistics.runtime.compile_cache import clear_temporary_cache
from logistics.runtime.interrupts import held_back, kept_from_children
from logistics.runtime.threads import cores

A = TypeVar("A")
R = TypeVar("R")
P = ParamSpec("P")

_PATIENCE_S = 5.0
_STARTED = "started"
_NEVER_STARTED = (
    "worker processes end as soon as they start: in a script, call this under"
    "  if __name__ == '__main__':  or with one worker; or they run out of memory: use fewer workers"
    " or a smaller sample"
)
_GIVEN_UP = "the executor that was handed in gave it up"
_NOT_OURS = "the executor that was handed in has broken down: {}"


@dataclass(frozen=True)
class Shared(Generic[A]):
    """A value that each worker process loads once, however many tasks need it."""

    load: Callable[[], A]

    @property
    def value(self) -> A:
        """The value."""
        return self.load()


class Place:
    """Where tasks are run: as it is, an executor that a caller handed in, and shuts down.

    `travels`: whether tasks and results go to another process.
    """

    folder: Path | None = None
    """A folder that all workers see and that goes with them; None where there is none."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.travels = not isinstance(executor, Here)

    def width(self) -> int:
        """Return how many tasks are run at one time: as the executor says, or one per core."""
        return int(getattr(self._executor, "_max_workers", None) or cores())

    def share(self, value: A) -> Shared[A]:
        """Return a value to be passed with every task, with which it travels."""
        return Shared(partial(same, value))

    def submit(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Start a task. Raises BrokenExecutor if the workers are gone."""
        return self._executor.submit(function, *args, **kwargs)

    def check(self) -> None:
        """Raise WorkerError if no result can come any more, and no future says so."""

    def rebuild(self, error: BaseException) -> None:
        """Put new workers in the place of broken ones. Raises WorkerError if that is no use."""
        raise WorkerError(_NOT_OURS.format(error)) from None

    def killed(self, error: BaseException) -> bool:
        """Tell whether one task is given up because its worker ended, or one it shared did.

        False where workers can only break down all together.
        """
        return False

    def explained(self, error: BaseException) -> BaseException:
        """Return what went wrong with a task in words, where the executor has none."""
        return WorkerError(_GIVEN_UP) if isinstance(error, CancelledError) else error

    def close(self) -> None:
        """Let the workers go; they have nothing left to do."""

    def stop(self) -> None:
        """End the workers in the middle of what they do, and wait until they are gone."""


class Here(Executor):
    """This process, which does each task while it is submitted; interruptions are raised there."""

    _max_workers = 1

    def submit(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Return a future that is done."""
        future: Future[R] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Processes(Place):
    """A pool of processes, which end with this one, whatever ends it.

    Functions, arguments and results must pickle.
    """

    def __init__(self, workers: int) -> None:
        self._temporary = TemporaryDirectory(prefix="logistics-")
        self.folder = Path(self._temporary.name)
        self._begun = self.folder / _STARTED
        self._values = 0
        self._never_started = 0
        self._children: set[BaseProcess] = set()
        super().__init__(self._new_pool(workers))

    def share(self, value: A) -> Shared[A]:
        """Write the value where the workers find it."""
        assert self.folder is not None
        file = self.folder / f"value-{self._values}.pickle"
        self._values += 1
        file.write_bytes(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))
        return Shared(partial(_read, file))

    def submit(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Start a task, and a process for it where one is missing."""
        before = set(active_children())
        with held_back(), kept_from_children():
            try:
                return super().submit(function, *args, **kwargs)
            finally:
                self._children |= set(active_children()) - before

    def rebuild(self, error: BaseException) -> None:
        """Start new processes.

        Raises WorkerError when processes ended twice before they could do anything.
        """
        self._end_children()
        self._never_started = 0 if self._begun.exists() else self._never_started + 1
        if self._never_started == 2:
            raise WorkerError(_NEVER_STARTED) from None
        self._begun.unlink(missing_ok=True)
        self._executor = self._new_pool(self.width())

    def close(self) -> None:
        """Let the processes end."""
        self._executor.shutdown()
        self._temporary.cleanup()

    def stop(self) -> None:
        """End the processes, and wait until they are gone."""
        with held_back():
            self._end_children()
            self._temporary.cleanup()

    def _new_pool(self, workers: int) -> ProcessPoolExecutor:
        with kept_from_children():  # Python's own tracker of resources is one
            return ProcessPoolExecutor(
                workers,
                mp_context=get_context("spawn"),
                initializer=_start_worker,
                initargs=(self._begun,),
            )

    def _end_children(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.terminate()
        for child in self._children:
            child.join(_PATIENCE_S)
            if child.is_alive():
                child.kill()
                child.join()
        self._children.clear()


def memory_bytes() -> int | None:
    """Return how much memory this machine has; None where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


def same(value: A) -> A:
    """Return the value."""
    return value


@lru_cache(maxsize=2)
def _read(file: Path) -> Any:
    return pickle.loads(file.read_bytes())


def _start_worker(begun: Path) -> None:
    """Leave Ctrl-C to the parent, and do not outlive it even if it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(begun.parent,), daemon=True).start()
    begun.touch()


def _end_with_parent(folder: Path) -> None:
    """Wait for the parent's end, and clear away what it could not."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        shutil.rmtree(folder, ignore_errors=True)
        clear_temporary_cache()
        os._exit(1)
