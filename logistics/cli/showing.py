"""What commands show: tables on a console, a progress bar, a plain word when something fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from logistics.experiments.compare import Experiment, Progress

BROKEN = 1
REFUSED = 2
INTERRUPTED = 2
_PLAIN_WIDTH = 120  # of what goes to a file or another program


def console() -> Console:
    """Return where tables are printed: as wide as the terminal, or of a fixed width."""
    from rich.console import Console  # noqa: PLC0415

    plain = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(width=_PLAIN_WIDTH if plain else None)


def print_experiment(result: Experiment) -> None:
    """Print what was built, the tables, and what to doubt."""
    from logistics.report.tables.terminal import print_comparison  # noqa: PLC0415
    from logistics.report.text.caveats import built, caveats_of  # noqa: PLC0415
    from logistics.report.text.ranges import headlines  # noqa: PLC0415

    out = console()
    for name, lines in built(result.comparison).items():
        out.print(f"{name}, as built", style="bold", highlight=False)
        for line in lines:
            out.print(f"  {line}", markup=False, highlight=False)
        out.print()
    print_comparison(result.comparison, out)
    for line in [*headlines(result.comparison), *caveats_of(result.comparison)]:
        out.print()
        out.print(line, markup=False, highlight=False)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show a bar on a terminal, and nothing elsewhere."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    err = Console(stderr=True)
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    bar = Progress(*columns, console=err, transient=True, disable=not err.is_terminal)
    with bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, total, text: bar.update(
            task, completed=done, total=total, description=text
        )


def time_text(seconds: float) -> str:
    """Return how long something takes, roughly.

    >>> time_text(45), time_text(400), time_text(9000)
    ('45 s', '7 min', '2.5 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def fail(message: str, code: int) -> NoReturn:
    """Say what went wrong, and end."""
    typer.echo(message, err=True)
    raise typer.Exit(code)
