"""Run a study: every point as often as it takes, each finished run kept at once.

Whatever ends it, finished runs stay; going on later ends with the same tables.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from logistics.analysis.comparison import Replicate
from logistics.errors import BrokenRunError
from logistics.experiments.replicate import RunSpec, replicate, run_spec_of
from logistics.experiments.workers.executors import Shared
from logistics.experiments.workers.pool import Done, WorkerPool
from logistics.studies.progress import Course, aim_of, bottleneck
from logistics.studies.store.store import Store
from logistics.studies.study import Study
from networks.inputs.faults import InputError, LogisticsError

_FEW_POINTS = 4  # whose networks made ready may lie on the disk, up to 100 MB each


@dataclass(frozen=True)
class State:
    """How far a study is.

    `done`, `expected`: runs. `points`, `complete`, `failed`: numbers of points. `waiting_for`: the
    figure that needs most runs to be precise, in words. `seconds_left`: None if it cannot be told.
    """

    done: int
    expected: int
    points: int
    complete: int
    failed: int
    waiting_for: str
    seconds_left: float | None


Tell = Callable[[State], None]
"""Called as a study begins, and after each run."""


@dataclass(frozen=True)
class _Task:
    """One replication of one point."""

    course: int
    replication: int
    spec: Shared[RunSpec]


def run_study(
    study: Study, store: Store, worker_pool: WorkerPool, tell: Tell = lambda state: None
) -> State:
    """Run what is missing in a store that is open for writing; return how far it came.

    A point that cannot be run ends with its own error, which the store keeps; the others go on.

    Raises OutputError if the store cannot be written, WorkerError if the workers are gone.
    """
    store.clear_failures()
    courses = courses_of(study, store)
    clock = _Clock()
    tell(state_of(courses))
    for done in worker_pool.run(_run_one, _tasks(courses, worker_pool, store)):
        _keep(done, courses[done.argument.course], store)
        clock.done += 1
        tell(state_of(courses, clock))
    for course in courses:
        if course.enough is not None:
            store.drop_runs(course.point.name, course.enough)
    return state_of(courses)


def courses_of(study: Study, store: Store) -> list[Course]:
    """Return how far each point is, by what the store holds."""
    finished, failures = store.finished(), store.failures()
    courses = []
    for point in store.points():
        aim = aim_of(study, point.plan.replications)
        numbers = set(finished.get(point.name, ()))
        failed = str(failures.get(point.name, {}).get("error", ""))
        course = Course(point, aim, numbers, failed)
        course.advance(store)
        courses.append(course)
    return courses


def state_of(courses: Sequence[Course], clock: _Clock | None = None) -> State:
    """Return how far some points are together."""
    remaining = sum(one.remaining for one in courses)
    done = sum(one.expected - one.remaining for one in courses if not one.failed)
    return State(
        done=done,
        expected=done + remaining,
        points=len(courses),
        complete=sum(one.complete and not one.failed for one in courses),
        failed=sum(bool(one.failed) for one in courses),
        waiting_for=bottleneck(courses),
        seconds_left=clock.left(remaining) if clock else None,
    )


def _tasks(courses: Sequence[Course], worker_pool: WorkerPool, store: Store) -> Iterator[_Task]:
    """Yield what to run, point after point; taken one by one, as results come in."""
    ready = worker_pool.folder if len(courses) <= _FEW_POINTS else None
    for row, course in enumerate(courses):
        spec: Shared[RunSpec] | None = None
        for number in course.next_replications():
            try:
                spec = spec or worker_pool.share(run_spec_of(course.point.plan, ready))
            except InputError as error:  # of a network or orders in files
                _fail(course, store, {"replication": number, "error": _told(error)})
                break
            yield _Task(row, number, spec)


def _run_one(task: _Task) -> tuple[Replicate, Mapping[str, Any]]:
    return replicate(task.spec, task.replication, why=False)


def _keep(done: Done[Any, Any], course: Course, store: Store) -> None:
    """Write a finished run, or why there will be none."""
    number = done.argument.replication
    if done.error is not None:
        why = {"replication": number, "error": _told(done.error), "trace": done.trace}
        course.broken[number] = why
    else:
        replicated, facts = done.outcome()
        store.write_run(course.point.name, number, replicated, facts, done.seconds, done.worker)
        course.finished.add(number)
        course.advance(store)
    if (needed := course.first_needed()) in course.broken:
        _fail(course, store, course.broken[needed])


def _fail(course: Course, store: Store, why: Mapping[str, Any]) -> None:
    course.failed = str(why["error"])
    store.write_failure(course.point.name, why)


def _told(error: BaseException) -> str:
    """Return an error in words; its kind, too, where it was not raised on purpose."""
    if isinstance(error, LogisticsError) and not isinstance(error, BrokenRunError):
        return str(error)
    return f"{type(error).__name__}: {error}"


class _Clock:
    """Tells how long the rest will take, from how long it took so far."""

    def __init__(self) -> None:
        self.done, self._started = 0, time.monotonic()

    def left(self, remaining: int) -> float | None:
        """Return the seconds left; None before the first run is done."""
        if not self.done:
            return None
        return (time.monotonic() - self._started) / self.done * remaining
