"""`logistics study`: run a study, look how far it is, go on with it, read what it found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logistics.cli.options import Report, Workers
from logistics.cli.showing import BROKEN, INTERRUPTED, REFUSED, console, fail, time_text

if TYPE_CHECKING:
    from logistics.experiments.workers.pool import WorkerPool
    from logistics.studies.points import Point
    from logistics.studies.run import State
    from logistics.studies.store.store import Store
    from logistics.studies.study import Study

studies_app = typer.Typer(
    no_args_is_help=True,
    help="Vary what a scenario assumes, run it often enough, and see what matters.",
)

_Folder = Annotated[
    Path, typer.Argument(metavar="FOLDER", help="Folder of a study.", show_default=False)
]
_File = Annotated[
    Path, typer.Argument(metavar="FILE", help="YAML file of the study.", show_default=False)
]
_Cluster = Annotated[
    str,
    typer.Option(
        metavar="ADDRESS",
        show_default="this machine",
        help="Address of a Dask scheduler, such as tcp://host:8786, whose workers run the study.",
    ),
]
_Json = Annotated[
    bool,
    typer.Option("--json", help="Print how far it is as JSON, one object a line, for programs."),
]
_Tell = Callable[["State"], None]


@studies_app.command("run")
def run_study(
    file: _File,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="Folder for the runs and what they say."
        ),
    ] = Path("study"),
    workers: Workers = None,
    cluster: _Cluster = "",
    as_json: _Json = False,
    report: Report = True,
) -> None:
    """Run a study from its file into a new folder.

    Each run is kept as soon as it is finished. Whatever ends the command: go on with  logistics
    study resume FOLDER.
    """
    from logistics.studies.load import study_with_points  # noqa: PLC0415
    from logistics.studies.store.store import Store  # noqa: PLC0415

    study, points = study_with_points(file)
    text = file.read_text(encoding="utf-8-sig")

    def made() -> Store:
        return Store.create(output, text, study.model_dump(mode="json"), points)

    _go_on(study, points, made, _How(workers, cluster, as_json, report))


@studies_app.command("resume")
def resume_study(
    folder: _Folder,
    workers: Workers = None,
    cluster: _Cluster = "",
    as_json: _Json = False,
    report: Report = True,
) -> None:
    """Go on with a study that was interrupted; ends with the tables of an undisturbed one."""
    from logistics.studies.store.store import Store  # noqa: PLC0415

    store = Store.open(folder)
    how = _How(workers, cluster, as_json, report)
    _go_on(_study_of(store), store.points(), lambda: store, how)


@studies_app.command("status")
def study_status(folder: _Folder, as_json: _Json = False) -> None:
    """Say how far a study is, point by point; it may be running meanwhile."""
    from rich.table import Table  # noqa: PLC0415

    from logistics.studies.run import courses_of, state_of  # noqa: PLC0415
    from logistics.studies.store.store import Store  # noqa: PLC0415

    store = Store.open(folder)
    courses = courses_of(_study_of(store), store)
    state = state_of(courses)
    if as_json:
        points = [
            {
                "name": one.point.name,
                "label": one.point.label,
                "done": one.expected - one.remaining,
                "expected": one.expected,
                "failed": one.failed,
            }
            for one in courses
        ]
        typer.echo(json.dumps({**_plain(state), "by_point": points}))
        return
    table = Table("point", "", "runs", "", title=f"{folder}", title_justify="left")
    for one in courses:
        what = one.failed or ("complete" if one.complete else "")
        runs = f"{one.expected - one.remaining} of {one.expected}"
        table.add_row(one.point.name, one.point.label, runs, what)
    console().print(table)
    typer.echo(_sentence(state))


@studies_app.command("report")
def report_study(folder: _Folder) -> None:
    """Write what the finished runs say, without running anything again."""
    from logistics.report.studies.folder import write_study  # noqa: PLC0415
    from logistics.studies.store.store import Store  # noqa: PLC0415

    store = Store.open(folder)
    with store.writing(runs=False):
        write_study(_study_of(store), store)
    _tell_what_is_written(folder, True)


@dataclass(frozen=True)
class _How:
    """Who runs a study, and what is shown and written of it."""

    workers: int | None
    cluster: str
    as_json: bool
    report: bool


def _go_on(study: Study, points: Sequence[Point], made: Callable[[], Store], how: _How) -> None:
    """Run what is missing, and write what the runs say. `made`: gives the store, at the last."""
    from logistics.experiments.compare import parcels_of, processes_for  # noqa: PLC0415
    from logistics.experiments.workers.pool import worker_pool  # noqa: PLC0415

    if how.workers is not None and how.cluster:
        raise typer.BadParameter("give --workers or --cluster, not both")
    runs = sum(point.plan.replications for point in points)
    largest = max((point.plan for point in points), key=parcels_of)
    processes = None if how.cluster else processes_for(largest, how.workers, runs)
    with worker_pool(processes, how.cluster) as pool:
        store = made()
        with _way_on_told(store):
            _run(study, store, pool, how)


def _run(study: Study, store: Store, pool: WorkerPool, how: _How) -> None:
    from logistics.report.studies.folder import write_study  # noqa: PLC0415
    from logistics.studies.run import run_study as run  # noqa: PLC0415

    with store.writing(), _shown(how.as_json) as tell:
        state = run(study, store, pool, tell)
        answer = write_study(study, store, how.report) if state.failed < state.points else []
    if how.as_json:
        typer.echo(json.dumps({"event": "written", "folder": str(store.path), **_plain(state)}))
    elif answer:
        typer.echo("\n".join(answer) + "\n")
        _tell_what_is_written(store.path, how.report)
    if state.failed:
        name, why = next(iter(store.failures().items()))
        fail(
            f"{state.failed} of {state.points} points could not be run, the first of them {name}:"
            f" {why['error']}\nlogistics study status {store.path} says why of each.",
            BROKEN,
        )


@contextmanager
def _way_on_told(store: Store) -> Iterator[None]:
    """Say after an interruption, a full disk or a lost cluster what is kept, and how to go on."""
    from logistics.errors import OutputError, WorkerError  # noqa: PLC0415

    try:
        yield
    except (KeyboardInterrupt, OutputError, WorkerError) as error:
        kept = sum(len(numbers) for numbers in store.finished().values())
        went_wrong = "Interrupted" if isinstance(error, KeyboardInterrupt) else f"{error}"
        fail(
            f"{went_wrong}: the {kept} finished runs are kept in {store.path}; go on with"
            f"  logistics study resume {store.path}",
            INTERRUPTED if isinstance(error, KeyboardInterrupt) else REFUSED,
        )


def _tell_what_is_written(folder: Path, report: bool) -> None:
    typer.echo(f"Written to {folder}; its README.txt says what each file is.")
    if report:
        typer.echo(f"Open {folder / 'report.html'} in a browser.")


def _study_of(store: Store) -> Study:
    from logistics.studies.study import Study  # noqa: PLC0415

    return Study.model_validate(dict(store.study))


@contextmanager
def _shown(as_json: bool) -> Iterator[_Tell]:
    """Show progress as a bar on a terminal, as lines of JSON where asked, and else not at all."""
    if as_json:
        yield lambda state: typer.echo(json.dumps({"event": "run", **_plain(state)}))
        return
    from logistics.cli.showing import progress_bar  # noqa: PLC0415

    with progress_bar() as bar:
        yield lambda state: bar(state.done, state.expected, _sentence(state))


def _plain(state: State) -> dict[str, object]:
    return asdict(state)


def _sentence(state: State) -> str:
    parts = [f"{state.done:,} of {state.expected:,} runs"]
    if state.points > 1:
        parts.append(f"{state.complete:,} of {state.points:,} points complete")
    if state.failed:
        parts.append(f"{state.failed:,} failed")
    if state.waiting_for:
        parts.append(f"not precise yet: {state.waiting_for}")
    if state.seconds_left is not None and state.done < state.expected:
        parts.append(f"about {time_text(state.seconds_left)} left")
    return "; ".join(parts)
