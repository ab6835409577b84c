"""The command line: parses, calls one function, prints.

What is slow to import is imported inside the commands, so that `logistics --help` answers at once.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from logistics import __version__
from logistics.errors import LogisticsError

if TYPE_CHECKING:
    from rich.console import Console

    from logistics.experiments.comparing import Experiment, Progress
    from logistics.experiments.plans import Changes

REFUSED = 2
INTERRUPTED = 130
_PLAIN_WIDTH = 120  # of what goes to a file or another program


class Engine(StrEnum):
    """The two engines."""

    BATCH = "batch"
    TEXTBOOK = "textbook"


class _Commands(typer.core.TyperGroup):
    """Commands whose errors are messages: no planner reads a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; say in words what went wrong."""
        try:
            return super().invoke(ctx)
        except LogisticsError as error:
            _fail(str(error), REFUSED)
        except KeyboardInterrupt:
            _fail("Interrupted: nothing was written.", INTERRUPTED)
        except MemoryError:
            _fail(
                "Out of memory: use fewer --workers, fewer --orders-per-day or fewer --days.",
                REFUSED,
            )


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Follow every parcel of the same orders through different delivery networks.",
)
scenarios_app = typer.Typer(
    no_args_is_help=True, help="List the built-in scenarios, or print one to copy and change."
)
app.add_typer(scenarios_app, name="scenarios")

_ONE = "Name of a built-in scenario, or a YAML file."
_MANY = "Names of built-in scenarios, or YAML files; none: the built-in three."
_SEVERAL = "at least one; none: the built-in three"
_AS_SCENARIO = "as the scenario says"

Scenarios = Annotated[
    list[str] | None, typer.Argument(metavar="[SCENARIO]...", help=_MANY, show_default=False)
]
OneScenario = Annotated[str, typer.Argument(metavar="SCENARIO", help=_ONE)]
Replications = Annotated[
    int | None,
    typer.Option(
        min=1, max=100_000, show_default=f"{_AS_SCENARIO}: 6",
        help="How often to run: 20 means run 20 times, each time with other orders and other luck.",
    ),  # fmt: skip
]
Seed = Annotated[
    int | None,
    typer.Option(
        min=0, max=2**63 - 1, show_default=f"{_AS_SCENARIO}: 1",
        help="Number that all luck is drawn from; the same seed gives the same orders and results.",
    ),  # fmt: skip
]
Days = Annotated[
    int | None,
    typer.Option(
        min=1, max=3660, show_default=f"{_AS_SCENARIO}: 14",
        help="Days whose orders are measured.",
    ),  # fmt: skip
]
WarmUp = Annotated[
    int | None,
    typer.Option(
        "--warm-up-days", min=0, max=365, show_default=f"{_AS_SCENARIO}: 10",
        help="Days before the measured ones, so that the network is not empty when they begin.",
    ),  # fmt: skip
]
CoolDown = Annotated[
    int | None,
    typer.Option(
        "--cool-down-days", min=0, max=365, show_default=f"{_AS_SCENARIO}: 16",
        help="Days after the measured ones, in which their orders can still arrive.",
    ),  # fmt: skip
]
OrdersPerDay = Annotated[
    int | None,
    typer.Option(
        "--orders-per-day", min=1, max=200_000_000, show_default=f"{_AS_SCENARIO}: 60,000",
        help="Orders simulated on a mean day: a sample of the real volume; trucks, couriers and"
        " workers are scaled alike.",
    ),  # fmt: skip
]
OrdersFile = Annotated[
    Path | None,
    typer.Option(
        "--orders", metavar="FILE", show_default="made up from the scenario",
        help="CSV or Parquet file of the orders: order_id, ordered_at, market, product and,"
        " optionally, parcel_id. Every run then has the same orders, with other luck.",
    ),  # fmt: skip
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1, max=1024, show_default="one a core",
        help="Processes that work side by side; each run needs about a gigabyte for two million"
        " parcels. Changes nothing but the time it takes.",
    ),  # fmt: skip
]
Overwrite = Annotated[
    bool,
    typer.Option(
        "--overwrite", help="Replace an older results folder, once the new one is complete."
    ),
]
KeepParcels = Annotated[
    bool,
    typer.Option(
        "--keep-parcels/--no-keep-parcels",
        help="Keep the first run's parcels, legs, departures and facilities as Parquet tables.",
    ),
]


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


@app.command()
def compare(
    scenarios: Scenarios = None,
    replications: Replications = None,
    seed: Seed = None,
    days: Days = None,
    warm_up_days: WarmUp = None,
    cool_down_days: CoolDown = None,
    orders_per_day: OrdersPerDay = None,
    orders: OrdersFile = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Folder for the results.")
    ] = Path("comparison"),
    workers: Workers = None,
    overwrite: Overwrite = False,
    keep_parcels: KeepParcels = True,
) -> None:
    """Send the same orders through several networks and compare them.

    Prints how long parcels take and how many arrive damaged, each figure with its interval, and
    writes a folder of tables and a picture.
    """
    from logistics.experiments.plans import Changes, plan  # noqa: PLC0415

    changes = Changes(replications, seed, days, warm_up_days, cool_down_days, orders_per_day)
    what = plan(scenarios or None, changes, orders)
    with _results(output, overwrite) as folder:
        _run_and_write(what, folder, workers, keep_parcels)


@app.command()
def run(
    scenario: OneScenario,
    replications: Replications = None,
    seed: Seed = None,
    days: Days = None,
    warm_up_days: WarmUp = None,
    cool_down_days: CoolDown = None,
    orders_per_day: OrdersPerDay = None,
    orders: OrdersFile = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Folder for the results.")
    ] = Path("run"),
    workers: Workers = None,
    overwrite: Overwrite = False,
    keep_parcels: KeepParcels = True,
    csv: Annotated[
        bool, typer.Option("--csv", help="Write the tables of the first run as CSV, too.")
    ] = False,
    engine: Annotated[
        Engine,
        typer.Option(help="'textbook' gives the same results in plain steps, far more slowly."),
    ] = Engine.BATCH,
    save_run: Annotated[
        bool, typer.Option("--save-run", help="Keep the first run itself, for logistics.Run.load.")
    ] = False,
) -> None:
    """Send orders through one network.

    Prints how long parcels take and how many arrive damaged, each figure with its interval, and
    writes a folder of tables and a picture.
    """
