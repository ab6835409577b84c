"""The command line: parses, calls one function, prints.

What is slow to import is imported inside the commands, so that `logistics --help` answers at once.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Annotated, Any

import typer

from logistics.cli.built_in import scenarios_app, what_ifs_app
from logistics.cli.ending import (
    INTERRUPTED,
    REFUSED,
    end_in_order,
    fill_closed_streams,
    in_words,
)
from logistics.cli.help import Commands, HelpfulGroup
from logistics.cli.networks import networks_app
from logistics.cli.orders import orders_app
from logistics.cli.quoting import quote
from logistics.cli.running import compare, report, run, trace
from logistics.cli.studies import studies_app
from logistics.cli.validating import validate
from logistics.version import __version__


class _Commands(HelpfulGroup):
    """Commands whose errors are messages: no planner reads a traceback."""

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """Read the command line, and print help where it asks for it."""
        with in_words():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; say in words what went wrong."""
        with in_words():
            return super().invoke(ctx)


app = Commands(
    """Follow every parcel of the same orders through different delivery networks.

    Examples:
    logistics compare
    logistics run sellers --what-if peak-season
    logistics trace --product hairbrush --market Seattle
    """,
    cls=_Commands,
    pretty_exceptions_enable=False,
)
for command in (compare, run, quote, trace, report, validate):
    app.command()(command)
app.add_typer(networks_app, name="network")
app.add_typer(orders_app, name="orders")
app.add_typer(scenarios_app, name="scenarios")
app.add_typer(studies_app, name="study")
app.add_typer(what_ifs_app, name="what-ifs")


def main() -> None:
    """Run the command line."""
    fill_closed_streams()
    end_in_order()
    try:
        app()
    except KeyboardInterrupt:  # while still parsing, or already printing
        with suppress(OSError):
            sys.stderr.write("Interrupted.\n")
        sys.exit(INTERRUPTED)
    except OSError:  # a bad option, and nowhere to print that
        sys.exit(REFUSED)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"logistics {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    pass
