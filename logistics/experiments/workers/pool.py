"""A worker pool does many tasks, wherever its executor does them, and survives workers that end.

Results come as they are ready; tasks are taken from the caller one by one, as there is room.
"""

from __future__ import annotations

import os
import pickle
import platform
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast

from logistics.errors import WorkerError
from logistics.experiments.workers.clusters import Cluster
from logistics.experiments.workers.executors import Here, Place, Processes
from logistics.experiments.workers.progress import BUILDING, Report, reported, silent
from logistics.runtime.main_guard import is_unguarded_script
from logistics.runtime.messages import tell
from logistics.runtime.threads import cores
from networks.inputs.faults import LogisticsError, whole_file

A = TypeVar("A")
R = TypeVar("R")

_LOOK_S = 1.0
_SETTLE_S = 10.0
_SUSPECT = 2
"""Breakdowns after which a task that was under way at each is run alone."""

_DIED = (
    "its worker process ended unexpectedly {} times, most likely out of memory: use fewer workers"
    " or a smaller sample"
)
_UNGUARDED = (
    'this script has no  if __name__ == "__main__":  around its calls, so it runs on one worker'
)


@dataclass(frozen=True, eq=False)
class Done(Generic[A, R]):
    """A task that has ended, well or not.

    `number`: of the task, in the order of the arguments, from 0. `result`: None after an error.
    `error`: what the task raised, or that its worker ended. `trace`: the error's traceback as text,
    empty where there is none. `seconds`: how long it ran. `worker`: who ran it, as host:process.
    """

    number: int
    argument: A
    result: R | None
    error: BaseException | None = None
    trace: str = ""
    seconds: float = 0.0
    worker: str = ""

    def outcome(self) -> R:
        """Return the result.

        Raises the task's error.
        """
        if self.error is not None:
            if self.trace and self.error.__traceback__ is None:
                raise self.error from _Remote(self.trace)
            raise self.error
        return cast(R, self.result)


class WorkerPool:
    """Workers at one place. See `worker_pool`, which gives one.

    `folder`, `width()` and `share(value)` are those of the place.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self.folder, self.width, self.share = place.folder, place.width, place.share
        self.left_tasks = False
        """Whether tasks may still be under way for which nobody waits any more."""

    def run(
        self,
        function: Callable[[A], R],
        arguments: Iterable[A | None],
        meanwhile: Callable[[], None] | None = None,
    ) -> Iterator[Done[A, R]]:
        """Apply a function to many arguments; yield each task as it ends, in whatever order.

        `arguments`: taken one by one as there is room; None stands for none just now, ask again
        when the next result has been taken. `meanwhile`: what this process does once the first
        tasks are under way in others.

        A task whose worker ended is run again; if it seems to be what ends workers, alone, and
        then it ends with a WorkerError. Leaving the generator gives up what is under way.

        Raises WorkerError when the workers cannot go on.
        """
        work = _Work(self._place, function, arguments)
        try:
            work.fill()
            if meanwhile is not None and self.folder is not None:
                meanwhile()
            while work.under_way:
                for one in work.ended():
                    yield one
                    work.fill()
                work.fill()
        finally:
            self.left_tasks |= work.leave()

    def map(
        self,
        function: Callable[[A], R],
        arguments: Sequence[A],
        report: Report = silent,
        stage: str = BUILDING,
        meanwhile: Callable[[], None] | None = None,
    ) -> list[R]:
        """Return the results in the order of the arguments; see `run`.

        `report`: called as each task has ended, with the `stage` that they are.

        Raises the first error of a task.
        """
        tasks = self.run(function, arguments, meanwhile)
        ended = reported(tasks, report, stage, len(arguments))
        results = {one.number: one.outcome() for one in ended}
        return [results[number] for number in sorted(results)]


@contextmanager
def worker_pool(
    workers: int | None = None, cluster: str | None = None, executor: Executor | None = None
) -> Iterator[WorkerPool]:
    """Give a worker pool; when the block ends, however it does, no process of it is left.

    `workers`: processes of this machine; 1 for none but this, None for one per core. A script that
    calls this outside its main guard gets one worker, and a line that says why. `cluster`: address
    of a Dask scheduler instead, such as tcp://host:8786. `executor`: any other instead, which the
    caller shuts down.

    Raises InputError if the cluster cannot be used.
    """
    place = _place(workers, cluster, executor)
    pool, end = WorkerPool(place), place.stop
    try:
        yield pool
        if not pool.left_tasks:
            end = place.close
    finally:
        end()


def _place(workers: int | None, cluster: str | None, executor: Executor | None) -> Place:
    if sum(one is not None for one in (workers, cluster, executor)) > 1:
        problem = "workers, cluster and executor exclude each other"
        raise whole_file("workers", problem, "one of the three")
    if executor is not None:
        return Place(executor)
    if cluster is not None:
        return Cluster(cluster)
    workers = cores() if workers is None else workers
    if workers < 1:
        raise whole_file("workers", f"{workers} is too few", "at least 1")
    if workers > 1 and is_unguarded_script():
        tell(_UNGUARDED)
        workers = 1
    return Place(Here()) if workers == 1 else Processes(workers)


@dataclass
class _Task(Generic[A]):
    """`breaks`: how many times the workers broke down while it was under way.

    `alone`: nothing else is under way with it.
    """

    number: int
    argument: A
    breaks: int = 0
    alone: bool = False


class _Work(Generic[A, R]):
    """The tasks of one `WorkerPool.run`: waiting, under way, suspected of ending their workers."""

    def __init__(
        self, place: Place, function: Callable[[A], R], arguments: Iterable[A | None]
    ) -> None:
        self.under_way: dict[Future[Done[Any, R]], _Task[A]] = {}
        self._place, self._function = place, function
        self._arguments = iter(arguments)
        self._next = 0
        self._again: deque[_Task[A]] = deque()
        self._suspects: deque[_Task[A]] = deque()

    def fill(self) -> None:
        """Start tasks while there is room; a suspect waits until it is alone."""
        while not self._suspects and len(self.under_way) < self._room():
            task = self._again.popleft() if self._again else self._take()
            if task is None:
                break
            self._start(task)
        if self._suspects and not self.under_way:
            task = self._suspects.popleft()
            task.alone = True
            self._start(task)

    def ended(self) -> list[Done[A, R]]:
        """Wait a while for a task to end; return all that have, in the order of their numbers."""
        finished, _ = wait(self.under_way, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
        if not finished:
            self._place.check()
        if broken := next(filter(None, map(_breakdown, finished)), None):
            return self._broke(broken)
        return self._reports(finished)

    def leave(self) -> bool:
        """Forget what is under way; return whether anything was."""
        left = [future for future in self.under_way if not future.done()]
        for future in left:
            future.cancel()
        return bool(left)

    def _room(self) -> int:
        width = self._place.width()
        return width + width // 2 + 1 if self._place.travels else 1

    def _take(self) -> _Task[A] | None:
        argument = next(self._arguments, None)
        if argument is None:
            return None
        self._next += 1
        return _Task(self._next - 1, argument)

    def _start(self, task: _Task[A]) -> None:
        travels = self._place.travels
        while True:
            try:
                future = self._place.submit(_attempt, self._function, task.argument, travels)
            except BrokenExecutor as error:
                if self.under_way:  # whose futures fail, too
                    self._again.appendleft(task)
                    return
                self._place.rebuild(error)
            else:
                self.under_way[future] = task
                return

    def _reports(self, finished: Iterable[Future[Done[Any, R]]]) -> list[Done[A, R]]:
        reports = []
        for future in sorted(finished, key=lambda one: self.under_way[one].number):
            task = self.under_way.pop(future)
            error = CancelledError() if future.cancelled() else future.exception()
            if error is not None and self._place.killed(error) and not task.alone:
                self._suspects.append(task)
            elif error is not None:  # of the executor: what the task raised is in its report
                explained = self._place.explained(error)
                reports.append(Done[A, R](task.number, task.argument, None, explained))
            else:
                found = future.result()
                reports.append(replace(found, number=task.number, argument=task.argument))
        return reports

    def _broke(self, error: BaseException) -> list[Done[A, R]]:
        """Get new workers, and see to it that everything unfinished is run again."""
        wait(self.under_way, timeout=_SETTLE_S)
        ended = self._reports([f for f in self.under_way if f.done() and not _breakdown(f)])
        self._place.rebuild(error)
        for task in sorted(self.under_way.values(), key=lambda one: one.number):
            task.breaks += 1
            if task.alone:
                died = WorkerError(_DIED.format(task.breaks))
                ended.append(Done(task.number, task.argument, None, died))
            else:
                (self._suspects if task.breaks >= _SUSPECT else self._again).append(task)
        self.under_way.clear()
        return ended


class _Remote(Exception):
    """The traceback of an error in another process, as text."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def _breakdown(future: Future[Any]) -> BaseException | None:
    error = None if future.cancelled() else future.exception()
    return error if isinstance(error, BrokenExecutor) else None


def _attempt(function: Callable[[A], R], argument: A, travels: bool) -> Done[Any, R]:
    """Run a task; an error is a result like any other, so that it cannot break the worker.

    The argument, which the caller has, does not travel back.
    """
    started = time.perf_counter()
    result, error, trace = None, None, ""
    try:
        result = function(argument)
    except (Exception, SystemExit) as failed:
        trace = "".join(traceback.format_exception(failed))
        error = _portable(failed) if travels else failed
    seconds = time.perf_counter() - started
    worker = f"{platform.node()}:{os.getpid()}"
    return Done(-1, None, result, error, trace, seconds, worker)


def _portable(error: BaseException) -> BaseException:
    """Return the error, or if it does not survive pickling, one that says the same."""
    with suppress(Exception):
        if type(pickle.loads(pickle.dumps(error))) is type(error):
            return error
    return LogisticsError(f"{type(error).__name__}: {error}")
