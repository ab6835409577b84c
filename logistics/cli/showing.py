"""What commands show: tables on a console, a progress bar, a plain word when something fails."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import typer

from logistics.cli.ending import say
from logistics.experiments.workers.progress import ENDS, RUNNING, Progress, Report

if TYPE_CHECKING:
    from rich.console import Console

    from logistics.experiments.compare import Experiment

_MOST_LINES = 20
_PLAIN_WIDTH = 120  # of what goes to a file or another program


def console(errors: bool = False) -> Console:
    """Return where tables are printed: as wide as the terminal, or of a fixed width.

    Names are printed as they are written, also those that look like markup.
    """
    from rich.console import Console  # noqa: PLC0415

    class Pipe(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))  # not its own exit code

    plain = not sys.stdout.isatty() and "COLUMNS" not in os.environ and not errors
    width = _PLAIN_WIDTH if plain else None
    return Pipe(width=width, stderr=errors, markup=False, emoji=False, highlight=False)


def print_experiment(result: Experiment, full: bool = False) -> None:
    """Print the answer. `full`: then what was built, every table, and the caveats."""
    from logistics.report.tables.terminal import print_answer, print_comparison  # noqa: PLC0415
    from logistics.report.text.caveats import built, caveats_of  # noqa: PLC0415
    from logistics.report.text.ranges import headlines  # noqa: PLC0415

    out = console()
    print_answer(result.comparison, out, full)
    if not full:
        return
    out.print()
    for name, lines in built(result.comparison).items():
        out.print(f"{name}, as built", style="bold")
        for line in lines:
            out.print(f"  {line}")
        out.print()
    print_comparison(result.comparison, out)
    for line in [*headlines(result.comparison), *caveats_of(result.comparison)]:
        out.print()
        out.print(line)


@contextmanager
def progress_bar() -> Iterator[Report]:
    """Show a bar with the time left on a terminal, and a line for each stage elsewhere."""
    from rich import progress  # noqa: PLC0415

    err = console(errors=True)
    if not err.is_terminal:
        yield _stage_lines()
        return
    columns = (
        progress.SpinnerColumn(),
        progress.BarColumn(),
        progress.TextColumn("{task.description}", markup=False),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("reading", total=None)
        yield lambda one: bar.update(
            task, completed=one.done, total=one.expected, description=progress_text(one)
        )


def _stage_lines() -> Report:
    """Return what says on standard error which stage begins."""
    begun: list[str] = []

    def report(one: Progress) -> None:
        if one.stage not in begun:
            begun.append(one.stage)
            runs = f" {one.expected:,} replication{'s' * (one.expected != 1)}"
            say(f"{one.stage}{runs * (one.stage == RUNNING)}")

    return report


def progress_text(one: Progress) -> str:
    """Return how far work is, in a line."""
    if one.stage in ENDS:
        return one.stage
    parts = [f"{one.stage}: {one.done:,} of {one.expected:,}"]
    if one.points:
        parts = [f"{one.done:,} of {one.expected:,} runs"]
    if one.points > 1:
        parts.append(f"{one.complete:,} of {one.points:,} points complete")
    if one.failed:
        parts.append(f"{one.failed:,} failed")
    if one.waiting_for:
        parts.append(f"not precise yet: {one.waiting_for}")
    if one.seconds_left is not None and one.done < one.expected:
        parts.append(f"about {time_text(one.seconds_left)} left")
    return "; ".join(parts)


def time_text(seconds: float) -> str:
    """Return how long something takes, roughly.

    >>> time_text(45), time_text(400), time_text(9000)
    ('45 s', '7 min', '2.5 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def print_list(
    lines: Mapping[str, str], facts: Sequence[Mapping[str, object]], *, json: bool
) -> None:
    """Print a name and a few words a line; or, as JSON, the facts."""
    if json:
        typer.echo(dumps(facts, indent=2))
        return
    width = max(map(len, lines))
    for name, line in lines.items():
        first, later = f"{name:<{width}}  ", " " * (width + 2)
        typer.echo(fill(line, console().width, initial_indent=first, subsequent_indent=later))


def print_damaged(lines: Sequence[str]) -> None:
    """Print a line for each damaged file; of very many, only the first."""
    for line in lines[:_MOST_LINES]:
        typer.echo(line)
    if (more := len(lines) - _MOST_LINES) > 0:
        typer.echo(f"and {more:,} more files")


def folder_for(options: Mapping[str, Any], default: str) -> tuple[Path, str]:
    """Return the folder that was given, or the next free one by the default name.

    And what to say of it once there are results: why it has another name, or ''.
    """
    from logistics.runtime.output_folders import free_folder  # noqa: PLC0415

    if options["output"] is not None:
        return Path(options["output"]), ""
    found = free_folder(default, options["overwrite"])
    moved = found != Path(default)
    return found, f"{default} already exists: the results are in {found}." if moved else ""


def print_written(folder: Path, report: bool, not_drawn: str = "") -> None:
    """Say where the results are, and what is not with them."""
    page = f"open {folder / 'report.html'} in a browser; " if report and not not_drawn else ""
    typer.echo(f"Results in {folder}: {page}README.txt says what each file is.")
    if not_drawn:
        typer.echo(not_drawn, err=True)
