"""The command line: parses, calls one function, prints.

What is slow to import is imported inside the commands, so that `logistics --help` answers at once.
"""

from __future__ import annotations

import signal
import sys
from typing import Annotated, Any

import typer
import typer.core

from logistics.cli.built_in import scenarios_app, what_ifs_app
from logistics.cli.networks import networks_app, validate
from logistics.cli.running import compare, report, run, trace
from logistics.cli.showing import BROKEN, INTERRUPTED, REFUSED, fail
from logistics.cli.studies import studies_app
from logistics.errors import BrokenRunError
from logistics.version import __version__
from networks.inputs.faults import LogisticsError


class _Commands(typer.core.TyperGroup):
    """Commands whose errors are messages: no planner reads a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; say in words what went wrong."""
        try:
            return super().invoke(ctx)
        except BrokenRunError as error:
            fail(str(error), BROKEN)
        except LogisticsError as error:
            fail(str(error), REFUSED)
        except KeyboardInterrupt as error:
            fail(str(error) or "Interrupted.", INTERRUPTED)
        except MemoryError:
            less = "use fewer --workers, fewer --orders-per-day or fewer --days."
            fail(f"Out of memory: {less}", REFUSED)


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Follow every parcel of the same orders through different delivery networks.",
)
for command in (compare, run, trace, report, validate):
    app.command()(command)
app.add_typer(networks_app, name="network")
app.add_typer(scenarios_app, name="scenarios")
app.add_typer(studies_app, name="study")
app.add_typer(what_ifs_app, name="what-ifs")


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except KeyboardInterrupt:  # while still parsing, or already printing
        sys.stderr.write("Interrupted.\n")
        sys.exit(INTERRUPTED)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"logistics {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass
