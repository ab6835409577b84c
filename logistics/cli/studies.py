"""`logistics study`: run a study, see how far it is, resume it, read what it found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from logistics.cli.ending import BROKEN, fail
from logistics.cli.help import Commands
from logistics.cli.options import argument, with_options
from logistics.cli.showing import (
    console,
    print_damaged,
    print_list,
    print_written,
    progress_bar,
    progress_text,
)
from logistics.experiments.workers.progress import Progress

if TYPE_CHECKING:
    from logistics.studies.progress import PointProgress

studies_app = Commands(
    """Vary what a scenario assumes, run it often enough, and see what matters.

    Examples:
    logistics study run study.yaml --output my-study
    logistics study status my-study
    logistics study figures
    """
)

_Folder = Annotated[Path, argument("FOLDER", "Folder of a study.")]
_File = Annotated[Path, argument("FILE", "YAML file of the study.")]
_PRINTED = ("done", "expected", "points", "complete", "failed", "waiting_for", "seconds_left")
"""What JSON says of a study's progress."""


@studies_app.command("run")
@with_options("study run")
def run_study(file: _File, **options: Any) -> None:
    """Run a study from its file into a new folder.

    Each run is kept as soon as it is finished. After an interruption, resume with  logistics study
    resume FOLDER.

    Examples:
    logistics study run study.yaml
    logistics study run study.yaml --output my-study --workers 2
    logistics study resume my-study
    """
    _run(file, options.pop("output"), options)


@studies_app.command("resume")
@with_options("study resume")
def resume_study(folder: _Folder, **options: Any) -> None:
    """Resume a study that was interrupted.

    Its tables are those of an undisturbed one.

    Examples:
    logistics study resume my-study
    logistics study resume my-study --json
    logistics study status my-study
    """
    _run(None, folder, options)


@studies_app.command("status")
@with_options("study status")
def study_status(folder: _Folder, **options: Any) -> None:
    """Say how far a study is, point by point.

    It may be running meanwhile.

    Examples:
    logistics study status my-study
    logistics study status my-study --json
    logistics study resume my-study
    """
    from logistics.jobs import study_status as status_of  # noqa: PLC0415
    from logistics.jobs import unverified  # noqa: PLC0415

    found = status_of(folder)
    points, state = found.points, found.progress
    if options["json"]:
        by_point = [
            {
                "name": one.point.name,
                "label": one.point.label,
                "done": one.expected - one.remaining,
                "expected": one.expected,
                "failed": one.failed,
            }
            for one in points
        ]
        sound = {"verified": found.is_verified, "damaged": found.damaged}
        typer.echo(json.dumps({**_plain(state), **sound, "by_point": by_point}))
        return
    _print_points(points, f"{folder}")
    typer.echo(progress_text(state))
    if not found.is_verified:
        typer.echo(unverified(folder))
    if found.damaged:
        print_damaged([f"{name} is damaged" for name in found.damaged])
        typer.echo(f"Mend what is damaged with  logistics study resume {folder}")


@studies_app.command("report")
def report_study(folder: _Folder) -> None:
    """Write what the finished runs say, without running again.

    Examples:
    logistics study report my-study
    logistics study status my-study
    logistics report my-study
    """
    from logistics.jobs import write_study_report  # noqa: PLC0415

    print_damaged(write_study_report(folder))
    print_written(folder, True)


@studies_app.command("figures")
@with_options("study figures")
def study_figures(**options: Any) -> None:
    """List the metrics that a study can be asked for.

    Examples:
    logistics study figures
    logistics study figures --json
    logistics study run study.yaml
    """
    from logistics.analysis.measures.registry import (  # noqa: PLC0415
        NETWORK_METRICS,
        PAIRED_METRICS,
    )

    every = NETWORK_METRICS | PAIRED_METRICS | NETWORK_METRICS  # in this order, the first's texts
    known = {name: one for name, one in every.items() if one.estimator is not None}
    facts = [
        {"name": name, "label": one.label, "unit": one.unit, "definition": one.text}
        for name, one in known.items()
    ]
    print_list({name: f"{one.text} ({one.unit})" for name, one in known.items()}, facts, **options)


def _run(file: Path | None, folder: Path, options: dict[str, Any]) -> None:
    from logistics.jobs import StudyRequest  # noqa: PLC0415
    from logistics.jobs import run as run_job  # noqa: PLC0415

    as_json, workers, cluster = (options[name] for name in ("json", "workers", "cluster"))
    if workers is not None and cluster is not None:
        raise typer.BadParameter("give --workers or --cluster, not both")
    request = StudyRequest(folder, file, workers, cluster, options["report"])
    with nullcontext(_print_line) if as_json else progress_bar() as report:
        done = run_job(request, report)
    state = done.progress
    if as_json:
        told = {"event": "written", "folder": str(folder), "mended": done.mended}
        typer.echo(json.dumps({**told, **_plain(state)}))
        if done.not_drawn:
            typer.echo(done.not_drawn, err=True)
    else:
        print_damaged(done.mended)
        if done.answer:
            typer.echo("\n".join(done.answer) + "\n")
            print_written(folder, options["report"], done.not_drawn)
    if done.failures:
        name, why = next(iter(done.failures.items()))
        fail(
            f"{state.failed} of {state.points} points could not be run, the first of them {name}:"
            f" {why}\nlogistics study status {folder} says why of each.",
            BROKEN,
        )


def _print_points(points: Sequence[PointProgress], title: str) -> None:
    from rich.table import Table  # noqa: PLC0415

    table = Table("point", "", "runs", "", title=title, title_justify="left")
    for one in points:
        what = one.failed or ("complete" if one.complete else "")
        runs = f"{one.expected - one.remaining} of {one.expected}"
        table.add_row(one.point.name, one.point.label, runs, what)
    console().print(table)


def _print_line(state: Progress) -> None:
    if state.points:
        typer.echo(json.dumps({"event": "run", **_plain(state)}))


def _plain(state: Progress) -> dict[str, object]:
    return {name: getattr(state, name) for name in _PRINTED}
