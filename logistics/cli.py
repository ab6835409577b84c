"""The command line: parses, calls one function, prints.

What is slow to import is imported inside the commands, so that `logistics --help` answers at once.
"""

# ruff: noqa: PLR0913, PLR0917  (a command's options are its arguments)

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
import typer.core

from logistics import __version__
from logistics.errors import BrokenRunError, LogisticsError

if TYPE_CHECKING:
    from rich.console import Console

    from logistics.experiments.comparing import Experiment, Progress
    from logistics.experiments.plans import Plan
    from logistics.report.folder import Kept

BROKEN = 1
REFUSED = 2
INTERRUPTED = 2
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
        except BrokenRunError as error:
            _fail(str(error), BROKEN)
        except LogisticsError as error:
            _fail(str(error), REFUSED)
        except KeyboardInterrupt:
            _fail("Interrupted.", INTERRUPTED)
        except MemoryError:
            _fail(
                "Out of memory: use fewer --workers, fewer --orders-per-day or fewer --days.",
                REFUSED,
            )


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
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
_AS_SCENARIO = "as the scenario says"

Scenarios = Annotated[
    list[str] | None, typer.Argument(metavar="SCENARIO", help=_MANY, show_default=False)
]
OneScenario = Annotated[str, typer.Argument(metavar="SCENARIO", help=_ONE)]
Replications = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=100_000,
        show_default=f"{_AS_SCENARIO}: 4",
        help="How often to run: 20 means run 20 times, each time with other orders and other luck.",
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=2**63 - 1,
        show_default=f"{_AS_SCENARIO}: 1",
        help="Number that all luck is drawn from; the same seed gives the same orders and results.",
    ),
]
Days = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=3660,
        show_default=f"{_AS_SCENARIO}: 7",
        help="Days whose orders are measured.",
    ),
]
WarmUp = Annotated[
    int | None,
    typer.Option(
        "--warm-up-days",
        min=0,
        max=365,
        show_default=f"{_AS_SCENARIO}: 10",
        help="Days before the measured ones, so that the network is not empty when they begin.",
    ),
]
CoolDown = Annotated[
    int | None,
    typer.Option(
        "--cool-down-days",
        min=0,
        max=365,
        show_default=f"{_AS_SCENARIO}: 16",
        help="Days after the measured ones, in which their orders can still arrive.",
    ),
]
OrdersPerDay = Annotated[
    int | None,
    typer.Option(
        "--orders-per-day",
        min=1,
        max=200_000_000,
        show_default=f"{_AS_SCENARIO}: 60,000",
        help="Orders simulated on a mean day: a sample of the real volume; trucks, couriers and"
        " workers are scaled alike.",
    ),
]
OrdersFile = Annotated[
    Path | None,
    typer.Option(
        "--orders",
        metavar="FILE",
        show_default="made up from the scenario",
        help="CSV or Parquet file of the orders: order_id, ordered_at, market, product and,"
        " optionally, parcel_id. Every run then has the same orders, with other luck.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=1024,
        show_default="one a core",
        help="Processes that work side by side; each run needs about a gigabyte for two million"
        " parcels. Changes nothing but the time it takes.",
    ),
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

    Prints how long parcels take and how many arrive damaged, each figure with its interval.

    Writes a folder of tables and a picture.
    """
    from logistics.experiments.plans import Changes, plan  # noqa: PLC0415
    from logistics.report.folder import Kept  # noqa: PLC0415

    changes = Changes(replications, seed, days, warm_up_days, cool_down_days, orders_per_day)
    what = plan(scenarios or None, changes, orders)
    _results(what, output, overwrite, workers, Kept(keep_parcels))


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

    Prints how long parcels take and how many arrive damaged, each figure with its interval.

    Writes a folder of tables and a picture.
    """
    from logistics.experiments.plans import Changes, plan  # noqa: PLC0415
    from logistics.report.folder import Kept  # noqa: PLC0415

    changes = Changes(replications, seed, days, warm_up_days, cool_down_days, orders_per_day)
    what = plan([scenario], changes, orders, engine.value)
    _results(what, output, overwrite, workers, Kept(keep_parcels, csv, save_run))


@app.command()
def trace(
    scenarios: Scenarios = None,
    order: Annotated[
        str, typer.Option(metavar="ID", help="Id of the order, as in the table of parcels.")
    ] = "",
    product: Annotated[
        str, typer.Option(metavar="NAME", help="Product of the order, with --market.")
    ] = "",
    market: Annotated[
        str,
        typer.Option(metavar="ZIP", help="ZIP code or its first three digits, with --product."),
    ] = "",
    seed: Seed = None,
    days: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=3660,
            show_default="up to the order",
            help="Days among whose orders it is looked for.",
        ),
    ] = None,
    warm_up_days: WarmUp = None,
    cool_down_days: Annotated[
        int | None,
        typer.Option(
            "--cool-down-days",
            min=0,
            max=365,
            show_default="10",
            help="Days that the order has to arrive.",
        ),
    ] = None,
    orders_per_day: OrdersPerDay = None,
    orders: OrdersFile = None,
    workers: Workers = None,
) -> None:
    """Follow one order through each network, place by place, in the local time of each place.

    The order is given by its --order id, or is the first of a --product to a --market.

    Without either, the two shoppers: a vinyl album to Richmond (232), a detangling hairbrush to
    Seattle (981).

    The journeys are those of the first run of a comparison with the same options.
    """
    if bool(product) != bool(market) or (order and product):
        raise typer.BadParameter("give --order, or --product and --market, or none of them")
    from logistics.experiments.plans import Changes, plan  # noqa: PLC0415
    from logistics.experiments.tracing import (  # noqa: PLC0415
        SHOPPERS,
        Wanted,
        days_for,
        wanted_order,
    )
    from logistics.experiments.tracing import trace as follow  # noqa: PLC0415
    from logistics.report.journeys import trace_text  # noqa: PLC0415

    changes = Changes(1, seed, days, warm_up_days, cool_down_days, orders_per_day)
    what = plan(scenarios or None, changes, orders)
    asked = [Wanted(product=product, market=market)] if product else SHOPPERS
    wanted = [wanted_order(what.scenarios[0], one.product, one.market) for one in asked]
    if order:
        wanted = [Wanted(order)]
    what = days_for(what, wanted, days, cool_down_days)
    with _progress_bar() as progress:
        traces = follow(what, wanted, workers, progress)
    console = _console()
    for number, one in enumerate(traces):
        if number:
            console.print()
        console.print(trace_text(one))


@scenarios_app.command("list")
def list_scenarios() -> None:
    """List the built-in scenarios."""
    from logistics.scenario import builtin_scenarios, load_scenario  # noqa: PLC0415

    names = builtin_scenarios()
    width = max(len(name) for name in names)
    for name in names:
        scenario = load_scenario(name)
        typer.echo(f"{name:<{width}}  {scenario.title}, as of {scenario.as_of}")


@scenarios_app.command("show")
def show_scenario(
    name: Annotated[str, typer.Argument(metavar="NAME", help=_ONE, show_default=False)],
) -> None:
    """Print a scenario in full, every figure with its source: to be copied and changed."""
    from logistics.scenario import load_scenario  # noqa: PLC0415
    from logistics.writing import write_yaml  # noqa: PLC0415

    typer.echo(write_yaml(load_scenario(name)), nl=False)


@app.command()
def network(scenario: OneScenario, orders_per_day: OrdersPerDay = None) -> None:
    """Say what is built for a scenario: facilities, lanes, departures, and what a sample hides."""
    from logistics.experiments.plans import Changes, plan  # noqa: PLC0415
    from logistics.groundwork import build_network  # noqa: PLC0415
    from networks.schema import not_resolved, scaled  # noqa: PLC0415
    from networks.sizing import summary  # noqa: PLC0415

    (chosen,) = plan([scenario], Changes(orders_per_day=orders_per_day)).scenarios
    built = build_network(chosen)
    typer.echo(f"{chosen.name}: {chosen.title}")
    for line in summary(built):
        typer.echo(f"  {line}")
    sample = chosen.orders.orders_per_day
    coarse = not_resolved(scaled(built, sample))
    typer.echo(f"At {sample:,} orders a day, too coarse to tell how scarce it is:")
    for line in coarse or ("nothing",):
        typer.echo(f"  {line}")


def _results(what: Plan, output: Path, overwrite: bool, workers: int | None, kept: Kept) -> None:
    """Run a plan, write the results folder, and print."""
    from logistics.experiments.comparing import experiment  # noqa: PLC0415
    from logistics.outputs import output_folder  # noqa: PLC0415
    from logistics.report.folder import write_experiment, write_run  # noqa: PLC0415

    try:
        with output_folder(output, overwrite) as folder, _progress_bar() as progress:
            keep = partial(write_run, folder, kept) if kept.tables or kept.raw else None
            result = experiment(what, workers, progress, keep)
            progress(1, 1, "writing")
            write_experiment(result, folder)
    except KeyboardInterrupt:
        _fail(f"Interrupted: {output} was not written; nothing is left of the run.", INTERRUPTED)
    _print(result)
    typer.echo(f"\nWritten to {output}; its README.txt says what each file is.")


def _print(result: Experiment) -> None:
    from logistics.report.remarks import built, doubts  # noqa: PLC0415
    from logistics.report.tables import print_comparison  # noqa: PLC0415

    console = _console()
    for name, lines in built(result.comparison).items():
        console.print(f"{name}, as built", style="bold", highlight=False)
        for line in lines:
            console.print(f"  {line}", markup=False, highlight=False)
        console.print()
    print_comparison(result.comparison, console)
    for line in doubts(result.comparison):
        console.print()
        console.print(line, markup=False, highlight=False)


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415

    plain = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Console(width=_PLAIN_WIDTH if plain else None)


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """Show a bar on a terminal, and nothing elsewhere."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    console = Console(stderr=True)
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with bar:
        task = bar.add_task("reading", total=None)
        yield lambda done, total, text: bar.update(
            task, completed=done, total=total, description=text
        )


def _fail(message: str, code: int) -> NoReturn:
    """Say what went wrong, and end."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


if __name__ == "__main__":
    main()
