"""Run a study: every point as often as it takes, each finished run kept at once.

Whatever ends it, finished runs stay; resuming later ends with the same tables.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from logistics.analysis.comparison import Replicate
from logistics.errors import BrokenRunError
from logistics.experiments.replicate import RunSpec, replicate, run_spec_of
from logistics.experiments.workers.executors import Shared
from logistics.experiments.workers.pool import Done, WorkerPool
from logistics.experiments.workers.progress import RUNNING, Progress, Report, seconds_left, silent
from logistics.studies.progress import PointProgress, aim_of, bottleneck
from logistics.studies.store.store import Store
from logistics.studies.study import Study
from networks.inputs.faults import InputError, LogisticsError

_FEW_POINTS = 4  # whose prepared models may lie on the disk, up to 100 MB each


class _Task(NamedTuple):
    """One replication of one point."""

    row: int
    replication: int
    spec: Shared[RunSpec]


def run_study(
    study: Study, store: Store, worker_pool: WorkerPool, report: Report = silent
) -> Progress:
    """Run what is missing in a store that is open for writing; return how far it came.

    A point that cannot be run ends with its own error, which the store keeps; the others go on.

    Raises OutputError if the store cannot be written, WorkerError if the workers are gone.
    """
    store.clear_failures()
    points = progress_of_points(study, store)
    started = time.monotonic()
    report(study_progress(points))
    tasks = worker_pool.run(_run_one, _tasks(points, worker_pool, store))
    for made, done in enumerate(tasks, start=1):
        _keep(done, points[done.argument.row], store)
        report(study_progress(points, started, made))
    for point in points:
        if point.enough is not None:
            store.drop_runs(point.point.name, point.enough)
    return study_progress(points)


def progress_of_points(study: Study, store: Store) -> list[PointProgress]:
    """Return how far each point is, by what the store holds."""
    finished, failures = store.finished(), store.failures()
    points = []
    for point in store.points():
        aim = aim_of(study, point.plan.replications)
        numbers = set(finished.get(point.name, ()))
        failed = str(failures.get(point.name, {}).get("error", ""))
        one = PointProgress(point, aim, numbers, failed)
        one.advance(store)
        points.append(one)
    return points


def study_progress(
    points: Sequence[PointProgress], started: float = 0.0, made: int = 0
) -> Progress:
    """Return how far some points are together; `made`: runs since `started`."""
    remaining = sum(one.remaining for one in points)
    done = sum(one.expected - one.remaining for one in points if not one.failed)
    return Progress(
        stage=RUNNING,
        done=done,
        expected=done + remaining,
        points=len(points),
        complete=sum(one.complete and not one.failed for one in points),
        failed=sum(bool(one.failed) for one in points),
        waiting_for=bottleneck(points),
        seconds_left=seconds_left(started, made, remaining),
    )


def _tasks(
    points: Sequence[PointProgress], worker_pool: WorkerPool, store: Store
) -> Iterator[_Task]:
    """Yield what to run, point after point; taken one by one, as results come in."""
    prepared = worker_pool.folder if len(points) <= _FEW_POINTS else None
    for row, one in enumerate(points):
        spec: Shared[RunSpec] | None = None
        for number in one.next_replications():
            try:
                spec = spec or worker_pool.share(run_spec_of(one.point.plan, prepared))
            except InputError as error:  # of a network or orders in files
                _fail(one, store, {"replication": number, "error": _in_words(error)})
                break
            yield _Task(row, number, spec)


def _run_one(task: _Task) -> tuple[Replicate, Mapping[str, Any]]:
    return replicate(task.spec, task.replication, why=False)


def _keep(done: Done[Any, Any], point: PointProgress, store: Store) -> None:
    """Write a finished run, or why there will be none."""
    number = done.argument.replication
    if done.error is not None:
        why = {"replication": number, "error": _in_words(done.error), "trace": done.trace}
        point.broken[number] = why
    else:
        replicated, facts = done.outcome()
        store.write_run(point.point.name, number, replicated, facts, done.seconds, done.worker)
        point.finished.add(number)
        point.advance(store)
    if (needed := point.first_needed()) in point.broken:
        _fail(point, store, point.broken[needed])


def _fail(point: PointProgress, store: Store, why: Mapping[str, Any]) -> None:
    point.failed = str(why["error"])
    store.write_failure(point.point.name, why)


def _in_words(error: BaseException) -> str:
    """Return an error in words; its kind, too, where it was not raised on purpose."""
    if isinstance(error, LogisticsError) and not isinstance(error, BrokenRunError):
        return str(error)
    return f"{type(error).__name__}: {error}"
