"""`logistics compare`, `run` and `trace`: orders through networks."""

# ruff: noqa: PLR0913, PLR0917  (a command's options are its arguments)

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logistics.cli.options import (
    Assumptions,
    CheckBottlenecks,
    CoolDown,
    Days,
    DemandIndex,
    History,
    KeepParcels,
    Markets,
    OneScenario,
    OrdersFile,
    OrdersPerDay,
    Overwrite,
    Replications,
    Report,
    Scenarios,
    Seed,
    WarmUp,
    WhatIf,
    Workers,
)
from logistics.cli.showing import INTERRUPTED, console, fail, print_experiment, progress_bar

if TYPE_CHECKING:
    from logistics.experiments.plan import Plan
    from logistics.report.folder import Kept
    from logistics.scenario.overrides import Changes


class Engine(StrEnum):
    """The two engines."""

    BATCH = "batch"
    TEXTBOOK = "textbook"


def compare(
    scenarios: Scenarios = None,
    replications: Replications = None,
    seed: Seed = None,
    days: Days = None,
    warm_up_days: WarmUp = None,
    cool_down_days: CoolDown = None,
    orders_per_day: OrdersPerDay = None,
    orders: OrdersFile = None,
    history: History = None,
    demand_index: DemandIndex = None,
    markets: Markets = "",
    what_if: WhatIf = "",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Folder for the results.")
    ] = Path("comparison"),
    workers: Workers = None,
    overwrite: Overwrite = False,
    keep_parcels: KeepParcels = True,
    report: Report = True,
    check_bottlenecks: CheckBottlenecks = 0,
    assumptions: Assumptions = 0,
) -> None:
    """Send the same orders through several networks and compare them.

    Prints how long parcels take and how many arrive damaged, each figure with its interval.

    Writes a folder: a report to be read in a browser, pictures, a workbook, tables.
    """
    from logistics.experiments.plan import plan  # noqa: PLC0415
    from logistics.report.folder import Kept  # noqa: PLC0415
    from logistics.scenario.overrides import Changes  # noqa: PLC0415

    changes = Changes(replications, seed, days, warm_up_days, cool_down_days, orders_per_day)
    changes = replace(changes, what_if=what_if)
    changes, orders = _demand(changes, orders, history, demand_index, markets)
    what = plan(scenarios or None, changes, orders)
    kept = Kept(keep_parcels)
    wanted = _Wanted(workers, kept, report, check_bottlenecks, assumptions)
    _results(what, output, overwrite, wanted)


def run(
    scenario: OneScenario,
    replications: Replications = None,
    seed: Seed = None,
    days: Days = None,
    warm_up_days: WarmUp = None,
    cool_down_days: CoolDown = None,
    orders_per_day: OrdersPerDay = None,
    orders: OrdersFile = None,
    history: History = None,
    demand_index: DemandIndex = None,
    markets: Markets = "",
    what_if: WhatIf = "",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Folder for the results.")
    ] = Path("run"),
    workers: Workers = None,
    overwrite: Overwrite = False,
    keep_parcels: KeepParcels = True,
    report: Report = True,
    check_bottlenecks: CheckBottlenecks = 0,
    assumptions: Assumptions = 0,
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

    Writes a folder: a report to be read in a browser, pictures, a workbook, tables.
    """
    from logistics.experiments.plan import plan  # noqa: PLC0415
    from logistics.report.folder import Kept  # noqa: PLC0415
    from logistics.scenario.overrides import Changes  # noqa: PLC0415

    changes = Changes(replications, seed, days, warm_up_days, cool_down_days, orders_per_day)
    changes = replace(changes, what_if=what_if)
    changes, orders = _demand(changes, orders, history, demand_index, markets)
    what = plan([scenario], changes, orders, engine.value)
    kept = Kept(keep_parcels, csv, save_run)
    wanted = _Wanted(workers, kept, report, check_bottlenecks, assumptions)
    _results(what, output, overwrite, wanted)


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
    markets: Markets = "",
    what_if: WhatIf = "",
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
    from logistics.experiments.plan import plan  # noqa: PLC0415
    from logistics.experiments.trace import (  # noqa: PLC0415
        SHOPPERS,
        Wanted,
        days_for,
        wanted_order,
    )
    from logistics.experiments.trace import trace as follow  # noqa: PLC0415
    from logistics.report.text.journeys import trace_text  # noqa: PLC0415
    from logistics.scenario.overrides import Changes  # noqa: PLC0415

    changes = Changes(1, seed, days, warm_up_days, cool_down_days, orders_per_day)
    changes = replace(changes, what_if=what_if)
    changes, _ = _demand(changes, orders, None, None, markets)
    what = plan(scenarios or None, changes, orders)
    asked = [Wanted(product=product, market=market)] if product else SHOPPERS
    wanted = [wanted_order(what.scenarios[0], one.product, one.market) for one in asked]
    if order:
        wanted = [Wanted(order)]
    what = days_for(what, wanted, days, cool_down_days)
    with progress_bar() as progress:
        traces = follow(what, wanted, workers, progress)
    out = console()
    for number, one in enumerate(traces):
        if number:
            out.print()
        out.print(trace_text(one))


def _demand(
    changes: Changes,
    orders: Path | None,
    history: Path | None,
    demand_index: Path | None,
    markets: str,
) -> tuple[Changes, Path | None]:
    """Return what the options say of the orders: changes of the scenarios, and the orders' file."""
    from logistics.orders.demand_index import read_demand_index  # noqa: PLC0415
    from logistics.orders.history import of_history  # noqa: PLC0415

    if orders is not None and history is not None:
        raise typer.BadParameter("give --orders or --history, not both")
    if demand_index is not None and (orders or history) is not None:
        raise typer.BadParameter("--demand-index is for made-up orders, not for those of a file")
    if markets:
        changes = replace(changes, markets=[part.strip() for part in markets.split(",")])
    if demand_index is not None:
        changes = replace(changes, dates=read_demand_index(demand_index))
    if history is not None:
        changes = of_history(changes, history)
    return changes, orders or history


@dataclass(frozen=True)
class _Wanted:
    """How to run, and what to write."""

    workers: int | None
    kept: Kept
    report: bool
    check_bottlenecks: int
    assumptions: int


def _results(what: Plan, output: Path, overwrite: bool, wanted: _Wanted) -> None:
    """Run a plan, write the results folder, and print."""
    from logistics.experiments.added_capacity import added_capacities_of  # noqa: PLC0415
    from logistics.experiments.compare import experiment  # noqa: PLC0415
    from logistics.report.folder import write_experiment, write_run  # noqa: PLC0415
    from logistics.runtime.output_folders import output_folder  # noqa: PLC0415
    from logistics.studies.assumption_ranges import draws_of, with_ranges  # noqa: PLC0415

    kept, draws = wanted.kept, draws_of(what, wanted.assumptions)
    try:
        with output_folder(output, overwrite) as folder, progress_bar() as progress:
            keep = partial(write_run, folder, kept) if kept.tables or kept.raw else None
            result = experiment(what, wanted.workers, progress, keep)
            progress(0, 1, "checking bottlenecks")
            added_capacities = added_capacities_of(result, wanted.check_bottlenecks, wanted.workers)
            result = with_ranges(result, draws, wanted.workers, progress)
            progress(1, 1, "writing")
            write_experiment(result, folder, added_capacities, wanted.report)
    except KeyboardInterrupt:
        fail(f"Interrupted: {output} was not written; nothing is left of the run.", INTERRUPTED)
    print_experiment(result)
    typer.echo(f"\nWritten to {output}; its README.txt says what each file is.")
    if wanted.report:
        typer.echo(f"Open {output / 'report.html'} in a browser.")
