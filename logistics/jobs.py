"""Everything that a command, a notebook or a web page can ask for: comparisons and studies.

A request says what; `run` does all of it in order (runs, wide intervals, bottlenecks, files),
reports how far it is as values, and returns what was found. Nothing is printed here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, overload

from logistics.analysis.comparison import Comparison
from logistics.errors import OutputError, WorkerError
from logistics.experiments.added_capacity import with_added_capacity
from logistics.experiments.compare import Experiment, parcels_of, processes_for, run_plan
from logistics.experiments.plan import Plan, Scenarios, plan
from logistics.experiments.replicate import Keep
from logistics.experiments.workers.pool import worker_pool
from logistics.experiments.workers.progress import WRITING, Progress, Report, silent
from logistics.options import COMPARE, OPTIONS, checked, takes_options
from logistics.report.folder import Kept, write_experiment, write_run
from logistics.report.studies.folder import write_study
from logistics.runtime.output_folders import output_folder
from logistics.studies.assumption_ranges import draws_of, with_ranges
from logistics.studies.points import Point, points_of, study_with_points
from logistics.studies.progress import PointProgress
from logistics.studies.results import StudyResult, study_result
from logistics.studies.run import progress_of_points, study_progress
from logistics.studies.run import run_study as run_points
from logistics.studies.store.manifests import MANIFEST
from logistics.studies.store.store import Store
from logistics.studies.study import Study
from networks.inputs.faults import whole_file
from networks.inputs.yaml_reader import text_of_file

_PLANNED = ("orders", "history", "demand_index", "dates", "what_if", "engine")


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
    cluster: str = ""
    report: bool = True


@dataclass(frozen=True)
class StudyOutcome:
    """How far a study came. `answer`: in lines; `failures`: by point, why it could not be run."""

    folder: Path
    progress: Progress
    answer: tuple[str, ...]
    failures: Mapping[str, str]


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
    WorkerError when workers keep ending. After an interruption nothing is left of a comparison; of
    a study all finished runs are, and the error says how to resume it.
    """
    if isinstance(request, StudyRequest):
        return _run_study(request, report)
    options = checked("run", request.options)
    if options["csv"] and not options["keep_parcels"]:
        raise whole_file("options", "--csv writes the tables that --no-keep-parcels leaves out")
    what = _planned(request.scenarios, options)
    kept = Kept(options["keep_parcels"], options["csv"], options["save_run"])
    try:
        with output_folder(request.folder, options["overwrite"]) as folder:
            keep = partial(write_run, folder, kept) if kept.tables or kept.raw else None
            result = experiment(what, options, report, keep)
            report(Progress(WRITING, 0, 1))
            write_experiment(result, folder, options["report"])
    except KeyboardInterrupt:
        text = f"Interrupted: {request.folder} was not written; nothing is left of the run."
        raise KeyboardInterrupt(text) from None
    return result


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
    what = _planned(scenarios, given)
    return experiment(what, given, progress or silent, executor=executor).comparison


def run_study(
    study: str | Path | Study,
    folder: str | Path,
    *,
    workers: int | None = None,
    cluster: str = "",
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
    _run_study(request, progress or silent)
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

    `options`: `workers`, `assumptions`, `check_bottlenecks`. `keep`: what to do with each network's
    first run, before it is forgotten. `executor`: does the work instead of `workers`.
    """
    workers = options.get("workers")
    draws = draws_of(what, options.get("assumptions", 0))
    tasks = max(what.replications, len(draws))
    processes = workers if executor else processes_for(what, workers, tasks)
    with worker_pool(processes, executor=executor) as pool:
        result = run_plan(what, pool, report, keep)
        result = with_ranges(result, draws, pool, report)
        return with_added_capacity(result, options.get("check_bottlenecks", 0), pool, report)


def study_status(folder: Path) -> tuple[list[PointProgress], Progress]:
    """Return how far each point of a study is, and all of them together.

    Raises InputError if the folder holds no study.
    """
    store = Store.open(folder)
    points = progress_of_points(_study_of(store), store)
    return points, study_progress(points)


def write_study_report(folder: Path) -> None:
    """Write what the finished runs of a study say, without running anything.

    Raises InputError if no run is finished; OutputError if another process writes to it.
    """
    store = Store.open(folder)
    with store.writing(runs=False):
        write_study(_study_of(store), store)


def _planned(scenarios: Scenarios, options: Mapping[str, Any]) -> Plan:
    wanted = {*_PLANNED, *(one.name for one in OPTIONS if one.field)}
    return plan(scenarios, **{name: options[name] for name in options if name in wanted})


def _run_study(request: StudyRequest, report: Report) -> StudyOutcome:
    store: Store | None = None
    if request.study is None:
        store = Store.open(request.folder)
        study, points, text = _study_of(store), store.points(), ""
    else:
        study, points, text = _asked(request.study)
    runs = sum(point.plan.replications for point in points)
    largest = max((point.plan for point in points), key=parcels_of)
    processes = None if request.cluster else processes_for(largest, request.workers, runs)
    with worker_pool(processes, request.cluster) as pool:
        if store is None:  # only now: a cluster that is not there leaves no folder
            store = Store.create(request.folder, text, study.model_dump(mode="json"), points)
        with _kept_runs_reported(store), store.writing():
            state = run_points(study, store, pool, report)
            answer: list[str] = []
            if state.failed < state.points:
                report(Progress(WRITING, 0, 1))
                answer = write_study(study, store, request.report)
    failures = {name: str(why["error"]) for name, why in store.failures().items()}
    return StudyOutcome(store.path, state, tuple(answer), failures)


def _asked(asked: str | Path | Study) -> tuple[Study, tuple[Point, ...], str]:
    """Return a study, its points, and the text of its file."""
    if isinstance(asked, Study):  # JSON is YAML, too
        return asked, points_of(asked), json.dumps(asked.model_dump(mode="json"), indent=1) + "\n"
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
    return Study.model_validate(dict(store.study))
