"""The arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ONE = "Name of a built-in scenario, a YAML file, or a network of your own (.xlsx or a folder)."
MANY = (
    "Names of built-in scenarios, YAML files, or networks of your own (.xlsx or a folder); none:"
    " the built-in three."
)
_AS_SCENARIO = "as the scenario says"

Scenarios = Annotated[
    list[str] | None, typer.Argument(metavar="SCENARIO", help=MANY, show_default=False)
]
OneScenario = Annotated[str, typer.Argument(metavar="SCENARIO", help=ONE)]
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
        help="CSV, Excel or Parquet file of the orders: order_id, ordered_at, market, product and,"
        " optionally, parcel_id. Every run then has the same orders, with other luck.",
    ),
]
History = Annotated[
    Path | None,
    typer.Option(
        "--history",
        metavar="FILE",
        show_default="none",
        help="As --orders, for orders of the past: the days and the orders a day are those of the"
        " file, whose first days are the warm-up.",
    ),
]
DemandIndex = Annotated[
    Path | None,
    typer.Option(
        "--demand-index",
        metavar="FILE",
        show_default="by weekday only",
        help="CSV, Excel or Parquet file with the columns date and index: orders of a date,"
        " relative to a mean day (1.8 is 80% more).",
    ),
]
Markets = Annotated[
    str,
    typer.Option(
        metavar="LIST",
        show_default="everywhere",
        help="Where the orders come from: ZIP codes, their first three digits, or states, such as"
        " '900, 606, TX'.",
    ),
]
WhatIf = Annotated[
    str,
    typer.Option(
        "--what-if",
        metavar="NAMES",
        show_default="nothing",
        help="What is different, such as 'peak-season + hub-closed': names from `logistics what-ifs"
        " list`, or YAML files.",
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
Report = Annotated[
    bool,
    typer.Option(
        "--report/--no-report",
        help="Write the page for people (report.html), all its pictures, and summary.xlsx.",
    ),
]
CheckBottlenecks = Annotated[
    int,
    typer.Option(
        "--check-bottlenecks",
        metavar="N",
        min=0,
        max=20,
        help="Run again with one more worker or vehicle at each of the N worst bottlenecks of each"
        " network: what would it save?",
    ),
]
Assumptions = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=0,
        max=10_000,
        help="Run N times more, each with every assumed figure drawn from its stated range: how far"
        " do the answers move, and which figures move them? 0 for none, else 19 or more; 40 is"
        " usual.",
    ),
]
