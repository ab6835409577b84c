"""Everything that a command, a notebook or a web page can ask for: comparisons and studies.

A request says what; `run` does all of it in order (runs, wide intervals, bottlenecks, files),
reports how far it is as values, and returns what was found. Nothing is printed here.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, overload

from pydantic import ValidationError

from logistics.analysis.comparison import Comparison
from logistics.errors import OutputError, WorkerError
from logistics.experiments.added_capacity import with_added_capacity
from logistics.experiments.base_runs import with_effects
from logistics.experiments.compare import Experiment, parcels_of, processes_for, run_plan
from logistics.experiments.plan import Plan, Scenarios, planned
from logistics.experiments.replicate import Keep
from logistics.experiments.workers.pool import worker_pool
from logistics.experiments.workers.progress import DRAWING, WRITING, Progress, Report, silent
from logistics.options import COMPARE, checked, takes_options
from logistics.report.folder import Kept, write_experiment, write_run
from logistics.report.saved_results import FAULTS
from logistics.report.studies.folder import write_study
from logistics.runtime.output_folders import output_folder
from logistics.studies.assumption_ranges import BATCH, draws_of, with_ranges, with_ranges_in
from logistics.studies.known_ranges import with_known_ranges
from logistics.studies.points import Point, points_of, study_with_points
from logistics.studies.progress import PointProgress
from logistics.studies.results import StudyResult, study_result
from logistics.studies.run import progress_of_points, study_progress
from logistics.studies.run import run_study as run_points
from logistics.studies.store.manifests import MANIFEST
from logistics.studies.store.store import Store
from logistics.studies.study import Study
from networks.inputs.faults import LogisticsError, whole_file
from networks.inputs.yaml_reader import text_of_file


@dataclass(frozen=True)
class ComparisonRequest:
    """The same orders through several networks, or one, and a results folder of it.

    `scenarios`: names, files or scenarios; None for the built-in ones. `options`: by name, those of
    the commands `compare` and `run` (see `logistics.options`).
    """

    folder: Path
    scenarios: Scenarios = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StudyRequest:
    """A study, and the folder that keeps its runs.

    `study`: a file or a study, for a new folder; None to resume the one in the folder. `workers`,
    `cluster`: who does the work (see `worker_pool`). `report`: whether to write page and pictures.
    """

    folder: Path
    study: str | Path | Study | None = None
    workers: int | None = None
    cluster: str | None = None
    report: bool = True


@dataclass(frozen=True)
class StudyOutcome:
    """How far a study came.

    `answer`: in lines. `failures`: by point, why it could not be run. `mended`: in lines, which
    files were damaged, and what was done. `not_drawn`: why its page and pictures could not be
    drawn; '' if they were, or nobody asked for them.
    """

    folder: Path
    progress: Progress
    answer: tuple[str, ...]
    failures: Mapping[str, str]
    mended: tuple[str, ...] = ()
    not_drawn: str = ""


@dataclass(frozen=True)
class StudyStatus:
    """How far each point of a study is, and all of them together. `damaged`: files, by path.

    `is_verified`: False for a folder from before there were checksums.
    """

    points: Sequence[PointProgress]
    progress: Progress
    damaged: tuple[str, ...]
    is_verified: bool


@overload
def run(request: ComparisonRequest, report: Report = silent) -> Experiment: ...


@overload
def run(request: StudyRequest, report: Report = silent) -> StudyOutcome: ...


def run(
    request: ComparisonRequest | StudyRequest, report: Report = silent
) -> Experiment | StudyOutcome:
    """Do all that a request asks for, and write its folder.

    `report`: called with how far it is.

    Raises InputError for what cannot be run, OutputError for a folder that cannot be written,
    WorkerError when workers keep ending. After an interruption nothing is left of a comparison
    whose results are not yet on the disk; of a study all finished runs are. The error says which.
    Page and pictures come last: where they cannot be drawn, the results say why (`not_drawn`).
    """
    if isinstance(request, StudyRequest):
        return _run_study(request, report)
    options = checked("run", request.options)
    if options["csv"] and not options["keep_parcels"]:
        raise whole_file("options", "--csv writes the tables that --no-keep-parcels leaves out")
    what = planned(request.scenarios, options)
    kept = Kept(options["keep_parcels"], options["csv"], options["save_run"])
    try:
        with output_folder(request.folder, options["overwrite"]) as folder:
            keep = partial(write_run, folder, kept) if kept.tables or kept.raw else None
            result = experiment(what, options, report, keep)
            report(Progress(WRITING, 0, 1))
            write_experiment(result, folder)
    except KeyboardInterrupt:
        text = f"Interrupted: {request.folder} was not written; nothing is left of the run."
        raise KeyboardInterrupt(text) from None
    written = Path(os.path.realpath(request.folder))
    draw = partial(_draw_results, written, options["report"])
    if options["report"]:
        report(Progress(DRAWING, 0, 1))
    return replace(result, not_drawn=_drawn(draw, request.folder))


@takes_options(COMPARE)
def compare(
    scenarios: Scenarios = None,
    *,
    progress: Report | None = None,
    executor: Executor | None = None,
    **options: Any,
) -> Comparison:
    """Send the same orders through several networks, again and again, and compare.

    `scenarios`: names of built-in scenarios, files or scenarios; None for the built-in three. They
    must have the same orders, days, seed and replications, and names of their own; the options
    replace those of every scenario. `progress`: called with how far it is. `executor`: a
    `concurrent.futures.Executor` that does the work instead of `workers`; it is not shut down.
    Nothing is written. `orders` may be a table (see `read_orders`), `markets` a list.

    {options}

    A script that calls this outside `if __name__ == "__main__":` gets one worker.

    Raises InputError for scenarios or orders that cannot be run or compared, TypeError for a name
    that is no option.
    """
    given = checked(COMPARE, options)
    what = planned(scenarios, given)
    return experiment(what, given, progress or silent, executor=executor).comparison


def run_study(
    study: str | Path | Study,
    folder: str | Path,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    report: bool = True,
    progress: Report | None = None,
) -> StudyResult:
    """Run a study into a folder, or what is missing there, and return what it found.

    `study`: a YAML file, or a study whose paths start in the current folder. `workers`, `cluster`:
    who does the work (see `worker_pool`). `report`: whether to write page and pictures, too.
    `progress`: called with how far it is.

    Raises InputError with every fault of the study, or if no point could be run; OutputError if the
    folder holds another study or cannot be written.
    """
    folder = Path(folder)
    exists = (folder / MANIFEST).is_file()
    if exists:
        asked = study if isinstance(study, Study) else study_with_points(study)[0]
        Store.open(folder).refuse_another(asked.model_dump(mode="json"))
    request = StudyRequest(folder, None if exists else study, workers, cluster, report)
    done = _run_study(request, progress or silent)
    if done.not_drawn:
        warnings.warn(done.not_drawn, stacklevel=2)
    store = Store.open(folder)
    return study_result(_study_of(store), store)


def experiment(
    what: Plan,
    options: Mapping[str, Any],
    report: Report = silent,
    keep: Keep | None = None,
    executor: Executor | None = None,
) -> Experiment:
    """Run a plan, its wide intervals and its bottlenecks, as far as the options ask for them.

    `options`: `workers`, `assumptions`, `assumptions_seconds`, `check_bottlenecks`.
    `keep`: what to do with each network's first run, before it is forgotten. `executor`: does the
    work instead of `workers`.
    """
    workers, seconds = options.get("workers"), options.get("assumptions_seconds", 0)
    draws = draws_of(what, options.get("assumptions", 0))
    if draws and seconds:
        raise whole_file("options", "--assumptions and --assumptions-seconds: give one of them")
    tasks = max(what.replications, len(draws), BATCH if seconds else 0)
    processes = workers if executor else processes_for(what, workers, tasks)
    with worker_pool(processes, executor=executor) as pool:
        result = run_plan(what, pool, report, keep)
        if what.base:
            result = with_effects(result, run_plan(what.base, pool, report))
        if seconds:
            result = with_ranges_in(result, seconds, pool, report)
        elif draws:
            result = with_ranges(result, draws, pool, report)
        else:
            result = with_known_ranges(result)
        return with_added_capacity(result, options.get("check_bottlenecks", 0), pool, report)


def study_status(folder: Path) -> StudyStatus:
    """Return how far a study is; damaged runs count as not finished.

    Raises InputError if the folder holds no study.
    """
    store = Store.open(folder)
    damaged = store.damaged()
    points = progress_of_points(_study_of(store), store)
    return StudyStatus(points, study_progress(points), tuple(damaged), bool(store.identity))


def write_report(folder: Path) -> list[str]:
    """Draw page, workbook and pictures of a results folder again, without running anything.

    Of a study's folder, as `write_study_report`.

    Raises InputError for a folder without results; WorkerError if the process that draws ends;
    OutputError if the disk refuses.
    """
    if (folder / MANIFEST).is_file():
        return write_study_report(folder)
    try:
        _draw_results(folder)
    except (LogisticsError, OSError):  # which say themselves what they are
        raise
    except FAULTS:
        problem = "holds values of other types than results have: run it again"
        raise whole_file(folder, problem, "a results folder as it was written") from None
    return []


def write_study_report(folder: Path) -> list[str]:
    """Write what the finished runs of a study say, without running anything.

    Returns in lines which files were damaged, or that none is known to be whole.

    Raises InputError if no run is finished, or one is damaged, and otherwise as `write_report`,
    OutputError also if another process writes to the folder.
    """
    store = Store.open(folder)
    with store.writing(runs=False) as mended:
        result = study_result(_study_of(store), store)
        write_study(result, store)
        _draw_study(result, folder)
    return mended if store.identity else [*mended, unverified(folder)]


def unverified(folder: Path) -> str:
    """Return what a folder from before there were checksums is called."""
    return (
        f"{folder} is unverified: it predates checksums;"
        f"  logistics study resume {folder}  adds them"
    )


def _draw_results(folder: Path, report: bool = True) -> None:
    from logistics.report.draw import draw_results  # noqa: PLC0415  (what draws is large)

    draw_results(folder, report)


def _draw_study(result: StudyResult, folder: Path) -> None:
    from logistics.report.studies.page import draw_study  # noqa: PLC0415

    draw_study(result, folder)


def _drawn(draw: Callable[[], None], folder: Path) -> str:
    """Draw what is on the disk; return why it could not be drawn, or ''."""
    again = f"draw them with  logistics report {folder}"
    try:
        draw()
    except (WorkerError, OutputError, MemoryError) as error:
        reason = str(error) or "out of memory"
        return f"Page and pictures could not be drawn: {reason}. The results are complete; {again}"
    except KeyboardInterrupt:
        text = f"Interrupted: the results are in {folder}, without page and pictures; {again}"
        raise KeyboardInterrupt(text) from None
    return ""


def _run_study(request: StudyRequest, report: Report) -> StudyOutcome:
    store: Store | None = None
    if request.study is None:
        store = Store.open(request.folder)
        study, points, text = _study_of(store), store.points(), ""
    else:
        study, points, text = _asked(request.study)
    runs = sum(point.plan.replications for point in points)
    largest = max((point.plan for point in points), key=parcels_of)
    processes = (
        None if request.cluster is not None else processes_for(largest, request.workers, runs)
    )
    with worker_pool(processes, request.cluster) as pool:
        if store is None:  # only now: a cluster that is not there leaves no folder
            store = Store.create(request.folder, text, study.model_dump(mode="json"), points)
        with _kept_runs_reported(store), store.writing() as mended:
            state = run_points(study, store, pool, report)
            answer, not_drawn = [], ""
            if state.failed < state.points:
                report(Progress(WRITING, 0, 1))
                result = study_result(study, store)
                answer = write_study(result, store)
                if request.report:
                    report(Progress(DRAWING, 0, 1))
                    not_drawn = _drawn(partial(_draw_study, result, store.path), store.path)
    failures = {name: str(why["error"]) for name, why in store.failures().items()}
    return StudyOutcome(store.path, state, tuple(answer), failures, tuple(mended), not_drawn)


def _asked(asked: str | Path | Study) -> tuple[Study, tuple[Point, ...], str]:
    """Return a study, its points, and the text of its file."""
    if isinstance(asked, Study):  # JSON is YAML, too
        given = asked.model_dump(mode="json", exclude_unset=True)
        return asked, points_of(asked), json.dumps(given, indent=1) + "\n"
    return *study_with_points(asked), text_of_file(asked)


@contextmanager
def _kept_runs_reported(store: Store) -> Iterator[None]:
    """Add to an interruption, a full disk or a lost cluster what is kept, and how to resume."""
    try:
        yield
    except (KeyboardInterrupt, OutputError, WorkerError) as error:
        kept = sum(len(numbers) for numbers in store.finished().values())
        more = (
            f": the {kept} finished runs are kept in {store.path}; resume with"
            f"  logistics study resume {store.path}"
        )
        if isinstance(error, OutputError):
            raise OutputError(error.path, f"{error.problem}{more}") from None
        if isinstance(error, WorkerError):
            raise WorkerError(f"{error}{more}") from None
        raise KeyboardInterrupt(f"Interrupted{more}") from None


def _study_of(store: Store) -> Study:
    try:
        return Study.model_validate(dict(store.study))
    except ValidationError:
        problem = "holds a study that this version cannot read"
        raise whole_file(store.path / MANIFEST, problem, "the version that wrote it") from None
